"""Batches: draft, look, submit, approve, and whatever may have to stop them."""

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import click

from pusher.commands.door import (
    Door,
    Refusal,
    answer,
    json_option,
    now_option,
    open_door,
    read_moment,
)
from pusher.commands.policy import find_policy, find_row, staff_called
from pusher.commands.written import written


@click.group()
def batch() -> None:
    """批次：起草、预览、提交、审批、暂停、取消、核对。"""


@batch.command("draft")
@click.argument("policy_id", metavar="政策编号")
@click.option(
    "--kind",
    type=click.Choice(["first", "reminder", "correction", "interpretation"]),
    default="first",
    show_default=True,
    help="依次为首次告知、到期提醒、更正、解读",
)
@click.option(
    "--include",
    default="eligible",
    show_default=True,
    help="eligible 可能符合、possible 待核实、subscribed 订阅，用逗号分隔；解读只给告知过的人",
)
@click.option(
    "--channels",
    default="sms,wechat,wecom",
    show_default=True,
    help="sms 短信、wechat 微信、wecom 企业微信",
)
@click.option("--send-after", metavar="时间", help="不早于（ISO 8601）")
@click.option("--only-changed", is_flag=True, help="已按旧版告知、结果没有变的人不再告知")
@click.option("--by", metavar="登录名", help="经办人；不给则记为命令行")
@now_option
@json_option
def draft(
    policy_id: str,
    kind: str,
    include: str,
    channels: str,
    send_after: str | None,
    only_changed: bool,
    by: str | None,
    now: str | None,
    as_json: bool,
) -> None:
    """按最近一次名单起草一个批次；什么都还不会发出。

    \b
    例：pusher batch draft 0192… --include eligible,subscribed --by wangli
    """
    from profiles.model import Channel
    from pusher.matching.match import latest_run
    from pusher.matching.turned import no_news
    from pusher.model.batch import BatchKind
    from pusher.model.match import Decision
    from pusher.sending.compose import plan, write_down
    from pusher.sending.limits import limits_of
    from pusher.sending.prices import prices

    with open_door(now) as door:
        with door.store.reading() as session:
            row = find_policy(door, session, policy_id)
            drafted_by = staff_called(session, by, "clerk").number if by else "cli"
            run = latest_run(session, row)
            if run is None:
                raise Refusal("尚未计算名单；请先运行 pusher match", code="no_matches")
            # in a rehearsal whoever approves wants to see it leave
            at_once = None if door.settings.quiet_hours else door.now
            worked_out = plan(
                session,
                row,
                run,
                kind=BatchKind(kind),
                include=[Decision(word) for word in _words(include, Decision, "--include")],
                channels=[Channel(word) for word in _words(channels, Channel, "--channels")],
                send_after=read_moment(send_after) if send_after else at_once,
                prices=prices(door.settings.gateways),
                public_url=door.settings.public_url,
                by=drafted_by,
                now=door.now,
                limits=limits_of(door.settings),
                known=no_news(session, row) if only_changed else (),
            )
        with door.store.writing() as session:
            shape = _previewed(door, session, write_down(session, worked_out))
    answer(_without_preview(shape), as_json, lambda: _told(shape))


@batch.command("list")
@click.option("--policy", "policy_id", metavar="政策编号", help="只看一份政策")
@json_option
def list_batches(policy_id: str | None, as_json: bool) -> None:
    """列出批次，新的在前。

    \b
    例：pusher batch list
    """
    from sqlmodel import col, select

    from pusher.commands.words import at, word
    from pusher.model.batch import Batch
    from pusher.model.policy import Policy

    with open_door() as door, door.store.reading() as session:
        wanted = select(Batch, Policy.short_title).join(Policy, col(Policy.id) == Batch.policy_id)
        if policy_id:
            wanted = wanted.where(Batch.policy_id == find_policy(door, session, policy_id).id)
        rows = [
            {
                "id": str(row.id),
                "policy": str(row.policy_id),
                "title": title,
                "kind": row.kind.value,
                "state": row.state.value,
                "send_after": row.send_after.isoformat(),
            }
            for row, title in session.exec(wanted.order_by(col(Batch.id).desc()))
        ]
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {word('batch_state', r['state'])}  {at(r['send_after'])} 起发  "
                f"{r['title']}（{word('kind_name', r['kind'])}）"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@batch.command("show")
