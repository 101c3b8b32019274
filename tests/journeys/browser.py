"""A real browser, where the machine has one: Chromium and a Chinese font come by no wheel."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# a patience for a busy machine, as everything else in a browser has it
expect.set_options(timeout=30_000)


def chromium() -> str:
    """Where it is; otherwise a skip that names the package, or a failure where one is required."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    fonts = shutil.which("fc-list")
    chinese = bool(fonts) and bool(
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    )
    if found and chinese:
        return found
    lacking = "fonts-noto-cjk" if found else "chromium"
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"a browser is required here: install {lacking}")
    pytest.skip(f"no browser test without the Debian package {lacking}")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield browser
        browser.close()
