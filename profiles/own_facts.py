"""Facts as the person they are about deals with them: not to be used, or used again.

What is not to be used stays what a register says, so that its next delivery does not bring it back,
and is unknown to every rule (PIPL art. 24 and 44; 网络数据安全管理条例 art. 42).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from profiles.dossier import Known, read_dossier, write_dossier
from profiles.facts import vocabulary
from profiles.model import Profile

ALWAYS_USED: Final = frozenset({"deceased_on", "birth_date", "registration_status"})
"""They decide whether somebody may be written to at all, and who reads for a child."""


def choosing_facts(session: Session, profile: Profile) -> Mapping[str, Known]:
    """What is known of *profile* and may be used to choose it, or was dropped from that use."""
    known = vocabulary()
    dossier = read_dossier(session, profile)
    return {code: dossier[code] for code in known if code in dossier and code not in ALWAYS_USED}


def use_fact(session: Session, profile: Profile, code: str, *, used: bool, now: datetime) -> bool:
    """Say whether a fact may be used to choose *profile*.

    Returns:
        False if nothing changed: it is not known, always used, or was so already.
    """
    dossier = read_dossier(session, profile)
    known = dossier.get(code)
    if known is None or code in ALWAYS_USED or known.unused is not used:
        return False
    write_dossier(session, profile, {**dossier, code: replace(known, unused=not used)})
    profile.changed_at = now
    session.add(profile)
    session.flush()
    return True
