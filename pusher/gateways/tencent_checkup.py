"""What Tencent Cloud tells of signatures and templates: two lists, both free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pusher.gateways.answers import json_object
from pusher.gateways.base import Why, masked
from pusher.gateways.checkup import About, Checked
from pusher.gateways.post import Response, Word

MOST: int = 100
"""Entries of one list."""
_STATES = {0: "已通过", 1: "审核中", 2: "已通过，尚未生效", -1: "未通过审核"}
Told = Mapping[str, object]


def all_signatures() -> Told:
    """Ask for the signatures of the account: by name they cannot be asked for."""
    return {"International": 0, "SignIdSet": [], "Limit": MOST, "Offset": 0}


def these_templates(codes: Sequence[str]) -> Told:
    """Ask for templates by code, at most `MOST`."""
    return {"International": 0, "TemplateIdSet": [int(code) for code in codes]}


def is_code(text: str) -> bool:
    """Whether a template can have this code at all: a number."""
    return text.isascii() and text.isdigit() and len(text) < 19


def signature(name: str, word: Word) -> Checked:
    """Find *name* in the answer to DescribeSmsSignList."""
    rows = _rows(word, "DescribeSignListStatusSet")
    if isinstance(rows, Checked):
        return Checked(About.SIGNATURE, None, name, rows.why, rows.code, rows.said)
    found = next((row for row in rows if row.get("SignName") == name), None)
    if found is None and len(rows) >= MOST:
        return Checked(About.SIGNATURE, None, name, Why.UNKNOWN, "too_many")
    return _state(About.SIGNATURE, name, found)


def templates(codes: Sequence[str], word: Word) -> list[Checked]:
    """Find each of *codes* in the answer to DescribeSmsTemplateList."""
    rows = _rows(word, "DescribeTemplateStatusSet")
    if isinstance(rows, Checked):
        return [
            Checked(About.TEMPLATE, None, code, rows.why, rows.code, rows.said) for code in codes
        ]
    by_code = {str(row.get("TemplateId")): row for row in rows}
    return [_state(About.TEMPLATE, code, by_code.get(code)) for code in codes]


def _rows(word: Word, name: str) -> list[Told] | Checked:
    """The list, or why there is none."""
    if not isinstance(word, Response):
        return Checked(About.ACCESS, None, why=Why.TRANSIENT, code=word.code)
    told = json_object(word.body).get("Response")
    told = told if isinstance(told, dict) else {}
    error, rows = told.get("Error"), told.get(name)
    if isinstance(error, dict):
        code, said = str(error.get("Code"))[:80], masked(str(error.get("Message", "")))
        return Checked(About.ACCESS, None, why=Why.AUTH, code=code, said=said)
    if not isinstance(rows, list):
        return Checked(About.ACCESS, None, why=Why.UNKNOWN, code=f"http_{word.status}")
    return [row for row in rows if isinstance(row, dict)]


def _state(about: About, which: str, row: Told | None) -> Checked:
    if row is None:
        return Checked(about, False, which, Why.CONTENT, "not_found", "账号下没有")
    state = row.get("StatusCode")
    if state == 0:
        return Checked(about, True, which)
    said = _STATES.get(state, "") if isinstance(state, int) else ""
    reply = masked(str(row.get("ReviewReply") or ""))
    told = f"{said}：{reply}" if said and reply else said or reply
    return Checked(about, False, which, Why.CONTENT, str(state)[:80], told)
