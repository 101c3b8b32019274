"""The doctor tells every setting, hides every secret, and names what is wrong with what to do."""

import base64
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from pusher import audit
from pusher.clock import office_now
from pusher.hold import place
from pusher.keeping.machine import file_system_of, is_far, judge_room, look_at_machine
from pusher.model.clockwork import Heartbeat, HoldCause, Pause
from pusher.model.staff import AuditEntry
from pusher.settings import FILE_NAME
from pusher.store import Store
from tests.keeping.offices import open_home, typed
from tests.makers import NOW


def examined(home: Path, **environ: str) -> Any:
    done = typed(home, "doctor", "--json", **environ)
    found = json.loads(done.stdout)
    assert done.exit_code == (0 if found["ok"] else 1)
    assert "TOPSECRET" not in done.output
    return found


def said(home: Path, level: str = "wrong", **environ: str) -> str:
    found = examined(home, **environ)["findings"]
    return "\n".join(f"{f['about']}：{f['says']}" for f in found if f["level"] == level)


def test_a_sound_office_is_found_sound(home: Path) -> None:
    found = examined(home)

    assert found["ok"], found
    about = {f["about"] for f in found["findings"]}
    assert about >= {
        "Python", "SQLite", "时区", "磁盘空间", "中文字体", "浏览器", "密钥", "数据库", "完整性",
        "通道", "定时进程",
    }  # fmt: skip


def test_every_setting_is_told_with_where_it_came_from(home: Path) -> None:
    home.joinpath(FILE_NAME).write_text('port = 9000\n[gateways.wechat]\nsecret = "TOPSECRET"')

    told = {s["name"]: s for s in examined(home, PUSHER_TICK_S="2")["settings"]}

    assert told["port"] == {"name": "port", "value": 9000, "origin": str(home / FILE_NAME)}
    assert told["tick_s"]["origin"] == "PUSHER_TICK_S"
    assert told["lease_s"]["origin"] is None
    assert told["gateways.wechat.secret"]["value"] == "（已设置，不显示）"


def test_the_password_of_a_database_and_the_monitor_s_word_are_hidden(home: Path) -> None:
    url = "postgresql://pusher:TOPSECRET@127.0.0.1:1/pusher"

    found = examined(home, PUSHER_DATABASE_URL=url, PUSHER_METRICS_TOKEN="TOPSECRET" * 2)

    told = {s["name"]: s["value"] for s in found["settings"]}
    assert told["database_url"] == "postgresql://pusher:***@127.0.0.1:1/pusher"
    assert told["metrics_token"] == "（已设置，不显示）"
    assert any("PostgreSQL 连不上" in f["says"] for f in found["findings"])


def test_wrong_settings_are_named_and_the_rest_is_still_looked_at(home: Path) -> None:
    home.joinpath(FILE_NAME).write_text('prot = 1\nport = "abc"')

    told = said(home)

    assert "不认识的设置“prot”" in told
    assert "“port”应为数字" in told
    assert "完整性" in said(home, "fine")


def key(byte: bytes = b"k", size: int = 32) -> str:
    return base64.b64encode(byte * size).decode()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"indexing": key(b"a", 31)}, "keys.json"),
        ({"indexing": key(b"s")}, "不得相同"),
        ({"sealing": {}}, "keys.json"),
        ({"signing": None}, "keys.json"),
    ],
    ids=["31 bytes", "same key twice", "no key", "a purpose without key"],
)
def test_keys_that_cannot_be_used_are_named(home: Path, keys: dict[str, Any], told: str) -> None:
    sound = {"sealing": {"1": key(b"s")}, "indexing": key(b"i"), "signing": key(b"g")}
    home.joinpath("keys.json").write_text(json.dumps({**sound, **keys}))

    found = said(home)

    assert told in found
    assert key(b"s") not in found


def test_keys_that_others_can_read_are_refused_with_the_command_that_mends_it(home: Path) -> None:
    home.joinpath("keys.json").chmod(0o644)

    assert "chmod 600" in said(home)


def test_a_folder_that_others_can_read_is_noted(home: Path) -> None:
    home.chmod(0o755)

    assert f"chmod 700 {home}" in said(home, "note")


def test_a_folder_without_an_office_is_told_to_be_set_up(tmp_path: Path) -> None:
    assert "pusher init" in said(tmp_path / "nowhere")


def test_a_gateway_without_its_secret_is_named(home: Path) -> None:
    home.joinpath(FILE_NAME).write_text('[gateways.aliyun]\nsign_name = "样例"\n[gateways.x]\n')

    told = said(home)

    assert "[gateways.aliyun] 缺少 access_key_id" in told
    assert "[gateways.x]：没有这个通道" in told


