"""Homes, parents, hired people and own businesses: what one sentence says of a record."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, field, has
from pusher.reading.grammar.phrases.places import area_in

_OWNER = re.compile(
    r"(?:^|(?<=[。；，：\n]))(?P<where>[^。；，]{0,80}?)(?:的)?(?:房屋|住房|房产)?(?:的)?(?:所有权人|产权人|业主)(?=$|[，。；、（]|可|享受|为|的|申请|均)"
)
_SEATED = re.compile(
    r"(?:房屋|住房|房产)(?:坐落|位于|座落)(?:于|在)?(?P<where>[^，。；、]{2,14}?)(?:范围内|辖区)?(?:并|且|，)?(?:登记在|在)?(?:本人)?名下"
)
_ESTATE = re.compile(r"[\u4e00-\u9fff\d]{2,10}?(?:小区|花园|家园|新村|大院|宿舍|公寓|苑)")


def family() -> Family:
    """Return the family of homes, parents, hired people and own businesses."""
    return Family(
        "households", "住房、父母情况、招用和创业",
        ("名下", "所有权人", "产权人", "业主", "住房", "房产", "房屋", "父母", "招用", "吸纳", "录用", "聘用", "留用", "见习", "引进", "招收", "接收", "创办", "开办", "领办", "登记", "注册", "租", "工资", "法定代表人", "个体经营"),
        (
            Rule(_OWNER, _owner, "homes",
                 (("道德街街道范围内房屋所有权人", "homes_owned has (area within 370104003 & disposed_on null None)"),
                  ("幸福小区、光明花园的房屋所有权人", "homes_owned has (estate in 幸福小区,光明花园 & disposed_on null None)"))),
            Rule(_SEATED, _owner, "homes",
                 (("房屋坐落在营市街街道并登记在本人名下", "homes_owned has (area within 370104006 & disposed_on null None)"),
                  ("住房位于道德街街道且登记在本人名下", "homes_owned has (area within 370104003 & disposed_on null None)"))),
        ),
    )  # fmt: skip


def _owner(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    said = re.sub(r"^.*?(?:对象|范围)(?:为|是)", "", mark["where"])
    codes = area_in(said, scope.area_code)
    where = [field("area", "within", codes)] if codes else []
    estates = [
        name.lstrip("、和及")
        for name in _ESTATE.findall(said)
        if not re.search("老旧|以上|住宅|的", name)
    ]
    if estates and not codes:
        where.append(field("estate", "in", estates))
    return has("homes_owned", *where, field("disposed_on", "null", None))
