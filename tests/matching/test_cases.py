"""The measured cases walked through rows: profile, consents, opt-outs, match, way to tell."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from profiles.addresses import add_contact
from profiles.consent import grant, opt_out
from profiles.dossier import Known, add_profile
from profiles.model import Channel, ConsentScope, Office, Profile, ProfileKind
from profiles.subscriptions import follow
from pusher.clock import OFFICE_ZONE
from pusher.matching.match import current_rule, match
from pusher.model.batch import BatchKind
from pusher.model.match import Match
from pusher.model.policy import Openness, Policy, PolicyState, Registered
from pusher.model.standing import standing
from pusher.rules.language import dump
from pusher.sending.tell import tell, who_heard
from pusher.store import Store
from tests.makers import make_office, make_policy, make_rule
from tests.profiles.people import credit_code, resident_number
from tests.rules.gold import gold_cases, gold_elements, gold_rule
from tests.sending.makers import draft

TAGS = {"政策征求意见": "L08"}


@pytest.fixture(scope="module")
def elements(shared) -> dict[str, dict[str, Any]]:
    return gold_elements(shared)


# what is measured is decisions; that both databases give the same rows is test_match's
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_lead_to_the_answers_of_the_cases(shared, elements, store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
    wrong = []
    for case in gold_cases(shared):
        with store.writing() as session:
            told = answers(session, office, case, elements[case["policy_id"]])
            session.rollback()
        wrong += [
            (case["case_id"], name, told[name], case["expected"][name])
            for name in told
            if told[name] != case["expected"][name]
        ]

    assert wrong == []


def answers(
    session: Session, office: Office, case: Mapping[str, Any], element: Mapping[str, Any]
) -> dict[str, str]:
    now = datetime.combine(
        date.fromisoformat(case["as_of"]), datetime.min.time().replace(hour=9), OFFICE_ZONE
    )
    policy = the_policy(session, office, case["doc"], element)
    person = somebody(session, office, case, now)
    for told in case["reach"]["history"]:
        older = told["version"] != "current"
        draft_first(
            session, the_policy(session, office, case["doc"], element) if older else policy, now
        )
    run = match(session, policy, now=now, by="1001")
    found = session.exec(
        select(Match).where(Match.run_id == run.id, Match.profile_id == person.id)
    ).first()
    decision = found.decision.value if found else "not"
    return {
        "decision": "not" if decision == "subscribed" else decision,
        "push": way_of(session, policy, found, person, now=now) if found else "withhold",
        "doc_state": standing(policy, now.date()).value,
    }


def way_of(
    session: Session, policy: Policy, found: Match, person: Profile, *, now: datetime
) -> str:
    rule, earlier = current_rule(session, policy), who_heard(session, policy, BatchKind.FIRST)
    [told] = tell(session, policy, rule, [(found, person)], earlier=earlier, now=now)
    return told.way.telling.value


def the_policy(session: Session, office: Office, doc: Mapping[str, Any], element) -> Policy:
    dates = {
        "effective_on": "valid_from",
        "expires_on": "valid_to",
        "apply_from": "apply_from",
        "apply_until": "apply_until",
    }
    policy = make_policy(
        session,
        office,
        state=PolicyState.CONFIRMED,
        tags=[TAGS.get(topic, topic) for topic in doc["topics"]],
        openness=Openness.OPEN if doc["disclosure"] == "public" else Openness.CLOSED,
        registered=Registered(doc["status"]),
        **{
            name: date.fromisoformat(element[theirs]) if element[theirs] else None
            for name, theirs in dates.items()
        },
    )
    make_rule(
        session,
        policy,
        audience=element["audience_kind"],
        subject=element["subject"],
        rule=dump(gold_rule(element)),
    )
    return policy


def somebody(session: Session, office: Office, case: Mapping[str, Any], now: datetime) -> Profile:
    reach, kind = case["reach"], ProfileKind(case["profile"]["kind"])
    resident = kind is ProfileKind.RESIDENT
    facts = case["profile"]["facts"]
    person = add_profile(
        session,
        office=office,
        kind=kind,
        name="样例",
        # without a birth day among the facts none is told by the number either
        number=resident_number(date(1900, 1, 1), 1) if resident else credit_code(1),
        street_code=None,
        community=None,
        facts={code: Known(value, "样例", now.date()) for code, value in facts.items()},
        now=now,
    )
    for channel in reach["channels"]:
        add_contact(session, person, Channel(channel), ADDRESS[channel], source="样例", now=now)
    if reach["consent"]["push"]:
        agree(session, person, ConsentScope.GENERAL, now)
    if reach["consent"].get("sensitive"):
        agree(session, person, ConsentScope.SENSITIVE, now)
    if reach["consent"].get("minor_guardian"):
        ward = a_ward(session, office, now)
        grant(
            session,
            ward,
            ConsentScope.MINOR,
            given_by=person,
            text_version="1",
            how="样例",
            now=now,
        )
    for tag in reach["subscriptions"]:
        follow(session, person, TAGS.get(tag, tag), source="样例", now=now)
    for word in reach["optouts"]:
        first, _, topic = word.partition(":")
        opt_out(
            session,
            profile_id=person.id,
            channel=Channel(first) if first in list(Channel) else None,
            topic=topic if first == "topic" else None,
            how="样例",
            now=now,
        )
    return person


ADDRESS = {"sms": "19900000001", "wechat": "o-sample-000000000000000001"}


def agree(session: Session, person: Profile, scope: ConsentScope, now: datetime) -> None:
    grant(session, person, scope, text_version="1", how="样例", now=now)


def a_ward(session: Session, office: Office, now: datetime) -> Profile:
    return add_profile(
        session, office=office, kind=ProfileKind.RESIDENT, name="样例儿童",
        number=resident_number(date(2020, 1, 1), 2), street_code=None, community=None,
        facts={}, now=now,
    )  # fmt: skip


def draft_first(session: Session, policy: Policy, now: datetime) -> None:
    """Draft the first batch of a policy: who is in it counts as told."""
    draft(session, policy, match(session, policy, now=now, by="1001"), now=now)
