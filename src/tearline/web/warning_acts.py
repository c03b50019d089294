"""The forms of the duty to warn: order a warning, give it, say that it reached nobody, waive it, and review it."""

from fastapi import APIRouter

from tearline.facts.fact import Fact
from tearline.facts.release import SourceWarned
from tearline.facts.warnings import (
    PeopleWarned,
    SourceWarningWaived,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
)
from tearline.folds.warnings import GROUNDS, Danger
from tearline.rooms.warnings import (
    AttemptWarning,
    OrderWarning,
    ReviewWarning,
    WaiveSourceWarning,
    WarnPeople,
)
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.names import Names, names_question
from tearline.web.people_waiting import to_review
from tearline.web.show import Shown, is_open, label, text
from tearline.web.visit import Visit, absent
from tearline.web.warnings import PLACE, history_of, kind_of

router = APIRouter()
TOLD_OF = ("harm", "whom", "officer", "words", "seen")
"""What of a ground whoever acts on it is shown."""


def _danger(visit: Visit) -> Danger:
    """The live danger of the address."""
    visit.own_side()
    field, name = str(visit.request.path_params["of"]), visit.identifier("ground")
    found = next((d for d in visit.projections.dangers() if d.field == field and d.name == name), None)
    if found is None:
        raise absent()
    return found


def _trail(visit: Visit) -> list[tuple[str, str]]:
    return [("/harm", visit.say("Harm")), (PLACE, visit.say("Warnings"))]


def _about(
    visit: Visit, danger: Danger, *, ordered: bool = False
) -> tuple[str, list[tuple[str, Shown]], dict[str, list[str]]]:
    """What the danger is, and with ``ordered`` what people are to be told, as far as this reader may see it."""
    say, known = visit.say, history_of(visit, danger)
    names = Names(visit.read(names_question(known)), say)
    ground = next(r.fact for r in known if r.position == danger.ground.position)
    rows: list[tuple[str, Shown]] = [(say("Item"), names.item(danger.ground.fact.item).link())]
    rows += [
        (label(say, type(ground), name), text(say, ground, name))
        for name in TOLD_OF
        if getattr(ground, name, None) is not None
    ]
    already: dict[str, list[str]] = {}
    for r in known.of(WarningOrdered)[-1:] if ordered else ():
        rows += _fields(visit, r.fact, "text", "method", "until")
        already["method"] = [r.fact.method.value]
        if is_open(r.fact.text):
            already["said"] = [r.fact.text.open()]
    return kind_of(say, ground), rows, already


def _fields(visit: Visit, fact: Fact, *names: str) -> list[tuple[str, Shown]]:
    say = visit.say
    return [(label(say, type(fact), name), text(say, fact, name)) for name in names]


def _named(danger: Danger) -> dict[str, object]:
    """What a fact about this danger names."""
    only: dict[str, object] = dict.fromkeys(GROUNDS) | {danger.field: danger.name}
    return only | {"item": danger.ground.fact.item}


def order(visit: Visit) -> Asked:
    danger = _danger(visit)
    say, (kind, rows, _) = visit.say, _about(visit, danger)
    return Asked(
        title=say("Order the warning"),
        submit=say("Order it"),
        command=OrderWarning,
        kind=WarningOrdered,
        allowed=OrderWarning.allowed,
        then=PLACE,
        trail=_trail(visit),
        lead=kind,
        before=say("You answer for it under your own name. Whoever is in danger now is warned without it."),
        new="order",
        fixed=_named(danger),
        hints={
            "text": say(
                "What threatens them and what they can do; nothing of where it came from. A text that repeats the "
                "item's title, a code or the name of who deals with the source is refused."
            ),
        },
        order_of_fields=("text", "stripped", "method", "until"),
        about=rows,
    )


