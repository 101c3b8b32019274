"""One's own page: seen after a code, changed with one button each, closed after a quarter hour."""

from sqlmodel import col, select

from profiles.consent import has_opted_out
from profiles.dossier import facts_on, read_dossier
from profiles.links import WHY_PAGE, make_link_token
from profiles.model import Channel, Consent, ConsentScope, Profile, Subscription
from pusher.listening.rights import open_requests
from pusher.model.notice import Notice
from pusher.model.public import PublicSession
from pusher.model.rights import RightsRequest
from pusher.model.staff import AuditEntry, Role
from tests.sending.makers import drafted_for, make_person
from tests.web.browsing import Browser, Console
from tests.web.joining import PHONE, code_for, joined, profiles, type_code


def press(browser: Browser, act: str, **typed: object) -> str:
    """Press a button of one's own page; what is then said on it."""
    answer = browser.post(f"/p/mine/{act}", typed, page="/p/mine")
    assert answer.headers["location"] == "/p/mine", answer.text
    return browser.get("/p/mine").text


def running(console: Console) -> dict[str, str]:
    with console.store.reading() as session:
        asked = select(Subscription).where(col(Subscription.ended_at).is_(None))
        return {s.tag_code: s.pace.value for s in session.exec(asked)}


def test_without_a_code_nothing_opens(lite: Console) -> None:
    browser = lite.browser()

    assert browser.get("/p/mine").headers["location"] == "/p/sign-in"
    led = browser.post("/p/mine/stop", {}, page="/p/sign-in")

    assert led.headers["location"] == "/p/sign-in"


def test_who_is_of_the_register_signs_in_by_number_and_name(lite: Console) -> None:
    with lite.office() as (session, office):
        make_person(session, office, phone=PHONE, name="安样例")
    browser = lite.browser()

    browser.post("/p/sign-in", {"phone": PHONE, "name": "安 样例"}, page="/p/sign-in")
    type_code(browser, code_for(lite))

    page = browser.get("/p/mine").text
    assert "安*例" in page
    assert "还没有关注什么" in page


def test_following_ending_and_the_pace_are_changed_one_by_one(console: Console) -> None:
    browser = joined(console, tags=["health"])

    assert "不再关注了" in press(browser, "end", tag="M08")
    assert running(console) == {}
    assert "加好了" in press(browser, "follow", tags=["home", "health"])
    assert "改好了" in press(browser, "pace", pace="weekly")

    assert running(console) == {"M13": "weekly", "M14": "weekly", "M08": "weekly"}
    nothing = browser.post("/p/mine/follow", {}, page="/p/mine")
    assert nothing.status_code == 422
    assert "至少选择一项" in nothing.text


def test_one_button_stops_everything_and_one_brings_it_back(console: Console) -> None:
    browser = joined(console)
    (me,) = profiles(console)

    def silent() -> bool:
        with console.store.reading() as session:
            return has_opted_out(
                session, profile_ids=[me.id], address_index=None, channel=Channel.SMS, topics=[]
            )

    assert "现在不给您发任何通知" in press(browser, "stop")
    assert silent()
    assert "恢复了" in press(browser, "resume")
    assert not silent()


def test_the_use_of_sensitive_facts_is_agreed_to_and_taken_back(lite: Console) -> None:
    browser = joined(lite)

    def agreed() -> int:
        with lite.store.reading() as session:
            asked = select(Consent).where(
                Consent.scope == ConsentScope.SENSITIVE, col(Consent.withdrawn_at).is_(None)
            )
            return len(session.exec(asked).all())

    assert "收回同意" in press(browser, "sensitive", agree="1")
    assert agreed() == 1
    assert "我同意使用" in press(browser, "sensitive")
    assert agreed() == 0


def test_every_change_is_audited_without_what_it_says_of_them(lite: Console) -> None:
    browser = joined(lite, tags=["health"])
    for act, typed in (
        ("end", {"tag": "M08"}), ("follow", {"tags": ["relief"]}), ("pace", {"pace": "weekly"}),
        ("stop", {}), ("resume", {}), ("sensitive", {"agree": "1"}), ("sensitive", {}),
    ):  # fmt: skip
        press(browser, act, **typed)
    (me,) = profiles(lite)

    with lite.store.reading() as session:
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.about == f"profile:{me.id}")
        ).all()
    assert [entry.act.removeprefix("public.") for entry in entries] == [
        "join", "sign_in", "end", "follow", "pace", "stop", "resume", "agree", "withdraw",
    ]  # fmt: skip
    told = "".join(repr(entry.detail) for entry in entries)
    for secret in ("M08", "R03", "M05", PHONE, "安样例"):
        assert secret not in told


