"""A community's set of paper: cover, a leaflet for each policy, the list of doors."""

from dataclasses import replace
from datetime import date

import pytest

from profiles.identity import masked_name
from pusher.listening.visits import visit_list
from pusher.model.batch import VisitState
from pusher.paper.walk import NothingToCarry, waiting, walk_pdf
from pusher.store import Store
from tests.makers import NOW
from tests.paper.sheets import Paper, with_font
from tests.sending.delivery_makers import make_batch, make_person, make_visit, the_office
from tests.sending.makers import make_confirmed


def given_doors(store: Store) -> None:
    """Two policies, three people of 样例社区 of whom one hears of both; one policy that is over."""
    with store.writing() as session:
        office = the_office(session)
        aged, home, over = (
            make_confirmed(session, office, short_title=title, apply_until=until)
            for title, until in (
                ("高龄津贴", date(2026, 12, 18)), ("适老化改造补贴", None),
                ("去年的补贴", date(2026, 11, 1)),
            )
        )  # fmt: skip
        first, second, third = (make_person(session, office) for _ in range(3))
        batch = make_batch(session, policy=aged)
        make_visit(session, batch, person=first)
        make_visit(session, batch, person=second, state=VisitState.NOT_MET)
        make_visit(session, batch, person=third, state=VisitState.DONE)
        make_visit(session, batch, community="别的社区")
        make_visit(session, make_batch(session, policy=home), person=first)
        make_visit(session, make_batch(session, policy=over), person=second)


def the_set(store: Store, community: str = "样例社区") -> tuple[Paper, list[str]]:
    """The set, and the names on the list of visits."""
    with store.reading() as session:
        doors = waiting(visit_list(session), community=community)
        office = the_office(session)
        say = {"no_address": "没有可用的联系方式"}.__getitem__
        content = walk_pdf(session, office, doors, now=NOW, say=say)
    return Paper(content), sorted({door.name for door in doors})


@with_font
def test_a_set_has_a_cover_a_leaflet_for_each_policy_and_the_doors(store: Store) -> None:
    given_doors(store)

    paper, names = the_set(store)

    cover, first, second, doors = paper.texts
    assert "要走2户，带3张明白纸" in cover
    assert "高龄津贴22026年12月18日" in cover
    assert "适老化改造补贴1没有写" in cover
    assert "不再送（已结束）：去年的补贴" in cover
    assert "政策明白纸高龄津贴" in first and "政策明白纸适老化改造补贴" in second
    assert "样例社区" in first and "去年的补贴" not in doors
    assert len(names) == 2 and all(name in doors for name in names)
    assert "没有可用的联系方式" in doors
    assert all(text.endswith("第1页，共1页") for text in paper.texts)


@with_font
def test_names_are_printed_as_they_are_given(store: Store) -> None:
    given_doors(store)
    with store.reading() as session:
        doors = waiting(visit_list(session), community="样例社区")
        masked = [replace(door, name=masked_name(door.name)) for door in doors]
        content = walk_pdf(session, the_office(session), masked, now=NOW, say=str)

    text = Paper(content).text
    assert all(masked_name(door.name) in text and door.name not in text for door in doors)


def test_where_nobody_waits_there_is_nothing_to_print(store: Store) -> None:
    given_doors(store)

    with pytest.raises(NothingToCarry):
        the_set(store, "没有的社区")
