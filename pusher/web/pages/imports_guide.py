"""What a register may hold, for whoever prepares one: a page, and an empty table to fill in."""

import csv
import io
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from profiles.model import ProfileKind
from profiles.roster_guide import guide
from pusher.model.errors import NotFound
from pusher.web.desk import DeskHere
from pusher.web.gate import Looking
from pusher.web.layout import show

router = APIRouter()


@router.get("/imports/columns/{kind}.csv")
def empty_table(kind: str, who: Looking) -> Response:
    """A table of nothing but names of columns; spreadsheets know its encoding by its mark."""
    file = io.StringIO()
    csv.writer(file).writerow(column.name for column in guide(_known(kind)))
    name = quote(f"{_CALLED[_known(kind)]}名册空表.csv")
    return Response(
        "\ufeff" + file.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.get("/imports/columns/{kind}")
def columns_page(kind: str, request: Request, desk: DeskHere, who: Looking) -> Response:
    """Every column, and what stands in a cell of it."""
    of = _known(kind)
    return show(request, desk, who, "import_columns.html", kind=of, columns=guide(of))


_CALLED = {ProfileKind.RESIDENT: "居民", ProfileKind.ENTERPRISE: "企业"}


def _known(kind: str) -> ProfileKind:
    if kind not in list(ProfileKind):
        raise NotFound("没有这种名册")
    return ProfileKind(kind)
