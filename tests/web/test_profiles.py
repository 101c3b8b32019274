"""One person's page: found by whole words, masked, each look at a guarded record written down."""

import re
from datetime import date
from uuid import UUID

import pytest
from sqlmodel import col, select

from profiles.dossier import Known, number_of, write_dossier
from profiles.model import Channel, Office, OptOut, Profile
from pusher.listening.binding import bind_by_word
from pusher.model.staff import AuditEntry, Role
from tests.sending.makers import (
    drafted_for,
    make_child,
    make_confirmed,
    make_firm,
    make_person,
    make_run,
)
from tests.web.browsing import Console

POOR = {"welfare_status": ["dibao"], "household_area": "370104"}


def person(console: Console, **given: object) -> UUID:
    with console.office() as (session, office):
        return make_person(session, office, **given).id  # type: ignore[arg-type]


def entries(console: Console, act: str) -> list[AuditEntry]:
    with console.store.reading() as session:
        return list(session.exec(select(AuditEntry).where(col(AuditEntry.act) == act)))


def search(console: Console, words: str, role: Role = Role.CLERK) -> tuple[int, str, str]:
    answer = console.browser(role).post("/profiles", {"words": words}, page="/profiles")
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_somebody_is_found_by_the_whole_name_the_number_or_the_phone(console: Console) -> None:
    one = person(console, name="欧阳样例", phone="19900007001")
    with console.store.reading() as session:
        number = number_of(session, session.get_one(Profile, one))

    for words in ("欧阳样例", " 欧阳 样例 ", number, number.lower(), "199 0000 7001"):
        assert search(console, words)[1] == f"/profiles/{one}", words
    for part in ("欧阳", number[:10], "7001", "'; drop table profile"):
        status, onward, page = search(console, part)
        assert (status, onward) == (200, ""), part
        assert "名册中没有这个人或单位" in page
    assert search(console, "  ")[0] == 422


def test_a_firm_is_found_by_its_credit_code_and_stands_in_clear(lite: Console) -> None:
    with lite.office() as (session, office):
        firm = make_firm(session, office)
        one, code = firm.id, firm.credit_code or ""

    assert search(lite, code)[1] == f"/profiles/{one}"
    page = lite.browser(Role.VIEWER).get(f"/profiles/{one}").text
    assert "样例机械有限公司" in page
    assert code in page


def test_people_of_one_name_are_listed_masked(lite: Console) -> None:
    for _ in range(2):
        person(lite, name="王样例")

    _, onward, page = search(lite, "王样例")

    assert onward == ""
    assert "找到 2 份档案" in page
    assert "王*例" in page
    assert page.count("王样例") == 1, "only as the words that were typed"


def test_what_is_searched_for_never_stands_in_an_address(lite: Console) -> None:
    page = lite.browser(Role.CLERK).get("/profiles").text

    assert '<form method="post" action="/profiles"' in page


def test_a_page_is_masked_until_a_reason_is_given(lite: Console) -> None:
    one = person(lite, name="欧阳样例", phone="19900007002", facts=POOR)
    clerk = lite.browser(Role.CLERK)

    page = clerk.get(f"/profiles/{one}").text
    assert "欧**例" in page
    assert "199****7002" in page
    assert "槐荫区" in page
    for hidden in ("欧阳样例", "19900007002", "最低生活保障对象", "社会救助身份"):
        assert hidden not in page
    assert "另有 1 项敏感信息未显示" in page

    blank = clerk.post(f"/profiles/{one}/reveal", {"reveal": " "}, page=f"/profiles/{one}")
    assert blank.status_code == 422
    assert "欧阳样例" not in blank.text
    assert entries(lite, "profile.reveal") == []
    reason = {"reveal": "本人来电核对登记"}
    shown = clerk.post(f"/profiles/{one}/reveal", reason, page=f"/profiles/{one}").text
    for told in ("欧阳样例", "19900007002", "最低生活保障对象", "样例台账", "2026年6月1日"):
        assert told in shown, told
    (entry,) = entries(lite, "profile.reveal")
    assert entry.about == f"profile:{one}"
    assert entry.detail == {"reason": "本人来电核对登记"}
    assert "本人来电核对登记" in clerk.get(f"/profiles/{one}").text
    assert "欧阳样例" not in clerk.get(f"/profiles/{one}").text, "only this once"


