"""Phrases of place: 具有槐荫区户籍, 在本区居住, 注册地在…, 注册、纳税、统计均在…, 由市外迁入."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from profiles.facts import areas
from pusher.reading.grammar.findings import (
    Family,
    Finding,
    Rule,
    Scope,
    all_or_one,
    field,
    has,
    leaf,
)

_OWN = {
    "district": ("本区", "我区", "全区", "区内", "辖区内", "辖区", "区行政区域内"),
    "city": ("本市", "我市", "全市", "市内", "本市行政区域内"),
    "province": ("本省", "我省", "全省", "省内"),
}
_TOGETHER = {
    "户籍": "household_area", "居住": "residence_area", "注册": "registered_area",
    "登记": "registered_area", "纳税": "tax_area", "税": "tax_area",
    "统计": "statistics_area", "纳统": "statistics_area", "入统": "statistics_area",
    "经营": "business_area",
}  # fmt: skip
_WORD = r"(?:主要)?(?:户籍|居住|工商注册|注册登记|注册|登记|纳税|税务登记|税务|税务征管|税收征管|税收|统计|纳统|入统|实际经营|生产经营|经营)(?:关系|地址|地|场所|住所)?"
_SEVERAL = rf"(?<![区市省县])(?P<words>(?:住所(?=[、和及以与][^，。；]{{0,6}}税)|{_WORD})(?:(?:、|和|及|以及|与|且){_WORD}){{1,3}})(?:关系|地)?(?:须|应当?|均|都|全部|已)*(?:在|位于|属于|隶属于|变更[至到为]|迁[至入到]|转[至入到]|落户)A"
_AND_TAXED = r"(?:须|应)?(?:在|于)A(?:行政区域|辖区)?(?:范围)?内?(?:依法|合法)?(?:登记|工商)?注册(?:登记)?(?:、|并|且|和|及)*(?:依法)?(?P<words>纳税(?:(?:、|并|且|和|及)+(?:统计|纳统|入统))?|经营)"
_ALL_IN = r"在A(?:范围)?内?(?:依法)?(?P<words>(?:注册|经营|纳税|统计)(?:(?:、|和|及|并)(?:依法)?(?:注册|经营|纳税|统计)){1,3})"
_OR_PERMIT = r"(?:具有|持有|拥有)A(?:常住|城镇)?(?:户籍|户口)(?:或者?|、)(?:持有)?(?:有效)?(?:的)?居住证(?!明)"
_EITHER_OF = r"(?P<words>(?:户籍|居住|注册|纳税|经营)地?(?:或者?|或是)(?:实际|长期)?(?:户籍|居住|注册|纳税|经营)地?)(?:均|须|应)?在A"
_LIVES_OR = r"在A(?:范围)?内?(?:实际)?(?P<words>(?:工作|就业|学习|就读|居住|生活)(?:(?:、|或者?)(?:工作|就业|学习|就读|居住|生活)){1,3})"
_MOVED_TOO = r"(?P<words>(?:统计|税收|税务|纳税|注册|登记)(?:关系)?(?:(?:、|和|及|以及|与)(?:统计|税收|税务|纳税|注册|登记)){0,2})(?:关系|地)?(?:一并|同时|同步|均|已|全部)*(?:转入|迁入|划转至|转至)(?:A)?"
_MOVED = r"(?<!户籍)(?<!户口)(?:将)?(?:注册地(?:址)?|总部)?(?:由|从|自)?(?:A|O(?:行政区域|辖区|范围)?(?:以|之)?外|外区|外市|外地|外省市?|异地)(?:地区)?(?:新)?(?:整体)?(?:迁入|迁至|引进(?=[^，。；、]{0,8}(?:企业|总部|机构)))(?:我区|本区|A)?(?:的)?(?!户籍|户口|人员|居民|人才|落户)"
_MOVED_OUT_OF = r"(?:由|从)(?P<own>[\u4e00-\u9fff]{2,8}?[市区省])(?:行政区域|辖区|区域)?(?:范围)?(?:以|之)?外(?:地)?(?:整体|新)?(?:迁入|迁至|引进)"
_MOVED_HERE = (
    r"(?:由|从|自)?(?P<city>(?:A|市内)的?其他(?:区县?|县区?|区市县?)(?:（市）)?)(?:新)?(?:整体)?迁入(?:我区|本区|A)?(?:的)?"
    r"|(?<!户口)(?<!户籍)(?:新|整体|已)?迁入(?:我区|本区|A)?(?:的)?(?:法人|总部)?企业"
)
_FIRMS_OF = re.compile(
    r"(?:(?:行政区域|辖区|范围)+内?(?![^，。；]{0,12}(?:流转|种植|承包|购买))[^，。；]{0,40}?|内?的?[^，。；的]{0,20}?|内?[^，。；的]{2,30}(?:行业|领域)的[^，。；的]{0,8}?)"
    r"(?:企业|个体工商户|经营主体|合作社|法人)(?!(?:或|、|和)?[^，。；、]{0,10}(?:就业|工作|任职))(?!融资服务|服务(?:中心|平台)|协会|联合会|家协会|平台|名录|数字化转型(?:试点|城市)|信用)"
)
# 市内六区 names some districts, not the city.
_NOT_SOME = (
    r"(?![一二两三四五六七八九十\d]+区|各区|的?其他|(?:行政区域|辖区|区域)?(?:范围)?[以之]?外)"
)
_NEGATED = ("非", "不在", "不具有", "无", "不具备", "未在")
_DENIED = re.compile(r"不(?:在|属于|具有)")
_LONGEST_LIST = 8


@cache
def family(area_code: str = "370104") -> Family:
    """Return the family of places for the office of *area_code*."""
    rules = [_rule(row, area_code) for row in _table()["place"]]
    rules += [
        Rule(_compiled(_SEVERAL, area_code), partial(_several, area_code), "area",
             (("注册、纳税、统计均在槐荫区", "(registered_area within 370104 & tax_area within 370104 & statistics_area within 370104)"),
              ("注册、纳统均在本区", "(registered_area within 370104 & statistics_area within 370104)"))),
        Rule(_compiled(_AND_TAXED, area_code), partial(_registered_and, area_code), "area",
             (("在槐荫区注册、纳税", "(registered_area within 370104 & tax_area within 370104)"),
              ("在本区登记注册并依法纳税、统计", "(registered_area within 370104 & tax_area within 370104 & statistics_area within 370104)"))),
        Rule(_compiled(_ALL_IN, area_code), partial(_several, area_code), "area",
             (("在本区经营、纳税、统计", "(tax_area within 370104 & statistics_area within 370104 & business_area within 370104)"),
              ("在槐荫区经营和纳税", "(tax_area within 370104 & business_area within 370104)"))),
        Rule(_compiled(_OR_PERMIT, area_code), partial(_or_permit, area_code), "area",
             (("具有本区户籍或者居住证", "(household_area within 370104 | residence_permit has (area within 370104 & valid_to on_or_after_as_of None))"),
              ("持有济南市户口或有效居住证", "(household_area within 370100 | residence_permit has (area within 370100 & valid_to on_or_after_as_of None))"))),
        Rule(_compiled(_EITHER_OF, area_code), partial(_either_of, area_code), "area",
             (("户籍或居住地在本区", "(household_area within 370104 | residence_area within 370104)"),
              ("注册地或者经营地在槐荫区", "(registered_area within 370104 | business_area within 370104)"))),
        Rule(_compiled(_LIVES_OR, area_code), partial(_lives_or, area_code), "employer area",
             (("在本区工作或者居住的", "(employer_area within 370104 | residence_area within 370104)"),
              ("在槐荫区就业、就读的青年", "(employer_area within 370104 | school_area within 370104)"))),
        Rule(_compiled(_MOVED_TOO, area_code), partial(_moved_too, area_code), "area",
             (("统计和税收关系一并转入我区", "(tax_area within 370104 & statistics_area within 370104)"),
              ("税务关系同步迁入我区", "tax_area within 370104"))),
        Rule(_compiled(_MOVED_HERE, area_code), partial(_moved_here, area_code), "moved",
             (("新迁入我区的企业", "not moved_in_from null None"),
              ("由市内其他区县迁入的", "moved_in_from within 370100"))),
        Rule(_moved_pattern(area_code), partial(_moved, area_code), "moved",
             (("由市外迁入的", "(not moved_in_from null None & not moved_in_from within 370100)"),
              ("从区外迁入我区的", "not moved_in_from null None"))),
    ]  # fmt: skip
    return Family("places", "地域", _anchors(area_code), tuple(rules))


def find_firms_of(text: str, scope: Scope) -> list[Finding]:
    """Find 槐荫区…企业 in *text*: weaker than a clause that says where they are registered."""
    found = []
    for mark in _name(scope.area_code).finditer(text):
        if _FIRMS_OF.match(text, mark.end()):
            codes = _codes(mark.group(0), scope.area_code)
            node = leaf("registered_area", "within", codes)
            found.append(Finding(mark.start(), mark.end(), node, "area"))
    return found


def area_in(text: str, area_code: str) -> list[str]:
    """Return the codes of the areas that *text* names; empty where it names none."""
    return _codes(text, area_code)


def find_names(text: str, area_code: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give where *text* names areas, listed ones together, with their codes."""
    for mark in _compiled("A", area_code).finditer(text):
        yield mark.start(), mark.end(), _codes(mark.group(0), area_code)


