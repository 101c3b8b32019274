"""The command line starts light: help loads none of the heavy rooms."""

import subprocess
import sys
from pathlib import Path

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


def test_reading_one_policy_loads_no_store_and_nothing_to_train_with(tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text("关于发放高龄津贴的通知\n年满80周岁的老年人可以申请。", encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-c", LOOK, "policy", "inspect", str(policy)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stderr.split() == ["numpy"]
    assert "高龄津贴" in run.stdout


def test_importing_the_package_loads_nothing() -> None:
    look = f"import sys, pusher; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert run.stdout.split() == []
