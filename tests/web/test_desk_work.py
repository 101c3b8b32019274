"""The daily pages: visits and leaflets, answers, unsure notices."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from sqlmodel import select

from profiles.dossier import name_of
from profiles.identity import masked_name
from profiles.model import (
    OptOut,
    Profile,
)
from pusher.model.batch import BatchState, Visit, VisitState
from pusher.model.notice import Notice, NoticeState
from pusher.model.staff import Role
from pusher.model.word import Reply
from tests.listening.callbacks import answer, folded, push
from tests.makers import make_policy
from tests.paper.sheets import Paper, with_font
from tests.sending.delivery_makers import make_batch, make_notice, make_visit
from tests.sending.makers import make_confirmed
from tests.web.browsing import Console


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


@with_font
def test_leaflet_and_poster_are_printed_as_pdf(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)
        unread = make_policy(session, office)
    viewer = lite.browser(Role.VIEWER)

    for way, named in (("pdf", "明白纸-高龄津贴.pdf"), ("poster", "张贴-高龄津贴.pdf")):
        given = viewer.get(f"/leaflets/{policy.id}/{way}?community=腊山社区")
        assert given.headers["content-type"] == "application/pdf"
        assert unquote(given.headers["content-disposition"]).endswith(named)
        assert "腊山社区" in Paper(given.content).text
        assert viewer.get(f"/leaflets/{unread.id}/{way}").status_code == 409


@with_font
def test_a_community_is_printed_in_one_go_with_names_for_those_who_walk(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)
        visit = make_visit(session, make_batch(session, policy=policy))
        name = name_of(session, session.get_one(Profile, visit.profile_id))
    clerk, viewer = lite.browser(Role.CLERK), lite.browser(Role.VIEWER)

    (where,) = re.findall(r'href="(/visits/paper[^"]+)"', clerk.get("/visits").text)
    printed, masked = (Paper(who.get(unescape(where)).content) for who in (clerk, viewer))

    assert "要走1户，带1张明白纸" in printed.text and "没有可用的联系方式" in printed.text
    assert name in printed.text
    assert name not in masked.text and masked_name(name) in masked.text
    assert clerk.get("/visits/paper?community=没有").status_code == 409


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
