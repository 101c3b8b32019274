"""The list of a run: narrowed by how people would be told, and ten of it drawn to be checked."""

import re
from datetime import date, timedelta
from uuid import UUID

from profiles.model import Channel
from profiles.optouts import opt_out
from pusher.matching.match import match
from pusher.matching.recall import recall
from pusher.model.policy import Policy
from pusher.model.staff import Role
from tests.makers import NOW
from tests.sending.makers import make_confirmed, make_person
from tests.web.browsing import Console

HERE = {"household_area": "370104013"}


def listed(console: Console) -> str:
    """A run of one told by SMS, one by WeChat, one at the door, one silent, one not known."""
    with console.office() as (session, office):
        make_person(session, office, facts=HERE)
        make_person(session, office, facts=HERE, phone=None, openid="o-sample-0000000000000000001")
        make_person(session, office, facts=HERE, phone=None)
        silent = make_person(session, office, facts=HERE)
        opt_out(session, profile_id=silent.id, how="样例", now=NOW)
        make_person(session, office, facts={})
        policy = make_confirmed(session, office)
        match(session, policy, now=NOW, by="1001")
    return f"/policies/{policy.id}/matches"


def names_on(page: str) -> int:
    return page.count('<th scope="row"')


def test_the_list_tells_how_each_would_be_told_and_why_not(lite: Console) -> None:
    path = listed(lite)
    browser = lite.browser(Role.CLERK)

    whole = browser.get(path).text

    assert names_on(whole) == 5
    for words in ("单独通知", "社区上门", "没有可用的联系方式", "已退订", "只进摘要"):
        assert words in whole
    for query, number in (
        ("way=push", 2),
        ("way=offline_list", 1),
        ("way=withhold:opted_out", 1),
        ("way=withhold:no_consent", 0),
        (f"channel={Channel.WECHAT.value}", 1),
        ("missing=household_area", 1),
        ("decision=eligible&way=push&channel=sms", 1),
        ("street=370104013", 5),
        ("street=370104003", 0),
    ):
        assert names_on(browser.get(f"{path}?{query}").text) == number, query


def test_ten_are_drawn_and_drawn_again_by_their_number(lite: Console) -> None:
    with lite.office() as (session, office):
        for n in range(14):
            make_person(session, office, facts=HERE, phone=f"199000012{n:02}")
        make_person(session, office, facts={}, street="370104003")
        policy = make_confirmed(session, office)
        match(session, policy, now=NOW, by="1001")
    path = f"/policies/{policy.id}/matches"
    browser = lite.browser(Role.CLERK)
    offered = re.search(r"seed=(\d+)", browser.get(path).text)
    assert offered

    drawn = browser.get(f"{path}?seed={offered[1]}").text

    assert names_on(drawn) == 10
    assert f"抽样号 {offered[1]}" in drawn
    assert "道德街" in drawn.split('id="list"')[1]
    again = browser.get(f"{path}?seed={offered[1]}").text
    assert again.split('id="list"')[1] == drawn.split('id="list"')[1]


def test_a_recall_is_offered_as_a_supplement_and_can_be_drafted(lite: Console) -> None:
    path = listed(lite)
    policy_id = path.split("/")[2]
    with lite.office() as (session, office):
        make_person(session, office, facts=HERE, phone="19900004444")
        coming = NOW.date() + timedelta(days=60)
        make_person(
            session, office, facts=HERE, born=date(coming.year - 80, coming.month, coming.day)
        )
        policy = session.get(Policy, UUID(policy_id))
        assert policy is not None
        policy.apply_until = None
        runs = recall(session, now=NOW, by="recall")
    browser = lite.browser(Role.CLERK)

    whole = browser.get(path).text
    newest = browser.get(f"{path}?run={runs[0].id}").text

    assert "新符合 1 人（户）" in whole
    assert "60天内到龄 1 人（户）" in whole
    assert names_on(newest) == 1
    fields = {"kind": "first", "include": "eligible", "channels": ["sms"], "run": str(runs[0].id)}
    drafted = browser.post(f"/policies/{policy_id}/batches", fields, page=path)
    assert drafted.headers["location"].startswith("/batches/")
    assert browser.get(f"{path}?run=nonsense").status_code == 404
