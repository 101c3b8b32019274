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
    """The file is beyond the size limit."""

    code = "too_large"


class TooDeep(Unreadable):
    """The page nests its elements deeper than any honest page."""

    code = "too_deep"


class UnknownKind(Unreadable):
    """Not a web page and not plain text."""

    code = "unknown_kind"


class IndexPage(Unreadable):
    """A page that lists documents instead of being one."""

    code = "index_page"


class NoBody(Unreadable):
    """Nothing on the page reads like the text of a document."""

    code = "no_body"
