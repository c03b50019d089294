"""All partners at a glance: organisations, their units with their status, and agreements."""

from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, about
from tearline.facts.leaks import CooperationSuspended
from tearline.facts.parties import (
    AgreementSigned,
    OrganisationRegistered,
    ProtocolAppliedInHindsight,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.protocols import ProtocolAdopted
from tearline.folds.agreements import agreements
from tearline.folds.people import People
from tearline.web.chain import decided
from tearline.web.look import status_tag
from tearline.web.names import Names
from tearline.web.tongue import Tongue

QUESTION = about(
    kinds=(
        OrganisationRegistered,
        UnitFormed,
        UnitVettingDecided,
        UnitStoodDown,
        CooperationSuspended,
        AgreementSigned,
        ProtocolAppliedInHindsight,
        ProtocolAdopted,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    units: list[list[object]]
    agreements: list[list[object]]
    told_units: list[list[object]]
    told_agreements: list[list[object]]


def listing(say: Tongue, known: History, now: datetime) -> Listing:
    names = Names(known, say)
    return Listing(
        units=_units(say, known, names, now, told=False),
        agreements=_agreements(say, known, names, told=False),
        told_units=_units(say, known, names, now, told=True),
        told_agreements=_agreements(say, known, names, told=True),
    )


def _units(say: Tongue, known: History, names: Names, now: datetime, *, told: bool) -> list[list[object]]:
    """A told unit stands as it stood at the end of its telling."""
    ends: dict[str, datetime] = {}
    for r in known:
        if r.told:
            ends[r.told.telling] = max(r.told.known_at, ends.get(r.told.telling, r.told.known_at))
    rows: list[list[object]] = []
    for r in known.of(UnitFormed):
        if (r.told is not None) is told:
            people = People(known, ends[r.told.telling] if r.told else now)
            unit_link = people.unit_link(r.fact.unit)
            row: list[object] = [
                names.unit(r.fact.unit).link(),
                names.organisation(r.fact.organisation),
                status_tag(say, unit_link.status),
                decided(say, unit_link, names) or "—",
            ]
            rows.append([*row, say.telling(r.told.telling)] if r.told else row)
    return rows


def _agreements(say: Tongue, known: History, names: Names, *, told: bool) -> list[list[object]]:
    marked = {r.fact.agreement: r.told for r in known.of(AgreementSigned)}
    marked |= {r.fact.agreement: r.told for r in known.of(ProtocolAppliedInHindsight)}
    return [
        [
            names.agreement(a.agreement).link(),
            f"{names.organisation(a.terms.own)} – {names.organisation(a.terms.partner)}",
            a.terms.protocol,
            say("nobody signed it") if a.hindsight else say.day(a.in_force_from),
            say.day(a.terms.valid_until),
        ]
        for a in agreements(known).values()
        if (marked[a.agreement] is not None) is told
    ]
