"""Two real nodes over real HTTP: a fork is found whichever history came first, and an honest log is never accused."""

import shutil
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.logs import (
    Came,
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    Lack,
    Misfit,
    PartnerLogNamed,
    log_id,
)
from tearline.folds.logs import LOG_KINDS, partner_logs, stop_of
from tearline.jobs.watch import Outcome, is_hand_over, receive_checkpoint, receive_hand_over, watch
from tearline.ledger.forks import check_fork
from tearline.ledger.handover import hand_over
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, Vkey, sign_checkpoint, vkey_of
from tearline.node import Node, Order
from tearline.rooms.logs.naming import NamePartnerLog
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.web.app import create_app
from tests.ledger.damage import flip
from tests.ledger.told import draft
from tests.logs import ORIGIN, PARTNER, key_of
from tests.nodes import Clock, new_node
from tests.peers.serving import served
from tests.sites import Site, grown, ledger_files
from tests.worlds import LEO, PROTOCOLS, VIC, organisation

PARTNERS_KEYS = NodeKeys(
    origin=ORIGIN,
    log=key_of(ORIGIN),
    fact=Ed25519PrivateKey.from_private_bytes(b"5" * 32),
    master=b"6" * 32,
)
OVERSEER = Actor(PersonId("olga"), Role.OVERSEER)


def hashes(evidence: ForkEvidence) -> list[bytes]:
    return [b64decode(one, validate=True) for one in evidence.proof]


@dataclass
class Desk:
    """Our node, and the partner's site as we see it."""

    node: Node
    site: Site

    def look(self) -> list[Outcome]:
        return [looked.outcome for looked in watch(self.node, LEO)]

    def shows(self, ledger: Ledger) -> "Desk":
        self.site.files = ledger_files(ledger)
        return self

    def moved_to(self, url: str) -> None:
        """The partner's log is read at another address from now on."""
        named = self.node.ledger.read(about(kinds=(PartnerLogNamed,))).of(PartnerLogNamed)[-1].fact
        self.node.record(Order(command=NamePartnerLog(replace(named, url=url)), by=LEO))

    def kinds(self) -> list[type[Fact]]:
        """What was recorded of the log since it was named."""
        return [type(r.fact) for r in self.node.ledger.read(about(kinds=LOG_KINDS))][1:]

    def evidence(self) -> ForkEvidence:
        """The one piece of evidence, checked as a stranger would: with the log's key and nothing else."""
        (found,) = self.node.ledger.read(about(kinds=(ForkEvidence,))).of(ForkEvidence)
        check_fork([PARTNERS_KEYS.vkey], found.fact.shorter.note, found.fact.longer.note, hashes(found.fact))
        return found.fact

    def stopped(self) -> bool:
        return stop_of(self.node.ledger.read(about(kinds=LOG_KINDS)), PARTNER) is not None


@pytest.fixture(scope="module")
def one_site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def desk(tmp_path: Path, one_site: Site) -> Iterator[Desk]:
    (tmp_path / "own").mkdir()
    node = new_node(tmp_path / "own", Clock())
    one_site.files, one_site.answer = {}, one_site.usually
    node.record(Order(command=RegisterOrganisation(organisation("partner")), by=VIC))
    named = PartnerLogNamed(
        organisation=PARTNER,
        log=log_id(ORIGIN),
        origin=ORIGIN,
        vkey=str(PARTNERS_KEYS.vkey),
        url=one_site.url,
    )
    node.record(Order(command=NamePartnerLog(named), by=LEO))
    yield Desk(node, one_site)
    node.ledger.check()
    node.ledger.close()


