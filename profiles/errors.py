"""What the ground floor says when it will not. The text is Chinese and may be shown to staff."""


class Unwelcome(Exception):
    """A file, a value or a wish that cannot be taken in; the text says what to do.

    Attributes:
        code: a short English word for programs.
    """

    code = "unwelcome"
