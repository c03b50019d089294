"""Addresses of estimates, and what of them is public."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History
from tearline.facts.identifiers import EstimateId
from tearline.folds.publishing import estimates_of
from tearline.web.casualties import acts, page, public
from tearline.web.charts import casualties as chart
from tearline.web.charts.figure import picture
from tearline.web.forms import form
from tearline.web.register.places import places
from tearline.web.visit import Calling, Visiting, absent

router = APIRouter()

form(router, "/harm/estimates/new", acts.estimate)
form(router, "/harm/estimates/{estimate}/publish", acts.publish)


@router.get("/harm/estimates")
def estimates(visit: Visiting) -> Response:
    visit.own_side()
    rows = page.rows(visit.say, page.live(visit), visit)
    may = page.may_estimate(visit)
    return visit.page("casualties/estimates.html", rows=rows, may_estimate=may, places=places(visit))


@router.get("/harm/estimates/{estimate}")
def one_estimate(visit: Visiting) -> Response:
    visit.own_side()
    name = EstimateId(visit.identifier("estimate"))
    shown = page.view(visit.say, page.live(visit), name, visit)
    if shown is None:
        raise absent()
    return visit.page("casualties/estimate.html", page=shown)


@router.get("/harm/estimates/{estimate}/methods.svg")
def methods(visit: Visiting) -> Response:
    visit.own_side()
    made = estimates_of(page.live(visit)).get(EstimateId(visit.identifier("estimate")))
    shown = page.marks(visit.say, made.fact) if made else ()
    if made is None or not shown:
        raise absent()
    return picture(visit, chart.spec, shown, made.fact.documented)


@router.get("/public/harm")
def public_figures(caller: Calling) -> Response:
    """For anyone. Nothing sealed is opened, and only what somebody made public is shown."""
    kept: History = caller.request.app.state.public_harm.history()
    known = History(tuple(r for r in kept if r.told is None), kept.position)
    rows = public.view(caller.say, known, caller.node.clock().date())
    return caller.page("casualties/public.html", rows=rows)
