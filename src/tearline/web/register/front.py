"""What stands in the register: figures of reports and people, before any of them is told."""

from dataclasses import dataclass

from tearline.facts.register import IncidentRecorded, VictimReported
from tearline.folds.register import counted, reports_of, unnamed
from tearline.folds.victims import grouping
from tearline.web.register.places import live_for, standing
from tearline.web.show import ranged
from tearline.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Figures as the macro ``figures`` takes them, and how many live reports there are."""

    figures: list[tuple[str, str, str]]
    reports: int


def front(visit: Visit) -> Standing:
    """Of the live register, as far as it is there for this reader. None of these figures says how many people were
    harmed, and the page says so."""
    say, today = visit.say, visit.now.date()
    live = live_for(visit.actor, standing(visit))
    reports = reports_of(live)
    counting = sum(one.counts(today) for one in reports.values())
    withdrawn = sum(one.withdrawn is not None for one in reports.values())
    copied = sum(one.fact.copied_from is not None for one in reports.values())
    named = live.of(VictimReported)
    people, may = grouping(live), counted(live, today)
    persons = len({people.of[victim] for victim in may})
    least, most = unnamed(live, today)
    lists = len({one.list for one in reports.values() if one.fact.list})
    return Standing(
        reports=len(reports),
        figures=[
            (
                say.number(len(reports)),
                say("reports"),
                say(
                    "%(withdrawn)s withdrawn, %(copied)s copied from others",
                    withdrawn=say.number(withdrawn),
                    copied=say.number(copied),
                ),
            ),
            (say.number(counting), say("may be counted today"), say("on %(n)s lists", n=say.number(lists))),
            (
                say.number(len(people.people)),
                say("people named"),
                say(
                    "%(names)s names in all; %(n)s people may be counted",
                    names=say.number(len(named)),
                    n=say.number(persons),
                ),
            ),
            (ranged(say, least, most), say("more, not named"), say("told of in reports that may be counted")),
            (say.number(len(live.of(IncidentRecorded))), say("incidents"), ""),
        ],
    )
