"""The gateway verbs: which ways out there are, and whether one works."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Door, Refusal, answer, json_option, now_option, open_door

if TYPE_CHECKING:
    from pusher.gateways.base import Gateway

_MARKS = {True: "✓", False: "✗", None: "·"}


@click.group()
def gateway() -> None:
    """短信、微信、企业微信通道：有哪些、通不通、还缺什么。"""


@gateway.command("list")
@now_option
@json_option
def list_gateways(now: str | None, as_json: bool) -> None:
    """列出各通道：用的先后、接口地址、状态、报备了几个模板、价格。

    \b
    例：pusher gateway list
    """
    from pusher.commands.doors import open_ways

    with open_door(now) as door:
        rows = _rows(door, open_ways(door.settings))
    answer(rows, as_json, lambda: [line for row in rows for line in _told(row)] or ["（没有）"])


@gateway.command("texts")
@click.argument("name", metavar="通道")
@json_option
def texts(name: str, as_json: bool) -> None:
    """列出要向这家厂商报备的全部模板，照它的写法；已报备的带编号。

    \b
    例：pusher gateway texts tencent
    """
    from pusher.sending.wording import GATEWAYS, as_registered, code_of, registered

    with open_door() as door, door.store.reading() as session:
        table, phone = _table(door, name), door.office(session).phone
    rows = [
        {
            "key": one.key,
            "code": code_of(one.key, table),
            "text": as_registered(one.text, name),
        }
        for one in registered(phone)
        if name in GATEWAYS[one.channel]
    ]
    answer(rows, as_json, lambda: [f"{r['key']}  {r['code'] or '—'}\n  {r['text']}" for r in rows])


@gateway.command("callbacks")
@click.argument("name", metavar="通道", required=False)
@json_option
def callbacks(name: str | None, as_json: bool) -> None:
    """列出要填到厂商后台的推送地址；里面有密钥，只给厂商。

    \b
    例：pusher gateway callbacks
        pusher gateway callbacks yunmas
    """
    from profiles.sealing import sealer_of
    from pusher.web.callbacks import callback_addresses

    with open_door() as door, door.store.reading() as session:
        if name is not None:
            _table(door, name)
        where = callback_addresses(door.settings.public_url, sealer_of(session))
        wanted = [name] if name else list(door.settings.gateways)
    shape = {one: where[one] for one in wanted if one in where}
    answer(shape, as_json, lambda: [line for one in shape.items() for line in _pushed(*one)])


_PUSHED = {"receipts": "状态报告", "replies": "上行回复"}


def _pushed(name: str, where: str | dict[str, str]) -> list[str]:
    from pusher.commands.words import word

    called = word("gateway_name", name)
    if isinstance(where, str):
        return [f"{called}  消息与事件  {where}"]
    return [f"{called}  {_PUSHED[what]}  {address}" for what, address in where.items()]


@gateway.command("test")
@click.argument("name", metavar="通道")
@click.option(
    "--to",
    metavar="号码",
    help="真的发一条测试短信到这个号码（微信填 openid，企业微信填账号），计费一条",
)
@click.option("--yes", is_flag=True, help="不再确认")
@click.option("--by", metavar="登录名", help="办理人，记入审计")
@now_option
@json_option
def test(
    name: str, to: str | None, yes: bool, by: str | None, now: str | None, as_json: bool
) -> None:
    """检查通道：密钥、时钟、签名、模板，都不花钱；加 --to 才真的发一条。

    \b
    例：pusher gateway test tencent
        pusher gateway test tencent --to 19900000001 --by wangli
    """
    from pusher.commands.doors import look_at_age, open_ways
    from pusher.commands.policy import staff_called

    with open_door(now) as door:
        _table(door, name)
        way = open_ways(door.settings)[name]
        if to is None:
            shape = _checked(door, name, way)
            answer(shape, as_json, lambda: _lines(shape["checks"]))
        else:
            look_at_age(door)
            number = "cli"
            if by:
                with door.store.reading() as session:
                    number = staff_called(session, by, "clerk", "reviewer", "admin").number
            _ask(way, to, yes)
            shape = _sent(door, way, to, number)
            answer(shape, as_json, lambda: [shape["told"]])
    if not shape["ok"]:
        raise SystemExit(1)


def _table(door: Door, name: str) -> Mapping[str, Any]:
    tables = door.settings.gateways
    if name not in tables:
        known = "、".join(tables) or "没有"
        raise Refusal(f"没有通道“{name}”；已设置的：{known}", code="no_gateway", where=name)
    return tables[name]


def _ask(way: "Gateway", to: str, yes: bool) -> None:
    """Let a person say yes; a program says so beforehand."""
    from profiles.model import Channel
    from pusher.sending.trial import shown

    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal("这会真的发一条并计费；不在终端上运行时请加 --yes", code="needs_yes")
    if not click.confirm(
        f"将向 {shown(Channel(way.channel), to)} 真的发一条测试消息并计费，继续吗？", err=True
    ):
        raise Refusal("没有发", code="not_confirmed")


def _rows(door: Door, ways: "Mapping[str, Gateway]") -> list[dict[str, Any]]:
    from pusher.hold import is_held
    from pusher.sending.route import reasons_shut

    with door.store.reading() as session:
        held = is_held(session)
        shut = reasons_shut(session, list(ways), settings=door.settings, now=door.now)
    rows = []
    for name, way in ways.items():
        state, because = shut.get(name, ("open", None))
        about = {"state": "held" if held else state, "because": because}
        rows.append({**_set_up(name, way, door.settings.gateways[name]), **about})
    return rows


def _set_up(name: str, way: "Gateway", table: Mapping[str, Any]) -> dict[str, Any]:
    from profiles.model import Channel
    from pusher.gateways.registry import endpoint_of
    from pusher.sending.prices import price_of
    from pusher.sending.wording import code_of, registered

    channel = Channel(way.channel)
    keys = [one.key for one in registered() if one.channel is channel]
    missing = [key for key in keys if code_of(key, table) is None]
    return {
        "name": name,
        "channel": channel.value,
        "endpoint": endpoint_of(name, table),
        "price": str(price_of(name, table, channel)),
        "templates": {
            "registered": len(keys) - len(missing),
            "of": len(keys),
            "missing": missing,
        },
    }


_STATES = {"open": "开通", "paused": "已停用", "resting": "连不上，暂歇", "held": "全部停发"}


def _told(row: Mapping[str, Any]) -> list[str]:
    from pusher.commands.words import word

    templates, missing = row["templates"], row["templates"]["missing"]
    because = f"（{row['because']}）" if row["because"] else ""
    parts = (
        row["name"],
        word("gateway_name", row["name"]),
        f"{_STATES[row['state']]}{because}",
        row["endpoint"],
        f"每条 {row['price']} 元",
        f"模板 {templates['registered']}/{templates['of']}",
    )
    return ["  ".join(parts), *([f"  未报备：{'、'.join(missing)}"] if missing else [])]


def _checked(door: Door, name: str, way: "Gateway") -> dict[str, Any]:
    from pusher.sending.trial import TO_DO, check_account
    from pusher.sending.wording import registered

    found = check_account(way, door.settings.gateways[name], registered())
    if found is None:
        raise Refusal(
            f"{name} 的平台没有不发送就能检查的接口；请用 --to 号码 真的发一条", code="cannot_check"
        )
    checks = [
        {
            "about": one.about.value,
            "which": one.which,
            "sound": one.sound,
            "why": one.why.value,
            "code": one.code,
            "said": one.said,
            "to_do": "" if one.sound else TO_DO[one.why],
        }
        for one in found
    ]
    return {"gateway": name, "ok": all(one.sound is not False for one in found), "checks": checks}


def _lines(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line each, but for the templates that are as they should be: those are counted."""
    sound = [one for one in checks if one["about"] == "template" and one["sound"]]
    counted = [f"✓ 模板 {len(sound)} 个已通过"] if sound else []
    return [*(_line(one) for one in checks if one not in sound), *counted]


