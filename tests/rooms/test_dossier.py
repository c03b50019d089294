"""The dossier: what a rule may speak of, assembled from what was known. What nobody recorded is absent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.codec import PURGED
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Recorded
from tearline.facts.identifiers import BriefingId, ItemId, OrganisationId, PersonId, RequestId, UnitId
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import Outcome, PersonVettingDecided, SuperiorNamed, UnitVettingDecided
from tearline.facts.release import (
    ItemRegistered,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ReleaseRequested,
    SignOffLine,
)
from tearline.facts.shape import record_of
from tearline.folds.release import request_of
from tearline.protocol import Protocol, read_dossier
from tearline.protocol.dossier import write_dossier
from tearline.rooms.release.dossier import assemble
from tearline.rooms.release.requests import DecideRequest
from tearline.rooms.release.verdicts import DECIDING
from tests.rooms.test_release import ready
from tests.worlds import (
    ANA,
    HUGO,
    NOON,
    PACK,
    REX,
    SYL,
    World,
    at_risk,
    compromised,
    dissent,
    dissent_answered,
    item,
    knowers,
    office,
    on,
    organisation,
    partners,
    person,
    plan,
    requested,
    signed_off,
    superior,
    suspended,
    trained,
    unit,
    unit_vetted,
    vetted,
    warned,
    warning_answered,
)

Dossier = dict[str, Any]
ASK = RequestId("ask")


def dossier(world: World, request: str = "ask", now: datetime = NOON) -> Dossier:
    """Seen as the node sees it: through the question, with the compartments that deciding opens."""
    command = DecideRequest(RequestId(request))
    known = world.read(command.question(world.history), DECIDING)
    asked = request_of(known, RequestId(request))
    assert asked is not None
    return assemble(known, asked, now, Protocol(packs=(PACK,)))


def asked(world: World, one: ReleaseRequested | None = None) -> World:
    return world.tell(one or requested(), by=ANA)


def nulls(value: object) -> Iterator[None]:
    match value:
        case None:
            yield None
        case Mapping():
            for inner in value.values():
                yield from nulls(inner)
        case str():
            pass
        case Sequence():
            for inner in value:
                yield from nulls(inner)


# Missing is absent


OPTIONAL = [r for r in partners().facts if not isinstance(r.fact, ItemRegistered)]


@settings(max_examples=120)
@given(st.sets(st.sampled_from(range(len(OPTIONAL)))))
def test_a_missing_fact_is_an_absent_key_and_never_a_null(gone: set[int]) -> None:
    """Whatever was never recorded, the dossier reads back as the protocol's schema has it."""
    left: list[Recorded[Fact]] = [r for n, r in enumerate(OPTIONAL) if n not in gone]
    world = World(left).tell(item(), by=ANA)
    made = dossier(asked(world))
    assert list(nulls(made)) == []
    assert read_dossier(write_dossier(made), file="dossier", parameters=PACK.parameters) == made


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (KnowersListed, "source.knowers"),
        (PeopleAtRiskNamed, "protection.people_at_risk"),
        (UnitVettingDecided, "recipient.outcome"),
        (PersonVettingDecided, "chain.0.outcome"),
        (SuperiorNamed, "chain.1"),
    ],
)
def test_what_nobody_recorded_is_not_there(kind: type[Fact], path: str) -> None:
    def at(value: Any) -> Any:
        for step in path.split("."):
            value = value[int(step) if step.isdigit() else step]
        return value

    assert at(dossier(asked(partners()))) is not None
    without = World([r for r in partners().facts if not isinstance(r.fact, kind)])
    with pytest.raises(LookupError):
        at(dossier(asked(without)))


def test_without_an_agreement_there_is_none_and_nobody_knows_where_the_chain_ends() -> None:
    made = dossier(asked(partners(), requested(under=None)))
    assert "agreement" not in made
    assert "chain_complete" not in made


def test_what_the_ledger_would_hold_if_it_had_happened_is_false_when_it_is_not_there() -> None:
    made = dossier(asked(partners()))
    assert made["overseer_informed"] is False
    assert made["sign_offs"] == []
    assert made["recipient"]["suspended"] is False
    assert made["item"]["conditions_written"] is False
    assert dossier(asked(partners().tell(suspended())))["recipient"]["suspended"] is True


