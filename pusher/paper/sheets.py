"""The leaflet and the poster of a policy as PDF: the same content as the page, ready to print."""

from dataclasses import asdict
from datetime import date
from typing import Any

from pusher.paper.typeset import typeset
from pusher.sending.leaflet import Sheet


def leaflet_pdf(sheet: Sheet, *, day: date) -> bytes:
    """The leaflet that is carried to a door: one A4 side, 16 to 22 points; two at most.

    Args:
        sheet: its `printed` is *day* in words.
        day: of the document.

    Raises:
        NoFont: see `typeset`.
    """
    return _typeset(sheet, "leaflet", day)


def poster_pdf(sheet: Sheet, *, day: date) -> bytes:
    """The poster for a notice board: A4, the largest of 20 to 30 points that it fits in.

    Raises:
        NoFont: see `typeset`.
    """
    return _typeset(sheet, "poster", day)


def part_of(sheet: Sheet, kind: str) -> dict[str, Any]:
    """*sheet* as a part that is set as *kind*: ``leaflet`` or ``poster``."""
    return {
        "kind": kind,
        "title": sheet.title,
        "number": sheet.number,
        "benefit": sheet.benefit,
        "who": [asdict(line) for line in sheet.who],
        "more": sheet.more,
        "begins": sheet.begins,
        "until": sheet.until,
        "materials": sheet.materials,
        "where": sheet.where,
        "department": sheet.department,
        "phone": sheet.phone,
        "community": sheet.community,
        "draft": sheet.draft,
    }


def _typeset(sheet: Sheet, kind: str, day: date) -> bytes:
    return typeset(
        [part_of(sheet, kind)],
        title=f"{sheet.title} · 政策明白纸",
        office=sheet.office,
        printed=sheet.printed,
        day=day,
    )
