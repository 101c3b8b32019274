"""Areas inside areas and industries inside industries, by the prefixes of their codes."""

from profiles.facts import Fact, Kind, industry_divisions, industry_sections, say_area
from pusher.rules import shapes
from pusher.rules.nodes import Operator, Scene
from pusher.rules.truth import Truth, both, either, negated


def stem(area: str) -> str:
    """The digits of an area code that say something: 3701 of 370100; none of the country."""
    if area == shapes.COUNTRY:
        return ""
    if len(area) > 6:
        return area[:6] if not area[6:].strip("0") else area
    while len(area) > 2 and area.endswith("00"):
        area = area[:-2]
    return area


def divisions(prefix: str) -> tuple[str, ...]:
    """A section letter as its two-digit divisions; digits as they are."""
    return industry_divisions().get(prefix, (prefix,))


def inside(have: str, want: str) -> Truth:
    """Whether one code lies in another; unknown where what is known is coarser."""
    if have.startswith(want):
        return Truth.YES
    return Truth.UNKNOWN if want.startswith(have) else Truth.NO


def _within(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return either(inside(stem(str(have)), stem(str(area))) for area in _many(want))


def _prefix(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    wanted = [code for prefix in _many(want) for code in divisions(str(prefix))]
    # A fact that names only a section is any of its divisions: agree over all of them.
    truths = [either(inside(mine, code) for code in wanted) for mine in divisions(str(have))]
    surely, never = both(truths), both(negated(truth) for truth in truths)
    if surely is Truth.YES:
        return Truth.YES
    return Truth.NO if never is Truth.YES else Truth.UNKNOWN


def _many(want: object) -> tuple[object, ...]:
    return want if isinstance(want, tuple) else (want,)


def _say_within(about: Fact, want: object) -> str:
    if shapes.COUNTRY in _many(want):
        return f"有{about.label}"
    names = [say_area(str(area)) for area in _many(want)]
    return f"{about.label}在{_one_of(names)}"


def _say_prefix(about: Fact, want: object) -> str:
    return f"{about.label}属于{_one_of([_industry(str(prefix)) for prefix in _many(want)])}"


def _one_of(names: list[str]) -> str:
    return "、".join(names) + ("之一" if len(names) > 1 else "") if names else "（空名单）"


def _industry(prefix: str) -> str:
    section = industry_sections().get(prefix)
    if section:
        return f"“{section}”（{prefix}）"
    return f"代码{prefix}的行业" if len(prefix) == 4 else f"代码{prefix}开头的行业"


OPERATORS = (
    Operator("within", frozenset({Kind.AREA}), shapes.area_codes, _within, _say_within),
    Operator("prefix", frozenset({Kind.INDUSTRY}), shapes.industry_codes, _prefix, _say_prefix),
)
