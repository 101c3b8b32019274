"""Records of firms and people: 首次升规纳统, 新三板挂牌, 流动资金贷款, 突发火灾, 居住证."""

import re
from typing import Any

from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Family, Rule, Scope, field, has

_YEAR = r"(?:(?P<year>20\d\d)\s*年度?\s*(?:以来|内|期间)?(?!\d))?"
_KINDS = (
    ("工业", "industry"), ("制造业", "industry"), ("服务业", "service"), ("批零", "trade"), ("批发", "trade"),
    ("零售", "trade"), ("商贸", "trade"), ("住餐", "catering"), ("餐饮", "catering"),
    ("住宿", "catering"), ("建筑", "construction"),
)  # fmt: skip
_ENTERED = re.compile(
    rf"(?:(?P<from>{PATTERN})\s*起?(?:至|到|—|-|－)\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:期间|之间|内)?，?)?{_YEAR}(?P<mode>月度|年度)?(?P<new>首次|新)?(?:升规纳统|升规入统|升限纳统|上限纳统|上规纳统|升规|升限|纳统|入统|入库|纳入)(?:为)?[^，。；]{{0,14}}?(?P<kind>(?:工业|服务业|商贸业?|批发零售业?|批发业?|零售业?|住宿业?|餐饮业?|建筑业)(?=企业|法人)|规模以上(?:工业|制造业)|规上(?:工业|制造业)|规模以上服务业|规上服务业|限额以上批零|限上批零|限额以上批发|限额以上商贸|限上商贸|限额以上零售|限额以上住餐|限上住餐|限额以上餐饮|限上餐饮|限额以上住宿|资质以?内?建筑业|(?:规模以上|规上|限额以上|限上)(?:单位)?(?:统计)?(?:库|范围)?的?(?:工业|服务业|批发业?|零售业?|餐饮业?|住宿业?|住宿餐饮业?|商贸业?))(?:零售)?(?:业)?(?:法人)?(?:企业|单位)?(?:统计(?:库|范围)?)?"
)
_THEN_ENTERED = re.compile(
    r"(?P<year>)(?P<mode>)(?P<kind>(?:规模以上|规上|限额以上|限上)(?:工业|服务业|批发业?|零售业?|餐饮业?|住宿业?|商贸业?))(?:法人)?企业(?P<new>首次|新)(?:入库|纳统|升规|入统)"
)
_FIRST = re.compile(r"首次(?:升规|升限|上限|上规)?(?:纳统|入统|入库)(?=的)")
_NEW = re.compile(
    rf"(?:(?P<from>{PATTERN})\s*起?(?:至|到|—|-|－)\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:期间|之间|内)?|(?P<year>20\d\d)\s*年度?(?:内)?)新(?:入库|纳统|升规|入统|升限)(?:的)?(?:企业)?"
)
_OF_SIZE = re.compile(
    r"(?P<kind>规模以上(?:工业|制造业)|规上(?:工业|制造业)|规模以上服务业|规上服务业|限额以上批零|限上批零|限额以上批发|限额以上商贸|限上商贸|限额以上零售|限额以上住餐|限上住餐|限额以上餐饮|限上餐饮|限额以上住宿)(?:(?:、|和|及)?(?:零售|餐饮))?(?:业)?(?:法人|统计)?(?:企业|单位)"
)
_ALL_OF_SIZE = re.compile(r"(?:规模以上|规上|限额以上|限上)(?:法人)?企业")
_COUNTED = re.compile(
    r"(?<!新)(?:规模以上|规上|限额以上|限上)(?:单位|企业)?(?:统计(?!局|部门)|入库)(?:库|范围)?"
)
_DIRECT = re.compile(r"纳入(?:商贸)?(?:联网)?统计直报(?:系统|平台|库)?|纳入商贸统计直报(?:系统)?")
_BOARDS = {
    "主板": "main", "科创板": "star", "创业板": "gem", "北交所": "bse", "北京证券交易所": "bse",
    "新三板": "neeq", "全国中小企业股份转让系统": "neeq", "境外": "overseas", "区域性股权": "regional",
    "齐鲁股权": "regional", "沪深": "main", "上海、深圳": "main",
}  # fmt: skip
_BOARD = "|".join(_BOARDS)
_LISTED = re.compile(
    rf"{_YEAR}(?:在|于)?[^，。；、\d]{{0,8}}?(?P<boards>(?:沪深北?(?:证券)?交易所|上海、深圳(?:、北京)?证券交易所|{_BOARD})(?:主板)?(?:市场|交易中心)?(?:(?:、|或|和)(?:{_BOARD})(?:市场)?){{0,5}})[^，。；]{{0,8}}?(?P<stage>首发上市|上市|挂牌)"
)
_PUBLIC = re.compile(r"(?<!拟)(?<!非)(?:境内外?)?(?:已)?上市(?:公司|企业)(?!培育|后备|治理|协会)")
_STAGE = re.compile(
    rf"{_YEAR}[^，。；、]{{0,12}}?(?P<stage>辅导备案(?:登记)?|获得?[^，。；、]{{0,8}}受理)"
)
_LOANS = {
    "流动资金": "working_capital", "固定资产": "fixed_asset", "经营性": "operating",
    "创业担保": "startup_guarantee", "住房": "mortgage", "助学": "student", "消费": "consumer",
}  # fmt: skip
_LOAN = re.compile(
    rf"{_YEAR}(?P<new>首次(?:获得|取得)?|新增|新发放|新|获得|取得|发放)?(?:(?P<bank>银行(?:业金融机构|机构)?)|金融机构|国家)?(?:发放)?(?:的)?(?P<kind>{'|'.join(_LOANS)})贷款(?!贴息|政策|利率|额度|业务|申请)"
)
_UNPAID = re.compile(
    rf"(?:有|存在)(?:未结清|未还清|未清偿)(?:的)?(?P<kind>{'|'.join(_LOANS)})?贷款"
)
_DRAWN = re.compile(
    rf"(?P<on>{PATTERN})(?:[（(]含[^）)]{{0,4}}[）)])?(?:及?以后|之后|起)(?:，)?(?:新增|(?:新)?(?:发放|获得|取得))(?:的)?(?:用于[^，。；、]{{2,14}}的)?(?P<kind>{'|'.join(_LOANS)})贷款"
)
_BORROWED = re.compile(
    rf"{_YEAR}(?P<first>首次)?(?:(?P<from>{PATTERN})\s*起?(?:至|到|—|-|－)\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:期间|之间|内)?[，]?)?(?:新)?(?P<then>首次)?"
    rf"(?P<bank>(?:从|向|在)[^，。；、]{{0,10}}?(?:银行业金融机构|银行机构|银行|金融机构))(?:实际|新|首次)*(?:获得|取得|申请|发放|办理)(?:的)?(?P<kind>{'|'.join(_LOANS)})贷款"
)
_PLAIN_LOAN = re.compile(
    r"(?:从|向)[^，。；、]{0,6}?银行(?:业金融)?(?:机构)?(?:获得|取得|申请)(?:的)?(?:单户|单笔)(?P<most>\d[\d.]*)万元(?:（含）)?(?:以下|以内)(?:的)?贷款"
)
_PAID_OUT = re.compile(
    rf"贷款(?:发放|放款)(?:日期|时间)?(?:应|须|为|在)*(?P<from>{PATTERN})\s*(?:至|到|—|-|－)\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:之间|期间|内)?"
)
_APPROVED = re.compile(
    r"(?:获得?|取得|承担)?(?:的)?(?P<level>(?:国家|省|市|区)级?(?:(?:、|和|或|或者)(?:国家|省|市|区)级){0,3})(?P<up>及?以上)?(?:[^，。；、]{0,20}?)(?:项目|计划|专项)?立项"
)
_CAR = re.compile(
    rf"(?:(?P<on>{PATTERN})(?:[（(]含[^）)]{{0,4}}[）)])?(?P<how>及?以前|之前|前|及?以后|之后|后)(?:注册)?登记(?:注册)?(?:的)?)?(?:[^，。；、]{{0,12}}?)(?P<energy>燃油|汽油|柴油|新能源)(?:乘用车|小客车|汽车|车辆|车)(?:登记)?"
)
_FIRST_LOAN = re.compile(
    rf"{_YEAR}(?:首次)?(?:获得|取得)(?:银行)?(?:首次|首笔)?贷款|首贷(?:户|企业)?|首次贷款(?=的)"
)
_HARDSHIPS = {"火灾": "fire", "交通事故": "traffic", "意外": "accident", "突发重大疾病": "sudden_illness", "突发重病": "sudden_illness",
              "重大疾病": "sudden_illness", "自然灾害": "disaster", "突然失业": "unemployment", "教育支出": "education",
              "医疗支出": "medical_cost"}  # fmt: skip