def _rule(row: Mapping[str, Any], area_code: str) -> Rule:
    one, other = (tuple(said.split(" → ")) for said in row["examples"])
    pattern = _compiled(row["says"], area_code)
    group = row.get("group", "area")
    make, needs = partial(_placed, row["fact"], area_code), re.compile(row["needs"])
    return Rule(pattern, make, group, (one, other), needs=needs)


def _placed(fact: str, area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark.group(0), area_code)
    if not codes:
        return None
    node = leaf(fact, "within", codes)
    negated = mark.string[: mark.start()].endswith(_NEGATED) or _DENIED.search(mark.group(0))
    return {"not": node} if negated else node


def _several(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark.group(0), area_code)
    said = mark["words"]
    facts = ["registered_area"] * said.startswith("住所")
    facts += [fact for word, fact in _TOGETHER.items() if word in said]
    if re.search("注册登记|税务登记", said) and "注册" not in said.replace("注册登记", ""):
        facts = facts if "注册" in said else [f for f in facts if f != "registered_area"]
    nodes = [leaf(fact, "within", codes) for fact in dict.fromkeys(facts)]
    return all_or_one(nodes) if codes else None


def _or_permit(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark.group(0), area_code)
    valid = field("valid_to", "on_or_after_as_of", None)
    permit = has("residence_permit", field("area", "within", codes), valid)
    return {"any": [leaf("household_area", "within", codes), permit]} if codes else None