def test_templates_that_a_vendor_does_not_have_are_named(home: Path) -> None:
    with home.joinpath(FILE_NAME).open("a", encoding="utf-8") as file:
        file.write('[gateways.aliyun.templates]\nsms_match_resident = "SMS_1"\n')

    told = said(home, "note")

    assert "[gateways.aliyun.templates] 还缺" in told
    assert "（sms_match_resident_no_benefit、" in told


def test_a_damaged_page_is_found_and_the_backup_pointed_to(home: Path) -> None:
    with home.joinpath("pusher.db").open("r+b") as file:
        for page in range(2, 40, 3):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)

    assert "pusher restore" in said(home)


def test_a_file_that_is_no_database_is_found(home: Path) -> None:
    home.joinpath("pusher.db").write_bytes(b"not a database" * 1000)

    assert "已损坏" in said(home)


def test_a_database_older_than_its_file_is_found(home: Path) -> None:
    home.joinpath("epoch").write_text("99")

    assert "像是放回的备份" in said(home)


def test_an_office_without_the_second_factor_is_warned(home: Path) -> None:
    assert "动态码" not in said(home, "note")

    told = said(home, "note", PUSHER_SECOND_FACTOR="false")

    assert "动态码：second_factor = false" in told
    assert "只可用于演练" in told


def test_a_clock_before_the_last_act_is_found(home: Path) -> None:
    store = open_home(home)
    with store.writing() as session:
        later = office_now() + timedelta(days=1)
        audit.note(session, "batch.approve", about=("batch", "1"), by="1", now=later)
        assert session.exec(select(AuditEntry)).all()
    store.close()

    assert "校准机器时钟" in said(home)


def test_a_clockwork_that_stopped_is_found_and_a_pause_is_told(home: Path) -> None:
    store = open_home(home)
    with store.writing() as session:
        before = office_now() - timedelta(seconds=90)
        session.add(Heartbeat(owner="one", at=before, since=before))
        session.add(Pause(gateway="aliyun", by="1", because="换密钥", since=before))
    store.close()

    assert "请启动 pusher jobs" in said(home)
    assert "aliyun：换密钥" in said(home, "note")


def test_a_database_of_an_older_or_newer_program_is_told_apart(store: Store) -> None:
    from pusher.store import WrongSchema, downgrade, revisions

    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WrongSchema, match="9999 比本程序新"):
        store.check_schema()

    with store.writing() as session:
        session.connection().exec_driver_sql(
            f"UPDATE alembic_version SET version_num = '{revisions()[0]}'"
        )
    downgrade(store.url, "base")
    with pytest.raises(WrongSchema, match="pusher init"):
        store.check_schema()


MOUNTS = """\
/dev/vda1 / ext4 rw 0 0
server:/export /srv nfs4 rw 0 0
/dev/vdb /srv/local xfs rw 0 0
"""


def test_a_database_on_a_network_disk_is_told_from_one_on_a_local_disk() -> None:
    kinds = [file_system_of(Path(p), MOUNTS) for p in ("/srv/a.db", "/srv/local/a.db", "/a.db")]

    assert kinds == ["nfs4", "xfs", "ext4"]
    assert [is_far(kind) for kind in kinds] == [True, False, False]


def test_a_machine_without_fonts_and_browser_is_told_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    notes = {f.about: f.says for f in look_at_machine(tmp_path) if f.level == "note"}

    assert "打印" in notes["中文字体"]
    assert "打印" in notes["浏览器"]
    assert ("运行身份" in notes) == (os.geteuid() == 0)


@pytest.mark.parametrize(("free_mb", "level"), [(199, "wrong"), (1999, "note"), (2000, "fine")])
def test_a_disk_that_fills_is_told_before_it_is_full(free_mb: int, level: str) -> None:
    found = judge_room(free_mb)

    assert found.level == level
    assert f"剩余 {free_mb:,} MB" in found.says


def test_the_last_line_counts_what_wants_a_look(home: Path) -> None:
    notes = said(home, "note").splitlines()
    store = open_home(home)
    with store.writing() as session:
        place(session, HoldCause.STAFF, because="演练", by="1", now=NOW)
    store.close()

    held = typed(home, "doctor").stdout.splitlines()[-1]
    faulty = typed(home, "doctor", PUSHER_TICK_S="soon").stdout.splitlines()[-1]

    assert held == f"{len(notes) + 1} 处请留意（标 ·）"
    assert faulty.startswith("1 处需要处理（标 ✗）")


def test_quiet_tells_only_what_matters(home: Path) -> None:
    done = typed(home, "doctor", "--quiet")

    assert "✓" not in done.stdout
    assert "tick_s" not in done.stdout
