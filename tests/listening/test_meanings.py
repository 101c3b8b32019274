"""What an answer means, in whatever spelling it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from pusher.listening.replies import (
    DISSATISFIED,
    SATISFIED,
    STOP,
    YES,
    meaning_of,
    text_of,
)
from pusher.model.word import Meaning, Reply
from pusher.store import Store
from tests.listening.callbacks import answer, folded, push


@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "Td ",
        "ＴＤ",
        "t",
        "Ｔ",
        "R",
        "r。",
        "N",
        "0000",
        "００００",
        "退订",
        " 退 订 ",
        "退订。",
        "退订！！",
        "【退订】",
        "“退订”",
        "退\u200b订",
        "退订👍",
        "取消",
        "拒收",
        "不要再发",
        "不要再发了",
        "T D",
        "STOP",
    ],
)
def test_a_clear_stop_in_any_spelling(text: str) -> None:
    assert meaning_of(text) is Meaning.STOP


@pytest.mark.parametrize(
    "text",
    [
        "别发了",
        "你们别再给我发了",
        "怎么退",
        "停",
        "烦死了",
        "再发我投诉",
        "不要发了",
        "退订谢谢",
        "我要退订",
        "TD 谢谢",
        "回复T",
        "麻烦你们别发了",
        "我退休了,不要再发短信",
        "不需要",
        "垃圾短信",
        "unsubscribe me",
        "不要给我爸爸发",
        "离退订",
    ],
)
def test_what_may_mean_stop_is_doubtful(text: str) -> None:
    assert meaning_of(text) is Meaning.MAYBE_STOP


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "👍",
        "请问在哪里办理",
        "我退休了能领吗",
        "麻烦问一下要带什么",
        "要不要带身份证",
        "退役军人有吗",
        "不同意",
        "10",
        "谢谢",
        "19900000001",
        "社区电话多少",
    ],
)
def test_all_the_rest_goes_to_staff(text: str) -> None:
    assert meaning_of(text) is Meaning.OTHER


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("同意", Meaning.YES),
        ("TY", Meaning.YES),
        ("ｔｙ。", Meaning.YES),
        ("1", Meaning.SATISFIED),
        ("１", Meaning.SATISFIED),
        ("2", Meaning.DISSATISFIED),
        ("不满意", Meaning.DISSATISFIED),
    ],
)
def test_other_agreed_words(text: str, meaning: Meaning) -> None:
    assert meaning_of(text) is meaning


PUNCTUATION = st.text(alphabet=" \u3000\t\n。，！？.,!?~～…“”\"'()（）【】-—", max_size=4)


@given(
    word=st.sampled_from(sorted(STOP | YES | SATISFIED | DISSATISFIED)),
    before=PUNCTUATION,
    after=PUNCTUATION,
    upper=st.booleans(),
    wide=st.booleans(),
)
def test_width_case_and_punctuation_make_no_difference(
    word: str, before: str, after: str, upper: bool, wide: bool
) -> None:
    text = word.upper() if upper else word
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    assert meaning_of(before + text + after) is meaning_of(word)


@given(
    before=st.text(max_size=20), after=st.text(max_size=20), word=st.sampled_from(["退订", "拒收"])
)
def test_a_stop_word_inside_a_sentence_is_never_overheard(
    before: str, after: str, word: str
) -> None:
    assert meaning_of(before + word + after) in (Meaning.STOP, Meaning.MAYBE_STOP)


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert meaning_of(text) in Meaning


def test_a_very_long_answer_is_read_quickly_and_kept_whole(store: Store) -> None:
    push(store, [answer("19900000001", "长" * 10_000)])

    folded(store)

    with store.reading() as session:
        assert len(text_of(session, session.exec(select(Reply)).one())) == 10_000
