"""A receipt given for a request, where the copy's own number is not known beforehand.

Copies are numbered when they are made, so a file written beforehand cannot name them.
"""

from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.identifiers import RequestId
from tearline.facts.release import CopyReceived, CopyReleased, ItemReleased
from tearline.facts.words import Words
from tearline.rooms import NONE, Act
from tearline.rooms.release.releasing import ReceiveCopy


class ReceiveOwnCopy:
    """Acknowledge the copy that this request brought to the person who acts."""

    allowed: ClassVar[frozenset[Role]] = ReceiveCopy.allowed
    opens: ClassVar[frozenset[Compartment]] = NONE

    def __init__(self, request: RequestId) -> None:
        self.request = request

    def question(self, known: History) -> Question:
        asked = about(f"request:{self.request}", kinds=(ItemReleased,))
        asked |= each("release", [r.fact.release for r in known.of(ItemReleased)], (CopyReleased,))
        return asked | each(
            "copy", [r.fact.copy for r in known.of(CopyReleased)], (CopyReleased, CopyReceived)
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        for released in known.of(CopyReleased):
            if released.fact.recipient == act.by.person:
                receipt = CopyReceived(
                    copy=released.fact.copy, release=released.fact.release, item=released.fact.item
                )
                its_own = History(
                    tuple(r for r in known if getattr(r.fact, "copy", None) == receipt.copy), known.position
                )
                return ReceiveCopy(receipt).decide(its_own, act)
        raise Refused(
            "ones-own-copy",
            Words(
                f"no copy was released to {act.by.person} on request {self.request}",
                f"no se entregó copia a {act.by.person} por la solicitud {self.request}",
            ),
            (self.request,),
        )
