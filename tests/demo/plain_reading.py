"""The demo's files read in the plainest way, by code of its own: what the product is held to."""

import csv
import json
import re
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DISTRICT = ROOT / "pusher" / "demo" / "district"
AS_OF = date(2026, 11, 25)

Row = dict[str, str]
Facts = dict[str, Any]

_INLINE = frozenset({"a", "b", "em", "font", "i", "o:p", "small", "span", "strong", "time"})
"""Every other element begins and ends a paragraph."""


class _Paragraphs(HTMLParser):
    """Text between two block elements is a paragraph; scripts and styles say nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []
        self.silent = False

    def close_paragraph(self) -> None:
        text = "".join(self.open).strip()
        self.open = []
        if text:
            self.found.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = self.silent or tag in ("script", "style", "title")
        if tag not in _INLINE:
            self.close_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self.silent = False
        if tag not in _INLINE:
            self.close_paragraph()

    def handle_data(self, text: str) -> None:
        if not self.silent:
            self.open.append(text.replace("\xa0", " "))


@cache
def paragraphs(file: Path) -> tuple[str, ...]:
    """The paragraphs of a policy, with the navigation around them."""
    raw = file.read_bytes()
    text = raw.decode("gb18030" if b"charset=gb2312" in raw[:400] else "utf-8")
    if file.suffix == ".txt":
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    reader = _Paragraphs()
    reader.feed(text)
    reader.close_paragraph()
    return tuple(reader.found)


def policy_files() -> dict[str, Path]:
    return {file.name[:3]: file for file in sorted((DISTRICT / "policies").iterdir())}


def rule_of(policy: str) -> dict[str, Any]:
    rule: dict[str, Any] = json.loads((DISTRICT / "rules" / f"{policy}.json").read_text("utf-8"))
    return rule


@cache
def roster(name: str) -> tuple[Row, ...]:
    with (DISTRICT / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def key_of(row: Row) -> str:
    return row.get("证件号码") or row["统一社会信用代码"]


@cache
def vocabulary() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "profiles" / "facts.json").read_text("utf-8"))
    return read


def facts_by_label() -> dict[str, dict[str, Any]]:
    return {fact["label"]: fact for fact in vocabulary()["facts"]}


def facts_of(row: Row) -> Facts:
    """The facts a row states; blank cells state none. Raises KeyError or ValueError if unread."""
    known = facts_by_label()
    stated = {column: cell for column, cell in row.items() if column in known and cell}
    facts = {known[column]["code"]: read(known[column], cell) for column, cell in stated.items()}
    if "证件号码" in row:
        number = row["证件号码"]
        facts["birth_date"] = birth_of(number)
        facts["sex"] = "male" if int(number[16]) % 2 else "female"
    return facts


def birth_of(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def read(fact: dict[str, Any], cell: str) -> Any:
    """The value of one cell, or of one field of a record."""
    kind = fact["type"]
    if kind == "bool":
        return {"是": True, "否": False}[cell]
    if cell == "无":
        return [] if kind in ("set", "record-list") else None
    if kind in ("number", "integer"):
        return float(cell) if kind == "number" else int(cell)
    if kind == "date":
        return date.fromisoformat(cell)
    if kind == "area":
        return {area["label"]: area["code"] for area in vocabulary()["areas"]}[cell]
    if kind == "industry":
        return re.fullmatch(r"\d{2,4}", cell)[0]  # type: ignore[index]
    if kind == "record-list":
        return [_record(fact, part) for part in cell.split("；")]
    return _choice(fact, cell)


def _choice(fact: dict[str, Any], cell: str) -> Any:
    if not fact.get("values"):
        return cell
    codes = {choice["label"]: choice["code"] for choice in fact["values"]}
    return [codes[part] for part in cell.split("、")] if fact["type"] == "set" else codes[cell]


def _record(fact: dict[str, Any], text: str) -> Facts:
    names = {name: field for field in fact["fields"] for name in (field["code"], field["label"])}
    pairs = [part.split("=") for part in text.split("，")]
    return {names[name]["code"]: read(names[name], value) for name, value in pairs}


def eighteenth_birthday(number: str) -> date:
    born = birth_of(number)
    try:
        return born.replace(year=born.year + 18)
    except ValueError:  # the 29th of February
        return date(born.year + 18, 2, 28) + timedelta(days=1)
