"""An e-value has the mean 1 for an innocent copy, whatever was read and however that came about."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.marks.collusion import FLOOR, among, fitted, named
from tearline.estimates.marks.evidence import _component, _count, log_e_values
from tearline.estimates.marks.score import UNREAD

biases_and_read = st.integers(1, 8).flatmap(
    lambda bits: st.tuples(
        st.lists(st.floats(0.05, 0.95), min_size=bits, max_size=bits),
        st.lists(st.sampled_from([0, 1, UNREAD]), min_size=bits, max_size=bits),
    )
)


@given(biases_and_read, st.integers(1, 4))
def test_the_mean_over_innocent_codewords_is_one(
    given_code: tuple[list[float], list[int]], colluders: int
) -> None:
    biases, seen = np.array(given_code[0]), np.array(given_code[1], dtype=np.int8)
    words = np.array(list(itertools.product([0, 1], repeat=len(biases))), dtype=np.int8)
    chance = np.where(words == 1, biases, 1 - biases).prod(axis=1)
    mean = float(chance @ np.exp(log_e_values(biases, words, seen, colluders)))
    assert mean == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("name", list(named(3)))
def test_a_strategy_s_ratio_is_that_of_the_other_colluders_enumerated(name: str) -> None:
    bias, strategy = 0.3, np.clip(named(3)[name], FLOOR, 1 - FLOOR)

    def reads_one(own: int | None) -> float:
        total = 0.0
        for bits in itertools.product([0, 1], repeat=3):
            if own is None or bits[0] == own:
                others = bits if own is None else bits[1:]
                chance = float(np.prod([bias if bit else 1 - bias for bit in others]))
                total += chance * strategy[sum(bits)]
        return total

    found = _component(named(3)[name], _count(np.array([bias]), np.array([1], dtype=np.int8)))
    for bit in (0, 1):
        assert found.ratios[bit, 1, 0] == pytest.approx(np.log(reads_one(bit) / reads_one(None)))
        either = np.log((1 - reads_one(bit)) / (1 - reads_one(None)))
        assert found.ratios[bit, 0, 0] == pytest.approx(either)
    assert found.explains == pytest.approx(np.log(reads_one(None)))


def test_the_chances_of_so_many_ones_add_up_to_one() -> None:
    assert among(4, np.array([0.1, 0.5])).sum(axis=0) == pytest.approx([1, 1])


def test_the_fitted_strategy_finds_one_that_is_not_among_the_named() -> None:
    rng = np.random.default_rng(3)
    biases = rng.choice([0.2113, 0.7887], 6000)
    truth = np.array([0.0, 0.2, 0.9, 1.0])
    ones = (rng.random((3, 6000)) < biases).sum(axis=0)
    seen = (rng.random(6000) < truth[ones]).astype(np.int8)
    different, which = np.unique(biases, return_inverse=True)
    read = fitted(
        3, different, np.bincount(which, weights=seen).astype(float), np.bincount(which).astype(float)
    )
    assert read == pytest.approx(truth, abs=0.08)


def test_a_copy_that_leaked_alone_has_overwhelming_evidence_and_one_that_did_not_has_none() -> None:
    rng = np.random.default_rng(1)
    words = (rng.random((2, 40)) < 0.5).astype(np.int8)
    logs = log_e_values(np.full(40, 0.5), words, words[0], 1)
    assert logs[0] > 25
    assert logs[1] < -10
