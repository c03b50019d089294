"""tearline protocol propose, sign, withdraw, proposals: two signers, and one clear line for whatever does not fit."""

import hashlib
import importlib.resources
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.history import about
from tearline.facts.parties import AgreementSigned
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.node import open_node
from tests.cli.conftest import Ran, Run
from tests.protocols import LOOSER, STRICTER

BY = {
    "author": ("--by", "leo", "--as", "liaison"),
    "first": ("--by", "rex", "--as", "releasing-officer"),
    "second": ("--by", "syl"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "cross-border-2.yaml"
    made.write_bytes(STRICTER.encode())
    return made


@pytest.fixture
def pact(node: Path) -> str:
    with closing(open_node(node)) as opened:
        return opened.ledger.read(about(kinds=(AgreementSigned,))).of(AgreementSigned)[0].fact.agreement


def bound_by(node: Path, pact: str) -> tuple[str, ...]:
    with closing(open_node(node)) as opened:
        held = agreements(opened.ledger.read(about(kinds=AGREEMENT_KINDS)))
        return next(a.packs for a in held.values() if a.agreement == pact)


def plain(ran: Ran) -> Any:
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def propose(run: Run, node: Path, file: Path, *more: str) -> Any:
    return plain(run("protocol", "propose", file, *more, *BY["author"], "--data", node, "--json"))


def test_two_sign_what_a_third_proposed(run: Run, node: Path, file: Path, pact: str) -> None:
    folder = importlib.resources.files("tearline.protocol").joinpath("packs")
    text = (
        folder.joinpath("cross-border-2.yaml").read_text("utf-8").replace("version: 2\n", "version: 9\n", 1)
    )
    file.write_bytes(text.encode())
    proposed = propose(run, node, file, "--agreement", pact)
    assert proposed["state"] == "open"
    assert proposed["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    name, before = proposed["proposal"], bound_by(node, pact)
    assert proposed["replaces"] == before[0]
    sign = ("protocol", "sign", name, "--data", node, "--json")
    assert "author-does-not-sign" in run(*sign, "--text", file, "--by", "leo").line
    one = plain(run(*sign, "--text", file, *BY["first"]))
    assert (one["state"], one["signed_by"], bound_by(node, pact)) == ("open", ["rex"], before)
    two = plain(run(*sign, "--sha256", proposed["sha256"], *BY["second"]))
    assert (two["state"], two["signed_by"]) == ("adopted", ["rex", "syl"])
    assert bound_by(node, pact) == ("cross-border/9", *before[1:])
    assert plain(run("protocol", "proposals", "--data", node, "--json")) == [two]


def test_the_text_comes_back_to_the_byte(run: Run, node: Path, file: Path) -> None:
    name = propose(run, node, file)["proposal"]
    assert plain(run("protocol", "text", name, "--data", node, "--json"))["text"] == STRICTER


def test_a_text_that_others_of_the_agreement_cannot_stand_beside_is_refused(
    run: Run, node: Path, file: Path, pact: str
) -> None:
    ran = run("protocol", "propose", file, "--agreement", pact, *BY["author"], "--data", node)
    assert "do not fit together" in ran.line


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "waits for signatures"), ("es", "espera firmas")],
)
def test_people_read_where_it_stands(run: Run, node: Path, file: Path, language: str, said: str) -> None:
    assert "." in run("protocol", "proposals", "--data", node, "--language", language).out
    propose(run, node, file)
    ran = run("protocol", "proposals", "--data", node, "--language", language)
    assert said in " ".join(ran.out.split())


def test_a_withdrawn_text_is_not_signed(run: Run, node: Path, file: Path) -> None:
    name = propose(run, node, file)["proposal"]
    gone = run("protocol", "withdraw", name, "--reasons", "Hasty.", *BY["author"], "--data", node, "--json")
    assert plain(gone)["state"] == "withdrawn"
    ran = run("protocol", "sign", name, "--text", file, *BY["second"], "--data", node)
    assert "still-proposed" in ran.line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sign", "next", "--by", "syl"), "either --text FILE or --sha256 HASH"),
        (("sign", "next", "--sha256", "00", "--by", "syl"), "there is no proposal next on record"),
        (("sign", "No such", "--sha256", "00", "--by", "syl"), "an identifier"),
        (("text", "next"), "a proposal; see tearline protocol proposals"),
        (("withdraw", "next", "--reasons", " ", "--by", "leo"), "a text that is not empty"),
        (("propose", "nowhere.yaml", "--by", "leo"), "a file that can be read"),
    ],
)
def test_one_line_says_what_is_wrong(run: Run, node: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = run("protocol", *arguments, "--data", node)
    assert ran.status in (1, 2)
    assert said in ran.line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((b"\xff", ()), "text in UTF-8"),
        ((b"pack: [", ()), "text-holds-together"),
        ((STRICTER.encode(), ("--agreement", "none")), "there is no agreement none"),
        ((STRICTER.encode(), ("--agreement", "N O")), "an identifier"),
        ((STRICTER.encode(), ("--parameter", "ceiling")), "NAME=VALUE"),
        ((STRICTER.encode(), ("--parameter", "Ceiling=3")), "a name of a-z"),
        ((STRICTER.replace("version: 9", "version: 1", 1).encode(), ()), "one-text-a-version"),
        ((b"#" * (512 * 1024 + 1), ()), "at most 524288 bytes"),
    ],
    ids=["bytes", "yaml", "no agreement", "no name", "no value", "no parameter", "version", "size"],
)
def test_a_text_that_does_not_fit_is_not_proposed(
    run: Run, node: Path, file: Path, content: tuple[bytes, tuple[str, ...]], said: str
) -> None:
    text, more = content
    file.write_bytes(text)
    ran = run("protocol", "propose", file, *more, *BY["author"], "--data", node)
    assert said in ran.line
    assert plain(run("protocol", "proposals", "--data", node, "--json")) == []


def test_what_a_signer_did_not_read_is_not_signed(run: Run, node: Path, file: Path, tmp_path: Path) -> None:
    name = propose(run, node, file)["proposal"]
    other = tmp_path / "other.yaml"
    other.write_text(LOOSER, encoding="utf-8")
    ran = run("protocol", "sign", name, "--text", other, *BY["second"], "--data", node)
    assert "signs-what-was-proposed" in ran.line


def test_the_record_is_replayed_by_a_text_that_it_adopted(
    run: Run, node: Path, file: Path, pact: str
) -> None:
    replay = ("protocol", "replay", "--protocol", "cross-border/9", "--data", node, "--json")
    assert "expected a shipped protocol" in run(*replay).line
    name = propose(run, node, file)["proposal"]
    for who in ("first", "second"):
        plain(run("protocol", "sign", name, "--text", file, *BY[who], "--data", node, "--json"))
    said = plain(run(*replay))
    assert said["protocol"][0]["sha256"] == hashlib.sha256(STRICTER.encode()).hexdigest()
    assert said["compared"] > 0
