"""Whose records a text speaks of beside one's own: 本人及配偶名下均无住房."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pusher.reading.grammar.findings import Leaf

_CLAUSE_BEFORE = re.compile(r"[^，,；;：:。\n（）()]{0,60}[，,]$")


@dataclass(frozen=True, slots=True)
class Other:
    """A fact of the same fields, and the words that bring it in.

    Attributes:
        fact: the record list of the other.
        says: what names the other in the clause of the record, or at the end of the one before.
        denied: what names the other where there is no record: 家庭在本市无住房.
        wherever: what names both anywhere in the sentence: 登记在本人或者配偶名下.
    """

    fact: str
    says: str
    denied: str
    wherever: str

    def is_meant(
        self, text: str, clause: tuple[int, int], sentence: tuple[int, int], *, denied: bool
    ) -> bool:
        """Whether the record of *clause*, within *sentence*, is the other's too."""
        says = f"{self.says}|{self.denied}" if denied else self.says
        before = _CLAUSE_BEFORE.search(text[: clause[0]])
        return bool(
            re.search(says, text[slice(*clause)])
            or re.search(self.wherever, text[slice(*sentence)])
            or (before and re.search(rf"(?:{says})[^，]{{0,8}}，$", before[0]))
        )


def other_of(row: Mapping[str, str] | None) -> Other | None:
    """Make the other of the table ``[also]`` of a frame."""
    return Other(row["fact"], row["says"], row["denied"], row["wherever"]) if row else None


def owned_by(fact: str, other: str | None, where: Mapping[str, object], *, denied: bool) -> Leaf:
    """Make: somebody has such a record, or none of both has."""
    op = "none" if denied else "has"
    records = [{"fact": f, "op": op, "value": where} for f in (fact, other) if f]
    return records[0] if len(records) == 1 else {"all" if denied else "any": records}
