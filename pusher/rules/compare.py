"""Equal, among, more, less; sets; the share of another figure."""

import unicodedata
from decimal import Decimal

from profiles.facts import Fact, Kind, say_value
from pusher.rules import shapes
from pusher.rules.evaluate import is_quantity, number
from pusher.rules.nodes import Judge, Operator, Other, Say, Scene, Shape
from pusher.rules.truth import Truth, known

_PLAIN = frozenset({Kind.ENUM, Kind.INTEGER, Kind.NUMBER, Kind.TEXT})
_RANKED = frozenset({Kind.ENUM, Kind.INTEGER, Kind.NUMBER})
_FIGURES = frozenset({Kind.INTEGER, Kind.NUMBER})
_SETS = frozenset({Kind.SET})


def _is(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(have is want)


def _eq(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(_plain(about, have) == _plain(about, want))


def _ne(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(_plain(about, have) != _plain(about, want))


def _in(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(_plain(about, have) in [_plain(about, one) for one in _many(want)])


def _not_in(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(_plain(about, have) not in [_plain(about, one) for one in _many(want)])


def _ge(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return _ordered(about, have, want, {0, 1})


def _gt(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return _ordered(about, have, want, {1})


def _le(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return _ordered(about, have, want, {-1, 0})


def _lt(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return _ordered(about, have, want, {-1})


def _between(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    first, last = _many(want)
    return min(_ge(about, have, first, scene), _le(about, have, last, scene))


def _any_of(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(isinstance(have, frozenset) and not have.isdisjoint(_many(want)))


def _none_of(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return known(isinstance(have, frozenset) and have.isdisjoint(_many(want)))


def _ratio_ge(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    other, ratio = _many(want)
    source = other.known_in(scene) if isinstance(other, Other) else {}
    if not isinstance(other, Other) or other.code not in source:
        return Truth.UNKNOWN
    mine, theirs = number(have), number(source[other.code] or 0)
    if mine is None or theirs is None:
        return Truth.UNKNOWN
    # Through their shortest decimal text: 0.3 times 3 is 0.9, not 0.8999….
    return known(Decimal(str(mine)) >= Decimal(str(theirs)) * Decimal(str(ratio)))


def _plain(about: Fact, value: object) -> object:
    if about.kind is Kind.TEXT and isinstance(value, str):
        return unicodedata.normalize("NFKC", value).strip()
    return value


def _ordered(about: Fact, have: object, want: object, signs: set[int]) -> Truth:
    mine, asked = _place(about, have), _place(about, want)
    if mine is None or asked is None:
        return Truth.UNKNOWN
    return known((mine > asked) - (mine < asked) in signs)


def _place(about: Fact, value: object) -> int | float | None:
    return about.rank(value) if about.kind is Kind.ENUM else number(value)


def _many(want: object) -> tuple[object, ...]:
    return want if isinstance(want, tuple) else (want,)


def _one_word(about: Fact, want: object) -> str:
    return say_value(about, [want] if about.kind is Kind.SET else want)


def _words(about: Fact, want: object) -> str:
    listed = [_one_word(about, one) for one in _many(want)]
    return "、".join(listed) + ("之一" if len(listed) > 1 else "") if listed else "（空名单）"


def _say_is(about: Fact, want: object) -> str:
    return about.label if want else f"“{about.label}”为否"


def _say_bound(grade: str, rank: str, figure: str) -> Say:
    def say(about: Fact, want: object) -> str:
        # the first grade of a disability is the gravest
        words = grade if about.unit == "级" else rank if about.kind is Kind.ENUM else figure
        return about.label + words.format(_one_word(about, want))

    return say


_say_ge = _say_bound("为{}或更轻", "为{}及以上", "不少于{}")
_say_le = _say_bound("为{}或更重", "为{}及以下", "不超过{}")


def _say_gt(about: Fact, want: object) -> str:
    if want == 0 and is_quantity(about):
        return f"{about.label}大于零"
    word = "轻于" if about.unit == "级" else "高于" if not is_quantity(about) else "超过"
    return f"{about.label}{word}{_one_word(about, want)}"


def _say_lt(about: Fact, want: object) -> str:
    word = "重于" if about.unit == "级" else "低于" if not is_quantity(about) else "不足"
    return f"{about.label}{word}{_one_word(about, want)}"


def _say_between(about: Fact, want: object) -> str:
    first, last = _many(want)
    return f"{about.label}在{_one_word(about, first)}至{_one_word(about, last)}之间（含两端）"


def _say_ratio(about: Fact, want: object) -> str:
    other, ratio = _many(want)
    percent = f"{Decimal(str(ratio)) * 100:f}"
    percent = percent.rstrip("0").rstrip(".") if "." in percent else percent
    return f"{about.label}不低于{other.label if isinstance(other, Other) else other}的{percent}%"


def _word(
    name: str,
    kinds: frozenset[Kind],
    shape: Shape,
    judge: Judge,
    say: Say,
    *,
    when_none: Truth = Truth.NO,
    ordered: bool = False,
) -> Operator:
    return Operator(
        name, kinds, shape, judge, say, when_none=when_none, none_is_zero=True, ordered=ordered
    )


OPERATORS = (
    _word("is", frozenset({Kind.BOOL}), shapes.yes_or_no, _is, _say_is),
    _word("eq", _PLAIN, shapes.one, _eq, lambda f, v: f"{f.label}为{_words(f, v)}"),
    _word(
        "ne",
        _PLAIN,
        shapes.one,
        _ne,
        lambda f, v: f"{f.label}不是{_words(f, v)}",
        when_none=Truth.YES,
    ),
    _word("in", _PLAIN, shapes.several, _in, lambda f, v: f"{f.label}为{_words(f, v)}"),
    _word(
        "not_in",
        _PLAIN,
        shapes.several,
        _not_in,
        lambda f, v: f"{f.label}不是{_words(f, v)}",
        when_none=Truth.YES,
    ),
    _word("ge", _RANKED, shapes.one, _ge, _say_ge, ordered=True),
    _word("gt", _RANKED, shapes.one, _gt, _say_gt, ordered=True),
    _word("le", _RANKED, shapes.one, _le, _say_le, ordered=True),
    _word("lt", _RANKED, shapes.one, _lt, _say_lt, ordered=True),
    _word("between", _RANKED, shapes.two, _between, _say_between, ordered=True),
    _word("ratio_ge", _FIGURES, shapes.other_and_ratio, _ratio_ge, _say_ratio),
    _word("any_of", _SETS, shapes.several, _any_of, lambda f, v: f"{f.label}包括{_words(f, v)}"),
    _word(
        "none_of",
        _SETS,
        shapes.several,
        _none_of,
        lambda f, v: f"{f.label}不包括{_words(f, v).removesuffix('之一')}",
        when_none=Truth.YES,
    ),
)
