"""Homes, parents, hired people and own businesses: what one sentence says of a record."""

import re
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.grammar.findings import Family, Rule, Scope, field, has, none
from pusher.reading.grammar.places import area_in

_OWNS_FIRM = re.compile(
    r"(?:在(?P<place>[^，。；、]{2,8}?))?(?:登记注册|注册登记|注册|创办|开办|经营)(?:的)?(?P<what>小微企业|企业|个体工商户)(?:的)?(?:法定代表人|经营者|负责人|业主)"
)
_TRADES = re.compile(r"从事个体经营(?:的)?")
_HEADS = re.compile(
    r"(?:申请人|申领人|本人)(?:须|应当?)?(?:为|是|担任)(?:该|其|所创办|创办)?(?:的)?(?:小微)?企业(?:的)?法定代表人"
)
_OWNER = re.compile(
    r"(?:^|(?<=[。；，：\n]))(?P<where>[^。；，]{0,80}?)(?:的)?(?:房屋|住房|房产)?(?:的)?(?:所有权人|产权人|业主)(?=$|[，。；、（]|可|享受|为|的|申请|均)"
)
_SEATED = re.compile(
    r"(?:房屋|住房|房产)(?:坐落|位于|座落)(?:于|在)?(?P<where>[^，。；、]{2,14}?)(?:范围内|辖区)?(?:并|且|，)?(?:登记在|在)?(?:本人)?名下"
)
_ESTATE = re.compile(r"[\u4e00-\u9fff\d]{2,10}?(?:小区|花园|家园|新村|大院|宿舍|公寓|苑)")
_RUNS_FIRM = re.compile(
    r"(?:已)?办理(?:了)?(?:个体(?:工商户)?)?营业执照(?:并正常经营)?(?:的)?(?=$|[，。；]|人员)|(?:名下)?(?:有|登记有|拥有)(?P<run>正常经营|在营|存续)?(?:的)?(?:企业|个体工商户)(?:、个体工商户)?(?:(?:、|或者|或)其他(?:经营|市场)?主体)?(?:的)?(?=$|[，。；、])"
)
_RUNS_NONE = re.compile(
    r"名下(?:均)?(?:无|没有)(?:正常经营的|在营的|登记的)?(?:企业|个体工商户)(?:、个体工商户)?"
    r"(?:等|、其他|(?:或者?|和)其他)?(?:经营主体|市场主体)?(?=$|[，。；、的])"
)
_ENDS = r"(?:情形之一(?:的)?|情形(?:的)?|之一(?:的)?|的(?=$|[，。；、]|儿童|未成年))"

_VENTURE = re.compile(
    r"(?:在(?P<place>[^，。；、]{2,12}?))?(?:(?P<first>首次)(?:自主)?(?:领取营业执照)?(?:创办|注册|领办|开办|登记)|(?:自主)?(?:创办|领办|开办)(?=[^，。；]{2,20}[，]?(?:并)?(?:担任|任|为)[^，。；]{0,6}(?:法定代表人|经营者|负责人)|(?:小微企业|个体工商户)(?:(?:或者?|、|和)(?:小微企业|个体工商户))?(?=[，。；]|$|的，|[且并])))(?P<what>[^，。；]{2,40})(?P<more>(?:，[^，。；]{0,60}(?:法定代表人|经营者|经营|登记满|注册满)[^，。；]{0,30}){0,3})"
)
_FOUNDED = {"个体工商户": "individual_business", "合作社": "cooperative", "家庭农场": "family_farm",
            "民办非企业单位": "private_nonenterprise"}  # fmt: skip
_YOUNG = re.compile(
    rf"(?:登记注册|注册登记|成立|创办|注册)(?:时间)?(?P<count>{COUNT})年(?:以内|之内|内)"
)
_RUN = re.compile(
    rf"(?:正常)?(?:经营|运营)(?:满)?(?P<count>{COUNT})\s*(?P<unit>年|个月)(?:以上)?|(?:满)(?P<count2>{COUNT})\s*(?P<unit2>年|个月)"
)


