"""Notice boards: what hangs where, when it may come down, and its photograph."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from pusher.audit import verify
from pusher.listening.postings import (
    BadPosting,
    Hanging,
    Sheet,
    TooEarly,
    keep_photo,
    photo_of,
    posting_list,
    put_up,
    take_down,
)
from pusher.model.errors import IllegalMove
from pusher.model.policy import Policy, PolicyState
from pusher.model.posting import Posting, PostingPhoto
from pusher.model.staff import AuditEntry
from pusher.privacy.retention import purge
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_person, the_office
from tests.sending.makers import make_confirmed

TODAY = NOW.date()


def pin_up(store: Store, policy: Policy | None = None, **given: Any) -> Posting:
    with store.writing() as session:
        office = the_office(session)
        policy = policy or make_confirmed(session, office)
        make_person(session, office)  # of 样例社区, in 370104013
        return put_up(
            session,
            policy,
            **{
                "community": "样例社区", "place": "", "street_code": None, "on": TODAY,
                "by": "0001", "now": NOW, **given,
            },
        )  # fmt: skip


def pull_down(store: Store, posting: Posting, on: date, remark: str = "") -> None:
    with store.writing() as session:
        row, now = session.get_one(Posting, posting.id), NOW + timedelta(days=30)
        take_down(session, row, on=on, days=5, by="0002", now=now, remark=remark)


def sheets(store: Store, today: date = TODAY, **given: Any) -> list[Sheet]:
    with store.reading() as session:
        office_id = the_office(session).id
        return posting_list(session, office_id=office_id, today=today, days=5, **given)


def test_a_sheet_hangs_for_five_days_at_least(store: Store) -> None:
    posting = pin_up(store)

    (sheet,) = sheets(store)
    assert (sheet.policy, sheet.street, sheet.hanging) == ("高龄津贴", "腊山街道", Hanging.UP)
    assert sheet.posting.place == "公示栏"
    assert sheet.may_come_down == date(2026, 11, 30)

    with pytest.raises(TooEarly, match="2026-11-30 起"):
        pull_down(store, posting, date(2026, 11, 29))
    pull_down(store, posting, date(2026, 11, 30))
    (sheet,) = sheets(store)
    assert (sheet.hanging, sheet.posting.taken_down_by) == (Hanging.DOWN, "0002")
    with pytest.raises(IllegalMove):
        pull_down(store, posting, date(2026, 12, 1))
    with store.reading() as session:
        assert session.exec(select(AuditEntry.act)).all() == ["posting.add", "posting.down"]
        assert verify(session) == []


def test_it_comes_down_early_only_with_a_reason(store: Store) -> None:
    posting = pin_up(store)

    pull_down(store, posting, TODAY, remark="被雨淋坏，已换新")

    assert sheets(store)[0].posting.remark == "被雨淋坏，已换新"


def test_when_its_policy_is_over_it_has_to_come_down_and_stands_first(store: Store) -> None:
    pin_up(store, community="别的社区", on=TODAY - timedelta(days=1))
    pin_up(store)
    with store.writing() as session:
        ends = session.exec(select(Posting).where(Posting.community == "样例社区")).one()
        session.get_one(Policy, ends.policy_id).apply_until = date(2026, 12, 1)

    listed = sheets(store, today=date(2026, 12, 2))

    assert [(s.posting.community, s.hanging) for s in listed] == [
        ("样例社区", Hanging.DUE), ("别的社区", Hanging.UP),
    ]  # fmt: skip
    assert [s.posting.community for s in sheets(store, streets={"370104013"})] == ["样例社区"]


@pytest.mark.parametrize(
    ("policy", "given", "why"),
    [
        ({}, {"on": TODAY + timedelta(days=1)}, "还没有到"),
        ({"state": PolicyState.READ}, {}, "还没有确认"),
        ({"apply_until": date(2026, 11, 1)}, {}, "已经结束"),
    ],
    ids=["a day to come", "not confirmed", "over"],
)
def test_what_cannot_hang_there_is_refused(
    store: Store, policy: dict[str, Any], given: dict[str, Any], why: str
) -> None:
    with store.writing() as session:
        made = make_confirmed(session, the_office(session), **policy)

    with pytest.raises(BadPosting, match=why):
        pin_up(store, made, **given)


def test_one_sheet_hangs_once_on_a_board(store: Store) -> None:
    posting = pin_up(store)
    with store.reading() as session:
        policy = session.get_one(Policy, posting.policy_id)

    with pytest.raises(BadPosting, match="已登记张贴"):
        pin_up(store, policy)
    pin_up(store, policy, place="东门")
    pull_down(store, posting, TODAY, remark="换新")
    pin_up(store, policy)

    assert len(sheets(store)) == 3


def test_the_photograph_lies_sealed_and_goes_a_year_after_the_sheet(store: Store) -> None:
    posting = pin_up(store)
    with store.writing() as session:
        keep_photo(session, posting, b"jpeg of a board", by="0001", now=NOW)
        keep_photo(session, posting, b"a better one", by="0001", now=NOW)

    assert sheets(store)[0].photo
    with store.reading() as session:
        assert b"better" not in session.exec(select(PostingPhoto.content_sealed)).one()
        assert photo_of(session, posting) == b"a better one"

    pull_down(store, posting, TODAY + timedelta(days=5))
    for days, photos in ((370, 0), (372, 1)):
        with store.writing() as session:
            assert (
                purge(session, settings=Settings(), now=NOW + timedelta(days=days)).photos == photos
            )
    assert not sheets(store)[0].photo
