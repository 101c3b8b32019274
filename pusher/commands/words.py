"""What a person at a terminal reads for states, reasons, roles and moments.

The words are the console's own (``templates/console/_words.html``): one word for one thing,
wherever staff meet it. JSON keeps the codes.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pusher.clock import OFFICE_ZONE


def word(table: str, code: object) -> str:
    """What *code* is called in *table* of the console's words; an unknown code as it is."""
    if not code:
        return ""
    found = getattr(_words(), table).get(str(code), code)
    return str(found if isinstance(found, str) else found[0])


def counted(table: str, numbers: Mapping[str, int]) -> str:
    """What is counted, without what there is none of: ``待发 19，不发送 4``."""
    return "，".join(f"{word(table, code)} {n}" for code, n in numbers.items() if n)


def at(moment: object) -> str:
    """A moment, ISO 8601 with offset, on the office's clock, to the minute."""
    return f"{datetime.fromisoformat(str(moment)).astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


@cache
def _words() -> Any:
    from jinja2 import Environment, PackageLoader

    pages = Environment(loader=PackageLoader("templates", ""), autoescape=True)
    return pages.get_template("console/_words.html").module
