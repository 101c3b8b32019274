"""How often somebody may try a password, or ask. Counts in memory; nothing is locked for good."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_FROM_ONE_PLACE = 5
"""Wrong passwords for one login from one address."""
MOST_FROM_ANYWHERE = 30
"""Wrong passwords for one login in all: above it a guesser is spread over addresses."""
MOST_FOR_ANYBODY = 100
"""Wrong passwords from one address in all: above it a guesser is spread over logins."""
_REMEMBERED = 20_000

Key = tuple[str, str]
MOST_QUESTIONS = 30
"""Questions from one address within `QUESTIONS_IN`: a service hall asks from one."""
QUESTIONS_IN = timedelta(minutes=10)


class Throttle:
    """Counts wrong passwords by login and by login and address, known logins or not."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Key, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()
        # argon2id takes 64 MiB a time; a flood of sign-ins must not take the machine with it
        self.at_once = threading.BoundedSemaphore(2)

    def wait(self, login: str, place: str, *, now: datetime) -> timedelta | None:
        """How long until *login* may be tried again from *place*; None: at once."""
        with self._lock:
            waits = [
                self._wait((login, place), MOST_FROM_ONE_PLACE, now),
                self._wait((login, ""), MOST_FROM_ANYWHERE, now),
                self._wait(("", place), MOST_FOR_ANYBODY, now),
            ]
        return max((wait for wait in waits if wait is not None), default=None)

    def count(self, login: str, place: str, *, now: datetime) -> None:
        """Remember a wrong password."""
        with self._lock:
            for key in ((login, place), (login, ""), ("", place)):
                self._failures[key] = [*self._recent(key, now), now]
                self._failures.move_to_end(key)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)

    def forget(self, login: str, place: str) -> None:
        """The right password was given."""
        with self._lock:
            self._failures.pop((login, place), None)

    def _wait(self, key: Key, most: int, now: datetime) -> timedelta | None:
        recent = self._recent(key, now)
        return recent[-most] + WINDOW - now if len(recent) >= most else None

    def _recent(self, key: Key, now: datetime) -> list[datetime]:
        return [at for at in self._failures.get(key, []) if now - at < WINDOW]


class Turns:
    """Counts what everybody may do, by the address it comes from."""

    def __init__(self, most: int = MOST_QUESTIONS, within: timedelta = QUESTIONS_IN) -> None:
        self._most, self._within = most, within
        self._taken: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, place: str, *, now: datetime) -> timedelta | None:
        """Take a turn; else how long until there is one again."""
        with self._lock:
            recent = [at for at in self._taken.get(place, []) if now - at < self._within]
            if len(recent) >= self._most:
                return recent[-self._most] + self._within - now
            self._taken[place] = [*recent, now]
            self._taken.move_to_end(place)
            while len(self._taken) > _REMEMBERED:
                self._taken.popitem(last=False)
        return None
