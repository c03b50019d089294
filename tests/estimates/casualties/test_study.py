"""The study of fresh tables as it was kept: a table of it repeats, and the document says what is there."""

import re
from pathlib import Path

import pytest

from bench.casualties import FAMILIES
from bench.casualties_study import KEPT, TABLES, answered
from bench.kept import rows

DOCUMENT = Path(__file__).parents[3] / "docs" / "casualties.md"
FOUND = rows(KEPT)


def test_tables_were_drawn_in_their_order_each_once() -> None:
    jobs = [tuple(row["job"]) for row in FOUND]
    assert jobs == [(family, n) for n in range(TABLES) for family in range(len(FAMILIES))][: len(jobs)]


def test_a_table_repeats() -> None:
    kept = {tuple(row["job"]): row for row in FOUND}
    assert answered((3, 1)) | {"job": [3, 1]} == kept[3, 1]


@pytest.mark.parametrize("family", [*range(len(FAMILIES)), None])
def test_the_document_says_what_was_kept(family: int | None) -> None:
    here = [row for row in FOUND if family in (row["job"][0], None)]
    given = [row for row in here if row["size"]]
    held = sum(row["size"][0] <= row["truth"] <= row["size"][2] for row in given)
    name = (
        r"\*\*all\*\*"
        if family is None
        else list(FAMILIES)[family].replace("independent", "lists independent")
    )
    found = re.search(rf"^\| {name} \|.*$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert found
    cells = [cell.strip(" *") for cell in found[0].replace("**", "").split("|")[1:]]
    assert int(cells[1]) == len(here)
    assert cells[2].startswith(_share(len(here) - len(given), len(here)))
    assert cells[3].startswith(f"{held / len(given):.1%}".replace("%", " %"))
    if family is None:
        assert f"{held} of {len(given)}" in cells[3]


def _share(some: int, of: int) -> str:
    return f"{some / of:.1%}".replace("%", " %") if some else "0 %"
