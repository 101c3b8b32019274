"""Watching: columns of official sites are looked at politely, and what is new is taken in once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urldefrag, urljoin, urlsplit
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.audit import note
from pusher.model.errors import Unwilling
from pusher.model.source import IntakeOutcome
from pusher.model.watching import PageState, WatchedColumn, WatchedPage
from pusher.reading.child import Reader
from pusher.reading.document import Link
from pusher.reading.fetch import Fetched
from pusher.reading.guard import refuse_address
from pusher.reading.intake import Desk, take_in
from pusher.reading.refusals import Unreachable, Unreadable
from pusher.reading.robots import Robots, robots_address

Fetch = Callable[..., Fetched]
"""`fetch.fetch` with allowance and bounds already given."""

LONGEST_PAUSE = timedelta(days=1)
_AGAIN = timedelta(days=1)
"""When a page that was read is looked at again: a changed or withdrawn text must be noticed."""
_FIRST_AGAIN = timedelta(minutes=10)
_GONE = (404, 410)
_SURELY_GONE = 2
"""Looks in a row that find nothing: a site under repair is no withdrawal."""
_MOST_LINKED = 200
_FEWEST_WRITTEN = 8
_WRITTEN = re.compile(r"[一-鿿]")
_DOCUMENT = re.compile(
    r"(?:\.(?:s?html?|jhtml|shtml|php|aspx?|jsp|docx|pdf|ofd|txt)|/[^./]*)$", re.I
)


class BadColumn(Unwilling):
    """A column that cannot be watched; the text says why."""

    code = "bad_column"


@dataclass(slots=True)
class Round:
    """One round: what it may do, and what it knows of each site.

    Attributes:
        fetch: gets an address, in the bounds of the guard.
        reader: reads the links of a column.
        desk: where documents are taken in.
        every: how often a column is due.
        pace: the pause between two requests to one site; its own wish counts where it is longer.
        wait: sleeps for so many seconds.
        at_most: requests of this round.
    """

    fetch: Fetch
    reader: Reader
    desk: Desk
    every: timedelta
    pace: timedelta
    wait: Callable[[float], None]
    at_most: int = 30
    asked: int = 0
    _robots: dict[str, Robots] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)
    _visited: set[str] = field(default_factory=set)

    def get(self, address: str, *, etag: str | None, modified: str | None) -> Fetched:
        """Get *address* if its site lets us, at its pace.

        Raises:
            Unreachable: the site says no, is busy, or is not there.
        """
        refuse_address(address)
        site = urlsplit(address).netloc
        if site in self._closed:
            raise Unreachable("该网站刚才要求稍后再来。")
        robots = self._robots_of(address, site)
        robots.refuse(address)
        self._pause(site, robots.pause_s)
        answer = self.fetch(address, etag=etag, modified=modified)
        if answer.status in (429, 503):
            self._closed.add(site)
        return answer

    def _robots_of(self, address: str, site: str) -> Robots:
        if site not in self._robots:
            try:
                self._pause(site, 0)
                self._robots[site] = Robots(self.fetch(robots_address(address)))
            except Unreadable:
                self._robots[site] = Robots(None)
        return self._robots[site]

    def _pause(self, site: str, wished_s: float) -> None:
        if site in self._visited:
            self.wait(max(self.pace.total_seconds(), min(wished_s, 60.0)))
        self._visited.add(site)
        self.asked += 1

    @property
    def is_over(self) -> bool:
        """Whether this round has asked enough."""
        return self.asked >= self.at_most


def add_column(
    session: Session, *, office_id: UUID, name: str, address: str, by: str, now: datetime
) -> WatchedColumn:
    """Watch the column at *address* from now on. The caller commits.

    Raises:
        BadColumn: the address cannot be watched, or is watched already.
    """
    try:
        refuse_address(address)
    except Unreachable as why_not:
        raise BadColumn(str(why_not)) from None
    known = session.exec(
        select(WatchedColumn).where(
            col(WatchedColumn.office_id) == office_id, col(WatchedColumn.address) == address
        )
    ).first()
    if known is not None and known.ended_at is None:
        raise BadColumn("这个栏目已经在关注中。")
    column = known or WatchedColumn(
        office_id=office_id, name=name[:60], address=address, next_at=now, added_by=by
    )
    column.ended_at, column.next_at, column.failures = None, now, 0
    session.add(column)
    session.flush()
    note(session, "watch.add", about=("column", column.id), by=by, now=now)
    return column


def end_column(session: Session, column: WatchedColumn, *, by: str, now: datetime) -> None:
    """Watch *column* no longer; what was taken in stays. The caller commits."""
    column.ended_at = now
    session.add(column)
    note(session, "watch.end", about=("column", column.id), by=by, now=now)


def watch(
    round_: Round, *, now: datetime, stop: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Look at every column and page that is due, until the round has asked enough.

    Commits after each of them: a round that is killed has lost nothing.

    Returns:
        How many columns and pages were looked at, and policies that were new, changed or gone.
    """
    counts = dict.fromkeys(("columns", "pages", "new", "changed", "gone", "failed"), 0)
    for column_id in _due_columns(round_, now):
        if stop() or round_.is_over:
            return counts
        _look_at_column(round_, column_id, counts, now=now)
    for page_id in _due_pages(round_, now):
        if stop() or round_.is_over:
            return counts
        _look_at_page(round_, page_id, counts, now=now)
    return counts


