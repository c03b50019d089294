"""Addresses of who is who."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.identifiers import VictimId
from tearline.folds.linking import material
from tearline.web.forms import form
from tearline.web.linkage import acts, gazetteer, people, standing
from tearline.web.register.places import places
from tearline.web.visit import Visiting, absent

router = APIRouter()

form(router, "/harm/linkage/run", acts.compare)
form(router, "/harm/linkage/places/locate", acts.locate)
form(router, "/harm/linkage/review", acts.judge)
form(router, "/harm/linkage/{linkage}/take-up", acts.take_up)
form(router, "/harm/linkage/merges/{merge}/undo", acts.undo("merge"))
form(router, "/harm/linkage/splits/{split}/undo", acts.undo("split"))
form(router, "/harm/linkage/people/{victim}/merge", acts.merge)
form(router, "/harm/linkage/people/{victim}/split", acts.split)


@router.get("/harm/linkage")
def who_is_who(visit: Visiting) -> Response:
    visit.own_side()
    page = standing.view(visit.say, standing.live(visit), visit)
    return visit.page("linkage/standing.html", page=page, places=places(visit))


@router.get(gazetteer.HERE)
def places_named(visit: Visiting) -> Response:
    visit.own_side()
    page = gazetteer.view(visit.say, material(standing.live(visit), visit.now.date()), visit.place("from"))
    return visit.page("linkage/places.html", page=page, places=places(visit))


@router.get("/harm/linkage/people/{victim}")
def one_person(visit: Visiting) -> Response:
    visit.own_side()
    victim = VictimId(visit.identifier("victim"))
    known = standing.live(visit)
    page = people.view(visit.say, known, victim, visit.now.date(), visit.access.withdrawn)
    if page is None:
        raise absent()
    return visit.page("linkage/person.html", page=page, places=places(visit))
