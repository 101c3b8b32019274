"""Typst sets what is printed: text stays text, its font is embedded, the parts are tagged."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from profiles.model import Office
from pusher.model.errors import Unwilling

FAMILIES: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)  # fmt: skip
"""Fonts that hold simplified Chinese, the clearest first; one of them has to be on the machine."""


class NoFont(Unwilling):
    """The machine has no font with Chinese characters."""

    code = "no_font"


@cache
def machine_fonts() -> typst.Fonts:
    """The fonts of this machine; looked for once a process (a tenth of a second)."""
    return typst.Fonts(include_embedded_fonts=False)


def typeset(
    parts: Sequence[Mapping[str, Any]],
    *,
    title: str,
    office: Office,
    printed: str,
    day: date,
    fonts: typst.Fonts | None = None,
) -> bytes:
    """Set *parts* one after the other as one PDF (1.7, tagged), each from a new page.

    Args:
        parts: what ``templates/leaflet/paper.typ`` names in ``kinds``: ``kind`` and its values.
        title: of the document, as a reader's window shows it.
        office: whose name and telephone stand on every page.
        printed: *day* in words.
        day: of the document.
        fonts: to choose from; by default the machine's.

    Raises:
        NoFont: none of them is one of `FAMILIES`; the words say what to install.
    """
    fonts = fonts or machine_fonts()
    there = set(fonts.families())
    usable = [family for family in FAMILIES if family in there]
    if not usable:
        raise NoFont("本机没有中文字体，不能生成 PDF；请安装 fonts-noto-cjk（思源黑体）后重试")
    given = {
        "parts": list(parts),
        "title": title,
        "office": office.name,
        "phone": office.phone,
        "printed": printed,
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "fonts": usable,
    }
    return typst.compile(
        files("templates").joinpath("leaflet", "paper.typ").read_bytes(),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
        format="pdf",
    )
