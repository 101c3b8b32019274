"""The templates and signatures that are registered with the stand-in vendors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

SIGN_NAME: Final = "样例政策直达"
"""The signature that every stand-in vendor knows."""

_HOLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """One registered template.

    Attributes:
        provider: ``aliyun``, ``wechat``.
        code: the vendor's code, as a client sends it.
        text: what the phone shows, with ``${name}`` for each variable or field.
    """

    provider: str
    code: str
    text: str

    @classmethod
    def of_fields(cls, code: str, title: str, fields: Mapping[str, str]) -> Self:
        """Make a WeChat template: *fields* are field name (``thing1``) to the label shown."""
        lines = [title, *(f"{label}：${{{name}}}" for name, label in fields.items())]
        return cls("wechat", code, "\n".join(lines))

    @property
    def variables(self) -> tuple[str, ...]:
        """Names in order of first appearance."""
        return tuple(dict.fromkeys(_HOLE.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with *values* in it; every variable must have one."""
        return _HOLE.sub(lambda hole: values[hole.group(1)], self.text)


class TemplateBook:
    """All registered templates by provider and code, and the known signatures."""

    def __init__(self, templates: Iterable[Template] = (), *, signs: Iterable[str] = ()) -> None:
        """Collect *templates* and *signs*; the standard ones are added, so that the printed
        configuration always works."""
        self._templates = {(each.provider, each.code): each for each in (*_STANDARD, *templates)}
        self.signs = {SIGN_NAME, *signs}

    @classmethod
    def standard(cls) -> Self:
        """Only what the printed configuration names."""
        return cls()

    def find(self, provider: str, code: str) -> Template | None:
        """Return the template, None if *provider* does not know it."""
        return self._templates.get((provider, code))

    def register(self, template: Template) -> None:
        """Add *template*, or put it in the place of the one with its code."""
        self._templates[template.provider, template.code] = template

    def standard_sms(self, provider: str) -> tuple[Template, Template]:
        """Return the printed templates of *provider*: with variables, and plain."""
        codes = {"aliyun": ("SMS_000000001", "SMS_000000002")}[provider]
        return self._templates[provider, codes[0]], self._templates[provider, codes[1]]

    def standard_wechat(self) -> tuple[Template, Template]:
        """Return the printed templates: template message, and subscription notice."""
        return self._templates["wechat", _TEMPLATE_ID], self._templates["wechat", _SUBSCRIBE_ID]


_TEMPLATE_ID = "SandboxTemplate_0000000000000000000000000001"
_SUBSCRIBE_ID = "SandboxSubscribe_000000000000000000000000001"

_STANDARD = (
    Template(
        "aliyun",
        "SMS_000000001",
        "您好，${name}：《${policy}》可能适用于您，截止${until}。详询街道政务服务大厅，回复TD退订。",
    ),
    Template(
        "aliyun", "SMS_000000002", "您关注的政策有更新，请到街道政务服务大厅咨询，回复TD退订。"
    ),
    Template.of_fields(
        _TEMPLATE_ID,
        "政策提醒",
        {"thing1": "政策名称", "time2": "截止时间", "thing3": "办理提示"},
    ),
    Template.of_fields(_SUBSCRIBE_ID, "政策订阅通知", {"thing1": "政策名称", "time2": "截止时间"}),
)
