"""Screening: of several findings the worse counts, and nobody gets a release by asking, grading or screening again."""

from dataclasses import replace
from typing import Any

import pytest

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor
from tearline.facts.identifiers import ItemId, UnitId, ValidationId
from tearline.facts.release import Extent, OnwardConsentGiven
from tearline.facts.retention import RecordValidated
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
    Treatment,
)
from tearline.rooms.release.screening import (
    ApproveSourceContact,
    RecordOriginatorsAnswer,
    ScreenItem,
    SetEuropolCodes,
    StateSourceStanding,
)
from tests.rooms.rows import Row, check
from tests.rooms.test_dossier import asked, assembled, below, dossier, purged
from tests.worlds import (
    ANA,
    LEO,
    REX,
    SOL,
    SYL,
    World,
    answered,
    coded,
    contact_approved,
    item,
    on,
    organisation,
    partners,
    requested,
    screened,
    standing,
)

YES, NO, CONDITIONS = OriginatorsAnswer.YES, OriginatorsAnswer.NO, OriginatorsAnswer.CONDITIONS

ACCEPTED = [
    Row(claim="an item is screened", order=ScreenItem(screened()), by=ANA, gives=(ItemScreened,)),
    Row(claim="codes are set", order=SetEuropolCodes(coded()), by=LEO, gives=(EuropolCodesSet,)),
    Row(
        claim="the originator answers",
        order=RecordOriginatorsAnswer(answered()),
        by=LEO,
        gives=(OriginatorAnswered,),
    ),
    Row(
        claim="a source's standing",
        order=StateSourceStanding(standing()),
        by=SOL,
        gives=(SourceStandingStated,),
    ),
    Row(
        claim="contact is approved",
        order=ApproveSourceContact(contact_approved()),
        by=SYL,
        gives=(SourceContactApproved,),
    ),
]

