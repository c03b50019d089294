"""Small worlds: who is who, what happened when, and what the rules make of it.

Facts are made by plain functions with as few words as the test is about (``vetted("sue", EXEMPT)``). A ``World``
puts them in the order of a ledger and shows a command no more than the node would: the facts that match its
question, with the compartments that it does not open closed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tearline.facts.codec import decode, encode
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Actor, Draft, History, Precision, Question, Recorded, Role, Told
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    AllegationId,
    CompromiseId,
    CourseId,
    DissentId,
    ItemId,
    NoticeId,
    OrganisationId,
    PersonId,
    PlanId,
    ReleaseId,
    RequestId,
    SignOffId,
    SuspensionId,
    ThreatId,
    UnitId,
    VariantsId,
    WarningId,
)
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, Sureness
from tearline.facts.marks import WordingVariantsSet
from tearline.facts.parties import (
    AgreementSigned,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    CourseHeld,
    JusticeStepsFound,
    OfficeLeft,
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
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Extent,
    Finding,
    Handling,
    InformationGrade,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    Manner,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    SourceWarned,
    SourceWarningAnswered,
    Tlp,
    Use,
    WarningKind,
)
from tearline.facts.screening import (
    EuropolCode,
    EuropolCodesSet,
    EuropolInformation,
    EuropolSource,
    ItemScreened,
    OriginatorAnswered,
    OriginatorsAnswer,
    ProtectedActivity,
    SourceContactApproved,
    SourceStandingStated,
    Standing,
)
from tearline.facts.warnings import (
    NoticeMethod,
    PeopleWarned,
    ThreatAssessed,
    ThreatHarm,
    WaiverGround,
    WarningWaived,
)
from tearline.node import shipped_protocols
from tearline.protocol import Pack
from tearline.rooms import Act, Command, NamesFacts, RestsOnFigures, asked_by

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PROTOCOLS = shipped_protocols()
PACK: Pack = PROTOCOLS["cross-border/1"]
NONCE = bytes(range(32))


def on(day: float) -> datetime:
    """Noon of the tenth of March 2026, and so many days later (or earlier)."""
    return NOON + timedelta(days=day)


def acting(name: str, role: Role) -> Actor:
    return Actor(PersonId(name), role)


ANA = acting("ana", Role.CASE_AGENT)
SOL = acting("sol", Role.SOURCE_HANDLER)
REX = acting("rex", Role.RELEASING_OFFICER)
SYL = acting("syl", Role.SENIOR_OFFICER)
VIC = acting("vic", Role.VETTING_OFFICER)
LEO = acting("leo", Role.LIAISON)
RITA = acting("rita", Role.PARTNER_LIAISON)
INA = acting("ina", Role.INVESTIGATOR)
HUGO = acting("hugo", Role.HARM_DESK)
PAZ = acting("paz", Role.OPERATIONS_PLANNER)
OTTO = acting("otto", Role.OVERSEER)
CLIO = acting("clio", Role.CHRONICLER)
OWN_STAFF = (ANA, SOL, REX, SYL, VIC, LEO, INA, HUGO, PAZ)


# Facts


def organisation(name: str) -> OrganisationRegistered:
    return OrganisationRegistered(organisation=OrganisationId(name), name=f"The {name}", country="Utopia")


def unit(name: str, of: str = "partner") -> UnitFormed:
    return UnitFormed(unit=UnitId(name), organisation=OrganisationId(of), name=f"Unit {name}")


def person(name: str, of: str = "partner") -> PersonEnrolled:
    return PersonEnrolled(
        person=PersonId(name), organisation=OrganisationId(of), description=Sealed(f"who {name} is")
    )


def office(name: str, unit: str = "siu") -> OfficeTaken:
    return OfficeTaken(person=PersonId(name), unit=UnitId(unit), office=Sealed("an office"))


def left(name: str, unit: str = "siu") -> OfficeLeft:
    return OfficeLeft(person=PersonId(name), unit=UnitId(unit))


def superior(name: str, above: str) -> SuperiorNamed:
    return SuperiorNamed(person=PersonId(name), superior=PersonId(above))


def vetted(
    name: str, outcome: Outcome = Outcome.CLEARED, until: datetime | None = None, by: str = "own"
) -> PersonVettingDecided:
    """A clearance lasts until day 300 unless something else is said."""
    if outcome is Outcome.CLEARED:
        until = until or on(300)
    return PersonVettingDecided(
        person=PersonId(name),
        outcome=outcome,
        decided_by=OrganisationId(by),
        deciding_office=Sealed(f"the desk that looked at {name}"),
        valid_until=until,
    )


def trained(*names: str) -> CourseHeld:
    return CourseHeld(
        course=CourseId("course"),
        unit=UnitId("siu"),
        module="Handling",
        instructors=OrganisationId("own"),
        officers=len(names),
        persons=tuple(PersonId(n) for n in names),
        valid_until=on(200),
    )


def unit_vetted(
    name: str = "siu", outcome: Outcome = Outcome.CLEARED, until: datetime | None = None
) -> UnitVettingDecided:
    if outcome is Outcome.CLEARED:
        until = until or on(300)
    return UnitVettingDecided(
        unit=UnitId(name), outcome=outcome, decided_by=OrganisationId("own"), valid_until=until
    )


def terms(**changed: object) -> Terms:
    """Between own and partner, watched by watch, under the shipped protocol, until day 300."""
    held: dict[str, object] = {
        "own": OrganisationId("own"),
        "partner": OrganisationId("partner"),
        "overseer": OrganisationId("watch"),
        "own_signatory": PersonId("max"),
        "partner_signatory": PersonId("tom"),
        "protocol": PACK.id,
        "parameters": PARAMETERS,
        "valid_until": on(300),
    }
    return Terms(**(held | changed))  # type: ignore[arg-type]  # each change is typed where it is read


PARAMETERS: dict[str, int | str | bool] = {
    "revetting": "365d",
    "min_knowers": 5,
    "sign_offs": 2,
    "answer_within": "24h",
    "warning_within": "6h",
    "overseer_within": "72h",
    "suspension_within": "24h",
    "investigation_within": "72h",
    "assistance_within": "30d",
    "justification_within": "72h",
    "receipt_within": "48h",
    "account_within": "90d",
}


def agreement(name: str = "pact", **changed: object) -> AgreementSigned:
    return AgreementSigned(agreement=AgreementId(name), name=f"The {name}", terms=terms(**changed))


def item(
    name: str = "phones", *, tearline_of: str | None = None, originator: str = "own", holder: str = "own"
) -> ItemRegistered:
    return ItemRegistered(
        item=ItemId(name),
        originator=OrganisationId(originator),
        holder=OrganisationId(holder),
        title=Sealed("Identifiers"),
        content=Sealed("what the source handed over"),
        source_code=Sealed("S-17"),
        source_grade=SourceGrade.RELIABLE,
        information_grade=InformationGrade.KNOWN_DIRECTLY,
        handling=Handling.PERMITTED,
        tlp=Tlp.AMBER,
        tearline_of=ItemId(tearline_of) if tearline_of else None,
    )


def knowers(count: int = 12, item: str = "phones") -> KnowersListed:
    return KnowersListed(
        item=ItemId(item),
        adversary=AdversaryId("cartel"),
        count=Sealed(count),
        who=Sealed("those who could have known"),
    )


def at_risk(count: int = 0, item: str = "phones") -> PeopleAtRiskNamed:
    return PeopleAtRiskNamed(item=ItemId(item), count=Sealed(count), who=Sealed("those at risk"))


def wordings(
    item: str, text: str, *, name: str = "w-1", bits: int = 0, decoys: bool = False
) -> WordingVariantsSet:
    return WordingVariantsSet(
        variants=VariantsId(name), item=ItemId(item), text=Sealed(text), bits=bits, decoys=decoys
    )


def plan(name: str = "shelter", item: str = "phones", ready: datetime = NOON) -> ProtectionPlanSet:
    return ProtectionPlanSet(
        plan=PlanId(name), item=ItemId(item), ready_from=ready, measures=Sealed("measures")
    )


def warned(
    name: str = "blood", item: str = "phones", kind: WarningKind = WarningKind.BLOODSHED
) -> SourceWarned:
    return SourceWarned(
        warning=WarningId(name), item=ItemId(item), kind=kind, words=Sealed("there will be blood")
    )


def warning_answered(name: str = "blood", item: str = "phones") -> SourceWarningAnswered:
    return SourceWarningAnswered(warning=WarningId(name), item=ItemId(item), answer=Sealed("we took care"))


def requested(
    name: str = "ask",
    item: str = "phones",
    to: Iterable[str] = ("rita",),
    *,
    unit: str = "siu",
    under: str | None = "pact",
    extent: Extent = Extent.TEARLINE,
    manner: Manner = Manner.COPY,
    expedited: bool = False,
) -> ReleaseRequested:
    return ReleaseRequested(
        request=RequestId(name),
        item=ItemId(item),
        unit=UnitId(unit),
        recipients=tuple(PersonId(p) for p in to),
        extent=extent,
        manner=manner,
        purpose=Sealed("to act on it"),
        agreement=AgreementId(under) if under else None,
        expedited=expedited,
    )


def screened(
    item: str = "phones",
    *,
    suspicion: str | None = "seen at the depot",
    protected: ProtectedActivity = ProtectedActivity.NONE,
    lawful: bool = True,
    official: str = "ana",
) -> ItemScreened:
    return ItemScreened(
        item=ItemId(item),
        suspicion=Sealed(suspicion),
        protected=protected,
        lawful=lawful,
        control_official=PersonId(official),
    )


def coded(
    item: str = "phones",
    *codes: EuropolCode,
    source: EuropolSource = EuropolSource.A,
    information: EuropolInformation = EuropolInformation.SURE,
    text: str | None = None,
) -> EuropolCodesSet:
    return EuropolCodesSet(
        item=ItemId(item), source=source, information=information, codes=codes, text=Sealed(text)
    )


def answered(
    answer: OriginatorsAnswer = OriginatorsAnswer.YES, item: str = "phones", to: str = "siu", **more: object
) -> OriginatorAnswered:
    held: dict[str, object] = {"use": Use.CRIME, "court": False}
    return OriginatorAnswered(item=ItemId(item), unit=UnitId(to), answer=answer, **(held | more))  # type: ignore[arg-type]  # typed where it is read


def standing(
    how: Standing = Standing.REGISTERED,
    item: str = "phones",
    *,
    review: datetime | None = None,
    promised: bool = False,
) -> SourceStandingStated:
    return SourceStandingStated(item=ItemId(item), standing=how, review_due=review, promised=promised)


def contact_approved(item: str = "phones") -> SourceContactApproved:
    return SourceContactApproved(item=ItemId(item), reasons=Sealed("nobody else knows"))


def threat(
    name: str = "shots",
    item: str = "phones",
    harm: ThreatHarm = ThreatHarm.KILLING,
    *,
    credible: bool = True,
    specific: bool = True,
    impending: bool = True,
) -> ThreatAssessed:
    return ThreatAssessed(
        threat=ThreatId(name),
        item=ItemId(item),
        harm=harm,
        credible=credible,
        specific=specific,
        impending=impending,
        whom=Sealed("a family in the north"),
    )


def waived(
    name: str = "shots", item: str = "phones", ground: WaiverGround = WaiverGround.ALREADY_AWARE
) -> WarningWaived:
    return WarningWaived(
        threat=ThreatId(name), item=ItemId(item), ground=ground, reasons=Sealed("they moved")
    )


def people_warned(name: str = "n-1", item: str = "phones", of: str | None = None) -> PeopleWarned:
    return PeopleWarned(
        notice=NoticeId(name),
        item=ItemId(item),
        people=4,
        method=NoticeMethod.IN_PERSON,
        said=Sealed("leave tonight"),
        threat=ThreatId(of) if of else None,
    )


def violated(
    name: str = "beating",
    unit: str = "siu",
    how: AllegationStanding = AllegationStanding.CREDIBLE,
    kind: AllegationKind = AllegationKind.GROSS_VIOLATION,
    person: str | None = None,
) -> AllegationRecorded:
    return AllegationRecorded(
        allegation=AllegationId(name),
        unit=UnitId(unit),
        kind=kind,
        standing=how,
        account=Sealed("prisoners were beaten"),
        person=PersonId(person) if person else None,
    )


def justice(
    name: str = "beating", unit: str = "siu", *, effective: bool = True, told: str | None = "watch"
) -> JusticeStepsFound:
    return JusticeStepsFound(
        allegation=AllegationId(name),
        unit=UnitId(unit),
        effective=effective,
        reported_to=OrganisationId(told) if told else None,
        reasons=Sealed("a court has it"),
    )


def expedited(
    name: str = "rel", request: str = "ask", item: str = "phones", under: str = "pact"
) -> ReleaseExpedited:
    return ReleaseExpedited(
        release=ReleaseId(name),
        request=RequestId(request),
        item=ItemId(item),
        unit=UnitId("siu"),
        agreement=AgreementId(under),
        waived=Sealed(("sign-offs-missing",)),
    )


def reviewed(
    name: str = "rel", item: str = "phones", under: str = "pact", finding: Finding = Finding.UPHELD
) -> ReleaseReviewed:
    return ReleaseReviewed(
        release=ReleaseId(name),
        item=ItemId(item),
        agreement=AgreementId(under),
        finding=finding,
        reasons=Sealed("it could not wait"),
    )


def signed_off(name: str, line: SignOffLine, request: str = "ask") -> ReleaseSignedOff:
    return ReleaseSignedOff(sign_off=SignOffId(name), request=RequestId(request), line=line)


def dissent(name: str = "no", item: str = "phones", request: str | None = "ask") -> DissentRecorded:
    return DissentRecorded(
        dissent=DissentId(name),
        item=ItemId(item),
        reasons=Sealed("they leak"),
        request=RequestId(request) if request else None,
    )


def dissent_answered(name: str = "no", item: str = "phones") -> DissentAnswered:
    return DissentAnswered(dissent=DissentId(name), item=ItemId(item), answer=Sealed("only below the line"))


def released(
    name: str = "rel", request: str = "ask", item: str = "phones", *, under: str = "pact", unit: str = "siu"
) -> ItemReleased:
    return ItemReleased(
        release=ReleaseId(name),
        request=RequestId(request),
        item=ItemId(item),
        unit=UnitId(unit),
        recipients=(PersonId("rita"),),
        extent=Extent.TEARLINE,
        manner=Manner.COPY,
        agreement=AgreementId(under),
        dossier_sha256="0" * 64,
    )


def disclosed(
    name: str = "told",
    item: str = "phones",
    *,
    unit: str = "siu",
    to: Iterable[str] = ("rita",),
    under: str | None = None,
) -> DisclosureRecorded:
    return DisclosureRecorded(
        release=ReleaseId(name),
        item=ItemId(item),
        unit=UnitId(unit),
        recipients=tuple(PersonId(p) for p in to),
        extent=Extent.EXISTENCE,
        manner=Manner.ORAL,
        decided_by=Sealed("the desk"),
        agreement=AgreementId(under) if under else None,
    )


def compromised(name: str = "leak", item: str = "phones") -> CompromiseReported:
    return CompromiseReported(
        compromise=CompromiseId(name), item=ItemId(item), sure=Sureness.PROBABLE, seen=Sealed("on a radio")
    )


def suspended(unit: str = "siu", compromise: str = "leak", item: str = "phones") -> CooperationSuspended:
    return CooperationSuspended(
        suspension=SuspensionId(f"s-{unit}-{compromise}"),
        unit=UnitId(unit),
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        rule="suspended-on-compromise",
    )


# Worlds


@dataclass
class World:
    """Facts in the order of a ledger, and the rules applied to them."""

    facts: list[Recorded[Fact]] = field(default_factory=list)
    protocols: Mapping[str, Pack] = field(default_factory=lambda: PROTOCOLS)

    def tell(
        self,
        *facts: Fact,
        at: datetime = NOON,
        known: datetime | None = None,
        by: Actor = VIC,
        told: Told | None = None,
    ) -> "World":
        """These facts happened ``at``, and were recorded then too unless ``known`` says when."""
        for one in facts:
            self.facts.append(
                Recorded(
                    position=len(self.facts),
                    ref=f"ref{len(self.facts)}",
                    recorded_at=known or at,
                    happened_at=at,
                    precision=Precision.MINUTE,
                    by=by,
                    told=told,
                    fact=one,
                )
            )
        return self

    @property
    def history(self) -> History:
        return History(tuple(self.facts), len(self.facts))

    def copy(self) -> "World":
        return World(list(self.facts), self.protocols)

    def decide(
        self,
        command: Command,
        *,
        by: Actor = VIC,
        at: datetime | None = None,
        now: datetime = NOON,
        told: Told | None = None,
        nonce: bytes = NONCE,
        precision: Precision = Precision.MINUTE,
    ) -> list[Draft]:
        """What the command makes of this world, seen only through its question and its compartments."""
        act = Act(
            by=by,
            at=at or now,
            now=now,
            nonce=nonce,
            protocols=self.protocols,
            told=told,
            precision=precision,
        )
        if isinstance(command, RestsOnFigures):
            command = command.with_figures(self._figuring(command), now)
        question, known = asked_by(command, History(), by), History()
        while True:
            known = self.read(question, command.opens)
            if isinstance(command, NamesFacts):
                known = known.also(self.named(command.named(known)))
            wider = asked_by(command, known, by)
            if wider == question:
                return command.decide(known, act)
            question = wider

    def _figuring(self, command: RestsOnFigures) -> History:
        question, known = command.asks_figures(History()), History()
        while True:
            known = self.read(question, command.opens)
            wider = command.asks_figures(known) | question
            if wider == question:
                return known
            question = wider

    def named(self, refs: Sequence[str]) -> list[Recorded[Fact]]:
        """The facts under these references, with nothing opened."""
        return [closed(r, frozenset()) for r in self.facts if r.ref in refs]

    def read(self, question: Question, opening: frozenset[Compartment]) -> History:
        found = tuple(
            seen
            for r in self.facts
            if question.matches(type(r.fact).__name__, encode(r.fact).tags)
            for seen in (closed(r, opening),)
        )
        return History(found, len(self.facts))

    def does(
        self,
        command: Command,
        *,
        by: Actor = VIC,
        at: datetime | None = None,
        now: datetime = NOON,
        told: Told | None = None,
        nonce: bytes = NONCE,
    ) -> list[Fact]:
        """Decide, record what was decided, and return it."""
        drafts = self.decide(command, by=by, at=at, now=now, told=told, nonce=nonce)
        for d in drafts:
            self.tell(d.fact, at=d.happened_at, known=now, by=d.by, told=d.told)
        return [d.fact for d in drafts]

    def refuses(
        self,
        command: Command,
        *,
        by: Actor = VIC,
        at: datetime | None = None,
        now: datetime = NOON,
        told: Told | None = None,
        precision: Precision = Precision.MINUTE,
    ) -> str:
        """The rule by which the command is refused; AssertionError when it is not."""
        with pytest.raises(Refused) as refused:
            self.decide(command, by=by, at=at, now=now, told=told, precision=precision)
        assert refused.value.because.en
        assert refused.value.because.es
        return refused.value.rule


def closed(recorded: Recorded[Fact], opening: frozenset[Compartment]) -> Recorded[Fact]:
    """The fact as the ledger hands it to a reader with these compartments."""
    encoded = encode(recorded.fact)
    opened = {n: v for c, part in encoded.sealed.items() if c in opening for n, v in part.items()}
    seen = decode(encoded.kind, encoded.clear, opened)
    return Recorded(
        position=recorded.position,
        ref=recorded.ref,
        recorded_at=recorded.recorded_at,
        happened_at=recorded.happened_at,
        precision=recorded.precision,
        by=recorded.by,
        told=recorded.told,
        fact=seen,
    )


def partners() -> World:
    """Two partners who may work together: a vetted chain rita < sue < tom in unit siu, an agreement, an item.

    On our side ana answers to syl. A tearline version asked for ``rita`` and signed off twice is released.
    """
    world = World()
    world.tell(*[organisation(o) for o in ("own", "partner", "watch")], at=on(-100))
    world.tell(unit("siu"), unit("desk", of="own"), at=on(-100))
    for name in ("rita", "sue", "tom"):
        world.tell(person(name), vetted(name), at=on(-100))
    world.tell(office("rita"), office("sue"), superior("rita", "sue"), superior("sue", "tom"), at=on(-99))
    for one in OWN_STAFF:
        world.tell(person(one.person, of="own"), at=on(-100))
    world.tell(person("max", of="own"), superior("ana", "syl"), superior("syl", "max"), at=on(-99))
    world.tell(unit_vetted(), at=on(-98))
    world.tell(trained("rita"), at=on(-50))
    world.tell(agreement(), at=on(-90))
    world.tell(item(), knowers(), at_risk(), at=on(-1), by=ANA)
    return world
