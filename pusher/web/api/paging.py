"""Lists for programs: a page at a time, from an id on; a word that nobody knows is refused."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query, Request
from sqlalchemy.orm import Mapped
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from pusher.web.api.errors import Told

Row = TypeVar("Row")
After = Annotated[UUID | None, Query(description="上一页最后一行的 id")]
Limit = Annotated[int, Query(ge=1, le=200)]


def page_of(
    session: Session,
    name: str,
    asked: SelectOfScalar[Row],
    key: Mapped[UUID],
    line: Callable[[Row], dict[str, Any]],
    *,
    after: UUID | None,
    limit: int,
) -> dict[str, Any]:
    """One page of a list, in the order of its ids.

    Args:
        asked: the whole list.
        key: its id.
        line: how one row is told.

    Returns:
        The rows under *name*, and ``next``: what to give as ``after``, None at the end.
    """
    if after is not None:
        asked = asked.where(key > after)
    rows = session.exec(asked.order_by(key).limit(limit + 1)).all()
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
