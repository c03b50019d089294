"""Expedited releases are reviewed afterwards, once, by somebody who had no part in them."""

from dataclasses import replace

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Recorded, Role, about, each
from tearline.facts.release import (
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
)
from tearline.facts.words import Words
from tearline.folds.duties import ANSWERED, answered, gave
from tearline.rooms import Act, Says, require, require_after, require_new


class ReviewRelease(Says[ReleaseReviewed]):
    allowed = frozenset({Role.SENIOR_OFFICER, Role.OVERSEER})

    def question(self, known: History) -> Question:
        asked = about(f"release:{self.fact.release}", kinds=(ReleaseExpedited, ItemReleased, ReleaseReviewed))
        requests = sorted({r.fact.request for r in known.of(ReleaseExpedited)})
        asked |= about(f"item:{self.fact.item}", kinds=ANSWERED)
        return asked | each("request", requests, (ReleaseRequested, ReleaseSignedOff))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require(
            known,
            ReleaseExpedited,
            "release",
            fact.release,
            Words("expedited release", "la divulgación expedita"),
        )
        require_new(
            known, ReleaseReviewed, "release", fact.release, Words("review of release", "la revisión de")
        )
        for expedited in known.of(ReleaseExpedited):
            _same_release(expedited, fact)
            require_after(expedited, act, fact.release)
        _had_no_part(known, fact, act)
        if act.told is None:
            fact = replace(fact, dossier_seen=known.of(ItemReleased)[-1].fact.dossier_sha256)
        return [act.says(fact)]


def _same_release(expedited: Recorded[ReleaseExpedited], fact: ReleaseReviewed) -> None:
    if (expedited.fact.item, expedited.fact.agreement) != (fact.item, fact.agreement):
        raise Refused(
            "same-release",
            Words(
                "that release was of another item, or under another agreement",
                "esa divulgación fue de otro elemento, o bajo otro acuerdo",
            ),
            (fact.release,),
        )


def _had_no_part(known: History, fact: ReleaseReviewed, act: Act) -> None:
    """Refuse whoever asked for it, signed, made or received it, or answered what stood against it: their own work."""
    if act.by.person in gave(known) | answered(known):
        raise Refused(
            "had-no-part",
            Words(
                "whoever asked for, signed, made or received an expedited release, or answered what stood"
                " against it, does not review it",
                "quien pidió, firmó, hizo o recibió una divulgación expedita, o respondió a lo que se oponía a"
                " ella, no la revisa",
            ),
            (fact.release,),
        )
