"""The page on which an act is signed, and the post that brings the signature."""

import json
from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.folds.keys import asks_keys_of, passkeys_of
from tearline.ledger import strict
from tearline.ledger.webauthn import Assertion
from tearline.node import TO_SIGN
from tearline.signin.door import PasskeyDoor
from tearline.web.asked import Given
from tearline.web.door.fresh import signed
from tearline.web.filled import first
from tearline.web.signing.shown import shown
from tearline.web.signing.step import SIGNED_PERSONALLY, acts_of, go_on, to_sign
from tearline.web.signing.waiting import Waiting
from tearline.web.visit import Posted, Visit, Visiting, absent

router = APIRouter()
SHOWN_ANEW = "shown-anew"
LATE, ARRIVED, NOT_YOURS = "late", "arrived", "not-yours"


@router.get("/signing/{signing}")
def page(visit: Visiting) -> Response:
    """What is to be signed, for whom it waits. To anybody else there is nothing here."""
    act = acts_of(visit).look(str(visit.request.path_params["signing"]), visit.identity)
    if act is None:
        raise absent()
    prepared, say = act.prepared, visit.say
    site, keys = _keys(visit)
    return visit.page(
        "signing/sign.html",
        act=act,
        facts=shown(visit, prepared),
        count=say.many("%(n)s fact", "%(n)s facts", len(prepared.drafts)),
        action=visit.request.url.path,
        keys=json.dumps({"site": site, "keys": keys}) if keys else None,
        arrived=[
            (say(type(r.fact).in_words), say.moment(r.recorded_at), f"/ledger/entries/{r.position}")
            for r in act.arrived
        ],
        until=say.moment(prepared.decided_at + TO_SIGN),
        after=say.number(prepared.after),
    )


@router.post("/signing/{signing}")
def sign(visit: Visiting, given: Posted) -> Response:
    """Record the act under this signature, or have it shown anew. Its name is used up either way."""
    act = acts_of(visit).take(str(visit.request.path_params["signing"]), visit.identity)
    if act is None:
        raise absent()
    try:
        assertion = _assertion(given)
        _signed_here(visit, assertion)
        key = visit.node.signed_by(act.prepared, assertion)
        # As at sign-in: a key that counts no further than before was perhaps copied.
        if not visit.request.app.state.counted(key, assertion.count):
            return _anew(visit, act, NOT_YOURS)
        done = visit.node.record_prepared(act.prepared, signature=assertion)
        visit.request.app.state.forgetting.now()
    except Malformed:
        return _anew(visit, act, NOT_YOURS)
    except Refused as refused:
        if refused.rule == SHOWN_ANEW:
            arrived = _arrived(visit, act)
            return _anew(visit, act, ARRIVED if arrived or not act.expired(visit.now) else LATE, arrived)
        if refused.rule == SIGNED_PERSONALLY:
            return _anew(visit, act, NOT_YOURS)
        raise
    signed(visit)
    return go_on(act.then, done)


def _assertion(given: Given) -> Assertion:
    try:
        posted = strict.from_json(first(given, "assertion").encode("utf-8"))
    except ValueError:
        raise Malformed("assertion", "top", "what a passkey answers, as JSON") from None
    return Assertion.posted(posted)


def _signed_here(visit: Visit, assertion: Assertion) -> None:
    """Malformed unless it was signed on a page of this very site, where the act was shown."""
    door = visit.request.app.state.door
    if isinstance(door, PasskeyDoor) and not door.address.signed_here(assertion.client):
        raise Malformed("assertion", "origin", door.address.origin)


def _anew(visit: Visit, act: Waiting, why: str, arrived: Sequence[Recorded[Fact]] = ()) -> Response:
    """Decided again on what is on record now, with new salts: the old signature fits it no more."""
    return to_sign(
        visit,
        act.prepared.orders,
        key=act.prepared.key,
        title=act.title,
        then=act.then,
        back=act.back,
        lead=act.lead,
        about=act.about,
        why=lambda fresh: replace(fresh, anew=why, arrived=arrived),
    )


def _arrived(visit: Visit, act: Waiting) -> list[Recorded[Fact]]:
    """The deciding facts that were recorded since it was shown; to those outside, only that there were some."""
    if visit.access.outside:
        return []
    found = visit.node.ledger.read_since(act.prepared.unless, act.prepared.after)
    return list(visit.access.cut(found).facts)


def _keys(visit: Visit) -> tuple[str, list[str]]:
    """The site to which the signer's passkeys are bound that work here, and their credentials."""
    person = visit.actor.person
    held = passkeys_of(visit.node.ledger.read(asks_keys_of(person)), person).values()
    host = visit.request.url.hostname or ""
    here = [one for one in held if host == one.site or host.endswith(f".{one.site}")]
    site = here[-1].site if here else host
    return site, [one.credential for one in here if one.site == site]
