"""Every field of which a rule may speak is made from facts: each stands in a dossier here, as the facts say it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tearline.facts.codec import CLOSED
from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Fact, Sealed
from tearline.facts.identifiers import (
    AgreementId,
    BriefingId,
    FigureId,
    OrganisationId,
    RequestId,
    ValidationId,
)
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    OfficeTaken,
)
from tearline.facts.release import Reach, ReleaseRequested, SignOffLine, Use
from tearline.facts.retention import RecordValidated
from tearline.facts.screening import EuropolCode, OriginatorsAnswer, Standing, Treatment
from tearline.facts.warnings import ThreatHarm, WaiverGround
from tearline.folds.release import request_of
from tearline.protocol import Protocol, read_dossier
from tearline.protocol.dossier import write_dossier
from tearline.protocol.schema import words
from tearline.rooms.release.dossier import assemble
from tearline.rooms.release.requests import DecideRequest
from tearline.rooms.release.verdicts import DECIDING
from tests.rooms.quick import QUICK, hurried, in_haste
from tests.rooms.test_dossier import asked, assembled, below, dossier, nulls, purged
from tests.worlds import (
    ANA,
    HUGO,
    INA,
    LEO,
    NOON,
    PACK,
    REX,
    RITA,
    SOL,
    SYL,
    World,
    answered,
    coded,
    contact_approved,
    dissent,
    dissent_answered,
    expedited,
    item,
    justice,
    office,
    on,
    partners,
    people_warned,
    person,
    plan,
    requested,
    reviewed,
    screened,
    signed_off,
    standing,
    superior,
    threat,
    unit,
    violated,
    waived,
    warned,
    warning_answered,
)

FULL = replace(
    requested("full", "below", under="quickly", expedited=True),
    right_to_know=Sealed("the warrant names them"),
    reach=Reach.ORGANISATION,
    use=Use.PROTECTION,
)


def eventful() -> World:
    """Two partners between whom everything of which a dossier can speak has happened."""
    world = hurried()
    below_phones = replace(
        item("below", tearline_of="phones"), perishes_at=on(9), conditions=Sealed("not to be quoted")
    )
    world.tell(below_phones, at=on(-0.9), by=ANA)
    world.tell(screened("below"), at=on(-0.8), by=ANA)
    world.tell(coded("below", EuropolCode.H1, EuropolCode.H3, text="ask first"), at=on(-0.8), by=LEO)
    validated = RecordValidated(
        validation=ValidationId("v"), item=below_phones.item, reasons=Sealed("needed")
    )
    world.tell(validated, at=on(-0.7), by=REX)
    answer = answered(
        OriginatorsAnswer.CONDITIONS, "below", court=True, requires=(Treatment.PARAPHRASE,), tearline=True
    )
    world.tell(answer, at=on(-0.6), by=LEO)
    world.tell(warned(), standing(Standing.DROPPED, review=on(40), promised=True), at=on(-0.6), by=SOL)
    world.tell(warning_answered(), contact_approved(), at=on(-0.5), by=SYL)
    world.tell(plan(), threat(), threat("knife", harm=ThreatHarm.OTHER, specific=False), at=on(-0.5), by=HUGO)
    world.tell(people_warned(of="shots"), at=on(-0.4), by=HUGO)
    world.tell(waived("knife", ground=WaiverGround.NO_REASONABLE_WAY), at=on(-0.4), by=SYL)
    world.tell(violated(person="sue"), at=on(-20), by=LEO).tell(justice(), at=on(-11), by=INA).tell(
        justice(), at=on(-10), by=RITA
    )
    world.tell(FULL, at=on(-0.3), by=ANA)
    world.tell(dissent(item="below", request="full"), at=on(-0.2), by=ANA)
    world.tell(dissent_answered(item="below"), at=on(-0.1), by=SYL)
    world.tell(signed_off("s", SignOffLine.RELEASING, "full"), at=on(-0.1), by=REX)
    told = OverseerInformed(
        briefing=BriefingId("b"),
        overseer=OrganisationId("watch"),
        text=Sealed("a dissent"),
        request=FULL.request,
    )
    world.tell(told, at=on(-0.1), by=SYL)
    world.tell(figured(), at=on(-0.1), by=ANA)
    return world.tell(expedited("late", under="quickly"), at=on(-3), by=REX)


def figured() -> ExposureFigured:
    return ExposureFigured(
        figure=FigureId("f"),
        request=FULL.request,
        item=FULL.item,
        unit=FULL.unit,
        agreement=AgreementId("quickly"),
        as_of=12,
        model="exposure/1",
        method="cover",
        world_sha256="0" * 64,
        readers=Sealed(3),
        likely=Sealed(0.25),
        low=Sealed(0.125),
        high=Sealed(0.5),
        positives=Sealed(1),
        anonymity=Sealed(4),
    )


def made_of(world: World) -> dict[str, Any]:
    """As the node decides: through the question, under both packs."""
    known = world.read(DecideRequest(FULL.request).question(world.history), DECIDING)
    # Asked again as more becomes known, until the question no longer widens.
    while True:
        wider = world.read(DecideRequest(FULL.request).question(known), DECIDING)
        if len(wider.facts) == len(known.facts):
            break
        known = wider
    recorded = request_of(known, FULL.request)
    assert recorded is not None
    return assemble(known, recorded, NOON, Protocol(packs=(PACK, QUICK)))


def paths(value: object, above: str = "") -> Iterator[str]:
    match value:
        case Mapping():
            for name, inner in value.items():
                path = f"{above}.{name}" if above else str(name)
                yield path
                yield from paths(inner, path)
        case list():
            for inner in value:
                yield from paths(inner, above)


EVENTFUL = made_of(eventful())


@pytest.mark.parametrize("path", sorted(words()))
def test_every_field_of_the_schema_is_assembled_from_facts(path: str) -> None:
    assert path in set(paths(EVENTFUL))


def test_the_dossier_reads_back_and_holds_no_nulls_and_no_words_of_anybody() -> None:
    parameters = Protocol(packs=(PACK, QUICK)).parameters
    plain = write_dossier(EVENTFUL)
    assert read_dossier(plain, file="dossier", parameters=parameters) == EVENTFUL
    assert list(nulls(EVENTFUL)) == []
    for secret in ("warrant", "ask first", "nobody else knows", "a family", "they moved", "a court", "depot"):
        assert secret not in repr(plain)


def test_each_part_says_what_the_facts_say() -> None:
    request = EVENTFUL["request"]
    assert {
        k: request[k] for k in ("right_to_know_stated", "reach", "use", "expedited", "reviews_overdue")
    } == {
        "right_to_know_stated": True,
        "reach": "organisation",
        "use": "protection",
        "expedited": True,
        "reviews_overdue": 1,
    }
    about = EVENTFUL["item"]
    assert (about["tearline_of"], about["perishes_at"], about["conditions_written"]) == (
        "phones",
        on(9),
        True,
    )
    assert about["validated_at"] == on(-0.7)
    assert (about["europol_codes"], about["europol_text_written"]) == (["H1", "H3"], True)
    assert (about["suspicion_stated"], about["control_official"]) == (True, "ana")
    assert EVENTFUL["consent"] == {
        "answer": "conditions",
        "at": on(-0.6),
        "use": "crime",
        "court": True,
        "requires": ["paraphrase"],
        "tearline": True,
    }
    assert {
        k: EVENTFUL["source"][k] for k in ("standing", "review_due", "promised", "approved_by_senior")
    } == {
        "standing": "dropped-for-cause",
        "review_due": on(40),
        "promised": True,
        "approved_by_senior": True,
    }
    assert EVENTFUL["exposure"] == {
        "at": on(-0.1),
        "as_of": 12,
        "readers": 3,
        "p_leak": 0.25,
        "p_leak_low": 0.125,
        "p_leak_high": 0.5,
        "harm": 0.25 * EVENTFUL["protection"]["people_at_risk"],
    }
    assert EVENTFUL["source"]["k"] == 4
    assert EVENTFUL["threats"] == [
        {
            "id": "shots",
            "at": on(-0.5),
            "harm": "killing",
            "credible": True,
            "specific": True,
            "impending": True,
            "warned_at": on(-0.4),
        },
        {
            "id": "knife",
            "at": on(-0.5),
            "harm": "other",
            "credible": True,
            "specific": False,
            "impending": True,
            "waiver": "no-reasonable-way",
            "waived_by": "syl",
            "waived_by_senior": True,
        },
    ]
    assert EVENTFUL["recipient"]["allegations"] == [
        {
            "id": "beating",
            "kind": "gross-violation",
            "at": on(-20),
            "status": "credible",
            "person": "sue",
            "remedied": True,
            "remedy_reported": True,
        }
    ]
    assert [(c["person"], c.get("unit"), c.get("violation")) for c in EVENTFUL["chain"]] == [
        ("rita", "siu", "credible"),
        ("sue", "siu", "credible"),
        ("tom", None, None),
    ]
    assert EVENTFUL["agreement"]["review_within"] == timedelta(hours=12)


# The request


def test_what_was_not_said_of_the_request_is_not_there_or_plainly_no() -> None:
    made = dossier(asked(partners()))["request"]
    assert (made["right_to_know_stated"], made["expedited"], made["reviews_overdue"]) == (False, False, 0)
    assert "reach" not in made
    assert "use" not in made
    assert "reviews_overdue" not in dossier(asked(partners(), requested(under=None)))["request"]


def test_a_right_that_was_purged_is_not_known() -> None:
    stated = replace(requested(), right_to_know=Sealed("a warrant"))
    world = asked(partners(), stated)
    assert assembled(world)["request"]["right_to_know_stated"] is True
    assert "right_to_know_stated" not in assembled(purged(world, ReleaseRequested))["request"]
    recorded = world.facts[-1]
    before = replace(recorded, fact=replace(stated, right_to_know=CLOSED))
    older = World([*world.facts[:-1], before])
    assert "right_to_know_stated" not in assembled(older)["request"], "asked before anybody could say so"


@pytest.mark.parametrize(
    ("review_at", "overdue"), [(None, 1), (on(-1), 0), (on(1), 1)], ids=["none", "held", "after"]
)
def test_reviews_are_overdue_as_of_the_decision(review_at: datetime | None, overdue: int) -> None:
    world = asked(partners().tell(expedited(), at=on(-3), by=REX))
    world.tell(expedited("fresh"), at=on(-0.5), by=REX).tell(expedited("other", under="else"), at=on(-9))
    if review_at is not None:
        world.tell(reviewed(), at=review_at, by=SYL)
    assert dossier(world)["request"]["reviews_overdue"] == overdue


# Threats


def test_a_tearline_version_inherits_the_threats_and_what_came_of_them() -> None:
    world = below(partners().tell(threat(), at=on(-0.5), by=ANA))
    assert [t["id"] for t in dossier(world)["threats"]] == ["shots"]
    assert "warned_at" not in dossier(world)["threats"][0]
    world.tell(people_warned(of="shots"), at=on(-0.2), by=HUGO)
    assert dossier(world)["threats"][0]["warned_at"] == on(-0.2)


def test_people_who_were_warned_on_the_occasion_of_another_item_were_warned() -> None:
    world = asked(partners().tell(threat(), item("other"), at=on(-0.5), by=ANA))
    world.tell(people_warned("n-2", "other", of="shots"), at=on(-0.1), by=HUGO)
    world.tell(people_warned("n-1", "other", of="shots"), at=on(-0.3), by=HUGO)
    decided = DecideRequest(RequestId("ask"))
    known = world.read(decided.question(world.read(decided.question(world.history), DECIDING)), DECIDING)
    recorded = request_of(known, RequestId("ask"))
    assert recorded is not None
    made: Any = assemble(known, recorded, NOON, Protocol(packs=(PACK,)))
    assert made["threats"][0]["warned_at"] == on(-0.3), "the first time counts"


def test_a_warning_of_nothing_in_particular_is_no_warning_of_this_threat() -> None:
    world = asked(partners().tell(threat(), at=on(-0.5), by=ANA).tell(people_warned(), by=HUGO))
    assert "warned_at" not in dossier(world)["threats"][0]


def test_the_latest_waiver_is_the_one_that_is_told() -> None:
    world = asked(partners().tell(threat(), at=on(-0.5), by=ANA))
    world.tell(waived(), at=on(-0.3), by=SYL).tell(
        waived(ground=WaiverGround.NO_REASONABLE_WAY), at=on(-0.2), by=SYL
    )
    assert dossier(world)["threats"][0]["waiver"] == "no-reasonable-way"


# The chain and its units


def seconded(*facts: Fact) -> World:
    """sue commands from another unit, of which these things are said."""
    world = partners().tell(unit("brigade"), at=on(-60))
    world.tell(office("sue", "brigade"), at=on(-50))
    found = [fact for fact in facts if isinstance(fact, AllegationAssessed)]
    return asked(world.tell(*facts, at=on(-10), by=LEO).tell(*found, at=on(-10), by=INA))


def violations(world: World) -> list[tuple[Any, ...]]:
    return [(c["person"], c.get("unit"), c.get("violation")) for c in dossier(world)["chain"]]


ABUSE = violated("raid", "brigade")


@pytest.mark.parametrize(
    ("facts", "violation"),
    [
        ((), "none"),
        ((ABUSE,), "credible"),
        ((replace(ABUSE, kind=AllegationKind.LEAK),), "none"),
        ((replace(ABUSE, standing=AllegationStanding.UNFOUNDED),), "none"),
        ((replace(ABUSE, standing=AllegationStanding.OPEN),), "open"),
        ((ABUSE, violated("two", "brigade", AllegationStanding.SUBSTANTIATED)), "substantiated"),
        (
            (
                ABUSE,
                AllegationAssessed(
                    allegation=ABUSE.allegation,
                    unit=ABUSE.unit,
                    standing=AllegationStanding.UNFOUNDED,
                    reasons=Sealed("it was another unit"),
                ),
            ),
            "none",
        ),
    ],
    ids=["nothing", "credible", "a-leak", "unfounded", "open", "the-worst", "found-unfounded"],
)
def test_what_is_alleged_of_a_superiors_unit_stands_beside_them(
    facts: tuple[Fact, ...], violation: str
) -> None:
    """Read through the question: what is alleged of units in the chain is in the boundary of the decision."""
    assert violations(seconded(*facts)) == [
        ("rita", "siu", "none"),
        ("sue", "brigade", violation),
        ("tom", None, None),
    ]


def test_the_question_reaches_the_units_of_the_chain_and_no_further() -> None:
    world = seconded(ABUSE).tell(unit("far"), person("eva"), office("eva", "far"), at=on(-60))
    world.tell(violated("elsewhere", "far"), superior("tom", "eva"), at=on(-60), by=LEO)
    world.tell(unit("desk-2", of="own"), at=on(-60)).tell(office("ana", "desk-2"), at=on(-50))
    world.tell(violated("ours", "desk-2"), dissent(request=None), at=on(-0.5), by=ANA)
    command = DecideRequest(RequestId("ask"))
    known = world.read(command.question(world.history), DECIDING)
    reached = {r.fact.allegation for r in known.of(AllegationRecorded)}
    assert "raid" in reached
    assert "ours" not in reached, "a dissenter's unit has no part in it"
    assert {r.fact.unit for r in known.of(OfficeTaken)} >= {"brigade", "siu"}


VALIDATED = RecordValidated(validation=ValidationId("v"), item=item().item, reasons=Sealed("still needed"))


@pytest.mark.parametrize(
    "fact",
    [
        screened(),
        coded("phones", EuropolCode.H2),
        answered(),
        standing(),
        contact_approved(),
        threat(),
        waived(),
        people_warned(),
        people_warned(item="other", of="shots"),
        waived(item="other"),
        VALIDATED,
        ABUSE,
        replace(ABUSE, unit=unit("siu").unit),
        justice(),
        expedited(),
        reviewed(),
        screened("root"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_whatever_can_change_a_dossier_is_in_the_boundary_of_the_decision(fact: Fact) -> None:
    """So a decision beside it is made again: the ledger refuses what was decided without it."""
    base = partners().tell(unit("brigade"), item("root"), item("phones-2", tearline_of="root"), at=on(-60))
    base.tell(office("sue", "brigade"), threat(), at=on(-50), by=LEO)
    base.tell(requested(item="phones-2" if "root" in repr(fact) else "phones"), by=ANA)
    question = DecideRequest(RequestId("ask")).question(base.history)
    assert len(World().tell(fact).read(question, frozenset()).facts) == 1


@pytest.mark.parametrize(
    ("found", "remedied", "reported"),
    [
        ((), False, False),
        ((justice(),), True, True),
        ((justice(told=None),), True, False),
        ((justice(told="partner"),), True, False),
        ((justice(), justice(effective=False)), False, True),
        ((justice(effective=False), justice()), True, True),
    ],
    ids=["none", "effective", "not-reported", "reported-elsewhere", "no-longer", "at-last"],
)
def test_steps_to_justice_count_as_they_were_found_last(
    found: tuple[Fact, ...], *, remedied: bool, reported: bool
) -> None:
    world = partners().tell(violated(), at=on(-20), by=LEO)
    for n, one in enumerate(found):
        world.tell(one, at=on(-10 + n), by=INA).tell(one, at=on(-10 + n), by=RITA)
    (one,) = dossier(asked(world))["recipient"]["allegations"]
    assert (one["remedied"], one["remedy_reported"]) == (remedied, reported)


def test_in_haste_is_said_by_the_request() -> None:
    world = hurried().tell(in_haste(), by=ANA)
    assert dossier(world, "fast")["request"]["expedited"] is True
