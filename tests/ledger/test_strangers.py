"""A reader of C2SP logs that knows nothing of us accepts our tiles, checkpoint and proofs, and no damaged copy."""

from typing import cast

import pytest
from tlog_scales.backend import TilesBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import InclusionProof, InclusionProofInvalid

from tearline.ledger import store
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.proof import Proof
from tests.ledger.damage import flip
from tests.ledger.told import draft, organisation


class Tiles:
    """The ledger as the static files of a C2SP log, straight from its tables."""

    def __init__(self, ledger: Ledger) -> None:
        self.files: dict[str, bytes] = {"checkpoint": ledger.checkpoint().encode()}
        with ledger._store.statements() as run:
            for level, number, hashes in run.execute("SELECT * FROM tiles"):
                self.files[f"tile/{level}/{number:03d}"] = hashes
            edge = store.partials(run, ledger.size())
        for level, hashes in enumerate(edge):
            number = sum(name.startswith(f"tile/{level}/") for name in self.files)
            self.files[f"tile/{level}/{number:03d}.p/{len(hashes) // 32}"] = hashes

    def get(self, *path: str) -> bytes | None:
        return self.files.get("/".join(path))


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    for n, count in enumerate((1, 254, 1, 300, 44)):
        drafts = [draft(organisation(f"o-{n}-{m}")) for m in range(count)]
        ledger.append(drafts, unless=None, after=0, key=f"key {n}")
    return ledger


def test_a_stranger_computes_our_root_from_our_tiles(full: Ledger, keys: NodeKeys) -> None:
    reader = TilesReader(cast(TilesBackend, Tiles(full)))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(str(keys.vkey)))
    assert checkpoint.size == 600
    assert reader.calculate_root_hash() == checkpoint.root_hash


def test_a_strangers_proofs_are_ours(full: Ledger, keys: NodeKeys) -> None:
    reader = TilesReader(cast(TilesBackend, Tiles(full)))
    root = reader.get_checkpoint().root_hash
    for position in (0, 1, 255, 256, 511, 512, 599):
        ours = Proof.parse(full.prove(position))
        assert reader.get_inclusion_proof(position, 600).node_hashes == list(ours.path)
        leaf = full.entry(position).leaf
        assert ours.verify(leaf, keys.vkey).root == root
        InclusionProof(position, 600, list(ours.path)).check(leaf_hash(leaf), root)
        with pytest.raises(InclusionProofInvalid):
            InclusionProof(position, 600, list(ours.path)).check(leaf_hash(flip(leaf, position % 264)), root)


def test_a_stranger_notices_a_turned_bit_in_any_tile(full: Ledger) -> None:
    whole = Tiles(full)
    for name in [n for n in whole.files if n.startswith("tile/")]:
        tiles = Tiles(full)
        tiles.files[name] = flip(tiles.files[name], 77)
        reader = TilesReader(cast(TilesBackend, tiles))
        root = reader.get_checkpoint().root_hash
        proofs = [reader.get_inclusion_proof(position, 600) for position in (0, 1, 300, 599)]
        leaves = [leaf_hash(full.entry(position).leaf) for position in (0, 1, 300, 599)]
        noticed = reader.calculate_root_hash() != root
        for proof, leaf in zip(proofs, leaves, strict=True):
            try:
                proof.check(leaf, root)
            except InclusionProofInvalid:
                noticed = True
        assert noticed, name
