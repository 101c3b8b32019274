"""Each sentence of a document read for what it does: it asks, grants, shuts out, or passes."""

import re
from dataclasses import dataclass, field

from pusher.reading.grammar.documents.grants import (
    EASIER,
    GIVES,
    GRANTS_APART,
    HEADED,
    MONEY,
    REACHED,
    STILL_ASKED,
    with_easier,
)
from pusher.reading.grammar.documents.tidying import taken_in
from pusher.reading.grammar.documents.trimming import without_tail
from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.joining import Node, all_of, any_of, is_place, leaves_of
from pusher.reading.grammar.sentences.roles import cues, has_role
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.sentences.shutting import Reading
from pusher.reading.grammar.words import Words, definitions, inline

_WAY_IN = re.compile(
    r"直接(?:列入|纳入|认定|入选|配发|调整|发放|享受|补差|补发|划转|转入)|(?:无需|无须|不必|不需要?|不用)(?:重新|另行|再次|再)?申请|可[^，。；均]{0,24}提出[^，。；]{0,8}申请"
)
# 80周岁以上的独居老年人，不要求具备前款所列条件，直接列入
_SPARED = re.compile(r"不要求|(?:不受|无需|不需|不必)[^，。；]{0,4}(?:前款|上述|前述|以上|前条)")
# 困难残疾人生活补贴对象为…；重度残疾人护理补贴对象为…: each benefit has people of its own.
NAMED = re.compile(
    r"(?:^|[。；：:\n）、])(?P<name>[^，。；：:\n）、]{2,16}(?:补贴|津贴|补助|奖励|待遇|救助|供养|服务))的?(?:发放)?对象(?:为|是|包括|：)"
)
_NAMES_GRANT = re.compile(r"给予|奖励|补助|补贴|对象|条件")
# 申请材料：户口簿；未满18周岁的…: papers, part by part.
_LABEL = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*)?(?:申请|申报|申领|办理|所需|受理|报名|提交)?(?:的)?"
    r"(?:材料|资料|流程|程序|方式|渠道|地点|电话|时限|要件)(?:清单)?\s*："
)
_ONE_OF = re.compile(
    r"(?P<lead>[^：；]{0,160}(?:(?:之一|任一|任意一项)(?:的|者)?[^：；]{0,20}|(?:属于|为|是)(?:下列|以下|如下)[^：；，条]{0,10}))：(?P<ways>[^：]+)$"
)
# 有下列情形之一的，不纳入项目：甲；乙
_SHUT_LIST = re.compile(
    r"[^：]{0,40}(?:下列|以下)[^：]{0,30}：|[^：，。]{0,6}(?:不予|不得|不可|除外|排除)[^：，。]{0,10}："
)
OFFERS = re.compile(
    r"[，,]每[人亩户孩月年次餐床张][^，。；]{0,10}(?:补贴|补助|奖励|发放|给予|\d)|可(?:以)?申请(?:在|到|入)|(?:均)?可(?:以)?(?:按规定)?(?:享受|领取|获得)(?![^，。；]{0,100}(?:对象|范围))"
)
# facts that a mere mention of a noun would state
_NAMES = frozenset(
    {"industry", "entity_type", "size_class", "business_types", "qualifications", "welfare_status",
     "child_category", "preferential_status", "disability", "benefits_received",
     "housing_support", "school_stage", "employment_status", "hard_to_employ", "sex",
     "veteran_type", "statistics_inclusion", "ability_level", "care_setting",
     "living_arrangement", "family_planning_status", "ownership", "export_insurance_premium",
     "serious_illness", "zero_employment_family", "converted_from_individual_on", None}
)  # fmt: skip
# 外商投资企业同等享受: nobody is asked who owns a firm
_ANY_FIRM = frozenset({"ownership", "entity_type", "size_class"})
# nouns that say for whom where something is granted beside them
_NAMES_OF_FIRMS = frozenset({"qualifications", "business_types", "statistics_inclusion"})
_TITLE = re.compile(
    r"^关于|(?:通知|办法|公告|细则|方案|意见|规定|措施|指南|须知|明白纸)(?:（[^）]{0,60}）)?$"
)
# 已领取过…的，不得重复申领 shuts out who has had it; 不得重复享受 alone says how grants add up.
# 不适用第二条，但可按第三条执行: shut out of one way alone
_NOT_BY_ARTICLE = re.compile(
    r"不适用(?:本办法|本细则)?第[一二三四五六七八九十]{1,3}[条项款][^。；]{0,100}(?:但|可按)"
)
# 低保对象不受收入限制: a second way for one figure
_WAIVED = re.compile(
    r"(?:的)?，?不受(?:上述|前述|前款)?(?P<what>收入|年龄|户籍|学历)[^，。；]{0,6}限制"
)
_WAIVERS = {"收入": "household_income_month", "年龄": "birth_date", "户籍": "household_area",
            "学历": "education_level"}  # fmt: skip
