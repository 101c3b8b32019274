"""Notice boards: what hangs where, since when, and when it came down."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door, read_bytes
from pusher.commands.policy import find_policy, staff_called

if TYPE_CHECKING:
    from pusher.listening.postings import Sheet


@click.group()
def posting() -> None:
    """公示栏张贴：哪份政策贴在哪里、哪天可以撤下。"""


@posting.command("list")
@click.option("--policy", "policy_id", help="只看一份政策")
@json_option
@now_option
def posting_list(policy_id: str | None, as_json: bool, now: str | None) -> None:
    """列出张贴：要撤下的在前。

    \b
    例：pusher posting list --policy 0192…
    """
    from profiles.ages import day_of
    from pusher.listening.postings import posting_list as listed

    with open_door(now) as door, door.store.reading() as session:
        sheets = listed(
            session,
            office_id=door.office(session).id,
            today=day_of(door.now),
            days=door.settings.posting_days,
            policy=find_policy(door, session, policy_id) if policy_id else None,
        )
        rows = [_shape(sheet) for sheet in sheets]
    answer(rows, as_json, lambda: [_line(row) for row in rows] or ["（没有）"])


@posting.command("add")
@click.argument("policy_id", metavar="政策编号")
@click.option("--community", required=True, help="哪个社区的公示栏")
@click.option("--place", default="", help="哪一块公示栏")
@click.option("--street", help="街道（代码）；不给则按社区判断")
@click.option("--on", "posted_on", metavar="日期", help="哪天贴的，默认今天")
@click.option("--photo", metavar="文件", help="照片（JPG 或 PNG）")
@click.option("--by", required=True, metavar="登录名", help="谁贴的")
@json_option
@now_option
def add(
    policy_id: str, community: str, place: str, street: str | None, posted_on: str | None,
    photo: str | None, by: str, as_json: bool, now: str | None,
) -> None:  # fmt: skip
    """登记张贴，并告诉哪天起可以撤下。

    \b
    例：pusher posting add 0192… --community 腊山社区 --photo 公示栏.jpg --by wangli
    """
    from pusher.listening.postings import keep_photo, put_up

    content = _redrawn(photo) if photo else b""
    with open_door(now) as door, door.store.writing() as session:
        person = staff_called(session, by, "clerk", "community")
        policy = find_policy(door, session, policy_id)
        row = put_up(
            session, policy, community=_name(community), place=place[:60],
            street_code=_street(session, person, street, community),
            on=_day(posted_on, door.now), by=person.number, now=door.now,
        )  # fmt: skip
        if content:
            keep_photo(session, row, content, by=person.number, now=door.now)
        shape = _found(door, session, row.id)
    answer(shape, as_json, lambda: [f"已登记张贴 {shape['id']}", _line(shape)])


@posting.command("down")
@click.argument("posting_id", metavar="张贴编号")
@click.option("--on", "down_on", metavar="日期", help="哪天撤下的，默认今天")
@click.option("--remark", default="", help="提前撤下的原因")
@click.option("--by", required=True, metavar="登录名", help="谁撤下的")
@json_option
@now_option
def down(
    posting_id: str, down_on: str | None, remark: str, by: str, as_json: bool,
    now: str | None,
) -> None:  # fmt: skip
    """登记撤下；没有贴满日数的要写明原因。

    \b
    例：pusher posting down 0192… --by wangli
    """
    from uuid import UUID

    from pusher.listening.postings import take_down
    from pusher.model.posting import Posting

    with open_door(now) as door, door.store.writing() as session:
        person = staff_called(session, by, "clerk", "community")
        try:
            row = session.get(Posting, UUID(posting_id))
        except ValueError:
            row = None
        own = _own_streets(session, person)
        if row is None or (own is not None and row.street_code not in own):
            raise Refusal(
                f"没有编号为“{posting_id}”的张贴；可用 pusher posting list 查看", code="not_found"
            )
        take_down(
            session, row, on=_day(down_on, door.now), days=door.settings.posting_days,
            by=person.number, now=door.now, remark=remark,
        )  # fmt: skip
        shape = _found(door, session, row.id)
    answer(shape, as_json, lambda: ["已登记撤下"])


def _own_streets(session: Any, person: Any) -> frozenset[str] | None:
    """The streets that a community worker may act in; None: all."""
    from pusher.model.staff import Role
    from pusher.staff import streets_of

    return streets_of(session, person) if person.role is Role.COMMUNITY else None


def _street(session: Any, person: Any, street: str | None, community: str) -> str | None:
    """The street that was given or that the community lies in, if *person* may act there."""
    from pusher.listening.postings import street_of

    found = street or street_of(session, community.strip())
    own = _own_streets(session, person)
    if own is not None and found not in own:
        raise Refusal(
            f"{community}不在账号“{person.login}”负责的街道；可用 --street 指明", code="street"
        )
    if street and not _known(session, street):
        raise Refusal(f"没有代码为“{street}”的街道", code="street", where="--street")
    return found


def _known(session: Any, street: str) -> bool:
    from profiles.model import Street

    return session.get(Street, street) is not None


def _name(community: str) -> str:
    name = community.strip()
    if not 0 < len(name) <= 60:
        raise click.BadParameter("应为 1 至 60 字", param_hint="--community")
    return name


def _day(given: str | None, now: datetime) -> date:
    from profiles.ages import day_of

    try:
        return date.fromisoformat(given) if given else day_of(now)
    except ValueError:
        raise click.BadParameter(
            f"“{given}”不是日期，应形如 2026-11-25", param_hint="--on"
        ) from None


def _redrawn(photo: str) -> bytes:
    """The photograph without place and maker, decoded in a process of its own."""
    from pusher.reading.child import Reader
    from pusher.reading.refusals import Unreadable

    try:
        with Reader() as reader:
            return reader.photo(read_bytes(photo))
    except Unreadable as why_not:
        raise Refusal(str(why_not), code=why_not.code, where=photo) from None


def _found(door: Any, session: Any, posting_id: Any) -> dict[str, Any]:
    from profiles.ages import day_of
    from pusher.listening.postings import posting_list as listed

    session.flush()
    sheets = listed(
        session, office_id=door.office(session).id, today=day_of(door.now),
        days=door.settings.posting_days,
    )  # fmt: skip
    return next(_shape(sheet) for sheet in sheets if sheet.posting.id == posting_id)


def _shape(sheet: "Sheet") -> dict[str, Any]:
    one = sheet.posting
    return {
        "id": str(one.id),
        "policy_id": str(one.policy_id),
        "policy": sheet.policy,
        "street": one.street_code,
        "community": one.community,
        "place": one.place,
        "posted_on": one.posted_on.isoformat(),
        "posted_by": one.posted_by,
        "may_come_down": sheet.may_come_down.isoformat(),
        "taken_down_on": one.taken_down_on.isoformat() if one.taken_down_on else None,
        "taken_down_by": one.taken_down_by,
        "remark": one.remark,
        "state": sheet.hanging.value,
        "photo": sheet.photo,
    }


def _line(row: dict[str, Any]) -> str:
    from pusher.commands.words import word

    until = (
        f"{row['taken_down_on']} 撤下"
        if row["taken_down_on"]
        else (f"{row['may_come_down']} 起可撤下")
    )
    return (
        f"{row['id']}  {word('posting_state', row['state'])}  {row['community']} {row['place']}  "
        f"{row['policy']}  {row['posted_on']} 张贴，{until}"
    )
