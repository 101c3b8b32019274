"""Makers of approved batches with people behind them. Everybody is invented."""

import atexit
import hashlib
import json
import shutil
import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from profiles.addresses import add_contact
from profiles.model import Channel, ConsentScope, Contact, Office, Profile
from profiles.sealing import sealer_of
from pusher.model.batch import Batch, BatchKind, BatchState, Visit
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Attempt, Basis, Notice, NoticeMatch, NoticeState
from pusher.model.policy import AudienceRule, Policy
from pusher.sending.drafting import TEXT
from pusher.sending.wording import fill, registered, wordings
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW, make_office, make_policy, make_rule
from tests.profiles import people

HOME = Path(tempfile.mkdtemp(prefix="pusher-"))
"""For the file beside the keys that tells how new a database is."""
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
_numbers = count(1)
URL = "http://127.0.0.1:8000/p/why/sample"
WORDING = {channel: f"{channel}_match_resident_plain" for channel in Channel}


def make_settings(**given: Any) -> Settings:
    """Settings of an office whose templates are all registered with the vendors."""
    codes: dict[str, dict[str, str]] = {"aliyun": {}, "wechat": {}, "wecom": {}}
    for template in registered():
        vendor = "aliyun" if template.channel is Channel.SMS else "wechat"
        codes[vendor][template.key] = template.code
    tables = {name: {"templates": table} for name, table in codes.items()}
    return Settings(
        **{"home": HOME, "gateways": tables, "public_url": "http://127.0.0.1:8000", **given}
    )


def a_phone(number: int) -> str:
    return f"1990000{number % 10_000:04}"


def an_openid(number: int) -> str:
    return f"oSample{number:021}"


def a_member(number: int) -> str:
    return f"lianxiren{number}"


_ADDRESS = {Channel.SMS: a_phone, Channel.WECHAT: an_openid, Channel.WECOM: a_member}


def make_person(session: Session, office: Office, **given: Any) -> Profile:
    """A resident who agreed to be written to, without an address; otherwise as of `people`."""
    return people.make_person(
        session,
        office,
        **{
            "born": None,
            "name": f"样例居民{next(_numbers)}",
            "street": "370104013",
            "community": "样例社区",
            "scopes": (ConsentScope.GENERAL, ConsentScope.SENSITIVE),
            **given,
        },
    )


def make_contact(
    session: Session, person: Profile, channel: Channel = Channel.SMS, address: str | None = None
) -> Contact:
    number = next(_numbers)
    address = address or _ADDRESS[channel](number)
    return add_contact(session, person, channel, address, source="样例", now=NOW)


def the_office(session: Session) -> Office:
    return session.exec(select(Office)).first() or make_office(session)


def make_run(session: Session, policy: Policy, rule: AudienceRule | None = None) -> MatchRun:
    rule = rule or make_rule(session, policy)
    run = MatchRun(policy_id=policy.id, rule_id=rule.id, as_of=NOW.date(), at=NOW, judged=0)
    session.add(run)
    session.flush()
    return run


def make_batch(session: Session, **given: Any) -> Batch:
    """A batch of a new policy, approved and due; give ``state=…``."""
    office = the_office(session)
    policy = given.pop("policy", None) or make_policy(session, office)
    run = given.pop("run", None) or make_run(session, policy)
    batch = Batch(
        **{
            "office_id": office.id,
            "policy_id": policy.id,
            "run_id": run.id,
            "kind": BatchKind.FIRST,
            "include": ["eligible"],
            "channels": ["sms", "wechat"],
            "state": BatchState.APPROVED,
            "send_after": NOW - timedelta(minutes=5),
            "latest_at": NOW + timedelta(days=20),
            "drafted_by": "0001",
            "drafted_at": NOW - timedelta(hours=1),
            "submitted_by": "0001",
            "submitted_at": NOW - timedelta(hours=1),
            "frozen_sha256": "f" * 64,
            "approved_by": "0002",
            "approved_at": NOW - timedelta(minutes=30),
            "approved_sha256": "f" * 64,
            **given,
        }
    )
    session.add(batch)
    session.flush()
    return batch


