"""Who needs help, who was asked for it, what they said, and what was given; and what was offered against perpetrators.

What people need and how to reach them is sealed like witnesses are; kinds, days and states are for everybody inside,
but for advocates: to them the reports of others, and the needs of those, are as if they were not there.
"""

from collections.abc import Container, Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.assistance import (
    AssistanceGiven,
    Contact,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswer,
    ReferralAnswered,
)
from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, each
from tearline.facts.identifiers import ReportId
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.facts.release import ItemRegistered
from tearline.folds.assistance import HELPED, Need, NeedState, Offer, end_of, is_there
from tearline.folds.obligations import Obligation, duties_ended_by
from tearline.projections import Projections
from tearline.web.cards import Card, Rows, Step, after_link, in_order, served, step
from tearline.web.names import Names
from tearline.web.oversight import ORGANISATIONS
from tearline.web.owed import owed_row, shown_to
from tearline.web.parts import shown
from tearline.web.people_waiting import earliest
from tearline.web.queue import clock
from tearline.web.register.places import reported, standing
from tearline.web.show import begun, label, text
from tearline.web.visit import Visit, Visiting

router = APIRouter()
A_PAGE = 20
PLACE = "/harm/assistance"
STATES = {
    NeedState.OURS: "refuse",
    NeedState.ASKED: "hold",
    NeedState.TAKEN: "info",
    NeedState.MET: "release",
    NeedState.WITHDRAWN: "unknown",
}
ENDS_HELP = (AssistanceGiven, NeedReferred, ReferralAnswered, HelpOffered, OfferAnswered)
"""What ends a duty to help, to ask on, or to offer."""


@router.get(PLACE)
def assistance_page(visit: Visiting) -> Response:
    visit.own_side()
    mine = frozenset(reported(visit, standing(visit)))
    every, offers = needs_there(visit, mine), visit.projections.help_offers()
    open_ = shown([n for n in every if n.open], visit.place("from"), A_PAGE)
    over = shown([n for n in reversed(every) if not n.open], visit.place("done"), A_PAGE)
    asked = shown(offers, visit.place("offers"), A_PAGE)
    given = visit.projections.helped_freely()
    freely = [r for r in given if is_there(r, visit.actor, mine)][::-1][:A_PAGE]
    duties = duties_ended_by(visit.node.protocols, *ENDS_HELP)
    owed = shown_to(visit.access, visit.projections.once(owed_to_the_harmed, duties))
    listed = shown(owed, visit.place("owed"), A_PAGE)
    cards = _Cards(visit, [*open_.items, *over.items], asked.items, freely)
    items = sorted({i for o in listed.items if (i := getattr(o.ground.fact, "item", None))})
    names = Names(visit.read(ORGANISATIONS | each("item", items, (ItemRegistered,))), visit.say)
    return visit.page(
        "assistance.html",
        needs=open_.part(cards.need),
        over=over.part(cards.need),
        offers=asked.part(cards.offer),
        freely=[cards.given(one) for one in freely],
        owed=listed.part(lambda o: owed_row(visit.say, o, names, visit.now)),
        figures=_figures(visit, every, offers),
    )


def owed_to_the_harmed(of: Projections, kinds: frozenset[str]) -> Sequence[Obligation]:
    """What is owed to those who were harmed and does not show as a need or an offer already."""
    return [o for o in of.owed_of(kinds) if not isinstance(o.ground.fact, _SHOWN)]


def needs_there(visit: Visit, mine: Container[ReportId]) -> list[Need]:
    """The live needs that are there for this reader, to whom these reports are."""
    return [n for n in visit.projections.needs() if is_there(n.recorded, visit.actor, mine)]


_SHOWN = (NeedRecorded, NeedReferred, ReferralAnswered, HelpOffered)


def _figures(visit: Visit, every: Sequence[Need], offers: Sequence[Offer]) -> list[tuple[str, str]]:
    say, today = visit.say, visit.now.astimezone(visit.say.zone).date()
    open_ = [n for n in every if n.open]
    return [
        (say.number(len(open_)), say("needs not met")),
        (say.number(sum(n.late(today) for n in open_)), say("of them overdue")),
        (say.number(sum(n.state is NeedState.OURS for n in open_)), say("with us")),
        (say.number(sum(o.answered is None for o in offers)), say("offers without an answer")),
    ]


