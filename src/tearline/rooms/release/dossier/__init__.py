"""The dossier of one proposed release to one recipient: identifiers, dates, counts and closed words, never content.

It is assembled from the facts known at the moment of decision. What nobody recorded is absent, and a rule
that needs it holds. So is what was purged: nobody knows any more whether it was said, or how many it named; and
an item whose content is gone is no item. An agreement that one person alone recorded
is none yet. What the ledger would hold if it had happened (a sign-off, an answer) is false when absent.
"""

from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import Terms
from tearline.facts.release import ItemRegistered, ReleaseRequested
from tearline.folds.agreements import Agreement, agreements, awaits_endorsement, stated
from tearline.folds.figures import latest_figure
from tearline.folds.people import People
from tearline.folds.release import item_of
from tearline.protocol import Protocol
from tearline.protocol.schema import VERSION
from tearline.rooms.release.dossier.asked import dissents_on, overseer_informed, request, sign_offs
from tearline.rooms.release.dossier.figured import anonymity, exposure
from tearline.rooms.release.dossier.item import consent, item, protection, source, threats_in
from tearline.rooms.release.dossier.recipient import chain, recipient
from tearline.rooms.release.dossier.values import Dossier, known_only

__all__ = ["Dossier", "assemble"]


def assemble(known: History, recorded: Recorded[ReleaseRequested], now: datetime, pack: Protocol) -> Dossier:
    """The dossier of this request as the facts in ``known`` have it at ``now``."""
    asked = recorded.fact
    registered = item_of(known, asked.item)
    people = People(known, now)
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    own_agency = _own_agency(people, registered, asked, held)
    top = _signatory(held.terms, own_agency=own_agency) if held else None
    at_risk = protection(known, asked.item, now)
    figured = latest_figure(known, asked.request, now)
    dossier: Dossier = {
        "dossier": VERSION,
        "at": now,
        "request": request(known, recorded, held, own_agency=own_agency, now=now),
        "source": source(known, asked.item, now) | known_only(k=anonymity(figured)),
        "exposure": exposure(figured, at_risk),
        "protection": at_risk,
        "threats": threats_in(known, asked.item, now),
        "recipient": recipient(people, asked, held),
        "chain": chain(people, asked.recipients, top),
        "dissents": dissents_on(known, asked, people, now),
        "sign_offs": sign_offs(known, asked, now),
        "overseer_informed": overseer_informed(known, asked, held, now),
    }
    if registered is not None and not registered.fact.content.purged:
        dossier["item"] = item(known, registered, asked, now)
    answer = consent(known, asked, now)
    if answer is None and registered is not None and registered.fact.originator != registered.fact.holder:
        answer = {}  # an originator who could be asked: that it has not answered is known, and rules ask for it
    if answer is not None:
        dossier["consent"] = answer
    if held is not None and not awaits_endorsement(held, known):
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


def _agreement(held: Agreement, pack: Protocol) -> Dossier:
    return {
        "id": held.agreement,
        "protocol": held.terms.protocol,
        "in_force_from": held.in_force_from,
        "valid_until": held.terms.valid_until,
        "overseer": held.terms.overseer,
        **stated(held.terms, pack),
    }
