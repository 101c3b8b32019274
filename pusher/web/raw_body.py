"""Reading what a request carries: the one place of the web that must wait for the network.

Everything else is synchronous; FastAPI runs it in its threads. Content-Length is capped before
this (`outside`); what comes in pieces is counted here.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartParser

from pusher.web.session import signed_in

LARGEST_CALLBACK = 1024 * 1024
LARGEST_FIELD = 1024 * 1024
MOST_FIELDS = 4_000
# A register is never written to a temporary file in clear: `outside` has capped its length.
MultiPartParser.spool_max_size = 32 * 1024 * 1024


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


async def public_form(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form that anybody may send; empty for a GET."""
    opened = request.form(max_files=0, max_fields=50, max_part_size=64 * 1024)
    async with opened as form:
        yield form


async def staff_form(
    request: Request, _who: Annotated[object, Depends(signed_in)]
) -> AsyncIterator[FormData]:
    """The fields of a form of the console, read only after we know who sends it."""
    opened = request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
    async with opened as form:
        yield form


RawBody = Annotated[bytes, Depends(raw_body)]
PublicForm = Annotated[FormData, Depends(public_form)]
StaffForm = Annotated[FormData, Depends(staff_form)]
