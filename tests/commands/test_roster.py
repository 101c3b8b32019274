"""The register verbs, typed as a clerk types them."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from profiles.roster_lines import Rejected
from pusher.__main__ import pusher
from pusher.registers import harmless, told_as_csv
from tests.profiles.registers import MOTHER, OLD, TEEN, person, table
from tests.profiles.workbooks import workbook

Type = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    runner = CliRunner(env={"PUSHER_HOME": str(tmp_path / "var")})

    def type_(*words: object, status: int = 0) -> Result:
        done = runner.invoke(pusher, [str(word) for word in words])
        assert done.exit_code == status, done.output
        return done

    type_("init", "--phone", "0531-00000001")
    return type_


def answer(done: Result) -> Any:
    return json.loads(done.stdout)


def test_from_a_dry_run_to_an_undo(typed: Type, tmp_path: Path) -> None:
    first, second, report = (tmp_path / name for name in ("甲.xlsx", "乙.csv", "错误.csv"))
    names = ("姓名", "证件号码", "手机号", "订阅")
    first.write_bytes(
        workbook(
            names,
            ("王样例", OLD, 19900000001, "M01"),
            ("张样例", MOTHER, "0531-00000001", "M99"),
            ("李样例", TEEN[:-1], "", ""),
        )
    )
    second.write_bytes(table(person(MOTHER)))
    take = ("roster", "import", first, "--kind", "resident", "--json")

    dry = answer(typed(*take, "--dry-run"))
    wet = answer(typed(*take, "--errors", report))
    full = answer(typed("roster", "import", second, "--kind", "resident", "--snapshot", "--json"))

    assert (dry["added"], dry["import"]) == (2, None)
    assert wet["rejected"] == dry["rejected"]
    assert [(r["row"], r["column"], r["code"]) for r in wet["rejected"]] == [
        (3, "手机号", "landline"),
        (3, "订阅", "unknown_tag"),
        (4, "证件号码", "wrong_length"),
    ]
    assert "不能接收短信" in report.read_text("utf-8-sig")
    assert report.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [one["name"] for one in full["missing"]] == ["王*例"]
    typed("roster", "end-missing", full["import"], "--expect", 9, status=1)
    assert answer(typed("roster", "end-missing", full["import"], "--expect", 1, "--json")) == {
        "import": full["import"],
        "ended": 1,
    }
    typed("roster", "errors", wet["import"], "--csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == report.read_bytes()
    typed("roster", "undo", full["import"])
    assert answer(typed("roster", "undo", wet["import"], "--json"))["removed"] == 2
    typed("roster", "undo", wet["import"], status=1)
    states = [one["state"] for one in answer(typed("roster", "imports", "--json"))]
    assert states == ["undone", "undone"]
    assert "roster.undo" in typed("audit", "tail").stdout


def test_a_snapshot_can_be_confirmed_in_one_go_and_only_with_the_right_number(
    typed: Type, tmp_path: Path
) -> None:
    (tmp_path / "1.csv").write_bytes(table(person(), person(MOTHER)))
    (tmp_path / "2.csv").write_bytes(table(person(MOTHER)))
    full = ("roster", "import", tmp_path / "2.csv", "--kind", "resident", "--snapshot")
    typed("roster", "import", tmp_path / "1.csv", "--kind", "resident")

    refused = typed(*full, "--end-missing", 2, status=1)
    said = typed(*full, "--end-missing", 1)

    assert "没有停用任何人" in refused.stderr
    assert "1 人已停用" in said.stdout
    typed("roster", "import", tmp_path / "1.csv", "--kind", "resident", "--end-missing", 1,
          status=2)  # fmt: skip


def test_a_long_import_shows_a_bar_on_a_terminal_and_nothing_elsewhere(
    typed: Type, tmp_path: Path
) -> None:
    (tmp_path / "1.csv").write_bytes(table(person(), person(MOTHER)))
    words = [sys.executable, "-m", "pusher", "roster", "import", str(tmp_path / "1.csv")]
    words += ["--kind", "resident", "--json"]
    environ = {**os.environ, "PUSHER_HOME": str(tmp_path / "var")}
    terminal, other_end = pty.openpty()

    shown = subprocess.run(words, stdout=subprocess.PIPE, stderr=other_end, env=environ, check=True)
    piped = subprocess.run(words, capture_output=True, env=environ, check=True)

    os.close(other_end)
    assert "导入" in os.read(terminal, 4096).decode()
    os.close(terminal)
    assert json.loads(shown.stdout)["added"] == 2
    assert json.loads(piped.stdout)["unchanged"] == 2
    assert piped.stderr == b""


def test_a_file_that_is_no_register_leaves_no_import(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "名册.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n")

    refused = typed(
        "roster", "import", tmp_path / "名册.xlsx", "--kind", "resident", "--json", status=1
    )

    assert json.loads(refused.stdout)["error"]["code"] == "not_a_table"
    assert answer(typed("roster", "imports", "--json")) == []


@given(st.lists(st.text(max_size=8), min_size=2, max_size=2))
def test_no_cell_of_the_error_report_is_a_formula(words: list[str]) -> None:
    text = "".join(told_as_csv([Rejected(3, words[0], "not_listed", words[1])]))

    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert rows[1] == ["3", harmless(words[0] or "整行"), "not_listed", harmless(words[1])]
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for row in rows for cell in row)


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t1", "＝1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
