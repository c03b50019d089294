"""The pages on security say what the code does: figures, events, dependencies, files."""

import ast
import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tearline.signin.ceremonies import MOST, MOST_OF_A_BROWSER
from tearline.signin.ceremonies import SECONDS as CHALLENGE_SECONDS
from tearline.signin.codes import ALPHABET, LENGTH, new_code, shown, typed
from tearline.signin.limits import What
from tearline.signin.sessions import ABSOLUTE, IDLE, MOST_OF_A_PERSON
from tearline.web.guards import LARGEST_FORM
from tearline.web.outside.limits import Sent
from tearline.web.protocols.bounds import AT_ONCE
from tearline.web.protocols.running import MOST_CASES, MOST_DOSSIERS
from tearline.web.signing.waiting import MOST as MOST_WAITING
from tearline.web.signing.waiting import MOST_OF_ONE

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
NUMBERS = {"2": "two", "5": "five", "10": "ten"}


def page(name: str) -> str:
    """A page as one line, so that no sentence is cut by its layout."""
    return " ".join((ROOT / "docs" / "security" / name).read_text("utf-8").split())


def test_the_tries_of_the_document_are_those_of_the_door() -> None:
    said = page("limits.md")
    assert f"| browser or session | begin to sign in | {What.BEGIN.value.amount} a minute |" in said
    assert f"| address | begin to sign in | {What.BEGUN.value.amount:,} a minute |" in said
    assert (
        f"| address or session | fail to answer a challenge | {What.ANSWER.value.amount} a minute |" in said
    )
    assert f"| key | fail to answer a challenge | {What.KEY.value.amount} a minute |" in said
    assert f"| session | ask for a page, or act | {What.PAGE.value.amount:,} a minute |" in said
    code, codes = What.CODE.value.amount, What.CODES.value.amount
    assert (
        f"| address | bring an invitation's code that is not good | {code} a minute, {codes} an hour |"
        in said
    )
    report, wrong = Sent.REPORT, Sent.WRONG_CODE
    assert f"report harm, or add to it | {report.each} an hour; all together {report.of_all} |" in said
    minutes = NUMBERS[str(wrong.seconds // 60)]
    assert f"bring a code of a report that is none | {wrong.each} in {minutes} minutes |" in said
    assert f"| challenges that wait: of one browser, in all | {MOST_OF_A_BROWSER}, {MOST:,}," in said
    assert f"each for {NUMBERS[str(CHALLENGE_SECONDS // 60)]} minutes" in said
    assert f"| {MOST_OF_ONE}, {MOST_WAITING} |" in said


def test_the_sessions_of_the_document_are_those_of_the_door() -> None:
    said = page("limits.md")
    minutes, hours = int(IDLE.total_seconds()) // 60, int(ABSOLUTE.total_seconds()) // 3600
    assert f"{minutes} minutes without use, {hours} hours in any case" in said
    assert f"| sessions of a person | {MOST_OF_A_PERSON};" in said


def test_what_costs_much_is_bounded_as_the_document_says() -> None:
    said = page("limits.md")
    assert f"{AT_ONCE} at once" in said
    assert f"{MOST_DOSSIERS} dossiers, {MOST_CASES} cases" in said
    assert f"{LARGEST_FORM // 1024} KiB for a form" in said


def test_codes_have_bits_enough_for_a_plain_hash() -> None:
    """ASVS 5.0 V6.5.2: 112 bits; V11.5.1: 128."""
    bits = LENGTH * math.log2(len(ALPHABET))
    assert bits >= 128
    assert f"{bits:.0f} random bits" in page("limits.md")
    assert f"| invitation's code | {bits:.0f} |" in page("cryptography.md")
    many = {new_code() for _ in range(100)}
    assert len(many) == 100
    assert all(typed(shown(code)) == code for code in many)
    assert len({code[0] for code in many} | {code[-1] for code in many}) > 20


def test_every_dependency_stands_in_the_document() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=!~ ]", one)[0] for one in declared}
    table = (ROOT / "docs" / "security" / "dependencies.md").read_text("utf-8")
    table = table.partition("| package | for | risk |")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| ([a-z0-9-]+) \|", table, re.MULTILINE)) == names


def told(source: str) -> Iterator[str]:
    """The names of the events that a module writes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id="tell") if len(node.args) > 1:
                    text = node.args[1]
                case ast.Name(id="tell_fault") if node.args:
                    text = node.args[0]
                case ast.Attribute(value=ast.Name(id="LOG"), attr="info" | "warning") if node.keywords:
                    text = node.args[0]
                case _:
                    continue
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def test_every_event_of_the_source_stands_in_the_document() -> None:
    files = (ROOT / "src" / "tearline").rglob("*.py")
    events = {event for file in files for event in told(file.read_text("utf-8"))}
    assert {"request", "signed-in", "session-ended", "broken"} <= events
    said = page("logging.md")
    assert sorted(event for event in events if f"`{event}`" not in said) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_that_a_page_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    named = set(re.findall(r"`((?:src|tests|docs|deploy|frontend)/[\w./-]+\.\w+)(?:::\w+)?`", text))
    assert sorted(file for file in named if not (ROOT / file).exists()) == []
    linked = {link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)}
    assert sorted(link for link in linked if link and not (path.parent / link).exists()) == []