def test_it_holds_counts_and_never_content() -> None:
    world = asked(partners().tell(warned(), plan(), dissent(request=None), by=ANA))
    written = repr(write_dossier(dossier(world)))
    for secret in ("what the source", "those who", "there will be blood", "measures", "they leak", "S-17"):
        assert secret not in written
    assert dossier(world)["source"]["knowers"] == 12


# Items, warnings, dissent and the line of a tearline version


def below(world: World | None = None) -> World:
    """A tearline version of the item, asked for."""
    world = (world or partners()).tell(item("below", tearline_of="phones"), by=ANA)
    return asked(world, requested(item="below"))


def test_a_tearline_version_inherits_the_sources_warnings_and_every_dissent() -> None:
    world = below(partners().tell(warned(), dissent(request=None), by=HUGO))
    made = dossier(world)
    assert [w["id"] for w in made["source"]["warnings"]] == ["blood"]
    assert [d["id"] for d in made["dissents"]] == ["no"]
    assert made["item"]["tearline_of"] == "phones"


def test_the_tearline_of_a_tearline_inherits_all_the_same() -> None:
    world = partners().tell(warned(), item("two", tearline_of="phones"), item("three", tearline_of="two"))
    made = dossier(asked(world, requested(item="three")))
    assert [w["id"] for w in made["source"]["warnings"]] == ["blood"]


def test_what_is_said_of_the_tearline_version_does_not_bind_the_item() -> None:
    world = partners().tell(item("below", tearline_of="phones"), warned(item="below"), by=ANA)
    assert dossier(asked(world))["source"]["warnings"] == []


def test_counts_are_the_nearest_in_the_line() -> None:
    assert dossier(below())["source"]["knowers"] == 12
    assert dossier(below(partners().tell(knowers(3))))["source"]["knowers"] == 3
    own = below().tell(knowers(40, item="below"))
    assert dossier(own)["source"]["knowers"] == 40
    assert dossier(below(partners().tell(at_risk(7))))["protection"]["people_at_risk"] == 7


def test_what_leaked_is_known_of_the_item_and_of_what_is_drawn_from_it() -> None:
    assert dossier(below())["item"]["compromised"] is False
    assert dossier(below(partners().tell(compromised())))["item"]["compromised"] is True
    assert dossier(below().tell(compromised(item="below")))["item"]["compromised"] is True


def test_counting_again_until_it_fits_does_not_help() -> None:
    again = dossier(below(partners().tell(knowers(3)).tell(at_risk(7)).tell(knowers(40)).tell(at_risk(0))))
    assert again["source"]["knowers"] == 3
    assert again["protection"]["people_at_risk"] == 7


def test_answers_stand_beside_what_they_answer() -> None:
    world = asked(partners().tell(warned(), dissent(request=None), by=HUGO))
    made = dossier(world)
    assert made["source"]["warnings"][0]["answered"] is False
    assert "answered_by" not in made["source"]["warnings"][0]
    assert made["dissents"][0]["answered"] is False
    world.tell(warning_answered(), dissent_answered(), by=SYL)
    made = dossier(world)
    assert (
        made["source"]["warnings"][0] | {"answered": True, "answered_by": "syl"}
        == made["source"]["warnings"][0]
    )
    assert made["dissents"][0]["answered_by"] == "syl"


@pytest.mark.parametrize(
    ("by", "superior_of_ana"), [(SYL, True), (REX, False)], ids=["superior", "somebody-else"]
)
def test_only_a_superior_of_the_dissenter_answers_as_a_superior(by: Any, *, superior_of_ana: bool) -> None:
    world = asked(partners().tell(dissent(request=None), by=ANA)).tell(dissent_answered(), by=by)
    assert dossier(world)["dissents"][0]["answered_by_superior"] is superior_of_ana


def test_a_superior_of_a_superior_is_a_superior() -> None:
    world = asked(partners().tell(dissent(request=None), by=ANA))
    world.tell(superior("syl", "rex"), at=on(-1)).tell(dissent_answered(), by=REX)
    assert dossier(world)["dissents"][0]["answered_by_superior"] is True


def test_a_dissent_on_another_request_of_the_item_is_in_this_dossier_too() -> None:
    world = asked(asked(partners()).tell(dissent(), by=ANA), requested("again"))
    assert [d["id"] for d in dossier(world, "again")["dissents"]] == ["no"]


# Whose is it


