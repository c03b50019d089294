"""OWASP ASVS 5.0.0: every requirement of levels 1 and 2 has its one row, and what a row points at is there.

The identifiers are those of the standard (CC BY-SA 4.0); its sentences are not repeated here or in the document.
"""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8")

LEVEL_1 = """
    1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8
    6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1
    14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
    1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1
    4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5
    7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2
    11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4
    14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
TEST, DESIGN, NOT_APPLICABLE, NOT_MET = "test", "design", "n/a", "not met"
VERDICTS = (TEST, DESIGN, NOT_APPLICABLE, NOT_MET)
ROW = re.compile(
    r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| (.+?) \| (test|design|n/a|\*\*not met\*\*) \| (.+) \|$", re.MULTILINE
)
NAMED = re.compile(r"`([\w./-]+\.py)(?:::(\w+))?`")
FILE = re.compile(
    r"`((?:src|tests|docs|deploy|frontend|\.ci)/[\w./-]+|[\w.-]+\.lock|Makefile|pyproject\.toml)(?:::\w+)?`"
)


def spelled(ranges: str) -> set[str]:
    """``1.2.1-3`` as V1.2.1, V1.2.2, V1.2.3."""
    found = set()
    for one in ranges.split():
        section, _, numbers = one.rpartition(".")
        first, _, last = numbers.partition("-")
        found |= {f"V{section}.{n}" for n in range(int(first), int(last or first) + 1)}
    return found


def rows() -> list[tuple[str, int, str, str]]:
    """Identifier, level, verdict, and what shows it or why."""
    return [(name, int(level), verdict.strip("*"), why) for name, level, _, verdict, why in ROW.findall(PAGE)]


@cache
def named_in(path: str) -> frozenset[str]:
    """The names of the tests in this file; none when there is no such file."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(
        n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")
    )


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    assert len(spelled(LEVEL_1)) == 70
    assert len(spelled(LEVEL_2)) == 183
    assert not spelled(LEVEL_1) & spelled(LEVEL_2)


def test_each_requirement_of_both_levels_stands_there_once_with_its_level() -> None:
    held = Counter((name, level) for name, level, _, _ in rows() if level < 3)
    expected = {(n, 1) for n in spelled(LEVEL_1)} | {(n, 2) for n in spelled(LEVEL_2)}
    assert set(held) == expected
    assert set(held.values()) == {1}
    assert len(rows()) == len(re.findall(r"^\| V\d", PAGE, re.MULTILINE)), "a row of another form"


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(PAGE))
    missing = sorted(f"{path}::{name}" for path, name in named if name and name not in named_in(path))
    assert missing == []
    assert len(named) > 100


def test_every_file_that_is_named_exists() -> None:
    assert sorted({path for path in FILE.findall(PAGE) if not (ROOT / path).exists()}) == []


def test_what_is_shown_by_a_test_names_one_and_all_else_says_why() -> None:
    for name, _, verdict, why in rows():
        tests = [test for _, test in NAMED.findall(why) if test]
        assert bool(tests) or verdict != TEST, f"{name} names no test"
        if verdict != TEST:
            assert len(why) >= 8, f"{name} says no reason"


def test_the_counts_at_the_top_are_right() -> None:
    counted = Counter((verdict, level) for _, level, verdict, _ in rows() if level < 3)
    for verdict in VERDICTS:
        one, two = counted[verdict, 1], counted[verdict, 2]
        assert f"| {verdict} | {one} | {two} | {one + two} |" in PAGE, f"{verdict}: {one}, {two}"
    total = sum(counted.values())
    assert f"| all | 70 | 183 | {total} |" in PAGE


def test_what_is_not_met_is_listed_at_the_top() -> None:
    top = PAGE.partition("\n## ")[0]
    unmet = [name for name, level, verdict, _ in rows() if verdict == NOT_MET and level < 3]
    assert re.findall(r"^- (V[\d.]+):", top, re.MULTILINE) == unmet


def test_no_row_is_so_long_that_it_was_copied() -> None:
    assert all(len(asked) <= 130 for _, _, asked, _, _ in ROW.findall(PAGE))
