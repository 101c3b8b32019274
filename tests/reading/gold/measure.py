"""How well the grammar reads the measured policies: decisions, conditions, elements.

Prints counts and shares alone, never a text, so that it may be run over what is set aside:

    python -m tests.reading.gold.measure DOMAIN_FOLDER
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pusher.commands.cases import judge_case, read_of
from pusher.reading import documents
from pusher.reading.document import Document
from pusher.reading.understand import Understanding, understand
from pusher.rules.judge import decide
from pusher.rules.language import parse
from tests.reading.gold.split import FILE

DISTRICT = "370104"
FIELDS = ("apply_from", "apply_until", "valid_from", "valid_to", "department", "phone", "how",
          "supersedes")  # fmt: skip


@dataclass(slots=True)
class Hits:
    """What was found of what there is."""

    right: int = 0
    said: int = 0
    there: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.said + self.there) if self.said + self.there else 1.0


@dataclass(slots=True)
class Figures:
    """The figures of one part of the policies."""

    cases: int = 0
    right: int = 0
    wrong_eligible: int = 0
    decided: int = 0
    decided_right: int = 0
    push_right: int = 0
    state_right: int = 0
    wrong_eligible_by_family: Counter[str] = field(default_factory=Counter)
    wrong_push_by_family: Counter[str] = field(default_factory=Counter)
    leaves: Hits = field(default_factory=Hits)
    facts: Hits = field(default_factory=Hits)
    elements: dict[str, Hits] = field(default_factory=lambda: defaultdict(Hits))

    @property
    def all_elements(self) -> Hits:
        parts = list(self.elements.values())
        return Hits(*(sum(getattr(p, n) for p in parts) for n in ("right", "said", "there")))

    def lines(self) -> Iterator[str]:
        """Say the figures, one line each."""
        n = self.cases
        rest = f"push {self.push_right}/{n}, state {self.state_right}/{n}"
        yield f"decisions right {self.right}/{n}, {rest}"
        yield f"wrong eligible {self.wrong_eligible}/{n} {dict(self.wrong_eligible_by_family)}"
        yield f"wrong push {dict(self.wrong_push_by_family)}"
        yield f"decided without a person {self.decided}/{n}, of these right {self.decided_right}"
        for name, hits in (
            ("conditions", self.leaves),
            ("facts", self.facts),
            ("elements", self.all_elements),
        ):
            yield f"{name}: P {hits.precision:.3f} R {hits.recall:.3f} F1 {hits.f1:.3f}"
        yield " ".join(f"{k} {v.right}/{v.said}/{v.there}" for k, v in self.elements.items())


def measure(domain: Path, *, parts: Iterable[str] = ("looked_at", "set_aside")) -> Figures:
    """Read every policy of *parts* and judge every case by what was read."""
    chosen = {p for part in parts for p in json.loads(FILE.read_text())[part]}
    gold = {row["policy_id"]: row for row in _rows(domain / "elements_public.jsonl")}
    figures = Figures()
    read: dict[str, Understanding] = {}
    for case in _rows(domain / "cases_public.jsonl"):
        policy = case["policy_id"]
        if policy not in chosen:
            continue
        if policy not in read:
            read[policy] = understood(case)
            _leaves(figures, gold[policy], read[policy])
            _elements(figures, gold[policy], read[policy])
        _judge(figures, case, read[policy])
    return figures


def understood(case: Mapping[str, Any]) -> Understanding:
    """Read the policy of *case* as the command line does."""
    text = f"{case['policy_title']}\n{case['policy_text']}"
    return understand(text.encode(), "case.txt", tagger=None, area_code=DISTRICT, reader=_Here())


class _Here:
    """Reads in this process: a text of the project's own harms nobody."""

    def read(self, content: bytes, name: str) -> Document:
        return documents.read(content, name)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _judge(figures: Figures, case: Mapping[str, Any], found: Understanding) -> None:
    told, wanted = judge_case(case, read_of(found)), case["expected"]
    family = case["case_id"].split("-")[1]
    right = told["decision"] == wanted["decision"]
    figures.cases += 1
    figures.right += right
    figures.state_right += told["doc_state"] == wanted["doc_state"]
    figures.push_right += told["push"] == wanted["push"]
    if told["decision"] == "eligible" and not right:
        figures.wrong_eligible += 1
        figures.wrong_eligible_by_family[family] += 1
    if told["push"] == "push" and wanted["push"] != "push":
        figures.wrong_push_by_family[family] += 1
    if told["decision"] != "possible" or not _hangs_on_a_person(case, found):
        figures.decided += 1
        figures.decided_right += right


