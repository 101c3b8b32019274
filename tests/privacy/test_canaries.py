"""Ten thousand invented numbers go the whole way, and none is found in clear afterwards.

Real processes and sockets: a register with wrong cells, a batch, the stand-in's receipts and
faults, answers, wrong sign-ins and broken addresses. Then every file of the office is searched,
while the processes run and after they ended: database, write-ahead log, logs, temporary files.
``CANARIES=10000`` sends all of them; the everyday run sends some, and searches for all.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from tests.journeys.town import PATIENCE_S, Person, Town, opened
from tests.profiles.people import resident_number

MANY = int(os.environ.get("CANARIES", "150"))
CLEAR = re.compile(rb"1990000\d{4}")
WIDE = re.compile(b"".join(rb"%c\x00" % digit for digit in b"1990000") + rb"(?:\d\x00){4}")
VENDOR = "sandbox"
"""The stand-in's own journal is the vendor's, and holds what a vendor is told."""
HEADER = (
    "姓名,证件号码,街道,社区,手机号,同意推送,同意敏感信息,数据来源,数据日期,户籍地,社会救助身份,"
    "正在享受或已享受的个人待遇"
)


def phone(number: int) -> str:
    return f"1990000{number:04}"


def row(serial: int, **wrong: str) -> str:
    born = date(1930 + serial % 9, 1 + serial % 12, 1 + serial % 28)
    cells = {
        "name": f"样例{serial}",
        "number": resident_number(born, serial),
        "phone": phone(serial),
        **wrong,
    }
    return (
        f"{cells['name']},{cells['number']},青年公园街道,青园社区,{cells['phone']},2026-10-31,"
        "2026-10-31,样例登记,2026-11-09,青年公园街道,无,无"
    )


def register(folder: Path) -> str:
    """Everybody, and rows that are wrong in the ways that tempt an error to quote them."""
    wrong = [
        row(MANY + 1, phone=f"{phone(9001)}1"),
        row(MANY + 2, phone=f"{phone(9002)}、{phone(9003)}"),
        row(MANY + 3, number=phone(9004)),
        row(MANY + 4, name=phone(9005) * 30),
        row(MANY + 5, phone=f'"{phone(9006)}\n{phone(9007)}"'),
    ]
    file = folder / "名册.csv"
    lines = [HEADER, *(row(n) for n in range(MANY)), *wrong]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def found_in_clear(town: Town, scratch: Path) -> dict[str, list[bytes]]:
    """File to the numbers in it."""
    hits = {}
    files = [f for folder in (town.home, scratch) for f in folder.rglob("*") if f.is_file()]
    assert any(f.name == "pusher.db" for f in files)
    assert any(f.suffix == ".jsonl" and f.parent.name == "logs" for f in files), files
    for file in files:
        if file.name.startswith(VENDOR):
            continue
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # a file that lived for a moment only
            continue
        if found := CLEAR.findall(content) + WIDE.findall(content):
            hits[str(file)] = found[:5]
    return hits


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where every process of the office puts its temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder


def test_no_number_is_found_in_clear_after_the_whole_way(
    tmp_path: Path, scratch: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "office"
    home.mkdir()
    with opened(home) as town:
        took = town.run("roster", "import", register(tmp_path), "--kind", "resident", "--json")
        assert took["added"] >= MANY
        batch = _sent_to_all(town)
        _answered(town)
        _gone_wrong(town)
        until(lambda: town.rows("notice WHERE state IN ('handing', 'unsure')") == 0)

        assert found_in_clear(town, scratch) == {}
        # some numbers are those of the district's own people, who may have asked for silence
        sent = {text["to"] for text in town.texts()} & {phone(n) for n in range(MANY)}
        assert len(sent) >= MANY * 0.99, "they really went out"
        assert town.counted(batch)["by_outcome"]["delivered"] >= MANY * 0.8

    assert found_in_clear(town, scratch) == {}
    said = capfd.readouterr()
    assert CLEAR.findall((said.out + said.err).encode()) == []


def _sent_to_all(town: Town) -> str:
    """A batch approved while the stand-in errs; its id."""
    for kind in ("http_500", "bad_json", "drop_connection"):
        fault = {"provider": "aliyun", "kind": kind, "rate": 0.02, "for": 3}
        httpx.post(f"{town.phones}/_sandbox/faults", json=fault).raise_for_status()
    policy = town.confirmed("p02")
    town.run("match", policy, "--json")
    drafted = town.run("batch", "draft", policy, "--channels", "sms", "--by", "clerk", "--json")
    number = str(drafted["id"])
    town.run("batch", "submit", number, "--by", "clerk")
    town.run("batch", "approve", number, "--by", "reviewer")
    until(lambda: town.rows("notice WHERE state IN ('drafted', 'handing')") == 0)
    return f"/batches/{number}"


def until(is_so: Callable[[], bool]) -> None:
    """Wait for the clockwork and the stand-in, the longer the more there is to do."""
    end = time.monotonic() + PATIENCE_S * (2 + MANY / 500)
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.2)


def _answered(town: Town) -> None:
    before = town.rows("optout")
    for turn, number in enumerate(range(0, MANY, max(1, MANY // 20))):
        text = "退订" if turn % 2 else f"请打我另一个号码{phone(number)}，谢谢"
        town.answers(phone(number), text)
    until(lambda: town.rows("optout") > before)


def _gone_wrong(town: Town) -> None:
    """Numbers where none belongs: in addresses, forms, headers, bodies nobody understands."""
    clerk = Person(town.console, "clerk")
    number = phone(9100)
    for path in (
        f"/{number}", f"/policies/{number}", f"/p/why/{number}", f"/p/stop/{number}?to={number}",
        f"/policies?words={number}", f"/callbacks/aliyun/receipts?key={number}",
        f"/static/{number}", f"/visits?batch={number}",
    ):  # fmt: skip
        assert clerk.browser.get(path).status_code < 500, path
    stranger = Person(town.console)
    page = stranger.browser.get("/sign-in").text
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert token
    form = {"token": token[1], "login": number, "password": number, "next": f"/{number}"}
    for body in (form, {"login": number}):
        answer = stranger.browser.post("/sign-in", data=body, headers={"origin": town.console})
        assert answer.status_code == 403
    for kind in ("receipts", "replies"):
        stranger.browser.post(f"/callbacks/aliyun/{kind}?key=x", content=number.encode() * 9)
    stranger.browser.post("/callbacks/wechat", content=f"<xml>{number}</xml>".encode())
    stranger.browser.get("/", headers={"referer": f"http://x/{number}", "user-agent": number})
    for person in (clerk, stranger):
        person.browser.close()
