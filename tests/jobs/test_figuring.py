"""What a served node makes ready is what a first figure needs: nothing is compiled after it."""

from tearline.estimates.exposure import units
from tearline.jobs.figuring import compile_estimators


def test_a_first_figure_finds_its_loops_compiled() -> None:
    compile_estimators()
    assert units.unit_tables.signatures  # type: ignore[attr-defined]  # numba's, which has no types
    before = list(units.unit_tables.signatures)  # type: ignore[attr-defined]
    compile_estimators()
    assert list(units.unit_tables.signatures) == before  # type: ignore[attr-defined]
