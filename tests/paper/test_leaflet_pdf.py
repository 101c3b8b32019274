"""The leaflet and the poster as PDF: what the page says, large, as text, on one side of A4."""

from typing import Any

import pytest
import typst

from pusher.paper.sheets import leaflet_pdf, poster_pdf
from pusher.paper.typeset import NoFont, typeset
from pusher.sending.leaflet import WIDTH, Line, page_of
from tests.paper.sheets import DAY, Paper, Words, a_sheet, close, with_font

NOTHING = {
    "number": None, "benefit": None, "who": (), "until": None, "materials": None, "where": None,
    "department": None, "phone": None, "community": None,
}  # fmt: skip
FULL = {
    "title": "关于进一步做好困难老年人家庭适老化改造和高龄津贴发放工作的通知",
    "benefit": "按改造费用的百分之七十给予补贴，每户最高五千元，另按月发放高龄津贴" * 2,
    "who": [Line(f"第{n}个条件，写得不算短的一行") for n in range(9)],
    "more": True,
    "materials": "材" * WIDTH * 2,
    "where": "处" * WIDTH * 3,
    "begins": "2026年12月1日",
}


@with_font
@pytest.mark.parametrize(
    "given",
    [{}, NOTHING, {"draft": True}, {"begins": "2026年12月1日"}, FULL],
    ids=["usual", "nothing said", "draft", "not yet open", "full"],
)
def test_it_says_what_the_page_says(given: dict[str, Any]) -> None:
    sheet = a_sheet(**given)

    paper = Paper(leaflet_pdf(sheet, day=DAY))

    lines = Words(page_of(sheet)).lines
    assert len(lines) > 10
    assert [line for line in lines if line not in paper.text] == []
    assert "none" not in paper.text.lower()


@with_font
def test_it_is_one_side_of_a4_in_real_text_with_a_title_and_tags() -> None:
    paper = Paper(leaflet_pdf(a_sheet(), day=DAY))

    assert paper.texts[0].endswith("第1页，共1页")
    assert [round(side) for side in paper.file[0].get_size()] == [595, 842]
    assert paper.file.get_metadata_dict()["Title"] == "高龄津贴 · 政策明白纸"
    assert paper.file.is_tagged()


@with_font
def test_nothing_that_matters_is_smaller_than_sixteen_points_and_it_is_two_pages_at_most() -> None:
    usual, full = (Paper(leaflet_pdf(a_sheet(**given), day=DAY)) for given in ({}, FULL))

    assert min(usual.sizes()[sign] for sign in "具户截带") >= 22
    assert min(full.sizes()[sign] for sign in "个条材处") >= 16
    assert len(usual.texts) == 1
    assert len(full.texts) <= 2


@with_font
def test_the_poster_is_larger_and_tells_whom_to_ask() -> None:
    usual, full = (Paper(poster_pdf(a_sheet(**given), day=DAY)) for given in ({}, FULL))

    assert min(usual.sizes()[sign] for sign in "具户截带") >= 26
    assert min(full.sizes()[sign] for sign in "个条") >= 20
    assert (len(usual.texts), len(full.texts)) == (1, 2)
    assert close("看不清、不明白，打 0531-00000001，或到社区来问") in usual.text
    assert "不想再收到" not in usual.text


@with_font
def test_what_was_read_from_a_document_is_text_and_no_markup() -> None:
    nasty = "*高龄* #panic() @x <y> $a$ = `z` \\"

    paper = Paper(leaflet_pdf(a_sheet(title=nasty, where='#read("/etc/passwd")'), day=DAY))

    assert close(nasty) in paper.text
    assert '#read("/etc/passwd")' in paper.text


def test_without_a_chinese_font_one_line_names_what_to_install() -> None:
    bare = typst.Fonts(include_system_fonts=False)

    with pytest.raises(NoFont, match="fonts-noto-cjk"):
        typeset([], title="", office=a_sheet().office, printed="", day=DAY, fonts=bare)
