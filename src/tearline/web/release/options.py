"""Ways to release what was asked for, beside each other: less of it, to fewer readers, to another unit, or later.

The list is the reader's own; each way is figured exactly. It suggests, and decides nothing: each way still has to be
asked for, and goes through the whole protocol.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question, about, each
from tearline.facts.identifiers import PersonId, RequestId, UnitId
from tearline.facts.parties import OfficeLeft, OfficeTaken, UnitFormed
from tearline.facts.release import Extent, PeopleAtRiskNamed, ReleaseRequested
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.hiding import hidden_among
from tearline.folds.people import People
from tearline.folds.release import item_of, request_of
from tearline.folds.worlds import UNLOGGED, Asked, asks_world
from tearline.rooms.release.options import MOST, Weighed, weigh
from tearline.web.access import Access
from tearline.web.look import link, sealed
from tearline.web.names import Names, names_question
from tearline.web.show import Shown, is_open
from tearline.web.tongue import Tongue

DAYS = (7, 14, 30)
MOST_READERS_SHOWN = 12
MOST_UNITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the reader wants weighed; ``fewer``: also without each of the readers; ``later``: days to wait."""

    extents: tuple[Extent, ...]
    units: tuple[UnitId, ...]
    fewer: bool
    later: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsView:
    request: str
    title: str
    extents: list[tuple[str, str]]
    units: list[tuple[str, str]]
    later: list[tuple[str, str]]
    chosen: Chosen
    rows: list[list[object]]
    adds: list[list[object]]
    refused: str
    as_of: str
    hidden: Shown
    """Among how many of the adversary's people the source stays hidden, whichever way is taken."""


def chosen_of(given: Sequence[tuple[str, str]]) -> Chosen:
    """What the address says; what it says wrongly is left out. Nothing said: all extents and one reader fewer."""
    extents = tuple(e for e in Extent if ("extent", e.value) in given)
    asked = any(name in ("extent", "unit", "fewer", "later") for name, _ in given)
    return Chosen(
        extents=extents or (tuple(Extent) if not asked else (Extent.FULL,)),
        units=tuple(dict.fromkeys(UnitId(value) for name, value in given if name == "unit" and value)),
        fewer=("fewer", "yes") in given or not asked,
        later=tuple(days for days in DAYS if ("later", str(days)) in given),
    )


def page_question(known: History, request: RequestId, chosen: Chosen) -> Question:
    asked = about(f"request:{request}", kinds=(ReleaseRequested,))
    found = request_of(known, request)
    if found is None:
        return asked
    fact = found.fact
    asked |= each("item", [fact.item], (PeopleAtRiskNamed,))
    asked |= each("agreement", [fact.agreement] if fact.agreement else [], AGREEMENT_KINDS)
    base = base_of(known, fact)
    asked |= asks_world(known, base)
    for unit in chosen.units:
        asked |= each("unit", [unit], (UnitFormed, OfficeTaken, OfficeLeft))
        members = tuple({r.fact.person for r in known.of(OfficeTaken) if r.fact.unit == unit})
        asked |= asks_world(known, replace(base, unit=unit, recipients=members))
    return asked | names_question(known)


def view(
    say: Tongue,
    known: History,
    request: RequestId,
    chosen: Chosen,
    *,
    units: list[tuple[str, str]],
    access: Access,
    now: datetime,
) -> OptionsView | None:
    found = request_of(known, request)
    if found is None or found.told is not None:
        return None
    fact, names = found.fact, Names(known, say)
    held = agreements(known).get(fact.agreement) if fact.agreement else None
    options = ways(base_of(known, fact), chosen, People(known, now))
    weighed: list[Weighed] = []
    refused = ""
    try:
        if held is None:
            refused = say("The request names no agreement, so no terms of the model are stated.")
        else:
            weighed = weigh(known, options[:MOST], held.terms, now)
    except Refused as stop:
        refused = say(stop.said)
    harm = _at_risk(known, fact) if access.opens(Compartment.PEOPLE_AT_RISK) else None
    unknown = (
        say("not known")
        if access.opens(Compartment.PEOPLE_AT_RISK)
        else sealed(say, Compartment.PEOPLE_AT_RISK)
    )
    return OptionsView(
        request=request,
        title=names.item(fact.item).name,
        extents=[(e.value, say(e)) for e in Extent],
        units=units,
        later=[(str(days), say.many("%(n)s day later", "%(n)s days later", days)) for days in DAYS],
        chosen=chosen,
        rows=[_row(say, one, fact, names=names, at_risk=harm, unknown=unknown, now=now) for one in weighed],
        adds=_adds(say, weighed[0], names) if weighed else [],
        refused=refused,
        as_of=say.moment(now),
        hidden=_hidden(say, known, fact, access, now),
    )


