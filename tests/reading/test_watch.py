"""A column is watched politely: new documents are taken in once, withdrawn ones are flagged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from profiles.sealing import Sealer
from pusher.model.policy import Policy, PolicyState
from pusher.model.watching import PageState, WatchedColumn, WatchedPage
from pusher.reading.child import Reader
from pusher.reading.document import Link
from pusher.reading.fetch import Bounds, fetch
from pusher.reading.guard import Allowance
from pusher.reading.intake import Desk
from pusher.reading.watch import BadColumn, Round, add_column, documents_of, end_column, watch
from pusher.store import Store
from tests.makers import make_office
from tests.reading import misbehaving_site as sites
from tests.reading.misbehaving_site import Site, site
from tests.reading.pages import NOTICE, page

EVERY = timedelta(hours=1)
PAGE = page(number="槐民发〔2026〕7号")
OTHER = page(
    title="槐荫区民政局关于做好入户服务的通知",
    number="槐民发〔2026〕8号",
    body=(NOTICE[0], "为做好入户服务工作，现就有关事项通知如下，请认真落实。", *NOTICE[5:7]),
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def lite(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Iterator[Store]:
    """On SQLite only, for what has nothing to do with the database."""
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", sealer=sealer)
    yield store
    store.close()


@pytest.fixture
def here() -> Iterator[Site]:
    with site() as one:
        one.put("/robots.txt", "User-agent: *\nDisallow: /private/\n")
        one.put("/tz/", column("/tz/1.html", "/tz/2.html"), etag='"a"')
        one.put("/tz/1.html", PAGE, etag='"1"')
        one.put("/tz/2.html", OTHER)
        yield one


def column(*paths: str) -> str:
    titles = "".join(
        f'<li><a href="{path}">关于发放高龄津贴有关事项的通知</a> 2026-02-0{n}</li>'
        for n, path in enumerate(paths, start=1)
    )
    return f'<html><body><a href="/">首页</a><ul>{titles}</ul></body></html>'


@dataclass
class Office:
    """A store with one office that watches one column."""

    store: Store
    reader: Reader
    column: UUID
    office_id: UUID
    waited: list[float] = field(default_factory=list)

    def look(self, now: datetime, **more: Any) -> dict[str, int]:
        allowance = Allowance.of("127.0.0.0/8")
        bounds = Bounds(most_bytes=1_000_000, total_s=1.0)
        return watch(
            Round(
                fetch=partial(fetch, allowance=allowance, bounds=bounds), reader=self.reader,
                desk=Desk(self.store, self.office_id, None, self.reader, "watch"), every=EVERY,
                pace=timedelta(seconds=2), wait=self.waited.append, **more,
            ),
            now=now,
        )  # fmt: skip

    def policies(self) -> list[Policy]:
        with self.store.reading() as session:
            return list(
                session.exec(select(Policy).order_by(col(Policy.read_at), col(Policy.version)))
            )

    def pages(self) -> list[WatchedPage]:
        with self.store.reading() as session:
            return list(session.exec(select(WatchedPage).order_by(col(WatchedPage.address))))

    def watched(self) -> WatchedColumn:
        with self.store.reading() as session:
            return session.get_one(WatchedColumn, self.column)


def watching(store: Store, reader: Reader, address: str, now: datetime) -> Office:
    with store.writing() as session:
        office = make_office(session)
        one = add_column(
            session, office_id=office.id, name="通知公告", address=address, by="1001", now=now
        )
    return Office(store, reader, one.id, office.id)


def test_what_a_column_links_to_is_taken_in_once(
    store: Store, reader: Reader, here: Site, now: datetime
) -> None:
    office = watching(store, reader, here.address("/tz/"), now)

    first = office.look(now)
    second = office.look(now + timedelta(minutes=5))
    third = office.look(now + timedelta(hours=2))

    assert (first["new"], second["pages"], third["columns"]) == (2, 0, 1)
    assert [p.document_number for p in office.policies()] == [
        "槐民发〔2026〕7号",
        "槐民发〔2026〕8号",
    ]
    assert here.asked.count("/tz/1.html") == 1
    assert {page.state for page in office.pages()} == {PageState.READ}


def test_robots_come_first_and_requests_to_a_site_are_paced(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    here.put("/robots.txt", "User-agent: *\nCrawl-delay: 5\n")
    office = watching(lite, reader, here.address("/tz/"), now)

    office.look(now)

    assert here.asked == ["/robots.txt", "/tz/", "/tz/1.html", "/tz/2.html"]
    assert office.waited == [5.0, 5.0, 5.0]


@pytest.mark.parametrize(
    ("robots", "said"),
    [("User-agent: *\nDisallow: /tz/\n", "不允许"), (None, "不允许"), (503, "暂不读取")],
)
def test_a_site_that_wants_no_programs_is_left_alone(
    lite: Store, reader: Reader, here: Site, now: datetime, robots: str | int | None, said: str
) -> None:
    if robots is None:
        here.put(
            "/robots.txt", "User-agent: PolicyPusher\nDisallow: /\n\nUser-agent: *\nDisallow:\n"
        )
    elif isinstance(robots, int):
        here.pages["/robots.txt"] = sites.says(robots)
    else:
        here.put("/robots.txt", robots)
    office = watching(lite, reader, here.address("/tz/"), now)

    office.look(now)

    assert here.asked == ["/robots.txt"]
    assert said in (office.watched().trouble or "")


def test_without_a_robots_file_everything_may_be_read(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    del here.pages["/robots.txt"]

    assert watching(lite, reader, here.address("/tz/"), now).look(now)["new"] == 2


def test_a_changed_page_is_the_next_version_and_an_unchanged_one_is_not_sent(
    store: Store, reader: Reader, here: Site, now: datetime
) -> None:
    office = watching(store, reader, here.address("/tz/"), now)
    office.look(now)
    here.put("/tz/1.html", PAGE.replace("每人每月100元", "每人每月120元"), etag='"2"')
    here.put("/tz/2.html", OTHER.replace("浏览次数：15", "浏览次数：99"))

    counts = office.look(now + timedelta(days=2))

    assert counts["changed"] == 1
    of_one = [p for p in office.policies() if p.document_number == "槐民发〔2026〕7号"]
    assert [(p.version, p.state) for p in of_one] == [
        (1, PolicyState.SUPERSEDED), (2, PolicyState.READ),
    ]  # fmt: skip
    assert len(office.policies()) == 3


def test_a_page_without_a_number_that_changes_is_a_version_all_the_same(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    here.put("/tz/1.html", page(number=""))
    here.put("/tz/", column("/tz/1.html"))
    office = watching(lite, reader, here.address("/tz/"), now)
    office.look(now)
    here.put("/tz/1.html", page(number="").replace("每人每月100元", "每人每月130元"))

    office.look(now + timedelta(days=2))

    assert [p.version for p in office.policies()] == [1, 2]


def test_a_withdrawn_page_is_flagged_after_the_second_look(
    store: Store, reader: Reader, here: Site, now: datetime
) -> None:
    office = watching(store, reader, here.address("/tz/"), now)
    office.look(now)
    del here.pages["/tz/1.html"]

    once = office.look(now + timedelta(days=2))
    still = office.pages()[0].state
    twice = office.look(now + timedelta(days=3))

    assert (once["gone"], still) == (0, PageState.READ)
    assert twice["gone"] == 1
    assert office.pages()[0].state is PageState.GONE
    assert office.policies()[0].state is PolicyState.READ


def test_failures_back_off_and_a_busy_site_is_asked_no_more_in_this_round(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    here.pages["/tz/"] = sites.says(503, retry_after="7200")
    office = watching(lite, reader, here.address("/tz/"), now)

    office.look(now)
    first = office.watched()
    office.look(first.next_at)
    second = office.watched()

    assert first.next_at == now + timedelta(hours=2)
    assert second.next_at - first.next_at == timedelta(hours=4)
    assert "稍后" in (second.trouble or "")


@pytest.mark.parametrize("behaviour", [sites.dripping, sites.endless, sites.bomb, sites.no_http])
def test_a_page_that_misbehaves_is_noted_and_the_others_are_read(
    lite: Store, reader: Reader, here: Site, now: datetime, behaviour: sites.Answer
) -> None:
    here.pages["/tz/1.html"] = behaviour
    office = watching(lite, reader, here.address("/tz/"), now)

    counts = office.look(now)

    assert (counts["new"], counts["failed"]) == (1, 1)
    assert office.pages()[0].reason


def test_a_page_that_leads_inside_is_not_followed(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    here.pages["/tz/1.html"] = sites.moved("http://10.0.0.1/secret")
    office = watching(lite, reader, here.address("/tz/"), now)

    office.look(now)

    assert "内部网络" in (office.pages()[0].reason or "")


def test_a_round_asks_only_so_much(lite: Store, reader: Reader, here: Site, now: datetime) -> None:
    office = watching(lite, reader, here.address("/tz/"), now)

    office.look(now, at_most=3)
    assert len(here.asked) == 3
    office.look(now)
    assert len(office.policies()) == 2


def test_a_column_that_is_no_longer_watched_is_not_asked(
    lite: Store, reader: Reader, here: Site, now: datetime
) -> None:
    office = watching(lite, reader, here.address("/tz/"), now)
    with lite.writing() as session:
        end_column(session, session.get_one(WatchedColumn, office.column), by="1001", now=now)

    assert office.look(now)["columns"] == 0
    assert here.asked == []


def test_a_wrong_or_doubled_column_is_refused(lite: Store, now: datetime) -> None:
    with lite.writing() as session:
        office = make_office(session)
        given: dict[str, Any] = {"office_id": office.id, "name": "甲", "by": "1", "now": now}
        add_column(session, address="http://a.gov.cn/tz/", **given)
        for address in ("http://a.gov.cn/tz/", "ftp://a.gov.cn/", "http://u@a.gov.cn/"):
            with pytest.raises(BadColumn):
                add_column(session, address=address, **given)


def test_only_titled_documents_of_the_same_site_are_followed() -> None:
    title = "关于发放高龄津贴有关事项的通知"
    links = [
        Link(title, "1.html"), Link(title, "/tz/2.html#top"), Link(title, "1.html"),
        Link("首页", "/"), Link(title, "http://other.gov.cn/3.html"), Link(title, "javascript:x"),
        Link(title, "4.mp4"), Link(title, "http://[bad"),
    ]  # fmt: skip

    assert documents_of("http://a.gov.cn/tz/index.html", links) == [
        "http://a.gov.cn/tz/1.html",
        "http://a.gov.cn/tz/2.html",
    ]
