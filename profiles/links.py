"""Signed links: a page that opens for whoever holds the link, and says nothing by itself."""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from profiles.sealing import Sealer

WHY_PAGE = "notice-link"
"""Purpose of the link in a notice: why somebody got it, and how to be left alone."""


def make_link_token(sealer: Sealer, purpose: str, row: UUID) -> str:
    """Sign *row* for one purpose; about 75 characters that are safe in an address."""
    return _signer(sealer, purpose).dumps(row.hex)


def read_link_token(sealer: Sealer, purpose: str, token: str) -> UUID | None:
    """The id that `make_link_token` signed for this purpose, or None for anything else."""
    try:
        return UUID(hex=_signer(sealer, purpose).loads(token))
    except (BadSignature, ValueError, AttributeError, TypeError):
        return None


def _signer(sealer: Sealer, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(sealer.signing_key(purpose))
