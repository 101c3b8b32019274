"""What firms have been listed for and what befell them: 失信名单, 近三年无重大安全事故."""

import re
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.grammar.findings import Family, Rule, Scope, field, has, leaf, none

_LISTS = {
    "经营异常": "abnormal",
    "活动异常": "abnormal",
    "严重违法失信": "serious_illegal",
    "严重违法": "serious_illegal",
    "严重失信": "serious_illegal",
    "失信被执行人": "judgment_defaulter",
    "失信惩戒": "judgment_defaulter",
    "失信联合惩戒": "judgment_defaulter",
    "重大税收违法": "tax_major",
    "拖欠农民工工资": "wage_arrears",
}
_LIST = (
    r"(?:[“\"《]?(?:经营异常|活动异常|严重违法失信|严重违法(?!违规)|严重失信|失信被执行人|失信(?:联合)?惩戒|重大税收违法|拖欠农民工工资)[”\"》]?"
    r"(?:失信)?(?:企业|主体|案件|当事人|对象|行为)?(?:名录|名单|状态|“?黑名单”?)?(?:库)?)"
)
_LISTED = re.compile(
    rf"(?:近\s*(?P<years>{COUNT})\s*年内?)?(?:(?:被|仍)?(?:列入|纳入|移入))?(?:[^，。；、（(未无不属于或被]{{0,6}}?){_LIST}(?:(?:、|和|或|及|或者|以及|等)+(?:被列入)?{_LIST}){{0,5}}(?:的|等)?"
)
_WITHIN = rf"(?:(?:(?:近|最近|(?:申报|申请)?[之以]?前)\s*(?=[\d一二两三四五六七八九十])|(?<![近前])(?=(?:{COUNT})\s*(?:年|个月)(?:以内|内|来)))(?P<years>{COUNT})\s*(?:个)?(?P<unit>年度?|个?月|自然年度)(?:以?内|来)?|(?<![\d一二两三四五六七八九十])(?:(?:一年|当年度?|本年度?|年度|年)内|上一?年度?内?|当年度?))"
_NOT = r"(?:因)?(?P<not>未|无|没有|未发生|不存在)?(?:因|发生|出现|存在|受到|有)?(?:过)?"
_DISHONEST = re.compile(rf"{_WITHIN}{_NOT}(?:严重)?(?:违法)?失信(?:行为|记录)?")
_HONEST = re.compile(r"(?:无|没有|不存在|未发生)(?:严重)?(?:违法)?失信(?:行为|记录)")
_KINDS = {
    "safety": ("安全", "消防"), "quality": ("质量",), "environment": ("环境", "环保", "生态"),
    "wage_arrears": ("欠薪", "拖欠工资", "拖欠农民工"), "tax": ("涉税", "税收违法", "偷税", "税务", "虚开", "骗税"),
    "food": ("食品",), "elder_abuse": ("欺老", "虐老"), "fraud_subsidy": ("骗取", "套取"),
    "brushing": ("刷单",), "tourism": ("旅游投诉", "旅游服务质量"),
}  # fmt: skip
_WHAT = r"(?:安全生产|生产安全|治安|消防安全|安全|消防|质量|产品质量|环境保护|环境污染|生态环境|环境|环保|食品安全|食品药品安全|欠薪|涉税|偷税(?:漏税)?|(?:出口)?骗税|偷逃税|虚开发票|欺老虐老|拖欠工资|拖欠农民工工资|骗取财政资金|骗取补贴|套取资金|刷单炒信|旅游投诉|旅游服务质量)"
_AND = r"(?:、|和|或|及|或者|以及){1,2}"
# 较大安全事故、食品安全事件: how grave the first must be says nothing of the second
_APART = rf"(?:(?![^，。；、]{{0,4}}事[故件])[^，。；、]{{0,4}}{_AND}|[^，。；、]{{0,4}}{_AND}(?=严重|重大))"
# 食品安全事故和重大质量事故: the second alone must be grave
_PLAIN_TOO = rf"(?![^，。；、]{{0,4}}事[故件]{_AND}(?:重大|较大|严重))[^，。；、]{{0,4}}{_AND}"
_EVENT = re.compile(
    rf"(?:{_WITHIN})?(?:以来)?{_NOT}(?P<what>(?:农产品|产品)?(?:(?P<severity>重大|较大|一般|严重)(?:及以上|以上)?(?:的)?(?:突发)?)?{_WHAT}"
    rf"(?:(?(severity){_APART}|{_PLAIN_TOO})(?:严重|重大)?{_WHAT}){{0,5}}[^，。；、]{{0,4}}?(?:责任)?(?:事故|事件|行为|违法|问题|处罚|失信|投诉)(?:行为|记录|责任)?)(?:(?:受到?|被)[^，。；]{{0,6}}处罚)?(?:(?:未满|不满|不足)(?P<since>{COUNT})年)?(?:的)?"
)
_NEAR = 60
"""Characters before an event in which the term of its list is looked for."""
_GOES_ON = re.compile(
    rf"{_WITHIN}[^。；：]{{2,50}}(?:，|、|(?=或|以及|和|及))(?:或者?|以及|和|及|或是|且|并)?(?:被|因|存在|发生|有)?$"
)
_RIGHT_BEFORE = re.compile(rf"{_WITHIN}(?:有|存在|发生)?(?:过)?$")
_SEVERE = {"重大": ["major", "severe"], "较大": ["larger", "major", "severe"],
           "一般": ["general", "larger", "major", "severe"], "严重": ["major", "severe"]}  # fmt: skip


