"""Photographs of notice boards: decoded apart and drawn anew, without where they were taken."""

import io

import pytest
from PIL import Image

from pusher.reading.child import Reader
from pusher.reading.photo import LARGEST_PHOTO
from pusher.reading.refusals import Broken, TooLarge, UnknownKind, Unreadable
from tests.reading.photos import a_photo, opened


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_is_turned_upright_and_tells_nothing_but_what_it_shows(
    reader: Reader, kind: str
) -> None:
    taken = a_photo(kind=kind)
    assert opened(taken).getexif()

    drawn = reader.photo(taken)

    picture = opened(drawn)
    assert (picture.format, picture.size) == ("JPEG", (300, 400))
    assert not picture.getexif()
    assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"home" not in drawn


def test_a_large_one_is_made_small_enough_to_send(reader: Reader) -> None:
    assert max(opened(reader.photo(a_photo(wide=4000, high=3000))).size) == 1600


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", UnknownKind),
        (b"GIF89a" + bytes(99), UnknownKind),
        (b"<svg onload=x>", UnknownKind),
        (b"\xff\xd8\xff\xe0", UnknownKind),
        (a_photo()[:-200], Broken),
        (bytes(LARGEST_PHOTO + 1), TooLarge),
        (bomb(), TooLarge),
    ],
    ids=["empty", "gif", "svg", "head alone", "half", "huge", "bomb"],
)
def test_what_is_no_photograph_is_refused_in_words(
    reader: Reader, content: bytes, refusal: type[Unreadable]
) -> None:
    with pytest.raises(refusal, match="照片"):
        reader.photo(content)
