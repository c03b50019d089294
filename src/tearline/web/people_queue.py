"""What waits of people in danger or harmed, as the home page shows it."""

from tearline.facts.history import Question, Role, about
from tearline.facts.parties import OrganisationRegistered
from tearline.folds.assistance import Need as PeoplesNeed
from tearline.folds.assistance import NeedState, Offer
from tearline.folds.warnings import Danger, Notice, WarningState
from tearline.web.assistance import PLACE as ASSISTANCE
from tearline.web.people_waiting import PeopleWait, Waits, people_waiting
from tearline.web.pile import Need, Pile, named, of_item
from tearline.web.register.places import reported, standing
from tearline.web.show import begun
from tearline.web.visit import Visit
from tearline.web.warnings import PLACE as WARNINGS
from tearline.web.warnings import address, card_id, kind_of


def people(visit: Visit, pile: Pile) -> None:
    """A warning to decide, to give or to review, needs, and offers, by the day by which each is owed."""
    mine = reported(visit, standing(visit)) if visit.role is Role.ADVOCATE else ()
    protocols, zone = visit.node.protocols, visit.say.zone
    found = list(people_waiting(visit.projections, protocols, visit.actor, zone, mine))
    found.sort(key=lambda w: (w.due is None, w.due or visit.now))
    pile.stands_for |= frozenset(duty for waits in found for duty in waits.stands_for)
    pile.add(found, lambda waits: _need(visit, waits))


def _need(visit: Visit, waits: Waits) -> Need:
    match waits.subject:
        case Danger():
            return _danger(visit, waits, waits.subject)
        case Notice():
            return _review(visit, waits, waits.subject)
        case PeoplesNeed():
            return _of_people(visit, waits, waits.subject)
        case Offer():
            return _offer(visit, waits, waits.subject)


def _danger(visit: Visit, waits: Waits, danger: Danger) -> Need:
    say, item = visit.say, danger.ground.fact.item
    decide = waits.why is PeopleWait.DECIDE
    again = danger.state is WarningState.ATTEMPTED
    warn = say("Try again to warn them") if again else say("Warn them")
    return Need(
        title=named(item),
        href=f"{WARNINGS}#{card_id(danger.field, danger.name)}",
        kind=say("Warning to decide") if decide else say("People to be warned"),
        act=say("Order the warning, or waive it") if decide else warn,
        act_href=address(danger, "order" if decide else "warned"),
        reads=of_item(item),
        why=kind_of(say, danger.ground.fact),
        due=waits.due,
    )


def _review(visit: Visit, waits: Waits, notice: Notice) -> Need:
    say, fact = visit.say, notice.recorded.fact
    return Need(
        title=named(fact.item),
        href=f"{WARNINGS}#{card_id('notice', fact.notice)}",
        kind=say("Warning without an order"),
        act=say("Review it"),
        act_href=f"{WARNINGS}/notices/{fact.notice}/review",
        reads=of_item(fact.item),
        why=say("given %(when)s", when=say.happened(notice.recorded)),
        due=waits.due,
    )


def _of_people(visit: Visit, waits: Waits, need: PeoplesNeed) -> Need:
    say, fact = visit.say, need.recorded.fact
    acts = {
        NeedState.OURS: say("Give it, or refer it"),
        NeedState.ASKED: say("Ask for their answer"),
        NeedState.TAKEN: say("See whether help was given"),
    }
    return Need(
        title=lambda _names: begun(say(fact.kind)),
        href=f"{ASSISTANCE}#need-{fact.need.replace('.', '-')}",
        kind=say(type(fact).in_words),
        act=acts[need.state],
        reads=Question(),
        why=say(need.state),
        due=waits.due,
    )


def _offer(visit: Visit, waits: Waits, offer: Offer) -> Need:
    say, fact = visit.say, offer.recorded.fact
    return Need(
        title=lambda names: names.organisation(fact.organisation),
        href=f"{ASSISTANCE}#offer-{fact.offer.replace('.', '-')}",
        kind=say("Offer without an answer"),
        act=say("Ask for their answer"),
        act_href=f"{ASSISTANCE}/offers/{fact.offer}/answer",
        reads=about(f"organisation:{fact.organisation}", kinds=(OrganisationRegistered,)),
        why=say("offered %(when)s", when=say.happened(offer.recorded)),
        due=waits.due,
    )
