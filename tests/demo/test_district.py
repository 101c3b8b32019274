"""The demo's invented district says what it must: policies, their rules, two registers, pairs."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from pusher.sandbox.wecom_desk import is_member
from tests.demo.plain_judge import answer
from tests.demo.plain_reading import (
    AS_OF,
    DISTRICT,
    ROOT,
    Row,
    birth_of,
    eighteenth_birthday,
    facts_by_label,
    facts_of,
    key_of,
    paragraphs,
    policy_files,
    roster,
    rule_of,
    vocabulary,
)

LEXICON = ROOT / "pusher" / "reading" / "lexicon"
POLICIES = [f"p{n:02}" for n in range(1, 13)]
DRAFT, CLOSED, UPCOMING = "p12", "p10", "p11"
SPECIAL = {
    "residents": (
        "姓名,证件号码,街道,社区,手机号,微信openid,联系人备注,监护人证件号码,监护关系,监护类型,监护至,"
        "同意推送,同意敏感信息,监护人同意,订阅,订阅节奏,退订,迁出日期,数据来源,数据日期"
    ),
    "enterprises": (
        "企业名称,统一社会信用代码,街道,社区,联系人,手机号,微信openid,企业微信账号,同意推送,订阅,订阅节奏,退订,"
        "数据来源,数据日期"
    ),
}
DATES = ("同意推送", "同意敏感信息", "监护人同意", "监护至", "迁出日期", "数据日期")


def leaves(node: Any) -> Iterator[dict[str, Any]]:
    """The leaves of a rule, not those inside a record's own rule."""
    if "op" in node:
        yield node
        return
    for children in node.values():
        for child in children if isinstance(children, list) else [children]:
            yield from leaves(child)


def quotes_of(policy: str) -> list[str]:
    rule = rule_of(policy)
    return [leaf["quote"] for leaf in [*leaves(rule["rule"]), *rule["manual_checks"]]]


def everybody() -> tuple[Row, ...]:
    return roster("residents") + roster("enterprises")


def pairs() -> list[dict[str, str]]:
    read: list[dict[str, str]] = json.loads((DISTRICT / "telling_pairs.json").read_text("utf-8"))
    return read


def is_resident_number(text: str) -> bool:
    """GB 11643-1999."""
    weights = [2 ** (17 - n) % 11 for n in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], weights, strict=True))
    return "10X98765432"[total % 11] == text[17]


