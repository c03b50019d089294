"""The places of the register, as far as they lead somewhere for whoever reads; and what of it is there for them."""

from collections.abc import Mapping

from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import ReportId
from tearline.facts.linkage import LinkUndone, VictimsMerged, VictimsSplit
from tearline.facts.register import (
    ConditionEstablished,
    ConsentGiven,
    ConsentWithdrawn,
    IncidentRecorded,
    VictimReported,
)
from tearline.folds.register import Reported, reports_of
from tearline.signin.policy import Answer
from tearline.web.policy import SITE
from tearline.web.visit import Visit

STANDING = about(
    kinds=(
        HarmReported,
        ConsentGiven,
        ConsentWithdrawn,
        VictimReported,
        ConditionEstablished,
        IncidentRecorded,
        VictimsMerged,
        VictimsSplit,
        LinkUndone,
    )
)
"""All that the register stands on. It is read closed: what a list shows of people is opened for that alone."""


def places(visit: Visit) -> list[tuple[str, str]]:
    """Address and words of each place that leads somewhere for this reader."""
    say = visit.say
    every = [
        ("/harm", say("What stands")),
        ("/harm/reports", say("Reports")),
        ("/harm/people", say("People")),
        ("/harm/incidents", say("Incidents")),
        ("/harm/linkage", say("Who is who")),
        ("/harm/estimates", say("How many")),
        ("/harm/warnings", say("Warnings")),
        ("/harm/assistance", say("Assistance")),
        ("/harm/outside", say("From outside")),
        ("/harm/import", say("Tables")),
    ]
    return [(address, words) for address, words in every if served(visit, address)]


def served(visit: Visit, address: str) -> bool:
    """Whether this address is a page of ours that this reader may use."""
    found = SITE.find(address)
    return found is not None and found[0].answer(visit.role) is Answer.SERVED


def standing(visit: Visit) -> History:
    """The register with nothing opened. Nothing sealed is in it, so nobody is said to have read anything."""
    known, _ = visit.node.gather(lambda _: STANDING)
    return known


def reported(visit: Visit, known: History) -> Mapping[ReportId, Reported]:
    """The reports that are there for this reader."""
    return there_for(visit.actor, known)


def live_for(reader: Actor, known: History) -> History:
    """Of the live register what is there for this reader: to an advocate, nothing of reports that others took down."""
    there = {None, *there_for(reader, known)}
    live = (r for r in known if r.told is None and getattr(r.fact, "report", None) in there)
    return History(tuple(live), known.position)


def there_for(reader: Actor, known: History) -> Mapping[ReportId, Reported]:
    """To an advocate, the reports that they took down, and worked cases; to others, all."""
    return {
        name: one
        for name, one in reports_of(known).items()
        if reader.role is not Role.ADVOCATE
        or one.recorded.by.person == reader.person
        or one.recorded.told is not None
    }
