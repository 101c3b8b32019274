"""A document becomes a policy: kept once, or as a new version of one we know."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.audit import note
from pusher.model.policy import (
    AudienceRule,
    Genre,
    Openness,
    Policy,
    PolicyState,
    PolicyTag,
    Registered,
    TagSource,
)
from pusher.model.source import PolicyCitation, PolicyOriginal, Relation
from pusher.reading import versions
from pusher.reading.child import Reads
from pusher.reading.interpretation_plan import plan_of, plan_shape
from pusher.reading.interpretations import (
    interpretation_shape,
    interpretations_of,
    keep_read,
    tie_waiting,
)
from pusher.reading.phrases import own_phrases
from pusher.reading.understand import Suggests, Understanding, understand
from pusher.reading.versions import Kinship
from pusher.rules.language import BadRule, dump, parse
from pusher.rules.nodes import Node
from pusher.rules.say import say


def read_policy(
    session: Session,
    content: bytes,
    name: str,
    *,
    office: Office,
    tagger: Suggests | None,
    now: datetime,
    by: str,
    reader: Reads | None = None,
) -> Policy:
    """Understand a document and keep it. The caller commits.

    The same bytes twice are one policy. The document number of a policy we know, with another
    text, is its next version; the earlier one is superseded from now on.

    Args:
        session: of a writing store.
        content: the file.
        name: its name or address.
        office: whose policy it becomes.
        tagger: suggests tags; None leaves them out.
        now: the moment of reading.
        by: staff number.
        reader: parses the file; by default in a process started for it alone.

    Raises:
        Unreadable: no document can be made of it; the text says why and what to do.
    """
    before = known(session, office, content)
    if before is not None:
        return before
    found = understand(
        content, name, tagger=tagger, area_code=office.area_code, reader=reader,
        own=own_phrases(session, office),
    )  # fmt: skip
    return keep(session, found, content, name, office=office, now=now, by=by)


def known(session: Session, office: Office, content: bytes) -> Policy | None:
    """The policy that was read from these very bytes."""
    sha256 = hashlib.sha256(content).hexdigest()
    return session.exec(
        select(Policy).where(Policy.office_id == office.id, Policy.sha256 == sha256)
    ).first()


def keep(
    session: Session,
    found: Understanding,
    content: bytes,
    name: str,
    *,
    office: Office,
    now: datetime,
    by: str,
    standing: UUID | None = None,
) -> Policy:
    """Keep what was understood of *content*, with the file itself. The caller commits.

    The same text under the same number, in another file, is the policy that stands; another text
    is its next version, and the earlier one is superseded. A text that shares next to nothing
    with it is no version of it: it is kept apart, with a warning.

    Args:
        standing: the policy that stood where this one was found, whatever their numbers.
    """
    earlier = _earlier(session, office, found) or _standing(session, standing)
    kinship = versions.kinship(earlier.body, found.body) if earlier else None
    if earlier is not None and kinship is Kinship.SAME:
        return earlier
    policy = _row(found, office=office, sha256=found.sha256, name=name, now=now)
    if earlier is not None and kinship is Kinship.VERSION:
        _follow(session, earlier, policy, by=by, now=now)
    elif earlier is not None:
        policy.warnings = [*policy.warnings, f"文号与《{earlier.title}》相同，内容却不同，请核对。"]
    session.add(policy)
    session.flush()
    session.add(
        PolicyOriginal(policy_id=policy.id, name=name[-400:], kind=found.file_kind, content=content)
    )
    session.add_all(_citations(policy, found))
    session.add_all(_tags(policy, found))
    session.flush()
    note(session, "policy.read", about=("policy", policy.id), by=by, now=now, sha256=found.sha256)
    if policy.genre is Genre.INTERPRETATION:
        keep_read(session, policy, by=by, now=now)
    else:
        tie_waiting(session, policy)
    return policy


def _follow(session: Session, earlier: Policy, policy: Policy, *, by: str, now: datetime) -> None:
    """Make *policy* the next version of *earlier*, which it supersedes."""
    policy.family_id = earlier.family_id
    policy.version = earlier.version + 1
    earlier.state = PolicyState.SUPERSEDED
    note(session, "policy.supersede", about=("policy", earlier.id), by=by, now=now)


def _citations(policy: Policy, found: Understanding) -> list[PolicyCitation]:
    return [
        PolicyCitation(
            policy_id=policy.id,
            relation=Relation(cited.relation),
            document_number=cited.number,
            title=cited.title,
            quote=cited.quote,
        )
        for cited in found.citations
    ]


def _tags(policy: Policy, found: Understanding) -> list[PolicyTag]:
    return [
        PolicyTag(
            policy_id=policy.id,
            tag_code=tag.code,
            name=tag.name,
            score=tag.score,
            words=[{"word": word, "weight": weight} for word, weight in tag.words],
            source=TagSource.MODEL,
        )
        for tag in found.tags
    ]


def policy_shape(session: Session, policy: Policy) -> dict[str, Any]:
    """The policy as the contract's POLICY; what the document does not state is None."""
    rule = latest_rule(session, policy)
    draft = policy.draft
    tree_json = rule.rule if rule else draft.get("rule")
    checks = rule.manual_checks if rule else draft.get("manual_checks", [])
    if rule is None:
        checks = [*checks, *({"quote": q} for q in draft.get("needs_person", []))]
    tree = _parsed(tree_json)
    tags = session.exec(
        select(PolicyTag)
        .where(PolicyTag.policy_id == policy.id)
        .order_by(col(PolicyTag.score).desc().nulls_last(), PolicyTag.tag_code)
    )
    return {
        "id": str(policy.id),
        **{name: getattr(policy, name) for name in _PLAIN},
        **{name: _iso(getattr(policy, name)) for name in _DAYS},
        "openness": policy.openness.value if _openness_is_known(policy) else None,
        "state": policy.state.value,
        "registered": policy.registered.value,
        "body": policy.body,
        "tags": [
            {
                "code": tag.tag_code,
                "name": tag.name,
                "score": tag.score,
                "words": tag.words,
                "source": tag.source.value,
            }
            for tag in tags
        ],
        "audience": rule.audience.value if rule else draft.get("audience"),
        "subject": rule.subject.value if rule else draft.get("subject"),
        "rule": tree_json,
        "rule_text": "\n".join(say(tree)) if tree is not None else None,
        "conditions": list(_conditions(dump(tree))) if tree is not None else [],
        "manual_checks": checks,
        "elements": policy.elements,
        "warnings": policy.warnings,
        "genre": policy.genre.value,
        "reposted_by": policy.reposted_by,
        "places": policy.places,
        "attachments": policy.attachments,
        "interpretations": [
            interpretation_shape(one) for one in interpretations_of(session, policy)
        ],
        "interpretation_plan": plan_shape(plan_of(session, policy)),
    }  # fmt: skip


