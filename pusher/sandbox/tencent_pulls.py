"""What Tencent Cloud lets a client fetch: receipts and replies, as a queue or of one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pusher.sandbox.exchange import Answered, Exchange, Taken

_MOST = 100
_HOW_FAR_BACK = timedelta(days=7)
Told = Mapping[str, object]


class BadWindow(Exception):
    """Times, offset or limit are not what the vendor takes."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        self.code = f"InvalidParameterValue.{field}VerifyFail"


class TencentPulls:
    """The four pulls. A queue gives each entry once; what is asked by number stays there."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._fetched: set[str] = set()
        self.kinds: dict[str, Callable[[Told], dict[str, object]]] = {
            "PullSmsSendStatus": self._receipts,
            "PullSmsReplyStatus": self._replies,
            "PullSmsSendStatusByPhoneNumber": self._receipts_of,
            "PullSmsReplyStatusByPhoneNumber": self._replies_of,
        }
        """By action, what answers it; each raises BadWindow."""

    def forget(self) -> None:
        """Give out everything anew."""
        self._fetched.clear()

    def _receipts(self, told: Told) -> dict[str, object]:
        rows = self._next(((text.gateway_ref, _receipt(text)) for text in self._reported()), told)
        return {"PullSmsSendStatusSet": rows}

    def _replies(self, told: Told) -> dict[str, object]:
        said = ((f"{one.at.isoformat()} {one.to}", _reply(one)) for one in self._answered())
        return {"PullSmsReplyStatusSet": self._next(said, told)}

    def _receipts_of(self, told: Told) -> dict[str, object]:
        to, window = self._asked(told)
        rows = [
            _receipt(text)
            for text in self._reported()
            if text.to == to and window(text.reported_at or text.accepted_at)
        ]
        return {"PullSmsSendStatusSet": rows[: _limit(told)]}

    def _replies_of(self, told: Told) -> dict[str, object]:
        to, window = self._asked(told)
        rows = [_reply(one) for one in self._answered() if one.to == to and window(one.at)]
        return {"PullSmsReplyStatusSet": rows[: _limit(told)]}

    def _reported(self) -> Iterator[Taken]:
        """What the carriers have settled: the vendor lists no text that is on its way."""
        return (
            text
            for text in self._exchange.taken
            if text.provider == "tencent" and text.outcome != "waiting"
        )

    def _answered(self) -> Iterator[Answered]:
        return (one for one in self._exchange.answered if one.provider == "tencent")

    def _next(self, rows: Iterator[tuple[str, Told]], told: Told) -> list[Told]:
        fresh = [(key, row) for key, row in rows if key not in self._fetched][: _limit(told)]
        self._fetched.update(key for key, _ in fresh)
        return [row for _, row in fresh]

    def _asked(self, told: Told) -> tuple[str, Callable[[datetime], bool]]:
        begin, end = _moment(told, "BeginTime"), _moment(told, "EndTime")
        # a minute, for the clock of whoever asks for just these seven days
        if begin < self._exchange.now() - _HOW_FAR_BACK - timedelta(minutes=1):
            raise BadWindow("BeginTime")
        if end < begin:
            raise BadWindow("EndTime")
        if told.get("Offset") != 0:
            raise BadWindow("Offset")
        number = str(told.get("PhoneNumber", "")).removeprefix("+86")
        return number, lambda at: begin <= at < end + timedelta(seconds=1)


def _limit(told: Told) -> int:
    limit = told.get("Limit")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise BadWindow("Limit")
    return limit


def _moment(told: Told, name: str) -> datetime:
    seconds = told.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds < 10**11:
        raise BadWindow(name)
    return datetime.fromtimestamp(seconds, UTC)


def _receipt(text: Taken) -> Told:
    at = text.reported_at or text.accepted_at
    return {
        "UserReceiveTime": int(at.timestamp()),
        "CountryCode": "86",
        "SubscriberNumber": text.to,
        "PhoneNumber": f"+86{text.to}",
        "SerialNo": text.gateway_ref,
        "ReportStatus": "SUCCESS" if text.outcome == "delivered" else "FAIL",
        "Description": text.code,
        "SessionContext": text.reference,
    }


def _reply(said: Answered) -> Told:
    return {
        "ExtendCode": "",
        "CountryCode": "86",
        "PhoneNumber": f"+86{said.to}",
        "SignName": "",
        "ReplyContent": said.text,
        "ReplyTime": int(said.at.timestamp()),
        "SubscriberNumber": said.to,
    }