def other_units(known: History, request: RequestId, parties: History, say: Tongue) -> list[tuple[str, str]]:
    """The units of the organisation that would be given it, but the one that was asked for."""
    found = request_of(known, request)
    formed = {r.fact.unit: r for r in parties.of(UnitFormed) if r.told is None}
    if found is None or found.fact.unit not in formed:
        return []
    home = formed[found.fact.unit].fact.organisation
    names = Names(parties, say)
    others = [unit for unit, r in formed.items() if r.fact.organisation == home and unit != found.fact.unit]
    return [(unit, names.unit(unit).name) for unit in others[:MOST_UNITS]]


def ways(base: Asked, chosen: Chosen, people: People) -> list[Asked]:
    """The request as made first; then each extent, without each reader, to each other unit, and each day later."""
    to = [(base.unit, base.recipients)]
    if chosen.fewer and len(base.recipients) > 1:
        to += [(base.unit, tuple(p for p in base.recipients if p != out)) for out in base.recipients]
    for unit in chosen.units:
        members = tuple(sorted(people.members(unit)))
        if members and unit != base.unit:
            to.append((unit, members))
    found = [base]
    for extent in chosen.extents:
        for days in (0, *chosen.later):
            found += [
                replace(base, extent=extent, unit=unit, recipients=recipients, later=timedelta(days=days))
                for unit, recipients in to
            ]
    return list(dict.fromkeys(found))


def base_of(known: History, fact: ReleaseRequested) -> Asked:
    item = item_of(known, fact.item)
    return Asked(
        item=fact.item,
        unit=fact.unit,
        recipients=fact.recipients,
        extent=fact.extent,
        until=item.fact.perishes_at if item else None,
    )


def _row(
    say: Tongue,
    one: Weighed,
    asked: ReleaseRequested,
    *,
    names: Names,
    at_risk: int | None,
    unknown: Shown,
    now: datetime,
) -> list[object]:
    return [
        _what(say, one, asked, names),
        one.readers,
        say(
            "%(p)s (%(low)s to %(high)s)",
            p=say.chance(one.likely),
            low=say.chance(one.low),
            high=say.chance(one.high),
        ),
        say.figure(at_risk * one.likely) if at_risk is not None else unknown,
        _lost(say, one, asked, now),
    ]


def _what(say: Tongue, one: Weighed, asked: ReleaseRequested, names: Names) -> str:
    said = [say(one.option.extent)]
    out = [p for p in asked.recipients if p not in one.option.recipients]
    if one.option.unit != asked.unit:
        said.append(say("to %(unit)s", unit=names.unit(one.option.unit).name))
    elif out:
        said.append(say("without %(who)s", who=say.listed([names.person(p).name for p in out])))
    days = one.option.later.days
    if days:
        said.append(say.many("%(n)s day later", "%(n)s days later", days))
    return ", ".join(said)


def _lost(say: Tongue, one: Weighed, asked: ReleaseRequested, now: datetime) -> str:
    """What the partner can then not do, as far as the record says."""
    lost = []
    if one.option.extent is not asked.extent:
        lost.append(say("they learn: %(extent)s", extent=say(one.option.extent)))
    out = sum(p not in one.option.recipients for p in asked.recipients)
    if out:
        lost.append(
            say.many("%(n)s of those asked for goes without", "%(n)s of those asked for go without", out)
        )
    waits = one.waits(now)
    if one.option.later and waits is not None:
        lost.append(say("%(share)s of the time in which it is of use passes", share=say.chance(waits)))
    return "; ".join(lost) or say("nothing")


def _adds(say: Tongue, first: Weighed, names: Names) -> list[list[object]]:
    """What each reader adds to the chance, in the way that was asked for; the most first."""
    rows: list[list[object]] = []
    for one in first.adds[:MOST_READERS_SHOWN]:
        who: Shown
        if one.reader.startswith(UNLOGGED):
            unit = UnitId(one.reader.removeprefix(UNLOGGED))
            who = say("somebody at %(unit)s whom nobody logged", unit=names.unit(unit).name)
        else:
            person = names.person(PersonId(one.reader))
            who = link(person.name, f"/people/{one.reader}")
        rows.append([who, say.chance(one.adds)])
    return rows


def _hidden(say: Tongue, known: History, fact: ReleaseRequested, access: Access, now: datetime) -> Shown:
    if not access.opens(Compartment.SOURCE_HANDLING):
        return sealed(say, Compartment.SOURCE_HANDLING)
    among = hidden_among(known, fact.item, now)
    return say("not known") if among is None else say.number(among)


def _at_risk(known: History, fact: ReleaseRequested) -> int | None:
    counts = [r.fact.count for r in known.of(PeopleAtRiskNamed) if r.fact.item == fact.item]
    return max(c.open() for c in counts) if counts and all(map(is_open, counts)) else None


def heads(say: Tongue) -> list[str]:
    return [
        say("Way"),
        say("People who would see it"),
        say("Chance that it reaches the adversary"),
        say("People harmed, on average"),
        say("What is lost"),
    ]
