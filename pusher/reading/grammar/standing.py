"""How the tax office grades firms: 纳税信用等级为B级以上, 不为D级."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_HEAD = r"纳税信用(?:等级|级别|评价)?"
_TAX = re.compile(
    rf"{_HEAD}(?:[^，。；、]{{0,8}}?)(?:(?P<grade>[ABMC])级?(?:[（(]含[）)])?(?:及|（含）)?以上|不低于(?P<least>[ABMC])级|A级?、B级?(?:、|或|和|或者)(?P<three>M)级|A级?(?:、|或|和|或者)(?P<two>[BM])级|(?P<only>A)级)"
)
_POOR = re.compile(
    rf"{_HEAD}(?:为|被?评为|评价为|是)?(?P<grades>[CDM]级?(?:(?:、|和|或者?|及)[CDM]级?){{0,2}})级?(?![^，。；]{{0,4}}(?:以上|及以上))"
)
_NOT_POOR = re.compile(rf"{_HEAD}(?:不为|不是|非)(?P<grade>[CDM])级")


def family() -> Family:
    """Return the family of tax grades."""
    return Family(
        "standing", "纳税信用", ("纳税信用",),
        (
            Rule(_POOR, _poor_grade, "tax grade",
                 (("纳税信用等级为D级的", "tax_credit_grade eq D"),
                  ("纳税信用评价为C级、D级的企业", "tax_credit_grade in C,D")), only_negated=True),
            Rule(_NOT_POOR, _not_poor, "tax grade",
                 (("纳税信用等级不为D级", "not tax_credit_grade eq D"),
                  ("纳税信用评价非D级", "not tax_credit_grade eq D"))),
            Rule(_TAX, _tax_grade, "tax grade",
                 (("纳税信用等级须为B级及以上", "tax_credit_grade ge B"),
                  ("纳税信用级别不低于B级", "tax_credit_grade ge B"))),
        ),
    )  # fmt: skip


def _tax_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf("tax_credit_grade", "ge", next(one for one in mark.groups() if one))


def _not_poor(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return {"not": leaf("tax_credit_grade", "eq", mark["grade"])}


def _poor_grade(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    grades = re.findall("[CDM]", mark["grades"])
    if len(grades) == 1:
        return leaf("tax_credit_grade", "eq", grades[0])
    return leaf("tax_credit_grade", "in", grades)
