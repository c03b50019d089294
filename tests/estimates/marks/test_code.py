"""Biases as published, codewords that follow them, and nobody's codeword tells anything of another's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.marks.biases import arcsine, discrete
from tearline.estimates.marks.code import TooFewBits, coincide, make_code
from tearline.estimates.marks.collusion import among
from tearline.estimates.marks.stream import uniforms

SEED = bytes(range(32))


THIRD, FIFTHS = 1 / np.sqrt(3), np.sqrt(3 / 5)
AT_FIFTHS = 5 / 18 / np.sqrt((1 - FIFTHS**2) / 4)
IN_THE_MIDDLE = 8 / 18 / np.sqrt(1 / 4)


@pytest.mark.parametrize(
    ("colluders", "values", "chances"),
    [
        (1, [0.5], [1]),
        (2, [0.5], [1]),
        (3, [(1 - THIRD) / 2, (1 + THIRD) / 2], [1, 1]),
        (4, [(1 - THIRD) / 2, (1 + THIRD) / 2], [1, 1]),
        (5, [(1 - FIFTHS) / 2, 0.5, (1 + FIFTHS) / 2], [AT_FIFTHS, IN_THE_MIDDLE, AT_FIFTHS]),
        (6, [(1 - FIFTHS) / 2, 0.5, (1 + FIFTHS) / 2], [AT_FIFTHS, IN_THE_MIDDLE, AT_FIFTHS]),
    ],
)
def test_the_discrete_biases_are_the_known_zeros_of_legendre(
    colluders: int, values: list[float], chances: list[float]
) -> None:
    """Of the first three polynomials, in roots (Nuida and others 2009), with Gauss's weights over √(p(1-p))."""
    spread = discrete(colluders)
    assert spread.values == pytest.approx(values)
    assert spread.chances == pytest.approx(np.array(chances) / sum(chances))


@given(st.integers(1, 12), st.data())
def test_up_to_so_many_colluders_gain_the_same_whatever_they_do(colluders: int, data: st.DataObject) -> None:
    """c-indistinguishability: their joint score a position does not depend on the strategy."""
    spread = discrete(colluders)
    size = data.draw(st.integers(1, colluders))

    def joint(strategy: list[float]) -> float:
        bias = spread.values
        ones = np.arange(size + 1)[:, None]
        read_one = (2 * np.array(strategy)[:, None] - 1) * (ones - size * bias) / np.sqrt(bias * (1 - bias))
        return float(spread.chances @ (among(size, bias) * read_one).sum(axis=0))

    between = st.lists(st.floats(0, 1), min_size=max(0, size - 1), max_size=max(0, size - 1))
    first, second = data.draw(between), data.draw(between)
    assert joint([0.0, *first, 1.0][: size + 1]) == pytest.approx(joint([0.0, *second, 1.0][: size + 1]))


def test_the_arcsine_is_cut_off_and_symmetric() -> None:
    drawn = arcsine(2).draw(np.linspace(0, 1, 1001))
    assert drawn.min() == pytest.approx(1 / 600)
    assert drawn + drawn[::-1] == pytest.approx(np.ones(1001))


def test_a_code_follows_from_its_seed_alone() -> None:
    first = make_code(copies=5, bits=60, colluders=3, seed=SEED)
    again = make_code(copies=5, bits=60, colluders=3, seed=SEED)
    other = make_code(copies=5, bits=60, colluders=3, seed=SEED[::-1])
    assert (first.words == again.words).all()
    assert (first.biases == again.biases).all()
    assert (first.words != other.words).any()


def test_a_copy_s_codeword_does_not_depend_on_how_many_others_there_are() -> None:
    few = make_code(copies=3, bits=60, colluders=3, seed=SEED)
    many = make_code(copies=9, bits=60, colluders=3, seed=SEED)
    assert (few.words == many.words[:3]).all()


def test_codewords_have_ones_as_often_as_their_biases_say_and_are_independent() -> None:
    code = make_code(copies=4000, bits=90, colluders=5, seed=SEED)
    often = code.words.mean(axis=0)
    assert np.abs(often - code.biases).max() < 0.04
    scaled = (code.words - code.biases) / np.sqrt(code.biases * (1 - code.biases))
    correlations = scaled.T @ scaled / 4000 - np.eye(90)
    assert np.abs(correlations[~np.eye(90, dtype=bool)]).max() < 0.08


@given(st.integers(2, 40), st.integers(6, 12))
def test_no_two_copies_are_alike(copies: int, bits: int) -> None:
    try:
        code = make_code(copies=copies, bits=bits, colluders=1, seed=SEED)
    except TooFewBits:
        assert coincide(np.full(bits, 0.5), copies) > 0.05
        return
    assert len({word.tobytes() for word in code.words}) == copies


def test_more_copies_than_words_are_refused() -> None:
    with pytest.raises(TooFewBits):
        make_code(copies=5, bits=2, colluders=1, seed=SEED)


def test_a_short_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        uniforms(b"short", "biases", 1)


def test_uniform_numbers_are_below_one_and_differ_by_purpose() -> None:
    one, other = uniforms(SEED, "a", 1000), uniforms(SEED, "b", 1000)
    assert one.min() >= 0
    assert one.max() < 1
    assert (one != other).all()
    assert abs(one.mean() - 0.5) < 0.05
