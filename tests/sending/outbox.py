"""A vendor of the tests' own: takes parcels, answers as it is told to, reads real callbacks."""

import json
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from pusher.gateways import aliyun_callbacks, wechat_callbacks
from pusher.gateways.base import (
    Answer,
    Callback,
    Found,
    Lookup,
    Outcome,
    Parcel,
    Result,
    Unknown,
    Why,
    boot_seconds,
)
from pusher.gateways.wechat_envelope import CallbackSecrets

Mood = Callable[[Parcel], Answer]
SECRETS = CallbackSecrets("SampleToken", "wx0000000000sample")


def accepts(parcel: Parcel) -> Answer:
    ref = f"biz-{parcel.reference}"
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=ref, code="OK")


def says(
    result: Result, why: Why, code: str = "some_code", retry_after: timedelta | None = None
) -> Mood:
    return lambda parcel: Answer(
        parcel.reference, result, why, code=code, said="不行", retry_after=retry_after
    )


UNSURE = says(Result.UNSURE, Why.TRANSIENT, "no_answer")
NOT_SENT = says(Result.NOT_SENT, Why.TRANSIENT, "connect_failed")


@dataclass
class Outbox:
    """Keeps every parcel it was handed; *knows* are the references it would own up to."""

    name: str = "aliyun"
    channel: str = "sms"
    unknown: Unknown = "queryable"
    repeat_window: timedelta | None = None
    mood: Mood = accepts
    parcels: list[Parcel] = field(default_factory=list)
    knows: set[str] = field(default_factory=set)
    asked: list[tuple[str, date]] = field(default_factory=list)
    lookups: Found | None = None
    deadlines: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        assert boot_seconds() < deadline
        with self._lock:
            self.deadlines.append(deadline)
            self.parcels += parcels
            answers = [self.mood(parcel) for parcel in parcels]
            took = zip(parcels, answers, strict=True)
            self.knows |= {p.reference for p, a in took if a.result is Result.ACCEPTED}
        return answers

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        self.asked.append((reference, sent_on))
        if self.lookups is not None:
            return Lookup(self.lookups)
        if reference in self.knows:
            return Lookup(Found.FOUND, outcome=Outcome.NONE)
        return Lookup(Found.ABSENT)

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        if self.channel == "wechat":
            return wechat_callbacks.read(body, query, SECRETS)
        return aliyun_callbacks.read(body)

    @property
    def references(self) -> list[str]:
        return [parcel.reference for parcel in self.parcels]


def wechat_box(mood: Mood = accepts) -> Outbox:
    return Outbox("wechat", "wechat", "idempotent", timedelta(minutes=8), mood=mood)


@dataclass
class DeadlyBox:
    """Writes what it took to a journal, then kills its own process before it can answer."""

    journal: Path
    after: int = 1
    name: str = "aliyun"
    channel: str = "sms"
    unknown: Unknown = "queryable"
    repeat_window: timedelta | None = None

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        with self.journal.open("a") as file:
            for parcel in parcels[: self.after]:
                file.write(json.dumps({"reference": parcel.reference, "to": parcel.to}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        known = {entry["reference"] for entry in self.entries()}
        return Lookup(Found.FOUND if reference in known else Found.ABSENT)

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        return aliyun_callbacks.read(body)

    def entries(self) -> list[dict[str, str]]:
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text().splitlines()]
