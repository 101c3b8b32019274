"""Two SMS vendors, a clockwork that is killed in the middle, and nobody who is told twice."""

from sqlmodel import col, select

from profiles.model import Channel
from pusher.demo.furnish import OFFICE, code_with
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState
from pusher.sandbox.credentials import print_config
from pusher.sending.wording import registered
from pusher.settings import FILE_NAME
from tests.clockwork.rehearsal import DIED, Rehearsal, ended, until
from tests.sending.delivery_makers import given_batch

PLANNED = 120
"""One claim, and some more."""


def add_tencent(rehearsal: Rehearsal) -> None:
    """Give the office a second SMS gateway, behind its first."""
    config = print_config()["tencent"]
    lines = ["[gateways.tencent]", f'endpoint = "{rehearsal.stand.address}"']
    lines += [f'{key} = "{config[key]}"' for key in ("secret_id", "secret_key", "sdk_app_id")]
    lines += [f'sign_name = "{OFFICE["signature"]}"', "[gateways.tencent.templates]"]
    lines += [
        f'{one.key} = "{code_with("tencent", one.code)}"'
        for one in registered()
        if one.channel is Channel.SMS
    ]
    with rehearsal.home.joinpath(FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def test_what_the_first_may_have_taken_never_goes_through_the_second(
    rehearsal: Rehearsal,
) -> None:
    add_tencent(rehearsal)
    given_batch(rehearsal.store, PLANNED)
    # as the first answers come in
    killed = rehearsal.clockwork("K5:kill")
    assert ended(killed) == DIED

    rehearsal.stand.order("faults", provider="aliyun", kind="auth_expired")
    rehearsal.clockwork()
    until(lambda: all_told_but_the_doubtful(rehearsal))

    texts = rehearsal.stand.messages()
    by_tencent = {text["to"] for text in texts if text["provider"] == "tencent"}
    assert len(texts) == len({text["to"] for text in texts})
    assert by_tencent
    rehearsal.check(PLANNED)


def all_told_but_the_doubtful(rehearsal: Rehearsal) -> bool:
    """Whether all notices were taken, but for those that their first vendor may have."""
    with rehearsal.store.reading() as session:
        doubtful = select(Attempt.notice_id).where(Attempt.result == AttemptResult.UNSURE)
        others = (
            col(Notice.state) != NoticeState.ACCEPTED,
            col(Notice.id).not_in(doubtful),
        )
        return session.exec(select(Notice.id).where(*others).limit(1)).first() is None
