"""Dissent: recorded by anyone, answered by a superior who did not ask for the release."""

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.identifiers import ItemId
from tearline.facts.release import (
    DissentAnswered,
    DissentRecorded,
    ItemRegistered,
    VerdictReached,
)
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asked_for, asks_asked
from tearline.folds.release import request_of, request_question
from tearline.rooms import (
    NOT_TOLD,
    Act,
    Says,
    asks_given,
    require,
    require_after,
    require_item,
    require_new,
    unknown,
)
from tearline.rooms.release.conditions import REQUEST, closed, same_item
from tearline.rooms.release.verdicts import DECIDING, seeing, verdict_on


class RecordDissent(Says[DissentRecorded]):
    """Anyone on the record may dissent, at any time; nothing can suppress it. Those outside: on what they got."""

    allowed = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR}
    opens = DECIDING

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_given(self.fact.item, by)

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        asked |= about(f"dissent:{self.fact.dissent}", kinds=(DissentRecorded,))
        return asked | request_question(known, self.fact.request) if self.fact.request else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_item(known, self.fact.item, act.by)
        require_new(known, DissentRecorded, "dissent", self.fact.dissent, Words("dissent", "el disenso"))
        said = act.says(self.fact)
        if self.fact.request is None:
            return [said]
        asked = request_of(known, self.fact.request)
        if asked is None or act.by.role in NOT_TOLD:
            raise unknown(REQUEST, self.fact.request)
        same_item(asked.fact.item, self.fact.item)
        if closed(known, self.fact.request):
            return [said]
        return [said, verdict_on(known, self.fact.request, act, (said,))]


class AnswerDissent(Says[DissentAnswered]):
    """A superior answers in writing. Nobody answers their own dissent, nor one against what they asked for."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"dissent:{self.fact.dissent}", kinds=(DissentRecorded, DissentAnswered))
        requests = {r.fact.request for r in known.of(DissentRecorded) if r.fact.request is not None}
        asked |= asks_asked(known, self.fact.item)
        return asked | each("request", sorted(requests), (VerdictReached,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, DissentRecorded, "dissent", self.fact.dissent, Words("dissent", "el disenso"))
        for recorded in known.of(DissentRecorded):
            same_item(recorded.fact.item, self.fact.item)
            if recorded.by.person == act.by.person:
                raise Refused(
                    "another-answers",
                    Words("nobody answers their own dissent", "nadie responde a su propio disenso"),
                    (self.fact.dissent,),
                )
            require_after(recorded, act, self.fact.dissent)
        answers_for_another(known, self.fact.item, act)
        requests = [r.fact.request for r in known.of(DissentRecorded) if r.fact.request is not None]
        return [act.says(seeing(known, self.fact, requests[0], act) if requests else self.fact)]


def answers_for_another(known: History, item: ItemId, act: Act) -> None:
    """Refuse whoever asked for a release of the item, or of what was drawn from it: they would clear their own way."""
    if acts_alone(act.by) and act.by.person in asked_for(known, item):
        raise Refused(
            "asked-for-it",
            Words(
                "whoever asked for a release of an item, or of a tearline version of it, does not answer what stands"
                " against it",
                "quien pidió divulgar un elemento, o una versión tearline de él, no responde a lo que se opone a ello",
            ),
            (item,),
        )
