"""A web page becomes a document: the lines that are the document, and what the page says of it."""

import re
from collections.abc import Mapping

from pusher.reading import body, page
from pusher.reading.attachments import linked, listed
from pusher.reading.document import Document, Link
from pusher.reading.labels import read_labels
from pusher.reading.page_titles import find_titles
from pusher.reading.refusals import IndexPage, NoBody


def read_page(html: str) -> Document:
    """Read the document that *html* shows.

    Raises:
        IndexPage: it lists documents.
        NoBody: it shows none; a page that a script would fill is told apart.
    """
    parsed = page.parse(html)
    titles = tuple(find_titles(parsed))
    found = body.find(parsed, titles=tuple(title.text for title in titles))
    if body.is_index(found) or (body.is_missing(found) and body.lists_titles(parsed)):
        raise IndexPage("这是栏目列表页，不是一份文件；请打开其中一份文件再导入。")
    if body.is_missing(found):
        raise NoBody(_nothing(html, linked([Link(*one) for one in parsed.links], ())))
    paragraphs = tuple(line.text for line in found.lines)
    links = tuple(Link(text, href) for text, href in parsed.links)
    return Document(
        kind="html",
        title_hint=titles[0].text if titles else None,
        title_place=titles[0].place if titles else "",
        head=tuple(line.text for line in found.head),
        paragraphs=paragraphs,
        tables=parsed.tables,
        meta=_meta(parsed.meta, read_labels((*found.head, *found.tail))),
        links=links,
        attachments=linked(links, listed(paragraphs)),
        outside=(
            parsed.title or "",
            *(line.text for line in found.head if _PATH.search(line.text)),
        ),
    )


def links_of(html: str) -> tuple[Link, ...]:
    """The links that *html* shows, whether it is a document or a list of them."""
    return tuple(Link(text, href) for text, href in page.parse(html).links)


_PATH = re.compile(r"位置|[>＞»›].*[>＞»›]|^首页")
_NOT_THERE = re.compile(r"页面?(?:已)?(?:不存在|被?删除|找不到)|不存在或已|404")
_SCRIPTED = re.compile(r"<script\b", re.IGNORECASE)


def _nothing(html: str, files: tuple[Link, ...]) -> str:
    if files:
        return f"网页里没有正文，正文可能在附件“{files[0].text[:40]}”中；请下载附件后导入。"
    if len(_SCRIPTED.findall(html)) > 0 and body.written(page.parse(html).text) < 200:
        return "网页的正文要靠脚本加载，直接读取不到；请在浏览器中打开后另存为网页或 PDF 再导入。"
    if _NOT_THERE.search(page.parse(html).text[:500]):
        return "网站说这个页面不存在或已删除；请检查网址，或从栏目列表重新打开。"
    return "网页里没有找到文件正文；请确认打开的是文件页面，或另存为文本后再导入。"


def _meta(declared: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    return {**declared, **{f"label:{name}": value for name, value in labels.items()}}
