"""Years of an agency's work, as large as a measurement needs: people in chains, items, requests, leaks, operations.

Commands decide one act at a time and read before each; a million facts would take them hours. Here the facts are
laid down as those commands would have recorded them, on a clock that runs through the years: what is said of an item
comes in the order of its life, every verdict is the protocol's own on a dossier that the release room assembled
from the same facts, and each sign-off and dissent brings its new verdict.
"""

import hashlib
import heapq
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearline.facts.assistance import AssistanceGiven, AssistanceKind
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import CountDocumented, Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Actor, Draft, History, Precision, Recorded, Role
from tearline.facts.identifiers import (
    AccountId,
    AdversaryId,
    AgreementId,
    AssistanceId,
    BriefingId,
    CompromiseId,
    CopyId,
    CountId,
    CourseId,
    DissentId,
    InvestigationId,
    ItemId,
    NoticeId,
    OperationId,
    OrganisationId,
    PersonId,
    PlanId,
    ReleaseId,
    ReportId,
    RequestId,
    ResultId,
    SignOffId,
    SuspensionId,
    TollId,
    UnitId,
    ValidationId,
    WarningId,
)
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, InvestigationOpened, Sureness
from tearline.facts.operations import (
    AccountRendered,
    Credit,
    OperationDeclared,
    ResultCounted,
    ResultKind,
    Retaliation,
    TollKind,
    TollRecorded,
)
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import (
    AgreementSigned,
    CourseHeld,
    OfficeTaken,
    OrganisationRegistered,
    Outcome,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    Terms,
    UnitFormed,
    UnitVettingDecided,
)
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    Manner,
    OwedByVerdict,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    SourceWarned,
    SourceWarningAnswered,
    Tlp,
    VerdictReached,
    WarningKind,
)
from tearline.facts.retention import RecordValidated
from tearline.facts.warnings import NoticeMethod, PeopleWarned
from tearline.ledger.ledger import Ledger
from tearline.node import Node, make_node
from tearline.protocol import Pack, ParameterType, Protocol
from tearline.protocol.dossier import plain_value
from tearline.rooms.release.dossier import assemble

SEED = 20261128
YEARS = timedelta(days=3 * 365)
YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ORGANISATIONS = 20
UNITS = 400
IN_A_UNIT = 24
LONG_CHAIN = 500
STAFF = 30
A_SUBMISSION = 400
PACK = "cross-border/1"
AGENCY, OVERSEER = OrganisationId("agency"), OrganisationId("overseer")
PRACTICE = 12
"""One in so many acts is by the person whom a demonstration's visitor takes on, so that their queue is not empty."""


