"""The hold of all sending: who set it and why; set by hand, lifted by hand."""

from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import answer, json_option, now_option, open_door
from pusher.commands.policy import staff_called

if TYPE_CHECKING:
    from sqlmodel import Session

CAUSES = click.Choice(["clock_jump", "restore", "deaths", "staff"])


@click.group()
def hold() -> None:
    """全部停发：查看、停发、解除。停发期间什么都不会交给运营商。"""


@hold.command("show")
@json_option
def show(as_json: bool) -> None:
    """现在是否停发、因为什么、从何时起。

    \b
    例：pusher hold show --json
    """
    with open_door() as door, door.store.reading() as session:
        shape = _shape(session)
    answer(shape, as_json, lambda: _told(shape))


@hold.command("place")
@click.option("--because", required=True, metavar="原因", help="给同事看的一句话")
@click.option("--by", required=True, metavar="登录名", help="经办或审核人员")
@now_option
@json_option
def place(because: str, by: str, now: str | None, as_json: bool) -> None:
    """立即全部停发。

    \b
    例：pusher hold place --because 发现文字有误 --by wangli
    """
    from pusher import hold as holds
    from pusher.model.clockwork import HoldCause

    with open_door(now) as door, door.store.writing() as session:
        who = staff_called(session, by, "clerk", "reviewer")
        holds.place(session, HoldCause.STAFF, because=because, by=who.number, now=door.now)
        shape = _shape(session)
    answer(shape, as_json, lambda: _told(shape))


@hold.command("lift")
@click.argument("cause", type=CAUSES, metavar="停发原因")
@click.option("--remark", required=True, metavar="说明", help="核实了什么")
@click.option("--by", required=True, metavar="登录名", help="审核人员")
@now_option
@json_option
def lift(cause: str, remark: str, by: str, now: str | None, as_json: bool) -> None:
    """解除一项停发；其他原因的停发仍然有效。

    \b
    例：pusher hold lift clock_jump --remark 已对时 --by zhaomin
    """
    from pusher import hold as holds
    from pusher.model.clockwork import HoldCause

    with open_door(now) as door, door.store.writing() as session:
        who = staff_called(session, by, "reviewer")
        holds.lift(session, HoldCause(cause), remark=remark, by=who.number, now=door.now)
        shape = _shape(session)
    answer(shape, as_json, lambda: _told(shape))


def _shape(session: "Session") -> dict[str, Any]:
    from pusher import hold as holds

    standing = [
        {
            "cause": row.cause.value,
            "name": holds.NAMES[row.cause],
            "because": row.because,
            "by": row.by,
            "since": row.since.isoformat(),
        }
        for row in holds.standing(session)
    ]
    return {"held": bool(standing), "holds": standing}


def _told(shape: dict[str, Any]) -> list[str]:
    if not shape["held"]:
        return ["没有停发，到时间的通知照常发出"]
    from pusher.commands.words import at

    return [
        f"停发中：{row['name']}（{row['cause']}），{row['by']}，"
        f"{at(row['since'])} 起：{row['because']}"
        for row in shape["holds"]
    ]
