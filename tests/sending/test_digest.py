"""Subscribers hear once a day or a week of what is new, in one notice, drafted for staff."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from profiles.consent import opt_out
from profiles.model import Channel, ConsentScope, Office, Pace, Profile
from profiles.subscriptions import follow
from pusher.model.batch import Batch, BatchKind, Digest
from pusher.model.errors import Overtaken
from pusher.model.match import Decision, MatchRun, RunKind
from pusher.model.notice import Basis, Notice, NoticeMatch, NoticeState, Reason
from pusher.model.policy import Policy, PolicyState
from pusher.sending import review
from pusher.sending.compose import NobodyToTell
from pusher.sending.digest import DigestPlan, NothingNew, plan_digest, write_digest
from pusher.sending.drafting import text_of
from pusher.sending.tellable import NotTellable
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.makers import draft, make_confirmed, make_matches, make_person, make_run


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as session:
        yield session


GENERAL = [ConsentScope.GENERAL]
PRICES = {Channel.SMS: Decimal("0.045")}


def subscriber(
    session: Session, office: Office, pace: Pace = Pace.DAILY, tags: Sequence[str] = ("M02",),
    **given: object,
) -> Profile:  # fmt: skip
    person = make_person(session, office, scopes=GENERAL, **given)  # type: ignore[arg-type]
    for tag in tags:
        follow(session, person, tag, pace=pace, source="样例", now=NOW)
    return person


def planned(
    session: Session, office: Office, pace: Pace = Pace.DAILY, now: datetime = NOW
) -> DigestPlan:
    return plan_digest(
        session, office, pace, prices=PRICES, public_url="https://x.example", by="digest", now=now
    )


def drafted(
    session: Session, office: Office, pace: Pace = Pace.DAILY, now: datetime = NOW
) -> Batch:
    return write_digest(session, planned(session, office, pace, now))


def notices(session: Session, batch: Batch) -> list[Notice]:
    return list(session.exec(select(Notice).where(Notice.batch_id == batch.id)))


def texts(session: Session, batch: Batch) -> list[str]:
    return [
        text_of(session, one).text
        for one in notices(session, batch)
        if one.state is NoticeState.DRAFTED
    ]


def test_what_is_new_stands_in_one_notice_and_what_was_told_in_none(session: Session) -> None:
    office = make_office(session)
    person = subscriber(session, office)
    other = subscriber(session, office, tags=["Q01"])
    policies = [make_confirmed(session, office, short_title=f"样例补贴{n}") for n in range(5)]
    run = make_run(session, policies[0])
    make_matches(session, run, [person])
    draft(session, policies[0], run)

    batch = drafted(session, office)

    (notice,) = notices(session, batch)
    assert (batch.kind, notice.profile_id, notice.basis) == (
        BatchKind.DIGEST, person.id, Basis.SUBSCRIPTION,
    )  # fmt: skip
    (text,) = texts(session, batch)
    assert text.startswith(
        "【槐荫政务公开】您订阅的政策有4件新的：样例补贴4；样例补贴3；样例补贴2等。"
    )
    links = select(NoticeMatch).where(NoticeMatch.notice_id == notice.id)
    assert len(session.exec(links).all()) == 4, "it tells of all four"
    runs = session.exec(select(MatchRun).where(MatchRun.kind == RunKind.DIGEST)).all()
    assert {one.policy_id for one in runs} == {p.id for p in policies[1:]}
    assert other.id not in {one.profile_id for one in notices(session, batch)}


@pytest.mark.parametrize(
    ("titles", "says"), [(1, "有1件新的：甲0，"), (2, "有2件新的：甲1；甲0。")]
)
def test_a_few_titles_are_all_named(session: Session, titles: int, says: str) -> None:
    office = make_office(session)
    subscriber(session, office)
    for n in range(titles):
        make_confirmed(session, office, short_title=f"甲{n}")

    assert says in texts(session, drafted(session, office))[0]


def test_a_period_has_one_digest_and_the_next_one_tells_nothing_twice(session: Session) -> None:
    office = make_office(session)
    subscriber(session, office)
    make_confirmed(session, office, short_title="甲")
    first = drafted(session, office)

    with pytest.raises(NothingNew):
        planned(session, office, now=NOW + timedelta(hours=2))
    with pytest.raises(NothingNew):
        planned(session, office, now=NOW + timedelta(days=1))
    make_confirmed(session, office, short_title="乙")
    second = drafted(session, office, now=NOW + timedelta(days=1))

    assert "甲" in texts(session, first)[0]
    assert "1件新的：乙" in texts(session, second)[0]


def test_two_clockworks_write_one_digest(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        subscriber(session, office)
        make_confirmed(session, office)
    with store.reading() as session:
        plans = [planned(session, office) for _ in range(2)]
        session.expunge_all()

    with store.writing() as session:
        write_digest(session, plans[0])
    with pytest.raises(Exception) as caught, store.writing() as session:
        write_digest(session, plans[1])

    assert isinstance(caught.value, IntegrityError | Overtaken)
    with store.reading() as session:
        assert len(session.exec(select(Digest)).all()) == 1
        assert len(session.exec(select(Batch)).all()) == 1
        assert len(session.exec(select(Notice)).all()) == 1


def test_each_hears_at_their_pace(session: Session) -> None:
    office = make_office(session)
    people = {pace: subscriber(session, office, pace) for pace in Pace}
    make_confirmed(session, office)

    daily, weekly = (drafted(session, office, pace) for pace in (Pace.DAILY, Pace.WEEKLY))

    assert {n.profile_id for n in notices(session, daily)} == {
        people[Pace.DAILY].id, people[Pace.AT_ONCE].id,
    }  # fmt: skip
    assert [n.profile_id for n in notices(session, weekly)] == [people[Pace.WEEKLY].id]
    (mark,) = session.exec(select(Digest).where(Digest.pace == Pace.WEEKLY)).all()
    assert mark.period_on.weekday() == 0


def test_a_batch_of_one_policy_leaves_out_who_wants_a_digest(session: Session) -> None:
    office = make_office(session)
    daily, at_once = (subscriber(session, office, pace) for pace in (Pace.DAILY, Pace.AT_ONCE))
    policy = make_confirmed(session, office)
    run = make_run(session, policy)
    found = make_matches(session, run, [daily, at_once], decision=Decision.SUBSCRIBED)
    for match in found:
        match.followed = ["M02"]
        session.add(match)

    batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
    alone = make_run(session, policy)
    (match,) = make_matches(session, alone, [daily], decision=Decision.SUBSCRIBED)
    match.followed = ["M02"]

    assert [n.profile_id for n in notices(session, batch)] == [at_once.id]
    with pytest.raises(NobodyToTell, match="摘要"):
        draft(session, policy, alone, include=[Decision.SUBSCRIBED])


def test_nothing_new_sends_nothing(session: Session) -> None:
    office = make_office(session)
    silent = subscriber(session, office)
    opt_out(session, profile_id=silent.id, how="样例", now=NOW)
    make_confirmed(session, office)

    with pytest.raises(NothingNew):
        planned(session, office)
    subscriber(session, office)
    with pytest.raises(NothingNew):  # a Sunday
        planned(session, office, now=NOW + timedelta(days=4))
    batch = drafted(session, office)

    assert {n.profile_id: n.reason for n in notices(session, batch)}[silent.id] is Reason.OPTED_OUT


def test_what_ended_after_the_draft_is_not_approved_and_comes_again_when_cancelled(
    session: Session,
) -> None:
    office = make_office(session)
    subscriber(session, office)
    old, _ = (make_confirmed(session, office, short_title=title) for title in ("甲", "乙"))
    batch = drafted(session, office)
    review.submit(session, batch, by="1001", now=NOW)
    found = session.get_one(Policy, old.id)
    found.state = PolicyState.REPEALED
    session.add(found)
    session.flush()

    with pytest.raises(NotTellable, match="甲"):
        review.approve(
            session, batch, by="2001", now=NOW, shown=batch.frozen_sha256 or "", gateways={}
        )
    review.cancel(session, batch, by="2001", reason="甲已废止", now=NOW)
    again = drafted(session, office, now=NOW + timedelta(days=1))

    assert "1件新的：乙" in texts(session, again)[0]


def test_an_openid_is_no_address_for_an_office_without_wechat(session: Session) -> None:
    office = make_office(session)
    subscriber(session, office, phone="19900000042", openid="oSample0042")
    make_confirmed(session, office)

    worked_out = plan_digest(
        session, office, Pace.DAILY, prices=PRICES, public_url="https://x.example", by="digest",
        now=NOW, channels=[Channel.SMS],
    )  # fmt: skip
    (notice,) = notices(session, write_digest(session, worked_out))

    assert notice.channel is Channel.SMS
