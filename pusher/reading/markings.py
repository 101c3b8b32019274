"""What a document is marked as: open or not, a draft for comment, repealed, exhausted."""

import re
from typing import Literal

from pusher.reading.document import Document
from pusher.reading.places import Found, found

Status = Literal["draft", "repealed", "exhausted"]
Openness = Literal["open", "on_request", "closed"]

_OPENNESS = re.compile(
    r"公开(?:属性|方式|类别|形式|选项|类型|范围)\s*[:：]\s*(主动公开|依申请公开|不予公开|不公开)"
    r"|此件(?:为)?\s*(主动公开|公开发布|依申请公开|不予公开|不公开)"
)
_OPEN_AS: dict[str, Openness] = {
    "主动公开": "open",
    "公开发布": "open",
    "公开": "open",
    "依申请公开": "on_request",
    "不予公开": "closed",
    "不公开": "closed",
}

_DRAFT = re.compile(r"征求意见稿|草案|公开征求|征求.{0,40}意见的?(?:公告|通知|函|启事)|意见征集")
_DRAFT_ENDED = re.compile(r"反馈|采纳|结果|情况")
_REPEALED_TITLE = re.compile(
    r"[（(【\[〔]\s*(?:已)?(?:全文)?(?:废止|失效)\s*[）)】\]〕]|^\s*已(?:废止|失效)"
)
_REPEALED = re.compile(
    r"本(?:文件|通知|办法|细则|政策|规定|意见|措施)(?:现)?已(?:被|于|经)?[^。；\n]{0,40}?(?:废止|失效)"
    r"|[〔【\[（(]\s*(?:状态|标注|本)[^〕】\]）)]{0,60}(?:废止|失效)"
)
_EXHAUSTED = re.compile(
    r"(?:资金|名额|指标|额度|预算|补贴|消费券|资格)[^。；，\n]{0,10}(?:现已|均已|已经|已全部|已)"
    r"[^。；，\n]{0,6}(?:用完|用尽|耗尽|使用完毕|额满|申领完|申领完毕|发放完毕|领完)"
    r"|名额已满|(?:现已|已)额满|额满(?:停止|截止)受理|(?:现已|即日起)(?:提前)?(?:停止|终止)(?:受理|申领|申报)"
)
_SUPPOSED = re.compile(r"如|若|的，|时[，,]|以后|之后|后[，,]|将|直至|一旦|即止|为止")


def openness(document: Document) -> Found[Openness]:
    """Read 公开属性 from its label or from the note under the text."""
    labelled = document.meta.get("label:openness", "")
    if labelled in _OPEN_AS:
        return found(_OPEN_AS[labelled], "网页标签“公开属性”", labelled)
    for line in (*document.paragraphs, *document.head):
        mark = _OPENNESS.search(line)
        if mark:
            return found(_OPEN_AS[mark.group(1) or mark.group(2)], "正文附注", mark.group(0))
    return Found()


def status(document: Document, title: str | None) -> Found[Status]:
    """Read whether it is a draft, repealed or exhausted, from title, label or its own words."""
    if title and _DRAFT.search(title) and not _DRAFT_ENDED.search(title):
        return found("draft", "标题", title)
    said = document.meta.get("label:validity", "")
    if ("失效" in said or "废止" in said) and "有效" not in said.replace("失效", ""):
        return found("repealed", "网页标签“有效性”", said)
    for line in (title or "", *document.head):
        if _REPEALED_TITLE.search(line):
            return found("repealed", "标题或页首标注", line)
    return _in_text(document)


def _in_text(document: Document) -> Found[Status]:
    for line in document.paragraphs:
        for sentence in re.findall(r"[^。；\n]+", line):
            if _REPEALED.search(sentence) and "同时废止" not in sentence:
                return found("repealed", "正文", sentence.strip())
            if _EXHAUSTED.search(sentence) and not _SUPPOSED.search(sentence):
                return found("exhausted", "正文", sentence.strip())
    return Found()
