"""Real files of offices beside the project, held against what a careful reader noted of them."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pusher.reading.child import Reader
from pusher.reading.document import Document
from pusher.reading.metadata import read_metadata
from pusher.reading.refusals import NoTextLayer

FILES = ("d02.pdf", "d04.pdf", "d06.pdf", "d07.pdf", "d09.pdf", "d10.pdf", "d11.ofd")


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/policy_files"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, dict[str, Any]]:
    noted: dict[str, dict[str, Any]] = json.loads((folder / "expected.json").read_text("utf-8"))
    return noted


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_a_careful_reader_did(
    folder: Path, expected: dict[str, dict[str, Any]], reader: Reader, name: str
) -> None:
    noted = expected[name]
    content = (folder / name).read_bytes()
    if not noted["text_layer"]:
        with pytest.raises(NoTextLayer, match="扫描"):
            reader.read(content, name)
        return

    document = reader.read(content, name)

    assert _misses(document, noted) == []
    assert document.pages in (noted.get("pages"), document.pages if "pages" not in noted else None)


def _misses(document: Document, noted: dict[str, Any]) -> list[str]:
    told = read_metadata(document)
    text = bare(document.text)
    found: dict[str, Any] = {
        "title": bare(told.title or ""),
        "doc_number": told.document_number,
        "issuer": list(told.issuers) or None,
        "written_date": told.written_on,
        "publish_date": told.published_on,
    }
    misses = []
    for field, value in found.items():
        wanted = noted.get(field)
        if field not in noted or (field == "written_date" and len(str(wanted)) < 10):
            continue  # a year alone is no date
        same = bare(str(wanted)) if field == "title" else wanted
        if field.endswith("date"):
            same = date.fromisoformat(str(wanted))
        if value != same:
            misses.append(f"{field}: {value} instead of {same}")
    for place in ("body_first", "body_last"):
        if place in noted and bare(noted[place]) not in text:
            misses.append(place)
    return misses + [word for word in noted.get("must_not_contain", ()) if word in text]
