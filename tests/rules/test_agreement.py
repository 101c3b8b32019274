"""The product's judge against a second one, and against the laws it must keep."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.facts import validate_document, vocabulary
from pusher.rules.check import doubts
from pusher.rules.evaluate import holds
from pusher.rules.judge import judge
from pusher.rules.language import dump, parse
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Scene
from pusher.rules.say import say
from pusher.rules.truth import Truth, both, either, negated
from tests.rules.naive import naive
from tests.rules.strategies import AS_OF, documents, rules

LONG = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SHORT = settings(LONG, max_examples=50)
TRUTHS = st.sampled_from(Truth)
NODES = rules().map(parse)


@LONG
@given(NODES, documents(), AS_OF)
def test_both_judges_agree(rule: Node, facts: dict[str, object], as_of: date) -> None:
    assert judge(rule, facts, as_of).value.word == naive(rule, facts, as_of)


@SHORT
@given(NODES, documents(), AS_OF)
def test_stopping_early_changes_no_answer(rule, facts, as_of) -> None:
    assert holds(rule, Scene(facts, as_of)) is judge(rule, facts, as_of).value


@SHORT
@given(NODES, documents(), documents(), AS_OF)
def test_learning_more_never_turns_a_yes_or_no(rule, facts, more, as_of) -> None:
    before = judge(rule, facts, as_of).value
    after = judge(rule, {**more, **facts}, as_of).value

    assert before in (after, Truth.UNKNOWN)


@SHORT
@given(NODES, documents(), AS_OF)
def test_what_is_missing_is_named_only_for_unknown(rule, facts, as_of) -> None:
    verdict = judge(rule, facts, as_of)

    assert not verdict.missing or verdict.value is Truth.UNKNOWN
    assert len(set(verdict.missing)) == len(verdict.missing)


@SHORT
@given(NODES, NODES, documents(), AS_OF)
def test_not_turns_and_over_into_or(one, two, facts, as_of) -> None:
    def truth(node: Node) -> Truth:
        return judge(node, facts, as_of).value

    assert truth(Not(All((one, two)))) is truth(Any((Not(one), Not(two))))
    assert truth(Not(Not(one))) is truth(one)
    assert truth(All((one, two))) is truth(All((two, one)))
    assert truth(Any((one, All((one, two))))) is truth(one)


@SHORT
@given(rules())
def test_a_rule_written_and_read_again_is_the_same(document) -> None:
    rule = parse(document)

    assert parse(dump(rule)) == rule


@SHORT
@given(NODES)
def test_every_rule_can_be_said_and_checked(rule) -> None:
    lines = say(rule)

    assert lines
    assert all(line.strip() and line.strip("　").isprintable() for line in lines)
    assert all(doubts(rule))


@SHORT
@given(rules(), documents(), AS_OF)
def test_a_rule_that_somebody_meets_raises_no_contradiction(document, facts, as_of) -> None:
    rule = parse(document)

    if judge(rule, facts, as_of).value is Truth.YES and rule_has_no_choice(rule):
        assert not [doubt for doubt in doubts(rule) if "不可能" in doubt]


@SHORT
@given(documents())
def test_random_facts_are_facts_the_product_would_store(facts) -> None:
    for kind in ("resident", "enterprise"):
        allowed = {code: value for code, value in facts.items() if applies(code, kind)}
        validate_document(kind, allowed)


@given(st.lists(TRUTHS), st.lists(TRUTHS))
def test_and_or_not_are_kleenes(one, two) -> None:
    assert both(one) is min(one, default=Truth.YES)
    assert either(one) is max(one, default=Truth.NO)
    assert negated(both(one + two)) is either(negated(truth) for truth in one + two)
    assert both([both(one), both(two)]) is both(one + two)


def applies(code: str, kind: str) -> bool:
    return vocabulary()[code].applies_to in ("both", kind)


def rule_has_no_choice(rule: Node) -> bool:
    """Whether every condition must hold: then one who meets it disproves any contradiction."""
    match rule:
        case Leaf():
            return rule.op != "none"
        case Not(Leaf() as leaf):
            return leaf.op != "has"
        case All(children):
            return all(map(rule_has_no_choice, children))
    return False
