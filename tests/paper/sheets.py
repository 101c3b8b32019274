"""Reading what was printed, and sheets to print."""

import re
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from profiles.model import Office
from pusher.paper.typeset import FAMILIES, machine_fonts
from pusher.sending.leaflet import Line, Sheet

DAY = date(2026, 11, 25)

with_font = pytest.mark.skipif(
    not set(FAMILIES) & set(machine_fonts().families()),
    reason="no PDF without a Chinese font, such as the Debian package fonts-noto-cjk",
)


def a_sheet(**given: Any) -> Sheet:
    office = Office(
        name="槐荫区政务公开办公室（样例）",
        area_code="370104",
        signature="槐荫政务公开",
        phone="0531-00000001",
    )
    return Sheet(
        **{
            "title": "高龄津贴",
            "number": "槐民发〔2026〕7号（样例）",
            "benefit": "每人每月100元",
            "who": [
                Line("具有本区户籍"),
                Line("下面的情形有一种就行："),
                Line("年满90周岁", choice=True),
                Line("年满75周岁，且独自居住", choice=True),
                Line("不包括：已入住养老机构的"),
            ],
            "more": False,
            "begins": None,
            "until": "2026年12月18日",
            "materials": "身份证、户口簿",
            "where": "到户籍所在社区填写申请表",
            "department": "槐荫区民政局",
            "phone": "0531-00000107",
            "office": office,
            "community": "腊山社区",
            "printed": "2026年11月25日",
            "draft": False,
            **given,
        }
    )


class Words(HTMLParser):
    """The lines that are read on a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._styled = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._styled = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._styled = False

    def handle_data(self, data: str) -> None:
        if not self._styled and data.strip():
            self.lines.append(close(data))


def close(text: str) -> str:
    """Without blanks and line ends, which paper sets where it likes."""
    return re.sub(r"\s", "", text)


class Paper:
    """A PDF as somebody reads it."""

    def __init__(self, content: bytes) -> None:
        self.file = pdfium.PdfDocument(content)
        self.pages = [page.get_textpage() for page in self.file]
        self.texts = [close(page.get_text_range()) for page in self.pages]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def sizes(self, page: int = 0) -> dict[str, float]:
        """Sign → the smallest size, in points, in which it stands on a page."""
        text, found = self.pages[page], dict[str, float]()
        for n in range(text.count_chars()):
            sign = chr(raw.FPDFText_GetUnicode(text, n))
            if sign.strip():
                size = raw.FPDFText_GetFontSize(text, n)
                found[sign] = min(size, found.get(sign, size))
        return found
