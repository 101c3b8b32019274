"""What is set: changed by an admin where it is ours to change, shown with its origin elsewhere."""

import pytest
from sqlmodel import col, select

from profiles.model import Office
from pusher.model.clockwork import DayKind, Holiday
from pusher.model.staff import AuditEntry, Role
from tests.sending.makers import GATEWAYS
from tests.web.browsing import Console

GOOD = {"name": "槐荫区政务公开办公室", "signature": "【槐荫政务】", "phone": "0531-00000002"}
SECRET = "绝不能显示的密钥8JfQ"


def acts(console: Console) -> list[str]:
    with console.store.reading() as session:
        found = select(AuditEntry.act).where(col(AuditEntry.act).startswith("office."))
        return list(session.exec(found.order_by(col(AuditEntry.number))))


def with_gateway(console: Console, **table: object) -> Console:
    full = {**GATEWAYS["aliyun"], "access_key_secret": SECRET, **table}
    return console.with_settings(
        gateways={"aliyun": full}, origins={"gateways": "/srv/pusher/pusher.toml"}
    )


def test_an_admin_changes_what_the_office_says_of_itself(console: Console) -> None:
    admin = console.browser(Role.ADMIN)

    for _ in range(2):
        saved = admin.post("/settings/office", GOOD, page="/settings")
        assert saved.headers["location"] == "/settings"

    with console.store.reading() as session:
        office = session.exec(select(Office)).one()
        assert (office.name, office.signature, office.phone) == (
            "槐荫区政务公开办公室",
            "槐荫政务",
            "0531-00000002",
        )
    assert acts(console) == ["office.describe"], "saving the same again changes nothing"
    assert "槐荫区政务公开办公室" in console.browser().get("/sign-in").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("signature", "槐"),
        ("signature", "一个长过了十二个字的短信签名"),
        ("signature", "槐荫 政务"),
        ("phone", "19900000001"),
        ("phone", "打12345"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_typed_is_lost(
    lite: Console, field: str, typed: str
) -> None:
    answer = lite.browser(Role.ADMIN).post(
        "/settings/office", {**GOOD, field: typed}, page="/settings"
    )

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert all(value in answer.text for name, value in GOOD.items() if name != field)
    assert acts(lite) == []


def test_a_day_is_closed_opened_and_taken_out_again(console: Console) -> None:
    admin = console.browser(Role.ADMIN)
    new_year = {"day": "2027-01-01", "kind": "off", "holiday": "元旦"}
    worked = {"day": "2027-01-03", "kind": "work", "holiday": "元旦补班"}

    for day in (new_year, worked):
        assert admin.post("/settings/days", day, page="/settings").status_code == 303
    page = admin.get("/settings").text
    assert "2027年1月1日" in page
    assert "元旦补班" in page
    for wrong in (
        {**worked, "day": "2027-01-04"},
        {**new_year, "holiday": ""},
        {**new_year, "day": "元旦"},
        {**new_year, "day": ""},
    ):
        assert admin.post("/settings/days", wrong, page="/settings").status_code == 422

    gone = "/settings/days/2027-01-03/drop"
    assert admin.post(gone, page="/settings").status_code == 303
    assert admin.post(gone, page="/settings").status_code == 404
    with console.store.reading() as session:
        (row,) = session.exec(select(Holiday)).all()
    assert (row.name, row.kind) == ("元旦", DayKind.OFF)
    assert row.source == f"工号{console.staff[Role.ADMIN].number}录入"
    assert acts(console) == ["office.set_day", "office.set_day", "office.drop_day"]


def test_a_year_that_the_program_knows_is_taken_in_at_once(lite: Console) -> None:
    admin = lite.browser(Role.ADMIN)
    assert "2026年的节假日安排尚未录入" in admin.get("/settings").text

    assert admin.post("/settings/years/2026", page="/settings").status_code == 303

    assert "2026年的节假日安排尚未录入" not in admin.get("/settings").text
    admin.post("/settings/years/2099", page="/settings")
    assert "程序还不知道2099年的安排" in admin.get("/settings").text


def test_secrets_are_hidden_and_everything_says_where_it_came_from(lite: Console) -> None:
    page = with_gateway(lite, sign_name="槐荫政务公开").browser(Role.ADMIN).get("/settings").text

    assert SECRET not in page
    assert "（已设置，不显示）" in page
    assert "access_key_secret" in page
    assert "程序默认" in page
    assert "都已报备" in page
    assert "微信公众号" in page
    assert "未开通" in page, "WeChat has no table"


def test_a_clerk_sees_prices_and_hours_but_no_inner_workings(lite: Console) -> None:
    page = with_gateway(lite, price="0.038").browser(Role.CLERK).get("/settings").text

    assert "¥0.038 / 条" in page
    assert "9:00–11:30、14:30–17:30" in page
    assert "access_key_secret" not in page
    assert "lease_s" not in page
    assert '<form method="post" action="/settings' not in page


def test_another_signature_at_the_vendor_a_bad_price_and_missing_templates_are_seen(
    lite: Console,
) -> None:
    office = with_gateway(lite, sign_name="别的签名", price="四分五", templates={})

    page = office.browser(Role.CLERK).get("/settings").text

    assert "短信签名与网关里的“别的签名”不一致" in page
    assert "不是有效的金额" in page
    assert "个还没有报备编号" in page


def test_a_rehearsal_without_quiet_hours_stands_in_red(lite: Console) -> None:
    loud = lite.with_settings(quiet_hours=False, origins={"quiet_hours": "PUSHER_QUIET_HOURS"})

    page = loud.browser(Role.VIEWER).get("/settings").text

    assert 'class="panel danger"' in page
    assert "来自 PUSHER_QUIET_HOURS" in page
    assert 'class="panel danger"' not in lite.browser(Role.VIEWER).get("/settings").text


def test_a_way_that_is_handed_whole_texts_has_nothing_to_register(lite: Console) -> None:
    office = lite.with_settings(gateways={"yunmas": {"free_text": True}})

    page = office.browser(Role.CLERK).get("/settings").text

    assert "云MAS短信" in page
    assert "发全文，不需要报备" in page
