"""A dry run: a session in which everything happens and nothing is sent to the database."""

from contextlib import AbstractContextManager

from sqlmodel import Session


class Trial(Session):
    """A session in which everything happens and nothing is sent to the database."""

    def flush(self, objects: object = None) -> None:
        """Keep what was added where it is, in memory."""


class Forgetting(AbstractContextManager[Session]):
    """One chunk of a trial: afterwards nothing of it is held any more."""

    def __init__(self, trial: Session) -> None:
        self._trial = trial

    def __enter__(self) -> Session:
        return self._trial

    def __exit__(self, *_error: object) -> None:
        self._trial.expunge_all()
