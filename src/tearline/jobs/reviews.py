"""A review given for a request, where the release's own number is not known beforehand.

Releases are numbered when they are made, so a file written beforehand cannot name them.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from tearline.facts.fact import Compartment, Label, Sealed
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import RequestId
from tearline.facts.release import Finding, ReleaseExpedited, ReleaseReviewed
from tearline.facts.words import Words
from tearline.rooms import NONE, Act, unknown
from tearline.rooms.release.reviews import ReviewRelease


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewExpedited:
    """Review the expedited release that this request brought."""

    request: Annotated[RequestId, Label("Request", "Solicitud")]
    finding: Annotated[Finding, Label("Finding", "Conclusión")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]

    allowed: ClassVar[frozenset[Role]] = ReviewRelease.allowed
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        asked = about(f"request:{self.request}", kinds=(ReleaseExpedited,))
        review = self._review(known)
        return asked | review.question(known) if review else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        review = self._review(known)
        if review is None:
            raise unknown(
                Words("expedited release on request", "una divulgación expedita por la solicitud"),
                self.request,
            )
        return review.decide(known, act)

    def _review(self, known: History) -> ReviewRelease | None:
        for expedited in known.of(ReleaseExpedited):
            if expedited.fact.request == self.request:
                return ReviewRelease(
                    ReleaseReviewed(
                        release=expedited.fact.release,
                        item=expedited.fact.item,
                        agreement=expedited.fact.agreement,
                        finding=self.finding,
                        reasons=self.reasons,
                    )
                )
        return None
