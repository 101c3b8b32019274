"""Disabilities by grade and kind: 残疾等级为一级、二级, 三级及以上智力残疾, 持证残疾人."""

import re
from typing import Any

from pusher.reading.counting import read_count
from pusher.reading.grammar.findings import Family, Rule, Scope, field, has, leaf

_TYPES = {"视力": "visual", "听力": "hearing", "言语": "speech", "肢体": "physical",
          "智力": "intellectual", "精神": "mental", "多重": "multiple"}  # fmt: skip
_TYPE = "|".join(_TYPES)
_LISTED = rf"(?:(?:{_TYPE})(?:、|和|或者|或|及)?){{0,12}}"
_GRADE = "[一二三四1-4]"
_JOIN = "(?:、|和|或|及|以及|-|至|或者)"
_GRADES = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NUMBERS = rf"(?P<grades>{_GRADE}级?{_JOIN}{_GRADE}级?{_JOIN}{_GRADE}级|{_GRADE}级?{_JOIN}{_GRADE}级|{_GRADE}级)"
_UP = r"(?:[（(]含[）)])?(?P<up>及?以上)?"
# 三级及以上 counts towards the heavier grades: 1 is the heaviest (GB/T 26341).
_BEFORE = re.compile(
    rf"(?:残疾等级(?:被)?(?:评定)?为)?{_NUMBERS}{_UP}(?:的)?(?P<types>{_LISTED})(?:残疾(?:人|儿童)?(?:的)?)"
)
_AFTER = re.compile(
    rf"(?:持有?(?:第[二三]代)?(?:《?(?:中华人民共和国)?残疾人证》?)且)?(?P<valid>残疾人证(?:在有效期内|有效)(?:且|，|、))?(?:残疾类别为)?(?P<types>{_LISTED})(?:残疾(?=且|，))?(?:、|且|，)?残疾(?:等级)?(?:程度)?(?:被)?(?:评定)?(?:为|达到|在)?{_NUMBERS}{_UP}(?:的)?(?:人员|残疾人)?"
)
_HEAVY = re.compile(
    r"(?:持证(?:的)?)?重度(?P<types>"
    + _LISTED
    + r")残疾(?:人|子女|儿童|人员)?(?!人?护理补贴|人护理|是指|，是指)"
)
_TYPED = re.compile(
    rf"(?P<types>(?:{_TYPE})(?:(?:、|和|或|及)(?:{_TYPE})){{0,12}})残疾(?:(?:人|儿童|人员|学生|老年?人|青年|职工)(?!联合)|(?=的|[，。；]|$|且(?!残疾)))"
)
_SOLDIER = re.compile(
    r"(?:持有?(?:《)?(?:中华人民共和国)?残疾军人证(?:》)?(?:且|，)?)?(?:残疾等级(?:被)?(?:评定)?为)?(?P<first>[一二三四五六七八九十])级?(?:至|-|—|到)(?P<last>[一二三四五六七八九十])级(?:的)?(?:残疾|伤残)(?:退役)?军人"
)
_OF_A_KIND = re.compile(
    rf"持有?(?:有效的?)?(?P<types>(?:{_TYPE})(?:(?:、|和|或|及)(?:{_TYPE})){{0,12}})残疾(?:人)?证"
)
_NOTED = re.compile(
    rf"残疾人证登记为(?P<types>(?:{_TYPE}))残疾(?:，|、|且)(?:残疾)?等级(?:为|在)?{_NUMBERS}{_UP}"
)
_CERTIFIED = re.compile(rf"持有?(?:有效的?)?{_NUMBERS}{_UP}(?:的)?(?P<types>)残疾(?:人)?证(?:的)?")
_ANY = re.compile(
    r"(?<!重度)(?<!困难)(?<!力)(?<!语)(?<!体)(?<!神)(?<!名)(?<!个)(?:持有?(?:有效)?(?:的)?(?:第[二三]代)?(?:《?(?:中华人民共和国)?残疾人证》?)(?:的)?|(?:持证)?残疾(?:人|儿童|老年人|老人|学生|毕业生|高校毕业生)|(?<=、)残疾(?=、|的|或|和)|本人(?:为)?残疾(?=$|[，。；、的]))"
    r"(?!两项|联合|证|护理|生活|保障|福利|事业|就业|职工|康复|服务|基本|代步|工作|创业|专项|的父母)(?:人员|残疾人|儿童)?"
)


