"""What the stand-in said yes to is on disk, whatever happens to it afterwards."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from pusher.gateways.base import Answer, Parcel, Result, boot_seconds
from pusher.gateways.post import Post
from pusher.sandbox.journal import Damaged, Entry, Journal
from tests.gateways.conftest import aliyun_at
from tests.sandbox.signing import PLAIN, send_sms
from tests.sandbox.stand import standing, until

PROGRAM = """
import sys
from pathlib import Path
from pusher.sandbox.app import create_app
from pusher.sandbox.book import TemplateBook
from pusher.sandbox.serve import serve
serve(create_app(TemplateBook.standard(), Path(sys.argv[1]), {}), port=int(sys.argv[2]))
"""


def append(file: Path, *entries: Entry) -> None:
    async def work() -> None:
        journal = Journal(file)
        await asyncio.gather(*(journal.append(entry) for entry in entries))
        await journal.close()

    asyncio.run(work())


def test_what_was_appended_is_there_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "j"
    append(file, *({"n": n} for n in range(50)))
    append(file, {"n": 50, "text": '换行\n与引号"'})

    journal = Journal(file)

    assert [entry["n"] for entry in journal.entries] == list(range(51))
    assert file.stat().st_mode & 0o777 == 0o600


def test_half_a_last_line_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "j"
    append(file, {"n": 1})
    with file.open("ab") as handle:
        handle.write(b'{"n": 2, "te')

    assert [entry["n"] for entry in Journal(file).entries] == [1]
    append(file, {"n": 3})
    assert [entry["n"] for entry in Journal(file).entries] == [1, 3]


def test_a_damaged_line_in_the_middle_is_told(tmp_path: Path) -> None:
    file = tmp_path / "j"
    file.write_bytes(b'{"n": 1}\n{"n"\n{"n": 3}\n')

    with pytest.raises(Damaged, match="第 2 行"):
        Journal(file)


def test_a_reset_empties_the_file(tmp_path: Path) -> None:
    with standing(tmp_path / "j") as stand:
        send_sms(stand)
        stand.order("reset")

        assert stand.messages() == []
    assert "taken" not in (tmp_path / "j").read_text()


def test_texts_and_answers_are_there_after_a_restart(tmp_path: Path) -> None:
    with standing(tmp_path / "j") as stand:
        send_sms(stand)
        stand.order("replies", to="19900000001", text="TD")
        before = {**stand.messages()[0], "outcome": "", "code": ""}
    with standing(tmp_path / "j") as stand:
        after = {**stand.messages()[0], "outcome": "", "code": ""}
        page = stand.client.get("/", params={"to": "19900000001"}).text

    assert after == before
    assert "TD</p>" in page


def test_a_killed_stand_in_knows_every_text_it_said_yes_to(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(journal), str(port)])
    post = Post(call_timeout=timedelta(seconds=10))
    answers: list[Answer] = []
    gateway = aliyun_at(f"http://127.0.0.1:{port}", post)
    parcels = [Parcel(f"{n:026}", f"1990000{n:04}", PLAIN, {}) for n in range(600)]

    def send() -> None:
        answers.extend(gateway.hand_over(parcels, deadline=boot_seconds() + 60))

    try:
        assert until(lambda: answers_http(port))
        sender = threading.Thread(target=send)
        sender.start()
        assert until(lambda: journal.exists() and journal.read_bytes().count(b"\n") >= 40)
        os.kill(process.pid, signal.SIGKILL)
        sender.join()
    finally:
        process.kill()
        process.wait()
        post.close()

    with standing(journal) as stand:
        kept = [message["reference"] for message in stand.messages()]
    said_yes = {answer.reference for answer in answers if answer.result is Result.ACCEPTED}
    not_sent = {answer.reference for answer in answers if answer.result is Result.NOT_SENT}
    assert len(answers) == 600
    assert said_yes <= set(kept)
    assert not not_sent & set(kept)
    assert len(kept) == len(set(kept))
    assert len(kept) >= 40


def answers_http(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_sandbox/messages", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def test_a_journal_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    # The same file, opened for reading: each write fails as on a full disk.
    reader = os.open(tmp_path / "j", os.O_RDONLY)
    os.dup2(reader, journal._handle)
    os.close(reader)

    async def work() -> None:
        with pytest.raises(OSError, match=r".+"):
            await journal.append({"n": 1})

    asyncio.run(work())
    assert (tmp_path / "j").read_bytes() == b""
