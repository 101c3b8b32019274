"""The stand-in's memory: who was sent what, what became of it, who answered, who left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from pusher.sandbox.book import Template, TemplateBook
from pusher.sandbox.journal import Journal

CHINA = timezone(timedelta(hours=8))


def machine_now() -> datetime:
    """The machine's clock, aware: the stand-in's wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Taken:
    """One accepted text for one address.

    Attributes:
        gateway_ref: BizId, SerialNo, msgid; several numbers of one call may share it.
        outcome: ``waiting``, ``delivered`` or ``failed``.
        reported_at: when the phone had it, or it failed; None while waiting.
        pushed: the receipt went out, or is meant to be lost.
    """

    provider: str
    to: str
    text: str
    template: str
    params: dict[str, str]
    reference: str
    gateway_ref: str
    accepted_at: datetime
    sign: str = ""
    url: str = ""
    outcome: str = "waiting"
    code: str = ""
    reported_at: datetime | None = None
    pushed: bool = False

    def shown(self) -> dict[str, object]:
        """As ``GET /_sandbox/messages`` shows it."""
        return {
            "provider": self.provider,
            "to": self.to,
            "text": self.text,
            "template": self.template,
            "params": self.params,
            "reference": self.reference,
            "accepted_at": self.accepted_at.astimezone(CHINA).isoformat(),
            "gateway_ref": self.gateway_ref,
            "sign": self.sign,
            "url": self.url,
            "outcome": self.outcome,
            "code": self.code,
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """What the person at *to* answered; *event* is ``message``, ``subscribe``, ``unsubscribe``."""

    provider: str
    to: str
    text: str
    event: str
    at: datetime


@dataclass(slots=True)
class Exchange:
    """Everything the desks share. Lists are in order of time."""

    book: TemplateBook
    journal: Journal
    now: Callable[[], datetime] = machine_now
    taken: list[Taken] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    """Openids that left the account."""
    _by_ref: dict[tuple[str, str, str], Taken] = field(default_factory=dict)
    _by_address: dict[tuple[str, str], list[Taken]] = field(default_factory=dict)
    _registered: list[Template] = field(default_factory=list)
    _last_number: int = 0

    def __post_init__(self) -> None:
        for entry in self.journal.entries:
            self._replay(entry)

    async def take(self, *texts: Taken) -> None:
        """Write *texts* to disk; once that is done they count as accepted."""
        await self.journal.append(*({"line": "taken", **_taken_line(text)} for text in texts))
        for text in texts:
            self._remember(text)

    async def report(self, text: Taken, *, delivered: bool, code: str, at: datetime) -> None:
        """Settle what became of *text*."""
        text.outcome = "delivered" if delivered else "failed"
        text.code, text.reported_at = code, at
        await self.journal.append(_report_line(text))

    async def mark_pushed(self, *texts: Taken) -> None:
        """Note that the receipts of *texts* need no further push."""
        for text in texts:
            text.pushed = True
        await self.journal.append(*map(_report_line, texts))

    async def hear(self, said: Answered) -> None:
        """Write down what a person answered."""
        await self.journal.append(
            {
                "line": "answered",
                "provider": said.provider,
                "to": said.to,
                "text": said.text,
                "event": said.event,
                "at": said.at.isoformat(),
            }
        )
        self._listen(said)

    async def register(self, template: Template) -> None:
        """Add a template to the book, for good."""
        await self.journal.append(_template_line(template))
        self._enter(template)

    async def forget(self) -> None:
        """Forget texts, answers and who left; registered templates stay."""
        await self.journal.clear()
        await self.journal.append(*map(_template_line, self._registered))
        self.taken.clear()
        self.answered.clear()
        self.left.clear()
        self._by_ref.clear()
        self._by_address.clear()

    def sent_to(self, provider: str, to: str) -> Iterator[Taken]:
        """Yield what *to* was sent, in order of acceptance."""
        return iter(self._by_address.get((provider, to), ()))

    def last_sms_to(self, to: str) -> str:
        """The vendor whose text *to* answers: that of the newest, the first one if none came."""
        texts = (text for text in reversed(self.taken) if text.to == to)
        return next((text.provider for text in texts), "aliyun")

    def new_number(self) -> int:
        """Return a number never given before, also not before a restart: microseconds."""
        self._last_number = max(self._last_number + 1, time.time_ns() // 1000)
        return self._last_number

    def _replay(self, entry: dict[str, object]) -> None:
        kind = entry.pop("line")
        if kind == "taken":
            self._remember(_taken(entry))
        elif kind == "reported":
            self._replay_report(entry)
        elif kind == "answered":
            self._listen(Answered(**{**entry, "at": _moment(entry["at"])}))  # type: ignore[arg-type]
        elif kind == "template":
            self._enter(Template(**entry))  # type: ignore[arg-type]

    def _replay_report(self, entry: dict[str, object]) -> None:
        key = (str(entry["provider"]), str(entry["gateway_ref"]), str(entry["to"]))
        text = self._by_ref.get(key)
        if text is None:  # written after a reset that came in between
            return
        text.outcome, text.code = str(entry["outcome"]), str(entry["code"])
        text.pushed = bool(entry["pushed"])
        text.reported_at = _moment(entry["at"]) if entry["at"] else None

    def _enter(self, template: Template) -> None:
        self._registered.append(template)
        self.book.register(template)

    def _remember(self, text: Taken) -> None:
        self.taken.append(text)
        self._by_ref[text.provider, text.gateway_ref, text.to] = text
        self._by_address.setdefault((text.provider, text.to), []).append(text)

    def _listen(self, said: Answered) -> None:
        self.answered.append(said)
        if said.event == "unsubscribe":
            self.left.add(said.to)
        elif said.event == "subscribe":
            self.left.discard(said.to)


_TAKEN = (
    "provider", "to", "text", "template", "params", "reference", "gateway_ref", "sign", "url",
)  # fmt: skip


def _taken_line(text: Taken) -> dict[str, object]:
    line: dict[str, object] = {name: getattr(text, name) for name in _TAKEN}
    line["accepted_at"] = text.accepted_at.isoformat()
    return line


def _taken(entry: dict[str, object]) -> Taken:
    return Taken(**{**entry, "accepted_at": _moment(entry["accepted_at"])})  # type: ignore[arg-type]


def _report_line(text: Taken) -> dict[str, object]:
    return {
        "line": "reported",
        "provider": text.provider,
        "gateway_ref": text.gateway_ref,
        "to": text.to,
        "outcome": text.outcome,
        "code": text.code,
        "at": text.reported_at.isoformat() if text.reported_at else None,
        "pushed": text.pushed,
    }


def _template_line(template: Template) -> dict[str, object]:
    return {
        "line": "template",
        "provider": template.provider,
        "code": template.code,
        "text": template.text,
    }


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
