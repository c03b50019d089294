"""What happened that concerns the reader since they last looked, newest first, and that they have looked.

A notice names what it is about as far as its reader may open it: a title that is sealed to them is an identifier here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tearline.facts.history import History, Question, each
from tearline.facts.identifiers import RequestId
from tearline.facts.release import ItemRegistered, ReleaseRequested
from tearline.folds.notices import TOLD, Concern, Notice, Seen, Tells
from tearline.web.filled import first
from tearline.web.names import Names, names_question
from tearline.web.noticed import Noticed
from tearline.web.places import page_of
from tearline.web.release.request import title
from tearline.web.visit import Posted, Visit, Visiting, go
from tearline.web.warnings import PLACE as WARNINGS
from tearline.web.warnings import card_id

router = APIRouter()
PAGE = "/notifications"
A_PAGE = 25
REQUESTS = (Tells.VERDICT, Tells.SIGNED, Tells.RELEASED, Tells.TO_SIGN, Tells.TO_RELEASE)
IN_DANGER = (Tells.TO_DECIDE_WARNING, Tells.TO_WARN)
ITEMS = (Tells.DISSENT, Tells.ANSWERED, Tells.REVIEWED, Tells.COMPROMISE)
ADMISSION = {
    Tells.TO_ADMIT: "/people-and-access/roles/{}/approve",
    Tells.TO_INVITE: "/people-and-access/invitations/{}",
}
ACCOUNT = {
    Tells.LINKED: "/account/directory",
    Tells.UNLINKED: "/account/directory",
    Tells.TOKEN_ISSUED: "/account/tokens",
    Tells.TOKEN_REVOKED: "/account/tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One notice as the page shows it."""

    title: str
    href: str
    about: str
    when: str
    new: bool


@router.get(PAGE)
def notifications(visit: Visiting) -> Response:
    noticed, asked = _noticed(visit), visit.request.query_params
    seen = noticed.seen.of(visit.actor.person)
    found, reached = noticed.of(visit.identity, visit.now)
    new = sum(one.new(seen) for one in found)
    only_new, concern = asked.get("show", "") == "new", asked.get("concern", "")
    kept = [
        one
        for one in found
        if (one.new(seen) or not only_new) and (not concern or one.tells.concern.value == concern)
    ]
    start = visit.place("from")
    shown = kept[start : start + A_PAGE]
    concerns = [one for one in Concern if any(visit.role in TOLD[t] for t in Tells if t.concern is one)]
    return visit.page(
        "notifications.html",
        unseen=min(new, 99),
        new=new,
        rows=_rows(visit, shown, seen),
        concern=concern if concern in {one.value for one in concerns} else "",
        concerns=[(one.value, visit.say(one)) for one in concerns],
        only_new=only_new,
        count=len(kept),
        first=start + 1,
        before=max(0, start - A_PAGE) if start else None,
        after=start + A_PAGE if start + A_PAGE < len(kept) else None,
        position=reached,
        at=int(visit.now.timestamp()),
    )


@router.post(PAGE + "/seen")
def looked(visit: Visiting, given: Posted) -> Response:
    """As far as the page went that was looked at: what came meanwhile stays new."""
    noticed = _noticed(visit)
    position, at = _whole(first(given, "position")), _whole(first(given, "at"))
    if position is None or at is None:
        raise HTTPException(422, visit.say("Nothing was marked: look at the notifications again."))
    upto = Seen(
        position=min(position, visit.node.ledger.size()),
        at=datetime.fromtimestamp(min(at, int(visit.now.timestamp())), UTC),
    )
    noticed.seen.look(visit.actor.person, upto)
    return go(PAGE)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _noticed(visit: Visit) -> Noticed:
    held: Noticed = visit.request.app.state.noticed
    return held


def _rows(visit: Visit, shown: Sequence[Notice], seen: Seen | None) -> list[Row]:
    say = visit.say
    known = visit.read(lambda so_far: _reads(so_far, shown)) if visit.access.inside else History()
    asked = {r.fact.request: r.fact for r in known.of(ReleaseRequested)}
    names = Names(known, say)
    return [
        Row(
            title=_title(visit, one),
            href=_href(visit, one),
            about=_about(visit, one, asked, names),
            when=say.moment(one.at),
            new=one.new(seen),
        )
        for one in shown
    ]


def _reads(so_far: History, shown: Sequence[Notice]) -> Question:
    requests = frozenset(one.about for one in shown if one.tells in REQUESTS)
    items = frozenset(one.about for one in shown if one.tells in ITEMS)
    return (
        each("request", requests, (ReleaseRequested,))
        | each("item", items, (ItemRegistered,))
        | names_question(so_far)
    )


def _title(visit: Visit, one: Notice) -> str:
    say = visit.say
    if one.effect is not None:
        return say("%(what)s: %(effect)s", what=say(one.tells), effect=say(one.effect))
    return say(one.tells)


def _about(visit: Visit, one: Notice, asked: dict[RequestId, ReleaseRequested], names: Names) -> str:
    say = visit.say
    if one.sentence is not None:
        return f"{say(one.sentence)} · {one.about}"
    if one.tells in REQUESTS:
        request = asked.get(RequestId(one.about))
        return title(say, request, names) if request else one.about
    if one.tells in ITEMS:
        return names.item(one.about).name
    if one.tells in IN_DANGER:
        return one.about.partition("/")[2]
    if one.tells is Tells.ROLE_ENDS and one.role and one.until:
        return say("%(role)s, until %(day)s", role=say(one.role), day=say.day(one.until))
    if one.tells is Tells.SESSION and one.role:
        return say("as %(role)s, with %(browser)s", role=say(one.role), browser=one.about)
    return say(one.role) if one.role else one.about


def _href(visit: Visit, one: Notice) -> str:
    """Where it is acted on, or where it stands."""
    if one.tells in ADMISSION:
        return ADMISSION[one.tells].format(one.about)
    if one.tells.concern is Concern.ACCOUNT:
        return ACCOUNT.get(one.tells, "/account")
    if one.tells in IN_DANGER:
        field, _, name = one.about.partition("/")
        return f"{WARNINGS}#{card_id(field, name)}"
    if one.tells is Tells.TO_REVIEW_WARNING:
        return f"{WARNINGS}#{card_id('notice', one.about)}"
    if one.tells in REQUESTS and one.tells is not Tells.VERDICT:
        return f"/releases/{one.about}"
    if one.tells is Tells.ANSWERED or one.tells is Tells.REVIEWED:
        return f"/items/{one.about}"
    return page_of(visit.node.ledger.entry(one.position).recorded)