REFUSED = [
    Row(claim="screening nothing", order=ScreenItem(screened("none")), by=ANA, refused="known"),
    Row(
        claim="a control official who is nobody",
        order=ScreenItem(screened(official="ghost")),
        by=ANA,
        refused="known",
    ),
    Row(claim="codes of nothing", order=SetEuropolCodes(coded("none")), by=LEO, refused="known"),
    Row(
        claim="an answer about nothing",
        order=RecordOriginatorsAnswer(answered(item="none")),
        by=LEO,
        refused="known",
    ),
    Row(
        claim="an answer for nobody",
        order=RecordOriginatorsAnswer(answered(to="none")),
        by=LEO,
        refused="known",
    ),
    Row(
        claim="an answer from before there was an item",
        order=RecordOriginatorsAnswer(answered()),
        by=LEO,
        at=on(-2),
        refused="answers-after",
    ),
    Row(
        claim="the standing of no source",
        order=StateSourceStanding(standing(item="none")),
        by=SOL,
        refused="known",
    ),
    Row(
        claim="contact for nothing",
        order=ApproveSourceContact(contact_approved("none")),
        by=SYL,
        refused="known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def told(*facts: Fact, by: Actor = ANA) -> World:
    return asked(partners().tell(*facts, at=on(-0.5), by=by))


def below_of(*facts: Fact) -> World:
    return below(partners().tell(*facts, at=on(-0.5), by=ANA))


# Screening


def test_what_nobody_screened_is_not_known() -> None:
    made = dossier(told())["item"]
    for name in ("suspicion_stated", "protected_activity", "lawfully_obtained", "control_official"):
        assert name not in made
    made = dossier(told(screened()))["item"]
    assert (made["suspicion_stated"], made["protected_activity"]) == (True, "none")
    assert (made["lawfully_obtained"], made["control_official"]) == (True, "ana")


@pytest.mark.parametrize("order", [1, -1], ids=["worse-first", "worse-last"])
def test_of_two_screenings_the_worse_counts(order: int) -> None:
    found = [screened(protected=ProtectedActivity.UNRELATED, lawful=False), screened()]
    made = dossier(told(*found[::order]))["item"]
    assert (made["protected_activity"], made["lawfully_obtained"]) == ("unrelated", False)


def test_suspicion_that_is_written_down_later_is_written_down() -> None:
    assert dossier(told(screened(suspicion=None)))["item"]["suspicion_stated"] is False
    assert dossier(told(screened(suspicion=None), screened()))["item"]["suspicion_stated"] is True


def test_what_was_drawn_from_something_unlawful_is_unlawful_whoever_screens_it() -> None:
    world = below_of(screened(lawful=False, protected=ProtectedActivity.RELATED))
    assert dossier(world)["item"]["lawfully_obtained"] is False
    assert dossier(world)["item"]["protected_activity"] == "related"
    world.tell(screened("below"), at=on(-0.1))
    assert dossier(world)["item"]["lawfully_obtained"] is False
    assert dossier(world)["item"]["protected_activity"] == "none", "what is protected can be left out"


# Europol codes


def test_every_code_that_was_ever_set_stays_and_the_worse_grades_count() -> None:
    first = coded(
        "phones", EuropolCode.H2, source=EuropolSource.X, information=EuropolInformation.UNCORROBORATED
    )
    made = dossier(told(first, coded("phones", EuropolCode.H0)))["item"]
    assert made["europol_codes"] == ["H0", "H2"]
    assert (made["europol_source"], made["europol_information"]) == ("X", "4")
    assert made["europol_text_written"] is False
    assert "europol_source" not in dossier(told())["item"]


def test_codes_bind_the_tearline_version_too() -> None:
    world = below_of(coded("phones", EuropolCode.H3, text="only on paper"))
    world.tell(coded("below", source=EuropolSource.B), at=on(-0.1))
    made = dossier(world)["item"]
    assert (made["europol_codes"], made["europol_text_written"], made["europol_source"]) == (
        ["H3"],
        True,
        "B",
    )


# What the originator answered


def theirs(*given: Fact, days: tuple[float, ...] = ()) -> World:
    """An item of another's, what its originator said (at these days), and a request for it."""
    world = partners().tell(organisation("third"), at=on(-5))
    world.tell(item("theirs", originator="third"), at=on(-4), by=ANA)
    for n, one in enumerate(given):
        world.tell(one, at=on(days[n] if days else -3 + n / 10), by=LEO)
    return asked(world, requested(item="theirs"))


CONSENT = OnwardConsentGiven(item=ItemId("theirs"), unit=UnitId("siu"))


@pytest.mark.parametrize(
    ("given", "allowed", "answer"),
    [
        ((), False, None),
        ((answered(YES, "theirs"),), True, "yes"),
        ((answered(CONDITIONS, "theirs"),), False, "conditions"),
        ((answered(NO, "theirs"),), False, "no"),
        ((answered(YES, "theirs"), answered(NO, "theirs")), False, "no"),
        ((answered(NO, "theirs"), answered(YES, "theirs")), True, "yes"),
        ((CONSENT, answered(NO, "theirs")), False, "no"),
        ((CONSENT, answered(CONDITIONS, "theirs")), False, "conditions"),
        ((answered(NO, "theirs"), CONSENT), True, "yes"),
        ((answered(YES, "theirs", to="desk"),), False, None),
    ],
    ids=str,
)
def test_the_latest_answer_for_this_unit_counts(
    given: tuple[Fact, ...], answer: str | None, *, allowed: bool
) -> None:
    made = dossier(theirs(*given))
    assert made["item"]["onward_consent"] is allowed
    assert made["consent"].get("answer") == answer


@pytest.mark.parametrize(
    ("answer", "more", "extent", "allowed"),
    [
        (CONDITIONS, {"requires": (Treatment.PARAPHRASE,)}, Extent.TEARLINE, True),
        (CONDITIONS, {"requires": (Treatment.PARAPHRASE,)}, Extent.FULL, False),
        (CONDITIONS, {"requires": (Treatment.PARAPHRASE,)}, Extent.REDACTED, False),
        (CONDITIONS, {}, Extent.TEARLINE, False),
        (NO, {"tearline": True}, Extent.TEARLINE, True),
        (NO, {"tearline": True}, Extent.EXISTENCE, False),
        (NO, {}, Extent.TEARLINE, False),
    ],
    ids=str,
)
def test_a_text_below_the_tearline_meets_the_conditions_and_may_be_free(
    answer: OriginatorsAnswer, more: dict[str, object], extent: Extent, *, allowed: bool
) -> None:
    world = theirs(answered(answer, "theirs", "siu", **more))
    made = dossier(asked(world, requested("below", item="theirs", extent=extent)), "below")
    assert made["item"]["onward_consent"] is allowed


@pytest.mark.parametrize("days", [(-1.0, -2.0), (-2.0, -1.0)])
def test_a_no_withdraws_whatever_day_it_claims(days: tuple[float, float]) -> None:
    world = theirs(answered(YES, "theirs"), answered(NO, "theirs"), days=days)
    assert dossier(world)["item"]["onward_consent"] is False


def test_a_yes_that_claims_an_older_day_than_the_no_gains_nothing() -> None:
    world = theirs(answered(NO, "theirs"), answered(YES, "theirs"), days=(-1, -2))
    assert dossier(world)["item"]["onward_consent"] is False


def test_two_yeses_of_which_neither_follows_the_no_do_not_undo_it() -> None:
    """One claims a later day, but came before it; the other came after it, but claims an older day."""
    given = (answered(YES, "theirs"), answered(NO, "theirs"), answered(YES, "theirs"))
    assert dossier(theirs(*given, days=(-1, -2, -3)))["item"]["onward_consent"] is False
    assert dossier(theirs(*given, days=(-1, -2, -2)))["item"]["onward_consent"] is True


def test_the_answer_says_what_it_is_for() -> None:
    given = answered(
        CONDITIONS,
        "theirs",
        court=True,
        requires=(Treatment.SANITISE, Treatment.SANITISE, Treatment.DOWNGRADE),
        tearline=True,
    )
    assert dossier(theirs(given))["consent"] == {
        "answer": "conditions",
        "at": on(-3),
        "use": "crime",
        "court": True,
        "requires": ["sanitise", "downgrade"],
        "tearline": True,
    }


def test_a_consent_without_an_answer_says_no_use() -> None:
    assert dossier(theirs(CONSENT))["consent"] == {"answer": "yes", "at": on(-3)}
    limited = replace(CONSENT, conditions=Sealed("only in person"))
    assert dossier(theirs(limited))["consent"]["answer"] == "conditions"
    assert dossier(theirs(limited))["item"]["onward_consent"] is True, "as it always was"
    assert "answer" not in assembled(purged(theirs(limited), OnwardConsentGiven))["consent"]


def test_our_own_item_needs_no_answer_and_a_no_to_it_is_none() -> None:
    assert dossier(told(answered(NO)))["item"]["onward_consent"] is True


# The source


def source(*facts: Fact) -> dict[str, Any]:
    made: dict[str, Any] = dossier(told(*facts))["source"]
    return made


def test_the_latest_standing_counts_with_its_review() -> None:
    assert "standing" not in source()
    assert source()["approved_by_senior"] is False
    made = source(standing(Standing.UNREGISTERED), standing(review=on(30), promised=True))
    assert (made["standing"], made["review_due"], made["promised"]) == ("registered", on(30), True)


def test_a_source_that_was_dropped_for_cause_stays_dropped_and_a_promise_binds() -> None:
    made = source(standing(Standing.DROPPED, promised=True), standing())
    assert (made["standing"], made["promised"]) == ("dropped-for-cause", True)


def test_an_approval_counts_for_a_drop_before_it_and_not_after_it() -> None:
    dropped = standing(Standing.DROPPED)
    assert source(dropped, contact_approved())["approved_by_senior"] is True
    assert source(contact_approved(), dropped)["approved_by_senior"] is False
    assert source(dropped, contact_approved(), dropped)["approved_by_senior"] is False


def test_the_source_of_a_tearline_version_is_the_same_source() -> None:
    made = dossier(below_of(standing(Standing.DROPPED), contact_approved()))["source"]
    assert (made["standing"], made["approved_by_senior"]) == ("dropped-for-cause", True)


# Validation


def test_an_item_is_as_old_as_its_registration_or_its_last_validation() -> None:
    validated = RecordValidated(
        validation=ValidationId("v"), item=ItemId("phones"), reasons=Sealed("still needed")
    )
    assert dossier(told())["item"]["validated_at"] == on(-1)
    assert dossier(told(validated, by=REX))["item"]["validated_at"] == on(-0.5)


@pytest.mark.parametrize(
    ("fact", "part", "field"),
    [
        (screened(), "item", "suspicion_stated"),
        (coded("phones", EuropolCode.H3, text="on paper"), "item", "europol_text_written"),
    ],
    ids=["suspicion", "text"],
)
def test_what_was_purged_is_not_known_and_what_stands_in_clear_still_is(
    fact: Fact, part: str, field: str
) -> None:
    world = told(fact)
    assert field in assembled(world)[part]
    gone = assembled(purged(world, type(fact)))[part]
    assert field not in gone
    assert "control_official" in gone or "europol_codes" in gone
