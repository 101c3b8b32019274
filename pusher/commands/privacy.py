"""What a person may ask of the office: a copy, and to be forgotten; and what the terms emptied."""

import json

import click

from pusher.commands.door import answer, json_option, now_option, open_door
from pusher.commands.policy import WHERE_PEOPLE, find_row, staff_called
from pusher.commands.written import written


@click.group()
def privacy() -> None:
    """个人信息：本人要求的副本和删除，以及到期清理。"""


@privacy.command("export")
@click.argument("profile_id", metavar="对象编号")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@click.option("--out", metavar="文件", help="写到文件（仅本人账号可读）；默认打印")
@now_option
def privacy_export(profile_id: str, by: str, out: str | None, now: str | None) -> None:
    """导出一个人的全部资料（个人信息保护法第四十五条），JSON；请核实是本人后再交付。

    \b
    例：pusher privacy export 0192… --by wangli --out 副本.json
    """
    from profiles.model import Profile
    from pusher.privacy.copy import export

    with open_door(now) as door, door.store.writing() as session:
        person = find_row(door, session, Profile, profile_id, "对象", WHERE_PEOPLE)
        staff = staff_called(session, by, "clerk", "reviewer")
        document = export(session, person, by=staff.number, now=door.now)
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    if out is None:
        click.echo(text)
        return
    with written(out) as file:
        file.write(text + "\n")
    click.echo(f"已写出 {out}", err=True)


@privacy.command("forget")
@click.argument("profile_id", metavar="对象编号")
@click.option("--by", required=True, metavar="登录名", help="经办人")
@click.option("--yes", is_flag=True, help="不再询问（删除后不能恢复）")
@now_option
@json_option
def privacy_forget(profile_id: str, by: str, yes: bool, now: str | None, as_json: bool) -> None:
    """按本人要求删除其全部资料（第四十七条）：行清空、计数保留、不再发送，不能恢复。

    \b
    例：pusher privacy forget 0192… --by wangli
    """
    import sys

    from profiles.model import Profile
    from pusher.privacy.forget import forget

    if not yes and sys.stdin.isatty():
        click.confirm("删除后不能恢复，确认删除？", abort=True, err=True)
    with open_door(now) as door, door.store.writing() as session:
        person = find_row(door, session, Profile, profile_id, "对象", WHERE_PEOPLE)
        staff = staff_called(session, by, "clerk", "reviewer")
        done = forget(session, person, by=staff.number, now=door.now)
    waits = f"；{done.waiting} 条通知等待发送结果，有结果后自动清空" if done.waiting else ""
    answer(
        {"withheld": done.withheld, "waiting": done.waiting},
        as_json,
        lambda: [f"已删除；未发的 {done.withheld} 条不再发送{waits}"],
    )


@privacy.command("purge")
@now_option
@json_option
def privacy_purge(now: str | None, as_json: bool) -> None:
    """清空超过保存期限的内容（每晚自动做），并报告清了多少。

    \b
    例：pusher privacy purge --json
    """
    from dataclasses import asdict

    from pusher.privacy.retention import purge

    with open_door(now) as door, door.store.writing() as session:
        done = purge(session, settings=door.settings, now=door.now)
    answer(
        asdict(done),
        as_json,
        lambda: [
            f"回执原文 {done.bodies}，通知正文 {done.texts}，回复 {done.replies}，"
            f"提问 {done.questions}，链接与登录 {done.codes}，张贴照片 {done.photos}，"
            f"等待确认的名册 {done.files}"
        ],
    )
