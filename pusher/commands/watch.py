"""Watching columns of official sites: which ones, and one round of looking."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import answer, json_option, now_option, open_door

if TYPE_CHECKING:
    from pusher.settings import Settings
    from pusher.store import Store

ROUND_S = 10.0
"""Longest fetch of a round: a slow site must not keep the others waiting."""
BY = "watch"
"""Whom the audit trail names for what a round took in."""


@click.group()
def watch() -> None:
    """关注官方网站栏目：新政策自动读入，撤下的标出。"""


@watch.command("add")
@click.argument("address", metavar="网址")
@click.option("--name", required=True, help="栏目名称，例如 区民政局-通知公告")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
def add(address: str, name: str, by: str, now: str | None) -> None:
    """关注一个栏目（列表页）的网址。

    \b
    例：pusher watch add http://www.example.gov.cn/tzgg/ --name 区民政局-通知公告
    """
    from pusher.reading.watch import add_column

    with open_door(now) as door, door.store.writing() as session:
        office = door.office(session)
        add_column(session, office_id=office.id, name=name, address=address, by=by, now=door.now)
    click.echo("已关注，几分钟内第一次查看")


@watch.command("list")
@json_option
def list_columns(as_json: bool) -> None:
    """列出关注的栏目，上次查看的时间和遇到的问题。

    \b
    例：pusher watch list
    """
    from sqlmodel import col, select

    from pusher.model.watching import WatchedColumn

    with open_door() as door, door.store.reading() as session:
        rows = session.exec(
            select(WatchedColumn)
            .where(col(WatchedColumn.ended_at).is_(None))
            .order_by(WatchedColumn.name)
        ).all()
    shapes: list[dict[str, Any]] = [
        {
            "id": str(row.id), "name": row.name, "address": row.address,
            "looked_at": row.looked_at.isoformat() if row.looked_at else None,
            "trouble": row.trouble,
        }
        for row in rows
    ]  # fmt: skip
    told = [f"{s['name']}  {s['address']}  {s['trouble'] or '正常'}" for s in shapes]
    answer(shapes, as_json, lambda: told or ["（没有关注的栏目）"])


def watch_once(
    store: "Store",
    settings: "Settings",
    *,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
    wait: Callable[[float], None] = time.sleep,
    at_most: int = 20,
) -> Mapping[str, int]:
    """Do one round for the office: what is due is looked at, at the pace of its site."""
    from sqlmodel import select

    from profiles.model import Office
    from pusher.commands.tagger import LateTagger
    from pusher.reading.child import Reader
    from pusher.reading.fetch import Bounds, fetch
    from pusher.reading.guard import Allowance
    from pusher.reading.intake import Desk
    from pusher.reading.watch import Round
    from pusher.reading.watch import watch as look

    with store.reading() as session:
        office = session.exec(select(Office)).first()
    if office is None:
        return {}
    allowance = Allowance.of(settings.fetch_allow)
    with Reader() as reader:
        round_ = Round(
            fetch=partial(fetch, allowance=allowance, bounds=Bounds(total_s=ROUND_S)),
            reader=reader,
            desk=Desk(store, office.id, LateTagger(settings.home), reader, BY),
            every=timedelta(seconds=settings.watch_every_s),
            pace=timedelta(seconds=settings.watch_pace_s),
            wait=wait,
            at_most=at_most,
        )
        return look(round_, now=now, stop=stop)
