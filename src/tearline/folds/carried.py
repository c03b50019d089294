"""What lists over the whole record show and in which order, carried on: each fact costs the same at any size.

Each class here takes facts in the order of the ledger, and is then what a fold over all of them would be; the plain
folds beside them are what the tests compare with. None of them opens anything sealed but the names of the rules that a
verdict rested on. They are not safe among threads: whoever carries them on keeps a lock.
"""

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tearline.facts.fact import Fact
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import Recorded
from tearline.facts.identifiers import (
    CompromiseId,
    DissentId,
    InvestigationId,
    ItemId,
    OperationId,
    PersonId,
    RequestId,
    SuspensionId,
    UnitId,
    WarningId,
)
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
from tearline.facts.parties import Outcome, PersonVettingDecided, UnitFormed, UnitVettingDecided
from tearline.facts.release import (
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.folds.requests import Requests

NEVER = datetime.max.replace(tzinfo=UTC)
BEGINNING = datetime.min.replace(tzinfo=UTC)
Perishing = tuple[datetime, int, RequestId]
"""When the item of an open request perishes, where the request was first made, and which it is."""


Queue = tuple[str, str]
"""Open requests by what they have in common: that they wait for this signature, say, and which it is."""
EVERY_OPEN: Queue = ("open", "")


def to_sign(line: SignOffLine) -> Queue:
    """Those that wait for this line's signature; for a second one, where somebody objected."""
    return ("sign", line.value)


def decided(effect: Effect) -> Queue:
    """Those with this verdict."""
    return ("verdict", effect.value)


def asked_by(person: PersonId) -> Queue:
    return ("by", person)


class RequestLists:
    """Where every request stands, the open ones by when they perish and for whom they wait, the released as asked."""

    def __init__(self) -> None:
        self.standing = Requests()
        self.disclosed: list[Recorded[DisclosureRecorded]] = []
        self._first: dict[RequestId, int] = {}
        self._of_item: dict[ItemId, list[RequestId]] = {}
        self._drawn_from: dict[ItemId, list[ItemId]] = {}
        self._queues: dict[Queue, list[Perishing]] = {}
        self._queued: dict[RequestId, tuple[Perishing, frozenset[Queue]]] = {}
        self._released: list[tuple[int, RequestId]] = []
        self._released_at: set[RequestId] = set()

    def take(self, recorded: Recorded[Fact]) -> None:
        self.standing.take(recorded)
        match recorded.fact:
            case ReleaseRequested(request=request, item=item):
                self._first.setdefault(request, recorded.position)
                self._of_item.setdefault(item, []).append(request)
                self._settle(request)
            case ItemReleased(request=request) | VerdictReached(request=request):
                self._settle(request)
            case ReleaseSignedOff(request=request):
                self._settle(request)
            case ItemRegistered(item=item, tearline_of=whole):
                if whole is not None:
                    self._drawn_from.setdefault(whole, []).append(item)
                self._settle_all(item)
            case SourceWarned(item=item) | DissentRecorded(item=item):
                self._settle_all(item)
            case DisclosureRecorded():
                self.disclosed.append(recorded)  # type: ignore[arg-type]  # matched just above

    def open(self, queue: Queue = EVERY_OPEN) -> list[Perishing]:
        """The live requests that are not released and stand in this queue; what perishes first stands first."""
        return list(self._queues.get(queue, ()))

    def released(self) -> list[tuple[int, RequestId]]:
        """Where the live requests that were released were first made, and which they are; the latest first."""
        return self._released[::-1]

    def _settle_all(self, item: ItemId) -> None:
        """The requests for this item and for every version drawn from it."""
        seen: set[ItemId] = set()
        rest = [item]
        while rest:
            one = rest.pop()
            if one not in seen:
                seen.add(one)
                rest += self._drawn_from.get(one, ())
                for request in self._of_item.get(one, ()):
                    self._settle(request)

    def _settle(self, request: RequestId) -> None:
        asked = self.standing.asked.get(request)
        live = asked is not None and asked.told is None
        given = request in self.standing.released
        if live and given and request not in self._released_at:
            insort(self._released, (self._first[request], request))
            self._released_at.add(request)
        before = self._queued.pop(request, None)
        if before is not None:
            for queue in before[1]:
                del self._queues[queue][bisect_left(self._queues[queue], before[0])]
        if asked is not None and live and not given:
            place = (self.standing.perishes(asked.fact.item) or NEVER, self._first[request], request)
            waits = self._waits(asked)
            for queue in waits:
                insort(self._queues.setdefault(queue, []), place)
            self._queued[request] = (place, waits)

    def _waits(self, asked: Recorded[ReleaseRequested]) -> frozenset[Queue]:
        """In which queues an open request stands. What the protocol refuses waits for nobody's signature."""
        standing, request = self.standing, asked.fact.request
        effect = standing.effect.get(request)
        queues = [EVERY_OPEN, asked_by(asked.by.person)]
        if effect is not None:
            queues.append(decided(effect))
        if effect is not Effect.REFUSE:
            lines = [line for line in SignOffLine if line not in standing.lines.get(request, ())]
            if SignOffLine.SECOND in lines and not standing.contested(asked.fact):
                lines.remove(SignOffLine.SECOND)
            queues += map(to_sign, lines)
        return frozenset(queues)


class Unanswered:
    """What waits for somebody's answer: live dissents, sources' warnings, and leaks that nobody looks into.

    And for a second person: findings that were proposed, and liftings of suspensions.
    """

    def __init__(self) -> None:
        self.dissents: dict[int, Recorded[DissentRecorded]] = {}
        self.warnings: dict[int, Recorded[SourceWarned]] = {}
        self.leaks: dict[int, Recorded[CompromiseReported]] = {}
        self._answered: set[DissentId] = set()
        self._replied: set[WarningId] = set()
        self.findings: dict[int, Recorded[FindingProposed]] = {}
        self.liftings: dict[int, Recorded[LiftingProposed]] = {}
        self._investigated: set[CompromiseId] = set()
        self._found: set[InvestigationId] = set()
        self._lifted: set[SuspensionId] = set()
        self._ended: set[UnitId] = set()

    def take(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case (
                FindingProposed()
                | FindingMade()
                | LiftingProposed()
                | SuspensionLifted()
                | CooperationEnded()
            ):
                self._take_of_leaks(r)
            case DissentRecorded(dissent=dissent) if r.told is None and dissent not in self._answered:
                self.dissents[r.position] = r  # type: ignore[assignment]  # matched just above
            case DissentAnswered(dissent=dissent):
                self._answered.add(dissent)
                self.dissents = {p: d for p, d in self.dissents.items() if d.fact.dissent != dissent}
            case SourceWarned(warning=warning) if r.told is None and warning not in self._replied:
                self.warnings[r.position] = r  # type: ignore[assignment]
            case SourceWarningAnswered(warning=warning):
                self._replied.add(warning)
                self.warnings = {p: w for p, w in self.warnings.items() if w.fact.warning != warning}
            case CompromiseReported(compromise=leak) if r.told is None and leak not in self._investigated:
                self.leaks[r.position] = r  # type: ignore[assignment]
            case InvestigationOpened(compromise=leak):
                self._investigated.add(leak)
                self.leaks = {p: c for p, c in self.leaks.items() if c.fact.compromise != leak}

    def _take_of_leaks(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case FindingProposed(investigation=name) if r.told is None and name not in self._found:
                self.findings[r.position] = r  # type: ignore[assignment]  # matched just above
            case FindingMade(investigation=name):
                self._found.add(name)
                self.findings = {p: f for p, f in self.findings.items() if f.fact.investigation != name}
            case LiftingProposed(suspension=suspension, unit=unit) if (
                r.told is None and suspension not in self._lifted and unit not in self._ended
            ):
                self.liftings[r.position] = r  # type: ignore[assignment]
            case SuspensionLifted(suspension=suspension):
                self._lifted.add(suspension)
                self.liftings = {p: f for p, f in self.liftings.items() if f.fact.suspension != suspension}
            case CooperationEnded(unit=unit):
                self._ended.add(unit)
                self.liftings = {p: f for p, f in self.liftings.items() if f.fact.unit != unit}


Subject = tuple[str, str]
"""What harm was recorded after: ``compromise`` or ``operation``, and which; both empty where it is not said."""
UNTIED: Subject = ("", "")


class Registers:
    """Leaks, operations and harm, as their lists show them; and what worked cases tell of them."""

    def __init__(self) -> None:
        self.leaks: list[Recorded[CompromiseReported]] = []
        self.suspended: set[CompromiseId] = set()
        self.investigated: set[CompromiseId] = set()
        self.operations: list[Recorded[OperationDeclared]] = []
        self.rendered: set[OperationId | None] = set()
        self.harm: dict[Subject, array[int]] = {}
        self.told: list[Recorded[Fact]] = []

    def take(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case CompromiseReported():
                self.leaks.append(r)  # type: ignore[arg-type]  # matched just above
            case CooperationSuspended(compromise=compromise):
                self.suspended.add(compromise)
            case InvestigationOpened(compromise=compromise):
                self.investigated.add(compromise)
            case OperationDeclared():
                self.operations.append(r)  # type: ignore[arg-type]
            case AccountRendered(operation=rendered):
                self.rendered.add(rendered)
            case HarmReported(compromise=leak, operation=operation):
                self._harmed(r.position, leak, operation)
            case CountDocumented(compromise=leak, operation=operation):
                self._harmed(r.position, leak, operation)
        if r.told is not None and isinstance(r.fact, TOLD):
            self.told.append(r)

    def _harmed(self, position: int, leak: CompromiseId | None, operation: OperationId | None) -> None:
        tied = (("compromise", leak), ("operation", operation))
        for subject in [(kind, str(name)) for kind, name in tied if name] or [UNTIED]:
            self.harm.setdefault(subject, array("q")).append(position)


TOLD = (
    ReleaseRequested,
    DisclosureRecorded,
    CompromiseReported,
    OperationDeclared,
    UnitFormed,
    ItemRegistered,
)


class Lapse(NamedTuple):
    """A vetting that ends on ``due``, is pending, or was never decided; ``due`` None where no day is stated."""

    due: datetime | None
    unit: bool
    subject: str
    open: bool
    """Pending, or of a unit: never vetted."""


Decided = tuple[datetime, int, bool, datetime | None]
"""A vetting: the day that it claims, its place, whether it is pending, until when it is valid."""
Ending = tuple[bool, datetime, bool, int, str, bool]
"""As a ``Lapse`` is ordered: without a date last, by date, people before units, by who was on record first."""


class Vetted:
    """The live vettings of people and of units, by when what stands now ends."""

    def __init__(self) -> None:
        self._first: dict[tuple[bool, str], int] = {}
        self._decided: dict[tuple[bool, str], list[Decided]] = {}
        self._formed: dict[str, tuple[int, datetime]] = {}
        self._latest = BEGINNING
        self._endings: list[Ending] = []
        self._ending_of: dict[tuple[bool, str], Ending] = {}

    def take(self, r: Recorded[Fact]) -> None:
        if r.told is not None:
            return
        match r.fact:
            case PersonVettingDecided(person=subject, outcome=outcome, valid_until=until):
                who = (False, str(subject))
            case UnitVettingDecided(unit=subject, outcome=outcome, valid_until=until):
                who = (True, str(subject))
            case UnitFormed(unit=subject):
                first, at = self._formed.get(subject, (r.position, r.happened_at))
                self._formed[subject] = (first, min(at, r.happened_at))
                self._latest = max(self._latest, r.happened_at)
                self._settle((True, str(subject)))
                return
            case _:
                return
        self._first.setdefault(who, r.position)
        decided = (r.happened_at, r.position, outcome is Outcome.PENDING, until)
        insort(self._decided.setdefault(who, []), decided, key=_claimed)
        self._latest = max(self._latest, r.happened_at)
        self._settle(who)

    def lapsing(self, now: datetime, before: datetime) -> list[Lapse]:
        """What ends before then, is pending, or was never decided, as it stands now; the most pressing first."""
        if self._latest > now:
            # Something claims a day to come, from a clock that ran ahead: it does not stand yet.
            found = sorted(e for who in self._everybody() if (e := self._ending(who, now)) is not None)
        else:
            found = self._endings
        cut = bisect_left(found, (False, before))
        pressing = found[:cut] + [e for e in found[cut:] if e[5]]
        return [
            Lapse(None if none else due, unit, name, open_) for none, due, unit, _, name, open_ in pressing
        ]

    def _everybody(self) -> Iterable[tuple[bool, str]]:
        return dict.fromkeys((*self._decided, *((True, unit) for unit in self._formed)))

    def _settle(self, who: tuple[bool, str]) -> None:
        before, now = self._ending_of.get(who), self._ending(who, NEVER)
        if before is not None:
            del self._endings[bisect_left(self._endings, before)]
            del self._ending_of[who]
        if now is not None:
            insort(self._endings, now)
            self._ending_of[who] = now

    def _ending(self, who: tuple[bool, str], at: datetime) -> Ending | None:
        """How what stood at that time ends; None where there is nothing to wait for."""
        unit, name = who
        first = self._first.get(who, 0)
        if unit:
            first, formed = self._formed.get(name, (0, NEVER))
            if formed >= NEVER or formed > at:
                return None
        stood = [one for one in self._decided.get(who, ()) if one[0] <= at]
        if not stood:
            return (True, NEVER, True, first, name, True) if unit else None
        _, _, pending, until = stood[-1]
        if until is None and not pending:
            return None
        return (until is None, until or NEVER, unit, first, name, pending and not unit)


def _claimed(decided: Decided) -> tuple[datetime, int]:
    return decided[:2]


Rule = tuple[str, str]
"""A rule: its pack's name/version, and its own."""


class Reached:
    """How often each effect was reached, by the text that led. Each verdict counts once; worked cases do not."""

    def __init__(self) -> None:
        self.by_text: dict[str, Counter[Effect]] = {}

    def take(self, r: Recorded[Fact]) -> None:
        if isinstance(r.fact, VerdictReached) and r.told is None:
            self.by_text.setdefault(r.fact.protocol, Counter())[r.fact.effect] += 1


class Matched:
    """In which verdicts each rule matched: their places, the oldest first."""

    def __init__(self) -> None:
        self._all: dict[Rule, array[int]] = {}
        self._told: dict[Rule, array[int]] = {}

    def take(self, r: Recorded[Fact]) -> None:
        if isinstance(r.fact, VerdictReached):
            for rule in rules_matched(r.fact):
                self._all.setdefault(rule, array("q")).append(r.position)
                if r.told is not None:
                    self._told.setdefault(rule, array("q")).append(r.position)

    def purged(self, places: Iterable[int]) -> None:
        """Nobody knows any more on which rules these verdicts rested."""
        for place in places:
            for found in (*self._all.values(), *self._told.values()):
                at = bisect_left(found, place)
                if at < len(found) and found[at] == place:
                    del found[at]

    def of(self, rule: Rule) -> Sequence[int]:
        return self._all.get(rule, array("q"))

    def told_of(self, rule: Rule) -> Sequence[int]:
        """Those of worked cases alone."""
        return self._told.get(rule, array("q"))


def rules_matched(fact: VerdictReached) -> list[Rule]:
    """By pack and name, the rules on which a verdict rests; none once it is purged."""
    if fact.rules.purged:
        return []
    found = []
    for called in fact.rules.open():
        pack, colon, rule = called.rpartition(":")
        found.append((pack if colon else fact.protocol, rule))
    return found