def test_an_item_of_our_own_needs_no_originators_consent() -> None:
    assert dossier(asked(partners()))["item"]["onward_consent"] is True


def test_a_foreign_item_needs_consent_for_this_very_unit() -> None:
    world = partners().tell(organisation("third"), at=on(-5))
    world.tell(item("theirs", originator="third"), by=ANA)
    asked(world, requested(item="theirs"))
    assert dossier(world)["item"]["onward_consent"] is False
    world.tell(OnwardConsentGiven(item=ItemId("theirs"), unit=UnitId("desk")))
    assert dossier(world)["item"]["onward_consent"] is False
    world.tell(OnwardConsentGiven(item=ItemId("theirs"), unit=UnitId("siu")))
    assert dossier(world)["item"]["onward_consent"] is True


def test_consent_to_an_item_is_not_consent_to_its_tearline_version() -> None:
    world = partners().tell(organisation("third"), at=on(-5)).tell(item("theirs", originator="third"))
    world.tell(OnwardConsentGiven(item=ItemId("theirs"), unit=UnitId("siu")))
    world.tell(item("below", originator="third", tearline_of="theirs"))
    assert dossier(asked(world, requested(item="below")))["item"]["onward_consent"] is False


def test_a_release_inside_the_agency_is_measured_up_to_our_own_signatory() -> None:
    world = partners().tell(office("ana", "desk"), vetted("max"), at=on(-9))
    made = dossier(asked(world, requested(to=("ana",), unit="desk")))
    assert made["request"]["scope"] == "own-agency"
    assert [(c["person"], c["relation"]) for c in made["chain"]] == [
        ("ana", "recipient"),
        ("syl", "superior"),
        ("max", "signatory"),
    ]
    assert made["chain_complete"] is True


def test_naming_the_partner_as_holder_does_not_make_a_release_internal() -> None:
    world = partners().tell(item("passed-off", holder="partner", originator="partner"), by=ANA)
    made = dossier(asked(world, requested(item="passed-off")))
    assert made["request"]["scope"] == "partner"


# The chain


def test_the_chain_goes_from_the_recipient_to_the_signatory_each_person_once() -> None:
    made = dossier(asked(partners().tell(vetted("max")), requested(to=("rita", "sue"))))
    assert [(c["person"], c["relation"]) for c in made["chain"]] == [
        ("rita", "recipient"),
        ("sue", "recipient"),
        ("tom", "signatory"),
    ]
    assert made["request"]["recipients"] == 2


def test_nobody_above_the_signatory_is_in_the_chain() -> None:
    world = partners().tell(person("ugo"), superior("tom", "ugo"), vetted("ugo", Outcome.FAILED), at=on(-5))
    assert "ugo" not in {c["person"] for c in dossier(asked(world))["chain"]}


def test_a_chain_that_does_not_reach_the_signatory_is_not_complete() -> None:
    world = World([r for r in partners().facts if r.fact != superior("sue", "tom")])
    made = dossier(asked(world))
    assert [c["person"] for c in made["chain"]] == ["rita", "sue"]
    assert made["chain_complete"] is False


def test_one_of_two_chains_that_is_broken_makes_it_incomplete() -> None:
    world = partners().tell(person("eva"), office("eva"), vetted("eva"), at=on(-5))
    made = dossier(asked(world, requested(to=("rita", "eva"))))
    assert made["chain_complete"] is False
    assert {c["person"] for c in made["chain"]} == {"rita", "eva", "sue", "tom"}


def test_the_signatory_may_be_the_recipient() -> None:
    world = partners().tell(office("tom"), at=on(-5))
    made = dossier(asked(world, requested(to=("tom",))))
    assert [(c["person"], c["relation"]) for c in made["chain"]] == [("tom", "recipient")]
    assert made["chain_complete"] is True


def test_links_say_what_was_decided_by_whom_and_until_when() -> None:
    world = partners().tell(vetted("sue", Outcome.EXEMPT, by="partner"), at=on(-5))
    rita, sue, _ = dossier(asked(world))["chain"]
    assert rita["outcome"] == "cleared"
    assert rita["valid_until"] == on(300)
    assert rita["trained_until"] == on(200)
    assert (sue["outcome"], sue["decided_by"], sue["decided_at"]) == ("exempt", "partner", on(-5))
    assert "valid_until" not in sue
    assert "trained_until" not in sue