@click.argument("batch_id", metavar="批次编号")
@json_option
def show(batch_id: str, as_json: bool) -> None:
    """查看批次的状态与计数。

    \b
    例：pusher batch show 0192… --json
    """
    with open_door() as door, door.store.reading() as session:
        shape = _previewed(door, session, _find(door, session, batch_id))
    answer(_without_preview(shape), as_json, lambda: _told(shape))


@batch.command("preview")
@click.argument("batch_id", metavar="批次编号")
@json_option
def preview(batch_id: str, as_json: bool) -> None:
    """发出之前看清一切：人数、排除原因、原文样例、条数与费用。

    \b
    例：pusher batch preview 0192…
    """
    with open_door() as door, door.store.reading() as session:
        shape = _previewed(door, session, _find(door, session, batch_id))
    samples = shape["preview"]["samples"]
    answer(
        shape,
        as_json,
        lambda: [
            *_told(shape),
            *(f"  请注意：{caution}" for caution in shape["preview"]["cautions"]),
            *map(_sample, samples),
        ],
    )


def _move(name: str, role: str, said: str, help_text: str, *, needs_reason: bool = False) -> None:
    """Add one verb that moves a batch; each is one function of `pusher.sending.review`."""

    def run(
        batch_id: str, by: str, now: str | None, as_json: bool, reason: str | None = None
    ) -> None:
        from pusher.failpoint import reach
        from pusher.sending import review
        from pusher.sending.limits import limits_of

        with open_door(now) as door, door.store.writing() as session:
            row = _find(door, session, batch_id)
            person = staff_called(session, by, *role.split("|"))
            given: dict[str, Any] = {"by": person.number, "now": door.now}
            if needs_reason:
                given["reason"] = reason or "命令行未写明原因"
            if name == "submit":
                given["interpretation_needed"] = door.settings.interpretation_needed
            if name == "approve":
                given |= {
                    "shown": row.frozen_sha256 or "",
                    "gateways": door.settings.gateways,
                    "limits": limits_of(door.settings),
                }
            move: Callable[..., None] = getattr(review, name.replace("-", "_"))
            move(session, row, **given)
            session.refresh(row)
            shape = _previewed(door, session, row)
        reach("K2")
        answer(_without_preview(shape), as_json, lambda: [said, *_told(shape)])

    run.__doc__ = help_text
    verb: Any = json_option(run)
    verb = now_option(verb)
    if needs_reason:
        verb = click.option("--reason", metavar="原因", help="记入审计")(verb)
    verb = click.option("--by", required=True, metavar="登录名", help="办理人")(verb)
    batch.command(name)(click.argument("batch_id", metavar="批次编号")(verb))


_move(
    "submit",
    "clerk",
    "已提交审核",
    "提交审核：冻结名单、原文、费用与时间。\n\n\b\n例：pusher batch submit 0192… --by wangli",
)
_move(
    "approve",
    "reviewer",
    "已批准",
    "批准发送；批准人不能是提交人。\n\n\b\n例：pusher batch approve 0192… --by zhaoqiang",
)
_move(
    "send-back",
    "reviewer",
    "已退回",
    "退回修改。\n\n\b\n例：pusher batch send-back 0192… --by zhaoqiang --reason 文字有误",
    needs_reason=True,
)
_move(
    "pause",
    "clerk|reviewer",
    "已暂停",
    "立即暂停，未交出的不再交出。\n\n\b\n例：pusher batch pause 0192… --by wangli --reason 核对",
    needs_reason=True,
)
_move(
    "resume", "reviewer", "已继续", "继续发送。\n\n\b\n例：pusher batch resume 0192… --by zhaoqiang"
)
_move(
    "cancel",
    "clerk|reviewer",
    "已取消",
    "取消，未交出的不再发送。\n\n\b\n例：pusher batch cancel 0192… --by wangli --reason 政策撤回",
    needs_reason=True,
)


@batch.command("anew")
@click.argument("batch_id", metavar="批次编号")
@click.option("--remark", required=True, metavar="说明", help="怎么核实没有收到的")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@now_option
@json_option
def anew(batch_id: str, remark: str, by: str, now: str | None, as_json: bool) -> None:
    """把一个批次中待人工核实的通知另起一个草稿；须再提交、再经审核才会发出。

    \b
    例：pusher batch anew 0192… --remark 运营商记录中没有 --by wangli
    """
    from pusher.sending.anew import doubtful_of, draft_anew

    with open_door(now) as door, door.store.writing() as session:
        clerk = staff_called(session, by, "clerk")
        left = doubtful_of(session, _find(door, session, batch_id))
        if not left:
            raise Refusal("这个批次没有待人工核实的通知", code="nothing_doubtful")
        shape = _previewed(
            door, session, draft_anew(session, left, by=clerk.number, now=door.now, remark=remark)
        )
    answer(_without_preview(shape), as_json, lambda: [f"已起草另发 {len(left)} 条", *_told(shape)])


