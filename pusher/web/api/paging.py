"""Lists for programs: a page at a time, from an id on; a word that nobody knows is refused."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query, Request

from pusher.web.api.errors import Told

Row = TypeVar("Row")
After = Annotated[UUID | None, Query(description="上一页最后一行的 id")]
Limit = Annotated[int, Query(ge=1, le=200)]


def page_of(
    name: str, rows: Sequence[Row], limit: int, line: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    """One page.

    Args:
        rows: one more than *limit* where there is a next page.

    Returns:
        The rows under *name*, and ``next``: what to give as ``after``, None at the end.
    """
    shown = [line(row) for row in rows[:limit]]
    return {name: shown, "next": shown[-1]["id"] if len(rows) > limit else None}


def refuse_strange_words(request: Request, *known: str) -> None:
    """Refuse a query that says more than is understood: it was meant to matter.

    Raises:
        Told: 422, names the first.
    """
    strange = next((name for name in request.query_params if name not in known), None)
    if strange is not None:
        raise Told(422, "unknown_parameter", "不认识的参数", strange[:60])
