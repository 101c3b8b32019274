"""Veterans: how several kinds were settled, and the grades of disabled soldiers."""

import re
from typing import Any

from pusher.reading.counting import read_count
from pusher.reading.grammar.findings import Family, Rule, Scope, all_or_one, leaf

_SETTLED = {
    "自主就业": "self_employed", "自谋职业": "self_employed", "安排工作": "gov_assigned",
    "转业": "transferred", "复员": "demobilized", "逐月领取退役金": "monthly_pension",
    "自主择业": "self_career", "退休": "retired", "供养": "supported",
}  # fmt: skip
_WAY = rf"(?:由?(?:人民)?政府)?(?:{'|'.join(_SETTLED)})(?:干部|军官|士官|退役士兵|到[^，。；、]{{2,8}})?"
_WAYS = re.compile(
    rf"(?:以|采取|选择)?(?P<ways>{_WAY}(?:(?:、|或者?|和|及|以及){_WAY}){{0,8}})(?:等)?(?:的)?(?:方式|条件)?(?:安置|退役|退出现役|接收)?(?:的)?(?:退役(?:军人|士兵|军官|军士)|军人|军官)"
    rf"|(?:以|采取|选择)(?P<alone>{_WAY}(?:(?:、|或者?|和|及|以及){_WAY}){{0,8}})(?:等)?方式(?:安置|退役|退出现役)?(?:的)?"
    rf"|安置方式为(?P<told>{_WAY}(?:(?:、|或者?|和|及|以及){_WAY}){{0,8}})(?:的)?"
)
_DEAD = {
    "烈士": "martyr_family",
    "因公牺牲军人": "line_of_duty_family",
    "病故军人": "illness_family",
}
_OF_DEAD = rf"(?:{'|'.join(_DEAD)})(?:的)?(?:遗属|家属)?"
# 烈士、因公牺牲军人、病故军人遗属: the last word is said of all
_FAMILIES = re.compile(rf"{_OF_DEAD}(?:(?:、|和|或者?|及|以及){_OF_DEAD}){{1,3}}(?<=属)")
_RANK = "[一二三四五六七八九十]|10|[1-9]"
_SOLDIER = re.compile(
    rf"(?:持有?(?:《)?(?:中华人民共和国)?残疾军人证(?:》)?(?:且|，)?)?(?:(?:残疾|伤残)等级(?:被)?(?:评定)?(?:为)?)?(?P<first>{_RANK})级?(?:至|-|—|－|~|到)(?P<last>{_RANK})级(?:的)?(?:分散供养|集中供养)?(?:的)?(?:残疾|伤残|因公|因战|因病)+(?:退役)?军人"
)
_HELD = re.compile(
    rf"(?:持有?)?(?:有效的?)?(?:残疾|伤残)军人(?:证)?(?:的)?[^，。；\d]{{0,6}}?(?:且|，|、|的)?(?:其)?(?:伤残|残疾)?(?:等级)(?:被)?(?:评定)?(?:在|为|达到)?(?P<first>{_RANK})级?(?:(?:至|-|—|－|~|到)(?P<last>{_RANK})级|(?P<up>及?以上))"
)


def family() -> Family:
    """Return the family of veterans."""
    return Family(
        "veterans by kind", "退役军人安置方式和残疾军人等级", ("退役", "军人", "安置", "烈士"),
        (
            Rule(_WAYS, _settled, "veteran",
                 (("以自主就业、复员方式安置的退役军人", "veteran_type in self_employed,demobilized"),
                  ("由政府安排工作或者转业的退役军人", "veteran_type in gov_assigned,transferred"))),
            Rule(_FAMILIES, _families, "status",
                 (("烈士、因公牺牲军人、病故军人遗属", "preferential_status any_of martyr_family,line_of_duty_family,illness_family"),
                  ("烈士遗属和病故军人遗属", "preferential_status any_of martyr_family,illness_family"))),
            Rule(_SOLDIER, _soldier, "status",
                 (("一级至四级残疾军人", "(preferential_status any_of disabled_soldier & service_disability_grade le 4)"),
                  ("残疾等级为五至六级的残疾军人", "(preferential_status any_of disabled_soldier & service_disability_grade between 5,6)"))),
            Rule(_HELD, _soldier, "status",
                 (("持残疾军人证且等级为一级至六级", "(preferential_status any_of disabled_soldier & service_disability_grade le 6)"),
                  ("残疾军人，伤残等级为六级以上", "(preferential_status any_of disabled_soldier & service_disability_grade le 6)"))),
        ),
    )  # fmt: skip


def _settled(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    said = mark["ways"] or mark["alone"] or mark["told"]
    kinds = list(dict.fromkeys(code for word, code in _SETTLED.items() if word in said))
    return leaf("veteran_type", "in", kinds)


def _families(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    kinds = [code for word, code in _DEAD.items() if word in mark.group(0)]
    return leaf("preferential_status", "any_of", kinds)


def _soldier(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read the grades of a soldier, of ten, the first the heaviest: 六级以上 is one to six."""
    groups = mark.groupdict()
    first = read_count(mark["first"])
    last = first if groups.get("up") else read_count(mark["last"] or mark["first"])
    if first is None or last is None:
        return None
    grade = (
        leaf("service_disability_grade", "le", last)
        if first == 1 or groups.get("up")
        else leaf("service_disability_grade", "between", [first, last])
    )
    return all_or_one([leaf("preferential_status", "any_of", ["disabled_soldier"]), grade])
