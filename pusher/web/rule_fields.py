"""The rows of a rule as a browser sends them."""

from dataclasses import replace

from starlette.datastructures import FormData

from profiles.facts import vocabulary
from pusher.web.fields import typed
from pusher.web.rule_rows import MOST_ROWS, MUST, PLACE, Part, Row, empty_parts


def rows_from(form: FormData) -> list[Row]:
    """Read the rows that a form holds; rows not kept are left out."""
    count = typed(form, "rows")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    rows = [_row_from(form, f"row-{n}") for n in range(min(number, MOST_ROWS))]
    return [row for row in rows if row is not None]


def _row_from(form: FormData, name: str) -> Row | None:
    kind, fact, op = (typed(form, f"{name}-{part}") for part in ("kind", "fact", "op"))
    if not typed(form, f"{name}-keep") or kind not in ("leaf", "records", "manual", "whole"):
        return None
    place = typed(form, f"{name}-place")
    row = Row(
        kind,
        place if PLACE.fullmatch(place) else MUST,
        turned=bool(typed(form, f"{name}-turned")),
        fact=fact,
        op="manual" if kind == "manual" else op,
        value=typed(form, f"{name}-value"),
        quote=typed(form, f"{name}-quote"),
        raw=typed(form, f"{name}-raw"),
    )
    about = vocabulary().get(fact)
    if kind in ("leaf", "records") and about is None:
        return None
    if kind == "records" and about is not None:
        parts = tuple(
            Part(p.code, typed(form, f"{name}-{p.code}-op"), typed(form, f"{name}-{p.code}-value"))
            for p in empty_parts(about)
        )
        return replace(row, parts=parts, op=op if op in ("has", "none") else "has")
    return row