# 第（二）项人员还应年满16周岁: asked of some, not of all
_OF_ITEM = re.compile(
    r"^(?:对)?(?:符合|属于)?(?:本办法|本细则)?(?:本条|前款|上款|第[一二三四五六七八九十]{1,3}条)?(?:第[一二三四五六七八九十]款)?"
    r"第[（(]?[一二三四五六七八九十]{1,3}[）)]?(?:、第?[（(]?[一二三四五六七八九十]{1,3}[）)]?)*项"
)
# 年满80周岁可享受，低保对象年满70周岁可享受: two ways in
_EACH_OFFERED = re.compile(
    r"可(?:以)?(?:申请|享受|领取|申领)[^，。；]{0,12}，(?=[^，。；]{2,30}可(?:以)?(?:申请|享受|领取|申领))"
)
# 低保家庭补贴标准为每月500元，其他家庭300元: everybody is given something
_OTHERS_TOO = re.compile(
    r"标准为[^。]{0,60}[，；]其他[^，。；、]{1,8}?(?:按|为|每[^，。；]{1,4})?\d[\d.]{0,6}万?元"
)
_PAID = r"(?:分别|一次性)?(?:按|给予|补贴|补助|奖励|发放|返还|每)[^，。；]{0,24}\d[^，。；]{0,12}"
# 中小微企业奖励3000元，大型企业2000元: of every size, something
_EACH_PAID = re.compile(
    rf"^(?:[^，。；：]{{0,12}}标准[：:])?对?(?:[^，。；：、在自\d]{{2,14}}?{_PAID}[，；](?:对)?其他[^，。；、的]{{2,6}}?{_PAID}$"
    rf"|中小微企业{_PAID}[，；](?:对)?大型企业{_PAID}$|大型企业{_PAID}[，；](?:对)?中小微企业{_PAID}$)"
)
# 由外区迁入的企业，按迁入企业适用: how some are treated asks nothing of all
_TREATED_AS = re.compile(
    r"(?:的|的企业|的人员|的单位|的居民)，(?:视同|按照?)[^，。；]{2,12}(?:适用|对待)$"
)
# 面积超过800亩的，按大户补贴管理，不适用本指南: shut out, not paid
_SENT_ELSEWHERE = re.compile(
    r"的，(?:按照?|纳入|执行)[^，。；]{2,20}(?:管理|执行|办理|享受|申报)?，不(?:再)?(?:适用|享受|纳入|属于)"
)
# 从业人员不足10人的单位，同期人数不得超过3人; …的家庭，商户应当优先上门: what holds for some
_OF_SOME = re.compile(
    r"^(?P<who>[^。；]{4,80}?的[^，。；的]{0,6})，(?P<rest>[^，。；]{0,14}?(?:(?:不得?超过|最长|至多)[^，。；]{0,6}\d+(?!\d*[\d.]*[千万亿]*元)"
    r"|(?:应当?|须)(?:优先|配合|公示|做好|主动|及时|完成|先|按规定|出具|提供|退回)|[从自][^，。；]{2,14}(?:次月|之日|当月)起|(?:按|由)[^，。；]{2,20}(?:折算|核算|计算|核减|补录|收取|缴纳|另行|核定|统一|代建|代办|协商))[^。；]{0,60})$"
)
# 年满18周岁的由本人提出: who acts, not who qualifies; 处理儿童信息的，应当…: a duty of the office
_WHO_ACTS = re.compile(
    r"^[^，。；]{0,6}(?:\d{1,2}|[一二十]{1,3})周岁(?:以上|以下)?的?[^，。；]{0,6}，?(?:可以?|应当?|须)?由(?:其|本人|监护人|法定代理人|父母|代理人|亲属|家属|照护人)"
    r"|^(?:未成年人|无民事行为能力人)[^，。；]{0,8}，?(?:可以?|应当?|须)?由"
    r"|^(?:处理|收集|采集|使用|公开|公布|查询)[^，。；]{2,24}(?:信息|资料|档案)的?，"
)
_AS_OTHERS = re.compile(r"(?:参照|比照)[^，。；]{2,16}(?=办理|执行|申报|享受)")
_IS_GIVEN = re.compile(r"无需|无须|免费|财政|直接|发放|补发")
_MAY_STILL = re.compile(
    r"[^；]{0,4}(?:曾经?|已经?|现已|此前)[^；]{2,40}的，(?:仍|方|也)?可(?:以)?(?:继续)?(?:申请|申报|享受)"
)
_PLACED = re.compile(r"(?:注册|税务|纳税|统计)[^，。；]{0,14}(?:须|应|均)[^，。；]{0,4}(?:在|属)")
_RELAXES = re.compile(r"放宽|参照|同等")
_PAYS = re.compile(r"的[，]?(?:一次性)?(?:给予|奖励|补助|补贴)[^，。；]{0,10}\d")
_DUTY = re.compile(r"，|并(?=[^，。；]{0,4}追回|追缴|退回|收回|依法)")
_HAD_ONCE = re.compile(
    r"(?:已|曾)(?:经)?(?:享受|领取|获得|申领)(?:过)?[^，。；]{2,40}的[^，。；]{0,6}[，]?[^，。；]{0,4}不得"
    r"|(?:正在|仍在|现|同时|按规定)(?:享受|领取)[^，。；]{2,24}[，]?[^，。；]{0,4}不得|(?:享受|领取)[^，。；]{2,16}(?:期间|的(?:人员|对象|家庭|老年人|残疾人))[，]?[^，。；]{0,4}不得|已领[^，。；]{2,12}者不得"
    r"|(?:尚未|仍未|未|没有)(?:全部)?(?:结清|还清|清偿|归还|偿还)[^，。；]{0,10}的[^，。；]{0,6}[，]?[^，。；]{0,4}不得"
)
SHORTEST_TOLD = 6


