"""Reading what a request carries: the one place of the web that must wait for the network.

Everything else is synchronous; FastAPI runs it in its threads. Content-Length is capped before
this (`outside`); what comes in pieces is counted here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartParser

from pusher.web.proof import FIELD
from pusher.web.session import signed_in

LARGEST_CALLBACK = 1024 * 1024
LARGEST_FIELD = 1024 * 1024
MOST_FIELDS = 4_000
INTAKE = "/policies/intake"
"""The one form that takes a folder of files."""
MOST_FILES = 200
_NEVER_KEPT = frozenset({"token", FIELD})
# A register is never written to a temporary file in clear: `outside` has capped its length.
MultiPartParser.spool_max_size = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form held, but for its token and a proof of who sent it.

    Attributes:
        fields: name and text, in the order of the form.
        file: it had a file too, which is not kept.
    """

    fields: Sequence[tuple[str, str]] = field(repr=False)
    file: bool


async def raw_body(request: Request) -> bytes:
    """The body as it came, at most 1 MB; 413 beyond."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_CALLBACK:
            raise HTTPException(413)
        pieces.append(piece)
    return b"".join(pieces)


async def document_body(request: Request) -> bytes:
    """A document sent by another system; `outside` has capped its announced length."""
    return await request.body()


async def public_form(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form that anybody may send; empty for a GET."""
    opened = request.form(max_files=0, max_fields=50, max_part_size=64 * 1024)
    async with opened as form:
        yield form


async def staff_form(
    request: Request, _who: Annotated[object, Depends(signed_in)]
) -> AsyncIterator[FormData]:
    """The fields of a form of the console, read only after we know who sends it."""
    most = MOST_FILES if request.url.path == INTAKE else 1
    opened = request.form(max_files=most, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
    async with opened as form:
        yield form


def with_form(
    wanted: Callable[[Request], bool],
    answer: Callable[[Request, Typed | None, Exception], Response],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Make a handler of a refusal that is told what the refused form held.

    Args:
        wanted: whether to read it at all.
        answer: gets None where it was not wanted, or cannot be read; and the refusal.
    """

    async def refuse(request: Request, error: Exception) -> Response:
        typed = await _typed(request) if wanted(request) else None
        return await run_in_threadpool(answer, request, typed, error)

    return refuse


async def _typed(request: Request) -> Typed | None:
    try:
        most = MOST_FILES if request.url.path == INTAKE else 1
        opened = request.form(max_files=most, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
        async with opened as form:
            parts = form.multi_items()
    except HTTPException:
        return None
    texts = [
        (name, part) for name, part in parts if isinstance(part, str) and name not in _NEVER_KEPT
    ]
    return Typed(texts, file=any(not isinstance(part, str) for _, part in parts))


Document = Annotated[bytes, Depends(document_body)]
RawBody = Annotated[bytes, Depends(raw_body)]
PublicForm = Annotated[FormData, Depends(public_form)]
StaffForm = Annotated[FormData, Depends(staff_form)]