def _hangs_on_a_person(case: Mapping[str, Any], found: Understanding) -> bool:
    """Whether the answer waits for somebody to read what was not read."""
    if found.draft["needs_person"]:
        return True
    answers = {
        decide(
            parse(_answered(found.draft["rule"], said)), case["profile"]["kind"],
            case["profile"]["facts"], date.fromisoformat(case["as_of"]),
            audience_kind=found.draft["audience"], subject=found.draft["subject"],
        ).answer.value
        for said in (True, False)
    }  # fmt: skip
    return len(answers) > 1


def _answered(node: dict[str, Any], said: bool) -> dict[str, Any]:
    if node.get("op") == "manual":
        return {"all": []} if said else {"any": []}
    if "not" in node:
        return {"not": _answered(node["not"], said)}
    for join in ("all", "any"):
        if join in node:
            return {join: [_answered(part, said) for part in node[join]]}
    return node


def _leaves(figures: Figures, gold: Mapping[str, Any], read: Understanding) -> None:
    wanted = {
        bare(c, negated=c["negated"])
        for c in gold["conditions"]
        if c["op"] not in ("manual", "never")
    }
    found = set(bare_leaves(read.draft["rule"], negated=False))
    figures.leaves.right += len(wanted & found)
    figures.leaves.said += len(found)
    figures.leaves.there += len(wanted)
    facts = [{one.split(" ", 1)[0] for one in side} for side in (wanted, found)]
    figures.facts.right += len(facts[0] & facts[1])
    figures.facts.said += len(facts[1])
    figures.facts.there += len(facts[0])


def bare_leaves(node: Mapping[str, Any], *, negated: bool) -> Iterator[str]:
    if "not" in node:
        yield from bare_leaves(node["not"], negated=not negated)
    elif "all" in node or "any" in node:
        for part in node.get("all", node.get("any")) or ():
            yield from bare_leaves(part, negated=negated)
    elif node["op"] not in ("manual", "never"):
        yield bare(node, negated=negated)


def bare(leaf: Mapping[str, Any], *, negated: bool = False) -> str:
    """Write a condition one way, however it was put: no record that… is not a record that…."""
    op, value = leaf["op"], leaf["value"]
    if op == "none":
        op, negated = "has", not negated
    if op in ("eq", "any_of", "in", "prefix", "within"):
        op, value = "is one of", sorted(map(str, value if isinstance(value, list) else [value]))
    if op == "has":
        value = _bare_where(value)
    name = leaf.get("fact") or leaf.get("field")
    return f"{name} {op} {json.dumps(value, ensure_ascii=False)} {'not' if negated else ''}"


def _bare_where(where: Any) -> list[str]:
    if not isinstance(where, dict):
        return [str(where)]
    for join in ("all", "any"):
        if join in where:
            if len(where[join]) == 1:
                return _bare_where(where[join][0])
            parts = sorted(str(_bare_where(part)) for part in where[join])
            return parts if join == "all" else ["any of", *parts]
    if "not" in where:
        return ["not", *_bare_where(where["not"])]
    return [bare(where)]


def _elements(figures: Figures, gold: Mapping[str, Any], read: Understanding) -> None:
    days = {"valid_from": read.effective_on, "valid_to": read.expires_on}
    said = {**read.elements, **{name: day and day.isoformat() for name, day in days.items()}}
    for name in FIELDS:
        wanted, found = gold.get(name), said.get(name)
        hits = figures.elements[name]
        hits.there += wanted is not None
        hits.said += found is not None
        hits.right += wanted is not None and found is not None and same_words(wanted, found)
    _amounts(figures.elements["benefits"], gold["benefit"], said["benefits"])


def _amounts(hits: Hits, wanted: list[Any], found: list[Any]) -> None:
    """An amount counts with its unit and its cap."""
    there = Counter(_amount(b) for b in wanted)
    told = Counter(_amount(b) for b in found)
    hits.there += sum(there.values())
    hits.said += sum(told.values())
    hits.right += sum((there & told).values())


def _amount(benefit: Mapping[str, Any]) -> tuple[float, str, float]:
    cap = benefit.get("cap")
    unit = re.sub(r"\s|每", "", benefit["unit"] or "")
    return round(float(benefit["amount"]), 4), unit, float(cap) if cap else 0.0


def same_words(one: str, other: str) -> bool:
    """Whether two sayings share most of their pairs of characters, or one holds the other."""
    a, b = (re.sub(r"[\W_]", "", text) for text in (str(one), str(other)))
    if a in b or b in a:
        return True
    pairs = [Counter(pairwise(t)) for t in (a, b)]
    shared = sum((pairs[0] & pairs[1]).values())
    return 2 * shared >= 0.6 * sum(sum(p.values()) for p in pairs)


if __name__ == "__main__":
    for name in ("looked_at", "set_aside"):
        print(f"== {name}")
        print("\n".join(measure(Path(sys.argv[1]), parts=[name]).lines()))
