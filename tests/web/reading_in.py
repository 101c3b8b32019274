"""A policy as a clerk uploads it, and the form that confirms it."""

from typing import Any

from tests.makers import AGED, make_policy
from tests.web.browsing import Browser, Console

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>通知</title></head><body>
<h1>关于发放高龄津贴的通知（样例）</h1><p>槐民发〔2026〕9号</p>
<p>各街道办事处：现将有关事项通知如下。</p>
<p>一、发放对象。具有槐荫区户籍、年满80周岁的老年人，可以申领高龄津贴。</p>
<p>二、发放标准。每人每月100元。</p>
<p>三、申请时间为2026年11月1日至2026年12月18日。咨询电话：0531-00000001。</p>
<p>济南市槐荫区民政局</p><p>2026年10月20日</p></body></html>""".encode()


def upload(browser: Browser, content: bytes = PAGE, name: str = "通知.html") -> Any:
    return browser.post(
        "/policies", {}, page="/policies", files={"file": (name, content, "text/html")}
    )


def confirm_fields(**given: Any) -> dict[str, Any]:
    """A form as it would be sent, with the two conditions of `AGED`."""
    return {
        "act": "confirm",
        "short_title": "高龄津贴",
        "benefit_line": "每人每月100元",
        "apply_until": "2026-12-18",
        "audience": "resident",
        "subject": "self",
        "tags": ["M02"],
        "lines": "2",
        "line-0-kind": "leaf",
        "line-0-depth": "0",
        "line-0-fact": "household_area",
        "line-0-op": "within",
        "line-0-value": "槐荫区",
        "line-0-quote": "具有槐荫区户籍",
        "line-1-kind": "leaf",
        "line-1-depth": "0",
        "line-1-fact": "birth_date",
        "line-1-op": "age_ge",
        "line-1-value": "80",
        "line-1-quote": "年满80周岁的老年人",
        **given,
    }


def read_one(console: Console, **given: Any) -> str:
    """A policy as read; its address."""
    draft = {"rule": AGED, "audience": "resident", "subject": "self", **given}
    with console.office() as (session, office):
        return f"/policies/{make_policy(session, office, draft=draft).id}"