class Clock:
    """The time of the years that are laid down; the node's own once they are over."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True, kw_only=True)
class Partner:
    """One unit of a partner: who serves in it, who stands above them, and under which agreement it is told things."""

    unit: UnitId
    organisation: OrganisationId
    agreement: AgreementId
    persons: list[PersonId]
    above: dict[PersonId, PersonId]
    leaky: bool = False
    facts: dict[PersonId, list[Recorded[Fact]]] = field(default_factory=dict)
    own: list[Recorded[Fact]] = field(default_factory=list)

    def known(self, recipients: Sequence[PersonId]) -> list[Recorded[Fact]]:
        """What is on record about the unit, these people and those above them."""
        chain: dict[PersonId, None] = {}
        for recipient in recipients:
            person: PersonId | None = recipient
            while person is not None and person not in chain:
                chain[person] = None
                person = self.above.get(person)
        return [*self.own, *(r for person in chain for r in self.facts.get(person, ()))]


Step = tuple[datetime, list[Draft]]
Steps = Iterator[Step]


class Years:
    """Lays down the work of the agency until a ledger holds so many facts."""

    def __init__(self, node: Node, clock: Clock, facts: int, end: datetime) -> None:
        self.node, self.clock, self.facts, self.end = node, clock, facts, end
        self.start = clock.at
        self.pick = random.Random(SEED)
        self.ledger: Ledger = node.ledger
        self.pack: Pack = node.protocols[PACK]
        self.protocol = Protocol(packs=(self.pack,))
        self.position = self.ledger.size()
        self.partners: list[Partner] = []
        self.agreed: dict[AgreementId, Recorded[Fact]] = {}
        self.names = 0
        self.waiting: list[Draft] = []

    # writing

    def put(self, at: datetime, drafts: Sequence[Draft]) -> list[Recorded[Fact]]:
        """These facts, recorded at this time, behind all that came before."""
        self.clock.at = max(self.clock.at, at)
        first = self.position + len(self.waiting)
        self.waiting += drafts
        if len(self.waiting) >= A_SUBMISSION:
            self.flush()
        return [_recorded(first + n, at, draft) for n, draft in enumerate(drafts)]

    def flush(self) -> None:
        if self.waiting:
            key = f"years-{self.position}"
            self.ledger.append(self.waiting, unless=None, after=self.position, key=key)
            self.position += len(self.waiting)
            self.waiting = []

    def name(self, what: str) -> str:
        self.names += 1
        return f"{what}-{self.names}"

    def by(self, role: Role) -> Actor:
        if self.pick.randrange(PRACTICE) == 0:
            return Actor(PersonId(f"practice.{role.value}"), role)
        return Actor(PersonId(f"{role.value}-{self.pick.randrange(STAFF)}"), role)

    # the world

    def lay(self) -> None:
        """All of it."""
        self.found()
        lives = self.lives()
        going: list[tuple[datetime, int, Steps, list[Draft]]] = []
        count = 0
        room = self.facts - self.position
        span = self.end - self.start
        begun = self.position

        def forward(steps: Steps) -> None:
            nonlocal count
            found = next(steps, None)
            if found is not None and found[0] < self.end:
                count += 1
                heapq.heappush(going, (found[0], count, steps, found[1]))

        for other in (*self.vettings(), *self.operations(), *self.outside()):
            forward(other)
        while (done := self.position + len(self.waiting)) < self.facts:
            # A new item whenever the clock is behind the share of the facts that is laid down.
            due = self.start + span * ((done - begun) / room)
            if not going or going[0][0] > due:
                forward(next(lives)(min(due, self.end - HOUR)))
                continue
            at, _, steps, drafts = heapq.heappop(going)
            self.put(at, drafts)
            forward(steps)
        self.flush()

    def found(self) -> None:
        """Organisations, agreements, units, people and who answers to whom, in the first days."""
        at = self.start
        vetting = self.by(Role.VETTING_OFFICER)
        homes = [OrganisationId(f"partner-{n}") for n in range(ORGANISATIONS)]
        said: list[Fact] = [
            OrganisationRegistered(organisation=o, name=o.replace("-", " ").title(), country="X")
            for o in (AGENCY, OVERSEER, *homes)
        ]
        self.put(at, [_draft(fact, at, vetting) for fact in said])
        for role in Role:
            for number in (*range(STAFF), None):
                person = f"practice.{role.value}" if number is None else f"{role.value}-{number}"
                staff = PersonEnrolled(
                    person=PersonId(person), organisation=AGENCY, description=Sealed(f"Officer {person}")
                )
                self.put(at, [_draft(staff, at, vetting)])
        for n, home in enumerate(homes):
            units = [UnitId(f"unit-{k}") for k in range(n, UNITS, ORGANISATIONS)]
            chief = PersonId(f"person-{n}-chief")
            agreement = AgreementId(f"agreement-{n}")
            top = PersonId("person-long-0") if n == 0 else chief
            signed = AgreementSigned(
                agreement=agreement, name=f"Working agreement {n}", terms=self.terms(home, top)
            )
            (self.agreed[agreement],) = self.put(at, [_draft(signed, at, self.by(Role.SENIOR_OFFICER))])
            shared = self.person(chief, home, None, units[0], at)
            for k, unit in enumerate(units):
                long = n == 0 and k == 0
                self.unit(
                    Partner(unit=unit, organisation=home, agreement=agreement, persons=[], above={}), at
                )
                partner = self.partners[-1]
                partner.leaky = self.pick.randrange(20) == 0
                partner.facts[chief] = shared
                if k == 0:
                    partner.persons.append(chief)
                names = (
                    [PersonId(f"person-long-{m}") for m in range(LONG_CHAIN)]
                    if long
                    else [PersonId(f"person-{unit.removeprefix('unit-')}-{m}") for m in range(IN_A_UNIT)]
                )
                for m, person in enumerate(names):
                    above = (names[m - 1] if m else None) if long else (names[(m - 1) // 4] if m else chief)
                    partner.facts[person] = self.person(person, home, above, unit, at)
                    partner.persons.append(person)
                    if above is not None:
                        partner.above[person] = above
                course = self.course(partner, at)
                partner.own += self.put(at, [_draft(course, at, self.by(Role.VETTING_OFFICER))])
        self.flush()

    def terms(self, partner: OrganisationId, top: PersonId) -> Terms:
        values: dict[ParameterType, int | str | bool] = {
            ParameterType.DURATION: "30d",
            ParameterType.INT: 2,
            ParameterType.BOOL: True,
            ParameterType.STRING: "stated",
        }
        parameters = {p.name: values[p.type] for p in self.pack.parameters}
        parameters |= {"revetting": "730d", "retention_term": "1826d"}
        return Terms(
            own=AGENCY,
            partner=partner,
            overseer=OVERSEER,
            own_signatory=PersonId("senior-officer-0"),
            partner_signatory=top,
            protocol=self.pack.id,
            parameters=parameters,
            valid_until=self.end + 2 * YEAR,
        )

    def unit(self, partner: Partner, at: datetime) -> None:
        by = self.by(Role.VETTING_OFFICER)
        formed = UnitFormed(
            unit=partner.unit, organisation=partner.organisation, name=f"Vetted {partner.unit}"
        )
        partner.own += self.put(at, [_draft(formed, at, by), _draft(self.unit_vetting(partner, at), at, by)])
        self.partners.append(partner)

    def unit_vetting(self, partner: Partner, at: datetime) -> UnitVettingDecided:
        return UnitVettingDecided(
            unit=partner.unit, outcome=Outcome.CLEARED, decided_by=AGENCY, valid_until=at + 2 * YEAR
        )

    def person(
        self, me: PersonId, home: OrganisationId, above: PersonId | None, unit: UnitId, at: datetime
    ) -> list[Recorded[Fact]]:
        by = self.by(Role.VETTING_OFFICER)
        said: list[Fact] = [
            PersonEnrolled(
                person=me, organisation=home, description=Sealed(f"Officer {me}, known by number")
            ),
            OfficeTaken(person=me, unit=unit, office=Sealed("Investigator" if above else "Chief")),
            self.vetting(me, at),
        ]
        if above is not None:
            said.append(SuperiorNamed(person=me, superior=above))
        return self.put(at, [_draft(fact, at, by) for fact in said])

    def vetting(self, me: PersonId, at: datetime) -> PersonVettingDecided:
        chance = 0.0 if me.endswith("chief") or me.startswith("person-long") else self.pick.random()
        outcome = Outcome.CLEARED
        if chance > 0.992:
            outcome = Outcome.PENDING if chance > 0.996 else Outcome.EXEMPT
        return PersonVettingDecided(
            person=me,
            outcome=outcome,
            decided_by=AGENCY,
            deciding_office=Sealed("Vetting desk"),
            valid_until=at + timedelta(days=400) if outcome is Outcome.CLEARED else None,
        )

    def course(self, partner: Partner, at: datetime) -> CourseHeld:
        trained = tuple(partner.persons[: IN_A_UNIT + 1])
        return CourseHeld(
            course=CourseId(self.name("course")),
            unit=partner.unit,
            module="Handling of sources",
            instructors=AGENCY,
            officers=len(trained),
            persons=trained,
            valid_until=at + 2 * YEAR,
        )

    # what goes on beside the items

    def vettings(self) -> Iterator[Steps]:
        """Each unit with its people is vetted again every year, and trained."""
        for n, partner in enumerate(self.partners):
            yield self.revetted(partner, self.start + timedelta(days=30 + 300 * n / len(self.partners)))

    def revetted(self, partner: Partner, at: datetime) -> Steps:
        while True:
            by = self.by(Role.VETTING_OFFICER)
            own: list[Fact] = [
                self.unit_vetting(partner, at),
                self.course(partner, at),
            ]
            partner.own += [_recorded(0, at, _draft(fact, at, by)) for fact in own]
            again: list[Fact] = []
            for me in partner.persons:
                again.append(self.vetting(me, at))
                partner.facts[me].append(_recorded(0, at, _draft(again[-1], at, by)))
            yield at, [_draft(fact, at, by) for fact in (*own, *again)]
            at += YEAR

    def operations(self) -> Iterator[Steps]:
        for _ in range(300):
            yield self.operation(self.start + self.pick.random() * (self.end - self.start))

    def operation(self, at: datetime) -> Steps:
        by, partner = self.by(Role.OPERATIONS_PLANNER), self.pick.choice(self.partners)
        operation = OperationId(self.name("operation"))
        declared = OperationDeclared(
            operation=operation,
            name=f"Joint patrols {operation.removeprefix('operation-')}",
            organisations=(AGENCY, partner.organisation),
            aim="Fewer weapons southbound",
            place="The crossing",
            agreement=partner.agreement,
        )
        yield at, [_draft(declared, at, by)]
        for _ in range(self.pick.randrange(4, 20)):
            at += self.pick.random() * 10 * DAY
            result = ResultCounted(
                result=ResultId(self.name("result")),
                operation=operation,
                kind=ResultKind.WEAPONS,
                figure=self.pick.randrange(1, 40),
                as_said="weapons seized at the crossing",
                counted_by=AGENCY,
                credit=Credit.CREDITED,
            )
            said: list[Fact] = [result]
            if self.pick.random() < 0.2:
                said.append(
                    TollRecorded(
                        toll=TollId(self.name("toll")),
                        operation=operation,
                        kind=TollKind.ATTACK,
                        what="Stones thrown at a patrol",
                        killed=0,
                        injured=1,
                        retaliation=Retaliation.SUSPECTED,
                    )
                )
            yield at, [_draft(fact, at, by) for fact in said]
        if self.pick.random() < 0.8:
            at += self.pick.random() * 30 * DAY
            text = "Weapons were seized; no control was declared beforehand."
            rendered = AccountRendered(
                account=AccountId(self.name("account")), text=text, operation=operation
            )
            yield at, [_draft(rendered, at, by)]

    def outside(self) -> Iterator[Steps]:
        for _ in range(120):
            yield self.disclosed(self.start + self.pick.random() * (self.end - self.start))

    def disclosed(self, at: datetime) -> Steps:
        """Something was told outside the protocol, and that is on record."""
        item, partner = ItemId(self.name("item")), self.pick.choice(self.partners)
        by = self.by(Role.CASE_AGENT)
        given = DisclosureRecorded(
            release=ReleaseId(self.name("release")),
            item=item,
            unit=partner.unit,
            recipients=tuple(self.pick.sample(partner.persons, 1)),
            extent=Extent.EXISTENCE,
            manner=Manner.ORAL,
            decided_by=Sealed("A supervisor, by telephone"),
            agreement=partner.agreement,
        )
        yield at, [_draft(fact, at, by) for fact in (*self.registered(item, at), given)]
        at += self.pick.random() * 20 * DAY
        if self.pick.random() < 0.7:
            why = DisclosureJustified(
                release=given.release, item=item, reasons=Sealed("Lives were in danger")
            )
            yield at, [_draft(why, at, self.by(Role.SENIOR_OFFICER))]

    # the life of an item

    def lives(self) -> "Iterator[_Life]":
        while True:
            yield self.life

    def registered(self, item: ItemId, at: datetime) -> list[Fact]:
        said: list[Fact] = [
            ItemRegistered(
                item=item,
                originator=AGENCY,
                holder=AGENCY,
                title=Sealed(f"Devices of a cell, {item}"),
                content=Sealed("Identifiers of devices, with the days on which each was used. " * 4),
                source_code=Sealed(f"S-{self.pick.randrange(900)}"),
                source_grade=SourceGrade.RELIABLE,
                information_grade=InformationGrade.KNOWN_DIRECTLY,
                handling=Handling.PERMITTED,
                tlp=Tlp.AMBER,
                adversary=AdversaryId(f"adversary-{self.pick.randrange(12)}"),
                perishes_at=at + timedelta(days=self.pick.randrange(10, 60)),
            ),
            KnowersListed(
                item=item, adversary=AdversaryId("adversary-1"), count=Sealed(12), who=Sealed("A cell")
            ),
        ]
        at_risk = self.pick.random() < 0.4
        who = Sealed("The family of the source" if at_risk else "Nobody")
        said.append(PeopleAtRiskNamed(item=item, count=Sealed(3 if at_risk else 0), who=who))
        if at_risk:
            said.append(
                ProtectionPlanSet(
                    plan=PlanId(self.name("plan")),
                    item=item,
                    ready_from=at,
                    measures=Sealed("Moved to another town"),
                )
            )
        return said

    def life(self, at: datetime) -> Steps:
        """An item from its registration to its account, or to wherever it was left."""
        pick, item = self.pick, ItemId(self.name("item"))
        partner = pick.choice(self.partners)
        agent, handler = self.by(Role.CASE_AGENT), self.by(Role.SOURCE_HANDLER)
        request = RequestId(item.replace("item", "request"))
        case = Case(self, partner, item, request)
        yield at, case.say(at, agent, *self.registered(item, at))
        warned = pick.random() < 0.08
        warning, dissent = WarningId(self.name("warning")), DissentId(self.name("dissent"))
        if warned:
            words = Sealed("If they learn of this, they will know who told you.")
            said = SourceWarned(warning=warning, item=item, kind=WarningKind.EXPOSURE, words=words)
            yield at, case.say(at, handler, said)
        recipients = tuple(pick.sample(partner.persons, pick.randrange(2, 6)))
        at += pick.random() * 5 * DAY
        asked = ReleaseRequested(
            request=request,
            item=item,
            unit=partner.unit,
            recipients=recipients,
            extent=pick.choice((Extent.EXISTENCE, Extent.REDACTED, Extent.FULL)),
            manner=Manner.COPY,
            purpose=Sealed("The unit is about to act on the same target")
            if pick.random() < 0.97
            else Sealed(None),
            agreement=partner.agreement,
        )
        yield at, case.ask(at, agent, asked)
        dissents = pick.random() < 0.05
        if dissents:
            at += pick.random() * DAY
            against = DissentRecorded(
                dissent=dissent, item=item, request=request, reasons=Sealed("It will get the source killed.")
            )
            yield at, case.decide(at, self.by(Role.CASE_AGENT), against)
        lines = [
            (Role.RELEASING_OFFICER, SignOffLine.RELEASING),
            (Role.SOURCE_HANDLER, SignOffLine.SOURCE_HANDLING),
        ]
        if warned or dissents:
            lines.append((Role.SENIOR_OFFICER, SignOffLine.SECOND))
            at += pick.random() * DAY
            if pick.random() < 0.9:
                answers: list[Fact] = []
                if warned:
                    answers.append(
                        SourceWarningAnswered(
                            warning=warning, item=item, answer=Sealed("Two people were moved.")
                        )
                    )
                if dissents:
                    answers.append(
                        DissentAnswered(dissent=dissent, item=item, answer=Sealed("Weighed; see plan."))
                    )
                yield at, case.say(at, self.by(Role.SENIOR_OFFICER), *answers)
                told = OverseerInformed(
                    briefing=BriefingId(self.name("briefing")),
                    overseer=OVERSEER,
                    text=Sealed("Released over a dissent"),
                    request=request,
                )
                yield at, case.say(at, self.by(Role.SENIOR_OFFICER), told)
        for role, line in lines:
            at += pick.random() * DAY
            if pick.random() < 0.01:
                return  # nobody signed
            signed = ReleaseSignedOff(sign_off=SignOffId(self.name("sign-off")), request=request, line=line)
            yield at, case.decide(at, self.by(role), signed)
        at += pick.random() * DAY / 2
        verdict = case.verdict(at)
        if verdict.effect is not Effect.RELEASE:
            return
        yield from self.given(case, asked, verdict, at)

    def given(self, case: "Case", asked: ReleaseRequested, verdict: VerdictReached, at: datetime) -> Steps:
        """The release, its copies, their receipts, the account; now and then a leak."""
        pick, item, release = self.pick, case.item, ReleaseId(self.name("release"))
        by = self.by(Role.RELEASING_OFFICER)
        released = ItemReleased(
            release=release,
            request=case.request,
            item=item,
            unit=asked.unit,
            recipients=asked.recipients,
            extent=asked.extent,
            manner=asked.manner,
            agreement=case.partner.agreement,
            dossier_sha256=verdict.dossier_sha256,
        )
        copies = [
            CopyReleased(
                copy=CopyId(self.name("copy")), release=release, item=item, unit=asked.unit, recipient=person
            )
            for person in asked.recipients
        ]
        yield (
            at,
            [*case.say(at, NODE, verdict), *case.say(at, by, released), *case.say(at, NODE, *copies)],
        )
        for copy in copies:
            at += pick.random() * DAY
            if pick.random() < 0.98:
                receipt = CopyReceived(copy=copy.copy, release=release, item=item)
                yield at, case.say(at, Actor(copy.recipient, Role.PARTNER_LIAISON), receipt)
        if case.partner.leaky and pick.random() < 0.06:
            yield from self.leak(case, at + pick.random() * 10 * DAY)
        at += pick.random() * 25 * DAY
        if pick.random() < 0.93:
            account = AccountRendered(
                account=AccountId(self.name("account")), text="Two arrests; nobody was hurt.", release=release
            )
            yield at, case.say(at, self.by(Role.CASE_AGENT), account)
        if pick.random() < 0.3:
            at += pick.random() * YEAR
            kept = RecordValidated(
                validation=ValidationId(self.name("validation")),
                item=item,
                reasons=Sealed("Still needed"),
            )
            yield at, case.say(at, self.by(Role.CASE_AGENT), kept)

    def leak(self, case: "Case", at: datetime) -> Steps:
        """It became known: who had it is suspended by rule, and what follows is owed."""
        pick, item = self.pick, case.item
        compromise = CompromiseId(self.name("compromise"))
        reported = CompromiseReported(
            compromise=compromise,
            item=item,
            sure=Sureness.PROBABLE,
            seen=Sealed("Read aloud on an open channel"),
        )
        suspended = CooperationSuspended(
            suspension=SuspensionId(self.name("suspension")),
            unit=case.partner.unit,
            compromise=compromise,
            item=item,
            rule="suspended-on-compromise",
        )
        drafts = [*case.say(at, self.by(Role.INVESTIGATOR), reported), *case.say(at, NODE, suspended)]
        case.partner.own.append(_recorded(0, at, drafts[-1]))
        yield at, drafts
        followed: list[Fact] = [
            InvestigationOpened(
                investigation=InvestigationId(self.name("investigation")),
                compromise=compromise,
                item=item,
                investigators=(PersonId("investigator-1"),),
                remit=Sealed("Through whom it became known"),
            ),
            PeopleWarned(
                notice=NoticeId(self.name("notice")),
                item=item,
                people=3,
                method=NoticeMethod.IN_PERSON,
                said=Sealed("Leave tonight"),
                compromise=compromise,
            ),
            OverseerInformed(
                briefing=BriefingId(self.name("briefing")),
                overseer=OVERSEER,
                text=Sealed("A leak, and what followed"),
                compromise=compromise,
            ),
        ]
        for fact in followed:
            at += pick.random() * 5 * DAY
            if pick.random() < 0.85:
                yield at, case.say(at, self.by(Role.INVESTIGATOR), fact)
        for _ in range(pick.randrange(0, 9)):
            at += pick.random() * 20 * DAY
            report = HarmReported(
                report=ReportId(self.name("report")),
                source_class=pick.choice(tuple(SourceClass)),
                source=Sealed("A sister"),
                account=Sealed("He did not come home"),
                harm=pick.choice(tuple(Harm)),
                least=1,
                most=2,
                place="The town",
                reliability=pick.choice(tuple(Reliability)),
                credibility=pick.choice(tuple(Credibility)),
                compromise=compromise,
            )
            said: list[Fact] = [report]
            if pick.random() < 0.5:
                said.append(
                    AssistanceGiven(
                        assistance=AssistanceId(self.name("assistance")),
                        kind=pick.choice(tuple(AssistanceKind)),
                        given=Sealed("A safe flat"),
                        report=report.report,
                    )
                )
            yield at, case.say(at, self.by(Role.HARM_DESK), *said)
        if pick.random() < 0.5:
            counted = CountDocumented(
                count=CountId(self.name("count")),
                counted_by="A court",
                least=pick.randrange(1, 9),
                most=None,
                unit="people killed",
                area="The town",
                said_in="2026",
                compromise=compromise,
            )
            yield at, case.say(at, self.by(Role.HARM_DESK), counted)


_Life = Callable[[datetime], Steps]
NODE = Actor(PersonId("node"), Role.NODE)


class Case:
    """What is on record about one item, to decide its request on."""

    def __init__(self, years: Years, partner: Partner, item: ItemId, request: RequestId) -> None:
        self.years, self.partner, self.item, self.request = years, partner, item, request
        self.facts: list[Recorded[Fact]] = []
        self.asked: Recorded[ReleaseRequested] | None = None

    def say(self, at: datetime, by: Actor, *said: Fact) -> list[Draft]:
        drafts = [_draft(fact, at, by) for fact in said]
        self.facts += [_recorded(len(self.facts) + n, at, d) for n, d in enumerate(drafts)]
        return drafts

    def ask(self, at: datetime, by: Actor, asked: ReleaseRequested) -> list[Draft]:
        (draft,) = self.say(at, by, asked)
        self.asked = self.facts[-1]  # type: ignore[assignment]  # just said
        return [draft, *self.say(at, NODE, self.verdict(at))]

    def decide(self, at: datetime, by: Actor, said: Fact) -> list[Draft]:
        """An act that can change the verdict, and the verdict that follows."""
        drafts = self.say(at, by, said)
        return [*drafts, *self.say(at, NODE, self.verdict(at))]

    def verdict(self, at: datetime) -> VerdictReached:
        assert self.asked is not None
        years, asked = self.years, self.asked
        own = [r for r in self.facts if not isinstance(r.fact, VerdictReached)]
        known = [years.agreed[self.partner.agreement], *self.partner.known(asked.fact.recipients), *own]
        dossier = assemble(History(tuple(known), 0), asked, at, years.protocol)
        decision = years.protocol.decide(dossier)
        text = json.dumps(dossier, default=plain_value, ensure_ascii=False, separators=(",", ":"))
        salt = f"{years.pick.getrandbits(128):032x}"
        (leading,) = decision.verdicts
        return VerdictReached(
            request=self.request,
            item=self.item,
            effect=Effect(decision.effect.value),
            protocol=leading.pack,
            protocol_sha256=leading.sha256,
            engine=leading.engine,
            dossier_sha256=hashlib.sha256((salt + text).encode()).hexdigest(),
            salt=Sealed(salt),
            dossier=Sealed(text),
            rules=Sealed(tuple(decision.called(m.rule) for m in decision.matched)),
            owed=Sealed(
                tuple(
                    OwedByVerdict(rule=o.rule, obligation=o.obligation, debtor=o.debtor.value, due=o.due)
                    for o in decision.owed
                )
            ),
        )


def _draft(fact: Fact, at: datetime, by: Actor) -> Draft:
    return Draft(fact=fact, happened_at=at, by=by)


def _recorded(position: int, at: datetime, draft: Draft) -> Recorded[Fact]:
    return Recorded(
        position=position,
        ref="",
        recorded_at=at,
        happened_at=at,
        precision=Precision.MINUTE,
        by=draft.by,
        told=None,
        fact=draft.fact,
    )


def lay_down(folder: Path, facts: int) -> None:
    """Make a demonstration node of so many facts in this folder."""
    end = datetime.now(UTC).replace(microsecond=0)
    clock = Clock(end - YEARS)
    node = make_node(folder, origin="bench.invalid/tearline", demo=True, clock=clock)
    Years(node, clock, facts, end).lay()
    node.close()
