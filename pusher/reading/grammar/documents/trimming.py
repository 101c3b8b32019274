"""What is cut off a sentence before it is read: a tail that speaks of something else, an extra."""

import re

from pusher.reading.grammar.sentences.roles import has_role

# What is added to a grant decides nobody's claim to it: 次年增长10%以上的，再奖励5万元.
_EXTRA = re.compile(
    r"(?<!不)再(?:一次性)?(?:给予|奖励|补助|补贴|增加|奖|补)|(?<!不再)另行(?:给予|发放)|另(?:外)?(?:增发|加发|增加|补助|补贴|奖励|[奖补]\d)|加发|增发|额外(?:给予|奖励|补助)|标准上浮|分别上浮|(?:贴息|补贴|补助|奖励)(?:比例|标准)(?:由[^，。；]{1,8})?提高"
)
# 退役军人创办的家庭农场，补助标准上浮20%: how a clause ends that says for whom is added
_OF_AN_EXTRA = re.compile(r"的$|的[^，。；、的]{2,8}$")


def without_tail(part: str) -> str:
    """Drop the clauses from the first one on that speaks of something else."""
    kept = []
    for clause in _without_extras(part.split("，")):
        if has_role(clause, "tail"):
            break
        if has_role(clause, "passes"):
            continue
        kept.append(clause)
    return "，".join(kept)


def _without_extras(clauses: list[str]) -> list[str]:
    """Drop what is added to a grant, with the condition before it: 次年增长的，再奖励5万元."""
    kept: list[str] = []
    for clause in clauses:
        if not _EXTRA.search(clause):
            kept.append(clause)
        elif kept and (_OF_AN_EXTRA.search(kept[-1]) or kept[-1].startswith(("其中", "或"))):
            while len(kept) > 1 and kept[-1].startswith(("或", "以及")):
                kept.pop()
            kept.pop()
        elif kept and "；其中" in kept[-1]:
            kept[-1] = kept[-1].rpartition("；其中")[0]
    return kept
