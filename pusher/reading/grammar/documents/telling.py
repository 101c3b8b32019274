"""A sentence read by its role: a way in, an exclusion, a grant, a condition, or nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pusher.reading.grammar.documents.desk import (
    OFFERS,
    WAY_IN,
    Desk,
    cut,
    facts_of,
    unit,
)
from pusher.reading.grammar.documents.grants import (
    GIVES,
    GRANTS_APART,
    HEADED,
    MONEY,
    REACHED,
    STILL_ASKED,
)
from pusher.reading.grammar.documents.tidying import taken_in
from pusher.reading.grammar.joining import all_of, any_of, is_place, leaves_of
from pusher.reading.grammar.sentences.roles import cues, has_role
from pusher.reading.grammar.sentences.sentence import read_sentence
from pusher.reading.grammar.sentences.shutting import Reading

# 80周岁以上的独居老年人，不要求具备前款所列条件，直接列入
_SPARED = re.compile(r"不要求|(?:不受|无需|不需|不必)[^，。；]{0,4}(?:前款|上述|前述|以上|前条)")


# 困难残疾人生活补贴对象为…；重度残疾人护理补贴对象为…: each benefit has people of its own.
NAMED = re.compile(
    r"(?:^|[。；：:\n）、])(?P<name>[^，。；：:\n）、]{2,16}(?:补贴|津贴|补助|奖励|待遇|救助|供养|服务))的?(?:发放)?对象(?:为|是|包括|：)"
)


_NAMES_GRANT = re.compile(r"给予|奖励|补助|补贴|对象|条件")


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


_PLACED = re.compile(r"(?:注册|税务|纳税|统计)[^，。；]{0,14}(?:须|应|均)[^，。；]{0,4}(?:在|属)")


_RELAXES = re.compile(r"放宽|参照|同等")


_PAYS = re.compile(r"的[，]?(?:一次性)?(?:给予|奖励|补助|补贴)[^，。；]{0,10}\d")


_DUTY = re.compile(r"，|并(?=[^，。；]{0,4}追回|追缴|退回|收回|依法)")


_HAD_ONCE = re.compile(
    r"(?:已|曾)(?:经)?(?:享受|领取|获得|申领)(?:过)?[^，。；]{2,40}的[^，。；]{0,6}[，]?[^，。；]{0,4}不得"
    r"|(?:正在|仍在|现|同时|按规定)(?:享受|领取)[^，。；]{2,24}[，]?[^，。；]{0,4}不得|(?:享受|领取)[^，。；]{2,16}(?:期间|的(?:人员|对象|家庭|老年人|残疾人))[，]?[^，。；]{0,4}不得|已领[^，。；]{2,12}者不得"
    r"|(?:尚未|仍未|未|没有)(?:全部)?(?:结清|还清|清偿|归还|偿还)[^，。；]{0,10}的[^，。；]{0,6}[，]?[^，。；]{0,4}不得"
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence with what its words say that it does."""

    sentence: str
    excludes: bool
    asks: bool
    inside: bool


def read_in_role(sentence: str, desk: Desk, *, inside: bool) -> None:
    """Read a sentence for what it does; what speaks of something else is passed over.

    Args:
        inside: whether its heading says that it tells for whom the policy is.
    """
    excludes, asks = has_role(sentence, "excludes"), has_role(sentence, "asks")
    if not excludes:
        if has_role(sentence, "passes") or _binds_some(sentence, desk):
            return
        sentence = _before_waiver(sentence, desk)
    told = _Told(sentence, excludes, asks, inside)
    if sentence and not any(reads(told, desk) for reads in _IN_TURN):
        _read_uncued(sentence, desk)


def _before_waiver(sentence: str, desk: Desk) -> str:
    """Note of whom something is not asked (…，但退役军人不受户籍限制); return what stands before."""
    waived = _WAIVED.search(sentence)
    if waived is None:
        return sentence
    before, _, told = sentence[: waived.start()].rpartition("，但")
    who = read_sentence(told, desk.scope, desk.words)
    desk.waived += [(_WAIVERS[waived["what"]], all_of(who.asked))] if who.asked else []
    return before


def _is_of_others(told: _Told, desk: Desk) -> bool:
    sentence = told.sentence
    others = _OTHERS_TOO.search(sentence) and not (told.asks or told.excludes)
    return bool(_WHO_ACTS.search(sentence) or others)


def _is_for_a_person(told: _Told, desk: Desk) -> bool:
    if _NOT_BY_ARTICLE.search(told.sentence) or _asks_of_some(told.sentence, desk):
        desk.reading.unread.append(told.sentence)
        return True
    return False


