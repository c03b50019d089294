"""Forms made from the declarations of facts: labels, controls, and the same strict reading as everywhere else.

A form is sent to its own address. What is wrong comes back beside its field; what was recorded sends the
reader on, and what binds them to the page on which they sign it (``signing``). The hidden key makes a second press
harmless: the same form, sent again, is recorded once.

Where more can be chosen than a form shows (``choosing``), the form is also sent to look for something: it comes back
with what fits and with all that was entered, and nothing is recorded. A script asks for that one part of it alone.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import Role
from tearline.node import Order
from tearline.rooms import Command
from tearline.signin.policy import Row, Unruled
from tearline.web.asked import KEY, LOOK_FOR, ONE_PART, Asked, Given
from tearline.web.controls import controls_of
from tearline.web.filled import fact_of, first, happened_at, made, zone_meant
from tearline.web.signing.step import record
from tearline.web.tongue import Tongue
from tearline.web.visit import Posted, Visit, Visiting, absent, anothers, go
from tearline.web.zones import name_of


def form(router: APIRouter, path: str, ask: Callable[[Visit], Asked]) -> None:
    """Serve the form at ``path``, for looking at and for sending."""

    @router.get(path)
    def shown(visit: Visiting) -> Response:
        asked = ask(visit)
        _may(visit, asked)
        return _page(visit, asked, asked.already, {}, secrets.token_urlsafe(18))

    @router.post(path)
    def sent(visit: Visiting, given: Posted) -> Response:
        asked = ask(visit)
        _may(visit, asked)
        if ONE_PART in given:
            return _part(visit, asked, given)
        if LOOK_FOR in given:
            return _page(visit, asked, given, {}, first(given, KEY) or secrets.token_urlsafe(18))
        return _choose(visit, asked, given) if asked.chosen_first else _record(visit, asked, given)


def _may(visit: Visit, asked: Asked) -> None:
    """The command and the table of ``policy`` name the same roles; Unruled when they do not."""
    row: Row = visit.request.state.row
    if row.roles is None or asked.allowed & (row.roles | row.told) != row.roles:
        raise Unruled(f"{row.path}: its command takes {', '.join(sorted(asked.allowed))}")
    allowed_or_403(visit, asked.allowed)


def allowed_or_403(visit: Visit, allowed: frozenset[Role]) -> None:
    """Deny here what the node would deny on sending, so that nobody fills in a form in vain."""
    if visit.role not in allowed:
        raise anothers(visit, allowed)


def _part(visit: Visit, asked: Asked, given: Given) -> Response:
    """What is on offer for one field, to be put into the form while somebody types."""
    for control in controls_of(visit, visit.say, asked, given, {}, only=first(given, ONE_PART)):
        if control.choosing is not None:
            return visit.page("_offered.html", c=control, unseen=0)
    raise absent()


def _choose(visit: Visit, asked: Asked, given: Given) -> Response:
    """On to the form that needs these choices."""
    errors = {
        name: visit.say("Choose one: %(label)s.", label=words)
        for name, words in asked.chosen_first.items()
        if not asked.choosers[name].called([first(given, name)])
    }
    if errors:
        return _page(visit, asked, given, errors, "", status=422)
    chosen = {name: quote(first(given, name), safe="") for name in asked.chosen_first}
    return go(asked.then.format(**chosen))


def _record(visit: Visit, asked: Asked, given: Given) -> Response:
    key = submission(visit, given)
    errors: dict[str, str] = {}
    happened = happened_at(visit, asked, given, errors)
    order, also = asked.order, list[Command]()
    if asked.kind is not None and asked.command is not None:
        fact = fact_of(visit.say, asked, given, key, errors)
        if fact is not None:
            order, also = asked.command(fact), [*asked.also(fact)]
    if errors or order is None:
        return _page(visit, asked, given, errors, first(given, KEY) or secrets.token_urlsafe(18), status=422)
    return record(
        visit,
        [Order(command=one, by=visit.actor, at=happened) for one in (order, *also)],
        key=key,
        title=asked.title,
        then=asked.then.replace("{new}", made(key)),
        back=asked.trail[-1][0] if asked.trail else "/",
        lead=asked.lead,
        about=asked.about,
    )


def submission(visit: Visit, given: Given) -> str:
    """Names this submission by this person: a form that is changed and sent again is another one."""
    digest = hashlib.sha256(f"{visit.actor.person}\n{visit.request.url.path}\n".encode())
    for name in sorted(given):
        for value in given[name]:
            digest.update(f"{len(name)}:{name}{len(value)}:{value}".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _page(
    visit: Visit, asked: Asked, given: Given, errors: Mapping[str, str], key: str, *, status: int = 200
) -> Response:
    zone = zone_meant(visit.say, given)
    say = Tongue(visit.say.language, visit.say.titles, zone)
    controls = controls_of(visit, say, asked, given, errors)
    template, page = asked.among or ("form.html", None)
    return visit.page(
        template,
        status=status,
        page=page,
        asked=asked,
        controls=controls,
        errors=[(c.name, c.error) for c in controls if c.error],
        action=visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else ""),
        key=key,
        zone=name_of(zone),
    )
