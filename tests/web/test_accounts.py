"""Accounts, the audit, and the few pages that stand outside the work."""

import pytest
from sqlmodel import select

from pusher.model.staff import AuditEntry, Role, Staff
from tests.test_audit import unguard
from tests.web.browsing import Console


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