# deeds that need no 行为 or 事故 behind them
_DEED = re.compile(
    r"(?:骗取|套取)[^，。；、]{0,10}?(?:资金|补贴|补助|奖补|奖励)(?!行为)|拖欠(?:职工|农民工|员工|劳动者)?工资(?!失信|“|的?行为)|欺老虐老(?!行为)|刷单炒信(?!行为|等)|(?:游客)?有效投诉|旅游投诉(?=负有|有责|属实|查实)(?:负有[^，。；、]{0,4}责任)?"
)
_TAX = re.compile(
    r"纳税信用(?:等级|级别|评价)?(?:[^，。；、]{0,8}?)(?:(?P<grade>[ABMC])级?(?:[（(]含[）)])?(?:及|（含）)?以上|不低于(?P<least>[ABMC])级|A级?、B级?(?:、|或|和|或者)(?P<three>M)级|A级?(?:、|或|和|或者)(?P<two>[BM])级|(?P<only>A)级)"
)


_POOR = re.compile(
    r"纳税信用(?:等级|级别|评价)?(?:为|被?评为|评价为|是)?(?P<grades>[CDM]级?(?:(?:、|和|或者?|及)[CDM]级?){0,2})级?(?![^，。；]{0,4}(?:以上|及以上))"
)


_NOT_POOR = re.compile(r"纳税信用(?:等级|级别|评价)?(?:不为|不是|非)(?P<grade>[CDM])级")


_DENIES = re.compile(r"(?:无|未(?:被)?|没有)$")


def family() -> Family:
    """Return the family of lists, accidents and penalties."""
    return Family(
        "standing", "信用、事故和处罚", ("纳税信用", "失信", "经营异常", "严重违法", "税收违法", "拖欠农民工", "事故", "事件", "行为", "处罚", "投诉", "骗取", "套取", "拖欠", "虐老", "刷单"),
        (
            Rule(_LISTED, _listed, "record",
                 (("列入经营异常名录、严重违法失信名单或失信被执行人的",
                   "credit_records has (list in abnormal,serious_illegal,judgment_defaulter & removed_on null None)"),
                  ("不属于严重违法失信企业", "credit_records has (list in serious_illegal & removed_on null None)")),
                 only_negated=True),
            Rule(_DISHONEST, _dishonest, "event",
                 (("近三年无严重失信行为", "credit_records none " + _THREE_YEARS),
                  ("近三年内无失信记录", "credit_records none " + _THREE_YEARS))),
            Rule(_HONEST, _honest, "event",
                 (("无失信记录", "credit_records none (list in serious_illegal,judgment_defaulter,tax_major & removed_on null None)"),
                  ("不存在严重失信行为", "credit_records none (list in serious_illegal,judgment_defaulter,tax_major & removed_on null None)"))),
            Rule(_EVENT, _befell, "event",
                 (("近三年无重大安全、质量事故", "adverse_events none (kind in safety,quality & severity in major,severe & occurred_on years_lt 3)"),
                  ("近一年内无安全、消防、食品安全责任事故", "adverse_events none (kind in safety,food & occurred_on years_lt 1)"))),
            Rule(_POOR, _poor_grade, "tax grade",
                 (("纳税信用等级为D级的", "tax_credit_grade eq D"),
                  ("纳税信用评价为C级、D级的企业", "tax_credit_grade in C,D")), only_negated=True),
            Rule(_NOT_POOR, _not_poor, "tax grade",
                 (("纳税信用等级不为D级", "not tax_credit_grade eq D"),
                  ("纳税信用评价非D级", "not tax_credit_grade eq D"))),
            Rule(_DEED, _done, "event",
                 (("两年内套取补贴资金的", "adverse_events has (kind in fraud_subsidy & occurred_on years_lt 2)"),
                  ("拖欠职工工资的", "adverse_events has (kind in wage_arrears)")), only_negated=True),
            Rule(_TAX, _tax_grade, "tax grade",
                 (("纳税信用等级须为B级及以上", "tax_credit_grade ge B"),
                  ("纳税信用级别不低于B级", "tax_credit_grade ge B"))),
        ),
    )  # fmt: skip