def _line(one: Mapping[str, Any]) -> str:
    names = {
        "access": ("密钥和权限有效，接口可用", "接口不可用"),
        "clock": ("系统时间与厂商相差 {which} 秒", "系统时间与厂商相差 {which} 秒"),
        "signature": ("签名“{which}”已通过", "签名“{which}”"),
        "template": ("", "模板 {which}"),
    }
    good, bad = (text.format(which=one["which"]) for text in names[one["about"]])
    mark = _MARKS[one["sound"]]
    if one["sound"]:
        return f"{mark} {good}"
    known = one["said"] or ("厂商没有告诉" if one["sound"] is None else "")
    told = "，".join(part for part in (known, f"代码 {one['code']}" if one["code"] else "") if part)
    return f"{mark} {bad}{f'：{told}' if told else ''}；{one['to_do']}"


_CAME = {
    "accepted": "已受理，请看手机收到没有",
    "refused": "厂商拒绝了这一条",
    "not_sent": "没有发出",
    "unsure": "没有得到明确答复",
}


def _sent(door: Door, way: "Gateway", to: str, by: str) -> dict[str, Any]:
    from pusher.sending.trial import send_trial

    trial = send_trial(door.store, way, to, settings=door.settings, by=by, now=door.now)
    got = trial.answer
    said = "，".join(part for part in (f"代码 {got.code or '无'}", got.said) if part)
    more = f"（{said}）；{trial.to_do}" if trial.to_do else f"（厂商编号 {got.gateway_ref}）"
    return {
        "gateway": way.name,
        "ok": got.result.value == "accepted",
        "to": trial.to,
        "reference": got.reference,
        "result": got.result.value,
        "why": got.why.value,
        "code": got.code,
        "said": got.said,
        "gateway_ref": got.gateway_ref,
        "to_do": trial.to_do,
        "told": f"{trial.to} {_CAME[got.result.value]}{more}",
    }
