"""The page of a batch: what two people must see, and who may do what with it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.staff import AuditEntry, Role
from pusher.sending import review
from tests.sending.makers import draft, drafted_for, make_confirmed, make_matches, make_person
from tests.sending.makers import make_run as run_of
from tests.web.browsing import Console, submit

PHONE = "19900004321"
NAME = "欧阳样例"


def make_draft(console: Console) -> Batch:
    """One eligible person with a phone, one without, one possible who is left out."""
    with console.office() as (session, office):
        told = make_person(session, office, phone=PHONE, name=NAME)
        unreachable = make_person(session, office, phone=None)
        return drafted_for(
            session, office, [told, unreachable], by=console.staff[Role.CLERK].number
        )


def state_of(console: Console, batch: Batch) -> BatchState:
    with console.store.reading() as session:
        return session.get_one(Batch, batch.id).state


def test_two_people_release_what_the_page_showed(console: Console) -> None:
    batch = make_draft(console)
    where = f"/batches/{batch.id}"
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)

    assert clerk.post(f"{where}/submit", page=where).status_code == 303
    page = reviewer.get(where).text
    with console.store.reading() as session:
        shown = session.get_one(Batch, batch.id).frozen_sha256
    assert f'name="shown" value="{shown}"' in page

    approved = reviewer.post(f"{where}/approve", {"shown": shown, "seen": "1"}, page=where)

    assert approved.status_code == 303
    with console.store.reading() as session:
        stands = session.get_one(Batch, batch.id)
    assert stands.state is BatchState.APPROVED
    assert stands.submitted_by == console.staff[Role.CLERK].number
    assert stands.approved_by == console.staff[Role.REVIEWER].number
    trail = reviewer.get(where).text
    for word in ("起草", "提交审核", "批准"):
        assert f'<th scope="row">{word}</th>' in trail


def test_approval_needs_a_look_and_the_hash_that_was_looked_at(console: Console) -> None:
    batch = make_draft(console)
    shown = submit(console, batch)
    where = f"/batches/{batch.id}/approve"
    reviewer = console.browser(Role.REVIEWER)

    unseen = reviewer.post(where, {"shown": shown})
    stale = reviewer.post(where, {"shown": "0" * 64, "seen": "1"})

    assert unseen.status_code == 422
    assert 'id="seen-error"' in unseen.text
    assert stale.status_code == 409
    assert "内容已变动" in stale.text
    assert state_of(console, batch) is BatchState.IN_REVIEW


def test_who_submitted_cannot_approve(console: Console) -> None:
    batch = make_draft(console)
    reviewer = console.staff[Role.REVIEWER]
    shown = submit(console, batch, by=reviewer.number)
    browser = console.browser(Role.REVIEWER)

    page = browser.get(f"/batches/{batch.id}").text
    forced = browser.post(f"/batches/{batch.id}/approve", {"shown": shown, "seen": "1"})

    assert "您是提交人，须由另一位审核人员批准" in page
    assert f'action="/batches/{batch.id}/approve"' not in page
    assert forced.status_code == 409
    assert state_of(console, batch) is BatchState.IN_REVIEW


def test_the_page_shows_the_text_the_price_and_everybody(console: Console) -> None:
    batch = make_draft(console)

    page = console.browser(Role.VIEWER).get(f"/batches/{batch.id}").text

    assert "【槐荫政务公开】您可能符合条件：高龄津贴，每人每月100元，12月18日截止" in page
    assert "<dt>会收到</dt><dd>1<small>" in page
    assert "<dt>纸质送达</dt><dd>1<small>" in page
    assert "<small>¥</small>0.045" in page or "<small>¥</small>0.09" in page
    assert "没有可用的联系方式" in page
    assert "户籍地在槐荫区：是" in page


def test_names_and_numbers_are_masked_until_somebody_says_why(console: Console) -> None:
    batch = make_draft(console)
    where = f"/batches/{batch.id}"
    for role in (Role.VIEWER, Role.CLERK, Role.REVIEWER):
        page = console.browser(role).get(where).text
        assert PHONE not in page
        assert NAME not in page
        assert "199****4321" in page
    clerk = console.browser(Role.CLERK)

    without = clerk.post(f"{where}/recipients", {"reveal": ""})
    revealed = clerk.post(f"{where}/recipients?page=1", {"reveal": "核对重号"})

    assert without.status_code == 422
    assert PHONE not in without.text
    assert PHONE in revealed.text
    assert NAME in revealed.text
    with console.store.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "batch.reveal")).one()
    assert entry.by == console.staff[Role.CLERK].number
    assert entry.detail["reason"] == "核对重号"


def test_a_viewer_sees_no_sensitive_condition(console: Console) -> None:
    batch = make_draft(console)

    page = console.browser(Role.VIEWER).get(f"/batches/{batch.id}").text
    with console.store.reading() as session:
        policy = session.get_one(Policy, batch.policy_id)
    listed = console.browser(Role.VIEWER).get(f"/policies/{policy.id}/matches").text

    assert "低保" not in page
    assert "低保" not in listed
    assert "按岗位隐藏" in listed
    assert "低保" in console.browser(Role.CLERK).get(f"/policies/{policy.id}/matches").text


def test_sending_back_needs_a_reason_and_gives_the_batch_back(console: Console) -> None:
    batch = make_draft(console)
    submit(console, batch)
    where = f"/batches/{batch.id}"
    reviewer = console.browser(Role.REVIEWER)

    assert reviewer.post(f"{where}/send-back", {"reason": ""}).status_code == 422
    assert reviewer.post(f"{where}/send-back", {"reason": "金额有误"}).status_code == 303

    assert state_of(console, batch) is BatchState.DRAFT
    assert "金额有误" in console.browser(Role.CLERK).get(where).text


def test_pause_resume_and_cancel(console: Console) -> None:
    batch = make_draft(console)
    shown = submit(console, batch)
    where = f"/batches/{batch.id}"
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)
    reviewer.post(f"{where}/approve", {"shown": shown, "seen": "1"})

    assert clerk.post(f"{where}/pause", {"reason": "文字要改"}).status_code == 303
    assert state_of(console, batch) is BatchState.PAUSED
    assert reviewer.post(f"{where}/resume").status_code == 303
    assert state_of(console, batch) is BatchState.SENDING
    assert clerk.post(f"{where}/cancel", {"reason": "政策停办"}).status_code == 303

    with console.store.reading() as session:
        states = session.exec(select(Notice.state)).all()
    assert NoticeState.DRAFTED not in states
    late = clerk.post(f"{where}/resume")
    assert late.status_code == 409
    assert 'role="alert"' in late.text


def test_a_batch_that_is_being_sent_refreshes_itself_for_whoever_asks(lite: Console) -> None:
    batch = make_draft(lite)
    refresh = '<meta http-equiv="refresh"'
    viewer = lite.browser(Role.VIEWER)
    assert refresh not in viewer.get(f"/batches/{batch.id}?live=1").text

    with lite.store.writing() as session:
        found = session.get_one(Batch, batch.id)
        for notice in session.exec(select(Notice).where(col(Notice.address_index).is_not(None))):
            notice.state, notice.accepted_at = NoticeState.ACCEPTED, lite.now
        review.submit(session, found, by="1001", now=lite.now)
        review.approve(
            session,
            found,
            by="2001",
            now=lite.now,
            shown=found.frozen_sha256 or "",
            gateways=lite.settings.gateways,
        )

    page = viewer.get(f"/batches/{batch.id}").text
    assert refresh not in page
    assert f'href="/batches/{batch.id}?live=1#progress"' in page
    assert refresh in viewer.get(f"/batches/{batch.id}?live=1").text
    assert "发送进度" in page
    assert "送达率" in page


def test_the_offers_on_the_page_follow_role_and_state(lite: Console) -> None:
    batch = make_draft(lite)
    where = f"/batches/{batch.id}"

    def offers(role: Role) -> set[str]:
        page = lite.browser(role).get(where).text
        acts = ("submit", "approve", "send-back", "pause", "resume", "cancel", "recipients")
        return {act for act in acts if f'action="{where}/{act}' in page}

    assert offers(Role.VIEWER) == set()
    assert offers(Role.CLERK) == {"submit", "cancel", "recipients"}
    assert offers(Role.REVIEWER) == {"cancel", "recipients"}
    submit(lite, batch)
    assert offers(Role.CLERK) == {"cancel", "recipients"}
    assert offers(Role.REVIEWER) == {"approve", "send-back", "cancel", "recipients"}


def many(session: Session, office: Office, number: int) -> Batch:
    policy = make_confirmed(session, office)
    run = run_of(session, policy)
    make_matches(session, run, [make_person(session, office) for _ in range(number)])
    return draft(session, policy, run)


def test_a_long_roll_is_paged_and_filtered(lite: Console) -> None:
    with lite.office() as (session, office):
        batch = many(session, office, 53)
    viewer = lite.browser(Role.VIEWER)
    where = f"/batches/{batch.id}"

    first = viewer.get(where).text
    second = viewer.get(f"{where}?page=2").text

    assert "第 1–50 条" in first
    assert f'href="{where}?page=2" rel="next"' in first
    assert "第 51–53 条" in second
    assert 'rel="next"' not in second
    assert "没有这样的人" in viewer.get(f"{where}?reason=opted_out").text
    assert "没有这样的人" in viewer.get(f"{where}?street=370104003").text
    assert viewer.get(f"{where}?page=-1&reason=zzz&street=%00").status_code == 200


@pytest.mark.parametrize("state", ["", "draft", "zzz"])
def test_the_list_of_batches_is_filtered_by_state(lite: Console, state: str) -> None:
    batch = make_draft(lite)

    assert str(batch.id) in lite.browser(Role.VIEWER).get(f"/batches?state={state}").text
    assert str(batch.id) not in lite.browser(Role.VIEWER).get("/batches?state=finished").text


def test_an_approval_after_the_session_ended_changes_nothing(lite: Console) -> None:
    batch = make_draft(lite)
    shown = submit(lite, batch)
    reviewer = lite.browser(Role.REVIEWER)
    token = reviewer.token_on(f"/batches/{batch.id}")
    lite.now += timedelta(hours=1)

    late = reviewer.client.post(
        f"/batches/{batch.id}/approve", data={"token": token, "shown": shown, "seen": "1"}
    )

    assert late.headers["location"].startswith("/sign-in")
    assert state_of(lite, batch) is BatchState.IN_REVIEW
