"""Paths have one form, bundles one encoding, and a tree the files that C2SP tlog-tiles gives it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tlog_scales import tiles as strangers
from tlog_scales.reader import Tile as StrangersTile

from tearline.facts.errors import Malformed
from tearline.ledger.tiles import (
    ENTRIES,
    LARGEST_INDEX,
    Part,
    all_parts,
    bundle,
    count,
    entries_of,
    hashes_of,
    levels,
    parts,
    width,
)

parts_drawn = st.builds(Part, st.integers(ENTRIES, 63), st.integers(0, LARGEST_INDEX), st.integers(1, 256))
sizes = st.one_of(
    st.integers(0, 70_000), st.sampled_from([0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000])
)


@pytest.mark.parametrize(
    ("part", "path"),
    [
        (Part(0, 0), "tile/0/000"),
        (Part(3, 1_234_067), "tile/3/x001/x234/067"),
        (Part(ENTRIES, 999), "tile/entries/999"),
        (Part(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
        (Part(63, 5, 255), "tile/63/005.p/255"),
        (Part(0, 1_000_000), "tile/0/x001/x000/000"),
    ],
)
def test_paths_are_those_of_the_specification(part: Part, path: str) -> None:
    assert str(part) == path
    assert Part.parse(path) == part


@given(parts_drawn)
@example(Part(0, LARGEST_INDEX))
def test_a_path_is_read_back_and_is_the_strangers_path(part: Part) -> None:
    assert Part.parse(str(part)) == part
    partial = part.width % 256
    assert str(part) == "/".join(strangers.tile_path(part.level, part.index, partial))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/entry/000",
        "tile/Entries/000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/X001/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/1/",
        "tile/0/000.P/1",
        "tile/0/000/1",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile//000",
        "tile/0/../0/000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x009/x223/x372/x036/x854/x775/807",
    ],
)
def test_any_other_form_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        Part.parse(path)


@given(st.text(alphabet="tileenrs/x0123456789.p-+ \n", max_size=30))
def test_what_is_read_is_what_would_be_written(path: str) -> None:
    try:
        part = Part.parse(path)
    except Malformed:
        return
    assert str(part) == path


def test_the_example_of_the_specification_has_its_files() -> None:
    assert [len(list(parts(70_000, level))) for level in levels(70_000)] == [274, 2, 1]
    assert list(parts(70_000, 0))[-1] == Part(0, 273, 112)
    assert list(parts(70_000, 1)) == [Part(1, 0), Part(1, 1, 17)]
    assert list(parts(70_000, 2)) == [Part(2, 0, 1)]
    assert list(all_parts(256)) == [Part(ENTRIES, 0), Part(0, 0), Part(1, 0, 1)]
    assert list(all_parts(0)) == []


@given(sizes)
def test_a_tree_has_the_files_that_the_specifications_formula_gives(size: int) -> None:
    for level in levels(size):
        assert count(size, level) == size // 256**level == strangers.level_entries(size, level)
        assert sum(part.width for part in parts(size, level)) == size // 256**level
        last = list(parts(size, level))[-1]
        assert last.width % 256 == size // 256**level % 256
    assert count(size, levels(size).stop) == 0
    assert sum(part.width for part in parts(size, ENTRIES)) == size
    for part in all_parts(size):
        assert 0 < part.width == width(size, part.level, part.index)
        assert width(size, part.level, part.index + 1) <= part.width


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
@example([b""])
@example([b"x" * 0xFFFF])
def test_a_bundle_is_read_back_by_us_and_by_a_stranger(entries: list[bytes]) -> None:
    data = bundle(entries)
    assert entries_of(data, len(entries), "bundle") == entries
    assert StrangersTile.from_entries_bytes(data).entries == entries


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20), st.data())
def test_a_bundle_cut_short_lengthened_or_of_another_count_is_refused(
    entries: list[bytes], data: st.DataObject
) -> None:
    whole = bundle(entries)
    end = data.draw(st.integers(0, len(whole) - 1))
    for wrong, number in (
        (whole[:end], len(entries)),
        (whole + data.draw(st.binary(min_size=1, max_size=5)), len(entries)),
        (whole, len(entries) - 1),
        (whole, len(entries) + 1),
    ):
        with pytest.raises(Malformed, match="bundle"):
            entries_of(wrong, number, "bundle")


@given(st.binary(max_size=120), st.integers(0, 4))
def test_of_all_bytes_only_what_would_be_written_is_read(data: bytes, number: int) -> None:
    try:
        entries = entries_of(data, number, "bundle")
    except Malformed:
        return
    assert (bundle(entries) if entries else b"") == data


@pytest.mark.parametrize("entries", [[], [b""] * 257, [b"x" * 0x10000]])
def test_no_bundle_is_made_that_could_not_be_read(entries: list[bytes]) -> None:
    with pytest.raises(ValueError, match="1 to 256 entries"):
        bundle(entries)


@given(st.binary(max_size=200), st.integers(0, 5))
def test_a_hash_tile_has_exactly_its_hashes(data: bytes, number: int) -> None:
    if len(data) == 32 * number:
        assert hashes_of(data, number, "tile") == data
    else:
        with pytest.raises(Malformed, match="tile"):
            hashes_of(data, number, "tile")
