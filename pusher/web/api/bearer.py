"""Which program asks: its token, and whether its scopes let it."""

from typing import Annotated

from fastapi import Depends, Request

from pusher.model.program import Program, Scope
from pusher.programs import read_token
from pusher.web.api.errors import Told
from pusher.web.desk import DeskHere
from pusher.web.gate import Programs


class Bearing(Programs):
    """Lets programs of one scope pass."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, request: Request, desk: DeskHere) -> Program:
        """Who asks.

        Raises:
            Told: 401 without a token of ours, 403 without the scope.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        program = None
        if scheme.lower() == "bearer" and token.strip().isascii():
            with desk.store.reading() as session:
                program = read_token(session, token.strip())
        if program is None:
            raise Told(401, "no_token", "请在 Authorization: Bearer 中给出有效的令牌")
        if self.scope not in program.scopes:
            raise Told(403, "no_scope", f"该程序没有 {self.scope} 权限")
        return program


PolicyReader = Annotated[Program, Depends(Bearing(Scope.READ_POLICIES))]
PolicyWriter = Annotated[Program, Depends(Bearing(Scope.WRITE_POLICIES))]
RosterWriter = Annotated[Program, Depends(Bearing(Scope.WRITE_ROSTER))]
BatchReader = Annotated[Program, Depends(Bearing(Scope.READ_BATCHES))]
ReceiptReader = Annotated[Program, Depends(Bearing(Scope.READ_RECEIPTS))]
