"""The answer to a question, composed of a policy's own sentences, or a plain word that we decline.

Nothing is written freely: each sentence on a policy is its own, cited with clause and quote; what
stands around them lies in ``templates/messages/answers.toml``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.listening.answers.asked import Asked, Refused, Want, understand
from pusher.listening.answers.asking import AGE, Says, judged, read_facts
from pusher.listening.answers.chances import Chance, asks_of, chances
from pusher.listening.answers.clauses import Sentence, unmarked
from pusher.listening.answers.fit import STANDS, Fit, fits, successor, with_older
from pusher.listening.answers.parts import parts
from pusher.listening.answers.sheet import (
    Answer,
    Citation,
    Line,
    Sheet,
    citation_of,
    names_of,
    places_of,
    say_day,
    validity,
    words,
)
from pusher.listening.answers.telling import of_child, told_in
from pusher.model.policy import AudienceRule, Policy
from pusher.model.standing import Standing
from pusher.rules.language import BadRule, parse
from pusher.rules.nodes import leaves

_CHOICES: Final = 5
"""Policies to choose from at most."""


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
    facts |= _born(asked, facts, as_of)
    found = fits(session, asked, office.id, as_of=as_of, about=about)
    fit = next(iter(found), None)
    is_sure = fit is not None and (fit.sure or fit.policy.id == about)
    if about is None and (asked.lists or not is_sure):
        chosen = _chosen(session, office, question, asked, facts, found, as_of)
        if chosen:
            return _chances(chosen)
    several = [] if about is not None else _several(asked, found)
    if len(several) > 1:
        return _choice(several)
    if fit is None or not is_sure:
        return _declined(office, asked, fit)
    if fit.stands not in STANDS:
        return _over(session, office, fit)
    return _answered(session, office, with_older(session, fit), asked, facts, as_of, bool(told))


def _chosen(
    session: Session,
    office: Office,
    question: str,
    asked: Asked,
    facts: Mapping[str, object],
    found: Sequence[Fit],
    as_of: date,
) -> list[Chance]:
    """The policies that speak to what the asker tells of themselves."""
    return chances(
        session,
        office,
        {**facts, **told_in(question)},
        for_child=of_child(question, asked.age),
        as_of=as_of,
        named={one.policy.id for one in found if one.told},
    )


def _born(asked: Asked, facts: Mapping[str, object], as_of: date) -> dict[str, object]:
    """The day of birth that an age in the question comes to; empty where one was told already."""
    if asked.age is None or "birth_date" in facts:
        return {}
    return read_facts({AGE: str(asked.age)}, as_of=as_of)


def _several(asked: Asked, found: Sequence[Fit]) -> list[Fit]:
    """The policies to choose from, where a question is about more than one as much."""
    names_one = any(one.broad is None for one in asked.concepts)
    if names_one and not asked.lists:
        return []
    return [fit for fit in found if fit.sure and fit.stands in STANDS][:_CHOICES]


def _choice(several: Sequence[Fit]) -> Answer:
    """Which policies a broad question may be about; the asker chooses."""
    lines, citations = _listed((fit, ()) for fit in several)
    lines = (Line(words()["choice"]), *lines, Line(words()["choose"]))
    return Answer(lines, citations, (), confident=False, policy=several[0].policy)


def _chances(chosen: list[Chance]) -> Answer:
    """The policies that what was told speaks for, each with the clauses that it meets."""
    lines, citations = _listed((one.fit, one.met) for one in chosen)
    lines = (Line(words()["chances"]), *lines, Line(words()["review"]))
    return Answer(
        lines, citations, asks_of(chosen), confident=True, policy=chosen[0].fit.policy,
        says=Says.OPEN,
    )  # fmt: skip


def _listed(
    offered: Iterable[tuple[Fit, Sequence[str]]],
) -> tuple[tuple[Line, ...], tuple[Citation, ...]]:
    """A line for each policy on what it gives, resting on that sentence and on some quotes."""
    lines, citations = list[Line](), list[Citation]()
    for fit, quotes in offered:
        told = _told_first(fit)
        proofs = [s for quote in quotes for s in islice(places_of(fit.policy, quote), 1)]
        cited = list(dict.fromkeys([*told, *proofs]))
        cites = tuple(range(len(citations), len(citations) + len(cited)))
        lines.append(Line("".join(unmarked(one.quote) for one in told), cites, about=fit.policy))
        citations += [citation_of(fit, one) for one in cited]
    return tuple(lines), tuple(citations)


def _told_first(fit: Fit) -> tuple[Sentence, ...]:
    """The sentence on what a policy gives; empty where it does not say."""
    benefits = fit.policy.elements.get("benefits") or [{}]
    return tuple(islice(places_of(fit.policy, benefits[0].get("quote") or ""), 1))


def _answered(
    session: Session,
    office: Office,
    fit: Fit,
    asked: Asked,
    facts: Mapping[str, object],
    as_of: date,
    told: bool,
) -> Answer:
    policy, sheet = fit.policy, Sheet(fit)
    rule = _rule(session, policy)
    result = judged(rule, facts, as_of=as_of, area_code=office.area_code)
    sheet.say("opening", **names_of(policy))
    if fit.stands is Standing.UPCOMING:
        sheet.say("upcoming", validity=validity(fit.stands, policy))
    for old in fit.older:
        sheet.say("older", **names_of(old))
    if told and result is not None:
        sheet.verdict(result)
    for part in parts(policy, asked, fit.tags, _quotes(rule)):
        sheet.part(part)
    sheet.say("review")
    if policy.elements.get("phone") and Want.PHONE not in asked.wants:
        sheet.lines.append(Line(words()["phone"], phone=policy.elements["phone"]))
    asks = result.asks if result is not None and result.says is not Says.NO else ()
    says = result.says if told and result is not None else None
    return sheet.done(session, asks=asks, confident=True, says=says)


def _over(session: Session, office: Office, fit: Fit) -> Answer:
    """A policy that is no longer, or not yet, a ground to apply: named as what it is."""
    policy, sheet = fit.policy, Sheet(fit)
    until = policy.expires_on if fit.stands is Standing.EXPIRED else policy.apply_until
    template = words()["over"]["repealed" if fit.stands is Standing.REPEALED else fit.stands.value]
    text = template.format(day=say_day(until) if until else "日期见原文", **names_of(policy))
    sheet.lines.append(Line(text, sheet.cite_all(_proofs(fit))))
    newer = successor(session, policy)
    if newer is not None:
        sheet.say("newer", **names_of(newer))
    sheet.lines.append(Line(_call(office, policy)))
    return sheet.done(session, asks=(), confident=False, says=None)


def _declined(office: Office, asked: Asked, nearest: Fit | None) -> Answer:
    kind = "unknown" if asked.refused is None else asked.refused.value
    lines = [Line(words()["declined"][kind].format(place=asked.elsewhere))]
    policy = nearest.policy if nearest is not None and nearest.told else None
    if policy is not None:
        phone, department = policy.elements.get("phone"), policy.elements.get("department")
        told = {
            "department": department or policy.issuer or office.name,
            "phone": f"（{phone}）" if phone else "",
        }
        lines.append(Line(words()["declined"]["nearest"].format(**told, **names_of(policy))))
    lines.append(Line(_call(office, None)))
    known = asked.refused is not None
    return Answer(tuple(lines), (), (), confident=False, answered=known, policy=policy)


def _call(office: Office, policy: Policy | None) -> str:
    phone = policy.elements.get("phone") if policy is not None else None
    name = (policy.elements.get("department") or policy.issuer) if policy and phone else office.name
    told = words()["declined"]["call"]
    return str(told.format(office=name or office.name, phone=f"（{phone or office.phone}）"))


def _proofs(fit: Fit) -> tuple[Sentence, ...]:
    """The sentence by which a policy is over, or only a draft."""
    quotes = fit.policy.elements.get("quotes") or {}
    names = {
        Standing.CLOSED: ("apply_until",),
        Standing.EXPIRED: ("expires_on",),
        Standing.DRAFT: ("apply_until", "status"),
        Standing.EXHAUSTED: ("quota",),
    }.get(fit.stands, ())
    found = (s for name in names for s in places_of(fit.policy, quotes.get(name) or ""))
    return tuple(islice(found, 1))


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
