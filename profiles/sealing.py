"""Encryption at rest: sealed cells that know their place, and keyed indexes for looking them up.

A seal is AES-256-GCM (NIST SP 800-38D) or SM4-GCM (RFC 8998), whose associated data name table,
column and row, so that a sealed cell copied to another row does not open. An index is HMAC-SHA256
or HMAC-SM3 under a key of its own: equal texts of one purpose have equal indexes, and without the
key nothing can be tried. Which key sealed a cell is its second byte.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from sqlalchemy.orm import Session

from profiles.key_file import AES, SIZES, SM4, BadKeyFile, Keys, make_keys, read_keys

__all__ = [
    "AES", "SM4", "BadKeyFile", "Keys", "SealBroken", "Sealer", "key_number", "make_keys",
    "open_sealer", "read_keys", "sealer_of",
]  # fmt: skip

_VERSION = 1
_NONCE = 12
_TAG = 16
_SHORTEST = 2 + _NONCE + _TAG
"""Version, key number, nonce, and the tag of an empty text."""


class SealBroken(Exception):
    """A sealed cell does not open: another key, another row, or changed bytes."""


class Sealer:
    """Seals and opens cells, and makes blind indexes, with one set of keys.

    One that was opened from a file (`open_sealer`) follows the file: `refresh` takes in keys that
    were added to it, and a cell under a number that is not known yet makes it look. A key that was
    once known is never let go of, since an older snapshot may still hold cells under it.
    """

    def __init__(self, keys: Keys, *, file: Path | None = None) -> None:
        self._file = file
        self._seen = _stamp(file)
        self._indexing = keys.indexing
        self._signing = keys.signing
        self._mac = _MACS[keys.digest]
        self._ciphers: Mapping[int, _Aead] = {}
        self._newest = 0
        self._take(keys)

    @property
    def newest(self) -> int:
        """Number of the key that seals."""
        return self._newest

    def refresh(self) -> None:
        """Take in keys that were added to the file; costs one look at its date.

        A file that cannot be read at this moment changes nothing.
        """
        if self._file is None or (now := _stamp(self._file)) == self._seen:
            return
        try:
            self._take(read_keys(self._file))
        except BadKeyFile:
            return
        self._seen = now

    def seal(self, plain: bytes, *, place: str, row: UUID) -> bytes:
        """Seal *plain* for one cell.

        Args:
            plain: what to keep.
            place: ``table.column``.
            row: the row's id.

        Returns:
            version byte, key number byte, 12 bytes nonce, ciphertext and tag.
        """
        nonce, number = os.urandom(_NONCE), self._newest
        box = self._ciphers[number].encrypt(nonce, plain, _bound_to(place, row))
        return bytes((_VERSION, number)) + nonce + box

    def open(self, blob: bytes, *, place: str, row: UUID) -> bytes:
        """Open what `seal` made for the same place and row.

        Raises:
            SealBroken: wrong place, row or key, or the bytes were changed.
        """
        whole = len(blob) >= _SHORTEST and blob[0] == _VERSION
        if whole and blob[1] not in self._ciphers:
            self.refresh()
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
        return self._mac(self._indexing, f"{purpose}\0{text}".encode()).hex()

    def signing_key(self, purpose: str) -> bytes:
        """A key for signatures of one *purpose* (links, cookies), derived from the office's."""
        return self._mac(self._signing, purpose.encode())

    def _take(self, keys: Keys) -> None:
        fresh = {n: _CIPHERS[len(key)](key) for n, key in keys.sealing.items()}
        # whole at once: other threads seal meanwhile
        self._ciphers = {**self._ciphers, **fresh}
        self._newest = keys.newest


def open_sealer(file: Path) -> Sealer:
    """The sealer of the keys in *file*, which follows it.

    Raises:
        BadKeyFile: see `read_keys`.
    """
    return Sealer(read_keys(file), file=file)


def sealer_of(session: Session) -> Sealer:
    """The sealer that travels with every session the store opens."""
    sealer = session.info["sealer"]
    if not isinstance(sealer, Sealer):
        raise TypeError("this session was not opened by the store")
    return sealer


def key_number(blob: bytes) -> int:
    """Number of the key that sealed *blob*."""
    return blob[1]


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM with the face of `AESGCM`, which the library has only for AES."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Ciphertext and 16 bytes of tag."""
        box = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        box.authenticate_additional_data(associated_data or b"")
        return box.update(data) + box.finalize() + box.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """What `encrypt` was given; InvalidTag for anything else."""
        box = Cipher(self._cipher, modes.GCM(nonce, data[-_TAG:])).decryptor()
        box.authenticate_additional_data(associated_data or b"")
        return box.update(data[:-_TAG]) + box.finalize()


def _hmac_sha256(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)


def hmac_sm3(key: bytes, text: bytes) -> bytes:
    """HMAC-SM3 (GB/T 32905): 32 bytes; the standard library has SM3 only with some OpenSSL."""
    mac = HMAC(key, hashes.SM3())
    mac.update(text)
    return mac.finalize()


_CIPHERS: Final[Mapping[int, Callable[[bytes], _Aead]]] = {SIZES[AES]: AESGCM, SIZES[SM4]: Sm4Gcm}
_MACS: Final[Mapping[str, Callable[[bytes, bytes], bytes]]] = {
    "sha256": _hmac_sha256,
    "sm3": hmac_sm3,
}


def _bound_to(place: str, row: UUID) -> bytes:
    return f"{place}:{row.hex}".encode()


def _stamp(file: Path | None) -> tuple[int, int] | None:
    """What changes when the file is replaced."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
