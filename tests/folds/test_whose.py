"""Whose a report of harm is, and so all that belongs to it."""

from datetime import date

from tearline.facts.assistance import AssistanceGiven, AssistanceKind, Contact, NeedRecorded
from tearline.facts.fact import Sealed
from tearline.facts.history import Role, Told
from tearline.facts.identifiers import AssistanceId, NeedId, ReportId, TellingId
from tearline.folds.whose import Whose, is_about
from tests.registers import report, victim
from tests.worlds import HUGO, NOON, World, acting

ADA = acting("ada", Role.ADVOCATE)


def need(name: str, of: str | None) -> NeedRecorded:
    return NeedRecorded(
        need=NeedId(name),
        kind=AssistanceKind.LEGAL,
        what=Sealed("A lawyer"),
        contact=Contact.IN_PERSON,
        wanted_by=date(2027, 1, 1),
        report=ReportId(of) if of else None,
    )


def helped(name: str, of: str | None) -> AssistanceGiven:
    return AssistanceGiven(
        assistance=AssistanceId(name),
        kind=AssistanceKind.LEGAL,
        given=Sealed("A lawyer came"),
        need=NeedId(of) if of else None,
    )


def others(world: World) -> frozenset[str]:
    whose = Whose()
    for recorded in world.history:
        whose.take(recorded)
    return whose.others(ADA.person)


def test_what_a_report_names_and_needs_is_whoever_s_took_the_report_down() -> None:
    world = World().tell(report("mine"), helped("freely", None), by=ADA).tell(report("theirs"), by=HUGO)
    world.tell(victim("m", "mine"), need("n", "mine"), helped("h", "n"), by=HUGO)
    world.tell(victim("t", "theirs"), need("o", "theirs"), helped("i", "o"), need("apart", None), by=HUGO)
    assert others(world) == {"report:theirs", "victim:t", "need:o", "assistance:i", "need:apart"}


def test_a_report_called_none_is_not_what_belongs_to_none() -> None:
    world = World().tell(report("None"), by=ADA).tell(need("apart", None), by=HUGO)
    assert others(world) == {"need:apart"}


def test_what_a_worked_case_tells_is_nobody_s() -> None:
    told = Told(telling=TellingId("tale"), known_at=NOON, rests_on="a page")
    assert others(World().tell(report("tale.theirs"), by=HUGO, told=told)) == frozenset()


def test_a_fact_is_about_others_where_any_of_its_tags_is() -> None:
    theirs = others(World().tell(report("theirs"), by=HUGO))
    assert is_about(victim("t", "theirs"), theirs)
    assert not is_about(victim("m", "mine"), theirs)