def family() -> Family:
    """Return the family of disabilities."""
    return Family(
        "disability", "残疾类别和等级", ("残疾",),
        (
            Rule(_BEFORE, _graded, "status",
                 (("一级、二级残疾人", "disability has (grade in 1,2)"),
                  ("三级及以上智力、精神残疾的", "disability has (grade in 1,2,3 & type in intellectual,mental)"))),
            Rule(_AFTER, _graded, "status",
                 (("残疾等级为一级、二级的人员", "disability has (grade in 1,2)"),
                  ("肢体、智力残疾且残疾等级为一级至三级的", "disability has (grade in 1,2,3 & type in physical,intellectual)"))),
            Rule(_CERTIFIED, _graded, "status",
                 (("持有一级、二级残疾人证的", "disability has (grade in 1,2)"),
                  ("持一级残疾证", "disability has (grade in 1)"))),
            Rule(_NOTED, _graded, "status",
                 (("残疾人证登记为肢体残疾、等级为一级至三级的", "disability has (grade in 1,2,3 & type in physical)"),
                  ("残疾人证登记为精神残疾，等级为二级及以上", "disability has (grade in 1,2 & type in mental)"))),
            Rule(_OF_A_KIND, _typed, "status",
                 (("持有视力残疾证的", "disability has (type in visual)"),
                  ("持听力、言语残疾人证", "disability has (type in hearing,speech)"))),
            Rule(_HEAVY, _heavy, "status",
                 (("重度残疾人", "disability has (grade in 1,2)"),
                  ("持证重度残疾人员", "disability has (grade in 1,2)"))),
            Rule(_TYPED, _typed, "status",
                 (("肢体残疾人", "disability has (type in physical)"),
                  ("经评定为智力、精神残疾的", "disability has (type in intellectual,mental)"))),
            Rule(_SOLDIER, _soldier, "status",
                 (("一级至四级残疾军人", "(preferential_status any_of disabled_soldier & service_disability_grade between 1,4)"),
                  ("残疾等级为一至六级的残疾军人", "(preferential_status any_of disabled_soldier & service_disability_grade between 1,6)"))),
            Rule(_ANY, _some, "status",
                 (("残疾人", "disability has (grade le 4)"),
                  ("持有第二代残疾人证的人员", "disability has (grade le 4)"))),
        ),
    )  # fmt: skip


def _kinds(mark: re.Match[str]) -> list[str]:
    return [code for name, code in _TYPES.items() if name in (mark["types"] or "")]


def _graded(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    said = [_GRADES[character] for character in mark["grades"] if character in _GRADES]
    grades = sorted(set(said))
    if "至" in mark["grades"] or "-" in mark["grades"]:
        grades = list(range(grades[0], grades[-1] + 1))
    if mark["up"]:
        grades = list(range(1, grades[-1] + 1))
    kinds = _kinds(mark)
    asked = [field("type", "in", kinds)] if kinds else []
    if mark.groupdict().get("valid"):
        asked.append(field("cert_valid_to", "on_or_after_as_of", None))
    return has("disability", field("grade", "in", grades), *asked)


def _heavy(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    kinds = _kinds(mark)
    asked = [field("type", "in", kinds)] if kinds else []
    return has("disability", field("grade", "in", [1, 2]), *asked)


def _typed(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("disability", field("type", "in", _kinds(mark)))


def _soldier(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    grades = [read_count(mark["first"]), read_count(mark["last"])]
    status = leaf("preferential_status", "any_of", ["disabled_soldier"])
    return {"all": [status, leaf("service_disability_grade", "between", grades)]}


def _some(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("disability", field("grade", "le", 4))
