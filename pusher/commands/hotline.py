"""The hotline verbs: check and take in worksheets of 12345, list the imports, take one back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import answer, json_option, now_option, open_door, read_bytes
from pusher.commands.policy import find_row

if TYPE_CHECKING:
    from pusher.listening.hotline import Taken

SHOWN = 50
"""Cells told of on a screen."""


@click.group()
def hotline() -> None:
    """热线：12345 工单导入为群众的疑问，对上所问的政策；每次导入都能查、能撤。"""


@hotline.command("import")
@click.argument("file", metavar="文件")
@click.option("--dry-run", is_flag=True, help="只检查，不保存")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def hotline_import(file: str, dry_run: bool, by: str, now: str | None, as_json: bool) -> None:
    """导入一份 12345 工单表（XLSX，或 UTF-8、GB18030 的 CSV）；同一工单只导一次。

    必须有“工单编号”“来电时间”“诉求内容”三列，可以有“诉求类别”“所属区域”“是否办结”。
    内容里的号码、姓名和门牌先遮盖，再加密保存。

    \b
    例：pusher hotline import 十一月工单.xlsx --dry-run
    """
    from pusher.listening.hotline import Sheet, look, take_in, work_out
    from pusher.reading.taxonomy import keywords

    content = read_bytes(file)
    with open_door(now) as door:
        with door.store.reading() as session:
            office = door.office(session)
            sheet = Sheet(content, Path(file).name, office, keywords(), by, door.now)
            worked = work_out(session, sheet)
            taken = look(session, worked)
        if not dry_run:
            with door.store.writing() as session:
                taken = take_in(session, worked)
    document = _document(taken)
    answer(document, as_json, lambda: _lines(document, dry_run=dry_run))


@hotline.command("imports")
@json_option
def hotline_imports(as_json: bool) -> None:
    """列出导入记录，最近的在前。

    \b
    例：pusher hotline imports
    """
    from pusher.commands.words import at
    from pusher.listening.hotline import imports_of

    with open_door() as door, door.store.reading() as session:
        rows = [
            {
                "id": str(one.id), "file": one.file_name, "by": one.by, "at": one.at.isoformat(),
                "added": one.added, "known": one.known, "answered": one.answered,
                "rejected": len(one.rejected), "undone": one.undone_at is not None,
            }
            for one in imports_of(session, door.office(session).id)
        ]  # fmt: skip
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {at(r['at'])}  新增 {r['added']}，以前导过 {r['known']}"
                f"{'（已撤销）' if r['undone'] else ''}  {r['file']}"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@hotline.command("undo")
@click.argument("import_id", metavar="导入编号")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def hotline_undo(import_id: str, by: str, now: str | None, as_json: bool) -> None:
    """撤销一次导入：它带来的工单移除，已有人处理过的保留。

    \b
    例：pusher hotline undo 0198… --by 1001
    """
    from pusher.listening.hotline import undo
    from pusher.model.hotline import HotlineImport

    with open_door(now) as door, door.store.writing() as session:
        kept = find_row(
            door, session, HotlineImport, import_id, "导入", "可用 pusher hotline imports 查看"
        )
        removed, stay = undo(session, kept, by=by, now=door.now)
        document = {"import": str(kept.id), "removed": removed, "kept": stay}
    said = f"已撤销：移除 {removed} 件" + (f"；{stay} 件已有人处理，保留" if stay else "")
    answer(document, as_json, lambda: [said])


def _document(taken: "Taken") -> dict[str, Any]:
    return {
        "import": str(taken.import_id) if taken.import_id else None,
        "added": taken.added,
        "known": taken.known,
        "answered": taken.answered,
        "tied": taken.tied,
        "rejected": [
            {"row": r.row, "column": r.column, "code": r.code, "reason": r.reason}
            for r in taken.rejected
        ],
    }


def _lines(document: dict[str, Any], *, dry_run: bool) -> list[str]:
    rejected = document["rejected"]
    lines = [
        f"{'（仅检查）' if dry_run else ''}新增 {document['added']} 件"
        f"，其中 {document['tied']} 件对上政策"
        f"；以前导过 {document['known']} 件，其中 {document['answered']} 件新近办结"
        f"；没有采纳 {len(rejected)} 处",
        *(f"  第 {r['row']} 行“{r['column']}”：{r['reason']}" for r in rejected[:SHOWN]),
    ]
    if len(rejected) > SHOWN:
        lines.append(f"  其余 {len(rejected) - SHOWN} 处见 --json")
    if document["import"]:
        lines.append(f"导入编号 {document['import']}（可用 pusher hotline undo 撤销）")
    return lines
