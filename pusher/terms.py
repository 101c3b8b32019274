"""By when what is owed is to be done, in working days, and where each term comes from.

An office sets its own with ``duty_days``; what is said here holds for what it does not set.
Reminders before a deadline go by ``remind_days``.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple


class Term(NamedTuple):
    """How long a duty of one kind may take.

    Attributes:
        days: working days after the one on which it began.
        source: where the number comes from, in Chinese, for staff.
    """

    days: int
    source: str


_OURS: Final = "本系统默认，请按本单位制度调整"
TERMS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "policy_unconfirmed": Term(1, "拆解由人工确认，目标1个工作日"),
        "policy_unsent": Term(3, _OURS),
        "policy_expiring": Term(0, "失效日期当天为限，提前30天提示"),
        "correction_unsent": Term(3, _OURS),
        "batch_unapproved": Term(1, _OURS),
        "notices_unsure": Term(1, _OURS),
        "replies_open": Term(1, "参照热线：咨询1个工作日答复"),
        "questions_open": Term(5, "参照热线：诉求5个工作日办结"),
        "visits_open": Term(5, _OURS),
        "contacts_doubtful": Term(5, _OURS),
        "interpretation_overdue": Term(3, "解读与文件同步，最迟3个工作日"),
        "second_interpretation": Term(5, _OURS),
    }
)
"""By kind of duty (`pusher.model.duty.DutyKind`)."""
FARTHEST_MARK: Final = 90
"""Days before a deadline; earlier it is no reminder."""
MOST: Final = 250
"""Working days of a year."""


def read_terms(text: str) -> Mapping[str, int]:
    """Read what an office set: ``visits_open=3, replies_open=2``.

    Raises:
        ValueError: says in Chinese which part is wrong.
    """
    terms = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        kind, equals, days = (word.strip() for word in part.partition("="))
        if kind not in TERMS:
            raise ValueError(f"中没有“{kind[:40]}”这一类，可用：{'、'.join(TERMS)}")
        if not equals or not (days.isascii() and days.isdigit()) or int(days) > MOST:
            raise ValueError(f"中“{kind}”应写成 {kind}=工作日数，不超过 {MOST}")
        terms[kind] = int(days)
    return terms


def term_of(kind: str, text: str) -> int:
    """The working days that a duty of *kind* may take, as the office set it in *text*."""
    return read_terms(text).get(kind, TERMS[kind].days)


def read_marks(text: str) -> Sequence[int]:
    """Read how many days before a deadline to remind: ``10, 3``; the nearest first.

    Raises:
        ValueError: says in Chinese what is wrong.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(p.isascii() and p.isdigit() and 1 <= int(p) <= FARTHEST_MARK for p in parts):
        raise ValueError(f"应为天数（1 至 {FARTHEST_MARK}），用逗号分隔，例如 10, 3；不填则不提醒")
    return sorted({int(part) for part in parts})


def checked_terms(text: str) -> str:
    """*text*, if `read_terms` can read it."""
    read_terms(text)
    return text


def checked_marks(text: str) -> str:
    """*text*, if `read_marks` can read it."""
    read_marks(text)
    return text
