"""Settings: every mistake is named at once, by its place, with what to do, never by its value."""

from pathlib import Path
from typing import Any

import pytest

from pusher.settings import FILE_NAME, BadSettings, read_settings, survey_settings


def problems_of(folder: Path, text: str = "", **environ: Any) -> list[str]:
    folder.joinpath(FILE_NAME).write_text(text, encoding="utf-8")
    return list(survey_settings(folder, environ).problems)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("prot = 8000", "“prot”（是否应为 port？）"),
        ("shoe_size = 43", "“shoe_size”，请删除或改正"),
        ('port = "abc"', "“port”应为数字"),
        ("port = 0", "“port”应在 1 与 65535 之间"),
        ("port = 80.5", "“port”应为整数"),
        ('port = "８０００"', "“port”应为数字"),
        ("port = true", "“port”应在"),
        ("tick_s = nan", "“tick_s”应在"),
        ("lease_s = -1", "“lease_s”应在"),
        ('interpretation_needed = "maybe"', "“interpretation_needed”应为 off"),
        ("topic_questions = 0", "“topic_questions”应在"),
        ("cap_per_reader = 1.5", "“cap_per_reader”应为整数"),
        ("cap_days = -1", "“cap_days”应在"),
        ('budget_per_month = "很多"', "“budget_per_month”应为金额（元）"),
        ('fail_point = "K5:kill"', "只能在演练中使用"),
        ('rehearsal = true\nfail_point = "K99:kill"', "“fail_point”应形如 K5:kill"),
        ("rehearsal = true\n[gateways.aliyun]", "演练（rehearsal = true）只能用本机的通道"),
        ('sms_order = "tencent"\n[gateways.aliyun]', "“sms_order”里的 tencent 没有对应的"),
        ('quiet_hours = "perhaps"', "“quiet_hours”应为 true 或 false"),
        ('database_url = "mysql://localhost/x"', "“database_url”应以 postgresql:// 或"),
        ('database_url = "sqlite:///var/x.db"', "绝对路径"),
        ('public_url = "政策"', "“public_url”应形如 https://"),
        ('public_url = "https://a:b"', "“public_url”应形如 https://"),
        ("host = 1", "“host”应为文字"),
        ('host = "a\\u0000b"', "“host”应为文字"),
        ('metrics_token = "short"', "“metrics_token”至少 16"),
        ("gateways = 1", "[gateways.名称]"),
        ("port = ", "不是有效的 TOML"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(tmp_path: Path, line: str, told: str) -> None:
    (problem,) = problems_of(tmp_path, line)

    assert told in problem
    assert FILE_NAME in problem
    assert "\n" not in problem


def test_every_problem_is_told_at_once_one_line_each(tmp_path: Path) -> None:
    text = 'prot = 1\nport = "abc"\nmetrics_token = "hush-hush"'

    found = problems_of(tmp_path, text, PUSHER_TICK_S="soon", PUSHER_HOST_NAME="x")

    assert len(found) == 5
    assert any("PUSHER_TICK_S：“tick_s”应为数字" in line for line in found)
    assert any("“PUSHER_HOST_NAME”" in line for line in found)


def test_no_value_is_repeated(tmp_path: Path) -> None:
    text = 'port = "TOPSECRET"\nmetrics_token = "TOPSECRET"\ndatabase_url = "TOPSECRET"'

    assert "TOPSECRET" not in "".join(problems_of(tmp_path, text, PUSHER_TICK_S="TOPSECRET"))


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath(FILE_NAME).write_bytes(b"\xff\xfe\x00")

    assert survey_settings(tmp_path, {}).problems == [f"{tmp_path / FILE_NAME}：无法读取"]


def test_what_is_sound_stands_beside_the_problems(tmp_path: Path) -> None:
    tmp_path.joinpath(FILE_NAME).write_text('port = 9000\ntick_s = "soon"')

    survey = survey_settings(tmp_path, {})

    assert survey.settings.port == 9000
    assert survey.settings.tick_s == 5.0


def test_the_environment_comes_before_the_file_and_both_are_remembered(tmp_path: Path) -> None:
    tmp_path.joinpath(FILE_NAME).write_text('port = 9000\nhost = "0.0.0.0"')

    settings = read_settings(tmp_path, {"PUSHER_PORT": "9001"})

    assert settings.port == 9001
    assert settings.origins == {"port": "PUSHER_PORT", "host": str(tmp_path / FILE_NAME)}


def test_problems_are_raised_together(tmp_path: Path) -> None:
    tmp_path.joinpath(FILE_NAME).write_text("a = 1\nb = 2")

    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path, {})

    assert len(refused.value.problems) == 2


def test_an_address_loses_its_last_slash(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"PUSHER_PUBLIC_URL": "https://zc.example.gov.cn/"})

    assert settings.public_url == "https://zc.example.gov.cn"


def test_the_sqlite_file_is_known_by_its_address(tmp_path: Path) -> None:
    usual = read_settings(tmp_path, {"PUSHER_HOME": str(tmp_path)})
    elsewhere = read_settings(tmp_path, {"PUSHER_DATABASE_URL": "sqlite:////srv/p.db"})
    server = read_settings(tmp_path, {"PUSHER_DATABASE_URL": "postgresql://h/p"})

    assert usual.database_file == tmp_path / "pusher.db"
    assert elsewhere.database_file == Path("/srv/p.db")
    assert server.database_file is None


def test_gateways_stand_in_the_order_that_was_asked_for(tmp_path: Path) -> None:
    tables = "[gateways.aliyun]\n[gateways.wechat]\n[gateways.tencent]\n"
    tmp_path.joinpath(FILE_NAME).write_text(tables, encoding="utf-8")

    as_written = read_settings(tmp_path, {})
    turned = read_settings(tmp_path, {"PUSHER_SMS_ORDER": "tencent, aliyun"})

    assert list(as_written.gateways) == ["aliyun", "wechat", "tencent"]
    assert list(turned.gateways) == ["tencent", "aliyun", "wechat"]