@dataclass(slots=True)
class Desk:
    """What has been read of a document so far."""

    scope: Scope
    words: Words
    reading: Reading = field(default_factory=Reading)
    ways: list[Reading] = field(default_factory=list)
    likewise: list[Node] = field(default_factory=list)
    waived: list[tuple[str, Node]] = field(default_factory=list)
    """A fact, and those of whom it is not asked."""
    scopes: dict[int, Scope] = field(default_factory=dict)
    """The scope of each item of the outline, by its id."""
    several: bool = False
    """Whether the text tells for each of several benefits whom it is for."""


def read_parts(sentence: str, desk: Desk, *, inside: bool) -> None:
    """Read a sentence part by part; a part that begins nothing new goes with the one before."""
    if len(sentence) > LONGEST:
        desk.reading.unread.append(sentence[:LONGEST])
        return
    if _LABEL.match(sentence) or "→" in sentence:  # papers, or a chain of steps
        return
    beside = inline(sentence)
    if beside:
        sentence = sentence[: sentence.find(beside.quote)].rstrip("，；")
    elif any(True for _ in definitions(sentence)):
        return
    if _EACH_PAID.match(sentence) and not has_role(sentence, "excludes"):
        return
    shut = _SHUT_LIST.match(sentence)
    if shut and has_role(shut.group(0), "excludes"):
        rest = sentence[shut.end() :]
        desk.reading.add(read_sentence(rest, desk.scope, desk.words, shuts=True))
        return
    one_of = _ONE_OF.match(sentence)
    if one_of and "；" in one_of["ways"]:
        _read_ways(one_of["lead"], one_of["ways"].split("；"), desk)
        return
    together: list[str] = []
    for part in re.split(r"[；;]", sentence):
        begins = any(has_role(part, role) for role in ("grants", "never", "likewise"))
        plain = begins or bool(_WAY_IN.search(part))
        if together and not begins and EASIER.match(part) and GIVES.search(together[-1]):
            together[-1] = with_easier(together[-1], part)
        elif together and not plain and _goes_on(part, together[-1]):
            together[-1] = f"{together[-1]}；{part}"
        elif part.strip() and not (together and _stays_in(part, together[-1])):
            together.append(part)
    for part in together:
        told = without_tail(part.strip())
        if told:
            _read_in_role(told, desk, inside=inside)


def _stays_in(part: str, before: str) -> bool:
    """Whether *part* says whom the exclusion before it leaves in: 曾经取得、现已还清的，可以申请."""
    return has_role(before, "excludes") and bool(_MAY_STILL.match(part))


