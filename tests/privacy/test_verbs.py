"""The verbs by which an office answers a person's request."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from profiles.model import Profile
from profiles.sealing import Sealer, read_keys
from pusher.__main__ import pusher
from pusher.store import Store
from tests.profiles.people import resident_number

REGISTER = "姓名,证件号码,手机号\n欧阳样例,370199194003050775,19900004321\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("office") / "var"
    register = home.parent / "名册.csv"
    register.write_text(REGISTER.replace("370199194003050775", _number()), encoding="utf-8")
    typed(home, "init", "--phone", "0531-00000001")
    hire = ("staff", "add", "--password-stdin", "--role")
    typed(home, *hire, "clerk", "wangli", "--number", "1", told="小清河边的柳絮又飞起来了")
    typed(home, "roster", "import", str(register), "--kind", "resident")
    return home


def _number() -> str:
    return resident_number(date(1940, 3, 5), 77)


def typed(home: Path, *words: str, told: str | None = None, status: int = 0) -> Result:
    done = CliRunner(env={"PUSHER_HOME": str(home)}).invoke(pusher, list(words), input=told)
    assert done.exit_code == status, done.output
    return done


def the_person(home: Path) -> str:
    store = Store(f"sqlite:///{home / 'pusher.db'}", sealer=Sealer(read_keys(home / "keys.json")))
    with store.reading() as session:
        person = session.exec(select(Profile)).one()
    store.close()
    return str(person.id)


def test_a_copy_is_written_for_its_owner_alone_and_then_they_are_forgotten(office: Path) -> None:
    person, out = the_person(office), office.parent / "副本.json"

    typed(office, "privacy", "export", person, "--by", "wangli", "--out", str(out))
    copy = json.loads(out.read_text("utf-8"))
    assert copy["profile"]["name"] == "欧阳样例"
    assert copy["contact"][0]["address"] == "19900004321"
    assert out.stat().st_mode & 0o077 == 0

    done = typed(office, "privacy", "forget", person, "--by", "wangli", "--json")
    assert json.loads(done.stdout) == {"withheld": 0, "waiting": 0}
    again = typed(office, "privacy", "forget", person, "--by", "wangli", status=1)
    assert "已经删除" in again.stderr
    empty = typed(office, "privacy", "export", person, "--by", "wangli").stdout
    assert "欧阳" not in empty
    assert "19900004321" not in empty
    assert "审计链完整" in typed(office, "audit", "verify").stdout


@pytest.mark.parametrize("verb", ["export", "forget"])
def test_who_asks_must_be_known_and_so_must_the_person(office: Path, verb: str) -> None:
    nobody = typed(office, "privacy", verb, the_person(office), "--by", "niemand", status=1)
    nothing = typed(office, "privacy", verb, "123", "--by", "wangli", status=1)

    assert "没有可用的账号" in nobody.stderr
    assert "没有编号为" in nothing.stderr


def test_the_terms_can_be_kept_by_hand(office: Path) -> None:
    done = typed(office, "privacy", "purge", "--json")

    assert set(json.loads(done.stdout)) == {
        *("bodies", "texts", "replies", "questions", "codes", "photos", "files")
    }
