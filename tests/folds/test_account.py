"""An account puts figures beside who counted them, plans beside what is there, and ends with what it cannot say."""

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import CountDocumented
from tearline.facts.history import Told
from tearline.facts.identifiers import (
    AccountId,
    AgreementId,
    AllegationId,
    CaveatId,
    ClaimId,
    CompromiseId,
    CountId,
    OperationId,
    OrganisationId,
    PostId,
    ResultId,
    ShiftedId,
    UnitId,
)
from tearline.facts.operations import (
    AccountRendered,
    CaveatDeclared,
    Controls,
    Credit,
    Dimension,
    DisplacementNoted,
    EffectClaimed,
    Measure,
    MeasurePlanned,
    OperationDeclared,
    PostKind,
    PostOpened,
    ResultCounted,
    ResultKind,
)
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    CourseHeld,
    UnitStoodDown,
)
from tearline.folds.account import Account, account, account_question, counts
from tests.worlds import NOON, World, agreement, on, organisation, unit

WATCH = OperationId("watch")
F = TypeVar("F", bound=Fact)


def operation(**changed: object) -> OperationDeclared:
    held: dict[str, object] = {
        "operation": WATCH,
        "name": "Watch",
        "organisations": (OrganisationId("own"), OrganisationId("partner")),
        "aim": "To watch",
        "place": "The strait",
    }
    return OperationDeclared(**(held | changed))  # type: ignore[arg-type]  # each change is typed where it is read


def result(
    name: str, credit: Credit = Credit.CREDITED, first: int | None = None, last: int | None = None
) -> Fact:
    """A figure over days, counted from the tenth of March 2026."""
    return ResultCounted(
        result=ResultId(name),
        operation=WATCH,
        kind=ResultKind.CASH,
        figure=100,
        as_said="a hundred",
        counted_by=OrganisationId("own"),
        credit=credit,
        first_day=None if first is None else on(first).date(),
        last_day=None if last is None else on(last).date(),
    )


def planned(measure: Measure, number: int | None, of: str = "partner") -> MeasurePlanned:
    return MeasurePlanned(
        operation=WATCH,
        measure=measure,
        organisation=OrganisationId(of),
        as_said="as they said",
        number=number,
    )


def post(name: str, kind: PostKind, of: str = "partner") -> PostOpened:
    return PostOpened(
        post=PostId(name), operation=WATCH, kind=kind, organisation=OrganisationId(of), place="There"
    )


def course(officers: int, instructors: str = "own") -> CourseHeld:
    return CourseHeld(
        course=f"c-{officers}-{instructors}",  # type: ignore[arg-type]  # any name will do
        unit=UnitId("siu"),
        module="Handling",
        instructors=OrganisationId(instructors),
        officers=officers,
    )


def claim(controls: Controls) -> EffectClaimed:
    return EffectClaimed(
        claim=ClaimId(controls.value),
        operation=WATCH,
        what="fewer boats",
        claimed_by="the chief",
        controls=controls,
    )


def counted(name: str, least: int, most: int | None = None, compromise: str = "leak") -> CountDocumented:
    return CountDocumented(
        count=CountId(name),
        counted_by=name,
        least=least,
        most=least if most is None else most,
        unit="people",
        area=None,
        said_in="2016",
        compromise=CompromiseId(compromise),
    )


def watching(*facts: Fact) -> World:
    """Two partners, a unit of one of them, a joint operation since noon."""
    world = World().tell(
        organisation("own"), organisation("partner"), organisation("watch"), unit("siu"), at=on(-500)
    )
    return world.tell(operation(), *facts)


def of(world: World) -> Account:
    found = account(world.history, WATCH)
    assert found is not None
    return found


def said(world: World) -> str:
    return "\n".join(words.en for words in of(world).cannot_say)


def test_there_is_no_account_of_what_was_never_declared() -> None:
    assert account(World().tell(result("r")).history, WATCH) is None


def test_planned_bases_are_measured_by_the_partners_own_bases() -> None:
    world = watching(
        planned(Measure.MIRROR_BASE, 2),
        post("a", PostKind.BASE),
        post("b", PostKind.BASE, of="own"),
        post("c", PostKind.CHECKPOINT),
    )
    assert [p.in_being for p in of(world).planned] == [1]
    assert "in being: 1" in said(world)


def test_a_plan_that_is_done_is_not_called_undone() -> None:
    world = watching(planned(Measure.LIAISON, 1), post("desk", PostKind.LIAISON_DESK))
    assert "Planned is not done" not in said(world)


def test_training_counts_what_one_partner_taught_anothers_unit_since_the_operation_began() -> None:
    world = watching(planned(Measure.TRAIN, None)).tell(course(7), at=on(-1)).tell(course(9), at=on(1))
    world.tell(organisation("school"), course(4, instructors="school"), at=on(2))
    assert [p.in_being for p in of(world).planned] == [9]
    assert [r.fact.officers for r in of(world).training] == [9]


def test_vetting_is_never_counted_as_done() -> None:
    world = watching(planned(Measure.VET, 300))
    assert [p.in_being for p in of(world).planned] == [None]
    assert "outcomes are not on record" in said(world)


def test_an_effect_without_controls_is_not_an_effect() -> None:
    assert "after is not because" in said(watching(claim(Controls.NONE)))
    assert "after is not because" not in said(watching(claim(Controls.DECLARED)))


