"""Only public addresses are fetched, checked where the connection is made, and in bounds."""

from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from pusher.reading.fetch import Bounds, Fetched, fetch
from pusher.reading.guard import Allowance, is_public, pinned, refuse_address
from pusher.reading.refusals import TooLarge, Unreachable
from tests.reading import misbehaving_site as sites
from tests.reading.misbehaving_site import Site, site

LOCAL = Allowance.of("127.0.0.0/8")
BOUNDS = Bounds(most_bytes=1_000_000, total_s=30.0)
QUICK = Bounds(most_bytes=1_000_000, total_s=1.0)


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site() as one:
        yield one


def get(
    address: str, allowance: Allowance = LOCAL, bounds: Bounds = BOUNDS, **more: str
) -> Fetched:
    return fetch(address, allowance=allowance, bounds=bounds, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://a.gov.cn/x", "javascript:alert(1)",
        "//a.gov.cn/x", "http://", "http:///x", "http://user@a.gov.cn/", "http://a:b@a.gov.cn/",
        "http://a.gov.cn:0/", "http://a.gov.cn:99999/", "http://a.gov.cn/a b", "http://a\n.cn/",
        "http://a.gov.cn\\@127.0.0.1/", "http://[::1/", "http://a.gov.cn/" + "x" * 1000, "data:,x",
    ],
)  # fmt: skip
def test_odd_addresses_are_refused_before_any_name_is_looked_up(address: str) -> None:
    with pytest.raises(Unreachable) as refused:
        refuse_address(address)

    assert str(refused.value).endswith("。")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0.0.0.0", "localhost",
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "::1", "::",
        "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    ],
)  # fmt: skip
def test_addresses_of_inner_networks_are_refused_however_they_are_written(host: str) -> None:
    from pusher.reading.guard import look_up

    with pytest.raises(Unreachable, match=r"内部网络|找不到"):
        pinned(host, 80, resolve=look_up, allowance=Allowance())


@pytest.mark.parametrize("address", ["8.8.8.8", "202.102.134.68", "2400:3200::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert pinned("a.gov.cn", 443, resolve=lambda *_: [address], allowance=Allowance()) == address


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Unreachable):
        pinned("a.cn", 80, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"], allowance=Allowance())


def test_odd_ports_of_public_sites_are_refused() -> None:
    with pytest.raises(Unreachable, match="端口"):
        pinned("a.cn", 25, resolve=lambda *_: ["8.8.8.8"], allowance=Allowance())


def test_loopback_is_fetched_only_where_it_is_allowed(here: Site) -> None:
    here.put("/a.html", "<p>甲</p>")

    assert get(here.address("/a.html")).content == "<p>甲</p>".encode()
    here.asked.clear()
    with pytest.raises(Unreachable, match="内部网络"):
        get(here.address("/a.html"), Allowance())
    assert here.asked == []


def test_a_name_is_looked_up_once_and_the_connection_goes_where_it_was_checked(here: Site) -> None:
    here.put("/a.html", "乙")
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    found = fetch(
        here.address("/a.html", host="rebinding.gov.cn"), allowance=LOCAL, bounds=BOUNDS,
        resolve=lambda *_: next(answers),
    )  # fmt: skip

    assert found.content.decode() == "乙"


def test_a_redirect_is_checked_like_any_address(here: Site) -> None:
    narrow = Allowance.of("127.0.0.1/32")
    here.put("/end", "丙")
    here.pages["/ok"] = sites.moved("/end")
    here.pages["/inside"] = sites.moved(here.address("/end", host="127.0.0.2"))
    here.pages["/file"] = sites.moved("file:///etc/passwd")
    here.pages["/round"] = sites.moved("/round")

    assert get(here.address("/ok"), narrow).address.endswith("/end")
    for path, why in (("/inside", "内部网络"), ("/file", "http"), ("/round", "跳转次数")):
        with pytest.raises(Unreachable, match=why):
            get(here.address(path), narrow)


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (sites.endless, TooLarge), (sites.bomb, TooLarge),
        (sites.cut_short, Unreachable), (sites.no_http, Unreachable),
    ],
    ids=["endless", "gzip-bomb", "cut-short", "no-http"],
)  # fmt: skip
def test_a_site_that_misbehaves_is_left(
    here: Site, behaviour: sites.Answer, kind: type[Exception]
) -> None:
    here.pages["/bad"] = behaviour

    with pytest.raises(kind):
        get(here.address("/bad"))


def test_a_site_that_drips_is_left_in_time(here: Site) -> None:
    here.pages["/drips"] = sites.dripping

    with pytest.raises(Unreachable, match="太慢"):
        get(here.address("/drips"), bounds=QUICK)


def test_what_did_not_change_is_not_sent_again(here: Site) -> None:
    here.put("/mark", "丁", etag='"7"')
    first = get(here.address("/mark"))

    again = get(here.address("/mark"), etag=first.etag or "")

    assert (first.status, again.status, again.content) == (200, 304, b"")


def test_what_a_site_says_instead_is_handed_on(here: Site) -> None:
    here.pages["/busy"] = sites.says(503, retry_after="120")

    assert get(here.address("/busy")).retry_after_s == 120
    assert get(here.address("/nothing")).status == 404


def test_an_allowance_is_read_from_the_settings_and_wrong_ones_are_named() -> None:
    assert Allowance.of("").networks == ()
    assert len(Allowance.of("10.0.0.0/8, 127.0.0.1").networks) == 2
    with pytest.raises(ValueError, match="intranet"):
        Allowance.of("intranet")
