"""What keeps a record: its term, renewed by validation, and legal holds."""

from collections.abc import Sequence

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import FactId
from tearline.facts.release import ItemRegistered, ReleaseRequested
from tearline.facts.retention import ItemPurged, LegalHoldLifted, LegalHoldPlaced, Purged, RecordValidated
from tearline.facts.words import Words
from tearline.folds.retention import OF_HOLDS, clocks, clocks_question
from tearline.rooms import Act, Says, require, require_after, require_new
from tearline.rooms.retention.purges import ORDERS, SIGNS, purged_already, still_there, targets_of

HOLD, ITEM = Words("legal hold", "la orden de conservación"), Words("item", "el elemento")


class ValidateRecord(Says[RecordValidated]):
    """Before the term ends. After that there is nothing left to validate: it is purged."""

    allowed = ORDERS | {Role.CHRONICLER}

    def question(self, known: History) -> Question:
        asked = about(f"validation:{self.fact.validation}", kinds=(RecordValidated,))
        return asked | clocks_question(known, (self.fact.item,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(
            known, RecordValidated, "validation", fact.validation, Words("validation", "la validación")
        )
        require(known, ItemRegistered, "item", fact.item, ITEM)
        for registered in known.of(ItemRegistered):
            require_after(registered, act, fact.item)
        if any(r.fact.item == fact.item for r in known.of(ItemPurged)):
            raise purged_already(fact.item)
        for clock in clocks(known, act.protocols):
            if clock.about == fact.item and clock.overdue(act.now):
                raise Refused(
                    "term-over",
                    Words(
                        f"its term under {clock.agreement.name} has ended: it is to be purged",
                        f"venció su plazo según {clock.agreement.name}: debe suprimirse",
                    ),
                    (fact.item,),
                )
        return [act.says(fact)]


class PlaceHold(Says[LegalHoldPlaced]):
    """On one fact, item or request. What is purged already cannot be kept any more."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.INVESTIGATOR, Role.OVERSEER})

    def named(self, known: History) -> Sequence[FactId]:
        return (self.fact.record,) if self.fact.record else ()

    def question(self, known: History) -> Question:
        asked = about(f"hold:{self.fact.hold}", kinds=(LegalHoldPlaced,))
        if self.fact.record:
            asked |= about(f"fact:{self.fact.record}", kinds=(Purged,))
        if self.fact.item:
            asked |= about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        if self.fact.request:
            asked |= about(f"request:{self.fact.request}", kinds=(ReleaseRequested,))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, LegalHoldPlaced, "hold", fact.hold, HOLD)
        if sum(subject is not None for subject in (fact.record, fact.item, fact.request)) != 1:
            raise Refused(
                "on-one-thing",
                Words(
                    "a hold is on one fact, one item or one request",
                    "una orden de conservar recae sobre un hecho, un elemento o una solicitud",
                ),
                (fact.hold,),
            )
        if fact.item:
            require(known, ItemRegistered, "item", fact.item, ITEM)
        if fact.request:
            require(known, ReleaseRequested, "request", fact.request, Words("request", "la solicitud"))
        for target in targets_of(known, self.named(known)):
            still_there(known, target)
        return [act.says(fact)]


class LiftHold(Says[LegalHoldLifted]):
    """A hold that an overseer placed is an overseer's to lift."""

    allowed = SIGNS

    def question(self, known: History) -> Question:
        return about(f"hold:{self.fact.hold}", kinds=OF_HOLDS)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, LegalHoldPlaced, "hold", self.fact.hold, HOLD)
        if known.of(LegalHoldLifted):
            raise Refused(
                "lifted-once",
                Words("this hold was lifted already", "esta orden ya se levantó"),
                (self.fact.hold,),
            )
        for placed in known.of(LegalHoldPlaced):
            require_after(placed, act, self.fact.hold)
            if placed.by.role is Role.OVERSEER and act.by.role is not Role.OVERSEER:
                raise Refused(
                    "overseer-lifts",
                    Words(
                        "an overseer placed this hold, and only an overseer lifts it",
                        "esta orden la dio un órgano de supervisión y solo él la levanta",
                    ),
                    (self.fact.hold,),
                )
        return [act.says(self.fact)]
