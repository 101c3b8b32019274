"""Suggested tags come with the words that make their score."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusher.reading.classify import AT_LEAST, Example, Tagger, starter
from pusher.reading.taxonomy import taxonomy

ALLOWANCE = "关于发放高龄津贴的通知\n对具有本区户籍、年满80周岁的老年人按月发放高龄津贴。"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ALLOWANCE, "M02"),
        ("重度残疾人护理补贴发放办法\n对残疾等级为一级、二级的残疾人发放护理补贴。", "M09"),
        ("专精特新企业奖补资金申报通知\n对新认定的专精特新中小企业、小巨人企业给予奖励。", "Q02"),
        ("义务教育招生入学通知\n随迁子女按学区划片入学，小学一年级招生。", "M11"),
        ("家电以旧换新补贴活动公告\n购买家电可领取以旧换新补贴资格。", "M15"),
        ("居家养老服务实施方案\n政府购买服务，提供助餐、助浴、助洁上门服务。", "M01"),
    ],
)
def test_the_nearest_subject_is_among_the_first(text: str, code: str) -> None:
    assert code in [one.code for one in starter().suggest(text)[:2]]


def test_the_words_shown_add_up_to_the_score() -> None:
    for text in (ALLOWANCE, " ".join(w for tag in taxonomy().values() for w in tag.keywords)):
        for one in starter().suggest(text, at_least=0.0):
            assert sum(weight for _, weight in one.words) == pytest.approx(one.score, abs=1e-9)


def test_words_stand_in_falling_order_and_the_rest_is_called_the_rest() -> None:
    first = starter().suggest(ALLOWANCE)[0]
    weights = [weight for word, weight in first.words if not word.startswith("其余")]

    assert weights == sorted(weights, reverse=True)
    assert len(weights) <= 5
    assert all(word in ALLOWANCE for word, _ in first.words if not word.startswith("其余"))


def test_a_text_about_nothing_known_has_no_tag() -> None:
    assert starter().suggest("今天天气晴朗，微风。") == []
    assert starter().suggest("") == []


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_scores_are_cosines_best_first(text: str) -> None:
    scores = [one.score for one in starter().suggest(text)]

    assert scores == sorted(scores, reverse=True)
    assert all(AT_LEAST <= score <= 1 + 1e-9 for score in scores)


def test_a_confirmed_example_teaches_words_that_no_definition_has() -> None:
    tags = list(taxonomy().values())
    text = "腊山夕阳红工程申报通知\n腊山夕阳红工程面向社区，参加夕阳红工程的可报名。"
    before = {one.code: one.score for one in Tagger.learn(tags).suggest(text, at_least=0.0)}

    taught = Tagger.learn(tags, [Example(text, ("M01",))])
    after = {one.code: one.score for one in taught.suggest(text, at_least=0.0)}

    assert after["M01"] > before.get("M01", 0.0)
    assert max(after, key=lambda code: after[code]) == "M01"


def test_what_is_saved_suggests_what_was_suggested(tmp_path: Path) -> None:
    starter().save(tmp_path / "model")

    again = Tagger.load(tmp_path / "model")

    assert again.suggest(ALLOWANCE) == starter().suggest(ALLOWANCE)


def test_a_folder_without_a_tagger_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Tagger.load(tmp_path)
