"""The cards of the confirm page: accepted, mended by plain fields, struck and taken back."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlmodel import col, select

from profiles.facts import vocabulary
from pusher.model.learning import Correction, Mending
from pusher.model.policy import AudienceRule, Policy
from pusher.model.staff import Role
from pusher.reading.changes import changes, regrouped
from pusher.web.outline import lines_of, rule_of, sayings
from pusher.web.value_fields import field_of, joined, near_areas, sections
from tests.makers import AGED, make_policy
from tests.web.browsing import Console
from tests.web.reading_in import confirm_fields, read_one

DISTRICT = Path(str(files("pusher.demo").joinpath("district")))
BENEFIT = {
    "amount": "80", "unit": "元/人·月", "cap": None, "cap_unit": None, "quote": "每人每月80元",
}  # fmt: skip


def mended(console: Console, mending: Mending) -> dict[str, Correction]:
    """Corrections of one kind, by what they are about."""
    with console.store.reading() as session:
        asked = select(Correction).where(col(Correction.mending) == mending)
        return {one.family: one for one in session.exec(asked)}


def test_what_is_struck_does_not_count_and_comes_back_by_the_same_box(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    struck = browser.post(
        f"{where}/confirm", confirm_fields(act="check", **{"line-0-struck": "1"})
    ).text
    again = browser.post(f"{where}/confirm", confirm_fields(act="check")).text

    assert "户籍地在槐荫区\n" not in struck.replace("</pre>", "\n").split("<pre")[1]
    assert 'name="line-0-struck" value="1" checked' in struck
    assert "1. 户籍地在槐荫区" in again


def test_striking_is_kept_with_who_when_and_which_family(console: Console) -> None:
    where = read_one(console)

    done = console.browser(Role.CLERK).post(
        f"{where}/confirm", confirm_fields(**{"line-0-struck": "1"})
    )

    assert done.status_code == 303
    with console.store.reading() as session:
        assert session.exec(select(AudienceRule)).one().rule == AGED["all"][1]
    struck = mended(console, Mending.STRUCK)["places"]
    assert struck.before == AGED["all"][0]
    assert (struck.made_by, struck.made_at) == (console.staff[Role.CLERK].number, console.now)


def test_what_was_struck_before_is_offered_again_when_confirming_anew(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)
    browser.post(f"{where}/confirm", confirm_fields(**{"line-0-struck": "1"}))

    page = browser.get(f"{where}/confirm").text
    again = browser.post(f"{where}/confirm", confirm_fields())

    assert 'name="line-1-struck" value="1" checked' in page
    assert again.status_code == 303
    assert 'name="line-2-kind"' not in browser.get(f"{where}/confirm").text


def test_a_condition_that_was_missed_is_added_with_the_clause_that_says_so(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)
    said = {"add-root": "居住形态", "add-quote": "独居的老年人"}

    added = browser.post(f"{where}/confirm", confirm_fields(act="add-root-condition", **said)).text
    asked = browser.post(
        f"{where}/confirm", confirm_fields(act="add-root-manual", **{"add-quote": "生活困难"})
    ).text

    assert 'name="line-2-quote" value="独居的老年人"' in added
    assert 'name="add-quote" value=""' in added
    assert 'name="line-2-quote" value="生活困难"' in asked


def test_a_group_whose_lines_are_all_struck_goes_with_them() -> None:
    rule = {"all": [AGED["all"][0], {"any": [AGED["all"][1]]}]}
    lines = lines_of(rule)

    lines[2] = type(lines[2])(**{**as_given(lines[2]), "struck": True})

    assert rule_of(lines)[0] == AGED["all"][0]
    assert sayings(lines) == ["户籍地在槐荫区", "", "年满80周岁"]


def as_given(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__dataclass_fields__}


@pytest.mark.parametrize(
    ("fact", "op", "fields", "value"),
    [
        ("household_area", "within", {"areas": ["腊山街道", "历下区"]}, ["370104013", "370102"]),
        ("birth_date", "age_ge", {"count": "60"}, 60),
        ("birth_date", "on_or_before", {"day": "1960-05-01"}, "1960-05-01"),
        ("revenue", "between", {"range": ["300", "2000"]}, [300, 2000]),
        ("industry", "prefix", {"industries": ["C", "零售业"]}, ["C", "52"]),
        ("care_need", "is", {"yes": "否"}, False),
        ("welfare_status", "any_of", {"choices": ["特困供养人员"]}, None),
    ],
)
def test_a_condition_is_mended_in_fields_without_the_language_of_rules(
    lite: Console, fact: str, op: str, fields: dict[str, Any], value: Any
) -> None:
    where = read_one(lite)
    given = {f"line-0-{kind}": held for kind, held in fields.items()}
    given |= {"line-0-fact": fact, "line-0-op": op, "line-0-fields": "1", "line-0-value": ""}
    if value is None:
        value = [next(c.code for c in vocabulary()[fact].values if c.label == fields["choices"][0])]

    done = lite.browser(Role.CLERK).post(
        f"{where}/confirm", confirm_fields(audience="both", **given)
    )

    assert done.status_code == 303, done.text
    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one().rule or {}
    assert rule["all"][0]["value"] == value


def test_every_operator_of_every_fact_has_a_field_on_the_page() -> None:
    assert field_of(vocabulary()["birth_date"], "age_ge") == "count"
    assert joined("range", ["3", ""]) == "3 至 "
    assert [box.label for box in near_areas("370104", "槐荫区、全国") if box.chosen] == [
        "槐荫区",
        "全国",
    ]
    assert [box.word for box in sections("制造业、J") if box.chosen] == ["C", "J"]


def test_what_stands_in_no_field_is_told_at_its_line(lite: Console) -> None:
    where = read_one(lite)
    nothing = {"line-0-fields": "1", "line-0-areas": ["", "什么地方"]}

    page = lite.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(**nothing))

    assert page.status_code == 422
    assert 'id="line-0-error"' in page.text
    assert "不认识的地名" in page.text


def element_fields(**given: Any) -> dict[str, Any]:
    return confirm_fields(
        **{
            "elements": "1",
            "benefits": "2",
            "benefit-0-amount": "80",
            "benefit-0-unit": "元/人·月",
            "benefit-0-quote": "每人每月80元",
            "phone": "0531-00000001",
            "materials": "身份证\n户口簿",
            **given,
        }
    )


def with_elements(console: Console) -> str:
    elements = {
        "benefits": [BENEFIT],
        "phone": "0531-00000001",
        "materials": ["身份证", "户口簿"],
        "quotes": {"phone": "咨询电话：0531-00000001。"},
    }
    draft = {"rule": AGED, "audience": "resident", "subject": "self"}
    with console.office() as (session, office):
        policy = make_policy(session, office, draft=draft, elements=elements)
        return f"/policies/{policy.id}"


def test_elements_are_mended_added_and_struck_and_each_is_learnt_from(console: Console) -> None:
    where = with_elements(console)
    given = {
        "benefit-0-amount": "100",
        "phone-struck": "1",
        "phone-quote": "咨询电话：0531-00000001。",
        "department": "区民政局",
        "apply_from": "2026-11-01",
    }

    done = console.browser(Role.CLERK).post(f"{where}/confirm", element_fields(**given))

    assert done.status_code == 303
    with console.store.reading() as session:
        said = session.exec(select(Policy)).one().elements
    assert said["benefits"] == [{**BENEFIT, "amount": "100"}]
    assert (said["phone"], said["department"]) == (None, "区民政局")
    assert said["quotes"] == {}
    assert mended(console, Mending.CHANGED)["said:benefits"].before == {"said": [BENEFIT]}
    assert mended(console, Mending.STRUCK)["said:phone"].quote == "咨询电话：0531-00000001。"
    assert mended(console, Mending.ADDED)["said:department"].after == {"said": "区民政局"}
    assert "said:materials" not in mended(console, Mending.CHANGED)


def test_elements_accepted_as_read_are_no_correction(lite: Console) -> None:
    where = with_elements(lite)
    same = element_fields(apply_until="", benefit_line="", **{"benefit-0-seen": "1"})

    assert lite.browser(Role.CLERK).post(f"{where}/confirm", same).status_code == 303

    assert {*mended(lite, Mending.CHANGED), *mended(lite, Mending.STRUCK)} == set()


def test_the_fields_for_another_amount_are_none_until_they_are_filled_in(lite: Console) -> None:
    where = with_elements(lite)
    browser = lite.browser(Role.CLERK)

    empty = browser.post(f"{where}/confirm", element_fields(act="check")).text
    more = browser.post(
        f"{where}/confirm", element_fields(act="check", **{"benefit-1-amount": "5"})
    ).text

    assert 'name="benefits" value="2"' in empty
    assert 'name="benefits" value="3"' in more


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"benefit-0-amount": "八十"}, "benefit-0", "金额应为数字"),
        ({"benefit-0-cap": "多"}, "benefit-0", "最高金额应为数字"),
        ({"apply_from": "2027-01-01"}, "apply_until", "早于申报开始"),
        ({"phone": "1" * 61}, "phone", "不能超过60字"),
    ],
)
def test_an_element_that_cannot_be_stands_open_with_its_error(
    lite: Console, given: dict[str, str], field: str, says: str
) -> None:
    where = with_elements(lite)

    page = lite.browser(Role.CLERK).post(f"{where}/confirm", element_fields(**given))

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert says in page.text


def test_a_tag_taken_away_or_put_in_is_a_correction_too(lite: Console) -> None:
    where = read_one(lite)

    lite.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(tags=["M01"]))

    assert mended(lite, Mending.STRUCK)["said:tags"].before == {"said": "样例标签"}
    assert "said:tags" in mended(lite, Mending.ADDED)


def test_followers_are_counted_by_the_tags_that_are_ticked(lite: Console) -> None:
    from profiles.subscriptions import follow
    from tests.sending.makers import make_person

    where = read_one(lite)
    with lite.office() as (session, office):
        person = make_person(session, office, facts={"household_area": "370102"})
        follow(session, person, "M02", source="test", now=lite.now)
    browser = lite.browser(Role.CLERK)

    by_tag = browser.post(f"{where}/confirm/counts", confirm_fields()).text
    by_another = browser.post(f"{where}/confirm/counts", confirm_fields(tags=["M01"])).text

    assert "<dt>按订阅</dt><dd>1</dd>" in by_tag
    assert "<dt>按订阅</dt><dd>0</dd>" in by_another


@pytest.mark.parametrize("stem", [f"p{n:02}" for n in range(1, 13)])
def test_what_is_confirmed_as_it_stands_is_what_was_drafted(lite: Console, stem: str) -> None:
    wanted = json.loads((DISTRICT / "rules" / f"{stem}.json").read_text("utf-8"))["rule"]
    where = read_one(lite, rule=wanted, audience="both")
    browser = lite.browser(Role.CLERK)

    (form,) = html.fromstring(browser.get(f"{where}/confirm").text).xpath("//form[@id='main-form']")
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    done = browser.post(f"{where}/confirm", {**fields, "act": "confirm"})

    assert done.status_code == 303, done.text
    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one().rule
    assert changes(wanted, rule) == []
    assert not regrouped(wanted, rule)
    assert {one.family for one in mended(lite, Mending.CHANGED).values()} == set()
