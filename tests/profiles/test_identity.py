"""Numbers that name people and firms: read, refused with a reason, masked."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.identity import (
    BadIdentity,
    birth_date_of,
    masked_name,
    masked_number,
    masked_phone,
    read_phone,
    read_resident_number,
    read_uscc,
    sex_of,
)

READERS = (read_phone, read_uscc, read_resident_number)


def resident_number(born: date, order: int) -> str:
    """A number of no county (370199), its check digit by GB 11643's table of weights."""
    body = f"370199{born:%Y%m%d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    "text",
    [
        "19900000001",
        " 199 0000 0001 ",
        "199-0000-0001",
        "１９９０００００００１",
        "+86 19900000001",
        "+86-199-0000-0001",
        "0086 19900000001",
        "8619900000001",
        "(+86)19900000001",
        "19900000001\n",
    ],
)
def test_a_mobile_number_is_read_however_it_is_written(text) -> None:
    assert read_phone(text) == "19900000001"


@pytest.mark.parametrize(
    "prefix",
    ["130", "145", "150", "162", "165", "166", "167", "170", "171", "173", "180"]
    + [str(n) for n in range(190, 198)],
)
def test_every_mobile_prefix_is_taken(prefix) -> None:
    assert read_phone(prefix + "00000001") == prefix + "00000001"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "blank", "为空"),
        ("  ", "blank", "为空"),
        ("1.99E+10", "not_text", "文本"),
        ("1.99e10", "not_text", "文本"),
        ("19900000001.0", "not_text", "文本"),
        ("19900000001 19900000002", "two_numbers", "一个手机号"),
        ("19900000001/19900000002", "two_numbers", "一个手机号"),
        ("19900000001、19900000002", "two_numbers", "一个手机号"),
        ("1990000000119900000002", "two_numbers", "一个手机号"),
        ("0531-80000000", "landline", "不能接收短信"),
        ("80000000", "landline", "不能接收短信"),
        ("95588", "landline", "不能接收短信"),
        ("10690000000", "landline", "不能接收短信"),
        ("12345", "landline", "不能接收短信"),
        ("400-000-0000", "landline", "不能接收短信"),
        ("12900000000", "not_mobile", "不能接收短信"),
        ("29900000000", "not_mobile", "不能接收短信"),
        ("1990000000", "wrong_length", "11位"),
        ("199000000011", "wrong_length", "11位"),
        ("1990000000a", "wrong_character", "数字"),
        ("١٩٩٠٠٠٠٠٠٠١", "wrong_character", "数字"),
    ],
)
def test_what_takes_no_text_is_refused_with_the_reason(text, code, words) -> None:
    with pytest.raises(BadIdentity, match=words) as refused:
        read_phone(text)

    assert refused.value.code == code


def test_credit_codes_are_checked(shared: Path) -> None:
    vectors = json.loads((shared / "domain/reference.json").read_text("utf-8"))["uscc"]

    assert [read_uscc(code) for code in vectors["valid"]] == vectors["valid"]
    for code in vectors["invalid"]:
        with pytest.raises(BadIdentity):
            read_uscc(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("9137010400000000", "wrong_length"),
        ("91370104MA0000000I", "wrong_character"),
        ("91370104MA00000000", "wrong_check_digit"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(text, code) -> None:
    with pytest.raises(BadIdentity) as refused:
        read_uscc(text)

    assert refused.value.code == code


def test_a_credit_code_is_read_in_small_letters_with_spaces() -> None:
    assert read_uscc(" 9135 0100 m000 100y43 ") == "91350100M000100Y43"


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_place_of_a_credit_code_is_noticed(place, letter) -> None:
    good = "91350100M000100Y43"
    wrong = good[:place] + letter + good[place + 1 :]

    if wrong == good:
        assert read_uscc(wrong) == good
        return
    with pytest.raises(BadIdentity):
        read_uscc(wrong)


@given(st.dates(date(1900, 1, 1), date(2026, 11, 23)), st.integers(0, 999))
def test_resident_numbers_tell_birth_day_and_sex(born, order) -> None:
    number = read_resident_number(resident_number(born, order).lower())

    assert birth_date_of(number) == born
    assert sex_of(number) == ("male" if order % 2 else "female")


@given(st.dates(date(1900, 1, 1), date(2026, 11, 23)), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_resident_number_is_noticed(born, place, step) -> None:
    good = resident_number(born, 1)
    wrong = good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]

    with pytest.raises(BadIdentity):
        read_resident_number(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("3.70199E+17", "not_text"),
        ("370199900101001", "wrong_length"),
        ("37019919900101001A", "wrong_character"),
        ("370199199002300011", "wrong_birth_date"),
    ],
)
def test_a_wrong_resident_number_says_what_is_wrong(text, code) -> None:
    with pytest.raises(BadIdentity) as refused:
        read_resident_number(text)

    assert refused.value.code == code


@given(st.sampled_from(READERS), st.text("0123456789０１+-. EeXx/、,\n", min_size=6, max_size=40))
def test_no_refusal_repeats_what_was_written(read, text) -> None:
    try:
        read(text)
    except BadIdentity as refused:
        digits = [c for c in str(refused) if c.isdigit()]
        assert len(digits) <= 4  # 11位, 18位, 前17位: lengths, never a number
        assert text.strip() not in str(refused) or len(text.strip()) < 3


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (masked_phone, "19900000001", "199****0001"),
        (masked_phone, "12345", "*****"),
        (masked_name, "", ""),
        (masked_name, "王", "*"),
        (masked_name, "王明", "王*"),
        (masked_name, "王小明", "王*明"),
        (masked_name, "欧阳小明", "欧**明"),
        (masked_number, "370199199001010012", "3701**********0012"),
        (masked_number, "12345678901", "***********"),
    ],
)
def test_masks_keep_too_little_to_use(mask, text, masked) -> None:
    assert mask(text) == masked
