"""What stands of the people of a chunk beside their facts: addresses, wishes, words, consents."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Consent, Contact, OptOut, Subscription
from profiles.rows import in_chunks


@dataclass(slots=True)
class Standing:
    """What stands of the people of a chunk, each by profile; ended rows too."""

    contacts: dict[UUID, list[Contact]] = field(default_factory=lambda: defaultdict(list))
    consents: dict[UUID, list[Consent]] = field(default_factory=lambda: defaultdict(list))
    opt_outs: dict[UUID, list[OptOut]] = field(default_factory=lambda: defaultdict(list))
    wishes: dict[UUID, list[Subscription]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, session: Session, ids: Sequence[UUID]) -> "Standing":
        found = cls()
        for chunk in in_chunks(ids):
            for contact in session.exec(select(Contact).where(col(Contact.profile_id).in_(chunk))):
                found.contacts[contact.profile_id].append(contact)
            for said in session.exec(select(OptOut).where(col(OptOut.profile_id).in_(chunk))):
                if said.profile_id is not None:
                    found.opt_outs[said.profile_id].append(said)
            for wish in session.exec(
                select(Subscription).where(col(Subscription.profile_id).in_(chunk))
            ):
                found.wishes[wish.profile_id].append(wish)
        found.consents.update(consents_of(session, ids))
        return found


def consents_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Consent]]:
    """Every consent of these people, withdrawn ones too."""
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for chunk in in_chunks(ids):
        for consent in session.exec(select(Consent).where(col(Consent.profile_id).in_(chunk))):
            found[consent.profile_id].append(consent)
    return found
