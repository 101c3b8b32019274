"""Disabilities are read in whatever order a sentence tells kind, grade and certificate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.reading.grammar.findings import spell
from pusher.reading.grammar.records.disability import read_disabilities

_VALID = "cert_valid_to on_or_after_as_of None"


def _read(text: str) -> list[str]:
    return [spell(one.node).removeprefix("disability has ") for one in read_disabilities(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("残疾人", ["(grade le 4)"]),
        ("服务对象为残疾人", ["(grade le 4)"]),
        ("持有第二代残疾人证的人员", ["(grade le 4)"]),
        ("重度残疾人", ["(grade in 1,2)"]),
        ("一级、二级残疾人", ["(grade in 1,2)"]),
        ("残疾程度达到二级以上的", ["(grade in 1,2)"]),
        ("残疾等级为1—3级", ["(grade in 1,2,3)"]),
        ("持一级残疾证", ["(grade in 1)"]),
        ("经评定为智力、精神残疾的", ["(type in intellectual,mental)"]),
        ("持听力、言语残疾人证", ["(type in hearing,speech)"]),
        ("残疾类别为肢体残疾或者多重残疾的", ["(type in physical,multiple)"]),
        ("残疾类别为听力，等级为一级或者二级", ["(grade in 1,2 & type in hearing)"]),
        ("残疾等级四级的听力残疾人", ["(grade in 4 & type in hearing)"]),
        ("三级及以上智力、精神残疾的", ["(grade in 1,2,3 & type in intellectual,mental)"]),
        ("残疾人证登记为精神残疾，等级为二级及以上", ["(grade in 1,2 & type in mental)"]),
        ("残疾人证在有效期内的肢体残疾人", [f"(type in physical & {_VALID})"]),
        ("肢体残疾人和听力残疾人", ["(type in physical,hearing)"]),
        (
            "智力残疾等级为一、二级的，肢体残疾等级为一级的",
            ["(grade in 1,2 & type in intellectual)", "(grade in 1 & type in physical)"],
        ),
        (
            "智力残疾人、一级肢体残疾人",
            ["(type in intellectual)", "(grade in 1 & type in physical)"],
        ),
    ],
)
def test_a_disability_is_read_word_by_word(text: str, meant: list[str]) -> None:
    assert _read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "安排一、二级残疾人的单位", "家庭成员中有持证残疾人", "父母一方为一级残疾人的学生",
        "领取重度残疾人护理补贴", "一级至四级残疾军人", "区残联审核", "残疾人联合会",
        "凭二级以上医疗机构的诊断证明", "残疾人证有效期外的", "残疾人就业保障金",
        "残疾职工应当持有有效残疾人证", "为残疾人按月缴纳社会保险",
    ],
)  # fmt: skip
def test_whom_a_text_only_mentions_is_asked_for_nothing(text: str) -> None:
    assert _read(text) == []


_WORDS = ["肢体", "智力", "、", "和", "残疾", "人", "证", "一级", "至", "三级", "以上", "重度",
          "等级为", "，", "有效", "持有", "的", "。", "或者"]  # fmt: skip


@given(st.lists(st.sampled_from(_WORDS), max_size=14).map("".join))
def test_what_is_read_stands_in_the_text(text: str) -> None:
    for one in read_disabilities(text):
        assert all(0 <= start < end <= len(text) for start, end in one.pieces())
        assert one.node["fact"] == "disability" and one.node["value"]["all"]
