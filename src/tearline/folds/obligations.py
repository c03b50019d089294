"""What is owed: by whom, to whom, on what ground, by when, and what discharged it.

Obligations are not kept; they follow from facts. A protocol's duties say which kinds of fact create one and
which end it, for partners bound by an agreement under that protocol. A verdict that holds adds what would
cure the hold. Where a protocol is applied in hindsight, the duty *would have been* owed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tearline.facts import vocabulary
from tearline.facts.assistance import NeedRecorded
from tearline.facts.fact import Fact
from tearline.facts.harm import HarmReported
from tearline.facts.history import Clause, History, Question, Recorded, Role
from tearline.facts.identifiers import AgreementId, ItemId, RequestId
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight, Terms, UnitFormed
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.release import (
    DisclosureRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    OwedByVerdict,
    ReleaseRequested,
    VerdictReached,
)
from tearline.facts.retention import RecordValidated
from tearline.facts.words import Words
from tearline.folds.agreements import Agreement, agreements, stated
from tearline.folds.release import releases_of
from tearline.protocol import Citation, Duty, Owes, Pack, Party, Rule
from tearline.protocol.rule import due

LINKING: tuple[type[Fact], ...] = (
    AgreementSigned,
    ProtocolAppliedInHindsight,
    ProtocolAdopted,
    UnitFormed,
    ItemRegistered,
    ReleaseRequested,
    ItemReleased,
    DisclosureRecorded,
    CompromiseReported,
    OperationDeclared,
    HarmReported,
    NeedRecorded,
    VerdictReached,
)

Held = Mapping[AgreementId, Agreement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One thing owed. ``due`` is None where the agreement does not say by when."""

    kind: str
    sentence: Words
    debtor: str
    creditor: str
    ground: Recorded[Fact]
    about: str
    since: datetime
    due: datetime | None
    agreement: Agreement
    cites: tuple[Citation, ...]
    discharged_by: Recorded[Fact] | None = None

    @property
    def hindsight(self) -> bool:
        return self.agreement.hindsight

    def overdue(self, now: datetime) -> bool:
        return self.discharged_by is None and self.due is not None and self.due < now

    def discharged_late(self) -> bool:
        """By when it became known: who is late could claim any earlier day for what they did."""
        return (
            self.discharged_by is not None and self.due is not None and self.discharged_by.known_at > self.due
        )

    def predates(self, citation: Citation) -> bool:
        """Whether the ground happened before this text applied."""
        return not citation.applied_on(self.since.date())


def obligations_question(protocols: Mapping[str, Pack]) -> Question:
    """Every fact that can create, link or end an obligation under these protocols."""
    kinds = {kind.__name__ for kind in LINKING}
    for pack in protocols.values():
        for duty in pack.duties:
            kinds |= {duty.on, *duty.discharged_by}
    return Question(frozenset({Clause(frozenset(kinds), frozenset())}))


def obligations(
    history: History, protocols: Mapping[str, Pack], held: Held | None = None
) -> list[Obligation]:
    """All obligations, discharged ones included, by due date, those without one last.

    ``held`` are the agreements, for whoever has folded them already.
    """
    held = agreements(history) if held is None else held
    return _by_date([*_from_duties(history, protocols, held), *_from_verdicts(history, protocols, held)])


def terms(history: History, protocols: Mapping[str, Pack]) -> list[Obligation]:
    """Those that say how long something is kept, and nothing that a verdict would have to be opened for."""
    owed = _from_duties(history, protocols, agreements(history))
    return _by_date([o for o in owed if o.kind in _terms_of(protocols)])


def _terms_of(protocols: Mapping[str, Pack]) -> set[str]:
    return {duty.id for pack in protocols.values() for duty in pack.duties if ends_a_term(duty)}


def _by_date(owed: list[Obligation]) -> list[Obligation]:
    return sorted(owed, key=lambda o: (o.due is None, o.due or o.since, o.ground.position))