def warned(visit: Visit) -> Asked:
    danger = _danger(visit)
    say, (kind, rows, already) = visit.say, _about(visit, danger, ordered=True)
    ordered = danger.orders[-1].fact if danger.orders else None
    covered = {field: getattr(ordered, field) for field in GROUNDS} if ordered else {}
    return Asked(
        title=say("Warn people in danger"),
        submit=say("Record the warning"),
        command=WarnPeople,
        kind=PeopleWarned,
        allowed=WarnPeople.allowed,
        then=PLACE,
        trail=_trail(visit),
        lead=kind,
        before=None
        if ordered
        else say(
            "Nobody has ordered it, and it need not wait for that: somebody else reviews it within a day."
        ),
        new="notice",
        fixed=_named(danger) | covered | {"order": ordered.order if ordered else None},
        already=already,
        hints={"people": say("How many were reached. Where nobody was, record that instead.")},
        order_of_fields=("people", "method", "said", "outcome"),
        about=rows,
        happened=say("When were they warned?"),
    )


def attempt(visit: Visit) -> Asked:
    danger = _danger(visit)
    say, (kind, rows, _) = visit.say, _about(visit, danger)
    return Asked(
        title=say("Nobody was reached"),
        submit=say("Record the attempt"),
        command=AttemptWarning,
        kind=WarningAttempted,
        allowed=AttemptWarning.allowed,
        then=PLACE,
        trail=_trail(visit),
        lead=kind,
        before=say("The warning stays owed, with the same clock."),
        new="attempt",
        fixed=_named(danger),
        about=rows,
        happened=say("When was it tried?"),
    )


def waive(visit: Visit) -> Asked:
    visit.own_side()
    name = visit.identifier("warning")
    danger = next((d for d in visit.projections.dangers() if (d.field, d.name) == ("warning", name)), None)
    if danger is None or not isinstance(danger.ground.fact, SourceWarned):
        raise absent()
    say, (kind, rows, _) = visit.say, _about(visit, danger)
    return Asked(
        title=say("Waive the warning"),
        submit=say("Waive the warning"),
        command=WaiveSourceWarning,
        kind=SourceWarningWaived,
        allowed=WaiveSourceWarning.allowed,
        then=PLACE,
        trail=_trail(visit),
        lead=kind,
        before=say(
            "People in danger are then not told. You answer for it under your own name; it stays on record."
        ),
        grave=True,
        fixed={"warning": danger.name, "item": danger.ground.fact.item},
        about=rows,
    )


def review(visit: Visit) -> Asked:
    visit.own_side()
    name = visit.identifier("notice")
    found = [n for n in to_review(visit.projections) if n.recorded.fact.notice == name]
    if not found:
        raise absent()
    say, place = visit.say, found[0].recorded.position
    (recorded,) = visit.read_at([place]).of(PeopleWarned)
    known = visit.read_at([place])
    names = Names(visit.read(names_question(known)), say)
    return Asked(
        title=say("Review a warning"),
        submit=say("Record the review"),
        command=ReviewWarning,
        kind=WarningReviewed,
        allowed=ReviewWarning.allowed,
        then=PLACE,
        trail=_trail(visit),
        lead=say("It was given without an order. Whatever you find, whoever was warned stays warned."),
        before=say("Not by whoever gave the warning."),
        fixed={"notice": recorded.fact.notice, "item": recorded.fact.item},
        about=[
            (say("Item"), names.item(recorded.fact.item).link()),
            (say("Given by"), names.actor(recorded.by).link()),
            (say("When"), say.happened(recorded)),
            *_fields(visit, recorded.fact, "people", "method", "outcome", "said"),
        ],
    )


for path, ask in (
    ("/harm/warnings/{of}/{ground}/order", order),
    ("/harm/warnings/{of}/{ground}/warned", warned),
    ("/harm/warnings/{of}/{ground}/attempt", attempt),
    ("/harm/warnings/warning/{warning}/waiver", waive),
    ("/harm/warnings/notices/{notice}/review", review),
):
    form(router, path, ask)
