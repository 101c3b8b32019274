"""The one-page plain summary (明白纸) that somebody carries to a door, or pins to a board."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.clock import OFFICE_ZONE
from pusher.model.errors import NotFound
from pusher.model.policy import AudienceRule, Policy, PolicyState
from pusher.model.standing import Standing, standing
from pusher.rules.language import parse
from pusher.rules.nodes import All, Any, Leaf, Node, Not, leaves
from pusher.rules.say import say_leaf
from pusher.sending.particulars import benefit_line, say_day
from pusher.sending.shorten import shorten
from pusher.sending.tellable import WHY_NOT, NotTellable

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 21
"""Characters in a line of 18 points beside the labels and bullets of an A4 page."""
_TITLE, _GAIN = 15, 16
"""Characters in a line of the title, and of what one gets."""
_OTHER_LINES = 2
_ROOM = 14
"""Lines of conditions on a page where every other part takes one line. Measured in Chromium."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition in the words of the policy; `choice`: one of several, any of which will do."""

    text: str
    choice: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the page; None or empty where the policy does not say.

    Attributes:
        title: the policy's short title.
        number: its document number.
        benefit: what one gets, one line.
        who: the conditions; a line that ends in a colon is followed by choices.
        more: there are conditions that found no room.
        begins: first day to apply, if that is still to come.
        until: last day to apply, or to comment.
        materials: what to bring.
        where: how and where to apply.
        department: who takes applications.
        phone: whom to ask about the policy.
        office: who sends this page.
        community: who brings it.
        printed: the day.
        draft: a draft for comment: nothing to apply for yet.
    """

    title: str
    number: str | None
    benefit: str | None
    who: Sequence[Line]
    more: bool
    begins: str | None
    until: str | None
    materials: str | None
    where: str | None
    department: str | None
    phone: str | None
    office: Office
    community: str | None
    printed: str
    draft: bool


def leaflet(
    session: Session, policy: Policy, *, community: str | None = None, now: datetime
) -> str:
    """Write the page about *policy*: one A4 side, large type, as HTML that prints as it is.

    Args:
        community: printed as who brings it; None leaves the place out.
        now: its day stands on the page.

    Raises:
        NotTellable: the policy is not confirmed, not open to the public, or over.
    """
    return page_of(sheet_of(session, policy, community=community, now=now))


def page_of(sheet: Sheet) -> str:
    """Write *sheet* as HTML."""
    return _templates().get_template("leaflet.html").render(sheet=sheet)


def sheet_of(
    session: Session, policy: Policy, *, community: str | None = None, now: datetime
) -> Sheet:
    """What stands on the page about *policy*, cut to what one A4 side holds at 18 points.

    Raises:
        NotTellable: as `leaflet`.
    """
    today = now.astimezone(OFFICE_ZONE).date()
    stands = standing(policy, today)
    if stands in WHY_NOT:
        raise NotTellable(WHY_NOT[stands])
    if policy.state is not PolicyState.CONFIRMED:
        raise NotTellable("该政策尚未确认，请先确认标签和条件")
    office = session.get(Office, policy.office_id)
    if office is None:
        raise NotFound("找不到该政策所属的单位")
    begins = max((d for d in (policy.effective_on, policy.apply_from) if d), default=None)
    said = policy.elements
    benefit = benefit_line(policy)
    bare = Sheet(
        title=policy.short_title or policy.title,
        number=shorten(policy.document_number, 26) if policy.document_number else None,
        benefit=shorten(benefit, _GAIN * 3) if benefit else None,
        who=(),
        more=False,
        begins=say_day(begins) if begins and stands is Standing.UPCOMING else None,
        until=say_day(policy.apply_until) if policy.apply_until else None,
        materials=_line(said.get("materials")),
        where=_line(said.get("how"), lines=3),
        department=_line(said.get("department"), lines=1),
        phone=_line(said.get("phone"), lines=1),
        office=office,
        community=shorten(community.strip(), 17) if community else None,
        printed=say_day(today),
        draft=stands is Standing.DRAFT,
    )
    who, more = _fit(_conditions(session, policy), _room(bare))
    return replace(bare, who=who, more=more)


def _room(sheet: Sheet) -> int:
    """Lines left for the conditions, so that the page stays one page."""
    taken = (
        (sheet.title, _TITLE, 1.6),
        (sheet.benefit, _GAIN, 1.3),
        (sheet.materials, WIDTH + 1, 1.0),
        (sheet.where, WIDTH + 1, 1.0),
        (sheet.begins and sheet.until, 1, 1.0),
        (sheet.office.name, 20, 1.0),
        (f"{sheet.phone or ''}{sheet.department or ''}", 20, 1.3),
    )
    more = sum(max(-(-len(text or "") // width) - 1, 0) * tall for text, width, tall in taken[:4])
    more += sum(tall for text, width, tall in taken[4:] if len(text or "") > width)
    return int(_ROOM - 1 - more)


def _conditions(session: Session, policy: Policy) -> list[Line]:
    """The confirmed rule, a line for each thing that has to hold; exclusions last."""
    rule = session.exec(
        select(AudienceRule)
        .where(AudienceRule.policy_id == policy.id)
        .order_by(col(AudienceRule.number).desc())
        .limit(1)
    ).first()
    if rule is None or rule.rule is None:
        return []
    tree = parse(rule.rule)
    parts = tree.children if isinstance(tree, All) else (tree,)
    wanted = [line for part in parts if not isinstance(part, Not) for line in _lines(part)]
    barred = [Line(f"不包括：{_say(part)}") for part in parts if isinstance(part, Not)]
    return list(dict.fromkeys((*wanted, *barred)))


def _lines(part: Node) -> list[Line]:
    if not isinstance(part, Any):
        return [Line(_say(part))]
    choices = dict.fromkeys(_say(child) for child in part.children)
    if len(choices) < 2:
        return [Line(choice) for choice in choices]
    return [Line("下面的情形有一种就行："), *(Line(choice, choice=True) for choice in choices)]


def _say(node: Node) -> str:
    """A part of a rule in the policy's own words: ，且 between what must meet, ；或 between
    what may."""
    match node:
        case Leaf():
            return _words_of(node)
        case Any(children):
            return "；或".join(dict.fromkeys(_say(child) for child in children))
        case All(children):
            return "，且".join(dict.fromkeys(_say(child) for child in children))
        case Not(child):
            return "，".join(dict.fromkeys(_words_of(leaf) for leaf in leaves(child)))


def _words_of(leaf: Leaf) -> str:
    return (leaf.quote or say_leaf(leaf)).strip("，。；、 ")


def _fit(lines: Sequence[Line], room: int) -> tuple[list[Line], bool]:
    """As many as the page has room for, and whether any had to be left out or cut."""
    kept: list[Line] = []
    for line in lines:
        rows = -(-len(line.text) // WIDTH)
        if rows > room:
            if room > 1:
                kept.append(replace(line, text=shorten(line.text, WIDTH * room)))
            return kept, True
        kept.append(line)
        room -= rows
    return kept, False


def _line(said: object, *, lines: int = _OTHER_LINES) -> str | None:
    """A value of the policy's elements as one text for so many lines."""
    texts = list(_texts(said))
    return shorten("、".join(texts), WIDTH * lines) if texts else None


def _texts(said: object) -> Iterator[str]:
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, str) and each.strip():
            yield each.strip()


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("templates", "leaflet"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
