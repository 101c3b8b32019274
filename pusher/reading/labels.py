"""What a page or a text says about its document in labels: 索引号, 发文字号, 发布日期."""

import re
from collections.abc import Iterable

from pusher.reading.lines import Line

# Each label under the name by which the rest of the room asks for it.
_NAMES = {
    "index_number": ("索引号", "信息索引号"),
    "unified_number": ("统一编号", "规范性文件统一编号", "备案登记号", "登记号"),
    "document_number": ("发文字号", "发文文号", "文件编号", "文件字号", "文号", "公文文号"),
    "issuer": ("发文机关", "发文单位", "发文机构", "制定机关", "制发机关", "颁布机构"),
    "publisher": ("发布机构", "发布机关", "发布单位", "公开机构", "公开单位", "信息提供单位"),
    "title": ("标题", "名称", "文件名称", "信息名称"),
    "written_on": (
        "成文日期",
        "成文时间",
        "生成日期",
        "发文日期",
        "发文时间",
        "制发日期",
        "印发日期",
    ),
    "published_on": (
        "发布日期",
        "发布时间",
        "发表时间",
        "公开日期",
        "公开时间",
        "公布日期",
        "信息时间",
        "信息提供日期",
    ),
    "effective_on": ("实施日期", "施行日期", "生效日期", "生效时间", "实施时间"),
    "expires_on": ("失效日期", "失效时间", "废止日期", "废止时间", "截止有效日期", "有效期至"),
    "validity": ("有效性", "时效性", "时效", "文件状态", "效力状态", "是否有效"),
    "openness": (
        "公开属性",
        "公开方式",
        "公开类别",
        "公开类型",
        "信息公开属性",
        "信息公开选项",
        "公开形式",
    ),
    "theme": ("主题分类", "分类", "体裁分类", "信息分类", "公文种类"),
    "subject": ("主题词", "关键词"),
    "source": ("来源", "信息来源", "文章来源", "稿件来源", "发布来源"),
    "views": ("浏览次数", "浏览量", "点击量", "阅读次数", "访问次数", "点击数", "点击次数"),
    "type_size": ("字体", "字号", "字体大小"),
}
_BY_LABEL = {label: name for name, labels in _NAMES.items() for label in labels}


def _spaced(label: str) -> str:
    return r"\s*".join(map(re.escape, label))


_ANY = "|".join(_spaced(label) for label in sorted(_BY_LABEL, key=len, reverse=True))
# Labels stand at the start of a line or cell, after a blank, a bracket, or right after a value.
_LABEL = re.compile(rf"(?P<label>{_ANY})\s*(?:[】\]]\s*[:：]?|[:：])\s*")
_STARTS_WITH = re.compile(rf"[\s【\[（(]*(?:{_ANY})\s*(?:[】\]]|[:：])")
# Without a colon: several on one line with blanks between, alone in a cell, or right before a
# value that can be nothing else. Short labels are everyday words and need their colon.
_LONG_ONES = "|".join(_spaced(label) for label in sorted(_BY_LABEL, key=len, reverse=True)
                      if len(label) >= 4)  # fmt: skip
_BLANK_AFTER = re.compile(rf"(?:^|(?<=\s))(?P<label>{_LONG_ONES})\s+(?=\S)")
_ALONE = re.compile(rf"[【\[]?(?P<label>{_ANY})[】\]]?")
_BEFORE_VALUE = re.compile(
    rf"^(?P<label>{_LONG_ONES}|索\s*引\s*号|文\s*号)\s*"
    r"(?=[0-9A-Z]{6}|(?:19|20)\d\d\s*[-年./]|[\u4e00-\u9fff]{2,16}\s*[〔\[［【（(]\s*(?:19|20)\d\d)"
)
_LONGEST_LABELLED = 400


def is_labelled(text: str) -> bool:
    """Whether *text* begins with one of the known labels and its colon or its value."""
    if len(text) > _LONGEST_LABELLED:
        return False
    return bool(_STARTS_WITH.match(text) or _BEFORE_VALUE.match(text) or _blank_labels(text))


def read_labels(lines: Iterable[Line]) -> dict[str, str]:
    """Collect label → value from *lines*; the first value that is not empty counts.

    A value stands after its colon, up to the next label, or alone in the next cell or line, or
    under its label in a table whose first row is labels.
    """
    found: dict[str, str] = {}
    waiting: str | None = None
    around: tuple[int, ...] = ()
    above: tuple[str | None, ...] = ()
    for line in lines:
        # An empty label at the end of its block has no value: what follows is something else.
        waiting = waiting if line.within == around else None
        around = line.within
        if above and len(line.cells) == len(above):
            _take_row(above, line.cells, found)
            above = ()
            continue
        named = tuple(_alone(cell) for cell in line.cells)
        above = named if len(named) > 1 and all(named) else ()
        for cell, name in zip(line.cells, named, strict=True):
            # one label after another means that the first has no value
            waiting = name or _read_part(cell, waiting, found)
        if not line.cells:
            named_here = _alone(line.text) if line.tag in ("dt", "th") else None
            waiting = named_here or _read_part(line.text, waiting, found)
    return found


def _take_row(above: tuple[str | None, ...], cells: tuple[str, ...], found: dict[str, str]) -> None:
    for name, value in zip(above, cells, strict=True):
        if name and value.strip():
            found.setdefault(name, value.strip())


def is_label(text: str) -> bool:
    """Whether *text* is one of the known labels and nothing else."""
    return _alone(text) is not None


def _alone(text: str) -> str | None:
    """The name of the label that *text* is and no more."""
    mark = _ALONE.fullmatch(text.strip())
    return _name(mark) if mark else None


def _name(mark: re.Match[str]) -> str:
    return _BY_LABEL[re.sub(r"\s+", "", mark["label"])]


def _blank_labels(text: str) -> list[re.Match[str]]:
    """Labels parted from their values by blanks, where at least two stand on the line."""
    marks = list(_BLANK_AFTER.finditer(text))
    return marks if len(marks) > 1 and marks[0].start() == 0 else []


def _read_part(text: str, waiting: str | None, found: dict[str, str]) -> str | None:
    """Read one cell or line; return the label whose value must stand in the next."""
    if not text or len(text) > _LONGEST_LABELLED:
        return None
    before_value = _BEFORE_VALUE.match(text)
    marks = list(_LABEL.finditer(text)) or _blank_labels(text)
    marks = marks or ([before_value] if before_value else [])
    if not marks:
        if waiting:
            found.setdefault(waiting, text.strip())
        return None
    first = marks[0].start()
    alone = len(marks) == 1 and first > 0 and not _STARTS_WITH.match(text)
    # One label in mid-sentence is prose, unless a blank parts it from what stands before.
    if alone and not text[first - 1].isspace():
        return None
    name = None
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        name = _name(mark)
        value = text[mark.end() : following.start() if following else len(text)]
        value = value.strip(" \u3000【】[]|")
        if value:
            found.setdefault(name, value)
            name = None
    return name
