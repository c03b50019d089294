"""Acts for which it is not enough to be signed in: whoever does them has shown lately that they are there.

Signing in shows it, and so do the signature of an act and the page here, on which a key answers and which then leads
back. In a demonstration nobody signed in, and nothing is asked.
"""

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.folds.keys import asks_keys_of, passkeys_of
from tearline.signin.cookies import BEFORE, brought, give, new_secret
from tearline.signin.door import PasskeyDoor
from tearline.signin.limits import What
from tearline.signin.passkeys import PROVE, NotLetIn
from tearline.web.door.ceremony import Ceremonial, door_of
from tearline.web.guards import local_path
from tearline.web.visit import Visit, Visiting

router = APIRouter()
PAGE = "/account/fresh"
LATELY = timedelta(minutes=10)


class NotLately(Exception):
    """Whoever sent this has not shown lately that they are there. ``back``: where they go on from afterwards."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back

    @property
    def page(self) -> str:
        return f"{PAGE}?{urlencode({'back': self.back})}"


def lately(visit: Visit, back: str) -> None:
    """NotLately unless this visitor signed in, signed or proved themselves within ten minutes."""
    door = visit.request.app.state.door
    if isinstance(door, PasskeyDoor) and not door.sessions.fresh(visit.identity, LATELY):
        raise NotLately(back)


def signed(visit: Visit) -> None:
    """This visitor has just signed an act: they are there."""
    door = visit.request.app.state.door
    if isinstance(door, PasskeyDoor):
        door.sessions.proved(visit.identity)


@router.get(PAGE)
def ask(visit: Visiting) -> Response:
    door, person = door_of(visit), visit.identity.person
    keys = passkeys_of(visit.node.ledger.read(asks_keys_of(person)), person)
    back = local_path(visit.request.query_params.get("back", "/"))
    page = visit.page("door/fresh.html", back=back, has_key=bool(keys))
    if brought(visit.request, door.address, BEFORE) is None:
        give(page, door.address, BEFORE, new_secret())
    return page


@router.post(f"{PAGE}/options")
def options(post: Ceremonial) -> Response:
    post.begins()
    identity = post.caller.identity
    if identity is None or identity.session is None:
        raise NotLetIn
    return post.answer(post.door.passkeys.asked(post.browser, PROVE, identity.session))


@router.post(f"{PAGE}/answer")
def answer(post: Ceremonial) -> Response:
    """By a key of whoever is signed in, and nobody else's: another's is no proof that these are they."""
    identity = post.caller.identity
    with post.failing(What.ANSWER, by=identity.session if identity else None):
        if (
            identity is None
            or post.door.passkeys.entered(post.browser, post.credential, PROVE).person != identity.person
        ):
            raise NotLetIn
    post.door.sessions.proved(identity)
    return post.go(local_path(post.text("back")))
