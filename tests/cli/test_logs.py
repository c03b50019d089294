"""``tearline logs``: from naming a partner's log to the loud line that it has two histories."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tearline.ledger.handover import hand_over
from tearline.ledger.note import vkey_of
from tests.cli.conftest import Run
from tests.logs import key_of
from tests.sites import Site, grown

ORIGIN = "customs.example/log"
VKEY = str(vkey_of(ORIGIN, key_of(ORIGIN)))
ENTRIES = [b"%d" % n for n in range(9)]
ORG = "practice.coast-police"
LIAISON, SENIOR = "practice.liaison", "practice.senior-officer"


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    served.files = grown(ENTRIES[:5], ORIGIN, key_of(ORIGIN))
    return served


@pytest.fixture
def named(run: Run, node: Path, site: Site) -> list[object]:
    """The node's options, after the log of a partner was named in it."""
    data: list[object] = ["--data", node]
    ran = run("logs", "name", ORG, VKEY, site.url, "--by", LIAISON, *data)
    assert (ran.status, ran.err) == (0, "")
    return data


def test_an_honest_log_is_named_watched_and_listed(run: Run, named: list[object], site: Site) -> None:
    assert run("logs", "watch", *named).out == f"{ORIGIN}: 5 entries, fits what is held\n"
    assert run("logs", "watch", *named).out == f"{ORIGIN}: 5 entries, held already\n"
    site.files = grown(ENTRIES, ORIGIN, key_of(ORIGIN))
    (looked,) = json.loads(run("logs", "watch", "--json", *named).out)
    assert (looked["outcome"], looked["size"]) == ("received", 9)
    (listed,) = json.loads(run("logs", "list", "--json", *named).out)
    assert (listed["origin"], listed["held"]["size"], listed["stopped_by"]) == (ORIGIN, 9, None)
    assert f"{ORG}  {ORIGIN}  9 entries held" in run("logs", "list", *named).out


def test_a_fork_is_one_loud_line_and_status_1(
    run: Run, named: list[object], site: Site, tmp_path: Path
) -> None:
    run("logs", "watch", *named)
    site.files = grown([b"another", *ENTRIES], ORIGIN, key_of(ORIGIN))
    ran = run("logs", "watch", *named)
    assert ran.status == 1
    assert ran.err.startswith(
        f"FORK: {ORIGIN} of {ORG} signed two histories that do not fit. Evidence: entry "
    )
    assert ran.err.count("\n") == 1
    (listed,) = json.loads(run("logs", "list", "--json", *named).out)
    (evidence,) = listed["forks"]
    assert evidence["misfit"] == "other-beginning"
    assert all(note.startswith(f"{ORIGIN}\n") for note in evidence["checkpoints"])
    assert not listed["watched"]
    assert "signed two histories" in run("logs", "list", *named).out
    assert "firmó dos historias" in run("logs", "list", "--language", "es", *named).out
    again = run("logs", "watch", *named)  # and again, until two people have named another log
    assert (again.status, again.err) == (1, ran.err)


def test_it_takes_two_people_to_name_another(run: Run, named: list[object], site: Site) -> None:
    run("logs", "watch", *named)
    site.files = grown([b"another"] * 5, ORIGIN, key_of(ORIGIN))
    assert run("logs", "watch", *named).status == 1
    new = str(vkey_of("customs.example/second", key_of("customs.example/second")))
    again = ("logs", "name", ORG, new, site.url, "--replaces", ORIGIN, *named)
    first = run(*again, "--by", LIAISON)
    assert (first.status, "A second person" in first.out) == (0, True)
    assert run(*again, "--by", LIAISON).line.startswith("once: ")
    second = run(*again, "--by", SENIOR, "--as", "senior-officer", "--json")
    assert json.loads(second.out)["still_stopped"] is False
    listed = json.loads(run("logs", "list", "--json", *named).out)
    assert [log["stopped_by"] for log in listed] == [None, None]
    assert len(listed[0]["forks"]) == 1


def test_a_checkpoint_from_a_file_is_held_against_the_log(
    run: Run, named: list[object], site: Site, tmp_path: Path
) -> None:
    run("logs", "watch", *named)
    kept = tmp_path / "checkpoint"
    kept.write_bytes(grown(ENTRIES[:3], ORIGIN, key_of(ORIGIN))["checkpoint"])
    assert (
        run("logs", "receive", kept, "--by", LIAISON, *named).out
        == f"{ORIGIN}: 3 entries, fits what is held\n"
    )
    kept.write_bytes(grown([b"another"] * 5, ORIGIN, key_of(ORIGIN))["checkpoint"])
    shown = run("logs", "receive", kept, "--by", LIAISON, "--came", "shown", "--json", *named)
    assert (shown.status, json.loads(shown.out)[0]["outcome"]) == (1, "forked")
    assert shown.err.startswith("FORK: ")


def test_a_hand_over_from_a_file_is_believed(
    run: Run, named: list[object], site: Site, tmp_path: Path
) -> None:
    note = tmp_path / "hand-over"
    note.write_text(hand_over(ORIGIN, key_of(ORIGIN), key_of("next")))
    ran = run("logs", "receive", note, "--by", LIAISON, *named)
    assert ran.out == f"{ORIGIN}: handed over to its next key\n"
    site.files = grown(ENTRIES, ORIGIN, key_of("next"))
    assert run("logs", "watch", *named).status == 0


def test_what_is_not_there_or_not_signed_is_said_and_status_1(
    run: Run, named: list[object], site: Site
) -> None:
    site.files = {}
    gone = run("logs", "watch", *named)
    assert (gone.status, "could not be read" in gone.out) == (1, True)
    site.files = grown(ENTRIES, ORIGIN, key_of("thief"))
    wrong = run("logs", "watch", "--language", "es", *named)
    assert (wrong.status, "NO CREÍDO" in wrong.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((ORG, "no key", "https://a.example/l", "--by", LIAISON), "VKEY: top: expected name+key id+key"),
        (
            (ORG, VKEY, "http://a.example/l", "--by", LIAISON),
            "URL: http://a.example/l: expected an https address",
        ),
        (("No Org", VKEY, "https://a.example/l", "--by", LIAISON), "ORG: No Org: expected an identifier"),
        ((ORG, VKEY, "https://a.example/l", "--by", "Leo!"), "--by: Leo!: expected an identifier"),
    ],
)
def test_wrong_words_are_one_line_and_nothing_is_recorded(
    run: Run, node: Path, words: tuple[str, ...], said: str
) -> None:
    ran = run("logs", "name", *words, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith(said)
    assert json.loads(run("logs", "list", "--json", "--data", node).out) == []


def test_a_file_that_is_no_checkpoint_is_one_line(run: Run, named: list[object], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    for content in (b"", b"\xff", b"text\n", b"x" * 70_000):
        wrong.write_bytes(content)
        ran = run("logs", "receive", wrong, "--by", LIAISON, *named)
        assert ran.status == 2
        assert ran.line.startswith(str(wrong))
    assert run("logs", "receive", tmp_path / "none", "--by", LIAISON, *named).status == 2


def test_no_log_is_no_news(run: Run, node: Path) -> None:
    assert run("logs", "list", "--data", node).out == "No partner's log is named.\n"
    assert (run("logs", "watch", "--data", node).status, run("logs", "watch", "--data", node).out) == (0, "")
