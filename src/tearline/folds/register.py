"""What stands in the register of those harmed: which reports may be counted, and what people's reports amount to.

Whoever reports decides what for. A report of a person may be counted while a consent that says so stands and is not
withdrawn; that nobody recorded one is no consent. What a court, the press or an official body has published or recorded
needs none, but it, too, can be taken out by a withdrawal. What was copied from another report says nothing of its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tearline.facts.harm import HarmReported, SourceClass
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ListId, ReportId, VictimId
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, Purpose, VictimReported

OF_RECORD = frozenset({SourceClass.COURT, SourceClass.PRESS, SourceClass.OFFICIAL})
"""Bodies that speak for themselves; everybody else is asked."""
ON_THEIR_OWN = ListId("unlisted")
"""What reports that belong to no body's list are taken for, together: one list more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report with the consent that stands for it and whether that was withdrawn."""

    recorded: Recorded[HarmReported]
    consent: Recorded[ConsentGiven] | None
    withdrawn: Recorded[ConsentWithdrawn] | None

    @property
    def fact(self) -> HarmReported:
        return self.recorded.fact

    def may(self, purpose: Purpose, day: date) -> bool:
        """Whether it may be used for this on that day."""
        if self.withdrawn is not None:
            return False
        if self.consent is None:
            return self.fact.source_class in OF_RECORD and purpose is not Purpose.PUBLICATION
        return purpose in self.consent.fact.purposes and (
            self.consent.fact.until is None or day <= self.consent.fact.until
        )

    def counts(self, day: date) -> bool:
        return self.fact.copied_from is None and self.may(Purpose.COUNT, day)

    @property
    def list(self) -> ListId:
        return self.fact.list or ON_THEIR_OWN


def reports_of(history: History) -> Mapping[ReportId, Reported]:
    """In the order in which they were recorded."""
    consents: dict[ReportId, Recorded[ConsentGiven]] = {}
    withdrawn: dict[ReportId, Recorded[ConsentWithdrawn]] = {}
    for given in history.of(ConsentGiven):
        consents[given.fact.report] = given
    for taken in history.of(ConsentWithdrawn):
        withdrawn.setdefault(taken.fact.report, taken)
    return {
        r.fact.report: Reported(
            recorded=r, consent=consents.get(r.fact.report), withdrawn=withdrawn.get(r.fact.report)
        )
        for r in history.of(HarmReported)
    }


def counted(history: History, day: date) -> Mapping[VictimId, Recorded[VictimReported]]:
    """The people reported who may be counted on that day, in the order in which they were recorded."""
    reports = reports_of(history)
    return {
        r.fact.victim: r
        for r in history.of(VictimReported)
        if (of := reports.get(r.fact.report)) is not None and of.counts(day)
    }


def unnamed(
    history: History, day: date, within: Callable[[Reported], bool] = lambda _report: True
) -> tuple[int, int | None]:
    """How many people the reports that count tell of beside those they name: at least, and at most.

    Two lists may tell of the same people, and one list does not: at least as many as on the list that has most of them,
    at most as many as on all together.
    """
    named = Counter(r.fact.report for r in history.of(VictimReported))
    least: Counter[ListId] = Counter()
    most: int | None = 0
    for report, one in reports_of(history).items():
        if not one.counts(day) or not within(one):
            continue
        least[one.list] += max(0, one.fact.least - named[report])
        beyond = None if one.fact.most is None else max(0, one.fact.most - named[report])
        most = None if most is None or beyond is None else most + beyond
    return max(least.values(), default=0), most


def no_longer_counted(history: History, position: int, then: date, now: date) -> Sequence[ReportId]:
    """The reports that counted in what was on record up to ``position``, and count no more: withdrawn, or their consent
    ended or was given anew for something else. A figure made from there stands only while there are none.
    """
    before = History(tuple(r for r in history if r.position < position), position)
    today = reports_of(history)
    return [
        name for name, one in reports_of(before).items() if one.counts(then) and not today[name].counts(now)
    ]
