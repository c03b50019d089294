"""Parties: who may be who, above whom, vetted by whom; and what is refused, by which rule."""

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.history import Told
from tearline.facts.identifiers import AgreementId, AllegationId, CourseId, OrganisationId, PersonId, UnitId
from tearline.facts.parties import (
    AgreementEndorsed,
    AgreementSigned,
    AllegationAssessed,
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
    ProtocolAppliedInHindsight,
    SuperiorNamed,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.folds.agreements import terms_sha256
from tearline.rooms.parties.agreements import ApplyProtocolInHindsight, EndorseAgreement, SignAgreement
from tearline.rooms.parties.persons import (
    DecidePersonVetting,
    EnrolPerson,
    HoldCourse,
    LeaveOffice,
    NameSuperior,
    TakeOffice,
)
from tearline.rooms.parties.units import (
    AssessAllegation,
    DecideUnitVetting,
    FormUnit,
    JudgeJusticeSteps,
    RecordAllegation,
    RegisterOrganisation,
    StandDownUnit,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    CLIO,
    INA,
    LEO,
    NOON,
    PARAMETERS,
    SYL,
    VIC,
    agreement,
    justice,
    left,
    office,
    on,
    organisation,
    partners,
    person,
    superior,
    terms,
    unit,
    unit_vetted,
    vetted,
    violated,
)

TOLD = Told("telling", NOON, "¶17")


def stood_down(name: str = "siu") -> UnitStoodDown:
    return UnitStoodDown(unit=UnitId(name), reasons=Sealed("infiltrated"))


def alleged(name: str = "leaks", of: str = "siu") -> AllegationRecorded:
    return AllegationRecorded(
        allegation=AllegationId(name),
        unit=UnitId(of),
        kind=AllegationKind.LEAK,
        standing=AllegationStanding.OPEN,
        account=Sealed("an officer said so"),
    )


def assessed(name: str = "leaks", of: str = "siu") -> AllegationAssessed:
    return AllegationAssessed(
        allegation=AllegationId(name),
        unit=UnitId(of),
        standing=AllegationStanding.UNFOUNDED,
        reasons=Sealed("nothing found"),
    )


def course(
    name: str = "basics",
    of: str = "siu",
    by: str = "own",
    officers: int = 1,
    named: tuple[str, ...] = ("rita",),
) -> CourseHeld:
    return CourseHeld(
        course=CourseId(name),
        unit=UnitId(of),
        module="Handling",
        instructors=OrganisationId(by),
        officers=officers,
        persons=tuple(PersonId(n) for n in named),
        valid_until=on(100),
    )


def yardstick(name: str = "yardstick", **changed: object) -> ProtocolAppliedInHindsight:
    return ProtocolAppliedInHindsight(
        agreement=agreement(name).agreement, name="A yardstick", terms=terms(**changed)
    )


def pacts(**changed: object) -> AgreementSigned:
    return agreement("new", **changed)


def endorsed(name: str = "pact", sha256: str | None = None) -> AgreementEndorsed:
    return AgreementEndorsed(
        agreement=AgreementId(name), terms_sha256=sha256 or terms_sha256(agreement("pact").terms)
    )


ACCEPTED = [
    Row(
        claim="an allegation against one person",
        order=RecordAllegation(violated(person="sue")),
        by=LEO,
        gives=(AllegationRecorded,),
    ),
    Row(
        claim="steps to justice",
        order=JudgeJusticeSteps(justice()),
        by=INA,
        world=partners().tell(violated(), at=on(-5), by=LEO),
        gives=(JusticeStepsFound,),
    ),
    Row(
        claim="a new organisation",
        order=RegisterOrganisation(organisation("new")),
        gives=(OrganisationRegistered,),
    ),
    Row(claim="a new unit of a known organisation", order=FormUnit(unit("new")), gives=(UnitFormed,)),
    Row(claim="a unit stands down once", order=StandDownUnit(stood_down()), gives=(UnitStoodDown,)),
    Row(
        claim="a unit is exempted, which is an outcome of its own",
        order=DecideUnitVetting(unit_vetted("siu", Outcome.EXEMPT)),
        gives=(UnitVettingDecided,),
    ),
    Row(
        claim="a unit is cleared until a day",
        order=DecideUnitVetting(unit_vetted()),
        gives=(UnitVettingDecided,),
    ),
    Row(
        claim="a liaison officer records what is alleged",
        order=RecordAllegation(alleged()),
        by=LEO,
        gives=(AllegationRecorded,),
    ),
    Row(
        claim="somebody else assesses it",
        order=AssessAllegation(assessed()),
        by=INA,
        world=partners().tell(alleged(), by=LEO),
        gives=(AllegationAssessed,),
    ),
    Row(claim="a new person", order=EnrolPerson(person("new")), gives=(PersonEnrolled,)),
    Row(claim="a person takes an office", order=TakeOffice(office("tom")), gives=(OfficeTaken,)),
    Row(claim="a person leaves the office held", order=LeaveOffice(left("rita")), gives=(OfficeLeft,)),
    Row(
        claim="leaving is recorded late",
        order=LeaveOffice(left("rita")),
        world=partners().tell(office("rita", "desk"), at=on(-2)),
        at=on(-3),
        gives=(OfficeLeft,),
    ),
    Row(claim="a superior is named", order=NameSuperior(superior("rita", "tom")), gives=(SuperiorNamed,)),
    Row(
        claim="a person is cleared until a day",
        order=DecidePersonVetting(vetted("sue")),
        gives=(PersonVettingDecided,),
    ),
    Row(
        claim="an exemption needs no end and is no pass",
        order=DecidePersonVetting(vetted("sue", Outcome.EXEMPT, by="partner")),
        gives=(PersonVettingDecided,),
    ),
    Row(claim="a course with its officers named", order=HoldCourse(course()), gives=(CourseHeld,)),
    Row(
        claim="a course whose officers are only counted",
        order=HoldCourse(course(officers=9, named=())),
        gives=(CourseHeld,),
    ),
    Row(claim="an agreement", order=SignAgreement(pacts()), by=SYL, gives=(AgreementSigned,)),
    Row(
        claim="an endorsement of an agreement by a second person",
        order=EndorseAgreement(endorsed()),
        by=SYL,
        gives=(AgreementEndorsed,),
    ),
    Row(
        claim="a yardstick for a past without an agreement",
        order=ApplyProtocolInHindsight(yardstick(own_signatory=None)),
        by=CLIO,
        told=TOLD,
        gives=(ProtocolAppliedInHindsight,),
    ),
]

REFUSED = [
    Row(claim="endorsing nothing", order=EndorseAgreement(endorsed("none")), by=SYL, refused="known"),
    Row(
        claim="endorsing twice",
        order=EndorseAgreement(endorsed()),
        by=SYL,
        world=partners().tell(endorsed(), by=LEO),
        refused="once",
    ),
    Row(
        claim="endorsing what one recorded oneself",
        order=EndorseAgreement(endorsed("new")),
        by=SYL,
        world=partners().tell(pacts(), by=SYL),
        refused="another-endorses",
    ),
    Row(
        claim="endorsing other terms",
        order=EndorseAgreement(endorsed(sha256="0" * 64)),
        by=SYL,
        refused="these-very-terms",
    ),
    Row(
        claim="endorsing before it was recorded",
        order=EndorseAgreement(endorsed()),
        by=SYL,
        at=on(-95),
        refused="answers-after",
    ),
    Row(
        claim="an allegation against a ghost",
        order=RecordAllegation(violated(person="ghost")),
        by=LEO,
        refused="known",
    ),
    Row(
        claim="steps after no allegation",
        order=JudgeJusticeSteps(justice()),
        by=INA,
        refused="known",
    ),
    Row(
        claim="steps about another unit",
        order=JudgeJusticeSteps(justice(unit="desk")),
        by=INA,
        world=partners().tell(violated(), at=on(-5), by=LEO),
        refused="same-unit",
    ),
    Row(
        claim="steps from before the allegation",
        order=JudgeJusticeSteps(justice()),
        by=INA,
        at=on(-6),
        world=partners().tell(violated(), at=on(-5), by=LEO),
        refused="answers-after",
    ),
    Row(
        claim="steps that were reported to nobody",
        order=JudgeJusticeSteps(justice(told="nobody")),
        by=INA,
        world=partners().tell(violated(), at=on(-5), by=LEO),
        refused="known",
    ),
    Row(claim="an organisation twice", order=RegisterOrganisation(organisation("own")), refused="once"),
    Row(claim="a unit twice", order=FormUnit(unit("siu")), refused="once"),
    Row(claim="a unit of nobody", order=FormUnit(unit("new", of="nobody")), refused="known"),
    Row(claim="an unknown unit stands down", order=StandDownUnit(stood_down("none")), refused="known"),
    Row(
        claim="a unit stands down twice",
        order=StandDownUnit(stood_down()),
        world=partners().tell(stood_down()),
        refused="once",
    ),
    Row(claim="vetting of an unknown unit", order=DecideUnitVetting(unit_vetted("none")), refused="known"),
    Row(
        claim="vetting of a unit by nobody",
        order=DecideUnitVetting(
            UnitVettingDecided(
                unit=UnitId("siu"), outcome=Outcome.FAILED, decided_by=OrganisationId("nobody")
            )
        ),
        refused="known",
    ),
    Row(
        claim="a unit cleared for ever",
        order=DecideUnitVetting(
            UnitVettingDecided(unit=UnitId("siu"), outcome=Outcome.CLEARED, decided_by=OrganisationId("own"))
        ),
        refused="a-pass-ends",
    ),
    Row(
        claim="a unit cleared until the moment of clearing",
        order=DecideUnitVetting(unit_vetted(until=NOON)),
        refused="a-pass-ends",
    ),
    Row(
        claim="an allegation against nobody",
        order=RecordAllegation(alleged(of="none")),
        by=LEO,
        refused="known",
    ),
    Row(
        claim="an allegation twice",
        order=RecordAllegation(alleged()),
        by=LEO,
        world=partners().tell(alleged(), by=LEO),
        refused="once",
    ),
    Row(claim="an unknown allegation assessed", order=AssessAllegation(assessed()), by=INA, refused="known"),
    Row(
        claim="an allegation assessed against another unit",
        order=AssessAllegation(assessed(of="desk")),
        by=INA,
        world=partners().tell(alleged(), by=LEO),
        refused="same-unit",
    ),
    Row(
        claim="an allegation assessed by whoever recorded it",
        order=AssessAllegation(assessed()),
        by=INA,
        world=partners().tell(alleged(), by=INA),
        refused="another-pair-of-eyes",
    ),
    Row(claim="a person twice", order=EnrolPerson(person("rita")), refused="once"),
    Row(claim="a person of nobody", order=EnrolPerson(person("new", of="nobody")), refused="known"),
    Row(claim="a person called as the node", order=EnrolPerson(person("node")), refused="the-nodes-own-name"),
    Row(claim="an office of an unknown person", order=TakeOffice(office("ghost")), refused="known"),
    Row(claim="an office in an unknown unit", order=TakeOffice(office("rita", "none")), refused="known"),
    Row(claim="an unknown person leaves", order=LeaveOffice(left("ghost")), refused="known"),
    Row(
        claim="leaving an office that was never held",
        order=LeaveOffice(left("rita", "desk")),
        refused="holds-the-office",
    ),
    Row(
        claim="leaving before arriving",
        order=LeaveOffice(left("rita")),
        at=on(-99.5),
        refused="holds-the-office",
    ),
    Row(
        claim="leaving twice",
        order=LeaveOffice(left("rita")),
        world=partners().tell(left("rita"), at=on(-1)),
        refused="holds-the-office",
    ),
    Row(
        claim="a superior for an unknown person",
        order=NameSuperior(superior("ghost", "sue")),
        refused="known",
    ),
    Row(claim="an unknown superior", order=NameSuperior(superior("rita", "ghost")), refused="known"),
    Row(claim="one's own superior", order=NameSuperior(superior("rita", "rita")), refused="no-circle"),
    Row(claim="a circle of two", order=NameSuperior(superior("sue", "rita")), refused="no-circle"),
    Row(claim="a circle of three", order=NameSuperior(superior("tom", "rita")), refused="no-circle"),
    Row(
        claim="a circle with a superior of another time",
        order=NameSuperior(superior("sue", "rita")),
        world=partners().tell(person("eva"), superior("rita", "eva"), at=on(-5)),
        refused="no-circle",
    ),
    Row(claim="vetting of an unknown person", order=DecidePersonVetting(vetted("ghost")), refused="known"),
    Row(claim="vetting by nobody", order=DecidePersonVetting(vetted("sue", by="nobody")), refused="known"),
    Row(
        claim="a pass without an end",
        order=DecidePersonVetting(
            PersonVettingDecided(
                person=PersonId("sue"),
                outcome=Outcome.CLEARED,
                decided_by=OrganisationId("own"),
                deciding_office=Sealed("a desk"),
            )
        ),
        refused="a-pass-ends",
    ),
    Row(
        claim="a pass that ended before it began",
        order=DecidePersonVetting(vetted("sue", until=on(-1))),
        refused="a-pass-ends",
    ),
    Row(
        claim="one's own vetting", order=DecidePersonVetting(vetted("vic")), refused="nobody-vets-themselves"
    ),
    Row(claim="a course for an unknown unit", order=HoldCourse(course(of="none")), refused="known"),
    Row(claim="a course by nobody", order=HoldCourse(course(by="nobody")), refused="known"),
    Row(claim="a course for a ghost", order=HoldCourse(course(named=("ghost",))), refused="known"),
    Row(
        claim="a course twice",
        order=HoldCourse(course()),
        world=partners().tell(course()),
        refused="once",
    ),
    Row(
        claim="a course whose figure is padded", order=HoldCourse(course(officers=7)), refused="counted-right"
    ),
    Row(claim="an agreement twice", order=SignAgreement(agreement()), by=SYL, refused="once"),
    Row(
        claim="an agreement under the name of a yardstick",
        order=SignAgreement(agreement("yardstick")),
        by=SYL,
        world=partners().tell(yardstick(), by=CLIO),
        refused="once",
    ),
    Row(
        claim="an agreement with nobody",
        order=SignAgreement(pacts(partner=OrganisationId("nobody"))),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="an agreement that nobody oversees",
        order=SignAgreement(pacts(overseer=OrganisationId("nobody"))),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="an agreement signed by a ghost",
        order=SignAgreement(pacts(own_signatory=PersonId("ghost"))),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="an agreement that the partner did not sign",
        order=SignAgreement(pacts(partner_signatory=None)),
        by=SYL,
        refused="both-sign",
    ),
    Row(
        claim="an agreement that our side did not sign",
        order=SignAgreement(pacts(own_signatory=None)),
        by=SYL,
        refused="both-sign",
    ),
    Row(
        claim="an agreement under an unknown protocol",
        order=SignAgreement(pacts(protocol="handshake/1")),
        by=SYL,
        refused="protocol-known",
    ),
    Row(
        claim="an agreement led by a text that asks neither who the recipients are nor who signed",
        order=SignAgreement(pacts(protocol="first.tlp2/1")),
        by=SYL,
        refused="protocol-leads",
    ),
    Row(
        claim="an agreement under one protocol twice",
        order=SignAgreement(pacts(further=("cross-border/1",))),
        by=SYL,
        refused="protocols-fit",
    ),
    Row(
        claim="an agreement that leaves a parameter out, since none has a default",
        order=SignAgreement(pacts(parameters={k: v for k, v in PARAMETERS.items() if k != "min_knowers"})),
        by=SYL,
        refused="parameters-stated",
    ),
    Row(
        claim="an agreement with a parameter that the protocol does not know",
        order=SignAgreement(pacts(parameters=PARAMETERS | {"colour": "red"})),
        by=SYL,
        refused="parameters-stated",
    ),
    Row(
        claim="an agreement with a parameter of the wrong kind",
        order=SignAgreement(pacts(parameters=PARAMETERS | {"answer_within": "soon"})),
        by=SYL,
        refused="parameters-stated",
    ),
    Row(
        claim="a number that is a truth value",
        order=SignAgreement(pacts(parameters=PARAMETERS | {"sign_offs": True})),
        by=SYL,
        refused="parameters-stated",
    ),
    Row(
        claim="hindsight about the live past",
        order=ApplyProtocolInHindsight(yardstick()),
        by=CLIO,
        refused="hindsight-is-told",
    ),
    Row(
        claim="a yardstick of an unknown protocol",
        order=ApplyProtocolInHindsight(yardstick(protocol="handshake/1")),
        by=CLIO,
        told=TOLD,
        refused="protocol-known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_a_refusal_names_whom_it_is_about() -> None:
    world = partners()
    with pytest.raises(Exception, match="stands under") as refused:
        world.decide(NameSuperior(superior("tom", "rita")), by=VIC)
    assert refused.value.facts == ("tom", "rita")  # type: ignore[attr-defined]  # Refused has them


def test_a_superior_may_be_named_back_and_forth_but_never_into_a_circle() -> None:
    world = partners()
    world.does(EnrolPerson(person("eva")), by=VIC)
    world.does(NameSuperior(superior("rita", "eva")), by=VIC, now=on(1))
    world.does(NameSuperior(superior("rita", "sue")), by=VIC, now=on(2))
    assert world.refuses(NameSuperior(superior("eva", "rita")), by=VIC, now=on(3)) == "no-circle"
