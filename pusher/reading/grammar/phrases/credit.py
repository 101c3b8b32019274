"""What a bank would say of somebody: nothing overdue, no loan but those that a text lets pass."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Finding, Rule, Scope, field, leaf, none

_OVERDUE = re.compile(
    r"(?P<of>(?:征信|信用(?=报告|记录)|信用卡|贷款|借款|还款|银行)[^，。；、]{0,8}?)?"
    r"(?P<denied>无|没有|不存在|不得有|不得存在|未发生过?|未出现过?|未有|未(?=逾期))?"
    r"(?P<some>(?:其他|任何|现存|现有|当前|目前|存在|显示|尚?有|仍有|未还清|未偿还|未结清|未归还|的){0,4})"
    r"逾期(?!不|视|未(?!还|偿|归|结)|将|申|补|上报|提交|利息|罚息)"
    r"(?P<owed>(?:尚?未(?:还清?|偿还|归还|结清)|欠款|欠息|贷款|借款|债务|款项|本息|记录|信息|情况|情形|行为|状态|的){0,4})"
)
_PAYS = re.compile(
    r"(?:能够?)?(?:按[期时]|按约定|正常)(?:足额)?(?:还本付息|(?:偿还|归还)(?:贷款)?本息|还款付息|还款(?!来源)|归还贷款)"
)
_OWED = re.compile(r"还|偿|结清|欠|贷|借|债|款|本息|记录|信息")
_LOANS = {
    "助学": "student", "住房|房贷|按揭": "mortgage", "购车|汽车|车贷": "car", "消费": "consumer",
    "创业担保": "startup_guarantee", "经营性": "operating",
}  # fmt: skip
_SMALL = re.compile(
    r"(?P<most>\d[\d.]{0,5})万元(?:（含）)?(?:及?以下|以内)的?[^、，。；]{0,6}?消费"
)
_KINDS_BUT = r"(?P<but>[^。；]{4,90}?)"
_ANY_LOAN = r"(?:没有|无|未有|不存在|不得有)(?:其他|任何|别的|未结清的?|未还清的?|尚未结清的?|商业(?:银行)?性?|银行|金融机构|的){0,5}贷款"
_OTHERS = re.compile(rf"除{_KINDS_BUT}[以之]?外，?[^，。；]{{0,30}}?{_ANY_LOAN}(?:余额|记录)?")
_BUT = re.compile(rf"{_ANY_LOAN}(?:余额|记录)?[（，](?P<but>[^。；，]{{4,60}}?)除外[）]?")


class _Overdue(Rule):
    """Overdue loans; whoever is late with papers is not meant (逾期不予受理)."""

    def find(self, text: str, scope: Scope) -> Any:
        for mark in self.pattern.finditer(text):
            owed = bool(_OWED.search(mark["owed"]))
            if mark["denied"]:
                yield Finding(
                    mark.start(), mark.end(), leaf("loan_overdue", "is", False), self.group
                )
            elif mark["of"] or mark["some"] or owed:
                late = leaf("loan_overdue", "is", True)
                yield Finding(mark.start(), mark.end(), late, self.group, only_negated=True)


def family() -> Family:
    """Return the family of credit."""
    return Family(
        "credit", "征信和其他贷款", ("逾期", "贷款", "还"),
        (
            _Overdue(_OVERDUE, _no_other, "overdue",
                 (("征信报告无当前逾期", "loan_overdue is False"),
                  ("贷款主体当前存在逾期的", "loan_overdue is True"))),
            Rule(_PAYS, _on_time, "overdue",
                 (("按期还本付息的小微企业", "loan_overdue is False"),
                  ("按时足额偿还本息的", "loan_overdue is False"))),
            Rule(_OTHERS, _no_other, "loan",
                 (("除助学贷款、购车贷款外，没有其他未结清的贷款", "loans none (settled is False & not kind in student,car)"),
                  ("除住房贷款、5万元以下小额消费贷款以外，本人及配偶没有其他贷款", "loans none (settled is False & not (kind in mortgage | (kind eq consumer & amount le 5)))"))),
            Rule(_BUT, _no_other, "loan",
                 (("无未结清的其他贷款，住房贷款和助学贷款除外", "loans none (settled is False & not kind in student,mortgage)"),
                  ("没有其他商业贷款（助学贷款除外）", "loans none (settled is False & not kind in student)"))),
        ),
    )  # fmt: skip


def _on_time(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf("loan_overdue", "is", False)


def _no_other(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 除助学贷款、5万元以下消费贷款外，没有其他贷款."""
    small = _SMALL.search(mark["but"])
    kinds = [code for words, code in _LOANS.items() if re.search(words, mark["but"])]
    kinds = [code for code in kinds if code != "consumer" or not small]
    free = [field("kind", "in", kinds)] if kinds else []
    if small:
        most = float(small["most"])
        amount = field("amount", "le", int(most) if most.is_integer() else most)
        free.append({"all": [field("kind", "eq", "consumer"), amount]})
    if not free:
        return None
    passed = free[0] if len(free) == 1 else {"any": free}
    return none("loans", field("settled", "is", False), {"not": passed})
