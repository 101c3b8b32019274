"""Interpretations by hand: register one of a policy, hand in its file, or set a tie right."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from pusher.commands.door import (
    Door,
    Refusal,
    answer,
    json_option,
    now_option,
    open_door,
    read_bytes,
)
from pusher.commands.policy import find_policy, find_row, staff_called

if TYPE_CHECKING:
    from pusher.model.interpretation import Interpretation
    from pusher.reading.interpret import Described

FORMS = ("text", "picture", "video", "answers", "brief", "press", "adoption")
STAGES = ("before", "at", "after")


@click.command("interpret")
@click.argument("policy_id", metavar="政策编号")
@click.option("--file", metavar="文件", help="解读文件；标题、日期由系统读出")
@click.option("--tie", metavar="解读编号", help="把已读到的一份解读改为解读这份政策")
@click.option("--title", help="标题（没有文件时必填）")
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help="依次为文字、图解、视频、问答、简明版、发布会、意见采纳情况",
)
@click.option(
    "--stage", type=click.Choice(STAGES), help="发布前、随发布、发布后；不给则按发布日期判断"
)
@click.option("--on", "published_on", metavar="日期", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--address", metavar="网址", help="公众从哪里看")
@click.option("--department", metavar="单位", help="解读单位")
@click.option("--phone", metavar="电话", help="咨询电话")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@now_option
@json_option
def interpret(
    policy_id: str,
    file: str | None,
    tie: str | None,
    by: str,
    now: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """登记一份政策的解读：填标题和网址，或交一份文件；解读本身不推送。

    \b
    例：pusher policy interpret 0192… --title 一图读懂高龄津贴 --form picture \\
          --address http://www.example.gov.cn/jd/1.html --by wangli
        pusher policy interpret 0192… --file 解读.docx --by wangli
    """
    from pusher.reading.interpretations import interpretation_shape

    if ((file or tie) and said["title"]) or (bool(file) and bool(tie)):
        raise click.UsageError("--title、--file、--tie 只能给一种")
    if not (file or tie or said["title"]):
        raise click.UsageError("请给出 --title（和 --address），或 --file，或 --tie")
    with open_door(now) as door:
        document = _read(door, file, policy_id, by) if file else None
        with door.store.writing() as session:
            policy = find_policy(door, session, policy_id)
            clerk = staff_called(session, by, "clerk")
            kept = _kept(door, session, policy, document, tie, _described(said), clerk.number)
            shape = {**interpretation_shape(kept), "policy": str(policy.id)}
    answer(shape, as_json, lambda: [f"已登记：{shape['title']}（{shape['id']}）"])


@click.command("interpretation-plan")
@click.argument("policy_id", metavar="政策编号")
@click.option("--department", metavar="单位", help="谁来解读；不给则为发文机关")
@click.option("--form", type=click.Choice(FORMS), default="text", show_default=True, help="形式")
@click.option("--stage", type=click.Choice(STAGES), default="at", show_default=True, help="阶段")
@click.option(
    "--due", metavar="日期", type=click.DateTime(["%Y-%m-%d"]), help="最迟哪天；不给则按期限"
)
@click.option("--waive", metavar="原因", help="这份文件不用解读，写明原因")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@now_option
@json_option
def interpretation_plan(
    policy_id: str,
    department: str | None,
    form: str,
    stage: str,
    due: datetime | None,
    waive: str | None,
    by: str,
    now: str | None,
    as_json: bool,
) -> None:
    """定解读方案：谁来解读、什么形式、最迟哪天；或写明为什么不用解读。

    \b
    例：pusher policy interpretation-plan 0192… --form picture --due 2026-12-04 --by wangli
    """
    from dataclasses import replace

    from profiles.ages import day_of
    from pusher.model.duty import DutyKind
    from pusher.model.interpretation import Form, Stage
    from pusher.reading.interpretation_plan import plan_shape, proposed_plan, set_plan
    from pusher.terms import term_of
    from pusher.working_days import read_calendar

    with open_door(now) as door, door.store.writing() as session:
        policy = find_policy(door, session, policy_id)
        clerk = staff_called(session, by, "clerk")
        usual = proposed_plan(
            policy,
            office_name=door.office(session).name,
            days=term_of(DutyKind.INTERPRETATION_OVERDUE, door.settings.duty_days),
            calendar=read_calendar(session),
            today=day_of(door.now),
        )
        said = replace(
            usual,
            stage=Stage(stage),
            form=Form(form),
            department=department or usual.department,
            due_on=due.date() if due else usual.due_on,
            waived_because=waive,
        )
        shape = plan_shape(set_plan(session, policy, said, by=clerk.number, now=door.now))
    answer(shape, as_json, lambda: ["已定下解读方案"])


def _kept(
    door: Door,
    session: Any,
    policy: Any,
    document: UUID | None,
    tie: str | None,
    said: "Described",
    by: str,
) -> "Interpretation":
    from pusher.model.interpretation import Interpretation
    from pusher.model.policy import Policy
    from pusher.reading.interpret import adopt, check, described, register

    if document is not None:
        return adopt(session, session.get_one(Policy, document), policy, by=by, now=door.now)
    if tie is None:
        return register(session, policy, said, by=by, now=door.now)
    known: Interpretation = find_row(
        door, session, Interpretation, tie, "解读", "可用 pusher policy show 查看"
    )
    check(session, known, policy, described(known), by=by, now=door.now)
    return known


def _read(door: Door, file: str, policy_id: str, by: str) -> UUID:
    """The document of a file, kept as an interpretation."""
    from pusher.commands.tagger import office_tagger
    from pusher.reading.child import Reader
    from pusher.reading.intake import Desk, take_in

    content = read_bytes(file)
    with door.store.reading() as session:
        office_id = door.office(session).id
        find_policy(door, session, policy_id)
        clerk = staff_called(session, by, "clerk")
    with Reader() as reader:
        desk = Desk(door.store, office_id, office_tagger(door), reader, clerk.number)
        taken = take_in(desk, content, Path(file).name, now=door.now, explains=True)
    if taken.policy_id is None:
        raise Refusal(taken.reason or "没有读成", code=taken.code or "unreadable", where=file)
    return taken.policy_id


def _described(said: dict[str, Any]) -> "Described":
    from pusher.model.interpretation import Form, Stage
    from pusher.reading.interpret import Described

    day: datetime | None = said["published_on"]
    return Described(
        title=said["title"] or "",
        form=Form(said["form"]),
        stage=Stage(said["stage"]) if said["stage"] else None,
        published_on=day.date() if day else None,
        department=said["department"],
        phone=said["phone"],
        address=said["address"],
    )
