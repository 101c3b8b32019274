"""Disabilities: kinds, grades and certificates in whatever order a sentence tells them.

A record grows word by word (肢体残疾, 等级为一级至三级, 证在有效期内) until a field would be told
anew: 智力残疾一级、肢体残疾二级 are two. Grade 1 is the heaviest (GB/T 26341).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pusher.reading.grammar.findings import Finding, has
from pusher.reading.grammar.findings import field as asks

_TYPES = {"视力": "visual", "听力": "hearing", "言语": "speech", "语言": "speech", "肢体": "physical",
          "智力": "intellectual", "精神": "mental", "多重": "multiple"}  # fmt: skip
_GRADES = {
    word: grade for grade, words in enumerate(("一1Ⅰ", "二2Ⅱ", "三3Ⅲ", "四4Ⅳ"), 1) for word in words
}
_JOIN = r"(?:、|和|或者?|及|以及|与|/)"
_KIND = rf"(?:{'|'.join(_TYPES)})"
_KINDS = rf"{_KIND}(?:残疾)?(?:{_JOIN}?{_KIND}(?:残疾)?){{0,6}}"
_N = "[一二三四1-4ⅠⅡⅢⅣ]"
_TO = r"(?:、|和|或者?|及|到|至|-|－|—|~|～)"
_GRADE = rf"(?<![第\d])(?:{_N}级?{_TO}{{1,2}}){{0,3}}{_N}级(?:[（(]含[^（）()]{{0,4}}[）)])?(?:及?其?以[上下]|及更重)?(?:[（(]含[^（）()]{0, 4}[）)])?"
_NO_GRADE = r"(?!以?上?(?:的)?(?:医|公|定点|财政|政府|建筑|注册|技|工|响应|应急|伤残|军人|甲等|学科|市场|批发|保安))"
_CERTIFICATE = r"残疾(?:人)?证"
_VALID = (
    rf"(?:有效(?:期内)?|在有效期(?:以)?内)(?:的)?(?=[^，。；、|]{{0,16}}{_CERTIFICATE})"
    rf"|(?<={_CERTIFICATE})[》”]?(?:应当?|须|均|仍|且|目前|现)?(?:在|处于)?(?:有效(?!期)|有效期(?:以)?内|未过期)"
)
_VALID = _VALID.replace(rf"(?<={_CERTIFICATE})", r"(?:(?<=残疾证)|(?<=残疾人证))")
# words in which nobody is asked for a disability
_NOBODY = (
    r"(?:困难|重度)?残疾(?:人|儿童|少年)+(?:两项|联合|联(?!系)|护理|生活补|保障|福利|事业|就业|职工|康复|服务|基本|代步|工作|创业|专项|的父母|家属|子女|专[职用]|教育(?:专项|机构)|自助|机动|轮椅|优待|法|之家|托养|辅助|组织|权益|无障碍|情况)"
    r"|(?:残疾|伤残)(?:退役)?军人|残联|致残|因残|残疾学生[^，。；]{0,4}资助"
)
_WHO = r"残疾(?:人员|人|儿童|少年|青少年|老年人|老人|妇女|青年|学生|大学生|毕业生|高校毕业生|居民|考生|未成年人|孤儿)?"
_TOKEN = re.compile(
    rf"(?P<nobody>{_NOBODY})|(?P<valid>{_VALID})|(?P<kinds>非?{_KINDS})"
    rf"|(?P<heavy>[极非]?重度(?=(?:{_KINDS})?残疾)|重残(?=人|的|对象|且))"
    rf"|(?P<grades>{_GRADE}{_NO_GRADE})"
    rf"|(?P<told>残疾(?:等级|程度|类别|类型))|(?P<certificate>{_CERTIFICATE})|(?P<who>{_WHO})"
)
_ENDS = re.compile(r"[。；;\n：]")
_LISTED = re.compile(r"[、，,]|和|或|及|与")
_OR = re.compile(r"或|以及|[（(]|；")
_SAID_OF_TYPE = re.compile(r"(?:类别|类型|种类)[^，。；、]{0,4}$")
_PERSON_NEXT = re.compile(
    rf"(?:的)?(?:(?:{_KINDS})?残疾(?!等级|程度|类别|人?证|(?:退役)?军人))|的?(?:{_KINDS})残疾(?!军)"
)
_ONE_MORE_KIND = re.compile(r"(?:人|儿童|人员)?(?:、|和|或者?|及|以及|与)(?:持证的?)?")
_FAR = 30
# what is done to people, and people of whom the applicant is no one
_DONE_TO = re.compile(
    r"(?:安排|安置|招用|吸纳|聘用|录用|雇用|接收|招收|派遣|提供|鼓励|扶持|促进|帮助|支持|服务|帮扶|关爱|培训)(?![^，。；、]{0,4}(?:对象|范围|人员为))[^，。；、]{0,8}$"
    r"|(?:家庭|家中|户内|成员中?|子女|父母(?:一方|双方)?)[^，。；、]{0,4}(?:有|为|是|系)[^，。；、]{0,6}$|父母[^，。；]{0,8}$"
    r"|(?:职工|员工)[^，。；、]{0,8}$|(?:^|[，。；）])为$|与[^，。；、]{0,6}$"
)
_HELD = re.compile(
    r"(?:持有?|办理|取得|领取|领有|具有|有|办有|核发)[^，。；、]{0,4}(?:第[一二三]代)?(?:《|“)?(?:中华人民共和国)?$|第[二三]代(?:《)?(?:中华人民共和国)?$"
)
_BEFORE = re.compile(
    r"(?:经[^，。；、]{0,10}(?:评定|认定|鉴定)(?:为|的)?|登记(?:的|为)+|(?:本人)?(?:持证(?:的)?|持有?|办理|取得|领取|领有|具有))?(?:有效(?:期内)?(?:的)?)?(?:第[一二三]代)?(?:[《“]?(?:中华人民共和国)?)?$"
)
_AFTER = re.compile(r"(?:人证|证|人员|人|儿童|学生|老人)?(?:[》”])?(?:的)?(?:人员|残疾人|居民)?")
_BARE = re.compile(r"(?:(?<=、)|(?<=本人)|(?<=本人为)|(?<=因))残疾(?=$|[，。；、的或和])")
_ALL = 4
_CLOSE = 6


@dataclass(slots=True)
class _Record:
    """A disability as far as it was read."""

    kinds: list[str] = field(default_factory=list)
    grades: list[int] = field(default_factory=list)
    valid: bool = False
    held: bool = False
    person: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def told(self) -> bool:
        return bool(self.grades or self.valid or self.held or self.person)


def read_disabilities(text: str) -> list[Finding]:
    """Find every disability that *text* asks of somebody, in the order of the text."""
    found = []
    for one in _records(text):
        if one.told and not _DONE_TO.search(text[: one.spans[0][0]]):
            found.append(_finding(one, text))
    return found


def _records(text: str) -> Iterator[_Record]:
    one, end = _Record(), 0
    for mark in _TOKEN.finditer(text):
        gap = text[end : mark.start()]
        if mark["nobody"] or (one.spans and _begins_anew(one, mark, gap, text)):
            if one.spans:
                yield one
            one = _Record()
        if not mark["nobody"] and _take(one, mark, text):
            end = mark.end()
    if one.spans:
        yield one


def _begins_anew(one: _Record, mark: re.Match[str], gap: str, text: str) -> bool:
    """Whether a word belongs to the next record: its field is told, or a list goes on."""
    if _ENDS.search(gap) or len(gap) > _FAR:
        return True
    if mark["kinds"]:
        graded = one.grades or re.match(rf"的?{_GRADE}", text[mark.end() : mark.end() + 9])
        if one.kinds and not graded and _ONE_MORE_KIND.fullmatch(gap):
            return False
        listed = _LISTED.search(gap) and not _SAID_OF_TYPE.search(gap)
        return bool(one.kinds) or bool(listed and (one.person or one.grades))
    if mark["told"] or mark["certificate"] or mark["valid"]:
        return bool(_OR.search(gap))
    if mark["grades"] or mark["heavy"]:
        if gap == "（" and one.grades == [1, 2] and one.person:
            return False  # 重度残疾人（一级、二级）
        ahead = one.person and _LISTED.search(gap) and _PERSON_NEXT.match(text, mark.end())
        return bool(one.grades or ahead)
    return one.person and bool(_LISTED.search(gap))


def _take(one: _Record, mark: re.Match[str], text: str) -> bool:
    """Add a word to a record; a grade or a kind counts beside 残疾 alone."""
    if mark["kinds"]:
        rest = text[mark.end() : mark.end() + 12]
        beside = re.match(rf"[类（(）)的]{{0,2}}(?:{_GRADE})?(?:的)?残疾", rest)
        said = _SAID_OF_TYPE.search(text[: mark.start()])
        if not (mark["kinds"].endswith("残疾") or beside or said):
            return False
        told = {code for word, code in _TYPES.items() if word in mark["kinds"]}
        other = mark["kinds"].startswith("非")  # 三级的非智力、精神残疾人
        one.kinds += [k for k in dict.fromkeys(_TYPES.values()) if (k in told) != other]
        one.person |= mark["kinds"].endswith("残疾")
    elif mark["heavy"]:
        one.grades = {"极": [1], "非": [3, 4]}.get(mark["heavy"][0], [1, 2])
        one.person |= mark["heavy"] == "重残"
    elif mark["grades"]:
        if not one.spans and not _PERSON_NEXT.match(text, mark.end()) and not re.match(
            rf"(?:的)?{_CERTIFICATE}", text[mark.end() : mark.end() + 8]
        ):  # fmt: skip
            return False
        one.grades = _grades(mark["grades"])
    elif mark["valid"]:
        one.valid = True
    elif mark["certificate"]:
        one.held |= bool(_HELD.search(text[: mark.start()]))
    elif mark["who"]:
        if mark["who"] == "残疾" and not (one.spans or _BARE.match(text, mark.start())):
            return False
        one.person = True
    one.spans.append(mark.span())
    return True


def _grades(said: str) -> list[int]:
    told = sorted({_GRADES[sign] for sign in said if sign in _GRADES})
    if re.search("[到至—~～-]|－", said):
        return list(range(told[0], told[-1] + 1))
    if re.search("以上|更重", said):
        return list(range(1, told[-1] + 1))
    return list(range(told[0], _ALL + 1)) if "以下" in said else told


def _finding(one: _Record, text: str) -> Finding:
    where: list[dict[str, Any]] = []
    if one.grades:
        where.append(asks("grade", "in", one.grades))
    if one.kinds:
        where.append(asks("type", "in", list(dict.fromkeys(one.kinds))))
    if one.valid:
        where.append(asks("cert_valid_to", "on_or_after_as_of", None))
    start, end = _near(one.spans, text)
    parts = tuple(span for span in one.spans if not (start <= span[0] and span[1] <= end))
    node = has("disability", *(where or [asks("grade", "le", _ALL)]))
    return Finding(start, end, node, "status", parts=parts)


def _near(spans: Sequence[tuple[int, int]], text: str) -> tuple[int, int]:
    """Return the piece of text that the first words of a record make, with what leads to them."""
    start, end = spans[0]
    for a, b in spans[1:]:
        if a - end <= _CLOSE and not re.search("[，,]", text[end:a]):
            end = b
    before, after = _BEFORE.search(text[:start]), _AFTER.match(text, end)
    return (before.start() if before else start), (after.end() if after else end)