def _due_columns(round_: Round, now: datetime) -> Sequence[UUID]:
    with round_.desk.store.reading() as session:
        return session.exec(
            select(WatchedColumn.id)
            .where(
                col(WatchedColumn.office_id) == round_.desk.office_id,
                col(WatchedColumn.ended_at).is_(None),
                col(WatchedColumn.next_at) <= now,
            )
            .order_by(col(WatchedColumn.next_at))
        ).all()


def _due_pages(round_: Round, now: datetime) -> Sequence[UUID]:
    with round_.desk.store.reading() as session:
        return session.exec(
            select(WatchedPage.id)
            .join(WatchedColumn, col(WatchedColumn.id) == col(WatchedPage.column_id))
            .where(
                col(WatchedColumn.office_id) == round_.desk.office_id,
                col(WatchedColumn.ended_at).is_(None),
                col(WatchedPage.next_at) <= now,
                col(WatchedPage.state) != PageState.GONE,
            )
            # what nobody has read yet before what is looked at again
            .order_by(col(WatchedPage.looked_at).is_not(None), col(WatchedPage.next_at))
            .limit(round_.at_most)
        ).all()


def _look_at_column(
    round_: Round, column_id: UUID, counts: dict[str, int], *, now: datetime
) -> None:
    with round_.desk.store.reading() as session:
        column = session.get_one(WatchedColumn, column_id)
    counts["columns"] += 1
    links: tuple[Link, ...] = ()
    trouble, answer = None, None
    try:
        answer = round_.get(column.address, etag=column.etag, modified=column.modified)
        trouble = _trouble(answer)
        if answer.status == 200:
            links = round_.reader.links(answer.content, column.address)
    except Unreadable as why_not:
        trouble = str(why_not)
    counts["failed"] += trouble is not None
    with round_.desk.store.writing() as session:
        column = session.get_one(WatchedColumn, column_id)
        column.looked_at, column.trouble = now, trouble
        column.failures = column.failures + 1 if trouble else 0
        column.next_at = now + _pause_after(column.failures, round_.every, answer)
        if answer is not None and answer.status == 200 and trouble is None:
            column.etag, column.modified = answer.etag, answer.modified
            _note_pages(session, column, documents_of(answer.address, links), now)
        session.add(column)


def documents_of(address: str, links: Sequence[Link]) -> list[str]:
    """Return the addresses of *links* that look like documents of the column at *address*.

    A document of the same site, called by a title; menus are short, other sites are not watched.
    """
    site = urlsplit(address).netloc
    found: dict[str, None] = {}
    for link in links:
        try:
            target = urldefrag(urljoin(address, link.href))[0]
            parts = refuse_address(target)
        except (Unreachable, ValueError):
            continue
        titled = len(_WRITTEN.findall(link.text)) >= _FEWEST_WRITTEN
        if parts.netloc == site and titled and _DOCUMENT.search(parts.path) and target != address:
            found.setdefault(target)
    return list(found)[:_MOST_LINKED]


