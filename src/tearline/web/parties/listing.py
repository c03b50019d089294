"""All partners at a glance: organisations, their units with their status, and agreements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import UnitId
from tearline.facts.leaks import CooperationEnded, CooperationSuspended, SuspensionLifted
from tearline.facts.parties import (
    AgreementSigned,
    ProtocolAppliedInHindsight,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.folds.agreements import Agreement, agreements
from tearline.folds.people import People
from tearline.web.chain import decided
from tearline.web.look import status_tag
from tearline.web.names import Names
from tearline.web.parts import Part, shown
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    units: Part[list[object]]
    agreements: Part[list[object]]
    told_units: list[list[object]]
    told_agreements: list[list[object]]


def listing(say: Tongue, known: History, now: datetime, firsts: Mapping[str, int]) -> Listing:
    """``known`` is all that ``projections.PARTIES`` names; ``firsts``: where the units and the agreements begin."""
    units = known.of(UnitFormed)
    live = shown([r for r in units if r.told is None], firsts.get("units", 0))
    told = [r for r in units if r.told is not None]
    held = agreements(known)
    marked = {r.fact.agreement: r.told for r in known.of(AgreementSigned)}
    marked |= {r.fact.agreement: r.told for r in known.of(ProtocolAppliedInHindsight)}
    bound = shown([a for a in held.values() if marked[a.agreement] is None], firsts.get("agreements", 0))
    measured = [a for a in held.values() if marked[a.agreement] is not None]
    names = Names(_named(known, {r.fact.unit for r in (*live.items, *told)}), say)
    return Listing(
        units=live.of(_units(say, known, live.items, names, now)),
        agreements=bound.part(lambda a: _agreement(say, a, names)),
        told_units=_told_units(say, known, told, names),
        told_agreements=[_agreement(say, a, names) for a in measured],
    )


_OF_STANDING = (
    UnitVettingDecided,
    CooperationSuspended,
    SuspensionLifted,
    CooperationEnded,
    UnitStoodDown,
)


def _named(known: History, units: set[UnitId]) -> History:
    """What these units are called, with every organisation and agreement."""
    return History(
        tuple(
            r
            for r in known
            if not isinstance(r.fact, _OF_STANDING)
            and (not isinstance(r.fact, UnitFormed) or r.fact.unit in units)
        ),
        known.position,
    )


def _units(
    say: Tongue, known: History, formed: Sequence[Recorded[UnitFormed]], names: Names, at: datetime
) -> list[list[object]]:
    """These units as they stood then."""
    units = {r.fact.unit for r in formed}
    people = People(
        History(tuple(r for r in known if getattr(r.fact, "unit", None) in units), known.position), at
    )
    rows: list[list[object]] = []
    for r in formed:
        unit_link = people.unit_link(r.fact.unit)
        rows.append(
            [
                names.unit(r.fact.unit).link(),
                names.organisation(r.fact.organisation),
                status_tag(say, unit_link.status),
                decided(say, unit_link, names) or "—",
            ]
        )
    return rows


def _told_units(
    say: Tongue, known: History, formed: Sequence[Recorded[UnitFormed]], names: Names
) -> list[list[object]]:
    """A told unit stands as it stood at the end of its telling."""
    ends: dict[str, datetime] = {}
    for r in known:
        if r.told:
            ends[r.told.telling] = max(r.told.known_at, ends.get(r.told.telling, r.told.known_at))
    return [
        [*row, say.telling(r.told.telling)]
        for r in formed
        if r.told
        for row in _units(say, known, [r], names, ends[r.told.telling])
    ]


def _agreement(say: Tongue, a: Agreement, names: Names) -> list[object]:
    return [
        names.agreement(a.agreement).link(),
        f"{names.organisation(a.terms.own)} – {names.organisation(a.terms.partner)}",
        a.terms.protocol,
        say("nobody signed it") if a.hindsight else say.day(a.in_force_from),
        say.day(a.terms.valid_until),
    ]
