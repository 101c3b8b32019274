"""Hot topics on the console: seen, answered, told to who was told; or put aside with a reason."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from pusher.listening.questions import record
from pusher.listening.topics import Heat, group, topics_of
from pusher.model.batch import Batch, BatchKind
from pusher.model.notice import NoticeState
from pusher.model.question import QuestionSource
from pusher.model.staff import Role
from tests.sending.makers import (
    draft,
    make_confirmed,
    make_matches,
    make_person,
    make_run,
    notices_of,
)
from tests.web.browsing import Console

PAID = ("津贴没有到账", "王女士问津贴没到卡上", "津贴几号发", "津贴停发了吗", "津贴还没发")
ANSWER = {
    "title": "津贴没到账怎么查", "form": "answers", "stage": "after",
    "address": "http://www.example.cn/2",
}  # fmt: skip


@pytest.fixture
def topic(lite: Console) -> str:
    """The page of a hot topic of a policy that two people were told of."""
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office) for _ in range(2)])
        for notice in notices_of(session, draft(session, policy, run)):
            notice.state = NoticeState.ACCEPTED
        for n, text in enumerate(PAID):
            record(
                session, office_id=office.id, source=QuestionSource.HOTLINE, text=text,
                at=lite.now - timedelta(hours=n), policy_id=policy.id,
            )  # fmt: skip
        group(session, office.id, keywords={}, heat=Heat(), by="clockwork", now=lite.now)
        (found,) = topics_of(session, office.id)
        return f"/topics/{found.id}"


def test_a_topic_is_answered_and_told_to_exactly_who_was_told(lite: Console, topic: str) -> None:
    clerk = lite.browser(Role.CLERK)
    waiting, listed, page = (clerk.get(path).text for path in ("/", "/topics", topic))

    early = clerk.post(f"{topic}/settle", {**ANSWER, "stage": "at"}, page=topic)
    done = clerk.post(f"{topic}/settle", ANSWER, page=topic)
    settled = clerk.get(topic).text
    form = re.search(r'action="(/policies/[^"]+/batches)"', settled)
    assert form is not None
    wish = {"kind": "interpretation", "include": "eligible", "channels": ["sms", "wechat"]}
    drafted = clerk.post(form[1], wish, page=topic)

    assert "热点问题待解读" in waiting
    assert "钱到没到" in listed
    assert "津贴没有到账" in page
    assert early.status_code == 409
    assert "随发布" in early.text
    assert done.headers["location"] == topic
    assert "眼下没有热点问题" in clerk.get("/topics").text
    assert drafted.status_code == 303
    with lite.store.reading() as session:
        batch = session.get_one(Batch, UUID(drafted.headers["location"][9:]))
        assert batch.kind is BatchKind.INTERPRETATION
        assert len(notices_of(session, batch)) == 2
    assert "已起草告知" in clerk.get(topic).text


def test_a_topic_that_needs_no_answer_is_put_aside_with_a_reason(lite: Console, topic: str) -> None:
    clerk = lite.browser(Role.CLERK)

    silent = clerk.post(f"{topic}/dismiss", {"remark": " "}, page=topic)
    done = clerk.post(f"{topic}/dismiss", {"remark": "银行系统故障，已补发"}, page=topic)
    again = clerk.post(f"{topic}/dismiss", {"remark": "再来一次"}, page="/topics?all=1")

    assert silent.status_code == 422
    assert done.headers["location"] == "/topics"
    assert again.status_code == 409
    assert "银行系统故障" in clerk.get(topic).text
    assert "已办结" in clerk.get("/topics?all=1").text
