"""Hot topics: what many ask alike, and what came of it."""

from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Door, answer, json_option, now_option, open_door
from pusher.commands.policy import find_row, staff_called

if TYPE_CHECKING:
    from pusher.model.topic import Topic


@click.group()
def topics() -> None:
    """热点：同一份政策，许多人问同样的事；再解读一次，告诉原来收到通知的人。"""


@topics.command("list")
@click.option("--all", "everything", is_flag=True, help="连办结的一起列")
@json_option
def topics_list(everything: bool, as_json: bool) -> None:
    """列出热点，等着解读的在前；用词、来源、每天几件。

    \b
    例：pusher topics list
    """
    from pusher.listening.topics import said_of, topics_of

    with open_door() as door, door.store.reading() as session:
        found = topics_of(session, door.office(session).id, hot=not everything)
        rows = [_shape(session, topic) for topic in found]
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {r['title']}：{said_of(r['words'])}，共 {r['questions']} 件"
                f"{'' if r['hot'] else '（已办结）'}"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@topics.command("group")
@now_option
@json_option
def topics_group(now: str | None, as_json: bool) -> None:
    """把新来的疑问归到话题里，够热的立为督办；自动任务每小时做一次。

    \b
    例：pusher topics group
    """
    from dataclasses import asdict

    from pusher.listening.topics import group, heat_of
    from pusher.reading.taxonomy import keywords

    with open_door(now) as door, door.store.writing() as session:
        done = group(
            session, door.office(session).id, keywords=keywords(), heat=heat_of(door.settings),
            by="cli", now=door.now,
        )  # fmt: skip
    said = f"归类 {done.sorted} 件，新话题 {done.begun} 个，新热点 {done.hot} 个"
    answer(asdict(done), as_json, lambda: [said])


@topics.command("settle")
@click.argument("topic_id", metavar="话题编号")
@click.option("--interpretation", metavar="解读编号", help="用来回答的、发布后的解读")
@click.option("--dismiss", metavar="原因", help="不用再解读，写明原因")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@now_option
@json_option
def topics_settle(
    topic_id: str,
    interpretation: str | None,
    dismiss: str | None,
    by: str,
    now: str | None,
    as_json: bool,
) -> None:
    """办结一个热点：登记了解读，或不用解读。

    \b
    例：pusher topics settle 0198… --interpretation 0198… --by wangli
    """
    from pusher.listening import settling
    from pusher.model.interpretation import Interpretation
    from pusher.model.topic import Topic

    if (interpretation is None) == (dismiss is None):
        raise click.UsageError("请给出 --interpretation 或 --dismiss 中的一个")
    with open_door(now) as door, door.store.writing() as session:
        topic = find_row(door, session, Topic, topic_id, "话题", "可用 pusher topics list 查看")
        clerk = staff_called(session, by, "clerk")
        if interpretation is None:
            settling.dismiss(session, topic, remark=dismiss or "", by=clerk.number, now=door.now)
        else:
            found = _interpretation(door, session, interpretation, Interpretation)
            settling.settle(session, topic, found, by=clerk.number, now=door.now)
        shape = _shape(session, topic)
    answer(shape, as_json, lambda: ["已办结"])


def _interpretation(door: Door, session: Any, row: str, table: Any) -> Any:
    return find_row(door, session, table, row, "解读", "可用 pusher policy show 查看")


def _shape(session: Any, topic: "Topic") -> dict[str, Any]:
    from pusher.listening.settling import echo
    from pusher.listening.topics import counted_by
    from pusher.model.policy import Policy

    before, after = echo(session, topic)
    return {
        "id": str(topic.id),
        "policy": str(topic.policy_id),
        "title": session.get_one(Policy, topic.policy_id).short_title,
        "words": topic.words,
        "hot": topic.is_hot,
        "hot_at": topic.hot_at.isoformat() if topic.hot_at else None,
        "settled_at": topic.settled_at.isoformat() if topic.settled_at else None,
        "interpretation": str(topic.interpretation_id) if topic.interpretation_id else None,
        "questions": before.asked + after.asked,
        "by_source": dict(counted_by(session, topic)),
        "by_day": dict(counted_by(session, topic, by_day=True)),
        "before": _echo(before),
        "after": _echo(after),
    }


def _echo(said: Any) -> dict[str, int]:
    return {
        "questions": said.asked, "satisfied": said.satisfied, "dissatisfied": said.dissatisfied,
    }  # fmt: skip
