"""A document is kept once; staff's confirmation makes of it what may be matched."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from profiles.model import Office
from pusher.model.errors import IllegalMove
from pusher.model.policy import AudienceRule, Policy, PolicyState, PolicyTag, TagSource
from pusher.reading.confirm import BadConfirmation, confirm, proposed, repeal
from pusher.reading.ingest import policy_shape, read_policy
from pusher.reading.refusals import Unreadable
from pusher.store import Store
from tests.makers import AGED, make_office

TEXT = """槐荫区民政局关于发放高龄津贴的通知（样例）
槐民发〔2026〕7号
各街道办事处：
为保障高龄老年人生活，现将有关事项通知如下。
一、发放对象。具有槐荫区户籍、年满80周岁的老年人。
二、发放标准。每人每月100元。
三、申请时间。2026年12月20日前向社区提出申请。
槐荫区民政局
2026年11月2日
"""


def taken_in(session: Session, office: Office, now: datetime, text: str = TEXT) -> Policy:
    return read_policy(
        session, text.encode(), "通知.txt", office=office, tagger=None, now=now, by="1001"
    )


def test_a_document_becomes_a_policy_with_what_it_states(store: Store, now: datetime) -> None:
    with store.writing() as session:
        shape = policy_shape(session, taken_in(session, make_office(session), now))

    assert shape["document_number"] == "槐民发〔2026〕7号"
    assert shape["written_on"] == "2026-11-02"
    assert shape["state"] == "read"
    assert shape["expires_on"] is None
    assert {c["fact"] for c in shape["conditions"]} >= {"household_area", "birth_date"}
    assert all(c["quote"] in TEXT for c in shape["conditions"])


def test_openness_that_is_not_stated_is_null_until_staff_confirm_the_policy(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        silent = taken_in(session, office, now)
        stated = taken_in(session, office, now, TEXT.replace("7号", "8号") + "\n（此件主动公开）")
        before = [policy_shape(session, policy)["openness"] for policy in (silent, stated)]
        wish = proposed(session, silent).with_tags(["M02"]).with_file(AGED)
        confirm(session, silent, wish, by="1001", now=now)

        assert before == [None, "open"]
        assert policy_shape(session, silent)["openness"] == "open"


def test_the_same_bytes_twice_are_one_policy(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)

        assert taken_in(session, office, now).id == taken_in(session, office, now).id


def test_the_same_number_with_a_new_text_is_the_next_version(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = taken_in(session, office, now)
        second = taken_in(session, office, now, TEXT.replace("100元", "120元"))

        assert second.version == 2
        assert second.family_id == first.family_id
        assert first.state is PolicyState.SUPERSEDED


def test_what_cannot_be_read_leaves_nothing_behind(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        with pytest.raises(Unreadable):
            read_policy(
                session, b"\x89PNG\r\n\x1a\n", "图.html", office=office, tagger=None,
                now=now, by="1001",
            )  # fmt: skip

        assert session.exec(select(Policy)).all() == []


def test_a_confirmation_keeps_the_wanted_tags_and_a_numbered_rule(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        policy = taken_in(session, make_office(session), now)
        wish = proposed(session, policy).with_tags(["M02"]).with_file(AGED)
        first = confirm(session, policy, wish, by="1001", now=now)
        second = confirm(session, policy, wish.with_tags(["M01"]), by="1001", now=now)

        tags = session.exec(select(PolicyTag)).all()
        assert (first.number, second.number) == (1, 2)
        assert policy.state is PolicyState.CONFIRMED
        assert [(t.tag_code, t.source) for t in tags] == [("M01", TagSource.STAFF)]


def test_a_file_may_carry_the_whole_confirmation(store: Store, now: datetime) -> None:
    with store.writing() as session:
        policy = taken_in(session, make_office(session), now)
        given = {
            "audience_kind": "resident",
            "subject": "self",
            "short_title": "高龄津贴",
            "tags": ["M02"],
            "rule": AGED,
            "manual_checks": [{"quote": "向社区提出申请"}],
            "benefit_line": "每人每月100元",
            "apply_until": "2026-12-20",
        }
        confirm(session, policy, proposed(session, policy).with_file(given), by="1001", now=now)

        assert policy.apply_until == date(2026, 12, 20)
        assert policy.elements["benefit_line"] == "每人每月100元"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rule": {"fact": "no_such", "op": "is", "value": True}}, "rule"),
        ({"rule": AGED, "short_title": "字" * 21}, "short_title"),
        ({"rule": AGED, "tags": ["X99"]}, "tags"),
        ({"rule": AGED, "audience_kind": "martian"}, "audience"),
        ({"rule": AGED, "apply_until": "2026-02-30"}, "apply_until"),
        ({"rule": AGED, "no_such_field": 1}, "rule"),
        ([1, 2], "rule"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_nothing_is_confirmed(
    store: Store, now: datetime, given: object, field: str
) -> None:
    with store.writing() as session:
        policy = taken_in(session, make_office(session), now)
        with pytest.raises(BadConfirmation) as refused:
            wish = proposed(session, policy).with_file(given)
            confirm(session, policy, wish, by="1001", now=now)

        assert refused.value.field == field
        assert policy.state is PolicyState.READ
        assert session.exec(select(AudienceRule)).all() == []


def test_a_repealed_policy_cannot_be_confirmed_again(store: Store, now: datetime) -> None:
    with store.writing() as session:
        policy = taken_in(session, make_office(session), now)
        wish = proposed(session, policy).with_file(AGED)
        repeal(session, policy, reason="被新文件替代", by="1001", now=now)

        with pytest.raises(IllegalMove):
            confirm(session, policy, wish, by="1001", now=now)
