"""A clerk imports a register: uploads, sees what is wrong, confirms, takes it back."""

import re

import pytest
from httpx import Response
from sqlmodel import col, func, select

from profiles.model import ImportState, Profile, RosterFile, RosterImport
from pusher.model.staff import AuditEntry, Role
from tests.profiles.registers import MOTHER, OLD, TEEN, person, table
from tests.profiles.workbooks import workbook
from tests.web.browsing import Browser, Console

PHONE = "19900000001"


def upload(
    browser: Browser, content: bytes, name: str = "样例名册.xlsx", **fields: str
) -> Response:
    token = browser.token_on("/imports")
    answer: Response = browser.client.post(
        "/imports",
        data={"token": token, "kind": "resident", **fields},
        files={"file": ("样例名册.xlsx", content)},
    )
    return answer


def uploaded(browser: Browser, content: bytes, **fields: str) -> str:
    done = upload(browser, content, **fields)
    assert done.status_code == 303, done.text
    return done.headers["location"]


def people(console: Console) -> int:
    with console.store.reading() as session:
        here = select(func.count()).select_from(Profile).where(col(Profile.ended_on).is_(None))
        return session.exec(here).one()


REGISTER = workbook(
    ("姓名", "证件号码", "手机号", "婚姻状况"),
    ("王样例", OLD, PHONE, "丧偶"),
    ("张样例", MOTHER, "0531-00000001", "五级"),
    ("王样例", OLD, "", ""),
)


def test_a_register_is_looked_through_confirmed_and_taken_back(console: Console) -> None:
    clerk = console.browser(Role.CLERK)

    page = uploaded(clerk, REGISTER)
    preview = clerk.get(page).text

    assert people(console) == 0
    assert "将新增" in preview and "不能接收短信" in preview and "第2行与第4行" in preview
    assert PHONE not in preview and OLD not in preview
    report = clerk.get(f"{page}/errors.csv")
    assert report.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in report.headers["content-disposition"]
    assert report.content.startswith(b"\xef\xbb\xbf") and "手机号,landline" in report.text

    assert clerk.post(f"{page}/confirm", page=page).status_code == 303
    assert people(console) == 2
    with console.store.reading() as session:
        assert session.exec(select(RosterFile)).all() == []
        acts = session.exec(select(AuditEntry.act)).all()
        assert {"roster.check", "roster.import"} <= set(acts)
    again = clerk.post(f"{page}/confirm", page=page)
    assert again.status_code == 409 and people(console) == 2

    assert clerk.post(f"{page}/undo", page=page).status_code == 422
    assert clerk.post(f"{page}/undo", {"sure": "1"}, page=page).status_code == 303
    assert people(console) == 0
    assert "已撤销" in clerk.get("/imports").text


def test_the_file_waits_sealed_and_can_be_dropped(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    page = uploaded(lite.browser(Role.CLERK), table(person(手机号=PHONE)))

    with lite.store.reading() as session:
        kept = session.exec(select(RosterFile)).one()
        assert PHONE.encode() not in kept.content_sealed
    assert clerk.post(f"{page}/drop", page=page).status_code == 303
    assert clerk.get(page).status_code == 404
    with lite.store.reading() as session:
        assert session.exec(select(RosterFile)).all() == []
        assert session.exec(select(RosterImport)).one().state is ImportState.DROPPED


def test_who_is_missing_in_a_full_register_is_ended_only_with_their_number(
    lite: Console,
) -> None:
    clerk = lite.browser(Role.CLERK)
    first = uploaded(clerk, table(person(), person(MOTHER)))
    clerk.post(f"{first}/confirm", page=first)
    full = uploaded(clerk, table(person(MOTHER), person(TEEN)), snapshot="1")
    clerk.post(f"{full}/confirm", page=full)

    shown = clerk.get(full).text
    assert re.search(r"有 <b>1</b> 人", shown) and "王*例" in shown and "王样例" not in shown
    wrong = clerk.post(f"{full}/end-missing", {"expected": "2"}, page=full)
    assert wrong.status_code == 409 and "没有停用任何人" in wrong.text
    assert clerk.post(f"{full}/end-missing", {"expected": "两"}, page=full).status_code == 422
    assert clerk.post(f"{full}/end-missing", {"expected": "1"}, page=full).status_code == 303
    assert "都在名册中" in clerk.get(full).text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "图片"),
        ("姓名,手机号\n王样例,1".encode(), "证件号码"),
        ("姓名,证件号码\n".encode(), "没有数据行"),
    ],
)
def test_what_is_no_register_is_told_beside_the_file(
    lite: Console, content: bytes, word: str
) -> None:
    refused = upload(lite.browser(Role.CLERK), content)

    assert refused.status_code == 422
    assert word in refused.text and 'id="file-error"' in refused.text


@pytest.mark.parametrize("kind", ["resident", "enterprise"])
def test_whoever_prepares_a_register_finds_its_columns_and_an_empty_table(
    lite: Console, kind: str
) -> None:
    clerk = lite.browser(Role.CLERK)

    where = f"/imports/columns/{kind}"
    assert f'href="{where}"' in clerk.get("/imports").text
    page, empty = clerk.get(where).text, clerk.get(f"{where}.csv")

    assert page.count("必填") == 2
    assert empty.text.startswith("\ufeff")
    assert empty.text.count("\n") == 1
    assert all(f">{name}" in page for name in empty.text.strip("\ufeff\r\n").split(","))
    assert clerk.get("/imports/columns/other").status_code == 404


def test_an_import_of_another_office_or_of_nobody_is_not_there(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    nobody = "/imports/01936f5e-0000-7000-8000-000000000000"

    assert clerk.get(nobody).status_code == 404
    assert clerk.get(f"{nobody}/errors.csv").status_code == 404
    assert clerk.post(f"{nobody}/undo", {"sure": "1"}, page="/imports").status_code == 404
