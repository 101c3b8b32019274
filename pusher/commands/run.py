"""What keeps running: console, clockwork, stand-in gateways, and the demo that starts all three."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door, settings_here

if TYPE_CHECKING:
    from pusher.sandbox.book import TemplateBook
    from pusher.settings import Settings


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="网页端口；模拟网关用下一个",
)
@click.option(
    "--home", type=click.Path(path_type=Path), metavar="文件夹", help="数据放在哪里；默认临时文件夹"
)
@click.option("--once", is_flag=True, help="不开网页，走完整个故事，以 JSON 汇总结束")
def demo(port: int, home: Path | None, once: bool) -> None:
    """一个虚构的城区：网页、定时发送、模拟网关一起启动，Ctrl-C 一起停止。

    \b
    例：pusher demo --once
    """
    from pusher.demo.children import ChildDied, PortTaken
    from pusher.demo.story import run_demo, run_once

    try:
        if once:
            click.echo(json.dumps(run_once(home=home, port=port), ensure_ascii=False))
        else:
            run_demo(home=home, port=port)
    except PortTaken as error:
        raise Refusal(str(error), code="port_taken") from None
    except ChildDied as error:
        raise Refusal(f"演示停止：{error}", code="demo_stopped") from None


@click.command()
@click.option("--host", default=None, help="监听地址，默认取设置")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="端口，默认取设置")
def serve(host: str | None, port: int | None) -> None:
    """启动网页（工作台、公众页、网关回调）。

    \b
    例：pusher serve --port 8000
    """
    from pusher.commands.serving import serve_console

    serve_console(host=host, port=port)


@click.command()
@click.option("--list", "listing", is_flag=True, help="列出各项定时任务")
@click.option("--run", "name", metavar="名称", help="立即运行一项")
@now_option
@json_option
def jobs(listing: bool, name: str | None, now: str | None, as_json: bool) -> None:
    """定时任务：发送、回执、补查、到期；不带选项则一直运行。

    \b
    例：pusher jobs --run deliver --now 2026-11-25T09:30+08:00
    """
    import jobs as clockwork

    if listing:
        settings = settings_here()
        rows = [
            {"name": key, "every_s": job.often(settings).total_seconds(), "does": job.does}
            for key, job in clockwork.JOBS.items()
        ]
        answer(
            rows,
            as_json,
            lambda: [f"{r['name']:<10}{r['every_s']:>8g} 秒  {r['does']}" for r in rows],
        )
        return
    if name is None:
        raise SystemExit(clockwork.main())
    if name not in clockwork.JOBS:
        raise Refusal(f"没有名为“{name}”的任务；可用 pusher jobs --list 查看", code="no_job")
    from pusher.commands.doors import look_at_age, open_ways

    with open_door(now) as door:
        look_at_age(door)
        clockwork.run(
            name,
            store=door.store,
            gateways=open_ways(door.settings),
            settings=door.settings,
            now=door.now,
        )
    answer({"ran": name}, as_json, lambda: [f"已运行 {name}"])


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="端口")
@click.option(
    "--journal", type=click.Path(path_type=Path), metavar="文件", help="已受理短信存在哪里"
)
@click.option(
    "--callbacks",
    metavar="网址",
    default=None,
    help="回执推送到哪个网站，例如 http://127.0.0.1:8000",
)
@click.option("--print-config", "printing", is_flag=True, help="只打印客户端所需的配置（JSON）")
@click.option(
    "--print-settings",
    "tables",
    is_flag=True,
    help="只打印本单位演练用的通道设置，可写入 pusher.toml",
)
def sandbox(
    port: int, journal: Path | None, callbacks: str | None, printing: bool, tables: bool
) -> None:
    """模拟网关：说厂商的真实协议，有一块能看到短信的“手机屏幕”。

    \b
    例：pusher sandbox --port 8001 --callbacks http://127.0.0.1:8000
        pusher sandbox --print-settings >> pusher.toml
    """
    from pusher.sandbox.credentials import print_config

    if printing:
        click.echo(json.dumps(print_config(), ensure_ascii=False))
        return
    if tables:
        from pusher.demo.furnish import gateway_tables

        with open_door() as door, door.store.reading() as session:
            signature = door.office(session).signature
        click.echo("\n".join(gateway_tables(port=port, signature=signature)))
        return
    from pusher.demo.stand_in import serve_stand_in

    settings = settings_here()
    serve_stand_in(
        book=book_here(settings),
        port=port,
        journal=journal or settings.home / "sandbox.jsonl",
        callbacks=callbacks,
        key_file=settings.key_file,
    )


def book_here(settings: "Settings") -> "TemplateBook | None":
    """The templates with the telephone and signature of the office that is here, if one is."""
    from pusher.demo.stand_in import template_book

    if settings.database_file is None or not settings.database_file.exists():
        return None
    try:
        with open_door() as door, door.store.reading() as session:
            office = door.office(session)
            return template_book(signature=office.signature, phone=office.phone)
    except Refusal as why_not:
        # the stand-in serves clients of every kind; it needs no office
        click.echo(f"用样例单位的签名和电话：{why_not.message}", err=True)
        return None


@click.command()
def worker() -> None:
    """多一双手发送：与 pusher jobs 和别的机器上的 worker 分担同一批通知（须用 PostgreSQL）。

    \b
    例：pusher worker
    """
    from pusher.commands.serving import run_worker

    run_worker()


@click.command()
@click.option("--limit", type=click.IntRange(1), default=None, help="最多交出几条")
@now_option
@json_option
def send(limit: int | None, now: str | None, as_json: bool) -> None:
    """做一次定时发送所做的事：交出已批准、到时间、未退订的通知。

    \b
    例：pusher send --limit 100
    """
    from pusher.commands.doors import look_at_age, open_ways
    from pusher.plain import plain
    from pusher.sending.deliver import deliver

    with open_door(now) as door:
        look_at_age(door)
        found = deliver(
            door.store,
            open_ways(door.settings),
            settings=door.settings,
            now=door.now,
            limit=limit,
            owner="cli",
            patience=timedelta(seconds=door.settings.tick_s),
        )
    shape = plain(found)
    answer(
        shape,
        as_json,
        lambda: ["，".join(f"{key} {n}" for key, n in shape.items() if n) or "没有要发的"],
    )