def make_notice(session: Session, batch: Batch, **given: Any) -> Notice:
    """One drafted notice for a new person; give ``reader``, ``contact``, ``concerned``."""
    channel = given.pop("channel", Channel.SMS)
    office = the_office(session)
    reader = given.pop("reader", None) or make_person(session, office)
    contact = given.pop("contact", None) or make_contact(session, reader, channel)
    concerned = given.pop("concerned", None) or [reader]
    wording = wordings()[WORDING[contact.channel]]
    filled = fill(wording, {"title": "高龄津贴", "office": "样例办公室", "url": URL})
    notice = Notice(
        **{
            "batch_id": batch.id,
            "policy_id": batch.policy_id,
            "kind": batch.kind,
            "profile_id": reader.id,
            "basis": Basis.MATCH,
            "channel": contact.channel,
            "contact_id": contact.id,
            "address_index": contact.address_index,
            "wording": wording.key,
            "text_sha256": hashlib.sha256(filled.text.encode()).hexdigest(),
            "segments": 1,
            "price": "0.045",
            **given,
        }
    )
    book = {"text": filled.text, "params": dict(filled.params), "url": filled.url}
    notice.text_sealed = sealer_of(session).seal_text(
        json.dumps(book, ensure_ascii=False), place=TEXT, row=notice.id
    )
    session.add(notice)
    session.flush()
    for person in concerned:
        _tell_of(session, notice, batch, person, sensitive=given.get("sensitive", False))
    return notice


def _tell_of(
    session: Session, notice: Notice, batch: Batch, person: Profile, *, sensitive: bool
) -> None:
    found = session.exec(
        select(Match).where(Match.run_id == batch.run_id, Match.profile_id == person.id)
    ).first()
    match = found or Match(
        run_id=batch.run_id,
        policy_id=batch.policy_id,
        profile_id=person.id,
        decision=Decision.ELIGIBLE,
        followed=[],
        missing=[],
        sensitive=sensitive,
    )
    session.add(match)
    session.flush()
    session.add(NoticeMatch(notice_id=notice.id, match_id=match.id))
    session.flush()


def make_visit(session: Session, batch: Batch, **given: Any) -> Visit:
    person = given.pop("person", None) or make_person(session, the_office(session))
    visit = Visit(
        **{
            "batch_id": batch.id,
            "profile_id": person.id,
            "street_code": person.street_code,
            "community": person.community,
            "because": "no_address",
            **given,
        }
    )
    session.add(visit)
    session.flush()
    return visit


def given_batch(store: Store, notices: int = 1, **given: Any) -> UUID:
    """An approved batch of so many notices, committed; returns its id."""
    channel = given.pop("channel", Channel.SMS)
    with store.writing() as session:
        batch = make_batch(session, **given)
        for _ in range(notices):
            make_notice(session, batch, channel=channel)
        return batch.id


def notices_of(store: Store, batch: UUID | None = None) -> list[Notice]:
    with store.reading() as session:
        asked = select(Notice).order_by(Notice.id)  # type: ignore[arg-type]
        return list(session.exec(asked if batch is None else asked.where(Notice.batch_id == batch)))


def the_notice(store: Store) -> Notice:
    [notice] = notices_of(store)
    return notice


def attempts_of(store: Store, notice: UUID | None = None) -> list[Attempt]:
    with store.reading() as session:
        asked = select(Attempt).order_by(Attempt.id)  # type: ignore[arg-type]
        if notice is not None:
            asked = asked.where(Attempt.notice_id == notice)
        return list(session.exec(asked))


def states_of(store: Store) -> dict[NoticeState, int]:
    states: dict[NoticeState, int] = {}
    for notice in notices_of(store):
        states[notice.state] = states.get(notice.state, 0) + 1
    return states


def batch_state(store: Store, batch: UUID) -> BatchState:
    with store.reading() as session:
        return session.get_one(Batch, batch).state
