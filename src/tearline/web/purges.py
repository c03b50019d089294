"""Purges on the ledger's page: what was destroyed on which ground, and what it still waits for."""

from tearline.facts.history import History
from tearline.folds.retention import Awaited, PurgeStanding, purges, purges_question
from tearline.web.look import link, tag
from tearline.web.places import entry_of
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit


def listed(visit: Visit) -> list[list[object]]:
    """A row for each purge, the latest first; none for those who do not read the record."""
    if not visit.access.inside:
        return []
    known = visit.read(lambda _: purges_question())
    return [_row(visit.say, standing) for standing in reversed(_standings(visit, known))]


def _standings(visit: Visit, known: History) -> list[PurgeStanding]:
    return purges(known, visit.node.clock())


def _row(say: Tongue, standing: PurgeStanding) -> list[object]:
    ordered = standing.ordered
    named = standing.purged or ordered
    return [
        link(standing.purge, entry_of(named)),
        say.many("%(n)s fact", "%(n)s facts", len(ordered.fact.refs)),
        f"{say(ordered.fact.ground)} ({ordered.fact.cites})",
        _state(say, standing),
        "; ".join(_awaited(say, one) for one in standing.awaits) or None,
    ]


def _state(say: Tongue, standing: PurgeStanding) -> object:
    if standing.completed is not None:
        return tag(say, say("complete"), "release")
    if standing.purged is not None:
        return tag(say, say("destroyed here, not yet in old copies"), "hold")
    return tag(say, say("ordered"))


def _awaited(say: Tongue, one: Awaited) -> str:
    until = f" ({one.backup}, {say.day(one.until)})" if one.backup and one.until else ""
    return say(one.what) + until
