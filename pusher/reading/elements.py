"""What one needs to know to apply: what is given, when, with which papers, where and how."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pusher.reading.benefits import Benefit, read_benefits
from pusher.reading.sentences import Sentence, sentences
from pusher.reading.window import read_window

_OFFICE = (
    r"[\u4e00-\u9fff、（）()·]{2,40}?(?:局|委员会|委|办公室|政府|中心|办事处|街道|乡镇|镇|残联|妇联|工会"
    r"|联合会|科|处|室|站|所|部|窗口|居委会|大厅|银行|部门)"
)
_DEPARTMENT = re.compile(
    r"(?:受理|主管|牵头|责任|归口(?:管理)?|申报|办理|承办|经办|实施|服务)(?:部门|单位|机构|科室|地点|窗口|税务机关)"
    rf"\s*(?:为|是|[:：])\s*(?P<name>{_OFFICE}(?:[\u4e00-\u9fff]{{0,10}}(?:科|处|室|站|窗口|中心))?)(?=[，。；（(\s]|$)"
)
_TAX = re.compile(r"主管税务机关\s*(?:为|是|[:：])\s*(?P<name>[\u4e00-\u9fff]{4,40})")
_TAKES = (
    # 由区工业和信息化局会同区财政局审核, 报送区工业和信息化局
    re.compile(
        rf"(?:由|报送|报至|送至)\s*(?P<name>{_OFFICE}(?:会同{_OFFICE})?)(?:受理|审核|负责|$|，|。)"
    ),
    re.compile(rf"(?:^|[，；。])\s*(?P<name>{_OFFICE}(?:[\u4e00-\u9fff]{{0,8}}(?:科|处|室))?)受理"),
    re.compile(
        rf"(?:^|[，；])\s*(?P<name>{_OFFICE})(?:窗口|服务大厅)?(?:或|和|、)[^，。；]{{0,6}}办理"
    ),
    # 咨询电话：区民政局0531-…
    re.compile(rf"(?:电话|咨询)\s*[:：]\s*(?P<name>{_OFFICE})\s*[（(]?0\d{{2,3}}"),
)
_PERSON = re.compile(r"本人|监护人|申请人|代办人|家属|户籍|居住地|种植地|所在地")

_PHONE = re.compile(
    r"(?<![\d-])(?:0\d{2,3}\s*[-—－–]?\s*(?:\d{7,8}|123\d{2})|400[-\s]?\d{3,4}[-\s]?\d{3,4}|12345|123\d{2}|[2-8]\d{6,7})(?![\d])"
)
_CALL = re.compile(r"电话|咨询|热线|拨打|联系方式")

_HOW_LABEL = re.compile(
    r"(?:申请|申领|申报|办理|受理|登记|领取|报名|参保|缴费)(?:方式|方法|途径|渠道|程序|流程|办法|地点)\s*(?:为|是|包括|[:：。])\s*"
)
_HOW = re.compile(
    r"(?:通过|登录|登陆|关注|打开|向|到|前往|携带|由)[^，。；]{2,60}?(?:申请|申报|申领|办理|登记|提出|提交|报名|预约)"
    r"|(?:免申即享|无需(?:个人)?(?:申请|申报|填表)|网上(?:申请|申报|办理|填报)|直接拨付|自行申报)"
)

_PAPERS_LABEL = re.compile(
    r"(?:申请|申报|申领|办理|所需|需|应当?|须)?(?:提交|提供|携带|准备|出具|所需|申请|申报|申领|办理)?(?:以下|下列|的|相关)?"
    r"(?:材料|资料|证件|要件)(?:清单|目录)?\s*(?:包括|如下|为|有|[:：]|（)\s*"
)
_PAPERS = re.compile(
    r"(?:须|应|需|可|请|申请人|申领人|企业|单位|监护人)?[^，。；]{0,8}(?:提供|提交|携带|出具|持(?!有|续))(?P<list>[^。；]{2,120})"
)
_PAPER = re.compile(
    r"(?:证|书|表|件|户口簿|户口本|执照|材料|证明|承诺|合同|复印件|照片|账户|账号|发票|单据|凭证|报告|存折|社保卡|银行卡|协议|清单|名册|票据)"
    r"(?:原件|复印件|扫描件)?(?:[（(][^）)]{0,20}[）)])?$"
)
# 持身份证到社区填写申请表, 持身份证于12月31日前申请: what follows a paper is no part of it
_PAPERS_END = re.compile(r"[。；，]|(?<=[证书表件簿本照明料])(?:到|至|前往|向|于|在)")
_ITEM_START = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[①-⑳])\s*")
# 常年受理 and 无需申报 are ways of applying too.
_ALWAYS = re.compile(
    r"(?:常年|长期|全年|随时)(?:受理|办理|申报)(?:[，、]按[季月年][^，。；]{1,6})?"
)
_REPLACES = re.compile(
    r"(?:替代|代替|取代)(?P<what>[^，。；]{2,60})"
    r"|(?P<named>《[^》]{4,80}》(?:[（(][^）)]{2,40}[）)])?)[^。；《]{0,12}(?:废止|失效|停止执行)"
)
_QUOTA = re.compile(
    r"(?:名额|限额|额度|总量|规模)(?:为|共|共计|限)?\s*(?P<number>\d[\d,]*)\s*(?P<unit>名|人|户|家|个|件|万元|套)"
    r"|(?P<said>(?:资金)?总(?:量|额)控制[^，。；]{0,4}(?:[，、](?:用完|额满|先到)[^，。；]{1,6})?|(?:用完|额满)(?:即|为)止|先到先得)"
)
_NUMBER_BEFORE = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．])\s*")
_MOST_PAPERS = 20


@dataclass(frozen=True, slots=True)
class Elements:
    """What one needs to know to apply; None or empty where the text does not say.

    Attributes:
        quotes: field name → the piece of text it was read from, exactly.
    """

    benefits: tuple[Benefit, ...] = ()
    apply_from: date | None = None
    apply_until: date | None = None
    materials: tuple[str, ...] = ()
    department: str | None = None
    phone: str | None = None
    how: str | None = None
    supersedes: str | None = None
    quota: str | None = None
    quotes: dict[str, str] = field(default_factory=dict)


def read_elements(paragraphs: Sequence[str]) -> Elements:
    """Read what one needs to know to apply from the body of a policy."""
    every = list(sentences(paragraphs))
    window = read_window(paragraphs)
    department, department_quote = _department(every)
    phone, phone_quote = _phone(every)
    how, how_quote = _how(every)
    materials, materials_quote = _materials(every)
    supersedes, supersedes_quote = _first(every, _REPLACES)
    quota, quota_quote = _first(every, _QUOTA)
    quotes = {
        "supersedes": supersedes_quote,
        "quota": quota_quote,
        "apply_from": window.from_quote,
        "apply_until": window.until_quote,
        "department": department_quote,
        "phone": phone_quote,
        "how": how_quote,
        "materials": materials_quote,
    }
    return Elements(
        benefits=read_benefits(paragraphs),
        apply_from=window.apply_from,
        apply_until=window.apply_until,
        materials=materials,
        department=department,
        phone=phone,
        how=how,
        supersedes=supersedes,
        quota=quota,
        quotes={name: quote for name, quote in quotes.items() if quote},
    )


def _first(every: list[Sentence], pattern: re.Pattern[str]) -> tuple[str | None, str | None]:
    """Return the first thing that *pattern* names, and the sentence it stands in."""
    for sentence in every:
        found = pattern.search(sentence.text)
        if found:
            named = found.groupdict()
            said = named.get("what") or named.get("named") or found.group(0)
            return said.strip(), sentence.text
    return None, None


def _department(every: list[Sentence]) -> tuple[str | None, str | None]:
    """Return who takes applications: by label first, else by what it does."""
    for pattern in (_TAX, _DEPARTMENT, *_TAKES):
        labelled = pattern in (_TAX, _DEPARTMENT)
        for sentence in every:
            found = pattern.search(sentence.text)
            if found and (labelled or not _PERSON.search(found["name"])):
                return found["name"].strip("、"), sentence.text
    return None, None


def _phone(every: list[Sentence]) -> tuple[str | None, str | None]:
    """Return the first line to call; mobile numbers of persons are never read."""
    for sentence in every:
        if _CALL.search(sentence.text):
            found = _PHONE.search(sentence.text)
            if found:
                return re.sub(r"\s+", "", found.group(0)), sentence.text
    return None, None


def _how(every: list[Sentence]) -> tuple[str | None, str | None]:
    for place, sentence in enumerate(every):
        label = _HOW_LABEL.search(sentence.text)
        if not label:
            continue
        rest = sentence.text[label.end() :].strip(" 。")
        follows = every[place + 1].text.strip(" 。") if place + 1 < len(every) else ""
        said = rest or follows
        if said:
            return said, rest or every[place + 1].text
    for sentence in every:
        found = _HOW.search(sentence.text)
        if found:
            return _NUMBER_BEFORE.sub("", sentence.text.strip("。")), sentence.text
    return _first(every, _ALWAYS)


def _materials(every: list[Sentence]) -> tuple[tuple[str, ...], str | None]:
    for place, sentence in enumerate(every):
        label = _PAPERS_LABEL.search(sentence.text)
        if label:
            papers = _papers(sentence.text[label.end() :]) or _listed(every[place + 1 :])
            if papers:
                return papers, sentence.text
    for sentence in every:
        found = _PAPERS.search(sentence.text)
        if found:
            papers = _papers(found["list"])
            if papers:
                return papers, found.group(0).strip()
    return (), None


def _papers(text: str) -> tuple[str, ...]:
    """Split 户口簿、居住证及务工证明 into papers; nothing unless most of the list are papers."""
    clause = _PAPERS_END.split(text, maxsplit=1)[0]
    parts = [part.strip(" 、：:") for part in re.split(r"、|以及|及|和|或者", clause)]
    papers = [part for part in parts if part]
    if not papers or sum(bool(_PAPER.search(part)) for part in papers) * 2 < len(papers):
        return ()
    return tuple(dict.fromkeys(papers))[:_MOST_PAPERS]


def _listed(following: list[Sentence]) -> tuple[str, ...]:
    """Return the numbered lines that follow a label, without their numbers."""
    papers: list[str] = []
    first = ""
    for sentence in following[:_MOST_PAPERS]:
        number = _ITEM_START.match(sentence.text)
        if not number:
            break
        shape = re.sub(
            r"[一二三四五六七八九十]+", "一", re.sub(r"\d+", "1", number.group(0).strip())
        )
        first = first or shape
        if shape != first:
            break
        papers.append(sentence.text[number.end() :].strip(" ；;。"))
    return tuple(papers)
