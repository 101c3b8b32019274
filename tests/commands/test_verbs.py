"""Each verb typed once right and once wrong: an answer, or one clear line and what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pusher.__main__ import pusher

DISTRICT = Path(str(files("pusher.demo").joinpath("district")))
Type = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that was just set up, with a clerk and a reviewer, and one policy read."""
    home = tmp_path_factory.mktemp("office") / "var"
    hire = ["staff", "add", "--password-stdin", "--role"]
    for words, typed in (
        (["init", "--phone", "0531-00000001"], None),
        ([*hire, "clerk", "wangli", "--number", "1"], "小清河边的柳絮又飞起来了"),
        ([*hire, "reviewer", "zhao", "--number", "2"], "腊山脚下的梧桐叶黄过三回"),
        (["policy", "read", str(next(DISTRICT.glob("policies/p02*")))], None),
    ):
        done = CliRunner(env={"PUSHER_HOME": str(home)}).invoke(pusher, words, input=typed)
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def typed(home: Path) -> Iterator[Type]:
    runner = CliRunner(env={"PUSHER_HOME": str(home)})
    yield lambda *words: runner.invoke(pusher, list(words))


def test_a_new_office_has_its_keys_for_itself_and_no_default_password(home: Path) -> None:
    for name in ("keys.json", "pusher.db"):
        assert home.joinpath(name).stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_a_second_init_changes_nothing_and_says_so(typed: Type) -> None:
    again = typed("init")

    assert again.exit_code == 1
    assert "已有" in again.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["staff", "list", "--json"],
        ["policy", "list", "--json"],
        ["policy", "list", "--state", "read", "--query", "津贴", "--json"],
        ["jobs", "--list", "--json"],
        ["jobs", "--run", "deliver", "--json"],
        ["send", "--json"],
        ["hold", "show", "--json"],
        ["visits", "list", "--json"],
        ["ask", "高龄津贴怎么领", "--as-of", "2026-11-25", "--json"],
        ["posting", "list", "--json"],
        ["report", "--json"],
        ["report", "--since", "2026-11-01", "--elderly", "--json"],
        ["supervise", "list", "--overdue", "--json"],
        ["supervise", "sheet", "--week", "2026-11-25", "--json"],
        ["audit", "verify", "--json"],
        ["audit", "tail", "--json"],
        ["sandbox", "--print-config"],
    ],
    ids=" ".join,
)
def test_json_is_the_only_thing_on_standard_output(typed: Type, words: list[str]) -> None:
    done = typed(*words)

    assert done.exit_code == 0, done.stderr
    json.loads(done.stdout)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["policy", "show", "123"], "policy list"),
        (["policy", "read", "no-such-file.html"], "no-such-file.html"),
        (["policy", "confirm", "123", "--by", "wangli"], "policy list"),
        (["policy", "repeal", "123", "--by", "wangli", "--reason", "x"], "policy list"),
        (["policy", "interpret", "123", "--title", "解读", "--by", "wangli"], "policy list"),
        (["hotline", "import", "no.csv"], "no.csv"),
        (["hotline", "undo", "123"], "hotline imports"),
        (["match", "123"], "policy list"),
        (["ask", "高龄津贴怎么领", "--policy", "123"], "policy list"),
        (["explain", "--policy", "1", "--profile", "2"], "policy list"),
        (["batch", "show", "123"], "批次"),
        (["batch", "draft", "123", "--by", "wangli"], "policy list"),
        (["batch", "approve", "123", "--by", "zhao"], "批次"),
        (["batch", "anew", "123", "--remark", "没有", "--by", "wangli"], "批次"),
        (["roster", "import", "no.csv", "--kind", "resident"], "no.csv"),
        (["staff", "disable", "nobody"], "staff list"),
        (["jobs", "--run", "frob"], "jobs --list"),
        (["hold", "lift", "restore", "--remark", "已核对", "--by", "zhao"], "没有因"),
        (["hold", "lift", "restore", "--remark", "已核对", "--by", "wangli"], "此操作需要审核"),
        (["visits", "tick", "1", "--by", "wangli"], "上门"),
        (["leaflet", "1", "--out", "a.doc"], ".pdf"),
        (["leaflet", "1", "--out", "a.pdf"], "policy list"),
        (["leaflet", "1", "--poster", "--out", "a.html"], ".pdf"),
        (["leaflet", "--community", "腊山社区", "--out", "a.pdf"], "没有要送的人家"),
        (["posting", "add", "1", "--community", "x", "--by", "wangli"], "policy list"),
        (
            ["posting", "add", "1", "--community", "x", "--photo", "no.jpg", "--by", "zhao"],
            "no.jpg",
        ),
        (["posting", "add", "1", "--community", "x", "--by", "zhao"], "此操作需要"),
        (["posting", "down", "1", "--by", "wangli"], "posting list"),
        (["tags", "predict", "x.jsonl", "--model", "no-model", "--out", "y"], "x.jsonl"),
        (["report", "--batch", "1"], "batch list"),
        (["supervise", "close", "1", "--note", "好了", "--by", "wangli"], "supervise list"),
        (["supervise", "drop", "1", "--note", "不用", "--by", "nobody"], "nobody"),
        (["restore", "no.backup"], "no.backup"),
        (["explain", "--cases", "no.jsonl", "--out", "y"], "no.jsonl"),
        (["privacy", "export", "1", "--by", "wangli"], "档案"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else each,
)
def test_wrong_input_gets_one_line_that_says_what_to_do(
    typed: Type, words: list[str], told: str
) -> None:
    done = typed(*words)

    assert done.exit_code == 1, done.output
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "words",
    [
        ["frob"],
        ["match"],
        ["leaflet", "--out", "a.pdf"],
        ["batch", "draft"],
        ["send", "--limit", "-1"],
    ],
)
def test_wrong_usage_ends_with_2(typed: Type, words: list[str]) -> None:
    assert typed(*words).exit_code == 2


