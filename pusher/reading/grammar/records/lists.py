"""The lists that firms are put on: 被列入经营异常名录且尚未移出, 近三年内无严重失信记录."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Finding, field, none
from pusher.reading.grammar.records.terms import Since, since_before, since_behind

_FACT = "credit_records"
_ANY = ("serious_illegal", "judgment_defaulter", "tax_major")
"""The lists that 失信 means where none is named."""
_PLAIN = re.compile(
    r"(?<!科研)(?<!学术)(?<!统计)(?<!市场)(?<!科研严重)(?<!学术严重)(?<!市场严重)(?<!统计严重)(?:严重)?(?:违法)?失信(?=行为|记录|信息|情况|情形|问题|名单|主体|企业)|(?:信用)?联合惩戒(?=对象|名单|主体|企业)|(?:信用)?(?=黑名单)|严重失信(?=的|、|和|或|$)"
)
_LISTED = re.compile(
    r"(?:、|和|或者?|及|以及|与|，?(?:或者?|以及)){1,3}(?:现|仍|曾|已)?(?:被)?(?:法院|市场监管部门|税务部门|人社部门)?(?:列入|列为|纳入|属于|处于|是|有)?(?:的)?(?:“)?"
)
_MEANS = re.compile(r"[^，。；、（）]{0,4}（(?:被)?(?:即|指|包括|含|列入|纳入|如)?")
_VERB = re.compile(
    r"(?P<what>(?:均|应|须)?(?:不属于|不存在|不处于|不在|不是|不得有|不得为|没有|从未|未曾|尚未|未|无|非)?(?:曾经|曾|现|仍|已|目前|当前|至今|正)?(?:处于|存在|属于|有|是|为|在)?(?:尚未|未|没有)?(?:移出|修复|整改|了结|解除|撤销|退出|消除|履行完毕|执行完毕)?的?(?:曾)?(?:被)?(?:[^，。；、\d年月内曾被]{0,8}(?:部门|法院|机关))?(?:依法)?(?:仍)?(?:列入|列为|列为了|纳入|移入|认定为|公示为|进入|标记为|处于)?(?:了|过)?(?:[^，。；、\d列未无或和]{0,6}市场)?[“\"《]?)$"
)
# 拒不退回的，依法列入失信名单: what is done to a firm, not what it is asked
_DONE_TO = re.compile(
    r"(?:将(?:其)?|依法|按规定|应当?|予以|一律|并|推送|由[^，。；]{2,10})(?:将其)?(?:列入|纳入|记入|计入|归集至?|公示)[^，。；]{0,8}$"
)
_ONCE = re.compile(r"曾|列入|列为|纳入|进入")
_STATE = re.compile(r"行为|记录|信息|情况|情形|问题|事件")
_STOPS = re.compile(
    r"[。；\n]|，(?!且|并|但|而|目前|至今|尚|仍|截至|截止|申报时|未|无论|不论|也|或者?(?:已)?(?:移出|退出))"
)
_STILL = re.compile(
    r"，?(?:且|并|但|而|或)?(?:截至|截止)?(?:申报|申请|目前|当前|至今|时|日|之日|前|在|仍|尚|还|均|期间|受理){0,6}(?:未|没有|尚未|未能|未经|未按规定)(?:被|依法|完成|办理|实现|经|得到|予以|按规定){0,3}(?:信用)?(?:移出|移除|退出|修复|整改|撤销|解除|注销|消除|了结|履行)(?:完毕|信用|名单|名录|完成|的){0,3}(?:修复)?|仍在(?:列|名单|名录|公示|惩戒|有效)[内中]?|在列"
)
_WHATEVER = re.compile(
    r"[，（]?(?:无论|不论|不管|无论其)(?:[^，。；（）]{0,4})?(?:移出|移除|修复|退出|移)[^，。；（）]{0,8}）?|[（，]?(?:含|包括)(?:已)?(?:移出|修复)[^，。；（）]{0,6}）?"
)
_DENIED = re.compile(r"[未无不没从]")
_NOW = re.compile(r"尚?未(?:移出|修复|了结|整改|解除|撤销|退出|消除|履行|执行)|现|仍|目前|当前")
_GONE = re.compile(r"(?:移出|移除|退出|撤销|修复)(?:后|[^，。；、未不]{0,6})?")
_LEFT = re.compile(r"(?<!未)(?<!未被)(?<!没有)(?:被|从)?(?:移出|移除|退出)[“\"《]?$")
# 列入经营异常名录后已移出的，不受影响
_GONE_SINCE = re.compile(
    r"(?<!的)后?(?:现|目前|且)?(?:均)?已(?:经|被)?(?:完成)?(?:信用)?(?:移出|移除|修复|退出)[^，。；（）除]{0,6}(?:$|，)(?!.{0,6}除外)"
)
_LET_PASS = re.compile(
    r"(?:，|（|；)?(?:但)?[^，。；（）]{0,8}已?(?:依法|按规定|经)?(?:完成|实现)?(?:信用)?(?:移出|移除|修复|退出)[^，。；（）]{0,12}(?:的)?(?:除外|不受[^，。；）]{0,6}|不在此限|不计|不作[^，。；）]{0,6}|可以?申[报请])）?"
)


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    codes: tuple[str, ...]


@cache
def _names() -> tuple[tuple[tuple[re.Pattern[str], str], ...], re.Pattern[str], tuple[str, ...]]:
    text = (files("pusher.reading.grammar") / "nouns" / "lists.toml").read_text("utf-8")
    table = tomllib.loads(text)
    names = tuple((re.compile(row["says"]), row["code"]) for row in table["list"])
    examples = tuple(one for row in table["list"] for one in row["examples"])
    return names, re.compile(table["ends"]), examples


def examples() -> tuple[str, ...]:
    """Return (text → record) of each list, from `nouns/lists.toml`; they are its tests."""
    return _names()[2]


def find_lists(text: str) -> list[Finding]:
    """Find the lists that *text*, a sentence, names; whoever stands on one is shut out."""
    named = list(_groups(text, _named(text)))
    kept = [one for one in named if not _DONE_TO.search(text[max(one.start - 24, 0) : one.start])]
    return [one for place in range(len(kept)) if (one := _read(text, kept, place))]


def _named(text: str) -> list[_Named]:
    names, ends, _ = _names()
    plain = ((_PLAIN, ""),)
    kept: list[_Named] = []
    found = [(m.span(), code) for says, code in (*names, *plain) for m in says.finditer(text)]
    for (start, end), code in sorted(found, key=lambda f: (f[0][0], -f[0][1])):
        if kept and start < kept[-1].end:
            continue
        more = ends.match(text, end)
        stop = more.end() if more else end
        kept.append(_Named(start, stop, (code,) if code else _ANY))
    return kept


def _groups(text: str, named: Sequence[_Named]) -> Iterator[_Named]:
    """Make one of lists that stand side by side, and of 失信 with the lists that it means."""
    last: _Named | None = None
    for one in named:
        between = text[last.end : one.start] if last else ""
        if last and one.codes == _ANY and between in ("", "等", "其他"):  # 经营异常名录等失信名单
            codes = last.codes
        elif last and _MEANS.fullmatch(between):  # 严重失信情况（严重违法失信、失信被执行）
            codes = one.codes
        elif last and _LISTED.fullmatch(between) and _ANY not in (last.codes, one.codes):
            codes = (*last.codes, *one.codes)
        elif last and _LISTED.fullmatch(between) and text.startswith("严重失信", one.start):
            codes = (*last.codes, "serious_illegal")
        else:
            if last:
                yield last
            last = one
            continue
        last = _Named(last.start, one.end, tuple(dict.fromkeys(codes)))
    if last:
        yield last


def _read(text: str, named: Sequence[_Named], place: int) -> Finding | None:
    one = named[place]
    stop = named[place + 1].start if place + 1 < len(named) else len(text)
    mark = _STOPS.search(text, one.end, stop)
    stop = mark.start() if mark else stop
    left = _LEFT.search(text[: one.start])  # 移出失信名单未满一年的
    behind = since_behind(text, one.end, stop)
    if _GONE_SINCE.match(text, one.end) or (left and not behind):
        return None
    verb = _VERB.search(text[max(one.start - 30, 0) : one.start])
    said = verb["what"] if verb and not left else ""
    start = left.start() if left else one.start - len(said)
    told = _Told(
        said, bool(_STATE.search(text[one.start : one.end])),
        bool(behind and (left or _GONE.search(text, one.end, stop))),
        _STILL.search(text, one.end, stop), _LET_PASS.search(text), _WHATEVER.search(text),
        behind or since_before(text, start),
    )  # fmt: skip
    node = none(_FACT, field("list", "in", list(one.codes)), *told.conditions())
    group = "event" if told.state else "record"
    return Finding(start, one.end, node, group, parts=tuple(told.spans()))


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a list around its name.

    Attributes:
        said: the verb before it.
        state: whether 失信行为 or 失信记录 is told, not an entry on a list.
        gone: whether the term counts from the day of leaving the list.
        still, passed, whatever: where it says that the entry stands, that who left is let pass,
            and that leaving changes nothing.
        since: the term.
    """

    said: str
    state: bool
    gone: bool
    still: re.Match[str] | None
    passed: re.Match[str] | None
    whatever: re.Match[str] | None
    since: Since | None

    def conditions(self) -> list[dict[str, Any]]:
        """Return what holds of the record beside its list: still on it, or listed in a term."""
        stands = field("removed_on", "null", None)
        if self.still and "信用修复" in self.still.group(0):
            stands = field("repaired", "is", False)
        carried = self.since is not None and self.since.carried
        denied = _DENIED.match(self.said) and not self.still
        if self.since is None or (carried and not self.state and not denied):
            return [stands]
        entered = bool(_ONCE.search(self.said)) and not self.state and not carried
        if self.gone:
            return [{"any": [self.since.of("removed_on"), stands]}]
        listed = self.since.of("listed_on")
        if self.still or self.passed or _NOW.search(self.said):
            return [listed, stands]
        return [listed] if entered or self.whatever else [{"any": [listed, stands]}]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Give where what is said of the list stands."""
        yield from (m.span() for m in (self.still, self.passed, self.whatever) if m)
        if self.since:
            yield self.since.span
