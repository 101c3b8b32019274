"""What a clause says of others: a parent, a thing, whom an applicant serves, trains or brings in.

None of it is a fact of the applicant: what remains unread of the clause goes to a person.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pusher.reading.grammar.findings import Finding, Scope
from pusher.reading.grammar.joining import leaves_of

# 父母一方为一级残疾人的学生: the words that follow are said of the parent
_OF_PARENTS = re.compile(
    r"(?:父母|父亲|母亲)(?:任意?一方|一方|双方)?(?:均|都|须|应)?(?:为|系|是|属于|持有?|具有)$"
)
# 每培育1家高新技术企业, 大型商业综合体引进首店5家以上, 对为小微企业提供担保: what is done, to whom
_OBJECTS = re.compile(
    r"(?:每(?:培育|引进|孵化|招引|推荐|新增|带动|服务|培训|收住|吸引)|(?<!新)(?:引进|招引|收住|收治))(?:出|了)?(?:本区|区内|辖区内)?\d{0,4}(?:家|户|名|人|个)?$|(?<=对)为$"
)
# 服务对象应为… where the text grants to somebody else (资助对象为社会组织)
_SERVED = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*)?(?:其)?(?:服务|培训|收住|助餐)(?:对象|人员|学员)(?:应|须|为|是|：|包括)"
    r"|^(?:计入[^，。；]{1,8}的)?(?:残疾|招用|安置|聘用)[^，。；、的]{0,3}(?:职工|员工|人员|人)(?:应|须)"
    r"|^(?:依法)?[与为](?:(?:安置|招用|聘用)的?(?:每[位名])?[^，。；]{0,6}|残疾(?:人|职工)|职工|员工)(?:签订|按月|足额|缴纳|依法)"
)
_GRANTED = re.compile(
    r"(?:资助|奖补|补助|奖励|扶持|申报|补贴)(?:对象|主体|单位|机构)[^，。；]{0,30}?(?:企业|机构|单位|组织|团体|基地|食堂)|(?:申请|申报)(?:企业|机构|单位|组织)"
    r"|对(?:安置|招用|吸纳)[^。；]{0,20}(?:单位|企业|机构)|(?:企业|单位|机构|工商户)[^。；]{0,60}可(?:以)?申请"
)
# 引进国际品牌首店3家: words between the verb and what it brings in
_BROUGHT = re.compile(r"(?:引进|招引|培育)[^，。；、的]{1,6}$")
# 车辆登记地在本市, 2018年前注册登记的柴油货车, 新增托位投入运营满6个月: said of a thing
_THING = r"(?:车辆|[货客]车|乘用车|房屋|不动产|商标|托位|床位|生产线|充电桩)"
_THING_BEFORE = re.compile(rf"{_THING}[^，。；、的]{{0,6}}$")
_THING_BEHIND = re.compile(rf"(?:的)?[^，。；、的]{{0,4}}{_THING}")
# 委托区属国有企业运营, 面向中小微企业收费的担保机构: who acts, and whom an applicant serves
_AGENT = re.compile(r"(?:委托|依托|指定|聘请|会同)[^，。；、的]{0,8}$")
_FOR_WHOM = re.compile(r"(?:面向|服务于?|为|向)$")
_SERVES_THEM = re.compile(
    r"[^，。；、]{0,6}(?:提供(?!补)|收费|服务|开展|融资|减收|担保|发放(?=[^，。；]{0,6}贷款))"
)
_KINDS = frozenset({"type", "entity", "size", "ownership", "qualification"})
# 就业单位为注册在本区的企业: what is said of an employer is no fact of a firm that applies
_EMPLOYER = re.compile(
    r"(?:[^，。；：]{2,8}：)?(?:其|现|所在)?(?:就业|用人|工作|任职|供职|所在|劳动关系|聘用)单位(?:须|应当?|是|为|系)"
)
_EMPLOYERS = {"llc": "enterprise", "joint_stock": "enterprise", "sole_prop": "enterprise",
              "partnership": "enterprise", "individual_business": "individual_business",
              "private_nonenterprise": "private_nonenterprise", "institution": "institution",
              "government": "government"}  # fmt: skip
_OF_FIRMS = frozenset({"registered_area", "established_on", "business_area"})
_BEFORE = 16


def tells_whom_it_serves(clause: str, scope: Scope) -> bool:
    """Whether from *clause* on a sentence tells whom an applicant serves: 培训对象为新招用人员."""
    return bool(_SERVED.match(clause)) and bool(_GRANTED.search(scope.whole))


def is_of_others(one: Finding, part: str) -> bool:
    """Whether what was found is said of a parent, of a thing, or of what an applicant brings in."""
    before = part[max(one.start - _BEFORE, 0) : one.start]
    if {leaf.get("fact") for leaf in leaves_of(one.node)} <= _OF_FIRMS:
        return bool(_THING_BEFORE.search(before) or _THING_BEHIND.match(part, one.end))
    if one.group in _KINDS and _AGENT.search(before):
        return True
    if one.group in _KINDS and _FOR_WHOM.search(before) and _SERVES_THEM.match(part, one.end):
        return True
    if one.group == "qualification" and _BROUGHT.search(before):
        return True
    return bool(_OF_PARENTS.search(before) or _OBJECTS.search(before))


def of_an_employer(clause: str, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Ask of an employer what a clause says of one: 就业单位为注册在本区的企业."""
    if not _EMPLOYER.match(clause):
        return tuple(found)
    placed = any(one.node.get("fact") == "employer_area" for one in found)
    told = (_as_employers(one) for one in found)
    return tuple(f for f in told if f and not (placed and f.node.get("fact") == "registered_area"))


def _as_employers(one: Finding) -> Finding | None:
    node = one.node
    if node.get("fact") == "entity_type" and node["op"] in ("in", "eq"):
        values = node["value"] if isinstance(node["value"], list) else [node["value"]]
        kinds = list(dict.fromkeys(_EMPLOYERS[v] for v in values if v in _EMPLOYERS))
        if not kinds:
            return None
        return replace(one, node={"fact": "employer_type", "op": "in", "value": kinds})
    return one
