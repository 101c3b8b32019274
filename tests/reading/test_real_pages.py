"""Real pages of government sites, held against what a careful reader noted of them.

Floors stand a little under what was measured: they catch a fall, they do not fit a page.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pusher.reading.documents import Document, IndexPage, read
from pusher.reading.metadata import Metadata, read_metadata
from tests.reading.split import ONLY_MEASURED, WORKED_ON

# Of 29 pages, 28 documents and one index page.
FLOORS = {
    "title": 28,
    "doc_number": 28,
    "issuer": 27,
    "publish_date": 28,
    "index_no": 28,
    "body_first": 28,
    "body_last": 27,
    # The reader left out one date under a signature, and terms that are counted from a clause.
    "written_date": 27,
    "effective_date": 26,
    "expiry_date": 25,
}
WHOLE = 14
"""Pages of which title, number, office, both dates, first and last sentence are all right."""


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, dict[str, Any]]:
    noted: dict[str, dict[str, Any]] = json.loads(
        (shared / "data/policy_pages/expected.json").read_text("utf-8")
    )
    return noted


@pytest.fixture(scope="module")
def judged(shared: Path, expected: dict[str, dict[str, Any]]) -> dict[str, dict[str, bool]]:
    return {
        name: _judge(shared / "data/policy_pages" / name, noted) for name, noted in expected.items()
    }


def test_each_field_is_right_on_nearly_every_page(judged: dict[str, dict[str, bool]]) -> None:
    right = Counter(field for page in judged.values() for field, ok in page.items() if ok)

    for group in (WORKED_ON, ONLY_MEASURED):
        of = Counter(f for name in group for f, ok in judged[name].items() if ok)
        print(len(group), {field: f"{of[field]}/{len(group)}" for field in FLOORS})
    assert {f: right[f] for f, floor in FLOORS.items() if right[f] < floor} == {}


def test_documents_are_right_as_a_whole(
    judged: dict[str, dict[str, bool]], expected: dict[str, dict[str, Any]]
) -> None:
    fields = ("title", "doc_number", "issuer", "written_date", "publish_date", "body_first",
              "body_last")  # fmt: skip
    documents = [name for name, noted in expected.items() if noted["issuer"]]
    whole = [name for name in documents if all(judged[name][field] for field in fields)]

    print(f"{len(whole)}/{len(documents)} documents, all of them in every field")
    assert len(whole) >= WHOLE


def test_no_number_is_read_where_there_is_none(
    judged: dict[str, dict[str, bool]], expected: dict[str, dict[str, Any]]
) -> None:
    without = [name for name, noted in expected.items() if noted["doc_number"] is None]

    assert all(judged[name]["doc_number"] for name in without)


def test_no_body_holds_what_stands_around_it(
    shared: Path, expected: dict[str, dict[str, Any]]
) -> None:
    around = ("分享到", "长者专区", "【打印】", "浏览次数", "相关附件", "网站地图", "粤ICP备")

    for name, noted in expected.items():
        if noted["is_article"]:
            text = _read(shared / "data/policy_pages" / name)[0].text
            assert [words for words in around if words in text] == [], name


def test_an_index_page_is_no_document(shared: Path, expected: dict[str, dict[str, Any]]) -> None:
    lists = [name for name, noted in expected.items() if not noted["is_article"]]

    assert lists
    for name in lists:
        with pytest.raises(IndexPage):
            _read(shared / "data/policy_pages" / name)


def _read(file: Path) -> tuple[Document, Metadata]:
    document = read(file.read_bytes(), file.name)
    return document, read_metadata(document)


def _judge(file: Path, noted: dict[str, Any]) -> dict[str, bool]:
    if not noted["is_article"]:
        return dict.fromkeys(FLOORS, True)
    document, told = _read(file)
    found = {
        "title": told.title,
        "doc_number": told.document_number,
        "issuer": list(told.issuers) or None,
        "publish_date": told.published_on and told.published_on.isoformat(),
        "written_date": told.written_on and told.written_on.isoformat(),
        "index_no": told.index_number,
        "effective_date": told.effective_on and told.effective_on.isoformat(),
        "expiry_date": told.expires_on and told.expires_on.isoformat(),
    }
    text = _bare(document.text)
    return {
        **{field: value == noted[field] for field, value in found.items()},
        "body_first": _bare(noted["body_first"]) in text,
        "body_last": _bare(noted["body_last"]) in text,
    }


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
