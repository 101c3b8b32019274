"""The command line speaks Chinese: help, wrong calls, answers. A file is written whole or not."""

import re
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pusher.__main__ import pusher
from pusher.commands.run import book_here
from pusher.commands.speech import SAYINGS
from pusher.commands.words import at, word
from pusher.sending.wording import registered
from pusher.settings import read_settings

DISTRICT = Path(str(files("pusher.demo").joinpath("district")))


def every_verb(verb: click.Command, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(verb, click.Group):
        for name, one in verb.commands.items():
            yield from every_verb(one, *words, name)


def run(*words: str, home: Path = Path("nowhere"), **env: str) -> tuple[int, str, str]:
    given = {"PUSHER_HOME": str(home), "LANG": "C", **env}
    done = CliRunner(env=given).invoke(pusher, list(words))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose clerk has drafted a batch of one policy."""
    home = tmp_path_factory.mktemp("office") / "var"
    assert run("init", home=home)[0] == 0
    assert run("staff", "add", "wangli", "--role", "clerk", home=home)[0] == 0
    return home


@pytest.mark.parametrize(
    "words", list(every_verb(pusher)), ids=lambda each: " ".join(each) or "pusher"
)
def test_help_is_chinese_and_has_an_example(words: tuple[str, ...]) -> None:
    code, told, _ = run(*words, "--help")

    assert code == 0
    assert told.startswith("用法：")
    english = re.findall(r"\b(?:Usage|Options|Commands|Show|OPTIONS|COMMAND|TEXT|PATH)\b", told)
    assert english == [], "what click says by itself is said in Chinese"
    if "命令 …" not in told:
        assert "例：" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("polcy", "没有 polcy 这个命令"),
        ("staff add x --role boss", "“boss”不对"),
        ("policy confirm 1", "缺少 '--by'"),
        ("roster undo nope", "“nope”不是有效的编号"),
        ("send --limit 0", "不在范围内"),
        ("send --limit x", "“x”不是数字"),
        ("send --frob", "没有 --frob 这个选项"),
        ("send more", "多了参数 more"),
        ("send --limit", "选项 --limit 后面缺少内容"),
        ("roster import x", "可选：enterprise"),
    ],
)
def test_a_wrong_call_is_told_in_chinese_and_ends_with_two(words: str, told: str) -> None:
    code, _, said = run(*words.split())

    assert code == 2
    assert told in said
    assert not re.search(r"\b(?:Error|Try|Missing|Invalid|No such)\b", said)


def test_every_saying_keeps_the_places_that_click_fills_in() -> None:
    for english, chinese in SAYINGS.items():
        places = {place.split("!")[0] for place in re.findall(r"{([^}]*)}", english)}
        assert set(re.findall(r"{([^}]*)}", chinese)) <= places


def test_states_are_told_in_the_words_of_the_console() -> None:
    assert word("batch_state", "in_review") == "待审核"
    assert word("role_name", "clerk") == "经办"
    assert word("notice_state", "of tomorrow") == "of tomorrow"
    assert word("reason_name", None) == ""
    assert at("2026-11-30T01:05:00+00:00") == "2026-11-30 09:05"


def test_an_account_without_a_number_gets_the_next_one(office: Path) -> None:
    _, told, _ = run("staff", "list", home=office)

    assert "0001  admin" in told
    assert "0002  wangli" in told
    assert "经办（clerk）" in told


def test_a_batch_is_drafted_seen_and_listed_in_plain_words(office: Path, tmp_path: Path) -> None:
    roster = str(DISTRICT / "residents.csv")
    assert run("roster", "import", roster, "--kind", "resident", home=office)[0] == 0
    policy = run("policy", "read", str(DISTRICT / "policies/p01_home_care.html"), home=office)[1]
    where = policy.split()[0]
    rule = str(DISTRICT / "rules/p01.json")
    confirm = ("policy", "confirm", where, "--by", "wangli", "--rule", rule)
    assert run(*confirm, home=office)[0] == 0
    assert "缺“老年人能力等级”" in run("match", where, home=office)[1]

    drafted = run("batch", "draft", where, home=office)[1]

    batch = re.findall(r"批次 (\S+)：草稿", drafted)[0]
    assert re.search(r"待发 \d+，不发送 \d+", drafted)
    assert re.search(r"上门 [1-9]\d* 户", drafted)
    assert "已退订" in drafted
    assert run("batch", "show", batch, home=office)[1] == drafted
    assert batch in run("batch", "list", "--policy", where, home=office)[1]
    assert "待发" in run("report", home=office)[1]
    assert run("batch", "cancel", batch, "--by", "wangli", home=office)[0] == 0, "no reason given"
    saturday = ("batch", "draft", where, "--now", "2026-11-28T11:00+08:00")
    assert "2026-11-30 09:00 起发" in run(*saturday, home=office)[1]
    assert "2026-11-28 11:00 起发" in run(*saturday, home=office, PUSHER_QUIET_HOURS="false")[1]


def test_an_office_rehearses_with_its_own_telephone_and_signature(office: Path) -> None:
    tables = tomllib.loads(run("sandbox", "--print-settings", home=office)[1])["gateways"]

    assert tables["aliyun"]["sign_name"] == "槐荫政务公开"
    assert tables["wechat"]["endpoint"] == "http://127.0.0.1:8001"
    assert list(tables) == ["aliyun", "tencent", "wechat", "wecom"]
    codes = {row.code for row in registered("0531-00000009")}
    assert {
        *tables["aliyun"]["templates"].values(),
        *tables["wechat"]["templates"].values(),
    } == codes
    assert {f"SMS_{code}" for code in tables["tencent"]["templates"].values()} == {
        *tables["aliyun"]["templates"].values()
    }
    texts = [row.text for row in registered("0531-00000009") if "0531" in row.text]
    assert texts
    assert all("0531-00000009" in text for text in texts)


def test_a_stand_in_beside_an_office_that_does_not_open_serves_all_the_same(
    office: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUSHER_HOME", str(office))
    own = book_here(read_settings())
    shutil.copy(office / "keys.json", tmp_path)
    tmp_path.joinpath("pusher.db").write_bytes(b"no database at all" * 100)
    monkeypatch.setenv("PUSHER_HOME", str(tmp_path))

    assert own is not None
    assert "槐荫政务公开" in own.signs
    assert book_here(read_settings()) is None
    assert "样例单位" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["batch notices 1 --out", "explain --cases CASES --out"])
def test_what_cannot_be_written_is_told_by_its_place(
    office: Path, tmp_path: Path, verb: str
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n")
    there = str(tmp_path / "no" / "such" / "folder.jsonl")
    words = [str(cases) if word == "CASES" else word for word in verb.split()]

    code, _, said = run(*words, there, home=office)

    assert code == 1
    assert "内部错误" not in said
    if "explain" in verb:
        assert there in said
        assert "没有这个文件或文件夹" in said


def test_a_file_of_which_a_part_is_wrong_is_not_written_at_all(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    cases.write_text('{"case_id": 1}\n')

    code, _, said = run("explain", "--cases", str(cases), "--out", str(out))

    assert code == 1
    assert "第 1 行不是判例" in said
    assert list(tmp_path.iterdir()) == [cases]


def test_a_new_version_is_drafted_only_for_those_whose_result_changed(
    office: Path, tmp_path: Path
) -> None:
    roster, rule = str(DISTRICT / "residents.csv"), str(DISTRICT / "rules/p02.json")
    assert run("roster", "import", roster, "--kind", "resident", home=office)[0] == 0
    text = (DISTRICT / "policies/p02_age_allowance.html").read_bytes()
    newer = tmp_path / "新版.html"
    newer.write_bytes(text.replace(b"0531-00000141", b"0531-00000142"))

    def matched(file: Path) -> str:
        where = run("policy", "read", str(file), home=office)[1].split()[0]
        confirm = ("policy", "confirm", where, "--by", "wangli", "--rule", rule)
        assert run(*confirm, home=office)[0] == 0
        assert run("match", where, home=office)[0] == 0
        return where

    first = run(
        "batch", "draft", matched(DISTRICT / "policies/p02_age_allowance.html"), home=office
    )
    with sqlite3.connect(office / "pusher.db") as database:
        database.execute("UPDATE notice SET state = 'accepted' WHERE state = 'drafted'")
    second = matched(newer)
    changed = run("batch", "draft", second, "--only-changed", home=office)
    everybody = run("batch", "draft", second, home=office)

    def written_to(told: str) -> int:
        return sum(map(int, re.findall(r"待发 (\d+)", told)))

    assert written_to(first[1]) > 0
    assert written_to(everybody[1]) == written_to(first[1])
    assert written_to(changed[1]) == 0
    assert re.search(r"上门 [1-9]\d* 户", changed[1]), "who was not met yet was not told"