class Partner:
    """The partner's node, of which a copy can be made that is grown apart from it under the same key."""

    def __init__(self, folder: Path, *, copied: "Partner | None" = None) -> None:
        folder.mkdir()
        self.folder = folder
        url = f"sqlite:///{folder}/ledger.db"
        if copied is None:
            self.ledger = Ledger.make(url, PARTNERS_KEYS, Clock())
        else:
            copied.ledger.close()
            shutil.copy(copied.folder / "ledger.db", folder / "ledger.db")
            copied.ledger = Ledger(f"sqlite:///{copied.folder}/ledger.db", PARTNERS_KEYS, Clock())
            self.ledger = Ledger(url, PARTNERS_KEYS, Clock())

    def grow(self, count: int) -> "Partner":
        for _ in range(count):
            size = self.ledger.size()
            self.ledger.append(
                [draft(organisation(f"o-{size}"))], unless=None, after=size, key=f"{self.folder} {size}"
            )
        return self


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Partner]:
    made = Partner(tmp_path / "partner").grow(5)
    yield made
    made.ledger.close()


def test_an_honest_log_is_followed_as_it_grows(desk: Desk, partner: Partner) -> None:
    assert desk.shows(partner.ledger).look() == [Outcome.RECEIVED]
    assert desk.look() == [Outcome.UNCHANGED]
    for more in (1, 2, 300):
        assert desk.shows(partner.grow(more).ledger).look() == [Outcome.RECEIVED]
    assert desk.kinds() == [CheckpointReceived] * 4
    assert not desk.stopped()


def test_what_is_kept_is_what_the_log_signed_and_no_other_line(desk: Desk, partner: Partner) -> None:
    note = partner.ledger.checkpoint()
    desk.site.files = {"checkpoint": note.encode() + "— witness.example/w AAAAAAAAAAAAAAAAAAAA\n".encode()}
    assert desk.look() == [Outcome.RECEIVED]
    (received,) = desk.node.ledger.read(about(kinds=(CheckpointReceived,))).of(CheckpointReceived)
    assert received.fact.checkpoint.note == note
    assert (received.by.person, received.by.role) == (LEO.person, Role.NODE)


def test_two_real_nodes_find_a_fork_through_the_site_that_each_serves(
    desk: Desk, tmp_path: Path, partner: Partner
) -> None:
    """As in service: the partner's node serves its ledger itself; its copy, grown apart, takes its place."""
    copy = Partner(tmp_path / "copy", copied=partner).grow(300)
    partner.grow(260)
    outcomes: list[list[Outcome]] = []
    for ledger in (partner.ledger, copy.ledger):
        theirs = Node(ledger, PROTOCOLS, Clock())
        with served(create_app(theirs, demo=True)) as address:
            desk.moved_to(f"{address}/ledger")
            outcomes += [desk.look(), desk.look()]
    assert outcomes == [[Outcome.RECEIVED], [Outcome.UNCHANGED], [Outcome.FORKED], [Outcome.FORKED]]
    assert desk.evidence().misfit is Misfit.OTHER_BEGINNING
    copy.ledger.close()


@pytest.mark.parametrize("order", ["true first", "other first"])
@pytest.mark.parametrize("grown_by", [(1, 1), (1, 4), (4, 1), (3, 300), (300, 3), (251, 251)])
def test_a_copy_that_was_grown_apart_is_found(
    desk: Desk, partner: Partner, tmp_path: Path, order: str, grown_by: tuple[int, int]
) -> None:
    true, other = grown_by
    copy = Partner(tmp_path / "copy", copied=partner).grow(other)
    partner.grow(true)
    views = [partner, copy] if order == "true first" else [copy, partner]
    assert desk.shows(views[0].ledger).look() == [Outcome.RECEIVED]
    found = desk.shows(views[1].ledger).look()
    if views[1].ledger.size() < views[0].ledger.size():
        # A shorter history cannot show that it is the longer one's beginning, and neither does it accuse itself.
        assert found == [Outcome.UNPROVEN]
        assert desk.stopped()
        # The longer one's own hashes do, as soon as the log shows them again.
        found = desk.shows(views[0].ledger).look()[-1:]
    assert found == [Outcome.FORKED]
    assert desk.evidence().misfit is (Misfit.TWO_ROOTS if true == other else Misfit.OTHER_BEGINNING)
    assert desk.stopped()
    desk.site.asked.clear()
    assert desk.look() == [Outcome.FORKED]
    assert desk.site.asked == []  # a log that forked is not asked any more
    copy.ledger.close()


