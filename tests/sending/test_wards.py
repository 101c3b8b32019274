"""News for a parent of several: the one child it rests on decides who must have agreed."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from profiles.model import Office, Profile
from pusher.matching.match import current_rule, match
from pusher.model.batch import Batch, BatchKind
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeState, Reason
from pusher.model.policy import Policy
from pusher.sending.judge import look_around, objections
from pusher.sending.tell import tell, who_heard
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.rules.makers import leaf
from tests.sending.makers import draft, make_confirmed, make_person, only_notice, visits_of
from tests.sending.test_people_change import know

YOUNG = {"relation": "子女", "birth_date": "2020-01-01"}
GROWN = {"relation": "子女", "birth_date": "2010-01-01"}
TEENS = leaf("birth_date", "age_ge", 15)
INFANTS = leaf("birth_date", "age_lt", 10)


def parent(session: Session, office: Office, *wards: dict[str, str]) -> Profile:
    return make_person(session, office, born=date(1985, 1, 1), facts={"wards": list(wards)})


def about(session: Session, office: Office, rule: dict[str, Any], **given: Any) -> Policy:
    return make_confirmed(session, office, rule=rule, subject=given.pop("subject", "ward"))


def composed(session: Session, policy: Policy) -> Batch:
    return draft(session, policy, match(session, policy, now=NOW, by="1001"))


def foretold(session: Session, policy: Policy, person: Profile) -> str:
    """What the list of matches says before anything is drafted."""
    found = session.exec(
        select(Match).where(Match.profile_id == person.id).order_by(col(Match.id).desc())
    ).first()
    assert found is not None and found.decision is Decision.ELIGIBLE
    rule, earlier = current_rule(session, policy), who_heard(session, policy, BatchKind.FIRST)
    [told] = tell(session, policy, rule, [(found, person)], earlier=earlier, now=NOW)
    return told.way.telling.value


def at_the_claim(session: Session, notice: Notice) -> Reason | None:
    """What speaks against it when it is to leave."""
    bearing = look_around(session, [notice], now=NOW)
    return objections(session, [notice], bearing, now=NOW).get(notice.id)


def test_a_younger_child_beside_it_does_not_keep_the_news_of_the_older_one(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = parent(session, office, YOUNG, GROWN)
        policy = about(session, office, TEENS)
        run = match(session, policy, now=NOW, by="1001")

        assert foretold(session, policy, mother) == "push"

        batch = draft(session, policy, run)
        notice = only_notice(session, batch)

        assert (notice.state, notice.wording) == (NoticeState.DRAFTED, "sms_match_family")
        assert visits_of(session, batch) == []

        assert at_the_claim(session, notice) is None


@pytest.mark.parametrize("wards", [(YOUNG,), (GROWN, YOUNG)])
def test_news_that_rests_on_a_child_under_14_waits_for_a_guardians_word(
    store: Store, wards: tuple[dict[str, str], ...]
) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = parent(session, office, *wards)
        policy = about(session, office, INFANTS)
        run = match(session, policy, now=NOW, by="1001")
        said = foretold(session, policy, mother)
        [visit] = visits_of(session, draft(session, policy, run))

        assert said == "offline_list"
        assert (visit.profile_id, visit.because) == (mother.id, "minor_consent")


def test_who_is_meant_themselves_reads_of_themselves_though_they_care_for_a_child(
    store: Store,
) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = parent(session, office, YOUNG)
        policy = about(session, office, TEENS, subject="self_or_ward")
        notice = only_notice(session, composed(session, policy))

        assert (notice.profile_id, notice.wording) == (mother.id, "sms_match_resident")


def test_once_the_rule_fits_nobody_of_theirs_any_child_under_14_counts(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = parent(session, office, YOUNG, GROWN)
        policy = about(session, office, TEENS)
        notice = only_notice(session, composed(session, policy))
        know(session, mother, wards=[YOUNG])

        assert at_the_claim(session, notice) is Reason.NO_CONSENT
