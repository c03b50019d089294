"""Who is to be warned, by when, what was decided, and what came of it: the queue of the duty to warn.

What people are told and who they are is for those who protect them; kinds, times and states are for everybody inside.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import ItemRegistered, PeopleAtRiskNamed, SourceWarned
from tearline.facts.warnings import (
    PeopleWarned,
    ThreatAssessed,
)
from tearline.folds.obligations import duties_ended_by
from tearline.folds.warnings import Danger, Notice, WarningState
from tearline.web.cards import Card, Rows, Step, in_order, served, step
from tearline.web.names import Names
from tearline.web.parts import shown
from tearline.web.people_waiting import by_due, to_review
from tearline.web.queue import clock
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()
A_PAGE = 20
STATES = {
    WarningState.OPEN: "refuse",
    WarningState.ORDERED: "hold",
    WarningState.ATTEMPTED: "hold",
    WarningState.WARNED: "release",
    WarningState.WAIVED: "unknown",
}
PLACE = "/harm/warnings"


def card_id(field: str, name: str) -> str:
    return f"{field}-{name.replace('.', '-')}"


def address(danger: Danger, act: str) -> str:
    """The form of an act about this danger."""
    return f"{PLACE}/{danger.field}/{danger.name}/{act}"


@router.get(PLACE)
def warnings_page(visit: Visiting) -> Response:
    visit.own_side()
    due = visit.projections.due_by(duties_ended_by(visit.node.protocols, PeopleWarned))
    found = [(d, d.due(due.get(d.ground.position))) for d in visit.projections.dangers()]
    every = [d for d, _ in sorted(found, key=by_due)]
    owed = shown([d for d in every if d.owed], visit.place("from"), A_PAGE)
    over = shown([d for d in reversed(every) if not d.owed], visit.place("done"), A_PAGE)
    reviews = to_review(visit.projections)
    dangers, notices = [*owed.items, *over.items], reviews[:A_PAGE]
    cards = _Cards(visit, dangers, notices, due)
    return visit.page(
        "warnings.html",
        owed=owed.part(cards.danger),
        over=over.part(cards.danger),
        reviews=[cards.review(one) for one in notices],
        more_reviews=max(0, len(reviews) - A_PAGE),
        figures=_figures(visit, found, len(reviews)),
    )


def _figures(
    visit: Visit, every: Sequence[tuple[Danger, datetime | None]], reviews: int
) -> list[tuple[str, str]]:
    say = visit.say
    counted = [d for d, _ in every if d.owed]
    late = sum(due is not None and due < visit.now for _, due in every)
    return [
        (say.number(len(counted)), say("to be warned")),
        (say.number(late), say("of them overdue")),
        (say.number(sum(d.undecided for d in counted)), say("not decided")),
        (say.number(reviews), say("to be reviewed")),
    ]


class _Cards:
    """The cards of what a page shows, with what is sealed in it as this reader may see it."""

    def __init__(
        self,
        visit: Visit,
        dangers: Sequence[Danger],
        notices: Sequence[Notice],
        due: Mapping[int, datetime],
    ) -> None:
        self.visit, self.say, self.due = visit, visit.say, due
        places = {r.position for d in dangers for r in _facts(d)}
        places |= {n.recorded.position for n in notices}
        self.seen = {r.position: r for r in visit.read_at(sorted(places))}
        items = sorted({d.ground.fact.item for d in dangers} | {n.recorded.fact.item for n in notices})
        people = {r.by.person for r in self.seen.values()}
        people |= {o for d in dangers if (o := getattr(d.ground.fact, "officer", None))}
        named = each("item", items, (ItemRegistered, PeopleAtRiskNamed))
        known = visit.read(named | each("person", frozenset(people), (PersonEnrolled,)))
        self.names = Names(known, visit.say)
        self.at_risk = {r.fact.item: r for r in known.of(PeopleAtRiskNamed)}

    def danger(self, danger: Danger) -> Card:
        say, visit = self.say, self.visit
        item = self.names.item(danger.ground.fact.item)
        due = danger.due(self.due.get(danger.ground.position))
        leak = danger.field == "compromise"
        return Card(
            id=card_id(danger.field, danger.name),
            title=item.name,
            href=f"/leaks/{danger.name}" if leak else item.href,
            kind=kind_of(say, danger.ground.fact),
            state=(say(danger.state), STATES[danger.state]),
            clock=clock(say, due, visit.now, perishes=False) if due else None,
            rows=self._who(danger),
            steps=self._steps(danger),
            acts=self._acts(danger),
            caution=self._caution(danger),
        )

    def review(self, notice: Notice) -> Card:
        say, fact = self.say, notice.recorded.fact
        item = self.names.item(fact.item)
        due = notice.review_by
        mine = notice.recorded.by.person == self.visit.actor.person
        act = (say("Review it"), f"{PLACE}/notices/{fact.notice}/review")
        return Card(
            id=card_id("notice", fact.notice),
            title=item.name,
            href=item.href,
            kind=say("People were warned without an order"),
            state=(say("to be reviewed"), "hold"),
            clock=clock(say, due, self.visit.now, perishes=False) if due else None,
            rows=[],
            steps=[self._warned(notice)],
            acts=[] if mine else served(self.visit, [act]),
        )

    def _who(self, danger: Danger) -> Rows:
        say, ground = self.say, self.seen[danger.ground.position].fact
        rows: Rows = []
        match ground:
            case ThreatAssessed():
                rows.append((label(say, ThreatAssessed, "whom"), text(say, ground, "whom")))
                if ground.officer:
                    officer = self.names.person(ground.officer).link()
                    rows.append((label(say, ThreatAssessed, "officer"), officer))
            case SourceWarned():
                rows.append((label(say, SourceWarned, "words"), text(say, ground, "words")))
            case CompromiseReported():
                rows.append((label(say, CompromiseReported, "seen"), text(say, ground, "seen")))
        named = self.at_risk.get(danger.ground.fact.item)
        if named and not isinstance(ground, ThreatAssessed):
            shown_as = [
                (label(say, PeopleAtRiskNamed, n), text(say, named.fact, n)) for n in ("count", "who")
            ]
            rows += shown_as
        rows.append((say("On record since"), say.happened(danger.ground)))
        return rows

    def _steps(self, danger: Danger) -> list[Step]:
        say, names = self.say, self.names
        fields: list[tuple[Recorded[Fact], tuple[str, ...]]] = []
        fields += [(r, ("method", "until", "text")) for r in danger.orders]
        fields += [(r, ("method", "why")) for r in danger.attempts]
        fields += [(r, ("ground", "reasons")) for r in danger.waivers]
        fields += [(r, ("ready_from", "measures")) for r in danger.plans]
        fields += [(n.reviewed, ("review", "reasons")) for n in danger.notices if n.reviewed]
        found = [
            (r.position, step(say, names, self.seen[r.position], *some, good=r in danger.plans))
            for r, some in fields
        ]
        found += [(n.recorded.position, self._warned(n)) for n in danger.notices]
        return in_order(found)

    def _warned(self, notice: Notice) -> Step:
        say, recorded = self.say, self.seen[notice.recorded.position]
        ordered: Shown = say("as it was ordered") if notice.unordered is None else say("without an order")
        fields = ("people", "method", "outcome", "said")
        return step(
            say, self.names, recorded, *fields, good=True, rows=[(say("Decided beforehand"), ordered)]
        )

    def _acts(self, danger: Danger) -> list[tuple[str, str]]:
        say = self.say
        acts = [
            (say("Order the warning"), address(danger, "order")),
            (say("Waive the warning"), waiver_of(danger)),
        ]
        if danger.owed:
            acts = [
                (say("They were warned"), address(danger, "warned")),
                (say("Nobody was reached"), address(danger, "attempt")),
                *acts,
            ]
        elif danger.state is WarningState.WARNED:
            acts = [(say("Warn them again"), address(danger, "warned"))]
        else:
            acts = acts[:1]
        return served(self.visit, acts)

    def _caution(self, danger: Danger) -> str:
        say = self.say
        if not danger.owed:
            return ""
        if danger.state is WarningState.ATTEMPTED:
            return say("Those in danger still do not know. Try another way.")
        return say("Whoever is in danger now is warned now, without an order.") if danger.undecided else ""


def waiver_of(danger: Danger) -> str:
    match danger.field:
        case "threat":
            return f"/items/{danger.ground.fact.item}/threats/{danger.name}/waiver"
        case "compromise":
            return f"/leaks/{danger.name}/waiver"
    return f"{PLACE}/warning/{danger.name}/waiver"


def kind_of(say: Tongue, fact: object) -> str:
    """What opened the duty, in words."""
    match fact:
        case ThreatAssessed(harm=harm, officer=officer):
            if officer:
                return say("Threat to an officer: %(harm)s", harm=say(harm))
            return say("Threat: %(harm)s", harm=say(harm))
        case SourceWarned(kind=kind):
            return say("The source warned: %(kind)s", kind=say(kind))
        case CompromiseReported(sure=sure):
            return say("Leak: %(sure)s", sure=say(sure))
    return ""


def _facts(danger: Danger) -> list[Recorded[Fact]]:
    found: list[Recorded[Fact]] = [danger.ground, *danger.orders, *danger.attempts, *danger.waivers]
    found += danger.plans
    for notice in danger.notices:
        found.append(notice.recorded)
        if notice.reviewed:
            found.append(notice.reviewed)
    return found


def history_of(visit: Visit, danger: Danger) -> History:
    """What is on record of one danger, as this reader may see it."""
    return visit.read_at(sorted(r.position for r in _facts(danger)))
