"""Records that are told in one way: 立项 of a project, 居住证 of a person."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, field, has

_APPROVED = re.compile(
    r"(?:获得?|取得|承担)?(?:的)?(?P<level>(?:国家|省|市|区)级?(?:(?:、|和|或|或者)(?:国家|省|市|区)级){0,3})(?P<up>及?以上)?(?:[^，。；、]{0,20}?)(?:项目|计划|专项)?立项"
)
_PERMIT = re.compile(
    r"(?:持有?|办理|取得|领取)(?:有)?(?:[^，。；、]{0,8}?)(?:有效|有效期内)?(?:的)?[《“]?居住证[》”]?(?!明)(?:的)?(?:人员|居民)?"
)


def family() -> Family:
    """Return the family of records."""
    anchors = ("立项", "居住证")
    return Family(
        "records", "项目立项和居住证", anchors,
        (
            Rule(_APPROVED, _approved, "approval",
                 (("获得省级以上科技计划立项", "project_approvals has (level in province,nation)"),
                  ("取得国家级重点研发项目立项", "project_approvals has (level in nation)"))),
            Rule(_PERMIT, _permit, "permit",
                 (("持有居住证", "residence_permit has (valid_to on_or_after_as_of None)"),
                  ("办理居住证的人员", "residence_permit has (valid_to on_or_after_as_of None)"))),
        ),
    )  # fmt: skip


def _approved(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    ranks = {"区": "district", "市": "city", "省": "province", "国": "nation"}
    named = [code for word, code in ranks.items() if word in mark["level"]]
    least = list(ranks.values()).index(named[0])
    levels = list(ranks.values())[least:] if mark["up"] else named
    return has("project_approvals", field("level", "in", levels))


def _permit(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("residence_permit", field("valid_to", "on_or_after_as_of", None))
