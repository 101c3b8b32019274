"""拆解: from the text of a policy to a draft rule of whom it is for, clause by clause.

A draft only: staff confirm or correct it. What asks something and was not understood is listed
for a person, never dropped.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from profiles.facts import vocabulary
from pusher.reading.clauses import Reading, Where, read_sentence
from pusher.reading.counting import COUNT, read_count
from pusher.reading.joining import Node, all_of, alternatives, any_of, bare, leaves_of
from pusher.reading.outline import Item, outline

AudienceKind = Literal["resident", "enterprise", "both", "none"]
Subject = Literal["self", "ward", "self_or_ward"]

# Where a text says whom it is for.
_ELIGIBLE = re.compile(
    r"(?:对象|范围|条件)(?:及条件|和条件|与条件)?\s*(?:为|是|[:：。]|限于|如下)"
    r"|符合(?:下列|以下|上述|本|规定|法律)|具有[^，。；]{0,12}户籍|(?:申请|申报|申领)(?:人|企业|单位|主体|对象)?(?:应当?|须|必须|需)"
    r"|适用于|适用范围|面向|(?:均)?可(?:以)?(?:申请|申领|申报|享受)|所称[^，。；]{1,24}是指|凡"
    r"|对[^，。；]{2,80}(?:给予|发放|实施|予以|按|减|奖励|补贴|支持)|对[^。；]{2,120}[，的](?:给予|发放|按|奖励|予以|分别)"
    r"|(?:申请|申报)(?:人|企业|单位|主体)(?!提供|提交|可|或|名)|纳入(?:补贴|补助|支持|保障|奖励)|(?:家庭|人均)[^，。；]{0,6}收入"
    r"|(?:补贴|奖励|支持)对象|所有权人|企业[须应]|下列(?:人员|对象|老年人|企业)|享受[^，。；]{0,10}(?:优待|补贴|津贴|待遇)|年满|须在|须具有|须为|应(?:当)?(?:具有|具备|同时)"
)
_EXCLUSION = re.compile(
    r"不适用|不纳入|不予(?:支持|返还|受理|安排|认定|补贴|发放|享受)|不享受|不同时享受|除外|不包括|不含|不作为|暂停享受|不得享受|不属于"
)
_LIST_LEAD = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}(?:[:：]|$)|[:：]\s*$|之一")
_ANY_LEAD = re.compile(
    r"之一|(?:下列|以下)(?:人员|对象|老年人|情形|情况|企业|单位|主体|支持|扶持|奖励|补贴|政策)"
)
_ALL_LEAD = re.compile(r"同时(?:符合|具备|满足)|(?:下列|以下|如下)条件(?!之一)|条件\s*[:：。]")

# Headings under which a text speaks of procedure, not of whom it is for.
_PROCEDURE = re.compile(
    r"材料|程序|流程|方式|监督|管理|职责|分工|资金(?:来源|安排|管理|保障)|保障措施|组织|附则|责任|标准|时间|期限|渠道|要求|发放|政策背景|审核|复核"
)
# 对…的，给予…: one benefit, and who gets it.
_WAY = re.compile(r"对[^。；]{2,120}?的[，,]?\s*(?:按|给予|分别|一次性|奖励|予以)")
_ABOUT = re.compile(r"对象|条件|范围")
_LONGEST_HEADING = 24
_LONGEST_QUOTE = 1000
_MOST_CONDITIONS = 200

# What a person does to apply is no condition of eligibility.
_ACTION = re.compile(
    r"提交|提供|填写|填报|报送|登录|上传|材料|审核|公示|受理|咨询|电话|网上|窗口|签字|盖章|复印|办理|预约|发放|拨付|通过[^，]{0,12}(?:平台|系统|小程序)"
    r"|工作日|^给予|每人每|奖励\d|一次性|补贴标准|最高|制定|依据|根据|为(?:了|贯彻|规范|做好|进一步)|现(?:就|将|予)|通知如下|本(?:办法|细则|通知|方案|措施)(?:自|由)"
)
_ASKS = re.compile(
    r"须|应当|应(?!急|届)|所有权人|以下区域|小区|必须|不得|符合|具备|具有|取得|持有|未(?!来|成年)|无(?!需|障碍|人)|满|以上|以下|有效期内|良好|正常|依法|连续|签订|缴纳|毕业|属于|认定|首次|新(?:认定|增|招用)"
)

_LETS_PASS = re.compile(r"[^，。；]{0,40}[，]?不受(?:前述|上述|前款|前列|本条)[^，。；]{0,10}限制")
_WARD = re.compile(r"婴幼儿|新生儿|随迁子女|适龄儿童")
_CHILD = re.compile(r"儿童|未成年人|孤儿|学生|子女")
_GUARDIAN = re.compile(r"监护人|父母")
_FIRM = re.compile(
    r"企业|个体工商户|合作社|家庭农场|经营主体|纳税人|用人单位|机构(?:给予|为)|民办非企业|法人|公司"
)
_ALSO_PEOPLE = re.compile(r"农户|自然人|个人(?!所得|独资)")
_PERSON = re.compile(
    r"居民|老年人|老人|儿童|人员|户籍|残疾人|个人|毕业生|家庭|农户|消费者|申请人|职工|退役|学生|婴幼儿|所有权人|青年"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of whom a policy is for.

    Attributes:
        rule: a RULE of the contract; ``{"all": []}`` asks nothing of the audience.
        needs_person: clauses that seem to ask something and were not understood.
        manual_checks: clauses that no register can answer; staff or the office check them.
    """

    audience_kind: AudienceKind
    subject: Subject
    rule: dict[str, Any]
    needs_person: tuple[str, ...]
    manual_checks: tuple[str, ...]


