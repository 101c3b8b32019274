"""Take the README's pictures anew from the demo: ``make pictures`` (needs Chromium)."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
PORT = 8460
CONSOLE, PHONE = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT + 1}"
DESK: ViewportSize = {"width": 1440, "height": 900}
HAND: ViewportSize = {"width": 390, "height": 1500}
PATIENCE_S = 180.0


def main() -> None:
    """Start the demo, look at it as a clerk, a reviewer and a resident, and stop it."""
    verb = [sys.executable, "-m", "pusher", "demo", "--port", str(PORT)]
    with subprocess.Popen(verb, stderr=subprocess.PIPE, text=True) as demo:  # noqa: S603  (our own)
        try:
            passwords = _passwords(demo)
            with sync_playwright() as play:
                found = shutil.which("chromium") or shutil.which("google-chrome")
                browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
                _take(browser, passwords)
        finally:
            demo.send_signal(signal.SIGINT)


def _passwords(demo: subprocess.Popen[str]) -> dict[str, str]:
    assert demo.stderr is not None
    found: dict[str, str] = {}
    for line in demo.stderr:
        if account := re.fullmatch(r"  (\w+) +(\S+)\n", line):
            found[account[1]] = account[2]
        if "Ctrl-C" in line:
            return found
    raise SystemExit("the demo did not start")


def _take(browser: Browser, passwords: dict[str, str]) -> None:
    clerk = _sign_in(browser, "clerk", passwords["clerk"])
    _shoot(clerk, "overview")
    unread = clerk.get_by_role("link", name=re.compile("高龄老年人津贴"))
    clerk.goto(f"{CONSOLE}/policies")
    clerk.goto(f"{CONSOLE}{unread.first.get_attribute('href')}/confirm")
    _shoot(clerk, "policy")
    clerk.goto(f"{CONSOLE}/batches?state=draft")
    clerk.get_by_role("link", name=re.compile("情系桑榆")).first.click()
    batch = clerk.url
    _shoot(clerk, "preview", height=1440)
    clerk.locator("form[action$=submit] button").click()
    reviewer = _sign_in(browser, "reviewer", passwords["reviewer"])
    reviewer.goto(batch)
    reviewer.locator("form[action$=approve] input[type=checkbox]").check()
    reviewer.locator("form[action$=approve] button").click()
    person = browser.new_page(viewport=HAND, locale="zh-CN", device_scale_factor=1.5)
    person.goto(_link_of_somebody_who_fits(person))
    person.screenshot(path=HERE / "why.png")


def _sign_in(browser: Browser, login: str, password: str) -> Page:
    page = browser.new_page(viewport=DESK, locale="zh-CN")
    page.goto(f"{CONSOLE}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[type=password]", password)
    page.click("main button")
    page.wait_for_url(f"{CONSOLE}/")
    return page


def _shoot(page: Page, name: str, *, height: int = 900) -> None:
    page.set_viewport_size({"width": DESK["width"], "height": height})
    page.screenshot(path=HERE / f"{name}.png")


def _link_of_somebody_who_fits(page: Page) -> str:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for one in page.request.get(f"{PHONE}/_sandbox/messages").json():
            if one.get("url") and "可能符合" in one["text"]:
                return str(one["url"])
        time.sleep(1)
    raise SystemExit("nobody was written to")


if __name__ == "__main__":
    main()
