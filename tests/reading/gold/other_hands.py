"""How well the grammar reads policies by hands that did not know how it reads.

Their writers knew the facts, the conventions and two dozen worked examples, and noted a clerk's
conditions beside each text; none of them had seen the grammar. Three files in `other_hands/`:

* ``open``: read by whoever mends the grammar. Ids A to F cover every fact, field and value of the
  vocabulary in turn and are harder than real ones; H, I and J are as dense as the measured ones.
* ``sealed``: written with the first of these and like them; nobody reads their texts. While the
  grammar was mended their counts were looked at, fact by fact.
* ``plain``: as dense as the measured policies; nobody reads them, and they were only counted whole.

What was found at first sight, before anything was mended for them, is the honest figure (right,
said, there; precision, recall): open A to F 358/561/647 (.638, .553), H 149/199/239 (.749, .623),
and, after all those had been mended, I 128/167/182 (.766, .703) and J 142/177/217 (.802, .654);
sealed 386/570/741 (.677, .521); plain 186/245/258 (.759, .721).

    python -m tests.reading.gold.other_hands
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.reading.gold.measure import Hits, bare, bare_leaves, understood

FOLDER = Path(__file__).with_name("other_hands")
PARTS = ("open", "sealed", "plain")


def policies(part: str) -> Iterator[dict[str, Any]]:
    """Give the policies of *part*: id, theme, title, text, and the conditions of a clerk."""
    for line in (FOLDER / f"{part}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def measured(rows: Iterable[dict[str, Any]]) -> Hits:
    """Count the conditions that are drafted of *rows*, exactly as the clerk wrote them."""
    hits = Hits()
    for row in rows:
        read = understood({"policy_title": row["title"], "policy_text": row["text"]})
        told = set(bare_leaves(read.draft["rule"], negated=False))
        wanted = {
            bare(one, negated=one.get("negated", False))
            for one in row["conditions"]
            if one["op"] not in ("manual", "never")
        }
        hits.right += len(wanted & told)
        hits.said += len(told)
        hits.there += len(wanted)
    return hits


if __name__ == "__main__":
    for name in PARTS:
        found = measured(policies(name))
        counts = f"{found.right}/{found.said}/{found.there}"
        print(f"{name}: P {found.precision:.3f} R {found.recall:.3f} ({counts})")
