"""The form that confirms: what was read stands there, is mended, tried on everybody and kept."""

from datetime import date

import pytest
from sqlmodel import select

from pusher.model.batch import Batch
from pusher.model.match import MatchRun
from pusher.model.policy import AudienceRule, Policy, PolicyState, PolicyTag
from pusher.model.staff import Role
from tests.makers import AGED, make_policy
from tests.sending.makers import make_person
from tests.web.browsing import Console
from tests.web.reading_in import confirm_fields, read_one


def test_a_clerk_confirms_and_computes_the_list(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"}, name="欧阳样例")
    browser = console.browser(Role.CLERK)

    confirmed = browser.post(f"{where}/confirm", confirm_fields())
    assert confirmed.status_code == 303
    with console.store.reading() as session:
        policy = session.exec(select(Policy)).one()
        rule = session.exec(select(AudienceRule)).one()
        tags = session.exec(select(PolicyTag.tag_code)).all()
    assert policy.state is PolicyState.CONFIRMED
    assert policy.short_title == "高龄津贴"
    assert policy.elements["benefit_line"] == "每人每月100元"
    assert rule.confirmed_by == console.staff[Role.CLERK].number
    assert rule.rule == AGED
    assert tags == ["M02"]

    matched = browser.post(f"{where}/match")
    assert matched.headers["location"] == f"{where}/matches"
    page = browser.get(f"{where}/matches").text
    assert "欧**例" in page
    assert "欧阳样例" not in page
    assert "年满80周岁" in page

    drafted = browser.post(
        f"{where}/batches", {"kind": "first", "include": "eligible", "channels": ["sms", "wechat"]}
    )
    assert drafted.headers["location"].startswith("/batches/")
    with console.store.reading() as session:
        assert session.exec(select(Batch)).one().drafted_by == rule.confirmed_by


def test_the_form_shows_what_was_read_and_stores_nothing(console: Console) -> None:
    where = read_one(console, needs_person=["其他困难情形"])
    browser = console.browser(Role.CLERK)

    page = browser.get(f"{where}/confirm").text
    checked = browser.post(f"{where}/confirm", confirm_fields(act="check"))

    assert "先决定这 1 处读不懂的条件" in page
    assert 'value="槐荫区"' in page
    assert checked.status_code == 200
    assert "1. 户籍地在槐荫区" in checked.text
    with console.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


def test_tags_are_asked_for_first_where_the_text_suggests_none(lite: Console) -> None:
    with lite.office() as (session, office):
        ids = [make_policy(session, office, tags=tags).id for tags in ([], ["M02"])]
    browser = lite.browser(Role.CLERK)

    asking, knowing = (browser.get(f"/policies/{one}/confirm").text for one in ids)

    assert asking.index('id="tags"') < asking.index('id="rule"')
    assert "至少选一个" in asking
    assert knowing.index('id="tags"') > knowing.index('id="rule"')


def test_a_condition_is_added_changed_and_dropped(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    typed = {"add-root": "居住形态"}
    added = browser.post(f"{where}/confirm", confirm_fields(act="add-root-condition", **typed))
    assert added.status_code == 200
    assert 'name="line-2-fact" value="living_arrangement"' in added.text

    third = {
        "lines": "3",
        "line-2-kind": "leaf",
        "line-2-depth": "0",
        "line-2-turned": "1",
        "line-2-fact": "living_arrangement",
        "line-2-op": "eq",
        "line-2-value": "独居",
        "line-2-quote": "",
    }
    dropped = browser.post(f"{where}/confirm", confirm_fields(act="drop-0", **third))
    assert "户籍地在槐荫区" not in dropped.text
    kept = {
        name.replace("line-1", "line-0").replace("line-2", "line-1"): value
        for name, value in confirm_fields(**third).items()
        if not name.startswith("line-0")
    }
    done = browser.post(f"{where}/confirm", {**kept, "lines": "2"})

    assert done.status_code == 303, done.text
    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one().rule
    assert rule == {
        "all": [
            {"fact": "birth_date", "op": "age_ge", "quote": "年满80周岁的老年人", "value": 80},
            {
                "not": {
                    "fact": "living_arrangement",
                    "op": "eq",
                    "quote": None,
                    "value": "alone",
                }
            },
        ]
    }


def test_every_error_stands_at_its_field_and_nothing_typed_is_lost(lite: Console) -> None:
    where = read_one(lite, needs_person=["其他困难情形"])
    wrong = confirm_fields(
        short_title="",
        benefit_line="字" * 40,
        apply_until="明天",
        tags=[],
        clauses="其他困难情形",
        **{"line-1-value": "八十"},
    )

    response = lite.browser(Role.CLERK).post(f"{where}/confirm", wrong)

    assert response.status_code == 422
    page = response.text
    for field in ("short_title", "benefit_line", "apply_until", "tags", "rows", "clause-0"):
        assert f'id="{field}-error"' in page, field
    assert 'value="八十"' in page
    assert "字" * 40 in page
    assert 'value="明天"' in page
    with lite.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


@pytest.mark.parametrize(
    ("decision", "checks", "conditions"),
    [("check", ["其他困难情形"], 0), ("condition", [], 1), ("none", [], 0)],
)
def test_a_clause_nobody_understood_is_decided(
    lite: Console, decision: str, checks: list[str], conditions: int
) -> None:
    where = read_one(lite, needs_person=["其他困难情形"])
    fields = confirm_fields(clauses="其他困难情形", **{"clause-0": decision})

    assert lite.browser(Role.CLERK).post(f"{where}/confirm", fields).status_code == 303

    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one()
    assert [check["quote"] for check in rule.manual_checks] == checks
    asked = [part for part in (rule.rule or {})["all"] if part["op"] == "manual"]
    assert len(asked) == conditions


def test_a_rule_file_takes_the_place_of_the_rows(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)
    given = '{"rule": {"fact": "care_need", "op": "is", "value": true}}'

    pasted = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted=given))
    broken = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted='{"all": 3}'))
    nonsense = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted="[" * 9000))

    assert 'name="line-0-fact" value="care_need"' in pasted.text
    assert "line-1-fact" not in pasted.text
    assert "应为列表" in broken.text
    assert 'id="pasted-error"' in nonsense.text