def _offers_each(told: _Told, desk: Desk) -> bool:
    ways = _EACH_OFFERED.split(told.sentence)
    if not told.asks or told.excludes or len(ways) < 2:
        return False
    apart = [read_sentence(cut(way, OFFERS), desk.scope, desk.words) for way in ways]
    if not all(found.asked for found in apart):
        return False
    desk.ways += apart
    return True


def _resolves(told: _Told, desk: Desk) -> bool:
    return has_role(told.sentence, "resolves") and not _NAMES_GRANT.search(told.sentence)


def _never_asks(told: _Told, desk: Desk) -> bool:
    """Pass over a duty; what stands before it may shut out or grant."""
    if not has_role(told.sentence, "never") or _HAD_ONCE.search(told.sentence):
        return False
    kept = _before_duties(told.sentence)
    tells = has_role(kept, "excludes") or bool(_PLACED.search(kept)) or _pays(kept)
    if kept and kept != told.sentence and tells:
        read_in_role(kept, desk, inside=told.inside)
    return True


def _treats_likewise(told: _Told, desk: Desk) -> bool:
    if not has_role(told.sentence, "likewise"):
        return False
    found = Reading()
    for piece in _AS_OTHERS.split(told.sentence):  # a quote is one piece of the text
        found.add(read_sentence(piece, desk.scope, desk.words))
    leaves = [leaf for node in found.asked for leaf in leaves_of(node)]
    desk.likewise += leaves
    also = {x["fact"] for x in leaves} - (_ANY_FIRM if "同等享受" in told.sentence else _NAMES)
    if also and not taken_in(desk.reading.asked, found.asked):
        desk.ways.append(unit(found))
    return True


def _opens_a_way(told: _Told, desk: Desk) -> bool:
    way_in = WAY_IN.search(told.sentence)
    if not way_in or told.excludes:
        return False
    who = told.sentence[: way_in.start()]
    way = read_sentence(who, desk.scope, desk.words)
    if way.asked and desk.reading.asked and _SPARED.search(who):
        _offer_instead(way, desk)
    else:
        desk.ways.append(way)
    return True


def _stands_aside(told: _Told, desk: Desk) -> bool:
    sentence = told.sentence
    if not has_role(sentence, "aside") or told.excludes or _names_audience(sentence):
        return False
    if told.asks:
        _read_beside_papers(sentence, desk)
    return True


def _names_a_benefit(told: _Told, desk: Desk) -> bool:
    if not (desk.several and NAMED.search(told.sentence)):
        return False
    desk.ways.append(read_sentence(told.sentence, desk.scope, desk.words))
    return True


def _grants(told: _Told, desk: Desk) -> bool:
    elsewhere = told.excludes and _SENT_ELSEWHERE.search(told.sentence)
    if not has_role(told.sentence, "grants") or elsewhere:
        return False
    _read_grant(told.sentence, desk)
    return True


def _shuts_out(told: _Told, desk: Desk) -> bool:
    if not told.excludes:
        return False
    found = read_sentence(told.sentence, desk.scope, desk.words)
    if not told.asks and all(facts_of(node) <= _NAMES for node in found.asked):
        found.asked = []  # 劳务派遣单位按协议分配，骗取的不予返还: a noun alone asks nothing
    found = unit(found)
    if not (found.asked or found.excluded or found.unread or found.checks):
        found.checks.append(told.sentence)  # whom it shuts out no register tells; staff see it
    desk.reading.add(found)
    return True


def _asks(told: _Told, desk: Desk) -> bool:
    if not (told.asks or told.inside):
        return False
    who = cut(told.sentence, OFFERS)
    desk.reading.add(unit(read_sentence(who, desk.scope, desk.words)))
    return True


_IN_TURN: tuple[Callable[[_Told, Desk], bool], ...] = (
    _is_of_others, _is_for_a_person, _offers_each, _resolves, _never_asks, _treats_likewise,
    _opens_a_way, _stands_aside, _names_a_benefit, _grants, _shuts_out, _asks,
)  # fmt: skip
"""What a sentence may do, in the order of which wins; the first that it does reads it."""


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
            desk.reading.add(unit(found))


def _read_beside_papers(sentence: str, desk: Desk) -> None:
    """Read 申请人须年满18周岁，并提交身份证: what it asks counts, what it says of papers does not."""
    found = read_sentence(cut(sentence, OFFERS), desk.scope, desk.words)
    facts = {leaf["fact"] for node in found.asked for leaf in leaves_of(node)}
    if facts - _NAMES:
        desk.reading.add(unit(Reading(found.asked, found.excluded)))


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
