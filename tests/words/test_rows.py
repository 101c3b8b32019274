"""Rows computed with NumPy alone are the rows that scikit-learn computes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.words.rows import Weighing, learn

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

TEXTS = ["养老 津贴 老年人 养老", "企业 贷款 贴息", "企业 老年人 就业", "就业 就业 补贴 企业"]


def _split(text: str) -> list[str]:
    return text.split()


def theirs_of(texts: list[str], **given: Any) -> "TfidfVectorizer":
    """What scikit-learn learns; loaded by who runs this, not by every process that collects."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**given).fit(texts)


@given(st.lists(st.sampled_from([*" ".join(TEXTS).split(), "没见过"]), max_size=30))
def test_a_row_is_the_row_of_scikit_learn(words: list[str]) -> None:
    theirs = theirs_of(TEXTS, analyzer=_split, sublinear_tf=True, norm="l2")
    weighing = learn(TEXTS, _split)

    row = weighing.row(words, weighing.places())

    wanted = theirs.transform([" ".join(words)]).toarray()[0]
    np.testing.assert_allclose(weighing.dense(row), wanted, atol=1e-12)


@given(
    st.lists(st.text("养老企业津贴 ", max_size=12), min_size=1, max_size=8),
    st.integers(1, 3),
)
def test_terms_and_their_rarity_are_to_the_bit_those_of_scikit_learn(
    texts: list[str], at_least_in: int
) -> None:
    try:
        weighing = learn(texts, list, at_least_in=at_least_in)
    except ValueError:
        weighing = Weighing((), np.empty(0))

    try:
        theirs = theirs_of(texts, analyzer=list, min_df=at_least_in)
        names, idf = theirs.get_feature_names_out().tolist(), theirs.idf_
    except ValueError:
        names, idf = [], np.empty(0)
    assert list(weighing.terms) == names
    np.testing.assert_array_equal(weighing.idf, idf)


def test_a_text_without_known_terms_is_an_empty_row() -> None:
    weighing = learn(TEXTS, _split)

    assert weighing.row(["没见过"], weighing.places()).columns.size == 0


def test_terms_of_too_few_texts_are_left_out() -> None:
    assert set(learn(TEXTS, _split, at_least_in=2).terms) == {"企业", "就业", "老年人"}


def test_nothing_to_learn_is_said() -> None:
    with pytest.raises(ValueError):
        learn(["", " "], _split)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    weighing = learn(TEXTS, _split)

    weighing.save(tmp_path / "words.npz")
    again = Weighing.load(tmp_path / "words.npz")

    assert again.terms == weighing.terms
    np.testing.assert_array_equal(again.idf, weighing.idf)
