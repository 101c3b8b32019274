"""附件: what a document lists as attached, by its own list or by the links of its page."""

import re
from collections.abc import Iterable, Sequence

from pusher.reading.document import Link

_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|7z|pptx?)(?:[?#].*)?$", re.IGNORECASE)
_LIST = re.compile(r"^附\s*件(?:[一二三四五六七八九十\d]{0,2})\s*[:：]\s*(?P<first>.*)$")
_ENTRY = re.compile(
    r"(?:^|\s)(?:\d{1,2}\s*[.．、]|[一二三四五六七八九十]{1,2}、)\s*(?P<name>[^\s\d].*?)(?=\s+\d{1,2}\s*[.．、]\D|$)"
)
_NEXT = re.compile(r"^\s*\d{1,2}\s*[.．、]\s*(?P<name>.{2,80})$")
_LONGEST = 120
_SENTENCE = re.compile(r"[。；]")


def listed(paragraphs: Sequence[str]) -> tuple[Link, ...]:
    """Return what the document lists: 附件：1.…  2.…, on one line or on several."""
    found: list[Link] = []
    for place, line in enumerate(paragraphs):
        head = _LIST.match(line)
        if not head or len(line) > 600:
            continue
        first = head["first"].strip()
        entries = [mark["name"] for mark in _ENTRY.finditer(first)] or ([first] if first else [])
        if not entries or _ENTRY.match(first):
            for following in paragraphs[place + 1 : place + 30]:
                entry = _NEXT.match(following)
                if not entry or _SENTENCE.search(following):
                    break
                entries.append(entry["name"])
        found += [Link(_bare(name), "") for name in entries if 1 < len(_bare(name)) <= _LONGEST]
    return tuple(dict.fromkeys(found))


def linked(links: Iterable[Link], names: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the files that a page links to, then what is listed without a link."""
    files = [link for link in links if _FILE.search(link.href) or _FILE.search(link.text)]
    known = {_key(link.text) for link in files}
    rest = [name for name in names if _key(name.text) not in known]
    return (*dict.fromkeys(Link(_bare(link.text) or link.href, link.href) for link in files), *rest)


def _bare(name: str) -> str:
    return re.sub(r"^(?:附件\s*\d*\s*[:：.．、]?\s*|\d{1,2}\s*[.．、]\s*)", "", name).strip(
        " 。；;"
    )


def _key(name: str) -> str:
    return re.sub(r"[\s《》“”\"]+", "", _FILE.sub("", _bare(name)))
