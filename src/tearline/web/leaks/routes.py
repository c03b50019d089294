"""Addresses of the leak room."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, Question
from tearline.facts.identifiers import CompromiseId
from tearline.facts.leaks import CompromiseReported
from tearline.folds.reading import asks_readers_by
from tearline.web.leaks import acts, listing
from tearline.web.leaks.page import page_question, tells_who_could, view
from tearline.web.owed import VERDICTS_OPEN, owed_to_show, texts_of
from tearline.web.read_by import of_item, read_by
from tearline.web.visit import Visiting, absent

router = APIRouter()


@router.get("/leaks")
def leaks(visit: Visiting) -> Response:
    visit.own_side()
    page = listing.listed(visit)
    return visit.page("leaks/list.html", live=page.live, told=page.told)


router.include_router(acts.router)


@router.get("/leaks/{compromise}")
def one_leak(visit: Visiting) -> Response:
    visit.own_side()
    compromise = CompromiseId(visit.identifier("compromise"))
    protocols, exposed = dict(visit.node.protocols), tells_who_could(visit.access)

    def ask(so_far: History) -> Question:
        return page_question(so_far, compromise, protocols, exposed=exposed)

    named = ("leak", compromise, exposed, texts_of(protocols))
    opened, _ = visit.node.gather(ask, VERDICTS_OPEN, named=named)
    known = visit.as_seen(opened)
    shown = view(
        visit.say,
        known,
        compromise,
        owed=owed_to_show(visit, opened),
        access=visit.access,
        now=visit.now,
    )
    if shown is None:
        raise absent()
    told = any(
        of_item(known, r.fact.item, visit.access)
        for r in known.of(CompromiseReported)
        if r.fact.compromise == compromise
    )
    read = read_by(visit, asks_readers_by("compromise", compromise), told=told)
    return visit.page("leaks/leak.html", page=shown, read_by=read)
