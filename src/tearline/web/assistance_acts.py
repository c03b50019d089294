"""The forms of help: what people need, whom it is referred to, what they said, what was given, and what was offered."""

from fastapi import APIRouter

from tearline.facts.assistance import (
    AssistanceGiven,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswered,
)
from tearline.facts.harm import HarmReported
from tearline.facts.history import about
from tearline.facts.parties import OrganisationRegistered
from tearline.folds.assistance import Need
from tearline.rooms.assistance import (
    HELPING,
    OFFERING,
    AnswerOffer,
    AnswerReferral,
    GiveAssistance,
    OfferHelp,
    RecordNeed,
    ReferNeed,
    WithdrawNeed,
)
from tearline.web import offers
from tearline.web.asked import Asked, Options
from tearline.web.assistance import PLACE, needs_there
from tearline.web.forms import form
from tearline.web.harm import harm_there
from tearline.web.names import Names
from tearline.web.register.places import reported, standing
from tearline.web.show import Shown, label, text
from tearline.web.visit import Visit, absent

router = APIRouter()
MOST_REPORTS = 50


def _trail(visit: Visit) -> list[tuple[str, str]]:
    return [("/harm", visit.say("Harm")), (PLACE, visit.say("Assistance"))]


def _needs(visit: Visit) -> list[Need]:
    return needs_there(visit, reported(visit, standing(visit)))


def _need(visit: Visit) -> tuple[Need, list[tuple[str, Shown]]]:
    """The live need of the address, and what is said of it, as this reader may see it."""
    visit.own_side()
    name, say = visit.identifier("need"), visit.say
    found = next((n for n in _needs(visit) if n.recorded.fact.need == name), None)
    if found is None:
        raise absent()
    (seen,) = visit.read_at([found.recorded.position]).of(NeedRecorded)
    told = ("kind", "what", "contact", "reach", "wanted_by")
    return found, [(label(say, NeedRecorded, one), text(say, seen.fact, one)) for one in told]


def _organisations(visit: Visit) -> Options:
    known = visit.read(about(kinds=(OrganisationRegistered,)))
    names = Names(known, visit.say)
    return [
        (r.fact.organisation, names.organisation(r.fact.organisation))
        for r in known.of(OrganisationRegistered)
        if r.told is None
    ]


def _reports(visit: Visit) -> Options:
    """The last live reports of harm that are there for this reader, each by what it says and where."""
    say = visit.say
    places = sorted({place for some in harm_there(visit).values() for place in some})
    known = visit.read_at(places[-MOST_REPORTS * 2 :]).of(HarmReported)
    live = [r for r in reversed(known) if r.told is None][:MOST_REPORTS]
    return [
        (r.fact.report, f"{say(r.fact.harm)}, {r.fact.place}, {say.day(r.known_at)} · {r.fact.report}")
        for r in live
    ]


def _after(visit: Visit) -> tuple[dict[str, object], dict[str, Options]]:
    """What harm it answers: the report that the address names, or one of the last."""
    reports = _reports(visit)
    asked = visit.request.query_params.get("report", "")
    fixed: dict[str, object] = {"report": asked} if asked in {key for key, _ in reports} else {}
    return fixed if reports else {"report": None}, {"report": reports} if reports else {}


def need(visit: Visit) -> Asked:
    visit.own_side()
    say, (fixed, options) = visit.say, _after(visit)
    return Asked(
        title=say("Record a need"),
        submit=say("Record the need"),
        command=RecordNeed,
        kind=NeedRecorded,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        lead=say("What somebody who was harmed needs, as they or whoever speaks for them said it."),
        new="need",
        fixed=fixed,
        options=options,
        choosers={"compromise": offers.compromises(visit)},
        hints={
            "contact": say("Nobody is reached in another way."),
            "reach": say("Sealed: only those who protect witnesses read it."),
            "report": say("Name a report or a leak."),
        },
        order_of_fields=("kind", "what", "wanted_by", "contact", "reach", "report", "compromise"),
    )


def refer(visit: Visit) -> Asked:
    found, rows = _need(visit)
    say = visit.say
    return Asked(
        title=say("Refer a need"),
        submit=say("Refer it"),
        command=ReferNeed,
        kind=NeedReferred,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        before=say("Until it is met it stays ours, too."),
        new="referral",
        fixed={"need": found.recorded.fact.need},
        options={"organisation": _organisations(visit)},
        about=rows,
        happened=say("When was it referred?"),
    )


