"""A draft for comment: long enough, what came in, and whether its adoption was told."""

from datetime import date, timedelta

import pytest

from pusher.listening.questions import record
from pusher.model.comment_period import comment_period
from pusher.model.interpretation import Form
from pusher.model.match import Decision
from pusher.model.notice import NoticeState
from pusher.model.policy import Policy, Registered
from pusher.model.question import QuestionSource
from pusher.model.staff import Role
from pusher.model.telling import COMMENTS
from pusher.reading.interpretations import form_of
from pusher.sending.preview import preview
from tests.makers import make_interpretation
from tests.sending.makers import (
    draft,
    make_confirmed,
    make_matches,
    make_person,
    make_run,
    notices_of,
)
from tests.web.browsing import Console

ENDS = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("began", "ends", "said"),
    [
        (date(2026, 11, 10), ENDS, None),
        (date(2026, 11, 11), ENDS, "只有29日"),
        (None, ENDS, None),
        (date(2026, 11, 10), None, "没有写明截止日期"),
    ],
)
def test_thirty_days_are_long_enough(
    began: date | None, ends: date | None, said: str | None
) -> None:
    policy = Policy(registered=Registered.DRAFT, apply_from=began, apply_until=ends)  # type: ignore[call-arg]
    period = comment_period(policy, date(2026, 11, 25))

    assert period is not None
    assert (period.warning is None) if said is None else (said in (period.warning or ""))
    assert not period.is_over
    assert comment_period(Policy(registered=Registered.IN_FORCE), ENDS) is None  # type: ignore[call-arg]


def test_the_form_is_told_by_the_title() -> None:
    assert form_of("关于《若干措施》意见采纳情况的说明") is Form.ADOPTION


def test_a_draft_shows_what_came_in_and_whether_its_adoption_was_told(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(
            session, office, registered=Registered.DRAFT, apply_from=date(2026, 11, 15),
            apply_until=ENDS, tags=[COMMENTS], rule=None,
        )  # fmt: skip
        run = make_run(session, policy)
        make_matches(
            session, run, [make_person(session, office)], decision=Decision.SUBSCRIBED,
            followed=[COMMENTS],
        )  # fmt: skip
        batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
        cautions = preview(session, batch).cautions
        for notice in notices_of(session, batch):
            notice.state = NoticeState.ACCEPTED
        record(
            session, office_id=office.id, source=QuestionSource.FEEDBACK, policy_id=policy.id,
            text="建议把摊位费补贴提高到百分之六十", at=lite.now,
        )  # fmt: skip
        where = f"/policies/{policy.id}"
    open_page = lite.browser(Role.CLERK).get(where).text
    lite.later(days=20)
    over = lite.browser(Role.CLERK).get(where).text
    with lite.office() as (session, _):
        make_interpretation(
            session, session.get_one(Policy, policy.id), form=Form.ADOPTION, stage="after",
            title="意见采纳情况", at=lite.now - timedelta(hours=1),
        )  # fmt: skip
    clerk = lite.browser(Role.CLERK)
    published = clerk.get(where).text
    wish = {"kind": "interpretation", "include": "subscribed", "channels": ["sms", "wechat"]}
    drafted = clerk.post(f"{where}/batches", wish, page=where)

    assert any("只有25日" in one for one in cautions)
    assert "只有25日" in open_page
    assert "意见反馈 1 件" in open_page
    assert "建议把摊位费补贴提高" in open_page
    assert "还没有公布" in over
    assert "还没有告诉收到过征求意见通知的人" in published
    assert "起草告知采纳情况的批次" in published
    assert drafted.headers["location"].startswith("/batches/")
