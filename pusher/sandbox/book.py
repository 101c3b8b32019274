"""The templates and signatures that are registered with the stand-in vendors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

SIGN_NAME: Final = "样例政策直达"
"""The signature that every stand-in vendor knows."""

_NAMED = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")
_NUMBERED = re.compile(r"\{([1-9][0-9]?)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """One registered template.

    Attributes:
        provider: ``aliyun``, ``tencent``, ``wechat``, ``yunmas``.
        code: the vendor's code, as a client sends it.
        text: what the phone shows, with ``${name}`` for each variable or field; ``{1}``, ``{2}``
            with Tencent Cloud, which numbers them.
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
        """Names in order of first appearance; numbers in their own order."""
        found = dict.fromkeys(self._hole.findall(self.text))
        return tuple(sorted(found, key=int) if self._hole is _NUMBERED else found)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with *values* in it; every variable must have one."""
        return self._hole.sub(lambda hole: values[hole.group(1)], self.text)

    @property
    def _hole(self) -> re.Pattern[str]:
        return _NUMBERED if self.provider == "tencent" else _NAMED


class TemplateBook:
    """All registered templates by provider and code, and the known signatures."""

    def __init__(self, templates: Iterable[Template] = (), *, signs: Iterable[str] = ()) -> None:
        """Collect *templates* and *signs*; the standard ones are added, so that the printed
        configuration always works."""
        self._templates = {(each.provider, each.code): each for each in (*_STANDARD, *templates)}
        known = (SIGN_NAME, *signs)
        self.signs = set(known)
        self.own_sign = known[-1]
        """What stands in 【】 where a vendor is told a code in place of the signature."""

    @classmethod
    def standard(cls) -> Self:
        """Only what the printed configuration names."""
        return cls()

    def find(self, provider: str, code: str) -> Template | None:
        """Return the template, None if *provider* does not know it."""
        return self._templates.get((provider, code))

    def of(self, provider: str) -> list[Template]:
        """All templates of *provider*, by code."""
        found = [one for (owner, _), one in self._templates.items() if owner == provider]
        return sorted(found, key=lambda one: one.code)

    def register(self, template: Template) -> None:
        """Add *template*, or put it in the place of the one with its code."""
        self._templates[template.provider, template.code] = template

    def standard_sms(self, provider: str) -> tuple[Template, Template]:
        """Return the printed templates of *provider*: with variables, and plain."""
        filled, plain = _SMS_CODES[provider]
        return self._templates[provider, filled], self._templates[provider, plain]

    def standard_wechat(self) -> tuple[Template, Template]:
        """Return the printed templates: template message, and subscription notice."""
        return self._templates["wechat", _TEMPLATE_ID], self._templates["wechat", _SUBSCRIBE_ID]


_SMS_CODES = {
    "aliyun": ("SMS_000000001", "SMS_000000002"),
    "tencent": ("1000001", "1000002"),
    "yunmas": ("SANDBOXTEMPLATE0001", "SANDBOXTEMPLATE0002"),
}
_TEMPLATE_ID = "SandboxTemplate_0000000000000000000000000001"
_SUBSCRIBE_ID = "SandboxSubscribe_000000000000000000000000001"

_FILLED = (
    "您好，${name}：《${policy}》可能适用于您，截止${until}。详询街道政务服务大厅，回复TD退订。"
)
_PLAIN = "您关注的政策有更新，请到街道政务服务大厅咨询，回复TD退订。"

_STANDARD = (
    Template("aliyun", "SMS_000000001", _FILLED),
    Template("aliyun", "SMS_000000002", _PLAIN),
    Template(
        "tencent",
        "1000001",
        "您好，{1}：《{2}》可能适用于您，截止{3}。详询街道政务服务大厅，回复TD退订。",
    ),
    Template("tencent", "1000002", _PLAIN),
    Template("yunmas", "SANDBOXTEMPLATE0001", _FILLED),
    Template("yunmas", "SANDBOXTEMPLATE0002", _PLAIN),
    Template.of_fields(
        _TEMPLATE_ID,
        "政策提醒",
        {"thing1": "政策名称", "time2": "截止时间", "thing3": "办理提示"},
    ),
    Template.of_fields(_SUBSCRIBE_ID, "政策订阅通知", {"thing1": "政策名称", "time2": "截止时间"}),
)