def _either_of(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 户籍或居住地在本区: one of the two is enough."""
    codes = _codes(mark.group(0), area_code)
    facts = [fact for word, fact in _TOGETHER.items() if word != "税" and word in mark["words"]]
    return {"any": [leaf(fact, "within", codes) for fact in facts]} if codes and facts else None


_LIVES = {"工作": "employer_area", "就业": "employer_area", "学习": "school_area",
          "就读": "school_area", "居住": "residence_area", "生活": "residence_area"}  # fmt: skip


def _lives_or(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 在本区工作、学习或者居住: each is one way to be of the district."""
    codes = _codes(mark.group(0), area_code)
    facts = dict.fromkeys(_LIVES[word] for word in re.findall("|".join(_LIVES), mark["words"]))
    ways = [leaf(fact, "within", codes) for fact in facts]
    return ({"any": ways} if len(ways) > 1 else ways[0]) if codes else None


def _moved_too(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark.group(0).replace(mark["words"], ""), area_code) or [area_code[:6]]
    facts = dict.fromkeys(fact for word, fact in _TOGETHER.items() if word in mark["words"])
    return all_or_one(leaf(fact, "within", codes) for fact in facts)


def _registered_and(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _codes(mark.group(0), area_code)
    facts = ["registered_area"]
    facts += ["tax_area"] * ("税" in mark["words"]) + ["business_area"] * ("经营" in mark["words"])
    facts += ["statistics_area"] * ("统" in mark["words"])
    return all_or_one(leaf(fact, "within", codes) for fact in facts) if codes else None


def _moved_here(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    """Read 迁入企业, and 由市内其他区县迁入."""
    if mark["city"]:
        return leaf("moved_in_from", "within", [area_code[:4] + "00"])
    return {"not": leaf("moved_in_from", "null", None)}


def _own_names(area_code: str) -> dict[str, list[str]]:
    """Return how a text names the district, its city and its province: code → names."""
    named = {area_code[:6]: ["区"], area_code[:4] + "00": ["市"], area_code[:2] + "0000": ["省"]}
    for code, words in named.items():
        label = areas().get(code, "")
        words += [label, label.rstrip("市区省县")] if label else []
    return named


@cache
def _moved_pattern(area_code: str) -> re.Pattern[str]:
    names = sorted((w for words in _own_names(area_code).values() for w in words), key=len)
    own = rf"(?:本|我)?(?:{'|'.join(map(re.escape, reversed(names)))})"
    return _compiled(_MOVED.replace("O", own), area_code)


def _moved(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 由市外迁入; whoever was not moved in has no place that it came from."""
    told = re.search(r"外(?P<from>[区市省])|(?P<of>外)|异地", mark.group(0))
    if told is None:
        return None
    before = re.sub("行政区域|辖区|范围|[以之]$", "", mark.group(0)[: told.start()])
    outside = next(
        (code for code, words in _own_names(area_code).items()
         if told["from"] == words[0] or (told["of"] and any(w in before for w in words))),
        area_code[:6],
    )  # fmt: skip
    moved = {"not": leaf("moved_in_from", "null", None)}
    if outside == area_code[:6]:
        return moved
    return {"all": [moved, {"not": leaf("moved_in_from", "within", [outside])}]}


def _moved_out_of(area_code: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    codes = _names(area_code).get(mark["own"])
    if codes is None:
        return None
    moved = {"not": leaf("moved_in_from", "null", None)}
    return {"all": [moved, {"not": leaf("moved_in_from", "within", codes)}]}


@cache
def _table() -> Mapping[str, Any]:
    text = (files("pusher.reading.grammar") / "nouns" / "places.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _names(area_code: str) -> dict[str, list[str]]:
    """Return every name of an area that may stand in a text → its codes."""
    own = {
        "district": area_code[:6],
        "city": area_code[:4] + "00",
        "province": area_code[:2] + "0000",
    }
    found = {word: [own[level]] for level, words in _OWN.items() for word in words}
    found |= _table()["areas"].get(own["city"], {})
    for code, label in areas().items():
        if "(" not in label:
            found.setdefault(label, [code])
        short = label.rstrip("市区省县")
        if code in own.values() and len(short) >= 2:
            found.setdefault(short, [code])
    return found


@cache
def _anchors(area_code: str) -> tuple[str, ...]:
    return (
        "区",
        "市",
        "省",
        "街道",
        "迁入",
        *(name for name in _names(area_code) if len(name) == 2),
    )


@cache
def _names_pattern(area_code: str) -> str:
    names = sorted(_names(area_code), key=len, reverse=True)
    listed = "|".join(map(re.escape, names))
    # 统筹地区内 and 园区内 are not 区内
    return rf"(?<![地园社校库灾厂山景新城])(?:{listed}){_NOT_SOME}"


@cache
def _name(area_code: str) -> re.Pattern[str]:
    return re.compile(_names_pattern(area_code))


@cache
def _compiled(pattern: str, area_code: str) -> re.Pattern[str]:
    name = _names_pattern(area_code)
    listed = rf"(?:(?:山东省)?(?:济南市)?{name}(?:(?:、|和|或者|或|及|与|以及){name}){{0,{_LONGEST_LIST}}}(?:地区)?)"
    return re.compile(re.sub(r"A(?![A-Za-z])", lambda _: listed, pattern))


def _codes(text: str, area_code: str) -> list[str]:
    """Return the codes of the areas that *text* names; of 济南市槐荫区 the smaller one."""
    names = _names(area_code)
    found = [code for mark in _name(area_code).findall(text) for code in names[mark]]
    kept = [c for c in found if not any(o != c and o.startswith(c.rstrip("0")) for o in found)]
    return list(dict.fromkeys(kept))
