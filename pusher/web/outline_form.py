"""The lines of an outline as a browser sends them."""

from dataclasses import replace

from starlette.datastructures import FormData

from pusher.web.fields import typed
from pusher.web.outline import (
    GROUPS,
    KINDS,
    MOST_LINES,
    RECORDS,
    Line,
    Scope,
    fact_of,
    scopes_of,
    settled,
)
from pusher.web.value_fields import TEXT, field_of, joined


def lines_from(form: FormData) -> list[Line]:
    """Read the lines that a form holds; what is no line is left out."""
    count = typed(form, "lines")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    given = [(n, _line_from(form, f"line-{n}")) for n in range(min(number, MOST_LINES))]
    found = [(n, line) for n, line in given if line is not None]
    lines = settled([line for _, line in found])
    return [
        _filled_in(form, number, line, scope)
        for (number, _), line, scope in zip(found, lines, scopes_of(lines), strict=True)
    ]


def _line_from(form: FormData, name: str) -> Line | None:
    kind, word, depth = (typed(form, f"{name}-{part}") for part in ("kind", "word", "depth"))
    if kind not in KINDS:
        return None
    words = {"group": GROUPS, "records": RECORDS}.get(kind, ("",))
    return Line(
        kind,
        int(depth) if depth.isascii() and depth.isdigit() and len(depth) < 3 else 0,
        word=word if word in words else words[0],
        turned=bool(typed(form, f"{name}-turned")) and kind not in ("group", "records"),
        fact=typed(form, f"{name}-fact"),
        op="manual" if kind == "manual" else typed(form, f"{name}-op"),
        value=typed(form, f"{name}-value"),
        quote=typed(form, f"{name}-quote"),
        raw=typed(form, f"{name}-raw"),
        seen=bool(typed(form, f"{name}-seen")),
        struck=bool(typed(form, f"{name}-struck")),
    )


def _filled_in(form: FormData, number: int, line: Line, scope: Scope) -> Line:
    """The line with what stands in the fields of its operator."""
    about = fact_of(line, scope)
    name = f"line-{number}"
    if line.kind != "leaf" or about is None or not typed(form, f"{name}-fields"):
        return line
    kind = field_of(about, line.op)
    if kind == TEXT:
        return line
    given = [part for part in form.getlist(f"{name}-{kind}") if isinstance(part, str)]
    return replace(line, value=joined(kind, [part.replace("\0", "") for part in given]))
