"""Where a sentence says what is given: before it stands for whom, behind it how much."""

import re

# Up to here a granting sentence says for whom, behind it what is given.
GIVES = re.compile(
    r"(?:(?<=的)[，,]?|[，,])(?:分别|一次性|可|由[^，。；]{2,12}|自[^，。；]{2,20}起(?:，?在?\d年内)?)?(?:按(?!规定|时|期|照规定|月缴|要求|国家)|给予|予以|发放|奖励|补助|补贴|扣减|减半|减按|允许按|暂免|减计|减征|减收|减免|免征|免收|免除|免费|返还|支持|资助|享受|每[人月年孩户次亩餐件床张家])"
    r"|(?<=机构)按|(?<=企业)按|(?<=单位)按|(?:给予|予以|发放(?!的?[^，。；]{0,16}贷款)|奖励|补助(?!对象)|减半征收|减征|免征|返还(?!条件)|实施奖励|(?<=，)[补奖](?=\d)|(?:定额|差额)?配套(?=\d))"
)
# Several grants in one sentence: 对甲奖励…，对乙奖励…; 上市的奖励…，挂牌的奖励…
GRANTS_APART = re.compile(
    r"；|，(?=对(?!象|应))|(?<=[元贴励助])，(?=(?:其中)?[^，。；]{2,30}的，?(?:给予|奖励|补助|补贴)|[^，。；的]{2,24}(?:企业|机构|人员|单位)(?:分别)?(?:给予|奖励|补助))"
)
# 1.规模奖励：软件业务收入首次达到1亿元的企业: a heading that names what is given
HEADED = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*|[一二三四五六](?:是|、)|第[一二三四五六][，、]|其[一二三四][，、])?[^，。；：的]{2,12}(?:奖励|支持|补贴|补助|贴息|扶持|资助)："
)
MONEY = re.compile(r"\d(?:万|亿)?元|给予|补贴标准|奖励标准")
# 收入达到1000万元: money that is asked, not given
REACHED = re.compile(
    r"倍?[，（]即(?:每人)?(?:每月)?[\d.]{1,12}万?元|(?:达到?|超过|突破|不低于|不少于|高于|低于|不超过|不高于)[^，。；\d]{0,4}[\d.]{1,20}(?:千|万|亿){0,3}元(?:及?以[上下])?|[\d.]{1,20}(?:千|万|亿){0,3}元(?:（含）)?(?:及?以[上下])"
)
# 奖励10万元；属于民营控股的，增速要求调整为不低于8%: an easier bound of the grant before it
EASIER = re.compile(
    r"^(?!.*(?:奖励|补助|补贴|比例|标准|限额|额度|期限)[^，。；]{0,4}(?:放宽|降|调整)).*(?:放宽|降低?|下调|调低|调整)(?:至|到|为)"
)
# 按投资额的5%奖励，上年末资产总额应在1亿元以上: asked of whom the grant is for
STILL_ASKED = re.compile(
    r"，(?P<told>(?!其中|奖|补|资金)[^，。；]{2,20}?(?:应当?|须|必须)(?:在(?=\d)|达到?|不低于|不少于|不高于|不超过|高于|超过)[^，。；]{2,20})$"
)


def with_easier(grant: str, part: str) -> str:
    """Set an easier bound for some before what is given: it is asked of whom the grant is for."""
    gives = GIVES.search(grant)
    at = gives.start() if gives else len(grant)
    return f"{grant[:at].rstrip('，')}，{part.rstrip('，')}，{grant[at:].lstrip('，')}"
