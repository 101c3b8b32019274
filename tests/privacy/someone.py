"""One person of whom every table knows something, and everything a database says, in clear."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from profiles.addresses import contact_index
from profiles.consent import grant
from profiles.dossier import find
from profiles.guardians import link
from profiles.model import Channel, ConsentScope, GuardianKind, Office, Profile, ProfileKind
from profiles.optouts import opt_out
from profiles.roster import Register, import_roster
from profiles.sealing import Sealer, sealer_of
from profiles.subscriptions import follow
from pusher.listening.questions import record
from pusher.matching.index import keep
from pusher.model.all import METADATA
from pusher.model.batch import BatchState
from pusher.model.notice import Notice, NoticeState
from pusher.model.question import QuestionSource
from pusher.store import Store
from tests.listening.callbacks import answer, folded, push, receipt, sent
from tests.makers import NOW, make_office
from tests.profiles.people import resident_number
from tests.sending.delivery_makers import make_batch, make_notice, make_visit, the_office
from tests.sending.makers import make_child

NAME, PHONE, OPENID = "欧阳样例", "19900004321", "oPenIdSample77"
NUMBER = resident_number(NOW.date().replace(year=1940), 77)
WORDS = "孙女小样例已上学，请回电"
CANARIES = (NAME, PHONE, OPENID, NUMBER, WORDS, "dibao", "腊山样例社区", "当面告知其女儿")
"""What must be found nowhere once they were forgotten."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Ids of the person and of what is about them."""

    id: UUID
    office_id: UUID
    sent: UUID
    drafted: UUID


def register(**cells: str) -> bytes:
    row = {
        "姓名": NAME, "证件号码": NUMBER, "手机号": PHONE, "微信openid": OPENID,
        "社区": "腊山样例社区", "街道": "腊山街道", "社会救助身份": "低保", **cells,
    }  # fmt: skip
    return f"{','.join(row)}\n{','.join(row.values())}\n".encode()


def take_in(session: Session, office: Office, content: bytes) -> Any:
    name, kind = "样例.csv", ProfileKind.RESIDENT
    return import_roster(session, Register(content, name, kind, office, "1001", NOW))


def make_someone(store: Store) -> Someone:
    """By the register, with a ward, a subscription, a silent topic, notices, words and a visit."""
    with store.writing() as session:
        office = make_office(session)
        report = take_in(session, office, register())
        assert report.added == 1, report
        (person,) = find(session, NUMBER)
        child = make_child(session, office, None)
        link(session, child, person, kind=GuardianKind.GUARDIAN, relation="祖母", until_on=None)
        for scope in (ConsentScope.GENERAL, ConsentScope.SENSITIVE):
            grant(session, person, scope, text_version="1", how="样例", now=NOW)
        follow(session, person, "M02", source="样例", now=NOW)
        opt_out(session, profile_id=person.id, topic="M05", how="窗口登记", now=NOW)
        contact = next(c for c in _contacts(session, person) if c.channel is Channel.SMS)
        batch = make_batch(session)
        out = make_notice(session, batch, reader=person, contact=contact)
        waiting = make_batch(session, state=BatchState.DRAFT, approved_by=None, approved_at=None,
                             approved_sha256=None, frozen_sha256=None)  # fmt: skip
        drafted = make_notice(session, waiting, reader=person, contact=contact)
        make_visit(session, batch, person=person, remark="当面告知其女儿")
        keep(session, office.id, now=NOW)
    sent(store)
    with store.reading() as session:
        notice = session.get_one(Notice, out.id)
        assert notice.state is NoticeState.ACCEPTED
    push(store, [receipt(store, notice)])
    push(store, [answer(PHONE, WORDS)])
    folded(store)
    _ask(store, out.id)
    return Someone(person.id, office.id, out.id, drafted.id)


def _ask(store: Store, notice: UUID) -> None:
    """They ask something after their notice, and staff note what they told them."""
    with store.writing() as session:
        record(
            session, office_id=the_office(session).id, source=QuestionSource.FEEDBACK, at=NOW,
            text=f"{WORDS}，我叫{NAME}", notice_id=notice, remark="当面告知其女儿",
        )  # fmt: skip


def _contacts(session: Session, person: Profile) -> Any:
    from profiles.forget import contacts_of

    return contacts_of(session, person)


def everything(store: Store) -> dict[str, str]:
    """Table to all its cells as text, sealed ones opened."""
    with store.reading() as session:
        sealer = sealer_of(session)
        return {
            table.name: "\n".join(_row(sealer, table, row) for row in _rows(session, table))
            for table in METADATA.sorted_tables
        }


def _rows(session: Session, table: Any) -> Any:
    in_order = table.select().order_by(*table.primary_key.columns)
    return session.connection().execute(in_order).mappings()


def _row(sealer: Sealer, table: Any, row: Any) -> str:
    said = []
    for column in table.columns:
        value = row[column.name]
        if column.name.endswith("_sealed") and value:
            key = next(c.name for c in table.primary_key)
            place = f"{table.name}.{column.name}"
            value = sealer.open(value, place=place, row=row[key]).decode("utf-8", "replace")
        said.append(str(value))
    return " ".join(said)


def indexes_of(store: Store) -> dict[str, str]:
    """Their keyed indexes, by what they stand for."""
    from profiles.dossier import name_index, number_index

    with store.reading() as session:
        sealer = sealer_of(session)
        return {
            "name": name_index(sealer, NAME),
            "number": number_index(sealer, NUMBER),
            "phone": contact_index(sealer, Channel.SMS, PHONE),
            "openid": contact_index(sealer, Channel.WECHAT, OPENID),
        }
