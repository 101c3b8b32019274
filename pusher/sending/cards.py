"""The cards of WeCom: a title and a few lines, none of which a vendor has registered."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

from pusher.sending.shorten import shorten

TEXT: Final = "${title}\n${description}"
"""A card as it is read."""
TITLE_BYTES: Final = 128
DESCRIPTION_BYTES: Final = 512
"""企业微信“发送应用消息”, 文本卡片消息: longer ones are cut off by the vendor."""
LONGEST: Final = {"title": 20, "benefit": 50, "office": 20, "deadline": 11}
"""Characters of a value, so that the longest card is whole."""

_LINES: Final = {
    "full": ("benefit", "deadline"),
    "no_benefit": ("deadline",),
    "no_deadline": ("benefit",),
    "plain": (),
}


def cards() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each card that there is: what it is about with its cut, and the patterns it is filled by.

    Yields:
        ``match_enterprise_no_benefit`` (nothing added where everything is said), and ``title``
        and ``description`` with ``${name}`` for each value.
    """
    text = files("templates").joinpath("messages", "wecom.toml").read_text(encoding="utf-8")
    page = tomllib.loads(text)
    for about, row in page["openings"].items():
        for cut in row["cuts"]:
            said = [row["says"], *(page[line] for line in _LINES[cut]), page["end"], page["advice"]]
            key = about if cut == "full" else f"{about}_{cut}"
            yield key, {"title": page["title"], "description": "\n".join(said)}


def card_value(name: str, value: str) -> str:
    """*value* as a card takes it: short enough, and without marks that the vendor would obey."""
    plain = value.replace("<", "＜").replace(">", "＞")
    return shorten(plain, LONGEST[name]) if name in LONGEST else plain
