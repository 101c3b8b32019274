"""The fast port cuts like the original; terms keep what carries meaning."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusher.reading.wordbook import taxonomy_words
from pusher.words.tokens import Cut, characters, fast, normal, rarity, reference, terms

TEXTS = [
    "具有槐荫区户籍、年满80周岁及以上的老年人，每人每月发放高龄津贴100元。",
    "对2025年新认定的省级专精特新中小企业给予一次性奖励20万元，逾期不予受理。",
    "自主就业退役士兵自退役之日起5年内，在槐荫区首次创办小微企业或者登记个体工商户。",
    "支持5G、Wi-Fi、PM2.5监测与工业互联网平台建设，ＡＢＣ１２３全角也一样。",
    "符合下列条件的随迁子女，可申请在槐荫区就读义务教育学校起始年级。",
    "“情系桑榆”政府购买居家养老服务实施方案；薪槐未来；泉城购；免申即享。",
]


@pytest.fixture(scope="module")
def port() -> Cut:
    return fast(taxonomy_words())


@pytest.fixture(scope="module")
def original() -> Cut:
    return reference(taxonomy_words())


@pytest.mark.parametrize("text", TEXTS)
def test_the_fast_port_cuts_like_the_original(port: Cut, original: Cut, text: str) -> None:
    assert port(text) == original(text)


@given(
    st.lists(
        st.sampled_from("老年人高龄津贴补贴企业贷款贴息的和在80周岁5G，。残疾低保"), max_size=80
    )
)
@settings(max_examples=60, deadline=None)
def test_the_fast_port_finds_the_same_words_in_any_mixture(
    port: Cut, original: Cut, pieces: list[str]
) -> None:
    text = "".join(pieces)

    # 高高高 is 高·高高 or 高高·高, equally likely: the two break such ties each in its own way.
    # A row of TF-IDF counts words and knows no order.
    assert sorted(port(text)) == sorted(original(text))


def test_nothing_is_lost_or_added_by_cutting(port: Cut) -> None:
    for text in TEXTS[:3]:
        assert "".join(port(text)) == normal(text)


def test_the_words_of_the_subjects_stay_whole(port: Cut) -> None:
    assert {"专精特新", "事实无人抚养", "以旧换新"} <= set(
        port("专精特新企业、事实无人抚养儿童、家电以旧换新")
    )


def test_numbers_and_single_characters_are_no_terms(port: Cut) -> None:
    found = terms(port("每人每月100元，80周岁以上老年人，5G 网络，第3.5条"))

    assert "老年人" in found
    assert not {"100", "元", "3.5", "，"} & set(found)


def test_characters_come_in_runs_of_one_to_three() -> None:
    assert characters("低保 户", longest=2) == ["低", "保", " ", "户", "低保", "保 ", " 户"]


def test_rare_words_are_rarer_at_large_than_everyday_ones() -> None:
    known = rarity()

    assert known["养老保险"] > known["工作"]
