"""Registers from other systems."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from profiles.errors import Unwelcome
from profiles.model import Office, ProfileKind
from profiles.roster import Register
from pusher import registers
from pusher.reading.taxonomy import taxonomy
from pusher.web.api.bearer import RosterWriter
from pusher.web.api.errors import Told
from pusher.web.api.once import Key, once
from pusher.web.api.paging import refuse_strange_words
from pusher.web.desk import DeskHere
from pusher.web.raw_body import Document

router = APIRouter(prefix="/api/v1/roster", tags=["roster"])


@router.post("")
def import_roster(
    request: Request,
    desk: DeskHere,
    program: RosterWriter,
    body: Document,
    kind: ProfileKind,
    name: Annotated[str, Query(min_length=1, max_length=200, description="文件名")],
    dry_run: bool = False,
    key: Key = None,
) -> JSONResponse:
    """Take in a register (CSV or XLSX), sent as the body; wrong cells are told, not guessed."""
    refuse_strange_words(request, "kind", "name", "dry_run")

    def act() -> tuple[int, dict[str, Any]]:
        with desk.store.reading() as session:
            office = session.get_one(Office, program.office_id)
        verb = registers.check if dry_run else registers.take_in
        register = Register(body, name, kind, office, program.by, desk.now(), set(taxonomy()))
        try:
            found = verb(desk.store, register)
        except Unwelcome as error:
            raise Told(422, error.code, str(error), "body") from None
        rejected = [
            {"row": r.row, "column": r.column, "code": r.code, "reason": r.reason}
            for r in found.rejected
        ]
        counts = {"added": found.added, "changed": found.changed, "unchanged": found.unchanged}
        return 200, {**counts, "rejected": rejected}

    return once(desk, program, request, key=key, body=body, act=act)
