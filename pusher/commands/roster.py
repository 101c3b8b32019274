"""The register verbs: check, take in, list, error report, end whom it no longer lists, undo."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from pusher.commands.door import (
    Door,
    Refusal,
    answer,
    json_option,
    now_option,
    open_door,
    read_bytes,
)
from pusher.commands.written import written

if TYPE_CHECKING:
    from profiles.model import ProfileKind
    from profiles.roster import RosterReport

SHOWN = 50
"""Cells told of on a screen; the error report has all."""
by_option = click.option("--by", default="cli", metavar="工号", help="记入审计的工号")


@click.group()
def roster() -> None:
    """名册：居民与企业从登记部门的表格导入；每次导入都能查、能撤。"""


@roster.command("import")
@click.argument("file", metavar="文件")
@click.option(
    "--kind", type=click.Choice(["enterprise", "resident"]), required=True, help="名册种类"
)
@click.option("--dry-run", is_flag=True, help="只检查，不保存")
@click.option("--snapshot", is_flag=True, help="这是完整名册：列出名册中没有的人，不停用")
@click.option(
    "--end-missing", type=click.IntRange(1), metavar="人数",
    help="确认停用名册中没有的人；人数须与列出的一致，否则一个也不停用",
)  # fmt: skip
@click.option("--errors", metavar="文件.csv", help="把未采纳的格子写成错误报告")
@by_option
@now_option
@json_option
def roster_import(
    file: str,
    kind: str,
    dry_run: bool,
    snapshot: bool,
    end_missing: int | None,
    errors: str | None,
    by: str,
    now: str | None,
    as_json: bool,
) -> None:
    """导入一份名册（XLSX，或 UTF-8、GB18030 的 CSV）；同一文件再次导入不会改变任何内容。

    中途停电或被终止，用同一文件再运行一次，从停下的地方继续。

    \b
    例：pusher roster import residents.xlsx --kind resident --dry-run
        pusher roster import 低保台账.csv --kind resident --snapshot
    """
    from profiles.model import ProfileKind
    from profiles.roster import Register
    from pusher import registers
    from pusher.reading.taxonomy import taxonomy

    if end_missing and (dry_run or not snapshot):
        raise click.UsageError("--end-missing 只能与 --snapshot 一起使用，且不能与 --dry-run 同用")
    content = _register(file)
    with open_door(now) as door, _progress(content) as progress:
        with door.store.reading() as session:
            office = door.office(session)
        verb = registers.check if dry_run else registers.take_in
        register = Register(
            content, Path(file).name, ProfileKind(kind), office, by, door.now, set(taxonomy()),
            snapshot=snapshot,
        )  # fmt: skip
        found = verb(door.store, register, progress=progress)
        ended = _end(door, found.import_id, end_missing, by) if end_missing else 0
    if errors:
        with written(errors, newline="") as out:
            out.writelines(registers.told_as_csv(found.rejected))
    document = _document(found, ProfileKind(kind), snapshot=snapshot, ended=ended)
    answer(document, as_json, lambda: _lines(document, dry_run=dry_run, snapshot=snapshot))


@roster.command("columns")
@click.option(
    "--kind", type=click.Choice(["enterprise", "resident"]), required=True, help="名册种类"
)
@click.option("--csv", "out", metavar="文件.csv", help="写一张只有列名的空表")
@json_option
def roster_columns(kind: str, out: str | None, as_json: bool) -> None:
    """名册里可以有哪些列，每列怎么填；只有头两列必须有。

    \b
    例：pusher roster columns --kind resident --csv 居民空表.csv
    """
    import csv
    from dataclasses import asdict

    from profiles.model import ProfileKind
    from profiles.roster_guide import guide

    columns = guide(ProfileKind(kind))
    if out:
        with written(out, encoding="utf-8-sig", newline="") as sheet:
            csv.writer(sheet).writerow(column.name for column in columns)
    answer(
        [asdict(column) for column in columns],
        as_json,
        lambda: [f"{c.name}{'（必填）' if c.needed else ''}：{c.filled}" for c in columns],
    )


@roster.command("imports")
@json_option
def roster_imports(as_json: bool) -> None:
    """列出导入记录，最近的在前。

    \b
    例：pusher roster imports
    """
    from pusher import registers
    from pusher.commands.words import at, word

    with open_door() as door, door.store.reading() as session:
        rows = [
            {
                "id": str(one.id), "file": one.file_name, "kind": one.kind.value,
                "state": one.state.value, "by": one.by, "at": one.at.isoformat(),
                "added": one.added, "changed": one.changed, "unchanged": one.unchanged,
                "ended": one.ended, "snapshot": one.snapshot,
            }
            for one in registers.imports_of(session, door.office(session))
        ]  # fmt: skip
    answer(
        rows,
        as_json,
        lambda: (
            [
                f"{r['id']}  {at(r['at'])}  {word('import_state', r['state'])}  "
                f"{word('profile_kind', r['kind'])}  新增 {r['added']}，变更 {r['changed']}，"
                f"未变 {r['unchanged']}  {r['file']}"
                for r in rows
            ]
            or ["（没有）"]
        ),
    )


@roster.command("errors")
@click.argument("import_id", type=click.UUID, metavar="导入编号")
@click.option("--csv", "out", required=True, metavar="文件.csv", help="写到哪个文件")
def roster_errors(import_id: UUID, out: str) -> None:
    """把一次导入中未采纳的格子写成错误报告（不含格子里的内容）。

    \b
    例：pusher roster errors 0198… --csv 错误报告.csv
    """
    from profiles.roster_ledger import told_of
    from pusher import registers

    with open_door() as door, door.store.reading() as session:
        told = told_of(session, import_id)
    with written(out, newline="") as file:
        file.writelines(registers.told_as_csv(told))
    click.echo(f"已写入 {out}，共 {len(told)} 处")


@roster.command("end-missing")
@click.argument("import_id", type=click.UUID, metavar="导入编号")
@click.option("--expect", type=click.IntRange(1), required=True, help="列出的人数")
@by_option
@now_option
@json_option
def roster_end_missing(
    import_id: UUID, expect: int, by: str, now: str | None, as_json: bool
) -> None:
    """停用一份完整名册中已没有的人；人数须与导入时列出的一致。

    \b
    例：pusher roster end-missing 0198… --expect 3 --by 1001
    """
    with open_door(now) as door:
        ended = _end(door, import_id, expect, by)
    answer({"import": str(import_id), "ended": ended}, as_json, lambda: [f"已停用 {ended} 人"])


@roster.command("undo")
@click.argument("import_id", type=click.UUID, metavar="导入编号")
@by_option
@now_option
@json_option
def roster_undo(import_id: UUID, by: str, now: str | None, as_json: bool) -> None:
    """撤销一次导入：恢复导入前的情况；此后又改动过的保持不变。

    \b
    例：pusher roster undo 0198… --by 1001
    """
    from pusher import registers

    with open_door(now) as door:
        done = registers.undo(door.store, import_id, by=by, now=door.now)
    document = {
        "import": str(import_id), "removed": done.removed, "closed": done.closed,
        "restored": done.restored, "kept": done.kept,
    }  # fmt: skip
    answer(
        document,
        as_json,
        lambda: [
            f"已撤销：移除 {done.removed} 人，恢复 {done.restored} 人"
            + (f"，{done.closed} 人已有通知，改为停用" if done.closed else "")
            + (f"；{done.kept} 项此后又有改动，保持不变" if done.kept else "")
        ],
    )


def _register(file: str) -> bytes:
    """The bytes of a register; one that is far too large is not even read."""
    from profiles.roster_lines import LARGEST_BYTES

    path = Path(file)
    if file != "-" and path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise Refusal("文件超过64MB，请分成几个文件导入", code="too_large", where=file)
    return read_bytes(file)


def _end(door: Door, import_id: UUID | None, expected: int, by: str) -> int:
    from pusher import registers

    if import_id is None:
        return 0
    return registers.end_unlisted(door.store, import_id, expected=expected, by=by, now=door.now)


@contextmanager
def _progress(content: bytes) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while rows are read; nothing where that is no terminal."""
    from profiles.roster_reading import rows_about

    if not sys.stderr.isatty():
        yield lambda _seen: None
        return
    about = rows_about(content)
    # one step for each row; a workbook does not say how many it has until it is read
    bar: Any = click.progressbar(length=about, label="导入", file=sys.stderr, show_pos=True)
    with bar:
        yield lambda seen: bar.update(seen - bar.pos)