class _Links:
    """Which agreements govern a fact: named by it, or by the request, release, item or operation that it names.

    An item that was given out is governed by the agreements under which it was; a partner that only might have
    had it owes nothing for it.
    """

    def __init__(self, history: History, held: Held) -> None:
        self.held = held
        self.registered = {r.fact.item: r for r in history.of(ItemRegistered)}
        self.homes = {r.fact.unit: r.fact.organisation for r in history.of(UnitFormed)}
        self.given = {r.fact.item for r in releases_of(history)}
        self.by_field: dict[tuple[str, str], set[AgreementId]] = {}
        self.items: dict[tuple[str, str], ItemId] = {}
        asked_for: dict[ItemId, set[AgreementId]] = {}
        given_out: dict[ItemId, set[AgreementId]] = {}
        for asked in history.of(ReleaseRequested):
            if asked.fact.agreement:
                self.by_field["request", asked.fact.request] = {asked.fact.agreement}
                asked_for.setdefault(asked.fact.item, set()).add(asked.fact.agreement)
        for given in releases_of(history):
            governing = self._given_under(given)
            if governing:
                self.by_field["release", given.fact.release] = governing
                given_out.setdefault(given.fact.item, set()).update(governing)
        self.by_item = asked_for | given_out
        for compromised in history.of(CompromiseReported):
            governing = self.by_item.get(compromised.fact.item, set())
            self.by_field["compromise", compromised.fact.compromise] = governing
            self.items["compromise", compromised.fact.compromise] = compromised.fact.item
        for declared in history.of(OperationDeclared):
            if declared.fact.agreement:
                self.by_field["operation", declared.fact.operation] = {declared.fact.agreement}
        for reported in history.of(HarmReported):
            self.by_field["report", reported.fact.report] = self._named(reported.fact)
            self._of_item("report", reported.fact.report, reported.fact)
        for needed in history.of(NeedRecorded):
            self.by_field["need", needed.fact.need] = self._named(needed.fact)
            self._of_item("need", needed.fact.need, needed.fact)

    def _given_under(self, given: Recorded[ItemReleased] | Recorded[DisclosureRecorded]) -> set[AgreementId]:
        """The agreement it names, if that was in force; else those in force with the recipient's organisation.

        Whoever records a disclosure may name a dead agreement or none: what it owes does not depend on that.
        """
        named = self.held.get(given.fact.agreement or AgreementId(""))
        if named and _in_force(named, given):
            return {named.agreement}
        partner = self.homes.get(given.fact.unit)
        return {a.agreement for a in self.held.values() if a.terms.partner == partner and _in_force(a, given)}

    def governing(self, duty: Duty, pack: str, ground: Recorded[Fact]) -> list[Agreement]:
        """The agreements whose duty this ground creates, of those under which this pack bound when it was recorded.

        A suspension is owed only where somebody received the item. What is owed to people does not depend on
        any partner having been told: without a link, the earliest agreement of the item's holder governs. One that
        does not know the duty stands in nobody's way: it is owed under the next that does.
        """
        fact = ground.fact
        if ends_a_term(duty):
            return _under(pack, self._keeping(getattr(fact, "item", None) or ItemId("")), ground)
        if (
            duty.discharged_by == (CooperationSuspended.__name__,)
            and getattr(fact, "item", None) not in self.given
        ):
            return []
        found = _under(pack, [a for a in self._linked(fact) if _governs(a, ground)], ground)
        if found or duty.creditor is not Party.PEOPLE:
            return found
        return _under(pack, self._own(self._item(fact), ground), ground)[:1]

    def _keeping(self, item: ItemId) -> list[Agreement]:
        """By whose terms an item is kept: those under which it was shared, whenever that was.

        Of one that was not shared, the holder's own; a validation does not take it out of them.
        """
        shared = [self.held[a] for a in sorted(self.by_item.get(item, ())) if a in self.held]
        registered = self.registered.get(item)
        return shared or (self._own(item, registered)[:1] if registered else [])

    def _own(self, item: ItemId, ground: Recorded[Fact]) -> list[Agreement]:
        """The agreements of the item's holder that were in force then, the earliest first."""
        registered = self.registered.get(item)
        holder = registered.fact.holder if registered else None
        own = [a for a in self.held.values() if a.terms.own == holder and _in_force(a, ground)]
        return sorted(own, key=lambda a: a.in_force_from)

    def _linked(self, fact: Fact) -> list[Agreement]:
        named = getattr(fact, "agreement", None)
        if named and not isinstance(fact, DisclosureRecorded):
            return [self.held[named]] if named in self.held else []
        found = self._named(fact)
        if found:
            return [self.held[a] for a in sorted(found) if a in self.held]
        about_item = self.by_item.get(getattr(fact, "item", None) or ItemId(""), set())
        return [self.held[a] for a in sorted(about_item) if a in self.held]

    def _item(self, fact: Fact) -> ItemId:
        """The item that a fact names, or that leaked where it is about a leak and what came of it."""
        named: ItemId | None = getattr(fact, "item", None)
        if named:
            return named
        keys = ((field, getattr(fact, field, None) or "") for field in ("compromise", "report", "need"))
        return next((self.items[key] for key in keys if key in self.items), ItemId(""))

    def _of_item(self, field: str, name: str, fact: Fact) -> None:
        item = self._item(fact)
        if item:
            self.items[field, name] = item

    def _named(self, fact: Fact) -> set[AgreementId]:
        """By what a fact names of what is governed; of several, by the first of these."""
        for field in ("release", "request", "compromise", "operation", "report", "need"):
            found = self.by_field.get((field, getattr(fact, field, None) or ""))
            if found:
                return found
        return set()


