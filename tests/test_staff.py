"""Accounts: invited once, signed in for a while, closed at once."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from profiles.model import Office
from pusher import staff as accounts
from pusher.audit import verify
from pusher.model.errors import IllegalMove
from pusher.model.staff import AuditEntry, Invitation, Role, Staff, StaffSession
from pusher.store import Store
from tests.makers import make_office, make_staff

PASSWORD = "槐荫春天的柳絮飘到了小清河边"


@pytest.fixture
def invited(store: Store, now: datetime) -> str:
    """The token of somebody who was just invited."""
    with store.writing() as session:
        office = make_office(session)
        return accounts.add(
            session,
            login="Li.Jing",
            name="样例经办",
            number="1001",
            role=Role.CLERK,
            office=office,
            by="0001",
            now=now,
        )


@pytest.fixture
def clerk(store: Store, invited: str, now: datetime) -> Staff:
    with store.writing() as session:
        return accounts.set_password(session, invited, PASSWORD, now=now)


def test_an_invitation_sets_the_password_once(store: Store, invited: str, now: datetime) -> None:
    with store.writing() as session:
        accounts.set_password(session, invited, PASSWORD, now=now)

    with store.writing() as session, pytest.raises(accounts.InvitationSpent, match="用过"):
        accounts.set_password(session, invited, PASSWORD + "二", now=now)


def test_looking_at_an_invitation_spends_nothing(store: Store, invited: str, now: datetime) -> None:
    with store.reading() as session:
        assert accounts.invited(session, invited, now=now).login == "li.jing"
        assert accounts.invited(session, invited, now=now).number == "1001"


def test_an_invitation_runs_out(store: Store, invited: str, now: datetime) -> None:
    late = now + accounts.INVITATION_TERM + timedelta(minutes=1)

    with store.writing() as session, pytest.raises(accounts.InvitationSpent, match="过期"):
        accounts.set_password(session, invited, PASSWORD, now=late)


def test_an_unknown_token_invites_nobody(store: Store, now: datetime) -> None:
    with store.reading() as session, pytest.raises(accounts.InvitationSpent):
        accounts.invited(session, "x" * 43, now=now)


def test_no_token_and_no_password_is_kept(store: Store, invited: str, now: datetime) -> None:
    with store.writing() as session:
        staff = accounts.set_password(session, invited, PASSWORD, now=now)
        token = accounts.open_session(session, staff, now=now)

    with store.reading() as session:
        kept = [row.token_sha256 for row in session.exec(select(Invitation))]
        kept += [row.token_sha256 for row in session.exec(select(StaffSession))]
        hashed = session.get_one(Staff, staff.id).password_hash or ""
    assert invited not in kept
    assert token not in kept
    assert hashed.startswith("$argon2id$")


@pytest.mark.parametrize(
    "password",
    ["短密码", "a" * 20, "123456789012", "password1234", "li.jing12345", "字" * 129],
)
def test_a_plain_password_is_refused(
    store: Store, invited: str, now: datetime, password: str
) -> None:
    with store.writing() as session, pytest.raises(accounts.WrongEntry) as refused:
        accounts.set_password(session, invited, password, now=now)

    assert refused.value.field == "password"
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("login", {"login": "li jing"}),
        ("login", {"login": "li.jing"}),
        ("name", {"name": " "}),
        ("number", {"number": "工号一"}),
        ("number", {"number": "1001"}),
    ],
)
def test_an_account_needs_its_own_login_and_number(
    store: Store, invited: str, now: datetime, field: str, given: dict[str, str]
) -> None:
    entries = {"login": "wang", "name": "样例", "number": "1002", **given}

    with store.writing() as session, pytest.raises(accounts.WrongEntry) as refused:
        office = session.exec(select(Office)).one()
        accounts.add(session, **entries, role=Role.VIEWER, office=office, by="0001", now=now)
    assert refused.value.field == field


def test_the_right_password_signs_in_whatever_the_case_of_the_login(
    store: Store, clerk: Staff, now: datetime
) -> None:
    with store.reading() as session:
        found = accounts.check(session, " LI.JING ", PASSWORD, now=now)

    assert found is not None
    assert found.id == clerk.id


def test_nobody_else_is_let_in(store: Store, clerk: Staff, now: datetime) -> None:
    with store.writing() as session:
        office = session.exec(select(Office)).one()
        make_staff(session, office, login="invited-only")

    with store.reading() as session:
        assert accounts.check(session, "li.jing", PASSWORD + "。", now=now) is None
        assert accounts.check(session, "nobody", PASSWORD, now=now) is None
        assert accounts.check(session, "invited-only", PASSWORD, now=now) is None


@pytest.mark.parametrize("step", [timedelta(minutes=29), timedelta(minutes=31)])
def test_a_session_ends_when_nobody_touches_it(
    store: Store, clerk: Staff, now: datetime, step: timedelta
) -> None:
    with store.writing() as session:
        token = accounts.open_session(session, clerk, now=now)

    with store.reading() as session:
        found = accounts.read_session(session, token, now=now + step)

    assert (found is not None) is (step < accounts.IDLE)


def test_a_session_ends_after_a_working_day_however_busy(
    store: Store, clerk: Staff, now: datetime
) -> None:
    with store.writing() as session:
        token = accounts.open_session(session, clerk, now=now)
    moment = now
    while moment < now + accounts.LONGEST:
        with store.writing() as session:
            assert accounts.read_session(session, token, now=moment)
            accounts.touch(session, token, now=moment)
        moment += timedelta(minutes=25)

    with store.reading() as session:
        assert accounts.read_session(session, token, now=moment) is None


def test_a_session_that_was_ended_stays_ended(store: Store, clerk: Staff, now: datetime) -> None:
    with store.writing() as session:
        token = accounts.open_session(session, clerk, now=now)
        accounts.end_session(session, token, now=now)
        accounts.end_session(session, token, now=now)

    with store.reading() as session:
        assert accounts.read_session(session, token, now=now) is None


def test_disabling_ends_sessions_and_invitations_at_once(
    store: Store, clerk: Staff, now: datetime
) -> None:
    with store.writing() as session:
        token = accounts.open_session(session, clerk, now=now)
        again = accounts.reset(session, clerk, by="0001", now=now)
        accounts.disable(session, clerk, by="0001", now=now)

    with store.reading() as session:
        assert accounts.read_session(session, token, now=now) is None
        with pytest.raises(accounts.InvitationSpent):
            accounts.invited(session, again, now=now)
        assert accounts.check(session, "li.jing", PASSWORD, now=now) is None


def test_a_reset_takes_the_password_away_and_the_older_links_with_it(
    store: Store, clerk: Staff, now: datetime
) -> None:
    with store.writing() as session:
        first = accounts.reset(session, clerk, by="0001", now=now)
        second = accounts.reset(session, clerk, by="0001", now=now)

    with store.reading() as session:
        assert accounts.check(session, "li.jing", PASSWORD, now=now) is None
        assert accounts.invited(session, second, now=now)
        with pytest.raises(accounts.InvitationSpent):
            accounts.invited(session, first, now=now)


def test_an_admin_cannot_lock_themselves_out(store: Store, clerk: Staff, now: datetime) -> None:
    with store.writing() as session, pytest.raises(IllegalMove, match="自己"):
        accounts.disable(session, clerk, by=clerk.number, now=now)


def test_everything_stands_in_the_audit_without_logins(
    store: Store, clerk: Staff, now: datetime
) -> None:
    with store.writing() as session:
        token = accounts.open_session(session, clerk, now=now)
        accounts.end_session(session, token, now=now)
        accounts.disable(session, clerk, by="0001", now=now)

    with store.reading() as session:
        acts = [
            entry.act for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.number)))
        ]
        assert verify(session) == []
        about = {entry.about for entry in session.exec(select(AuditEntry))}
    assert acts == [
        "staff.add",
        "staff.set_password",
        "staff.sign_in",
        "staff.sign_out",
        "staff.disable",
    ]
    assert about == {f"staff:{clerk.id}"}