def test_what_a_register_outranks_is_shown_beside_it(lite: Console) -> None:
    with lite.office() as (session, office):
        one = make_person(session, office)
        own = Known("single", "本人申报", date(2026, 5, 1))
        read = {"marital_status": Known("married", "婚姻登记", date(2026, 1, 1), others=(own,))}
        write_dossier(session, one, read)
        page_of = f"/profiles/{one.id}"

    page = lite.browser(Role.VIEWER).get(page_of).text

    assert "已婚" in page
    assert "另有：未婚（本人申报，2026年5月1日），不采用" in page


def test_each_look_at_a_child_or_a_sensitive_record_is_written_down(console: Console) -> None:
    with console.office() as (session, office):
        plain = make_person(session, office).id
        poor = make_person(session, office, facts=POOR).id
        mother = make_person(session, office)
        child = make_child(session, office, mother).id
    viewer = console.browser(Role.VIEWER)

    for one in (plain, poor, child):
        viewer.get(f"/profiles/{one}")

    looks = entries(console, "look")
    assert [entry.detail["sensitive"] for entry in looks if entry.detail["sensitive"]] == [
        [str(poor)]
    ]
    assert [entry.detail["children"] for entry in looks if entry.detail["children"]] == [
        [str(child)]
    ]
    assert {entry.by for entry in looks} == {console.staff[Role.VIEWER].number}


def test_a_child_and_its_guardian_lead_to_each_other(lite: Console) -> None:
    with lite.office() as (session, office):
        mother = make_person(session, office, name="周样例")
        child = make_child(session, office, mother)
        ids = mother.id, child.id
    viewer = lite.browser(Role.VIEWER)

    assert f"/profiles/{ids[1]}" in viewer.get(f"/profiles/{ids[0]}").text
    page = viewer.get(f"/profiles/{ids[1]}").text
    assert f"/profiles/{ids[0]}" in page
    assert "周*例</a>（母亲，监护人）" in page
    assert "由监护人同意" in page


@pytest.mark.parametrize(
    ("born", "says"),
    [
        (date(1940, 3, 5), "逐条相符"),
        (date(1990, 3, 5), "有条件不相符"),
    ],
)
def test_why_and_why_not_for_a_policy(lite: Console, born: date, says: str) -> None:
    one = person(lite, born=born, facts={"household_area": "370104"})
    with lite.office() as (session, office):
        policy = make_confirmed(session, office).id

    page = lite.browser(Role.CLERK).get(f"/profiles/{one}?policy={policy}").text

    assert says in page
    assert "年满80周岁的老年人" in page, "the clause itself"
    assert "您符合" not in page


def test_what_is_missing_is_said_and_a_viewer_sees_no_sensitive_condition(lite: Console) -> None:
    one = person(lite, facts={"household_area": "370104"})
    rule = {
        "all": [
            {"fact": "birth_date", "op": "age_ge", "value": 80, "quote": "年满80周岁"},
            {"fact": "welfare_status", "op": "any_of", "value": ["dibao"], "quote": "低保家庭"},
        ]
    }
    with lite.office() as (session, office):
        policy = make_confirmed(session, office, rule=rule).id

    clerk = lite.browser(Role.CLERK).get(f"/profiles/{one}?policy={policy}").text
    viewer = lite.browser(Role.VIEWER).get(f"/profiles/{one}?policy={policy}").text

    assert "但缺少：社会救助身份" in clerk
    assert "低保家庭" in clerk
    assert "低保家庭" not in viewer
    assert "另有涉及敏感信息的条件" in viewer


def test_the_history_tells_what_was_sent_and_why_something_was_not(lite: Console) -> None:
    with lite.office() as (session, office):
        told, silent = make_person(session, office), make_person(session, office, scopes=())
        batch = drafted_for(session, office, [told, silent])
        ids = told.id, silent.id, batch.id
    clerk = lite.browser(Role.CLERK)

    page = clerk.get(f"/profiles/{ids[0]}").text
    assert f"/batches/{ids[2]}" in page
    assert "待发" in page
    assert "未同意接收" in clerk.get(f"/profiles/{ids[1]}").text


def test_an_opt_out_by_phone_binds_at_once_and_is_lifted_with_a_reason(console: Console) -> None:
    one = person(console)
    clerk, page = console.browser(Role.CLERK), f"/profiles/{one}"

    assert clerk.post(f"{page}/opt-outs", {"way": "传真"}, page=page).status_code == 422
    said = clerk.post(f"{page}/opt-outs", {"way": "电话", "channel": "sms"}, page=page)
    assert said.status_code == 303
    with console.store.reading() as session:
        (row,) = session.exec(select(OptOut)).all()
    assert (row.profile_id, row.channel, row.how) == (one, "sms", "电话")
    assert "停发中" in clerk.get(page).text
    assert [entry.detail["way"] for entry in entries(console, "profile.opt_out")] == ["电话"]

    lifting = f"{page}/opt-outs/{row.id}/lift"
    assert clerk.post(lifting, {"remark": ""}, page=page).status_code == 422
    assert clerk.post(lifting, {"remark": "本人要求"}, page=page).status_code == 303
    assert "已恢复" in clerk.get(page).text
    assert len(entries(console, "profile.lift")) == 1


