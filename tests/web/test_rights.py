"""What a person may ask for: a copy or to be forgotten, a step away and with a reason."""

import json

from sqlmodel import col, select

from profiles.model import EndReason, Profile
from pusher.model.staff import AuditEntry, Role
from tests.sending.makers import drafted_for, make_person
from tests.web.browsing import Console


def reasons(console: Console, act: str) -> list[str]:
    with console.store.reading() as session:
        found = session.exec(select(AuditEntry).where(col(AuditEntry.act) == act))
        return [entry.detail["reason"] for entry in found]


def test_a_person_is_given_a_copy_once_it_is_said_how_they_were_known(console: Console) -> None:
    with console.office() as (session, office):
        one = make_person(session, office, name="欧阳样例", phone="19900007003").id
    clerk, page = console.browser(Role.CLERK), f"/profiles/{one}/rights"

    assert f'href="{page}"' in clerk.get(f"/profiles/{one}").text
    assert "rights" not in console.browser(Role.VIEWER).get(f"/profiles/{one}").text
    assert "欧阳样例" not in clerk.get(page).text
    blank = clerk.post(f"/profiles/{one}/copy", {"copy": " "}, page=page)
    assert blank.status_code == 422
    assert reasons(console, "privacy.export") == []
    copy = clerk.post(f"/profiles/{one}/copy", {"copy": "本人持证到窗口"}, page=page)

    assert copy.headers["content-disposition"].startswith("attachment; ")
    assert "欧阳样例" in json.dumps(copy.json(), ensure_ascii=False)
    assert reasons(console, "privacy.export") == ["本人持证到窗口"]
    assert "本人持证到窗口" in clerk.get(f"/profiles/{one}").text, "in the trail of the profile"


def test_a_person_is_forgotten_after_a_reason_and_a_tick(console: Console) -> None:
    with console.office() as (session, office):
        person = make_person(session, office, name="欧阳样例", phone="19900007004")
        drafted_for(session, office, [person])
        one = person.id
    reviewer, page = console.browser(Role.REVIEWER), f"/profiles/{one}/rights"
    asked = {"forget": "本人持证到窗口"}

    assert "还有 1 条未发的通知" in reviewer.get(page).text
    unsure = reviewer.post(f"/profiles/{one}/forget", asked, page=page)
    assert unsure.status_code == 422
    assert 'value="本人持证到窗口"' in unsure.text, "nothing typed is lost"
    done = reviewer.post(f"/profiles/{one}/forget", {**asked, "sure": "1"}, page=page)

    assert done.headers["location"] == f"/profiles/{one}"
    assert "1 条未发的通知不再发送" in reviewer.get(f"/profiles/{one}").text
    assert "没有可以给出或再删的内容" in reviewer.get(page).text
    again = reviewer.post(f"/profiles/{one}/forget", {**asked, "sure": "1"}, page="/")
    assert again.status_code == 409
    assert reasons(console, "privacy.forget") == ["本人持证到窗口"]
    with console.store.reading() as session:
        assert session.get_one(Profile, one).ended_reason is EndReason.ERASED
