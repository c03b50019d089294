"""The tree agrees with the RFC's own recursion, with its published roots, and with a stranger's checker."""

import hashlib
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from tearline.facts.errors import Broken
from tearline.ledger.tree import (
    EMPTY_ROOT,
    HASH,
    Edge,
    Tile,
    TileReader,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.ledger import plain
from tests.ledger.damage import flip

# The entries and roots of the reference tests of Certificate Transparency (RFC 6962).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

EDGES = [1, 2, 3, 7, 8, 128, 255, 256, 257, 511, 512, 513, 700, 1025]


def entries(count: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % n).digest() for n in range(count)]


def grown(count: int) -> tuple[Edge, TileReader]:
    edge, tiles = Edge().grow(leaf_hash(e) for e in entries(count))
    return edge, reader(edge, tiles)


def reader(edge: Edge, tiles: list[Tile]) -> TileReader:
    full = {(tile.level, tile.index): tile.hashes for tile in tiles}

    def read(level: int, index: int) -> bytes:
        return full.get((level, index)) or edge.partials[level]

    return read


def test_roots_are_those_published_for_rfc_6962() -> None:
    for size, root in enumerate(ROOTS):
        edge, _ = Edge().grow(leaf_hash(e) for e in ENTRIES[:size])
        assert edge.root().hex() == root == plain.root(ENTRIES[:size]).hex()
    assert EMPTY_ROOT.hex() == ROOTS[0]


@given(st.lists(st.integers(0, 300), max_size=6))
def test_growing_in_any_steps_gives_the_plain_root(steps: list[int]) -> None:
    edge, done, tiles = Edge(), 0, list[Tile]()
    leaves = [leaf_hash(e) for e in entries(sum(steps))]
    for step in steps:
        edge, finished = edge.grow(leaves[done : done + step])
        tiles += finished
        done += step
        assert edge.root() == plain.root(entries(done))
        assert Edge.restore(edge.size, edge.partials) == edge
    assert all(len(tile.hashes) == 256 * HASH for tile in tiles)
    assert len([t for t in tiles if t.level == 0]) == done // 256


def test_a_third_level_of_tiles_begins_where_the_format_says() -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(256 * 256 + 3)]
    edge, tiles = Edge().grow(leaves)
    assert [len(p) // HASH for p in edge.partials] == [3, 0, 1]
    assert edge.root() == plain.root([b"%d" % n for n in range(len(leaves))])
    assert [(t.level, t.index) for t in tiles[-2:]] == [(0, 255), (1, 0)]
    read = reader(edge, tiles)
    path = inclusion_proof(read, 40_000, edge.size)
    verify_inclusion(leaves[40_000], 40_000, edge.size, path, edge.root())


@pytest.mark.parametrize("size", EDGES)
def test_inclusion_proofs_are_the_plain_ones_and_a_stranger_accepts_them(size: int) -> None:
    edge, read = grown(size)
    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        path = inclusion_proof(read, index, size)
        assert path == plain.path(index, entries(size))
        verify_inclusion(leaf_hash(entries(size)[index]), index, size, path, edge.root())
        InclusionProof(index, size, path).check(leaf_hash(entries(size)[index]), edge.root())


@given(st.integers(0, 700), st.integers(0, 700))
def test_consistency_proofs_are_the_plain_ones_and_a_stranger_accepts_them(one: int, two: int) -> None:
    old, new = sorted((one, two))
    edge, read = grown(new)
    path = consistency_proof(read, old, new)
    assert path == (plain.consistency(old, entries(new)) if old else [])
    old_root = plain.root(entries(old))
    verify_consistency(old, old_root, new, edge.root(), path)
    ConsistencyProof(old, new, list(path)).check(old_root, edge.root())


@given(st.integers(1, 600), st.data())
def test_a_turned_bit_breaks_an_inclusion_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    edge, read = grown(size)
    leaf, path, root = leaf_hash(entries(size)[index]), inclusion_proof(read, index, size), edge.root()
    bit = data.draw(st.integers(0, 255))
    with pytest.raises(Broken):
        verify_inclusion(flip(leaf, bit), index, size, path, root)
    with pytest.raises(Broken):
        verify_inclusion(leaf, index, size, path, flip(root, bit))
    for n, sibling in enumerate(path):
        with pytest.raises(Broken):
            verify_inclusion(leaf, index, size, [*path[:n], flip(sibling, bit), *path[n + 1 :]], root)


@given(st.integers(1, 600), st.data())
def test_an_inclusion_proof_holds_for_its_own_place_alone(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-2, size + 2).filter(lambda n: n != index))
    edge, read = grown(size)
    leaf, path = leaf_hash(entries(size)[index]), inclusion_proof(read, index, size)
    for wrong in (path[:-1], [*path, edge.root()]):
        if wrong != path:
            with pytest.raises(Broken):
                verify_inclusion(leaf, index, size, wrong, edge.root())
    with pytest.raises(Broken):
        verify_inclusion(leaf, other, size, path, edge.root())


