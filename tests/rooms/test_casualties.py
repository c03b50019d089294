"""How many there were: as the record stands, and only as far as it may be counted; made public by somebody else."""

from dataclasses import replace
from datetime import date

import pytest

from tearline.facts.casualties import CasualtiesEstimated, CountedScope, HarmPublished
from tearline.facts.fact import Compartment, Fact
from tearline.facts.harm import Harm, SourceClass
from tearline.facts.identifiers import EstimateId, StatusId, VictimId
from tearline.facts.register import Condition, ConditionBasis, ConditionEstablished, ConsentWithdrawn, Purpose
from tearline.folds.counting import scoped
from tearline.folds.estimates import REASONS, EstimateStanding, NotCounted, stands
from tearline.rooms import Command
from tearline.rooms.casualties import EstimateCasualties, PublishFigures
from tests.registers import LINA, consent, report, victim
from tests.rooms.rows import Row, check
from tests.rooms.test_linkage import judged, merged, split
from tests.worlds import HUGO, OTTO, World, acting, on

SCOPE = CountedScope(
    unit="people who disappeared",
    area="the region",
    first_day=date(2011, 3, 1),
    last_day=date(2011, 3, 31),
    harm=Harm.DISAPPEARED,
)
ELSE = acting("hilda", HUGO.role)


def world(*more: Fact, people: int = 6) -> World:
    """People told of by a court and by the police, of whom the police know those with an even number."""
    told: list[Fact] = []
    for n in range(people):
        told += [report(f"c{n}", on="court", place="Norte" if n % 3 else "Sur")]
        told += [victim(f"c{n}", f"c{n}", given=f"Ana{n}", condition=Condition.MISSING)]
        if n % 2 == 0:
            told += [report(f"p{n}", on="police"), victim(f"p{n}", f"p{n}", given=f"Ana{n}")]
            told += [merged(f"c{n}", f"p{n}", name=f"m{n}")]
    return World().tell(*told, *more)


def estimated(of: World, scope: CountedScope = SCOPE) -> EstimateId:
    (made,) = of.does(EstimateCasualties(scope), by=LINA)
    assert isinstance(made, CasualtiesEstimated)
    return made.estimate


def known(*more: Fact, people: int = 6) -> World:
    of = world(*more, people=people)
    estimated(of)
    return of


def estimate_of(of: World) -> CasualtiesEstimated:
    return of.history.of(CasualtiesEstimated)[-1].fact


KNOWN = known(people=12)
NAME = estimate_of(KNOWN).estimate
PUBLIC = KNOWN.copy()
PUBLIC.does(PublishFigures(NAME), by=HUGO)
AGAIN = EstimateId("again")


def again(of: World, **changed: object) -> World:
    """The same estimate under another name, with something changed."""
    return of.copy().tell(replace(estimate_of(of), estimate=AGAIN, **changed), by=LINA)  # type: ignore[arg-type]  # each change is typed there


