"""Lists of kinds of entities: 机关、团体、企业和民办非企业单位; 股份有限公司，以及…的有限责任公司."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf
from pusher.reading.grammar.phrases.industries import named_works

_MARK = r"(?:、|，?(?:和|或者?|以及|及其?|与|也可以?[是为]))(?:其他)?"
# 以单位形式参保的个体工商户, 在本区设立的分公司
_TOLD = r"(?:[^，。；、：（）和或及与]{1,14}的)?"
# 到企业、社会组织就业: where somebody works, not who applies
_BEFORE = r"(?<![到被由向与从])(?<![到在]各类)"
# 餐饮企业、驻区企业 and …事故的企业，以及…的企业 are firms of their own kind
_FIRMS = r"(?:各类)?企业(?!法人)"
_ALSO = r"(?:（(?:含|包括)(?:其)?(?:分公司|分支机构)）)?"
_PLAIN = rf"(?:(?<![\u4e00-\u9fff])|(?<=[的为是括含及和与或在对])){_FIRMS}"
_BEHIND = r"(?!(?:单位)?(?:工作|在?就业|任职|在职|在编|正式|编制|职工|人员|员工|之间))"
_OFFICES = frozenset({"institution", "government"})


def family() -> Family:
    """Return the family of lists of kinds of entities."""
    names = "|".join(f"(?:{name})" for name in _entities() if name != _FIRMS)
    listed = re.compile(
        rf"{_BEFORE}(?P<first>(?:{_PLAIN}|{names}){_ALSO})"
        rf"(?P<rest>(?:{_MARK}(?:{_FIRMS}|{_TOLD}(?:{names})){_ALSO}){{1,9}}){_BEHIND}"
    )
    # 位于本区的机关、事业单位: who applies, where 到机关、事业单位就业 says where somebody works
    of_offices = re.compile(
        rf"(?<=的)(?P<first>{names})(?P<rest>(?:{_MARK}(?:{names})){{1,3}})"
        r"(?=，?(?:以及|给予|奖励|补助|均?可以?(?:申报|申请))|[。]|，按|$)"
    )
    of_trade = re.compile(
        rf"{_BEFORE}(?P<first>(?:{names}){_ALSO})(?P<rest>(?:{_MARK}(?:{names}){_ALSO}){{0,6}})"
        rf"{_MARK}(?:主要)?从事(?P<trade>[^，。；、的]{{2,14}})的{_FIRMS}{_BEHIND}"
    )
    return Family(
        "entities of a list", "主体类型清单", ("企业", "公司", "个体", "合作社", "机构", "团体", "事业单位", "机关", "分社"),
        (
            Rule(listed, _listed, "entity",
                 (("机关、团体、企业、事业单位和民办非企业单位", "entity_type in government,social_group,llc,joint_stock,sole_prop,partnership,institution,private_nonenterprise"),
                  ("股份有限公司，以及正在改制的有限责任公司", "entity_type in joint_stock,llc"))),
            Rule(of_trade, _of_trade, "entity",
                 (("个体工商户和从事餐饮业的企业", "(entity_type in individual_business | (entity_type in llc,joint_stock,sole_prop,partnership & industry prefix 62))"),
                  ("家庭农场、合作社以及从事农作物种植的企业", "(entity_type in family_farm,cooperative | (entity_type in llc,joint_stock,sole_prop,partnership & industry prefix 01))"))),
            Rule(of_offices, _offices, "entity",
                 (("位于本区的机关、事业单位，给予奖励", "entity_type in government,institution"),
                  ("能耗达到500吨的事业单位和机关，以及节能服务公司", "entity_type in institution,government"))),
            Rule(listed, _offices, "entity",
                 (("机关和参照公务员法管理的事业单位", "entity_type in government,institution"),
                  ("事业单位、机关", "entity_type in institution,government")), only_negated=True),
        ),
    )  # fmt: skip


@cache
def _entities() -> Mapping[str, list[str]]:
    text = (files("pusher.reading.grammar") / "nouns" / "entities.toml").read_text("utf-8")
    names: Mapping[str, list[str]] = tomllib.loads(text)["entities"]
    return names


def _codes(mark: re.Match[str]) -> list[str]:
    terms = [mark["first"], *re.split(rf"{_MARK}", mark["rest"])]
    codes: list[str] = []
    for said in terms:
        term = re.sub(f"{_ALSO}$", "", said)
        codes += ["branch"] if term != said else []
        named = [
            (len(m.group(0)), name)
            for name in _entities()
            if (m := re.search(rf"(?:{name})$", term))
        ]
        codes += _entities()[max(named)[1]] if named else []  # 股份有限公司 is no 有限公司
    return list(dict.fromkeys(codes))


def _listed(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark)
    return leaf("entity_type", "in", codes) if set(codes) - _OFFICES else None


def _of_trade(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 家庭农场、合作社和从事农作物种植的企业: the trade is asked of the firms alone."""
    told = [name for name in named_works() if name in mark["trade"]]
    if not told:
        return None
    industry = leaf("industry", "prefix", list(named_works()[max(told, key=len)]))
    firms = {"all": [leaf("entity_type", "in", _entities()[_FIRMS]), industry]}
    return {"any": [leaf("entity_type", "in", _codes(mark)), firms]}


def _offices(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark)
    return None if set(codes) - _OFFICES else leaf("entity_type", "in", codes)
