"""The command line starts light: help loads none of the heavy rooms."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "sklearn", "sqlalchemy", "fastapi", "jieba", "httpx", "apscheduler", "jinja2")

LOOK = f"""
import sys
from pusher.__main__ import pusher
pusher.main(sys.argv[1:], prog_name="pusher", standalone_mode=False)
print(*sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("verb", [[], ["policy"], ["batch"], ["jobs"], ["demo"]], ids=str)
def test_help_loads_no_heavy_library(verb: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOOK, *verb, "--help"], capture_output=True, text=True, check=True
    )

    assert run.stderr.split() == []
    assert "用法" in run.stdout


def test_importing_the_package_loads_nothing() -> None:
    look = f"import sys, pusher; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert run.stdout.split() == []
