"""What became known, and when it was not yet: reports of a compromise, and that an adversary was found unaware."""

from tearline.facts.errors import Refused
from tearline.facts.harm import HarmRecordOpened
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.identifiers import HarmRecordId, ItemId
from tearline.facts.leaks import AdversaryFoundUnaware, CompromiseReported
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.words import Words
from tearline.folds.leaks import before, contradicted, registered
from tearline.folds.release import lineage, releases_of
from tearline.rooms import NOT_TOLD, Act, Says, asks_given, require_item, require_new, suspension
from tearline.rooms.leaks.apart import COMPROMISE


class ReportCompromise(Says[CompromiseReported]):
    """Anyone may report; those outside, what they were given.

    Every unit that received the item, or what it was drawn from, is suspended at once, by rule, and a record of harm is
    opened. Whoever has the whole could have told the part; who has only a tearline text could not have told the whole.

    What an adversary knew before there was an item is another item. What it knew before anybody was given this one is
    recorded, and the fold over it says so: then it came by no recipient, and they are suspended all the same until
    somebody has found that out.
    """

    allowed = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR}

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_given(self.fact.item, by)

    def question(self, known: History) -> Question:
        asked = each(
            "item", lineage(known, self.fact.item), (ItemRegistered, ItemReleased, DisclosureRecorded)
        )
        return asked | about(f"compromise:{self.fact.compromise}", kinds=(CompromiseReported,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_item(known, self.fact.item, act.by)
        require_new(known, CompromiseReported, "compromise", self.fact.compromise, COMPROMISE)
        _in_time(known, self.fact.item, act)
        _in_order(self.fact, act)
        record = HarmRecordOpened(
            record=HarmRecordId(act.token(f"harm after {self.fact.compromise}")),
            compromise=self.fact.compromise,
            item=self.fact.item,
        )
        return [act.says(self.fact), *self._suspensions(known, act), act.follows(record)]

    def _suspensions(self, known: History, act: Act) -> list[Draft]:
        items = lineage(known, self.fact.item)
        units = {r.fact.unit for r in releases_of(known) if r.fact.item in items}
        return [suspension(act, unit, self.fact.compromise, self.fact.item) for unit in sorted(units)]


class RecordCompromiseAsItHappened(ReportCompromise):
    """In a worked case, where no such rule was in force: the report alone, and nothing followed from it."""

    allowed = frozenset({Role.CHRONICLER})

    def decide(self, known: History, act: Act) -> list[Draft]:
        if act.told is None:
            raise Refused(
                "suspension-follows",
                Words(
                    "outside a worked case, suspension follows by rule",
                    "fuera de un caso relatado, se suspende",
                ),
                (self.fact.compromise,),
            )
        return super().decide(known, act)[:1]


class ReportAdversaryUnaware(Says[AdversaryFoundUnaware]):
    """That an adversary did not know an item on a day is evidence as much as that it did. Those outside report none.

    It is refused against a confirmed compromise from before then, and not the other way round: whoever is under
    suspicion could record one, and no report of a leak may wait for that.
    """

    allowed = frozenset(
        {
            Role.CASE_AGENT,
            Role.SOURCE_HANDLER,
            Role.RELEASING_OFFICER,
            Role.SENIOR_OFFICER,
            Role.LIAISON,
            Role.INVESTIGATOR,
            Role.CHRONICLER,
        }
    )

    def question(self, known: History) -> Question:
        asked = each("item", lineage(known, self.fact.item), (ItemRegistered, CompromiseReported))
        return asked | about(f"observation:{self.fact.observation}", kinds=(AdversaryFoundUnaware,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_item(known, self.fact.item, act.by)
        require_new(
            known,
            AdversaryFoundUnaware,
            "observation",
            self.fact.observation,
            Words("observation", "la observación"),
        )
        _in_time(known, self.fact.item, act)
        for confirmed in contradicted(known, self.fact, act.at, act.precision):
            raise Refused(
                "known-already",
                Words(
                    "it is confirmed that the adversary knew it before then: one of the two is wrong, and is settled"
                    " before both stand",
                    "está confirmado que el adversario lo sabía antes: uno de los dos es erróneo, y se aclara antes de"
                    " que consten ambos",
                ),
                (confirmed.fact.compromise,),
            )
        return [act.says(self.fact)]


def _in_time(known: History, item: ItemId, act: Act) -> None:
    """Refuse what is dated before the item existed. To those outside, when that was is not told by a refusal either."""
    first = registered(known, item)
    if first is None or act.by.role in NOT_TOLD:
        return
    if before(act.at, act.precision, first.happened_at, first.precision):
        raise Refused(
            "before-the-item",
            Words(
                "that is before the item was on record: an adversary knows nothing of it from before it existed. Say a"
                " later day, or register what it knew as an item of its own",
                "eso es anterior al registro del elemento: un adversario no sabe de él desde antes de que existiera."
                " Indique un día posterior, o registre lo que sabía como elemento propio",
            ),
            (item,),
        )


def _in_order(fact: CompromiseReported, act: Act) -> None:
    if fact.known_by is not None and fact.known_by < act.at:
        raise Refused(
            "interval-in-order",
            Words(
                "it cannot have been known at the latest before it was known at the earliest",
                "no pudo saberse a más tardar antes de saberse lo más pronto",
            ),
            (fact.compromise,),
        )
    if fact.known_by is not None and fact.known_by > act.now:
        raise Refused(
            "known-by-now",
            Words(
                "it cannot be known of a day to come by when the adversary knew it",
                "no puede saberse de un día futuro para cuándo lo sabía el adversario",
            ),
            (fact.compromise,),
        )
    if fact.likelihood_ratio == 0:
        raise Refused(
            "ratio-above-zero",
            Words("a likelihood ratio is above zero", "una razón de verosimilitud es mayor que cero"),
            (fact.compromise,),
        )
