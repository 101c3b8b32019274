"""Why a file cannot be read as a policy: each refusal in words for staff."""

from typing import ClassVar


class Unreadable(ValueError):
    """A file that cannot become a document; its text may be shown to staff.

    Attributes:
        code: the kind of refusal, for programs.
    """

    code: ClassVar[str] = "unreadable"


class Empty(Unreadable):
    """There is nothing in the file."""

    code = "empty"


class TooLarge(Unreadable):
    """The file, what is packed in it, or its text is beyond the limits."""

    code = "too_large"


class TooDeep(Unreadable):
    """The page nests its elements deeper than any honest page."""

    code = "too_deep"


class UnknownKind(Unreadable):
    """Nothing that a policy is written in."""

    code = "unknown_kind"


class IndexPage(Unreadable):
    """A page that lists documents instead of being one."""

    code = "index_page"


class NoBody(Unreadable):
    """Nothing on the page reads like the text of a document."""

    code = "no_body"


class NoTextLayer(Unreadable):
    """Pictures of pages: a scan without text."""

    code = "no_text_layer"


class Encrypted(Unreadable):
    """It opens with a password only."""

    code = "encrypted"


class Broken(Unreadable):
    """The file ends early or contradicts itself."""

    code = "broken"


class Unsafe(Unreadable):
    """It is built to do harm: an archive that explodes, entities, paths that lead out."""

    code = "unsafe"


class TooHard(Unreadable):
    """Reading it took more time or memory than any honest file needs; the reader was stopped."""

    code = "too_hard"


class Unreachable(Unreadable):
    """An address that gave no document: not allowed, not there, too slow, an error."""

    code = "unreachable"


def refusal(code: str, text: str) -> Unreadable:
    """The refusal of the class with this *code*."""
    kinds: list[type[Unreadable]] = Unreadable.__subclasses__()
    return next((kind for kind in kinds if kind.code == code), Unreadable)(text)
