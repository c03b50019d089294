"""Requests: asking, deciding anew, signing off.

Every act that can change the verdict ends in a new one, reached on what is known at that moment.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import RequestId
from tearline.facts.parties import UnitFormed
from tearline.facts.release import (
    ItemRegistered,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
)
from tearline.facts.words import Words
from tearline.folds.release import request_of, request_question, requested_question
from tearline.rooms import (
    ITEM,
    Act,
    Says,
    require,
    require_new,
)
from tearline.rooms.release.conditions import REQUEST, between_parties, recipients_serve, still_open
from tearline.rooms.release.figures import Figure, asks_figure, figure_of, figured
from tearline.rooms.release.releasing import after_asking
from tearline.rooms.release.verdicts import DECIDING, seeing, verdict_on

LINES = {
    Role.RELEASING_OFFICER: SignOffLine.RELEASING,
    Role.SOURCE_HANDLER: SignOffLine.SOURCE_HANDLING,
    Role.SENIOR_OFFICER: SignOffLine.SECOND,
}


@dataclass(frozen=True, slots=True)
class RequestRelease(Says[ReleaseRequested]):
    """Put a release to the protocol. Nothing is given out by asking."""

    figure: Figure | None = None

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER})
    opens: ClassVar[frozenset[Compartment]] = DECIDING

    def asks_figures(self, known: History) -> Question:
        return asks_figure(known, self.fact)

    def with_figures(self, read: History, at: datetime) -> "RequestRelease":
        return replace(self, figure=figure_of(read, self.fact, at))

    def question(self, known: History) -> Question:
        return about(f"request:{self.fact.request}", kinds=(ReleaseRequested,)) | requested_question(
            known, self.fact
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, ReleaseRequested, "request", self.fact.request, REQUEST)
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require(known, UnitFormed, "unit", self.fact.unit, Words("unit", "la unidad"))
        recipients_serve(known, self.fact, act)
        between_parties(known, self.fact, act)
        drafts = [act.says(self.fact), *figured(self.figure, self.fact, act)]
        return [*drafts, verdict_on(known, self.fact.request, act, drafts)]


class DecideRequest:
    """Put a request to the protocol again, on what is known now; who would see it is figured anew."""

    allowed: ClassVar[frozenset[Role]] = frozenset(
        {Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER, Role.SOURCE_HANDLER}
    )
    opens: ClassVar[frozenset[Compartment]] = DECIDING

    def __init__(self, request: RequestId, figure: Figure | None = None) -> None:
        self.request = request
        self.figure = figure

    def asks_figures(self, known: History) -> Question:
        asked = request_of(known, self.request)
        question = about(f"request:{self.request}", kinds=(ReleaseRequested,))
        return question | asks_figure(known, asked.fact) if asked else question

    def with_figures(self, read: History, at: datetime) -> "DecideRequest":
        asked = request_of(read, self.request)
        return DecideRequest(self.request, figure_of(read, asked.fact, at) if asked else None)

    def question(self, known: History) -> Question:
        return request_question(known, self.request)

    def decide(self, known: History, act: Act) -> list[Draft]:
        asked = still_open(known, self.request)
        drafts = figured(self.figure, asked.fact, act)
        return [*drafts, verdict_on(known, self.request, act, drafts)]


class SignOff(Says[ReleaseSignedOff]):
    """Each line is signed by its own office. Nobody signs off their own request, or signs two lines."""

    allowed = frozenset(LINES)
    opens = DECIDING

    def question(self, known: History) -> Question:
        taken = about(f"sign-off:{self.fact.sign_off}", kinds=(ReleaseSignedOff,))
        return taken | request_question(known, self.fact.request, verdicts=True)

    def decide(self, known: History, act: Act) -> list[Draft]:
        asked = still_open(known, self.fact.request)
        require_new(known, ReleaseSignedOff, "sign_off", self.fact.sign_off, Words("sign-off", "la firma"))
        after_asking(asked, act)
        if asked.by.person == act.by.person:
            raise Refused(
                "not-ones-own",
                Words("nobody signs off their own request", "nadie firma su propia solicitud"),
                (self.fact.request,),
            )
        if LINES[act.by.role] is not self.fact.line:
            raise Refused(
                "ones-own-line",
                Words(
                    f"a {act.by.role.words.en} signs as {LINES[act.by.role].words.en}",
                    f"quien actúa como {act.by.role.words.es} firma como {LINES[act.by.role].words.es}",
                ),
                (self.fact.request,),
            )
        for signed in known.of(ReleaseSignedOff):
            if signed.fact.request == self.fact.request and signed.by.person == act.by.person:
                raise Refused(
                    "signs-once",
                    Words("you have already signed this request", "usted ya firmó esta solicitud"),
                    (self.fact.request,),
                )
        signed_off = act.says(seeing(known, self.fact, self.fact.request, act))
        return [signed_off, verdict_on(known, self.fact.request, act, (signed_off,))]