def test_the_page_closes_by_itself_and_by_its_button(lite: Console) -> None:
    browser = joined(lite)
    cookie = browser.client.cookies["pusher_citizen"]
    with lite.store.reading() as session:
        (row,) = session.exec(select(PublicSession)).all()
    assert cookie not in repr(row.model_dump())
    for _ in range(3):
        lite.later(minutes=14)
        assert browser.get("/p/mine").status_code == 200
    lite.later(minutes=16)
    assert browser.get("/p/mine").status_code == 303

    again = lite.browser()
    again.post("/p/sign-in", {"phone": PHONE, "name": "安样例"}, page="/p/sign-in")
    type_code(again, code_for(lite))
    stolen = again.client.cookies["pusher_citizen"]
    again.post("/p/mine/sign-out", {}, page="/p/mine")
    again.client.cookies.set("pusher_citizen", stolen)
    assert again.get("/p/mine").status_code == 303


def with_facts(console: Console) -> tuple[Browser, Profile]:
    """Somebody of the register, at their own page."""
    facts = {"household_area": "370104", "welfare_status": ["dibao"]}
    with console.office() as (session, office):
        person = make_person(session, office, phone=PHONE, name="安样例", facts=facts)
    browser = console.browser()
    browser.post("/p/sign-in", {"phone": PHONE, "name": "安样例"}, page="/p/sign-in")
    type_code(browser, code_for(console))
    return browser, person


def test_one_sees_one_s_tags_and_what_is_dropped_chooses_nobody(console: Console) -> None:
    browser, person = with_facts(console)
    page = browser.get("/p/mine").text
    assert "槐荫区" in page
    assert "来自" in page
    assert "另有 1 项敏感情况" in page
    assert "低保" not in page

    def known() -> dict[str, object]:
        with console.store.reading() as session:
            dossier = read_dossier(session, session.get_one(Profile, person.id))
            return facts_on(dossier, console.now.date())

    assert "删掉了" in press(browser, "facts", fact="household_area")
    assert "household_area" not in known()
    press(browser, "facts", fact="birth_date")
    assert "birth_date" in known(), "who may be written to at all does not hang on a wish"
    assert "恢复使用了" in press(browser, "facts", fact="household_area", use="1")
    assert known()["household_area"] == "370104"


def test_what_is_asked_of_the_office_waits_for_staff_until_it_is_done(console: Console) -> None:
    browser, person = with_facts(console)
    clerk = console.browser(Role.CLERK)

    empty = browser.post("/p/mine/ask", {"kind": "correct", "words": " "}, page="/p/mine")
    assert empty.status_code == 422
    press(browser, "ask", kind="correct", words="住址不对，打19900001234问")
    press(browser, "ask", kind="copy")
    press(browser, "ask", kind="copy")

    page = clerk.get("/requests").text
    assert page.count("<blockquote") == 1
    assert "住址不对，打199****1234问" in page
    assert "2" in clerk.get("/").text.split("本人要求待办")[0][-200:]
    assert "住址不对" not in console.browser(Role.VIEWER).get("/requests").text
    rights = f"/profiles/{person.id}/rights"
    assert "本人在网上要一份副本" in clerk.get(rights).text
    clerk.post(f"/profiles/{person.id}/copy", {"copy": "本人持证到窗口"}, page=rights)
    with console.store.reading() as session:
        (left,) = open_requests(session, console.office_id)
    done = clerk.post(f"/requests/{left[0].id}", {"remark": "已请社区核实"}, page="/requests")
    assert done.status_code == 303
    assert "没有等您办的要求" in clerk.get("/requests").text
    with console.store.reading() as session:
        kept = session.exec(select(RightsRequest)).all()
    assert {row.words_sealed for row in kept} == {b""}


def test_the_link_of_a_notice_leads_to_a_code_and_opens_nothing_by_itself(lite: Console) -> None:
    with lite.office() as (session, office):
        told = drafted_for(session, office, [make_person(session, office, phone=PHONE)])
        notice = session.exec(select(Notice).where(Notice.batch_id == told.id)).one()
    word = make_link_token(lite.app.state.desk.sealer, WHY_PAGE, notice.id)
    browser = lite.browser()
    path = f"/p/mine/from/{word}"

    assert PHONE not in browser.get(path).text
    assert browser.get("/p/mine").status_code == 303
    assert browser.post(path, {}, page=path).headers["location"] == "/p/code"
    assert type_code(browser, code_for(lite)).headers["location"] == "/p/mine"
    assert lite.browser().get("/p/mine/from/nothing").status_code == 404
