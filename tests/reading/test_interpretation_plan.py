"""A policy has a plan of its interpretation before people are told of it, and it falls due."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from profiles.model import Office
from pusher.listening.supervise import look_round
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.duty import DutyKind
from pusher.model.interpretation import Form, Stage
from pusher.model.policy import Policy, PolicyState
from pusher.reading.interpretation_plan import (
    BadPlan,
    Planned,
    outstanding,
    plan_of,
    proposed_plan,
    set_plan,
)
from pusher.sending.explained import LACKING, NotExplained
from pusher.sending.preview import preview
from pusher.sending.review import submit
from pusher.store import Store
from pusher.working_days import Calendar
from tests.makers import NOW, make_interpretation, make_office, make_policy
from tests.sending.makers import draft, make_confirmed, make_matches, make_person, make_run

TODAY = NOW.date()
PLAN = Planned(Stage.AT, Form.PICTURE, "区民政局", date(2026, 11, 30))


def usual(policy: Policy) -> Planned:
    return proposed_plan(policy, office_name="政务公开办", days=3, calendar=Calendar(), today=TODAY)


def a_batch(session: Session) -> tuple[Policy, Batch]:
    office = make_office(session)
    policy = make_confirmed(session, office)
    run = make_run(session, policy)
    make_matches(session, run, [make_person(session, office)])
    return policy, draft(session, policy, run)


@pytest.mark.parametrize(
    ("published", "due"),
    [
        (None, date(2026, 11, 30)),
        (date(2026, 11, 27), date(2026, 12, 2)),
        # what came out long ago is not late before anybody asked for it
        (date(2026, 1, 5), date(2026, 11, 30)),
    ],
)
def test_the_usual_plan_is_with_the_publication_and_three_working_days(
    published: date | None, due: date
) -> None:
    policy = Policy(elements={}, issuer="区民政局、区财政局", published_on=published)  # type: ignore[call-arg]
    nobody = Policy(elements={}, issuer=None)  # type: ignore[call-arg]

    assert usual(policy) == Planned(Stage.AT, Form.TEXT, "区民政局", due)
    assert usual(nobody).department == "政务公开办"


def test_without_a_plan_the_preview_warns_and_where_it_is_required_nothing_is_submitted(
    store: Store,
) -> None:
    with store.writing() as session:
        policy, batch = a_batch(session)
        quiet = preview(session, batch).cautions
        warned = preview(session, batch, interpretation_needed="warn").cautions
        with pytest.raises(NotExplained, match="没有解读方案"):
            submit(session, batch, by="1001", now=NOW, interpretation_needed="required")
        set_plan(session, policy, PLAN, by="1001", now=NOW)
        planned = preview(session, batch, interpretation_needed="warn").cautions
        submit(session, batch, by="1001", now=NOW, interpretation_needed="required")

        assert LACKING in warned
        assert LACKING not in [*quiet, *planned]
        assert batch.state is BatchState.IN_REVIEW


@pytest.mark.parametrize("kind", [BatchKind.FIRST, BatchKind.REMINDER])
def test_an_interpretation_is_as_good_and_later_batches_are_not_asked(
    store: Store, kind: BatchKind
) -> None:
    with store.writing() as session:
        policy, batch = a_batch(session)
        batch.kind = kind
        if kind is BatchKind.FIRST:
            make_interpretation(session, policy)

        assert LACKING not in preview(session, batch, interpretation_needed="warn").cautions


def test_a_plan_is_owed_until_an_interpretation_stands_or_it_is_waived(
    store: Store, now: datetime
) -> None:
    def owed(session: Session, office: Office) -> list[tuple[str, date | None]]:
        found = look_round(session, office, now=now)
        kind = DutyKind.INTERPRETATION_OVERDUE
        return [(one.owner, one.due_on) for one in found if one.kind is kind]

    with store.writing() as session:
        office = make_office(session)
        policy, other = (make_policy(session, office, state=PolicyState.CONFIRMED) for _ in "ab")
        for one in (policy, other):
            set_plan(session, one, PLAN, by="1001", now=now)
        both = owed(session, office)
        make_interpretation(session, policy)
        waived = Planned(Stage.AT, Form.TEXT, "区民政局", TODAY, "只是转发上级文件")
        set_plan(session, other, waived, by="1001", now=now)

        assert both == [("区民政局", date(2026, 11, 30))] * 2
        assert owed(session, office) == []
        assert outstanding(session, office.id) == []


def test_a_plan_holds_for_the_next_version_until_that_has_its_own(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = make_policy(session, office)
        second = make_policy(session, office, family_id=first.family_id, version=2)
        set_plan(session, first, PLAN, by="1001", now=NOW)
        inherited = plan_of(session, second)
        set_plan(session, second, PLAN, by="1002", now=NOW)

        plans = [inherited, *(plan_of(session, one) for one in (first, second))]
        assert [plan.by for plan in plans if plan] == ["1001", "1001", "1002"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Planned(Stage.AT, Form.TEXT, " ", TODAY), "department"),
        (Planned(Stage.AT, Form.TEXT, "局" * 61, TODAY), "department"),
        (Planned(Stage.AT, Form.TEXT, "区民政局", TODAY, "因" * 201), "waived_because"),
    ],
)
def test_what_cannot_be_is_refused_by_field(store: Store, said: Planned, field: str) -> None:
    with store.writing() as session:
        policy = make_policy(session, make_office(session))

        with pytest.raises(BadPlan) as refused:
            set_plan(session, policy, said, by="1001", now=NOW)
        assert refused.value.field == field
