"""Export and forget a person, as far as the ground floor knows them.

To forget is to blank the row, not to delete it: what was counted stays counted. Two keyed indexes
stay, and nothing can be read out of them: that of the number, so that the next register does not
bring the person back, and those of their addresses, as opt-outs, so that nobody writes there.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, or_, select

from profiles.addresses import address_of
from profiles.ages import day_of
from profiles.dossier import name_of, number_of, read_dossier
from profiles.facts import vocabulary
from profiles.model import (
    Consent,
    Contact,
    EndReason,
    Guardianship,
    OptOut,
    Profile,
    RosterImport,
    RosterRow,
    Subscription,
)
from profiles.optouts import opt_out
from profiles.shown import shown_name

FORGOTTEN = "按本人要求删除资料"
"""How the opt-out of a forgotten address came about."""


def collect(session: Session, profile: Profile) -> dict[str, Any]:
    """Everything the ground floor knows of *profile*, in clear, by table (PIPL art. 45).

    Others appear by their masked name: a copy for one person tells nothing of another.
    """
    facts = vocabulary()
    return {
        "profile": {
            "id": str(profile.id),
            "kind": profile.kind.value,
            "name": name_of(session, profile),
            "number": number_of(session, profile),
            "street": profile.street_code,
            "community": profile.community,
            "created_at": _said(profile.created_at),
            "changed_at": _said(profile.changed_at),
            "facts": [
                {
                    "code": code,
                    "label": facts[code].label if code in facts else code,
                    "value": known.value,
                    "source": known.source,
                    "known_on": known.known_on.isoformat(),
                    "valid_until": _said(known.valid_until),
                    "unused": known.unused,
                    "others": [
                        {"value": o.value, "source": o.source, "known_on": o.known_on.isoformat()}
                        for o in known.others
                    ],
                }
                for code, known in read_dossier(session, profile).items()
            ],
        },
        "contact": [
            {"channel": c.channel.value, "address": address_of(session, c), "source": c.source,
             "added_at": _said(c.added_at), "ended_at": _said(c.ended_at)}
            for c in contacts_of(session, profile)
        ],
        "guardianship": _links(session, profile),
        "consent": [
            {"scope": c.scope.value, "text_version": c.text_version, "how": c.how,
             "given_at": _said(c.given_at), "withdrawn_at": _said(c.withdrawn_at)}
            for c in session.exec(select(Consent).where(Consent.profile_id == profile.id))
        ],
        "optout": [
            {"channel": o.channel, "topic": o.topic, "how": o.how, "said_at": _said(o.said_at),
             "lifted_at": _said(o.lifted_at)}
            for o in session.exec(select(OptOut).where(OptOut.profile_id == profile.id))
        ],
        "subscription": [
            {"tag": s.tag_code, "pace": s.pace.value, "source": s.source, "since": _said(s.since),
             "ended_at": _said(s.ended_at)}
            for s in session.exec(select(Subscription).where(Subscription.profile_id == profile.id))
        ],
        "rosterrow": [
            {"file": file, "at": _said(at), "row": row.row, "became": row.word.value}
            for row, file, at in session.exec(
                select(RosterRow, RosterImport.file_name, RosterImport.at)
                .join(RosterImport, col(RosterImport.id) == RosterRow.import_id)
                .where(RosterRow.profile_id == profile.id)
            )
        ],
    }  # fmt: skip


def contacts_of(session: Session, profile: Profile) -> list[Contact]:
    """Every address of *profile*, ended ones too, in the order they were added."""
    asked = select(Contact).where(Contact.profile_id == profile.id).order_by(col(Contact.id))
    return list(session.exec(asked))


def own_addresses(session: Session, profile: Profile) -> set[str]:
    """Indexes of the addresses at which nobody else who is known reads."""
    indexes = {contact.address_index for contact in contacts_of(session, profile)}
    shared = select(col(Contact.address_index)).where(
        col(Contact.address_index).in_(indexes),
        Contact.profile_id != profile.id,
        col(Contact.ended_at).is_(None),
    )
    others: set[str] = set(session.exec(shared))
    return indexes - others


def end(session: Session, profile: Profile, *, now: datetime) -> None:
    """Close *profile* at once and for good: nobody is told anything of it any more.

    Its name, number and facts are gone with this; addresses wait for `blank_contacts`, since a
    gateway may yet have to be asked what became of a notice.
    """
    for index in own_addresses(session, profile):
        opt_out(session, address_index=index, how=FORGOTTEN, now=now)
    profile.ended_on, profile.ended_reason = day_of(now), EndReason.ERASED
    profile.name_index = gone()
    profile.name_sealed = profile.number_sealed = profile.facts_sealed = None
    profile.firm_name = profile.credit_code = profile.community = None
    profile.changed_at = now
    session.add(profile)
    _end_rows(session, profile.id, now)
    session.flush()


def blank_contacts(session: Session, profile: Profile) -> None:
    """Empty the addresses of somebody who was closed; the rows stay, since notices name them."""
    for contact in contacts_of(session, profile):
        contact.address_sealed, contact.address_index = b"", gone()
        session.add(contact)
    session.flush()


def gone() -> str:
    """What stands in an index column of which nothing is to be known any more: found by nobody."""
    return secrets.token_hex(32)


def _end_rows(session: Session, person: UUID, now: datetime) -> None:
    withdrawn = or_(Consent.profile_id == person, Consent.given_by_id == person)
    changes: Collection[Any] = (
        update(Contact)
        .where(col(Contact.profile_id) == person, col(Contact.ended_at).is_(None))
        .values(ended_at=now),
        update(Consent)
        .where(withdrawn, col(Consent.withdrawn_at).is_(None))
        .values(withdrawn_at=now),
        update(Subscription)
        .where(col(Subscription.profile_id) == person, col(Subscription.ended_at).is_(None))
        .values(ended_at=now),
        delete(Guardianship).where(
            or_(Guardianship.ward_id == person, Guardianship.guardian_id == person)
        ),
        # what an import had changed cannot be brought back by undoing it
        update(RosterRow)
        .where(col(RosterRow.profile_id) == person)
        .values(trace_sealed=None, undone=True),
    )
    for change in changes:
        session.exec(change)


def _links(session: Session, profile: Profile) -> list[dict[str, Any]]:
    asked = select(Guardianship).where(
        or_(Guardianship.ward_id == profile.id, Guardianship.guardian_id == profile.id)
    )
    found = []
    for link in session.exec(asked):
        reads = link.guardian_id == profile.id
        other = session.get_one(Profile, link.ward_id if reads else link.guardian_id)
        found.append(
            {
                "reads_for" if reads else "read_by": shown_name(session, other),
                "kind": link.kind.value,
                "relation": link.relation,
                "until": _said(link.until_on),
            }
        )
    return found


def _said(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