def draft(paragraphs: Sequence[str], *, area_code: str) -> Draft:
    """Draft the rule of whom *paragraphs* are for.

    Args:
        paragraphs: the body of a policy.
        area_code: the six digits of the district whose office reads; what 本区 means.
    """
    tree = outline(paragraphs)
    where = Where(whole="\n".join(paragraphs), area_code=area_code)
    reading = Reading()
    for item, inside in _spoken(tree, inside=False):
        reading.add(_read_item(item, where, inside=inside))
    rule = _in_month(_rule(reading, where.whole), _months_counted(where.whole))
    audience = _audience(rule, where.whole)
    return Draft(
        audience_kind=audience,
        subject=_subject(rule, where.whole),
        rule=_of_its_kind(rule, audience),
        needs_person=tuple(dict.fromkeys([*reading.barred, *_worth_a_look(reading.unread)])),
        manual_checks=(),
    )


def _spoken(item: Item, *, inside: bool) -> list[tuple[Item, bool]]:
    """Return the items that may speak of whom the policy is for; a list stays with its lead.

    With each goes whether its heading says that it does.
    """
    first = re.split(r"[。\n]", item.text.strip(), maxsplit=1)[0]
    if item.level >= 0 and len(first) <= _LONGEST_HEADING:
        if _ABOUT.search(first):
            inside = True
        elif _PROCEDURE.search(first):
            return []
    lead = _lead(item)
    if item.items and lead and (_ELIGIBLE.search(lead) or _ANY_LEAD.search(lead)):
        return [(item, inside)]
    below = [found for part in item.items for found in _spoken(part, inside=inside)]
    return [(item, inside), *below]


def _lead(item: Item) -> str:
    """Return the last sentence before a list, if it leads into the list."""
    last = re.split(r"[。\n]", item.text.strip())[-1]
    return last if _LIST_LEAD.search(last) else ""


def _read_item(item: Item, where: Where, *, inside: bool) -> Reading:
    reading = Reading()
    ways: list[Reading] = []
    lead = _lead(item) if item.items else ""
    for sentence in re.findall(r"[^。；\n]+", f"{item.text}\n{item.after}"):
        if lead and sentence.strip() == lead.strip(" ；"):
            continue
        speaks = _ELIGIBLE.search(sentence) or _EXCLUSION.search(sentence)
        if speaks or (inside and _ASKS.search(sentence)):
            found = read_sentence(sentence.strip(), where)
            if _WAY.match(sentence.strip()):
                ways.append(found)
            else:
                reading.add(found)
    _take_ways(ways, reading)
    if lead and (_ELIGIBLE.search(lead) or _ANY_LEAD.search(lead)):
        reading.add(read_sentence(_LIST_LEAD.sub("", lead), where))
        _read_list(item, lead, where, reading)
    return reading


def _take_ways(ways: list[Reading], reading: Reading) -> None:
    """Take over 对甲的，给予…；对乙的，给予…: each is one way in; the place is asked of all."""
    options: list[Node] = []
    for way in ways:
        place = [node for node in way.asked if _is_place(node)]
        rest = [node for node in way.asked if not _is_place(node)]
        reading.add(Reading(place, way.excluded, way.unread, way.barred))
        if len(ways) == 1:
            reading.asked += rest
        elif rest:
            options.append(all_of(rest))
        else:
            options.append({"fact": None, "op": "manual", "value": None, "quote": _said(way)})
    if options:
        reading.asked.append(any_of(options))


def _is_place(node: Node) -> bool:
    return all(str(leaf.get("fact")).endswith("_area") for leaf in leaves_of(node))


def _said(way: Reading) -> str:
    return next(iter([*way.barred, *way.unread]), "")


def _read_list(item: Item, lead: str, where: Where, reading: Reading) -> None:
    """Read the items of a list as alternatives or as conditions that must all hold."""
    parts = [(below, _read_whole(below, where)) for below in item.items]
    if _EXCLUSION.search(lead):
        for _, part in parts:
            reading.excluded += [*part.asked, *part.excluded]
            reading.barred += [*part.barred, *part.unread]
    elif _ANY_LEAD.search(lead) and not _ALL_LEAD.search(lead):
        options = []
        for below, part in parts:
            reading.unread += part.unread
            reading.barred += part.barred
            options.append(_option(part) or _manual(below))
        reading.asked.append(any_of(options))
    else:
        for _, part in parts:
            reading.add(part)


