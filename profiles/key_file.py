"""The office's keys: one file outside the database, for its owner alone, written whole or not."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

AES, SM4 = "aes", "sm4"
"""AES-256-GCM with HMAC-SHA256, or the national SM4-GCM (GB/T 32907) with HMAC-SM3 (GB/T 32905)."""
SIZES: Final[Mapping[str, int]] = {AES: 32, SM4: 16}
"""Bytes of a sealing key; the length tells the cipher."""
_DIGESTS: Final[Mapping[str, str]] = {AES: "sha256", SM4: "sm3"}
_MOST: Final = 255
"""A key's number is one byte of every sealed cell."""


class BadKeyFile(Exception):
    """The key file is missing, readable by others, or not ours. The text may be shown."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The office's secrets, each for one purpose.

    Attributes:
        sealing: key number (0–255) → key; the highest number seals, all of them open. 32 bytes
            are an AES-256 key, 16 bytes an SM4 key.
        indexing: for blind indexes, 32 bytes.
        signing: for links in notices and for session cookies, 32 bytes.
        digest: of the blind indexes: ``sha256`` or ``sm3``.
    """

    sealing: Mapping[int, bytes] = field(repr=False)
    indexing: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    digest: str = "sha256"

    @property
    def newest(self) -> int:
        """Number of the key that seals."""
        return max(self.sealing)


def make_keys(path: Path, *, kind: str = AES) -> Keys:
    """Make a fresh set of keys and write them to *path*, mode 0600.

    Args:
        kind: `AES` or `SM4`; the indexes keep their digest for good.

    Raises:
        FileExistsError: there are keys already; they are never overwritten.
    """
    fresh = Keys(
        {1: secrets.token_bytes(SIZES[kind])},
        secrets.token_bytes(32),
        secrets.token_bytes(32),
        _DIGESTS[kind],
    )
    _write(path, fresh)
    return fresh


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
        keys = _read(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadKeyFile(f"密钥文件 {path} 已损坏；请从备份放回") from None
    if not keys.sealing or keys.indexing in {*keys.sealing.values(), keys.signing}:
        raise BadKeyFile(f"密钥文件 {path} 中各用途的密钥不得相同；请从备份放回")
    return keys


def add_key(path: Path, *, kind: str) -> Keys:
    """Add a sealing key with the next number, which seals from now on.

    Raises:
        BadKeyFile: see `read_keys`; also when no number is left.
    """
    with _alone(path):
        keys = read_keys(path)
        if keys.newest >= _MOST:
            raise BadKeyFile("密钥编号已用完（255 个）；请先停用不再需要的旧密钥")
        grown = {**keys.sealing, keys.newest + 1: secrets.token_bytes(SIZES[kind])}
        return _replace(path, replace(keys, sealing=grown))


def drop_keys(path: Path, numbers: set[int]) -> Keys:
    """Take sealing keys out of the file for good; the one that seals stays whatever is asked."""
    with _alone(path):
        keys = read_keys(path)
        left = {n: k for n, k in keys.sealing.items() if n not in numbers or n == keys.newest}
        return _replace(path, replace(keys, sealing=left))


def _replace(path: Path, keys: Keys) -> Keys:
    """Whole or not at all, whatever kills this process or the machine."""
    fresh = path.with_name(f"{path.name}.new")
    # what a killed run left is not written into: it might be readable by others
    fresh.unlink(missing_ok=True)
    _write(fresh, keys)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return keys


def _write(path: Path, keys: Keys) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(_text(keys))
        file.flush()
        os.fsync(file.fileno())


def _text(keys: Keys) -> str:
    marks = {SIZES[AES]: "", SIZES[SM4]: "sm4:"}
    book = {
        "sealing": {str(n): marks[len(key)] + _b64(key) for n, key in keys.sealing.items()},
        "indexing": ("sm3:" if keys.digest == "sm3" else "") + _b64(keys.indexing),
        "signing": _b64(keys.signing),
    }
    return json.dumps(book, indent=1)


def _read(text: str) -> Keys:
    book = json.loads(text)
    indexing = book["indexing"]
    return Keys(
        {_number(number): _sealing(key) for number, key in book["sealing"].items()},
        _key(indexing.removeprefix("sm3:"), SIZES[AES]),
        _key(book["signing"], SIZES[AES]),
        "sm3" if indexing.startswith("sm3:") else "sha256",
    )


def _number(text: str) -> int:
    if not 0 <= int(text) <= _MOST:
        raise ValueError("a key's number is one byte")
    return int(text)


def _sealing(text: str) -> bytes:
    if text.startswith("sm4:"):
        return _key(text.removeprefix("sm4:"), SIZES[SM4])
    return _key(text, SIZES[AES])


def _key(text: str, size: int) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != size:
        raise ValueError("a key of another length")
    return key


def _b64(key: bytes) -> str:
    return base64.b64encode(key).decode()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two who change the file at once would lose one of the changes, and with it a key."""
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
