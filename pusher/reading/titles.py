"""A short title: what fits an SMS variable and a WeChat field of twenty characters."""

import re

LONGEST = 20

_NOTICE_OF = re.compile(
    r"^.{0,80}?(?:关于)(?:印发|转发|发布|公布|重新发布|修订印发|重新印发)?(?P<about>.+?)(?:的(?:通知|公告|通告|意见|函|批复|通报|决定|指导意见|实施意见))?$"
)
_QUOTED = re.compile(r"《(?P<inner>[^《》]{2,60})》")
_TAIL = re.compile(
    r"(?:的)?(?:通知|公告|通告|通报|决定)$|[（(](?:样例|试行|暂行|修订|征求意见稿|\d{4}年?.{0,6}版?)[^）)]{0,40}[）)]$"
)
_LEAD = re.compile(
    r"^(?:进一步)?(?:做好|加强|开展|组织开展|推进|推动|规范|完善|调整|促进|明确|实施|落实|提高|加快|印发|支持)(?=.{6,})"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,7}?(?:省|市|区|县)(?=.{4,})")
_ENDS = re.compile(
    r"(?:实施|若干|暂行|试行)?(?:办法|细则|方案|措施|政策|规定|意见|指南|须知|标准)$"
)
_WORK = re.compile(r"(?:(?:有关|相关)(?:工作|事项|问题)|工作|事项)$")


def short_title(title: str) -> str:
    """Suggest at most 20 characters for *title*: what the document is about, without its form.

    关于进一步做好高龄津贴发放工作的通知 becomes 高龄津贴发放. Never empty for a title that is not.
    """
    text = re.sub(r"\s+", "", title)
    inner = _QUOTED.search(text)
    if inner and len(text) > LONGEST:
        text = inner["inner"]
    for shorten in (_without_form, _without_lead, _without_place, _without_kind):
        if len(text) <= LONGEST and shorten is not _without_form:
            break
        text = shorten(text) or text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _without_form(text: str) -> str:
    while cut := _TAIL.search(text):
        if cut.start() < 2:
            break
        text = text[: cut.start()]
    found = _NOTICE_OF.match(text)
    about = found["about"] if found else text
    return _WORK.sub("", _LEAD.sub("", about)) or about


def _without_lead(text: str) -> str:
    return _LEAD.sub("", text)


def _without_place(text: str) -> str:
    return _PLACE.sub("", text)


def _without_kind(text: str) -> str:
    return _ENDS.sub("", text)