def test_a_third_party_shows_the_other_history(desk: Desk, partner: Partner, tmp_path: Path) -> None:
    copy = Partner(tmp_path / "copy", copied=partner).grow(2)
    desk.shows(partner.grow(4).ledger).look()
    shown = receive_checkpoint(desk.node, copy.ledger.checkpoint().encode(), Came.SHOWN, OVERSEER)
    assert shown.outcome is Outcome.FORKED
    assert desk.evidence().came is Came.SHOWN
    again = receive_checkpoint(desk.node, copy.ledger.checkpoint().encode(), Came.SHOWN, OVERSEER)
    assert (again.outcome, again.entry) == (Outcome.FORKED, shown.entry)
    copy.ledger.close()


def test_an_earlier_checkpoint_that_somebody_kept_is_no_fork(desk: Desk, partner: Partner) -> None:
    kept = partner.ledger.checkpoint().encode()
    desk.shows(partner.grow(300).ledger).look()
    assert receive_checkpoint(desk.node, kept, Came.CARRIED, LEO).outcome is Outcome.RECEIVED
    assert receive_checkpoint(desk.node, kept, Came.CARRIED, LEO).outcome is Outcome.UNCHANGED
    # The latest is still the largest: the next is compared with that, and not with what came last.
    held = partner_logs(desk.node.ledger.read(about(kinds=LOG_KINDS)))[log_id(ORIGIN)]
    assert held.latest is not None
    assert held.latest.fact.checkpoint.size == 305
    assert desk.shows(partner.grow(1).ledger).look() == [Outcome.RECEIVED]


def test_a_later_checkpoint_than_the_site_shows_waits_for_its_proof(desk: Desk, partner: Partner) -> None:
    desk.shows(partner.ledger).look()
    ahead = partner.grow(3).ledger.checkpoint().encode()
    assert receive_checkpoint(desk.node, ahead, Came.CARRIED, LEO).outcome is Outcome.UNPROVEN
    assert desk.stopped()
    assert desk.look() == [Outcome.UNCHANGED, Outcome.UNPROVEN]
    assert desk.shows(partner.ledger).look() == [Outcome.SHOWN]
    assert not desk.stopped()
    assert desk.kinds() == [CheckpointReceived, ConsistencyUnproven, ConsistencyShown]


def test_a_partner_that_was_rolled_back_is_asked_for_a_proof_and_accused_of_nothing(
    desk: Desk, partner: Partner, tmp_path: Path
) -> None:
    rolled_back = Partner(tmp_path / "backup", copied=partner)
    desk.shows(partner.grow(3).ledger).look()
    assert desk.shows(rolled_back.ledger).look() == [Outcome.UNPROVEN]
    assert desk.stopped()
    assert desk.look() == [Outcome.UNPROVEN]
    assert desk.kinds() == [CheckpointReceived, ConsistencyUnproven]
    # Back at where it was, it shows that the older one is its own beginning.
    assert desk.shows(partner.ledger).look() == [Outcome.UNCHANGED, Outcome.SHOWN]
    assert not desk.stopped()
    rolled_back.ledger.close()


def test_a_partner_that_was_rolled_back_and_grew_again_has_two_histories(
    desk: Desk, partner: Partner, tmp_path: Path
) -> None:
    rolled_back = Partner(tmp_path / "backup", copied=partner)
    desk.shows(partner.grow(3).ledger).look()
    desk.shows(rolled_back.ledger).look()
    # What it showed in between was the beginning of both, which neither shows any more.
    assert desk.shows(rolled_back.grow(20).ledger).look() == [Outcome.FORKED, Outcome.FORKED]
    assert desk.evidence().misfit is Misfit.OTHER_BEGINNING
    rolled_back.ledger.close()


