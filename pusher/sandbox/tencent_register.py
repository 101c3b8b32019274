"""What Tencent Cloud lists of an account: its signatures and its templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pusher.sandbox.book import Template
from pusher.sandbox.exchange import Exchange
from pusher.sandbox.tencent_pulls import BadWindow

_MOST = 100
Told = Mapping[str, object]


class TencentRegister:
    """The two lists; all that stands in the book is approved."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.kinds: dict[str, Callable[[Told], dict[str, object]]] = {
            "DescribeSmsSignList": self._signatures,
            "DescribeSmsTemplateList": self._templates,
        }
        """By action, what answers it; each raises BadWindow."""

    def _signatures(self, told: Told) -> dict[str, object]:
        rows = [
            {
                "SignId": number,
                "International": 0,
                "StatusCode": 0,
                "ReviewReply": "",
                "SignName": sign,
                "CreateTime": 0,
            }
            for number, sign in enumerate(sorted(self._exchange.book.signs), 1)
        ]
        wanted = _numbers(told, "SignIdSet")
        return {"DescribeSignListStatusSet": _page(rows, "SignId", wanted, told)}

    def _templates(self, told: Told) -> dict[str, object]:
        rows = [
            _row(template)
            for template in self._exchange.book.of("tencent")
            if template.code.isdigit()
        ]
        wanted = _numbers(told, "TemplateIdSet")
        return {"DescribeTemplateStatusSet": _page(rows, "TemplateId", wanted, told)}


def _row(template: Template) -> dict[str, object]:
    return {
        "TemplateId": int(template.code),
        "International": 0,
        "StatusCode": 0,
        "ReviewReply": "",
        "TemplateName": template.code,
        "CreateTime": 0,
        "TemplateContent": template.text,
    }


def _page(
    rows: list[dict[str, object]], key: str, wanted: list[int], told: Told
) -> list[dict[str, object]]:
    if wanted:
        return [row for row in rows if row[key] in wanted]
    limit, offset = told.get("Limit", 10), told.get("Offset", 0)
    if not isinstance(limit, int) or not 0 <= limit <= _MOST:
        raise BadWindow("Limit")
    if not isinstance(offset, int) or offset < 0:
        raise BadWindow("Offset")
    return rows[offset : offset + limit]


def _numbers(told: Told, name: str) -> list[int]:
    numbers = told.get(name, [])
    if not isinstance(numbers, list) or len(numbers) > _MOST:
        raise BadWindow(name)
    if not all(isinstance(number, int) for number in numbers):
        raise BadWindow(name)
    return numbers
