"""What a verb says when it will not. The text is Chinese and may be shown to staff."""


class Unwilling(Exception):
    """A verb will not do what was asked; the text says what is wrong and what to do.

    Attributes:
        code: a short English word for programs.
    """

    code = "unwilling"


class NotFound(Unwilling):
    """No such row in this office."""

    code = "not_found"


class IllegalMove(Unwilling):
    """The thing is not in a state from which this can be done."""

    code = "illegal_move"


class Overtaken(Unwilling):
    """Somebody else moved it in the meantime."""

    code = "overtaken"


class SamePerson(Unwilling):
    """The one who submitted cannot approve."""

    code = "same_person"
