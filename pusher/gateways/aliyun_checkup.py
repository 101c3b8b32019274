"""What Aliyun tells of a signature and of templates: GetSmsSign and GetSmsTemplate, both free."""

from __future__ import annotations

from pusher.gateways.aliyun_codes import SEND
from pusher.gateways.answers import json_object
from pusher.gateways.base import Why, masked
from pusher.gateways.checkup import About, Checked
from pusher.gateways.post import Response, Word

_STATES = {"0": "审核中", "1": "已通过", "2": "未通过审核", "10": "已取消审核"}


def signature(name: str, word: Word) -> Checked:
    """Read the answer to GetSmsSign."""
    return _read(About.SIGNATURE, name, word, "SignStatus")


def template(code: str, word: Word) -> Checked:
    """Read the answer to GetSmsTemplate."""
    return _read(About.TEMPLATE, code, word, "TemplateStatus")


def _read(about: About, which: str, word: Word, field: str) -> Checked:
    if not isinstance(word, Response):
        return Checked(about, None, which, Why.TRANSIENT, word.code)
    told = json_object(word.body)
    code, said = (
        str(told.get("Code") or f"http_{word.status}"),
        masked(str(told.get("Message", ""))),
    )
    if code != "OK":
        why = SEND[code][1] if code in SEND else Why.UNKNOWN
        # no right to ask says nothing of the thing itself
        return Checked(about, False if why is Why.CONTENT else None, which, why, code[:80], said)
    # an integer for the one, a text for the other
    state = str(told.get(field))
    if state == "1":
        return Checked(about, True, which)
    known = state in _STATES
    return Checked(
        about, False if known else None, which, Why.CONTENT, state[:80], _STATES.get(state, "")
    )