def test_under_json_a_refusal_is_json_too(typed: Type) -> None:
    done = typed("policy", "show", "123", "--json")

    error = json.loads(done.stdout)["error"]
    assert done.exit_code == 1
    assert error["code"] == "not_found"
    assert error["where"] == "123"


def test_an_interpretation_is_registered_by_hand_and_stands_with_its_policy(typed: Type) -> None:
    file = str(next(DISTRICT.glob("policies/p02*")))
    policy = json.loads(typed("policy", "read", file, "--json").stdout)[0]["id"]
    told = ("--title", "一图读懂", "--form", "picture", "--by", "wangli", "--json")

    kept = json.loads(typed("policy", "interpret", policy, *told).stdout)
    wrong = typed("policy", "interpret", policy, *told, "--address", "ftp://x")
    shown = json.loads(typed("policy", "show", policy, "--json").stdout)["interpretations"]

    assert [one["id"] for one in shown] == [kept["id"]]
    assert kept["policy"] == policy
    assert wrong.exit_code == 1
    assert typed("policy", "interpret", policy, "--by", "wangli").exit_code == 2


def test_worksheets_of_the_hotline_come_in_once(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "工单.csv"
    file.write_text("编号,时间,内容\nA1,2026-11-20 09:30,老人津贴没有到账\nA2,,怎么申请津贴\n")
    now = ("--now", "2026-11-25T09:30:00+08:00", "--json")

    tried = json.loads(typed("hotline", "import", str(file), "--dry-run", *now).stdout)
    taken = json.loads(typed("hotline", "import", str(file), *now).stdout)
    again = json.loads(typed("hotline", "import", str(file), *now).stdout)
    (_, first) = json.loads(typed("hotline", "imports", "--json").stdout)
    undone = json.loads(typed("hotline", "undo", taken["import"], *now).stdout)

    assert (tried["added"], tried["import"]) == (1, None)
    assert (taken["added"], again["added"], again["known"]) == (1, 0, 1)
    assert [(one["row"], one["column"]) for one in taken["rejected"]] == [(3, "来电时间")]
    assert first["id"] == taken["import"]
    assert (undone["removed"], undone["kept"]) == (1, 0)


def test_the_same_policy_read_twice_has_one_id(typed: Type) -> None:
    file = str(next(DISTRICT.glob("policies/p02*")))

    one, two = (json.loads(typed("policy", "read", file, "--json").stdout) for _ in range(2))

    assert one[0]["id"] == two[0]["id"]


def test_a_file_that_cannot_be_read_leaves_one_document_for_the_rest(
    typed: Type, tmp_path: Path
) -> None:
    picture = tmp_path / "扫描件.html"
    picture.write_bytes(bytes(range(256)) * 9)

    done = typed(
        "policy", "read", str(next(DISTRICT.glob("policies/p02*"))), str(picture), "--json"
    )

    assert done.exit_code == 1
    assert len(json.loads(done.stdout)) == 1
    assert "扫描件.html" in done.stderr


def test_whoever_reads_only_the_first_line_gets_no_complaint(home: Path) -> None:
    shell = 'set -o pipefail; "$0" -m pusher policy read missing.html --json | true'
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable],
        env={**os.environ, "PUSHER_HOME": str(home)},
        capture_output=True,
        text=True,
    )

    assert "程序内部错误" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rule_with_an_unknown_fact_is_refused_by_its_place(typed: Type, tmp_path: Path) -> None:
    (policy,) = json.loads(typed("policy", "list", "--json").stdout)
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps({"all": [{"fact": "shoe_size", "op": "ge", "value": 43}]}))

    done = typed("policy", "confirm", policy["id"], "--by", "wangli", "--rule", str(rule))

    assert done.exit_code == 1
    assert "all[0]" in done.stderr


def test_a_count_names_the_missing_facts_in_plain_words(typed: Type, tmp_path: Path) -> None:
    home = str(tmp_path / "var")
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps({"fact": "household_area", "op": "within", "value": "370104"}))
    policy = str(next(DISTRICT.glob("policies/p02*")))
    people = str(DISTRICT / "residents_with_errors.csv")
    run = CliRunner(env={"PUSHER_HOME": home}).invoke
    run(pusher, ["init"])
    run(pusher, ["roster", "import", people, "--kind", "resident"])
    (read,) = json.loads(run(pusher, ["policy", "read", policy, "--json"]).stdout)

    told = run(pusher, ["match", read["id"], "--rule", str(rule)]).stdout

    assert "缺“户籍地”：" in told
    assert "household_area" not in told


def test_only_a_clerk_confirms(typed: Type) -> None:
    (policy,) = json.loads(typed("policy", "list", "--json").stdout)

    done = typed("policy", "confirm", policy["id"], "--by", "zhao")

    assert done.exit_code == 1
    assert "此操作需要经办" in done.stderr


def test_a_faulty_register_names_row_column_and_reason(typed: Type) -> None:
    file = str(DISTRICT / "residents_with_errors.csv")

    found = json.loads(
        typed("roster", "import", file, "--kind", "resident", "--dry-run", "--json").stdout
    )

    assert found["added"] == 9
    assert {"row", "column", "code", "reason"} == set(found["rejected"][0])
    assert {4, 7, 12} <= {cell["row"] for cell in found["rejected"]}
