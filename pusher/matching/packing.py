"""Columns as bytes and back: plain arrays and JSON, nothing that runs when it is read."""

import io
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np

from pusher.matching.columns import LISTS, Column, Rows, Table
from pusher.matching.segment import Segment

FORMAT = 1
"""Raise it with any change of what is packed: older copies are then made anew."""


class OldFormat(ValueError):
    """These bytes were packed by another version of the program."""


def packed(segment: Segment) -> bytes:
    """A segment as compressed bytes; to be sealed."""
    arrays: dict[str, Any] = {}
    head = {
        "format": FORMAT,
        "ids": [one.hex for one in segment.ids],
        "marks": [mark.hex() for mark in segment.marks],
        "street_codes": list(segment.street_codes),
        "table": _table(segment.table, "t", arrays),
    }
    arrays["streets"], arrays["firms"] = segment.streets, segment.firms
    arrays["head"] = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpacked(blob: bytes) -> Segment:
    """What `packed` made.

    Raises:
        OldFormat: packed by another version.
    """
    with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        if head["format"] != FORMAT:
            raise OldFormat("packed by another version")
        return Segment(
            table=_read(head["table"], arrays),
            ids=[UUID(hex=text) for text in head["ids"]],
            marks=[bytes.fromhex(text) for text in head["marks"]],
            firms=arrays["firms"],
            streets=arrays["streets"],
            street_codes=head["street_codes"],
        )


def _table(table: Table, name: str, arrays: dict[str, Any]) -> dict[str, Any]:
    arrays[f"{name}:parents"], arrays[f"{name}:odd"] = table.parents, table.odd
    columns = {}
    for code, column in table.columns.items():
        arrays[f"{name}:{code}"] = column.codes
        if column.until is not None:
            arrays[f"{name}:{code}:until"] = column.until
        columns[code] = {"values": [_value(v) for v in column.values], "lapsed": column.lapsed}
    children = {code: _table(t, f"{name}/{code}", arrays) for code, t in table.children.items()}
    return {"name": name, "size": table.size, "columns": columns, "children": children}


def _value(value: object) -> object:
    """Sets of values that a computed fact may have are marked as such; the rest is JSON."""
    if isinstance(value, frozenset):
        return {"may_be": sorted(value, key=str)}
    return value


def _read(head: Mapping[str, Any], arrays: Mapping[str, Any]) -> Table:
    name = head["name"]
    columns = {
        code: Column(
            LISTS if code in head["children"] else [_value_of(v) for v in told["values"]],
            arrays[f"{name}:{code}"],
            _until(f"{name}:{code}:until", arrays),
            told["lapsed"],
        )
        for code, told in head["columns"].items()
    }
    children = {code: _read(child, arrays) for code, child in head["children"].items()}
    return Table(head["size"], columns, children, arrays[f"{name}:parents"], arrays[f"{name}:odd"])


def _value_of(value: object) -> object:
    return frozenset(value["may_be"]) if isinstance(value, dict) and "may_be" in value else value


def _until(name: str, arrays: Mapping[str, Any]) -> Rows | None:
    return arrays.get(name)
