"""The form that describes an interpretation: read on the policy's page and on its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from pusher.model.interpretation import Form, Stage
from pusher.reading.interpret import BadInterpretation, Described
from pusher.reading.interpretation_plan import Planned
from pusher.web.fields import Fields

_STAGES = {stage.value: stage for stage in Stage}


def described_in(fields: Fields) -> Described:
    """What the form says; what is wrong with it stands in *fields*."""
    stage = fields.typed("stage")
    if stage and stage not in _STAGES:
        fields.errors["stage"] = "请在列出的各项中选择"
    return Described(
        title=fields.text("title", "标题", most=300),
        form=fields.choice("form", "解读形式", Form),
        stage=_STAGES.get(stage),
        published_on=fields.day("published_on", "发布日期"),
        department=fields.text("department", "解读单位", most=120, needed=False) or None,
        phone=fields.text("phone", "咨询电话", most=60, needed=False) or None,
        address=fields.text("address", "网址", most=1000, needed=False) or None,
    )


def planned_in(fields: Fields) -> Planned:
    """What the form of a plan says; what is wrong with it stands in *fields*."""
    due = fields.day("plan_due_on", "最迟日期")
    waives = fields.ticked("plan_waives")
    if due is None and not waives and "plan_due_on" not in fields.errors:
        fields.errors["plan_due_on"] = "请填写最迟哪天发"
    because = fields.text("plan_because", "不用解读的原因", most=200, needed=waives)
    return Planned(
        stage=fields.choice("plan_stage", "什么阶段", Stage),
        form=fields.choice("plan_form", "解读形式", Form),
        department=fields.text("plan_department", "解读单位", most=60),
        due_on=due or date.max,
        waived_because=because if waives else None,
    )


def said_of(said: Described, fields: Fields) -> Callable[[str], str]:
    """What each field of the form shows: what was typed, else what stands."""
    shown = {
        "title": said.title,
        "form": said.form.value,
        "stage": said.stage.value if said.stage else "",
        "published_on": said.published_on.isoformat() if said.published_on else "",
        "department": said.department or "",
        "phone": said.phone or "",
        "address": said.address or "",
    }
    return lambda name: fields.typed(name) if fields.errors else shown.get(name, "")


@contextmanager
def heeding(fields: Fields, name: str = "main") -> Iterator[None]:
    """As `Fields.heeding`, with what is wrong with one field beside that field."""
    with fields.heeding(name):
        try:
            yield
        except BadInterpretation as why_not:
            fields.errors[why_not.field] = str(why_not)
