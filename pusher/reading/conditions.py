"""拆解: from the text of a policy to a draft rule of whom it is for, clause by clause.

A draft only: staff confirm or correct it. What asks something and was not understood is listed
for a person, never dropped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from profiles.facts import vocabulary
from pusher.reading.clauses import Node, Reading, Where, all_of, any_of, read_sentence
from pusher.reading.outline import Item, outline

AudienceKind = Literal["resident", "enterprise", "both", "none"]
Subject = Literal["self", "ward", "self_or_ward"]

# Where a text says whom it is for.
_ELIGIBLE = re.compile(
    r"(?:对象|范围|条件)(?:及条件|和条件|与条件)?\s*(?:为|是|[:：。]|限于|如下)"
    r"|符合(?:下列|以下|上述|本|规定|法律)|具有[^，。；]{0,12}户籍|(?:申请|申报|申领)(?:人|企业|单位|主体|对象)?(?:应当?|须|必须|需)"
    r"|适用于|适用范围|面向|(?:均)?可(?:以)?(?:申请|申领|申报|享受)|所称[^，。；]{1,24}是指|凡"
    r"|对[^，。；]{2,80}(?:给予|发放|实施|予以|按|减|奖励|补贴|支持)|对[^。；]{2,120}[，的](?:给予|发放|按|奖励|予以|分别)"
    r"|下列(?:人员|对象|老年人|企业)|享受[^，。；]{0,10}(?:优待|补贴|津贴|待遇)|年满|须在|须具有|须为|应(?:当)?(?:具有|具备|同时)"
)
_EXCLUSION = re.compile(
    r"不适用|不纳入|不予(?:支持|返还|受理|安排|认定|补贴|发放|享受)|不享受|不同时享受|除外|不包括|不含|不作为|暂停享受|不得享受|不属于"
)
_LIST_LEAD = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}(?:[:：]|$)|[:：]\s*$|之一")
_ANY_LEAD = re.compile(r"之一|(?:下列|以下)(?:人员|对象|老年人|情形|情况|企业|单位|主体)")
_ALL_LEAD = re.compile(r"同时(?:符合|具备|满足)|(?:下列|以下|如下)条件(?!之一)|条件\s*[:：。]")

# Headings under which a text speaks of procedure, not of whom it is for.
_PROCEDURE = re.compile(
    r"材料|程序|流程|方式|监督|管理|职责|分工|资金(?:来源|安排|管理|保障)|保障措施|组织|附则|责任|标准|时间|期限|渠道|要求|发放|政策背景|审核|复核"
)
_LONGEST_HEADING = 24

# What a person does to apply is no condition of eligibility.
_ACTION = re.compile(
    r"提交|提供|填写|填报|报送|登录|上传|材料|审核|公示|受理|咨询|电话|网上|窗口|签字|盖章|复印|办理|预约|发放|拨付|通过[^，]{0,12}(?:平台|系统|小程序)"
    r"|工作日|给予|每人每|奖励|补助|补贴标准|最高|制定|依据|根据|为(?:了|贯彻|规范|做好|进一步)|现(?:就|将|予)|通知如下|本(?:办法|细则|通知|方案|措施)(?:自|由)"
)
_ASKS = re.compile(
    r"须|应当|应(?!急|届)|必须|不得|符合|具备|具有|取得|持有|未(?!来|成年)|无(?!需|障碍|人)|满|以上|以下|有效期内|良好|正常|依法|连续|签订|缴纳|毕业|属于|认定|首次|新(?:认定|增|招用)"
)

_WARD = re.compile(r"婴幼儿|新生儿|随迁子女|适龄儿童")
_CHILD = re.compile(r"儿童|未成年人|孤儿|学生|子女")
_GUARDIAN = re.compile(r"监护人|父母")
_FIRM = re.compile(
    r"企业|个体工商户|合作社|家庭农场|经营主体|纳税人|用人单位|机构(?:给予|为)|民办非企业|法人|公司"
)
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
    for item in _spoken(tree):
        reading.add(_read_item(item, where))
    rule = _rule(reading)
    text = where.whole
    return Draft(
        audience_kind=_audience(rule, text),
        subject=_subject(rule, text),
        rule=rule,
        needs_person=tuple(dict.fromkeys(_worth_a_look(reading.unread))),
        manual_checks=(),
    )


def leaves_of(node: Node) -> list[Node]:
    """Return the leaves of a rule, in order."""
    for join in ("all", "any"):
        if join in node and "fact" not in node:
            return [leaf for part in node[join] for leaf in leaves_of(part)]
    if "not" in node:
        return leaves_of(node["not"])
    return [node]


def _spoken(item: Item) -> list[Item]:
    """Return the items that speak of whom the policy is for; a list stays with its lead."""
    first = re.split(r"[。\n]", item.text.strip(), maxsplit=1)[0]
    if item.level >= 0 and len(first) <= _LONGEST_HEADING and _PROCEDURE.search(first):
        if not re.search(r"对象|条件|范围", first):
            return []
    lead = _lead(item)
    if item.items and lead and (_ELIGIBLE.search(lead) or _ANY_LEAD.search(lead)):
        return [item]
    return [item, *(deeper for below in item.items for deeper in _spoken(below))]


def _lead(item: Item) -> str:
    """Return the last sentence before a list, if it leads into the list."""
    last = re.split(r"[。\n]", item.text.strip())[-1]
    return last if _LIST_LEAD.search(last) else ""


def _read_item(item: Item, where: Where) -> Reading:
    reading = Reading()
    lead = _lead(item) if item.items else ""
    for sentence in re.findall(r"[^。；\n]+", f"{item.text}\n{item.after}"):
        if lead and sentence.strip() == lead.strip(" ；"):
            continue
        speaks = _ELIGIBLE.search(sentence) or _EXCLUSION.search(sentence)
        if speaks or (item.level >= 3 and _ASKS.search(sentence)):
            reading.add(read_sentence(sentence.strip(), where))
    if lead and (_ELIGIBLE.search(lead) or _ANY_LEAD.search(lead)):
        reading.add(read_sentence(_LIST_LEAD.sub("", lead), where))
        _read_list(item, lead, where, reading)
    return reading


def _read_list(item: Item, lead: str, where: Where, reading: Reading) -> None:
    """Read the items of a list as alternatives or as conditions that must all hold."""
    parts = [(below, _read_whole(below, where)) for below in item.items]
    if _EXCLUSION.search(lead):
        for _, part in parts:
            reading.excluded += [*part.asked, *part.excluded]
            reading.unread += part.unread
    elif _ANY_LEAD.search(lead) and not _ALL_LEAD.search(lead):
        options = []
        for below, part in parts:
            reading.unread += part.unread
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
    return {"fact": None, "op": "manual", "value": None, "quote": item.text.strip()}


def _rule(reading: Reading) -> Node:
    asked = _alternatives(reading.asked)
    excluded = [{"not": node} for node in reading.excluded]
    joined = all_of([*asked, *excluded]) if asked or excluded else {"all": []}
    return joined if set(joined) == {"all"} else {"all": [joined]}


def _alternatives(asked: list[Node]) -> list[Node]:
    """Join leaves of one fact that different clauses state differently: each is one way in.

    80周岁 here and 60周岁 there cannot both be asked of everybody.
    """
    kept: list[Node] = []
    for node in asked:
        rival = next((place for place, other in enumerate(kept) if _rivals(node, other)), None)
        if rival is None:
            kept.append(node)
        else:
            other = kept[rival]
            ways = other["any"] if set(other) == {"any"} else [other]
            kept[rival] = {"any": ways if node in ways else [*ways, node]}
    return kept


def _rivals(one: Node, other: Node) -> bool:
    first = other["any"][0] if set(other) == {"any"} else other
    if "fact" not in one or "fact" not in first:
        return False
    same = (one["fact"], one["op"][:6]) == (first["fact"], first["op"][:6])
    return same and one["value"] != first["value"]


def _worth_a_look(unread: list[str]) -> list[str]:
    """Keep what seems to ask something of the applicant; drop acts of applying."""
    return [
        clause
        for clause in unread
        if 4 <= len(clause) <= 200 and _ASKS.search(clause) and not _ACTION.search(clause)
    ]


def _audience(rule: Node, text: str) -> AudienceKind:
    """Tell people from firms: by whose facts the rule asks, else by who is named more often."""
    kinds = {
        vocabulary()[leaf["fact"]].applies_to
        for leaf in leaves_of(rule)
        if leaf.get("fact") in vocabulary()
    } - {"both"}
    if len(kinds) == 1:
        return "enterprise" if kinds == {"enterprise"} else "resident"
    firms, persons = len(_FIRM.findall(text)), len(_PERSON.findall(text))
    if firms and persons and min(firms, persons) * 3 > max(firms, persons) * 2 and kinds:
        return "both"
    return "enterprise" if firms > persons else "resident"


def _subject(rule: Node, text: str) -> Subject:
    if _WARD.search(text) and _GUARDIAN.search(text):
        return "ward"
    facts = {leaf.get("fact") for leaf in leaves_of(rule)}
    if (_CHILD.search(text) or "disability" in facts) and _GUARDIAN.search(text):
        return "self_or_ward"
    return "self"
