"""12345 worksheets: each once, every wrong cell named, nothing personal kept, and undoable."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from profiles.model import Office
from profiles.roster_lines import BadRoster
from profiles.sealing import Sealer
from pusher.clock import OFFICE_ZONE
from pusher.listening import hotline
from pusher.listening.hotline import Sheet, look, take_in, tie, undo, work_out
from pusher.listening.hotline_sheet import read_calls
from pusher.listening.questions import text_of
from pusher.listening.unnamed import unnamed
from pusher.model.errors import IllegalMove
from pusher.model.hotline import HotlineCall, HotlineImport, QuestionTie
from pusher.model.policy import Policy, PolicyState
from pusher.model.question import Question, QuestionSource
from pusher.store import Store
from tests.makers import NOW, make_office, make_policy

HEAD = "工单编号,来电时间,诉求内容,诉求类别,所属街道,是否办结\n"
ASKED = "HY1,2026-11-20 09:30,老人82岁高龄津贴没有到账,津贴,腊山街道,否\n"


@pytest.fixture
def lite_store(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Iterator[Store]:
    """On SQLite only, for what has nothing to do with the database."""
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", sealer=sealer)
    yield store
    store.close()


def allowance(session: Session) -> tuple[Office, Policy]:
    office = make_office(session)
    make_policy(
        session, office, title="关于发放青年人才租房补贴的通知（样例）", short_title="租房补贴",
        state=PolicyState.CONFIRMED, body=["全日制本科毕业生每人每月600元。"], tags=[],
    )  # fmt: skip
    return office, make_policy(session, office, state=PolicyState.CONFIRMED, tags=["M02"])


def sheet(office: Office, rows: str, now: datetime = NOW) -> Sheet:
    keywords = {"M02": ("老年津贴", "长寿补贴")}
    return Sheet((HEAD + rows).encode("gb18030"), "工单.csv", office, keywords, "1001", now)


def test_each_worksheet_comes_in_once_and_stands_with_its_policy(store: Store) -> None:
    rows = ASKED + "HY2,2026/11/21,楼下路灯不亮影响出行,城管,,是\n"
    with store.writing() as session:
        office, policy = allowance(session)
        taken = take_in(session, work_out(session, sheet(office, rows)))
        again = take_in(session, work_out(session, sheet(office, rows.replace("否", "已办结"))))

        asked, other = session.exec(select(Question).order_by(col(Question.external_number))).all()
        found = session.get_one(QuestionTie, asked.id)
        assert (taken.added, taken.known, taken.tied) == (2, 0, 1)
        assert (again.added, again.known, again.answered) == (0, 2, 1)
        assert (asked.policy_id, asked.source) == (policy.id, QuestionSource.HOTLINE)
        assert "津贴" in " ".join(found.words)
        assert 0.15 <= found.score <= 1
        assert asked.answered
        assert (other.policy_id, other.answered) == (None, True)
        call = session.get_one(HotlineCall, asked.id)
        assert (call.category, call.area) == ("津贴", "腊山街道")


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(lite_store: Store) -> None:
    rows = (
        ASKED
        + ",2026-11-20 09:30,没有编号的工单,,,\n"
        + "HY3,昨天,时间写得不对的工单,,,\n"
        + "HY4,2026-12-20 09:30,时间在以后的工单,,,\n"
        + "HY5,2026-11-20 09:30,,,,\n"
        + "19900001234,2026-11-20 09:30,编号是手机号,,,\n"
        + "HY7,2026-11-20 09:30,这一件区域写了门牌,,3号楼2单元,看情况\n"
        + "HY1,2026-11-20 09:30,同一个编号又来一次,,,\n"
    )
    with lite_store.writing() as session:
        office, _ = allowance(session)
        worked = work_out(session, sheet(office, rows))
        taken = look(session, worked)
        told = [(one.row, one.column, one.code) for one in taken.rejected]

        assert taken.added == 2
        assert session.exec(select(Question)).all() == []
        assert told == [
            (3, "工单编号", "no_number"),
            (4, "来电时间", "bad_time"),
            (5, "来电时间", "far_time"),
            (6, "诉求内容", "no_text"),
            (7, "工单编号", "bad_number"),
            (8, "所属区域", "not_a_word"),
            (8, "是否办结", "bad_answered"),
            (9, "工单编号", "twice"),
        ]
        assert not any("门牌" in one.reason and "3号" in one.reason for one in taken.rejected)
        assert "19900001234" not in str(taken.rejected)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        ("工单编号,诉求内容\nHY1,没有时间列\n".encode(), "missing_column"),
        (("工单编号,工单号,来电时间,内容\n" + ASKED).encode(), "twice_a_column"),
        (HEAD.encode(), "no_rows"),
        (b"%PDF-1.7", "not_a_table"),
    ],
)
def test_a_file_that_is_no_sheet_of_the_hotline_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadRoster) as refused:
        read_calls(content, now=NOW)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20 09:30", "2026/11/20 9:30:00", "2026年11月20日 9时30分", "2026.11.20 09:30",
        "2026-11-20T09:30:00", "２０２６-１１-２０ ０９:３０",
    ],
)  # fmt: skip
def test_a_moment_is_read_as_spreadsheets_write_it(written: str) -> None:
    (call,), told = read_calls(f"编号,时间,内容\nA1,{written},问津贴的事\n".encode(), now=NOW)

    assert (call.at, told) == (datetime(2026, 11, 20, 9, 30, tzinfo=OFFICE_ZONE), [])


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_cell_is_taken_or_named(cell: str) -> None:
    cell = cell.replace("\0", "")
    quoted = '"' + cell.replace('"', '""') + '"'
    content = (
        f"编号,时间,内容,街道\n{quoted},{quoted},{quoted},{quoted}\nA1,2026-11-02,问津贴的事,\n"
    )
    try:
        calls, told = read_calls(content.encode("utf-8", "replace"), now=NOW)
    except BadRoster:
        return

    assert calls[-1].number == "A1"
    if cell.strip():
        assert len(calls) == 2 or told != []


def test_names_numbers_and_doors_are_gone_before_anything_is_kept(lite_store: Store) -> None:
    text = "来电人王样例（电话19900001234，身份证370104195001011234）住3号楼2单元501室，问津贴"
    with lite_store.writing() as session:
        office, _ = allowance(session)
        row = f'HY1,2026-11-20 09:30,"{text}",,,\n'
        take_in(session, work_out(session, sheet(office, row)))
        kept = text_of(session, session.exec(select(Question)).one())

        assert "津贴" in kept
        assert not any(secret in kept for secret in ("王样例", "1990000", "3701041950", "501"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("市民王女士咨询高龄津贴", "市民某女士咨询高龄津贴"),
        ("李建国先生反映补贴没有到账", "某先生反映补贴没有到账"),
        ("联系人：欧阳样例，问入托补贴", "联系人：某某，问入托补贴"),
        ("独居老人咨询80周岁老人津贴", "独居老人咨询80周岁老人津贴"),
        ("高龄津贴每月100元", "高龄津贴每月100元"),
    ],
)
def test_who_asked_is_left_out_and_what_was_asked_stays(said: str, kept: str) -> None:
    assert unnamed(said) == kept


def test_an_import_is_taken_back_but_for_what_staff_have_handled(store: Store) -> None:
    rows = ASKED + ASKED.replace("HY1", "HY2")
    with store.writing() as session:
        office, _ = allowance(session)
        taken = take_in(session, work_out(session, sheet(office, rows)))
        first = session.exec(select(Question).where(Question.external_number == "HY1")).one()
        first.handled_by, first.handled_at = "1001", NOW
        session.add(first)
        session.flush()
        kept = session.get_one(HotlineImport, taken.import_id)

        assert undo(session, kept, by="1001", now=NOW) == (1, 1)
        assert session.exec(select(Question.external_number)).all() == ["HY1"]
        assert len(session.exec(select(QuestionTie)).all()) == 1
        with pytest.raises(IllegalMove):
            undo(session, kept, by="1001", now=NOW)
        again = take_in(session, work_out(session, sheet(office, rows)))
        assert (again.added, again.known) == (1, 1)


def test_staff_say_which_policy_a_worksheet_is_about(store: Store) -> None:
    with store.writing() as session:
        office, right = allowance(session)
        take_in(session, work_out(session, sheet(office, ASKED)))
        question = session.exec(select(Question)).one()
        other = make_policy(session, office, state=PolicyState.CONFIRMED)
        tie(session, question, other, by="1001", now=NOW)
        moved = (question.policy_id, session.get_one(QuestionTie, question.id).by)
        tie(session, question, None, by="1001", now=NOW)

        assert moved == (other.id, "1001")
        assert question.policy_id is None
        assert hotline.imports_of(session, office.id)[0].added == 1
        assert right.id != other.id


def test_the_same_sheet_handed_in_twice_at_once_is_one(store: Store) -> None:
    with store.writing() as session:
        office, _ = allowance(session)
        worked = work_out(session, sheet(office, ASKED))

    def hand_in(_: int) -> int:
        with store.writing() as session:
            return take_in(session, worked).added

    with ThreadPoolExecutor(2) as both:
        added = list(both.map(hand_in, range(2)))

    assert sorted(added) == [0, 1]
