"""Phrases of place: 具有槐荫区户籍, 在本区居住, 注册地在…, 注册、纳税、统计均在…."""

import re
from collections.abc import Iterator
from functools import cache

from profiles.facts import areas
from pusher.reading.findings import Finding, leaf

_OWN = {
    "district": ("本区", "我区", "全区", "区内", "辖区"),
    "city": ("本市", "我市", "全市", "市内"),
}
_OWN |= {"province": ("本省", "我省", "全省", "省内")}
# Too short to be told from other words: a street's or city's name without its suffix.
_SHORTEST_NAME = 3

_KEEPS = r"(?:城镇|农村|城乡|常住|登记|集体)?"
_FACTS = (
    ("household_area", rf"(?:具有|持有|拥有|取得|有|属于|为|是)?(?:A){_KEEPS}(?:户籍|户口)"),
    ("household_area", r"户籍(?:地|所在地)?(?:登记)?(?:均)?(?:在|为|属于?|是)(?:A)"),
    (
        "residence_area",
        r"(?:在|于)(?:A)(?:行政区域|辖区)?(?:范围)?内?(?:实际|合法|常年|长期|稳定)*(?:居住|常住)",
    ),
    ("residence_area", r"居住(?:地|在|于)+(?:在)?(?:A)|(?:A)常住(?:居民|人口)"),
    (
        "residence_permit",
        r"(?:持有?|取得|办理)[^，。；]{0,14}?(?:A)(?:的)?(?:有效)?(?:《?居住证》?)",
    ),
    ("unemployment_registered_area", r"在(?:A)(?:办理|进行)?(?:失业登记|登记失业)"),
    ("employer_area", r"在(?:A)(?:内)?(?:的)?用人单位(?:就业|工作)?"),
    (
        "registered_area",
        r"(?:在|于)(?:A)(?:行政区域|辖区)?(?:范围)?内?(?:依法|合法)*(?:注册(?:登记|成立|设立)?|登记注册|登记|设立)(?!失业)(?!改造)",
    ),
    ("registered_area", r"(?:注册地(?:址)?|登记地|工商注册地|住所)(?:均)?(?:在|位于|为|属于)(?:A)"),
    ("tax_area", r"(?:纳税|税收|税务(?:征管|登记)?(?:关系|地)?)(?:均)?(?:在|位于|属于|隶属)(?:A)"),
    ("statistics_area", r"统计(?:关系|数据)?(?:均)?(?:在|隶属|纳入)(?:A)"),
    ("business_area", r"在(?:A)(?:行政区域|辖区)?(?:范围)?内?(?:依法|合法)?(?:开展)?经营"),
    ("medical_insured_area", r"参加(?:A)(?:职工|居民|城乡居民|基本)[^，。；]{0,8}保险"),
)
_THREE = r"注册(?:登记)?、纳税(?:、统计)?(?:关系)?(?:均|都)?在(?:A)"
# 槐荫区制造业企业, 全区法人企业, 对槐荫区中小企业: the firms of a place are those registered there.
_FIRMS_OF = (
    r"(?:A)(?:行政区域)?(?:范围)?(?:内)?(?:的)?[^，。；的]{0,20}?"
    r"(?:企业|个体工商户|经营主体|合作社)"
)


def find_areas(text: str, *, area_code: str) -> Iterator[Finding]:
    """Find conditions of place in *text*.

    Args:
        text: a sentence.
        area_code: the district whose office reads: what 本区 means, and 本市, 本省 above it.
    """
    names = _names(area_code)
    for fact, pattern in _patterns(area_code):
        for mark in pattern.finditer(text):
            found = [names[name] for name in _name(area_code).findall(mark.group(0))]
            if found and not _is_negated(text, mark):
                yield Finding(mark.start(), mark.end(), _node(fact, found[-1]), "area")
    for mark in _compiled(_THREE, area_code).finditer(text):
        code = names[_name(area_code).findall(mark.group(0))[-1]]
        facts = ["registered_area", "tax_area"] + ["statistics_area"] * ("统计" in mark.group(0))
        node = {"all": [leaf(fact, "within", [code]) for fact in facts]}
        yield Finding(mark.start(), mark.end(), node, "area")


def find_firms_of(text: str, *, area_code: str) -> Iterator[Finding]:
    """Find 槐荫区…企业 in *text*: weaker than a clause that says where they are registered."""
    for mark in _compiled(_FIRMS_OF, area_code).finditer(text):
        name = _name(area_code).search(mark.group(0))
        if name:
            node = leaf("registered_area", "within", [_names(area_code)[name.group(0)]])
            yield Finding(mark.start(), mark.start() + len(name.group(0)), node, "area")


def _node(fact: str, code: str) -> dict[str, object]:
    if fact != "residence_permit":
        return leaf(fact, "within", [code])
    valid = {"field": "valid_to", "op": "on_or_after_as_of", "value": None}
    where = {"field": "area", "op": "within", "value": [code]}
    return leaf(fact, "has", {"all": [where, valid]})


def _is_negated(text: str, mark: re.Match[str]) -> bool:
    return text[: mark.start()].endswith(("非", "不在", "不具有", "无"))


@cache
def _names(area_code: str) -> dict[str, str]:
    """Return every name of an area that may stand in a text → its code."""
    own = {
        "district": area_code[:6],
        "city": area_code[:4] + "00",
        "province": area_code[:2] + "0000",
    }
    found = {word: own[level] for level, words in _OWN.items() for word in words}
    for code, label in areas().items():
        if len(label) >= _SHORTEST_NAME and "(" not in label:
            found.setdefault(label, code)
    return found


@cache
def _name(area_code: str) -> re.Pattern[str]:
    names = sorted(_names(area_code), key=len, reverse=True)
    # 市内六区 names some districts, not the city.
    return re.compile(
        rf"(?:{'|'.join(map(re.escape, names))})(?![一二两三四五六七八九十\d]+区|各区)"
    )


@cache
def _compiled(pattern: str, area_code: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("(?:A)", f"(?:{_name(area_code).pattern})"))


def _patterns(area_code: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(fact, _compiled(pattern, area_code)) for fact, pattern in _FACTS]
