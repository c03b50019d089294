"""Releasing, and receiving: one copy for each recipient, each their own."""

from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Recorded, Role, about
from tearline.facts.identifiers import CopyId, OrganisationId, ReleaseId, RequestId
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    Effect,
    ItemReleased,
    Manner,
    ReleaseExpedited,
    ReleaseRequested,
)
from tearline.facts.words import Words
from tearline.folds.agreements import agreements, awaits_endorsement
from tearline.folds.logs import stop_of, stop_question, why
from tearline.folds.release import request_of, request_question
from tearline.protocol import Decision
from tearline.rooms import (
    NOT_TOLD,
    Act,
    Says,
    require,
    require_new,
    unknown,
)
from tearline.rooms.release.conditions import recipients_serve, still_open, while_in_force
from tearline.rooms.release.marking import asks_wordings, marking
from tearline.rooms.release.verdicts import DECIDING, not_permitted, reach

COPY = Words("copy", "la copia")


class ReleaseItem:
    """Release, if the protocol says so at this moment. One copy for each recipient, each their own.

    Nothing goes to an organisation whose log signed two histories. That is no rule of a protocol, which partners
    agree upon and may loosen: it holds whatever they agreed.
    """

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.RELEASING_OFFICER})
    opens: ClassVar[frozenset[Compartment]] = DECIDING

    def __init__(self, request: RequestId) -> None:
        self.request = request

    def question(self, known: History) -> Question:
        question = request_question(known, self.request)
        asked = request_of(known, self.request)
        for organisation in _receiving(known, asked.fact) if asked else ():
            question |= stop_question(organisation)
        return question | asks_wordings(asked.fact.item) if asked else question

    def decide(self, known: History, act: Act) -> list[Draft]:
        asked = still_open(known, self.request)
        after_asking(asked, act)
        recipients_serve(known, asked.fact, act)
        _exchange_goes_on(known, asked.fact)
        _endorsed(known, asked.fact)
        decision, reached = reach(known, self.request, act, ())
        agreement = asked.fact.agreement
        if decision.effect.value != Effect.RELEASE or agreement is None:
            raise not_permitted(decision, self.request)
        while_in_force(known, agreement, act)
        released = ItemReleased(
            release=_release(act),
            request=self.request,
            item=asked.fact.item,
            unit=asked.fact.unit,
            recipients=asked.fact.recipients,
            extent=asked.fact.extent,
            manner=asked.fact.manner,
            agreement=agreement,
            dossier_sha256=reached.dossier_sha256,
        )
        copies = _copies(released, act)
        return [
            act.follows(reached),
            act.says(released),
            *_expedited(released, decision, act),
            *[act.says(copy) for copy in copies],
            *marking(known, released, copies, act),
        ]


class ReceiveCopy(Says[CopyReceived]):
    """A receipt is given by the person to whom the copy was released."""

    allowed = frozenset({Role.PARTNER_LIAISON, Role.LIAISON, Role.CASE_AGENT, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"copy:{self.fact.copy}", kinds=(CopyReleased, CopyReceived))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, CopyReleased, "copy", self.fact.copy, COPY)
        (released,) = known.of(CopyReleased)
        if act.by.role in NOT_TOLD and released.fact.recipient != act.by.person:
            raise unknown(COPY, self.fact.copy)
        require_new(
            known, CopyReceived, "copy", self.fact.copy, Words("receipt for copy", "el acuse de la copia")
        )
        if (released.fact.release, released.fact.item) != (self.fact.release, self.fact.item):
            raise unknown(Words("copy of that release", "una copia de esa divulgación"), self.fact.copy)
        if released.fact.recipient != act.by.person:
            raise Refused(
                "ones-own-copy",
                Words("a receipt is given by the recipient", "el acuse lo da el receptor"),
                (self.fact.copy,),
            )
        return [act.says(self.fact)]


def _receiving(known: History, asked: ReleaseRequested) -> set[OrganisationId]:
    """The organisations that would learn of it: the unit's, and those of the people who serve in it."""
    units = {r.fact.organisation for r in known.of(UnitFormed) if r.fact.unit == asked.unit}
    return units | {
        r.fact.organisation for r in known.of(PersonEnrolled) if r.fact.person in asked.recipients
    }


def _exchange_goes_on(known: History, asked: ReleaseRequested) -> None:
    """Refuse while a receiving organisation's log has two histories, or has not shown that it has one."""
    for organisation in sorted(_receiving(known, asked)):
        stop = stop_of(known, organisation)
        if stop is not None:
            rule, because = why(stop)
            raise Refused(rule, because, (stop.ref,))


def after_asking(asked: Recorded[ReleaseRequested], act: Act) -> None:
    if act.at < asked.happened_at:
        raise Refused(
            "after-asking",
            Words(
                "this cannot have happened before it was asked for", "esto no pudo ocurrir antes de pedirse"
            ),
            (asked.fact.request,),
        )


def _endorsed(known: History, asked: ReleaseRequested) -> None:
    """Refuse whatever the protocol says: an agreement that one person alone recorded could choose it."""
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    if held is not None and awaits_endorsement(held, known):
        raise Refused(
            "endorsed",
            Words(
                f"{asked.agreement} was recorded by one person, and nobody else has endorsed it yet",
                f"{asked.agreement} lo registró una sola persona, y nadie más lo ha respaldado aún",
            ),
            (asked.agreement or "",),
        )


def _release(act: Act) -> ReleaseId:
    return ReleaseId(act.token("release"))


def _expedited(released: ItemReleased, decision: Decision, act: Act) -> list[Draft]:
    """What makes a review owed: a hold was waived, whether or not this path was asked for."""
    if not decision.waived:
        return []
    return [
        act.follows(
            ReleaseExpedited(
                release=released.release,
                request=released.request,
                item=released.item,
                unit=released.unit,
                agreement=released.agreement,
                waived=Sealed(tuple(decision.called(one.rule) for one in decision.waived)),
            )
        )
    ]


def _copies(released: ItemReleased, act: Act) -> list[CopyReleased]:
    if released.manner is not Manner.COPY:
        return []
    return [
        CopyReleased(
            copy=CopyId(act.token(f"copy {n}")),
            release=released.release,
            item=released.item,
            unit=released.unit,
            recipient=recipient,
        )
        for n, recipient in enumerate(released.recipients)
    ]
