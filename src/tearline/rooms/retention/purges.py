"""Purges: ordered by one person, signed by another, and complete when no copy can be opened any more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from tearline.facts.codec import compartments
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact, Label
from tearline.facts.history import Draft, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import FactId, ItemId, PurgeId, PurgeNoticeId
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.retention import (
    ItemPurged,
    PurgeCompleted,
    Purged,
    PurgeGround,
    PurgeNoticeOwed,
    PurgeOrdered,
    WrappingKeyRetired,
)
from tearline.facts.words import Words
from tearline.folds.release import releases_of
from tearline.folds.retention import (
    OF_KEYS,
    clocks,
    clocks_question,
    drawn_from,
    holds_on,
    holds_question,
    items_of,
    last_epoch,
    live_backups,
)
from tearline.rooms import NONE, Act, Says, require, require_after, require_new, unknown

PURGE, FACT = Words("purge", "la supresión"), Words("fact", "el hecho")
ORDERS = frozenset({Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.OVERSEER})
SIGNS = frozenset({Role.SENIOR_OFFICER, Role.OVERSEER})
RETENTION = Purged.room
MOST_AT_ONCE = 200
"""Facts in one purge: all of them have to fit into one fact."""


class OrderPurge(Says[PurgeOrdered]):
    """The first signature. What stands in the way is said now, and looked at again when the second is given."""

    allowed = ORDERS

    def named(self, known: History) -> Sequence[FactId]:
        return self.fact.refs

    def question(self, known: History) -> Question:
        asked = about(f"purge:{self.fact.purge}", kinds=(PurgeOrdered,))
        return asked | _purge_question(known, self.fact)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, PurgeOrdered, "purge", fact.purge, PURGE)
        if not 0 < len(fact.refs) <= MOST_AT_ONCE or len(set(fact.refs)) != len(fact.refs):
            raise Refused(
                "names-what-it-purges",
                Words(
                    f"a purge names 1 to {MOST_AT_ONCE} facts, each once",
                    f"una supresión nombra de 1 a {MOST_AT_ONCE} hechos, cada uno una vez",
                ),
                (fact.purge,),
            )
        _may_be_purged(known, act, fact)
        return [act.says(fact)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPurge:
    """The second signature, by another person: the keys are destroyed in the same transaction.

    Whoever received an item that goes is owed a notice. All of it stands under one personal signature, which
    covers 128 facts: an item that was released more often than that is purged when notices can be signed apart.
    """

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]

    allowed: ClassVar[frozenset[Role]] = SIGNS
    opens: ClassVar[frozenset[Compartment]] = NONE

    def named(self, known: History) -> Sequence[FactId]:
        ordered = _order(known, self.purge)
        return ordered.fact.refs if ordered else ()

    def question(self, known: History) -> Question:
        asked = about(f"purge:{self.purge}", kinds=(PurgeOrdered,))
        ordered = _order(known, self.purge)
        return asked | _purge_question(known, ordered.fact) if ordered else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        ordered = _order(known, self.purge)
        if ordered is None:
            raise unknown(PURGE, self.purge)
        if ordered.by.person == act.by.person:
            raise Refused(
                "two-signers",
                Words(
                    "whoever ordered a purge does not sign it: it takes another person",
                    "quien ordenó una supresión no la firma: hace falta otra persona",
                ),
                (self.purge,),
            )
        require_after(ordered, act, self.purge)
        targets = _may_be_purged(known, act, ordered.fact)
        purged = Purged(
            purge=self.purge,
            refs=ordered.fact.refs,
            indices=tuple(target.position for target in targets),
            ground=ordered.fact.ground,
            cites=ordered.fact.cites,
            ordered_by=ordered.by.person,
        )
        items = [t.fact.item for t in targets if isinstance(t.fact, ItemRegistered) and t.told is None]
        gone = [act.follows(ItemPurged(purge=self.purge, item=item)) for item in items]
        return [act.says(purged), *gone, *self._notices(known, act, items)]

    def _notices(self, known: History, act: Act, items: Sequence[ItemId]) -> Iterator[Draft]:
        """One for each release of an item that goes, or of what was drawn from it."""
        gone = {item for one in items for item in drawn_from(known, one)}
        for given in releases_of(known):
            if given.fact.item in gone:
                yield act.follows(
                    PurgeNoticeOwed(
                        notice=PurgeNoticeId(act.token(f"notice {self.purge} {given.fact.release}")),
                        purge=self.purge,
                        release=given.fact.release,
                        item=given.fact.item,
                        unit=given.fact.unit,
                        recipients=given.fact.recipients,
                    )
                )


def _order(known: History, purge: PurgeId) -> Recorded[PurgeOrdered] | None:
    return next((r for r in known.of(PurgeOrdered) if r.fact.purge == purge), None)


def _purge_question(known: History, ordered: PurgeOrdered) -> Question:
    """All that can stand in the way of this purge, and who received what it takes."""
    asked = each("fact", ordered.refs, (Purged,))
    targets = [r for r in known if r.ref in ordered.refs]
    asked |= holds_question(known, targets)
    live = [target for target in targets if target.told is None]
    if ordered.ground is PurgeGround.TERM_ENDED:
        asked |= clocks_question(known, (i for target in live for i in items_of(known, target)))
    for target in live:
        if isinstance(target.fact, ItemRegistered):
            items = drawn_from(known, target.fact.item)
            asked |= each("item", items, (ItemRegistered, ItemReleased, DisclosureRecorded))
    return asked


def _may_be_purged(known: History, act: Act, ordered: PurgeOrdered) -> list[Recorded[Fact]]:
    """The facts that this purge names, in its order; Refused when one of them may not go."""
    targets = targets_of(known, ordered.refs)
    for target in targets:
        _can_go(target)
        still_there(known, target)
        for hold in holds_on(known, target):
            raise Refused(
                "held",
                Words(
                    f"the legal hold {hold.fact.hold} keeps it, ordered by {hold.fact.ordered_by}",
                    f"la orden de conservación {hold.fact.hold} lo retiene, dada por {hold.fact.ordered_by}",
                ),
                (target.ref, hold.ref),
            )
        if ordered.ground is PurgeGround.TERM_ENDED and target.told is None:
            _term_has_ended(known, act, target)
    return targets


def targets_of(known: History, refs: Sequence[FactId]) -> list[Recorded[Fact]]:
    """The facts under these references, in this order; Refused when there is none under one of them."""
    found = {r.ref: r for r in known}
    for ref in refs:
        if ref not in found:
            raise unknown(FACT, ref)
    return [found[ref] for ref in refs]


def _can_go(target: Recorded[Fact]) -> None:
    if target.fact.room == RETENTION:
        raise Refused(
            "purges-stay-on-record",
            Words(
                "who kept or destroyed what stays on record",
                "quién conservó o destruyó qué queda registrado",
            ),
            (target.ref,),
        )
    if not compartments(type(target.fact).__name__):
        raise Refused(
            "nothing-sealed",
            Words(
                "this fact has no sealed fields: there is nothing in it to purge",
                "este hecho no tiene campos sellados: no hay nada que suprimir",
            ),
            (target.ref,),
        )


def still_there(known: History, target: Recorded[Fact]) -> None:
    """Refuse what was purged before."""
    if any(target.ref in r.fact.refs for r in known.of(Purged)):
        raise purged_already(target.ref)


def _term_has_ended(known: History, act: Act, target: Recorded[Fact]) -> None:
    """Refuse while a term is known to run and none has ended. Where no agreement governs, the citation stands alone."""
    items = items_of(known, target)
    running = [clock for clock in clocks(known, act.protocols) if clock.about in items]
    if running and not any(clock.overdue(act.now) for clock in running):
        raise Refused(
            "term-not-over",
            Words(
                f"its term under {running[0].agreement.name} has not ended",
                f"su plazo según {running[0].agreement.name} no ha vencido",
            ),
            (target.ref,),
        )


def purged_already(name: str) -> Refused:
    """The refusal of an act upon what is purged."""
    return Refused("purged-once", Words("this was purged already", "esto ya se suprimió"), (name,))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletePurge:
    """When nothing can unwrap any more what an older copy of the database holds."""

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.NODE, Role.SENIOR_OFFICER})
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        return about(f"purge:{self.purge}", kinds=(Purged, PurgeCompleted)) | about(kinds=OF_KEYS)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, Purged, "purge", self.purge, PURGE)
        require_new(known, PurgeCompleted, "purge", self.purge, Words("completion of", "la conclusión de"))
        (purged,) = known.of(Purged)
        epoch = last_epoch(known, purged)
        if epoch is None or not any(r.fact.epoch == epoch for r in known.of(WrappingKeyRetired)):
            raise Refused(
                "old-key-gone",
                Words(
                    "the wrapping key of that time is still there",
                    "la clave de envoltura de entonces aún existe",
                ),
                (self.purge,),
            )
        for backup in live_backups(known, epoch, act.now):
            name, day = backup.fact.backup, f"{backup.fact.expires:%Y-%m-%d}"
            raise Refused(
                "key-backups-gone",
                Words(
                    f"the key backup {name} can still open it, until {day}",
                    f"la copia de claves {name} aún puede abrirlo, hasta el {day}",
                ),
                (self.purge, backup.ref),
            )
        return [act.says(PurgeCompleted(purge=self.purge, epoch=epoch))]
