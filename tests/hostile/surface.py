"""The whole surface of the doors as an OpenAPI description: routes, ids, queries and form fields.

The console has forms, not a documented API; so what a browser could send is read off its own pages.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from fastapi.routing import APIRoute
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pusher.web.gate import routes_of
from tests.web.browsing import HOST, Browser, Console

MOST_PAGES = 150
ODD_IDS = ["0", "-1", "x", "00000000-0000-0000-0000-000000000000", "%00", "..", "9" * 200]


@dataclass
class Surface:
    """What pages show can be sent: query names and form fields by route."""

    console: Console
    ids: dict[str, list[str]]
    queries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fields: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def __post_init__(self) -> None:
        self.routes = [
            (method, route.path, _shape_of(route))
            for route in routes_of(self.console.app)
            for method in sorted(route.methods or ())
        ]

    def walk(self, browser: Browser, start: Iterable[str]) -> None:
        """Follow every link from *start* and remember what the pages offer."""
        waiting = list(start)
        seen: set[tuple[str, str]] = set()
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            place = self._note_query(path)
            if place is None or (place, urlsplit(path).query) in seen:
                continue
            seen.add((place, urlsplit(path).query))
            answer = browser.get(path)
            assert answer.status_code < 500, path
            if "text/html" in answer.headers.get("content-type", ""):
                waiting += self._read(answer.text, path)

    def openapi(self, *, real: bool) -> dict[str, Any]:
        """An OpenAPI description of every route.

        Args:
            real: ids that stand for something, and forms with all of their fields; otherwise ids
                of nothing, and forms with some.
        """
        paths: dict[str, Any] = defaultdict(dict)
        for method, path, _ in self.routes:
            operation: dict[str, Any] = {
                "parameters": [*self._holes(path, real), *self._asked(path)],
                "responses": {"default": {"description": "whatever, but no 5xx"}},
            }
            if method == "POST":
                operation["requestBody"] = self._body(path, real)
            paths[path][method.lower()] = operation
        return {"openapi": "3.1.0", "info": {"title": "doors", "version": "1"}, "paths": paths}

    def _holes(self, path: str, real: bool) -> list[dict[str, Any]]:
        found = []
        for name in re.findall(r"{(\w+)}", path):
            values = self.ids.get(name) if real else None
            schema = {"enum": values} if values else {"anyOf": [{"enum": ODD_IDS}, _WORD]}
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
        return found

    def _asked(self, path: str) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "query", "schema": _TEXT}
            for name in sorted(self.queries[path] | {"page"})
        ]

    def _body(self, path: str, real: bool) -> dict[str, Any]:
        if path.startswith("/callbacks/"):
            any_json: dict[str, Any] = {"schema": {}}
            return {"content": {"application/json": any_json, "text/plain": {"schema": _TEXT}}}
        offered = {k: sorted(v) for k, v in self.fields[path].items() if k != "token"}
        schema = {
            "type": "object",
            "properties": {k: {"anyOf": [{"enum": v}, _TEXT]} if v else _TEXT
                           for k, v in offered.items()},
            "required": sorted(offered) if real else [],
            "additionalProperties": False,
        }  # fmt: skip
        return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}

    def _note_query(self, path: str) -> str | None:
        parts = urlsplit(path)
        place = self._place("GET", parts.path)
        if place is not None:
            self.queries[place] |= set(parse_qs(parts.query, keep_blank_values=True))
        return place

    def _place(self, method: str, path: str) -> str | None:
        return next((p for m, p, shape in self.routes if m == method and shape.match(path)), None)

    def _read(self, page: str, here: str) -> list[str]:
        tree = LexborHTMLParser(page)
        for form in tree.css("form"):
            action = urlsplit(urljoin(here, form.attributes.get("action") or "")).path
            method = (form.attributes.get("method") or "get").upper()
            place = self._place(method, action)
            for name, value in _offered(form):
                if place is None:
                    continue
                if method == "GET":
                    self.queries[place].add(name)
                else:
                    self.fields[place][name] |= {value} if value else set()
        found = [urljoin(here, a.attributes.get("href") or "") for a in tree.css("a[href]")]
        return [f.removeprefix(HOST) for f in found if f.startswith("/")]


_TEXT = {
    "anyOf": [
        {"type": "string", "maxLength": 40},
        {"enum": ["", "1", "-1", "9" * 400, "1e309", "NaN", "2026-02-30", "=1+1", "'; DROP", "on"]},
    ]
}


_WORD = {"type": "string", "minLength": 1, "maxLength": 60}


def _offered(form: LexborNode) -> Iterator[tuple[str, str]]:
    """Each field of a form with each value that it offers or holds; empty where it is free."""
    for node in form.css("[name]"):
        name = node.attributes.get("name") or ""
        options = node.css("option[value]") if node.tag == "select" else [node]
        for option in options:
            yield name, (option.attributes.get("value") or "")[:200]


def _shape_of(route: APIRoute) -> re.Pattern[str]:
    return re.compile("^" + re.sub(r"{\w+}", "[^/]+", route.path) + "$")
