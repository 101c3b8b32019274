"""Policies: understand a document, keep it, look at it, confirm it, end it."""

from pathlib import Path
from typing import Any

import click

from pusher.commands.door import (
    Door,
    Refusal,
    answer,
    json_option,
    now_option,
    open_door,
    read_bytes,
    read_json,
    settings_here,
)


@click.group()
def policy() -> None:
    """政策：读取、查看、确认、废止。"""


@policy.command("inspect")
@click.argument("file", metavar="文件")
@json_option
def inspect(file: str, as_json: bool) -> None:
    """读懂一份文件或一个网址但不保存：标题、文号、机关、日期、标签、条件草稿。

    \b
    例：pusher policy inspect 通知.pdf --json
    """
    from pusher.commands.tagger import starter_tagger
    from pusher.reading.refusals import Unreadable
    from pusher.reading.understand import understand

    try:
        content, name = _content(file)
        found = understand(content, name, tagger=starter_tagger(), area_code="370104")
    except Unreadable as error:
        raise Refusal(str(error), code=error.code, where=file) from None
    shape = found.shape()
    answer(shape, as_json, lambda: _told(shape))


@policy.command("read")
@click.argument("files", nargs=-1, required=True, metavar="文件或网址...")
@click.option("--by", default="cli", metavar="工号", help="记入审计的工号")
@now_option
@json_option
def read(files: tuple[str, ...], by: str, now: str | None, as_json: bool) -> None:
    """读懂并保存文件或网址；内容相同的只有一份，读不了的说明原因，其余照常。

    \b
    例：pusher policy read 政策/*.pdf http://www.example.gov.cn/tzgg/1.html
    """
    from pusher.commands.tagger import office_tagger
    from pusher.model.policy import Policy
    from pusher.reading.child import Reader
    from pusher.reading.ingest import policy_shape
    from pusher.reading.intake import Desk, take_in
    from pusher.reading.refusals import Unreadable

    kept: list[dict[str, Any]] = []
    refused: list[tuple[str, str, str]] = []
    with open_door(now) as door, Reader() as reader:
        with door.store.reading() as session:
            office_id = door.office(session).id
        desk = Desk(door.store, office_id, office_tagger(door), reader, by)
        for file in files:
            try:
                content, name = _content(file)
                taken = take_in(desk, content, name, now=door.now)
            except (Unreadable, Refusal) as error:
                reason = error.message if isinstance(error, Refusal) else str(error)
                refused.append((file, error.code, reason))
                continue
            if taken.policy_id is None:
                refused.append((file, taken.code or "unreadable", taken.reason or ""))
                continue
            with door.store.reading() as session:
                kept.append(policy_shape(session, session.get_one(Policy, taken.policy_id)))
    if kept or not refused:
        answer(kept, as_json, lambda: [f"{p['id']}  {p['title']}" for p in kept])
    if refused:
        told = "；".join(f"{file}：{reason}" for file, _, reason in refused)
        refusal = Refusal(told, code=refused[0][1], where=refused[0][0])
        # one document on standard output: where policies stand there, the rest is said beside it
        refusal.as_json = refusal.as_json and not kept
        raise refusal


def _content(place: str) -> tuple[bytes, str]:
    """The bytes of a file or of an address, and what to call it.

    Raises:
        Refusal: no such file. Unreadable: an address that gives nothing.
    """
    if "://" not in place:
        return read_bytes(place), Path(place).name
    from pusher.reading.fetch import fetch_document
    from pusher.reading.guard import Allowance

    fetched = fetch_document(place, allowance=Allowance.of(settings_here().fetch_allow))
    return fetched.content, fetched.address


@policy.command("show")
@click.argument("policy_id", metavar="政策编号")
@json_option
def show(policy_id: str, as_json: bool) -> None:
    """查看一份政策的全部理解结果。

    \b
    例：pusher policy show 0192… --json
    """
    from pusher.reading.ingest import policy_shape

    with open_door() as door, door.store.reading() as session:
        shape = policy_shape(session, find_policy(door, session, policy_id))
    answer(shape, as_json, lambda: _told(shape))


@policy.command("list")
@click.option("--state", help="read 待确认、confirmed 已确认、superseded 已有新版、repealed 已废止")
@click.option("--query", help="标题中的词")
@json_option
def list_policies(state: str | None, query: str | None, as_json: bool) -> None:
    """列出政策，新的在前。

    \b
    例：pusher policy list --state confirmed --query 养老
    """
    from sqlmodel import col, select

    from pusher.commands.words import word
    from pusher.model.policy import Policy, PolicyState
    from pusher.reading.ingest import policy_shape

    if state is not None and state not in list(PolicyState):
        raise click.BadParameter(f"应为 {'、'.join(PolicyState)}", param_hint="--state")
    with open_door() as door, door.store.reading() as session:
        wanted = select(Policy).order_by(col(Policy.read_at).desc(), col(Policy.id).desc())
        if state:
            wanted = wanted.where(Policy.state == PolicyState(state))
        if query:
            wanted = wanted.where(col(Policy.title).contains(query, autoescape=True))
        shapes = [policy_shape(session, row) for row in session.exec(wanted)]
    answer(
        shapes,
        as_json,
        lambda: (
            [f"{p['id']}  {word('policy_state', p['state'])}  {p['title']}" for p in shapes]
            or ["（没有）"]
        ),
    )


