"""Folds over the whole record, carried on as it grows, for pages that no question can narrow.

What is owed to anyone, which requests are open, whose vetting ends: such lists concern every fact of their kinds. A
projection reads each fact once, carries the folds on by it (``folds.owing``, ``folds.carried``) and goes on from
where it stood, so that a new fact costs the same at any size. It holds nothing that is not in the ledger, decides
nothing, and is made again from position 0 when the process starts: ``warm`` does that before a reader has to wait.

Of sealed fields one compartment is open: the folds read which rules a verdict rests on and what would have cured it,
and what a purge destroyed of that is forgotten when they are asked next. Every other sealed field is closed.
"""

import gc
import threading
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from tearline.facts.assistance import AssistanceGiven
from tearline.facts.errors import Broken
from tearline.facts.fact import Compartment, Fact
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import Clause, History, Question, Recorded, Role
from tearline.facts.identifiers import PersonId, ReportId, RequestId
from tearline.facts.investigation import FindingMade, FindingProposed
from tearline.facts.leaks import (
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    SuspensionLifted,
)
from tearline.facts.operations import AccountRendered, OperationDeclared
from tearline.facts.parties import (
    OrganisationRegistered,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.register import ConsentWithdrawn
from tearline.facts.release import (
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    SourceWarned,
    SourceWarningAnswered,
)
from tearline.facts.retention import Purged
from tearline.facts.screening import ItemScreened, OriginatorAnswered
from tearline.folds.agreements import AGREEMENT_KINDS
from tearline.folds.assistance import ASSISTANCE_KINDS, Need, Offer, given_freely, needs, offers
from tearline.folds.carried import (
    EVERY_OPEN,
    Lapse,
    Matched,
    Perishing,
    Queue,
    Reached,
    Registers,
    RequestLists,
    Rule,
    Subject,
    Unanswered,
    Vetted,
)
from tearline.folds.obligations import Obligation, obligations_question
from tearline.folds.offered import Among, Offered
from tearline.folds.owing import Concern, Entry, Owing
from tearline.folds.requests import REQUEST_STANDING, Requests
from tearline.folds.warnings import WARNING_KINDS, Danger, Notice, apart, dangers
from tearline.folds.whose import WHOSE_KINDS, Whose
from tearline.ledger.ledger import Ledger
from tearline.node import Node
from tearline.protocol import Pack

VERDICTS = frozenset({Compartment.VERDICTS})
PARTIES: Sequence[type[Fact]] = (
    OrganisationRegistered,
    UnitFormed,
    UnitVettingDecided,
    UnitStoodDown,
    CooperationSuspended,
    SuspensionLifted,
    CooperationEnded,
    *AGREEMENT_KINDS,
)
"""What the list of parties rests on: a few facts a unit, which are kept as they are."""
LISTED: Sequence[type[Fact]] = (
    *REQUEST_STANDING,
    *PARTIES,
    DissentAnswered,
    SourceWarningAnswered,
    DisclosureRecorded,
    CompromiseReported,
    InvestigationOpened,
    FindingProposed,
    FindingMade,
    LiftingProposed,
    OperationDeclared,
    AccountRendered,
    HarmReported,
    CountDocumented,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    ItemScreened,
    OriginatorAnswered,
    Purged,
    ConsentWithdrawn,
    *WARNING_KINDS,
    *ASSISTANCE_KINDS,
    *WHOSE_KINDS,
)
T = TypeVar("T")
MOST_MADE = 1_000
"""Lists kept between two facts: some are of one person each."""
STRETCH = 8_000
"""Positions read at once: the folds keep little of the facts, so a long record never stands in memory."""


class Kept:
    """The facts that match one question, kept and carried on."""

    def __init__(self, ledger: Ledger, question: Question, opening: frozenset[Compartment]) -> None:
        self._ledger = ledger
        self._question = question
        self._opening = opening
        self._lock = threading.Lock()
        self._history = History()
        self._purges = 0

    def history(self) -> History:
        """All that match, up to the position reached now. What was opened before a purge is not kept beyond it."""
        with self._lock:
            purges = self._ledger.purges()
            if purges != self._purges:
                self._history, self._purges = History(), purges
            self._read_on(lambda: False)
            return self._history

    def warm(self, leaving: Callable[[], bool]) -> None:
        """Read all of it before somebody asks, unless it is left meanwhile."""
        with self._lock:
            self._read_on(leaving)

    def _read_on(self, leaving: Callable[[], bool]) -> None:
        held, size = self._history, self._ledger.size()
        facts: list[Recorded[Fact]] = []
        position = held.position
        while position < size and not leaving():
            until = min(size, position + STRETCH)
            new = self._ledger.read_since(self._question, position, until=until, opening=self._opening)
            facts += new.facts
            position = until
        if facts or not held.position:
            self._history = History((*held.facts, *facts), position)


class Forgetting:
    """What a process remembers besides, made of facts that were read: let go of whole when anything was purged."""

    def __init__(self, ledger: Ledger, *forget: Callable[[], None]) -> None:
        self._ledger = ledger
        self._forget = forget
        self._lock = threading.Lock()
        self._purges = 0

    def now(self) -> None:
        """To be called before what is remembered is used, and after something was recorded."""
        purges = self._ledger.purges()
        with self._lock:
            anew, self._purges = purges != self._purges, purges
        if anew:
            for forget in self._forget:
                forget()


class Projections:
    """The projections of one node, safe among threads.

    What it hands over stays as it is, but for ``requests``, ``registers`` and ``places``, which grow: look things up in
    them, and copy what is to be gone through. Lists are made once and handed to everybody until something is recorded
    (``once``): to copy all that is owed for each page that shows a hundred rows of it took most of that page.
    """

    def __init__(self, node: Node) -> None:
        self._made: dict[Hashable, object] = {}
        self._node = node
        self._lock = threading.RLock()
        self.warming = self._leaving = False
        self._begin()

    def _begin(self) -> None:
        self._protocols = dict(self._node.protocols)
        self._position = 0
        self._owing = Owing(self._protocols, self._facts_at)
        self._requests = RequestLists()
        self._unanswered = Unanswered()
        self._registers = Registers()
        self._vetted = Vetted()
        self._matched = Matched()
        self._reached = Reached()
        self._offered = Offered()
        self._whose = Whose()
        self._parties: list[Recorded[Fact]] = []
        self._history = History()
        self._endangered: list[Recorded[Fact]] = []
        self._helped: list[Recorded[Fact]] = []
        self._withdrawn: set[ReportId] = set()
        self._question = _question(self._protocols)

    def _facts_at(self, places: Sequence[int]) -> Sequence[Recorded[Fact]]:
        return self._node.ledger.at(places, opening=VERDICTS)

    def once(self, made: Callable[..., T], *given: Hashable) -> T:
        """What this function makes of these projections and what is given, made once until something is recorded.

        It is the same object for everybody: nobody changes it. The function is one and the same each time, and reads
        neither a clock nor the ledger.
        """
        with self._carried():
            key = (made, given)
            if key not in self._made:
                if len(self._made) >= MOST_MADE:
                    self._made.clear()
                self._made[key] = made(self, *given)
            return self._made[key]  # type: ignore[return-value]  # as it was put there

    # carrying on

    @contextmanager
    def warmed(self, *also: Callable[[Callable[[], bool]], None]) -> Iterator[None]:
        """Read the record in the background meanwhile, so that the first reader does not wait for it.

        ``also``: what else reads it, and stops when what it is given says that this is left. ``warming`` says whether
        that still goes on. When this is left it stops, wherever it is.
        """
        self.warming, self._leaving = True, False
        reading = threading.Thread(target=self._warm, args=also, name="warming", daemon=True)
        reading.start()
        try:
            yield
        finally:
            self._leaving = True
            reading.join()

    def _warm(self, *also: Callable[[Callable[[], bool]], None]) -> None:
        """What it leaves in memory stays there: Python need not look through it for garbage again and again."""
        try:
            size = self._node.ledger.size()
            while self._position < size and not self._leaving:
                with self._lock:
                    self._read_on(size)
            for read in also:
                read(lambda: self._leaving)
            gc.collect()
            gc.freeze()
        except (Broken, TimeoutError):
            return  # the ledger says so to everyone who asks it
        finally:
            self.warming = False

    @contextmanager
    def _carried(self) -> Iterator[None]:
        """With everything carried on to the end of the ledger, and nobody else carrying it on meanwhile."""
        with self._lock:
            size = self._node.ledger.size()
            while self._position < size:
                self._read_on(size)
            yield

    def _read_on(self, size: int) -> None:
        """Take up the next stretch of the ledger, which has come so far."""
        until = min(size, self._position + STRETCH)
        ledger = self._node.ledger
        new = ledger.read_since(self._question, self._position, until=until, opening=VERDICTS)
        self._follow_protocols()  # after the facts: what they were decided by is known then
        self._take(new)

    def _follow_protocols(self) -> None:
        """A protocol that was adopted binds from there on; one that takes another's name makes all of it anew."""
        now = dict(self._node.protocols)
        if now.keys() == self._protocols.keys():
            return
        self._protocols = now
        self._question = _question(now)
        self._owing.under(now)

    def _take(self, new: History) -> None:
        self._made.clear()
        for recorded in new:
            self._requests.take(recorded)
            self._unanswered.take(recorded)
            self._registers.take(recorded)
            self._vetted.take(recorded)
            self._matched.take(recorded)
            self._reached.take(recorded)
            self._offered.take(recorded)
            self._whose.take(recorded)
        self._owing.take(new, {r.position: r for r in new})
        self._node.links.learn(new)
        parties = [r for r in new if isinstance(r.fact, tuple(PARTIES))]
        if parties:
            self._parties += parties
            self._history = History(tuple(self._parties), new.position)
        self._endangered += [r for r in new if isinstance(r.fact, WARNING_KINDS) and r.told is None]
        self._helped += [r for r in new if isinstance(r.fact, ASSISTANCE_KINDS) and r.told is None]
        self._withdrawn |= {r.fact.report for r in new.of(ConsentWithdrawn) if r.told is None}
        for purged in new.of(Purged):
            self._owing.purged(purged.fact.indices)
            self._matched.purged(purged.fact.indices)
        self._position = new.position

    # what is owed

    def owed(self, concern: Concern) -> Sequence[Entry]:
        """What is owed today and concerns this one, by due date. ``concern`` is one function, the same each time."""
        return self.once(_owed, concern)

    def overdue(self, now: datetime) -> list[Obligation]:
        """What is owed today and past its date, the oldest first."""
        with self._carried():
            owed = self._owing.open(everything)
            return [entry[4] for entry in owed[: bisect_left(owed, (False, now), key=lambda e: e[:2])]]

    def owed_of(self, kinds: frozenset[str]) -> Sequence[Obligation]:
        """What is owed today of these kinds, by due date."""
        return self.once(_owed_of, kinds)

    def discharged(self, most: int) -> list[Obligation]:
        """The last by due date of what was owed and is discharged."""
        with self._carried():
            return self._owing.discharged(most)

    def would_have_been_owed(self) -> list[Obligation]:
        """What worked cases would have owed, by due date, discharged or not."""
        with self._carried():
            return self._owing.told()

    # requests

    def requests(self) -> Requests:
        """Where every request on record stands."""
        with self._carried():
            return self._requests.standing

    def open_requests(self, queue: Queue = EVERY_OPEN) -> Sequence[Perishing]:
        """The live requests that are not released and stand in this queue; what perishes first stands first."""
        return self.once(_open, queue)

    def released(self) -> Sequence[tuple[int, RequestId]]:
        """Where the live requests that were released were first made, and which they are; the latest first."""
        return self.once(_released)

    def disclosed(self) -> Sequence[Recorded[DisclosureRecorded]]:
        """Everything that was given out outside the protocol, as it was recorded."""
        return self.once(_disclosed)

    # what waits, and what lists show

    def unanswered_dissents(self) -> Sequence[Recorded[DissentRecorded]]:
        return self.once(_unanswered_dissents)

    def unanswered_warnings(self) -> Sequence[Recorded[SourceWarned]]:
        return self.once(_unanswered_warnings)

    def uninvestigated(self) -> Sequence[Recorded[CompromiseReported]]:
        return self.once(_uninvestigated)

    def to_confirm(self) -> Sequence[Recorded[FindingProposed]]:
        """The findings that wait for a second person."""
        return self.once(_to_confirm)

    def to_lift(self) -> Sequence[Recorded[LiftingProposed]]:
        """The suspensions that somebody proposed to lift, which wait for a second person."""
        return self.once(_to_lift)

    def lapsing(self, now: datetime, before: datetime) -> list[Lapse]:
        """The live vettings that end before then, are pending, or were never decided; the most pressing first."""
        with self._carried():
            return self._vetted.lapsing(now, before)

    def registers(self) -> Registers:
        """Leaks, operations and harm."""
        with self._carried():
            return self._registers

    def harm(self) -> Mapping[Subject, Sequence[int]]:
        """Where counts and reports of harm stand, by what they came after."""
        return self.once(_harm)

    def dangers(self) -> Sequence[Danger]:
        """Everybody in danger by the live record, and what was done; what is owed first, the oldest first."""
        return self.once(_dangers)

    def warned_apart(self) -> Sequence[Notice]:
        """Live warnings that name nothing of which people were warned."""
        return self.once(_warned_apart)

    def needs(self) -> Sequence[Need]:
        """What people need by the live record; what is open first, by the day by which it is needed."""
        return self.once(_needs)

    def help_offers(self) -> Sequence[Offer]:
        """Live offers of help against perpetrators; those without an answer first."""
        return self.once(_help_offers)

    def helped_freely(self) -> Sequence[Recorded[AssistanceGiven]]:
        """Live help for which nobody had recorded a need."""
        return self.once(_helped_freely)

    def withdrawn(self) -> frozenset[ReportId]:
        """Live reports that whoever gave them took back."""
        return self.once(_withdrawn)

    def others(self, person: PersonId) -> frozenset[str]:
        """The tags of reports of harm that this person did not take down, and of all that belongs to those."""
        return self.once(_others, person)

    def due_by(self, kinds: frozenset[str]) -> Mapping[int, datetime]:
        """Until when at the latest something is owed by one of these duties, by the place of its ground."""
        return self.once(_due_by, kinds)

    def parties(self) -> History:
        """What is on record of organisations, units as such, and agreements."""
        with self._carried():
            return self._history

    def places(self, among: Among) -> Mapping[str, int]:
        """Where each live thing of a kind was put on record."""
        with self._carried():
            return self._offered.places(among)

    def latest(self, among: Among, most: int) -> list[str]:
        """The last live things of a kind, the latest first."""
        with self._carried():
            return self._offered.latest(among, most)

    def dealt(self, part: str, role: Role) -> list[str]:
        """What last played this part in acts of this role, the latest first."""
        with self._carried():
            return self._offered.dealt(part, role)

    def told(self) -> Sequence[Recorded[Fact]]:
        """What the worked cases consist of, as far as pages list it."""
        return self.once(_told)

    def verdicts(self) -> Mapping[str, Mapping[Effect, int]]:
        """How many live verdicts came to each effect, by the text that led."""
        return self.once(_verdicts)

    def matched(self, rule: Rule, *, told: bool) -> Sequence[int]:
        """Where the verdicts stand in which a rule matched, the oldest first; with ``told`` those of worked cases."""
        return self.once(_matched_told if told else _matched, rule)


# What is handed over of a projection, copied once for all who ask before the next fact.


def _owed(of: Projections, concern: Concern) -> Sequence[Entry]:
    return list(of._owing.open(concern))


def _owed_of(of: Projections, kinds: frozenset[str]) -> Sequence[Obligation]:
    return [entry[4] for entry in of._owing.open(of._owing.of_kinds(kinds))]


def _open(of: Projections, queue: Queue) -> Sequence[Perishing]:
    return list(of._requests.open(queue))


def _released(of: Projections) -> Sequence[tuple[int, RequestId]]:
    return list(of._requests.released())


def _disclosed(of: Projections) -> Sequence[Recorded[DisclosureRecorded]]:
    return list(of._requests.disclosed)


def _unanswered_dissents(of: Projections) -> Sequence[Recorded[DissentRecorded]]:
    return list(of._unanswered.dissents.values())


def _unanswered_warnings(of: Projections) -> Sequence[Recorded[SourceWarned]]:
    return list(of._unanswered.warnings.values())


def _uninvestigated(of: Projections) -> Sequence[Recorded[CompromiseReported]]:
    return list(of._unanswered.leaks.values())


def _to_confirm(of: Projections) -> Sequence[Recorded[FindingProposed]]:
    return list(of._unanswered.findings.values())


def _to_lift(of: Projections) -> Sequence[Recorded[LiftingProposed]]:
    return list(of._unanswered.liftings.values())


def _dangers(of: Projections) -> Sequence[Danger]:
    return sorted(dangers(History(tuple(of._endangered))), key=lambda d: (not d.owed, d.ground.position))


def _warned_apart(of: Projections) -> Sequence[Notice]:
    return apart(History(tuple(of._endangered)))


def _needs(of: Projections) -> Sequence[Need]:
    return needs(History(tuple(of._helped)))


def _help_offers(of: Projections) -> Sequence[Offer]:
    return offers(History(tuple(of._helped)))


def _helped_freely(of: Projections) -> Sequence[Recorded[AssistanceGiven]]:
    return given_freely(History(tuple(of._helped)))


def _withdrawn(of: Projections) -> frozenset[ReportId]:
    return frozenset(of._withdrawn)


def _others(of: Projections, person: PersonId) -> frozenset[str]:
    return of._whose.others(person)


def _due_by(of: Projections, kinds: frozenset[str]) -> Mapping[int, datetime]:
    found: dict[int, datetime] = {}
    for owed in _owed_of(of, kinds):
        if owed.due is not None:
            place = owed.ground.position
            found[place] = min(owed.due, found.get(place, owed.due))
    return found


def _harm(of: Projections) -> Mapping[Subject, Sequence[int]]:
    return {subject: tuple(places) for subject, places in of._registers.harm.items()}


def _told(of: Projections) -> Sequence[Recorded[Fact]]:
    return list(of._registers.told)


def _verdicts(of: Projections) -> Mapping[str, Mapping[Effect, int]]:
    return {text: dict(found) for text, found in of._reached.by_text.items()}


def _matched(of: Projections, rule: Rule) -> Sequence[int]:
    return list(of._matched.of(rule))


def _matched_told(of: Projections, rule: Rule) -> Sequence[int]:
    return list(of._matched.told_of(rule))


def everything(_owed: Obligation) -> bool:
    """What concerns whoever asks for all of it."""
    return True


def _question(protocols: Mapping[str, Pack]) -> Question:
    kinds = frozenset(kind.__name__ for kind in LISTED)
    clauses = obligations_question(protocols) | Question(frozenset({Clause(kinds, frozenset())}))
    return Question(frozenset({Clause(frozenset().union(*(c.kinds for c in clauses.clauses)), frozenset())}))
