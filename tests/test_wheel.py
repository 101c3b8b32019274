"""What an office installs: the wheel, in an empty environment, started from another folder."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: object, **given: object) -> str:
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, check=False, **given
    )  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr[-2000:]
    return str(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of an environment that has the wheel and what it needs, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "empty")
    into = [*pip, "--python", folder / "empty"]
    locked = ["--require-hashes", "--no-deps", "-r", ROOT / "requirements.lock"]
    run(*into, "install", "--no-compile", *locked)
    run(*into, "install", "--no-deps", next(folder.glob("policy_pusher-*.whl")))
    return folder / "empty" / "bin"


def two_free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue


def test_the_installed_wheel_walks_the_whole_story(installed: Path, tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PUSHER_", "PYTHON"))}

    told = run(
        installed / "pusher", "demo", "--once", "--port", str(two_free_ports()),
        cwd=tmp_path, env=clean,
    )  # fmt: skip

    summary = json.loads(told)
    assert summary["policies"] == 12
    assert summary["profiles"] >= 290
    assert summary["notices"]["accepted"] > 0
    # a firm's WeCom tells of no message what became of it
    assert 0 <= summary["untold"] < summary["notices"]["accepted"]
    assert summary["receipts"] >= summary["notices"]["accepted"] - summary["untold"]
    assert sum(summary["withheld"].values()) == summary["notices"].get("withheld", 0)
    assert summary["opt_outs"] > 0
    assert summary["offline"] > 0
