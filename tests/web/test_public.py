"""What citizens see: why they were told, how to be silent, and the policy in plain words."""

from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from profiles.links import WHY_PAGE, make_link_token
from profiles.model import ConsentScope, Office, OptOut, Profile
from pusher.model.batch import Batch
from pusher.model.match import Decision
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Openness, Policy, PolicyState, PolicyTag, Registered
from pusher.model.staff import AuditEntry
from pusher.sending import review
from pusher.sending.deliver import deliver
from tests.makers import make_policy, make_rule
from tests.sending.makers import (
    draft,
    make_child,
    make_confirmed,
    make_matches,
    make_person,
    make_run,
)
from tests.web.browsing import HOST, Console, submit

SECRETS = ("欧阳样例", "19900004321", "1940", "低保", "3701")


def tell(
    session: Session, office: Office, person: Profile, decision: Decision = Decision.ELIGIBLE
) -> Notice:
    policy = make_confirmed(session, office, title="关于甲的通知（样例）")
    run = make_run(session, policy)
    make_matches(session, run, [person], decision=decision)
    batch = draft(session, policy, run, include=[decision])
    return session.exec(select(Notice).where(Notice.batch_id == batch.id)).one()


def link_of(console: Console, notice: Notice) -> str:
    return make_link_token(console.app.state.desk.sealer, WHY_PAGE, notice.id)


def told_person(console: Console) -> tuple[Notice, str]:
    with console.office() as (session, office):
        person = make_person(session, office, phone="19900004321", name="欧阳样例")
        notice = tell(session, office, person)
    return notice, link_of(console, notice)


def opt_outs(console: Console) -> list[OptOut]:
    with console.store.reading() as session:
        return list(session.exec(select(OptOut)))


def test_the_reason_is_told_in_the_policys_words_and_nothing_personal(console: Console) -> None:
    _, word = told_person(console)

    page = console.browser().get(f"/p/why/{word}").text

    assert "可能符合" in page
    assert "您符合" not in page
    assert "以受理部门审核为准" in page
    assert "年满80周岁的老年人" in page
    assert "每人每月100元" in page
    assert "2026年12月18日" in page
    assert "0531-00000001" in page
    assert f'href="/p/stop/{word}"' in page
    assert not [secret for secret in SECRETS if secret in page.replace(word, "")]


def test_the_page_keeps_what_was_true_when_the_notice_was_sent(console: Console) -> None:
    reasons = [
        {"id": "c1", "fact": "household_area", "op": "within", "quote": "具有槐荫区户籍",
         "condition": "户籍地在槐荫区", "result": "unknown", "excludes": False},
        {"id": "c2", "fact": "welfare_status", "op": "any_of", "quote": "属于低保家庭",
         "condition": "社会救助身份包括最低生活保障对象", "result": "yes", "excludes": False},
    ]  # fmt: skip
    with console.office() as (session, office):
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        matches = make_matches(session, run, [make_person(session, office)], reasons=reasons)
        batch = draft(session, policy, run)
        notice = session.exec(select(Notice).where(Notice.batch_id == batch.id)).one()
        assert matches
    before = console.browser().get(f"/p/why/{link_of(console, notice)}").text
    with console.store.writing() as session:
        everybody = {
            "all": [{"fact": "birth_date", "op": "age_ge", "value": 18, "quote": "成年人"}]
        }
        make_rule(session, session.get_one(Policy, policy.id), rule=everybody)

    after = console.browser().get(f"/p/why/{link_of(console, notice)}").text

    assert "2026年11月25日" in before
    assert "我们核对的是：户籍地在槐荫区（登记中没有，待核实）" in before
    assert "最低生活保障" not in before
    assert after.split("<main")[1] == before.split("<main")[1]
    assert "成年人" not in after


