"""The words of a notice: registered templates, what may stand in them, and how they are filled.

The texts themselves lie in ``templates/messages``. A vendor sends only what was registered with
it before (报备), so a template is filled by putting values in the place of ``${name}`` and by
nothing else.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from profiles.model import Channel
from pusher.model.errors import Unwilling
from pusher.sending.cards import TEXT, card_value, cards
from pusher.sending.shorten import length, shorten

GATEWAYS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("aliyun", "tencent", "yunmas"),
    Channel.WECHAT: ("wechat",),
    Channel.WECOM: ("wecom",),
}
"""Names of the gateways that serve a channel."""
LINKED = frozenset({Channel.WECHAT, Channel.WECOM})
"""Channels on which a notice leads to a page of its own."""
CALLED: Mapping[str, str] = {
    "aliyun": "阿里云短信",
    "tencent": "腾讯云短信",
    "yunmas": "云MAS短信",
    "wechat": "微信公众号",
    "wecom": "企业微信",
}
"""What staff call a gateway."""
_NUMBERING = frozenset({"tencent"})
"""Gateways whose vendors number the variables of a template."""
_WAYS = {Channel.SMS: "短信", Channel.WECHAT: "微信", Channel.WECOM: "企业微信"}
SMS_VARIABLE = 35
"""阿里云 [44357]: a variable takes 1 to 35 characters."""
LONGEST_SMS = 500
FIELDS = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10, "date": 40}
"""Longest value of a WeChat field by its type (微信“模板消息”参数限制)."""
_HOLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_CUTS = {
    "": {"benefit", "deadline"},
    "_no_benefit": {"deadline"},
    "_no_deadline": {"benefit"},
    "_plain": set[str](),
}


class BadWording(Unwilling):
    """A text cannot be made: a template, a value or a vendor's code is wrong or missing."""

    code = "bad_wording"


@dataclass(frozen=True, slots=True)
class Wording:
    """One text with places left open.

    Attributes:
        key: stands in `Notice.wording`: ``sms_match_resident_no_deadline``.
        channel: the way it goes.
        text: what is read, ``${name}`` for each variable or field; an SMS without signature.
        fields: variable (SMS) or field (WeChat, WeCom) → what fills it, ``${name}`` for each value.
        template: key under which it is registered with the vendor; several WeChat wordings share
            one; empty on WeCom, where nothing is registered.
    """

    key: str
    channel: Channel
    text: str
    fields: Mapping[str, str]
    template: str

    @property
    def values(self) -> frozenset[str]:
        """Names of the values it needs."""
        return frozenset(name for pattern in self.fields.values() for name in holes(pattern))


@dataclass(frozen=True, slots=True)
class Filled:
    """A text as it is read, and what the vendor is given to make it.

    Attributes:
        text: complete but for an SMS's signature.
        params: variable or field → its text.
        url: where a tap leads; None on channels without links.
    """

    text: str
    params: Mapping[str, str]
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """One template as the vendor's book has it.

    Attributes:
        key: `Wording.template`; key of the office's code in its gateway table.
        channel: the way it goes.
        code: the code that the sandbox knows it by; invented.
        text: with ``${name}`` for each variable or field.
        fields: names of the variables or fields, in the order of the text.
    """

    key: str
    channel: Channel
    code: str
    text: str
    fields: tuple[str, ...]


def wordings(*, phone: str | None = None) -> Mapping[str, Wording]:
    """All wordings by key.

    Args:
        phone: the office's telephone, a fixed word of its registered copies; None: the sample
            office's.

    Raises:
        BadWording: a template breaks a rule of the vendors, or *phone* is no office telephone.
    """
    if phone is not None and not re.fullmatch(r"(?!1[3-9]\d{9}$)[\d()（）转 -]{5,20}", phone):
        raise BadWording("办公室的咨询电话应是固定电话或服务号码，不能是手机号；请在单位设置中改正")
    return _wordings(phone)


def registered(phone: str | None = None) -> list[Registered]:
    """The book of templates, for a stand-in vendor and for registering an office's own copies.

    Args:
        phone: the office's telephone, in place of the sample office's.
    """
    sms = _read("sms")
    own = phone or sms["phone"]
    book = [
        Registered(
            f"sms_{name}", Channel.SMS, row["code"], row["text"].replace(sms["phone"], own),
            holes(row["text"]),
        )
        for name, row in sms["texts"].items()
    ]  # fmt: skip
    book += [
        Registered(f"wechat_{name}", Channel.WECHAT, row["code"], row["text"], holes(row["text"]))
        for name, row in _read("wechat")["shapes"].items()
    ]
    return book