def test_a_log_that_shows_an_older_checkpoint_that_we_hold_is_merely_late(
    desk: Desk, partner: Partner
) -> None:
    early = ledger_files(partner.ledger)
    desk.site.files = early
    desk.look()
    desk.shows(partner.grow(3).ledger).look()
    desk.site.files = early
    assert desk.look() == [Outcome.UNCHANGED]
    assert not desk.stopped()


@pytest.mark.parametrize("of", ["another tree", "nothing", "a copy grown apart"])
def test_tiles_that_lie_accuse_nobody_and_stop_exchange(
    desk: Desk, partner: Partner, tmp_path: Path, of: str
) -> None:
    desk.shows(partner.ledger).look()
    lying = Partner(tmp_path / "copy", copied=partner).grow(9)
    files = ledger_files(partner.grow(9).ledger)
    false = {
        "another tree": grown([b"x%d" % n for n in range(14)], ORIGIN, key_of(ORIGIN)),
        "nothing": {},
        "a copy grown apart": ledger_files(lying.ledger),
    }[of]
    desk.site.files = {**false, "checkpoint": files["checkpoint"]}
    assert desk.look() == [Outcome.UNPROVEN]
    (doubtful,) = desk.node.ledger.read(about(kinds=(ConsistencyUnproven,))).of(ConsistencyUnproven)
    assert doubtful.fact.lack is (Lack.NOT_GIVEN if of == "nothing" else Lack.LEADS_ELSEWHERE)
    assert desk.stopped()
    desk.site.files = files
    assert desk.look() == [Outcome.SHOWN]
    assert not desk.stopped()
    lying.ledger.close()


def test_a_log_that_cannot_be_reached_says_nothing_of_itself_and_we_say_so(
    desk: Desk, partner: Partner
) -> None:
    desk.shows(partner.ledger).look()
    before = desk.node.ledger.size()
    for answer in (503, 404, 302):
        desk.site.answer = lambda path, status=answer: (status, [], [b""])  # type: ignore[misc]  # bound now
        (looked,) = watch(desk.node, LEO)
        assert looked.outcome is Outcome.UNREACHABLE
        assert desk.site.url in looked.said
    assert desk.node.ledger.size() == before
    assert not desk.stopped()


def test_a_log_that_signs_and_then_breaks_the_line_has_not_shown_that_it_fits(
    desk: Desk, partner: Partner
) -> None:
    desk.shows(partner.ledger).look()
    desk.shows(partner.grow(2).ledger)
    desk.site.answer = lambda path: desk.site.usually(path) if path == "checkpoint" else (503, [], [b""])
    assert desk.look() == [Outcome.UNPROVEN]
    assert desk.stopped()


def test_no_bit_of_what_is_fetched_can_be_turned_unnoticed(desk: Desk, partner: Partner) -> None:
    """Nothing is then received, and nobody accused: a fault on the line is no fork."""
    desk.shows(partner.ledger).look()
    files = ledger_files(partner.grow(3).ledger)
    desk.site.files = files
    desk.site.asked.clear()
    shown = desk.node.ledger.size()
    for bit in range(0, 8 * len(files["checkpoint"]), 5):
        desk.site.files = {**files, "checkpoint": flip(files["checkpoint"], bit)}
        assert desk.look() == [Outcome.DISBELIEVED], bit
    assert desk.node.ledger.size() == shown
    tile = "tile/0/000.p/8"
    for bit in range(0, 8 * len(files[tile]), 3):
        desk.site.files = {**files, tile: flip(files[tile], bit)}
        assert desk.look() == [Outcome.UNPROVEN], bit
    assert desk.kinds() == [CheckpointReceived, ConsistencyUnproven]
    desk.site.files = files
    assert desk.look() == [Outcome.SHOWN]
    assert set(desk.site.asked) == {"checkpoint", tile}


