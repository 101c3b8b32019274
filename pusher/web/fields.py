"""Reading a form: each field by name, with what is wrong kept beside it and nothing lost."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from pusher.clock import OFFICE_ZONE
from pusher.model.errors import NotFound, Unwilling

Word = TypeVar("Word", bound=StrEnum)


class Fields:
    """The fields of one form.

    Attributes:
        errors: field name to what is wrong with it, in Chinese.
    """

    def __init__(self, form: FormData) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    @classmethod
    def empty(cls) -> "Fields":
        """The fields of a form that nobody has filled in yet."""
        return cls(FormData())

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong so far."""
        return not self.errors

    def typed(self, name: str) -> str:
        """What was typed, as it was; empty if nothing."""
        return typed(self._form, name)

    def several(self, name: str) -> list[str]:
        """Everything that was ticked under one name."""
        return [_clean(value) for value in self._form.getlist(name) if isinstance(value, str)]

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.typed(name) != ""

    def text(self, name: str, label: str, *, most: int, needed: bool = True) -> str:
        """A line or a paragraph, edges trimmed."""
        value = self.typed(name).strip()
        if not value and needed:
            self.errors[name] = f"请填写{label}"
        elif len(value) > most:
            self.errors[name] = f"{label}不能超过{most}字，现有{len(value)}字"
        return value

    def day(self, name: str, label: str) -> date | None:
        """A day, or None where the field is empty."""
        value = self.typed(name).strip()
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.errors[name] = f"{label}应为日期，如2026-01-02"
            return None

    def moment(self, name: str, label: str) -> datetime | None:
        """A day and time in the office's zone, or None where the field is empty."""
        value = self.typed(name).strip()
        try:
            read = datetime.fromisoformat(value) if value else None
        except ValueError:
            self.errors[name] = f"{label}应为日期和时间，如2026-01-02 09:30"
            return None
        if read is None or read.tzinfo is not None:
            return read
        return read.replace(tzinfo=OFFICE_ZONE)

    def choice(self, name: str, label: str, words: type[Word]) -> Word:
        """One member of *words*; the first, with an error, where it is none."""
        try:
            return words(self.typed(name))
        except ValueError:
            self.errors[name] = f"请选择{label}"
            return next(iter(words))

    def choices(self, name: str, label: str, allowed: Iterable[str]) -> list[str]:
        """At least one of *allowed*, in the order of *allowed*."""
        given = set(self.several(name))
        found = [word for word in allowed if word in given]
        if not found:
            self.errors[name] = f"请至少选择一项{label}"
        return found

    def file(self, name: str) -> tuple[str, bytes]:
        """Name and content of an uploaded file; empty, with an error, where there is none."""
        upload = self._form.get(name)
        if not isinstance(upload, UploadFile) or not upload.filename:
            self.errors[name] = "请选择要上传的文件"
            return "", b""
        content = upload.file.read()
        if not content:
            self.errors[name] = "这个文件是空的，请重新选择"
        return bare_name(upload.filename), content

    def upload(self, name: str) -> bytes | None:
        """The content of a file that may be left out; None where it was."""
        upload = self._form.get(name)
        if not isinstance(upload, UploadFile) or not upload.filename:
            return None
        return upload.file.read()

    @contextmanager
    def heeding(self, name: str = "main") -> Iterator[None]:
        """Keep beside *name* why a verb would not; that there is no such row goes its own way."""
        try:
            yield
        except NotFound:
            raise
        except Unwilling as why_not:
            self.errors[name] = str(why_not)


def typed(form: FormData, name: str) -> str:
    """What a form holds under *name*; empty if nothing, or a file."""
    value = form.get(name)
    return _clean(value) if isinstance(value, str) else ""


def asked(request: Request, *names: str) -> dict[str, str]:
    """What the address asks for under these names, empty where nothing; each at most 60 long."""
    return {name: _clean(request.query_params.get(name, ""))[:60].strip() for name in names}


def _clean(text: str) -> str:
    """Without NUL, which no database of text takes, and with the line ends that were shown."""
    return text.replace("\0", "").replace("\r\n", "\n")


def bare_name(name: str) -> str:
    """The last part of a file name, printable, at most 120 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-120:] or "未命名"