def _from_duties(history: History, protocols: Mapping[str, Pack], held: Held) -> Iterator[Obligation]:
    links = _Links(history, held)
    kinds = _kinds()
    chosen = {id_ for agreement in links.held.values() for id_ in agreement.ever}
    for pack in protocols.values():
        for duty in pack.duties if pack.id in chosen else ():
            ending: dict[str, list[Recorded[Fact]]] = {}
            for name in duty.discharged_by:
                for r in history.of(kinds[name]):
                    identifier = getattr(r.fact, duty.about, None)
                    if identifier:
                        ending.setdefault(identifier, []).append(r)
            for ground in history.of(kinds[duty.on]):
                about = getattr(ground.fact, duty.about, None)
                if not about or not duty.arises(ground.fact) or (ground.told and ends_a_term(duty)):
                    continue
                for agreement in links.governing(duty, pack.id, ground):
                    yield Obligation(
                        kind=duty.id,
                        sentence=duty.sentence,
                        debtor=_party(duty.debtor, agreement.terms),
                        creditor=_party(duty.creditor, agreement.terms),
                        ground=ground,
                        about=about,
                        since=ground.happened_at,
                        due=due(ground.happened_at, duty.within, stated(agreement.terms, pack)),
                        agreement=agreement,
                        cites=duty.cites,
                        discharged_by=_end(ground, duty, ending.get(about, ()), agreement),
                    )


@cache
def _kinds() -> dict[str, type[Fact]]:
    return {kind.__name__: kind for kind in vocabulary.kinds()}


def _under(pack: str, found: list[Agreement], ground: Recorded[Fact]) -> list[Agreement]:
    """Those of these agreements that bound by this pack when the ground was recorded, as they did then."""
    then = [agreement.as_of(ground.position) for agreement in found]
    return [agreement for agreement in then if pack in agreement.packs]


def ends_a_term(duty: Duty) -> bool:
    """Whether this duty is the term of a record. What a worked case tells has none: it rests on what is published,
    and its sources do not say what was kept.
    """
    return RecordValidated.__name__ in duty.discharged_by


