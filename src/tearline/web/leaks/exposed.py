"""The exposure set as a page shows it: everyone who could have told it, on what ground, and nobody accused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.leaks import CompromiseReported
from tearline.folds.exposed import Exposed, exposure_set
from tearline.folds.leaks import interval
from tearline.folds.people import People
from tearline.web.look import link, status_tag
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSet:
    """``sentence`` stands with the rows, always: what the set says, and what no fact tells."""

    sentence: str
    heads: list[str]
    rows: list[list[object]]


def exposure_of(say: Tongue, known: History, leak: Recorded[CompromiseReported], names: Names) -> ExposureSet:
    """By all that is known now, of what had happened when the adversary knew."""
    until = interval(leak).by
    found = exposure_set(known, leak.fact.item, until)
    return ExposureSet(
        sentence=say.many(
            "%(n)s person could have told it by then, by what is on record today. That accuses nobody; whoever read it "
            "without a trace is not in this list.",
            "%(n)s people could have told it by then, by what is on record today. That accuses nobody; whoever read it "
            "without a trace is not in this list.",
            len(found),
        ),
        heads=[say("Person"), say("On what ground"), say("Since"), say("Their own vetting then")],
        rows=_rows(say, known, found, until, names),
    )


def _rows(
    say: Tongue, known: History, found: Sequence[Exposed], until: datetime, names: Names
) -> list[list[object]]:
    people = People(known, until)
    rows: list[list[object]] = []
    for one in found:
        closest = one.ways[0]
        grounds = [say(ground) for ground in dict.fromkeys(way.ground for way in one.ways)]
        rows.append(
            [
                names.person(one.person).link(),
                link("; ".join(grounds), entry_of(closest.fact)),
                say.moment(one.since),
                status_tag(say, people.own_link(one.person).status),
            ]
        )
    return rows