def test_nobody_lifts_the_opt_out_of_another(lite: Console) -> None:
    one, other = person(lite), person(lite)
    clerk = lite.browser(Role.CLERK)
    clerk.post(f"/profiles/{one}/opt-outs", {"way": "电话"}, page=f"/profiles/{one}")
    with lite.store.reading() as session:
        (row,) = session.exec(select(OptOut)).all()

    lifting = f"/profiles/{other}/opt-outs/{row.id}/lift"
    answer = clerk.post(lifting, {"remark": "弄错人"}, page=f"/profiles/{other}")

    assert answer.status_code == 404
    with lite.store.reading() as session:
        assert session.exec(select(OptOut.lifted_at)).one() is None


def test_a_profile_of_another_office_is_not_there(lite: Console) -> None:
    with lite.office() as (session, _):
        far = Office(name="外区办公室", area_code="370199", signature="外区", phone="0531-00000002")
        session.add(far)
        session.flush()
        other = make_person(session, far, street=None).id

    assert lite.browser(Role.CLERK).get(f"/profiles/{other}").status_code == 404


def test_a_policy_that_came_to_fit_since_the_list_stands_first(lite: Console) -> None:
    one = person(lite, born=date(1940, 3, 5), facts={"household_area": "370104"})
    with lite.office() as (session, office):
        make_run(session, make_confirmed(session, office, short_title="高龄津贴"))
        never = {"fact": "birth_date", "op": "age_lt", "value": 3}
        make_confirmed(session, office, short_title="托育补助", rule=never)

    page = lite.browser(Role.VIEWER).get(f"/profiles/{one}").text
    first, second = re.findall(r'<tr><th scope="row"><a href="/policies/.*?</tr>', page, re.DOTALL)

    assert "高龄津贴" in first and "可能符合" in first and "不在名单中" in first
    assert "托育补助" in second and "不在其列" in second and "未算名单" in second


def test_where_wecom_is_set_up_a_firm_is_bound_by_it(lite: Console) -> None:
    with lite.office() as (session, office):
        firm = make_firm(session, office, phone=None)
    clerk, page = lite.browser(Role.CLERK), f"/profiles/{firm.id}"
    without = lite.with_settings(gateways={"wechat": {}}).browser(Role.CLERK)
    assert "企业微信</summary>" in clerk.get(page).text
    assert "企业微信</summary>" not in without.get(page).text

    wish = {"evidence": "本人持营业执照到窗口", "channel": "wecom"}
    given = clerk.post(f"{page}/binding-code", wish, page=page)
    said = clerk.get(given.headers["location"]).text
    code = re.search(r"企业微信应用里发：绑定(\d{8})", said)
    assert code
    with lite.store.writing() as session:
        assert bind_by_word(session, Channel.WECHAT, "oSampleX", code[1], now=lite.now) is None
        bound = bind_by_word(session, Channel.WECOM, "lianxiren0001", code[1], now=lite.now)
        assert bound is not None
        assert bound.channel is Channel.WECOM


def test_a_clerk_gives_a_binding_code_and_takes_a_binding_back(lite: Console) -> None:
    with lite.office() as (session, office):
        person = make_person(session, office, phone=None)
    clerk, page = lite.browser(Role.CLERK), f"/profiles/{person.id}"

    given = clerk.post(f"{page}/binding-code", {"evidence": "本人持证到窗口"}, page=page)
    said = clerk.get(given.headers["location"]).text
    code = re.search(r"绑定(\d{8})", said)
    assert code
    with lite.store.writing() as session:
        bound = bind_by_word(session, Channel.WECHAT, "oSampleX", code[1], now=lite.now)
        assert bound is not None
    assert f'/contacts/{bound.id}/unbind"' in clerk.get(page).text
    undone = f"/contacts/{bound.id}/unbind"
    clerk.post(undone, {"reason": "绑错了人"}, page=page)

    assert f'{undone}"' not in clerk.get(page).text
    assert "没有给出绑定码" in clerk.get(
        clerk.post(f"{page}/binding-code", {"evidence": ""}, page=page).headers["location"]
    ).text  # fmt: skip
