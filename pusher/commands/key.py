"""The office's keys: a new one, which is in use, which is not needed any more."""

import sys

import click

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door


@click.group()
def key() -> None:
    """密钥：更换、查看、停用；密钥文件在数据库之外，只许本机账号读取。"""


@key.command("rotate")
@click.option(
    "--cipher", type=click.Choice(["aes", "sm4"]), default=None, help="新密钥的算法，默认取设置"
)
@click.option("--retire", "retiring", is_flag=True, help="完成后立即停用旧密钥（旧备份将打不开）")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def key_rotate(cipher: str | None, retiring: bool, by: str, now: str | None, as_json: bool) -> None:
    """换一把加密密钥，并把全部密文改用新密钥；可随时中断，再次运行接着做。

    \b
    例：pusher key rotate
        pusher key rotate --cipher sm4      改用国密 SM4
    """
    from dataclasses import asdict

    from pusher.privacy.rotate import retire, rotate

    with open_door(now) as door:
        file = door.settings.key_file
        done = rotate(
            door.store, file, kind=cipher or door.settings.seal_with, by=by, now=door.now,
            progress=_tell,
        )  # fmt: skip
        gone = retire(door.store, file, by=by, now=door.now) if retiring else []
    if done.left:
        raise Refusal(
            f"已改用第 {done.key} 号密钥，但有 {done.left} 处密文用任何密钥都打不开，"
            "保留原样；请核对密钥文件或从备份恢复",
            code="seals_broken",
        )
    answer(
        {**asdict(done), "retired": gone},
        as_json,
        lambda: [
            f"第 {done.key} 号密钥已启用，改写密文 {done.resealed} 处"
            + ("（接着上次未完的更换）" if done.resumed else ""),
            f"已停用旧密钥：{'、'.join(map(str, gone))}"
            if gone
            else "旧密钥仍在密钥文件中，以便打开旧备份；备份到期后用 pusher key retire 停用",
        ],
    )


@key.command("retire")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def key_retire(by: str, now: str | None, as_json: bool) -> None:
    """停用已没有密文使用的旧密钥；更换密钥之前做的备份将打不开。

    \b
    例：pusher key retire
    """
    from pusher.privacy.rotate import retire

    with open_door(now) as door:
        gone = retire(door.store, door.settings.key_file, by=by, now=door.now)
    answer(
        {"retired": gone},
        as_json,
        lambda: [f"已停用：{'、'.join(map(str, gone))}" if gone else "没有可停用的密钥"],
    )


@key.command("list")
@json_option
def key_list(as_json: bool) -> None:
    """列出各密钥的编号、算法和密文数；不显示密钥本身。

    \b
    例：pusher key list --json
    """
    from profiles.key_file import SIZES
    from profiles.sealing import read_keys
    from pusher.privacy.rotate import cells_under

    names = {size: name for name, size in SIZES.items()}
    with open_door() as door, door.store.reading() as session:
        keys, under = read_keys(door.settings.key_file), cells_under(session)
    rows = [
        {"number": n, "cipher": names[len(k)], "cells": under.get(n, 0), "seals": n == keys.newest}
        for n, k in sorted(keys.sealing.items())
    ]
    answer(
        rows,
        as_json,
        lambda: [
            f"{r['number']:>3}  {r['cipher']}  密文 {r['cells']} 处{'  在用' if r['seals'] else ''}"
            for r in rows
        ],
    )


def _tell(resealed: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r已改写 {resealed} 处", nl=False, err=True)
