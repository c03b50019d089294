"""Warning people: it never waits; what is decided about it is a senior officer's, and says nothing of the source."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    AttemptId,
    CompromiseId,
    ItemId,
    NoticeId,
    PersonId,
    ThreatId,
    WarningId,
    WarningOrderId,
)
from tearline.facts.warnings import (
    NoticeMethod,
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    WaiverGround,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReview,
    WarningReviewed,
    WarningWaived,
)
from tearline.folds.stripped import CODE, names, repeated, spelt
from tearline.folds.warnings import apart
from tearline.rooms.warnings import (
    AssessThreat,
    AttemptWarning,
    OrderWarning,
    ReviewWarning,
    WaiveSourceWarning,
    WaiveWarning,
    WarnPeople,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    NOON,
    RITA,
    SOL,
    SYL,
    World,
    compromised,
    disclosed,
    item,
    on,
    partners,
    people_warned,
    person,
    requested,
    suspended,
    threat,
    waived,
    warned,
)

NOTICE = PeopleWarned(
    notice=NoticeId("n-1"),
    item=ItemId("phones"),
    people=4,
    method=NoticeMethod.IN_PERSON,
    said=Sealed("leave tonight"),
)
UNORDERED = WarnedWithoutOrder(notice=NOTICE.notice, item=NOTICE.item)
ORDER = WarningOrdered(
    order=WarningOrderId("o-1"),
    item=ItemId("phones"),
    text=Sealed("Somebody means to kill you. Leave tonight; we help you."),
    stripped=True,
    method=NoticeMethod.IN_PERSON,
    until=on(0.25),
    threat=ThreatId("shots"),
)
AS_ORDERED = replace(NOTICE, threat=ThreatId("shots"), order=ORDER.order)
ATTEMPT = WarningAttempted(
    attempt=AttemptId("a-1"),
    item=ItemId("phones"),
    method=NoticeMethod.TELEPHONE,
    why=Sealed("nobody picks up"),
    threat=ThreatId("shots"),
)
SOURCE_WAIVED = SourceWarningWaived(
    warning=WarningId("blood"),
    item=ItemId("phones"),
    ground=WaiverGround.ALREADY_AWARE,
    reasons=Sealed("they moved"),
)
REVIEW = WarningReviewed(
    notice=NOTICE.notice, item=NOTICE.item, review=WarningReview.RIGHT, reasons=Sealed("no time was left")
)


def threatened() -> World:
    return partners().tell(threat(), at=on(-0.5), by=ANA)


def saying(text: str) -> OrderWarning:
    return OrderWarning(replace(ORDER, text=Sealed(text)))


def unordered() -> World:
    return partners().tell(NOTICE, UNORDERED, at=on(-0.25), by=HUGO)


ACCEPTED = [
    Row(
        claim="a warning waits for nothing, and is reviewed",
        order=WarnPeople(NOTICE),
        by=ANA,
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(
        claim="a warning is given again and again",
        order=WarnPeople(NOTICE),
        by=RITA,
        world=partners().tell(NOTICE, disclosed()).tell(suspended()),
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(
        claim="a warning does not even wait for the threat to be assessed",
        order=WarnPeople(people_warned(of="shots")),
        by=HUGO,
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(
        claim="a warning as it was ordered needs no review",
        order=WarnPeople(AS_ORDERED),
        by=HUGO,
        world=threatened().tell(ORDER, by=SYL),
        gives=(PeopleWarned,),
    ),
    Row(
        claim="a warning from before its order waited for none, and is reviewed",
        order=WarnPeople(AS_ORDERED),
        by=HUGO,
        world=threatened().tell(ORDER, at=on(-0.25), by=SYL),
        at=on(-0.3),
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(
        claim="a warning that names an order which nobody gave is no less given",
        order=WarnPeople(AS_ORDERED),
        by=HUGO,
        world=threatened(),
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(
        claim="a warning of something else than was ordered is reviewed",
        order=WarnPeople(replace(AS_ORDERED, threat=None, compromise=CompromiseId("leak"))),
        by=HUGO,
        world=threatened().tell(ORDER, by=SYL),
        gives=(PeopleWarned, WarnedWithoutOrder),
    ),
    Row(claim="a threat", order=AssessThreat(threat()), by=ANA, gives=(ThreatAssessed,)),
    Row(
        claim="a threat to an officer",
        order=AssessThreat(replace(threat(), officer=PersonId("leo"))),
        by=ANA,
        world=partners().tell(person("leo", "own")),
        gives=(ThreatAssessed,),
    ),
    Row(
        claim="a warning that is waived",
        order=WaiveWarning(waived()),
        by=SYL,
        world=threatened(),
        gives=(WarningWaived,),
    ),
    Row(
        claim="a waived warning of those of whom the source warned",
        order=WaiveSourceWarning(SOURCE_WAIVED),
        by=SYL,
        world=partners().tell(warned(), at=on(-0.5), by=SOL),
        gives=(SourceWarningWaived,),
    ),
    Row(
        claim="a warning that is ordered",
        order=OrderWarning(ORDER),
        by=SYL,
        world=threatened(),
        gives=(WarningOrdered,),
    ),
    Row(
        claim="a warning ordered of all that is on record",
        order=OrderWarning(replace(ORDER, warning=WarningId("blood"), compromise=CompromiseId("leak"))),
        by=SYL,
        world=threatened().tell(warned(), compromised(), at=on(-0.25), by=SOL),
        gives=(WarningOrdered,),
    ),
    Row(
        claim="an order after a waiver, which takes the waiver back",
        order=OrderWarning(ORDER),
        by=SYL,
        world=threatened().tell(waived(), at=on(-0.25), by=SYL),
        gives=(WarningOrdered,),
    ),
    Row(
        claim="an attempt that reached nobody",
        order=AttemptWarning(ATTEMPT),
        by=HUGO,
        world=threatened(),
        gives=(WarningAttempted,),
    ),
    Row(
        claim="another reviews it",
        order=ReviewWarning(REVIEW),
        by=SYL,
        world=unordered(),
        gives=(WarningReviewed,),
    ),
    Row(
        claim="a chronicler tells both",
        order=ReviewWarning(REVIEW),
        by=CLIO,
        world=partners().tell(NOTICE, UNORDERED, at=on(-0.25), by=CLIO),
        gives=(WarningReviewed,),
    ),
    Row(
        claim="people were warned again under the name of a warning that was reviewed",
        order=ReviewWarning(REVIEW),
        by=SYL,
        world=unordered().tell(REVIEW, by=SYL).tell(NOTICE, UNORDERED, by=ANA),
        gives=(WarningReviewed,),
    ),
]

REFUSED = [
    Row(claim="a threat in nothing", order=AssessThreat(threat(item="none")), by=ANA, refused="known"),
    Row(
        claim="a threat twice",
        order=AssessThreat(threat()),
        by=ANA,
        world=partners().tell(threat()),
        refused="once",
    ),
    Row(
        claim="a threat to nobody on record",
        order=AssessThreat(replace(threat(), officer=PersonId("nobody"))),
        by=ANA,
        refused="known",
    ),
    Row(claim="waiving the warning of no threat", order=WaiveWarning(waived()), by=SYL, refused="known"),
    Row(
        claim="waiving the warning of a threat in another item",
        order=WaiveWarning(waived(item="other")),
        by=SYL,
        world=partners().tell(item("other"), threat(), by=ANA),
        refused="same-item",
    ),
    Row(
        claim="a waiver from before the threat was assessed",
        order=WaiveWarning(waived()),
        by=SYL,
        world=partners().tell(threat(), by=ANA),
        at=on(-0.5),
        refused="answers-after",
    ),
    Row(
        claim="waiving what no source warned of",
        order=WaiveSourceWarning(SOURCE_WAIVED),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="waiving it by whoever asked for a release",
        order=WaiveSourceWarning(SOURCE_WAIVED),
        by=SYL,
        world=partners().tell(warned(), at=on(-0.5), by=SOL).tell(requested(), at=on(-0.25), by=SYL),
        refused="asked-for-it",
    ),
    Row(
        claim="a warning about nothing",
        order=WarnPeople(replace(NOTICE, item=ItemId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(claim="an order about no threat", order=OrderWarning(ORDER), by=SYL, refused="known"),
    Row(
        claim="an order that does not say of what",
        order=OrderWarning(replace(ORDER, threat=None)),
        by=SYL,
        world=threatened(),
        refused="says-what-for",
    ),
    Row(
        claim="an order about a threat in another item",
        order=OrderWarning(replace(ORDER, item=ItemId("other"))),
        by=SYL,
        world=threatened().tell(item("other"), by=ANA),
        refused="same-item",
    ),
    Row(
        claim="an order twice",
        order=OrderWarning(ORDER),
        by=SYL,
        world=threatened().tell(ORDER, by=SYL),
        refused="once",
    ),
    Row(
        claim="a text that nobody read against the source's words",
        order=OrderWarning(replace(ORDER, stripped=False)),
        by=SYL,
        world=threatened(),
        refused="read-against-source",
    ),
    Row(
        claim="a time that has passed",
        order=OrderWarning(replace(ORDER, until=on(-0.1))),
        by=SYL,
        world=threatened(),
        refused="still-to-come",
    ),
    Row(
        claim="a text with the source's code",
        order=saying("From s 17: leave tonight."),
        by=SYL,
        world=threatened(),
        refused="stripped-of-source",
    ),
    Row(
        claim="a text with the item's identifier",
        order=saying("We heard it on phones: leave tonight."),
        by=SYL,
        world=threatened(),
        refused="stripped-of-source",
    ),
    Row(
        claim="a text with what the item is called",
        order=saying("Somebody sold the identifiers. Leave tonight."),
        by=SYL,
        world=threatened(),
        refused="stripped-of-source",
    ),
    Row(
        claim="a text with the name of whoever heard it of the source",
        order=saying("Ask for Marisol and leave tonight."),
        by=SYL,
        world=threatened()
        .tell(warned(), at=on(-0.4), by=SOL)
        .tell(replace(person("sol", "own"), description=Sealed("Marisol Vega, handler"))),
        refused="stripped-of-source",
    ),
    Row(
        claim="a text that bears what the item it was drawn from is called",
        order=OrderWarning(
            replace(ORDER, item=ItemId("below"), threat=ThreatId("below"), text=Sealed("Identifiers leaked"))
        ),
        by=SYL,
        world=partners()
        .tell(replace(item("below", tearline_of="phones"), title=Sealed("A district")), by=SOL)
        .tell(threat("below", "below"), by=ANA),
        refused="stripped-of-source",
    ),
    Row(claim="an attempt about no threat", order=AttemptWarning(ATTEMPT), by=HUGO, refused="known"),
    Row(
        claim="an attempt twice",
        order=AttemptWarning(ATTEMPT),
        by=HUGO,
        world=threatened().tell(ATTEMPT, by=HUGO),
        refused="once",
    ),
    Row(
        claim="a warning that reached nobody",
        order=WarnPeople(replace(NOTICE, people=0)),
        by=ANA,
        refused="somebody-reached",
    ),
    Row(claim="a review of nothing", order=ReviewWarning(REVIEW), by=SYL, refused="known"),
    Row(
        claim="a review by whoever warned",
        order=ReviewWarning(REVIEW),
        by=SYL,
        world=partners().tell(NOTICE, UNORDERED, at=on(-0.25), by=SYL),
        refused="another-person",
    ),
    Row(
        claim="a review twice",
        order=ReviewWarning(REVIEW),
        by=SYL,
        world=unordered().tell(REVIEW, by=SYL),
        refused="once",
    ),
    Row(
        claim="a review from before the warning",
        order=ReviewWarning(REVIEW),
        by=SYL,
        world=unordered(),
        at=on(-0.5),
        refused="answers-after",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.NODE, Role.ADMINISTRATOR}))
def test_anyone_may_warn_people(role: Role) -> None:
    assert role in WarnPeople.allowed


def test_a_warning_told_late_is_at_once_overdue_for_review() -> None:
    world, given = partners(), on(-30 / 24)
    world.does(WarnPeople(NOTICE), by=ANA, at=given)
    (notice,) = apart(world.history)
    assert notice.unordered is not None
    assert notice.unordered.happened_at == given
    assert notice.review_by == given + timedelta(hours=24)
    assert notice.review_by < NOON


def test_a_warning_needs_no_compartment_and_no_other_fact_than_the_item() -> None:
    """Danger to life comes first."""
    assert not getattr(WarnPeople, "opens", None)
    question = WarnPeople(NOTICE).question(partners().history)
    assert {k for clause in question.clauses for k in clause.kinds} == {"ItemRegistered"}


@pytest.mark.parametrize("text", ["S-17", "CI204", "s 17 said so", "Ask Sol"])
def test_a_refusal_does_not_tell_whose_code_or_name_it_was(text: str) -> None:
    """Whoever tries codes learns nothing: what is merely written like a code is refused in the same words."""
    world = threatened().tell(warned(), at=on(-0.4), by=SOL)
    with pytest.raises(Refused, match="could be a code, or the name") as refused:
        world.decide(saying(text), by=SYL)
    assert "17" not in str(refused.value)


def test_a_text_may_say_when_where_and_what_to_do() -> None:
    text = (
        "At 9am on the 14th take your children out of house 12B. Call 911 or 555 0199 and ask for an escort."
    )
    assert [type(f) for f in threatened().does(saying(text), by=SYL)] == [WarningOrdered]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Leaders are in danger", ()),
        ("the LEADERS' telephones", ("leaders", "telephones")),
        ("los teléfonos de los lideres", ()),
        ("Telephones, and identifiers too", ("identifiers", "telephones")),
    ],
)
def test_two_words_of_a_title_are_too_many(text: str, found: tuple[str, ...]) -> None:
    assert repeated(text, "Identifiers of leaders' telephones") == found


def test_accents_and_case_hide_no_word_of_a_title() -> None:
    assert repeated("la REUNION en tucson", "Reunión en Tucsón") == ("reunion", "tucson")


@pytest.mark.parametrize(
    "text", ["R\u200bEUNION en TUCS\u00adON", "r\u0435uni\u043en, tucson", "ｒeunion en tucson"]
)
def test_letters_that_only_look_alike_and_what_is_not_seen_hide_none_either(text: str) -> None:
    assert repeated(text, "Reunión en Tucsón") == ("reunion", "tucson")
    assert spelt("c\u0456\u200d-204", "CI-204")
    assert names("ask for V\u0435g\u200ba", "Marisol Vega, handler")


@pytest.mark.parametrize("text", ["ci204", "CI-204", "CI 204", "(ci_204)"])
def test_a_code_is_found_however_it_is_spelt(text: str) -> None:
    assert spelt(text, "CI-204")


@pytest.mark.parametrize("text", ["CI-2045", "xCI204", "20 ci 4", ""])
def test_another_code_is_not_taken_for_it(text: str) -> None:
    assert not spelt(text, "CI-204")


def test_a_code_without_letters_or_digits_is_found_nowhere() -> None:
    assert not spelt("anything", "--")


def test_house_numbers_and_hours_are_no_codes() -> None:
    assert CODE.search("12B at 9am, 24h, km 7") is None


def test_a_small_word_is_no_name() -> None:
    assert names("ask for Vega", "Marisol Vega, handler")
    assert not names("a good handler", "Marisol Vega, handler")
