"""Signing up by oneself: a code proves the number, and nobody learns who is known here."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from profiles.dossier import name_of
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    Doubt,
    Pace,
    ProfileKind,
    Subscription,
)
from profiles.optouts import has_opted_out, opt_out
from pusher.model.public import PublicCode, PublicSession
from pusher.model.staff import AuditEntry
from pusher.reading.taxonomy import taxonomy
from pusher.web.interests import NOTICE, interests, versions
from tests.sending.makers import make_firm, make_person
from tests.web.browsing import HOST, Console
from tests.web.joining import (
    FIRM_CODE,
    PHONE,
    RESIDENT,
    ask,
    code_for,
    joined,
    profiles,
    sms,
    type_code,
)


def rows(console: Console, table: type[Any]) -> list[Any]:
    with console.store.reading() as session:
        return list(session.exec(select(table)))


def test_a_resident_signs_up_and_what_they_agreed_to_is_kept(console: Console) -> None:
    browser = console.browser()

    asked = ask(browser, sensitive="1")
    assert asked.headers["location"] == "/p/code"
    assert profiles(console) == [], "nothing stands before the code was read back"
    done = type_code(browser, code_for(console))

    assert done.headers["location"] == "/p/mine"
    (person,) = profiles(console)
    with console.store.reading() as session:
        assert name_of(session, person) == "安样例"
    assert person.kind is ProfileKind.RESIDENT
    (contact,) = rows(console, Contact)
    assert (contact.channel, contact.source) == (Channel.SMS, "本人网上登记")
    given = {(c.scope, c.text_version, c.how) for c in rows(console, Consent)}
    assert given == {
        (ConsentScope.GENERAL, NOTICE, "本人网上登记"),
        (ConsentScope.SENSITIVE, NOTICE, "本人网上登记"),
    }
    followed = rows(console, Subscription)
    assert {s.tag_code for s in followed} == {"M01", "M02", "M03", "L07", "R01", "R02", "M08"}
    assert {s.pace for s in followed} == {Pace.DAILY}
    page = browser.get("/p/mine").text
    assert "登记好了" in page
    assert "高龄与老年津贴" in page
    assert "安样例" not in page
    assert PHONE not in page


def test_nothing_of_who_signs_up_is_in_clear(lite: Console) -> None:
    joined(lite)

    (row,) = rows(lite, PublicCode)
    assert row.asked_sealed == b"", "what was typed is gone once it served"
    said = [repr(entry.model_dump()) for entry in rows(lite, AuditEntry)]
    acts = [entry.act for entry in rows(lite, AuditEntry) if entry.by == "public"]
    assert acts == ["public.code", "public.join", "public.sign_in"]
    for secret in (PHONE, "安样例", code_for(lite), "M08"):
        assert secret not in "".join(said)
        assert secret not in repr(row.model_dump())


def test_a_firm_gives_its_credit_code_and_the_register_s_own_row_is_left_alone(
    lite: Console,
) -> None:
    with lite.office() as (session, office):
        registered = make_firm(session, office, phone="19900000777")
        registered.credit_code = FIRM_CODE
        session.add(registered)

    wrong = ask(lite.browser(), "enterprise", name="样例商行", code=FIRM_CODE[:-1] + "B",
                tags=["small"])  # fmt: skip
    joined(lite, "enterprise", name="样例商行", code=FIRM_CODE.lower(), tags=["small"])

    assert wrong.status_code == 422
    assert "校验位不符" in wrong.text
    mine = next(p for p in profiles(lite) if p.id != registered.id)
    assert (mine.firm_name, mine.credit_code) == ("样例商行", FIRM_CODE)
    assert mine.number_index != registered.number_index, "a claimed code finds no register's row"
    with lite.store.reading() as session:
        theirs = session.exec(select(Contact).where(Contact.profile_id == registered.id)).all()
    assert len(theirs) == 1, "no stranger's number came to the firm of the register"


def test_who_is_known_by_number_and_name_comes_into_their_own_profile(console: Console) -> None:
    with console.office() as (session, office):
        known = make_person(session, office, phone=PHONE, name="安样例", scopes=[])

    joined(console)
    stranger = console.browser()
    console.later(minutes=2)
    ask(stranger, name="别样例")
    type_code(stranger, code_for(console))

    people = profiles(console)
    assert len(people) == 2, "one is of the register, the other typed another name"
    with console.store.reading() as session:
        agreed = session.exec(select(Consent).where(Consent.profile_id == known.id)).all()
    assert [c.scope for c in agreed] == [ConsentScope.GENERAL]


def test_a_number_in_doubt_opens_nothing_of_the_register(lite: Console) -> None:
    with lite.office() as (session, office):
        known = make_person(session, office, phone=PHONE, name="安样例")
        contact = session.exec(select(Contact).where(Contact.profile_id == known.id)).one()
        contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, lite.now

    joined(lite)

    assert len(profiles(lite)) == 2
    (session_row,) = rows(lite, PublicSession)
    assert session_row.profile_id != known.id


def test_signing_in_tells_nobody_who_is_known(lite: Console) -> None:
    with lite.office() as (session, office):
        make_person(session, office, phone=PHONE, name="安样例")
    answers = []
    tries = ((PHONE, "安样例"), (PHONE, "别样例"), ("19900004444", "安样例"))

    for phone, name in tries:
        lite.later(minutes=2)
        browser = lite.browser()
        asked = browser.post("/p/sign-in", {"phone": phone, "name": name}, page="/p/sign-in")
        page = browser.get("/p/code").text.split("<main")[1].split('name="token"')[0]
        wrong = type_code(browser, "000000" if sms(lite).parcels[0].params["code"] != "000000"
                          else "000001")  # fmt: skip
        shown = wrong.text.split('role="alert">')[1].split("<")[0]
        answers.append((asked.status_code, asked.headers["location"], page, shown))

    assert answers[0] == answers[1] == answers[2]
    assert [parcel.to for parcel in sms(lite).parcels] == [PHONE], "only who is known hears"


def test_a_code_is_for_one_browser_five_tries_ten_minutes_and_once(console: Console) -> None:
    browser, other = console.browser(), console.browser()
    ask(browser)
    right = code_for(console)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    assert "没有可以核对" in type_code(other, right).text
    assert "应是 6 位数字" in type_code(browser, "12 34").text
    left = [type_code(browser, wrong).text for _ in range(5)]
    assert "还可再试 4 次" in left[0]
    assert "已试满 5 次" in left[4]
    assert "已试满 5 次" in type_code(browser, right).text
    console.later(minutes=2)
    ask(browser)
    console.later(minutes=10)
    assert "已过 10 分钟" in type_code(browser, code_for(console)).text
    ask(browser)
    assert type_code(browser, code_for(console)).status_code == 303
    assert "没有可以核对" in type_code(browser, code_for(console)).text


def test_a_number_and_a_network_get_codes_at_a_pace(lite: Console) -> None:
    browser = lite.browser()
    assert ask(browser).status_code == 303
    assert "刚要过验证码" in ask(browser).text
    for number in range(19):
        assert ask(browser, phone=f"199000055{number:02}").status_code == 303
    full = ask(browser, phone="19900005599")

    assert full.status_code == 422
    assert "要验证码的人太多" in full.text
    assert len(sms(lite).parcels) == 20
    assert "安样例" in full.text, "nothing that was typed is lost"


def test_without_a_gateway_everybody_is_told_so(lite: Console) -> None:
    lite.gateways.clear()

    assert "现在发不出验证码" in ask(lite.browser()).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"age": ""}, "满14周岁"),
        ({"agree": ""}, "告知书"),
        ({"tags": []}, "至少选择一项"),
        ({"phone": "053100000001"}, "固定电话"),
        ({"name": " "}, "请填写姓名"),
        ({"pace": "hourly"}, "请选择"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(
    lite: Console, typed: dict[str, Any], said: str
) -> None:
    answer = ask(lite.browser(), **typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert sms(lite).parcels == []


def test_a_child_is_sent_to_a_guardian(lite: Console) -> None:
    with lite.office() as (session, office):
        make_person(session, office, phone=PHONE, name="安样例", born=date(2016, 5, 1))
    browser = lite.browser()
    ask(browser)

    led = type_code(browser, code_for(lite))

    assert led.headers["location"] == "/p/join/guardian"
    assert "监护人" in browser.get("/p/join/guardian").text
    assert rows(lite, Subscription) == []
    assert rows(lite, PublicSession) == []


def test_who_signs_up_hears_again_and_others_at_the_number_keep_their_silence(
    console: Console,
) -> None:
    with console.office() as (session, office):
        other = make_person(session, office, phone=PHONE, name="同住样例")
        index = session.exec(select(Contact.address_index)).one()
        opt_out(session, address_index=index, how="短信回复", now=console.now)
        opt_out(session, profile_id=other.id, address_index=index, how="退订网页", now=console.now)

    joined(console)

    me = next(p for p in profiles(console) if p.id != other.id)
    with console.store.reading() as session:
        silent = {
            person: has_opted_out(
                session, profile_ids=[person], address_index=index, channel=Channel.SMS, topics=[]
            )
            for person in (me.id, other.id)
        }
    assert silent == {me.id: False, other.id: True}


def test_who_was_forgotten_may_come_again(console: Console) -> None:
    from pusher.privacy.forget import forget

    joined(console)
    (before,) = profiles(console)
    with console.office() as (session, _):
        forget(session, session.get_one(type(before), before.id), by="1001", now=console.now)
    assert rows(console, PublicSession) == []
    assert rows(console, PublicCode) == []
    console.later(minutes=2)

    joined(console)

    people = profiles(console)
    assert [p.ended_on is None for p in people] == [False, True]


def test_a_form_needs_its_token_and_our_own_site(lite: Console) -> None:
    browser = lite.browser()
    bare = browser.client.post("/p/join/resident", data=RESIDENT, headers={"origin": HOST})
    foreign = browser.post("/p/join/resident", RESIDENT, page="/p/join/resident",
                           headers={"origin": "https://example.com"})  # fmt: skip

    assert (bare.status_code, foreign.status_code) == (403, 403)
    assert "页面已过期" in bare.text
    assert sms(lite).parcels == []


def test_every_subject_stands_in_a_plain_group_and_every_notice_is_kept(lite: Console) -> None:
    offered = {tag for groups in interests().values() for one in groups for tag in one.tags}

    assert offered == set(taxonomy())
    for version in versions():
        page = lite.browser().get(f"/p/notice/{version}").text
        for word in ("谁在用", "做什么用", "用哪些信息", "存多久", "您的权利"):
            assert word in page
    assert lite.browser().get("/p/notice/1999-01").status_code == 404
