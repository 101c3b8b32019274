"""The receipts inbox: callbacks are stored before the vendor is answered, and folded later."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from profiles.columns import new_id
from profiles.sealing import sealer_of
from pusher.failpoint import reach
from pusher.gateways.base import Forged
from pusher.model.word import Inbox, Signature
from pusher.store import Store

BODY: Final = "inbox.body_sealed"
"""Place of a sealed callback, for `Sealer.open`."""
MARKS_KEPT: Final = timedelta(minutes=30)
"""How long a signature is remembered: longer than any vendor's is good for."""
_NOT_OURS: Final = frozenset({"authorization", "cookie"})


def take_in(
    store: Store,
    gateway_name: str,
    body: bytes,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    mark: str = "",
    now: datetime,
) -> bool:
    """Store a callback, sealed; committed when this returns, so the vendor may be answered.

    A transaction of its own. The caller has checked the signature (`Gateway.read_callback`).

    Args:
        gateway_name: key of the gateway's table.
        body: as it came.
        query: of the address it came to; some vendors sign in it.
        headers: as they came; what signs us in is left out.
        mark: of its signature, see `Callback.mark`.

    Returns:
        False if the same body was stored before: a harmless repeat.

    Raises:
        Forged: the same signature came with another body before.
    """
    kept = {name.lower(): value for name, value in (headers or {}).items()}
    envelope = {
        "body": base64.b64encode(body).decode(),
        "query": dict(query or {}),
        "headers": {name: value for name, value in kept.items() if name not in _NOT_OURS},
    }
    new = False
    for last in (False, True):
        try:
            new = _store(store, gateway_name, body, json.dumps(envelope), mark, now=now)
            break
        except IntegrityError:
            if last:
                raise
            # another request was faster: its rows are seen at the second look
    reach("K9")
    return new


def _store(
    store: Store, gateway: str, body: bytes, envelope: str, mark: str, *, now: datetime
) -> bool:
    with store.writing() as session:
        sealer = sealer_of(session)
        digest = sealer.index(body.decode("latin-1"), purpose="inbox.digest")
        if mark:
            _check_mark(session, gateway, sealer.index(mark, purpose="inbox.mark"), digest, now=now)
        same = select(Inbox.id).where(Inbox.gateway == gateway, Inbox.digest == digest)
        if session.exec(same).first() is not None:
            return False
        row = new_id()
        sealed = sealer.seal_text(envelope, place=BODY, row=row)
        session.add(
            Inbox(id=row, gateway=gateway, digest=digest, body_sealed=sealed, received_at=now)
        )
    return True


def _check_mark(session: Session, gateway: str, mark: str, digest: str, *, now: datetime) -> None:
    """Refuse a signature that is known from another body; remember a new one."""
    known = session.get(Signature, (gateway, mark))
    if known is None:
        session.exec(delete(Signature).where(col(Signature.came_at) < now - MARKS_KEPT))
        session.add(Signature(gateway=gateway, mark=mark, digest=digest, came_at=now))
    elif known.digest != digest:
        raise Forged("同一签名先前来自另一内容")