def _read_ways(lead: str, ways: list[str], desk: Desk) -> None:
    """Read a list within one sentence of which one is enough: 符合下列条件之一：甲；乙；丙。"""
    desk.reading.add(read_sentence(cut(lead, OFFERS), desk.scope, desk.words))
    options: list[Node] = []
    for way in ways:
        found = read_sentence(way, desk.scope, desk.words)
        desk.reading.checks += found.checks
        denied = [{"not": node} for node in found.excluded]
        unread: list[Node] = [
            {"fact": None, "op": "manual", "value": None, "quote": quote} for quote in found.unread
        ]
        if found.asked or denied or unread:
            options.append(all_of([*found.asked, *denied, *unread]))
    if options:
        desk.reading.asked.append(any_of(options))


def _goes_on(part: str, before: str) -> bool:
    """Whether *part* is an exception to an exclusion before it, or goes on with conditions."""
    if has_role(before, "excludes"):
        return has_role(part, "excludes") or "限制" in part
    return has_role(before, "asks") and not (has_role(part, "aside") or has_role(part, "passes"))


def _read_in_role(sentence: str, desk: Desk, *, inside: bool) -> None:
    """Read a sentence for what it does; what speaks of something else is passed over."""
    excludes, asks = has_role(sentence, "excludes"), has_role(sentence, "asks")
    if not excludes and (has_role(sentence, "passes") or _binds_some(sentence, desk)):
        return
    waived = _WAIVED.search(sentence)
    if waived and not has_role(sentence, "excludes"):
        before, _, told = sentence[: waived.start()].rpartition("，但")
        who = read_sentence(told, desk.scope, desk.words)
        desk.waived += [(_WAIVERS[waived["what"]], all_of(who.asked))] if who.asked else []
        if not before:
            return
        sentence = before
    if _WHO_ACTS.search(sentence) or (_OTHERS_TOO.search(sentence) and not (asks or excludes)):
        return
    if _NOT_BY_ARTICLE.search(sentence) or _asks_of_some(sentence, desk):
        desk.reading.unread.append(sentence)
        return
    ways = _EACH_OFFERED.split(sentence)
    if asks and not excludes and len(ways) > 1:
        told_apart = [read_sentence(cut(way, OFFERS), desk.scope, desk.words) for way in ways]
        if all(found.asked for found in told_apart):
            desk.ways += told_apart
            return
    way_in = _WAY_IN.search(sentence)
    resolves = has_role(sentence, "resolves") and not _NAMES_GRANT.search(sentence)
    if resolves:
        return
    if has_role(sentence, "never") and not _HAD_ONCE.search(sentence):
        kept = _before_duties(sentence)
        tells = has_role(kept, "excludes") or bool(_PLACED.search(kept)) or _pays(kept)
        if kept and kept != sentence and tells:
            _read_in_role(kept, desk, inside=inside)
        return
    if has_role(sentence, "likewise"):
        found = Reading()
        for told in _AS_OTHERS.split(sentence):  # a quote is one piece of the text
            found.add(read_sentence(told, desk.scope, desk.words))
        leaves = [leaf for node in found.asked for leaf in leaves_of(node)]
        desk.likewise += leaves
        also = {x["fact"] for x in leaves} - (_ANY_FIRM if "同等享受" in sentence else _NAMES)
        if also and not taken_in(desk.reading.asked, found.asked):
            desk.ways.append(_unit(found))
        return
    if way_in and not excludes:
        told = sentence[: way_in.start()]
        way = read_sentence(told, desk.scope, desk.words)
        if way.asked and desk.reading.asked and _SPARED.search(told):
            _offer_instead(way, desk)
        else:
            desk.ways.append(way)
    elif has_role(sentence, "aside") and not excludes and not _names_audience(sentence):
        if asks:
            _read_beside_papers(sentence, desk)
    elif desk.several and NAMED.search(sentence):
        desk.ways.append(read_sentence(sentence, desk.scope, desk.words))
    elif has_role(sentence, "grants") and not (excludes and _SENT_ELSEWHERE.search(sentence)):
        _read_grant(sentence, desk)
    elif excludes:
        found = read_sentence(sentence, desk.scope, desk.words)
        if not asks and all(facts_of(node) <= _NAMES for node in found.asked):
            found.asked = []  # 劳务派遣单位按协议分配，骗取的不予返还: a noun alone asks nothing
        found = _unit(found)
        if not (found.asked or found.excluded or found.unread or found.checks):
            found.checks.append(sentence)  # whom it shuts out no register tells; staff see it
        desk.reading.add(found)
    elif asks or inside:
        told = cut(sentence, OFFERS)
        desk.reading.add(_unit(read_sentence(told, desk.scope, desk.words)))
    else:
        _read_uncued(sentence, desk)


