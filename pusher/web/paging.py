"""A long list, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request

Row = TypeVar("Row")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """Rows of one page and where the neighbouring pages are.

    Attributes:
        total: of all pages; None where nobody counted.
        first: place of the first row shown, 1 for the very first; 0 of an empty list.
        before, after: addresses, None at the ends.
    """

    rows: Sequence[Row]
    total: int | None
    first: int
    last: int
    before: str | None
    after: str | None


def page_number(request: Request) -> int:
    """Which page is asked for, counted from 1; nonsense is the first."""
    asked = request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def listing(
    rows: Sequence[Row], total: int | None, *, page: int, path: str, asked: Mapping[str, str]
) -> Listing[Row]:
    """Frame the rows of one page.

    Args:
        rows: of this page; where *total* is None, one row more than `PAGE` says that there is
            a next page.
        total: of all pages, if it was counted.
        page: counted from 1.
        path: of the list.
        asked: the filters in force, kept in the neighbours' addresses.
    """
    shown, offset = rows[:PAGE], (page - 1) * PAGE
    more = len(rows) > PAGE if total is None else offset + len(shown) < total
    return Listing(
        shown,
        total,
        offset + 1 if shown else 0,
        offset + len(shown),
        _address(path, asked, page - 1) if page > 1 else None,
        _address(path, asked, page + 1) if more else None,
    )


def _address(path: str, asked: Mapping[str, str], page: int) -> str:
    kept = {name: value for name, value in asked.items() if value and name != "page"}
    return f"{path}?{urlencode({**kept, 'page': str(page)})}"
