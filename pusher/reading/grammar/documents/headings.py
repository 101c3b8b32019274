"""What stands above a sentence and is told for it: its heading, and the record its lead speaks of.

资质建筑业企业。2026年内新入库的…: the heading says what is entered. 贴息贷款应当同时满足：（一）…
（二）…: each entry speaks of that loan, though none of them names it.
"""

import re
from dataclasses import replace

from pusher.reading.grammar.documents.outline import Item
from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.records.frame import told_about

_LEAD = re.compile(r"[^。\n]{0,120}[:：]\s*$")


def scopes(item: Item, scope: Scope) -> dict[int, Scope]:
    """Return for each item of the outline below *item*, by its id, the scope that it is read in."""
    heading = item.heading if item.items or item.body.strip() else ""
    lead = _LEAD.search(item.text) if item.items else None
    led = lead.group(0) if lead else ""
    about = told_about(heading) | told_about(led)
    here = replace(scope, heading=heading or scope.heading, about=scope.about | about)
    below = {id(item): here}
    here = replace(here, lead=led) if led else here
    for part in item.items:
        below |= scopes(part, here)
    return below