def choose(
    known: Mapping[str, Wording], channel: Channel, about: str, *, benefit: bool, deadline: bool
) -> Wording:
    """Pick the cut of a wording that says the most of what is there, and nothing that is not.

    Args:
        known: `wordings`.
        channel: the way it goes.
        about: ``match_resident``, ``subscription``, ``reminder`` …
        benefit: there is a line on what one gets.
        deadline: there is a last day.

    Raises:
        BadWording: there is no such wording.
    """
    there = {name for name, given in (("benefit", benefit), ("deadline", deadline)) if given}
    fitting = [
        (len(says), wording)
        for cut, says in _CUTS.items()
        if (wording := known.get(f"{channel}_{about}{cut}")) and says <= there
    ]
    if not fitting:
        raise BadWording(f"没有“{channel}_{about}”这种用语，或缺少它必须写明的截止日期")
    return max(fitting, key=lambda pair: pair[0])[1]


def fill(wording: Wording, values: Mapping[str, str]) -> Filled:
    """Fill *wording* with *values*, cleaned and cut to what the vendor takes.

    Line breaks, control characters and 【】 are taken out; what is too long is shortened with …
    at a sensible place, a date never. A value is plain text: ``${title}`` inside it stays as it
    is.

    Args:
        wording: of `wordings`.
        values: value name → text, ``url`` among them where the channel has links.

    Raises:
        BadWording: a value is missing or empty, or a date is not written 2026年12月18日.
    """
    clean = {name: _cleaned(value) for name, value in values.items()}
    if wording.channel is Channel.WECOM:
        clean = {name: card_value(name, value) for name, value in clean.items()}
    if missing := sorted(name for name in wording.values if not clean.get(name)):
        raise BadWording(f"模板“{wording.key}”缺少内容：{'、'.join(missing)}")
    params = {
        field: _fitted(wording, field, _put(pattern, clean))
        for field, pattern in wording.fields.items()
    }
    url = values.get("url") if wording.channel in LINKED else None
    return Filled(_put(wording.text, params), params, url)


def vendor_code(
    wording: Wording, gateways: Mapping[str, Mapping[str, Any]], *, gateway: str | None = None
) -> str:
    """The code under which the office registered *wording* with a vendor.

    Args:
        wording: of `wordings`.
        gateways: the settings' tables by gateway name; codes stand in the table ``templates``.
        gateway: which one; None: the first of those that serve the channel and have one.

    Returns:
        Empty where the gateway is handed whole texts.

    Raises:
        BadWording: no gateway serves the channel, or none has a code for this template.
    """
    serving = [name for name in gateways if name in GATEWAYS[wording.channel]]
    asked = serving if gateway is None else [gateway]
    if not asked:
        raise BadWording(f"尚未设置{_WAYS[wording.channel]}通道，请先在设置中填写 [gateways] 一节")
    codes = (code_of(wording.template, gateways.get(name, {})) for name in asked)
    code = next((code for code in codes if code is not None), None)
    if code is None:
        raise BadWording(
            f"模板“{wording.template}”尚未向 {'、'.join(asked)} 报备；"
            f"报备后请把代码填入 [gateways.{asked[0]}.templates]"
        )
    return code


def code_of(template: str, table: Mapping[str, Any]) -> str | None:
    """The code of *template* in one gateway's table; None: not registered with its vendor.

    Empty where the gateway is handed whole texts, or the channel knows of no registering.
    """
    if not template or takes_any_words(table):
        return ""
    codes = table.get("templates")
    code = codes.get(template) if isinstance(codes, Mapping) else None
    return code.strip() or None if isinstance(code, str) else None


def as_registered(text: str, gateway: str) -> str:
    """*text* as the vendor of *gateway* wants it: ``${name}``, or ``{1}``, ``{2}`` in its order."""
    if gateway not in _NUMBERING:
        return text
    names = holes(text)
    return _HOLE.sub(lambda hole: f"{{{names.index(hole.group(1)) + 1}}}", text)


def in_order(key: str | None, params: Mapping[str, str]) -> Mapping[str, str]:
    """*params* in the order of the registered text: some vendors know variables by place alone.

    Args:
        key: of the wording they were filled for.
    """
    known = _wordings(None).get(key or "")
    if known is None or set(known.fields) != set(params):
        return params
    return {name: params[name] for name in known.fields}


def takes_any_words(table: Mapping[str, Any]) -> bool:
    """Whether a gateway is handed whole texts, so that no template is registered with it.

    Args:
        table: of the settings.
    """
    return table.get("free_text") is True


