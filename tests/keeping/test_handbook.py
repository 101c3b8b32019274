"""The handbook speaks of commands and settings that exist, and its units start them."""

import configparser
import re
from dataclasses import fields
from pathlib import Path

import click

from pusher.__main__ import pusher
from pusher.settings import Settings

FOLDER = Path(__file__).parents[2] / "docs" / "operate"
HANDBOOK = FOLDER.joinpath("handbook.md").read_text(encoding="utf-8")


def commands(group: click.Group, before: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name, command in group.commands.items():
        found.add((*before, name))
        if isinstance(command, click.Group):
            found |= commands(command, (*before, name))
    return found


def test_every_command_in_the_handbook_exists() -> None:
    known = commands(pusher)

    for line in re.findall(r"(?:`|bin/|^)pusher ([a-z-]+(?: [a-z-]+)?)", HANDBOOK, re.M):
        words = tuple(line.split())
        assert words in known or words[:1] in known, line


def test_every_setting_in_the_handbook_exists() -> None:
    known = {field.name for field in fields(Settings)}
    named = {*re.findall(r"^ *([a-z_]+) = ", HANDBOOK, re.M), "metrics_token"}

    assert named <= known


def test_the_units_run_our_doors_as_nobody_special() -> None:
    for name, verb in (("console", "serve"), ("clockwork", "jobs")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read(FOLDER / f"pusher-{name}.service", encoding="utf-8")

        assert unit["Service"]["ExecStart"].endswith(f"/pusher {verb}")
        assert unit["Service"]["User"] == "pusher"
        assert unit["Service"]["RestartPreventExitStatus"] == "2"
        assert unit["Service"]["ProtectSystem"] == "strict"


def test_the_proxies_keep_the_operator_s_addresses_inside() -> None:
    for name in ("Caddyfile", "nginx.conf"):
        text = FOLDER.joinpath(name).read_text(encoding="utf-8")
        assert all(word in text for word in ("healthz", "readyz", "metrics", "404")), name


def test_the_proxies_log_no_address_neither_of_a_request_nor_of_an_error() -> None:
    nginx = FOLDER.joinpath("nginx.conf").read_text(encoding="utf-8")
    caddy = FOLDER.joinpath("Caddyfile").read_text(encoding="utf-8")

    assert "access_log off;" in nginx
    assert re.search(r"error_log +\S+ crit;", nginx)
    assert caddy.count("log {") == caddy.count("request>uri delete") == 2
    assert caddy.count("request>headers delete") == 2
