"""A person's own firm: what a text asks of it is asked of a record of its owner."""

import re

from pusher.reading.grammar.joining import Node, all_of, leaves_of

# 本人为个体工商户经营者, 创办的企业: the applicant is a person who runs a firm
_RUNS = re.compile(
    r"(?:本人|申请人|申报人|借款人|对象|人员)(?:须|应当?|可以)?(?:为|是|系|担任)[^。；]{0,40}?(?:经营者|法定代表人|合伙人|登记负责人|企业主)"
    r"|(?:本人|其)(?:经营或者?)?(?:担任|为)[^，。；]{0,12}(?:法定代表人|经营者|负责人)|名下[^，。；]{0,12}(?:企业|个体工商户|经营主体)"
    r"|(?:创办|领办|登记有|所办)[^，。；]{0,20}(?:个体工商户|企业|经营主体|合作社|家庭农场|公司|组织)"
)
_BY_HERSELF = re.compile(
    r"(?:本人|申请人|申报人|借款人)(?:须|应当?)?(?:为|是|系)[^。；]{0,30}?(?:经营者|法定代表人|合伙人)"
)
_OF_PEOPLE = frozenset(
    {"birth_date", "household_area", "residence_area", "veteran_type", "disability",
     "education_level", "graduated_on", "employment_status", "hard_to_employ",
     "unemployment_registered_area", "discharged_on", "sex", "businesses"}
)  # fmt: skip
_FIELDS = ("registered_area", "entity_type", "size_class", "established_on", "employees")
_ROLES = {"法定代表人": "legal_rep", "经营者": "operator", "本人经营": "operator",
          "登记负责人": "operator", "合伙人(?!数)": "partner"}  # fmt: skip
_OPERATES = re.compile(
    r"(?:正常|持续|稳定|实际)(?:开展)?经营(?!异常|地|范围)|处于(?:正常)?经营状态|开展经营活动|停止经营的|在营"
)
_SAYS_NO = re.compile(r"不|担保|征信|提交|提供")
_SENTENCE = re.compile(r"[^。；]+")


def of_owners(rule: Node, text: str) -> Node:
    """Ask of a person's own firm what *rule* asks of a firm, where *text* speaks of owners."""
    facts = {leaf.get("fact") for leaf in leaves_of(rule)}
    people = bool(facts & _OF_PEOPLE) or bool(_BY_HERSELF.search(text))
    if not (people and _RUNS.search(text)):
        return rule
    return {"all": _folded(rule["all"], text)}


def _folded(parts: list[Node], text: str) -> list[Node]:
    """Make one record of what *parts* ask of a firm."""
    kept = [_within(part, text) for part in parts]
    theirs = [part for part in kept if _is_of_a_firm(part)]
    owned = [p for p in kept if (p.get("fact"), p.get("op")) == ("businesses", "has")]
    if not theirs:
        return kept
    first = [*owned, *theirs][0]
    told = [where for part in owned for where in part["value"]["all"]]
    told += [_field(part) for part in theirs]
    named = {leaf.get("field") for where in told for leaf in _fields(where)}
    told += [one for one in _said_beside(text) if one["field"] not in named]
    quote = next((leaf["quote"] for leaf in leaves_of(first) if leaf.get("quote")), "")
    record = {"fact": "businesses", "op": "has", "value": {"all": told}, "quote": quote}
    at = kept.index(first)
    rest = [part for part in kept[at:] if part not in theirs and part not in owned]
    return [*(p for p in kept[:at]), record, *rest]


def _within(part: Node, text: str) -> Node:
    """Fold what a way in asks of a firm: 有住房，或者登记并经营个体工商户的."""
    if set(part) == {"any"} and not _is_of_a_firm(part):
        ways = [_folded(way["all"] if set(way) == {"all"} else [way], text) for way in part["any"]]
        return {"any": [all_of(way) for way in ways]}
    return part


def _is_of_a_firm(part: Node) -> bool:
    """Whether all that *part* asks is kept in the record of a firm."""
    leaves = leaves_of(part)
    told = all(leaf.get("fact") in (*_FIELDS, "registration_status") for leaf in leaves)
    return "not" not in part and bool(leaves) and told


def _field(part: Node) -> Node:
    for join in ("all", "any"):
        if join in part and "op" not in part:
            return {join: [_field(one) for one in part[join]]}
    if part["fact"] == "registration_status":
        return {"field": "operating", "op": "is", "value": True}
    return {"field": part["fact"], "op": part["op"], "value": part["value"]}


def _fields(where: Node) -> list[Node]:
    for join in ("all", "any"):
        if join in where and "op" not in where:
            return [leaf for part in where[join] for leaf in _fields(part)]
    return [where]


def _said_beside(text: str) -> list[Node]:
    """Read what a text says of owner and firm in clauses of their own: 担任法定代表人, 正常经营."""
    told = [m.group(0) for m in _SENTENCE.finditer(text) if not _SAYS_NO.search(m.group(0))]
    roles = {code for word, code in _ROLES.items() if any(re.search(word, one) for one in told)}
    said: list[Node] = []
    if roles:
        order = [code for code in ("legal_rep", "operator", "partner") if code in roles]
        said.append({"field": "role", "op": "in", "value": order})
    if _OPERATES.search(text):
        said.append({"field": "operating", "op": "is", "value": True})
    return said
