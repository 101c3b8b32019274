"""What a vendor has seen before: a repeat inside its term is taken once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pusher.sandbox.exchange import Exchange, Taken


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a key was first used for; *stored* is None if it was on disk at the start."""

    texts: Sequence[Taken]
    stored: asyncio.Future[None] | None = None


class Repeats:
    """The calls of one provider by what it tells repeats by."""

    def __init__(
        self, exchange: Exchange, provider: str, key: Callable[[Taken], str | None]
    ) -> None:
        """Take up what was accepted before.

        Args:
            exchange: where texts are written down.
            provider: whose texts.
            key: what repeats of a text are told by; None: it has nothing of the kind.
        """
        self._exchange = exchange
        self._seen: dict[str, _Seen] = {}
        for text in exchange.taken:
            known = key(text) if text.provider == provider else None
            if known is not None:
                before = self._seen.get(known)
                first = before.texts if before else ()
                same = first and first[0].gateway_ref == text.gateway_ref
                self._seen[known] = _Seen([*first, text] if same else [text])

    def forget(self) -> None:
        """Forget what was seen."""
        self._seen.clear()

    async def take(
        self, key: str, texts: Sequence[Taken], *, term: timedelta
    ) -> tuple[Sequence[Taken], bool]:
        """Take *texts*, unless *key* was seen within *term*.

        Returns:
            What was first taken under *key*, on disk by now, and whether it was these.
        """
        seen = self._seen.get(key)
        new = seen is None or texts[0].accepted_at - seen.texts[0].accepted_at >= term
        if seen is None or new:
            # Reserved before the disk is waited for: two of the same at once are one as well.
            seen = _Seen(texts, asyncio.ensure_future(self._exchange.take(*texts)))
            self._seen[key] = seen
        if seen.stored is not None:
            await asyncio.shield(seen.stored)
        return seen.texts, new
