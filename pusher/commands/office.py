"""Setting up an office: its database and keys, its staff."""

from typing import Any

import click

from pusher.commands.door import (
    Refusal,
    answer,
    json_option,
    open_door,
    read_bytes,
    settings_here,
)

ROLES = ("viewer", "clerk", "reviewer", "community", "admin", "auditor")


@click.command()
@click.option("--name", default="槐荫区政务公开办公室", show_default=True, help="单位名称")
@click.option("--area", default="370104", show_default=True, help="区县行政区划代码（6 位）")
@click.option("--signature", default="槐荫政务公开", show_default=True, help="短信签名，不含【】")
@click.option("--phone", default="12345", show_default=True, help="群众咨询电话")
@click.option("--admin", "login", default="admin", show_default=True, help="首位管理员的登录名")
@click.option("--number", default="0001", show_default=True, help="首位管理员的工号")
@json_option
def init(
    name: str, area: str, signature: str, phone: str, login: str, number: str, as_json: bool
) -> None:
    """建立数据库、密钥和首位管理员；打印一次性链接，没有默认密码。

    \b
    例：pusher init --name 槐荫区政务公开办公室 --area 370104 --phone 0531-87589205
    """
    from pusher.commands.setting_up import AlreadySetUp, set_up

    settings = settings_here()
    try:
        token = set_up(
            settings,
            office={"name": name, "area_code": area, "signature": signature, "phone": phone},
            login=login,
            number=number,
        )
    except AlreadySetUp as error:
        raise Refusal(str(error), code="already_set_up") from None
    link = f"{settings.public_url}/invite/{token}"
    answer(
        {"home": str(settings.home), "login": login, "invitation": link},
        as_json,
        lambda: [
            f"已在 {settings.home} 建立数据库与密钥（keys.json 请另行妥善备份，丢失无法恢复）",
            "接着运行 pusher serve（网页）；再开一个窗口运行 pusher jobs（发送、收回执）",
            f"然后请管理员 {login} 在 7 天内打开一次性链接设置密码：",
            f"  {link}",
        ],
    )


@click.group()
def staff() -> None:
    """工作人员账号。

    \b
    角色：viewer 查看、clerk 经办、reviewer 审核、community 社区、admin 管理、auditor 审计
    """


@staff.command("add")
@click.argument("login", metavar="登录名")
@click.option("--role", type=click.Choice(ROLES), required=True, help="角色")
@click.option("--number", metavar="工号", help="一人一个，也只能有一个账号；不给则顺次编号")
@click.option("--name", default="", help="姓名")
@click.option("--street", "streets", multiple=True, help="社区岗位负责的街道代码，可多次给出")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码，不生成一次性链接")
@json_option
def staff_add(
    login: str,
    role: str,
    number: str | None,
    name: str,
    streets: tuple[str, ...],
    password_stdin: bool,
    as_json: bool,
) -> None:
    """新增账号；打印一次性链接，或从标准输入读取密码。

    \b
    例：pusher staff add wangli --role clerk --number 1002 --name 王莉
    """
    from pusher import staff as accounts
    from pusher.commands.words import word
    from pusher.model.staff import Role

    password = read_bytes("-").decode("utf-8", "replace").rstrip("\r\n") if password_stdin else None
    with open_door() as door, door.store.writing() as session:
        number = number or accounts.next_number(session)
        token = accounts.add(
            session,
            login=login,
            name=name or login,
            number=number,
            role=Role(role),
            office=door.office(session),
            streets=streets,
            by="cli",
            now=door.now,
        )
        if password is not None:
            accounts.set_password(session, token, password, now=door.now)
        link = None if password is not None else f"{door.settings.public_url}/invite/{token}"
    answer(
        {"login": login, "role": role, "number": number, "invitation": link},
        as_json,
        lambda: [
            f"已新增 {login}（{word('role_name', role)}，工号 {number}）",
            *([f"请在 7 天内打开一次性链接设置密码：{link}"] if link else []),
        ],
    )


@staff.command("list")
@json_option
def staff_list(as_json: bool) -> None:
    """列出账号。

    \b
    例：pusher staff list --json
    """
    from sqlmodel import select

    from pusher.commands.words import word
    from pusher.model.staff import Staff

    with open_door() as door, door.store.reading() as session:
        rows = [
            {
                "login": s.login,
                "number": s.number,
                "name": s.name,
                "role": s.role.value,
                "active": s.disabled_at is None,
            }
            for s in session.exec(select(Staff).order_by(Staff.number))
        ]
    answer(
        rows,
        as_json,
        lambda: [
            f"{r['number']}  {r['login']:<16}{word('role_name', r['role'])}（{r['role']}）"
            f"{'' if r['active'] else '  已停用'}"
            for r in rows
        ],
    )


@staff.command("disable")
@click.argument("login", metavar="登录名")
def staff_disable(login: str) -> None:
    """停用账号，其登录立即失效。

    \b
    例：pusher staff disable wangli
    """
    from pusher import staff as accounts

    with open_door() as door, door.store.writing() as session:
        accounts.disable(session, _staff_called(session, login), by="cli", now=door.now)
    click.echo(f"已停用 {login}")


@staff.command("role")
@click.argument("login", metavar="登录名")
@click.option("--role", type=click.Choice(ROLES), required=True, help="新的角色")
@click.option("--street", "streets", multiple=True, help="社区岗位负责的街道代码，可多次给出")
def staff_role(login: str, role: str, streets: tuple[str, ...]) -> None:
    """更改角色或社区岗位的街道；已有的登录立即失效，须重新登录。

    \b
    例：pusher staff role zhoufang --role community --street 370104013
    """
    from pusher import staff as accounts
    from pusher.commands.words import word
    from pusher.model.staff import Role

    with open_door() as door, door.store.writing() as session:
        person = _staff_called(session, login)
        accounts.change_role(session, person, Role(role), streets=streets, by="cli", now=door.now)
    click.echo(f"{login} 现在是{word('role_name', role)}，须重新登录")


@staff.command("reset")
@click.argument("login", metavar="登录名")
def staff_reset(login: str) -> None:
    """为账号生成新的一次性链接，旧密码、动态码与登录立即失效。

    \b
    例：pusher staff reset wangli
    """
    from pusher import staff as accounts

    with open_door() as door, door.store.writing() as session:
        token = accounts.reset(session, _staff_called(session, login), by="cli", now=door.now)
        link = f"{door.settings.public_url}/invite/{token}"
    click.echo(f"一次性链接：{link}")


def _staff_called(session: Any, login: str) -> Any:
    from sqlmodel import select

    from pusher.model.staff import Staff

    found = session.exec(select(Staff).where(Staff.login == login)).first()
    if found is None:
        raise Refusal(f"没有登录名为 {login} 的账号；可用 pusher staff list 查看", code="not_found")
    return found