ACCEPTED = [
    Row(
        claim="how many is estimated",
        order=EstimateCasualties(SCOPE),
        by=LINA,
        world=world(),
        gives=(CasualtiesEstimated,),
    ),
    Row(
        claim="figures are made public",
        order=PublishFigures(NAME),
        by=OTTO,
        world=KNOWN,
        gives=(HarmPublished,),
    ),
    Row(
        claim="and those of later, where nothing tells",
        order=PublishFigures(AGAIN),
        by=OTTO,
        world=again(PUBLIC),
        gives=(HarmPublished,),
    ),
]
REFUSED = [
    Row(
        claim="nobody lies in the scope",
        order=EstimateCasualties(replace(SCOPE, harm=Harm.INJURED)),
        by=LINA,
        world=world(),
        refused="somebody-counted",
    ),
    Row(
        claim="a scope that ends before it begins",
        order=EstimateCasualties(replace(SCOPE, last_day=date(2011, 2, 1))),
        by=LINA,
        world=world(),
        refused="days-in-order",
    ),
    Row(
        claim="an estimate nobody made",
        order=PublishFigures(EstimateId("x")),
        by=HUGO,
        world=KNOWN,
        refused="known",
    ),
    Row(
        claim="by who estimated it",
        order=PublishFigures(NAME),
        by=replace(LINA, role=HUGO.role),
        world=KNOWN,
        refused="another-publishes",
    ),
    Row(claim="what is public already", order=PublishFigures(NAME), by=HUGO, world=PUBLIC, refused="once"),
    Row(
        claim="an estimate that is superseded",
        order=PublishFigures(NAME),
        by=HUGO,
        world=KNOWN.copy().tell(ConsentWithdrawn(report=report("c1").report)),
        refused="superseded",
    ),
    Row(
        claim="rows that the comparison finds to be fewer people",
        order=PublishFigures(AGAIN),
        by=HUGO,
        world=again(KNOWN, refused=("linkage-apart",)),
        refused="linkage-taken-up",
    ),
    Row(
        claim="a part of what is public",
        order=PublishFigures(AGAIN),
        by=HUGO,
        world=again(PUBLIC, scope=replace(SCOPE, places=("Norte",))),
        refused="scopes-apart",
    ),
    Row(
        claim="a few more than were public",
        order=PublishFigures(AGAIN),
        by=HUGO,
        world=again(PUBLIC, documented=14),
        refused="difference-tells",
    ),
    Row(
        claim="very few",
        order=PublishFigures(estimate_of(known(people=4)).estimate),
        by=HUGO,
        world=known(people=4),
        refused="difference-tells",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_row(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("command", [EstimateCasualties, PublishFigures])
def test_counting_takes_no_witness(command: type[Command]) -> None:
    assert command.opens == {Compartment.VICTIMS}


def test_the_documented_count_is_of_people_and_not_of_reports() -> None:
    fact = estimate_of(known())
    assert (fact.reported, fact.documented, fact.lists) == (9, 6, 2)
    assert fact.histories.open() == (0, 3, 0, 3)
    assert fact.median is None
    assert {"few-lists", "few-seen-twice", "linkage-unknown"} <= set(fact.refused)
    assert set(fact.refused) <= set(REASONS)


def test_a_person_is_in_scope_by_one_report_and_stands_on_the_lists_of_all_that_may_lie_in_it() -> None:
    of = world(
        report("late", on="press", day=date(2012, 1, 1)),
        victim("late", "late"),
        report("when", on="press", day=None),
        victim("when", "when"),
        merged("when", "c1", name="n1"),
        report("alone", on="press", day=None),
        victim("alone", "alone"),
        report("hurt", on="press", harm=Harm.INJURED),
        victim("hurt", "hurt"),
        merged("hurt", "c3", name="n2"),
    )
    within = scoped(of.history, SCOPE, on(0).date())
    assert within.documented(within.standing) == 6  # late is outside; alone says nothing of when
    assert len(within.lists) == 3
    histories = within.histories(within.standing)
    assert histories.on(2) == 1  # on the press's list: c1, and not c3


def test_unnamed_people_stand_beside_the_count_as_a_range() -> None:
    of = World().tell(
        report("c0", on="court"),
        victim("c0", "c0"),
        report("bus", least=3, most=9, source=SourceClass.WITNESS),
        consent("k", "bus"),
        victim("one", "bus"),
        report("secret", least=50, most=60, source=SourceClass.WITNESS),
        report("late", least=7, most=7, day=date(2012, 1, 1)),
    )
    estimated(of)
    assert (estimate_of(of).unnamed_least, estimate_of(of).unnamed_most) == (2, 8)
    estimated(of.tell(report("many", least=4, most=None)))
    assert (estimate_of(of).unnamed_least, estimate_of(of).unnamed_most) == (6, None)


def test_an_estimate_is_older_than_what_came_since_and_superseded_when_consent_goes() -> None:
    of = world(consent("k0", "c0"), consent("k1", "c1", until=on(10).date()))
    estimated(of)
    made = of.history.of(CasualtiesEstimated)[0]
    day = on(0).date()
    assert stands(of.history, made, day).standing is EstimateStanding.STANDS
    of.tell(report("new"), victim("new", "new"))
    assert stands(of.history, made, day).standing is EstimateStanding.OLDER
    assert stands(of.history, made, on(11).date()).gone == {"c1": NotCounted.RAN_OUT}
    of.tell(consent("k2", "c0", Purpose.HELP))
    assert stands(of.history, made, day).gone == {"c0": NotCounted.NARROWED}
    of.tell(ConsentWithdrawn(report=report("p2").report), ConsentWithdrawn(report=report("new").report))
    found = stands(of.history, made, day)
    assert found.standing is EstimateStanding.SUPERSEDED
    assert found.gone == {"c0": NotCounted.NARROWED, "p2": NotCounted.WITHDRAWN}


def test_what_came_after_the_estimate_does_not_change_what_it_counted() -> None:
    of = known()
    made = of.history.of(CasualtiesEstimated)[0]
    of.tell(split("p0"), ConsentWithdrawn(report=report("new").report))
    assert stands(of.history, made, on(0).date()).standing is EstimateStanding.OLDER


def test_cells_are_by_what_was_established_last_and_small_ones_are_closed() -> None:
    of = world(*(dead(n) for n in range(6)), people=12)
    estimated(of)
    (public,) = of.does(PublishFigures(estimate_of(of).estimate), by=HUGO)
    assert isinstance(public, HarmPublished)
    assert {c.what: c.people for c in public.by_condition} == {"dead": 6, "missing": 6}
    assert {c.what: c.people for c in public.by_place} == {}  # four in the south, and so eight in the north


def dead(n: int) -> ConditionEstablished:
    return ConditionEstablished(
        status=StatusId(f"st{n}"),
        victim=VictimId(f"c{n}"),
        condition=Condition.DEAD,
        basis=ConditionBasis.DNA,
        day=date(2020, 1, 1),
    )


def apart() -> World:
    """Thirty people told of by a court and by the police, judged by twelve pairs and put together by nobody."""
    of = World()
    for source in ("court", "police"):
        for n in range(30):
            name = f"{source}{n}"
            of.tell(
                report(name, on=source),
                victim(
                    name, name, given=f"Ana{'bcdefghij'[n % 9] * 3}", paternal=NAMES[n], maternal=NAMES[-n]
                ),
            )
    of.tell(*(judged(f"court{n}", f"police{n}", name=f"j{n}") for n in range(12)))
    estimated(of)
    return of


def test_a_linkage_that_nobody_took_up_carries_no_number() -> None:
    of = apart()
    assert "linkage-apart" in estimate_of(of).refused
    assert "linkage-unknown" not in estimate_of(of).refused


def test_rows_that_nobody_put_together_are_not_public_as_people_and_are_once_they_are() -> None:
    of = apart()
    assert estimate_of(of).documented == 60
    assert of.refuses(PublishFigures(estimate_of(of).estimate), by=HUGO) == "linkage-taken-up"
    of.tell(*(merged(f"court{n}", f"police{n}", name=f"m{n}") for n in range(30)))
    estimated(of)
    assert estimate_of(of).documented == 30
    assert "linkage-apart" not in estimate_of(of).refused
    (public,) = of.does(PublishFigures(estimate_of(of).estimate), by=HUGO)
    assert isinstance(public, HarmPublished)


NAMES = """Morales Elizondo Sanchez Castro Flores Romero Castillo Reyes Velazquez Guzman Aguilar Lopez Perez Martinez
    Ruiz Trevino Alvarez Guerra Mendez Dominguez Torres Medina Herrera Mendoza Gonzalez Moreno Ramirez Chavez Hernandez
    Cantu""".split()
