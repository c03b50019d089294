"""Among how many the adversary would look for the one who told us."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.exposure.anonymity import anonymity

CODES = st.sampled_from("abcdefgh")
CHANCES = st.dictionaries(CODES, st.floats(0.01, 1.0), min_size=1)


def test_facts_intersect() -> None:
    """Allende: either fact could come from several, both together from one."""
    cells, numbers = {"cell-1", "cell-2", "boss"}, {"boss", "courier", "clerk", "wife"}
    assert anonymity([cells]).k == pytest.approx(3)
    assert anonymity([numbers]).k == pytest.approx(4)
    assert anonymity([cells, numbers]).k == 1
    assert anonymity([cells, numbers]).suspects == 1


def test_without_a_fact_there_is_nothing_to_infer_from() -> None:
    assert anonymity([]).k == math.inf


def test_facts_that_no_one_person_knew_leave_no_number_to_hide_in() -> None:
    assert anonymity([{"a"}, {"b"}]).k == 0


def test_one_who_is_likelier_to_have_known_counts_for_less_than_a_head() -> None:
    """Weights 1, 1/2, 1/2: the best guess is right with one half, though three are possible."""
    found = anonymity([{"a": 1.0, "b": 0.5, "c": 0.5}])
    assert found.suspects == 3
    assert found.k == pytest.approx(2)
    assert found.spread == pytest.approx(math.exp(0.5 * math.log(2) + 0.5 * math.log(4)))


def test_whom_the_adversary_distrusts_already_stands_out() -> None:
    assert anonymity([{"a", "b", "c"}], prior={"a": 8.0, "b": 1.0, "c": 1.0}).k == pytest.approx(1.25)


@given(st.lists(CHANCES, min_size=1, max_size=4), CHANCES)
def test_k_is_the_inverse_of_the_best_guess(facts: list[dict[str, float]], prior: dict[str, float]) -> None:
    """Bayes' rule, a person at a time; and another fact never adds suspects."""
    found = anonymity(facts, prior)
    joint = {s: prior.get(s, 0.0) * math.prod(fact.get(s, 0.0) for fact in facts) for s in "abcdefgh"}
    if total := sum(joint.values()):
        assert found.k == pytest.approx(1.0 / max(p / total for p in joint.values()))
        assert found.k <= found.spread * (1 + 1e-9) <= found.suspects * (1 + 2e-9)
    else:
        assert found.k == 0
    assert found.suspects <= anonymity(facts[:-1] or facts, prior).suspects