_HARDSHIP = re.compile(
    r"(?:(?:因|遭遇|遭受)(?!(?:本人)?患重大疾病)(?:家庭|主要|成员|本人|其|患)*|家庭(?:主要)?成员(?=突发|意外|人身)|(?=子女教育支出|医疗支出突然))(?P<what>(?:(?:火灾|交通事故|意外(?:事件|伤害)?|突发重大疾病|突发重病|重大疾病|自然灾害|突然失业|爆炸|溺水|人身伤害|(?:子女)?教育支出(?:突然)?(?:骤增|过大|增加)|医疗支出(?:突然)?(?:骤增|过大|增加))(?:等)?(?:、|或者?|和)?){1,8})[^，。；]{0,12}"
)
_PERMIT = re.compile(
    r"(?:持有?|办理|取得|领取)(?:有)?(?:[^，。；、]{0,8}?)(?:有效|有效期内)?(?:的)?[《“]?居住证[》”]?(?!明)(?:的)?(?:人员|居民)?"
)


def family() -> Family:
    """Return the family of records."""
    anchors = ("纳统", "入统", "入库", "升规", "升限", "规模以上", "规上", "限额以上", "限上", "统计",
               "立项", "燃油", "汽油", "柴油", "新能源", "教育支出", "医疗支出", "上市", "挂牌", "辅导", "受理", "贷款", "首贷", "因", "遭遇", "突发", "意外", "居住证", "建筑业")  # fmt: skip
    return Family(
        "records", "纳统、上市、贷款和突发困难", anchors,
        (
            Rule(_ENTERED, _entered, "statistics",
                 (("2026年首次纳入规模以上工业企业", "statistics_inclusion has (kind in industry & first is True & entered_on between_dates 2026-01-01,2026-12-31 & left_on null None)"),
                  ("首次升规纳统、年度退库风险可控的规模以上服务业法人企业", "statistics_inclusion has (kind in service & first is True & left_on null None)"))),
            Rule(_THEN_ENTERED, _entered, "statistics",
                 (("规模以上服务业企业首次入库的", "statistics_inclusion has (kind in service & first is True & left_on null None)"),
                  ("限额以上零售业企业首次纳统", "statistics_inclusion has (kind in trade & first is True & left_on null None)"))),
            Rule(_FIRST, _first_entry, "statistics",
                 (("个体工商户首次纳统的", "statistics_inclusion has (first is True & left_on null None)"),
                  ("首次升限纳统的", "statistics_inclusion has (first is True & left_on null None)"))),
            Rule(_NEW, _newly, "statistics",
                 (("2026年内新入库", "statistics_inclusion has (entered_on between_dates 2026-01-01,2026-12-31 & left_on null None)"),
                  ("2025年7月1日至2026年6月30日期间新入库", "statistics_inclusion has (entered_on between_dates 2025-07-01,2026-06-30 & left_on null None)"))),
            Rule(_OF_SIZE, _in_store, "statistics",
                 (("规模以上工业企业", "statistics_inclusion has (kind in industry & left_on null None)"),
                  ("限额以上零售企业", "statistics_inclusion has (kind in trade & left_on null None)"))),
            Rule(_ALL_OF_SIZE, _any_in_store, "statistics",
                 (("规模以上企业", "statistics_inclusion has (kind in industry,service & left_on null None)"),
                  ("限额以上企业", "statistics_inclusion has (kind in trade,catering & left_on null None)"))),
            Rule(_COUNTED, _any_in_store, "statistics",
                 (("限额以上统计", "statistics_inclusion has (kind in trade,catering & left_on null None)"),
                  ("规模以上统计库", "statistics_inclusion has (kind in industry,service & left_on null None)"))),
            Rule(_DIRECT, _direct, "statistics",
                 (("纳入商贸统计直报系统", "statistics_inclusion has (kind in trade_direct,trade & left_on null None)"),
                  ("纳入统计直报平台", "statistics_inclusion has (kind in trade_direct,trade & left_on null None)"))),
            Rule(_LISTED, _listed, "listing",
                 (("在科创板首发上市", "listing has (board in star & stage eq listed)"),
                  ("2026年在新三板挂牌", "listing has (board in neeq & stage eq listed & on between_dates 2026-01-01,2026-12-31)"))),
            Rule(_PUBLIC, _public, "listing",
                 (("对上市公司给予", "listing has (stage eq listed)"),
                  ("境内外上市企业", "listing has (stage eq listed)"))),
            Rule(_STAGE, _staged, "listing",
                 (("完成辅导备案登记", "listing has (stage eq tutoring)"),
                  ("2026年完成辅导备案", "listing has (stage eq tutoring & on between_dates 2026-01-01,2026-12-31)"))),
            Rule(_LOAN, _borrowed, "loan",
                 (("2026年新增的流动资金贷款", "loans has (kind eq working_capital & drawn_on between_dates 2026-01-01,2026-12-31)"),
                  ("获得创业担保贷款", "loans has (kind eq startup_guarantee)"))),
            Rule(_FIRST_LOAN, _first_loan, "loan",
                 (("首贷户", "loans has (first_ever is True)"),
                  ("2026年首次获得银行贷款", "loans has (first_ever is True & drawn_on between_dates 2026-01-01,2026-12-31)"))),
            Rule(_UNPAID, _unpaid, "loan",
                 (("已有未结清创业担保贷款的", "loans has (kind eq startup_guarantee & settled is False)"),
                  ("存在未还清的贷款", "loans has (settled is False)"))),
            Rule(_DRAWN, _drawn, "loan",
                 (("2026年1月1日以后发放的创业担保贷款", "loans has (kind eq startup_guarantee & drawn_on on_or_after 2026-01-01)"),
                  ("2025年7月1日起取得的流动资金贷款", "loans has (kind eq working_capital & drawn_on on_or_after 2025-07-01)"))),
            Rule(_BORROWED, _from_bank, "loan",
                 (("2026年1月1日至2026年12月31日期间从银行获得流动资金贷款", "loans has (kind eq working_capital & lender eq bank & drawn_on between_dates 2026-01-01,2026-12-31)"),
                  ("向金融机构申请的经营性贷款", "loans has (kind eq operating)"))),
            Rule(_PLAIN_LOAN, _plain_loan, "loan",
                 (("从银行获得单户1000万元以下贷款", "loans has (lender eq bank & amount le 1000)"),
                  ("从银行机构取得单笔500万元以内的贷款", "loans has (lender eq bank & amount le 500)"))),
            Rule(_PAID_OUT, _paid_out, "loan",
                 (("贷款发放日期应在2026年1月1日至2026年12月31日之间", "loans has (drawn_on between_dates 2026-01-01,2026-12-31)"),
                  ("贷款发放时间为2026年1月1日至6月30日", "loans has (drawn_on between_dates 2026-01-01,2026-06-30)"))),
            Rule(_APPROVED, _approved, "approval",
                 (("获得省级以上科技计划立项", "project_approvals has (level in province,nation)"),
                  ("取得国家级重点研发项目立项", "project_approvals has (level in nation)"))),
            Rule(_CAR, _car, "vehicles",
                 (("2018年12月31日前注册登记的国四及以下排放标准燃油乘用车", "vehicles has (registered_on on_or_before 2018-12-31 & energy eq fuel)"),
                  ("名下有2012年6月30日前登记的燃油乘用车", "vehicles has (registered_on on_or_before 2012-06-30 & energy eq fuel)"))),
            Rule(_HARDSHIP, _hardship, "hardship",
                 (("因火灾、交通事故等意外事件", "hardship_events has (kind in fire,traffic,accident)"),
                  ("遭遇自然灾害", "hardship_events has (kind in disaster)"))),
            Rule(_PERMIT, _permit, "permit",
                 (("持有居住证", "residence_permit has (valid_to on_or_after_as_of None)"),
                  ("办理居住证的人员", "residence_permit has (valid_to on_or_after_as_of None)"))),
        ),
    )  # fmt: skip