def _read_whole(item: Item, where: Where) -> Reading:
    """Read every sentence of an item of a list; each of them counts."""
    reading = Reading()
    for sentence in re.findall(r"[^。；\n]+", item.text):
        if sentence.strip():
            reading.add(read_sentence(sentence.strip(), where))
    if item.items:
        _read_list(item, _lead(item) or item.text, where, reading)
    return reading


def _option(part: Reading) -> Node | None:
    negated = [{"not": node} for node in part.excluded]
    return all_of([*part.asked, *negated]) if part.asked or negated else None


def _manual(item: Item) -> Node:
    """A branch that no register answers: unknown for everybody, so that nobody is shut out."""
    return {
        "fact": None,
        "op": "manual",
        "value": None,
        "quote": item.text.strip()[:_LONGEST_QUOTE],
    }


def _rule(reading: Reading, whole: str) -> Node:
    lets = _LETS_PASS.search(whole)
    asked = alternatives(_distinct(reading.asked, reading))
    excluded = [{"not": _but(node, lets)} for node in _distinct(reading.excluded, reading)]
    joined = all_of([*asked, *excluded]) if asked or excluded else {"all": []}
    return joined if set(joined) == {"all"} else {"all": [joined]}


def _distinct(nodes: list[Node], reading: Reading) -> list[Node]:
    """Keep each condition once; what is beyond any honest number of them goes to a person."""
    kept: dict[str, Node] = {}
    for node in nodes:
        kept.setdefault(json.dumps(bare(node), sort_keys=True), node)
    distinct = list(kept.values())
    for node in distinct[_MOST_CONDITIONS:]:
        reading.barred += [leaf["quote"] for leaf in leaves_of(node) if leaf.get("quote")]
    return distinct[:_MOST_CONDITIONS]


def _but(node: Node, lets: re.Match[str] | None) -> Node:
    """Leave an exclusion open where the text lets some pass it (不受前述限制)."""
    if not lets:
        return node
    passed = {"fact": None, "op": "manual", "value": None, "quote": lets.group(0)}
    return {"all": [node, {"not": passed}]}


def _months_counted(whole: str) -> set[int | None]:
    """Return the ages of which the text says 自年满N周岁的当月起."""
    return {
        read_count(mark["age"])
        for mark in re.finditer(rf"(?P<age>{COUNT})\s*周岁(?:的)?当月", whole)
    }


def _in_month(rule: Node, said: set[int | None]) -> Node:
    """Count the whole month of a birthday at the ages *said*."""
    if "fact" in rule:
        if rule["fact"] != "birth_date" or rule["op"] != "age_ge" or rule["value"] not in said:
            return rule
        return {"any": [rule, {**rule, "op": "age_ge_in_month"}]}
    if "not" in rule:
        return rule
    return {join: [_in_month(part, said) for part in parts] for join, parts in rule.items()}


def _worth_a_look(unread: list[str]) -> list[str]:
    """Keep what seems to ask something of the applicant; drop acts of applying."""
    return [
        clause
        for clause in unread
        if 4 <= len(clause) <= 200 and _ASKS.search(clause) and not _ACTION.search(clause)
    ]


def _audience(rule: Node, text: str) -> AudienceKind:
    """Tell people from firms: by whose facts the rule asks, else by who is named more often."""
    if any(_ALSO_PEOPLE.search(leaf.get("quote", "")) for leaf in _entities(rule)):
        return "both"
    kinds = {kind for leaf in _positive(rule) if (kind := _kind(leaf)) != "both"}
    if len(kinds) == 1:
        return "enterprise" if kinds == {"enterprise"} else "resident"
    firms, persons = len(_FIRM.findall(text)), len(_PERSON.findall(text))
    if kinds and min(firms, persons) * 3 > max(firms, persons) * 2:
        return "both"
    return "enterprise" if firms > persons else "resident"


def _entities(rule: Node) -> list[Node]:
    return [leaf for leaf in _positive(rule) if leaf.get("fact") == "entity_type"]


def _kind(leaf: Node) -> str:
    fact = vocabulary().get(leaf.get("fact") or "")
    return fact.applies_to if fact else "both"


def _positive(node: Node) -> list[Node]:
    """Return the leaves that are asked, not those that shut out."""
    if "not" in node:
        return []
    for join in ("all", "any"):
        if join in node:
            return [leaf for part in node[join] for leaf in _positive(part)]
    return [node]


def _of_its_kind(rule: Node, audience: AudienceKind) -> Node:
    """Drop exclusions of the other kind: 企业、单位采购不适用 shuts no resident out."""
    if audience not in ("resident", "enterprise"):
        return rule
    kept = [
        part
        for part in rule["all"]
        if "not" not in part or any(_kind(x) in (audience, "both") for x in leaves_of(part["not"]))
    ]
    return {"all": kept}


def _subject(rule: Node, text: str) -> Subject:
    if _WARD.search(text) and _GUARDIAN.search(text):
        return "ward"
    facts = {leaf.get("fact") for leaf in leaves_of(rule)}
    if (_CHILD.search(text) or "disability" in facts) and _GUARDIAN.search(text):
        return "self_or_ward"
    return "self"
