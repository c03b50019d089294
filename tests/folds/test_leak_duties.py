"""What a leak makes owed under leak-inquiry/1: its clocks, and that nothing of the partner's ends any of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tearline.facts.fact import Fact
from tearline.facts.history import Actor
from tearline.facts.identifiers import CompromiseId, OrganisationId
from tearline.facts.leaks import AdversaryFoundUnaware
from tearline.folds.obligations import Obligation, obligations
from tearline.jobs.commands import said_by
from tearline.rooms import Command
from tearline.rooms.leaks.reports import ReportInterim
from tests.inquiries import (
    inquiry,
    interim,
    leak_warning_waived,
    looked,
    made,
    proposed,
    reported,
    unaware,
)
from tests.nodes import COMMANDS
from tests.protocol.packs import shipped
from tests.worlds import (
    ANA,
    HUGO,
    INA,
    OTTO,
    PARAMETERS,
    RITA,
    SYL,
    World,
    agreement,
    compromised,
    disclosed,
    on,
    partners,
    people_warned,
)

CLOCKS = {
    "interim_within": "24h",
    "inquiry_within": "72h",
    "finding_within": "30d",
    "finding_report_within": "72h",
    "harm_inquiry_within": "30d",
    "allegation_within": "30d",
}
OWED = {
    "interim-report": timedelta(hours=24),
    "look-into-leak": timedelta(hours=72),
    "make-finding": timedelta(days=30),
    "warn-or-waive": timedelta(hours=6),
    "look-into-harm": timedelta(days=30),
    "offer-against-perpetrators": timedelta(days=30),
}
PACK = shipped()["leak-inquiry/1"]


def leaked() -> World:
    """Given to siu outside the protocol on day 0; known to the adversary from day 1 on."""
    world = partners().tell(
        agreement("inquired", further=(PACK.id,), parameters={**PARAMETERS, **CLOCKS}), at=on(-80)
    )
    return world.tell(disclosed(under="inquired"), by=HUGO).tell(compromised(), by=HUGO, at=on(1))


def owed(world: World) -> dict[str, Obligation]:
    kinds = {duty.id for duty in PACK.duties}
    found = [o for o in obligations(world.history, shipped()) if o.kind in kinds]
    assert len(found) == len({o.kind for o in found})
    return {o.kind: o for o in found}


def test_each_clock_is_the_agreements() -> None:
    found = owed(leaked())
    assert {kind: o.due for kind, o in found.items()} == {kind: on(1) + span for kind, span in OWED.items()}
    assert {o.debtor for o in found.values()} == {"own"}
    assert found["warn-or-waive"].creditor == found["look-into-harm"].creditor == "people"
    assert all(
        found[kind].creditor == "watch" for kind in ("interim-report", "look-into-leak", "make-finding")
    )


def test_a_shorter_clock_is_a_shorter_clock() -> None:
    world = partners().tell(
        agreement(
            "inquired", further=(PACK.id,), parameters={**PARAMETERS, **CLOCKS, "finding_within": "10d"}
        ),
        at=on(-80),
    )
    world.tell(disclosed(under="inquired"), by=HUGO).tell(compromised(), by=HUGO, at=on(1))
    assert owed(world)["make-finding"].due == on(11)


@pytest.mark.parametrize(
    ("kind", "fact", "by"),
    [
        ("interim-report", interim(), SYL),
        ("look-into-leak", inquiry("ina"), SYL),
        ("make-finding", made(), SYL),
        ("warn-or-waive", leak_warning_waived(), SYL),
        ("warn-or-waive", replace(people_warned(), compromise=CompromiseId("leak")), HUGO),
        ("look-into-harm", looked(), HUGO),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_ends_by_its_own_fact_and_no_other(kind: str, fact: Fact, by: Actor) -> None:
    found = owed(leaked().tell(fact, by=by, at=on(1.1)))
    assert {k for k, o in found.items() if o.discharged_by} == {kind}


def test_a_finding_is_reported_too() -> None:
    world = leaked().tell(proposed(), by=INA, at=on(5)).tell(made(), by=OTTO, at=on(6))
    assert owed(world)["report-finding"].due == on(9)
    world.tell(reported(), by=INA, at=on(7))
    assert owed(world)["report-finding"].discharged_by is not None


def test_another_body_than_the_overseer_is_told_in_vain() -> None:
    other = replace(interim(), overseer=OrganisationId("own"))
    assert owed(leaked().tell(other, by=SYL, at=on(1.1)))["interim-report"].discharged_by is None


def test_an_interim_report_also_ends_the_report_that_the_leading_text_asks_for() -> None:
    world = leaked()
    world.does(ReportInterim(interim()), by=SYL, now=on(1.2))
    (report,) = [o for o in obligations(world.history, shipped()) if o.kind == "report-leak"]
    assert report.discharged_by is not None


def test_people_whom_the_partner_says_it_warned_are_still_ours_to_warn() -> None:
    notice = replace(people_warned(), compromise=CompromiseId("leak"))
    world = leaked().tell(notice, by=RITA, at=on(1.1))
    assert owed(world)["warn-or-waive"].discharged_by is None
    (before,) = [o for o in obligations(world.history, shipped()) if o.kind == "warn-after-leak"]
    assert before.discharged_by is None
    world.tell(replace(notice, notice=people_warned("n-2").notice), by=HUGO, at=on(1.2))
    assert owed(world)["warn-or-waive"].discharged_by is not None


@pytest.mark.parametrize("kind", sorted({name for duty in PACK.duties for name in duty.discharged_by}))
def test_no_partner_gives_the_fact_that_ends_it(kind: str) -> None:
    """But a warning of people, which anybody gives; and that ends nothing of ours."""
    assert kind == "PeopleWarned" or not [c for c in _saying(kind) if RITA.role in c.allowed]


def _saying(kind: str) -> list[type[Command]]:
    found = [c for c in COMMANDS if (said := said_by(c)) is not None and said.__name__ == kind]
    assert found
    return found


def test_that_an_adversary_was_unaware_makes_nothing_owed() -> None:
    world = partners().tell(unaware(), by=ANA)
    assert world.history.of(AdversaryFoundUnaware)
    assert owed(world) == {}
