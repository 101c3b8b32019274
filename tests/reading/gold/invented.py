"""How well the grammar reads invented policies of many themes: their conditions alone.

python -m tests.reading.gold.invented [BATCH] [--misses]
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.findings import spell
from tests.reading.gold.measure import DISTRICT, Hits

FILE = Path(__file__).with_name("invented.toml")
_SETS = re.compile(r"^(?P<not>not )?(?P<fact>\w+) is (?P<values>[\w,]+)$")


@dataclass(frozen=True, slots=True)
class Invented:
    """A text with the conditions that a clerk noted for it, as `spell` writes leaves."""

    batch: int
    theme: str
    text: str
    asks: tuple[str, ...]
    person: bool


def invented() -> list[Invented]:
    """Return the invented policies, in their order."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["policy"]
    return [
        Invented(r["batch"], r["theme"], r["text"], tuple(r["asks"]), r.get("person", False))
        for r in rows
    ]


def read(one: Invented) -> Draft:
    return draft(one.text.split("\n"), area_code=DISTRICT)


def compared(one: Invented, found: Draft) -> tuple[set[str], set[str]]:
    """Return what was to be found and what was found, each condition written one way."""
    return evened(one.asks), evened(_leaves(found.rule, negated=False))


def measured(policies: list[Invented]) -> tuple[Hits, Hits]:
    """Count the conditions of *policies*, and whether a person is asked where one must be."""
    conditions, persons = Hits(), Hits()
    for one in policies:
        found = read(one)
        wanted, told = compared(one, found)
        conditions.right += len(wanted & told)
        conditions.said += len(told)
        conditions.there += len(wanted)
        asked = bool(found.needs_person) or "manual" in str(found.rule)
        persons.right += asked and one.person
        persons.said += asked
        persons.there += one.person
    return conditions, persons


def evened(leaves: Any) -> set[str]:
    """Write conditions one way; values of one fact that a text names here and there are one set."""
    sets: dict[tuple[str, str], set[str]] = {}
    kept: set[str] = set()
    for leaf in leaves:
        plain = _plain(leaf)
        mark = _SETS.match(plain)
        if mark:
            key = (mark["not"] or "", mark["fact"])
            sets.setdefault(key, set()).update(mark["values"].split(","))
        else:
            kept.add(plain)
    return kept | {f"{n}{fact} is {','.join(sorted(v))}" for (n, fact), v in sets.items()}


def _plain(leaf: str) -> str:
    negated = leaf.startswith("not ")
    text = re.sub(r" (?:eq|in|any_of|prefix|within) ", " is ", leaf.removeprefix("not "))
    if re.match(r"\w+ none ", text):
        negated, text = not negated, text.replace(" none ", " has ", 1)
    fact, has, where = text.partition(" has ")
    if has:
        parts = where.removeprefix("(").removesuffix(")") if where.startswith("(") else where
        parts = re.sub(r"(?<= is )[\w,]+", lambda m: ",".join(sorted(m.group(0).split(","))), parts)
        parts = re.sub(
            r"\(([^()]* \| [^()]*)\)", lambda m: f"({' | '.join(sorted(m[1].split(' | ')))})", parts
        )
        text = f"{fact} has {' & '.join(sorted(re.split(' & (?![^(]*[)])', parts)))}"
    return f"not {text}" if negated else text


def _leaves(node: Mapping[str, Any], *, negated: bool) -> Iterator[str]:
    if "not" in node:
        yield from _leaves(node["not"], negated=not negated)
    elif "op" not in node:
        for part in node.get("all", node.get("any")) or ():
            yield from _leaves(part, negated=negated)
    elif node["op"] not in ("manual", "never"):
        yield f"not {spell(dict(node))}" if negated else spell(dict(node))


def _say(policies: list[Invented], *, misses: bool) -> None:
    hits, persons = measured(policies)
    counts = f"{hits.right}/{hits.said}/{hits.there}"
    asked = f"person asked {persons.right}/{persons.said}/{persons.there}"
    print(f"conditions P {hits.precision:.3f} R {hits.recall:.3f} ({counts}), {asked}")
    for one in policies if misses else ():
        found = read(one)
        wanted, told = compared(one, found)
        print(f"== {one.batch} {one.theme} ({found.audience_kind})")
        print("\n".join([f"  - {x}" for x in wanted - told] + [f"  + {x}" for x in told - wanted]))
        print("  person:", found.needs_person)
        print("  checks:", found.manual_checks)


if __name__ == "__main__":
    batches = [int(a) for a in sys.argv[1:] if a.isdigit()]
    for batch in batches or sorted({p.batch for p in invented()}):
        _say([p for p in invented() if p.batch == batch], misses="--misses" in sys.argv)
