"""What people who were harmed need, who was asked for it, and what was given; offers against perpetrators."""

from tearline.api import schemas
from tearline.api.reading import Reading
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.route import View
from tearline.api.schemas import many, maybe, record, ref
from tearline.api.views.owed import duty
from tearline.facts.history import History, about
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.assistance import (
    ASSISTANCE_KINDS,
    Need,
    NeedState,
    Offer,
    given_freely,
    is_there,
    needs,
    offers,
)
from tearline.folds.obligations import duties_ended_by
from tearline.web.assistance import ENDS_HELP, owed_to_the_harmed
from tearline.web.owed import shown_to
from tearline.web.register.places import STANDING, there_for


def assistance(reading: Reading) -> dict[str, Json]:
    """Live ones, what is open first; sealed is what this reader does not open."""
    read = reading.read(about(kinds=ASSISTANCE_KINDS))
    known = History(tuple(r for r in read if r.told is None), read.position)
    closed, _ = reading.node.gather(lambda _: STANDING)
    mine = frozenset(there_for(reading.actor, closed))
    duties = duties_ended_by(reading.node.protocols, *ENDS_HELP)
    owed = reading.projections.once(owed_to_the_harmed, duties)
    return {
        "needs": [_need(n) for n in needs(known) if is_there(n.recorded, reading.actor, mine)],
        "offers": [_offer(o) for o in offers(known)],
        "given": tell_all([r for r in given_freely(known) if is_there(r, reading.actor, mine)]),
        "owed": [duty(o, reading.now) for o in shown_to(reading.access, owed)],
    }


def _need(need: Need) -> dict[str, Json]:
    return {
        "need": tell(need.recorded),
        "state": need.state.value,
        "with": list(need.with_whom),
        "referrals": [{"referred": tell(r.recorded), "answers": tell_all(r.answers)} for r in need.referrals],
        "given": tell_all(need.given),
        "withdrawn": tell_maybe(need.withdrawn),
    }


def _offer(offer: Offer) -> dict[str, Json]:
    return {"offer": tell(offer.recorded), "answered": tell_maybe(offer.answered)}


NEED = record(
    {
        "need": ref("NeedRecorded"),
        "state": schemas.one_of(NeedState),
        "with": many(schemas.identifier(Words("With whom it is", "A cargo de quién está"))),
        "referrals": many(
            record({"referred": ref("NeedReferred"), "answers": many(ref("ReferralAnswered"))})
        ),
        "given": many(ref("AssistanceGiven")),
        "withdrawn": maybe(ref("NeedWithdrawn")),
    }
)
VIEWS = (
    View(
        path="/harm/assistance",
        name="Assistance",
        words=Words(
            "What people who were harmed need, who was asked, and what was given",
            "Qué necesitan las personas dañadas, a quién se pidió y qué se prestó",
        ),
        answer=record(
            {
                "needs": many(NEED),
                "offers": many(
                    record({"offer": ref("HelpOffered"), "answered": maybe(ref("OfferAnswered"))})
                ),
                "given": many(ref("AssistanceGiven")),
                "owed": many(ref("Obligation")),
            }
        ),
        read=assistance,
        timed=True,
        page=("/harm/assistance",),
    ),
)
