"""The house stands as planned: imports run downward, each outside library has one home."""

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("reading", "matching", "sending", "listening")

# a constant, not a clock: rooms are told the time, but not in which zone an office lives
ZONE = "pusher.clock.OFFICE_ZONE"

MAY_IMPORT: dict[str, set[str]] = {
    # who: whom (of our own rooms); the list is the truth and changes with a reason beside it
    "profiles": set(),
    "pusher.model": {"profiles"},
    "pusher.rules": {"profiles"},
    "pusher.words": set(),
    "pusher.settings": {"pusher.failpoint", "pusher.terms"},
    # how long a duty may take: a table and how an office overrules it
    "pusher.terms": set(),
    "pusher.clock": set(),
    "pusher.wal": set(),
    "pusher.store": {"profiles", "pusher.wal"},
    "pusher.migrations": {"profiles", "pusher.model", "pusher.store"},
    "pusher.audit": {"profiles", "pusher.model"},
    # a hold stops every room that sends, and is placed by doors and by who restores a backup
    "pusher.hold": {"profiles", "pusher.model", "pusher.audit"},
    # terms are counted in the office's working days wherever they are counted
    "pusher.working_days": {"profiles", "pusher.model"},
    # every room may open one, and a door closes it
    "pusher.duties": {"profiles", "pusher.model", "pusher.audit"},
    "pusher.looks": {"profiles", "pusher.model", "pusher.audit"},
    "pusher.office": {"profiles", "pusher.model", "pusher.audit"},
    "pusher.clockwork": {"profiles", "pusher.model", "pusher.hold"},
    "pusher.staff": {"profiles", "pusher.model", "pusher.audit"},
    "pusher.second_factor": {"profiles", "pusher.model", "pusher.audit"},
    # what a person may ask for crosses every room's tables
    "pusher.privacy": {
        "profiles", "pusher.model", "pusher.audit", "pusher.settings", "pusher.store",
        "pusher.matching", "pusher.sending", "pusher.listening",
    },
    # registers at the doors: what both the command line and the console do with one
    "pusher.registers": {"profiles", "pusher.audit", "pusher.store"},
    "pusher.failpoint": set(),
    "pusher.gateways": {"pusher.settings", "pusher.failpoint"},
    "pusher.reading": {
        "profiles", "pusher.model", "pusher.rules", "pusher.words", "pusher.audit", "pusher.store",
        "templates", "pusher.duties",
        # an interpretation is due some working days after the publication
        "pusher.working_days",
    },
    "pusher.matching": {
        "profiles", "pusher.model", "pusher.rules", "pusher.words", "pusher.audit", "pusher.store",
    },
    "pusher.sending": {
        "profiles", "pusher.model", "pusher.rules", "pusher.gateways", "pusher.audit",
        "pusher.hold", "pusher.failpoint", "pusher.store", "pusher.settings", "templates", ZONE,
        "pusher.working_days",
    },
    "pusher.listening": {
        "profiles", "pusher.model", "pusher.gateways", "pusher.audit", "pusher.failpoint",
        "pusher.store", "pusher.settings", "pusher.plain", "pusher.duties", ZONE,
        "pusher.working_days", "pusher.terms",
        # a question is cut into words, judged by a rule, and answered in the templates' words
        "pusher.rules", "pusher.words", "templates",
    },
    # what is printed tells of policies and of the doors that somebody walks to
    "pusher.paper": {
        "profiles", "pusher.model", "pusher.sending", "pusher.listening", "pusher.audit",
        "templates", ZONE,
    },
    "pusher.plain": set(),
    "pusher.programs": {"profiles", "pusher.model", "pusher.audit"},
    # what a person's number looks like is said once
    "pusher.log": {"profiles", ZONE},
    # the operator's verbs look at everything that has rows, a file or a table of settings
    "pusher.keeping": {
        "profiles", "pusher.model", "pusher.gateways", "pusher.audit", "pusher.hold",
        "pusher.store", "pusher.settings", ZONE,
        # whether the clockwork lives is answered once
        "pusher.privacy", "pusher.clockwork",
    },
    # the stand-in for the vendors knows only which templates are registered with them
    "pusher.sandbox": {"profiles", "templates", "pusher.settings", "pusher.clock"},
}  # fmt: skip
DOORS = (
    "jobs", "pusher.rounds", "pusher.worker", "pusher.__main__", "pusher.commands", "pusher.web",
    "pusher.demo",
)  # fmt: skip