def _end(
    ground: Recorded[Fact], duty: Duty, ends: Iterable[Recorded[Fact]], agreement: Agreement
) -> Recorded[Fact] | None:
    """The first of these facts that came after the ground: what was said before it answered something else.

    An overseer is told only if it is this agreement's: anybody else could be told instead of them. What our side owes
    the partner's word does not discharge, that people were warned after a leak for one.
    """
    overseer = agreement.terms.overseer
    after = [
        e
        for e in ends
        if e.position > ground.position
        and getattr(e.fact, "overseer", overseer) == overseer
        and (duty.debtor is not Party.OWN or e.by.role is not Role.PARTNER_LIAISON)
    ]
    return min(after, key=lambda e: e.position, default=None)


def _in_force(agreement: Agreement, ground: Recorded[Fact]) -> bool:
    return agreement.in_force_from <= ground.happened_at < agreement.terms.valid_until


def _governs(agreement: Agreement, ground: Recorded[Fact]) -> bool:
    """What names the agreement falls into its time. What follows from that, a leak for one, may come later."""
    if getattr(ground.fact, "agreement", None) == agreement.agreement:
        return _in_force(agreement, ground)
    return agreement.in_force_from <= ground.happened_at


def _from_verdicts(history: History, protocols: Mapping[str, Pack], held: Held) -> Iterator[Obligation]:
    """What the latest verdict on an unreleased request would have cured, if that verdict holds.

    It is owed since the first verdict that asked for it, of those without a break up to the latest: putting a
    request to the protocol again gives nobody more time. What a purged verdict asked for is not known any more.
    """
    released = {r.fact.request for r in history.of(ItemReleased)}
    asked = {r.fact.request: r for r in history.of(ReleaseRequested)}
    latest: dict[RequestId, Recorded[VerdictReached]] = {}
    running: dict[RequestId, dict[tuple[str, str], tuple[Recorded[VerdictReached], OwedByVerdict]]] = {}
    for verdict in history.of(VerdictReached):
        request = verdict.fact.request
        before = running.get(request, {})
        asked_for = () if verdict.fact.owed.purged else verdict.fact.owed.open()
        owed_now = {(o.rule, o.obligation): (verdict, o) for o in asked_for}
        running[request] = {key: before.get(key, new) for key, new in owed_now.items()}
        latest[request] = verdict
    for request, verdict in latest.items():
        agreement = held.get(asked[request].fact.agreement or AgreementId("")) if request in asked else None
        if verdict.fact.effect is not Effect.HOLD or request in released or agreement is None:
            continue
        sentences = _sentences(verdict.fact, protocols)
        for key, (since, owed) in running[request].items():
            found = sentences.get(key)
            if found is None:
                continue
            rule, owes = found
            yield Obligation(
                kind=owed.obligation,
                sentence=owes.sentence,
                debtor=_party(owes.debtor, agreement.terms),
                creditor=_party(owes.creditor, agreement.terms),
                ground=since,
                about=request,
                since=since.happened_at,
                due=owed.due,
                agreement=agreement,
                cites=rule.cites,
            )


def _sentences(
    reached: VerdictReached, protocols: Mapping[str, Pack]
) -> dict[tuple[str, str], tuple[Rule, Owes]]:
    """What can be owed under the texts of this verdict, by the names that it gives to rules."""
    found = {}
    for applied in reached.packs:
        pack = protocols.get(applied.protocol)
        before = "" if applied.protocol == reached.protocol else f"{applied.protocol}:"
        for rule in pack.rules if pack else ():
            for owes in rule.owes:
                found[before + rule.id, owes.obligation] = (rule, owes)
    return found


def _party(party: Party, terms: Terms) -> str:
    match party:
        case Party.OWN:
            return terms.own
        case Party.PARTNER:
            return terms.partner
        case Party.OVERSEER:
            return terms.overseer
        case Party.PEOPLE:
            return "people"


def duties_ended_by(protocols: Mapping[str, Pack], *kinds: type[Fact]) -> frozenset[str]:
    """The duties that end by a fact of one of these kinds, by their names."""
    names = {kind.__name__ for kind in kinds}
    return frozenset(
        duty.id
        for pack in protocols.values()
        for duty in pack.duties
        if names.intersection(duty.discharged_by)
    )
