"""The form by which staff confirm a policy: as it starts, as it comes back, as a wish."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from profiles.facts import Fact
from pusher.model.policy import Audience, Policy, PolicyState, Subject
from pusher.reading.confirm import BENEFIT_LENGTH, TITLE_LENGTH, Confirmation, proposed
from pusher.reading.ingest import latest_rule
from pusher.reading.learning import struck_from
from pusher.reading.succession import decided_before
from pusher.reading.taxonomy import taxonomy
from pusher.rules.language import BadRule, parse
from pusher.web.element_form import ElementForm, elements_from, elements_of
from pusher.web.fields import Fields
from pusher.web.outline import Line, lines_of, manual_line, rule_of, stand
from pusher.web.outline_form import lines_from
from pusher.web.outline_moves import MOVES, NotFound, added

_MOST_CLAUSES = 200
_LONGEST_QUOTE = 1000
DECISIONS = ("check", "condition", "none")
"""What a clause becomes: 人工核对, 待核实条件, 与资格无关."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that the reading could not make a condition of, and what staff say of it.

    Attributes:
        as_before: chosen because staff said so of the same words in an earlier version.
    """

    quote: str
    decision: str = ""
    as_before: bool = False


@dataclass(slots=True)
class ConfirmForm:
    """Everything the form holds.

    Attributes:
        act: the button that was pressed.
        rule: of the lines; None while there are none, or one is wrong.
        elements: what is paid, when, where.
        never: nobody can apply under this document, so it has no rule.
        fresh: the line that was only just added or shifted; None if there is none.
        checks: clauses to be looked into that change no decision.
        pasted: the text of the field for a whole RULE document.
        choices: facts one of which was meant by what was typed, and where it is to be added.
        typed: what was typed there.
        quote: the clause that the next condition to be added is read from.
        errors: field → what is wrong.
    """

    act: str = ""
    tags: Sequence[str] = ()
    short_title: str = ""
    benefit_line: str = ""
    elements: ElementForm = field(default_factory=ElementForm)
    audience: str = Audience.BOTH.value
    subject: str = Subject.SELF.value
    never: bool = False
    lines: list[Line] = field(default_factory=list)
    fresh: int | None = None
    rule: dict[str, Any] | None = None
    clauses: list[Clause] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    pasted: str = ""
    choices: Sequence[Fact] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    quote: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def wish(self) -> Confirmation:
        """What staff say; call it only where there are no errors."""
        return Confirmation(
            tags=self.tags,
            audience=self.audience,
            subject=self.subject,
            rule=None if self.never else self.rule,
            manual_checks=[{"quote": quote} for quote in self.checks],
            short_title=self.short_title,
            benefit_line=self.benefit_line or None,
            apply_until=self.apply_until,
            elements=self.elements.wish(),
        )

    @property
    def apply_until(self) -> date | None:
        """The last day to apply, as the form has it; None where it has none."""
        text = self.elements.texts.get("apply_until", "")
        return (
            date.fromisoformat(text) if text and "apply_until" not in self.elements.struck else None
        )

    @property
    def is_empty(self) -> bool:
        """Whether no line stands."""
        return not any(stand(self.lines))


def started_from(session: Session, policy: Policy) -> ConfirmForm:
    """The form as it is first shown."""
    wish = proposed(session, policy)
    confirmed = latest_rule(session, policy)
    form = ConfirmForm(
        tags=wish.tags,
        short_title=wish.short_title,
        benefit_line=wish.benefit_line or "",
        elements=elements_of(policy),
        audience=confirmed.audience.value if confirmed else wish.audience,
        subject=confirmed.subject.value if confirmed else wish.subject,
        never=confirmed is not None and confirmed.rule is None,
        checks=_quotes(confirmed.manual_checks if confirmed else wish.manual_checks),
    )
    if policy.state is PolicyState.READ:
        known = decided_before(session, policy)
        form.clauses = [
            Clause(quote, known.get(quote, ""), as_before=quote in known)
            for quote in policy.draft.get("needs_person", [])
        ]
    _lay_out(form, confirmed.rule if confirmed else wish.rule)
    if confirmed is not None and confirmed.rule is not None:
        _bring_back(form, struck_from(session, policy, confirmed))
    return form


def _bring_back(form: ConfirmForm, struck: Sequence[Mapping[str, Any]]) -> None:
    """Show what was struck at an earlier confirmation, struck still, so that it can come back."""
    for condition in struck:
        try:
            parse(condition)
        except BadRule:  # of a vocabulary that has moved on
            continue
        head, *inside = lines_of(condition)
        form.lines += [replace(head, struck=True), *inside]


def filled_from(given: FormData) -> ConfirmForm:
    """The form as it comes back, its button's work done."""
    fields = Fields(given)
    form = ConfirmForm(
        act=fields.typed("act"),
        tags=[code for code in taxonomy() if code in set(fields.several("tags"))],
        short_title=fields.text("short_title", "短标题", most=TITLE_LENGTH),
        benefit_line=fields.text("benefit_line", "待遇一句话", most=BENEFIT_LENGTH, needed=False),
        audience=fields.choice("audience", "面向谁", Audience).value,
        subject=fields.choice("subject", "判断谁的情况", Subject).value,
        never=fields.ticked("never"),
        lines=lines_from(given),
        clauses=_clauses(fields),
        checks=[quote.strip() for quote in fields.several("checks") if quote.strip()],
        pasted=fields.typed("pasted"),
        quote=fields.typed("add-quote").strip()[:_LONGEST_QUOTE],
    )
    fields.day("apply_until", "申报截止")
    form.elements = elements_from(fields)
    _press(form, fields, given)
    # while somebody is still building the rule, only what they pressed for is judged
    form.errors = fields.errors if form.act == "confirm" else _only_rule(fields.errors)
    return form


