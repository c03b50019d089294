"""A telling of a worked case: what it tells, what it rests on, and where it can be looked at."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.oversight import TellingOpened
from tearline.facts.words import Words
from tearline.web.home import told_pages
from tearline.web.visit import TELLINGS, Visiting, absent, titled

router = APIRouter()


@router.get("/cases/{telling}")
def one_telling(visit: Visiting) -> Response:
    visit.own_side()
    name = visit.identifier("telling")
    opened = {r.fact.telling: r.fact for r in visit.read(TELLINGS).of(TellingOpened)}
    tellings: dict[str, TellingOpened] = {str(telling): fact for telling, fact in opened.items()}
    found = tellings.get(name)
    if found is None:
        raise absent()
    others = [
        (visit.say(titled(one)), f"/cases/{telling}")
        for telling, one in tellings.items()
        if one.case_en == found.case_en and telling != name
    ]
    return visit.page(
        "case.html",
        title=visit.say(titled(found)),
        about=visit.say(Words(found.about_en, found.about_es)),
        pages=dict(told_pages(visit)).get(name, []),
        others=others,
        sources=found.sources,
    )
