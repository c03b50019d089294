"""The register of those harmed: consent, people whom reports name, incidents, what became of people, and files.

Every command is about a report that is on record. To an advocate the reports of others are as if they were not there.
What was withdrawn stays as it is: nothing is added to it. Refused leaves nothing recorded.
"""

from datetime import date

from tearline.facts.errors import Refused
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, History, Question, Recorded, Role, about
from tearline.facts.identifiers import ReportId
from tearline.facts.register import ConsentWithdrawn
from tearline.facts.words import Words
from tearline.rooms import reaches, unknown

REGISTRARS = frozenset({Role.HARM_DESK, Role.ADVOCATE, Role.CHRONICLER})
"""Those who keep the register; an advocate keeps what they reported."""
REPORT = Words("report", "el informe")


def asks_report(report: ReportId) -> Question:
    """Whether it is on record, whose it is, and whether it was withdrawn."""
    return about(f"report:{report}", kinds=(HarmReported, ConsentWithdrawn))


def standing(known: History, report: ReportId, by: Actor) -> Recorded[HarmReported]:
    """The report, to be added to. Refused where it is not there for whoever acts, and once it was withdrawn."""
    if not reaches(known, report, by):
        raise unknown(REPORT, report)
    for taken in known.of(ConsentWithdrawn):
        if taken.fact.report == report:
            raise withdrawn_on(report, taken.happened_at.date())
    return next(r for r in known.of(HarmReported) if r.fact.report == report)


def withdrawn_on(report: ReportId, day: date) -> Refused:
    """The refusal of an act upon a report that was withdrawn on this day."""
    return Refused(
        "not-withdrawn",
        Words(
            f"the report {report} was withdrawn on {day.isoformat()}",
            f"el informe {report} se retiró el {day.isoformat()}",
        ),
        (report,),
    )
