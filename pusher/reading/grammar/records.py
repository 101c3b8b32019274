"""Records that are told in one way: 立项 of a project."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, field, has

_APPROVED = re.compile(
    r"(?:获得?|取得|承担)?(?:的)?(?P<level>(?:国家|省|市|区)级?(?:(?:、|和|或|或者)(?:国家|省|市|区)级){0,3})(?P<up>及?以上)?(?:[^，。；、]{0,20}?)(?:项目|计划|专项)?立项"
)


def family() -> Family:
    """Return the family of records."""
    anchors = ("立项",)
    return Family(
        "records", "项目立项", anchors,
        (
            Rule(_APPROVED, _approved, "approval",
                 (("获得省级以上科技计划立项", "project_approvals has (level in province,nation)"),
                  ("取得国家级重点研发项目立项", "project_approvals has (level in nation)"))),
        ),
    )  # fmt: skip


def _approved(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    ranks = {"区": "district", "市": "city", "省": "province", "国": "nation"}
    named = [code for word, code in ranks.items() if word in mark["level"]]
    least = list(ranks.values()).index(named[0])
    levels = list(ranks.values())[least:] if mark["up"] else named
    return has("project_approvals", field("level", "in", levels))
