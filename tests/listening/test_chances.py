"""Who tells of themselves is answered by the rules: what may be for them, and what is wanting."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from profiles.model import Office
from pusher.listening.answers.ask import ask
from pusher.listening.answers.asking import Says
from pusher.listening.answers.sheet import Answer
from pusher.listening.answers.telling import of_child, told_in
from pusher.model.question import Question
from pusher.store import Store
from tests.listening.asked_policies import given_policy
from tests.makers import NOW


def asked(session: Session, text: str, **given: Any) -> Answer:
    office = session.exec(select(Office)).one()
    return ask(session, office, text, now=NOW, **given).answer


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("我是个体户，能领什么", {"entity_type": "individual_business"}),
        ("想开小饭馆", {"industry": "62", "entity_type": "individual_business"}),
        ("残疾二级有什么补贴", {"disability": [{"grade": 2}]}),
        ("不是低保户", {}),
        ("没有低保", {}),
        ("孩子的父母都在坐牢", {"father_state": "imprisoned", "mother_state": "imprisoned"}),
        ("孩子爸爸失踪了，妈妈改嫁", {"father_state": "missing"}),
        ("我爸爸去世了，丧葬费怎么领", {}),
        ("事实孤儿怎么申请", {"child_category": ["de_facto_unattended"]}),
        ("打零工的有什么补贴", {"employment_status": "flexible"}),
    ],
)
def test_what_people_tell_of_themselves_is_taken_as_facts(
    question: str, facts: dict[str, object]
) -> None:
    assert told_in(question) == facts


@pytest.mark.parametrize(
    ("question", "age", "child"),
    [("孙子上幼儿园", None, True), ("我妈82岁", 82, False), ("2岁", 2, True), ("我", None, False)],
)
def test_whose_facts_they_are_is_seen_from_the_age_or_the_words(
    question: str, age: int | None, child: bool
) -> None:
    assert of_child(question, age) is child


def test_a_policy_whose_rule_the_age_meets_is_offered_with_its_clause(store: Store) -> None:
    with store.writing() as session:
        policy = given_policy(session)

        said = asked(session, "我妈今年82岁，能领什么")

        assert said.says is Says.OPEN
        assert [line.about for line in said.lines if line.about] == [policy]
        assert {cited.policy for cited in said.citations} == {policy.id}
        assert any("80周岁" in cited.quote for cited in said.citations)
        assert "household_area" in [ask.fact for ask in said.asks]
        assert "以受理部门审核为准" in said.text


@pytest.mark.parametrize(
    "question", ["我今年62岁，能领什么", "孩子8岁，能领什么", "我是个体户，能领什么"]
)
def test_a_policy_that_is_for_others_is_not_offered(store: Store, question: str) -> None:
    with store.writing() as session:
        given_policy(session)

        said = asked(session, question)

        assert not any(line.about for line in said.lines)
        assert said.citations == ()


def test_a_place_that_was_told_speaks_against_or_decides(store: Store) -> None:
    with store.writing() as session:
        given_policy(session)

        there = asked(session, "82岁能领什么", told={"household_area": "370102"})
        here = asked(session, "82岁能领什么", told={"household_area": "370104"})

        assert not any(line.about for line in there.lines)
        assert any(line.about for line in here.lines)


def test_a_policy_that_is_over_is_no_chance(store: Store) -> None:
    with store.writing() as session:
        given_policy(session, expires_on=NOW.date() - timedelta(days=1))

        assert not any(line.about for line in asked(session, "82岁能领什么").lines)


def test_what_was_told_is_not_kept_apart_from_the_question(store: Store) -> None:
    with store.writing() as session:
        given_policy(session)
        asked(session, "82岁低保户能领什么")

        kept = session.exec(select(Question)).one()
        assert "dibao" not in str(kept.model_dump())
