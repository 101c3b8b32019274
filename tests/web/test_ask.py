"""Anybody may ask, without signing in: posted, kept to no address, and not too often."""

from uuid import UUID

import pytest
from httpx import Response
from sqlmodel import select

from pusher.listening.questions import text_of
from pusher.model.policy import Openness
from pusher.model.question import Question
from pusher.web.throttle import MOST_QUESTIONS
from tests.listening.asked_policies import given_policy
from tests.web.browsing import HOST, Console

ORIGIN = {"origin": HOST}


def post(console: Console, path: str = "/p/ask", **fields: str) -> Response:
    answer: Response = console.browser().client.post(path, data=fields, headers=ORIGIN)
    return answer


def questions(console: Console) -> list[Question]:
    with console.store.reading() as session:
        return list(session.exec(select(Question)))


def test_an_answer_leads_to_its_clause_and_is_kept_without_numbers(console: Console) -> None:
    with console.office() as (session, office):
        policy = given_policy(session, office)

    page = post(console, question="老人钱一个月多少，我是370199194001010011").text

    assert "每人每月100元" in page
    assert f'href="/p/policy/{policy.id}#c7"' in page
    assert "370199194001010011" not in page
    assert "Citation(" not in page, "it is written as a page, nowhere as the answer's own record"
    with console.store.reading() as session:
        kept = session.exec(select(Question)).one()
        assert text_of(session, kept) == "老人钱一个月多少，我是****"
        assert kept.policy_id == policy.id


def test_what_is_told_is_judged_and_kept_nowhere(lite: Console) -> None:
    with lite.office() as (session, office):
        given_policy(session, office)
    post(lite, question="高龄津贴我能领吗")
    number = str(questions(lite)[0].id)

    told = {"fact-household_area": "370104", "fact-age": "79", "number": number}
    page = post(lite, question="高龄津贴我能领吗", **told).text

    assert "看来不符合" in page
    assert "以受理部门审核为准" in page
    assert len(questions(lite)) == 1


@pytest.mark.parametrize("fact", ["fact-welfare_status", "fact-x", "fact-age"])
def test_a_fact_that_cannot_be_read_is_told_and_the_answer_stands(lite: Console, fact: str) -> None:
    with lite.office() as (session, office):
        given_policy(session, office)

    page = post(lite, question="高龄津贴我能领吗", **{fact: "低保八十"})

    assert page.status_code == 422
    assert "以受理部门审核为准" in page.text


def test_an_answer_is_called_useful_once(console: Console) -> None:
    with console.office() as (session, office):
        given_policy(session, office)
    post(console, question="高龄津贴多少钱")
    number = str(questions(console)[0].id)

    for word in ("yes", "no"):
        assert "谢谢" in post(console, "/p/ask/useful", number=number, useful=word).text

    assert questions(console)[0].useful is True
    assert post(console, "/p/ask/useful", number=str(UUID(int=7)), useful="no").status_code == 200


def test_a_question_from_a_policys_page_is_about_that_policy(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = given_policy(session, office)
        given_policy(session, office, title="关于发放乙津贴的通知（样例）", short_title="乙津贴",
                     document_number="乙〔2026〕1号", body=["每人每月7元。"])  # fmt: skip

    assert f'href="/p/ask?policy={policy.id}"' in lite.browser().get(f"/p/policy/{policy.id}").text
    asked = lite.browser().get(f"/p/ask?policy={policy.id}").text
    page = post(lite, question="多少钱", policy=str(policy.id)).text

    assert "什么条件能申请" in asked
    assert "每人每月100元" in page and "每人每月7元" not in page


def test_a_policy_that_is_not_open_is_not_asked_about(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = given_policy(session, office, openness=Openness.CLOSED)

    page = lite.browser().get(f"/p/ask?policy={policy.id}").text

    assert policy.short_title not in page


@pytest.mark.parametrize("question", ["", "   ", "问" * 201])
def test_an_empty_or_endless_question_is_refused_and_kept_nowhere(
    lite: Console, question: str
) -> None:
    page = post(lite, question=question)

    assert page.status_code == 422
    assert questions(lite) == []


def test_who_asks_too_fast_has_to_wait_and_is_given_the_hotline(lite: Console) -> None:
    for _ in range(MOST_QUESTIONS):
        assert post(lite, question="你好").status_code == 200

    refused = post(lite, question="你好")
    lite.later(minutes=11)

    assert refused.status_code == 429
    assert "12345" in refused.text
    assert post(lite, question="你好").status_code == 200


def test_a_question_of_another_site_is_refused_and_looking_keeps_nothing(lite: Console) -> None:
    stranger = {"origin": "https://elsewhere.invalid"}
    client = lite.browser().client

    assert client.post("/p/ask", data={"question": "你好"}, headers=stranger).status_code == 403
    assert client.get("/p/ask?question=高龄津贴").status_code == 200
    assert questions(lite) == []