@given(st.integers(1, 600), st.integers(1, 600), st.integers(0, 255))
def test_a_turned_bit_breaks_a_consistency_proof(one: int, two: int, bit: int) -> None:
    old, new = sorted((one, two))
    edge, read = grown(new)
    path, old_root = consistency_proof(read, old, new), plain.root(entries(old))

    def broken(check: Callable[[], None]) -> None:
        with pytest.raises(Broken):
            check()

    broken(lambda: verify_consistency(old, flip(old_root, bit), new, edge.root(), path))
    broken(lambda: verify_consistency(old, old_root, new, flip(edge.root(), bit), path))
    broken(lambda: verify_consistency(old, old_root, new, edge.root(), [*path, old_root]))
    for n, sibling in enumerate(path):
        wrong = [*path[:n], flip(sibling, bit), *path[n + 1 :]]
        broken(partial(verify_consistency, old, old_root, new, edge.root(), wrong))
    if path:
        broken(lambda: verify_consistency(old, old_root, new, edge.root(), path[:-1]))


def test_a_tree_that_shrank_or_forked_is_not_consistent() -> None:
    small, _ = grown(5)
    large, read = grown(9)
    with pytest.raises(Broken):
        verify_consistency(9, large.root(), 5, small.root(), [])
    with pytest.raises(Broken):
        verify_consistency(9, large.root(), 9, small.root(), [])
    with pytest.raises(Broken):
        verify_consistency(0, small.root(), 9, large.root(), [])
    with pytest.raises(Broken):
        verify_consistency(5, small.root(), 9, large.root(), [])
    other, _ = Edge().grow(leaf_hash(e) for e in reversed(entries(5)))
    with pytest.raises(Broken):
        verify_consistency(5, other.root(), 9, large.root(), consistency_proof(read, 5, 9))


def test_proofs_that_cannot_be_are_refused() -> None:
    _, read = grown(9)
    calls: list[Callable[[], list[bytes]]] = [
        lambda: inclusion_proof(read, 9, 9),
        lambda: inclusion_proof(read, -1, 9),
        lambda: consistency_proof(read, 10, 9),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="tree"):
            call()


def test_an_edge_that_does_not_fit_its_size_is_broken() -> None:
    edge, _ = grown(300)
    for size, partials in (
        (299, edge.partials),
        (300, edge.partials[:1]),
        (300, (*edge.partials, b"")),
        (300, (edge.partials[0][:-1], edge.partials[1])),
    ):
        with pytest.raises(Broken):
            Edge.restore(size, partials)


def test_a_short_tile_breaks_the_proof_that_needs_it() -> None:
    edge, read = grown(600)
    with pytest.raises(Broken):
        inclusion_proof(lambda level, index: read(level, index)[: 100 * HASH], 3, edge.size)


def test_appending_to_a_large_tree_costs_what_it_costs_in_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tearline.ledger import tree

    hashed = 0
    plain_hash = tree.node_hash

    def counting(left: bytes, right: bytes) -> bytes:
        nonlocal hashed
        hashed += 1
        return plain_hash(left, right)

    edge, _ = grown(70_000)
    monkeypatch.setattr(tree, "node_hash", counting)
    grown_edge, _ = edge.grow([leaf_hash(b"one more")])
    grown_edge.root()
    assert hashed <= 2 * 17
