"""Investigations: by whom they name, with evidence that somebody holds, and a finding that two people make."""

from dataclasses import replace
from datetime import datetime

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.history import Recorded, Role
from tearline.facts.identifiers import CompromiseId, PersonId
from tearline.facts.investigation import (
    AllegationWeighed,
    Channel,
    CustodyPassed,
    DecisionTimeDeclared,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    HypothesisStated,
    InterviewHeld,
    InvestigationWidened,
)
from tearline.facts.release import SignOffLine
from tearline.folds.investigations import investigation_of
from tearline.rooms import Command
from tearline.rooms.leaks.evidence import PassCustody, TakeEvidence, WeighEvidence
from tearline.rooms.leaks.findings import ConfirmFinding, ProposeFinding
from tearline.rooms.leaks.inquiring import (
    DeclareDecisionTime,
    RecordInterview,
    StateHypothesis,
    WeighAllegation,
    WidenInvestigation,
)
from tests.inquiries import (
    INQUIRY,
    allegation_weighed,
    copied,
    decides,
    evidence,
    hypothesis,
    inquiry,
    interview,
    made,
    passed,
    proposed,
    weighed,
    widened,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    HUGO,
    INA,
    LEO,
    OTTO,
    REX,
    SYL,
    World,
    acting,
    compromised,
    disclosed,
    on,
    partners,
    person,
    released,
    requested,
    signed_off,
    violated,
)

IRIS = acting("iris", Role.INVESTIGATOR)
SUBSTANTIATED, NOT_SUBSTANTIATED = FindingOutcome.SUBSTANTIATED, FindingOutcome.NOT_SUBSTANTIATED


def opened() -> World:
    """Released by rex to rita on day 0; leaked on day 1; ina and iris look into it from day 2."""
    world = partners().tell(person("iris", of="own"), person("driver", of="partner"), at=on(-99))
    world.tell(requested(), by=ANA).tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
    world.tell(released(), copied(), by=REX)
    world.tell(compromised(), at=on(1), by=HUGO)
    return world.tell(inquiry("ina", "iris"), at=on(2), by=SYL)


def closed() -> World:
    return opened().tell(proposed(), by=INA, at=on(3)).tell(made(), by=OTTO, at=on(4))


def competing(*kinds: EvidenceKind, ratio: float = 50.0) -> World:
    """Hypotheses of nobody known, of the unit, its copy and sue; evidence of each of these kinds for the last three."""
    world = opened().tell(hypothesis(), by=INA, at=on(3))
    world.tell(hypothesis("of-siu", Channel.UNIT, of="siu"), by=INA, at=on(3))
    world.tell(hypothesis("of-copy", Channel.COPY, of="copy"), by=INA, at=on(3))
    world.tell(hypothesis("of-sue", Channel.PERSON, of="sue"), by=INA, at=on(3))
    for kind in kinds:
        world.tell(evidence(f"e-{kind.value}", kind), by=INA, at=on(4))
        for n, of in enumerate(("of-siu", "of-copy", "of-sue")):
            name = f"w-{kind.value}-{n}"
            world.tell(weighed(name, f"e-{kind.value}", of, ratio), by=INA, at=on(5))
    return world


def may_name(*kinds: EvidenceKind, at: datetime = on(10)) -> World:  # noqa: B008  a time never changes
    """The same, with a time of decision declared beforehand."""
    return competing(*kinds).tell(decides(at), by=INA, at=on(4))


LATER = on(11)
AGAINST_SUE = proposed(outcome=SUBSTANTIATED, units=("siu",), person="sue")
RECORDS, TRACE = EvidenceKind.RECORDS, EvidenceKind.MARK_TRACE

