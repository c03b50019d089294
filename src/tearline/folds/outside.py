"""What came from outside, what was answered, and which of it waits: each report as its facts make it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import OutsideId, ReceiptId, ReportId
from tearline.facts.outside import (
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportClosed,
    OutsideReportTaken,
    ReportReceivedOutside,
)
from tearline.facts.words import Worded

KINDS: Sequence[type[Fact]] = (
    ReportReceivedOutside,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportTaken,
    OutsideReportClosed,
    OutsideConsentWithdrawn,
)
QUESTION = about(kinds=KINDS)
FROM_OUTSIDE = (ReportReceivedOutside, OutsideReportAdded, OutsideConsentWithdrawn)
DISCHARGES = (OutsideReportAnswered, OutsideReportClosed)
"""What tells whoever reported something. That it was taken up tells them nothing yet."""


class OutsideState(Worded):
    WAITING = "waiting", "waits for an answer", "espera respuesta"
    ANSWERED = "answered", "answered", "respondido"
    TAKEN = "taken", "in the register", "en el registro"
    CLOSED = "closed", "closed", "cerrado"
    WITHDRAWN = "withdrawn", "consent withdrawn", "consentimiento retirado"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideReport:
    """One report, and all that followed it, in the order of the ledger."""

    received: Recorded[ReportReceivedOutside]
    followed: tuple[Recorded[Fact], ...]

    @property
    def outside(self) -> OutsideId:
        return self.received.fact.outside

    @property
    def withdrawn(self) -> Recorded[OutsideConsentWithdrawn] | None:
        found = History(self.followed).of(OutsideConsentWithdrawn)
        return found[0] if found else None

    @property
    def taken(self) -> tuple[ReportId, ...]:
        """The reports of harm that were made of it."""
        return tuple(r.fact.report for r in self.followed if isinstance(r.fact, OutsideReportTaken))

    @property
    def waits(self) -> Recorded[Fact] | None:
        """The first thing that came from outside and that nothing which was told them follows; None when none waits."""
        first: Recorded[Fact] | None = self.received
        for r in self.followed:
            if isinstance(r.fact, DISCHARGES):
                first = None
            elif isinstance(r.fact, FROM_OUTSIDE) and first is None:
                first = r
        return first

    def due(self, within: timedelta) -> datetime | None:
        """By when it is to be answered. By the ledger's time: what is claimed is known to the day only."""
        return None if (waits := self.waits) is None else waits.recorded_at + within

    @property
    def state(self) -> OutsideState:
        if self.withdrawn is not None:
            return OutsideState.WITHDRAWN
        if self.waits is not None:
            return OutsideState.WAITING
        if self.followed and isinstance(self.followed[-1].fact, OutsideReportClosed):
            return OutsideState.CLOSED
        return OutsideState.TAKEN if self.taken else OutsideState.ANSWERED


def asks_outside(outside: OutsideId) -> Question:
    """One report and what followed it."""
    return about(f"outside:{outside}", kinds=KINDS)


def asks_receipt(known: History, receipt: ReceiptId) -> Question:
    """The report of this receipt, and as it becomes known what followed it."""
    asked = about(f"receipt:{receipt}", kinds=(ReportReceivedOutside,))
    for r in known.of(ReportReceivedOutside):
        if r.fact.receipt == receipt:
            asked |= asks_outside(r.fact.outside)
    return asked


def outside_reports(history: History) -> Mapping[OutsideId, OutsideReport]:
    """Each report by its name, the oldest first."""
    followed: dict[OutsideId, list[Recorded[Fact]]] = {}
    for r in _following(history):
        followed.setdefault(r.fact.outside, []).append(r)  # type: ignore[attr-defined]  # as each of KINDS has it
    return {
        r.fact.outside: OutsideReport(received=r, followed=tuple(followed.get(r.fact.outside, ())))
        for r in history.of(ReportReceivedOutside)
    }


def waiting(history: History) -> list[OutsideReport]:
    """Those that wait for an answer, longest first."""
    found = [
        (waits.recorded_at, waits.position, one)
        for one in outside_reports(history).values()
        if (waits := one.waits) is not None
    ]
    return [one for *_, one in sorted(found, key=lambda f: f[:2])]


def _following(history: History) -> Iterator[Recorded[Fact]]:
    return (r for r in history if isinstance(r.fact, tuple(KINDS[1:])))
