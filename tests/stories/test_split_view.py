"""A partner shows us one history and the overseer another. From then on nothing is released to it.

Two real nodes: ours with the fictional case, and the partner's, of which a copy was made and grown apart.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import OrganisationId, PersonId, RequestId, SignOffId
from tearline.facts.logs import Came, ForkEvidence, PartnerLogNamed, log_id
from tearline.facts.release import CopyReleased, ItemReleased, ReleaseSignedOff, SignOffLine
from tearline.jobs.cases import load_case
from tearline.jobs.watch import Outcome, receive_checkpoint, watch
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.logs.naming import NamePartnerLog
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import SignOff
from tests.sites import Site, ledger_files
from tests.test_node import racing

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICE = OrganisationId("practice.coast-police")
PAPERS = RequestId("practice.papers")
LINES = {
    Role.SOURCE_HANDLER: SignOffLine.SOURCE_HANDLING,
    Role.RELEASING_OFFICER: SignOffLine.RELEASING,
    Role.SENIOR_OFFICER: SignOffLine.SECOND,
}


def act_as(role: Role) -> Actor:
    return Actor(PersonId(f"practice.{role.value}"), role)


def sign_off(node: Node, role: Role) -> None:
    """In our node it is what the release waits for; in the police's, an act like any other, so that its log grows."""
    signed = ReleaseSignedOff(sign_off=SignOffId(f"by-{role.value}"), request=PAPERS, line=LINES[role])
    node.record(Order(command=SignOff(signed), by=act_as(role)))


def agency(folder: Path, origin: str) -> Node:
    """A node with the fictional case in it."""
    made = make_node(folder, origin=origin, demo=True, clock=lambda: NOW)
    load_case(made, CASES / "practice.yaml", now=NOW)
    return made


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Node]:
    """All that the release of the papers waits for is done: it takes one order more."""
    node = agency(tmp_path / "ours", "harbour.example/log")
    for role in LINES:
        sign_off(node, role)
    yield node
    node.ledger.check()
    node.ledger.close()


@pytest.fixture
def police(tmp_path: Path) -> Iterator[Node]:
    node = agency(tmp_path / "police", "police.example/log")
    yield node
    node.ledger.close()


@pytest.fixture
def shown_to_the_overseer(tmp_path: Path, police: Node) -> bytes:
    """A checkpoint of the copy that the police keep for the overseer, under the same key, with one act more."""
    police.ledger.close()
    shutil.copytree(tmp_path / "police", tmp_path / "copy")
    copy = open_node(tmp_path / "copy", clock=lambda: NOW)
    sign_off(copy, Role.SOURCE_HANDLER)
    note = copy.ledger.checkpoint().encode()
    copy.ledger.close()
    return note


def name_log(node: Node, log: Node, url: str, by: Role, replaces: str | None = None) -> None:
    vkey = log.ledger.vkey
    named = PartnerLogNamed(
        organisation=POLICE,
        log=log_id(vkey.name),
        origin=vkey.name,
        vkey=str(vkey),
        url=url,
        replaces=log_id(replaces) if replaces else None,
    )
    node.record(Order(command=NamePartnerLog(named), by=act_as(by)))


def release(node: Node) -> None:
    node.record(Order(command=ReleaseItem(PAPERS), by=act_as(Role.RELEASING_OFFICER)))


def read(node: Node, kind: type[Fact]) -> History:
    return node.ledger.read(about(kinds=(kind,)))


def released(node: Node) -> bool:
    return any(r.fact.request == PAPERS for r in read(node, ItemReleased).of(ItemReleased))


def test_after_a_fork_nothing_is_released_to_that_partner_until_two_people_name_another_log(
    tmp_path: Path, ours: Node, police: Node, shown_to_the_overseer: bytes
) -> None:
    police = open_node(tmp_path / "police", clock=lambda: NOW)
    with Site(ledger_files(police.ledger)) as site:
        name_log(ours, police, site.url, Role.LIAISON)
        assert [one.outcome for one in watch(ours, act_as(Role.LIAISON))] == [Outcome.RECEIVED]

        # The police go on, and show us what they want us to see; the overseer shows us what they were shown.
        for role in LINES:
            sign_off(police, role)
        site.files = ledger_files(police.ledger)
        assert [one.outcome for one in watch(ours, act_as(Role.LIAISON))] == [Outcome.RECEIVED]
        found = receive_checkpoint(ours, shown_to_the_overseer, Came.SHOWN, act_as(Role.OVERSEER))
        assert found.outcome is Outcome.FORKED

        copies = len(read(ours, CopyReleased).facts)
        with pytest.raises(Refused, match="forked-log") as refused:
            release(ours)
        assert POLICE in refused.value.because.es
        (evidence,) = read(ours, ForkEvidence)
        assert refused.value.facts == (evidence.ref,)

        second = make_node(tmp_path / "second", origin="police.example/second", demo=True, clock=lambda: NOW)
        name_log(ours, second, site.url, Role.LIAISON, replaces="police.example/log")
        with pytest.raises(Refused, match="forked-log"):
            release(ours)
        assert not released(ours)
        assert len(read(ours, CopyReleased).facts) == copies

        name_log(ours, second, site.url, Role.SENIOR_OFFICER, replaces="police.example/log")
        release(ours)
        assert released(ours)
        assert len(read(ours, ForkEvidence).facts) == 1
        second.ledger.close()
        police.ledger.close()


def test_evidence_that_arrives_between_deciding_and_recording_stops_the_release(
    tmp_path: Path, ours: Node, police: Node, shown_to_the_overseer: bytes
) -> None:
    police = open_node(tmp_path / "police", clock=lambda: NOW)
    sign_off(police, Role.RELEASING_OFFICER)
    beside = open_node(tmp_path / "ours", clock=lambda: NOW)
    with Site(ledger_files(police.ledger)) as site:
        name_log(ours, police, site.url, Role.LIAISON)
        watch(ours, act_as(Role.LIAISON))

        def evidence_arrives() -> None:
            found = receive_checkpoint(beside, shown_to_the_overseer, Came.SHOWN, act_as(Role.OVERSEER))
            assert found.outcome is Outcome.FORKED

        racing(ours, evidence_arrives)
        with pytest.raises(Refused, match="forked-log"):
            release(ours)
    assert not released(ours)
    beside.ledger.close()
    police.ledger.close()


def test_without_a_fork_the_same_release_goes_out(ours: Node, police: Node) -> None:
    with Site(ledger_files(police.ledger)) as site:
        name_log(ours, police, site.url, Role.LIAISON)
        watch(ours, act_as(Role.LIAISON))
        release(ours)
    assert released(ours)
