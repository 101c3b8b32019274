"""One profile against many policies: their conditions once each, their rules as one circuit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from profiles.ages import has_died
from pusher.rules.evaluate import holds_leaf
from pusher.rules.language import parse
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Scene, leaves
from pusher.rules.truth import Truth

Places = npt.NDArray[np.int32]
Values = npt.NDArray[np.int8]
"""`Truth` by wire or rule; signed, so that a difference may fall below nought."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy's rule and whose facts it asks."""

    tree: Node
    audience: str
    subject: str


class Circuit:
    """Many rules, wired once, asked often."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        wires = _Wires()
        ends = [wires.run(rule.tree) for rule in rules]
        self._leaves = _by_fact(wires.leaves)
        self._size = len(wires.leaves)
        self._levels = wires.levels()
        places = {wire: n for n, wire in enumerate(wires.order())}
        self._ends = np.asarray([places[end.wire] for end in ends], np.int32)
        self._turned = np.asarray([2 * end.turned for end in ends], np.int8)
        self._for = {
            kind: np.asarray([r.audience in ("both", kind) for r in rules], np.bool_)
            for kind in ("resident", "enterprise")
        }
        self._self = np.asarray([r.subject != "ward" for r in rules], np.bool_)
        self._ward = np.asarray([r.subject != "self" for r in rules], np.bool_)

    def answers(
        self, kind: str, facts: Mapping[str, object], as_of: date, *, is_ward: bool
    ) -> Values:
        """What each rule says of one profile, as `pusher.rules.judge.decide` does.

        Args:
            kind: ``resident`` or ``enterprise``.
            is_ward: somebody reads for them: they are asked for themselves.
        """
        best = np.zeros(len(self._ends), np.int8)
        struck_off = facts.get("registration_status") in ("cancelled", "revoked")
        if struck_off or has_died(facts, as_of):
            return best
        alone = is_ward or kind == "enterprise"
        own = np.ones_like(self._self) if alone else self._self
        kin = np.zeros_like(self._ward) if alone else self._ward
        for theirs, at_best, asked in _standing_for(facts, own, kin):
            if not has_died(theirs, as_of) and asked.any():
                said = np.minimum(self._said(theirs, as_of), np.int8(at_best))
                np.maximum(best, said * asked, out=best)
        return best * self._for[kind]

    def _said(self, facts: Mapping[str, object], as_of: date) -> Values:
        scene = Scene(facts, as_of)
        values = np.full(self._size, Truth.UNKNOWN, np.int8)
        for code, asking in self._leaves.items():
            # a fact that is not known leaves all its conditions as they are
            if code is None or code in facts:
                for place, leaf in asking:
                    values[place] = holds_leaf(leaf, scene)
        for level in self._levels:
            values = np.concatenate([values, level.of(values)])
        return np.abs(self._turned - np.take(values, self._ends))


def _standing_for(
    facts: Mapping[str, object], own: npt.NDArray[np.bool_], kin: npt.NDArray[np.bool_]
) -> Iterator[tuple[Mapping[str, object], Truth, npt.NDArray[np.bool_]]]:
    """Whose facts are asked, what they can lead to at best, and by which policies."""
    yield facts, Truth.YES, own
    for record in _records(facts, "acts_for"):
        if record.get("authorized", True):
            yield record, Truth.YES if "authorized" in record else Truth.UNKNOWN, own
    for record in _records(facts, "wards"):
        yield record, Truth.YES, kin


def _records(facts: Mapping[str, object], code: str) -> Iterator[Mapping[str, object]]:
    rows = facts.get(code)
    if isinstance(rows, list):
        yield from (row for row in rows if isinstance(row, Mapping))


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a wire, perhaps turned round."""

    wire: int
    turned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Gates of equally many inputs, which all lie below: each gives the highest of its inputs.

    Attributes:
        inputs: ``(inputs, gates)``, so that the highest is found along whole rows.
        turned: alike; 2 for an input that is turned round, 0 for one that is not.
    """

    inputs: Places
    turned: Values

    def of(self, values: Values) -> Values:
        """The gates' values."""
        # 2 - value where turned, value where not, without asking which
        highest: Values = np.abs(self.turned - np.take(values, self.inputs)).max(axis=0)
        return highest


@dataclass(slots=True)
class _Wires:
    """Rules while they are wired. All is any of the turned, turned: one kind of gate is enough."""

    leaves: list[Leaf] = field(default_factory=list)
    _known: dict[object, int] = field(default_factory=dict)
    _gates: dict[int, tuple[_End, ...]] = field(default_factory=dict)
    _depths: list[int] = field(default_factory=list)

    def run(self, node: Node) -> _End:
        match node:
            case Leaf():
                return _End(self._number(("leaf", node.fact, node.op, _frozen(node)), node))
            case Not(child):
                end = self.run(child)
                return _End(end.wire, not end.turned)
            case Any(children):
                return self._gate(tuple(self.run(child) for child in children))
            case All(children):
                ends = tuple(self.run(child) for child in children)
                end = self._gate(tuple(_End(e.wire, not e.turned) for e in ends))
                return _End(end.wire, not end.turned)

    def order(self) -> list[int]:
        """All wires, leaves first, then gates, each behind its inputs, alike ones together."""
        return sorted(range(len(self._depths)), key=self._rank)

    def levels(self) -> list[_Level]:
        """The gates in the same order, alike ones as one."""
        places = {wire: n for n, wire in enumerate(self.order())}
        alike: dict[tuple[int, int], list[tuple[_End, ...]]] = {}
        for wire in sorted(self._gates, key=places.__getitem__):
            alike.setdefault(self._rank(wire), []).append(self._gates[wire])
        return [_level(gates, places) for gates in alike.values()]

    def _rank(self, wire: int) -> tuple[int, int]:
        return self._depths[wire], len(self._gates.get(wire, ()))

    def _gate(self, ends: tuple[_End, ...]) -> _End:
        # nobody is any of no case: a condition that never holds
        ends = ends or (_End(self._number(("never",), _NEVER)),)
        if len(ends) == 1:
            return ends[0]
        known = self._known.get(ends)
        if known is None:
            known = self._known[ends] = len(self._depths)
            self._depths.append(1 + max(self._depths[end.wire] for end in ends))
            self._gates[known] = ends
        return _End(known)

    def _number(self, key: object, leaf: Leaf) -> int:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self._depths)
            self._depths.append(0)
            self.leaves.append(leaf)
        return known


def _level(gates: Sequence[tuple[_End, ...]], places: Mapping[int, int]) -> _Level:
    return _Level(
        np.asarray([[places[end.wire] for end in ends] for ends in gates], np.int32).T.copy(),
        np.asarray([[2 * end.turned for end in ends] for ends in gates], np.int8).T.copy(),
    )


def _by_fact(conditions: Sequence[Leaf]) -> dict[str | None, list[tuple[int, Leaf]]]:
    """Conditions by the fact they cannot do without; None for those that ask no single one."""
    found: dict[str | None, list[tuple[int, Leaf]]] = {}
    for place, leaf in enumerate(conditions):
        alone = leaf.about is not None and not leaf.about.derived
        found.setdefault(leaf.fact if alone else None, []).append((place, leaf))
    return found


def _frozen(leaf: Leaf) -> object:
    """The value, told from others by its type too: 1 is not true."""
    return (type(leaf.value), leaf.value)


_NEVER = next(leaves(parse({"fact": None, "op": "never"})))
