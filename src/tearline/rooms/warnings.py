"""Warning people in danger: threats assessed, warnings ordered or waived, attempted, given, and reviewed afterwards.

Warning itself is never held up: no verdict, no signature, no order, no other fact than the item is needed. What was not
ordered is reviewed afterwards, by somebody else.
"""

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Actor, Draft, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import CompromiseId, ItemId, ThreatId, WarningId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import ItemRegistered, SourceWarned
from tearline.facts.warnings import (
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
    WarningWaived,
)
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asked_for, asks_asked
from tearline.folds.release import lineage
from tearline.folds.stripped import HANDLED, handlers, points_at
from tearline.folds.warnings import notices
from tearline.rooms import (
    ITEM,
    NOT_TOLD,
    Act,
    Says,
    asks_given,
    require,
    require_after,
    require_item,
    require_new,
)

ANYONE = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR}
THREAT = Words("threat", "la amenaza")
WARNING = Words("source's warning", "la advertencia de la fuente")
COMPROMISE = Words("compromise", "el compromiso")
NOTICE = Words("warning without an order", "el aviso sin orden")
Decided = WarningOrdered | WarningAttempted
Ground = ThreatAssessed | SourceWarned | CompromiseReported


class AssessThreat(Says[ThreatAssessed]):
    """What an item says of people in danger. It makes the warning owed, and nothing waits for it."""

    allowed = frozenset(
        {
            Role.CASE_AGENT,
            Role.SOURCE_HANDLER,
            Role.LIAISON,
            Role.HARM_DESK,
            Role.INVESTIGATOR,
            Role.RELEASING_OFFICER,
            Role.SENIOR_OFFICER,
            Role.CHRONICLER,
        }
    )

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        asked |= about(f"threat:{self.fact.threat}", kinds=(ThreatAssessed,))
        officer = self.fact.officer
        return asked | about(f"person:{officer}", kinds=(PersonEnrolled,)) if officer else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, ThreatAssessed, "threat", self.fact.threat, THREAT)
        if self.fact.officer:
            require(known, PersonEnrolled, "person", self.fact.officer, Words("officer", "el oficial"))
        return [act.says(self.fact)]


