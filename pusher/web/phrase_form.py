"""The form by which an office says what it calls things: a condition, or other words."""

from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from profiles.facts import Fact, vocabulary
from pusher.web import rule_values
from pusher.web.fields import Fields
from pusher.web.outline import Line
from pusher.web.value_fields import TEXT, field_of, joined

READS, ASKS = "reads", "asks"


@dataclass(slots=True)
class PhraseForm:
    """What the form holds.

    Attributes:
        act: the button that was pressed: next, preview or add.
        stands_for: `READS`, other words that are read in their place, or `ASKS`, a condition.
        line: the condition, as a line of an outline.
        condition: what the phrase stands for; empty while it cannot be read.
        errors: field → what is wrong.
    """

    act: str = ""
    words: str = ""
    stands_for: str = ASKS
    reads: str = ""
    line: Line = field(default_factory=lambda: Line("leaf"))
    condition: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def about(self) -> Fact | None:
        """What the condition asks; None until it is chosen."""
        return vocabulary().get(self.line.fact)


def phrase_from(given: FormData) -> PhraseForm:
    """The form as it comes back, read; what is wrong stands among its errors."""
    fields = Fields(given)
    form = PhraseForm(
        act=fields.typed("act") or "add",
        words=fields.typed("words").strip(),
        stands_for=READS if fields.typed("stands_for") == READS else ASKS,
        reads=fields.typed("reads").strip(),
    )
    about = vocabulary().get(fields.typed("fact"))
    op = fields.typed("op")
    fitting = rule_values.operators_for(about) if about else ()
    if about is not None:
        # one that was only just chosen has no relation yet, and one that changed an old one
        chosen = op if op in fitting or form.act != "next" else fitting[0]
        form.line = Line("leaf", fact=about.code, op=chosen, value=_value(fields, about, chosen))
    if form.stands_for == READS:
        form.condition = {"reads": form.reads}
    elif about is None:
        form.errors["fact"] = "请选择这个说法看的是哪一项"
    elif form.line.op not in fitting:
        form.errors["op"] = f"“{about.label}”不能这样比，请换一个关系"
    else:
        _read_value(form, about)
    if form.act == "next":
        form.errors = {name: text for name, text in form.errors.items() if name == "fact"}
    return form


def _value(fields: Fields, about: Fact, op: str) -> str:
    if not fields.ticked("phrase-fields"):
        return fields.typed("value")
    kind = field_of(about, op) if op in rule_values.operators_for(about) else TEXT
    if kind == TEXT:
        return fields.typed("phrase-value")
    return joined(kind, fields.several(f"phrase-{kind}"))


def _read_value(form: PhraseForm, about: Fact) -> None:
    try:
        value = rule_values.read(about, form.line.op, form.line.value)
    except rule_values.Unreadable as wrong:
        form.errors["value"] = str(wrong)
    else:
        form.condition = {"fact": about.code, "op": form.line.op, "value": value}
