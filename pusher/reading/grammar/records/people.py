"""What a record says of people: a degree, an age, a figure or the least of it."""

import re

from pusher.reading.counting import COUNT, read_count
from pusher.reading.grammar.findings import field
from pusher.reading.grammar.records.slots import Read, Told


def plainly(
    name: str, figure: Read, plain: re.Pattern[str], least: int, text: str, area: str
) -> Told | None:
    """Read a figure, or the least of it where the words stand without one: 签订劳动合同."""
    told = figure(text, area)
    mark = plain.search(text) if told is None else None
    if mark is None:
        return told
    # 依法缴纳社会保险费 asks no months, and is said of those in the record
    return Told([field(name, "ge", least)] if least else [], [mark.span()])


_DEGREES = {
    "小学": "primary", "初中": "junior", "高中": "senior", "中专": "secondary_vocational",
    "中职": "secondary_vocational", "中等职业": "secondary_vocational",
    "技校": "secondary_vocational", "大专": "college", "专科": "college", "高职": "college",
    "本科": "bachelor", "学士": "bachelor", "硕士": "master", "研究生": "master", "博士": "doctor",
}  # fmt: skip
_DEGREE = re.compile(
    rf"(?P<listed>(?:{'|'.join(_DEGREES)})(?:(?:研究生|学校|技校|学历|学位|毕业)?(?:、|或者?|和|及(?!以))(?:{'|'.join(_DEGREES)})){{0,4}})"
    r"(?:研究生|学校)?(?:（[^（）]{1,6}）)?(?:学历|学位|文化程度|文化)?(?:（[^（）]{1,6}）)?(?P<up>(?:及|或)?以上)?(?:学历|学位|文化程度)?"
)


def degree(name: str, text: str, area: str) -> Told | None:
    """Read 大专及以上学历, 初中或者高中, 硕士研究生; one degree alone is the least."""
    mark = _DEGREE.search(text)
    if mark is None:
        return None
    codes = list(dict.fromkeys(c for word, c in _DEGREES.items() if word in mark["listed"]))
    if "博士研究生" in mark.group(0) and not re.search(r"硕士|研究生(?:、|或|和)", mark.group(0)):
        codes = ["doctor"]
    if mark["up"] or len(codes) == 1:
        return Told([field(name, "ge", codes[0])], [mark.span()])
    return Told([field(name, "in", codes)], [mark.span()])


_YEARS_OLD = r"\s*(?:周岁|岁)(?:（含）)?"
_AGES = re.compile(
    rf"(?:年龄)?(?P<low>{COUNT})(?:{_YEARS_OLD})?(?:及?以上)?(?:，|、|至|到|-|—|－|~|～)+(?P<high>{COUNT}){_YEARS_OLD}(?:及?以下)?"
    rf"|(?P<less>未满|不满|低于)(?P<below>{COUNT}){_YEARS_OLD}"
    rf"|(?P<most>不超过)?(?P<age>{COUNT}){_YEARS_OLD}(?P<side>及?以下|以内|及?以上)?"
)


def age(name: str, text: str, area: str) -> Told | None:
    """Read ages of those in a record: 16至24周岁, 45周岁以下, 未满30周岁, 年满18周岁."""
    mark = _AGES.search(text)
    if mark is None:
        return None
    if mark["low"]:
        told = [("age_ge", mark["low"]), ("age_le", mark["high"])]
    elif mark["below"]:
        told = [("age_lt", mark["below"])]
    elif mark["most"] or "下" in (mark["side"] or "") or "内" in (mark["side"] or ""):
        told = [("age_le", mark["age"])]
    else:
        told = [("age_ge", mark["age"])]
    return Told([field(name, op, read_count(count)) for op, count in told], [mark.span()])
