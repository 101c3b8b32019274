"""Every regular expression of the product, and for each the texts that would hurt it most.

A pattern hurts where it looks at the same stretch again and again: from every place at which it may
begin, or for every way in which a stretch may be cut. So each repeat without an end is fed with
what it repeats, with what stands before it, and with both in turns, and never with what it waits
for.
"""

import ast
import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from re import _constants as sre
from re import _parser as parser
from types import ModuleType
from typing import Any

import profiles
import pusher

_FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
_ENDLESS = 300
"""A repeat that may go on so long counts as one without an end."""
_WAITED_FOR = "\x01"
"""Ends a text with what no pattern waits for."""
_SAMPLES = "甲1 a一-，（\n"


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern of the product.

    Attributes:
        at: its module, and its line or its beginning.
        from_the_start: it is only ever held against the beginning of a text.
    """

    at: str
    pattern: re.Pattern[str]
    from_the_start: bool = False

    @property
    def of_documents(self) -> bool:
        """Whether it sees nothing but lines that were squeezed before."""
        return self.at.startswith("pusher.reading.")


def all_patterns() -> list[Found]:
    """Every pattern that stands in a module, or was made of the product's own lists of words."""
    found: dict[tuple[str, int], Found] = {}
    for module in _modules():
        for one in [*_written_in(module), *_made_by(module)]:
            found.setdefault((one.pattern.pattern, one.pattern.flags), one)
    return list(found.values())


def hostile_texts(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts of about *size* characters that a pattern has to look at for long."""
    for head, unit in _loads(pattern):
        yield head + unit * (size // len(unit)) + _WAITED_FOR


@functools.cache
def _loads(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """What a text begins with, and what it then says over and over."""
    found = [
        load
        for before, body in _repeats(parser.parse(pattern.pattern, pattern.flags))
        for load in (("", body), (before, body), ("", before + body), ("", before))
    ]
    return [load for load in dict.fromkeys(found) if load[1]]


def _modules() -> Iterator[ModuleType]:
    for package in (pusher, profiles):
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in one.name and not one.name.endswith("__main__"):
                yield importlib.import_module(one.name)


def _written_in(module: ModuleType) -> Iterator[Found]:
    """Patterns in the text of a module, their parts filled in from its names."""
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    names = {}
    for node in ast.walk(tree := ast.parse(text)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[node.value] = node.targets[0].id
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and call.args and (way := _function_of_re(call.func))):
            continue
        pattern, *flags = (
            _worth(part, module) for part in (*call.args, *(k.value for k in call.keywords))
        )
        if isinstance(pattern, str):
            flag = next((f for f in flags if isinstance(f, re.RegexFlag)), re.NOFLAG)
            ways = {way}
            if way == "compile" and call in names:
                ways = set(re.findall(rf"\b{names[call]}\.(\w+)", text))
            yield Found(
                f"{module.__name__}:{call.lineno}",
                re.compile(pattern, flag),
                bool(ways) and ways <= {"match", "fullmatch"},
            )


def _function_of_re(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.attr if called.value.id == "re" and called.attr in _FUNCTIONS else ""
    return ""


def _worth(part: ast.expr, module: ModuleType) -> Any:
    try:
        return eval(compile(ast.Expression(part), "", "eval"), vars(module))
    except NameError:
        return None  # of a local name: found by what it makes


def _made_by(module: ModuleType) -> Iterator[Found]:
    """Patterns that a module keeps, or makes once of lists of words."""
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", "") not in (module.__name__, ""):
            continue
        kept = isinstance(value, functools._lru_cache_wrapper)
        if kept or (name == "family" and module.__name__.startswith("pusher.reading.grammar.")):
            try:
                value = value()
            except TypeError:
                continue  # it wants to be told of what
        for pattern in _within(value):
            yield Found(f"{module.__name__}:{pattern.pattern[:30]}", pattern)


def _within(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 9:
        parts: Sequence[Any] = ()
        if isinstance(value, dict):
            parts = list(value.values())
        elif isinstance(value, tuple | list | set | frozenset):
            parts = list(value)
        elif isinstance(value, functools.partial):
            parts = list(value.args)
        elif is_dataclass(value) and not isinstance(value, type):
            parts = [getattr(value, field.name, None) for field in fields(value)]
        for part in parts:
            yield from _within(part, depth + 1)


def _repeats(parts: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Each repeat without an end: the shortest text that leads to it, and one it repeats."""
    for kind, given in parts:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = given
            if most >= _ENDLESS and (once := _shortest(body)):
                yield before, once
            yield from _repeats(body, before)
        elif kind is sre.BRANCH:
            for branch in given[1]:
                yield from _repeats(branch, before)
        elif kind in (sre.SUBPATTERN, sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(given[-1], before)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(given, before)
        before += _shortest([(kind, given)])


def _shortest(parts: Any) -> str:
    return "".join(_one(kind, given) for kind, given in parts)


def _one(kind: Any, given: Any) -> str:
    if kind is sre.LITERAL:
        return chr(given)
    if kind is sre.NOT_LITERAL:
        return next(sign for sign in _SAMPLES if ord(sign) != given)
    if kind is sre.ANY:
        return _SAMPLES[0]
    if kind is sre.IN:
        return _of_class(given)
    if kind is sre.BRANCH:
        return _shortest(given[1][0])
    if kind is sre.SUBPATTERN:
        return _shortest(given[-1])
    if kind is sre.ATOMIC_GROUP:
        return _shortest(given)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _shortest(given[2]) * int(given[0])
    return ""


def _of_class(parts: Sequence[tuple[Any, Any]]) -> str:
    named = [chr(g) for k, g in parts if k is sre.LITERAL]
    named += [chr(g[0]) for k, g in parts if k is sre.RANGE]
    wanted = parts[0][0] is not sre.NEGATE
    fits = (sign for sign in (*_SAMPLES, *named) if _is_in(sign, parts) == wanted)
    return next(fits, _SAMPLES[0])


def _is_in(sign: str, parts: Sequence[tuple[Any, Any]]) -> bool:
    kinds = {
        sre.CATEGORY_DIGIT: sign.isdigit(),
        sre.CATEGORY_NOT_DIGIT: not sign.isdigit(),
        sre.CATEGORY_SPACE: sign.isspace(),
        sre.CATEGORY_NOT_SPACE: not sign.isspace(),
        sre.CATEGORY_WORD: sign.isalnum() or sign == "_",
        sre.CATEGORY_NOT_WORD: not (sign.isalnum() or sign == "_"),
    }
    return any(
        (kind is sre.LITERAL and ord(sign) == given)
        or (kind is sre.RANGE and given[0] <= ord(sign) <= given[1])
        or (kind is sre.CATEGORY and kinds[given])
        for kind, given in parts
    )
