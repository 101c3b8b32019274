"""Notice boards in the console: pinned up with a photograph, and taken down in time."""

from uuid import UUID

from sqlmodel import select

from pusher.model.posting import Posting
from pusher.model.staff import Role, StaffStreet
from tests.reading.photos import a_photo, opened
from tests.sending.delivery_makers import make_person
from tests.sending.makers import make_confirmed
from tests.web.browsing import Browser, Console

PAGE = "/visits/postings"


def given_policy(console: Console) -> UUID:
    with console.office() as (session, office):
        make_person(session, office)
        return make_confirmed(session, office).id


def pin_up(browser: Browser, policy: UUID, photo: bytes = b"", **given: str):
    typed = {"policy": str(policy), "community": "样例社区", "on": "2026-11-25", **given}
    files = {"photo": ("板.jpg", photo)} if photo else None
    return browser.post(PAGE, typed, page=PAGE, files=files)


def the_posting(console: Console) -> Posting:
    with console.store.reading() as session:
        return session.exec(select(Posting)).one()


def test_a_sheet_is_pinned_up_photographed_and_taken_down(console: Console) -> None:
    policy, clerk = given_policy(console), console.browser(Role.CLERK)

    done = pin_up(clerk, policy, a_photo())
    assert done.headers["location"] == PAGE
    page = clerk.get(PAGE).text
    assert "已登记张贴。最早 2026年11月30日可以撤下。" in page
    assert "样例社区 · 公示栏" in page and "最早 2026年11月30日可撤下" in page

    posting = the_posting(console)
    shown = console.browser(Role.VIEWER).get(f"{PAGE}/{posting.id}/photo")
    assert shown.headers["content-type"] == "image/jpeg"
    assert opened(shown.content).size == (300, 400) and b"home" not in shown.content

    early = clerk.post(f"{PAGE}/{posting.id}/down", {"down_on": "2026-11-25"}, page=PAGE)
    assert early.status_code == 409
    assert "提前撤下请写明原因" in early.text
    console.later(days=5)
    later = console.browser(Role.CLERK)
    assert later.post(f"{PAGE}/{posting.id}/down", {}, page=PAGE).status_code == 303
    assert "2026年11月30日撤下" in later.get(PAGE).text


def test_what_outlived_its_policy_waits_on_the_desk(lite: Console) -> None:
    policy = given_policy(lite)
    pin_up(lite.browser(Role.CLERK), policy)
    assert "公示待撤下" in lite.browser(Role.CLERK).get("/").text
    assert "样例社区公示栏" not in lite.browser(Role.CLERK).get("/").text

    lite.later(days=30)  # past the last day to apply

    clerk = lite.browser(Role.CLERK)
    assert "样例社区公示栏" in clerk.get("/").text
    assert "有 1 处政策已结束，要撤下" in clerk.get(PAGE).text


def test_a_photograph_may_follow_and_what_is_none_is_refused(lite: Console) -> None:
    policy, clerk = given_policy(lite), lite.browser(Role.CLERK)

    refused = pin_up(clerk, policy, b"no picture")
    assert refused.status_code == 422
    assert "这不是 JPG 或 PNG 照片" in refused.text

    assert pin_up(clerk, policy).status_code == 303
    where = f"{PAGE}/{the_posting(lite).id}/photo"
    assert clerk.get(where).status_code == 404
    assert clerk.post(where, {}, page=PAGE).status_code == 422
    assert (
        clerk.post(where, {}, page=PAGE, files={"photo": ("a.jpg", a_photo())}).status_code == 303
    )
    assert clerk.get(where).status_code == 200


def test_a_community_worker_sees_and_pins_up_in_their_own_street_alone(lite: Console) -> None:
    policy, clerk = given_policy(lite), lite.browser(Role.CLERK)
    with lite.store.writing() as session:
        staff = lite.staff[Role.COMMUNITY]
        session.add(StaffStreet(staff_id=staff.id, street_code="370104013"))
    worker = lite.browser(Role.COMMUNITY)
    pin_up(clerk, policy, community="道德街社区", street="370104003")
    elsewhere = the_posting(lite)

    assert "道德街社区" not in worker.get(PAGE).text
    assert worker.get(f"{PAGE}/{elsewhere.id}/photo").status_code == 404
    assert worker.post(f"{PAGE}/{elsewhere.id}/down", {"remark": "x"}, page=PAGE).status_code == 404
    assert pin_up(worker, policy, street="370104003").status_code == 303
    with lite.store.reading() as session:
        rows = session.exec(select(Posting).where(Posting.community == "样例社区")).all()
    assert [row.street_code for row in rows] == ["370104013"]