HOMES: dict[str, tuple[str, ...]] = {
    "httpx": ("pusher.gateways", "pusher.reading.watch", "pusher.web.sign_in", "pusher.sandbox",
              "pusher.demo"),
    "httpx_aiohttp": ("pusher.gateways.post",),
    "aiohttp": ("pusher.gateways.post",),
    "fastapi": ("pusher.web", "pusher.sandbox"),
    "apscheduler": ("jobs",),
    "jieba": ("pusher.words",),
    "rjieba": ("pusher.words",),
    "sklearn": ("pusher.reading.train",),
    # a terminal reads the console's own words
    "jinja2": ("pusher.web", "pusher.sending.leaflet", "pusher.sandbox", "pusher.commands.words"),
    "chinese_calendar": ("pusher.sending.hours",),
    "prometheus_client": ("pusher.web.metrics",),
    "cryptography": ("profiles.sealing", "pusher.gateways", "pusher.sandbox"),
    "pyotp": ("pusher.second_factor",),
    "segno": ("pusher.web.code",),
    "typst": ("pusher.paper.typeset",),
    "PIL": ("pusher.reading.photo",),
    "click": ("pusher.__main__", "pusher.commands"),
    "openpyxl": ("profiles.workbook_child",),
}  # fmt: skip


def module_of(file: Path) -> str:
    parts = list(file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass
class Seen:
    """What a module says that the house asks about."""

    imports: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    waits: bool = False


@cache
def seen_in(source: str) -> Seen:
    """Walk through *source* once: that is what takes the time."""
    seen = Seen()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            seen.imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{ast.unparse(node)}: imports are absolute"
            seen.imports += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            seen.names.add(ast.unparse(node))
        elif isinstance(node, ast.AsyncFunctionDef):
            seen.waits = True
    return seen


def lies_in(module: str, rooms: tuple[str, ...] | set[str]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def wrong_imports(source: str, module: str) -> list[str]:
    """Sentences on what *module* imports and must not."""
    home = next((room for room in MAY_IMPORT if lies_in(module, (room,))), None)
    wrong = []
    for name in seen_in(source).imports:
        top = name.split(".", 1)[0]
        if top in HOMES and not lies_in(module, HOMES[top]):
            wrong.append(f"{module} imports {top}, whose home is {', '.join(HOMES[top])}")
        ours = top in ("profiles", "pusher", "templates", "jobs")
        if not ours or home is None or lies_in(name, (home,)) or name == "pusher":
            continue
        if not lies_in(name, MAY_IMPORT[home]):
            wrong.append(f"{module} imports {name}")
    return wrong


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("profiles", "pusher", "templates")]
    return [ROOT / "jobs.py", *(f for folder in folders for f in folder.rglob("*.py"))]


@pytest.mark.parametrize("file", sources(), ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_downward(file: Path) -> None:
    assert wrong_imports(file.read_text(), module_of(file)) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("profiles.roster", "from pusher.model.policy import Policy"),
        ("profiles.roster", "import pusher.store"),
        ("pusher.matching.match", "from pusher.sending import compose"),
        ("pusher.sending.deliver", "import httpx"),
        ("pusher.rules.judge", "from pusher.model.match import Decision"),
        ("pusher.gateways.aliyun", "from pusher.store import Store"),
        ("pusher.reading.ingest", "import jieba"),
        ("pusher.store", "import jobs"),
    ],
)
def test_a_planted_bad_import_is_seen(module: str, line: str) -> None:
    assert wrong_imports(line, module) != []


def test_every_module_belongs_to_a_known_room() -> None:
    for file in sources():
        module = module_of(file)
        if module not in ("pusher", "templates"):
            assert lies_in(module, set(MAY_IMPORT) | set(DOORS)), module


def test_only_the_settings_read_the_environment() -> None:
    readers = {module_of(f) for f in sources() if "os.environ" in seen_in(f.read_text()).names}

    assert readers <= {"pusher.settings"}


def test_only_doors_gateways_and_the_stand_in_read_the_clock() -> None:
    rooms = ("pusher.clock", "pusher.gateways", "pusher.sandbox")
    clocks = {"datetime.now", "time.time", "date.today"}
    readers = {module_of(f) for f in sources() if clocks & seen_in(f.read_text()).names}

    assert {m for m in readers if not lies_in(m, rooms)} == set()


def test_async_functions_live_where_they_are_needed() -> None:
    # a request's raw body can only be awaited
    rooms = ("pusher.gateways.post", "pusher.sandbox", "pusher.web.raw_body")
    found = {module_of(f) for f in sources() if seen_in(f.read_text()).waits}

    assert {m for m in found if not lies_in(m, rooms)} == set()


def test_no_name_says_nothing() -> None:
    empty_names = {"utils", "helpers", "common", "manager", "service", "misc", "models", "views"}

    assert {f for f in sources() if {*f.with_suffix("").parts} & empty_names} == set()