class OrderWarning(Says[WarningOrdered]):
    """A senior officer decides that people are warned, in words that say nothing of where it came from."""

    allowed = frozenset({Role.SENIOR_OFFICER})
    opens = frozenset({Compartment.CONTENT, Compartment.SOURCE_HANDLING, Compartment.PERSONS})

    def question(self, known: History) -> Question:
        fact = self.fact
        asked = about(f"warning-order:{fact.order}", kinds=(WarningOrdered,)) | _asks_grounds(fact)
        asked |= each("item", lineage(known, fact.item), HANDLED)
        return asked | each("person", handlers(known, fact.item), (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require(known, ItemRegistered, "item", fact.item, ITEM)
        require_new(known, WarningOrdered, "order", fact.order, Words("order", "la orden"))
        _require_grounds(known, fact, act)
        if not fact.stripped:
            raise Refused(
                "read-against-source",
                Words(
                    "nobody is told a text that was not read against the source's own words",
                    "no se dice a nadie un texto que no se cotejó con las palabras de la fuente",
                ),
                (fact.item,),
            )
        _require_stripped(known, fact)
        if fact.until <= act.at:
            raise Refused(
                "still-to-come",
                Words(
                    "the time by which people are warned is still to come",
                    "el plazo para avisar a las personas debe estar aún por venir",
                ),
                (fact.item,),
            )
        return [act.says(fact)]


class WaiveWarning(Says[WarningWaived]):
    """Only a senior officer decides that people in danger are not warned, on one of six grounds, in writing.

    And never one who asked for a release of the item, or of a tearline version of it: a warning may stand in its way.
    """

    allowed = frozenset({Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        asked = about(f"threat:{self.fact.threat}", kinds=(ThreatAssessed,))
        return asked | asks_asked(known, self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ThreatAssessed, "threat", self.fact.threat, THREAT)
        for assessed in known.of(ThreatAssessed):
            _same_item(assessed.fact, self.fact.item, self.fact.threat)
            require_after(assessed, act, self.fact.threat)
        _never_asked(known, self.fact.item, self.fact.threat, act)
        return [act.says(self.fact)]


class WaiveSourceWarning(Says[SourceWarningWaived]):
    """The same of those of whom a source warned."""

    allowed = frozenset({Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        asked = about(f"warning:{self.fact.warning}", kinds=(SourceWarned,))
        return asked | asks_asked(known, self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, SourceWarned, "warning", self.fact.warning, WARNING)
        for warned in known.of(SourceWarned):
            _same_item(warned.fact, self.fact.item, self.fact.warning)
            require_after(warned, act, self.fact.warning)
        _never_asked(known, self.fact.item, self.fact.warning, act)
        return [act.says(self.fact)]


class WarnPeople(Says[PeopleWarned]):
    """Danger to life comes first: this waits for nothing, not even for the threat to be assessed or for an order.

    Without an order that covers it, it is reviewed afterwards.
    """

    allowed = ANYONE

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_given(self.fact.item, by)

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        order = self.fact.order
        return asked | about(f"warning-order:{order}", kinds=(WarningOrdered,)) if order else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_item(known, fact.item, act.by)
        if fact.people < 1:
            raise Refused(
                "somebody-reached",
                Words(
                    "who was not reached was not warned: record that it was attempted",
                    "a quien no se llegó no se le avisó: registre que se intentó",
                ),
                (fact.notice,),
            )
        if any(_covers(ordered, fact, act) for ordered in known.of(WarningOrdered)):
            return [act.says(fact)]
        unordered = WarnedWithoutOrder(notice=fact.notice, item=fact.item, compromise=fact.compromise)
        return [act.says(fact), act.follows_at_once(unordered)]


class AttemptWarning(Says[WarningAttempted]):
    """Nobody was reached: what was tried stays on record, and the warning stays owed."""

    allowed = ANYONE - NOT_TOLD

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,)) | _asks_grounds(self.fact)
        return asked | about(f"attempt:{self.fact.attempt}", kinds=(WarningAttempted,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, WarningAttempted, "attempt", self.fact.attempt, Words("attempt", "el intento"))
        _require_grounds(known, self.fact, act)
        return [act.says(self.fact)]


class ReviewWarning(Says[WarningReviewed]):
    """Of a warning that nobody had ordered; never by whoever gave it, and once."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        kinds = (PeopleWarned, WarnedWithoutOrder, WarningReviewed)
        return about(f"notice:{self.fact.notice}", kinds=kinds)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require(known, WarnedWithoutOrder, "notice", fact.notice, NOTICE)
        if not any(one.to_review for one in notices(known)):
            # Somebody may have warned again under the same name, and that is reviewed as well.
            require_new(known, WarningReviewed, "notice", fact.notice, Words("review of", "la revisión de"))
        for warned in known.of(PeopleWarned):
            _same_item(warned.fact, fact.item, fact.notice)
            require_after(warned, act, fact.notice)
            if acts_alone(act.by) and warned.by.person == act.by.person:
                raise Refused(
                    "another-person",
                    Words(
                        "whoever warned people does not review it",
                        "quien avisó a las personas no revisa el aviso",
                    ),
                    (fact.notice,),
                )
        return [act.says(fact)]


def _asks_grounds(fact: Decided) -> Question:
    asked = Question()
    for prefix, named, kind in (
        ("threat", fact.threat, ThreatAssessed),
        ("warning", fact.warning, SourceWarned),
        ("compromise", fact.compromise, CompromiseReported),
    ):
        if named:
            asked |= about(f"{prefix}:{named}", kinds=(kind,))
    return asked


def _require_grounds(known: History, fact: Decided, act: Act) -> None:
    """Refuse what does not say of what people are warned, or says it of another item."""
    found: list[tuple[Recorded[Ground], str]] = []
    if fact.threat:
        require(known, ThreatAssessed, "threat", fact.threat, THREAT)
        found += [(r, fact.threat) for r in known.of(ThreatAssessed)]
    if fact.warning:
        require(known, SourceWarned, "warning", fact.warning, WARNING)
        found += [(r, fact.warning) for r in known.of(SourceWarned) if r.fact.warning == fact.warning]
    if fact.compromise:
        require(known, CompromiseReported, "compromise", fact.compromise, COMPROMISE)
        found += [(r, fact.compromise) for r in known.of(CompromiseReported)]
    if not found:
        raise Refused(
            "says-what-for",
            Words(
                "it names the threat, the source's warning or the leak of which people are warned",
                "indica la amenaza, la advertencia de la fuente o la filtración de la que se avisa",
            ),
            (fact.item,),
        )
    for ground, name in found:
        _same_item(ground.fact, fact.item, name)
        require_after(ground, act, name)


def _same_item(
    fact: Ground | PeopleWarned, item: ItemId, name: ThreatId | WarningId | CompromiseId | str
) -> None:
    if fact.item != item:
        raise Refused(
            "same-item",
            Words(f"{name} is of another item", f"{name} es de otro elemento"),
            (name,),
        )


def _never_asked(known: History, item: ItemId, name: str, act: Act) -> None:
    if acts_alone(act.by) and act.by.person in asked_for(known, item):
        raise Refused(
            "asked-for-it",
            Words(
                "whoever asked for a release of an item does not waive a warning of what it says",
                "quien pidió divulgar un elemento no exime de avisar de lo que dice",
            ),
            (name,),
        )


def _require_stripped(known: History, fact: WarningOrdered) -> None:
    found = points_at(known, fact.item, fact.text.open())
    if found is None:
        return
    said = ", ".join(found)
    raise Refused(
        "stripped-of-source",
        Words(
            f"the text points at the item: {said}"
            if found
            else "the text holds what could be a code, or the name of somebody who deals with the source",
            f"el texto apunta al elemento: {said}"
            if found
            else "el texto contiene lo que podría ser una clave o el nombre de quien trata con la fuente",
        ),
        (fact.item,),
    )


def _covers(ordered: Recorded[WarningOrdered], warned: PeopleWarned, act: Act) -> bool:
    """Whether a warning is what was ordered: of this item, and of all that the order names, and not from before it."""
    order = ordered.fact
    return (act.at >= ordered.happened_at and order.item == warned.item) and all(
        named in (None, said)
        for named, said in (
            (order.threat, warned.threat),
            (order.warning, warned.warning),
            (order.compromise, warned.compromise),
        )
    )
