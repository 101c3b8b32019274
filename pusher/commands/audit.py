"""The audit: the last acts, the whole chain checked, and its head to be kept elsewhere."""

from dataclasses import asdict
from pathlib import Path

import click

from pusher.commands.door import Refusal, answer, json_option, open_door, read_bytes


@click.group()
def audit() -> None:
    """审计：每个操作一行，前后相接，改动可见。"""


@audit.command("verify")
@click.option(
    "--head", "files", multiple=True, metavar="文件", help="另存的核对凭据（audit head 的输出）"
)
@json_option
def audit_verify(files: tuple[str, ...], as_json: bool) -> None:
    """核对整条审计链；有改动则退出码为 1。末尾被截去要与另存的凭据比对才看得出。

    \b
    例：pusher audit verify --head 保险柜/audit-heads.jsonl
    """
    from pusher.audit import kept_heads, read_heads, verify

    lines = [read_bytes(file).decode("utf-8-sig", "replace").splitlines() for file in files]
    with open_door() as door, door.store.reading() as session:
        try:
            heads = [head for some in lines for head in read_heads(some)]
            heads += kept_heads(door.settings.home)
        except ValueError as error:
            raise Refusal(f"核对凭据无法识别：{error}", code="bad_head") from None
        breaks = verify(session, heads)
    if breaks:
        raise Refusal("审计链不完整：" + "；".join(breaks), code="audit_broken")
    answer({"breaks": [], "heads": len(heads)}, as_json, lambda: ["审计链完整"])


@audit.command("head")
@click.option("--out", metavar="文件", help="追加到这个文件，请放在别处保管")
@json_option
def audit_head(out: str | None, as_json: bool) -> None:
    """打印此刻最后一条记录的核对凭据；留存在别处，日后可查出末尾被截去或整条被重写。

    \b
    例：pusher audit head --out /mnt/usb/audit-heads.jsonl
    """
    import json

    from pusher.audit import head, keep_head

    with open_door() as door, door.store.reading() as session:
        made = head(session)
    if out:
        keep_head(Path(out), made)
    answer(asdict(made), as_json, lambda: [json.dumps(asdict(made))])


@audit.command("tail")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="几条")
@json_option
def audit_tail(limit: int, as_json: bool) -> None:
    """最近的操作。

    \b
    例：pusher audit tail --limit 50
    """
    from sqlmodel import col, select

    from pusher.commands.words import at, word
    from pusher.model.staff import AuditEntry

    with open_door() as door, door.store.reading() as session:
        newest = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit)
        rows = [
            {"number": e.number, "at": e.at.isoformat(), "by": e.by, "act": e.act, "about": e.about}
            for e in session.exec(newest)
        ]
    answer(
        rows,
        as_json,
        lambda: [
            f"{r['number']:>6}  {at(r['at'])}  {word('by_name', r['by'])}  "
            f"{word('act_name', r['act'])}（{r['act']}）  {r['about']}"
            for r in rows
        ],
    )
