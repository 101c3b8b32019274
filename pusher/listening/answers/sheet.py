"""An answer as it is written down: its lines, what they rest on, and the words around them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, select

from pusher.listening.answers.asking import Ask, Judged, Says
from pusher.listening.answers.clauses import Sentence, clauses, sentences, unmarked
from pusher.listening.answers.fit import Fit
from pusher.listening.answers.parts import Part
from pusher.model.policy import Policy, PolicyTag
from pusher.model.standing import Standing


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence stands.

    Attributes:
        policy: id.
        clause: 第三条（一）, as the document numbers it.
        paragraph: its place in the body, from 0.
        quote: exactly as it is there.
        date: when it was published, or written.
        validity: where it stands on the day.
    """

    policy: UUID
    title: str
    document_number: str | None
    clause: str
    paragraph: int
    quote: str
    date: date | None
    validity: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the answer, and the citations it rests on, by their places from 0.

    Attributes:
        phone: a number to call, which ends the line.
        about: the policy that the line offers to ask about; its short title stands first.
    """

    text: str
    cites: tuple[int, ...] = ()
    phone: str = ""
    about: Policy | None = None

    @property
    def opening(self) -> str:
        """What stands before the text: the policy that is offered."""
        if self.about is None:
            return ""
        return f"{self.about.short_title}：" if self.text else self.about.short_title


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    Attributes:
        lines: in reading order.
        asks: what the asker could tell to learn whether it may be for them.
        confident: a policy in force answers it; otherwise it is declined, or what it is about
            is over or not yet decided, and the answer says so.
        answered: it was not left open: whatever is declined because we do not know waits for staff.
        policy: what it is about, or the nearest.
        says: what the facts that were told come to; None where none was told.
    """

    lines: tuple[Line, ...]
    citations: tuple[Citation, ...]
    asks: tuple[Ask, ...]
    confident: bool
    answered: bool = True
    policy: Policy | None = None
    tag_code: str | None = None
    says: Says | None = None

    @property
    def text(self) -> str:
        """The answer as plain text, each line with the numbers of its citations."""
        return "\n".join(
            f"{line.opening}{line.text}{line.phone}"
            + "".join(f"［{place + 1}］" for place in line.cites)
            for line in self.lines
        )


class Sheet:
    """An answer on the way: its lines, and the citations they share."""

    def __init__(self, fit: Fit) -> None:
        self.lines: list[Line] = []
        self._fit = fit
        self._cited: list[Sentence] = []

    def say(self, key: str, **values: object) -> None:
        """A line of our own around the policy's sentences."""
        self.lines.append(Line(words()[key].format(**values)))

    def part(self, part: Part) -> None:
        """A sentence of the policy, with the heading it would be misread without."""
        opening = "".join(f"{unmarked(one.quote).rstrip('：:')}：" for one in part.leads)
        text = opening + "".join(unmarked(one.quote) for one in part.sentences)
        text = f"{text[:-1]}。" if text.endswith("；") else text
        self.lines.append(Line(text, self.cite_all((*part.leads, *part.sentences))))

    def verdict(self, result: Judged) -> None:
        """What the facts that were told come to, with the clauses."""
        quotes = result.against if result.says is Says.NO else result.met
        places = [s for quote in quotes for s in places_of(self._fit.policy, quote)][:3]
        text = words()[result.says.value].format(quote=unmarked(next(iter(result.against), "")))
        self.lines.append(Line(text, self.cite_all(tuple(places))))

    def cite_all(self, cited: tuple[Sentence, ...]) -> tuple[int, ...]:
        """Their places among the citations, each once."""
        for one in cited:
            if one not in self._cited:
                self._cited.append(one)
        return tuple(dict.fromkeys(self._cited.index(one) for one in cited))

    def done(
        self, session: Session, *, asks: tuple[Ask, ...], confident: bool, says: Says | None
    ) -> Answer:
        """The answer."""
        policy = self._fit.policy
        tag = select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)
        return Answer(
            tuple(self.lines),
            tuple(citation_of(self._fit, one) for one in self._cited),
            asks,
            confident,
            True,
            policy,
            session.exec(tag.order_by(PolicyTag.tag_code)).first(),
            says,
        )


def citation_of(fit: Fit, sentence: Sentence) -> Citation:
    """Where *sentence* stands in its policy."""
    policy = fit.policy
    return Citation(
        policy.id,
        policy.title,
        policy.document_number,
        sentence.label,
        sentence.paragraph,
        sentence.quote,
        policy.published_on or policy.written_on,
        validity(fit.stands, policy),
    )


def places_of(policy: Policy, quote: str) -> Iterator[Sentence]:
    """The sentences of a policy in which *quote* stands, blanks apart."""
    wanted = _bare(quote)
    for clause in clauses(policy.body):
        yield from (s for s in sentences(clause) if wanted and wanted in _bare(s.quote))


def validity(stands: Standing, policy: Policy) -> str:
    """Where a policy stands, in a few words."""
    if stands is Standing.UPCOMING:
        begins = max(day for day in (policy.effective_on, policy.apply_from) if day)
        return str(words()["standing_upcoming"].format(from_day=say_day(begins)))
    if stands is Standing.OPEN:
        ends = policy.expires_on
        until = words()["until"].format(day=say_day(ends)) if ends else ""
        return str(words()["standing_open"].format(until=until))
    return _SHORT[stands]


_SHORT: Final = {
    Standing.DRAFT: "征求意见",
    Standing.REPEALED: "已废止",
    Standing.EXHAUSTED: "名额或资金已用完",
    Standing.EXPIRED: "已过有效期",
    Standing.CLOSED: "申报已截止",
    Standing.INTERNAL: "不公开",
}


def names_of(policy: Policy) -> dict[str, str]:
    """Title and number, as the words around an answer take them."""
    number = policy.document_number
    return {"title": policy.title, "number": f"（{number}）" if number else ""}


def _bare(text: str) -> str:
    return "".join(text.split()).rstrip("。；")


def say_day(day: date) -> str:
    """2026年12月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def words() -> Mapping[str, Any]:
    """The words that stand around the policies' own, by key."""
    text = files("templates").joinpath("messages", "answers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