def test_the_rule_is_tried_on_everybody_without_being_kept(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"})
        make_person(session, office, facts={})

    response = console.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(act="trial"))

    assert "待核实的主要缺：户籍地（1）" in response.text
    assert "分街道" in response.text
    with console.store.reading() as session:
        assert session.exec(select(MatchRun)).all() == []


def test_counts_come_alone_while_somebody_is_at_it(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"})
        make_person(session, office, facts={"household_area": "370104"}, born=date(1990, 1, 1))
    browser = console.browser(Role.CLERK)
    excluded = {
        "lines": "3",
        "line-2-kind": "leaf",
        "line-2-depth": "0",
        "line-2-turned": "1",
        "line-2-fact": "birth_date",
        "line-2-op": "age_ge",
        "line-2-value": "85",
    }

    counts = browser.post(f"{where}/confirm/counts", confirm_fields(**excluded))
    half_typed = browser.post(f"{where}/confirm/counts", confirm_fields(**{"line-1-value": "八"}))

    assert "<html" not in counts.text
    assert "<dt>被除外</dt><dd>1</dd>" in counts.text
    assert "没有一个符合" in counts.text
    assert "还没有填好" in half_typed.text
    with console.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


def test_only_the_page_with_a_script_may_run_one_and_only_ours(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    policy = browser.get(f"{where}/confirm").headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in browser.get(where).headers["content-security-policy"]


def test_what_was_meant_is_picked_among_several(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    several = browser.post(
        f"{where}/confirm", confirm_fields(act="add-root-condition", **{"add-root": "收入"})
    )
    nothing = browser.post(
        f"{where}/confirm", confirm_fields(act="add-root-condition", **{"add-root": "星座"})
    )

    assert "有几项，请选一项" in several.text
    assert 'value="add-root-fact-household_income_month"' in several.text
    assert 'value="收入"' in several.text
    assert "没有叫“星座”的情况" in nothing.text


def test_conditions_that_exclude_one_another_are_told(lite: Console) -> None:
    where = read_one(lite)
    fields = confirm_fields(
        act="check",
        **{
            "line-0-fact": "birth_date",
            "line-0-op": "age_lt",
            "line-0-value": "18",
        },
    )

    assert "不可能同时" in lite.browser(Role.CLERK).post(f"{where}/confirm", fields).text


def test_a_draft_for_comment_may_have_no_rule(lite: Console) -> None:
    where = read_one(lite)

    done = lite.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(lines="0", never="1"))

    assert done.status_code == 303
    with lite.store.reading() as session:
        assert session.exec(select(AudienceRule)).one().rule is None
