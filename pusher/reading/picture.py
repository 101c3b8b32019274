"""A page of a PDF as a picture, for staff to hold against what was understood of it."""

import base64
import struct
import zlib

import pypdfium2 as pdfium

from pusher.reading.refusals import Broken

_WIDE = 900
"""Pixels; enough to read, small enough to send."""
_TALLEST = 2000


def draw(content: bytes, page: int) -> str:
    """Draw *page* of a PDF, from 1, as a PNG in base64.

    Raises:
        Broken: it is no PDF, or has no such page.
    """
    try:
        file = pdfium.PdfDocument(content)
        sheet = file[page - 1]
        width, height = sheet.get_size()
        scale = min(_WIDE / max(width, 1), _TALLEST / max(height, 1))
        bitmap = sheet.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    except (pdfium.PdfiumError, IndexError):
        raise Broken("这一页画不出来，请下载原文件查看。") from None
    return base64.b64encode(_png(bitmap)).decode()


def _png(bitmap: pdfium.PdfBitmap) -> bytes:
    """Write *bitmap* as a PNG (ISO/IEC 15948): red, green, blue, a filter byte before each row."""
    wide = bitmap.n_channels
    buffer = bytes(bitmap.buffer)
    rows = bytearray()
    for y in range(bitmap.height):
        row = buffer[y * bitmap.stride : y * bitmap.stride + bitmap.width * wide]
        rows.append(0)
        rows += _without_alpha(row) if wide == 4 else row
    colour = 0 if wide == 1 else 2
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, colour, 0, 0, 0)
    body = zlib.compress(bytes(rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", head) + _part(b"IDAT", body) + _part(b"IEND", b"")


def _without_alpha(row: bytes) -> bytes:
    kept = bytearray(len(row) // 4 * 3)
    kept[0::3], kept[1::3], kept[2::3] = row[0::4], row[1::4], row[2::4]
    return bytes(kept)


def _part(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
