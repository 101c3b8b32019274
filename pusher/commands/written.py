"""What a verb writes for somebody to take along: the whole file, or none."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pusher.commands.door import Refusal, why_not


@contextmanager
def written(
    place: str, *, encoding: str = "utf-8", newline: str | None = None
) -> Iterator[IO[str]]:
    """Open *place* to write; it appears under its name when everything is in it.

    Only this account of the machine may read it: lists and copies tell of people.

    Raises:
        Refusal: it cannot be written there; nothing is left behind.
    """
    with _placed(place) as handle, os.fdopen(handle, "w", encoding=encoding, newline=newline) as f:
        yield f


def write_bytes(place: str, content: bytes) -> None:
    """Write *content* to *place*, whole and for this account alone, as `written`.

    Raises:
        Refusal: it cannot be written there.
    """
    with _placed(place) as handle, os.fdopen(handle, "wb") as file:
        file.write(content)


@contextmanager
def _placed(place: str) -> Iterator[int]:
    """A handle of a file that gets its name when all went well; whoever takes it closes it."""
    path = Path(place)
    # a pipe or a terminal is no file that could be renamed into place
    beside = path if path.exists() and not path.is_file() else path.with_name(f"{path.name}.part")
    try:
        yield os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        if beside != path:
            beside.replace(path)
    except BaseException as error:
        if beside != path:
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(beside), str(path)):
            raise Refusal(
                f"没有写出 {place}：{why_not(error)}", code="not_written", where=place
            ) from None
        raise
