"""Each POST at most once: the same Idempotency-Key with the same request has the same answer."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete

from pusher.model.program import Program, ProgramCall
from pusher.web.api.errors import Told
from pusher.web.desk import Desk

KEPT: Final = timedelta(days=7)
"""For how long an answer is given again."""
GIVEN_UP: Final = timedelta(minutes=30)
"""A call that has not ended by then belongs to a process that died; it may be made again."""
LONGEST: Final = 200
NAME: Final = "Idempotency-Key"

Key = Annotated[str | None, Header(alias=NAME, description="必填，1 至 200 个字符")]


def once(
    desk: Desk,
    program: Program,
    request: Request,
    *,
    key: str | None,
    body: bytes,
    act: Callable[[], tuple[int, dict[str, Any]]],
) -> JSONResponse:
    """Do *act* unless it was done under this key, and answer.

    Raises:
        Told: 400 without a key, 422 for a key that is none, 409 for one that belongs to another
            request or to one that still runs.
    """
    key = _read(key)
    address = f"{request.url.path}?{request.url.query}\n".encode()
    digest = hashlib.sha256(address + body).hexdigest()
    earlier = _begin(desk, program, key, digest)
    if earlier is not None:
        return JSONResponse(
            earlier.answer, earlier.status or 200, headers={"idempotency-replayed": "true"}
        )
    try:
        status, answer = act()
    except Exception:
        with desk.store.writing() as session:
            session.exec(delete(ProgramCall).where(*_is(program, key)))
        raise
    with desk.store.writing() as session:
        call = session.get_one(ProgramCall, (program.id, key))
        call.status, call.answer = status, answer
    return JSONResponse(answer, status)


def _begin(desk: Desk, program: Program, key: str, digest: str) -> ProgramCall | None:
    """Write down that it begins; the earlier call if there was one that ended."""
    now = desk.now()
    try:
        with desk.store.writing() as session:
            session.exec(delete(ProgramCall).where(col(ProgramCall.started_at) < now - KEPT))
            call = session.get(ProgramCall, (program.id, key))
            if call is not None and call.digest != digest:
                raise Told(
                    409, "key_reused", "这个 Idempotency-Key 已用于另一个请求", "Idempotency-Key"
                )
            if call is not None and call.status is not None:
                return call
            if call is not None and call.started_at > now - GIVEN_UP:
                raise _still_runs()
            fresh = call or ProgramCall(
                program_id=program.id, key=key, digest=digest, started_at=now
            )
            fresh.started_at = now
            session.add(fresh)
    except IntegrityError:
        raise _still_runs() from None  # the same key came twice at one moment
    return None


def _still_runs() -> Told:
    return Told(
        409, "in_progress", "同一 Idempotency-Key 的请求还在处理，请稍后再试", "Idempotency-Key"
    )


def _read(key: str | None) -> str:
    if not key:
        raise Told(400, "no_key", "每个 POST 都须带 Idempotency-Key", NAME)
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise Told(
            422, "bad_key", f"Idempotency-Key 应为 1 至 {LONGEST} 个可见字符", "Idempotency-Key"
        )
    return key


def _is(program: Program, key: str) -> tuple[Any, ...]:
    return (ProgramCall.program_id == program.id, ProgramCall.key == key)
