"""Paper to carry or to pin up: the leaflet of a policy, its poster, a community's set."""

from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Door, Refusal, now_option, open_door
from pusher.commands.policy import find_policy, staff_called
from pusher.commands.written import write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pusher.listening.visits import Door as Visited
    from pusher.sending.leaflet import Sheet


@click.command()
@click.argument("policy_id", metavar="[政策编号]", required=False)
@click.option("--community", help="社区名称；PDF 时连同该社区的上门名单成一套")
@click.option("--poster", is_flag=True, help="张贴用的大字版（PDF）")
@click.option("--by", metavar="登录名", help="谁来打印；经办和社区人员看得到姓名，否则脱敏")
@click.option("--out", required=True, metavar="文件", help="写到哪里（.html 或 .pdf）")
@now_option
def leaflet(
    policy_id: str | None, community: str | None, poster: bool, by: str | None, out: str,
    now: str | None,
) -> None:  # fmt: skip
    """生成大字明白纸：一页网页或 PDF；给社区的一套有封面、每份政策的明白纸和上门名单。

    \b
    例：pusher leaflet 0192… --out 明白纸.pdf
        pusher leaflet 0192… --poster --community 腊山社区 --out 张贴.pdf
        pusher leaflet --community 腊山社区 --by wangli --out 腊山社区.pdf
    """
    as_pdf = out.endswith(".pdf")
    if not as_pdf and not out.endswith(".html"):
        raise Refusal("文件名应以 .html 或 .pdf 结尾", code="format", where=out)
    if poster and not as_pdf:
        raise Refusal("张贴版只有 PDF，文件名应以 .pdf 结尾", code="format", where=out)
    if policy_id is None and not (as_pdf and community and not poster):
        raise click.UsageError("请给出政策编号；只有社区的一套 PDF 可以不给")
    with open_door(now) as door:
        if as_pdf and community and not poster:
            content = _set(door, policy_id, community, by)
        else:
            content = _one(door, str(policy_id), community, as_pdf=as_pdf, poster=poster)
    write_bytes(out, content)
    click.echo(f"已写出 {out}", err=True)


def _one(door: Door, policy_id: str, community: str | None, *, as_pdf: bool, poster: bool) -> bytes:
    """The leaflet or the poster of one policy."""
    from pusher.sending.leaflet import leaflet as page
    from pusher.sending.leaflet import sheet_of

    with door.store.reading() as session:
        policy = find_policy(door, session, policy_id)
        if not as_pdf:
            return page(session, policy, community=community, now=door.now).encode()
        sheet = sheet_of(session, policy, community=community, now=door.now)
    return _printed(door, sheet, poster=poster)


def _printed(door: Door, sheet: "Sheet", *, poster: bool) -> bytes:
    from profiles.ages import day_of
    from pusher.paper.sheets import leaflet_pdf, poster_pdf

    return (poster_pdf if poster else leaflet_pdf)(sheet, day=day_of(door.now))


def _set(door: Door, policy_id: str | None, community: str, by: str | None) -> bytes:
    """A community's set; where nobody waits there, the leaflet alone."""
    from pusher.commands.words import word
    from pusher.paper.walk import walk_pdf

    with door.store.reading() as session:
        policy = find_policy(door, session, policy_id) if policy_id else None
        doors, number = _doors(door, session, community.strip(), by, policy and policy.id)
        if doors or policy is None:
            content = walk_pdf(
                session, door.office(session), doors, now=door.now,
                say=lambda code: word("because_name", code),
            )  # fmt: skip
    if policy is not None and not doors:
        click.echo("该社区没有等着上门的人家，只生成明白纸", err=True)
        return _one(door, str(policy_id), community, as_pdf=True, poster=False)
    if number is not None:
        _note(door, doors, number)
    return content


def _doors(
    door: Door, session: Any, community: str, by: str | None, policy_id: Any
) -> "tuple[Sequence[Visited], str | None]":
    """Who waits there, and the number of whoever is shown their names; None: names masked."""
    from dataclasses import replace

    from profiles.ages import day_of
    from profiles.identity import masked_name
    from pusher.listening.visits import visit_list
    from pusher.model.staff import Role
    from pusher.paper.walk import waiting
    from pusher.staff import streets_of

    person = staff_called(session, by, "clerk", "community") if by else None
    streets = None
    if person is not None and person.role is Role.COMMUNITY:
        streets = streets_of(session, person)
    listed = visit_list(session, streets=streets, today=day_of(door.now))
    doors = waiting(listed, community=community, policy_id=policy_id)
    if person is not None:
        return doors, person.number
    return [replace(one, name=masked_name(one.name)) for one in doors], None


def _note(door: Door, doors: "Sequence[Visited]", by: str) -> None:
    """Audit that names were printed, and whose of those that the law guards most."""
    from pusher.looks import guarded, note_look
    from pusher.paper.walk import note_print

    with door.store.writing() as session:
        seen = guarded(session, [one.profile_id for one in doors], now=door.now)
        note_look(session, seen, at="visits", by=by, now=door.now)
        note_print(session, doors, by=by, now=door.now)
