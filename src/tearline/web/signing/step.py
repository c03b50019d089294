"""Recording what a form asked for; where it binds, by way of the page on which it is signed."""

from collections.abc import Callable, Sequence

from fastapi.responses import Response

from tearline.facts.errors import Refused
from tearline.ledger.batch import Appended
from tearline.node import Order
from tearline.web.show import Shown
from tearline.web.signing.waiting import Waiting, WaitingActs
from tearline.web.visit import Visit, go

About = Sequence[tuple[str, Shown] | tuple[str, Shown, str]]
SIGNED_PERSONALLY = "signed-personally"


def record(
    visit: Visit,
    orders: Sequence[Order],
    *,
    key: str,
    title: str,
    then: str,
    back: str = "/",
    lead: str | None = None,
    about: About = (),
) -> Response:
    """Record these commands of one person, all or nothing, and go on to ``then``; where they bind, to sign them first.

    ``key`` as for ``Node.record_all``. ``title`` names the act, ``back`` is the page to which one goes back instead;
    ``lead`` and ``about`` say what it is about, as the form did.
    Every page that records what a person does comes through here. Refused when the rules say no.
    """
    node = visit.node
    done = node.ledger.recall(key)
    if done is None:
        try:
            done = node.record_all(orders, key=key)
        except Refused as refused:
            # The same form, sent twice at once: the other one was recorded while this one was being decided.
            done = node.ledger.recall(key)
            if done is None and refused.rule == SIGNED_PERSONALLY:
                return to_sign(
                    visit, orders, key=key, title=title, then=then, back=back, lead=lead, about=about
                )
            if done is None:
                raise
    visit.request.app.state.forgetting.now()
    return go_on(then, done)


def to_sign(
    visit: Visit,
    orders: Sequence[Order],
    *,
    key: str,
    title: str,
    then: str,
    back: str,
    lead: str | None = None,
    about: About = (),
    why: Callable[[Waiting], Waiting] = lambda waiting: waiting,
) -> Response:
    """Prepare the act and go to the page that shows it. Nothing is recorded. Refused when the rules say no."""
    prepared = visit.node.prepare_all(orders, key=key, language=visit.say.language)
    identity = visit.identity
    act = Waiting(
        prepared=prepared,
        person=identity.person,
        session=identity.session,
        title=title,
        then=then,
        back=back,
        lead=lead,
        about=about,
    )
    return go(f"/signing/{acts_of(visit).put(why(act), visit.now)}")


def go_on(then: str, done: Appended) -> Response:
    return go(f"{then}{'&' if '?' in then else '?'}recorded={done.first}")


def acts_of(visit: Visit) -> WaitingActs:
    """Those that wait, but for what was made before a purge."""
    state = visit.request.app.state
    state.forgetting.now()
    held: WaitingActs = state.waiting
    return held