def is_credit_code(text: str) -> bool:
    """GB 32100-2015, and GB 11714 for the nine characters of the organisation."""
    letters, plain = "0123456789ABCDEFGHJKLMNPQRTUWXY", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(letters.index(c) * pow(3, n, 31) for n, c in enumerate(text[:17]))
    org = zip(text[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    check = -sum(plain.index(c) * weight for c, weight in org) % 11
    return letters[-total % 31] == text[17] and "0123456789X"[check] == text[16]


def test_there_are_nine_pages_and_three_plain_texts_each_with_its_rule() -> None:
    files = policy_files()

    assert list(files) == POLICIES
    assert Counter(file.suffix for file in files.values()) == {".html": 9, ".txt": 3}
    assert {file.stem for file in (DISTRICT / "rules").iterdir()} == set(POLICIES)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_a_whole_document_marked_as_a_sample(policy: str) -> None:
    text = "\n".join(paragraphs(policy_files()[policy]))

    assert len(text) >= 600
    assert re.search(r"[^\n]{8,}（样例）\n", text)
    assert re.search(r"槐\w+〔202[56]〕\d+号（样例）", text)
    assert re.search(r"(?m)^202[56]年\d+月\d+日$", text)
    assert "演示样例" in text
    assert re.search("除外|不适用|不重复享受", text)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_quote_stands_word_for_word_in_one_paragraph(policy: str) -> None:
    found = paragraphs(policy_files()[policy])

    missing = [q for q in quotes_of(policy) if not any(q in paragraph for paragraph in found)]

    assert missing == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_rule_file_has_what_staff_confirm(policy: str) -> None:
    rule = rule_of(policy)
    known = {fact["code"] for fact in vocabulary()["facts"]}

    assert set(rule) == {
        "audience_kind", "subject", "short_title", "tags", "rule", "manual_checks",
        "benefit_line", "apply_until",
    }  # fmt: skip
    assert rule["audience_kind"] in ("resident", "enterprise", "both")
    assert rule["subject"] in ("self", "ward", "self_or_ward")
    assert len(rule["short_title"]) <= 20 and len(rule["benefit_line"]) <= 35
    assert rule["manual_checks"]
    for leaf in leaves(rule["rule"]):
        assert leaf["fact"] in known or (leaf["fact"] is None and leaf["op"] in ("manual", "never"))


@pytest.mark.parametrize("policy", [p for p in POLICIES if p != DRAFT])
def test_a_rule_in_force_excludes_somebody(policy: str) -> None:
    rule = rule_of(policy)["rule"]

    assert any("not" in child for child in rule["all"])


def test_tags_and_subscriptions_are_those_of_the_taxonomy() -> None:
    read = json.loads((LEXICON / "taxonomy.json").read_text("utf-8"))
    codes = {tag["code"] for tag in read["tags"]}

    used = {tag for policy in POLICIES for tag in rule_of(policy)["tags"]}
    followed = {tag for row in everybody() for tag in row["订阅"].split("；") if tag}

    assert used <= codes and followed <= codes


def test_windows_leave_one_closed_one_upcoming_and_one_for_comment() -> None:
    until = {policy: rule_of(policy)["apply_until"] for policy in POLICIES}
    ends = {policy: date.fromisoformat(day) for policy, day in until.items() if day}

    for policy, end in ends.items():
        text = "".join(paragraphs(policy_files()[policy]))
        assert re.search(f"(至|为)({end.year}年)?{end.month}月{end.day}日", text), policy
    assert [policy for policy, end in ends.items() if end < AS_OF] == [CLOSED]
    assert ends[UPCOMING].year == 2027
    assert [leaf["op"] for leaf in leaves(rule_of(DRAFT)["rule"])] == ["never"]
    assert set(POLICIES) - set(ends) == {"p02"}


@pytest.mark.parametrize("name", ["residents", "enterprises"])
def test_a_register_has_known_columns_and_every_cell_reads(name: str) -> None:
    rows = roster(name)
    special = SPECIAL[name].split(",")
    kind = {"residents": "resident", "enterprises": "enterprise"}[name]
    labels = [label for label in rows[0] if label not in special]

    assert list(rows[0])[: len(special)] == special
    assert {facts_by_label()[label]["applies_to"] for label in labels} <= {kind, "both"}
    for row in rows:
        facts_of(row)
        for column in DATES:
            assert not row.get(column) or date.fromisoformat(row[column])
        assert row["订阅节奏"] in ("即时", "每日", "每周") if row["订阅"] else not row["订阅节奏"]
        assert row["退订"] in ("", "短信", "微信", "全部") or row["退订"].startswith("主题:")
        assert "样例" in row["数据来源"]


def test_registers_are_utf8_with_a_mark_for_spreadsheets() -> None:
    for name in ("residents", "enterprises"):
        assert (DISTRICT / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_there_are_enough_profiles_and_nobody_twice() -> None:
    keys = Counter(key_of(row) for row in everybody())

    assert len(keys) >= 290
    assert max(keys.values()) == 1


def test_numbers_are_invented_and_their_check_digits_right() -> None:
    for row in roster("residents"):
        assert row["证件号码"].startswith("370199") and is_resident_number(row["证件号码"])
    for row in roster("enterprises"):
        assert re.match("(91|92|93|52)370104MA|52370104MJ", row["统一社会信用代码"])
        assert is_credit_code(row["统一社会信用代码"])
        assert "样例" in row["企业名称"]


def test_phones_and_openids_are_samples() -> None:
    for row in everybody():
        assert re.fullmatch(r"(1990000\d{4})?", row["手机号"])
        assert re.fullmatch(r"(o[\w-]{27})?", row["微信openid"], re.ASCII)
    assert sum(is_member(row["企业微信账号"]) for row in roster("enterprises")) == 5
    openids = Counter(row["微信openid"] for row in everybody() if row["微信openid"])
    assert max(openids.values()) == 1


def test_children_have_a_guardian_in_the_register_and_no_way_of_their_own() -> None:
    rows = {row["证件号码"]: row for row in roster("residents")}
    children = [row for number, row in rows.items() if eighteenth_birthday(number) > AS_OF]

    assert len(children) >= 40
    for child in children:
        guardian = rows[child["监护人证件号码"]]
        assert eighteenth_birthday(guardian["证件号码"]) <= AS_OF
        assert child["监护类型"] == "监护人" and child["监护关系"]
        assert date.fromisoformat(child["监护至"]) == eighteenth_birthday(child["证件号码"])
        assert not child["手机号"] and not child["微信openid"]


def test_whoever_acts_for_another_is_in_the_register() -> None:
    rows = {row["证件号码"]: row for row in roster("residents")}

    for row in rows.values():
        assert not row["监护人证件号码"] or row["监护人证件号码"] in rows
        assert row["监护类型"] in ({"监护人", "授权家属"} if row["监护人证件号码"] else {""})


def test_the_people_live_as_people_do() -> None:
    people = roster("residents")
    phones = Counter(row["手机号"] for row in people if row["手机号"])
    wards = Counter(row["监护人证件号码"] for row in people if row["监护类型"] == "监护人")
    old = [row for row in people if AS_OF.year - birth_of(row["证件号码"]).year > 80]

    assert max(phones.values()) == 2 and sum(n == 2 for n in phones.values()) >= 3
    assert max(wards.values()) == 3
    assert sum(not row["手机号"] and not row["微信openid"] for row in old) >= 8
    assert sum(not row["手机号"] and bool(row["微信openid"]) for row in people) >= 3
    assert sum(not row["同意推送"] for row in people) >= 3
    assert sum(bool(row["同意推送"]) and not row["同意敏感信息"] for row in people) >= 10
    assert sum(bool(row["死亡日期"]) and row["死亡日期"] != "无" for row in people) == 1
    assert sum(bool(row["迁出日期"]) for row in people) == 1
    assert {row["退订"] for row in people} >= {"短信", "微信", "全部", "主题:M01", "主题:M12"}
    assert {"吊销", "注销", "歇业"} <= {row["登记状态"] for row in roster("enterprises")}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_meets_a_handful_of_profiles(policy: str) -> None:
    rule = rule_of(policy)

    met = Counter(answer(row, rule) for row in everybody())

    if policy == DRAFT:
        followers = sum("L08" in row["订阅"].split("；") for row in everybody())
        assert not met["eligible"] and not met["possible"] and 3 <= followers <= 30
    else:
        assert 3 <= met["eligible"] <= 30 and 2 <= met["possible"] <= 15


def test_the_telling_pairs_hold_by_a_second_reading_of_the_rules() -> None:
    rows = {key_of(row): row for row in everybody()}

    wrong = [p for p in pairs() if answer(rows[p["who"]], rule_of(p["policy"])) != p["expect"]]

    assert wrong == []


def test_the_telling_pairs_show_each_policy_from_every_side() -> None:
    expected = {(pair["policy"], pair["expect"]) for pair in pairs()}
    keys = Counter((pair["policy"], pair["who"]) for pair in pairs())

    assert len(keys) >= 100 and max(keys.values()) == 1
    assert all(pair["why"] for pair in pairs())
    for policy in set(POLICIES) - {DRAFT}:
        assert {(policy, side) for side in ("eligible", "possible", "not")} <= expected


def test_the_faulty_register_is_gb18030_with_twelve_rows_of_the_same_columns() -> None:
    raw = (DISTRICT / "residents_with_errors.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")

    rows = list(csv.DictReader(io.StringIO(raw.decode("gb18030"), newline="")))

    assert len(rows) == 12
    assert set(rows[0]) <= set(roster("residents")[0])
    assert all(re.match("(370199|3.70199E)", row["证件号码"]) for row in rows)
    assert all(re.match("(1990000|0531-0000|199 0000|1.99E|$)", row["手机号"]) for row in rows)
