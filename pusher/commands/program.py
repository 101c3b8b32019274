"""Other systems that may call ``/api/v1``: open, list, end."""

import click

from pusher.commands.door import answer, json_option, open_door

SCOPES = ("policies:read", "policies:write", "roster:write", "batches:read", "receipts:read")


@click.group()
def program() -> None:
    """接口程序：允许其他系统调用 /api/v1，各有各的权限。"""


@program.command("add")
@click.argument("name", metavar="名称")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@json_option
def program_add(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """开通一个程序；令牌只显示这一次。

    \b
    例：pusher program add data-hub --scope policies:read --scope receipts:read
    """
    from pusher import programs
    from pusher.model.program import Scope

    if not (name.isascii() and name.replace("-", "").isalnum() and len(name) <= 16):
        raise click.BadParameter("名称用字母、数字和连字符，不超过 16 个字符")
    with open_door() as door, door.store.writing() as session:
        token = programs.add(
            session, name, {Scope(s) for s in scopes}, office=door.office(session), by="cli",
            now=door.now,
        )  # fmt: skip
    answer(
        {"name": name, "scopes": sorted(scopes), "token": token},
        as_json,
        lambda: [f"已开通 {name}（{'、'.join(sorted(scopes))}）", f"令牌（只显示一次）：{token}"],
    )


@program.command("list")
@json_option
def program_list(as_json: bool) -> None:
    """列出程序及其权限。

    \b
    例：pusher program list
    """
    from sqlmodel import select

    from pusher.model.program import Program

    with open_door() as door, door.store.reading() as session:
        found = session.exec(select(Program).order_by(Program.name)).all()
    answer(
        [{"name": p.name, "scopes": p.scopes, "active": p.ended_at is None} for p in found],
        as_json,
        lambda: (
            [f"{p.name:<17}{'已停用 ' if p.ended_at else ''}{'、'.join(p.scopes)}" for p in found]
            or ["（没有）"]
        ),
    )


@program.command("end")
@click.argument("name", metavar="名称")
def program_end(name: str) -> None:
    """停用一个程序，令牌立即失效。

    \b
    例：pusher program end data-hub
    """
    from pusher import programs

    with open_door() as door, door.store.writing() as session:
        programs.end(session, name, by="cli", now=door.now)
    click.echo(f"已停用 {name}")
