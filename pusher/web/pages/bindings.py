"""At the counter: a code for somebody who follows the account, and taking a binding back."""

from uuid import UUID

from fastapi import APIRouter, Response

from profiles.model import Channel
from pusher.listening.binding import give_code, unbind
from pusher.listening.contacts import find_contact
from pusher.web.desk import DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk
from pusher.web.layout import go
from pusher.web.pages.profiles import find_profile
from pusher.web.raw_body import StaffForm

router = APIRouter()
_WHERE = {
    Channel.SMS: "用手机短信",
    Channel.WECHAT: "向公众号",
    Channel.WECOM: "在本单位的企业微信应用里",
}


@router.post("/profiles/{profile_id}/binding-code")
def binding_code(profile_id: UUID, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Give out a code that its holder sends to the account; said once, kept nowhere."""
    fields = Fields(form)
    evidence = fields.text("evidence", "怎么知道是本人的", most=200)
    typed = fields.choice("channel", "渠道", Channel) if fields.typed("channel") else None
    channel = Channel(typed or Channel.WECHAT)
    said = "没有给出绑定码：请写明怎么知道是本人的。"
    if fields.sound:
        with fields.heeding(), desk.store.writing() as session:
            profile = find_profile(session, who, profile_id)
            code = give_code(
                session, profile.id, channel, office_id=who.office_id, evidence=evidence,
                by=who.number, now=desk.now(),
            )  # fmt: skip
            said = f"请本人在30分钟内{_WHERE[channel]}发：绑定{code}"
    return go(f"/profiles/{profile_id}#reach", desk=desk, said=fields.errors.get("main", said))


@router.post("/contacts/{contact_id}/unbind")
def take_back(contact_id: UUID, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Take a binding back."""
    fields = Fields(form)
    reason = fields.text("reason", "为什么撤销", most=200)
    said = "没有撤销：请写明原因。"
    with desk.store.writing() as session:
        contact = find_contact(session, contact_id, office_id=who.office_id)
        profile_id = contact.profile_id
        if fields.sound:
            unbind(session, contact, reason=reason, by=who.number, now=desk.now())
            said = "已撤销绑定，不再向那里发。"
    return go(f"/profiles/{profile_id}#reach", desk=desk, said=said)