@batch.command("notices")
@click.argument("batch_id", metavar="批次编号")
@click.option("--out", required=True, metavar="文件", help="写到哪里（JSON 行）")
def notices(batch_id: str, out: str) -> None:
    """逐条导出通知及每次尝试，供对账；各状态之和等于计划数。

    \b
    例：pusher batch notices 0192… --out notices.jsonl
    """
    from pusher.listening.reconcile import notice_lines

    with open_door() as door, door.store.reading() as session:
        row = _find(door, session, batch_id)
        with written(out) as file:
            count = sum(file.write(json.dumps(n) + "\n") > 0 for n in notice_lines(session, row))
    click.echo(f"已写出 {count} 条", err=True)


@batch.command("recipients")
@click.argument("batch_id", metavar="批次编号")
@click.option("--csv", "out", required=True, metavar="文件", help="写到哪里（CSV）")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
def recipients(batch_id: str, out: str, by: str) -> None:
    """导出名单：谁、为什么、怎么告知，谁没有列入及原因（已脱敏）。

    \b
    例：pusher batch recipients 0192… --csv 名单.csv
    """
    from pusher.audit import note
    from pusher.commands.words import word
    from pusher.registers import harmless
    from pusher.sending.roll import recipients as rows

    heads = (
        "对象",
        "接收人",
        "街道",
        "渠道",
        "号码",
        "结论",
        "依据",
        "状态",
        "原因",
        "条数",
        "费用",
    )
    with open_door() as door, door.store.reading() as session:
        row = _find(door, session, batch_id)
        with written(out, encoding="utf-8-sig", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(heads)
            for r in rows(session, row, unmasked=False, offset=0, limit=1_000_000):
                cells = (
                    r.who, r.reader, r.street, word("channel_name", r.channel), r.address,
                    word("decision_name", r.decision), "；".join(r.why),
                    word("notice_state", r.state), word("reason_name", r.reason),
                    r.segments, r.price,
                )  # fmt: skip
                sheet.writerow([harmless("" if cell is None else str(cell)) for cell in cells])
        with door.store.writing() as writing:
            note(writing, "batch.export", about=("batch", row.id), by=by, now=door.now)
    click.echo(f"已写出 {out}", err=True)


def _previewed(door: Door, session: Any, row: Any) -> dict[str, Any]:
    from pusher.listening.reconcile import batch_shape
    from pusher.plain import plain
    from pusher.sending.preview import preview as look

    return {
        **batch_shape(session, row),
        "preview": plain(
            look(
                session,
                row,
                door.settings.gateways,
                interpretation_needed=door.settings.interpretation_needed,
            )
        ),
    }


def _without_preview(shape: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if key != "preview"}


def _find(door: Door, session: Any, text: str) -> Any:
    from pusher.model.batch import Batch

    return find_row(door, session, Batch, text, "批次", "可用 pusher batch list 查看")


def _words(text: str, words: Any, option: str) -> list[str]:
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    if not wanted or any(word not in list(words) for word in wanted):
        raise click.BadParameter(f"应为 {'、'.join(words)}，可用逗号分隔", param_hint=option)
    return wanted


def _told(shape: dict[str, Any]) -> list[str]:
    from pusher.commands.words import at, counted, word

    # what was sent is counted from what was taken; before that, from what would go
    begun = shape["state"] in ("sending", "paused", "finished", "lapsed", "cancelled")
    money = shape if begun else shape["preview"]
    doors = shape["offline"] if begun else money["visits"]
    reasons = counted("reason_name", shape["by_reason"])
    return [
        f"批次 {shape['id']}：{word('batch_state', shape['state'])}",
        f"  计划 {shape['planned']}（{counted('notice_state', shape['by_state']) or '没有人'}）"
        f"，上门 {doors} 户，{money['segments']} 条短信，{Decimal(money['cost']):.2f} 元",
        *([f"  不发送：{reasons}"] if reasons else []),
        f"  {at(shape['send_after'])} 起发，最迟 {at(shape['latest_at'])}",
    ]


def _sample(sample: dict[str, Any]) -> str:
    from pusher.commands.words import word

    text = sample["text"].replace("\n", "\n      ")
    return f"  {word('channel_name', sample['channel'])}，{sample['count']} 人：{text}"
