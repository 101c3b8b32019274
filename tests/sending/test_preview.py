"""What a clerk sees of a batch is what its rows say, to the last person and the last fen."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from profiles.consent import opt_out
from profiles.model import Channel
from pusher.model.batch import Batch
from pusher.model.clockwork import DayKind, Holiday
from pusher.model.match import Decision
from pusher.model.notice import Notice, NoticeState
from pusher.sending.preview import NO_STREET, Row, preview, recipients
from pusher.sending.prices import BadPrice, prices
from pusher.sending.segments import segments
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.makers import (
    GATEWAYS,
    draft,
    make_child,
    make_confirmed,
    make_firm,
    make_matches,
    make_person,
    make_run,
)


def crowd(session: Session, **policy: Any) -> Batch:
    """Nine matches: four notices at four addresses, three left out, one door."""
    office = make_office(session)
    mother = make_person(session, office, born=date(1988, 5, 1), phone="19900008001", name="王样例")
    silent = make_person(session, office, phone="19900008002")
    opt_out(session, profile_id=silent.id, how="网页", now=NOW)
    confirmed = make_confirmed(session, office, **policy)
    run = make_run(session, confirmed)
    make_matches(
        session,
        run,
        [
            make_child(session, office, mother),
            make_child(session, office, mother),
            make_person(session, office, phone="19900008003", street="370104003", name="李例"),
            make_firm(session, office, phone="19900008004"),
            silent,
            make_person(session, office, scopes=[]),
            make_person(session, office, phone=None),
        ],
    )
    make_matches(
        session,
        run,
        [make_person(session, office, phone=None, openid="oAAAbbbbCCCC", street=None)],
        decision=Decision.POSSIBLE,
    )
    make_matches(
        session,
        run,
        [make_child(session, office, None)],
        decision=Decision.SUBSCRIBED,
    )
    return draft(session, confirmed, run, include=list(Decision))


def everybody(session: Session, batch: Batch, **given: Any) -> list[Row]:
    return recipients(session, batch, **{"unmasked": False, "offset": 0, "limit": 100, **given})


def test_the_numbers_add_up(store: Store) -> None:
    with store.writing() as session:
        seen = preview(session, crowd(session))

    assert (seen.planned, seen.drafted, seen.visits) == (7, 4, 1)
    assert seen.by_state == {"drafted": 4, "withheld": 3}
    assert seen.by_reason == {"no_consent": 2, "opted_out": 1}
    assert seen.visits_by_reason == {"no_address": 1}
    assert seen.by_street == {"道德街街道": 1, "腊山街道": 2, NO_STREET: 1}
    assert seen.by_channel == {"sms": 3, "wechat": 1}
    assert seen.by_decision == {"eligible": 3, "possible": 1}


def test_samples_are_the_texts_themselves_and_cost_is_exact(store: Store) -> None:
    with store.writing() as session:
        batch = crowd(session, elements={"benefit_line": "按年龄每人每月80元、200元或600元"})
        seen = preview(session, batch)
        notices = session.exec(select(Notice).where(Notice.state == NoticeState.DRAFTED)).all()

    assert sum(sample.count for sample in seen.samples) == 4 == seen.drafted
    assert [s.channel for s in seen.samples].count(Channel.WECHAT) == 1
    for sample in seen.samples:
        if sample.channel is Channel.SMS:
            assert sample.text.startswith("【槐荫政务公开】")
            assert segments(sample.text) == sample.segments == 2
            assert sample.price == Decimal("0.090")
    assert seen.segments == sum(n.segments for n in notices) == 6
    assert seen.cost == sum((n.price for n in notices), Decimal(0)) == Decimal("0.270")


def test_equal_texts_are_one_sample_with_its_count(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        people = [make_person(session, office, openid=f"oAAA{n}") for n in range(3)]
        people += [make_person(session, office) for _ in range(2)]
        make_matches(session, run, people)
        seen = preview(session, draft(session, policy, run))

    assert [(s.channel, s.count) for s in seen.samples] == [("wechat", 3), ("sms", 2)]


def test_withheld_notices_cost_nothing(store: Store) -> None:
    with store.writing() as session:
        batch = crowd(session)
        session.exec(
            update(Notice)
            .where(col(Notice.state) == NoticeState.DRAFTED)
            .values(state=NoticeState.WITHHELD, reason="cancelled")
        )
        seen = preview(session, batch)

    assert (seen.planned, seen.drafted, seen.segments, seen.cost) == (7, 0, 0, Decimal(0))
    assert seen.samples == [] and seen.by_reason["cancelled"] == 4


def test_everybody_is_on_the_roll_with_how_and_why(store: Store) -> None:
    with store.writing() as session:
        batch = crowd(session)
        rows = everybody(session, batch)

    assert Counter(row.state for row in rows) == {"drafted": 4, "withheld": 3, "offline": 1}
    guardian = next(row for row in rows if row.reader == "王*例")
    assert guardian.who == "样**民、样**民"
    assert (guardian.street, guardian.address) == ("腊山街道", "199****8001")
    assert guardian.decision is Decision.ELIGIBLE and guardian.text
    assert "您照护的家人可能符合" in guardian.text
    door = next(row for row in rows if row.state == "offline")
    assert (door.reason, door.channel, door.text) == ("no_address", None, None)
    assert {row.reason for row in rows if row.state == "withheld"} == {"no_consent", "opted_out"}
    firm = next(row for row in rows if row.who == "样例机械有限公司")
    assert firm.price == Decimal("0.045") and firm.segments == 1


def test_masked_rows_hide_numbers_names_and_sensitive_conditions(store: Store) -> None:
    with store.writing() as session:
        batch = crowd(session)
        masked = repr(everybody(session, batch))
        unmasked = everybody(session, batch, unmasked=True)

    assert "19900008003" not in masked and "oAAAbbbbCCCC" not in masked
    assert "王样例" not in masked and "低保" not in masked
    assert "户籍地在槐荫区：是" in masked and "按权限隐藏" in masked
    one = next(row for row in unmasked if row.reader == "李例")
    assert one.address == "19900008003"
    assert one.why == ["户籍地在槐荫区：是", "社会救助身份为低保：未登记"]


def test_who_follows_a_tag_is_told_which(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)], decision=Decision.SUBSCRIBED)
        batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
        (row,) = everybody(session, batch)

    assert row.why == ["订阅了“样例标签”"] and row.decision is Decision.SUBSCRIBED


def test_where_several_meet_each_reason_says_of_whom(store: Store) -> None:
    with store.writing() as session:
        batch = crowd(session)
        rows = everybody(session, batch, unmasked=True)

    guardian = next(row for row in rows if row.reader == "王样例")
    assert guardian.why.count("样例居民：户籍地在槐荫区：是") == 2


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 100])
def test_pages_put_together_are_the_roll(store: Store, size: int) -> None:
    with store.writing() as session:
        batch = crowd(session)
        whole = everybody(session, batch)
        pages = [
            row
            for offset in range(0, 12, size)
            for row in everybody(session, batch, offset=offset, limit=size)
        ]

    assert pages == whole and len(whole) == 8


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"street": "370104003"}, 1),
        ({"street": "370104013"}, 6),
        ({"reason": "opted_out"}, 1),
        ({"reason": "no_address"}, 1),
        ({"reason": "minor"}, 0),
        ({"street": "370104003", "reason": "opted_out"}, 0),
    ],
)
def test_the_roll_can_be_narrowed(store: Store, given: dict[str, str], count: int) -> None:
    with store.writing() as session:
        batch = crowd(session)
        rows = everybody(session, batch, **given)

    assert len(rows) == count


def test_a_preview_warns_of_words_left_out_and_of_an_unknown_calendar(store: Store) -> None:
    with store.writing() as session:
        session.add(Holiday(day=date(2026, 10, 1), kind=DayKind.OFF, name="国庆", source="样例"))
        batch = crowd(
            session,
            short_title="重度残疾人护理补贴",
            elements={"benefit_line": "每人每月120元，低保家庭加发50元"},
            apply_until=None,
        )
        session.exec(update(Batch).values(latest_at=NOW.replace(year=2027, month=1)))
        session.refresh(batch)
        cautions = preview(session, batch).cautions

    assert any("写作“护理补贴”" in line for line in cautions)
    assert any("写作“每人每月120元”" in line for line in cautions)
    assert any(line.startswith("2027年的节假日安排尚未录入") for line in cautions)
    assert len(cautions) == 3


def test_a_preview_tells_of_the_ways_that_its_texts_may_take(store: Store) -> None:
    codes = GATEWAYS["aliyun"]["templates"]
    some = {key: code for key, code in codes.items() if "_family" not in key}
    wechat = GATEWAYS["wechat"]
    both = {
        "aliyun": {"templates": codes, "price": "0.045"},
        "tencent": {"templates": some, "price": "0.05"},
        "wechat": wechat,
    }
    with store.writing() as session:
        session.add(Holiday(day=date(2026, 10, 1), kind=DayKind.OFF, name="国庆", source="样例"))
        batch = crowd(session)
        alike = preview(session, batch, {**GATEWAYS, "tencent": GATEWAYS["aliyun"]}).cautions
        told = preview(session, batch, both).cautions
        none = preview(session, batch, {"aliyun": {"templates": {}}, "wechat": wechat}).cautions

    assert alike == []
    assert any(line.startswith("腾讯云短信没有报备 sms_match_family") for line in told)
    assert any("用到的 1 条" in line for line in told)
    assert any("最贵的通道计（腾讯云短信每条0.05元）" in line for line in told)
    assert len(told) == 2
    assert any("尚未向 aliyun 报备" in line for line in none)


def test_a_text_is_priced_at_the_dearest_way_it_may_take() -> None:
    tables = {"aliyun": {"price": "0.045"}, "tencent": {"price": "0.05"}, "wechat": {}}

    assert prices(tables)[Channel.SMS] == Decimal("0.05")
    assert prices({"tencent": {"price": "0.038"}})[Channel.SMS] == Decimal("0.038")
    assert prices({})[Channel.SMS] == Decimal("0.045")
    with pytest.raises(BadPrice, match=r"gateways.tencent"):
        prices({"tencent": {"price": "四分五"}})
