"""All requests, and what was given out, worked cases apart. To the partner: their own releases only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.parties import OfficeLeft, OfficeTaken, OrganisationRegistered, UnitFormed
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
)
from tearline.folds.people import People
from tearline.folds.requests import Requests
from tearline.jobs.effect import Effects, effect_question
from tearline.projections import Projections
from tearline.web.names import Names
from tearline.web.parts import Part, Shown, shown
from tearline.web.release.copies import waiting
from tearline.web.release.request import title
from tearline.web.show import label
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """As the macro ``queue`` takes it."""

    title: str
    href: str
    kind: str = ""
    why: str = ""
    due: str = ""
    overdue: str = ""
    verdict: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    open: Part[Row]
    released: Part[Row]
    outside: Part[Row]
    told: Sequence[Row]


Listed = Recorded[ReleaseRequested] | Recorded[DisclosureRecorded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a page of the list shows, chosen on the whole record before anything sealed is opened."""

    open: Shown[Recorded[ReleaseRequested]]
    released: Shown[Recorded[ReleaseRequested]]
    outside: Shown[Recorded[DisclosureRecorded]]
    told: Sequence[Listed]

    def all_shown(self) -> list[Listed]:
        return [*self.open.items, *self.released.items, *self.outside.items, *self.told]

    def question(self) -> Question:
        """The names of what is shown."""
        shown = self.all_shown()
        asked = each("item", sorted({r.fact.item for r in shown}), (ItemRegistered,))
        asked |= each("unit", sorted({r.fact.unit for r in shown}), (UnitFormed,))
        return asked | about(kinds=(OrganisationRegistered,))


def choose(projections: Projections, firsts: Mapping[str, int]) -> Chosen:
    """What perishes first stands first; of what was given out, the latest."""
    asked, released = projections.requests().asked, shown(projections.released(), firsts.get("released", 0))
    return Chosen(
        open=shown(projections.open_requests(), firsts.get("open", 0)).to(lambda one: asked[one[2]]),
        released=released.to(lambda one: asked[one[1]]),
        outside=shown(projections.once(_outside), firsts.get("outside", 0)),
        told=projections.once(_told),
    )


def _outside(projections: Projections) -> Sequence[Recorded[DisclosureRecorded]]:
    return [r for r in reversed(projections.disclosed()) if not r.told]


def _told(projections: Projections) -> Sequence[Listed]:
    of_cases = History(tuple(projections.told())).of(ReleaseRequested)
    return [*(r for r in projections.disclosed() if r.told), *of_cases]


def listing(say: Tongue, known: History, chosen: Chosen, standing: Requests, now: datetime) -> Listing:
    """The rows of what was chosen; ``known`` gives the names that this reader may see."""
    names = Names(known, say)

    def row(r: Listed) -> Row:
        if isinstance(r.fact, DisclosureRecorded):
            return disclosure_row(say, r, names)
        return _request_row(say, r, names, standing, now)

    return Listing(
        open=chosen.open.part(row),
        released=chosen.released.part(row),
        outside=chosen.outside.part(row),
        told=[row(r) for r in chosen.told],
    )


def _request_row(
    say: Tongue, asked: Recorded[ReleaseRequested], names: Names, standing: Requests, now: datetime
) -> Row:
    released = standing.released.get(asked.fact.request)
    effect = standing.effect.get(asked.fact.request)
    perishes = standing.perishes(asked.fact.item)
    due = overdue = ""
    if perishes and not released and not asked.told:
        if perishes > now:
            due = say("perishes %(when)s", when=say.until(perishes, now))
        else:
            overdue = say("perished")
    return Row(
        title=title(say, asked.fact, names),
        href=f"/releases/{asked.fact.request}",
        kind=say.telling(asked.told.telling) if asked.told else "",
        why=say(
            "%(extent)s, %(manner)s; asked by %(who)s, %(when)s",
            extent=say(asked.fact.extent),
            manner=say(asked.fact.manner),
            who=say(asked.by.role),
            when=say.happened(asked),
        ),
        verdict=effect.value if effect else "",
        tag=say("released %(when)s", when=say.day(released.happened_at)) if released else "",
        due=due,
        overdue=overdue,
    )


def disclosure_row(say: Tongue, given: Recorded[DisclosureRecorded], names: Names) -> Row:
    return Row(
        title=said_to(say, given.fact, names),
        href=f"/disclosures/{given.fact.release}",
        kind=say.telling(given.told.telling) if given.told else "",
        why=say(
            "outside the protocol; %(extent)s, %(manner)s; %(when)s",
            extent=say(given.fact.extent),
            manner=say(given.fact.manner),
            when=say.happened(given),
        ),
        tag=say("no verdict"),
    )


def said_to(say: Tongue, given: DisclosureRecorded, names: Names) -> str:
    return say(
        "%(unit)s was told of: %(item)s", unit=names.unit(given.unit).name, item=names.item(given.item).name
    )


def partner_question(known: History, me: PersonId) -> Question:
    """What was released to the units in which this person serves, and nothing else."""
    asked = about(f"person:{me}", kinds=(OfficeTaken, OfficeLeft))
    asked |= each("unit", sorted({r.fact.unit for r in known.of(OfficeTaken)}), (ItemReleased, CopyReleased))
    asked |= effect_question(known)
    return asked | each("copy", [r.fact.copy for r in known.of(CopyReleased)], (CopyReceived,))


def partner_units(known: History, me: PersonId, now: datetime) -> set[UnitId]:
    return {office.fact.unit for person, office in People(known, now).offices.items() if person == me}


def partner_rows(say: Tongue, known: History, me: PersonId, now: datetime, effects: Effects) -> list[Row]:
    """Releases to the partner's own unit: no reasons, no other recipient; of what waits, not even the item."""
    units = partner_units(known, me, now)
    received = {r.fact.copy: r for r in known.of(CopyReceived)}
    mine = {r.fact.release: r.fact.copy for r in known.of(CopyReleased) if r.fact.recipient == me}
    rows = []
    for r in reversed(known.of(ItemReleased)):
        if r.fact.unit not in units or r.told:
            continue
        copies = [c for c in known.of(CopyReleased) if c.fact.release == r.fact.release]
        copy = mine.get(r.fact.release)
        waits = waiting(say, effects.of(known, r, copies))
        if waits is not None:
            href = f"/copies/{copy}" if copy else "/releases"
            rows.append(Row(title=say("A release to your unit"), href=href, why=waits))
            continue
        receipt = received.get(copy) if copy else None
        rows.append(
            Row(
                title=say(
                    "%(item)s, given to your unit", item=f"{label(say, ItemReleased, 'item')} {r.fact.item}"
                ),
                href=f"/copies/{copy}" if copy else "/releases",
                why=f"{say(r.fact.extent)}, {say(r.fact.manner)}; {say.happened(r)}",
                due=say("receipt awaited") if copy and not receipt else "",
                tag=say("received %(when)s", when=say.day(receipt.happened_at)) if receipt else "",
            )
        )
    return rows
