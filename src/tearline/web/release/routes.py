"""Addresses of the release room."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.identifiers import RequestId
from tearline.web.access import ALL
from tearline.web.owed import owed_to_show
from tearline.web.release import request as request_page
from tearline.web.release.verdicts import standing
from tearline.web.visit import Visiting, absent

router = APIRouter()


@router.get("/releases/{request}")
def request(visit: Visiting) -> Response:
    visit.own_side()
    request = RequestId(visit.identifier("request"))
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: request_page.page_question(so_far, request, protocols))
    # The node opens all to decide. Of that, only the verdict, the rules and what is owed reach the page, cut to the reader.
    opened, _ = visit.node.gather(lambda so_far: request_page.page_question(so_far, request, protocols), ALL)
    page = request_page.view(
        visit.say,
        known,
        request,
        standing(opened, request, protocols, visit.now),
        owed_to_show(visit, opened),
        visit.access,
        visit.now,
    )
    if page is None:
        raise absent()
    return visit.page("release/request.html", page=page)
