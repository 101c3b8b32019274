"""What the list of matches foretells is what the draft of a batch does with everybody."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from profiles.consent import opt_out
from profiles.model import ConsentScope, Contact, Doubt, Office, Profile
from pusher.model.batch import BatchKind, VisitMatch
from pusher.model.match import Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, NoticeState
from pusher.model.policy import AudienceRule, Policy
from pusher.sending.tell import tell, who_heard
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.makers import (
    draft,
    make_child,
    make_confirmed,
    make_firm,
    make_matches,
    make_person,
    make_run,
)

PLACES = {"push": "drafted", "withhold": "withheld", "offline_list": "visit"}


def crowd(session: Session, office: Office) -> list[Profile]:
    """Somebody of every kind: told, left out for each reason, walked to for each."""
    mother = make_person(session, office, born=date(1988, 5, 1))
    silent, doubted = (make_person(session, office) for _ in range(2))
    opt_out(session, profile_id=silent.id, how="网页", now=NOW)
    contact = session.exec(select(Contact).where(Contact.profile_id == doubted.id)).one()
    contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW
    yesterday = (NOW - timedelta(days=1)).date().isoformat()
    return [
        mother,
        silent,
        doubted,
        make_child(session, office, mother),
        make_child(session, office, mother, consent=False),
        make_child(session, office, None),
        make_person(session, office, born=date(2016, 1, 1), phone=None),
        make_person(session, office, phone=None),
        make_person(session, office, scopes=[]),
        make_person(session, office, scopes=[ConsentScope.GENERAL]),
        make_person(session, office, facts={"deceased_on": yesterday}),
        make_person(session, office, phone=None, openid="oOneAnswer1"),
        make_firm(session, office),
    ]


def foretold(session: Session, policy: Policy, run: MatchRun) -> dict[str, str]:
    rule = session.get_one(AudienceRule, run.rule_id)
    pairs = session.exec(
        select(Match, Profile)
        .join(Profile, col(Profile.id) == col(Match.profile_id))
        .where(Match.run_id == run.id)
    ).all()
    earlier = who_heard(session, policy, BatchKind.FIRST)
    told = tell(session, policy, rule, pairs, earlier=earlier, now=NOW)
    return {str(one.match.id): PLACES[one.way.telling] for one in told}


def placed(session: Session, run: MatchRun) -> dict[str, str]:
    """Where the draft put each match of a run."""
    ours = select(col(Match.id)).where(Match.run_id == run.id)
    notices = session.exec(
        select(NoticeMatch.match_id, Notice.state)
        .join(Notice, col(Notice.id) == col(NoticeMatch.notice_id))
        .where(col(NoticeMatch.match_id).in_(ours))
    )
    visits = session.exec(select(VisitMatch.match_id).where(col(VisitMatch.match_id).in_(ours)))
    return {
        **{str(one): NoticeState(state).value for one, state in notices},
        **{str(one): "visit" for one in visits},
    }


def test_the_list_foretells_what_the_draft_does_before_and_after_a_first_batch(
    store: Store,
) -> None:
    with store.writing() as session:
        office = make_office(session)
        people, policy = crowd(session, office), make_confirmed(session, office)
        first = make_run(session, policy)
        make_matches(session, first, people, sensitive=True)

        said = foretold(session, policy, first)
        draft(session, policy, first)

        assert said == placed(session, first)
        assert set(said.values()) == {"drafted", "withheld", "visit"}

        second = make_run(session, policy)
        make_matches(session, second, [*people, make_person(session, office)], sensitive=True)
        again = foretold(session, policy, second)
        draft(session, policy, second)

        assert again == placed(session, second)
        assert sorted(set(again.values())) == ["drafted", "withheld"]
        assert list(again.values()).count("drafted") == 1