def answer_referral(visit: Visit) -> Asked:
    visit.own_side()
    name, say = visit.identifier("referral"), visit.say
    referred = [
        r.recorded.fact for n in _needs(visit) for r in n.referrals if r.recorded.fact.referral == name
    ]
    if not referred:
        raise absent()
    fact = referred[0]
    names = Names(
        visit.read(about(f"organisation:{fact.organisation}", kinds=(OrganisationRegistered,))), say
    )
    return Asked(
        title=say("Record an answer"),
        submit=say("Record the answer"),
        command=AnswerReferral,
        kind=ReferralAnswered,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        before=say("Where they decline, the need is ours again."),
        fixed={"referral": fact.referral, "need": fact.need},
        about=[(label(say, NeedReferred, "organisation"), names.organisation(fact.organisation))],
        happened=say("When did they answer?"),
    )


def given(visit: Visit) -> Asked:
    found, rows = _need(visit)
    say = visit.say
    return Asked(
        title=say("Help was given"),
        submit=say("Record the help"),
        command=GiveAssistance,
        kind=AssistanceGiven,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        new="assistance",
        # The report and the leak are what the need was recorded after: what is owed for them is given with it.
        fixed={
            "need": found.recorded.fact.need,
            "report": found.recorded.fact.report,
            "compromise": found.recorded.fact.compromise,
        },
        options={"given_by": _organisations(visit)},
        already={"kind": [found.recorded.fact.kind.value]},
        hints={"given_by": say("Left open: we gave it.")},
        order_of_fields=("kind", "given", "given_by"),
        about=rows,
        happened=say("When was it given?"),
    )


def withdrawn(visit: Visit) -> Asked:
    found, rows = _need(visit)
    say = visit.say
    return Asked(
        title=say("They no longer want it"),
        submit=say("Record it"),
        command=WithdrawNeed,
        kind=NeedWithdrawn,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        before=say("Only those concerned give a need up. That nobody can meet it is no reason."),
        fixed={"need": found.recorded.fact.need},
        about=rows,
    )


def given_freely(visit: Visit) -> Asked:
    visit.own_side()
    say, (fixed, options) = visit.say, _after(visit)
    return Asked(
        title=say("Help was given"),
        submit=say("Record the help"),
        command=GiveAssistance,
        kind=AssistanceGiven,
        allowed=HELPING,
        then=PLACE,
        trail=_trail(visit),
        lead=say("Where nobody had recorded a need."),
        new="assistance",
        fixed={"need": None, **fixed},
        options={"given_by": _organisations(visit), **options},
        choosers={"compromise": offers.compromises(visit)},
        hints={"given_by": say("Left open: we gave it."), "report": say("Name a report or a leak.")},
        order_of_fields=("kind", "given", "given_by", "report", "compromise"),
        happened=say("When was it given?"),
    )


def offer(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    return Asked(
        title=say("Offer help against perpetrators"),
        submit=say("Record the offer"),
        command=OfferHelp,
        kind=HelpOffered,
        allowed=OFFERING,
        then=PLACE,
        trail=_trail(visit),
        lead=say("To a partner or an authority: help to identify and arrest whoever harmed people."),
        new="offer",
        options={"organisation": _organisations(visit)},
        choosers={"compromise": offers.compromises(visit), "operation": offers.operations(visit)},
        hints={"compromise": say("Name a leak or an operation.")},
        happened=say("When was it offered?"),
    )


def answer_offer(visit: Visit) -> Asked:
    visit.own_side()
    name, say = visit.identifier("offer"), visit.say
    found = [o.recorded for o in visit.projections.help_offers() if o.recorded.fact.offer == name]
    if not found:
        raise absent()
    (seen,) = visit.read_at([found[0].position]).of(HelpOffered)
    return Asked(
        title=say("Record an answer"),
        submit=say("Record the answer"),
        command=AnswerOffer,
        kind=OfferAnswered,
        allowed=OFFERING,
        then=PLACE,
        trail=_trail(visit),
        fixed={"offer": seen.fact.offer},
        about=[(label(say, HelpOffered, one), text(say, seen.fact, one)) for one in ("what", "answer_by")],
        happened=say("When did they answer?"),
    )


for path, ask in (
    (f"{PLACE}/needs/new", need),
    (f"{PLACE}/needs/{{need}}/referral", refer),
    (f"{PLACE}/needs/{{need}}/given", given),
    (f"{PLACE}/needs/{{need}}/withdrawn", withdrawn),
    (f"{PLACE}/referrals/{{referral}}/answer", answer_referral),
    (f"{PLACE}/given/new", given_freely),
    (f"{PLACE}/offers/new", offer),
    (f"{PLACE}/offers/{{offer}}/answer", answer_offer),
):
    form(router, path, ask)