ACCEPTED = [
    Row(
        claim="an investigation is widened",
        order=WidenInvestigation(widened("driver")),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(InvestigationWidened,),
    ),
    Row(
        claim="the time of a decision is declared",
        order=DeclareDecisionTime(decides(on(10))),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(DecisionTimeDeclared,),
    ),
    Row(
        claim="that the channel is unknown is a hypothesis",
        order=StateHypothesis(hypothesis()),
        by=IRIS,
        world=opened(),
        now=on(3),
        gives=(HypothesisStated,),
    ),
    Row(
        claim="a hypothesis about the source's side, first of all",
        order=StateHypothesis(hypothesis("theirs", Channel.SOURCE_SIDE)),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(HypothesisStated,),
    ),
    Row(
        claim="a hypothesis about a person, once it is one of two",
        order=StateHypothesis(hypothesis("of-sue", Channel.PERSON, of="sue")),
        by=INA,
        world=opened().tell(hypothesis(), at=on(3), by=INA),
        now=on(4),
        gives=(HypothesisStated,),
    ),
    Row(
        claim="evidence from before the opening",
        order=TakeEvidence(evidence()),
        by=INA,
        world=opened(),
        at=on(1),
        now=on(3),
        gives=(EvidenceTaken,),
    ),
    Row(
        claim="who took it passes it on",
        order=PassCustody(passed("ina", "hugo")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        gives=(CustodyPassed,),
    ),
    Row(
        claim="who got it passes it on, after the finding too",
        order=PassCustody(passed("hugo", "leo")),
        by=HUGO,
        world=closed().tell(evidence(), at=on(3), by=INA).tell(passed("ina", "hugo"), at=on(4), by=INA),
        now=on(9),
        gives=(CustodyPassed,),
    ),
    Row(
        claim="evidence is weighed",
        order=WeighEvidence(weighed()),
        by=IRIS,
        world=opened().tell(hypothesis(), evidence(), at=on(3), by=INA),
        now=on(4),
        gives=(EvidenceWeighed,),
    ),
    Row(
        claim="evidence for the alternative is weighed as well",
        order=WeighEvidence(weighed(ratio=0.02)),
        by=IRIS,
        world=opened().tell(hypothesis(), evidence(), at=on(3), by=INA),
        now=on(4),
        gives=(EvidenceWeighed,),
    ),
    Row(
        claim="somebody is heard",
        order=RecordInterview(interview()),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(InterviewHeld,),
    ),
    Row(
        claim="somebody was not told their rights, and that is on record",
        order=RecordInterview(replace(interview(), rights_told=False)),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(InterviewHeld,),
    ),
    Row(
        claim="an allegation is weighed by its factors",
        order=WeighAllegation(allegation_weighed()),
        by=INA,
        world=opened().tell(violated(), at=on(2)),
        now=on(3),
        gives=(AllegationWeighed,),
    ),
    Row(
        claim="that the channel is unknown is proposed with no evidence at all",
        order=ProposeFinding(proposed()),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(FindingProposed,),
    ),
    Row(
        claim="that nothing stands against a person needs no gate",
        order=ProposeFinding(proposed(outcome=NOT_SUBSTANTIATED, units=("siu",), person="sue")),
        by=INA,
        world=opened(),
        now=on(3),
        gives=(FindingProposed,),
    ),
    Row(
        claim="against a unit on records, without a declared time",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, units=("siu",))),
        by=INA,
        world=competing(RECORDS),
        now=on(6),
        gives=(FindingProposed,),
    ),
    Row(
        claim="against a copy on its mark",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, copy="copy", units=("siu",))),
        by=INA,
        world=competing(TRACE),
        now=on(6),
        gives=(FindingProposed,),
    ),
    Row(
        claim="against a person on a mark, once the declared time has come",
        order=ProposeFinding(AGAINST_SUE),
        by=INA,
        world=may_name(TRACE),
        now=LATER,
        gives=(FindingProposed,),
    ),
    Row(
        claim="against a person to whom it was widened",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, person="driver")),
        by=INA,
        world=may_name()
        .tell(widened("driver"), at=on(4), by=INA)
        .tell(hypothesis("of-driver", Channel.PERSON, of="driver"), evidence(), at=on(5), by=INA)
        .tell(weighed(on="of-driver"), at=on(6), by=INA),
        now=LATER,
        gives=(FindingProposed,),
    ),
    Row(
        claim="another person confirms",
        order=ConfirmFinding(made()),
        by=OTTO,
        world=opened().tell(proposed(), at=on(3), by=INA),
        now=on(4),
        gives=(FindingMade,),
    ),
    Row(
        claim="the other investigator confirms against a person",
        order=ConfirmFinding(made(outcome=SUBSTANTIATED, units=("siu",), person="sue")),
        by=IRIS,
        world=may_name(RECORDS).tell(AGAINST_SUE, at=LATER, by=INA),
        now=on(12),
        gives=(FindingMade,),
    ),
]


