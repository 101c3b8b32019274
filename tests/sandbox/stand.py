"""The stand-in, served over a real socket, and its levers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pusher.sandbox.app import create_app
from pusher.sandbox.book import TemplateBook
from pusher.sandbox.serve import running


class Stand:
    """A served stand-in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, trust_env=False, timeout=60)

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/_sandbox/messages").json()
        return found

    def order(self, lever: str, **order: object) -> httpx.Response:
        return self.client.post(f"/_sandbox/{lever}", json=order)


@contextmanager
def standing(journal: Path, **given: Any) -> Iterator[Stand]:
    """Serve a stand-in on a free port; *given* go to `create_app`."""
    app = create_app(
        given.pop("book", TemplateBook.standard()), journal, given.pop("callbacks", {}), **given
    )
    with running(app) as address:
        stand = Stand(address)
        try:
            yield stand
        finally:
            stand.client.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One stand-in for a whole run: starting one takes longer than most tests."""
    with standing(tmp_path_factory.mktemp("stand") / "journal.jsonl", hold_s=5) as stand:
        yield stand


@pytest.fixture
def stand(served: Stand) -> Stand:
    """An empty stand-in without faults."""
    served.order("callbacks")
    served.order("reset")
    return served


def until(happened: Callable[[], object], *, patience_s: float = 90.0) -> bool:
    """Wait until *happened*; the patience is for a busy machine, not a measure."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.02)
    return False
