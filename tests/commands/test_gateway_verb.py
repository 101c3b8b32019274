"""The gateway verbs: what there is, what is missing, and one text on trial."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from profiles.addresses import contact_index
from profiles.model import Channel
from profiles.optouts import opt_out
from profiles.sealing import sealer_of
from pusher.__main__ import pusher
from pusher.demo.furnish import OFFICE, gateway_tables
from pusher.demo.stand_in import template_book
from pusher.hold import place
from pusher.model.clockwork import HoldCause, Pause
from pusher.model.staff import AuditEntry
from pusher.settings import FILE_NAME
from tests.keeping.offices import make_home, open_home
from tests.makers import NOW
from tests.sandbox.stand import Stand, standing

Type = Callable[..., Result]
NUMBER = "19900000001"


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    journal = tmp_path_factory.mktemp("stand") / "journal.jsonl"
    with standing(journal, book=template_book(), hold_s=5) as stand:
        yield stand


@pytest.fixture
def stand(knowing: Stand) -> Stand:
    knowing.order("reset")
    return knowing


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path, stand: Stand) -> Path:
    port = int(stand.address.rpartition(":")[2])
    lines = gateway_tables(port=port, signature=OFFICE["signature"])
    return make_home(tmp_path / "var", sqlite_template, toml="\n".join(lines) + "\n")


@pytest.fixture
def typed(home: Path) -> Type:
    runner = CliRunner(env={"PUSHER_HOME": str(home)})
    return lambda *words, typing=None: runner.invoke(pusher, ["gateway", *words], input=typing)


def shape(done: Result) -> dict[str, object]:
    told: dict[str, object] = json.loads(done.stdout)
    return told


@contextmanager
def writing(home: Path) -> Iterator[Session]:
    with closing(open_home(home)) as store, store.writing() as session:
        yield session


def acts(home: Path) -> list[tuple[str, str, str]]:
    with closing(open_home(home)) as store, store.reading() as session:
        asked = select(AuditEntry.act, AuditEntry.about, AuditEntry.by)
        return [row for row in session.exec(asked) if row[0].startswith("gateway.")]


def test_the_list_tells_state_address_and_templates(typed: Type, home: Path, stand: Stand) -> None:
    with writing(home) as session:
        session.add(Pause(gateway="aliyun", by="1001", because="余额不足", since=NOW))

    rows = {row["name"]: row for row in json.loads(typed("list", "--json").stdout)}
    told = typed("list").stdout

    assert list(rows) == ["aliyun", "tencent", "wechat", "wecom"]
    assert (rows["aliyun"]["state"], rows["aliyun"]["because"]) == ("paused", "余额不足")
    assert (rows["tencent"]["state"], rows["tencent"]["endpoint"]) == ("open", stand.address)
    assert rows["tencent"]["templates"]["missing"] == []
    assert "腾讯云短信  开通" in told
    assert "已停用（余额不足）" in told


def test_the_addresses_for_the_vendors_are_told_at_the_terminal(typed: Type) -> None:
    told = typed("callbacks").stdout
    one = json.loads(typed("callbacks", "wecom", "--json").stdout)

    assert re.search(
        r"阿里云短信  状态报告  \S+/callbacks/aliyun/receipts\?key=[0-9a-f]{64}\n", told
    )
    assert re.search(
        r"腾讯云短信  上行回复  \S+/callbacks/tencent/replies\?key=[0-9a-f]{64}\n", told
    )
    assert list(one) == ["wecom"]
    assert one["wecom"].endswith("/callbacks/wecom")
    assert typed("callbacks", "nobody").exit_code == 1


def test_texts_stand_as_the_vendor_wants_them_registered(typed: Type) -> None:
    ours = {row["key"]: row for row in json.loads(typed("texts", "tencent", "--json").stdout)}

    row = ours["sms_match_resident"]
    assert row["code"] == "299000001"
    assert "{1}，{2}，{3}截止" in row["text"]
    assert "${title}" in typed("texts", "aliyun").stdout


@pytest.mark.parametrize("name", ["aliyun", "tencent", "wechat", "wecom"])
def test_a_sound_gateway_is_found_sound_without_sending(
    typed: Type, stand: Stand, name: str
) -> None:
    done = typed("test", name)

    assert done.exit_code == 0, done.output
    assert "✓ 密钥和权限有效，接口可用" in done.stdout
    counted = re.search(r"✓ 模板 \d+ 个已通过", done.stdout)
    assert (counted is None) is (name == "wecom"), "one that takes whole texts has no templates"
    assert "✗" not in done.stdout
    assert stand.messages() == []


def test_what_is_wrong_is_told_with_what_to_do(typed: Type, home: Path, stand: Stand) -> None:
    file = home / FILE_NAME
    text = file.read_text(encoding="utf-8").replace('"299000001"', '"999"')
    file.write_text(text, encoding="utf-8")
    template = typed("test", "tencent", "--json")
    stand.order("faults", provider="tencent", kind="auth_expired", call="query")
    key = typed("test", "tencent")

    assert (template.exit_code, key.exit_code) == (1, 1)
    wrong = [one for one in shape(template)["checks"] if not one["sound"]]  # type: ignore[attr-defined]
    assert [(one["about"], one["which"]) for one in wrong] == [
        ("template", "sms_match_resident（999）")
    ]
    assert "核对签名和模板" in wrong[0]["to_do"]
    assert "✗ 接口不可用" in key.stdout
    assert "请核对密钥" in key.stdout


def test_one_text_on_trial_arrives_and_stands_in_the_audit(
    typed: Type, home: Path, stand: Stand
) -> None:
    done = typed("test", "tencent", "--to", NUMBER, "--yes", "--json")

    [message] = stand.messages()
    told = shape(done)
    assert done.exit_code == 0, done.output
    assert (told["result"], told["gateway_ref"]) == ("accepted", message["gateway_ref"])
    assert (told["to"], message["to"]) == ("199****0001", NUMBER)
    assert message["reference"] == told["reference"]
    assert "通道测试，请忽略" in message["text"]
    assert acts(home) == [
        ("gateway.try", "gateway:tencent", "cli"),
        ("gateway.tried", "gateway:tencent", "cli"),
    ]
    assert NUMBER not in done.output


def test_each_trial_by_wecom_arrives_though_the_vendor_drops_repeats(
    typed: Type, stand: Stand
) -> None:
    done = [typed("test", "wecom", "--to", "zhangsan", "--yes") for _ in range(2)]

    assert [one.exit_code for one in done] == [0, 0]
    assert [message["to"] for message in stand.messages()] == ["zhangsan"] * 2
    assert "zhangsan" not in done[0].output


def test_a_paused_gateway_is_tried_before_it_is_opened_again(
    typed: Type, home: Path, stand: Stand
) -> None:
    with writing(home) as session:
        session.add(Pause(gateway="aliyun", by="1001", because="换密钥", since=NOW))

    done = typed("test", "aliyun", "--to", NUMBER, "--yes")

    assert "已受理" in done.stdout
    assert len(stand.messages()) == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("auth_expired", "没有发出（代码 AuthFailure.SecretIdNotFound"),
        ("throttle", "请过一会儿再试"),
        ("http_500", "可能已经发出：请先看手机"),
    ],
)
def test_what_came_back_says_what_to_do(typed: Type, stand: Stand, fault: str, told: str) -> None:
    stand.order("faults", provider="tencent", kind=fault, **{"for": 1})

    done = typed("test", "tencent", "--to", NUMBER, "--yes")

    assert done.exit_code == 1
    assert told in done.stdout
    assert stand.messages() == []


def test_nothing_is_sent_without_a_yes(typed: Type, stand: Stand, home: Path) -> None:
    done = typed("test", "tencent", "--to", NUMBER)

    assert done.exit_code == 1
    assert "--yes" in done.stderr
    assert stand.messages() == []
    assert acts(home) == []


@pytest.mark.parametrize("stop", ["hold", "opt-out", "number", "gateway"])
def test_what_stops_a_trial_is_one_line(typed: Type, home: Path, stand: Stand, stop: str) -> None:
    with writing(home) as session:
        if stop == "hold":
            place(session, HoldCause.STAFF, because="演练", by="1001", now=NOW)
        if stop == "opt-out":
            index = contact_index(sealer_of(session), Channel.SMS, NUMBER)
            opt_out(session, address_index=index, how="短信", now=NOW)
    name = "yunmas" if stop == "gateway" else "tencent"
    to = "12345" if stop == "number" else NUMBER

    done = typed("test", name, "--to", to, "--yes")

    told = {
        "hold": "全部停发",
        "opt-out": "已退订",
        "number": "手机",
        "gateway": "没有通道“yunmas”",
    }
    assert done.exit_code == 1
    assert told[stop] in done.stderr
    assert done.stderr.count("\n") == 1
    assert stand.messages() == []
