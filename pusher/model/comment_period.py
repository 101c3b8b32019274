"""For how long a draft may be commented on, and whether that is long enough; never stored."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pusher.model.policy import Policy, Registered

SHORTEST: Final = 30
"""Days. 优化营商环境条例 art. 62: 除依法需要保密外，应当听取意见…期限一般不少于30日."""


@dataclass(frozen=True, slots=True)
class CommentPeriod:
    """When comments on a draft are taken.

    Attributes:
        began: the first day; None where the document names none.
        ends: the last day, which still counts; None where the document names none.
        days: from the first to the last, the first not counted; None where one is missing.
        is_over: the last day has passed.
    """

    began: date | None
    ends: date | None
    days: int | None
    is_over: bool

    @property
    def warning(self) -> str | None:
        """What staff should know of it; None when all is well."""
        if self.ends is None:
            return "征求意见稿没有写明截止日期；期限一般不少于30日（优化营商环境条例第六十二条）"
        if self.days is not None and self.days < SHORTEST:
            return (
                f"征求意见只有{self.days}日，一般不少于30日"
                "（优化营商环境条例第六十二条）；确需缩短的，请在公告里说明理由"
            )
        return None


def comment_period(policy: Policy, today: date) -> CommentPeriod | None:
    """When comments on *policy* are taken; None where it is no draft for comment."""
    if policy.registered is not Registered.DRAFT:
        return None
    began = policy.apply_from or policy.published_on or policy.written_on
    ends = policy.apply_until
    days = (ends - began).days if began and ends else None
    return CommentPeriod(began, ends, days, ends is not None and ends < today)
