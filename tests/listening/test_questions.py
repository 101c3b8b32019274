"""What people ask is kept sealed, without anybody's number, and once."""

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from profiles.identity import without_numbers
from pusher.listening.questions import record, text_of
from pusher.model.question import Question, QuestionSource
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import resident_number


def asked(session: Session, text: str, **given: object) -> Question:
    office_id = given.pop("office_id", None) or make_office(session).id
    source = given.pop("source", QuestionSource.ASK)
    return record(session, office_id=office_id, source=source, text=text, at=NOW, **given)  # type: ignore[arg-type]


def test_a_question_is_sealed_and_its_numbers_are_nowhere(store: Store) -> None:
    number = resident_number(NOW.date().replace(year=1940), 77)
    with store.writing() as session:
        row = asked(session, f"我妈身份证{number}，电话 199 0000 4321，能领老人钱吗？").id

    with store.reading() as session:
        kept = session.get_one(Question, row)
        assert text_of(session, kept) == "我妈身份证****，电话 ****，能领老人钱吗？"
        assert "老人钱".encode() not in kept.text_sealed


def test_the_same_ticket_of_the_hotline_is_one_question(store: Store) -> None:
    with store.writing() as session:
        office_id = make_office(session).id
        ticket = {"office_id": office_id, "external_number": "GD-1"}
        first = asked(session, "高龄津贴怎么领", source=QuestionSource.HOTLINE, **ticket)

        again = asked(session, "高龄津贴怎么领", source=QuestionSource.HOTLINE, **ticket)
        other = asked(session, "高龄津贴怎么领", source=QuestionSource.REPLY, **ticket)

        assert again is first and other is not first
        assert len(session.exec(select(Question)).all()) == 2


@given(
    st.text(alphabet="０１２３４５６７８９", min_size=11, max_size=18)
    | st.lists(st.sampled_from(["1", "9 ", "0-", "3 -", "7"]), min_size=11, max_size=18).map(
        "".join
    )
)
def test_no_long_number_is_left_however_it_is_typed(number: str) -> None:
    kept = without_numbers(f"号码{number}可以吗")

    assert sum(sign.isdigit() for sign in kept) < 10


def test_years_amounts_and_the_hotline_stay_as_they_are() -> None:
    for text in ("2026年12月31日前补贴5000000元", "打12345问", "80岁每月100元"):
        assert without_numbers(text) == text
