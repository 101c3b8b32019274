"""The tagger that the doors share: the office's own once it was taught, the starter till then."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pusher.commands.door import Door
from pusher.reading.classify import Example, Suggestion, Tagger, starter
from pusher.reading.taxonomy import taxonomy

FOLDER = "model"
"""Under the office's home."""


@cache
def starter_tagger() -> Tagger:
    """Knows the taxonomy's definitions and keywords alone."""
    return starter()


def office_tagger(door: Door) -> Tagger:
    """The office's own model, or the starter where none was taught."""
    return tagger_in(door.settings.home)


def tagger_in(home: Path) -> Tagger:
    """The model under *home*, or the starter where none was taught."""
    folder = home / FOLDER
    return Tagger.load(folder) if folder.is_dir() else starter_tagger()


class LateTagger:
    """The office's tagger, loaded when the first text comes: most rounds find nothing new."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._tagger: Tagger | None = None

    def suggest(self, text: str) -> Sequence[Suggestion]:
        """Suggest tags for *text*, best first."""
        self._tagger = self._tagger or tagger_in(self._home)
        return self._tagger.suggest(text)


def teach_office(door: Door) -> int:
    """Learn anew from the definitions and every policy that staff confirmed.

    Returns:
        How many confirmed policies it learned from.
    """
    from sqlmodel import select

    from pusher.model.policy import Policy, PolicyState, PolicyTag

    with door.store.reading() as session:
        confirmed = session.exec(select(Policy).where(Policy.state == PolicyState.CONFIRMED)).all()
        examples = [
            Example(
                "\n".join([policy.title, *policy.body]),
                tuple(
                    session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id))
                ),
            )
            for policy in confirmed
        ]
    Tagger.learn(taxonomy().values(), examples).save(door.settings.home / FOLDER)
    return len(examples)
