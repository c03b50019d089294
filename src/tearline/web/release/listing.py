"""All requests, and what was given out, worked cases apart. To the partner: their own releases only."""

from collections.abc import Sequence
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
    VerdictReached,
)
from tearline.folds.people import People
from tearline.web.names import Names
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
    open: Sequence[Row]
    released: Sequence[Row]
    outside: Sequence[Row]
    told: Sequence[Row]


QUESTION = about(
    kinds=(
        ReleaseRequested,
        VerdictReached,
        ItemReleased,
        DisclosureRecorded,
        ItemRegistered,
        UnitFormed,
        OrganisationRegistered,
    )
)


def listing(say: Tongue, known: History, now: datetime) -> Listing:
    names = Names(known, say)
    verdicts = {r.fact.request: r for r in known.of(VerdictReached)}
    released = {r.fact.request: r for r in known.of(ItemReleased)}
    perishing = {r.fact.item: r.fact.perishes_at for r in known.of(ItemRegistered)}
    asked = [
        (
            r,
            _request_row(
                say,
                r,
                names,
                verdict=verdicts.get(r.fact.request),
                released=released.get(r.fact.request),
                perishes=perishing.get(r.fact.item),
                now=now,
            ),
        )
        for r in known.of(ReleaseRequested)
    ]
    outside = [(r, disclosure_row(say, r, names)) for r in known.of(DisclosureRecorded)]
    still = [(r, row) for r, row in asked if r.fact.request not in released and not r.told]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    still.sort(key=lambda pair: perishing.get(pair[0].fact.item) or far)
    return Listing(
        open=[row for _, row in still],
        released=[row for r, row in reversed(asked) if r.fact.request in released and not r.told],
        outside=[row for r, row in reversed(outside) if not r.told],
        told=[row for r, row in (*outside, *asked) if r.told],
    )


def _request_row(
    say: Tongue,
    asked: Recorded[ReleaseRequested],
    names: Names,
    *,
    verdict: Recorded[VerdictReached] | None,
    released: Recorded[ItemReleased] | None,
    perishes: datetime | None,
    now: datetime,
) -> Row:
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
        verdict=verdict.fact.effect.value if verdict else "",
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
    return asked | each("copy", [r.fact.copy for r in known.of(CopyReleased)], (CopyReceived,))


def partner_units(known: History, me: PersonId, now: datetime) -> set[UnitId]:
    return {office.fact.unit for person, office in People(known, now).offices.items() if person == me}


def partner_rows(say: Tongue, known: History, me: PersonId, now: datetime) -> list[Row]:
    """Releases to the partner's own unit: no reasons, no other recipient."""
    units = partner_units(known, me, now)
    received = {r.fact.copy: r for r in known.of(CopyReceived)}
    mine = {r.fact.release: r.fact.copy for r in known.of(CopyReleased) if r.fact.recipient == me}
    rows = []
    for r in reversed(known.of(ItemReleased)):
        if r.fact.unit not in units or r.told:
            continue
        copy = mine.get(r.fact.release)
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
