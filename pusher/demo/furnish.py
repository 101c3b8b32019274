"""The invented district, moved in: office, staff, registers, policies as a clerk confirmed them."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import ceil
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from profiles.model import Channel, Office, ProfileKind
from profiles.roster import Register
from profiles.sealing import open_sealer
from pusher import staff
from pusher.clock import OFFICE_ZONE, office_now
from pusher.commands.setting_up import set_up
from pusher.commands.tagger import starter_tagger
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.reading.confirm import confirm, proposed
from pusher.reading.ingest import read_policy
from pusher.reading.taxonomy import taxonomy
from pusher.registers import take_in
from pusher.sandbox.credentials import print_config
from pusher.sending.hours import next_working_morning
from pusher.sending.wording import GATEWAYS, registered
from pusher.settings import FILE_NAME, Settings, read_settings
from pusher.store import Store
from pusher.working_days import read_calendar

OFFICE = {
    "name": "槐荫区政务公开办公室（样例）",
    "area_code": "370104",
    "signature": "槐荫政务公开",
    "phone": "0531-00000001",
}
PEOPLE = (
    ("clerk", "1001", "王莉（样例）", Role.CLERK),
    ("reviewer", "1002", "赵强（样例）", Role.REVIEWER),
    ("viewer", "1003", "孙敏（样例）", Role.VIEWER),
    ("auditor", "1004", "钱勤（样例）", Role.AUDITOR),
    ("community", "1005", "周芳（样例）", Role.COMMUNITY),
)
"""Logins of the demo, besides the admin."""
STREET = "370104013"
"""腊山街道, whose doors the community worker of the demo walks to."""
LAST_MORNING = datetime(2026, 12, 11, 9, 30, tzinfo=OFFICE_ZONE)
"""The last morning on which the district stands as it was written: its windows are open."""
ADMIN = ("admin", "0001", "管理员（样例）")
_KEYS = {
    "aliyun": ("access_key_id", "access_key_secret"),
    "tencent": ("secret_id", "secret_key", "sdk_app_id"),
    "wechat": ("appid", "secret", "token"),
    "wecom": ("corp_id", "secret", "agent_id", "token", "encoding_aes_key"),
}
"""The credentials of the stand-in vendors, first choice first."""


@dataclass(frozen=True, slots=True)
class District:
    """The district as it stands before anybody is told anything.

    Attributes:
        settings: of its home.
        store: open; close it.
        passwords: login → password, made for this demo alone.
        policies: file stem (``p01``…) → id as text.
        now: the office clock at the start.
    """

    settings: Settings
    store: Store
    passwords: dict[str, str]
    policies: dict[str, str]
    now: datetime


def furnish(home: Path, *, port: int, tick_s: float = 1.0) -> District:
    """Set up the district in *home*, an empty folder.

    The office clock is put to the next working day, half past nine, and runs on from there; but
    no later than `LAST_MORNING`, or the district's policies would all be closed.
    """
    home.mkdir(parents=True, exist_ok=True)
    write_settings(home, port=port, ahead=timedelta(), tick_s=tick_s)
    token = set_up(
        read_settings(home, _environ(home)),
        office=OFFICE, login=ADMIN[0], number=ADMIN[1], name=ADMIN[2],
    )  # fmt: skip
    settings = read_settings(home, _environ(home))
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    with store.reading() as session:
        morning = min(next_working_morning(office_now(), read_calendar(session)), LAST_MORNING)
    write_settings(home, port=port, ahead=morning - office_now(), tick_s=tick_s)
    settings = read_settings(home, _environ(home))
    now = office_now(settings.clock_ahead)
    with store.writing() as session:
        office = session.exec(select(Office)).one()
        passwords = _hire(session, office, token, now)
    _take_in_registers(store, now)
    policies = _take_in_policies(store, now)
    return District(settings, store, passwords, policies, now)


def confirm_as_written(
    session: Session, policy: Policy, stem: str, *, by: str, now: datetime
) -> None:
    """Confirm a policy of the district the way its author meant it (``rules/pNN.json``)."""
    given: dict[str, Any] = json.loads(
        _district().joinpath(f"rules/{stem}.json").read_text("utf-8")
    )
    confirm(session, policy, proposed(session, policy).with_file(given), by=by, now=now)


def write_settings(home: Path, *, port: int, ahead: timedelta, tick_s: float) -> None:
    """Write the demo's ``pusher.toml``: address and credentials alone tell it from an office's.

    Args:
        home: the folder.
        port: of the console; the stand-in has the next one.
        ahead: how far the office clock runs ahead of the machine's.
        tick_s: how often the clockwork looks for work.
    """
    lines = [
        f'public_url = "http://127.0.0.1:{port}"',
        f"port = {port}",
        f"clock_ahead_s = {ceil(ahead.total_seconds())}",
        f"tick_s = {tick_s}",
        "settle_s = 20",
        # whoever tries the demo has no telephone enrolled; every page says that the codes are off
        "second_factor = false",
    ]
    lines += gateway_tables(port=port + 1, signature=OFFICE["signature"])
    home.joinpath(FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")


def gateway_tables(*, port: int, signature: str) -> list[str]:
    """The lines of ``pusher.toml`` that lead to a stand-in on this machine.

    Args:
        port: of the stand-in.
        signature: of the office; its stand-in knows it.
    """
    config = print_config()
    lines = []
    for name, keys in _KEYS.items():
        lines += [f"[gateways.{name}]", f'endpoint = "http://127.0.0.1:{port}"']
        lines += [f"{key} = {json.dumps(config[name][key])}" for key in keys]
        if name in GATEWAYS[Channel.SMS]:
            said = json.dumps(signature, ensure_ascii=False)
            lines += [f"sign_name = {said}", 'price = "0.045"']
        lines += [f"[gateways.{name}.templates]"]
        lines += [
            f'{r.key} = "{code_with(name, r.code)}"'
            for r in registered()
            if name in GATEWAYS[r.channel]
        ]
    return lines


def code_with(gateway: str, code: str) -> str:
    """The invented *code* of a template as the vendor of *gateway* writes its own."""
    return code.removeprefix("SMS_") if gateway == "tencent" else code


def _hire(session: Session, office: Office, token: str, now: datetime) -> dict[str, str]:
    passwords = {login: secrets.token_urlsafe(12) for login in ("admin", *(p[0] for p in PEOPLE))}
    staff.set_password(session, token, passwords["admin"], now=now)
    for login, number, name, role in PEOPLE:
        invitation = staff.add(
            session, login=login, name=name, number=number, role=role, office=office,
            streets=[STREET] if role is Role.COMMUNITY else [], by=ADMIN[1], now=now,
        )  # fmt: skip
        staff.set_password(session, invitation, passwords[login], now=now)
    return passwords


def _take_in_registers(store: Store, now: datetime) -> None:
    with store.reading() as session:
        office = session.exec(select(Office)).one()
    for file, kind in (
        ("residents.csv", ProfileKind.RESIDENT),
        ("enterprises.csv", ProfileKind.ENTERPRISE),
    ):
        content = _district().joinpath(file).read_bytes()
        take_in(store, Register(content, file, kind, office, PEOPLE[0][1], now, set(taxonomy())))


def _take_in_policies(store: Store, now: datetime) -> dict[str, str]:
    tagger = starter_tagger()
    found = {}
    for file in _policy_files():
        with store.writing() as session:
            office = session.exec(select(Office)).one()
            policy = read_policy(
                session, file.read_bytes(), file.name, office=office, tagger=tagger,
                now=now, by=PEOPLE[0][1],
            )  # fmt: skip
            found[file.name[:3]] = str(policy.id)
    return found


def _policy_files() -> Iterator[Traversable]:
    yield from sorted(_district().joinpath("policies").iterdir(), key=lambda f: f.name)


def _district() -> Traversable:
    return files("pusher.demo").joinpath("district")


def _environ(home: Path) -> dict[str, str]:
    return {"PUSHER_HOME": str(home)}
