"""After sending: visits, and reports."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door
from pusher.commands.policy import find_policy, find_row, staff_called

if TYPE_CHECKING:
    from pusher.listening.effects import Effects, Line


@click.group()
def visits() -> None:
    """上门名单：没有手机、由社区工作者送明白纸的人。"""


@visits.command("list")
@click.option("--batch", "batch_id", help="只看一个批次")
@click.option("--street", help="只看一个街道（代码）")
@json_option
def visits_list(batch_id: str | None, street: str | None, as_json: bool) -> None:
    """列出上门名单。

    \b
    例：pusher visits list --street 370104013
    """
    from profiles.ages import day_of
    from profiles.identity import masked_name
    from pusher.commands.words import word
    from pusher.listening.visits import visit_list
    from pusher.model.batch import Batch

    with open_door() as door, door.store.reading() as session:
        row = (
            find_row(door, session, Batch, batch_id, "批次", "可用 pusher batch list 查看")
            if batch_id
            else None
        )
        rows = [
            {
                "id": str(one.id),
                "name": masked_name(one.name),
                "street": one.street_code,
                "community": one.community,
                "policy": one.policy,
                "because": one.because,
                "state": one.state.value,
            }
            for one in visit_list(session, street=street, batch=row, today=day_of(door.now))
        ]
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {word('visit_state', r['state'])}  {r['community'] or r['street']}  "
                f"{r['name']}  {r['policy']}"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@visits.command("tick")
@click.argument("visit_id", metavar="上门编号")
@click.option("--by", required=True, metavar="登录名", help="登记人")
@click.option("--not-met", is_flag=True, help="没见到人，改日再去")
@click.option("--remark", default="", help="备注（不写个人情况）")
@click.option("--theirs/--not-theirs", default=None, help="当面核实：待核实的号码是不是本人的")
@now_option
def visits_tick(
    visit_id: str, by: str, not_met: bool, remark: str, theirs: bool | None, now: str | None
) -> None:
    """登记一次上门。

    \b
    例：pusher visits tick 0192… --by wangli
    """
    from uuid import UUID

    from pusher.listening.visits import tick
    from pusher.model.batch import Visit
    from pusher.staff import streets_of

    with open_door(now) as door, door.store.writing() as session:
        try:
            visit = session.get(Visit, UUID(visit_id))
        except ValueError:
            visit = None
        if visit is None:
            raise Refusal(f"没有编号为“{visit_id}”的上门", code="not_found")
        person = staff_called(session, by, "clerk", "community")
        theirs_alone = streets_of(session, person)
        if theirs_alone and visit.street_code not in theirs_alone:
            raise Refusal(f"没有编号为“{visit_id}”的上门", code="not_found")
        tick(
            session, visit, done=not not_met, by=person.number, now=door.now, remark=remark,
            theirs=theirs,
        )  # fmt: skip
    click.echo("已登记")


@click.command()
@click.option("--policy", "policy_id", help="只看一份政策")
@click.option("--batch", "batch_id", help="只看一个批次")
@click.option("--since", metavar="时间", help="从何时起（ISO 8601）")
@click.option("--elderly", is_flag=True, help="多于两万人也打开档案数老年人（每万人约2秒）")
@json_option
def report(
    policy_id: str | None, batch_id: str | None, since: str | None, elderly: bool, as_json: bool
) -> None:
    """统计：计划、发出、送达、未达、退订、上门、费用（按行计数）。

    不指定批次时，另列各政策和各月的成效：找到、告知、送到、上门、回音、用时（每人每份政策计一次）。

    \b
    例：pusher report --since 2026-11-01 --json
    """
    from profiles.ages import day_of
    from pusher.commands.door import read_moment
    from pusher.listening.effects import effects
    from pusher.listening.report import report as count
    from pusher.model.batch import Batch
    from pusher.plain import plain

    with open_door() as door, door.store.reading() as session:
        found = count(
            session,
            policy=find_policy(door, session, policy_id) if policy_id else None,
            batch=find_row(door, session, Batch, batch_id, "批次", "可用 pusher batch list 查看")
            if batch_id
            else None,
            since=read_moment(since) if since else None,
        )
        shape: dict[str, Any] = plain(found)
        if batch_id is None:
            came = effects(
                session,
                office_id=door.office(session).id,
                since=day_of(read_moment(since)) if since else _BEGINNING,
                today=day_of(door.now),
                policy=find_policy(door, session, policy_id).id if policy_id else None,
                open_at_most=None if elderly else _OPENED,
            )
            shape["effects"] = _came(came)
    answer(shape, as_json, lambda: _reported(shape))


_BEGINNING = date(2000, 1, 1)
"""Before any policy of any office."""
_OPENED = 20_000
"""Dossiers that are opened without being asked for: four seconds."""


def _came(found: "Effects") -> dict[str, Any]:
    """The effects as JSON, with what is reckoned from each line beside it."""
    from pusher.plain import plain

    def line(one: "Line") -> dict[str, Any]:
        reckoned = {"cost_each": one.cost_each, "satisfaction": one.satisfaction}
        return {**plain(one), **plain(reckoned)}

    return {
        **plain(found),
        "total": line(found.total),
        "by_policy": [line(one) for one in found.by_policy],
        "by_month": [line(one) for one in found.by_month],
    }


def _reported(shape: dict[str, Any]) -> list[str]:
    from pusher.commands.words import counted

    doors = counted("visit_state", shape["visits"])
    return [
        f"批次 {shape['batches']} 个，计划告知 {shape['planned']} 条："
        f"{counted('notice_state', shape['by_state']) or '没有'}",
        f"已交出的：{counted('outcome_name', shape['by_outcome']) or '没有'}"
        + (f"（企业微信 {shape['untold']} 条不给回执）" if shape["untold"] else ""),
        f"不发送的：{counted('reason_name', shape['by_reason']) or '没有'}",
        f"上门 {shape['offline']} 户{f'：{doors}' if doors else ''}",
        f"短信 {shape['segments']} 条，费用 {Decimal(shape['cost']):.2f} 元；"
        f"回执 {shape['receipts']}，退订 {shape['opt_outs']}（待人判断 {shape['doubtful']}），"
        f"存疑待核实 {shape['left_to_staff']}",
        *_effect_lines(shape.get("effects")),
    ]


def _effect_lines(came: dict[str, Any] | None) -> list[str]:
    from pusher.commands.words import word

    if not came or not came["by_policy"]:
        return []
    told = [
        f"{one['month']}  {one['name']}：找到 {one['found']}，告知 {one['told']}，"
        f"送到 {one['reached']}（上门 {one['visited']}），提问 {one['asked']}，"
        f"诉求 {one['complained']}，退订 {one['opted_out']}，{Decimal(one['cost']):.2f} 元"
        for one in came["by_policy"]
    ]
    why = "，".join(
        f"{word('effect_why' if code in _WHY else 'reason_name', code)} {number}"
        for code, number in came["not_told"].items()
    )
    return ["成效（每人每份政策计一次）：", *told, f"找到却没告知：{why or '没有'}"]


_WHY = ("not_taken_in", "unsure", "waiting", "failed", "visit_waiting")
"""Why not, beside the reasons of a notice that was left out."""