def _stranger(claim: str, order: Command, world: World | None = None) -> list[Row]:
    """Refused to who is not named, to a named one who turned out to have a part, in none, and once it is closed."""
    world = world or opened()
    had_a_part = world.copy().tell(disclosed(to=("ina",)), at=on(3), by=HUGO)
    found = world.copy().tell(proposed(), by=INA, at=on(7)).tell(made(), by=OTTO, at=on(8))
    hugo = acting("hugo", Role.INVESTIGATOR)
    rows = [
        ("by whom it does not name", hugo, world, "named-investigator"),
        ("by a named one who turned out to have received it", INA, had_a_part, "no-part-in-it"),
        ("once a finding was made", INA, found, "investigation-open"),
        ("where none was opened", INA, partners().tell(compromised(), at=on(1)), "known"),
    ]
    return [
        Row(
            claim=f"{claim} {how}",
            order=order,
            by=by,
            world=where,
            now=on(9),
            refused=rule,
        )
        for how, by, where, rule in rows
    ]


WITH_EVIDENCE = opened().tell(hypothesis(), evidence(), at=on(3), by=INA)

REFUSED = [
    *_stranger("widening", WidenInvestigation(widened("driver"))),
    *_stranger("declaring a time", DeclareDecisionTime(decides(on(20)))),
    *_stranger("stating a hypothesis", StateHypothesis(hypothesis())),
    *_stranger("taking evidence", TakeEvidence(evidence())),
    *_stranger("weighing", WeighEvidence(weighed()), world=WITH_EVIDENCE),
    *_stranger("hearing somebody", RecordInterview(interview())),
    *_stranger("weighing an allegation", WeighAllegation(allegation_weighed())),
    *_stranger("proposing", ProposeFinding(proposed("another"))),
    Row(
        claim="widening to nobody",
        order=WidenInvestigation(widened()),
        by=INA,
        world=opened(),
        now=on(3),
        refused="widened-to-somebody",
    ),
    Row(
        claim="widening to a ghost",
        order=WidenInvestigation(widened("ghost")),
        by=INA,
        world=opened(),
        now=on(3),
        refused="known",
    ),
    Row(
        claim="a second time of decision",
        order=DeclareDecisionTime(decides(on(20))),
        by=INA,
        world=opened().tell(decides(on(10)), at=on(3), by=INA),
        now=on(4),
        refused="decides-once",
    ),
    Row(
        claim="a time of decision that has come already",
        order=DeclareDecisionTime(decides(on(3))),
        by=INA,
        world=opened(),
        now=on(3),
        refused="declared-beforehand",
    ),
    Row(
        claim="a person as the only hypothesis",
        order=StateHypothesis(hypothesis("of-sue", Channel.PERSON, of="sue")),
        by=INA,
        world=opened().tell(hypothesis("of-siu", Channel.UNIT, of="siu"), at=on(3), by=INA),
        now=on(4),
        refused="never-one-name-alone",
    ),
    Row(
        claim="a hypothesis about a unit that says no unit",
        order=StateHypothesis(hypothesis("of-siu", Channel.UNIT)),
        by=INA,
        world=opened(),
        now=on(3),
        refused="says-which",
    ),
    Row(
        claim="a hypothesis about a unit that names a person by the way",
        order=StateHypothesis(
            replace(hypothesis("of-siu", Channel.UNIT, of="siu"), person=Sealed(PersonId("sue")))
        ),
        by=INA,
        world=opened(),
        now=on(3),
        refused="says-which",
    ),
    Row(
        claim="a hypothesis about nobody known that names a person by the way",
        order=StateHypothesis(replace(hypothesis(), person=Sealed(PersonId("sue")))),
        by=INA,
        world=opened(),
        now=on(3),
        refused="says-which",
    ),
    *[
        Row(
            claim=f"a hypothesis about a {channel.value} that is not there",
            order=StateHypothesis(hypothesis("of-none", channel, of="none")),
            by=INA,
            world=opened().tell(hypothesis(), at=on(3), by=INA),
            now=on(4),
            refused="known",
        )
        for channel in (Channel.COPY, Channel.UNIT, Channel.PERSON)
    ],
    Row(
        claim="a hypothesis twice",
        order=StateHypothesis(hypothesis()),
        by=INA,
        world=opened().tell(hypothesis(), at=on(3), by=INA),
        now=on(4),
        refused="once",
    ),
    Row(
        claim="evidence whose file has no hash",
        order=TakeEvidence(evidence(sha256="the log")),
        by=INA,
        world=opened(),
        now=on(3),
        refused="a-hash",
    ),
    Row(
        claim="evidence twice",
        order=TakeEvidence(evidence()),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="once",
    ),
    Row(
        claim="passed on by whoever does not hold it",
        order=PassCustody(passed("hugo", "leo")),
        by=HUGO,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="who-holds-it",
    ),
    Row(
        claim="passed on in another's name",
        order=PassCustody(passed("ina", "leo")),
        by=HUGO,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="who-holds-it",
    ),
    Row(
        claim="passed on by who held it once",
        order=PassCustody(passed("ina", "leo")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA).tell(passed("ina", "hugo"), at=on(4), by=INA),
        now=on(5),
        refused="who-holds-it",
    ),
    Row(
        claim="passed to oneself",
        order=PassCustody(passed("ina", "ina")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="to-another",
    ),
    Row(
        claim="passed to a ghost",
        order=PassCustody(passed("ina", "ghost")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="known",
    ),
    Row(
        claim="passed to who made the release",
        order=PassCustody(passed("ina", "rex")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        now=on(4),
        refused="no-part-in-it",
    ),
    Row(
        claim="passed on before it was taken",
        order=PassCustody(passed("ina", "hugo")),
        by=INA,
        world=opened().tell(evidence(), at=on(3), by=INA),
        at=on(2.5),
        now=on(4),
        refused="chain-in-order",
    ),
    Row(
        claim="passed on before it came to who holds it",
        order=PassCustody(passed("hugo", "leo")),
        by=HUGO,
        world=opened().tell(evidence(), at=on(3), by=INA).tell(passed("ina", "hugo"), at=on(5), by=INA),
        at=on(4),
        now=on(6),
        refused="chain-in-order",
    ),
    Row(
        claim="what was never taken is passed on",
        order=PassCustody(passed("ina", "hugo")),
        by=INA,
        world=opened(),
        now=on(4),
        refused="known",
    ),
    Row(
        claim="evidence of no investigation is passed on",
        order=PassCustody(passed("ina", "hugo")),
        by=INA,
        refused="known",
    ),
    Row(
        claim="what was never taken is weighed",
        order=WeighEvidence(weighed(of="none")),
        by=INA,
        world=WITH_EVIDENCE,
        now=on(4),
        refused="known",
    ),
    Row(
        claim="weighed for a hypothesis that nobody stated",
        order=WeighEvidence(weighed(on="none")),
        by=INA,
        world=WITH_EVIDENCE,
        now=on(4),
        refused="known",
    ),
    Row(
        claim="a likelihood ratio of nothing",
        order=WeighEvidence(weighed(ratio=0.0)),
        by=INA,
        world=WITH_EVIDENCE,
        now=on(4),
        refused="ratio-above-zero",
    ),
    Row(
        claim="weighed twice under one name",
        order=WeighEvidence(weighed()),
        by=INA,
        world=WITH_EVIDENCE.copy().tell(weighed(), at=on(4), by=INA),
        now=on(5),
        refused="once",
    ),
    Row(
        claim="heard twice under one name",
        order=RecordInterview(interview()),
        by=INA,
        world=opened().tell(interview(), at=on(3), by=INA),
        now=on(4),
        refused="once",
    ),
    Row(
        claim="a record of an interview without a hash",
        order=RecordInterview(interview(sha256="minutes")),
        by=INA,
        world=opened(),
        now=on(3),
        refused="a-hash",
    ),
    Row(
        claim="an allegation that nobody made",
        order=WeighAllegation(allegation_weighed("none")),
        by=INA,
        world=opened(),
        now=on(3),
        refused="known",
    ),
    # findings
    Row(
        claim="a finding twice",
        order=ProposeFinding(proposed()),
        by=INA,
        world=opened().tell(proposed(), at=on(3), by=INA),
        now=on(4),
        refused="once",
    ),
    Row(
        claim="a finding on another leak",
        order=ProposeFinding(proposed(compromise="second")),
        by=INA,
        world=opened().tell(compromised("second"), at=on(2), by=HUGO),
        now=on(3),
        refused="same-leak",
    ),
    Row(
        claim="a finding about another item",
        order=ProposeFinding(proposed(item="other")),
        by=INA,
        world=opened(),
        now=on(3),
        refused="same-item",
    ),
    Row(
        claim="an unknown channel, and a name",
        order=ProposeFinding(proposed(person="sue", units=("siu",))),
        by=INA,
        world=opened(),
        now=on(3),
        refused="unknown-names-nobody",
    ),
    Row(
        claim="substantiated, against nothing",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED)),
        by=INA,
        world=competing(RECORDS),
        now=on(6),
        refused="says-against-what",
    ),
    *[
        Row(
            claim=f"a finding about a {name} that is not there",
            order=ProposeFinding(about_none),
            by=INA,
            world=competing(RECORDS),
            now=on(6),
            refused="known",
        )
        for name, about_none in (
            ("copy", proposed(outcome=SUBSTANTIATED, copy="none", units=("siu",))),
            ("unit", proposed(outcome=SUBSTANTIATED, units=("none",))),
            ("person", proposed(outcome=SUBSTANTIATED, person="ghost")),
        )
    ],
    Row(
        claim="a person who could not have known, for all that is on record",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, person="driver")),
        by=INA,
        world=may_name(RECORDS),
        now=LATER,
        refused="within-the-remit",
    ),
    Row(
        claim="a superior without the unit that leads to them: its suspension could be lifted over it",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, person="sue")),
        by=INA,
        world=may_name(RECORDS),
        now=LATER,
        refused="names-their-units",
    ),
    Row(
        claim="a copy without its unit",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, copy="copy")),
        by=INA,
        world=competing(TRACE),
        now=on(6),
        refused="names-their-units",
    ),
    Row(
        claim="substantiated with no hypothesis that the channel is unknown",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, units=("siu",))),
        by=INA,
        world=opened()
        .tell(hypothesis("of-siu", Channel.UNIT, of="siu"), evidence(), at=on(3), by=INA)
        .tell(hypothesis("theirs", Channel.SOURCE_SIDE), at=on(3), by=INA)
        .tell(weighed(on="of-siu"), at=on(4), by=INA),
        now=on(5),
        refused="competing-hypotheses",
    ),
    Row(
        claim="substantiated on one hypothesis alone",
        order=ProposeFinding(proposed(outcome=SUBSTANTIATED, units=("siu",))),
        by=INA,
        world=opened().tell(hypothesis(), evidence(), at=on(3), by=INA).tell(weighed(), at=on(4), by=INA),
        now=on(5),
        refused="competing-hypotheses",
    ),
    *[
        Row(
            claim=f"a {about_what} on {why}",
            order=ProposeFinding(finding),
            by=INA,
            world=world.tell(decides(on(10)), at=on(4), by=INA),
            now=LATER,
            refused="more-than-a-posterior",
        )
        for about_what, finding in (
            ("person", AGAINST_SUE),
            ("copy", proposed(outcome=SUBSTANTIATED, copy="copy", units=("siu",))),
            ("unit", proposed(outcome=SUBSTANTIATED, units=("siu",))),
        )
        for why, world in (
            ("nothing", competing()),
            ("a figure of the model alone", competing(EvidenceKind.MODEL)),
            ("a mark below its gate", competing(EvidenceKind.MARK_BELOW_GATE)),
            ("evidence that supports the alternative", competing(RECORDS, ratio=0.5)),
            ("evidence that supports neither", competing(RECORDS, ratio=1.0)),
        )
    ],
    Row(
        claim="a person on evidence that speaks of the unit",
        order=ProposeFinding(AGAINST_SUE),
        by=INA,
        world=opened()
        .tell(hypothesis(), at=on(3), by=INA)
        .tell(hypothesis("of-siu", Channel.UNIT, of="siu"), evidence(), at=on(3), by=INA)
        .tell(hypothesis("of-sue", Channel.PERSON, of="sue"), at=on(3), by=INA)
        .tell(weighed(on="of-siu"), decides(on(10)), at=on(4), by=INA),
        now=LATER,
        refused="more-than-a-posterior",
    ),
    Row(
        claim="a person, with no time declared",
        order=ProposeFinding(AGAINST_SUE),
        by=INA,
        world=competing(RECORDS),
        now=LATER,
        refused="declared-time",
    ),
    Row(
        claim="a person before the declared time",
        order=ProposeFinding(AGAINST_SUE),
        by=INA,
        world=may_name(RECORDS, at=on(20)),
        now=LATER,
        refused="declared-time",
    ),
    Row(
        claim="a person, said to have been found before the declared time",
        order=ProposeFinding(AGAINST_SUE),
        by=INA,
        world=may_name(RECORDS),
        at=on(9),
        now=LATER,
        refused="declared-time",
    ),
    # by two people
    Row(
        claim="confirming what nobody proposed",
        order=ConfirmFinding(made()),
        by=OTTO,
        world=opened(),
        now=on(4),
        refused="known",
    ),
    Row(
        claim="confirming one's own",
        order=ConfirmFinding(made()),
        by=INA,
        world=opened().tell(proposed(), at=on(3), by=INA),
        now=on(4),
        refused="another-person",
    ),
    *[
        Row(
            claim=f"confirming by whoever {did}",
            order=ConfirmFinding(made()),
            by=acting(who, Role.OVERSEER),
            world=opened().tell(proposed(), at=on(3), by=INA),
            now=on(4),
            refused="no-part-in-it",
        )
        for who, did in (("rex", "made the release"), ("ana", "asked for it"), ("rita", "received it"))
    ],
    Row(
        claim="confirming what somebody proposed who turned out to have a part",
        order=ConfirmFinding(made()),
        by=OTTO,
        world=opened().tell(proposed(), at=on(3), by=INA).tell(disclosed(to=("ina",)), at=on(3.5), by=HUGO),
        now=on(4),
        refused="no-part-in-it",
    ),
    Row(
        claim="confirming another outcome",
        order=ConfirmFinding(made(outcome=NOT_SUBSTANTIATED)),
        by=OTTO,
        world=opened().tell(proposed(), at=on(3), by=INA),
        now=on(4),
        refused="as-proposed",
    ),
    Row(
        claim="confirming before it was proposed",
        order=ConfirmFinding(made()),
        by=OTTO,
        world=opened().tell(proposed(), at=on(3), by=INA),
        at=on(2.5),
        now=on(4),
        refused="answers-after",
    ),
    Row(
        claim="confirming once more",
        order=ConfirmFinding(made()),
        by=OTTO,
        world=closed(),
        now=on(5),
        refused="investigation-open",
    ),
    Row(
        claim="proposing about oneself",
        order=ProposeFinding(proposed(outcome=NOT_SUBSTANTIATED, person="iris")),
        by=IRIS,
        world=opened().tell(widened("iris"), at=on(3), by=INA),
        now=on(4),
        refused="not-the-named",
    ),
    Row(
        claim="confirming by who is named",
        order=ConfirmFinding(made(outcome=NOT_SUBSTANTIATED, person="leo")),
        by=acting("leo", Role.OVERSEER),
        world=opened()
        .tell(widened("leo"), at=on(3), by=INA)
        .tell(proposed(outcome=NOT_SUBSTANTIATED, person="leo"), at=on(4), by=INA),
        now=on(5),
        refused="not-the-named",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_the_refusal_of_an_accusation_says_what_it_would_take() -> None:
    world = may_name(EvidenceKind.MODEL)
    with pytest.raises(Refused) as refused:
        world.decide(ProposeFinding(AGAINST_SUE), by=INA, now=LATER)
    assert "exposure model never accuses" in refused.value.because.en
    assert "nunca acusa" in refused.value.because.es


def test_whoever_holds_evidence_is_known_at_every_step() -> None:
    world = opened().tell(evidence(), at=on(3), by=INA)
    world.does(PassCustody(passed("ina", "hugo")), by=INA, now=on(4))
    world.does(PassCustody(passed("hugo", "leo")), by=HUGO, now=on(5))
    world.does(PassCustody(passed("leo", "iris")), by=LEO, now=on(6))
    found = investigation_of(world.history, INQUIRY)
    assert found is not None
    assert found.custody == {"log": ("ina", "hugo", "leo", "iris")}


def purged(world: World, kind: type[Fact], field: str) -> World:
    """The same with this field of these facts destroyed."""

    def without(r: Recorded[Fact]) -> Recorded[Fact]:
        if not isinstance(r.fact, kind):
            return r
        return replace(r, fact=replace(r.fact, **{field: Sealed(None, Seal.PURGED)}))  # type: ignore[type-var]

    return World([without(r) for r in world.facts], world.protocols)


@pytest.mark.parametrize(
    ("kind", "field"), [(EvidenceWeighed, "likelihood_ratio"), (HypothesisStated, "person")]
)
def test_what_was_purged_bears_no_accusation(kind: type[Fact], field: str) -> None:
    world = may_name(RECORDS)
    found = investigation_of(world.history, INQUIRY)
    assert found is not None
    assert found.bears(AGAINST_SUE)
    gone = investigation_of(purged(world, kind, field).history, INQUIRY)
    assert gone is not None
    assert not gone.bears(AGAINST_SUE)


def test_a_second_investigation_into_the_same_leak_starts_with_nothing() -> None:
    world = may_name(RECORDS).tell(inquiry("iris", name="again"), at=on(6), by=SYL)
    again = investigation_of(world.history, inquiry(name="again").investigation)
    assert again is not None
    assert again.hypotheses == []
    assert again.evidence == []
    assert again.open
    assert again.opened.fact.compromise == CompromiseId("leak")
