"""Oversight: a briefing is about one thing that is on record, to somebody who is."""

from dataclasses import replace

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role, Told
from tearline.facts.identifiers import (
    BriefingId,
    CompromiseId,
    FactId,
    OrganisationId,
    PersonId,
    ReleaseId,
    RequestId,
    TellingId,
)
from tearline.facts.oversight import FieldsDisclosed, OverseerInformed, TellingOpened
from tearline.rooms.oversight import DiscloseFields, InformOverseer, OpenTelling
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    INA,
    NOON,
    REX,
    SYL,
    World,
    compromised,
    disclosed,
    partners,
    released,
    requested,
)

BRIEFING = OverseerInformed(
    briefing=BriefingId("b-1"), overseer=OrganisationId("watch"), text=Sealed("what happened")
)
ON_REQUEST = replace(BRIEFING, request=RequestId("ask"))
ON_RELEASE = replace(BRIEFING, release=ReleaseId("rel"))
ON_DISCLOSURE = replace(BRIEFING, release=ReleaseId("told"))
ON_LEAK = replace(BRIEFING, compromise=CompromiseId("leak"))


def world() -> World:
    return (
        partners()
        .tell(requested(), by=ANA)
        .tell(released(), by=REX)
        .tell(disclosed(), compromised(), by=HUGO)
    )


TOLD = Told("telling", NOON, "¶1")
OPENED = TellingOpened(
    telling=TellingId("telling"),
    case_en="A case",
    case_es="Un caso",
    title_en="As it happened",
    title_es="Como ocurrió",
    about_en="What it tells",
    about_es="De qué trata",
    sources=("An article",),
)
NODE = Actor(PersonId("node"), Role.NODE)
DISCLOSED = FieldsDisclosed(record=FactId("06h03hhdf7qblakmvnn18vt3"), fields=("title", "content"))

ACCEPTED = [
    Row(
        claim="a telling opens itself", order=OpenTelling(OPENED), by=CLIO, told=TOLD, gives=(TellingOpened,)
    ),
    Row(
        claim="on a request",
        order=InformOverseer(ON_REQUEST),
        by=SYL,
        world=world(),
        gives=(OverseerInformed,),
    ),
    Row(
        claim="on a release",
        order=InformOverseer(ON_RELEASE),
        by=REX,
        world=world(),
        gives=(OverseerInformed,),
    ),
    Row(
        claim="on a disclosure",
        order=InformOverseer(ON_DISCLOSURE),
        by=SYL,
        world=world(),
        gives=(OverseerInformed,),
    ),
    Row(claim="on a leak", order=InformOverseer(ON_LEAK), by=INA, world=world(), gives=(OverseerInformed,)),
    Row(claim="fields shown", order=DiscloseFields(DISCLOSED), by=NODE, gives=(FieldsDisclosed,)),
]

REFUSED = [
    Row(
        claim="a field shown twice",
        order=DiscloseFields(replace(DISCLOSED, fields=("title", "title"))),
        by=NODE,
        refused="each-field-once",
    ),
    Row(
        claim="a telling opens twice",
        order=OpenTelling(OPENED),
        by=CLIO,
        told=TOLD,
        world=World().tell(OPENED, by=CLIO, told=TOLD),
        refused="once",
    ),
    Row(
        claim="one telling opens another",
        order=OpenTelling(OPENED),
        by=CLIO,
        told=Told("another", NOON, "¶1"),
        refused="told-only",
    ),
    Row(claim="a telling opens live", order=OpenTelling(OPENED), by=CLIO, refused="told-only"),
    Row(claim="on nothing", order=InformOverseer(BRIEFING), by=SYL, world=world(), refused="about-one-thing"),
    Row(
        claim="on two things at once",
        order=InformOverseer(replace(ON_REQUEST, compromise=CompromiseId("leak"))),
        by=SYL,
        world=world(),
        refused="about-one-thing",
    ),
    Row(
        claim="on three things at once",
        order=InformOverseer(replace(ON_REQUEST, compromise=CompromiseId("leak"), release=ReleaseId("rel"))),
        by=SYL,
        world=world(),
        refused="about-one-thing",
    ),
    Row(
        claim="twice under one name",
        order=InformOverseer(ON_LEAK),
        by=SYL,
        world=world().tell(ON_LEAK),
        refused="once",
    ),
    Row(
        claim="to nobody",
        order=InformOverseer(replace(ON_LEAK, overseer=OrganisationId("nobody"))),
        by=SYL,
        world=world(),
        refused="known",
    ),
    *[
        Row(claim=f"on no such {what}", order=InformOverseer(order), by=SYL, refused="known")
        for what, order in [("request", ON_REQUEST), ("release", ON_RELEASE), ("leak", ON_LEAK)]
    ],
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)
