"""Opening what takes a reason: source handling, people at risk, witnesses, of one thing and for 15 minutes."""

from fastapi import APIRouter

from tearline.facts.identifiers import well_formed
from tearline.facts.reading import HARD, SealedFieldsRead
from tearline.rooms.reading import OpenCompartments
from tearline.signin.policy import Answer
from tearline.signin.reading import to_open
from tearline.web.access import Access
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.policy import SITE
from tearline.web.visit import Visit, absent

router = APIRouter()


def opening(visit: Visit) -> Asked:
    """For the page in the address, if the reader may look at it at all."""
    say = visit.say
    page = visit.request.query_params.get("page", "")
    found = SITE.find(page)
    if found is None or found[0].roles is None or found[0].answer(visit.role) is not Answer.SERVED:
        raise absent()
    row, named = found
    if not all(well_formed(value) for value in named.values()):
        raise absent()
    compartments = sorted(Access(visit.role, visit.actor.person).opening & HARD)

    def order(why: str) -> OpenCompartments:
        """Of what, as the address says."""
        return to_open(visit.node, visit.actor.person, row.path, named, compartments=compartments, why=why)

    derived = order("").fact
    address = row.path.format(**named)
    return Asked(
        title=say("Open what is closed"),
        submit=say("Open for 15 minutes"),
        command=lambda fact: order(str(fact.why.value)),
        kind=SealedFieldsRead,
        allowed=OpenCompartments.allowed,
        then=address,
        trail=[(address, address)],
        lead=say.listed([say(one) for one in compartments]),
        before=say("That you read it, when, and why, stays on record. Those who answer for it see it."),
        fixed={
            field: getattr(derived, field)
            for field in ("reading", "page", "compartments", "items", "request", "compromise", "person")
        },
        hints={"why": say("What you need it for, now.")},
    )


form(router, "/readings/new", opening)
