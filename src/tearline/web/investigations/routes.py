"""Addresses of investigations."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, Question
from tearline.facts.identifiers import InvestigationId
from tearline.web.investigations import acts, page
from tearline.web.visit import Visiting, absent

router = APIRouter()
router.include_router(acts.router)


@router.get("/investigations/{investigation}")
def one_investigation(visit: Visiting) -> Response:
    visit.own_side()
    name = InvestigationId(visit.identifier("investigation"))

    def ask(so_far: History) -> Question:
        return page.page_question(so_far, name)

    known = visit.read(ask, named=("investigation", name))
    shown = page.view(visit.say, known, name, access=visit.access, now=visit.now)
    if shown is None:
        raise absent()
    return visit.page("investigations/investigation.html", page=shown)
