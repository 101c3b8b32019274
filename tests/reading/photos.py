"""Photographs as telephones make them."""

import io

from PIL import Image


def a_photo(*, wide: int = 400, high: int = 300, kind: str = "JPEG") -> bytes:
    """A picture that lies on its side and tells where, when and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "样例相机".encode().decode("latin-1")
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    more = {"comment": b"taken at home"} if kind == "JPEG" else {}
    Image.new("RGB", (wide, high), (180, 40, 40)).save(out, kind, exif=exif, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
