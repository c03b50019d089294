"""What is owed: by whom, to whom, on what ground, by when, and what became of it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tearline.api import schemas
from tearline.api.bodies import Unfit, Wrong
from tearline.api.reading import Reading
from tearline.api.recorded import moment
from tearline.api.route import PAGING, View, flag, identifier
from tearline.api.schemas import TIME, both, in_both, many, maybe, record, ref, text, whole
from tearline.api.views.ledger import NEXT
from tearline.facts.history import Recorded
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.obligations import Obligation
from tearline.projections import Projections, everything
from tearline.web.owed import owed_there, without_verdicts
from tearline.web.policy import CHECKERS

MOST_DISCHARGED = 100
"""So many of what was owed and is discharged are told, the last by their due dates."""


def _in_order(kept: Projections, told_rules: bool) -> Sequence[Obligation]:  # noqa: FBT001  what is made once for each
    """What is owed, the last of what was, and what worked cases would have owed; as far as this reader may know."""
    still = [owed for *_, owed in kept.owed(everything)]
    found = [*still, *kept.discharged(MOST_DISCHARGED), *kept.would_have_been_owed()]
    return sorted(found if told_rules else [o for o in found if without_verdicts(o)], key=_place)


def duty(owed: Obligation, now: datetime) -> dict[str, Json]:
    """``late`` says of one that ended whether it ended in time; ``overdue`` of one that did not."""
    told = owed.ground.told
    return {
        "obligation": owed.kind,
        "sentence": in_both(owed.sentence),
        "debtor": owed.debtor,
        "creditor": owed.creditor,
        "about": owed.about,
        "ground": pointed(owed.ground),
        "since": moment(owed.since),
        "due": moment(owed.due) if owed.due else None,
        "agreement": owed.agreement.agreement,
        "hindsight": owed.hindsight,
        "telling": told.telling if told else None,
        "cites": [str(cite) for cite in owed.cites],
        "discharged_by": pointed(owed.discharged_by) if owed.discharged_by else None,
        "late": owed.discharged_late(),
        "overdue": told is None and not owed.hindsight and owed.overdue(now),
    }


def pointed(recorded: Recorded[Any]) -> dict[str, Json]:
    """A fact by its place, where it is enough to say which."""
    return {
        "position": recorded.position,
        "kind": type(recorded.fact).__name__,
        "happened_at": moment(recorded.happened_at),
        "href": f"/api/v1/facts/{recorded.position}",
    }


POINTED = record({"position": whole(), "kind": text(), "happened_at": TIME, "href": text()})
DUTY = record(
    {
        "obligation": text(),
        "sentence": both(),
        "debtor": text(Words("Who owes it", "Quién lo debe")),
        "creditor": text(Words("To whom; `people` are those concerned", "A quién; `people`: los afectados")),
        "about": text(),
        "ground": ref("Pointed"),
        "since": TIME,
        "due": maybe(TIME),
        "agreement": text(),
        "hindsight": schemas.flag(Words("Would have been owed", "Se habría debido")),
        "telling": maybe(text()),
        "cites": many(text()),
        "discharged_by": maybe(ref("Pointed")),
        "late": schemas.flag(Words("Ended too late", "Terminó tarde")),
        "overdue": schemas.flag(Words("Not yet done, and late", "Sin cumplir y vencida")),
    },
    Words("One thing owed", "Una cosa debida"),
)


def obligations(reading: Reading) -> dict[str, Json]:
    """In the order of their grounds, so that what is recorded later comes later."""
    debtor, creditor = reading.text("debtor"), reading.text("creditor")
    overdue, ended = reading.flag("overdue"), reading.flag("discharged")
    held = owed_there(reading.access, reading.projections.once(_in_order, reading.access.told_rules()))
    chosen = any(one is not None for one in (debtor, creditor, overdue, ended))
    found = (
        held
        if not chosen
        else [
            o
            for o in held
            if (debtor is None or o.debtor == debtor)
            and (creditor is None or o.creditor == creditor)
            and (ended is None or (o.discharged_by is not None) is ended)
            and (overdue is None or _overdue(o, reading.now) is overdue)
        ]
    )
    behind = _behind(reading.after())
    first = bisect_right(found, behind, key=_place) if behind else 0
    some = found[first : first + reading.limit()]
    more = first + len(some) < len(found)
    cursor = reading.cursor("{}.{}.{}".format(*_place(some[-1]))) if more else None
    return {
        "obligations": [duty(o, reading.now) for o in some],
        "count": len(found),
        "next": reading.next(cursor),
    }


def _overdue(owed: Obligation, now: datetime) -> bool:
    return owed.ground.told is None and not owed.hindsight and owed.overdue(now)


def _place(owed: Obligation) -> tuple[int, str, str]:
    return (owed.ground.position, owed.kind, owed.agreement.agreement)


def _behind(after: str | None) -> tuple[int, str, str] | None:
    if after is None:
        return None
    position, kind, agreement = after.split(".", 2)
    if not position.isdigit():
        raise Unfit(Wrong("/after", "a cursor of this list"))
    return int(position), kind, agreement


VIEWS = (
    View(
        path="/obligations",
        name="Obligations",
        words=Words("What is owed, and what became of it", "Lo que se debe y qué fue de ello"),
        answer=record({"obligations": many(ref("Obligation")), "count": whole(), "next": NEXT}),
        read=obligations,
        roles=CHECKERS,
        query=(
            identifier("debtor", Words("Owed by this organisation", "Debido por esta institución")),
            identifier("creditor", Words("Owed to it; `people` for those concerned", "Debido a esta")),
            flag("overdue", Words("Late, or not", "Vencidas, o no")),
            flag("discharged", Words("Ended, or not", "Cumplidas, o no")),
            *PAGING,
        ),
        timed=True,
        page=("/obligations",),
    ),
)
SHARED = {"Obligation": DUTY, "Pointed": POINTED}