def test_uncredited_results_are_said_to_be_so() -> None:
    assert "No result on record is credited" in said(watching(result("a", Credit.UNKNOWN)))
    mixed = watching(result("a", Credit.NOT_CREDITED), result("b"))
    assert "1 of 2 results on record are not credited" in said(mixed)
    assert "credited" not in said(watching(result("a"), result("b")))


def test_a_figure_that_counts_from_before_the_operation_is_pointed_out() -> None:
    assert "1 of 2 figures count from a day before" in said(
        watching(result("a", first=-9), result("b", first=0))
    )


def test_a_change_needs_a_figure_from_before_beside_one_from_since() -> None:
    assert "no change can be shown" in said(watching(result("a", first=0, last=5)))
    before_and_since = watching(result("a", first=-9, last=-1), result("b", first=0, last=8))
    assert "no change can be shown" not in said(before_and_since)


def test_displacement_warns_against_reading_a_fall_as_success() -> None:
    moved = DisplacementNoted(
        shifted=ShiftedId("s"), operation=WATCH, dimension=Dimension.SPACE, what="west", noted_by="officials"
    )
    assert "what fell in one place may have risen in another" in said(watching(moved))


def test_a_rendered_account_is_no_longer_missing() -> None:
    rendered = AccountRendered(account=AccountId("a"), text="What came of it", operation=WATCH)
    assert "Nobody has rendered an account" in said(watching())
    assert "Nobody has rendered an account" not in said(watching().tell(rendered, at=on(5)))


def test_a_caveat_under_any_agreement_of_the_partners_stands_in_the_account() -> None:
    caveat = CaveatDeclared(
        caveat=CaveatId("c"),
        agreement=AgreementId("pact"),
        organisation=OrganisationId("partner"),
        limit="no boats",
    )
    stranger = CaveatDeclared(
        caveat=CaveatId("d"),
        agreement=AgreementId("other"),
        organisation=OrganisationId("partner"),
        limit="no cars",
    )
    world = watching(agreement(), agreement("other", own=OrganisationId("watch")), caveat, stranger)
    assert [r.fact.limit for r in of(world).caveats] == ["no boats"]


def stood_down(standing: AllegationStanding) -> World:
    """An earlier unit that was stood down over an allegation, of which one later learnt this much."""
    world = watching().tell(unit("beta"), at=on(-90))
    account_of = Sealed("wrongdoing")
    alleged = AllegationRecorded(
        allegation=AllegationId("a"),
        unit=UnitId("beta"),
        kind=AllegationKind.CORRUPTION,
        standing=AllegationStanding.OPEN,
        account=account_of,
    )
    world.tell(alleged, UnitStoodDown(unit=UnitId("beta"), reasons=account_of), at=on(-80))
    assessed = AllegationAssessed(
        allegation=AllegationId("a"), unit=UnitId("beta"), standing=standing, reasons=account_of
    )
    return world.tell(assessed, at=on(1))


def test_an_earlier_unit_that_failed_is_remembered_with_what_was_found() -> None:
    open_still, found = stood_down(AllegationStanding.OPEN), stood_down(AllegationStanding.SUBSTANTIATED)
    assert [e.unit.fact.unit for e in of(open_still).earlier] == ["beta"]
    assert "is not established on record" in said(open_still)
    assert "is not established on record" not in said(found)


def test_a_worked_case_does_not_colour_a_live_account() -> None:
    told = Told("tale", NOON)
    world = watching().tell(organisation("police"), unit("gamma", of="police"), at=on(-50), told=told)
    world.tell(UnitStoodDown(unit=UnitId("gamma"), reasons=Sealed("x")), at=on(-40), told=told)
    assert not of(world).earlier
    assert OrganisationId("police") not in of(world).names


def test_the_question_reaches_all_that_the_account_shows() -> None:
    world = stood_down(AllegationStanding.OPEN).tell(
        agreement(), result("r"), course(3), planned(Measure.TRAIN, 9)
    )
    known = World().history
    while True:
        wider = world.read(account_question(known, WATCH), frozenset())
        if wider == known:
            break
        known = wider
    whole, asked = of(world), account(known, WATCH)
    assert asked is not None
    assert asked.cannot_say == whole.cannot_say
    assert [e.unit.fact for e in asked.earlier] == [e.unit.fact for e in whole.earlier]
    assert (asked.results, asked.training) == (whole.results, whole.training)
    assert [a.agreement for a in asked.agreements] == ["pact"]


@given(st.lists(st.integers(0, 500), max_size=8))
def test_counts_stand_lowest_first_and_none_is_lost(figures: list[int]) -> None:
    facts = [counted(f"count-{n}", figure) for n, figure in enumerate(figures)]
    side_by_side = counts(
        World().tell(*facts, counted("elsewhere", 1, compromise="other")).history, CompromiseId("leak")
    )
    assert [r.fact.least for r in side_by_side.counts] == sorted(figures)


def test_counts_that_differ_are_never_made_one() -> None:
    leak = CompromiseId("leak")
    differ = counts(World().tell(counted("a", 27), counted("b", 60, 300)).history, leak)
    assert ["27 to 300" in words.en for words in differ.cannot_say] == [True, False]
    alike = counts(World().tell(counted("a", 27), counted("b", 27)).history, leak)
    assert not alike.cannot_say
    assert [w.en for w in counts(World().history, leak).cannot_say] == ["Nobody's count is on record."]