def _during(mark: re.Match[str], code: str) -> list[dict[str, Any]]:
    year = mark.groupdict().get("year")
    return [field(code, "between_dates", [f"{year}-01-01", f"{year}-12-31"])] if year else []


def _span(mark: re.Match[str], code: str) -> list[dict[str, Any]]:
    groups = mark.groupdict()
    start = first_date(groups.get("from") or "")
    if start is None:
        return []
    end = first_date(mark["to"]) or first_date(f"{start.year}年{mark['to']}")
    return [field(code, "between_dates", [start.isoformat(), end.isoformat()])] if end else []


def _kind(mark: re.Match[str]) -> dict[str, Any]:
    return field("kind", "in", [next(code for word, code in _KINDS if word in mark["kind"])])


def _entered(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    first = [field("first", "is", True)] if mark["new"] == "首次" else []
    span = _span(mark, "entered_on")
    mode = [field("mode", "eq", "monthly" if mark["mode"] == "月度" else "annual")]
    where = [
        _kind(mark),
        *(mode if mark["mode"] else []),
        *first,
        *span,
        *_during(mark, "entered_on"),
    ]
    return has("statistics_inclusion", *where, field("left_on", "null", None))


def _first_entry(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    first, left = field("first", "is", True), field("left_on", "null", None)
    return has("statistics_inclusion", first, left)


def _newly(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    left = field("left_on", "null", None)
    days = _span(mark, "entered_on") or _during(mark, "entered_on")
    return has("statistics_inclusion", *days, left)


def _in_store(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("statistics_inclusion", _kind(mark), field("left_on", "null", None))


def _any_in_store(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    kinds = ["industry", "service"] if mark.group(0).startswith("规") else ["trade", "catering"]
    return has("statistics_inclusion", field("kind", "in", kinds), field("left_on", "null", None))


def _direct(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    kinds = field("kind", "in", ["trade_direct", "trade"])
    return has("statistics_inclusion", kinds, field("left_on", "null", None))


def _listed(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    where = [field("board", "in", _boards(mark["boards"])), field("stage", "eq", "listed")]
    return has("listing", *where, *_during(_year_before(mark, scope) or mark, "on"))


def _year_before(mark: re.Match[str], scope: Scope) -> re.Match[str] | None:
    """Find the year that a sentence tells once: 对2025年在新三板挂牌的…，对在北交所上市的…."""
    if mark["year"] or not mark.group(0).startswith("对"):
        return None
    place = max(scope.whole.find(mark.string), 0) + mark.start()
    sentence = re.split(r"[。；\n]", scope.whole[:place])[-1]
    return next((m for m in _LISTED.finditer(sentence) if m["year"]), None)


def _boards(said: str) -> list[str]:
    boards = [code for word, code in _BOARDS.items() if word in said]
    exchange = re.search(r"(?:沪深|上海)[^，。；]{0,8}交易所|沪深(?=北|市场)", said)
    if exchange:  # an exchange has several boards
        boards = ["main", "star", "gem", *(["bse"] if "北" in said else [])]
    return list(dict.fromkeys(boards))


def _public(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("listing", field("stage", "eq", "listed"))


def _staged(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    stage = "tutoring" if "辅导" in mark["stage"] else "accepted"
    if stage == "accepted" and not re.search(r"交易所|证监", mark["stage"]):
        return None
    boards = [field("board", "in", _boards(mark["stage"]))] if _boards(mark["stage"]) else []
    return has("listing", *boards, field("stage", "eq", stage), *_during(mark, "on"))


def _borrowed(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if not mark["new"] and not mark["year"]:
        return None
    first = [field("first_ever", "is", True)] if (mark["new"] or "").startswith("首次") else []
    bank = [field("lender", "eq", "bank")] if mark["bank"] else []
    kind = field("kind", "eq", _LOANS[mark["kind"]])
    return has("loans", kind, *bank, *first, *_during(mark, "drawn_on"))


def _from_bank(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    """Read who lent and when; 金融机构 may be a bank or another lender."""
    where = [field("kind", "eq", _LOANS[mark["kind"]])]
    if "银行" in mark["bank"]:
        where.append(field("lender", "eq", "bank"))
    if mark["first"] or mark["then"]:
        where.append(field("first_ever", "is", True))
    where += _during(mark, "drawn_on")
    start = first_date(mark["from"]) if mark["from"] else None
    if start:
        end = first_date(mark["to"]) or first_date(f"{start.year}年{mark['to']}")
        if end:
            days = [start.isoformat(), end.isoformat()]
            where.append(field("drawn_on", "between_dates", days))
    return has("loans", *where)


def _plain_loan(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    most = float(mark["most"])
    amount = int(most) if most.is_integer() else most
    return has("loans", field("lender", "eq", "bank"), field("amount", "le", amount))


def _paid_out(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    span = _span(mark, "drawn_on")
    return has("loans", *span) if span else None


def _unpaid(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    kind = [field("kind", "eq", _LOANS[mark["kind"]])] if mark["kind"] else []
    return has("loans", *kind, field("settled", "is", False))


def _drawn(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    day = first_date(mark["on"])
    if day is None:
        return None
    since = field("drawn_on", "on_or_after", day.isoformat())
    return has("loans", field("kind", "eq", _LOANS[mark["kind"]]), since)


def _approved(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    ranks = {"区": "district", "市": "city", "省": "province", "国": "nation"}
    named = [code for word, code in ranks.items() if word in mark["level"]]
    least = list(ranks.values()).index(named[0])
    levels = list(ranks.values())[least:] if mark["up"] else named
    return has("project_approvals", field("level", "in", levels))


def _car(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    day = first_date(mark["on"]) if mark["on"] else None
    if day is None:
        return None
    op = "on_or_before" if "前" in mark["how"] else "on_or_after"
    energy = field("energy", "eq", "new_energy" if mark["energy"] == "新能源" else "fuel")
    return has("vehicles", field("registered_on", op, day.isoformat()), energy)


def _first_loan(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if "首" not in mark.group(0):
        return None
    return has("loans", field("first_ever", "is", True), *_during(mark, "drawn_on"))


def _hardship(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    kinds = [code for word, code in _HARDSHIPS.items() if word in mark["what"]]
    return (
        has("hardship_events", field("kind", "in", list(dict.fromkeys(kinds)))) if kinds else None
    )


def _permit(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("residence_permit", field("valid_to", "on_or_after_as_of", None))
