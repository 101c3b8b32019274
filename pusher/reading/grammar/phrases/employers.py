"""For whom somebody works: 与区内企业或民办非企业单位签订劳动合同, 机关、事业单位工作人员."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_KINDS = (
    (re.compile("企事业单位|(?<!非)企业(?!单位)"), ("enterprise",)),
    (re.compile("民办非企业|社会服务机构|社会组织"), ("private_nonenterprise",)),
    (re.compile("个体工商户"), ("individual_business",)),
    (re.compile("事业"), ("institution",)),
    (re.compile("机关|行政|公务员"), ("government",)),
)
_KIND = (
    r"(?:(?:党政)?机关企事业单位|企事业单位|(?:各类|民营|国有|区属|小微|中小微){0,2}(?<!非)企业(?!单位|年金)|民办非企业(?:单位)?|社会服务机构|社会组织|个体工商户"
    r"|(?:党政|国家|行政)?机关事业单位|行政事业单位|(?:党政|国家|行政)?机关|事业单位|公务员(?!法|考试))"
)
_LIST = rf"{_KIND}(?:[（(][^（）()]{{1,12}}[）)])?(?:(?:、|和|或者|或|及|以及|与){_KIND}(?:[（(][^（）()]{{1,12}}[）)])?){{0,5}}"
_WORKS = re.compile(
    rf"(?:在|到|与|来|赴)(?:[^，。；、]{{2,12}}?)?(?P<kinds>{_LIST})(?:[^，。；、的人]{{0,6}}?)(?:就业|工作|上班|任职|就职|从业|签[订有](?=[^，。；]{{0,14}}合同))(?!人数|岗位|困难|服务|登记|局)"
)
_STAFF = re.compile(
    rf"(?P<kinds>{_LIST})(?:的)?(?:正式|在编|在职|在岗|编内){{0,2}}(?:工作人员|人员|职工|员工|公职人员)(?!人数|\d)"
)
_OFFICES = frozenset({"institution", "government"})


def family() -> Family:
    """Return the family of employers."""
    return Family(
        "employers", "用人单位类型", ("企业", "机关", "事业", "社会组织", "服务机构", "个体工商户", "公务员"),
        (
            Rule(_WORKS, _kinds, "employer",
                 (("与区内企业或民办非企业单位签订3年以上劳动合同", "employer_type in enterprise,private_nonenterprise"),
                  ("到机关、事业单位就业的", "employer_type in institution,government"))),
            Rule(_STAFF, _staff, "employer",
                 (("事业单位、机关工作人员不属于补贴对象", "employer_type in institution,government"),
                  ("公务员和事业单位工作人员除外", "employer_type in institution,government")), only_negated=True),
        ),
    )  # fmt: skip


def _kinds(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    kinds = [code for word, codes in _KINDS if word.search(mark["kinds"]) for code in codes]
    return leaf("employer_type", "in", kinds) if kinds else None


def _staff(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read staff of offices; 企业职工 alone names nearly everybody at work, 退休的 nobody."""
    if mark.string[: mark.start()].endswith(("退休", "退休的")):
        return None
    node = _kinds(mark, scope)
    return node if node and _OFFICES & set(node["value"]) else None
