"""Figures that must be reached or not passed: 年营业收入2000万元及以上, 签订1年以上劳动合同."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, all_or_one, leaf
from pusher.reading.grammar.phrases.amounts import (
    COMPARED,
    NUMBER,
    SIDE,
    SPAN,
    THEN,
    UNITS,
    WORD,
    Bound,
    bound_of,
    read_span,
    scaled,
)
from pusher.reading.grammar.phrases.standards import STANDARD, read_standard

# What may stand between the noun and its number; the word that compares is looked for in it.
_FILL = r"(?P<fill>[^，。；、\d]{0,36}?)"
# 前一年度 is no figure
_BOUND = rf"(?<![前上近])(?P<number>{NUMBER})\s*(?P<unit>{UNITS})\s*(?P<side>{SIDE}){THEN}"
_BEFORE = (
    rf"(?P<word>{WORD})?(?P<number>{NUMBER})\s*(?P<unit>{UNITS})\s*(?P<side>{SIDE})(?:的|期限的)?"
)
_GROWS = re.compile(r"增长|增速|增幅|增加|同比|提高")
_FIRST = re.compile(r"首次|首度|首年")
# 从业人员300人及以上的为中型企业 says what a word means; 为其担保 speaks of others.
_DEFINES = re.compile(r"[^，。；]{0,30}的(?:企业)?(?:为|属于)(?:大|中|小|微|规模)")
_GIVEN = re.compile(r"[^，。；、]{0,4}(?:的标准|给予|补贴|补助|奖励|发放|贴息|返还)")


_EACH = re.compile(r"分别|首次|达到?|超过|突破")
_ONE_OF_THEM = re.compile(rf"(?:、|和|或|及)(?P<number>{NUMBER})\s*(?P<unit>{UNITS})")
_MORE_OF = re.compile(rf"(?:(?:、|和|或|及){NUMBER}\s*{UNITS}){{1,6}}")


@cache
def family() -> Family:
    """Return the family of figures, from its table of nouns."""
    rules = [rule for row in _rows() for rule in _rules(row)]
    rules += [
        Rule(STANDARD, read_standard, "figure",
             (("标准提高至每人每月1150元，家庭人均收入低于新标准", "household_income_month lt 0.115"),
              ("标准为每人每月1000元，人均收入不超过低保标准的1.5倍", "household_income_month le 0.15"))),
        Rule(_OF_SAME, _of_same, "figure",
             (("零售额同比增长15%以上且绝对额不低于1000万元", "retail_sales ge 1000"),
              ("出口额增长10%以上且总额达到500万元", "export_value ge 500"))),
        Rule(_CROWD, _crowd, "figure",
             (("新招用人员占现有在职职工人数15%以上（超过100人的企业达到8%）", "(focus_hire_ratio ge 15 | (employees gt 100 & focus_hire_ratio ge 8))"),
              ("新招用符合条件人员达到现有在职职工的10%（超过100人的企业达到5%）", "(focus_hire_ratio ge 10 | (employees gt 100 & focus_hire_ratio ge 5))"))),
        Rule(_RELAXED, _relaxed, "figure",
             (("设备投资额300万元以上，高新技术企业放宽至200万元以上", "equipment_investment ge 200"),
              ("营业收入同比增速不低于10%；民营企业的增速要求调整为不低于8%", "revenue_growth ge 8"))),
        Rule(_ELSE, _of_named, "figure",
             (("批发业营业收入须达到2000万元，零售业须达到500万元", "revenue ge 500"),
              ("营业收入不足5000万元的，研发费用占比应达到5%，5000万元及以上的应达到3%", "rd_ratio ge 3"))),
        Rule(_THAT_SHARE, _that_share, "figure",
             (("研发费用占比不低于5%；大型企业该比例达到3%以上即可", "rd_ratio ge 3"),
              ("担保费率不超过1%，农户的该费率不超过0.5%", "guarantee_fee_rate le 0.5"))),
        Rule(_FIRST_SAME, _first_same, "figure",
             (("软件业务收入首次达到5000万元的，奖励10万元，首次达到1亿元的", "(software_revenue ge 10000 & software_revenue_prior_max lt 10000)"),
              ("网络零售额首次突破1000万元，首次突破1亿元的", "(online_retail_sales ge 10000 & online_retail_prior_max lt 10000)"))),
        Rule(_AS_BEFORE, _as_before, "figure",
             (("研发费用不得少于前一年度的1.1倍", 'rd_expense ratio_ge {"fact": "rd_expense_prev", "ratio": 1.1}'),
              ("研发投入达到上年度的1.2倍以上", 'rd_expense ratio_ge {"fact": "rd_expense_prev", "ratio": 1.2}'))),
        Rule(_OVER_BEST, _over_best, "figure",
             (("网络零售额800万元以上且较以往最高年度增长20%以上", 'online_retail_sales ratio_ge {"fact": "online_retail_prior_max", "ratio": 1.2}'),
              ("软件业务收入比历史最高值增长10%以上", 'software_revenue ratio_ge {"fact": "software_revenue_prior_max", "ratio": 1.1}'))),
        Rule(_FALLS, _falls, "figure",
             (("营业收入同比下降", "revenue_growth lt 0"),
              ("出口额较上年下滑", "export_growth lt 0"))),
        Rule(_POSITIVE, _positive, "figure",
             (("营业收入同比正增长", "revenue_growth gt 0"),
              ("零售额实现正增长", "retail_sales_growth gt 0"))),
        Rule(_SAME_GROWN, _same_grown, "figure",
             (("研发费用300万元以上，且较上一年度增长10%以上", 'rd_expense ratio_ge {"fact": "rd_expense_prev", "ratio": 1.1}'),
              ("营业收入2000万元以上，同比增长15%以上", "revenue_growth ge 15"))),
    ]  # fmt: skip
    return Family(
        "figures",
        "经营和家庭数字",
        ("%", "％", "正增长", "下滑", "减少", *"上下内过低少满到突不达超至于起"),
        tuple(rules),
    )


def named_figures(text: str) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Give where *text* names figures, with their rows of `nouns/figures.toml`, in order."""
    found = [(*m.span(), row) for row in _rows() for m in re.finditer(row["noun"], text)]
    kept: list[tuple[int, int, Mapping[str, Any]]] = []
    for one in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if one[1] > one[0] and all(one[1] <= k[0] or k[1] <= one[0] for k in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda k: k[0])


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    text = (files("pusher.reading.grammar") / "nouns" / "figures.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["figure"])


_NEAR = 60
"""Characters before 绝对额 in which its figure is looked for."""
_OF_SAME = re.compile(
    rf"(?:绝对额|总额|绝对值|总量|(?<=以上)且(?=超过|不低于|达到|高于)|(?<=标准[、，])(?:且|但)?(?=低于|不超过|不高于|不足)){_FILL}{_BOUND}"
)

_SAME_GROWN = re.compile(
    rf"(?<=[且，并、])(?:(?:较|比|同比)(?:上一?年度?|去年|前一年度?)?(?:同期)?(?:实现)?|(?=增[幅速长]))(?:增长|增加|提高|增幅|增速|增长率)(?P<word>{WORD})?{_BOUND}"
)


_AT_MOST = re.compile("不超过|不高于|不大于|(?<!不)低于|(?<!不)少于|以下|以内")
_RELAXED = re.compile(
    rf"(?P<least>(?:门槛|起点|起算线|起付线|最低|下限)[^，。；\d]{{0,4}}?)?(?:放宽|降低?|下调|调低|(?:要求|门槛|标准|条件|下限)(?:相应)?调整)(?:至|到|为)(?P<word>{WORD})?{_BOUND}"
)
# the share that is asked of bigger firms stands in brackets behind the share of the others
_CROWD = re.compile(
    r"(?:新招用|新吸纳|招用|吸纳)[^，。；\d]{0,50}?(?P<share>\d{1,2})%(?:（含）)?(?:以上)?[（，；](?:其中)?(?:现有)?(?:在职)?(?:职工|员工)?(?:人数|总数)?(?P<over>超过|达到|在)?(?P<crowd>\d+)人(?:（含）)?(?:及?以上)?的(?:企业|小微企业|单位)?(?:，)?(?:比例)?(?:应|须)?(?:达到|不低于|为|占)?(?P<less>\d{1,2})%(?:以上)?）?"
)


def _crowd(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    ratio = "focus_hire_ratio"
    over = "gt" if mark["over"] == "超过" else "ge"
    bigger = [leaf("employees", over, int(mark["crowd"])), leaf(ratio, "ge", int(mark["less"]))]
    return {"any": [leaf(ratio, "ge", int(mark["share"])), {"all": bigger}]}


# 零售业须达到500万元, 5000万元及以上的应达到3%: a bound whose figure was named before
_ELSE = re.compile(
    rf"(?:须|应当?|需|要)(?:分别)?(?P<fill>在|为|达到?|不低于|不少于|不超过|不高于|超过|高于){_BOUND}"
    rf"|(?<=[，；])(?P<word>{WORD})?(?P<number_>{NUMBER})\s*(?P<unit_>{UNITS})\s*(?P<side_>{SIDE})的(?=[，应须])"
)
_CLAUSE = re.compile(r"[，；。：\n]")
_FAR = 90
"""Characters between a figure and the bound of another kind of firm for it."""


def _of_named(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read a bound of the nearest figure before it that its unit suits."""
    start = max(mark.start() - _FAR, 0)
    before = mark.string[start : mark.start()]
    clause = max((m.end() for m in _CLAUSE.finditer(before)), default=0)
    groups = {
        **mark.groupdict(),
        **{k: mark[f"{k}_"] or mark[k] for k in ("number", "unit", "side")},
    }
    named = [
        (m.end(), row)
        for row in _rows()
        for m in re.finditer(row["noun"], before)
        if scaled(groups["number"], groups["unit"], row["kind"]) is not None
    ]
    if not named or max(end for end, _ in named) > clause:
        return None
    row = max(named, key=lambda pair: pair[0])[1]
    bound = bound_of(_compared(groups), row["kind"])
    return leaf(row["fact"], bound.op, bound.value) if bound else None


# 100人以上的企业，该比例达到5%即可: of the share named before, in this part of a sentence or another
_THAT_SHARE = re.compile(rf"(?:该|上述|前述)(?:比例|占比|比率|费率){_FILL}{_BOUND}")


def _that_share(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 该比例达到5%以上 of the share that was named last."""
    place = max(scope.whole.find(mark.string), 0) + mark.start()
    before = scope.whole[max(place - _FAR, 0) : place]
    shares = [row for row in _rows() if row["kind"] == "percent"]
    named = [(m.end(), row) for row in shares for m in re.finditer(row["noun"], before)]
    bounds = _bounds(_compared(mark.groupdict()), "percent")
    if not named or not bounds:
        return None
    row = max(named, key=lambda pair: pair[0])[1]
    return leaf(row["fact"], bounds[0].op, bounds[0].value)


# 首次达到1亿元的: of the figure named before, in this sentence or the one before it
_FIRST_SAME = re.compile(
    rf"(?:(?<=[，；、。])|^)(?:年度|当年|对)?首次(?P<fill>达到?|突破|超过|跨越){_BOUND}"
)
_AS_BEFORE = re.compile(
    r"(?:不得?低于|不得?少于|达到|不小于)(?:其)?(?:前一年度?|上一?年度?|去年|上年同期|前一可比年度)(?:的)?(?:(?P<times>\d(?:\.\d+)?)倍|水平|数额|金额)?(?:（含）)?(?:及?以上)?(?=$|[，。；且、，）]|的(?!\d))"
)
_OVER_BEST = re.compile(
    rf"(?:较|比)(?:以往|历史|往年|此前|历年)(?:年度)?最高(?:年度|值|水平|年份|额|纪录)?(?:的)?(?:年度)?(?:实现)?(?:增长|增加|提高)(?P<fill>){_BOUND}"
)
_FALLS = re.compile(
    r"(?<=[入额值])(?:同比|较上一?年(?:度|同期)?|与上年同期相比|比上年)(?:出现|有所)?(?:下降|下滑|减少|负增长)(?!幅度|比例|[^，。；]{0,6}\d)"
)


def _first_same(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    before = mark.string[: mark.start()]
    place = scope.whole.find(mark.string)
    told = (scope.whole[:place] if place > 0 else "") + before
    named = [(m.end(), row) for row in _rows() for m in re.finditer(row["noun"], told[-_FAR:])]
    bounds = _bounds(_compared(mark.groupdict()), "money")
    row = max(named, key=lambda pair: pair[0])[1] if named else {}
    if not bounds or "prior" not in row:
        return None
    least = bounds[0].value
    return {"all": [leaf(row["fact"], bounds[0].op, least), leaf(row["prior"], "lt", least)]}


def _as_before(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 研发费用不低于前一年度水平 as a ratio to the year before."""
    row = _named_before(mark)
    if row is None or "over" not in row:
        return None
    times = float(mark["times"] or 1)
    ratio = int(times) if times == int(times) else times
    return leaf(row["fact"], "ratio_ge", {"fact": row["over"], "ratio": ratio})


def _over_best(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 较以往最高年度增长20%以上 as a ratio to the best year before."""
    before = mark.string[max(mark.start() - _NEAR, 0) : mark.start()]
    named = [(m.end(), row) for row in _rows() for m in re.finditer(row["noun"], before)]
    row = max(named, key=lambda pair: pair[0])[1] if named else {}
    bounds = _bounds(_compared(mark.groupdict()), "percent")
    if not bounds or "prior" not in row:
        return None
    ratio = round(1 + bounds[0].value / 100, 4)
    return leaf(row["fact"], "ratio_ge", {"fact": row["prior"], "ratio": ratio})


def _falls(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 营业收入同比下降 of the figure named before it."""
    row = _named_before(mark)
    return leaf(row["growth"], "lt", 0) if row and "growth" in row else None


_POSITIVE = re.compile(r"(?<=[入额值])(?:同比|较上年)?(?:保持|实现|为)?正增长")


def _positive(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 营业收入同比正增长 of the figure named before it."""
    row = _named_before(mark)
    return leaf(row["growth"], "gt", 0) if row and "growth" in row else None


def _same_grown(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 且较上一年度增长10%以上 of the figure named before it."""
    row, bounds = _named_before(mark), _bounds(_compared(mark.groupdict()), "percent")
    if row is None or not bounds:
        return None
    if "over" in row:
        return _grown(row, bounds)
    return leaf(row["growth"], bounds[0].op, bounds[0].value) if "growth" in row else None


def _named_before(mark: re.Match[str]) -> Mapping[str, Any] | None:
    before = mark.string[max(mark.start() - _NEAR, 0) : mark.start()]
    named = [
        (m.end(), n)
        for n, row in enumerate(_rows())
        for m in re.finditer(row["noun"], before)
        if not before[: m.start()].endswith(("占", "占同期", "占企业", "占年"))
    ]
    # 占营业收入的比例 speaks of the share; of one place the first row counts: a share of research is no sum of research
    grows = [(end, n) for end, n in named if {"over", "growth"} & _rows()[n].keys()]
    return _rows()[max(grows, key=lambda pair: (pair[0], -pair[1]))[1]] if grows else None


def _of_same(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 且绝对额不低于1000万元 of the figure named before it."""
    before = mark.string[max(mark.start() - _NEAR, 0) : mark.start()]
    named = [(m.end(), row) for row in _rows() for m in re.finditer(row["noun"], before)]
    if not named:
        return None
    row = max(named, key=lambda pair: pair[0])[1]
    groups = _compared(mark.groupdict())
    if groups.get("least"):  # 起算线降为500人次
        groups["word"] = groups["word"] or "不低于"
    elif mark.re is _RELAXED:  # 可放宽到50户: on the side of the bound that it eases
        groups["word"] = groups["word"] or ("不超过" if _AT_MOST.search(before) else "不低于")
    bound = bound_of(groups, row["kind"])
    return leaf(row["fact"], bound.op, bound.value) if bound else None


def _relaxed(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 放宽至200万元以上 of the sum named before it, 放宽至8% of its growth."""
    if "%" in mark["unit"] or "％" in mark["unit"]:
        return _of_same(mark, scope) or _same_grown(mark, scope)
    return _of_same(mark, scope)


def _rules(row: Mapping[str, Any]) -> list[Rule]:
    noun = row["noun"]
    one, other = (tuple(said.split(" → ")) for said in row["examples"])
    behind, before = rf"(?:{noun}){_FILL}(?:{SPAN}|{_BOUND})", rf"{_BEFORE}(?:{noun})"
    forms = [before] if row.get("only_before") else [behind]
    if row.get("before"):
        forms.append(before)
    needs = re.compile(noun)
    make = partial(_make, row)
    return [Rule(re.compile(form), make, "figure", (one, other), needs=needs) for form in forms]


_OVER_NOTHING = re.compile(r"(?:大于|高于|超过|不为)零(?:元)?且")
# 住房建筑面积: of a home
_OF_HOMES = re.compile(r"住房|房屋|住宅|不动产|商品房")
_OF_TRADE = re.compile(r"经营|营业|门店|场所|场地|服务|厂房|用房|运营|机构")


def _make(row: Mapping[str, Any], mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    groups, text = mark.groupdict(), mark.string
    fill = groups.get("fill") or ""
    if row.get("needs", "") not in scope.whole:
        return None
    if _DEFINES.match(text, mark.end()) or (row.get("must") or "") not in mark.group(0):
        return None
    if "never" in row and re.search(row["never"], text[max(mark.start() - 4, 0) : mark.end()]):
        return None
    fact, kind = row["fact"], row["kind"]
    if fact == "premises_area" and _OF_HOMES.search(text) and not _OF_TRADE.search(text):
        return None
    if _GROWS.search(fill):
        if "over" in row:
            return _grown(row, _bounds(_compared(groups), "percent"))
        if "growth" not in row:
            return None
        fact, kind = row["growth"], "percent"
    bounds = read_span(mark, kind) if groups.get("low") else _bounds(_compared(groups), kind)
    if not bounds or (_GIVEN.match(text, mark.end()) and not groups.get("side")):
        return None
    if len(bounds) == 1 and _EACH.search(fill):
        bounds = [_least_of(mark, bounds[0], kind)]
    nodes = [leaf(fact, bound.op, bound.value) for bound in bounds]
    if _OVER_NOTHING.search(fill):
        nodes.insert(0, leaf(fact, "gt", 0))
    if fact != row["fact"]:  # 增长10%以上且超过1000万元
        whole = bound_of(groups, row["kind"], which="2")
        nodes += [leaf(row["fact"], whole.op, whole.value)] if whole else []
    if [bound.op for bound in bounds] == ["ge", "le"]:
        nodes = [leaf(fact, "between", [bounds[0].value, bounds[1].value])]
    if "prior" in row and _FIRST.search(fill):
        nodes.append(leaf(row["prior"], "lt", bounds[0].value))
    return all_or_one(nodes)


def _least_of(mark: re.Match[str], first: Bound, kind: str) -> Bound:
    """Take the least of what reaches a grant: 分别达到300平方米、200平方米、100平方米以上的."""
    listed = _MORE_OF.match(mark.string, mark.end())
    told = _ONE_OF_THEM.finditer(listed.group(0)) if listed else ()
    values = [scaled(one["number"], one["unit"], kind) for one in told]
    least = min([first.value, *(value for value in values if value is not None)])
    return Bound(first.op, least) if first.op in ("ge", "gt") else first


def _grown(row: Mapping[str, Any], bounds: list[Bound]) -> dict[str, Any] | None:
    """Read 研发费用较上年增长20%以上 as a ratio to the year before."""
    if not bounds or bounds[0].op not in ("ge", "gt"):
        return None
    ratio = round(1 + bounds[0].value / 100, 4)
    return leaf(row["fact"], "ratio_ge", {"fact": row["over"], "ratio": ratio})


def _compared(groups: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return *groups* with the word that compares, which stands before the number."""
    # 大于零且不超过4000万元: of two bounds the last is the number's
    word = COMPARED.search(re.split("[且但并]", groups.get("fill") or "")[-1])
    return {**groups, "word": groups.get("word") or (word.group(0) if word else None)}


def _bounds(groups: Mapping[str, str | None], kind: str) -> list[Bound]:
    first, second = bound_of(groups, kind), bound_of(groups, kind, which="2")
    if first is None:
        return []
    return [first, second] if second and second.op[0] != first.op[0] else [first]
