"""robots.txt (RFC 9309): what a site asks of programs, kept to before anything else is fetched."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from pusher.reading.fetch import AGENT, Fetched
from pusher.reading.refusals import Unreachable

LARGEST = 500 * 1024
"""Bytes that are read of it (RFC 9309, 2.5)."""
_NAME = AGENT.split("/")[0]


class Robots:
    """The rules of one site."""

    def __init__(self, answer: Fetched | None) -> None:
        """Read the rules.

        Args:
            answer: what the site said to ``/robots.txt``; None where it did not answer at all.
        """
        self._rules = RobotFileParser()
        self.answered = answer is not None and answer.status < 500 and answer.status != 429
        text = answer.content[:LARGEST] if answer and answer.status == 200 else b""
        self._rules.parse(text.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines())

    def refuse(self, address: str) -> None:
        """Refuse an address that the site does not want programs at.

        Raises:
            Unreachable: it is one; or the site's rules could not be read, which counts as no
                (RFC 9309, 2.3.1.4).
        """
        if not self.answered:
            raise Unreachable("读不到该网站的 robots.txt，暂不读取；稍后自动再试。")
        if not self._rules.can_fetch(_NAME, address):
            raise Unreachable("该网站的 robots.txt 不允许程序读取这个地址。")

    @property
    def pause_s(self) -> float:
        """Seconds that the site asks for between two requests; 0 where it does not say."""
        asked = self._rules.crawl_delay(_NAME)
        return float(asked) if asked else 0.0


def robots_address(address: str) -> str:
    """Where the rules of the site of *address* stand."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"