class _Cards:
    """The cards of what a page shows, with what is sealed in it as this reader may see it."""

    def __init__(
        self,
        visit: Visit,
        needs: Sequence[Need],
        offers: Sequence[Offer],
        freely: Sequence[Recorded[AssistanceGiven]],
    ) -> None:
        self.visit, self.say = visit, visit.say
        facts: list[Recorded[Fact]] = [r for n in needs for r in _facts(n)]
        facts += [r for o in offers for r in (o.recorded, o.answered) if r]
        facts += freely
        self.seen = {r.position: r for r in visit.read_at(sorted({r.position for r in facts}))}
        people = frozenset(r.by.person for r in facts)
        asked = {o for r in facts for f in ("organisation", "given_by") if (o := getattr(r.fact, f, None))}
        registers = visit.projections.registers()
        leaks = {r.fact.compromise: r.fact.item for r in registers.leaks if r.told is None}
        after = {c for r in facts if (c := getattr(r.fact, "compromise", None)) in leaks}
        known = visit.read(
            each("organisation", frozenset(asked), (OrganisationRegistered,))
            | each("person", people, (PersonEnrolled,))
            | each("item", frozenset(leaks[c] for c in after), (ItemRegistered,))
        )
        self.names = Names(known, visit.say)
        self.called = {c: self.names.item(leaks[c]).name for c in after}
        self.called |= {r.fact.operation: r.fact.name for r in registers.operations}
        protocols = visit.node.protocols
        self.due = visit.projections.due_by(duties_ended_by(protocols, *HELPED))

    def need(self, need: Need) -> Card:
        say, fact = self.say, need.recorded.fact
        terms = (self.due.get(r.position) for r in need.grounds)
        due = earliest(end_of(fact.wanted_by, say.zone), *terms) if need.open else None
        whom = [self.names.organisation(o) for o in need.with_whom]
        state = say("%(state)s: %(whom)s", state=say(need.state), whom=say.listed(whom)) if whom else ""
        return Card(
            id=f"need-{fact.need.replace('.', '-')}",
            title=begun(say(fact.kind)),
            href="",
            kind=say("needed by %(day)s", day=say.day(fact.wanted_by)),
            state=(state or say(need.state), STATES[need.state]),
            clock=clock(say, due, self.visit.now, perishes=False) if due else None,
            rows=self._rows(need),
            steps=self._steps(need),
            acts=self._acts(need),
            caution=self._caution(need),
        )

    def _rows(self, need: Need) -> Rows:
        say, fact = self.say, self.seen[need.recorded.position].fact
        said: Rows = [(label(say, NeedRecorded, n), text(say, fact, n)) for n in ("what", "contact", "reach")]
        recorded = say.happened(need.recorded)
        return [*said, *after_link(say, fact, self.called), (say("On record since"), recorded)]

    def _steps(self, need: Need) -> list[Step]:
        say, found = self.say, []
        for referral in need.referrals:
            r = referral.recorded
            to = (label(say, NeedReferred, "organisation"), self.names.organisation(r.fact.organisation))
            found.append((r.position, self._step(r, "said", rows=[to])))
            for answer in referral.answers:
                taken = answer.fact.answer is ReferralAnswer.TAKEN
                found.append((answer.position, self._step(answer, "answer", "said", good=taken, rows=[to])))
        found += [(r.position, self.given(r)) for r in need.given]
        if need.withdrawn:
            found.append((need.withdrawn.position, self._step(need.withdrawn, "said")))
        return in_order(found)

    def given(self, r: Recorded[AssistanceGiven]) -> Step:
        say = self.say
        by = r.fact.given_by
        who: Rows = [(label(say, AssistanceGiven, "given_by"), self.names.organisation(by))] if by else []
        return self._step(r, "kind", "given", good=True, rows=[*who, *after_link(say, r.fact, self.called)])

    def _step(self, r: Recorded[Fact], *fields: str, good: bool = False, rows: Rows | None = None) -> Step:
        return step(self.say, self.names, self.seen[r.position], *fields, good=good, rows=rows)

    def _acts(self, need: Need) -> list[tuple[str, str]]:
        say, here = self.say, f"{PLACE}/needs/{need.recorded.fact.need}"
        if not need.open:
            return served(self.visit, [(say("More help was given"), f"{here}/given")])
        waiting = [r.recorded.fact for r in need.referrals if r.answer is not ReferralAnswer.DECLINED]
        answers = [
            (
                say("Answer of %(who)s", who=self.names.organisation(one.organisation)),
                f"{PLACE}/referrals/{one.referral}/answer",
            )
            for one in waiting
        ]
        acts = [
            *answers,
            (say("Help was given"), f"{here}/given"),
            (say("Refer it"), f"{here}/referral"),
            (say("They no longer want it"), f"{here}/withdrawn"),
        ]
        return served(self.visit, acts)

    def _caution(self, need: Need) -> str:
        say = self.say
        if not need.open:
            return ""
        if need.recorded.fact.contact is Contact.NOT_AT_ALL:
            return say(
                "They do not want to be contacted. What is arranged for them reaches them another way."
            )
        declined = any(r.answer is ReferralAnswer.DECLINED for r in need.referrals)
        if declined and need.state is NeedState.OURS:
            return say("It was declined, so it is ours again: give it, or ask somebody else.")
        return ""

    def offer(self, offer: Offer) -> Card:
        say, fact, answered = self.say, offer.recorded.fact, offer.answered
        due = None if answered else end_of(fact.answer_by, say.zone)
        seen = self.seen[offer.recorded.position].fact
        answer = f"{PLACE}/offers/{fact.offer}/answer"
        return Card(
            id=f"offer-{fact.offer.replace('.', '-')}",
            title=self.names.organisation(fact.organisation),
            href="",
            kind=say("offered %(when)s", when=say.happened(offer.recorded)),
            state=(say(answered.fact.answer), "release") if answered else (say("no answer yet"), "hold"),
            clock=clock(say, due, self.visit.now, perishes=False) if due else None,
            rows=[
                (label(say, HelpOffered, "what"), text(say, seen, "what")),
                *after_link(say, fact, self.called),
            ],
            steps=[self._step(answered, "answer", "said", good=True)] if answered else [],
            acts=[] if answered else served(self.visit, [(say("Record their answer"), answer)]),
        )


def _facts(need: Need) -> list[Recorded[Fact]]:
    withdrawn: list[Recorded[NeedWithdrawn]] = [need.withdrawn] if need.withdrawn else []
    return [*need.grounds, *need.given, *withdrawn]
