"""The daily pages: overview, visits, replies, unsure notices, accounts, the audit."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from profiles.dossier import name_of
from profiles.model import (
    Contact,
    Doubt,
    ImportState,
    OptOut,
    Profile,
    ProfileKind,
    RosterImport,
)
from pusher.model.batch import BatchState, Visit, VisitState
from pusher.model.clockwork import Heartbeat, Pause
from pusher.model.notice import Notice, NoticeState
from pusher.model.staff import AuditEntry, Role, Staff
from pusher.model.word import Reply
from tests.listening.callbacks import answer, folded, push
from tests.makers import make_policy
from tests.sending.delivery_makers import make_batch, make_notice, make_visit
from tests.sending.makers import make_confirmed
from tests.test_audit import unguard
from tests.web.browsing import Console


def beat(console: Console, ago: float) -> None:
    with console.store.writing() as session:
        at = console.now - timedelta(seconds=ago)
        session.add(Heartbeat(owner="jobs", at=at, since=at))


def waits(page: str, unit: str, name: str) -> int | None:
    """How many of one kind the overview says are waiting; None where it says none."""
    found = re.search(rf"<b>(\d+)<small>{unit}</small></b>\s*<div><strong>{name}<", page)
    return int(found[1]) if found else None


def test_the_overview_says_what_waits_for_whom(console: Console) -> None:
    with console.office() as (session, office):
        make_policy(session, office)
        make_batch(session, state=BatchState.APPROVED)
        make_visit(session, make_batch(session))
        unsure = make_notice(session, make_batch(session, state=BatchState.SENDING))
        unsure.state, unsure.left_to_staff_at = NoticeState.UNSURE, console.now
        phone = session.get_one(Contact, unsure.contact_id)
        phone.doubt, phone.doubted_at = Doubt.WRONG_PERSON, console.now
        session.add(
            RosterImport(
                office_id=office.id, file_sha256="0" * 64, file_name="居民.csv", at=console.now,
                kind=ProfileKind.RESIDENT, state=ImportState.CHECKED, added=1, changed=0,
                unchanged=0, rejected=[],
            )
        )  # fmt: skip
    push(console.store, [answer("19900000001", "别烦我")])
    folded(console.store)

    clerk = console.browser(Role.CLERK).get("/").text
    reviewer = console.browser(Role.REVIEWER).get("/").text
    admin = console.browser(Role.ADMIN).get("/").text

    assert waits(clerk, "份", "政策待确认")
    for unit, name in (("条", "回复待处理"), ("条", "通知存疑"), ("户", "待上门"),
                       ("个", "号码待核实"), ("份", "名册未导完")):  # fmt: skip
        assert waits(clerk, unit, name) == 1, name
    assert "居民.csv" in clerk
    assert waits(reviewer, "个", "批次待审核") is None, "said as a place without arrears"
    assert "批次待审核" in reviewer
    assert "政策待确认" not in reviewer
    assert "件事等您处理" in clerk
    assert "正在发送" in clerk
    assert "政策待确认" not in admin
    assert "30天内截止" not in admin
    assert waits(admin, "年", "节假日未录入")


def test_the_overview_names_what_ends_soon_and_whether_people_were_told(console: Console) -> None:
    def policy(title: str, days: int) -> None:
        with console.office() as (session, office):
            made = make_confirmed(session, office)
            made.short_title = title
            made.apply_until = console.now.date() + timedelta(days=days)

    for title, days in (
        ("明天的津贴", 1),
        ("今天的补贴", 0),
        ("昨天的补助", -1),
        ("明年的奖励", 60),
    ):
        policy(title, days)

    page = console.browser(Role.CLERK).get("/").text

    assert page.index("今天的补贴") < page.index("明天的津贴"), "the nearest first"
    assert "还有 1 天" in page
    assert "昨天的补助" not in page
    assert "明年的奖励" not in page
    assert "未算名单" in page


def test_a_new_office_is_told_where_to_begin(lite: Console) -> None:
    assert "从这里开始" in lite.browser(Role.CLERK).get("/").text
    assert "从这里开始" not in lite.browser(Role.ADMIN).get("/").text


@pytest.mark.parametrize(("ago", "alive"), [(5, True), (59, True), (61, False), (None, False)])
def test_the_clockwork_lives_by_its_row(lite: Console, ago: float | None, alive: bool) -> None:
    if ago is not None:
        beat(lite, ago)

    page = lite.browser(Role.VIEWER).get("/").text

    assert ("自动任务运转正常" in page) is alive
    assert ("自动任务没有在运行" in page) is not alive


def test_the_office_clock_stands_on_every_page_and_runs(lite: Console) -> None:
    assert "2026年11月25日 周三 09:30" in lite.browser().get("/sign-in").text
    lite.later(hours=1)
    page = lite.browser(Role.VIEWER).get("/policies").text
    assert "2026年11月25日 周三 10:30" in page
    assert "演示时钟" not in page

    assert "演示时钟" in lite.with_settings(clock_ahead_s=60.0).browser().get("/sign-in").text


def test_quiet_hours_switched_off_are_shown_in_red(lite: Console) -> None:
    loud = lite.with_settings(quiet_hours=False)

    for path in ("/", "/policies", "/batches", "/visits", "/replies", "/notices/unsure"):
        assert "静默时段已关闭" in loud.browser(Role.CLERK).get(path).text, path
        assert "静默时段已关闭" not in lite.browser(Role.CLERK).get(path).text, path


def test_a_gateway_is_stopped_and_opened_again(console: Console) -> None:
    clerk = console.browser(Role.CLERK)

    assert clerk.post("/gateways/aliyun/pause", {"because": " "}).status_code == 422
    for _ in range(2):
        assert clerk.post("/gateways/aliyun/pause", {"because": "余额不足"}).status_code == 303
    assert clerk.post("/gateways/fax/pause", {"because": "没有"}).status_code == 404
    page = console.browser(Role.VIEWER).get("/").text
    assert "余额不足" in page

    for _ in range(2):
        assert clerk.post("/gateways/aliyun/resume").status_code == 303
    with console.store.reading() as session:
        assert session.exec(select(Pause)).all() == []
        acts = session.exec(
            select(AuditEntry.act).where(col(AuditEntry.act).startswith("gateway."))
        ).all()
    assert acts.count("gateway.pause") == 1
    assert acts.count("gateway.resume") == 1


def test_what_is_wrong_with_one_stop_form_stands_at_that_form(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    long = "余额不足" * 60

    pages = {
        where: clerk.post(address, {"because": long}).text
        for where, address in (
            ("all", "/holds"),
            ("aliyun", "/gateways/aliyun/pause"),
            ("wechat", "/gateways/wechat/pause"),
        )
    }

    for where, page in pages.items():
        assert page.count("不能超过200字，现有240字") == 1
        before, _, after = page.partition('id="because-error"')
        assert before.rsplit("<label for=", 1)[1].startswith(f'"because-{where}"')
        assert after.split("<input", 1)[1].split(">", 1)[0].count(long) == 1, (
            "nothing typed is lost"
        )


def test_a_hold_is_shown_in_red_on_every_page_until_a_reviewer_lifts_it(console: Console) -> None:
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)

    assert clerk.post("/holds", {"because": " "}).status_code == 422
    assert clerk.post("/holds", {"because": "发现文字有误"}).status_code == 303

    for role, path in (
        (Role.CLERK, "/"),
        (Role.VIEWER, "/batches"),
        (Role.ADMIN, "/staff"),
        (Role.AUDITOR, "/audit"),
    ):
        page = console.browser(role).get(path).text
        assert "全部停发中（工作人员紧急停发" in page
        assert "发现文字有误" in page
    assert "解除停发" not in clerk.get("/").text

    assert reviewer.post("/holds/staff/lift", {"remark": ""}).status_code == 422
    assert reviewer.post("/holds/staff/lift", {"remark": "文字已更正"}).status_code == 303
    assert reviewer.post("/holds/staff/lift", {"remark": "再来一次"}).status_code == 404
    assert "全部停发中" not in clerk.get("/").text
    with console.store.reading() as session:
        acts = session.exec(
            select(AuditEntry.act).where(col(AuditEntry.act).startswith("hold."))
        ).all()
    assert acts == ["hold.place", "hold.lift"]


def test_visits_are_listed_by_community_and_ticked(console: Console) -> None:
    with console.office() as (session, _):
        visit = make_visit(session, make_batch(session))
    clerk = console.browser(Role.CLERK)
    with console.store.reading() as session:
        name = name_of(session, session.get_one(Profile, visit.profile_id))

    assert name in clerk.get("/visits").text
    assert name not in console.browser(Role.VIEWER).get("/visits").text
    assert "腊山街道 · 样例社区" in clerk.get("/visits").text

    away = {"met": "no", "remark": "下午再去", "back": "state=to_do"}
    ticked = clerk.post(f"/visits/{visit.id}", away, page="/visits")
    assert ticked.headers["location"] == "/visits?state=to_do"
    assert "下午再去" in clerk.get("/visits").text
    assert clerk.post(f"/visits/{visit.id}", {"met": "yes"}).status_code == 303
    again = clerk.post(f"/visits/{visit.id}", {"met": "yes"})
    assert again.status_code == 409
    with console.store.reading() as session:
        assert session.get_one(Visit, visit.id).state is VisitState.DONE


@pytest.mark.parametrize("back", ["//elsewhere.invalid", "x\r\nset-cookie: a=b", "a b"])
def test_the_way_back_from_a_visit_stays_on_the_list(lite: Console, back: str) -> None:
    with lite.office() as (session, _):
        visit = make_visit(session, make_batch(session))

    ticked = lite.browser(Role.CLERK).post(f"/visits/{visit.id}", {"met": "no", "back": back})

    assert ticked.headers["location"] == "/visits"


def test_the_leaflet_prints_with_its_own_style_let_in(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)
        unread = make_policy(session, office)
    viewer = lite.browser(Role.VIEWER)

    page = viewer.get(f"/leaflets/{policy.id}?community=腊山社区")

    assert page.status_code == 200
    assert "腊山社区" in page.text
    assert "'sha256-" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    assert viewer.get(f"/leaflets/{unread.id}").status_code == 409


def test_a_doubtful_answer_is_settled_once_with_a_reason(console: Console) -> None:
    push(console.store, [answer("19900000001", "别烦我"), answer("19900000002", "TD")])
    folded(console.store)
    with console.store.reading() as session:
        doubtful = session.exec(select(Reply).where(Reply.meaning == "maybe_stop")).one()
        clear = session.exec(select(Reply).where(Reply.meaning == "stop")).one()
    clerk = console.browser(Role.CLERK)

    listed = clerk.get("/replies").text
    assert "别烦我" in listed
    assert "199****0001" in listed
    assert "19900000001" not in listed
    assert str(clear.id) not in listed
    assert "199****0002" in clerk.get("/replies?all=1").text

    where = f"/replies/{doubtful.id}/settle"
    missing = clerk.post(where, {"remark": "电话回访过"})
    assert missing.status_code == 422
    assert "电话回访过" in missing.text
    assert clerk.post(where, {"stop": "no", "remark": "只是咨询"}).status_code == 303
    assert clerk.post(where, {"stop": "yes", "remark": "又改"}).status_code == 409
    assert (
        clerk.post(f"/replies/{clear.id}/settle", {"stop": "no", "remark": "不停"}).status_code
        == 409
    )
    with console.store.reading() as session:
        lifted = [out.lifted_at for out in session.exec(select(OptOut).where(OptOut.doubtful))]
    assert lifted
    assert all(lifted)


def test_a_viewer_reads_no_number_in_an_answer(lite: Console) -> None:
    push(lite.store, [answer("19900000001", "请打19900000003找我")])
    folded(lite.store)

    assert "19900000003" not in lite.browser(Role.VIEWER).get("/replies").text
    assert "19900000003" in lite.browser(Role.CLERK).get("/replies").text


def test_an_unsure_notice_is_sent_anew_only_through_a_draft(console: Console) -> None:
    with console.office() as (session, _):
        notice = make_notice(session, make_batch(session, state=BatchState.SENDING))
        notice.state, notice.unsure_since = NoticeState.UNSURE, console.now
        notice.left_to_staff_at = console.now
    clerk = console.browser(Role.CLERK)
    where = f"/notices/{notice.id}/anew"

    assert clerk.post(where, {"remark": ""}).status_code == 422
    drafted = clerk.post(where, {"remark": "客服查无此条，本人未收到"})
    assert drafted.status_code == 303
    assert "草稿" in clerk.get(drafted.headers["location"]).text
    assert "已起草另发" in clerk.get("/notices/unsure").text
    assert clerk.post(where, {"remark": "再来一次"}).status_code == 409


def test_an_unsure_notice_is_settled_by_what_a_person_learned(console: Console) -> None:
    with console.office() as (session, _):
        batch = make_batch(session, state=BatchState.SENDING)
        notice = make_notice(session, batch)
        notice.state, notice.unsure_since = NoticeState.UNSURE, console.now
        notice.left_to_staff_at = console.now
        waiting = make_notice(session, batch)
        waiting.state, waiting.unsure_since = NoticeState.UNSURE, console.now
    clerk = console.browser(Role.CLERK)

    page = clerk.get("/notices/unsure").text
    assert "请人处理" in page
    assert "系统查询中" in page
    where = f"/notices/{notice.id}/settle"
    assert clerk.post(where, {"remark": "客服查到"}).status_code == 422
    assert clerk.post(where, {"arrived": "yes", "remark": "客服查到"}).status_code == 303
    early = clerk.post(f"/notices/{waiting.id}/settle", {"arrived": "yes", "remark": "猜的"})
    assert early.status_code == 409
    with console.store.reading() as session:
        assert session.get_one(Notice, notice.id).state is NoticeState.ACCEPTED
        assert session.get_one(Notice, waiting.id).state is NoticeState.UNSURE


def test_an_admin_invites_and_the_link_is_shown_once(console: Console) -> None:
    admin = console.browser(Role.ADMIN)
    fields = {"login": "neu", "name": "样例新人", "number": "7001", "role": "clerk"}

    taken = admin.post("/staff", fields | {"login": console.staff[Role.CLERK].login})
    added = admin.post("/staff", fields)

    assert taken.status_code == 422
    assert 'id="login-error"' in taken.text
    assert 'value="样例新人"' in taken.text
    assert added.status_code == 200
    assert "http://127.0.0.1:8000/invite/" in added.text
    assert "/invite/" not in admin.get("/staff").text
    with console.store.reading() as session:
        new = session.exec(select(Staff).where(Staff.login == "neu")).one()
    assert new.password_hash is None
    assert "/invite/" in admin.post(f"/staff/{new.id}/reset").text
    own = admin.post(f"/staff/{console.staff[Role.ADMIN].id}/disable")
    assert own.status_code == 409
    assert "不能停用自己" in own.text


def test_an_admin_changes_a_role_and_the_streets_that_belong_to_it(console: Console) -> None:
    admin, viewer = console.browser(Role.ADMIN), console.browser(Role.VIEWER)
    where = f"/staff/{console.staff[Role.VIEWER].id}/role"
    walker = {"role": "community", "streets": "370104013"}

    assert f'href="{where}"' in admin.get("/staff").text
    homeless = admin.post(where, {"role": "community"}, page=where)
    assert homeless.status_code == 422
    assert "社区岗位须指定街道" in homeless.text
    assert viewer.get("/policies").status_code == 200
    assert admin.post(where, walker, page=where).status_code == 303
    assert viewer.get("/policies").status_code == 303, "signed out by the change"
    assert 'value="370104013" checked' in admin.get(where).text

    back = admin.post(where, walker | {"role": "clerk"}, page=where)
    assert back.status_code == 303, "the streets that were ticked before are let go"
    own = f"/staff/{console.staff[Role.ADMIN].id}/role"
    assert admin.post(own, {"role": "clerk"}, page=own).status_code == 409
    assert f'href="{own}"' not in admin.get("/staff").text


@pytest.mark.parametrize("role", ["", "boss"])
def test_an_account_needs_a_known_role(lite: Console, role: str) -> None:
    fields = {"login": "neu", "name": "样例新人", "number": "7001", "role": role}

    assert lite.browser(Role.ADMIN).post("/staff", fields).status_code == 422


def test_an_auditor_reads_the_chain_and_sees_a_change(console: Console) -> None:
    console.browser(Role.CLERK).post("/gateways/aliyun/pause", {"because": "演练"})
    auditor = console.browser(Role.AUDITOR)
    page = auditor.get("/audit").text
    assert "gateway.pause" in page
    assert "停用通道" in page
    assert "Macro" not in page
    assert "没有改动" in auditor.post("/audit/verify").text

    with console.store.writing() as session:
        unguard(session)
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "gateway.pause")).one()
        entry.detail = {"reason": "改过的"}
        session.add(entry)

    assert "内容被改动" in auditor.post("/audit/verify").text


def test_the_console_says_whether_it_lives_and_is_ready(console: Console) -> None:
    client = console.browser().client

    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"


def test_static_files_are_kept_by_browsers_and_nothing_else_is_handed_out(lite: Console) -> None:
    client = lite.browser().client

    style = client.get("/static/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert client.get("/static/favicon.svg").headers["content-type"] == "image/svg+xml"
    for name in ("base.html", "..%2f__init__.py", "%2e%2e/console/base.html"):
        assert client.get(f"/static/{name}").status_code == 404


def test_the_last_word_is_said_once(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    clerk.post("/gateways/aliyun/pause", {"because": "演练"})

    assert "通道已停用，没有交出的都停住了。" in clerk.get("/").text
    assert "通道已停用，没有交出的都停住了。" not in clerk.get("/").text
    clerk.client.cookies.set("pusher_said", "forged")
    assert clerk.get("/").status_code == 200