@policy.command("confirm")
@click.argument("policy_id", metavar="政策编号")
@click.option("--by", required=True, metavar="登录名", help="确认人")
@click.option("--tags", metavar="A,B", help="标签代码，逗号分隔；不给则采用建议的标签")
@click.option("--rule", "rule_file", metavar="文件", help="受众规则 JSON；不给则采用条件草稿")
@now_option
@json_option
def confirm(
    policy_id: str, by: str, tags: str | None, rule_file: str | None, now: str | None, as_json: bool
) -> None:
    """确认标签与受众规则；确认之后才能计算名单。

    \b
    规则文件可以只是 RULE，也可以是
      {"audience_kind","subject","rule","manual_checks","short_title","tags","apply_until"}
    例：pusher policy confirm 0192… --by wangli --tags M01,M02 --rule p01.json
    """
    from pusher.reading.confirm import Confirmation, confirm, proposed
    from pusher.reading.ingest import policy_shape

    given = read_json(rule_file) if rule_file else None
    with open_door(now) as door, door.store.writing() as session:
        row = find_policy(door, session, policy_id)
        clerk = staff_called(session, by, "clerk")
        wish: Confirmation = proposed(session, row)
        if given is not None:
            wish = wish.with_file(given)
        if tags is not None:
            wish = wish.with_tags([code for code in tags.split(",") if code])
        confirm(session, row, wish, by=clerk.number, now=door.now)
        shape = policy_shape(session, row)
    answer(shape, as_json, lambda: [f"已确认：{shape['title']}", *_rule_lines(shape)])


@policy.command("repeal")
@click.argument("policy_id", metavar="政策编号")
@click.option("--by", required=True, metavar="登录名", help="办理人")
@click.option("--reason", required=True, help="废止原因")
@now_option
def repeal(policy_id: str, by: str, reason: str, now: str | None) -> None:
    """登记废止；未发出的批次不再发送。

    \b
    例：pusher policy repeal 0192… --by wangli --reason 被新文件替代
    """
    from pusher.reading.confirm import repeal as end

    with open_door(now) as door, door.store.writing() as session:
        row = find_policy(door, session, policy_id)
        clerk = staff_called(session, by, "clerk")
        end(session, row, reason=reason, by=clerk.number, now=door.now)
    click.echo("已登记废止")


def find_policy(door: Door, session: Any, text: str) -> Any:
    """The policy with this id.

    Raises:
        Refusal: not an id, or none of this office.
    """
    from pusher.model.policy import Policy

    return find_row(door, session, Policy, text, "政策", "可用 pusher policy list 查看")


WHERE_PEOPLE = "在工作台“档案”中查到此人，网址的最后一段就是编号"


def find_row(door: Door, session: Any, table: Any, text: str, noun: str, verb: str) -> Any:
    """The row of the office with this id.

    Args:
        verb: how to find the id of one, as it is told.

    Raises:
        Refusal: not an id, or none of this office.
    """
    from uuid import UUID

    try:
        row = session.get(table, UUID(text))
    except ValueError:
        row = None
    if row is None or row.office_id != door.office(session).id:
        raise Refusal(f"没有编号为“{text}”的{noun}；{verb}", code="not_found", where=text)
    return row


def staff_called(session: Any, login: str, *roles: str) -> Any:
    """The active member of staff with this login, who must have one of *roles*.

    Raises:
        Refusal: unknown, disabled, or of another role.
    """
    from sqlmodel import select

    from pusher.commands.words import word
    from pusher.model.staff import Staff

    found = session.exec(select(Staff).where(Staff.login == login)).first()
    if found is None or found.disabled_at is not None:
        raise Refusal(f"没有可用的账号“{login}”；可用 pusher staff list 查看", code="no_staff")
    if found.role.value not in roles:
        raise Refusal(
            f"账号“{login}”的岗位是{word('role_name', found.role)}，"
            f"此操作需要{'或'.join(word('role_name', role) for role in roles)}",
            code="role",
        )
    return found


def _told(shape: dict[str, Any]) -> list[str]:
    labels = {
        "title": "标题",
        "document_number": "文号",
        "issuer": "发文机关",
        "written_on": "成文日期",
        "published_on": "发布日期",
        "effective_on": "施行日期",
        "expires_on": "有效期至",
        "openness": "公开属性",
        "state": "状态",
    }
    from pusher.commands.words import word

    said = {**shape, "state": word("policy_state", shape["state"])}
    said["openness"] = word("openness_name", shape["openness"])
    lines = [f"{label}：{said.get(key) or '（未载明）'}" for key, label in labels.items()]
    tags = "、".join(f"{tag['name']}" for tag in shape["tags"]) or "（没有）"
    return [
        *lines,
        f"标签：{tags}",
        *_rule_lines(shape),
        *(f"注意：{w}" for w in shape["warnings"]),
    ]


def _rule_lines(shape: dict[str, Any]) -> list[str]:
    text = shape.get("rule_text") or "（没有）"
    checks = [f"  需人工核对：{check['quote']}" for check in shape["manual_checks"]]
    return ["适用对象：", *(f"  {line}" for line in text.splitlines()), *checks]