def _press(form: ConfirmForm, fields: Fields, given: FormData) -> None:
    """Do what the pressed button asks of the lines, then read them as a rule."""
    verb, _, rest = form.act.partition("-")
    if form.act == "replace":
        _replace(form, fields, given)
        return
    if verb == "add":
        _add(form, fields, rest)
    elif verb in MOVES and rest.isdigit() and int(rest) < len(form.lines):
        form.fresh = _moved_to(form, verb, int(rest))
    form.rule, form.lines = rule_of(form.lines)
    if form.rule is None and not form.is_empty and verb not in ("add", *MOVES):
        fields.errors["rows"] = "有条件还没有填对，请看标红的地方"
    if form.act == "confirm":
        _decide(form, fields)
    elif verb in ("add", *MOVES):
        # nobody has filled in yet what was only just added
        form.lines = [replace(line, error="") for line in form.lines]


def _moved_to(form: ConfirmForm, verb: str, number: int) -> int | None:
    """Shift a line; where it stands now, None if it is gone."""
    line = replace(form.lines[number], error="-")  # told apart by a word nobody types
    form.lines = MOVES[verb]([*form.lines[:number], line, *form.lines[number + 1 :]], number)
    return next((n for n, one in enumerate(form.lines) if one.error == "-"), None)


def _add(form: ConfirmForm, fields: Fields, rest: str) -> None:
    where, _, what = rest.partition("-")
    typed = fields.typed(f"add-{where}")
    before = list(form.lines)
    try:
        form.lines = added(before, where, what, typed, quote=form.quote)
        form.quote = ""
        form.fresh = next(
            (n for n, line in enumerate(before) if line != form.lines[n]), len(form.lines) - 1
        )
    except NotFound as wrong:
        fields.errors[f"add-{where}"] = str(wrong)
        form.choices, form.typed = wrong.choices, {where: typed}


def _decide(form: ConfirmForm, fields: Fields) -> None:
    """Turn the decided clauses into conditions and checks; all of them must be decided."""
    if not form.tags:
        fields.errors["tags"] = "请至少选择一个标签"
    for number, clause in enumerate(form.clauses):
        if clause.decision not in DECISIONS:
            fields.errors[f"clause-{number}"] = "请决定这一条怎么办"
    asked = [clause.quote for clause in form.clauses if clause.decision == "condition"]
    if form.is_empty and not asked and not form.never:
        fields.errors["rows"] = "还没有条件；如果任何人都不能据此申请，请勾选“不产生申请资格”"
    if fields.sound:
        form.lines += [manual_line(quote) for quote in asked]
        form.checks += [clause.quote for clause in form.clauses if clause.decision == "check"]
        form.clauses = []
        form.rule, form.lines = rule_of(form.lines)


def _replace(form: ConfirmForm, fields: Fields, given: FormData) -> None:
    """Take the lines of a pasted or uploaded RULE document."""
    upload = given.get("rule_file")
    text = form.pasted
    if isinstance(upload, UploadFile) and upload.filename:
        text = upload.file.read().decode("utf-8-sig", "replace")
    try:
        read = json.loads(text)
        rule = read.get("rule", read) if isinstance(read, Mapping) else read
        parse(rule)
    except BadRule as wrong:
        fields.errors["pasted"] = str(wrong)
    except (ValueError, RecursionError):
        fields.errors["pasted"] = "这不是规则文件：应为 JSON 格式的 all、any、not 或条件"
    else:
        form.pasted = ""
        _lay_out(form, rule)


def _lay_out(form: ConfirmForm, rule: Mapping[str, Any] | None) -> None:
    try:
        if rule is not None:
            parse(rule)
    except BadRule:
        form.pasted = json.dumps(rule, ensure_ascii=False, indent=1)
        return
    form.lines = lines_of(rule)
    form.rule, form.lines = rule_of(form.lines)


def _clauses(fields: Fields) -> list[Clause]:
    quotes = fields.several("clauses")[:_MOST_CLAUSES]
    return [Clause(quote, fields.typed(f"clause-{n}")) for n, quote in enumerate(quotes)]


def _only_rule(errors: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text
        for name, text in errors.items()
        if name in ("rows", "pasted") or name.startswith("add-")
    }


def _quotes(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(check["quote"]) for check in checks if check.get("quote")]
