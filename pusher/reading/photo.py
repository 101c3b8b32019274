"""A photograph of a notice board: decoded, turned upright, and written anew with nothing but it."""

import base64
import io
from typing import Final

from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin

from pusher.reading.refusals import Broken, TooLarge, UnknownKind

LARGEST_PHOTO: Final = 10 * 1024 * 1024
_MOST_PIXELS: Final = 50_000_000
_SIDE: Final = 1600
"""Pixels of the longer side; enough to read what hangs there."""
_QUALITY: Final = 82
Image.preinit()
LOADED: Final = (MpoImagePlugin, TiffImagePlugin)
"""What Pillow would import late, for pictures within pictures and for EXIF; the fork that decodes
can open no module."""


def redraw(content: bytes) -> str:
    """The picture in *content* as a fresh JPEG in base64, at most `_SIDE` pixels on a side.

    Whatever came with it (place, camera, time, a thumbnail, a comment) is left behind.

    Raises:
        TooLarge: more bytes or pixels than a telephone makes.
        UnknownKind: neither JPEG nor PNG.
        Broken: it cannot be decoded.
    """
    if len(content) > LARGEST_PHOTO:
        raise TooLarge(f"照片超过 {LARGEST_PHOTO // 1024 // 1024} MB，请选小一些的。")
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise UnknownKind("这不是 JPG 或 PNG 照片，请重新选择。") from None
    if picture.width * picture.height > _MOST_PIXELS:
        raise _too_many_pixels()
    try:
        picture.thumbnail((_SIDE, _SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        bare = Image.new("RGB", upright.size)
        bare.paste(upright)  # a comment would be carried over with the picture that had it
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=_QUALITY)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError):
        raise Broken("照片打不开，可能没有传完，请重新选择。") from None
    return base64.b64encode(out.getvalue()).decode()


def _too_many_pixels() -> TooLarge:
    return TooLarge("照片的像素太多，请用手机直接拍一张。")
