"""How much sooner a batch is out where several workers share it, each a process of its own.

The vendor is the stand-in in its own process, which answers as slowly as a vendor on the internet;
the database is PostgreSQL. All of them share this machine, so the figures are a lower bound.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import col, func, select

from bench.measure import Comparison
from bench.postgres import postgres
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.store import migrate
from tests.clockwork.rehearsal import Rehearsal, rehearsed, stand_in, until
from tests.sending.delivery_makers import given_batch

NOTICES = 600
ANSWERS_AFTER_S = 0.2
CALM = {"tick_s": 0.2, "lease_s": 60.0, "settle_s": 60.0, "call_timeout_s": 10.0}


def workers() -> Iterator[Comparison]:
    """One batch sent by two and by four workers, beside one alone."""
    with _office() as office:
        alone, two, four = (_seconds(office, hands) for hands in (1, 2, 4))
    for hands, spent in ((2, two), (4, four)):
        yield Comparison(f"发出 {NOTICES} 条，{hands} 个 worker", spent, "1 个 worker", alone)


@contextmanager
def _office() -> Iterator[Rehearsal]:
    with tempfile.TemporaryDirectory() as folder, postgres() as connection:
        connection.execute("CREATE DATABASE office")
        url = make_url(f"postgresql+psycopg:///?host={connection.info.host}").set(
            username=connection.info.user, database="office"
        )
        address = url.render_as_string(hide_password=False)
        migrate(address)
        vendor, home = Path(folder, "vendor"), Path(folder, "home")
        for place in (vendor, home):
            place.mkdir()
        with stand_in(vendor) as stand, rehearsed(home, address, stand, **CALM) as office:
            yield office


def _seconds(office: Rehearsal, hands: int) -> float:
    """Seconds between the first claim and the last record of a batch that *hands* workers send."""
    office.stand.order("reset")
    slow: dict[str, object] = {"provider": "aliyun", "kind": "slow", "rate": 1}
    office.stand.order("faults", delay_s=ANSWERS_AFTER_S, **slow)
    working = [office.command("worker") for _ in range(hands)]
    time.sleep(3)  # their start is not what is measured
    batch = given_batch(office.store, NOTICES)
    until(office.is_settled)
    for process in working:
        process.terminate()
        process.join()
    with office.store.reading() as session:
        sent = select(func.min(Attempt.at), func.max(Attempt.ended_at), func.count()).join(
            Notice, col(Notice.id) == Attempt.notice_id
        )
        of_this = (Notice.batch_id == batch, Notice.state == NoticeState.ACCEPTED)
        first, last, count = session.exec(sent.where(*of_this)).one()
    if count != NOTICES or first is None or last is None:
        raise SystemExit(f"only {count} of {NOTICES} notices were taken")
    return float((last - first).total_seconds())
