"""Corrections are kept with before and after; phrases of the office take effect without code."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, select

from pusher.model.learning import Correction, Mending
from pusher.reading.changes import Change, changes, regrouped
from pusher.reading.confirm import Confirmation, confirm
from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.joining import leaves_of
from pusher.reading.learning import corrections_of, family_of, label_of_family, most_corrected
from pusher.reading.succession import decided_before, version_before
from pusher.store import Store
from tests.makers import NOW, make_office, make_policy
from tests.reading.gold.other_hands import policies

HERE = {"fact": "household_area", "op": "within", "value": ["370104"], "quote": "具有本区户籍"}
EIGHTY = {"fact": "birth_date", "op": "age_ge", "value": 80, "quote": "年满80周岁"}
SEVENTY = {**EIGHTY, "value": 70, "quote": "年满70周岁"}
POOR = {"fact": "welfare_status", "op": "any_of", "value": ["dibao"], "quote": "低保对象"}


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as writing:
        yield writing


def wish(rule: dict[str, Any], **given: Any) -> Confirmation:
    said = {
        "audience": "resident",
        "subject": "self",
        "manual_checks": [],
        "short_title": "高龄津贴",
    }
    return Confirmation(tags=["M02"], rule=rule, **{**said, **given})


def test_a_condition_in_another_group_is_no_change() -> None:
    assert changes({"all": [HERE, EIGHTY]}, {"all": [{"any": [EIGHTY]}, HERE]}) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"op": "in", "value": ["alone"]}, {"op": "eq", "value": "alone"}),
        (
            {"op": "in", "value": ["alone", "empty_nest"]},
            {"op": "in", "value": ["empty_nest", "alone"]},
        ),
        (
            {"op": "has", "value": {"all": [{"field": "a", "op": "in", "value": [1]}]}},
            {"op": "has", "value": {"field": "a", "op": "eq", "value": 1}},
        ),
    ],
)
def test_what_asks_the_same_in_other_words_is_no_change(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    fact = {"fact": "living_arrangement"}

    assert changes({**fact, **one, "quote": "独居"}, {**fact, **other, "quote": "独自居住"}) == []


def test_conditions_are_removed_changed_and_added() -> None:
    found = changes({"all": [HERE, EIGHTY]}, {"all": [SEVENTY, {"not": POOR}]})

    assert found == [Change(HERE, None), Change(EIGHTY, SEVENTY), Change(None, {"not": POOR})]
    assert [change.quote for change in found] == ["具有本区户籍", "年满70周岁", "低保对象"]


def test_conditions_that_are_combined_otherwise_are_told() -> None:
    two, three = {"all": [HERE, EIGHTY]}, {"all": [HERE, EIGHTY, POOR]}

    assert regrouped(two, {"any": [HERE, EIGHTY]})
    assert regrouped(three, {"all": [{"any": [HERE, EIGHTY]}, POOR]})
    assert not regrouped(two, {"all": [{"any": [EIGHTY]}, {"all": [HERE]}, POOR]})
    assert not regrouped(
        {"not": {"any": [HERE, EIGHTY]}}, {"all": [{"not": HERE}, {"not": EIGHTY}]}
    )
    assert not regrouped(None, two)


def test_what_was_decided_of_a_clause_is_known_when_the_next_version_says_it_again(
    session: Session,
) -> None:
    office = make_office(session)
    draft = {"rule": {"all": [HERE]}, "needs_person": ["生活确有困难"]}
    first = make_policy(session, office, draft=draft)
    confirm(session, first, wish({"all": [HERE]}), by="A01", now=NOW)

    second = make_policy(session, office, draft=draft, family_id=first.family_id, version=2)

    assert decided_before(session, second) == {"生活确有困难": "none"}
    assert decided_before(session, first) == {}
    assert version_before(session, second) == first


def test_what_staff_mend_is_kept_with_before_and_after(session: Session) -> None:
    office = make_office(session)
    draft = {"rule": {"all": [HERE, EIGHTY]}, "needs_person": ["生活确有困难"]}
    policy = make_policy(session, office, draft=draft)

    confirm(session, policy, wish({"all": [HERE, SEVENTY, POOR]}), by="A01", now=NOW)

    kept = {(c.mending, c.family): c for c in session.exec(select(Correction))}
    assert set(kept) == {
        (Mending.CHANGED, "ages"),
        (Mending.ADDED, "welfare"),
        (Mending.DECIDED, ""),
    }
    changed = kept[Mending.CHANGED, "ages"]
    assert (changed.before, changed.after) == (EIGHTY, SEVENTY)
    assert kept[Mending.DECIDED, ""].after == {"as": "none"}


def test_a_second_confirmation_is_held_against_the_first(session: Session) -> None:
    office = make_office(session)
    policy = make_policy(session, office, draft={"rule": {"all": [HERE]}})
    confirm(session, policy, wish({"all": [HERE, EIGHTY]}), by="A01", now=NOW)

    confirm(session, policy, wish({"all": [HERE, EIGHTY, POOR]}), by="A01", now=NOW)

    numbers = [(c.rule_number, c.mending) for c in session.exec(select(Correction))]
    assert sorted(numbers) == [(1, Mending.ADDED), (2, Mending.ADDED)]


def test_families_that_are_mended_most_stand_first(session: Session) -> None:
    office = make_office(session)
    for rule in ({"all": [EIGHTY, POOR]}, {"all": [SEVENTY]}):
        policy = make_policy(session, office, draft={"rule": {"all": [HERE]}})
        confirm(session, policy, wish({"all": [HERE, rule]}), by="A01", now=NOW)

    found = most_corrected(session, office.id)

    assert [(one.label, one.total) for one in found] == [("年龄", 2), ("社会救助身份", 1)]


def test_every_correction_can_be_looked_up_with_who_and_when(session: Session) -> None:
    office = make_office(session)
    policy = make_policy(session, office, draft={"rule": {"all": [HERE, EIGHTY]}})
    confirm(session, policy, wish({"all": [HERE, SEVENTY, POOR]}), by="A01", now=NOW)

    rows, total = corrections_of(session, office.id, family="ages", first=0, most=10)
    everything = corrections_of(session, office.id, family=None, first=1, most=10)

    assert [(one.quote, one.made_by, one.made_at) for one in rows] == [("年满70周岁", "A01", NOW)]
    assert total == 1
    assert (len(everything[0]), everything[1]) == (1, 2)


@pytest.mark.parametrize(
    ("fact", "family"),
    [
        ("birth_date", "ages"),
        ("household_area", "places"),
        ("revenue", "figures"),
        ("loans", "loans"),
        (None, ""),
    ],
)
def test_each_fact_has_the_family_that_reads_it(fact: str | None, family: str) -> None:
    assert family_of(fact) == family


def test_staff_are_told_what_every_condition_that_is_drafted_was_about() -> None:
    drafted = {
        leaf["fact"]
        for policy in policies("open")
        for leaf in leaves_of(draft(policy["text"].split("\n"), area_code="370104").rule)
        if leaf["fact"]
    }

    assert {fact for fact in drafted if not family_of(fact)} == set()
    assert {fact for fact in drafted if label_of_family(family_of(fact)) == "没有读懂的"} == set()