def test_who_is_left_out_is_not_told_as_a_requirement(console: Console) -> None:
    rule = {
        "all": [
            {"fact": "birth_date", "op": "age_ge", "value": 80, "quote": "年满80周岁"},
            {"not": {"fact": "care_need", "op": "is", "value": True, "quote": "已入住机构的"}},
            {"fact": "hardship_events", "op": "none", "value": None, "quote": "有突发困难的"},
            {"fact": "hardship_events", "op": "none", "value": None, "quote": "无困难记录"},
        ]
    }
    with console.office() as (session, office):
        policy = make_confirmed(session, office, rule=rule)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        batch = draft(session, policy, run)
        notice = session.exec(select(Notice).where(Notice.batch_id == batch.id)).one()

    page = console.browser().get(f"/p/why/{link_of(console, notice)}").text

    wanted, barred = page.split("有这些情形的不算")
    assert "年满80周岁" in wanted
    assert "无困难记录" in wanted
    for clause in ("已入住机构的", "有突发困难的"):
        assert clause in barred
        assert clause not in wanted


def test_a_guardian_is_told_of_the_family_without_a_name(console: Console) -> None:
    with console.office() as (session, office):
        mother = make_person(session, office, born=date(1990, 1, 1))
        child = make_child(session, office, mother)
        notice = tell(session, office, child)

    page = console.browser().get(f"/p/why/{link_of(console, notice)}").text

    assert "您照护的家人" in page
    assert "样例居民" not in page


def test_the_pages_behind_a_link_do_not_name_a_telling_subject(lite: Console) -> None:
    notice, word = told_person(lite)
    with lite.store.writing() as session:
        for tag in session.exec(select(PolicyTag).where(PolicyTag.policy_id == notice.policy_id)):
            tag.name = "失能独居空巢老人"
    stranger = lite.browser()

    pages = [stranger.get(f"/p/{page}/{word}").text for page in ("why", "stop")]
    stopped = stranger.client.post(
        f"/p/stop/{word}", data={"what": "topic"}, headers={"origin": HOST}
    ).text

    for page in (*pages, stopped):
        assert "失能" not in page
    assert "与这条通知同类的政策" in pages[1]
    assert "不再给您发这一类的通知" in stopped
    assert [said.topic for said in opt_outs(lite)] == ["M02"], "the topic itself is silenced"


def test_a_subscriber_is_told_of_the_subscription(console: Console) -> None:
    with console.office() as (session, office):
        person = make_person(session, office, scopes=[ConsentScope.GENERAL])
        notice = tell(session, office, person, Decision.SUBSCRIBED)

    page = console.browser().get(f"/p/why/{link_of(console, notice)}").text

    assert "因为您订阅了“样例标签”" in page
    assert "可能符合" not in page


def test_opening_the_stop_page_stops_nothing(console: Console) -> None:
    _, word = told_person(console)
    browser = console.browser()

    for _ in range(3):
        page = browser.get(f"/p/stop/{word}")
        assert page.status_code == 200
        assert page.text.count("<button") == 1

    assert opt_outs(console) == []


@pytest.mark.parametrize("where", ["/p/why/x", "/p/stop/x", "/p/nowhere"])
def test_a_link_that_leads_nowhere_says_whom_to_call(lite: Console, where: str) -> None:
    with lite.store.reading() as session:
        office = session.exec(select(Office)).one()

    page = lite.browser().client.get(where)

    assert page.status_code == 404
    assert office.name in page.text
    assert f'href="tel:{office.phone}"' in page.text


@pytest.mark.parametrize(("what", "topics"), [("topic", ["M02"]), ("all", [None]), ("", [None])])
def test_the_button_stops_at_once(console: Console, what: str, topics: list[str | None]) -> None:
    notice, word = told_person(console)
    browser = console.browser()

    for _ in range(2):
        done = browser.client.post(f"/p/stop/{word}", data={"what": what})
        assert done.status_code == 200
        assert "已经停了" in done.text

    said = opt_outs(console)
    assert [out.topic for out in said] == topics
    assert {out.profile_id for out in said} == {notice.profile_id}
    assert {out.address_index for out in said} == {notice.address_index}
    assert {out.channel for out in said} == {None}
    assert "您已经退订" in browser.get(f"/p/stop/{word}").text
    with console.store.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.act == "public.opt_out")).all()
    assert {(entry.by, entry.about) for entry in entries} == {("public", f"notice:{notice.id}")}


