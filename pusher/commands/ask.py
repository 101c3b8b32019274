"""Asking: a question in plain words, answered from the policies in force, with the clauses."""

from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import answer, json_option, now_option, open_door
from pusher.commands.policy import find_policy

if TYPE_CHECKING:
    from pusher.listening.answers.sheet import Answer


@click.command()
@click.argument("question", metavar="问题")
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="项=值",
    help="说明自己的情况，如 age=85、household_area=槐荫区；可多次，不保存",
)
@click.option("--policy", "policy_id", metavar="政策编号", help="问的是这一份政策")
@click.option("--as-of", metavar="日期", help="以哪一天为准（ISO 8601）")
@now_option
@json_option
def ask(
    question: str,
    facts: tuple[str, ...],
    policy_id: str | None,
    as_of: str | None,
    now: str | None,
    as_json: bool,
) -> None:
    """问一个政策问题：只用现行有效、经人工核实的政策原文作答，答不了就说答不了。

    \b
    例：pusher ask "高龄津贴怎么领" --fact age=85
    """  # fmt: skip
    from datetime import date

    from pusher.listening.answers.ask import ask as hear
    from pusher.listening.answers.ask import shape
    from pusher.listening.answers.asking import BadFact

    if not question.strip():
        raise click.BadParameter("请写出要问的问题", param_hint="问题")
    told = dict(_told(fact) for fact in facts)
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise click.BadParameter("应为 ISO 日期，例如 2026-11-25", param_hint="--as-of") from None
    with open_door(now) as door, door.store.writing() as session:
        about = find_policy(door, session, policy_id).id if policy_id else None
        try:
            heard = hear(session, door.office(session), question, now=door.now, as_of=day,
                         told=told, about=about)  # fmt: skip
        except BadFact as wrong:
            raise click.BadParameter(str(wrong), param_hint="--fact") from None
        said = heard.answer
        document = shape(said)
        lines = _read_out(said)
    answer(document, as_json, lambda: lines)


def _told(fact: str) -> tuple[str, str]:
    code, found, value = fact.partition("=")
    if not found or not code.strip() or not value.strip():
        raise click.BadParameter("应写作 项=值，例如 age=85", param_hint="--fact")
    return code.strip(), value.strip()


def _read_out(said: "Answer") -> list[str]:
    lines: list[str] = [said.text]
    if said.citations:
        lines += ["", "依据："]
    for place, cited in enumerate(said.citations, start=1):
        number = f"（{cited.document_number}）" if cited.document_number else ""
        lines.append(f"［{place}］《{cited.title}》{number}{cited.clause}，{cited.validity}")
        lines.append(f"　　“{cited.quote}”")
    if said.asks:
        asks = "、".join(_asked(one) for one in said.asks)
        lines += ["", f"想知道自己是否符合，请用 --fact 说明：{asks}"]
    return lines


def _asked(one: Any) -> str:
    return f"{one.question}（{one.fact}=…）"
