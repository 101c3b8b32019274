"""Industries by name or by code: 制造业企业, 大类65, 行业小类5292, C门类."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_KIND = r"(?:国民经济)?(?:行业)?(?:分类)?(?:大类|中类|小类|代码)?"
_CODED = rf"[”\"]?[（(]{_KIND}\s*(?P<code>\d{{2,4}})[）)]"
_SECTION = r"[”\"]?(?:企业)?[（(](?:国民经济行业分类)?(?P<section>[A-T])门类[）)]"
_FOLLOWS = r"(?=[^，。；、]{0,8}(?:企业|法人|单位|主体|机构|从业|领域|行业)|、|，|或|和|及|[（(]|$|。|的|不包括|除外|不适用|(?<=业)(?:上?年度?|本年|全年)?(?:主营业务|营业额|营业收入|销售|零售额|须|应当?达|需达|不少于|不低于|达到))"
# Words that name a field of work rather than an industry unless a firm follows.
_SHORT = frozenset({"教育", "卫生", "体育", "农业", "工业", "服务业", "社会工作", "物业管理"})
_BEFORE_FIRM = frozenset(
    {
        "住宿餐饮",
        "批发零售",
        "餐饮",
        "住宿",
        "零售",
        "批发",
        "建筑",
        "房地产",
        "金融",
        "制造",
        "软件",
        "物流",
        "商贸",
    }
)
# 金融、房地产企业: the firm stands behind the last of them
_OF_FIRMS = re.compile(r"(?:(?:、|和|及|以及|或者?)[^，。；、]{2,5}){0,3}?(?:类)?企业")
_OFFICE_OF_MONEY = re.compile(r"[从向由与经和]$")
_FIRM = re.compile(
    r"[^，。；、]{0,8}(?:企业|法人|单位|主体)|(?:、|，|和)[^。；]{0,60}?(?:业|企业)|行业|、(?:房地产|科学)"
)
_CODES = re.compile(r"(?:行业代码|行业(?:大类|中类|小类))(?:为|属于|是)?\s*(?P<code>\d{2,4})")
# 信息技术咨询服务（行业小类6560）和呼叫中心（6591）: a code tells what a name alone would not
_CODE_BEHIND = re.compile(
    r"(?:(?<=不包括)|(?<=不含)|(?<=[、和及或与为]))[\u4e00-\u9fff]{2,14}[（(](?:国民经济)?行业(?:大类|中类|小类|代码)(?:为)?\s*(?P<code>\d{2,4})[）)]"
    r"|(?<=[）)][、和及或与])[\u4e00-\u9fff]{2,14}[（(](?P<also>\d{2,4})[）)]"
)
_OUTSIDE = re.compile(r"非(?P<what>金融|房地产)(?:类|业)?企业")


def family() -> Family:
    """Return the family of industries."""
    names = "|".join(map(re.escape, sorted(named_industries(), key=len, reverse=True)))
    return Family(
        "industries", "行业", ("业", "教育", "卫生", "社会工作", "物业", "互联网", "门类", "加油站", "体育", "中介", "大类", "行业", "研究", "金融", "房地产"),
        (
            Rule(re.compile(rf"(?P<name>{names})(?:{_CODED}|{_SECTION}|{_FOLLOWS})"), _named, "industry",
                 (("槐荫区零售业（行业大类52）法人企业", "industry prefix 52"),
                  ("制造业企业（国民经济行业分类C门类）", "industry prefix C"))),
            Rule(_trades(), _of_trades, "industry",
                 (("餐饮、零售、公路水路铁路运输行业的企业", "industry prefix 62,52,54,55,53"),
                  ("住宿、餐饮等行业的小微企业", "industry prefix 61,62"))),
            Rule(_OUTSIDE, _outside, "industry",
                 (("非金融类企业", "not industry prefix J"), ("非房地产企业", "not industry prefix K"))),
            Rule(_CODES, _coded, "industry",
                 (("行业代码为65", "industry prefix 65"), ("行业小类5292", "industry prefix 5292"))),
            Rule(_CODE_BEHIND, _coded, "industry",
                 (("不包括信息技术咨询服务（行业小类6560）", "industry prefix 6560"),
                  ("快餐（行业小类6220）和茶馆（6231）", "industry prefix 6231"))),
        ),
    )  # fmt: skip


@cache
def named_industries() -> Mapping[str, list[str]]:
    """Return what documents call industries → their codes in GB/T 4754-2017."""
    return _table()["industries"]


def named_works() -> Mapping[str, list[str]]:
    """Return what documents call the work of firms of an industry (农作物种植) → its codes."""
    return {**named_industries(), **_table()["works"]}


_AS_A_KIND = re.compile(r"类|业?(?:企业|门店|单位)")


def industries_in(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give where *text* names an industry as a kind (零售类, 餐饮门店), with its codes."""
    for mark in _names().finditer(text):
        behind = _AS_A_KIND.match(text, mark.end())
        if behind or mark.group(0).endswith("业"):
            yield mark.start(), mark.end(), list(named_industries()[mark.group(0)])


@cache
def _names() -> re.Pattern[str]:
    names = sorted(named_industries(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def _named(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    code = mark["code"] or mark["section"]
    name = mark["name"]
    if not code and name in _BEFORE_FIRM and not _OF_FIRMS.match(mark.string, mark.end("name")):
        return None
    if name in _BEFORE_FIRM and mark.string[: mark.start()].endswith(("经", "由")):
        return None  # 经住宿企业盖章确认
    if name == "金融" and _OFFICE_OF_MONEY.search(mark.string[: mark.start()]):
        return None
    if not code and name == "农业" and mark.string.startswith("经营主体", mark.end("name")):
        return None
    if not code and name in _SHORT and not _FIRM.match(mark.string, mark.end("name")):
        return None
    return leaf("industry", "prefix", [code] if code else list(named_industries()[name]))


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    text = (files("pusher.reading.grammar") / "nouns" / "industries.toml").read_text("utf-8")
    table: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(text)
    return table


def _trades() -> re.Pattern[str]:
    names = "|".join(f"(?:{name})" for name in _table()["trades"])
    return re.compile(
        rf"(?<![\u4e00-\u9fff])(?:从事|属于|对)?(?P<names>(?:{names})业?(?:(?:、|和|或|及|以及)?(?:{names})业?){{0,9}})(?:运输)?(?:等)?(?:行业|领域)(?:的)?(?=[^，。；]{{0,10}}(?:企业|单位|主体|个体))"
    )


def _of_trades(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    """Read 餐饮、零售、公路水路铁路运输行业的企业: short names, parted or not."""
    found = [
        (m.start(), codes)
        for name, codes in _table()["trades"].items()
        for m in re.finditer(name, mark["names"])
    ]
    codes = [code for _, told in sorted(found, key=lambda f: f[0]) for code in told]
    return leaf("industry", "prefix", list(dict.fromkeys(codes)))


def _outside(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return {"not": leaf("industry", "prefix", ["J" if mark["what"] == "金融" else "K"])}


def _coded(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    said = mark.groupdict()
    return leaf("industry", "prefix", [said["code"] or said["also"]])
