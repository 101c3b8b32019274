"""Keeping the office: the doctor, backup, restore, upgrade."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pusher.commands.door import (
    Refusal,
    answer,
    json_option,
    moment,
    now_option,
    open_door,
    settings_here,
    told_plainly,
)
from pusher.settings import Settings

if TYPE_CHECKING:
    from pusher.keeping.finding import Finding

_MARKS = {"fine": "✓", "note": "·", "wrong": "✗"}


@click.command()
@click.option("--quiet", is_flag=True, help="只列出有问题的")
@json_option
def doctor(quiet: bool, as_json: bool) -> None:
    """体检：每项设置及其来源（不显示密钥），以及有什么不对、该怎么办；有错则退出码为 1。

    \b
    例：pusher doctor --quiet
    """
    from pusher.clock import office_now
    from pusher.keeping.doctor import examine, shown_settings
    from pusher.keeping.finding import Level
    from pusher.sending.wording import registered
    from pusher.settings import survey_settings

    survey = survey_settings()
    settings = shown_settings(survey.settings)
    book: dict[str, list[str]] = {}
    for template in registered():
        book.setdefault(template.channel.value, []).append(template.key)
    now = office_now(survey.settings.clock_ahead)
    findings = list(examine(survey, now=now, book=book))
    sound = all(f.level is not Level.WRONG for f in findings)
    shown = [f for f in findings if not quiet or f.level is not Level.FINE]
    answer(
        {
            "ok": sound,
            "settings": [asdict(s) for s in settings],
            "findings": [asdict(f) for f in shown],
        },
        as_json,
        lambda: [
            *(
                []
                if quiet
                else [f"{s.name} = {s.value}  （{s.origin or '默认'}）" for s in settings]
            ),
            *(f"{_MARKS[f.level]} {f.about}：{f.says}" for f in shown),
            _sum_of(findings),
        ],
    )
    if not sound:
        raise SystemExit(1)


def _sum_of(findings: "Sequence[Finding]") -> str:
    """The last line: how many things want mending, how many want to be known."""
    told = Counter(f.level.value for f in findings)
    parts = [
        f"{told[level]} 处{what}（标 {_MARKS[level]}）"
        for level, what in (("wrong", "需要处理"), ("note", "请留意"))
        if told[level]
    ]
    return "，".join(parts) or "一切正常"


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@json_option
def backup(file: Path, as_json: bool) -> None:
    """备份数据库到一个加密文件；运行中也可以备份。密钥不在其中，请另行保管 keys.json。

    \b
    例：pusher backup /backup/pusher-20261127.backup
    """
    from pusher.keeping.backup import back_up

    with open_door() as door, _keeping(door.settings, str(file)):
        made = back_up(door.store, door.settings, file, now=door.now)
    answer(
        made,
        as_json,
        lambda: [
            f"已备份到 {file}（{made['bytes']:,} 字节，已回读核对）",
            f"恢复它需要当前的 keys.json：{_marks_of(made['keys'])}",
        ],
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--check", is_flag=True, help="只核对备份是否完整、密钥是否齐全，不恢复")
@click.option("--replace", is_flag=True, help="换下现有的数据库（改名保留）")
@now_option
@json_option
def restore(file: Path, check: bool, replace: bool, now: str | None, as_json: bool) -> None:
    """从备份恢复。恢复后全部停发，未发完的通知列为存疑，核对后由审核人员解除。

    \b
    例：pusher restore /backup/pusher-20261127.backup --replace
    """
    from pusher.keeping.restore import check_backup
    from pusher.keeping.restore import restore as put_back

    settings = settings_here()
    with told_plainly(settings), _keeping(settings, str(file)):
        if check:
            head = check_backup(settings, file)
            answer(head, as_json, lambda: [f"备份完整，作于 {head['made_at']}，密钥齐全"])
            return
        with _doors_shut(settings):
            done = put_back(settings, file, replace=replace, now=moment(settings, now))
    answer(
        {
            **done.head,
            "hold": "restore",
            "doubted": done.doubted,
            "kept": str(done.kept) if done.kept else None,
        },
        as_json,
        lambda: [
            f"已恢复到 {done.head['made_at']}；全部停发，{done.doubted} 条通知列为存疑",
            *([f"原数据库保留为 {done.kept}"] if done.kept else []),
            "备份之后发出的通知和收到的退订不在其中；请按《运维手册》核对，",
            "然后由审核人员运行 pusher hold lift restore --remark 核对情况 --by 登录名",
        ],
    )


@click.command()
@now_option
@json_option
def upgrade(now: str | None, as_json: bool) -> None:
    """把数据库升级到本程序的版本：先备份，再升级，再核对。请先停止 serve 与 jobs。

    \b
    例：pusher upgrade
    """
    from pusher.keeping.upgrade import upgrade as bring_up

    settings = settings_here()
    with told_plainly(settings), _keeping(settings, None), _doors_shut(settings):
        done = bring_up(settings, now=moment(settings, now))
    shape = {**asdict(done), "backup": str(done.backup) if done.backup else None}
    answer(
        shape,
        as_json,
        lambda: (
            [f"已由 {done.before} 升级到 {done.after}，核对无误", f"升级前的备份：{done.backup}"]
            if done.backup
            else [f"已是最新（{done.after}），未作更改"]
        ),
    )


@contextmanager
def _keeping(settings: Settings, where: str | None) -> Iterator[None]:
    """Say what backup, restore and upgrade refuse."""
    from pusher.keeping.backup import FileIsThere
    from pusher.keeping.restore import CannotRestore
    from pusher.keeping.running import AlreadyRunning
    from pusher.keeping.sealed_file import NotABackup
    from pusher.keeping.upgrade import NotWhole

    if not settings.home.is_dir():
        raise Refusal(f"没有文件夹 {settings.home}；请建立并放回 keys.json", code="folder")
    try:
        yield
    except AlreadyRunning as error:
        raise Refusal(str(error), code="already_running") from None
    except (FileIsThere, CannotRestore, NotABackup, NotWhole) as error:
        raise Refusal(str(error), code="backup", where=where) from None


@contextmanager
def _doors_shut(settings: Settings) -> Iterator[None]:
    from pusher.keeping.running import all_doors_shut

    with all_doors_shut(settings.home):
        yield


def _marks_of(keys: dict[str, str]) -> str:
    return "、".join(f"{name} {mark}" for name, mark in keys.items())
