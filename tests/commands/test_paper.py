"""Paper from the command line: leaflets, a community's set, and what hangs on the boards."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from profiles.dossier import name_of
from profiles.model import Office, Profile
from profiles.sealing import open_sealer
from pusher.__main__ import pusher
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.makers import NOW
from tests.paper.sheets import Paper, with_font
from tests.reading.photos import a_photo
from tests.sending.delivery_makers import make_batch, make_visit
from tests.sending.makers import make_confirmed, make_person

Type = Callable[..., Result]
AT = ["--now", NOW.isoformat()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("office") / "var"
    hire = ["staff", "add", "--password-stdin", "--role", "clerk", "wangli", "--number", "1"]
    for words, given in (
        (["init", "--phone", "0531-00000001"], None),
        (hire, "小清河边的柳絮又飞起来了"),
    ):
        done = CliRunner(env={"PUSHER_HOME": str(home)}).invoke(pusher, words, input=given)
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def typed(home: Path) -> Type:
    runner = CliRunner(env={"PUSHER_HOME": str(home)})
    return lambda *words: runner.invoke(pusher, list(words))


@pytest.fixture(scope="module")
def policy(home: Path, store: Store) -> str:
    with store.writing() as session:
        office = session.exec(select(Office)).one()
        found = make_confirmed(session, office)
        person = make_person(session, office, phone=None, street=None, name="样例老人")
        person.community = "腊山社区"
        make_visit(session, make_batch(session, policy=found), person=person)
        return str(found.id)


@pytest.fixture(scope="module")
def store(home: Path) -> Store:
    return Store(f"sqlite:///{home / 'pusher.db'}", sealer=open_sealer(home / "keys.json"))


@with_font
def test_a_set_shows_names_to_a_clerk_alone_and_that_is_written_down(
    typed: Type, store: Store, policy: str, tmp_path: Path
) -> None:
    texts = []
    for n, by in enumerate(([], ["--by", "wangli"])):
        out = tmp_path / f"{n}.pdf"
        done = typed("leaflet", policy, "--community", "腊山社区", *by, "--out", str(out), *AT)
        assert done.exit_code == 0, done.output
        assert out.stat().st_mode & 0o077 == 0
        texts.append(Paper(out.read_bytes()).text)

    with store.reading() as session:
        name = name_of(session, session.exec(select(Profile)).one())
        looks = [e.by for e in session.exec(select(AuditEntry)) if e.act == "visits.print"]
    masked, clear = texts
    assert "要走1户" in masked and "要走1户" in clear
    assert name in clear and name not in masked
    assert looks == ["1"]


@with_font
def test_without_doors_a_community_gets_the_leaflet_and_its_poster(
    typed: Type, policy: str, tmp_path: Path
) -> None:
    leaflet, poster = tmp_path / "纸.pdf", tmp_path / "大字.pdf"

    done = typed("leaflet", policy, "--community", "没有人家的社区", "--out", str(leaflet), *AT)
    typed("leaflet", policy, "--poster", "--community", "腊山社区", "--out", str(poster), *AT)

    assert "只生成明白纸" in done.stderr
    assert "没有人家的社区" in Paper(leaflet.read_bytes()).text
    assert "政策公示高龄津贴" in Paper(poster.read_bytes()).text


def test_a_sheet_is_posted_listed_and_taken_down(typed: Type, policy: str, tmp_path: Path) -> None:
    photo = tmp_path / "board.jpg"
    photo.write_bytes(a_photo())
    where = ["--community", "腊山社区", "--photo", str(photo), "--by", "wangli", "--json"]

    posted = json.loads(typed("posting", "add", policy, *where, *AT).stdout)
    assert (posted["state"], posted["may_come_down"], posted["photo"]) == ("up", "2026-11-30", True)
    (listed,) = json.loads(typed("posting", "list", "--json", *AT).stdout)
    assert listed == posted
    assert "2026-11-30 起可撤下" in typed("posting", "list", *AT).stdout

    wrong = typed("posting", "down", posted["id"], "--on", "明天", "--by", "wangli", *AT)
    assert wrong.exit_code == 2 and "“明天”不是日期" in wrong.stderr
    early = typed("posting", "down", posted["id"], "--by", "wangli", *AT)
    assert early.exit_code == 1 and "写明原因" in early.stderr
    down = ["posting", "down", posted["id"], "--remark", "改版", "--by", "wangli", "--json"]
    assert json.loads(typed(*down, *AT).stdout)["state"] == "down"