def holes(text: str) -> tuple[str, ...]:
    """Names of the ``${name}`` in *text*, in order, each once."""
    return tuple(dict.fromkeys(_HOLE.findall(text)))


@cache
def discreet_words() -> tuple[str, tuple[str, ...]]:
    """The title that gives nothing away, and the words that would; longest first."""
    page = _read("discreet")
    return page["title"], tuple(sorted(page["words"], key=len, reverse=True))


@cache
def _wordings(phone: str | None) -> Mapping[str, Wording]:
    made = {wording.key: wording for wording in (*_sms(phone), *_wechat(), *_wecom())}
    return MappingProxyType(made)


def _sms(phone: str | None) -> Iterator[Wording]:
    page = _read("sms")
    for name, row in page["texts"].items():
        key, text = f"sms_{name}", row["text"]
        _check_sms(key, text, page["phone"], asked_for=row.get("asked_for", False))
        text = text.replace(page["phone"], phone or page["phone"])
        fields = {hole: f"${{{hole}}}" for hole in holes(text)}
        yield Wording(key, Channel.SMS, text, MappingProxyType(fields), key)


def _check_sms(key: str, text: str, phone: str, *, asked_for: bool) -> None:
    """Refuse what an SMS vendor would, before anybody registers it.

    Args:
        asked_for: the person wants it now, on the phone: it is no notice to opt out of.
    """
    names = _HOLE.findall(text)
    wrong = (
        ("变量重复", len(names) != len(set(names))),
        ("变量相邻", re.search(r"\$\{\w+\}\s*\$\{", text)),
        ("用网址、电话作变量", any(re.search("url|link|phone|tel|mobile", name) for name in names)),
        ("正文有【】", re.search("[【】]", text)),
        ("正文有网址", re.search(r"https?:|www\.", text)),
        ("没有咨询电话", text.count(phone) != 1),
        ("没有退订办法", "退订" not in text and not asked_for),
        ("过长", len(_HOLE.sub("", text)) + SMS_VARIABLE * len(names) + 14 > LONGEST_SMS),
    )
    if problems := [problem for problem, found in wrong if found]:
        raise BadWording(f"模板“{key}”{'、'.join(problems)}，供应商不会受理")


def _wechat() -> Iterator[Wording]:
    page = _read("wechat")
    for about, row in page["hints"].items():
        for cut in row["shapes"]:
            shape = page["shapes"][cut]
            fields = {
                field: row["hint"] if pattern == "${hint}" else pattern
                for field, pattern in shape["fields"].items()
            }
            key = f"wechat_{about}" + ("" if cut == "full" else f"_{cut}")
            _check_wechat(key, shape["text"], fields)
            yield Wording(
                key,
                Channel.WECHAT,
                shape["text"],
                MappingProxyType(fields),
                f"wechat_{cut}",
            )


def _wecom() -> Iterator[Wording]:
    for about, fields in cards():
        yield Wording(f"wecom_{about}", Channel.WECOM, TEXT, MappingProxyType(dict(fields)), "")


def _check_wechat(key: str, text: str, fields: Mapping[str, str]) -> None:
    if set(holes(text)) != set(fields) or any(_kind(field) not in FIELDS for field in fields):
        raise BadWording(f"模板“{key}”的字段与正文不符")
    for field, pattern in fields.items():
        if "${" not in pattern and length(pattern) > FIELDS[_kind(field)]:
            raise BadWording(f"模板“{key}”的 {field} 超过{FIELDS[_kind(field)]}字")


def _fitted(wording: Wording, field: str, value: str) -> str:
    if wording.channel is Channel.SMS:
        return shorten(value, SMS_VARIABLE)
    if wording.channel is Channel.WECOM:
        return value
    kind = _kind(field)
    if kind == "date" and not _DATE.fullmatch(value):
        raise BadWording(f"模板“{wording.key}”的 {field} 应写成“2026年12月18日”的样子")
    return shorten(value, FIELDS[kind])


def _kind(field: str) -> str:
    return field.rstrip("0123456789")


def _put(pattern: str, values: Mapping[str, str]) -> str:
    # one pass: what comes in with a value is not looked at again
    return _HOLE.sub(lambda hole: values[hole.group(1)], pattern)


def _cleaned(value: str) -> str:
    spaced = re.sub(r"[\r\n\t\v\f\u0085\u2028\u2029]+", " ", value)
    kept = (c for c in spaced if c not in "【】" and unicodedata.category(c) not in _UNWANTED)
    return re.sub(r" {2,}", " ", "".join(kept)).strip()


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("templates").joinpath("messages", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