def family() -> Family:
    """Return the family of homes, parents, hired people and own businesses."""
    return Family(
        "households", "住房、父母情况、招用和创业",
        ("名下", "所有权人", "产权人", "业主", "住房", "房产", "房屋", "父母", "招用", "吸纳", "录用", "聘用", "留用", "见习", "引进", "招收", "接收", "创办", "开办", "领办", "登记", "注册", "租", "工资", "法定代表人", "个体经营"),
        (
            Rule(_OWNS_FIRM, _owns, "venture",
                 (("在本区登记注册的小微企业法定代表人", "businesses has (registered_area within 370104 & role in legal_rep,operator & size_class in micro,small)"),
                  ("创办的个体工商户经营者", "businesses has (role in legal_rep,operator & entity_type eq individual_business)"))),
            Rule(_TRADES, _trades, "venture",
                 (("退役士兵从事个体经营的", "businesses has (entity_type eq individual_business)"),
                  ("失业人员从事个体经营", "businesses has (entity_type eq individual_business)"))),
            Rule(_HEADS, _heads, "venture",
                 (("申请人为企业法定代表人", "businesses has (role in legal_rep)"),
                  ("本人担任所创办企业的法定代表人", "businesses has (role in legal_rep)"))),
            Rule(_OWNER, _owner, "homes",
                 (("道德街街道范围内房屋所有权人", "homes_owned has (area within 370104003 & disposed_on null None)"),
                  ("幸福小区、光明花园的房屋所有权人", "homes_owned has (estate in 幸福小区,光明花园 & disposed_on null None)"))),
            Rule(_SEATED, _owner, "homes",
                 (("房屋坐落在营市街街道并登记在本人名下", "homes_owned has (area within 370104006 & disposed_on null None)"),
                  ("住房位于道德街街道且登记在本人名下", "homes_owned has (area within 370104003 & disposed_on null None)"))),
            Rule(_RUNS_FIRM, _runs_firm, "venture",
                 (("名下有正常经营的企业、个体工商户或者其他经营主体的", "businesses has (operating is True)"),
                  ("名下有在营的个体工商户", "businesses has (operating is True)")), only_negated=True),
            Rule(_RUNS_NONE, _runs_none, "venture",
                 (("名下无企业、个体工商户等经营主体", "businesses none (operating is True)"),
                  ("名下没有正常经营的企业", "businesses none (operating is True)"))),
            Rule(_VENTURE, _venture, "venture",
                 (("在槐荫区首次创办小微企业", "businesses has (registered_area within 370104 & is_first is True & size_class in micro,small)"),
                  ("首次创办个体工商户，正常经营1年以上", "businesses has (is_first is True & operating is True & established_on years_ge 1 & entity_type eq individual_business)"))),
        ),
    )  # fmt: skip


def _runs_none(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return none("businesses", field("operating", "is", True))


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


def _runs_firm(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("businesses", field("operating", "is", True))


def _trades(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("businesses", field("entity_type", "eq", "individual_business"))


def _heads(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("businesses", field("role", "in", ["legal_rep"]))


def _owns(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    codes = area_in(mark["place"] or "", scope.area_code)
    where = [field("registered_area", "within", codes)] if codes else []
    where.append(field("role", "in", ["legal_rep", "operator"]))
    if mark["what"] == "小微企业":
        where.append(field("size_class", "in", ["micro", "small"]))
    if mark["what"] == "个体工商户":
        where.append(field("entity_type", "eq", "individual_business"))
    return has("businesses", *where)


def _venture(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    what, more = mark["what"], mark["what"] + mark["more"]
    where = [field("is_first", "is", True)] if mark["first"] else []
    codes = area_in(mark["place"] or "", scope.area_code)
    if codes:
        where.insert(0, field("registered_area", "within", codes))
    if "法定代表人" in more or "经营者" in more:
        said = {"法定代表人": "legal_rep", "经营者": "operator"}
        roles = [role for word, role in said.items() if word in more]
        where.append(field("role", "in", roles))
    run = _RUN.search(more)
    if run:
        count, unit = run["count"] or run["count2"], run["unit"] or run["unit2"]
        op = "years_ge" if unit == "年" else "months_ge"
        runs = [field("operating", "is", True)] if "营" in run.group(0) or mark["first"] else []
        where += [*runs, field("established_on", op, read_count(count))]
    young = _YOUNG.search(what)
    if young:
        where.append(field("established_on", "years_le", read_count(young["count"])))
    kinds = []
    types = [code for word, code in _FOUNDED.items() if word in what]
    if types:
        one = len(types) == 1
        kinds.append(field("entity_type", "eq" if one else "in", types[0] if one else types))
    if "小微企业" in what or "微型企业" in what:
        kinds.append(field("size_class", "in", ["micro", "small"]))
    if kinds:
        where.append(kinds[0] if len(kinds) == 1 else {"any": kinds})
    return has("businesses", *where)
