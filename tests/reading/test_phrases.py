"""Phrases of the office take effect without code, show what they would change, and come back."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import AuditEntry
from pusher.reading.grammar.documents.smoothing import smooth
from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.words import OwnPhrase
from pusher.reading.ingest import read_policy
from pusher.reading.phrases import (
    BadPhrase,
    add_phrase,
    drop_phrase,
    effects,
    phrases_of,
    restore_phrase,
)
from pusher.store import Store
from tests.makers import NOW, make_office, make_policy

POOR = {"fact": "welfare_status", "op": "any_of", "value": ["dibao"], "quote": "低保对象"}
PAGE = "高龄关怀办法\n补贴对象为槐荫红心老人，须具有槐荫区户籍。"
OLD_TOWN = "道德街街道、西市场街道"


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as writing:
        yield writing


def waiting(session: Session, office: Office, **given: Any) -> Policy:
    """A policy that nobody confirmed and that says the words of the office."""
    body = PAGE.split("\n")
    drafted = {"rule": {"all": []}, "audience": "resident", "subject": "self", "needs_person": []}
    return make_policy(session, office, body=body, draft=drafted, **given)


def red_hearts(session: Session, office: Office) -> Any:
    return add_phrase(
        session, office_id=office.id, words="槐荫红心老人", condition=POOR, by="A01", now=NOW
    )


def facts_of(policy: Policy) -> list[str]:
    return [leaf["fact"] for leaf in policy.draft["rule"]["all"]]


def test_a_phrase_of_the_office_is_read_in_the_next_document(session: Session) -> None:
    office = make_office(session)
    condition = {"fact": "welfare_status", "op": "any_of", "value": ["dibao", "tekun"]}
    phrase = add_phrase(
        session, office_id=office.id, words="槐荫红心老人", condition=condition, by="A01", now=NOW
    )

    first = read_policy(
        session, PAGE.encode(), "甲.txt", office=office, tagger=None, now=NOW, by="A01"
    )
    read_with_it = facts_of(first)
    drop_phrase(session, phrase.id, office_id=office.id, by="A01", now=NOW)
    second = read_policy(
        session, f"{PAGE}二。".encode(), "乙.txt", office=office, tagger=None, now=NOW, by="A01"
    )

    assert read_with_it == ["welfare_status", "household_area"]
    assert "welfare_status" not in str(second.draft["rule"])
    assert phrases_of(session, office.id) == []


@pytest.mark.parametrize(
    ("words", "condition", "field"),
    [
        ("老", POOR, "words"),
        ("老城片区", {"reads": "老"}, "reads"),
        ("老城片区", {"reads": "老城片区"}, "reads"),
        ("红心老人", {"fact": "nothing", "op": "is", "value": True}, "condition"),
    ],
)
def test_a_phrase_that_means_nothing_is_refused(
    session: Session, words: str, condition: dict[str, Any], field: str
) -> None:
    office = make_office(session)

    with pytest.raises(BadPhrase) as refused:
        add_phrase(
            session, office_id=office.id, words=words, condition=condition, by="A01", now=NOW
        )

    assert refused.value.field == field


def test_what_waits_for_staff_is_read_again_and_what_is_confirmed_stays(session: Session) -> None:
    office = make_office(session)
    policy, confirmed = waiting(session, office), waiting(session, office)
    confirmed.state = PolicyState.CONFIRMED
    before = confirmed.draft

    phrase = red_hearts(session, office)
    assert "welfare_status" in facts_of(policy)
    drop_phrase(session, phrase.id, office_id=office.id, by="A02", now=NOW)
    assert "welfare_status" not in str(policy.draft)
    restore_phrase(session, phrase.id, office_id=office.id, by="A02", now=NOW)

    assert "welfare_status" in facts_of(policy)
    assert confirmed.draft == before
    trail = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.act).startswith("phrase."))
        .order_by(col(AuditEntry.number))
    ).all()
    assert [(one.act, one.by) for one in trail] == [
        ("phrase.add", "A01"), ("phrase.drop", "A02"), ("phrase.restore", "A02"),
    ]  # fmt: skip
    assert all(one.detail["read_again"] == 1 for one in trail)


def test_what_a_phrase_would_change_is_shown_and_nothing_kept(session: Session) -> None:
    office = make_office(session)
    policy = waiting(session, office)
    make_policy(session, office)

    (found,) = effects(session, office, words="槐荫红心老人", condition=POOR)

    assert found.policy == policy
    assert [change.fact for change in found.changes] == ["welfare_status"]
    assert phrases_of(session, office.id) == []
    assert policy.draft["rule"] == {"all": []}


def test_a_dropped_phrase_may_be_noted_anew_with_another_meaning(session: Session) -> None:
    office = make_office(session)
    first = red_hearts(session, office)
    drop_phrase(session, first.id, office_id=office.id, by="A01", now=NOW)

    again = add_phrase(
        session, office_id=office.id, words="槐荫红心老人",
        condition={"reads": "特困供养人员"}, by="A02", now=NOW,
    )  # fmt: skip

    assert again.id == first.id
    assert [one.condition for one in phrases_of(session, office.id)] == [{"reads": "特困供养人员"}]
    assert phrases_of(session, office.id, dropped=True) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("补贴对象为具有老城片区户籍的居民。", "household_area"),
        ("在老城片区居住满一年的老年人可以申请。", "residence_area"),
        ("注册地在老城片区的企业可以申报。", "registered_area"),
    ],
)
def test_the_short_name_of_an_area_is_read_wherever_an_area_may_stand(text: str, fact: str) -> None:
    own = (OwnPhrase("老城片区", {}, reads=OLD_TOWN),)

    rule = draft([text], area_code="370104", own=own).rule

    found = next(leaf for leaf in rule["all"] if leaf.get("fact") == fact)
    assert found["value"] == ["370104003", "370104004"]
    assert found["quote"] in text
    assert "老城片区" in found["quote"]


def test_the_way_back_to_the_exact_words_is_kept_around_what_is_read_otherwise() -> None:
    even = smooth(
        "居住在 老城片区 的，户籍在西市场街道的", {"老城片区": OLD_TOWN, "西市场": "西市场街道"}
    )

    assert even.text == f"居住在{OLD_TOWN}的，户籍在西市场街道的"
    assert even.exact(f"在{OLD_TOWN}的") == "在 老城片区 的"
    assert even.exact("户籍在西市场街道") == "户籍在西市场街道"
