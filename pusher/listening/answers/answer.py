"""The answer to a question, composed of a policy's own sentences, or a plain word that we decline.

Nothing is written freely: each sentence on a policy is its own, cited with clause and quote; what
stands around them lies in ``templates/messages/answers.toml``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.listening.answers.asked import Asked, Refused, Want, understand
from pusher.listening.answers.asking import AGE, Ask, Judged, Says, judged, read_facts
from pusher.listening.answers.clauses import Sentence, clauses, sentences, unmarked
from pusher.listening.answers.fit import STANDS, Fit, fits, successor, with_older
from pusher.listening.answers.parts import Part, parts
from pusher.model.policy import AudienceRule, Policy, PolicyTag
from pusher.model.standing import Standing
from pusher.rules.language import BadRule, parse
from pusher.rules.nodes import leaves

HOTLINE: Final = "12345"


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
    """

    text: str
    cites: tuple[int, ...] = ()
    phone: str = ""


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
            line.text + line.phone + "".join(f"［{place + 1}］" for place in line.cites)
            for line in self.lines
        )


def answer(
    session: Session,
    office: Office,
    question: str,
    *,
    as_of: date,
    told: Mapping[str, str] | None = None,
    about: UUID | None = None,
) -> Answer:
    """Answer *question* from the office's confirmed policies.

    Args:
        as_of: the day for which it is asked.
        told: facts that the asker told, by code, as typed; see `asking.read_facts`.
        about: the policy on whose page it was asked.

    Raises:
        BadFact: a fact of *told* cannot be read.
    """
    facts = read_facts(told or {}, as_of=as_of)
    asked = understand(question, area_code=office.area_code)
    if asked.refused in (Refused.PLAY, Refused.PRIVATE, Refused.ELSEWHERE):
        return _declined(office, asked, None)
    found = fits(session, asked, office.id, as_of=as_of, about=about)
    fit = next(iter(found), None)
    if fit is None or not (fit.sure or fit.policy.id == about):
        return _declined(office, asked, fit)
    if fit.stands not in STANDS:
        return _over(session, office, fit)
    if asked.age is not None and "birth_date" not in facts:
        facts |= read_facts({AGE: str(asked.age)}, as_of=as_of)
    return _answered(session, office, with_older(session, fit), asked, facts, as_of, bool(told))


def _answered(
    session: Session,
    office: Office,
    fit: Fit,
    asked: Asked,
    facts: Mapping[str, object],
    as_of: date,
    told: bool,
) -> Answer:
    policy, sheet = fit.policy, _Sheet(fit)
    rule = _rule(session, policy)
    result = judged(rule, facts, as_of=as_of, area_code=office.area_code)
    sheet.say("opening", **_names(policy))
    if fit.stands is Standing.UPCOMING:
        sheet.say("upcoming", validity=validity(fit.stands, policy))
    for old in fit.older:
        sheet.say("older", **_names(old))
    if told and result is not None:
        sheet.verdict(result)
    for part in parts(policy, asked, fit.tags, _quotes(rule)):
        sheet.part(part)
    sheet.say("review")
    if policy.elements.get("phone") and Want.PHONE not in asked.wants:
        sheet.lines.append(Line(_words()["phone"], phone=policy.elements["phone"]))
    asks = result.asks if result is not None and result.says is not Says.NO else ()
    says = result.says if told and result is not None else None
    return sheet.done(session, asks=asks, confident=True, says=says)


def _over(session: Session, office: Office, fit: Fit) -> Answer:
    """A policy that is no longer, or not yet, a ground to apply: named as what it is."""
    policy, sheet = fit.policy, _Sheet(fit)
    until = policy.expires_on if fit.stands is Standing.EXPIRED else policy.apply_until
    template = _words()["over"]["repealed" if fit.stands is Standing.REPEALED else fit.stands.value]
    text = template.format(day=_day(until) if until else "日期见原文", **_names(policy))
    sheet.lines.append(Line(text, sheet.cite_all(_proofs(fit))))
    newer = successor(session, policy)
    if newer is not None:
        sheet.say("opening", **_names(newer))
    sheet.lines.append(Line(_call(office, policy)))
    return sheet.done(session, asks=(), confident=False, says=None)


def _declined(office: Office, asked: Asked, nearest: Fit | None) -> Answer:
    kind = "unknown" if asked.refused is None else asked.refused.value
    lines = [Line(_words()["declined"][kind].format(place=asked.elsewhere))]
    policy = nearest.policy if nearest is not None and nearest.share > 0 else None
    if policy is not None:
        phone, department = policy.elements.get("phone"), policy.elements.get("department")
        told = {
            "department": department or policy.issuer or office.name,
            "phone": f"（{phone}）" if phone else "",
        }
        lines.append(Line(_words()["declined"]["nearest"].format(**told, **_names(policy))))
    lines.append(Line(_call(office, None)))
    known = asked.refused is not None
    return Answer(tuple(lines), (), (), confident=False, answered=known, policy=policy)


