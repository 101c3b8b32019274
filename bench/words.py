"""Cutting Chinese text into words: our port beside jieba itself."""

from bench.measure import Comparison, compare

TEXT = (
    "为进一步做好高龄老年人生活保障工作，凡具有本区户籍、年满八十周岁的老年人，"
    "由本人或者其赡养人向户籍所在地社区提出申请，经街道审核后按月发放高龄津贴。"
) * 50


def run() -> Comparison:
    """Both cut the same text, without guessing at unknown words."""
    from pusher.words.tokens import fast, reference

    ours, theirs = fast(), reference()
    return compare("分词（约 4,000 字）", lambda: ours(TEXT), "jieba", lambda: theirs(TEXT))
