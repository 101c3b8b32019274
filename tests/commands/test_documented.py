"""Every command that the README and the handbook name exists, with the options they name."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pusher.__main__ import pusher

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?:^|[\s`/])pusher ([a-z][^\n`#]*)", re.MULTILINE)
PAGES = ("README.md", "docs/operate/handbook.md")


def commands_in(text: str) -> Iterator[str]:
    # a line that goes on in the next one is one command
    yield from (found.strip() for found in COMMAND.findall(text.replace("\\\n", " ")))


def trouble_with(words: str) -> str:
    """What of a command line does not exist; empty where all of it does."""
    verb: click.Command = pusher
    rest = words.split()
    while isinstance(verb, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in verb.commands:
            return f"no verb {name}" if name.isascii() else ""
        verb = verb.commands[name]
    known = {name for one in verb.params for name in (*one.opts, *one.secondary_opts)}
    asked = {word for word in rest if word.startswith("--")}
    return ", ".join(sorted(asked - known - {"--help"}))


@pytest.mark.parametrize("page", PAGES)
def test_what_is_told_to_type_can_be_typed(page: str) -> None:
    told = list(commands_in(ROOT.joinpath(page).read_text("utf-8")))

    assert len(told) > 10
    assert {words: wrong for words in told if (wrong := trouble_with(words))} == {}
