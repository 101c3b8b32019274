"""A large file under the office's seal: a readable first line, then sealed pieces in their order.

The pieces are sealed like any cell, each bound to the file's first line, its own number and whether
it is the last: a piece that is changed, moved, left out, or a file that is cut, does not open. The
keys are not in the file; the first line names them by their fingerprints.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from profiles.sealing import Keys, SealBroken, Sealer

_MAGIC: Final = b"policy-pusher backup 1\n"
_PIECE: Final = 1 << 20
_LONGEST_LINE: Final = 1 << 16
_LENGTH: Final = struct.Struct(">I")


class NotABackup(Exception):
    """The file is no backup of ours, or not whole any more. The text may be shown."""


def fingerprints(keys: Keys) -> dict[str, str]:
    """Each key's name and eight hex digits by which it is known; nothing can be tried with them."""
    named = {f"sealing {number}": key for number, key in sorted(keys.sealing.items())}
    named |= {"indexing": keys.indexing, "signing": keys.signing}
    return {
        name: hashlib.sha256(b"policy-pusher key\0" + key).hexdigest()[:8]
        for name, key in named.items()
    }


def write_sealed(
    out: BinaryIO, head: Mapping[str, Any], content: Iterable[bytes], *, sealer: Sealer
) -> None:
    """Write *content* under the seal.

    Args:
        head: goes into the first line, in clear; ``id`` is a UUID as text.
        content: in pieces of any size.
    """
    line = json.dumps(head, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    out.write(_MAGIC + line)
    pending: bytes | None = None
    number = 0
    for piece in _pieces(content):
        if pending is not None:
            _put(out, pending, _place(line, number, last=False), head, sealer)
            number += 1
        pending = piece
    _put(out, pending or b"", _place(line, number, last=True), head, sealer)


def read_head(file: Path) -> dict[str, Any]:
    """The first line of a sealed file; needs no key.

    Raises:
        NotABackup: it is none.
    """
    with file.open("rb") as source:
        return _head(source)[0]


def read_sealed(file: Path, *, sealer: Sealer) -> Iterator[bytes]:
    """Open the pieces, one after another.

    Raises:
        NotABackup: none, cut, or changed.
    """
    with file.open("rb") as source:
        head, line = _head(source)
        number = 0
        length = source.read(_LENGTH.size)
        while True:
            box, following = _take(source, length)
            try:
                yield sealer.open(
                    box, place=_place(line, number, last=not following), row=UUID(head["id"])
                )
            except SealBroken:
                raise NotABackup(f"{file} 不完整或被改动过，不能使用；请换另一份备份") from None
            if not following:
                return
            length, number = following, number + 1


def _head(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    if source.read(len(_MAGIC)) != _MAGIC:
        raise NotABackup(f"{source.name} 不是本系统的备份")
    line = source.readline(_LONGEST_LINE)
    try:
        head = json.loads(line)
        UUID(head["id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotABackup(f"{source.name} 的开头已损坏，不能使用；请换另一份备份") from None
    return head, line


def _take(source: BinaryIO, length: bytes) -> tuple[bytes, bytes]:
    """One box, and the length of the next (empty after the last)."""
    size = _LENGTH.unpack(length)[0] if len(length) == _LENGTH.size else 0
    box = source.read(size) if size <= 2 * _PIECE else b""
    return box, source.read(_LENGTH.size)


def _put(out: BinaryIO, piece: bytes, place: str, head: Mapping[str, Any], sealer: Sealer) -> None:
    box = sealer.seal(piece, place=place, row=UUID(head["id"]))
    out.write(_LENGTH.pack(len(box)) + box)


def _place(line: bytes, number: int, *, last: bool) -> str:
    return f"backup.{hashlib.sha256(line).hexdigest()}.{number}.{'last' if last else 'more'}"


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for some in content:
        waiting += some
        while len(waiting) >= _PIECE:
            yield bytes(waiting[:_PIECE])
            del waiting[:_PIECE]
    if waiting:
        yield bytes(waiting)
