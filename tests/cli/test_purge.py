"""tearline purge, hold, retention: two people, one clear line for whatever does not fit, and nothing half done."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import OrganisationId, PersonId
from tearline.facts.keys import PersonKeyIntroduced, thumbprint_of
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.facts.release import ItemRegistered, ItemReleased
from tearline.ledger import keyfile, strict
from tearline.node import Order, make_node, open_node
from tearline.rooms.parties.keys import IntroducePersonKey
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import RegisterOrganisation
from tests.cli.conftest import Ran, Run

ITEM = "practice.night-ferry"


@pytest.fixture
def fact(node: Path) -> str:
    """The reference of an item that nobody holds."""
    with closing(open_node(node)) as opened:
        return opened.ledger.read(about(f"item:{ITEM}", kinds=(ItemRegistered,))).facts[0].ref


def content(node: Path, fact: str) -> Sealed[str]:
    with closing(open_node(node)) as opened:
        position = opened.ledger.find(fact)
        assert position is not None
        registered = opened.ledger.entry(position, opening=frozenset(Compartment)).recorded.fact
    assert isinstance(registered, ItemRegistered)
    return registered.content


def size(node: Path) -> int:
    with closing(open_node(node)) as opened:
        return opened.ledger.size()


def plain(ran: Ran) -> Any:
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def test_one_person_orders_and_the_same_command_of_another_purges(run: Run, node: Path, fact: str) -> None:
    command = ("purge", fact, "--ground", "court-order", "--cites", "Order 17", "--data", node, "--json")
    ordered = plain(run(*command, "--by", "ana"))
    assert (ordered["state"], ordered["ordered_by"], ordered["signed_by"]) == ("ordered", "ana", None)
    assert ordered["waits_for"] == [{"what": "second-signature", "backup": None, "until": None}]
    assert content(node, fact).open()
    again = run(*command, "--by", "ana")
    assert again.status == 1
    assert again.line.startswith("two-signers: whoever ordered a purge does not sign it")
    assert content(node, fact).open()
    done = plain(run(*command, "--by", "bo"))
    assert (done["purge"], done["state"], done["signed_by"]) == (ordered["purge"], "completed", "bo")
    assert (done["facts"], done["ground"], done["cites"]) == ([fact], "court-order", "Order 17")
    assert content(node, fact).purged
    assert plain(run("purge", "list", "--data", node, "--json")) == [done]
    assert run("ledger", "check", "--data", node).status == 0
    over = run(*command, "--by", "ana")
    assert over.line.startswith("purged-once")


def test_the_second_person_may_name_the_purge(run: Run, node: Path, fact: str) -> None:
    with closing(open_node(node)) as opened:
        position = opened.ledger.find(fact)
    ordered = run(
        "purge",
        position,
        "--ground",
        "misleading",
        "--by",
        "ana",
        "--as",
        "releasing-officer",
        "--data",
        node,
    )
    assert ordered.status == 0
    assert "Nothing is destroyed yet" in " ".join(ordered.out.split())
    purge = ordered.out.strip().splitlines()[-1].split()[3]
    done = run("purge", "--confirm", purge, "--by", "bo", "--data", node, "--language", "es")
    assert done.status == 0
    assert "28 CFR 23.20(h)" in done.out
    assert "Está completa." in done.out
    assert "Start again every other process" in done.err


def test_a_hold_stops_a_purge_until_it_is_lifted(run: Run, node: Path, fact: str) -> None:
    place = (
        "hold",
        "place",
        "--item",
        ITEM,
        "--ground",
        "litigation",
        "--ordered-by",
        "Third Court",
        "--data",
        node,
    )
    hold = run(*place, "--by", "ola", "--as", "overseer").out.strip()
    (listed,) = plain(run("hold", "list", "--data", node, "--json"))
    assert (listed["hold"], listed["on"]["item"], listed["placed_by"]) == (hold, ITEM, "ola")
    assert "Third Court" in run("hold", "list", "--data", node).out
    order = ("purge", fact, "--ground", "erasure", "--data", node)
    assert run(*order, "--by", "ana").line.startswith(f"held: the legal hold {hold} keeps it")
    lift = ("hold", "lift", hold, "--reason", "The case is closed.", "--data", node)
    assert run(*lift, "--by", "ana").line.startswith("overseer-lifts")
    assert run(*lift, "--by", "ola", "--as", "overseer").status == 0
    assert run("hold", "list", "--data", node).out.strip() == "Nothing is under a legal hold."
    assert run(*order, "--by", "ana").status == 0


def test_terms_are_listed_and_renewed(run: Run, node: Path) -> None:
    due = plain(run("retention", "due", "--data", node, "--json"))
    assert {"practice.quay-times", "practice.false-papers"} <= {one["about"] for one in due}
    assert "validated before" in run("retention", "due", "--data", node).out
    (before,) = [one["due"] for one in due if one["about"] == "practice.quay-times"]
    said = run(
        "retention", "validate", "practice.quay-times", "--reasons", "Needed.", "--by", "ana", "--data", node
    )
    assert said.status == 0
    after = plain(run("retention", "due", "--data", node, "--json"))
    assert [one["due"] > before for one in after if one["about"] == "practice.quay-times"] == [True]
    owed = plain(run("owed", "--data", node, "--json"))
    assert {one["about"] for one in owed if one["obligation"].startswith("validate-or-purge")} == {
        one["about"] for one in after
    }


def test_recipients_are_told_and_the_partner_answers(run: Run, node: Path) -> None:
    with closing(open_node(node)) as opened:
        given = opened.ledger.read(about(kinds=(ItemReleased,))).of(ItemReleased)
        released = next(r.fact.item for r in given if r.told is None)
        ref = opened.ledger.read(about(f"item:{released}", kinds=(ItemRegistered,))).facts[0].ref
    command = ("purge", ref, "--ground", "erasure", "--data", node, "--json")
    assert plain(run(*command, "--by", "ana"))["owed_notices"] == []
    owed = plain(run(*command, "--by", "bo"))["owed_notices"]
    assert owed
    assert owed[0]["recipients"]
    name = owed[0]["notice"]
    told = {one["obligation"] for one in plain(run("owed", "--data", node, "--json")) if one["about"] == name}
    assert told == {"tell-recipient-of-purge"}
    assert run("purge", "notice", name, "--said", "It is gone.", "--by", "leo", "--data", node).status == 0
    told = {one["obligation"] for one in plain(run("owed", "--data", node, "--json")) if one["about"] == name}
    assert told == {"receipt-for-purge"}
    assert run("purge", "receipt", name, "--stated", "Ours too.", "--by", "leo", "--data", node).status == 0
    assert not [one for one in plain(run("owed", "--data", node, "--json")) if one["about"] == name]
    assert "Owed a notice" not in run("purge", "list", "--data", node).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("purge",), "tearline purge facts: Missing option '--by'"),
        (
            ("purge", "--by", "ana"),
            "purge: FACT: expected the reference of at least one fact, or --confirm PURGE",
        ),
        (("purge", "0", "--by", "ana"), "--ground: nothing: expected one of term-ended, misleading"),
        (
            ("purge", "0", "--by", "ana", "--ground", "whim"),
            "tearline purge facts: Invalid value for '--ground'",
        ),
        (("purge", "0", "--by", "ana", "--ground", "court-order"), "--cites: nothing: expected the order"),
        (("purge", "0", "--by", "Ana!", "--ground", "erasure"), "--by: Ana!: expected an identifier"),
        (
            ("purge", "none", "--by", "ana", "--ground", "erasure"),
            "purge: none: expected the reference of a fact",
        ),
        (("purge", "99999", "--by", "ana", "--ground", "erasure"), "purge: 99999: expected a position below"),
        (
            ("purge", "0", "--confirm", "p", "--by", "ana"),
            "--confirm: p: expected no facts, ground or citation",
        ),
        (
            ("purge", "notice", "none", "--said", "x", "--by", "ana"),
            "purge: none: expected a notice that is owed",
        ),
        (("hold", "place", "--ground", "oversight", "--ordered-by", "x", "--by", "a"), "hold place: options"),
        (
            ("hold", "place", "--item", "?", "--ground", "oversight", "--ordered-by", "x", "--by", "a"),
            "--item: ?",
        ),
        (
            ("hold", "place", "--item", "i", "--ground", "oversight", "--ordered-by", " ", "--by", "a"),
            "--ordered-by",
        ),
        (
            ("retention", "validate", "?", "--reasons", "x", "--by", "ana"),
            "ITEM: top: expected an identifier",
        ),
    ],
)
def test_what_does_not_fit_is_one_line_and_changes_nothing(
    run: Run, node: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = size(node)
    ran = run(*arguments, *(("--data", node) if len(arguments) > 1 else ()))
    assert ran.status == 2
    assert ran.line.startswith(said)
    assert size(node) == before


def test_what_the_rules_refuse_is_one_line_too(run: Run, node: Path) -> None:
    said = run("purge", "0", "--by", "ana", "--ground", "erasure", "--data", node)
    assert said.status == 1
    assert said.line.startswith("nothing-sealed")
    said = run("purge", "--confirm", "none", "--by", "ana", "--data", node)
    assert said.line.startswith("known: there is no purge none on record")


def test_with_nothing_to_do_resume_does_nothing(run: Run, node: Path) -> None:
    before = size(node)
    assert run("purge", "resume", "--data", node).out.strip() == "No purge is on record."
    assert (
        run("purge", "list", "--data", node, "--language", "es").out.strip() == "No consta ninguna supresión."
    )
    assert size(node) == before


def test_outside_a_demonstration_both_sign_with_keys_of_their_own(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "node"
    clerk, leo = Actor(PersonId("clerk"), Role.VETTING_OFFICER), Actor(PersonId("leo"), Role.LIAISON)
    with closing(make_node(data, origin="agency.example/node")) as node:
        agency = OrganisationRegistered(organisation=OrganisationId("own"), name="Own", country="Utopia")
        node.record(Order(command=RegisterOrganisation(agency), by=clerk))
        for name in ("ana", "bo"):
            private = Ed25519PrivateKey.generate()
            keyfile.write(tmp_path / f"{name}.key", keyfile.pem(private))
            public = strict.to_base64url(private.public_key().public_bytes_raw())
            enrolled = PersonEnrolled(
                person=PersonId(name),
                organisation=OrganisationId("own"),
                description=Sealed(f"who {name} is"),
            )
            node.record(Order(command=EnrolPerson(enrolled), by=clerk))
            key = PersonKeyIntroduced(person=PersonId(name), key=thumbprint_of(public), public_key=public)
            node.record(Order(command=IntroducePersonKey(key), by=leo))
        ref = node.ledger.read(about("person:ana", kinds=(PersonEnrolled,))).facts[0].ref
    command = ("purge", ref, "--ground", "erasure", "--data", data, "--json")
    assert run(*command, "--by", "ana").line.startswith("signed-personally")
    assert run(*command, "--by", "ana", "--key", tmp_path / "bo.key").line.startswith("signed-personally")
    assert plain(run(*command, "--by", "ana", "--key", tmp_path / "ana.key"))["state"] == "ordered"
    assert run(*command, "--by", "bo").line.startswith("signed-personally")
    assert plain(run(*command, "--by", "bo", "--key", tmp_path / "bo.key"))["state"] == "completed"
    assert run("ledger", "check", "--data", data).status == 0