_THREE_YEARS = "(list in serious_illegal,judgment_defaulter,tax_major & (listed_on years_lt 3 | removed_on null None))"


def _tax_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf("tax_credit_grade", "ge", next(one for one in mark.groups() if one))


def _not_poor(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return {"not": leaf("tax_credit_grade", "eq", mark["grade"])}


def _poor_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    grades = re.findall("[CDM]", mark["grades"])
    if len(grades) == 1:
        return leaf("tax_credit_grade", "eq", grades[0])
    return leaf("tax_credit_grade", "in", grades)


def _listed(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    said = mark.group(0)
    plain = said.replace("工资失信联合惩戒", "工资").replace("工资失信惩戒", "工资")
    codes = [code for name, code in _LISTS.items() if name in plain]
    where = field("list", "in", list(dict.fromkeys(codes)))
    still: dict[str, Any] = field("removed_on", "null", None)
    years = read_count(mark["years"]) if mark["years"] else None
    told = _GOES_ON.search(
        _DENIES.sub("", mark.string[max(mark.start() - _NEAR, 0) : mark.start()])
    )
    before = mark.string[: mark.start()]
    goes_on = _DENIES.search(before)
    if years is None and told and goes_on:
        years = (_term(told) or ("", None))[1]
    if years:  # 近三年内被列入: also who was taken off since
        still = {"any": [field("listed_on", "years_lt", years), still]}
    return has("credit_records", where, still) if codes else None


def _dishonest(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    years = _term(mark)
    if years is None:
        return None
    lists = ["serious_illegal", "judgment_defaulter", "tax_major"]
    still = {"any": [field("listed_on", *years), field("removed_on", "null", None)]}
    return none("credit_records", field("list", "in", lists), still)


def _honest(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    lists = field("list", "in", ["serious_illegal", "judgment_defaulter", "tax_major"])
    return none("credit_records", lists, field("removed_on", "null", None))


def _befell(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    said = mark["what"]
    kinds = [kind for kind, words in _KINDS.items() if any(word in said for word in words)]
    if "食品安全" in said and "safety" in kinds and not re.search(r"(?<!食品)安全", said):
        kinds.remove("safety")
    if "质量安全" in said and said.count("安全") == 1:
        kinds.remove("safety")
    if "旅游服务质量" in said:
        kinds.remove("quality")
    if not kinds:
        return None
    where = [field("kind", "in", kinds)]
    if mark["severity"]:
        where.append(field("severity", "in", _SEVERE[mark["severity"]]))
    years = _term(mark) or _term_before(mark)
    if years:
        where.append(field("occurred_on", *years))
    return none("adverse_events", *where)


def _done(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    said = mark.group(0)
    names = (
        ("取", "fraud_subsidy"),
        ("工资", "wage_arrears"),
        ("老", "elder_abuse"),
        ("旅游", "tourism"),
        ("投诉", "tourism"),
    )
    kinds = [kind for word, kind in names if word in said] or ["brushing"]
    years = _term_before(mark)
    since = [field("occurred_on", *years)] if years else []
    return has("adverse_events", field("kind", "in", list(dict.fromkeys(kinds))), *since)


def _term_before(mark: re.Match[str]) -> tuple[str, int] | None:
    """Read the term of the clause before: 近两年内受到处罚，或发生重大安全事故的."""
    before = mark.string[max(mark.start() - _NEAR, 0) : mark.start()]
    own = _RIGHT_BEFORE.search(before)  # 两年内骗取财政资金
    if own and not mark.groupdict().get("not"):
        return _term(own)
    told = _nearest(before)
    denied = bool(mark.groupdict().get("not"))
    listed = re.search(r"(?:、|或者?|以及|或是|和|及)(?:被|因|存在|发生|有)?$", before)
    return _term(told) if told and (denied or listed) else None


def _nearest(before: str) -> re.Match[str] | None:
    """Find the last term that goes on: 上年度营业收入200万元，近三年无食品安全事故和 is of three years."""
    told, later = None, _GOES_ON.search(before)
    while later:
        told, later = (
            later,
            _GOES_ON.search(before, later.end("years") if later["years"] else later.start() + 2),
        )
    return told


def _term(mark: re.Match[str]) -> tuple[str, int] | None:
    if mark.groupdict().get("since"):
        years = read_count(mark["since"])
        return ("years_lt", years) if years else None
    said = mark["years"]
    if said:
        count = read_count(said)
        return (
            None if count is None else ("months_lt" if "月" in mark["unit"] else "years_lt", count)
        )
    return ("years_lt", 1) if re.match(r"上?一?年", mark.group(0)) else None
