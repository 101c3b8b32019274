"""Words in brackets that only explain a noun: 设备（含配套软件，不含税）投资额达到500万元."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pusher.reading.grammar.findings import Family, Finding, Scope

_ASIDE = re.compile(r"[（(](?:不?含|不?包括|即|指|按|以|折合?|包含)[^（）()\d]{1,24}[）)]")


def find_past_asides(text: str, scope: Scope, family: Family) -> Iterator[Finding]:
    """Find what *family* reads in *text* once the brackets that explain a noun are passed over."""
    places = list(range(len(text)))
    for mark in reversed(list(_ASIDE.finditer(text))):
        del places[mark.start() : mark.end()]
    if len(places) == len(text):
        return
    even = "".join(text[place] for place in places)
    for one in family.find(even, scope):
        start, end = places[one.start], places[one.end - 1] + 1
        if end - start > one.end - one.start:  # the words around a bracket belong together
            yield replace(one, start=start, end=end)
