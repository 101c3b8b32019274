"""What citizens type of themselves: a mobile number, a firm's credit code."""

from collections.abc import Callable

from profiles.identity import BadIdentity, read_phone, read_uscc
from pusher.web.fields import Fields


def read_number(fields: Fields) -> str:
    """The mobile number of a form; empty, with an error, where it is none."""
    return _identity(fields, "phone", read_phone)


def read_credit_code(fields: Fields) -> str:
    """The credit code of a form, its check digit held; empty, with an error, where it is none."""
    return _identity(fields, "code", read_uscc)


def _identity(fields: Fields, name: str, read: Callable[[str], str]) -> str:
    try:
        return read(fields.typed(name)[:60])
    except BadIdentity as wrong:
        fields.errors[name] = str(wrong)
        return ""
