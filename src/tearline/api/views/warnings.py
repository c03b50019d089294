"""Who is to be warned, by when, what was decided, and what came of it."""

from datetime import datetime

from tearline.api import schemas
from tearline.api.reading import Reading
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.route import View
from tearline.api.schemas import TIME, many, maybe, record, ref, text
from tearline.facts.history import History, about
from tearline.facts.shape import Json
from tearline.facts.warnings import PeopleWarned
from tearline.facts.words import Words
from tearline.folds.obligations import duties_ended_by
from tearline.folds.warnings import GROUNDS, WARNING_KINDS, Danger, Notice, WarningState, apart, dangers
from tearline.web.people_waiting import by_due


def warnings(reading: Reading) -> dict[str, Json]:
    """Live ones, what is owed first, by its due date; sealed is what this reader does not open."""
    read = reading.read(about(kinds=WARNING_KINDS))
    known = History(tuple(r for r in read if r.told is None), read.position)
    due = reading.projections.due_by(duties_ended_by(reading.node.protocols, PeopleWarned))
    found = [(d, d.due(due.get(d.ground.position))) for d in known.folded(dangers)]
    return {
        "dangers": [_danger(*one) for one in sorted(found, key=by_due)],
        "apart": [_notice(n) for n in apart(known)],
    }


def _danger(danger: Danger, due: datetime | None) -> dict[str, Json]:
    return {
        "of": danger.field,
        "name": danger.name,
        "state": danger.state.value,
        "due": moment(due) if due else None,
        "ground": tell(danger.ground),
        "orders": tell_all(danger.orders),
        "attempts": tell_all(danger.attempts),
        "notices": [_notice(n) for n in danger.notices],
        "waivers": tell_all(danger.waivers),
        "plans": tell_all(danger.plans),
    }


def _notice(notice: Notice) -> dict[str, Json]:
    return {
        "warned": tell(notice.recorded),
        "ordered": notice.unordered is None,
        "reviewed": tell_maybe(notice.reviewed),
        "review_due": moment(notice.review_by) if notice.review_by else None,
    }


NOTICE = record(
    {
        "warned": ref("PeopleWarned"),
        "ordered": schemas.flag(Words("As it was ordered", "Como se ordenó")),
        "reviewed": maybe(ref("WarningReviewed")),
        "review_due": maybe(TIME),
    },
    Words("People who were warned", "Personas a quienes se avisó"),
)
DANGER = record(
    {
        "of": {"type": "string", "enum": list(GROUNDS)},
        "name": text(),
        "state": schemas.one_of(WarningState),
        "due": maybe(TIME),
        "ground": schemas.any_of("ThreatAssessed", "SourceWarned", "CompromiseReported"),
        "orders": many(ref("WarningOrdered")),
        "attempts": many(ref("WarningAttempted")),
        "notices": many(ref("Notice")),
        "waivers": many(schemas.any_of("WarningWaived", "SourceWarningWaived", "LeakWarningWaived")),
        "plans": many(ref("ProtectionPlanSet")),
    }
)
VIEWS = (
    View(
        path="/harm/warnings",
        name="Warnings",
        words=Words(
            "Who is to be warned, by when, and what came of it",
            "A quién hay que avisar, para cuándo y qué resultó",
        ),
        answer=record({"dangers": many(DANGER), "apart": many(ref("Notice"))}),
        read=warnings,
        timed=True,
        page=("/harm/warnings",),
    ),
)
SHARED = {"Notice": NOTICE}
