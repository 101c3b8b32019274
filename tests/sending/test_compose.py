"""What becomes a draft batch, in which words, with which hours; and what is refused."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import select

from profiles.guardians import link
from profiles.links import WHY_PAGE, read_link_token
from profiles.model import Channel, ConsentScope, GuardianKind
from profiles.sealing import Sealer
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import BatchKind, BatchState
from pusher.model.match import Decision
from pusher.model.notice import Basis, NoticeMatch
from pusher.model.policy import Openness, PolicyState, Registered
from pusher.model.telling import COMMENTS
from pusher.sending.compose import NobodyToTell, TooLate
from pusher.sending.drafting import text_of
from pusher.sending.tellable import NotTellable
from pusher.sending.wording import BadWording
from pusher.store import Store
from tests.makers import NOW, make_office, make_rule
from tests.sending.makers import (
    draft,
    drafted_for,
    make_child,
    make_confirmed,
    make_firm,
    make_matches,
    make_person,
    make_run,
    notices_of,
    only_notice,
    text_in,
    visits_of,
)

BOTH = (ConsentScope.GENERAL, ConsentScope.SENSITIVE)


def test_a_match_becomes_a_sealed_text_with_its_price(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office)])
        notice = only_notice(session, batch)
        text = text_in(session, notice)

    assert (notice.state, notice.basis, notice.channel) == ("drafted", "match", "sms")
    assert text == (
        "【槐荫政务公开】您可能符合条件：高龄津贴，每人每月100元，12月18日截止，以审核为准。"
        "咨询0531-00000001，退订回复TD"
    )
    assert (notice.segments, notice.price) == (1, Decimal("0.045"))
    assert notice.text_sha256 == sha256(text.encode()).hexdigest()
    assert notice.text_sealed and "高龄".encode() not in notice.text_sealed
    assert batch.state is BatchState.DRAFT and batch.drafted_by == "1001"


def test_wechat_is_taken_first_and_its_link_leads_to_why(store: Store, sealer: Sealer) -> None:
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office, openid="oAAA1")])
        notice = only_notice(session, batch)
        filled = text_of(session, notice)

    assert (notice.channel, notice.wording) == (Channel.WECHAT, "wechat_match_resident")
    assert (notice.segments, notice.price) == (0, Decimal(0))
    assert filled.params["date2"] == "2026年12月18日" and filled.url is not None
    base, _, token = filled.url.rpartition("/")
    assert base == "https://zw.example.invalid/p/why"
    assert read_link_token(sealer, WHY_PAGE, token) == notice.id
    assert read_link_token(sealer, "another-purpose", token) is None


def test_a_guardian_of_three_gets_one_text_that_names_nobody(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = make_person(session, office, born=date(1988, 5, 1), name="样例母亲")
        children = [make_child(session, office, mother) for _ in range(3)]
        batch = drafted_for(session, office, children)
        notice = only_notice(session, batch)
        linked = session.exec(select(NoticeMatch.match_id)).all()
        text = text_in(session, notice)

    assert notice.profile_id == mother.id and len(linked) == 3
    assert "您照护的家人可能符合条件" in text
    assert not any(word in text for word in ("样例居民", "样例母亲", "儿童", "孩"))


def test_a_couple_that_shares_a_phone_gets_one_text(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        couple = [make_person(session, office, phone="19900009001") for _ in range(2)]
        batch = drafted_for(session, office, couple)
        notice = only_notice(session, batch)
        linked = session.exec(select(NoticeMatch.match_id)).all()

    assert len(linked) == 2 and notice.wording == "sms_match_resident"


def test_who_is_meant_decides_the_words(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        owner = make_person(session, office, phone="19900009002")
        carer = make_person(session, office, phone="19900009003")
        people = {
            "firm": make_firm(session, office, phone="19900009004"),
            "owner": owner,
            "owned": make_firm(session, office, phone="19900009002"),
            "carer": carer,
            "ward": make_child(session, office, carer),
        }
        batch = drafted_for(session, office, list(people.values()))
        found = {n.profile_id: text_in(session, n) for n in notices_of(session, batch)}

    assert "】贵单位可能符合条件" in found[people["firm"].id]
    assert "】您、您的家人或您的单位可能符合条件" in found[owner.id]
    assert "】您或您照护的家人可能符合条件" in found[carer.id]
    assert len(found) == 3


def test_an_agent_reads_for_who_never_gave_an_address(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        daughter = make_person(session, office, born=date(1970, 1, 1))
        mother = make_person(session, office, phone=None)
        link(session, mother, daughter, kind=GuardianKind.AGENT, relation="女儿", until_on=None)
        batch = drafted_for(session, office, [mother])
        notice = only_notice(session, batch)

    assert notice.profile_id == daughter.id and notice.wording == "sms_match_family"


def test_a_parent_matched_by_a_rule_about_wards_reads_of_a_ward(store: Store) -> None:
    wards = {"wards": [{"relation": "子女", "birth_date": "2025-01-01"}]}
    with store.writing() as session:
        office = make_office(session)
        parents = [
            make_person(session, office, born=date(1990, 1, 1), facts=wards) for _ in range(2)
        ]
        make_child(session, office, parents[0])
        policy = make_confirmed(session, office, subject="ward")
        run = make_run(session, policy)
        make_matches(session, run, parents)
        batch = draft(session, policy, run)
        notice = only_notice(session, batch)
        visit = visits_of(session, batch)[0]

    assert notice.profile_id == parents[0].id and notice.wording == "sms_match_family"
    # nobody agreed for the other's child, which is under 14
    assert (visit.profile_id, visit.because) == (parents[1].id, "minor_consent")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"state": PolicyState.READ}, "尚未确认"),
        ({"openness": Openness.ON_REQUEST}, "主动公开"),
        ({"openness": Openness.CLOSED}, "主动公开"),
        ({"state": PolicyState.REPEALED}, "废止"),
        ({"state": PolicyState.SUPERSEDED}, "新版替代"),
        ({"registered": Registered.REPEALED}, "废止"),
        ({"registered": Registered.EXHAUSTED}, "用完"),
        ({"expires_on": date(2026, 11, 24)}, "有效期"),
        ({"apply_until": date(2026, 11, 24)}, "截止"),
        ({"registered": Registered.DRAFT}, "订阅"),
    ],
)
def test_a_policy_that_is_not_for_telling_is_refused(
    store: Store, given: dict[str, Any], said: str
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, **given)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])

        with pytest.raises(NotTellable, match=said):
            draft(session, policy, run)


def test_a_draft_for_comment_goes_to_subscribers_only(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(
            session, office, registered=Registered.DRAFT, rule=None, short_title="扩消费征求意见"
        )
        run = make_run(session, policy)
        make_matches(
            session,
            run,
            [make_person(session, office)],
            decision=Decision.SUBSCRIBED,
            followed=[COMMENTS],
        )
        batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
        notice = only_notice(session, batch)
        text = text_in(session, notice)

    assert notice.basis is Basis.SUBSCRIPTION
    assert "按您的订阅：扩消费征求意见，正在公开征求意见，12月18日截止，暂不能申报。" in text


def test_only_the_decisions_asked_for_are_taken_in(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        for decision in Decision:
            make_matches(session, run, [make_person(session, office)], decision=decision)
        batch = draft(session, policy, run, include=[Decision.POSSIBLE, Decision.SUBSCRIBED])
        found = notices_of(session, batch)

    assert Counter(n.basis for n in found) == {Basis.MATCH: 1, Basis.SUBSCRIPTION: 1}
    assert batch.include == ["possible", "subscribed"]


def test_a_run_by_an_older_rule_is_refused(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        make_rule(session, policy)

        with pytest.raises(NotTellable, match="重新匹配"):
            draft(session, policy, run)


def test_nobody_to_tell_is_refused(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)

        with pytest.raises(NobodyToTell):
            draft(session, policy, run)


def test_a_reminder_of_no_deadline_is_refused(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, apply_until=None)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])

        with pytest.raises(NotTellable, match="无从提醒"):
            draft(session, policy, run, kind=BatchKind.REMINDER)


@pytest.mark.parametrize(
    ("until", "send_after", "first", "latest"),
    [
        # within the hours: at once; until the end of the last day
        (date(2026, 12, 18), None, NOW, datetime(2026, 12, 18, 23, 59, 59, tzinfo=OFFICE_ZONE)),
        # no deadline, or a far one: thirty days
        (None, None, NOW, NOW + timedelta(days=30)),
        (date(2027, 6, 1), None, NOW, NOW + timedelta(days=30)),
        (
            None,
            NOW + timedelta(days=5),
            NOW + timedelta(days=5),
            NOW + timedelta(days=35),
        ),
    ],
)
def test_a_batch_has_a_first_and_a_latest_hour(
    store: Store, until: date | None, send_after: datetime | None, first: datetime, latest: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, apply_until=until)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        batch = draft(session, policy, run, send_after=send_after)

    assert (batch.send_after, batch.latest_at) == (first, latest)


def test_drafted_at_night_it_waits_for_the_working_morning(store: Store) -> None:
    friday_night = datetime(2026, 11, 27, 22, tzinfo=OFFICE_ZONE)
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office)], now=friday_night)

    assert batch.send_after == datetime(2026, 11, 30, 9, tzinfo=OFFICE_ZONE)


def test_too_late_for_the_deadline_is_refused(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, apply_until=date(2026, 11, 27))
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])

        with pytest.raises(TooLate, match="截止"):
            draft(session, policy, run, now=datetime(2026, 11, 27, 21, tzinfo=OFFICE_ZONE))


@pytest.mark.parametrize(
    ("title", "benefit", "to_people"),
    [
        ("重度残疾人护理补贴", "每人每月120元", "】您可能符合条件：护理补贴，每人每月120元，"),
        ("城乡低保提标", None, "】您可能符合条件：一项民生政策，12月"),
        (
            "上门照护服务",
            "每人每月360元，完全失能520元",
            "】您可能符合条件：上门照护服务，每人每月360元，12月",
        ),
        ("高龄津贴", "低保家庭加发50元", "】您可能符合条件：高龄津贴，12月"),
    ],
)
def test_no_text_to_a_person_tells_of_their_state(
    store: Store, title: str, benefit: str | None, to_people: str
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(
            session, office, short_title=title, elements={"benefit_line": benefit}
        )
        run = make_run(session, policy)
        person, firm = make_person(session, office), make_firm(session, office)
        make_matches(session, run, [person, firm])
        found = {
            n.profile_id: text_in(session, n)
            for n in notices_of(session, draft(session, policy, run))
        }

    assert to_people in found[person.id]
    assert f"】贵单位可能符合条件：{title}，" in found[firm.id]


def test_before_the_window_opens_the_text_says_from_when(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, apply_from=date(2026, 12, 1))
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        notice = only_notice(session, draft(session, policy, run))
        text = text_in(session, notice)

    assert "高龄津贴，12月1日起办理，每人每月100元，12月18日截止" in text


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ({"benefits": [{"amount": "360", "unit": "元/人·月"}]}, "，每人每月360元，"),
        (
            {"benefits": [{"amount": n, "unit": "元/人·月"} for n in (600, 80, 200)]},
            "，每人每月80至600元，",
        ),
        (
            {"benefits": [{"amount": "3", "unit": "%", "cap": "60", "cap_unit": "万元"}]},
            "，3%，最高60万元，",
        ),
        ({"benefits": []}, "条件：高龄津贴，12月18日"),
        ({}, "条件：高龄津贴，12月18日"),
    ],
)
def test_without_a_line_of_staff_the_amounts_are_said(
    store: Store, elements: dict[str, Any], said: str
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, elements=elements)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        notice = only_notice(session, draft(session, policy, run))

        assert said in text_in(session, notice)


def test_without_a_price_nothing_is_drafted(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)

        with pytest.raises(BadWording, match="单价"):
            drafted_for(session, office, [make_person(session, office)], prices={})