@pytest.mark.parametrize(
    "what",
    [
        b"",
        b"<html>not a ledger</html>",
        b"\xff\xfe",
        b"partner.example/desk\n5\n",
        sign_checkpoint(Checkpoint("elsewhere.example/log", 5, b"r" * 32), key_of(ORIGIN)).encode(),
        sign_checkpoint(Checkpoint(ORIGIN, 5, b"r" * 32), key_of("another key")).encode(),
    ],
    ids=["nothing", "a page", "no text", "no signature", "another log", "another key"],
)
def test_what_its_key_did_not_sign_is_not_believed(desk: Desk, what: bytes) -> None:
    desk.site.files = {"checkpoint": what}
    assert desk.look() == [Outcome.DISBELIEVED]
    assert desk.kinds() == []


def test_a_checkpoint_that_came_by_another_way_is_believed_no_sooner(desk: Desk, partner: Partner) -> None:
    size = desk.node.ledger.size()
    note = partner.ledger.checkpoint().encode()
    with pytest.raises(Malformed):
        receive_checkpoint(desk.node, b"nothing", Came.SHOWN, LEO)
    with pytest.raises(Broken):
        receive_checkpoint(desk.node, flip(note, 8 * len(ORIGIN) + 9), Came.SHOWN, LEO)
    unknown = sign_checkpoint(Checkpoint("elsewhere.example/log", 5, b"r" * 32), key_of(ORIGIN))
    with pytest.raises(Refused, match=r"no log elsewhere\.example/log was named"):
        receive_checkpoint(desk.node, unknown.encode(), Came.SHOWN, LEO)
    with pytest.raises(Refused, match="role-allowed"):
        receive_checkpoint(desk.node, note, Came.SHOWN, VIC)
    assert desk.node.ledger.size() == size


def test_two_who_look_at_once_record_each_checkpoint_once(desk: Desk, partner: Partner) -> None:
    def all_at_once() -> list[Outcome]:
        found: list[Outcome] = []
        threads = [threading.Thread(target=lambda: found.extend(desk.look())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    desk.shows(partner.ledger)
    assert all_at_once() == [Outcome.RECEIVED] + [Outcome.UNCHANGED] * 3
    desk.shows(partner.grow(4).ledger)
    assert all_at_once() == [Outcome.RECEIVED] + [Outcome.UNCHANGED] * 3
    assert desk.kinds() == [CheckpointReceived] * 2


def test_a_log_is_believed_under_the_key_that_it_was_handed_over_to(desk: Desk) -> None:
    entries = [b"%d" % n for n in range(9)]
    desk.site.files = grown(entries[:5], ORIGIN, key_of(ORIGIN))
    desk.look()
    desk.site.files = grown(entries, ORIGIN, key_of("next"))
    assert desk.look() == [Outcome.DISBELIEVED]
    handing = hand_over(ORIGIN, key_of(ORIGIN), key_of("next")).encode()
    assert is_hand_over(handing)
    forged = hand_over(ORIGIN, key_of("thief"), key_of("next")).encode()
    with pytest.raises(Broken):
        receive_hand_over(desk.node, forged, LEO)
    assert receive_hand_over(desk.node, handing, LEO).outcome is Outcome.HANDED_OVER
    assert desk.look() == [Outcome.RECEIVED]


def test_a_log_answers_for_what_it_signed_before_it_was_handed_over(desk: Desk) -> None:
    entries = [b"%d" % n for n in range(9)]
    desk.site.files = grown(entries[:5], ORIGIN, key_of(ORIGIN))
    desk.look()
    receive_hand_over(desk.node, hand_over(ORIGIN, key_of(ORIGIN), key_of("next")).encode(), LEO)
    desk.site.files = grown([b"another", *entries], ORIGIN, key_of("next"))
    assert desk.look() == [Outcome.FORKED]
    (found,) = desk.node.ledger.read(about(kinds=(ForkEvidence,))).of(ForkEvidence)
    keys = [Vkey.parse(str(vkey_of(ORIGIN, key_of(k)))) for k in (ORIGIN, "next")]
    check_fork(keys, found.fact.shorter.note, found.fact.longer.note, hashes(found.fact))