def _openness_is_known(policy: Policy) -> bool:
    """Whether the document says it, or staff did: confirming a policy takes it for 主动公开."""
    return "openness" in policy.places or policy.state is not PolicyState.READ


def latest_rule(session: Session, policy: Policy) -> AudienceRule | None:
    """The rule confirmed last, if any."""
    return session.exec(
        select(AudienceRule)
        .where(AudienceRule.policy_id == policy.id)
        .order_by(col(AudienceRule.number).desc())
        .limit(1)
    ).first()


_TALK = ("interpretation", "news")
_PLAIN = (
    "title", "short_title", "document_number", "issuer", "index_number", "theme", "version",
    "sha256", "source",
)  # fmt: skip
_DAYS = ("written_on", "published_on", "effective_on", "expires_on", "apply_from", "apply_until")


def _row(found: Understanding, *, office: Office, sha256: str, name: str, now: datetime) -> Policy:
    elements = dict(found.elements)
    return Policy(
        office_id=office.id,
        sha256=sha256,
        source=name[:400],
        title=found.title[:300],
        short_title=found.short_title[:20],
        document_number=found.document_number,
        issuer=found.issuer,
        index_number=found.index_number,
        theme=found.theme,
        written_on=found.written_on,
        published_on=found.published_on,
        effective_on=found.effective_on,
        expires_on=found.expires_on,
        apply_from=_day(elements.get("apply_from")),
        apply_until=_day(elements.get("apply_until")),
        genre=Genre(found.genre),
        reposted_by=found.reposted_by[:120] if found.reposted_by else None,
        places={field: place.shape() for field, place in found.places.items()},
        attachments=[{"name": one.text, "href": one.href} for one in found.attachments],
        openness=Openness(found.openness or Openness.OPEN),
        registered=Registered(found.registered or Registered.IN_FORCE),
        body=list(found.body),
        elements=elements,
        draft=dict(found.draft),
        warnings=list(found.warnings),
        read_at=now,
    )


def _earlier(session: Session, office: Office, found: Understanding) -> Policy | None:
    """The newest standing version under the same document number; talk of it is no version."""
    number = found.document_number
    if number is None or found.genre in _TALK:
        return None
    return session.exec(
        select(Policy)
        .where(
            Policy.office_id == office.id,
            Policy.document_number == number,
            col(Policy.state).in_([PolicyState.READ, PolicyState.CONFIRMED]),
        )
        .order_by(col(Policy.version).desc())
        .limit(1)
    ).first()


def _standing(session: Session, policy_id: UUID | None) -> Policy | None:
    """The newest version of the document of *policy_id*, where it has not ended."""
    policy = session.get(Policy, policy_id) if policy_id else None
    if policy is None:
        return None
    newest = session.exec(
        select(Policy)
        .where(Policy.family_id == policy.family_id)
        .order_by(col(Policy.version).desc())
        .limit(1)
    ).one()
    return newest if newest.state in (PolicyState.READ, PolicyState.CONFIRMED) else None


def _parsed(rule: Mapping[str, Any] | None) -> Node | None:
    """The tree, or None where a draft is no rule yet."""
    try:
        return parse(rule) if rule else None
    except BadRule:
        return None


def _conditions(rule: Any) -> Iterator[dict[str, Any]]:
    """The leaves of a dumped rule, in reading order."""
    for group in ("all", "any"):
        for child in rule.get(group, ()):
            yield from _conditions(child)
    if "not" in rule:
        yield from _conditions(rule["not"])
    if "op" in rule:
        yield {key: rule.get(key) for key in ("id", "quote", "fact", "op", "value")}


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value[:10]) if isinstance(value, str) else None


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
