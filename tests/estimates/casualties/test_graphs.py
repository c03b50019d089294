"""All decomposable graphs, and each one's cliques and separators, beside a plain search."""

from itertools import combinations

import numpy as np
import pytest

from tearline.estimates.casualties.graphs import decomposable

LABELLED_CHORDAL = {2: 2, 3: 8, 4: 61, 5: 822, 6: 18_154}
"""How many there are on so many vertices (OEIS A058862), the saturated one among them."""


@pytest.mark.parametrize("lists", LABELLED_CHORDAL)
def test_there_are_as_many_as_are_known_to_be(lists: int) -> None:
    graphs = decomposable(lists)
    assert len(graphs.edges) == LABELLED_CHORDAL[lists] - 1
    assert not graphs.edges.all(axis=1).any()
    assert len(np.unique(graphs.edges, axis=0)) == len(graphs.edges)


@pytest.mark.parametrize("lists", [3, 4, 5])
def test_cliques_and_separators_are_those_of_a_junction_tree(lists: int) -> None:
    graphs = decomposable(lists)
    for edges, terms in zip(graphs.edges, graphs.terms, strict=True):
        joined = {pair for pair, there in zip(graphs.pairs, edges, strict=True) if there}
        cliques = _cliques(lists, joined)
        separators = _separators(cliques)
        expected = np.zeros(1 << lists, int)
        for clique in cliques:
            expected[clique] += 1
        for separator in separators:
            expected[separator] -= separator > 0
        assert terms.tolist() == expected.tolist(), joined


def _cliques(lists: int, joined: set[tuple[int, int]]) -> list[int]:
    """The largest sets of vertices that are all joined to each other, as bits, by going through all sets."""
    whole = [
        sum(1 << v for v in chosen)
        for n in range(1, lists + 1)
        for chosen in combinations(range(lists), n)
        if all(pair in joined for pair in combinations(chosen, 2))
    ]
    return [one for one in whole if not any(one != other and one & other == one for other in whole)]


def _separators(cliques: list[int]) -> list[int]:
    """What neighbours share in a tree of the cliques that shares as much as it can (Prim)."""
    inside, outside = cliques[:1], cliques[1:]
    separators = []
    while outside:
        shared, nearest = max(
            ((a & b, b) for a in inside for b in outside), key=lambda pair: pair[0].bit_count()
        )
        separators.append(shared)
        inside.append(nearest)
        outside.remove(nearest)
    return separators
