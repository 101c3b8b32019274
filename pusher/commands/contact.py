"""The contact verbs: which addresses may be a stranger's by now, whose they turn out to be, and
which are bound at the counter."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

by_option = click.option("--by", required=True, metavar="登录名", help="核实人")
LONGEST_EVIDENCE = 200
way_option = click.option(
    "--way", type=click.Choice(["上门", "电话", "窗口"]), default="电话",
    show_default=True, help="怎么核实的",
)  # fmt: skip


@click.group()
def contact() -> None:
    """联系方式：哪些号码可能已换人，核实后恢复或停用。"""


@contact.command("doubtful")
@now_option
@json_option
def contact_doubtful(now: str | None, as_json: bool) -> None:
    """列出待核实的号码（打码）：空号或停机、称不是本人、满一年没有音讯。

    \b
    例：pusher contact doubtful
    """
    from profiles.ages import day_of
    from profiles.shown import shown_address, shown_name
    from profiles.signs import to_confirm
    from pusher.commands.words import word

    with open_door(now) as door, door.store.reading() as session:
        found = to_confirm(session, door.office(session).id, day=day_of(door.now))
        rows = []
        for one, person in found:
            rows.append(
                {
                    "id": str(one.id),
                    "profile": str(person.id),
                    "name": shown_name(session, person),
                    "channel": one.channel.value,
                    "address": shown_address(session, one),
                    "doubt": one.doubt.value if one.doubt else "silent",
                }
            )
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {r['address']}  {r['name']}  {word('doubt_name', r['doubt'])}"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@contact.command("code")
@click.argument("contact_id", type=click.UUID, metavar="编号")
@by_option
@now_option
def contact_code(contact_id: UUID, by: str, now: str | None) -> None:
    """与对方通话时，向待核实的号码发一个 6 位验证码，5 分钟内有效。

    \b
    例：pusher contact code 0198… --by wangli
    """
    from pusher.commands.doors import look_at_age, open_ways
    from pusher.commands.policy import staff_called
    from pusher.sending.code import send_code

    with open_door(now) as door:
        look_at_age(door)
        with door.store.reading() as session:
            office = door.office(session).id
            person = staff_called(session, by, "clerk")
        sent = send_code(
            door.store, open_ways(door.settings), contact_id, office_id=office,
            settings=door.settings, by=person.number, now=door.now,
        )  # fmt: skip
    click.echo(
        "不能确定验证码是否发出，请问对方收到没有；不会自动重发" if sent.unsure
        else "验证码已发出，请对方念出 6 位数字"
    )  # fmt: skip


@contact.command("confirm")
@click.argument("contact_id", type=click.UUID, metavar="编号")
@by_option
@way_option
@click.option("--code", metavar="6位数字", help="对方念出的验证码；给出时不看 --way")
@now_option
def contact_confirm(contact_id: UUID, by: str, way: str, code: str | None, now: str | None) -> None:
    """登记：核实过，号码是本人的，恢复正常发送。

    \b
    例：pusher contact confirm 0198… --by wangli --way 电话
        pusher contact confirm 0198… --by wangli --code 123456
    """
    if code is None:
        _settle(contact_id, theirs=True, by=by, way=way, now=now)
    else:
        _check(contact_id, code, by=by, now=now)
    click.echo("已核实")


@contact.command("end")
@click.argument("contact_id", type=click.UUID, metavar="编号")
@by_option
@way_option
@now_option
def contact_end(contact_id: UUID, by: str, way: str, now: str | None) -> None:
    """登记：号码不是本人的，停用，不再发送。

    \b
    例：pusher contact end 0198… --by wangli --way 上门
    """
    _settle(contact_id, theirs=False, by=by, way=way, now=now)
    click.echo("已停用")


@contact.command("bind")
@click.argument("profile_id", type=click.UUID, metavar="档案编号")
@click.option(
    "--channel", type=click.Choice(["wechat", "wecom", "sms"]), default="wechat",
    show_default=True, help="wechat 微信openid、wecom 企业微信账号、sms 手机号",
)  # fmt: skip
@click.option(
    "--address", metavar="地址", help="openid、账号或手机号；写 - 从标准输入读，不留在命令历史里"
)
@click.option("--code", "by_code", is_flag=True, help="不给地址，生成绑定码，由本人发来")
@click.option("--evidence", required=True, metavar="凭据", help="怎么知道是本人的，不写个人信息")
@by_option
@now_option
@json_option
def contact_bind(
    profile_id: UUID,
    channel: str,
    address: str | None,
    by_code: bool,
    evidence: str,
    by: str,
    now: str | None,
    as_json: bool,
) -> None:
    """把微信、企业微信或手机号绑定到一份档案；或生成绑定码，30 分钟内由本人发来。

    \b
    例：pusher contact bind 0198… --code --by wangli --evidence 本人持身份证到窗口
        pusher contact bind 0198… --address - --by wangli --evidence 本人持身份证到窗口 < openid.txt
    """
    from pusher.commands.policy import staff_called

    if (address is None) is not by_code:
        raise click.UsageError("--address 和 --code 要给一个，也只能给一个")
    if not 0 < len(evidence.strip()) <= LONGEST_EVIDENCE:
        raise click.BadParameter(f"请写明，最多{LONGEST_EVIDENCE}字", param_hint="--evidence")
    if address == "-":
        address = sys.stdin.readline().strip()
    with open_door(now) as door, door.store.writing() as session:
        number = staff_called(session, by, "clerk").number
        given = _Binding(profile_id, channel, door.office(session).id, evidence.strip(), number)
        shape = (
            _give_code(session, given, door.now)
            if address is None
            else _bind(session, given, address, door.now)
        )
    answer(shape, as_json, lambda: _bound_says(shape, by))


@dataclass(frozen=True, slots=True)
class _Binding:
    """Whom a clerk binds, which way, and what they saw."""

    profile_id: UUID
    channel: str
    office_id: UUID
    evidence: str
    by: str


def _give_code(session: Session, given: _Binding, now: datetime) -> dict[str, Any]:
    from profiles.model import Channel
    from pusher.listening.binding import give_code

    code = give_code(
        session, given.profile_id, Channel(given.channel), office_id=given.office_id,
        evidence=given.evidence, by=given.by, now=now,
    )  # fmt: skip
    return {"profile": str(given.profile_id), "code": code}


def _bind(session: Session, given: _Binding, address: str, now: datetime) -> dict[str, Any]:
    from profiles.model import Channel
    from pusher.listening.binding import bind

    bound = bind(
        session, given.profile_id, Channel(given.channel), address, office_id=given.office_id,
        evidence=given.evidence, by=given.by, now=now,
    )  # fmt: skip
    return {
        "profile": str(given.profile_id), "contact": str(bound.contact.id),
        "fresh": bound.fresh, "others": bound.others,
    }  # fmt: skip


def _bound_says(shape: dict[str, Any], by: str) -> list[str]:
    if "code" in shape:
        return [f"请本人在30分钟内向公众号（或企业微信应用、短信号码）发：绑定{shape['code']}"]
    lines = ["已绑定" if shape["fresh"] else "原来就是这份档案的，已核实"]
    if shape["others"]:
        lines.append(f"另有 {shape['others']} 份档案也用这个地址")
    undo = f"pusher contact unbind {shape['contact']} --by {by} --reason 绑错"
    return [*lines, f"撤销：{undo}"] if shape["fresh"] else lines


@contact.command("unbind")
@click.argument("contact_id", type=click.UUID, metavar="编号")
@by_option
@click.option("--reason", required=True, metavar="原因", help="为什么撤销，不写个人信息")
@now_option
def contact_unbind(contact_id: UUID, by: str, reason: str, now: str | None) -> None:
    """撤销窗口绑定：不再向这个地址发这份档案的通知。

    \b
    例：pusher contact unbind 0198… --by wangli --reason 绑错了人
    """
    from pusher.commands.policy import staff_called
    from pusher.listening.binding import unbind
    from pusher.listening.contacts import find_contact

    with open_door(now) as door, door.store.writing() as session:
        one = find_contact(session, contact_id, office_id=door.office(session).id)
        person = staff_called(session, by, "clerk")
        unbind(session, one, reason=reason[:200], by=person.number, now=door.now)
    click.echo("已撤销绑定")


def _settle(contact_id: UUID, *, theirs: bool, by: str, way: str, now: str | None) -> None:
    from pusher.commands.policy import staff_called
    from pusher.listening.contacts import find_contact, settle_contact

    with open_door(now) as door, door.store.writing() as session:
        one = find_contact(session, contact_id, office_id=door.office(session).id)
        person = staff_called(session, by, "clerk")
        settle_contact(session, one, theirs=theirs, by=person.number, now=door.now, way=way)


def _check(contact_id: UUID, typed: str, *, by: str, now: str | None) -> None:
    from pusher.commands.policy import staff_called
    from pusher.listening.codes import check_code, read_code
    from pusher.listening.contacts import find_contact
    from pusher.listening.tries import Verdict

    with open_door(now) as door:
        code = read_code(typed)
        with door.store.writing() as session:
            one = find_contact(session, contact_id, office_id=door.office(session).id)
            person = staff_called(session, by, "clerk")
            checked = check_code(session, one, code, by=person.number, now=door.now)
    if checked.verdict is not Verdict.RIGHT:
        raise Refusal(checked.said, code=f"code_{checked.verdict.value}")
