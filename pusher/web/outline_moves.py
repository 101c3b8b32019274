"""What the buttons of the outline do: add, shift, drop; and finding a fact by what was typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from profiles.facts import Fact, vocabulary
from pusher.web.outline import OPEN, Line, end_of, manual_line, new_line, scopes_of, settled

ROOT = "root"
"""The outermost level, as buttons name it."""
_MOST_FOUND = 8
_ALSO_CALLED = {
    "年龄": "birth_date",
    "周岁": "birth_date",
    "岁": "birth_date",
    "规模": "size_class",
}


class NotFound(ValueError):
    """Nothing, or more than one thing, is called that; Chinese.

    Attributes:
        choices: what may have been meant.
    """

    def __init__(self, text: str, choices: Sequence[Fact] = ()) -> None:
        super().__init__(text)
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Step:
    """What the page shows next: a line, or the row by which a group is added to.

    Attributes:
        number: of the line, or of the group that is added to; -1 for the outermost level.
    """

    number: int
    line: Line | None
    depth: int
    fields_of: Fact | None
    """What may be added here: fields of these records, or else facts."""

    @property
    def name(self) -> str:
        """The group, as buttons name it."""
        return ROOT if self.number < 0 else str(self.number)


def steps(lines: Sequence[Line]) -> list[Step]:
    """The lines in order, and after what each group holds a row to add to it."""
    scopes = scopes_of(lines)
    shown: list[Step] = []
    held: list[int] = []
    for number, line in enumerate(lines):
        while held and lines[held[-1]].depth >= line.depth:
            shown.append(_adding(lines, held.pop()))
        scope = scopes[number]
        shown.append(Step(number, line, line.depth, scope[-1] if scope else None))
        if line.kind in OPEN:
            held.append(number)
    shown.extend(_adding(lines, number) for number in reversed(held))
    return [*shown, Step(-1, None, 0, None)]


def added(
    lines: Sequence[Line], where: str, what: str, typed: str, *, quote: str = ""
) -> list[Line]:
    """Add to a group, behind what it holds.

    Args:
        where: number of a group or of records, or `ROOT`.
        what: ``condition``; ``all``, ``any`` or ``not-all`` for a group; ``manual``; or
            ``fact-CODE`` for what was picked among several.
        typed: the name of a fact, or what is to be checked.
        quote: the clause that says so, for a condition; also what is to be checked, where
            nothing was typed.

    Raises:
        NotFound: no fact, or several, are called that.
    """
    group = int(where) if where.isdigit() and int(where) < len(lines) else -1
    depth = lines[group].depth + 1 if group >= 0 else 0
    at = end_of(lines, group) if group >= 0 else len(lines)
    if what in ("all", "any", "not-all", "not-any"):
        line = Line("group", depth, word=what)
    elif what == "manual":
        if not (typed.strip() or quote):
            raise NotFound("请先写下要核实的内容")
        line = manual_line(typed.strip() or quote, depth)
    else:
        among = _among(lines, group)
        picked = next((f for f in among if what == f"fact-{f.code}"), None)
        line = replace(new_line(picked or find_fact(typed, among), depth), quote=quote)
    return settled([*lines[:at], line, *lines[at:]])


def find_fact(typed: str, among: Sequence[Fact]) -> Fact:
    """The fact that is called what was typed: its name, a part of it, or one of its values.

    Raises:
        NotFound: none, or several.
    """
    word = typed.strip().removesuffix("（敏感）")
    if not word:
        raise NotFound("请先写下要看的情况，如“户籍地”“年龄”“残疾情况”")
    word = next((f.label for f in among if f.code == _ALSO_CALLED.get(word)), word)
    for fits in _WAYS:
        found = [fact for fact in among if fits(fact, word)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"和“{word}”有关的有几项，请选一项", found[:_MOST_FOUND])
    raise NotFound(f"没有叫“{word}”的情况；查不到的，可加为“待核实”")


_WAYS: tuple[Callable[[Fact, str], bool], ...] = (
    lambda fact, word: word in (fact.label, fact.code),
    lambda fact, word: word in fact.label,
    lambda fact, word: any(word in (c.label, *c.aliases) for c in fact.values),
    lambda fact, word: any(word in name for c in fact.values for name in (c.label, *c.aliases)),
    lambda fact, word: word in fact.meaning,
)


def up(lines: Sequence[Line], number: int) -> list[Line]:
    """Change places with the line before it in the same group."""
    before = _before(lines, number)
    if before is None:
        return list(lines)
    end = end_of(lines, number)
    return [*lines[:before], *lines[number:end], *lines[before:number], *lines[end:]]


def down(lines: Sequence[Line], number: int) -> list[Line]:
    """Change places with the line behind it in the same group."""
    end = end_of(lines, number)
    if end >= len(lines) or lines[end].depth != lines[number].depth:
        return list(lines)
    return up(lines, end)


def outwards(lines: Sequence[Line], number: int) -> list[Line]:
    """Leave the group, to stand behind it."""
    depth = lines[number].depth
    if depth == 0:
        return list(lines)
    group = max(n for n in range(number) if lines[n].depth < depth)
    end, behind = end_of(lines, number), end_of(lines, group)
    moved = [replace(line, depth=line.depth - 1) for line in lines[number:end]]
    return settled([*lines[:number], *lines[end:behind], *moved, *lines[behind:]])


def inwards(lines: Sequence[Line], number: int) -> list[Line]:
    """Join the group before it; where that is none, begin a group with it."""
    before = _before(lines, number)
    end = end_of(lines, number)
    moved = [replace(line, depth=line.depth + 1) for line in lines[number:end]]
    if before is not None and lines[before].kind in OPEN:
        return settled([*lines[:number], *moved, *lines[end:]])
    group = Line("group", lines[number].depth, word="all")
    return settled([*lines[:number], group, *moved, *lines[end:]])


def drop(lines: Sequence[Line], number: int) -> list[Line]:
    """Without the line and what it holds."""
    return [*lines[:number], *lines[end_of(lines, number) :]]


MOVES: Mapping[str, Callable[[Sequence[Line], int], list[Line]]] = {
    "up": up,
    "down": down,
    "out": outwards,
    "in": inwards,
    "drop": drop,
}
"""By the name of the button."""


def _adding(lines: Sequence[Line], group: int) -> Step:
    among = _fields_at(lines, group)
    return Step(group, None, lines[group].depth + 1, among)


def _fields_at(lines: Sequence[Line], group: int) -> Fact | None:
    """The records whose fields are added below this line, if it stands in any or is some."""
    below = [*lines[: group + 1], Line("leaf", lines[group].depth + 1)]
    scope = scopes_of(below)[-1]
    return scope[-1] if scope else None


def _among(lines: Sequence[Line], group: int) -> Sequence[Fact]:
    fields: Iterable[Fact] = vocabulary().values()
    records = _fields_at(lines, group) if group >= 0 else None
    return list(records.fields if records else fields)


def _before(lines: Sequence[Line], number: int) -> int | None:
    """The line before it in the same group."""
    for n in range(number - 1, -1, -1):
        if lines[n].depth < lines[number].depth:
            return None
        if lines[n].depth == lines[number].depth:
            return n
    return None