def test_the_unit_stands_with_its_own_vetting() -> None:
    world = partners().tell(unit_vetted("siu", Outcome.WITHDRAWN), at=on(-5))
    recipient = dossier(asked(world))["recipient"]
    assert (recipient["unit"], recipient["organisation"]) == ("siu", "partner")
    assert (recipient["outcome"], recipient["vetted_at"]) == ("withdrawn", on(-5))


def test_parameters_are_those_that_the_agreement_states_with_the_protocols_types() -> None:
    held = dossier(asked(partners()))["agreement"]
    assert held["id"] == "pact"
    assert held["overseer"] == "watch"
    assert held["min_knowers"] == 5
    assert str(held["answer_within"]) == "1 day, 0:00:00"
    assert set(held) == {"id", "protocol", "in_force_from", "valid_until", "overseer"} | {
        p.name for p in PACK.parameters if not p.optional
    }


def test_sign_offs_and_the_overseer_count_for_their_own_request_only() -> None:
    world = asked(asked(partners()), requested("again"))
    world.tell(signed_off("s", SignOffLine.RELEASING, "again"), by=REX)
    world.tell(
        OverseerInformed(
            briefing=BriefingId("b"),
            overseer=OrganisationId("watch"),
            text=Sealed("x"),
            request=RequestId("again"),
        ),
        by=SYL,
    )
    assert (dossier(world)["sign_offs"], dossier(world)["overseer_informed"]) == ([], False)
    again = dossier(world, "again")
    assert [(s["by"], s["line"]) for s in again["sign_offs"]] == [("rex", "releasing")]
    assert again["overseer_informed"] is True


def test_a_world_of_strangers_is_enough_for_a_dossier() -> None:
    """Only the request is certain; the protocol holds or refuses on the rest."""
    made = dossier(World().tell(requested(under=None), unit("elsewhere"), trained("rita"), by=ANA))
    assert set(made) == {
        "at",
        "chain",
        "dissents",
        "dossier",
        "exposure",
        "overseer_informed",
        "protection",
        "recipient",
        "request",
        "sign_offs",
        "source",
        "threats",
    }
    assert made["chain"] == [{"person": PersonId("rita"), "relation": "recipient", "trained_until": on(200)}]
    assert PACK.decide(made).effect.value != "release"


# What was purged


def purged(world: World, kind: type[Fact]) -> World:
    """The same world after the sealed fields of every fact of this kind were destroyed."""
    gone = {f.name: PURGED for f in record_of(kind).fields if f.compartment}
    return World(
        [replace(r, fact=replace(r.fact, **gone)) if isinstance(r.fact, kind) else r for r in world.facts]  # type: ignore[type-var]  # facts are dataclasses
    )


@pytest.mark.parametrize(
    ("kind", "part", "field"),
    [
        (ReleaseRequested, "request", "purpose_stated"),
        (KnowersListed, "source", "knowers"),
        (PeopleAtRiskNamed, "protection", "people_at_risk"),
    ],
)
def test_what_was_purged_is_as_if_nobody_had_recorded_it(kind: type[Fact], part: str, field: str) -> None:
    world = asked(partners())
    assert field in assembled(world)[part]
    assert field not in assembled(purged(world, kind))[part]


def test_a_count_that_was_purged_may_have_been_the_worst() -> None:
    world = asked(partners().tell(knowers(3), at=on(-0.5)))
    first, second = (r for r in world.facts if isinstance(r.fact, KnowersListed))
    for gone, kept in ((first, second), (second, first)):
        without = purged(World([gone]), KnowersListed).facts[0]
        facts = [without if r is gone else r for r in world.facts]
        assert kept in facts
        assert "knowers" not in assembled(World(facts))["source"]


def test_an_item_that_was_purged_is_no_item() -> None:
    assert "item" not in assembled(purged(asked(partners()), ItemRegistered))


@pytest.mark.parametrize("kind", [ItemRegistered, ReleaseRequested, PeopleAtRiskNamed])
def test_a_verdict_that_needs_what_was_purged_holds(kind: type[Fact]) -> None:
    world = ready()
    assert PACK.decide(assembled(world)).effect == "release"
    assert PACK.decide(assembled(purged(world, kind))).effect == "hold"


def assembled(world: World) -> Dossier:
    recorded = request_of(world.history, ASK)
    assert recorded is not None
    return assemble(world.history, recorded, NOON, Protocol(packs=(PACK,)))