def _note_pages(
    session: Session, column: WatchedColumn, addresses: Sequence[str], now: datetime
) -> None:
    known = {
        page.address: page
        for page in session.exec(
            select(WatchedPage).where(
                col(WatchedPage.column_id) == column.id, col(WatchedPage.address).in_(addresses)
            )
        )
    }
    for address in addresses:
        page = known.get(address) or WatchedPage(
            column_id=column.id, address=address, seen_at=now, next_at=now
        )
        page.seen_at = now
        if page.state is PageState.GONE:  # it is back
            page.state, page.next_at, page.failures = PageState.SEEN, now, 0
        session.add(page)


def _look_at_page(round_: Round, page_id: UUID, counts: dict[str, int], *, now: datetime) -> None:
    with round_.desk.store.reading() as session:
        page = session.get_one(WatchedPage, page_id)
    counts["pages"] += 1
    try:
        answer = round_.get(page.address, etag=page.etag, modified=page.modified)
    except Unreadable as why_not:
        _failed(round_, page_id, counts, str(why_not), now=now)
        return
    if answer.status == 304:
        _settle(round_, page_id, now=now)
    elif answer.status == 200:
        _take_page_in(round_, page_id, page.policy_id, answer, counts, now=now)
    else:
        gone = answer.status in _GONE
        _failed(round_, page_id, counts, _trouble(answer) or "", now=now, gone=gone, answer=answer)


def _take_page_in(
    round_: Round,
    page_id: UUID,
    standing: UUID | None,
    answer: Fetched,
    counts: dict[str, int],
    *,
    now: datetime,
) -> None:
    taken = take_in(round_.desk, answer.content, answer.address, now=now, standing=standing)
    counts["new"] += taken.outcome is IntakeOutcome.NEW
    counts["changed"] += taken.outcome is IntakeOutcome.VERSION
    with round_.desk.store.writing() as session:
        page = session.get_one(WatchedPage, page_id)
        page.etag, page.modified = answer.etag, answer.modified
        page.state = PageState.READ if taken.policy_id else PageState.REFUSED
        page.policy_id = taken.policy_id or page.policy_id
        page.reason = taken.reason
        page.looked_at, page.failures = now, 0
        page.next_at = now + _AGAIN
        session.add(page)


def _settle(round_: Round, page_id: UUID, *, now: datetime) -> None:
    with round_.desk.store.writing() as session:
        page = session.get_one(WatchedPage, page_id)
        page.looked_at, page.failures, page.next_at = now, 0, now + _AGAIN
        session.add(page)


def _failed(
    round_: Round,
    page_id: UUID,
    counts: dict[str, int],
    trouble: str,
    *,
    now: datetime,
    gone: bool = False,
    answer: Fetched | None = None,
) -> None:
    """Note a look that found nothing; the second 404 in a row of a page that was read is a flag."""
    counts["failed"] += 1
    with round_.desk.store.writing() as session:
        page = session.get_one(WatchedPage, page_id)
        page.looked_at, page.reason = now, trouble[:300]
        page.failures += 1
        page.next_at = now + _pause_after(page.failures, _FIRST_AGAIN, answer)
        if gone and page.failures >= _SURELY_GONE:
            page.state, page.gone_at = PageState.GONE, now
            counts["gone"] += page.policy_id is not None
            if page.policy_id is not None:
                note(
                    session,
                    "watch.gone",
                    about=("policy", page.policy_id),
                    by=round_.desk.by,
                    now=now,
                )
        session.add(page)


def _trouble(answer: Fetched) -> str | None:
    if answer.status in (200, 304):
        return None
    if answer.status in _GONE:
        return "网站上已经没有这个页面。"
    if answer.status in (429, 503):
        return "网站要求稍后再来。"
    return f"网站回答 {answer.status}，未读取；稍后自动再试。"


def _pause_after(failures: int, first: timedelta, answer: Fetched | None) -> timedelta:
    """Twice as long after each failure, at most a day; as long as the site asks for."""
    asked = timedelta(seconds=answer.retry_after_s or 0) if answer else timedelta()
    pause = min(first * (1 << min(failures, 12)), LONGEST_PAUSE)
    return max(pause, min(asked, LONGEST_PAUSE))
