"""How the site speaks to this reader: language, time zone, keys. Kept in cookies of this browser, and nowhere else."""

from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from tearline.facts.words import Language
from tearline.web import zones
from tearline.web.guards import local_path
from tearline.web.navigation import KEYS, navigation
from tearline.web.tongue import Tongue
from tearline.web.visit import Calling, Posted

router = APIRouter()
A_YEAR = 365 * 86400
ON, OFF = "on", "off"


@router.get("/preferences")
def shown(caller: Calling) -> Response:
    """Needs no identity: whoever cannot read the page has to be able to change its language."""
    say = caller.say
    places = dict(navigation(say, caller.role, demo=caller.demo).places)
    return caller.page(
        "preferences.html",
        languages=[("en", "English"), ("es", "Español")],
        zones=[(_region(say, region), found) for region, found in zones.choices(say.locale) if found],
        zone=zones.name_of(say.zone),
        keys=[(key, places[href]) for href, key in KEYS.items() if href in places],
        back=_came_from(caller.request.headers.get("referer", "")),
    )


@router.post("/preferences")
def chosen(caller: Calling, given: Posted) -> Response:
    say = caller.say
    language, zone, keys, back = (
        (given.get(name) or [""])[0] for name in ("language", "zone", "keys", "back")
    )
    known = zone == "UTC" or zone in zones.names()
    if language not in {one.value for one in Language} or not known or keys not in (ON, OFF):
        raise HTTPException(
            422, say("Choose a language, a time zone and yes or no from the lists on the page.")
        )
    response = RedirectResponse(local_path(back), 303)
    secure = caller.request.url.scheme == "https"
    for name, value in (("language", language), ("zone", zone), ("shortcuts", keys)):
        response.set_cookie(
            name, value, max_age=A_YEAR, httponly=True, samesite="strict", path="/", secure=secure
        )
    return response


def _came_from(referer: str) -> str:
    """The page of ours that led here, to go back to."""
    parts = urlsplit(referer) if referer.isprintable() and "[" not in referer else urlsplit("")
    path = local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return "/" if path.startswith("/preferences") else path


def _region(say: Tongue, region: str) -> str:
    return {
        "America": say("The Americas"),
        "Europe": say("Europe and the Atlantic"),
        "Africa": say("Africa"),
        "Asia": say("Asia and the Indian Ocean"),
        "Pacific": say("Australia, the Pacific and Antarctica"),
    }[region]
