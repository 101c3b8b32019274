"""A PDF becomes a document: the letters of its text layer with their places. No scripts are run."""

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pusher.reading import official
from pusher.reading.document import Document
from pusher.reading.layout import Sheet, paragraphs
from pusher.reading.refusals import Broken, Encrypted, NoTextLayer, TooLarge
from pusher.reading.ruled import MOST_RULES, Rule
from pusher.reading.spans import spans_of

MOST_PAGES = 1000
_FEWEST_WRITTEN = 20
_MOST_LETTERS = 2_000_000
_MOST_OBJECTS = 50_000
_UPRIGHT = 0.1
"""Radians by which a letter may lean: stamps and watermarks lean more."""
_SWAPPED = {0x02: "-", 0xAD: "-", 0xA0: " "}

Letter = tuple[str, float, float, float, float, float]


def read_pdf(content: bytes) -> Document:
    """Read the text layer of a PDF.

    Raises:
        Encrypted: it asks for a password.
        Broken: it is no whole PDF.
        TooLarge: too many pages or letters.
        NoTextLayer: its pages are pictures.
    """
    try:
        file = pdfium.PdfDocument(content)
        count = len(file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Encrypted("这份 PDF 设有打开密码，无法读取；请取消密码后再导入。") from None
        raise Broken("这份 PDF 不完整或已损坏，请重新下载后再导入。") from None
    if count > MOST_PAGES:
        raise TooLarge(f"这份 PDF 有 {count} 页，超过 {MOST_PAGES} 页，未读取；请拆分后再导入。")
    sheets, blank = _sheets(file, count)
    letters = sum(len(span.text) for sheet in sheets for span in sheet.spans)
    written = sum(official.written(span.text) for sheet in sheets for span in sheet.spans)
    if written < _FEWEST_WRITTEN or written < letters / 20:
        raise NoTextLayer(_picture(count, letters))
    doubts = (
        (f"第 {'、'.join(map(str, blank[:10]))} 页没有文字（可能是图片），未读取。",)
        if blank
        else ()
    )
    return official.document("pdf", paragraphs(sheets), pages=count, doubts=doubts)


def _picture(count: int, letters: int) -> str:
    if letters > _FEWEST_WRITTEN * count:
        return "这份 PDF 的文字层无法辨认（字体没有对应的文字），请提供原文件或人工录入。"
    advice = "请提供可复制文字的文件或人工录入"
    return f"这份 PDF 的 {count} 页都是扫描图片，没有文字，无法读取；{advice}。"


def _sheets(file: pdfium.PdfDocument, count: int) -> tuple[list[Sheet], list[int]]:
    sheets: list[Sheet] = []
    blank: list[int] = []
    letters = 0
    for number in range(count):
        try:
            page = file[number]
        except pdfium.PdfiumError:
            raise Broken(f"这份 PDF 的第 {number + 1} 页已损坏，请重新下载后再导入。") from None
        width, height = page.get_size()
        text = page.get_textpage()
        found = _letters(text.raw, text.count_chars(), height)
        letters += len(found)
        if letters > _MOST_LETTERS:
            raise TooLarge("这份 PDF 的文字过多，不像一份政策，未读取。")
        if not found:
            blank.append(number + 1)
        sheets.append(Sheet(width, height, tuple(spans_of(found)), _rules(page.raw, height)))
        text.close()
        page.close()
    return sheets, blank


def _rules(page: raw.FPDF_PAGE, height: float) -> tuple[Rule, ...]:
    """The lines and boxes that are drawn on a page."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    found: list[Rule] = []
    for place in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        drawn = raw.FPDFPage_GetObject(page, place)
        if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_PATH and raw.FPDFPageObj_GetBounds(
            drawn, left, bottom, right, top
        ):
            found.append(Rule(left.value, right.value, height - top.value, height - bottom.value))
            if len(found) > MOST_RULES:
                break
    return tuple(found)


def _letters(text: raw.FPDF_TEXTPAGE, count: int, height: float) -> list[Letter]:
    found: list[Letter] = []
    box = raw.FS_RECTF()
    for place in range(min(count, _MOST_LETTERS)):
        code = raw.FPDFText_GetUnicode(text, place)
        letter = _SWAPPED.get(code) or chr(code)
        if letter.isspace() or not letter.isprintable() or "\ue000" <= letter <= "\uf8ff":
            continue
        if not raw.FPDFText_GetLooseCharBox(text, place, ctypes.byref(box)):
            continue
        lean = raw.FPDFText_GetCharAngle(text, place) % 3.14159265
        size = box.top - box.bottom
        if size > 0 and min(lean, 3.14159265 - lean) < _UPRIGHT:
            found.append((letter, box.left, box.right, height - box.top, height - box.bottom, size))
    return found
