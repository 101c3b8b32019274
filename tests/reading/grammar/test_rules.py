"""Each rule of the grammar carries two examples; they are its tests."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from profiles.facts import vocabulary
from pusher.reading.grammar.families import families, find_all
from pusher.reading.grammar.findings import Family, Scope, spell, without_overlaps
from pusher.reading.grammar.joining import leaves_of
from pusher.reading.grammar.sentences import roles
from pusher.reading.grammar.sentences.roles import has_role
from pusher.rules.language import parse

DISTRICT = "370104"
FAMILIES = families(DISTRICT)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_examples_of_each_rule_mean_what_they_say(family: Family) -> None:
    for rule in family.rules:
        for words, said in rule.examples:
            scope = Scope(words, DISTRICT)
            found = without_overlaps(family.find(words, scope))

            assert said in [spell(one.node) for one in found], (family.name, words)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_each_rule_speaks_of_known_facts_in_the_language(family: Family) -> None:
    known = vocabulary()
    for rule in family.rules:
        for words, _ in rule.examples:
            for one in rule.find(words, Scope(words, DISTRICT)):
                parse(one.node)
                assert {leaf["fact"] for leaf in leaves_of(one.node)} <= set(known)


def test_no_row_of_a_table_is_longer_than_a_person_can_read() -> None:
    folder = files("pusher.reading.grammar")
    for table in ("phrases", "nouns"):
        for file in Path(str(folder / table)).rglob("*.toml"):
            if file.name != "residue.toml":  # lists of words
                rows = re.findall(
                    r"^(?:says|noun|heads|true|false) = .*$", file.read_text("utf-8"), re.MULTILINE
                )
                assert [row for row in rows if len(row) > 420] == []


def test_no_quantifier_stands_inside_a_quantifier_without_end() -> None:
    endless = re.compile(r"[*+]\)[*+]")
    for family in FAMILIES:
        for rule in family.rules:
            assert not endless.search(rule.pattern.pattern), rule.examples


def test_words_of_two_families_do_not_take_each_others_place() -> None:
    words = "参加我市职工长期护理保险的人员"

    found = {spell(one.node) for one in find_all(words, Scope(words, DISTRICT))}

    assert found == {
        "medical_insured_area within 370100",
        "medical_insurance_type eq employee",
    }


def test_the_examples_of_each_cue_have_its_role() -> None:
    for row in roles._rows():
        cue = re.compile(row["says"])
        for words in row["examples"]:
            assert cue.search(words), (row["role"], words)
            assert has_role(words, row["role"])
