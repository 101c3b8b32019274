"""Names of areas as registers and people write them, to codes."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from profiles.vocabulary import Area, area_table, areas, is_area_code


def find_area(text: str) -> str | None:
    """The code an area goes by, or None if the words name none, or more than one.

    Args:
        text: a code, or a name with or without its province, city, district and its
            suffix: 腊山, 腊山街道办事处, 济南市槐荫区腊山街道; NFKC and without spaces.
    """
    if is_area_code(text):
        return text
    for ending in ("办事处", "办"):
        if text.endswith("街道" + ending):
            text = text.removesuffix(ending)
    return _spellings().get(text)


def say_area(code: str) -> str:
    """The label of an area, or 区划 and the code where the table has none."""
    return areas().get(code, f"区划{code}")


@cache
def _spellings() -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for area in area_table():
        for spelling in _spell(area):
            found.setdefault(spelling, set()).add(area.code)
    exact = {area.label: area.code for area in area_table()}
    return {s: min(codes) for s, codes in found.items() if len(codes) == 1} | exact


def _spell(area: Area) -> Iterator[str]:
    """Every way to write an area: each part above it there or not, suffixes there or not."""
    above = [("", *_short(name)) for name in _names_above(area.code)]
    own = [*_short(area.label), *area.aliases]
    return ("".join(parts) for parts in product(*above, own))


def _names_above(code: str) -> list[str]:
    uppers = [code[:2] + "0000", code[:4] + "00", code[:6]]
    return [areas()[upper] for upper in uppers if upper in areas() and upper != code]


def _short(label: str) -> tuple[str, ...]:
    for suffix in ("街道", "省", "市", "区", "县"):
        bare = label.removesuffix(suffix)
        if bare != label and len(bare) >= 2:
            return label, bare
    return (label,)