def _offer_instead(way: Reading, desk: Desk) -> None:
    """Offer *way* in place of all that was asked before it but the place."""
    places = [node for node in desk.reading.asked if is_place(node)]
    rest = [node for node in desk.reading.asked if node not in places]
    ways = [all_of(rest), all_of(way.asked)] if rest else []
    desk.reading.asked = [*places, *([any_of(ways)] if ways else way.asked)]


def _binds_some(sentence: str, desk: Desk) -> bool:
    """Whether a sentence lays a duty or a limit on some alone, which asks nothing of all."""
    some = _OF_SOME.match(sentence)
    if some is None or has_role(sentence, "grants"):
        return False
    rest = read_sentence(some["rest"], desk.scope, desk.words)
    return not (rest.asked or rest.excluded or _IS_GIVEN.search(some["rest"]))


def _asks_of_some(sentence: str, desk: Desk) -> bool:
    """Whether a sentence asks more of those alone whom one item of a list names."""
    item = _OF_ITEM.match(sentence)
    if item is None or has_role(sentence, "grants"):
        return False
    found = read_sentence(sentence[item.end() :], desk.scope, desk.words)
    return bool(found.asked or found.excluded)


def facts_of(node: Node) -> set[str | None]:
    """Return the facts that *node* asks about."""
    return {leaf["fact"] for leaf in leaves_of(node)}


def _pays(sentence: str) -> bool:
    return has_role(sentence, "grants") or bool(_PAYS.search(sentence))


def _before_duties(sentence: str) -> str:
    """Keep what stands before a duty that follows: 取消补助资格并追回已发资金."""
    kept: list[str] = []
    for clause in _DUTY.split(sentence):
        if has_role(clause, "never"):
            break
        kept.append(clause)
    return "，".join(kept)


def _read_uncued(sentence: str, desk: Desk) -> None:
    """Read a sentence without a cue, if it states conditions: 非济南市户籍，在本市无自有住房。"""
    if _TITLE.search(sentence):
        return
    for part in GRANTS_APART.split(HEADED.sub("", sentence)):
        if _TREATED_AS.search(part):
            continue
        gives = GIVES.search(part) if MONEY.search(part) else None
        told = part[: gives.start()] if gives else part
        if MONEY.search(REACHED.sub("", told)):
            continue
        found = read_sentence(told, desk.scope, desk.words)
        told_of = [*found.asked, *([] if gives else found.excluded)]
        facts = {leaf["fact"] for node in told_of for leaf in leaves_of(node)}
        if gives and (facts - _NAMES or facts & _NAMES_OF_FIRMS):
            desk.ways.append(found)
        elif not gives and facts - _NAMES:
            desk.reading.add(_unit(found))


def _unit(found: Reading) -> Reading:
    """Keep what one sentence asks together: another sentence may state a second way in."""
    if found.asked:
        found.asked = [all_of(found.asked)]
    return found


def cut(sentence: str, at: re.Pattern[str]) -> str:
    """Keep what stands before what is offered, unless the sentence begins with the offer."""
    mark = at.search(sentence)
    return sentence[: mark.start()] if mark and mark.start() > SHORTEST_TOLD else sentence


def _read_beside_papers(sentence: str, desk: Desk) -> None:
    """Read 申请人须年满18周岁，并提交身份证: what it asks counts, what it says of papers does not."""
    found = read_sentence(cut(sentence, OFFERS), desk.scope, desk.words)
    facts = {leaf["fact"] for node in found.asked for leaf in leaves_of(node)}
    if facts - _NAMES:
        desk.reading.add(_unit(Reading(found.asked, found.excluded)))


def _names_audience(sentence: str) -> bool:
    return bool(cues("asks")[0].search(sentence))


def _read_grant(sentence: str, desk: Desk) -> None:
    """Read each 对…的，给予…: a way in; what is given behind it asks nothing."""
    for part in GRANTS_APART.split(sentence):
        part = HEADED.sub("", part)
        if part.lstrip("，； ").startswith("其中") and not _RELAXES.search(part):
            continue
        gives = GIVES.search(part)
        told = part[: gives.start()] if gives else part
        if not gives and has_role(part, "excludes"):
            desk.reading.add(read_sentence(part, desk.scope, desk.words))
        elif told.strip():
            found = read_sentence(told, desk.scope, desk.words)
            still = STILL_ASKED.search(part, gives.end()) if gives else None
            if still:
                found.add(read_sentence(still["told"], desk.scope, desk.words))
            if found.asked or found.excluded or found.unread:
                desk.ways.append(found)
