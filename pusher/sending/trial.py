"""Try a gateway: ask its vendor about the account, or send one text to somebody who waits for it.

Like `code` it commits by itself: that a text is sent on trial stands in the audit before the socket
opens. It is sent once, whatever comes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, select

from profiles.addresses import contact_index, read_address
from profiles.columns import new_id
from profiles.identity import BadIdentity, masked_number, masked_phone
from profiles.model import Channel, Office
from profiles.optouts import has_opted_out
from profiles.sealing import sealer_of
from profiles.shown import masked_address
from pusher.audit import note
from pusher.gateways.base import Answer, Gateway, Parcel, Result, Why, boot_seconds
from pusher.gateways.checkup import Checkable, Checked
from pusher.hold import is_held
from pusher.model.errors import Unwilling
from pusher.sending.claim import call_of
from pusher.sending.segments import signed
from pusher.sending.wording import Registered, code_of, fill, vendor_code, wordings
from pusher.settings import Settings
from pusher.store import Store

PLAIN: Final = {channel: f"{channel}_match_resident_plain" for channel in Channel}
"""The wording that is sent where the table names no template without variables."""
_SAMPLE: Final = {"title": "通道测试，请忽略", "office": "通道测试"}
_VENDORS_OWN: Final = ("plain_template_code", "plain_template_id")
"""Keys of a table that name a template without variables."""

TO_DO: Final[Mapping[Why, str]] = {
    Why.NONE: "",
    Why.AUTH: "请核对密钥、应用编号、IP 白名单和系统时间",
    Why.QUOTA: "请充值，或在厂商控制台调高当日额度",
    Why.CONTENT: "请在厂商控制台核对签名和模板是否审核通过、编号与变量个数是否一致",
    Why.RECIPIENT: "请换一个能收到的号码再试",
    Why.OPT_OUT: "这个号码在厂商处拒收，请换一个再试",
    Why.MISUSE: "请求不合厂商的格式，请把代码告诉开发人员",
    Why.THROTTLED: "发得太快或当日太多，请过一会儿再试",
    Why.TRANSIENT: "请检查网络、防火墙和 endpoint，稍后再试",
    Why.LEASE_OVER: "这台机器太忙，请再试一次",
    Why.UNKNOWN: "厂商的代码不在我们的表里，请查厂商文档，并告诉开发人员",
}
"""What to do about each class of trouble, in Chinese."""
LOOK_FIRST: Final = "可能已经发出：请先看手机收到没有，不要急着再试"


class CannotTry(Unwilling):
    """Nothing was sent on trial, for a reason of ours."""

    code = "cannot_try"


@dataclass(frozen=True, slots=True)
class Trial:
    """One text that was sent on trial, and what came of it."""

    to: str
    answer: Answer

    @property
    def to_do(self) -> str:
        """What to do now, in Chinese; empty if all is well."""
        return LOOK_FIRST if self.answer.result is Result.UNSURE else TO_DO[self.answer.why]


def check_account(
    gateway: Gateway, table: Mapping[str, Any], book: Sequence[Registered]
) -> list[Checked] | None:
    """Ask the vendor about access, clock, signature and the templates in *table*; free of charge.

    Returns:
        None if this vendor can only be tried by sending. ``which`` of a template is its key of
        ours and the vendor's code.
    """
    if not isinstance(gateway, Checkable):
        return None
    ours = {
        code: one.key
        for one in book
        if one.channel == gateway.channel and (code := code_of(one.key, table))
    }
    return [
        replace(one, which=f"{ours[one.which]}（{one.which}）") if one.which in ours else one
        for one in gateway.check(list(ours))
    ]


def send_trial(
    store: Store,
    gateway: Gateway,
    to: str,
    *,
    settings: Settings,
    by: str,
    now: datetime,
) -> Trial:
    """Send one plain text to *to*, also through a gateway that is paused. Audited.

    Args:
        to: mobile number, openid, or a member's name.
        by: staff number, or ``cli``.

    Raises:
        CannotTry: *to* is no address of the channel, its owner does not want to hear from the
            office, or all sending is held.
        BadWording: no template is registered with this vendor to try.
    """
    channel = Channel(gateway.channel)
    try:
        to = read_address(channel, to)
    except BadIdentity as error:
        raise CannotTry(str(error)) from None
    about = ("gateway", gateway.name)
    with store.writing() as session:
        _look_for_a_stop(session, channel, to)
        parcel = _parcel(session, gateway.name, channel, to, settings)
        call = parcel.reference
        note(session, "gateway.try", about=about, by=by, now=now, to=shown(channel, to), call=call)
    [answer] = gateway.hand_over([parcel], deadline=boot_seconds() + settings.call_timeout_s)
    with store.writing() as session:
        note(
            session, "gateway.tried", about=about, by=by, now=now, call=call,
            result=answer.result.value, why=answer.why.value, code=answer.code[:80],
        )  # fmt: skip
    return Trial(shown(channel, to), answer)


def _look_for_a_stop(session: Session, channel: Channel, to: str) -> None:
    if is_held(session):
        raise CannotTry("目前全部停发，测试也不发；解除停发后再试")
    index = contact_index(sealer_of(session), channel, to)
    if has_opted_out(session, profile_ids=[], address_index=index, channel=channel, topics=[]):
        raise CannotTry("这个号码已退订，测试也不发；请换一个号码")


def _parcel(session: Session, name: str, channel: Channel, to: str, settings: Settings) -> Parcel:
    office = session.exec(select(Office)).one()
    table, reference = settings.gateways.get(name, {}), call_of(new_id())
    own = next((str(table[key]) for key in _VENDORS_OWN if table.get(key)), None)
    if own is not None:
        return Parcel(reference, to, own, {})
    wording = wordings(phone=office.phone)[PLAIN[channel]]
    # a vendor that drops repeats tells them by what they say
    filled = fill(wording, {**_SAMPLE, "url": f"{settings.public_url}#{reference}"})
    text = signed(filled.text, office.signature) if channel is Channel.SMS else filled.text
    template = vendor_code(wording, settings.gateways, gateway=name)
    return Parcel(reference, to, template, filled.params, filled.url, text)


def shown(channel: Channel, to: str) -> str:
    """*to* as staff may see it: 199****0007."""
    if channel is Channel.WECOM:
        return masked_address(channel, to)
    return masked_phone(to) if to.isdigit() else masked_number(to)
