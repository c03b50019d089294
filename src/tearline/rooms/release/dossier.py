"""The dossier of one proposed release to one recipient: identifiers, dates, counts and closed words, never content.

It is assembled from the facts known at the moment of decision. What nobody recorded is absent, and a rule
that needs it holds. So is what was purged: nobody knows any more whether it was said, or how many it named; and
an item whose content is gone is no item. What the ledger would hold if it had happened (a sign-off, an answer) is
false when absent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ItemId, PersonId
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import Terms
from tearline.facts.release import (
    ItemRegistered,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
)
from tearline.folds.agreements import Agreement, agreements, stated
from tearline.folds.people import People
from tearline.folds.release import compromised, dissents, item_of, lineage, warnings
from tearline.protocol import Protocol
from tearline.protocol.schema import VERSION

Dossier = dict[str, object]
K = TypeVar("K", KnowersListed, PeopleAtRiskNamed, ProtectionPlanSet)


def assemble(known: History, recorded: Recorded[ReleaseRequested], now: datetime, pack: Protocol) -> Dossier:
    """The dossier of this request as the facts in ``known`` have it at ``now``."""
    asked = recorded.fact
    item = item_of(known, asked.item)
    people = People(known, now)
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    own_agency = _own_agency(people, item, asked, held)
    top = _signatory(held.terms, own_agency=own_agency) if held else None
    dossier: Dossier = {
        "dossier": VERSION,
        "at": now,
        "request": _stated(
            id=asked.request,
            at=recorded.happened_at,
            by=recorded.by.person,
            extent=asked.extent.value,
            manner=asked.manner.value,
            scope="own-agency" if own_agency else "partner",
            purpose_stated=None if asked.purpose.purged else asked.purpose.open() is not None,
            recipients=len(asked.recipients),
        ),
        "source": _source(known, asked.item, now),
        "protection": _protection(known, asked.item, now),
        "recipient": _recipient(people, asked),
        "chain": _chain(people, asked.recipients, top),
        "dissents": _dissents(known, asked, people, now),
        "sign_offs": [
            {"id": r.fact.sign_off, "by": r.by.person, "line": r.fact.line.value, "at": r.happened_at}
            for r in known.of(ReleaseSignedOff)
            if r.fact.request == asked.request and r.happened_at <= now
        ],
        "overseer_informed": any(
            r.fact.request == asked.request
            and r.happened_at <= now
            and (held is None or r.fact.overseer == held.terms.overseer)
            for r in known.of(OverseerInformed)
        ),
    }
    if item is not None and not item.fact.content.purged:
        dossier["item"] = _item(known, item.fact, item.happened_at, asked)
    if held is not None:
        dossier["agreement"] = _agreement(held, pack)
        if top is not None:
            dossier["chain_complete"] = all(top in (p, *people.above(p)) for p in asked.recipients)
    return dossier


def _own_agency(
    people: People, item: Recorded[ItemRegistered] | None, asked: ReleaseRequested, held: Agreement | None
) -> bool:
    """Whether the item stays with its holder, who is our side of the agreement.

    Whoever registers an item says who holds it: naming the partner there does not make a release internal.
    """
    home = people.organisation_of(asked.unit)
    return item is not None and home == item.fact.holder and (held is None or home == held.terms.own)


def _signatory(terms: Terms, *, own_agency: bool) -> PersonId | None:
    return terms.own_signatory if own_agency else terms.partner_signatory


def _item(known: History, item: ItemRegistered, registered_at: datetime, asked: ReleaseRequested) -> Dossier:
    consent = any(
        r.fact.item == item.item and r.fact.unit == asked.unit for r in known.of(OnwardConsentGiven)
    )
    return _stated(
        id=item.item,
        registered_at=registered_at,
        perishes_at=item.perishes_at,
        tlp=item.tlp.value,
        handling=item.handling.value,
        conditions_written=item.conditions.open() is not None,
        source_grade=item.source_grade.value,
        information_grade=item.information_grade.value,
        originator=item.originator,
        holder=item.holder,
        onward_consent=consent or item.originator == item.holder,
        compromised=compromised(known, item.item),
        tearline_of=item.tearline_of,
    )


def _source(known: History, item: ItemId, now: datetime) -> Dossier:
    given = [
        _stated(
            id=w.recorded.fact.warning,
            at=w.recorded.happened_at,
            kind=w.recorded.fact.kind.value,
            answered=w.answer is not None,
            answered_by=w.answer.by.person if w.answer else None,
        )
        for w in warnings(known, item, now)
    ]
    counted = _counts(_nearest(known, KnowersListed, item, now))
    return _stated(warnings=given, knowers=min(counted, default=None))


def _protection(known: History, item: ItemId, now: datetime) -> Dossier:
    named = _counts(_nearest(known, PeopleAtRiskNamed, item, now))
    plans = _nearest(known, ProtectionPlanSet, item, now)
    return _stated(
        people_at_risk=max(named, default=None),
        plan=plans[-1].plan if plans else None,
        plan_ready_from=plans[-1].ready_from if plans else None,
    )


def _counts(facts: Sequence[KnowersListed] | Sequence[PeopleAtRiskNamed]) -> list[int]:
    """What they counted; nothing when one of them was purged, for it may have been the worst."""
    if any(one.count.purged for one in facts):
        return []
    return [one.count.open() for one in facts]


def _nearest(known: History, kind: type[K], item: ItemId, now: datetime) -> list[K]:
    """Such facts about the item, or else about the item that it was drawn from by a tearline, the latest last.

    Of several counts the worse is taken: whoever wants a release cannot count again until it fits.
    """
    for one in lineage(known, item):
        recorded = [r for r in known.of(kind) if r.fact.item == one and r.happened_at <= now]
        if recorded:
            return [r.fact for r in sorted(recorded, key=lambda r: r.happened_at)]
    return []


def _recipient(people: People, asked: ReleaseRequested) -> Dossier:
    vetted = people.unit_vetted.get(asked.unit)
    return _stated(
        unit=asked.unit,
        organisation=people.organisation_of(asked.unit),
        outcome=vetted.fact.outcome.value if vetted else None,
        vetted_at=vetted.happened_at if vetted else None,
        valid_until=vetted.fact.valid_until if vetted else None,
        suspended=asked.unit in people.suspended,
        allegations=[
            {
                "id": a.recorded.fact.allegation,
                "kind": a.kind.value,
                "at": a.recorded.happened_at,
                "status": a.standing.value,
            }
            for a in people.allegations.get(asked.unit, [])
        ],
    )


def _chain(people: People, recipients: tuple[PersonId, ...], top: PersonId | None) -> list[Dossier]:
    """Each recipient, then every superior up to the signatory (or as far as is known), each person once."""
    relations: dict[PersonId, str] = dict.fromkeys(recipients, "recipient")
    for recipient in recipients:
        if recipient == top:
            continue
        for superior in people.above(recipient):
            relations.setdefault(superior, "signatory" if superior == top else "superior")
            if superior == top:
                break
    return [_link(people, person, relation) for person, relation in relations.items()]


def _link(people: People, person: PersonId, relation: str) -> Dossier:
    link: Dossier = {"person": person, "relation": relation}
    vetting = people.vetted.get(person)
    if vetting is not None:
        link["outcome"] = vetting.fact.outcome.value
        link["decided_by"] = vetting.fact.decided_by
        link["decided_at"] = vetting.happened_at
        if vetting.fact.valid_until is not None:
            link["valid_until"] = vetting.fact.valid_until
    trained = people.trained.get(person)
    if trained is not None:
        link["trained_until"] = trained
    return link


def _dissents(known: History, asked: ReleaseRequested, people: People, now: datetime) -> list[Dossier]:
    return [
        _stated(
            id=d.recorded.fact.dissent,
            by=d.recorded.by.person,
            at=d.recorded.happened_at,
            answered=d.answer is not None,
            answered_by=d.answer.by.person if d.answer else None,
            answered_by_superior=d.answer is not None
            and d.answer.by.person in people.above(d.recorded.by.person),
        )
        for d in dissents(known, asked.item, asked.request, now)
    ]


def _agreement(held: Agreement, pack: Protocol) -> Dossier:
    return {
        "id": held.agreement,
        "protocol": held.terms.protocol,
        "in_force_from": held.in_force_from,
        "valid_until": held.terms.valid_until,
        "overseer": held.terms.overseer,
        **stated(held.terms, pack),
    }


def _stated(**fields: object) -> Dossier:
    """Only what is known: a missing fact is absent, never null."""
    return {name: value for name, value in fields.items() if value is not None}
