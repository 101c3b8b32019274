"""A clerk on the phone: a code is sent to the number in doubt, read back, and settles it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlmodel import select

from profiles.model import Channel, Contact
from profiles.sealing import open_sealer
from pusher.__main__ import pusher
from pusher.demo.furnish import OFFICE, write_settings
from pusher.gateways.post import Post
from pusher.hold import place
from pusher.model.clockwork import HoldCause
from pusher.model.staff import AuditEntry, Role
from pusher.sandbox.book import Template, TemplateBook
from pusher.sending.wording import registered
from pusher.store import Store
from tests.gateways.conftest import aliyun_at
from tests.sandbox.stand import Stand, standing
from tests.sending.code_makers import PHONE, code_in, in_doubt
from tests.sending.outbox import UNSURE, Outbox
from tests.web.browsing import Browser, Console


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand-in with which the product's own templates are registered."""
    book = TemplateBook(
        [Template("aliyun", r.code, r.text) for r in registered() if r.channel is Channel.SMS],
        signs=[OFFICE["signature"]],
    )
    with standing(tmp_path_factory.mktemp("stand") / "journal.jsonl", book=book) as stand:
        yield stand


@pytest.fixture
def stand(knowing: Stand) -> Stand:
    knowing.order("reset")
    return knowing


@pytest.fixture
def wired(console: Console, stand: Stand) -> Iterator[Console]:
    """An office whose texts go over a real socket to the stand-in."""
    post = Post(call_timeout=timedelta(seconds=10))
    console.gateways["aliyun"] = aliyun_at(stand.address, post)
    yield console
    post.close()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def ask_for(clerk: Browser, contact: UUID) -> str:
    answer = clerk.post(f"/contacts/{contact}/code", page="/contacts")
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.headers["location"])


def test_a_code_goes_to_the_phone_and_back_and_the_number_is_theirs(
    wired: Console, stand: Stand
) -> None:
    contact, clerk = in_doubt(wired.store), wired.browser(Role.CLERK)
    assert "发验证码" in clerk.get("/contacts").text

    where = ask_for(clerk, contact.id)
    page = clerk.get(where).text
    (text,) = stand.messages()
    code = code_in(text["text"])
    wrong = clerk.post(f"{where}/check", {"code": other_than(code)}, page=where)
    typo = clerk.post(f"{where}/check", {"code": "12345"}, page=where)
    right = clerk.post(f"{where}/check", {"code": f"{code[:3]} {code[3:]}"}, page=where)

    assert text["to"] == PHONE
    assert "请对方念出验证码" in page and "短信已发出" in page
    assert code not in page and PHONE not in page and "199****0001" in page
    assert wrong.status_code == typo.status_code == 422
    assert "还可再试 4 次" in wrong.text
    assert "验证码应是 6 位数字" in typo.text
    assert right.headers["location"] == "/contacts"
    assert "没有要核实的号码" in clerk.get("/contacts").text
    with wired.store.reading() as session:
        said = [(e.act, e.by) for e in session.exec(select(AuditEntry)) if "contact" in e.act]
    number = wired.staff[Role.CLERK].number
    assert said == [
        (act, number) for act in ("contact.code", "contact.code_refused", "contact.confirm")
    ]


def test_too_late_and_too_often_are_told_in_plain_words(lite: Console) -> None:
    contact, clerk = in_doubt(lite.store), lite.browser(Role.CLERK)
    where = ask_for(clerk, contact.id)

    again = clerk.post(where, page=where)
    lite.later(minutes=5)
    late = clerk.post(f"{where}/check", {"code": "000000"}, page=where)

    assert again.status_code == 409
    assert "刚发过验证码" in again.text
    assert late.status_code == 422
    assert "已过 5 分钟" in late.text
    assert "现在没有有效的验证码" in late.text


def test_after_five_wrong_ones_the_page_offers_a_new_one(lite: Console) -> None:
    contact, clerk = in_doubt(lite.store), lite.browser(Role.CLERK)
    box = lite.gateways["aliyun"] = Outbox()
    where = ask_for(clerk, contact.id)
    wrong = {"code": other_than(box.parcels[0].params["code"])}

    said = [clerk.post(f"{where}/check", wrong, page=where).text for _ in range(5)]

    assert "还可再试 1 次" in said[3]
    assert "已试满 5 次" in said[4]
    assert 'name="code"' in said[3] and 'name="code"' not in said[4]


def test_an_unsure_one_is_told_and_not_repeated(lite: Console) -> None:
    contact, clerk = in_doubt(lite.store), lite.browser(Role.CLERK)
    box = lite.gateways["aliyun"] = Outbox(mood=UNSURE)

    page = clerk.get(ask_for(clerk, contact.id)).text

    assert "不能确定短信是否发出" in page
    assert len(box.parcels) == 1


def test_a_hold_is_told_and_nothing_leaves(lite: Console) -> None:
    contact, clerk = in_doubt(lite.store), lite.browser(Role.CLERK)
    with lite.office() as (session, _):
        place(session, HoldCause.STAFF, because="演练", by="0001", now=lite.now)

    answer = clerk.post(f"/contacts/{contact.id}/code", page="/contacts")

    assert answer.status_code == 409
    assert "目前全部停发" in answer.text


def test_that_a_code_was_read_back_is_nothing_a_clerk_can_claim(lite: Console) -> None:
    contact, clerk = in_doubt(lite.store), lite.browser(Role.CLERK)

    claim = {"theirs": "yes", "way": "验证码"}
    answer = clerk.post(f"/contacts/{contact.id}", claim, page="/contacts")

    assert answer.status_code == 422
    with lite.store.reading() as session:
        assert session.get_one(Contact, contact.id).doubt is not None


def test_the_verbs_do_the_same(stand: Stand, tmp_path: Path) -> None:
    port = urlsplit(stand.address).port
    assert port
    write_settings(tmp_path, port=port - 1, ahead=timedelta(0), tick_s=1)
    runner = CliRunner(env={"PUSHER_HOME": str(tmp_path)})
    hire = ["staff", "add", "wangli", "--password-stdin", "--role", "clerk", "--number", "1"]
    for words, typed in (
        (["init", "--phone", "0531-00000001"], None),
        (hire, "小清河边的柳絮又飞起来了"),
    ):
        done = runner.invoke(pusher, words, input=typed)
        assert done.exit_code == 0, done.output
    store = Store(f"sqlite:///{tmp_path / 'pusher.db'}", sealer=open_sealer(tmp_path / "keys.json"))
    contact = in_doubt(store)

    def type_in(*words: str) -> tuple[int, str]:
        done = runner.invoke(pusher, ["contact", words[0], str(contact.id), *words[1:]])
        return done.exit_code, done.output

    sent, said = type_in("code", "--by", "wangli")
    code = code_in(stand.messages()[0]["text"])
    wrong = type_in("confirm", "--by", "wangli", "--code", other_than(code))
    right = type_in("confirm", "--by", "wangli", "--code", code)
    again = type_in("confirm", "--by", "wangli", "--code", code)
    store.close()

    assert sent == 0 and "已发出" in said, said
    assert wrong[0] == 1 and "还可再试 4 次" in wrong[1]
    assert right == (0, "已核实\n")
    assert again[0] == 1 and "没有可以核对的验证码" in again[1]
    assert type_in("confirm", "--by", "wangli", "--way", "验证码")[0] == 2
