"""What may be counted: only what a consent covers, never a copy, nothing withdrawn; and which figures still stand."""

from dataclasses import replace
from datetime import date

import pytest

from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import HarmReported, SourceClass
from tearline.facts.history import History
from tearline.facts.identifiers import ConsentId, ListId, ReportId, VictimId
from tearline.facts.register import ConsentGiven, ConsentParty, ConsentWithdrawn, Purpose, VictimReported
from tearline.folds.register import counted, reports_of, unnamed
from tests.rooms.test_harm import REPORT
from tests.worlds import World

TODAY = date(2026, 3, 10)
R1 = REPORT.report
COUNT = ConsentGiven(
    consent=ConsentId("k"),
    report=R1,
    purposes=(Purpose.COUNT,),
    shared=(ConsentParty.NOBODY,),
    public_name=False,
    how=Sealed("by telephone"),
)
WITHDRAWN = ConsentWithdrawn(report=R1)
SEARCH = replace(COUNT, consent=ConsentId("k2"), purposes=(Purpose.SEARCH,))


def report(name: str = R1, source: SourceClass = SourceClass.PRESS, **changed: object) -> HarmReported:
    return replace(REPORT, report=ReportId(name), source_class=source, **changed)  # type: ignore[arg-type]  # each change is typed there


def named(victim: str, name: str = R1) -> VictimReported:
    return VictimReported(
        victim=VictimId(victim),
        report=ReportId(name),
        given_names=Sealed("Rosa"),
        paternal_surname=Sealed("Garza"),
    )


def known(*facts: Fact) -> History:
    return World().tell(*facts).history


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ([REPORT], False),
        ([REPORT, COUNT], True),
        ([REPORT, COUNT, SEARCH], False),
        ([REPORT, SEARCH, COUNT], True),
        ([REPORT, replace(COUNT, until=TODAY)], True),
        ([REPORT, replace(COUNT, until=date(2026, 3, 9))], False),
        ([REPORT, COUNT, WITHDRAWN], False),
        ([REPORT, WITHDRAWN, COUNT], False),
        ([report()], True),
        ([report(source=SourceClass.COURT), WITHDRAWN], False),
        ([report(), SEARCH], False),
        ([report("r-0"), report(copied_from=ReportId("r-0"))], False),
    ],
)
def test_only_what_a_consent_covers_is_counted(facts: list[Fact], counts: bool) -> None:  # noqa: FBT001  a table's column
    history = known(*facts, named("v"))
    assert reports_of(history)[R1].counts(TODAY) is counts
    assert bool(counted(history, TODAY)) is counts


def test_what_needs_no_consent_is_still_not_told_in_public_without_one() -> None:
    one = reports_of(known(report()))[R1]
    assert one.may(Purpose.INQUIRY, TODAY)
    assert not one.may(Purpose.PUBLICATION, TODAY)


def test_people_who_are_not_named_are_at_least_those_of_one_list_and_at_most_all() -> None:
    a, b = ListId("a"), ListId("b")
    history = known(
        report("r-1", least=2, most=4, list=a),
        named("v-1", "r-1"),
        report("r-2", least=3, most=3, list=a),
        report("r-3", least=2, most=5, list=b),
        report("r-4", SourceClass.WITNESS, least=90, most=90),
    )
    assert unnamed(history, TODAY) == (1 + 3, 3 + 3 + 5)
    assert unnamed(known(report(least=2, most=None)), TODAY) == (2, None)
    assert unnamed(known(report(least=1, most=1), named("v"), named("w")), TODAY) == (0, 0)
    assert unnamed(History(), TODAY) == (0, 0)
