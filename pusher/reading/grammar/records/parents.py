"""What befell a child's parents: 父母双方均…, 一方死亡、另一方失联, 父亲服刑、母亲改嫁失联.

Whoever is named (both, one, the other, father, mother) is followed by states in any order; each
state may tell for how long it lasts. Source: 民发〔2019〕62号, 国发〔2016〕13号.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.grammar.findings import Finding, Scope, leaf

_STATES = {
    "dead": r"死亡|去世|亡故|身故|已故|双亡|(?<!重)病故",
    "missing": r"失踪",
    "severely_disabled": r"重残|重度残疾(?!人)",
    "seriously_ill": r"重病|(?:患|重)?重?大疾病|重特大疾病",
    "imprisoned": r"服刑|在押|羁押|判刑",
    "compulsory_rehab": r"强制(?:隔离)?戒毒",
    "restricted_liberty": r"限制人身自由(?:的)?(?:强制)?(?:措施)?",
    "lost_contact": r"失联|失去联系|下落不明",
    "guardianship_revoked": r"撤销(?:其)?监护(?:人)?(?:资格)?",
    "deported": r"(?:遣送|驱逐)(?:（(?:遣送|驱逐)）)?(?:出境)?",
    "working_away": r"(?:外出|在外|异地|在外地)(?:务工|打工|就业|工作)",
    "capable": r"(?<![无失])(?<!没有)(?<!丧失)(?<!缺乏)(?<!不具备)(?:具?有|具备|恢复)(?:完全)?(?:监护|抚养|履行[^，。；]{2,8})(?:能力)?(?=能力|的|，|。|$|且)",
}
_STATE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _STATES.items()))
_WHO = re.compile(
    r"(?P<other>(?:另外?|其他)一方)"
    r"|(?P<both>父母(?:双方(?!或)(?:均|都)?|二人|均|都|双(?=亡)|双双|(?=[^，。；的]{0,8}(?:均|都)))|双方(?:均|都))"
    r"|(?P<one>(?:父母|双亲)(?:中|其中)?(?:的)?(?:有|任意?|任何)?一方(?!或)|父亲(?:或者?|、)母亲(?:一方)?|(?<!另)(?<!另外)(?<!或)(?<!其他)(?:其中)?一方(?=[^，。；]{0,14}(?:、|，)?(?:而|且)?另外?一方))"
    r"|(?P<father>父亲(?!或|、母))|(?P<mother>(?<!或)(?<!或者)(?<!、)母亲|(?<=、)母亲(?!一方))"
)
_ENDS = re.compile(
    r"[。；;\n]|的(?=儿童|未成年|学生|孤儿|[，。；]|$|、(?!另))|情形(?:之一)?|(?:儿童|未成年人)(?=[，。；、]|$)|(?:，|、)(?=或者?父母|或一方|以及)"
)
_LASTS = re.compile(
    rf"(?:连续|累计|已|均|时间|满|达到?|超过|在){{0,4}}\s*(?P<count>{COUNT})\s*(?P<unit>个月|年)(?:及?以上|（含）以上)?"
)
_ABOVE = re.compile(
    r"[^，。；]{0,6}(?:上述|前述|前款|以上|前项|下列)[^，。；]{0,4}(?:情形|情况|条件)"
)
_NEAR = 8


@dataclass(frozen=True, slots=True)
class _Said:
    """Who is named, in what states, each with the months it must last."""

    who: str
    start: int
    end: int
    states: dict[str, int | None]
    above: bool


def read_parents(text: str, scope: Scope) -> Iterator[Finding]:
    """Find what *text* asks of the states of a child's parents, in the order of the text."""
    said = [one for one in _said(text) if one.states or one.above or one.who == "other"]
    place = 0
    while place < len(said):
        one = said[place]
        then = said[place + 1] if place + 1 < len(said) else None
        taken = 2 if then and _belongs(one, then, text) else 1
        node = _node(one, then if taken == 2 else None, scope)
        if node is not None:
            end = then.end if taken == 2 and then else one.end
            yield Finding(one.start, end, node, "capable" if _is_capable(one) else "parents")
        place += taken


