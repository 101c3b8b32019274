"""One profile against many policies: the same answers as one policy after the other."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pusher.matching.circuit import Circuit, Rule
from pusher.rules.judge import decide
from pusher.rules.language import parse
from tests.rules.strategies import AS_OF, crowd, rules

RULES = st.builds(
    Rule,
    rules().map(parse),
    st.sampled_from(["resident", "enterprise", "both", "none"]),
    st.sampled_from(["self", "ward", "self_or_ward"]),
)
WORDS = ["not", "possible", "eligible"]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(RULES, min_size=1, max_size=12), st.integers(0, 2**32), AS_OF)
def test_a_circuit_answers_as_its_rules_do(many, seed, as_of) -> None:
    circuit = Circuit(many)

    for number, facts in enumerate(crowd(Random(seed), 20)):
        facts.setdefault("wards", [])
        kind = ("resident", "enterprise")[number % 2]
        said = circuit.answers(kind, facts, as_of, is_ward=False)
        assert [WORDS[one] for one in said] == [
            decide(
                rule.tree, kind, facts, as_of, audience_kind=rule.audience, subject=rule.subject
            ).answer
            for rule in many
        ]
