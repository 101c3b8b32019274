"""Why somebody is not written to → the reason that stands on the notice that does not leave."""

from profiles.model import EndReason, Profile
from profiles.reach import Refusal
from pusher.model.notice import Reason

_ENDS = {EndReason.ERASED: Reason.ERASED, EndReason.MOVED_OUT: Reason.MOVED_OUT}
"""Ends that have a reason of their own."""
_REASONS = {
    Refusal.NO_CONSENT: Reason.NO_CONSENT,
    # a consent for a child is a consent
    Refusal.MINOR: Reason.NO_CONSENT,
    Refusal.MINOR_CONSENT: Reason.NO_CONSENT,
    Refusal.NO_SENSITIVE_CONSENT: Reason.NO_SENSITIVE_CONSENT,
    Refusal.OPTED_OUT: Reason.OPTED_OUT,
    Refusal.CAME_OF_AGE: Reason.NO_CONSENT,
    Refusal.DECEASED: Reason.DECEASED,
    Refusal.ENDED: Reason.ENDED,
    Refusal.NO_ADDRESS: Reason.NO_ADDRESS,
    Refusal.UNCONFIRMED: Reason.UNCONFIRMED,
}


def reason_for(refusal: Refusal, concerned: Profile) -> Reason:
    """The reason of a notice about *concerned* that *refusal* stopped."""
    if refusal is Refusal.ENDED and concerned.ended_reason in _ENDS:
        return _ENDS[concerned.ended_reason]
    return _REASONS[refusal]
