"""Supervision: what is owed by when, and that it was done."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Door, Refusal, answer, json_option, now_option, open_door
from pusher.commands.policy import staff_called

if TYPE_CHECKING:
    from sqlmodel import Session

    from pusher.listening.duty_list import Shown
    from pusher.model.duty import Duty


@click.group()
def supervise() -> None:
    """督办：该办未办的事、期限、谁来办；每天自动核对，办好的自动办结。"""


@supervise.command("list")
@click.option("--overdue", is_flag=True, help="只看逾期的")
@click.option("--owner", metavar="单位", help="只看一个责任单位或责任人")
@now_option
@json_option
def supervise_list(overdue: bool, owner: str | None, now: str | None, as_json: bool) -> None:
    """列出没有办结的督办，期限近的在前。

    \b
    例：pusher supervise list --overdue
    """
    from profiles.ages import day_of
    from pusher.listening.duty_list import duty_list

    with open_door(now) as door, door.store.reading() as session:
        found = duty_list(
            session,
            office_id=door.office(session).id,
            today=day_of(door.now),
            overdue=overdue,
            owner=owner,
        )
    answer(
        [_shape(one) for one in found],
        as_json,
        lambda: [_line(one) for one in found] or ["（没有）"],
    )


@supervise.command("close")
@click.argument("duty_id", metavar="督办编号")
@click.option("--note", required=True, metavar="说明", help="怎么办结的")
@click.option("--by", required=True, metavar="登录名", help="办理人")
@now_option
def supervise_close(duty_id: str, note: str, by: str, now: str | None) -> None:
    """办结一件督办。

    \b
    例：pusher supervise close 0192… --note 已在社区公示栏张贴 --by wangli
    """
    from pusher.duties import close

    with open_door(now) as door, door.store.writing() as session:
        person = staff_called(session, by, "clerk", "reviewer")
        close(session, _find(door, session, duty_id), note=note, by=person.number, now=door.now)
    click.echo("已办结")


@supervise.command("drop")
@click.argument("duty_id", metavar="督办编号")
@click.option("--note", required=True, metavar="说明", help="为什么不用办")
@click.option("--by", required=True, metavar="登录名", help="办理人")
@now_option
def supervise_drop(duty_id: str, note: str, by: str, now: str | None) -> None:
    """撤销一件督办：这件事不用办。

    \b
    例：pusher supervise drop 0192… --note 只对机关内部 --by wangli
    """
    from pusher.duties import drop

    with open_door(now) as door, door.store.writing() as session:
        person = staff_called(session, by, "clerk", "reviewer")
        drop(session, _find(door, session, duty_id), note=note, by=person.number, now=door.now)
    click.echo("已撤销")


@supervise.command("hand-over")
@click.argument("duty_id", metavar="督办编号")
@click.option("--to", required=True, metavar="单位", help="责任单位，或责任人的登录名")
@click.option("--by", required=True, metavar="登录名", help="办理人")
@now_option
def supervise_hand_over(duty_id: str, to: str, by: str, now: str | None) -> None:
    """把一件督办转给别的单位或同事。

    \b
    例：pusher supervise hand-over 0192… --to 区民政局 --by wangli
    """
    from pusher.duties import hand_over

    with open_door(now) as door, door.store.writing() as session:
        person = staff_called(session, by, "clerk", "reviewer")
        hand_over(session, _find(door, session, duty_id), to=to, by=person.number, now=door.now)
    click.echo("已转交")


@supervise.command("sheet")
@click.option("--week", metavar="日期", help="这一天所在的一周；默认本周")
@now_option
@json_option
def supervise_sheet(week: str | None, now: str | None, as_json: bool) -> None:
    """一周督查通报：各单位新立、按期办结、逾期办结、逾期未办各多少。

    \b
    例：pusher supervise sheet --week 2026-11-23
    """
    from profiles.ages import day_of
    from pusher.listening.duty_list import weekly_sheet
    from pusher.plain import plain

    day = _day(week) if week else None
    with open_door(now) as door, door.store.reading() as session:
        today = day_of(door.now)
        office_id = door.office(session).id
        sheet = weekly_sheet(session, office_id=office_id, monday=day or today, today=today)
        shape = {
            "monday": sheet.monday.isoformat(),
            "until": sheet.until.isoformat(),
            "owners": [plain(line) for line in sheet.lines],
            "head": [_shape(one) for one in sheet.head],
            "supervised": [_shape(one) for one in sheet.supervised],
        }
    answer(shape, as_json, lambda: _sheet_lines(shape))


def _find(door: Door, session: "Session", text: str) -> "Duty":
    from uuid import UUID

    from pusher.model.duty import Duty

    try:
        duty = session.get(Duty, UUID(text))
    except ValueError:
        duty = None
    if duty is None or duty.office_id != door.office(session).id:
        raise Refusal(
            f"没有编号为“{text}”的督办；可用 pusher supervise list 查看", code="not_found"
        )
    return duty


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"“{text}”不是日期，例如 2026-11-23") from None


def _shape(one: "Shown") -> dict[str, Any]:
    duty = one.duty
    return {
        "id": str(duty.id),
        "kind": duty.kind.value,
        "about": duty.about,
        "title": duty.title,
        "owner": duty.owner,
        "opened_at": duty.opened_at.isoformat(),
        "due_on": duty.due_on.isoformat(),
        "state": duty.state.value,
        "level": duty.level.value,
        "late_days": one.late,
        "to_do": one.act,
        "role": one.role.value,
        "page": one.page,
    }


def _line(one: "Shown") -> str:
    from pusher.commands.words import word

    duty = one.duty
    when = f"逾期{one.late}个工作日" if one.is_late else f"{duty.due_on} 为限"
    level = f"  {word('duty_level', duty.level.value)}" if duty.level.value != "none" else ""
    return f"{duty.id}  {one.name}  {duty.title}  {duty.owner}  {when}{level}\n    {one.act}"


def _sheet_lines(shape: dict[str, Any]) -> list[str]:
    counts = (("opened", "新立"), ("in_time", "按期办结"), ("late", "逾期办结"),
              ("dropped", "撤销"), ("overdue", "逾期未办"), ("running", "在办未到期"))  # fmt: skip
    owners = [
        f"{row['owner']}：" + "，".join(f"{name} {row[code]}" for code, name in counts)
        for row in shape["owners"]
    ]
    told = [f"报主管负责人：{one['title']}（{one['owner']}）" for one in shape["head"]]
    return [f"督查通报 {shape['monday']} 至 {shape['until']}", *(owners or ["（没有）"]), *told]
