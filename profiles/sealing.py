"""Encryption at rest: sealed cells that know their place, and keyed indexes for looking them up.

A seal is AES-256-GCM whose associated data name table, column and row, so that a sealed cell
copied to another row does not open (NIST SP 800-38D). An index is HMAC-SHA256 under a key of its
own: equal texts of one purpose have equal indexes, and without the key nothing can be tried.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

_VERSION = 1
_NONCE = 12
_SHORTEST = 2 + _NONCE + 16
"""Version, key number, nonce, and the tag of an empty text."""


class SealBroken(Exception):
    """A sealed cell does not open: another key, another row, or changed bytes."""


class BadKeyFile(Exception):
    """The key file is missing, readable by others, or not ours. The text may be shown."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The office's secrets, each for one purpose, 32 bytes each.

    Attributes:
        sealing: key number (0–255) → key; the highest number seals, all of them open.
        indexing: for blind indexes.
        signing: for links in notices and for session cookies.
    """

    sealing: Mapping[int, bytes] = field(repr=False)
    indexing: bytes = field(repr=False)
    signing: bytes = field(repr=False)


class Sealer:
    """Seals and opens cells, and makes blind indexes, with one set of keys."""

    def __init__(self, keys: Keys) -> None:
        self._newest = max(keys.sealing)
        self._ciphers = {number: AESGCM(key) for number, key in keys.sealing.items()}
        self._indexing = keys.indexing
        self._signing = keys.signing

    def seal(self, plain: bytes, *, place: str, row: UUID) -> bytes:
        """Seal *plain* for one cell.

        Args:
            plain: what to keep.
            place: ``table.column``.
            row: the row's id.

        Returns:
            version byte, key number byte, 12 bytes nonce, ciphertext and tag.
        """
        nonce = os.urandom(_NONCE)
        box = self._ciphers[self._newest].encrypt(nonce, plain, _bound_to(place, row))
        return bytes((_VERSION, self._newest)) + nonce + box

    def open(self, blob: bytes, *, place: str, row: UUID) -> bytes:
        """Open what `seal` made for the same place and row.

        Raises:
            SealBroken: wrong place, row or key, or the bytes were changed.
        """
        whole = len(blob) >= _SHORTEST and blob[0] == _VERSION
        cipher = self._ciphers.get(blob[1]) if whole else None
        if cipher is None:
            raise SealBroken(f"no key opens {place}")
        try:
            return cipher.decrypt(blob[2 : 2 + _NONCE], blob[2 + _NONCE :], _bound_to(place, row))
        except InvalidTag:
            raise SealBroken(f"a cell of {place} does not open") from None

    def seal_text(self, text: str, *, place: str, row: UUID) -> bytes:
        """`seal` for text, UTF-8."""
        return self.seal(text.encode(), place=place, row=row)

    def open_text(self, blob: bytes, *, place: str, row: UUID) -> str:
        """`open` for text, UTF-8."""
        return self.open(blob, place=place, row=row).decode()

    def index(self, text: str, *, purpose: str) -> str:
        """Blind index of *text*: 64 hex digits, equal only for equal text and purpose."""
        return hmac.digest(self._indexing, f"{purpose}\0{text}".encode(), hashlib.sha256).hex()

    def signing_key(self, purpose: str) -> bytes:
        """A key for signatures of one *purpose* (links, cookies), derived from the office's."""
        return hmac.digest(self._signing, purpose.encode(), hashlib.sha256)


def sealer_of(session: Session) -> Sealer:
    """The sealer that travels with every session the store opens."""
    sealer = session.info["sealer"]
    if not isinstance(sealer, Sealer):
        raise TypeError("this session was not opened by the store")
    return sealer


def make_keys(path: Path) -> Keys:
    """Make a fresh set of keys and write them to *path*, mode 0600.

    Raises:
        FileExistsError: there are keys already; they are never overwritten.
    """
    fresh = {name: secrets.token_bytes(32) for name in ("sealing", "indexing", "signing")}
    text = json.dumps(
        {
            "sealing": {"1": _b64(fresh["sealing"])},
            "indexing": _b64(fresh["indexing"]),
            "signing": _b64(fresh["signing"]),
        },
        indent=1,
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Keys({1: fresh["sealing"]}, fresh["indexing"], fresh["signing"])


def read_keys(path: Path) -> Keys:
    """Read the office's keys.

    Raises:
        BadKeyFile: missing, readable by group or others, or damaged.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except FileNotFoundError:
        raise BadKeyFile(f"找不到密钥文件 {path}；请先运行 pusher init，或从备份放回") from None
    if mode & 0o077:
        raise BadKeyFile(f"密钥文件 {path} 可被他人读取；请执行 chmod 600 {path}")
    try:
        book = json.loads(text)
        keys = Keys(
            {int(number): _key(key) for number, key in book["sealing"].items()},
            _key(book["indexing"]),
            _key(book["signing"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadKeyFile(f"密钥文件 {path} 已损坏；请从备份放回") from None
    if not keys.sealing or keys.indexing in {*keys.sealing.values(), keys.signing}:
        raise BadKeyFile(f"密钥文件 {path} 中各用途的密钥不得相同；请从备份放回")
    return keys


def _bound_to(place: str, row: UUID) -> bytes:
    return f"{place}:{row.hex}".encode()


def _b64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("a key has 32 bytes")
    return key
