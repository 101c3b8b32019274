"""An interpretation finds the policy it explains, staff have the last word, the public reads it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from profiles.model import Office
from profiles.sealing import Sealer
from pusher.model.errors import IllegalMove, Unwilling
from pusher.model.interpretation import Form, Interpretation, Stage, TiedBy
from pusher.model.policy import Genre, Policy, PolicyState, Registered
from pusher.reading.child import Reader
from pusher.reading.confirm import confirm, proposed
from pusher.reading.correct import correct
from pusher.reading.ingest import policy_shape, read_policy
from pusher.reading.interpret import (
    BadInterpretation,
    Described,
    adopt,
    check,
    described,
    end,
    register,
)
from pusher.reading.interpretations import (
    form_of,
    interpretations_of,
    public_interpretations_of,
    stage_of,
)
from pusher.store import Store
from tests.makers import make_office, make_policy
from tests.reading.pages import NUMBER, TITLE, page

NAME = "关于发放高龄津贴的通知"
READER = Reader()
"""One process that parses, for all of them; it ends with ours."""


@pytest.fixture
def lite_store(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Iterator[Store]:
    """On SQLite only, for what has nothing to do with the database."""
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", sealer=sealer)
    yield store
    store.close()


def read(
    session: Session, office: Office, now: datetime, html: str, name: str = "a.html"
) -> Policy:
    return read_policy(
        session, html.encode(), name, office=office, tagger=None, now=now, by="1001",
        reader=READER,
    )  # fmt: skip


PLAIN = (
    "年满80周岁的老年人每月可以领取津贴，本人或者家人带身份证和户口簿到社区登记，次月发放到银行卡。",
    "津贴不需要交任何费用，已经领取其他补贴的老年人也可以领取，具体情况请向社区工作人员咨询。",
)


def explaining(title: str, *body: str) -> str:
    return page(title=title, number="", body=(*body, *PLAIN))


def only(session: Session) -> Interpretation:
    return session.exec(select(Interpretation)).one()


def test_by_number_whichever_of_the_two_is_read_first(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        opening = f"近日，区民政局印发了《{NAME}》（{NUMBER}），现解读如下："
        read(
            session, office, now, explaining("高龄津贴一图读懂", opening), "http://www.example.cn/1"
        )
        waiting = only(session)
        before = (waiting.policy_id, waiting.checked_at)
        policy = read(session, office, now, page(), "b.html")

        assert before == (None, None)
        assert (waiting.policy_id, waiting.tied_by) == (policy.id, TiedBy.NUMBER)
        assert (waiting.form, waiting.stage) == (Form.PICTURE, Stage.AT)
        assert waiting.address == "http://www.example.cn/1"
        (shown,) = policy_shape(session, policy)["interpretations"]
        assert (shown["title"], shown["checked"]) == ("高龄津贴一图读懂", False)
        assert public_interpretations_of(session, policy) == []


@pytest.mark.parametrize(
    ("title", "body", "by"),
    [
        (f"《{TITLE}》政策解读", (), TiedBy.TITLE),
        (f"《{NAME}》解读问答", (), TiedBy.TITLE),
        ("高龄津贴问答", ("相关文件索引号：370104/2026-7，欢迎查阅。",), TiedBy.INDEX),
        ("高龄津贴问答", ("本区发放高龄津贴。",), None),
        ("《通知》解读", (), None),
    ],
)
def test_by_title_or_index_number_or_not_at_all(
    lite_store: Store, now: datetime, title: str, body: tuple[str, ...], by: TiedBy | None
) -> None:
    with lite_store.writing() as session:
        office = make_office(session)
        make_policy(session, office, title=TITLE, index_number="370104/2026-7")
        make_policy(session, office, title="关于加强通知公告管理的通知")
        read(session, office, now, explaining(title, *body))

        assert only(session).tied_by == by


def test_two_documents_of_one_name_leave_it_to_staff(lite_store: Store, now: datetime) -> None:
    with lite_store.writing() as session:
        office = make_office(session)
        for district in ("槐荫区", "市中区"):
            make_policy(session, office, title=f"{district}{NAME}")
        read(session, office, now, explaining(f"《{NAME}》解读"))

        assert only(session).policy_id is None


def test_a_later_version_of_the_policy_keeps_it(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        read(session, office, now, page())
        read(session, office, now, explaining(f"《{TITLE}》解读"), "b.html")
        later = read(session, office, now, page().replace("100元", "120元"), "c.html")

        assert later.version == 2
        assert [one.title for one in interpretations_of(session, later)] == [f"《{TITLE}》解读"]


def test_staff_set_the_tie_right_and_only_then_does_the_public_see_it(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        wrong, right = make_policy(session, office, title=TITLE), make_policy(session, office)
        read(session, office, now, explaining(f"《{TITLE}》解读"))
        one = only(session)
        check(session, one, right, described(one), by="1001", now=now)

        assert (one.policy_id, one.tied_by, one.checked_by) == (right.id, TiedBy.STAFF, "1001")
        assert interpretations_of(session, wrong) == []
        assert public_interpretations_of(session, right) == [one]
        end(session, one, by="1001", now=now)
        assert public_interpretations_of(session, right) == []
        with pytest.raises(Unwilling, match="已撤下"):
            end(session, one, by="1001", now=now)


def test_by_hand_the_same_again_is_one_and_a_changed_one_the_next_version(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        policy = make_policy(session, make_office(session), published_on=date(2026, 11, 2))
        said = Described("一图读懂", Form.PICTURE, published_on=date(2026, 11, 20))
        first = register(session, policy, said, by="1001", now=now)
        again = register(session, policy, said, by="1001", now=now)
        video = register(session, policy, Described("一图读懂", Form.VIDEO), by="1001", now=now)
        other = Described("一图 读懂", Form.PICTURE, address="https://www.example.gov.cn/2")
        second = register(session, policy, other, by="1001", now=now)

        assert again.id == first.id
        assert first.stage is Stage.AFTER
        assert (second.version, first.ended_at) == (2, now)
        assert {one.id for one in interpretations_of(session, policy)} == {video.id, second.id}


@pytest.mark.parametrize(
    "said",
    [
        Described(" "),
        Described("解" * 301),
        Described("解读", address="javascript:alert(1)"),
        Described("解读", address="http://user@example.gov.cn/"),
        Described("解读", phone="1" * 61),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    lite_store: Store, now: datetime, said: Described
) -> None:
    with lite_store.writing() as session:
        policy = make_policy(session, make_office(session))

        with pytest.raises(BadInterpretation) as refused:
            register(session, policy, said, by="1001", now=now)
        assert refused.value.field in ("title", "address", "phone")


def test_an_interpretation_is_never_confirmed_as_a_policy(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        document = read(session, office, now, explaining("高龄津贴问答"))

        with pytest.raises(IllegalMove, match="这是解读"):
            confirm(session, document, proposed(session, document), by="1001", now=now)
        correct(session, document, {"genre": "policy"}, by="1001", now=now)
        assert only(session).ended_at == now
        correct(session, document, {"genre": "interpretation"}, by="1001", now=now)
        assert only(session).ended_at is None


def test_a_file_handed_in_as_an_interpretation_is_one_and_the_policy_itself_is_not(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = read(session, office, now, page())
        notice = read(session, office, now, page(title="关于高龄津贴发放的说明", number=""), "b")
        one = adopt(session, notice, policy, by="1001", now=now)

        assert (notice.genre, one.policy_id) == (Genre.INTERPRETATION, policy.id)
        assert one.checked_by == "1001"
        with pytest.raises(Unwilling, match="政策原文"):
            adopt(session, policy, policy, by="1001", now=now)
        other = make_policy(session, office, state=PolicyState.CONFIRMED)
        with pytest.raises(Unwilling, match="已作为政策确认"):
            adopt(session, other, policy, by="1001", now=now)


def test_form_and_stage_are_told_by_title_and_days() -> None:
    policy = Policy(published_on=date(2026, 11, 2), registered=Registered.IN_FORCE)  # type: ignore[call-arg]

    assert [form_of(t) for t in ("新闻发布会", "视频解读", "答记者问", "明白纸", "解读")] == [
        Form.PRESS, Form.VIDEO, Form.ANSWERS, Form.BRIEF, Form.TEXT,
    ]  # fmt: skip
    days = (date(2026, 11, 1), date(2026, 11, 9), date(2026, 11, 10), None)
    assert [stage_of("解读", day, policy) for day in days] == [
        Stage.BEFORE, Stage.AT, Stage.AFTER, Stage.AT,
    ]  # fmt: skip
    assert stage_of("起草说明", None, None) is Stage.BEFORE
