"""An office with rows of every kind and the vendors' real gateways, for whoever means it harm."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from profiles.links import WHY_PAGE, make_link_token
from profiles.model import Profile
from profiles.sealing import Sealer
from pusher.gateways.registry import open_gateways
from pusher.model.notice import Notice
from pusher.sandbox.credentials import print_config
from pusher.store import Store
from pusher.web.callbacks import callback_key
from tests.makers import make_staff
from tests.sending.delivery_makers import make_batch, make_notice, make_visit
from tests.web.browsing import Console, make_console
from tests.web.routes import an_office_at_work


@dataclass(frozen=True, slots=True)
class Target:
    """An office's doors, and what stands in its addresses.

    Attributes:
        ids: name of a hole in a path → what is really there.
        keys: gateway → the secret of its callbacks' address.
    """

    console: Console
    ids: dict[str, list[str]]
    keys: dict[str, str]


@pytest.fixture(scope="module")
def target(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, sealer: Sealer
) -> Iterator[Target]:
    file = tmp_path_factory.mktemp("hostile") / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", sealer=sealer)
    plain = make_console(store)
    tables = {
        name: {**plain.settings.gateways[name], **print_config()[name]}
        for name in ("aliyun", "wechat")
    }
    gateways = open_gateways(tables, call_timeout=timedelta(seconds=1))
    console = replace(plain, gateways=gateways)
    yield Target(
        console, _ids(console), {name: callback_key(sealer, name) for name in ("aliyun", "wechat")}
    )
    store.close()


def _ids(console: Console) -> dict[str, list[str]]:
    with console.office() as (session, office):
        ids = {name: [value] for name, value in an_office_at_work(session, office).items()}
        ids["visit_id"] = [str(make_visit(session, make_batch(session)).id)]
        make_notice(session, make_batch(session))
        ids["staff_id"] = [str(make_staff(session, office).id)]
        notice = session.exec(select(Notice.id)).first()
        ids["profile_id"] = [str(session.exec(select(Profile.id)).first())]
    assert notice is not None
    word = make_link_token(console.app.state.desk.sealer, WHY_PAGE, notice)
    return ids | {
        "notice_id": [str(notice)],
        "word": [word],
        "name": ["aliyun", "wechat", "style.css"],
        "cause": ["staff", "restore", "clock_jump", "deaths"],
    }
