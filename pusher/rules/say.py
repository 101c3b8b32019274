"""A rule in Chinese that a clerk would sign."""

from collections.abc import Mapping

from pusher.rules.nodes import All, Any, Leaf, Node, Not
from pusher.rules.truth import Truth


def say(node: Node) -> list[str]:
    """Say a whole rule: one line a condition, groups indented by full-width spaces."""
    parts = node.children if isinstance(node, All) and node.children else (node,)
    lines: list[str] = []
    for number, part in enumerate(parts, start=1):
        mark = f"{number}. " if len(parts) > 1 else ""
        lines.extend(_block(part, mark, depth=0))
    return lines


def say_leaf(leaf: Leaf) -> str:
    """Say one condition, as 年满80周岁 or 户籍地在槐荫区."""
    if leaf.how is None:
        raise ValueError("a condition is said only after language.parse")
    if leaf.about is None:
        return f"{leaf.how.say_bare}：{leaf.quote}" if leaf.quote else leaf.how.say_bare
    if leaf.how.inner and isinstance(leaf.value, All | Any | Not | Leaf):
        return _say_records(leaf.about.label, leaf.value, there=leaf.op == "has")
    return leaf.how.say(leaf.about, leaf.value)


RESULTS: Mapping[bool, Mapping[Truth, str]] = {
    False: {Truth.YES: "符合", Truth.NO: "不符合", Truth.UNKNOWN: "待核实"},
    True: {
        Truth.YES: "属于除外情形",
        Truth.NO: "不属于除外情形",
        Truth.UNKNOWN: "是否属于除外情形待核实",
    },
}
"""What a condition came to, by whether it stands inside an exclusion: there, yes speaks against."""


def _block(node: Node, mark: str, *, depth: int) -> list[str]:
    head, parts = _head(node)
    lines = [f"{'　' * depth}{mark}{head}{'：' if parts else ''}"]
    for number, part in enumerate(parts, start=1):
        lines.extend(_block(part, _mark(number, depth), depth=depth + 1))
    return lines


def _mark(number: int, depth: int) -> str:
    """（1）, then ①, then 1）, then a）."""
    if depth == 0:
        return f"（{number}）"
    if depth == 1 and number <= 20:
        return chr(ord("①") + number - 1)
    if depth == 3 and number <= 26:
        return chr(ord("a") + number - 1) + "）"
    return f"{number}）"


def _head(node: Node) -> tuple[str, tuple[Node, ...]]:
    """What introduces a node, and the parts that need lines of their own."""
    match node:
        case Not(Not(inner)):
            return _head(inner)
        case Not(Leaf() as leaf):
            said = say_leaf(leaf)
            return (f"不包括以下情形：{said}" if "：" in said else f"不包括：{said}的"), ()
        case Not(All((only,)) | Any((only,))):
            return _head(Not(only))
        case Not(All(children)):
            return "不包括同时符合以下各项的情形", children
        case Not(Any(children)):
            return "不包括以下任一情形", children
        case All((only,)) | Any((only,)):
            return _head(only)
        case All(children) if children:
            return "同时符合以下各项", children
        case Any(children) if children:
            return "符合以下任一情形", children
    return _inline(node), ()


def _inline(node: Node) -> str:
    """A node within one line; groups inside groups in brackets."""
    match node:
        case Leaf():
            return say_leaf(node)
        case Not(child):
            return f"并非{_bracketed(child)}"
        case All(children):
            return "，且".join(_bracketed(child) for child in children) or "不设条件"
        case Any(children):
            return "，或者".join(_bracketed(child) for child in children) or "没有任何情形"


def _bracketed(node: Node) -> str:
    inline = _inline(node)
    is_group = isinstance(node, All | Any) and len(node.children) > 1
    return f"（{inline}）" if is_group else inline


def _say_records(label: str, inner: Node, *, there: bool) -> str:
    if isinstance(inner, All) and not inner.children:
        return f"{'有' if there else '没有'}{label}"
    # one and the same record, not one thing here and another there
    together = "同时" if isinstance(inner, All) and len(inner.children) > 1 else ""
    return f"{label}中{'至少有一条' if there else '没有一条'}{together}符合：{_inline(inner)}"