def _call(office: Office, policy: Policy | None) -> str:
    phone = policy.elements.get("phone") if policy is not None else None
    name = (policy.elements.get("department") or policy.issuer) if policy and phone else office.name
    told = _words()["declined"]["call"]
    return str(told.format(office=name or office.name, phone=f"（{phone or office.phone}）"))


class _Sheet:
    """An answer on the way: its lines, and the citations they share."""

    def __init__(self, fit: Fit) -> None:
        self.lines: list[Line] = []
        self._fit = fit
        self._cited: list[Sentence] = []

    def say(self, key: str, **values: object) -> None:
        """A line of our own around the policy's sentences."""
        self.lines.append(Line(_words()[key].format(**values)))

    def part(self, part: Part) -> None:
        """A sentence of the policy, with the heading it would be misread without."""
        opening = "".join(f"{unmarked(one.quote).rstrip('：:')}：" for one in part.leads)
        text = opening + "".join(unmarked(one.quote) for one in part.sentences)
        text = f"{text[:-1]}。" if text.endswith("；") else text
        self.lines.append(Line(text, self.cite_all((*part.leads, *part.sentences))))

    def verdict(self, result: Judged) -> None:
        """What the facts that were told come to, with the clauses."""
        whole = [s for c in clauses(self._fit.policy.body) for s in sentences(c)]
        quotes = result.against if result.says is Says.NO else result.met
        places = [s for quote in quotes for s in whole if _bare(quote) in _bare(s.quote)][:3]
        text = _words()[result.says.value].format(quote=unmarked(next(iter(result.against), "")))
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
            tuple(_citation(self._fit, one) for one in self._cited),
            asks,
            confident,
            True,
            policy,
            session.exec(tag.order_by(PolicyTag.tag_code)).first(),
            says,
        )


def _citation(fit: Fit, sentence: Sentence) -> Citation:
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


def validity(stands: Standing, policy: Policy) -> str:
    """Where a policy stands, in a few words."""
    if stands is Standing.UPCOMING:
        begins = max(day for day in (policy.effective_on, policy.apply_from) if day)
        return str(_words()["standing_upcoming"].format(from_day=_day(begins)))
    if stands is Standing.OPEN:
        ends = policy.expires_on
        until = _words()["until"].format(day=_day(ends)) if ends else ""
        return str(_words()["standing_open"].format(until=until))
    return _SHORT[stands]


_SHORT: Final = {
    Standing.DRAFT: "征求意见",
    Standing.REPEALED: "已废止",
    Standing.EXHAUSTED: "名额或资金已用完",
    Standing.EXPIRED: "已过有效期",
    Standing.CLOSED: "申报已截止",
    Standing.INTERNAL: "不公开",
}


def _proofs(fit: Fit) -> tuple[Sentence, ...]:
    """The sentence by which a policy is over, or only a draft."""
    quotes = fit.policy.elements.get("quotes") or {}
    names = {
        Standing.CLOSED: ("apply_until",),
        Standing.EXPIRED: ("expires_on",),
        Standing.DRAFT: ("apply_until", "status"),
        Standing.EXHAUSTED: ("quota",),
    }.get(fit.stands, ())
    whole = [s for c in clauses(fit.policy.body) for s in sentences(c)]
    for name in names:
        for sentence in whole:
            if quotes.get(name) and _bare(quotes[name]) in _bare(sentence.quote):
                return (sentence,)
    return ()


def _rule(session: Session, policy: Policy) -> AudienceRule | None:
    newest = select(AudienceRule).where(AudienceRule.policy_id == policy.id)
    return session.exec(newest.order_by(col(AudienceRule.number).desc())).first()


def _quotes(rule: AudienceRule | None) -> list[str]:
    """The clauses of a rule that say for whom the policy is."""
    if rule is None or rule.rule is None:
        return []
    try:
        return list(dict.fromkeys(leaf.quote for leaf in leaves(parse(rule.rule)) if leaf.quote))
    except BadRule:
        return []


def _names(policy: Policy) -> dict[str, str]:
    number = policy.document_number
    return {"title": policy.title, "number": f"（{number}）" if number else ""}


def _bare(text: str) -> str:
    return "".join(text.split()).rstrip("。；")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _words() -> Mapping[str, Any]:
    text = files("templates").joinpath("messages", "answers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
