"""The lines of an outline as a browser sends them."""

from starlette.datastructures import FormData

from pusher.web.fields import typed
from pusher.web.outline import GROUPS, KINDS, MOST_LINES, RECORDS, Line, settled


def lines_from(form: FormData) -> list[Line]:
    """Read the lines that a form holds; what is no line is left out."""
    count = typed(form, "lines")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    lines = [_line_from(form, f"line-{n}") for n in range(min(number, MOST_LINES))]
    return settled([line for line in lines if line is not None])


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
    )