def _belongs(one: _Said, then: _Said, text: str) -> bool:
    pair = (one.who, then.who)
    near = not re.search("[。；;]", text[one.end : then.start])
    return near and pair in (("one", "other"), ("father", "mother"), ("mother", "father"))


def _is_capable(one: _Said) -> bool:
    return set(one.states) == {"capable"}


def _said(text: str) -> Iterator[_Said]:
    marks = list(_WHO.finditer(text))
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        ends = _ENDS.search(text, mark.end(), stop)
        stop = ends.start() if ends else stop
        states: dict[str, int | None] = {}
        last = mark.end()
        begin = mark.start() if text[mark.start() : mark.end() + 1].endswith("双亡") else mark.end()
        for state in _STATE.finditer(text, begin, stop):
            lasts = _LASTS.match(text, state.end(), stop)
            lasts = lasts or _LASTS.search(text, state.end(), min(stop, state.end() + _NEAR))
            states[str(state.lastgroup)] = _months(lasts) if lasts else None
            last = lasts.end() if lasts else state.end()
        above = _ABOVE.match(text, mark.end())
        last = max(last, above.end()) if above else last
        closes = re.match(r"(?:情形(?:之一)?|之一)?的?", text[last:])
        last += closes.end() if closes and _ENDS.match(text, last) else 0
        yield _Said(str(mark.lastgroup), mark.start(), last, states, bool(above and not states))


def _months(mark: re.Match[str]) -> int | None:
    count = read_count(mark["count"])
    return count * (12 if mark["unit"] == "年" else 1) if count else None


def _node(one: _Said, then: _Said | None, scope: Scope) -> dict[str, Any] | None:
    if one.who == "other":
        return None
    told = _states_of(one, scope)
    if not told:
        return None
    if then is None:
        nodes = [_in_state(who, told, scope) for who in ("father", "mother")]
        if one.who in ("father", "mother"):
            return _in_state(one.who, told, scope)
        return {"all": nodes} if one.who == "both" else {"any": nodes}
    rest = _states_of(then, scope)
    if not rest:
        return None
    if one.who != "one":
        return {"all": [_in_state(one.who, told, scope), _in_state(then.who, rest, scope)]}
    pairs = (("father", "mother"), ("mother", "father"))
    return {
        "any": [{"all": [_in_state(a, told, scope), _in_state(b, rest, scope)]} for a, b in pairs]
    }


def _states_of(one: _Said, scope: Scope) -> dict[str, int | None]:
    """Return the states; 另一方符合上述情形之一 has those that the text told of both."""
    if one.states or not one.above:
        return one.states
    both = (said for said in _said(scope.whole) if said.who == "both" and said.states)
    return next((said.states for said in both), {})


def _in_state(who: str, states: dict[str, int | None], scope: Scope) -> dict[str, Any]:
    """One parent is in one of *states*; some count from the months that the text tells."""
    if set(states) == {"capable"}:
        return leaf(f"{who}_state", "eq", "capable")
    lasting = {state: months or _defined(state, scope) for state, months in states.items()}
    plain = [state for state, months in lasting.items() if not months]
    ways: list[dict[str, Any]] = [leaf(f"{who}_state", "in", plain)] if plain else []
    for state, months in lasting.items():
        if months:
            since = leaf(f"{who}_state_since", "months_ge", months)
            ways.append({"all": [leaf(f"{who}_state", "eq", state), since]})
    return ways[0] if len(ways) == 1 else {"any": ways}


def _defined(state: str, scope: Scope) -> int | None:
    """Return the months that a definition tells: 失联是指失去联系…6个月以上."""
    told = re.search(
        rf"(?:{_STATES[state]})[^，。；]{{0,4}}(?:是指|系指|指)[^。]{{0,60}}", scope.whole
    )
    lasts = (
        re.search(rf"(?P<count>{COUNT})\s*(?P<unit>个月|年)(?:及?以上)", told[0]) if told else None
    )
    return _months(lasts) if lasts else None
