"""How firms stand with the offices: 纳税信用B级以上, 不欠缴社会保险费, 被吊销或者已注销."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_GRADES = "DCMBA"
_LIST = r"[ABCDM]级?(?:[（(]含[）)])?(?:(?:、|和|或者?|及|与)[ABCDM]级?){0,4}"
_HEAD = r"(?:纳税|税务|税收)(?:人)?(?:信用|信誉)(?:等级|级别|评级|评价|评定|状况|结果){0,3}"
_UP = r"(?:[（(]含[）)])?(?:及其?|（含）)?以[上下](?:[（(]含[）)])?"
_TAX = re.compile(
    rf"(?:{_HEAD}(?P<said>[^，。；、ABCDM\d]{{0,14}}?)(?P<list>{_LIST})(?P<side>{_UP})?(?:等级|级别)?(?:的)?(?:纳税人)?"
    rf"|(?P<plain>{_LIST})(?P<up>{_UP})?(?:的)?(?:纳税信用(?:等级|级别)?|纳税人))"
)
_UNLIKE = re.compile(r"不得?为|不能为|不是|非|未被?(?:评定?|判)?为|不得被?评为|不得有|不属于")
_LEAST = re.compile(r"不(?:得|能|应)?低于|高于")
_LESS = re.compile(r"低于|未达到?|达不到|不足|不及")

_STATE = r"(?:处于|已经?|被|依法|办理|登记|营业执照|状态|为|了|撤销|责令){0,6}(?:歇业|注销|吊销)(?:登记|营业执照|状态|手续|备案){0,3}"
_ENDED = re.compile(
    rf"(?:登记状态)?{_STATE}(?:(?:、|或者?|和|及|以及){{1,2}}{_STATE}){{0,3}}(?:的)?"
)
_STATES = (("歇业", "suspended"), ("注销", "cancelled"), ("吊销", "revoked"))
# 注销旧车, 申报前注销后重新设立: acts, not how a firm stands
_NOT_OF_FIRMS = re.compile(
    r"^(?:后|重新|旧|车|户口|户籍|时|之日|前|未满|满|[^，。；的、或和及]{0,6}(?:许可|资格|证书|备案号|抵押))"
)
_ENDED_NOW = re.compile("已|被|处于|状态|登记|^又")  # 转型后六个月内又注销
_RUNS = re.compile(
    r"(?:登记)?(?:状态)?(?:应当?|须)?(?:为|处于|系)?(?:正常)?(?:存续|在营(?!市|业)|在业)(?:[（(](?:在营|开业)[^（）()]{0,4}[）)])?(?:状态)?(?!期|并开展)|(?:登记|工商)状态(?:应当?|须)?(?:为)?正常|处于正常(?:的)?(?:生产)?(?:经营|营业|运营)状态"
)
_RUN_BY = re.compile(r"(?:所办|所创办|创办|领办|名下)的?[^，。；]{0,6}$")

_DUES = r"(?:各项|职工|单位|企业){0,3}(?:社会保险|社保|养老保险|五险)(?:费用?)?"
_OWES = re.compile(
    rf"(?:当前|目前|申报时|仍|存在|有|未足额){{0,4}}(?:欠缴|拖欠|漏缴|断缴|未缴清|未足额缴纳|未依法缴纳|未按规定缴纳|未按时缴纳)(?:的)?(?:[^，。；、\d]{{0,6}}?){_DUES}(?!满|\d|[^，。；]{{0,6}}\d)(?:的)?(?:情形|情况|行为|记录)?(?:的)?"
    rf"|(?:存在|有|已有){{0,2}}{_DUES}(?:存在|有)?(?:的)?(?:欠缴|欠费|拖欠)(?:情形|情况|记录|问题)?(?:的)?"
)
_OWES_NOT = re.compile(
    rf"(?:(?:未|无|不|没有|不存在|不得|从未|未曾){{1,2}}(?:有|存在|发生)?(?:欠缴|拖欠|漏缴|断缴)(?:[^，。；、\d]{{0,6}}?){_DUES}(?:的)?(?:情形|情况|行为|记录)?"
    rf"|(?:无|没有|不存在|不得有|未){{1,2}}(?:发生)?{_DUES}(?:欠缴|欠费|拖欠)(?:情形|情况|记录|问题)?"
    rf"|{_DUES}(?:缴纳)?(?:均|正常|情况良好){{0,2}}[，、且]?(?:无|没有|不存在|未){{1,2}}(?:欠缴|欠费|拖欠)(?:情形|情况|记录)?"
    rf"|(?:依法|按规定|按时|按月|足额|如实|为职工|为员工|参加并){{0,4}}缴(?:纳|交|清|足){_DUES}(?:费)?[，且并、]{{1,2}}(?:目前|当前|申报时)?(?:无|没有|不存在|未){{1,2}}(?:欠缴|欠费|拖欠)(?:情形|情况|记录)?)(?:的)?"
)


def family() -> Family:
    """Return the family of tax grades, states of registration and dues."""
    return Family(
        "standing", "纳税信用、登记状态和欠费",
        ("纳税", "税务信用", "税收信用", "歇业", "注销", "吊销", "存续", "在营", "状态", "社会保险", "社保", "养老保险"),
        (
            Rule(_TAX, _tax_grade, "tax grade",
                 (("纳税信用等级须为B级及以上", "tax_credit_grade ge B"),
                  ("纳税信用等级不得为D级", "not tax_credit_grade eq D"))),
            Rule(_TAX, _poor_grade, "tax grade",
                 (("纳税信用等级为税务机关评定的C级或D级的", "tax_credit_grade in C,D"),
                  ("纳税信用等级低于B级的", "tax_credit_grade lt B")), only_negated=True),
            Rule(_ENDED, _ended, "registration",
                 (("已办理注销或者被吊销营业执照的", "registration_status in cancelled,revoked"),
                  ("营业执照登记为歇业", "registration_status in suspended")), only_negated=True),
            Rule(_RUNS, _runs, "registration",
                 (("登记状态为存续（在营）", "registration_status eq active"),
                  ("处于正常经营状态", "registration_status eq active"))),
            Rule(_OWES, _owes, "arrears",
                 (("存在拖欠社会保险费情形的", "social_insurance_arrears is True"),
                  ("有社会保险费欠缴的", "social_insurance_arrears is True")), only_negated=True),
            Rule(_OWES_NOT, _owes_not, "arrears",
                 (("不存在社会保险费欠缴情形", "social_insurance_arrears is False"),
                  ("未拖欠职工社会保险费", "social_insurance_arrears is False"))),
        ),
    )  # fmt: skip


def _graded(mark: re.Match[str]) -> tuple[dict[str, Any], bool]:
    """Return the condition over the grade, and whether it is one of those that shut out."""
    said = mark["said"] or ""
    grades = sorted(set(re.findall("[ABCDM]", mark["list"] or mark["plain"])), key=_GRADES.index)
    side = mark["side"] or mark["up"] or ""
    if _LEAST.search(said):
        return leaf("tax_credit_grade", "ge", grades[0]), False
    if _LESS.search(said):
        return leaf("tax_credit_grade", "lt", grades[-1]), True
    if "下" in side:
        return leaf("tax_credit_grade", "le", grades[-1]), True
    told = _one_of(grades)
    if _UNLIKE.search(said):
        return {"not": told}, False
    if "上" in side or "".join(grades) in ("BA", "MBA"):
        return leaf("tax_credit_grade", "ge", grades[0]), False
    return told, set(grades) <= set("CDM")


def _one_of(grades: list[str]) -> dict[str, Any]:
    if len(grades) == 1:
        return leaf("tax_credit_grade", "eq", grades[0])
    return leaf("tax_credit_grade", "in", sorted(grades))


def _tax_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    node, poor = _graded(mark)
    return None if poor else node


def _poor_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    node, poor = _graded(mark)
    return node if poor else None


def _ended(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    rest, before = mark.string[mark.end() : mark.end() + 12], mark.string[: mark.start()]
    told = [code for word, code in _STATES if word in mark.group(0)]
    if (
        _NOT_OF_FIRMS.search(rest)
        or before.endswith("前")
        or (told == ["cancelled"] and not _ENDED_NOW.search(before[-1:] + mark.group(0)))
    ):
        return None
    return leaf("registration_status", "in", told)


def _runs(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if _RUN_BY.search(mark.string[max(mark.start() - 12, 0) : mark.start()]):
        return None
    return leaf("registration_status", "eq", "active")


def _owes(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf("social_insurance_arrears", "is", True)


def _owes_not(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf("social_insurance_arrears", "is", False)