def _document(
    found: "RosterReport", kind: "ProfileKind", *, snapshot: bool, ended: int
) -> dict[str, Any]:
    from pusher import registers

    document: dict[str, Any] = {
        "import": str(found.import_id) if found.import_id else None,
        "added": found.added,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "resumed": found.resumed,
        "rejected": [
            {"row": r.row, "column": r.column, "code": r.code, "reason": r.reason}
            for r in found.rejected
        ],
    }
    if snapshot:
        document["missing"] = [
            {
                "profile": str(one.profile_id), "name": registers.masked(one, kind),
                "street": one.street_code, "whole": one.whole,
            }
            for one in found.missing
        ]  # fmt: skip
        document["ended"] = ended
    return document


def _lines(document: dict[str, Any], *, dry_run: bool, snapshot: bool) -> list[str]:
    rejected = document["rejected"]
    lines = [
        f"{'（仅检查）' if dry_run else ''}{'（接着上次）' if document['resumed'] else ''}"
        f"新增 {document['added']}，变更 {document['changed']}，未变 {document['unchanged']}，"
        f"未采纳 {len(rejected)} 处",
        *(f"  第 {r['row']} 行“{r['column'] or '整行'}”：{r['reason']}" for r in rejected[:SHOWN]),
    ]
    if len(rejected) > SHOWN:
        lines.append(f"  其余 {len(rejected) - SHOWN} 处见错误报告（--errors 文件.csv）")
    if snapshot:
        lines += _missing_lines(document)
    if document["import"]:
        lines.append(f"导入编号 {document['import']}（可用 pusher roster undo 撤销）")
    return lines


_IN_PART = "（别的来源也有此人，只停用本来源的情况）"


def _missing_lines(document: dict[str, Any]) -> list[str]:
    missing, ended = document["missing"], document["ended"]
    if ended:
        return [f"名册中没有的 {ended} 人已停用"]
    if not missing:
        return ["已登记的人都在名册中"]
    return [
        f"名册中没有的人 {len(missing)} 名，都没有停用：",
        *(
            f"  {one['name']}  {one['profile']}" + ("" if one["whole"] else _IN_PART)
            for one in missing[:SHOWN]
        ),
        f"核对无误后，用 pusher roster end-missing 导入编号 --expect {len(missing)} 停用",
    ]
