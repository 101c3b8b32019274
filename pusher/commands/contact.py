"""The contact verbs: which addresses may be a stranger's by now, and whose they turn out to be."""

from uuid import UUID

import click

from pusher.commands.door import answer, json_option, now_option, open_door

by_option = click.option("--by", required=True, metavar="登录名", help="核实人")
way_option = click.option(
    "--way", type=click.Choice(["上门", "电话", "窗口", "验证码"]), default="电话",
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
    from profiles.addresses import address_of
    from profiles.ages import day_of
    from profiles.dossier import name_of
    from profiles.identity import masked_name, masked_phone
    from profiles.model import Channel
    from profiles.signs import to_confirm

    with open_door(now) as door, door.store.reading() as session:
        found = to_confirm(session, door.office(session).id, day=day_of(door.now))
        rows = []
        for one, person in found:
            address = address_of(session, one)
            sms = one.channel is Channel.SMS
            rows.append(
                {
                    "id": str(one.id),
                    "profile": str(person.id),
                    "name": masked_name(name_of(session, person)),
                    "channel": one.channel.value,
                    "address": masked_phone(address) if sms else f"{address[:4]}****",
                    "doubt": one.doubt.value if one.doubt else "silent",
                }
            )
    answer(
        rows,
        as_json,
        lambda: (
            [f"{r['id']}  {r['doubt']:<13}{r['address']}  {r['name']}" for r in rows]
            or ["（没有）"]
        ),
    )


@contact.command("confirm")
@click.argument("contact_id", type=click.UUID, metavar="编号")
@by_option
@way_option
@now_option
def contact_confirm(contact_id: UUID, by: str, way: str, now: str | None) -> None:
    """登记：核实过，号码是本人的，恢复正常发送。

    \b
    例：pusher contact confirm 0198… --by wangli --way 电话
    """
    _settle(contact_id, theirs=True, by=by, way=way, now=now)
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


def _settle(contact_id: UUID, *, theirs: bool, by: str, way: str, now: str | None) -> None:
    from pusher.commands.policy import staff_called
    from pusher.listening.contacts import find_contact, settle_contact

    with open_door(now) as door, door.store.writing() as session:
        one = find_contact(session, contact_id, office_id=door.office(session).id)
        person = staff_called(session, by, "clerk")
        settle_contact(session, one, theirs=theirs, by=person.number, now=door.now, way=way)
