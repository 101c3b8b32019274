"""Matching: whom a policy is for, and why one person is or is not."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pusher.matching.explain import Explanation

from pusher.commands.door import Refusal, answer, json_option, now_option, open_door
from pusher.commands.policy import WHERE_PEOPLE, find_policy, find_row
from pusher.commands.written import written


@click.command()
@click.argument("policy_id", metavar="政策编号")
@click.option("--rule", "rule_file", metavar="文件", help="试用另一条规则，只看人数，不保存")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def match(policy_id: str, rule_file: str | None, by: str, now: str | None, as_json: bool) -> None:
    """计算一份已确认政策的名单：符合、待核实、订阅，分街道。

    \b
    例：pusher match 0192… --json
    """
    from pusher.commands.door import read_json
    from pusher.matching.index import view
    from pusher.matching.match import counts, current_rule
    from pusher.matching.match import match as meet
    from pusher.matching.trial import trial

    given = read_json(rule_file) if rule_file else None
    with open_door(now) as door:
        if given is not None:
            with door.store.reading() as session:
                row = find_policy(door, session, policy_id)
                found = trial(session, row, given, as_of=door.now.date())
        else:
            with door.store.reading() as session:
                policy = find_policy(door, session, policy_id)
                current_rule(session, policy)
                # the columns are laid out while nobody waits to write
                view(session, policy.office_id)
            with door.store.writing() as session:
                run = meet(session, find_policy(door, session, policy_id), now=door.now, by=by)
                found = {"run": str(run.id), **counts(session, run)}
    answer(found, as_json, lambda: _counted(found))


def _counted(found: dict[str, Any]) -> list[str]:
    from profiles.facts import vocabulary

    lines = [
        f"共看 {found['judged']} 户（人）：符合 {found['eligible']}，"
        f"待核实 {found['possible']}，仅订阅 {found['subscribed']}"
    ]
    known = vocabulary()
    lines += [f"  缺“{known[code].label}”：{n}" for code, n in found["missing"].items()]
    return lines


@click.command()
@click.option("--policy", "policy_id", help="政策编号")
@click.option("--profile", "profile_id", help="对象编号")
@click.option("--as-of", metavar="日期", help="以哪一天为准（ISO 8601）")
@click.option("--cases", metavar="文件", help="逐行 JSON 的判例；从正文起草规则后判断")
@click.option("--out", metavar="文件", help="判例结果写到哪里")
@json_option
def explain(
    policy_id: str | None,
    profile_id: str | None,
    as_of: str | None,
    cases: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """说明某人为什么符合、可能符合或不符合，逐条给出依据。

    \b
    例：pusher explain --policy 0192… --profile 0192… --as-of 2026-11-25
        pusher explain --cases cases.jsonl --out decisions.jsonl
    """
    if cases and out:
        _explain_cases(cases, out)
        return
    if not policy_id or not profile_id:
        raise click.UsageError("请给出 --policy 和 --profile，或者 --cases 和 --out")
    from datetime import date

    from profiles.model import Profile
    from pusher.looks import guarded, note_look
    from pusher.matching.explain import explain as why

    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise click.BadParameter("应为 ISO 日期，例如 2026-11-25", param_hint="--as-of") from None
    with open_door() as door, door.store.reading() as session:
        row = find_policy(door, session, policy_id)
        person = find_row(door, session, Profile, profile_id, "对象", WHERE_PEOPLE)
        found = why(session, row, person, as_of=day or door.now.date())
        if seen := guarded(session, [person.id], now=door.now):
            with door.store.writing() as writing:
                note_look(writing, seen, at="explain", by="cli", now=door.now)
    answer(_document(found), as_json, lambda: _explained(found))


def _document(found: "Explanation") -> dict[str, Any]:
    return {
        "decision": found.decision,
        "because": [
            {
                "quote": line.quote,
                "condition": line.condition,
                "result": line.result,
                "excludes": line.excludes,
            }
            for line in found.lines
        ],
        "missing": [lack.code for lack in found.missing],
        "could_supply": {lack.code: lack.source for lack in found.missing},
        "barred": found.barred or None,
    }


def _explained(found: "Explanation") -> list[str]:
    from pusher.rules.say import RESULTS
    from pusher.rules.truth import Truth

    says = {"eligible": "可能符合", "possible": "待核实", "not": "不符合"}
    because = f"（{found.barred}）" if found.barred else ""
    return [
        f"结论：{says[found.decision]}{because}",
        *(
            f"  {RESULTS[line.excludes][Truth[line.result.upper()]]}：{line.condition}"
            + (f"　【{line.quote}】" if line.quote else "")
            for line in found.lines
        ),
        *(f"  还缺“{lack.label}”，可由{lack.source}提供" for lack in found.missing),
    ]


def _explain_cases(cases: str, out: str) -> None:
    from pusher.commands.cases import explain_case
    from pusher.commands.door import read_bytes
    from pusher.reading.refusals import Unreadable

    try:
        told = read_bytes(cases).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Refusal(f"{cases} 不是 UTF-8 文本", code="bad_case", where=cases) from None
    lines = []
    for number, text in enumerate(told, 1):
        if not text.strip():
            continue
        try:
            lines.append(json.dumps(explain_case(json.loads(text)), ensure_ascii=False))
        except (ValueError, KeyError, TypeError, AttributeError, Unreadable) as error:
            raise Refusal(
                f"{cases} 第 {number} 行不是判例：{_why_no_case(error)}",
                code="bad_case",
                where=f"第 {number} 行",
            ) from None
    with written(out) as file:
        file.writelines(f"{line}\n" for line in lines)


def _why_no_case(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"不是 JSON（第 {error.colno} 列）"
    if isinstance(error, KeyError):
        return f"缺少“{error.args[0]}”"
    told = str(error)
    return told if told and not told.isascii() else "字段的类型不对"


@click.command()
@click.option("--dry-run", is_flag=True, help="只看会找到多少人，不保存")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def recall(dry_run: bool, by: str, now: str | None, as_json: bool) -> None:
    """找出新符合有效政策的人：新登记、情况有变、到龄（含60天内）；每人每份政策只找一次。

    \b
    例：pusher recall --dry-run --json
    """
    from pusher.matching.recall import counted, due
    from pusher.matching.recall import recall as find

    with open_door(now) as door:
        if dry_run:
            with door.store.reading() as session:
                looked = due(session, now=door.now)
                found = [_due(one.policy.id, one.kind, one.day, len(one.people)) for one in looked]
                told = {"kept": False, **counted(looked), "policies": found}
        else:
            with door.store.writing() as session:
                runs = find(session, now=door.now, by=by)
                found = [_due(run.policy_id, run.kind, run.as_of, run.judged) for run in runs]
                told = {"kept": True, **_by_kind(found), "policies": found}
    answer(told, as_json, lambda: _recalled(told))


def _due(policy_id: Any, kind: Any, day: Any, people: int) -> dict[str, Any]:
    return {
        "policy": str(policy_id), "kind": kind.value, "day": day.isoformat(), "people": people,
    }  # fmt: skip


def _by_kind(found: list[dict[str, Any]]) -> dict[str, int]:
    kinds = ("recall", "ahead")
    return {kind: sum(one["people"] for one in found if one["kind"] == kind) for kind in kinds}


def _recalled(told: dict[str, Any]) -> list[str]:
    verb = "已列出" if told["kept"] else "会列出"
    lines = [f"{verb}：新符合 {told['recall']} 人（户），60天内到龄 {told['ahead']} 人"]
    return lines + [
        f"  政策 {one['policy']}：{one['people']}（以 {one['day']} 为准）"
        for one in told["policies"]
    ]