def test_a_stop_holds_for_a_batch_that_is_approved(console: Console) -> None:
    notice, word = told_person(console)
    with console.store.reading() as session:
        batch = session.get_one(Batch, notice.batch_id)
    shown = submit(console, batch, by="1001")
    with console.store.writing() as session:
        review.approve(
            session,
            session.get_one(Batch, batch.id),
            by="2001",
            now=console.now,
            shown=shown,
            gateways=console.settings.gateways,
        )

    console.browser().client.post(f"/p/stop/{word}", data={"what": "all"})
    deliver(
        console.store,
        console.gateways,
        settings=console.settings,
        now=console.now,
        owner="test",
    )

    with console.store.reading() as session:
        assert session.get_one(Notice, notice.id).state is NoticeState.WITHHELD


def test_another_site_cannot_press_the_button(console: Console) -> None:
    _, word = told_person(console)
    client = console.browser().client

    stranger = client.post(f"/p/stop/{word}", headers={"origin": "https://elsewhere.invalid"})

    assert stranger.status_code == 403
    assert opt_outs(console) == []


@pytest.mark.parametrize("kind", ["why", "stop"])
def test_a_forged_or_foreign_link_opens_nothing(console: Console, kind: str) -> None:
    notice, word = told_person(console)
    sealer = console.app.state.desk.sealer
    client = console.browser().client

    for forged in (
        word[:-2] + ("AA" if not word.endswith("AA") else "BB"),
        make_link_token(sealer, "another-purpose", notice.id),
        make_link_token(sealer, WHY_PAGE, uuid4()),
        "x",
    ):
        assert client.get(f"/p/{kind}/{forged}").status_code == 404
        if kind == "stop":
            assert client.post(f"/p/stop/{forged}", headers={"origin": HOST}).status_code == 404
    assert opt_outs(console) == []


def test_no_cookie_is_set_on_citizens(console: Console) -> None:
    _, word = told_person(console)
    client = console.browser().client

    for path in (f"/p/why/{word}", f"/p/stop/{word}", "/p/why/x"):
        assert "set-cookie" not in client.get(path).headers


def test_a_confirmed_open_policy_has_a_public_page(console: Console) -> None:
    with console.office() as (session, office):
        policy = make_confirmed(session, office)

    page = console.browser().get(f"/p/policy/{policy.id}").text

    assert policy.body[0] in page
    assert "2026年12月18日（含当天）" in page


@pytest.mark.parametrize(
    "given",
    [
        {"state": PolicyState.READ},
        {"state": PolicyState.CONFIRMED, "openness": Openness.ON_REQUEST},
        {"state": PolicyState.CONFIRMED, "openness": Openness.CLOSED},
    ],
)
def test_what_is_not_public_is_not_there(console: Console, given: dict[str, object]) -> None:
    with console.office() as (session, office):
        policy = make_policy(session, office, **given)

    response = console.browser().get(f"/p/policy/{policy.id}")

    assert response.status_code == 404
    assert policy.title not in response.text
    assert "工作台" not in response.text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"registered": Registered.DRAFT}, "还在征求意见"),
        ({"registered": Registered.EXHAUSTED}, "名额或资金已经用完"),
        ({"apply_until": date(2026, 11, 24)}, "申报时间已经过了"),
        ({"effective_on": date(2027, 1, 1)}, "还没有到申报时间"),
        ({"state": PolicyState.REPEALED}, "已经废止或失效"),
    ],
)
def test_a_policy_that_cannot_be_applied_for_says_so(
    lite: Console, given: dict[str, object], says: str
) -> None:
    with lite.office() as (session, office):
        policy = make_policy(session, office, **{"state": PolicyState.CONFIRMED, **given})

    assert says in lite.browser().get(f"/p/policy/{policy.id}").text


def test_an_old_version_points_to_the_new_one(lite: Console) -> None:
    with lite.office() as (session, office):
        old: Policy = make_policy(session, office, state=PolicyState.SUPERSEDED)
        new = make_policy(
            session,
            office,
            state=PolicyState.CONFIRMED,
            family_id=old.family_id,
            version=2,
        )

    assert f'href="/p/policy/{new.id}"' in lite.browser().get(f"/p/policy/{old.id}").text
