"""Addresses of the release room."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.identifiers import CopyId, ItemId, ReleaseId, RequestId
from tearline.web.access import ALL
from tearline.web.owed import VERDICTS_OPEN, owed_to_show
from tearline.web.release import acts, copies, disclosure, item_acts, items, listing, request, verdict
from tearline.web.release.verdicts import standing
from tearline.web.visit import Visiting, absent

router = APIRouter()


@router.get("/releases")
def releases(visit: Visiting) -> Response:
    if visit.access.outside:
        me = visit.actor.person
        given = visit.read(lambda so_far: listing.partner_question(so_far, me))
        rows = listing.partner_rows(visit.say, given, me, visit.now, visit.effects)
        return visit.page("release/received.html", rows=rows)
    standing = visit.projections.requests()
    firsts = {part: visit.place(part) for part in ("open", "released", "outside")}
    chosen = listing.choose(visit.projections.work(), standing, firsts)
    known = visit.read(chosen.question())
    page = listing.listing(visit.say, known, chosen, standing, visit.now)
    return visit.page("release/list.html", page=page)


router.include_router(acts.router)
router.include_router(item_acts.router)


@router.get("/releases/{request}")
def one_request(visit: Visiting) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: request.page_question(so_far, asked, protocols))
    # The node opens all of it to decide. Only the verdict, the rules and what is owed reach the page, and
    # those are cut to the reader.
    opened, _ = visit.node.gather(lambda so_far: request.page_question(so_far, asked, protocols), ALL)
    page = request.view(
        visit.say,
        known,
        asked,
        stands=standing(opened, asked, protocols, visit.now),
        owed=owed_to_show(visit, opened),
        access=visit.access,
        now=visit.now,
        effects=visit.effects,
    )
    if page is None:
        raise absent()
    return visit.page("release/request.html", page=page)


@router.get("/releases/{request}/verdicts/{entry}")
def one_verdict(visit: Visiting, entry: str) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    if not (entry.isascii() and entry.isdigit() and len(entry) < 16):
        raise absent()
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: request.page_question(so_far, asked, protocols))
    # As for the request: the node opens all of it to decide again, and what reaches the page is cut to the reader.
    opened, _ = visit.node.gather(lambda so_far: request.page_question(so_far, asked, protocols), ALL)
    page = verdict.view(visit.say, known, opened, asked, int(entry), access=visit.access, protocols=protocols)
    if page is None:
        raise absent()
    return visit.page("release/verdict.html", page=page)


@router.get("/disclosures/{release}")
def one_disclosure(visit: Visiting) -> Response:
    visit.own_side()
    given = ReleaseId(visit.identifier("release"))
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: disclosure.page_question(so_far, given, protocols))
    opened, _ = visit.node.gather(lambda so_far: disclosure.page_question(so_far, given, protocols), ALL)
    page = disclosure.view(
        visit.say,
        known,
        given,
        stands=disclosure.would_have_said(opened, given, protocols),
        owed=owed_to_show(visit, opened),
        access=visit.access,
        now=visit.now,
    )
    if page is None:
        raise absent()
    return visit.page("release/disclosure.html", page=page)


@router.get("/items/{item}")
def one_item(visit: Visiting) -> Response:
    visit.own_side()
    item = ItemId(visit.identifier("item"))
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: items.page_question(so_far, item, protocols))
    opened, _ = visit.node.gather(lambda so_far: items.page_question(so_far, item, protocols), VERDICTS_OPEN)
    page = items.view(
        visit.say, known, item, owed=owed_to_show(visit, opened), access=visit.access, now=visit.now
    )
    if page is None:
        raise absent()
    return visit.page("release/item.html", page=page)


@router.get("/copies/{copy}")
def one_copy(visit: Visiting) -> Response:
    copy = CopyId(visit.identifier("copy"))
    known = visit.read(lambda so_far: copies.page_question(so_far, copy))
    given = copies.copy_of(known, copy)
    mine = given is not None and given.fact.recipient == visit.actor.person
    page = copies.view(
        visit.say,
        known,
        copy,
        mine=mine,
        outside=visit.access.outside,
        effect=copies.effect_of(visit.effects, known, given) if given else None,
    )
    if page is None or (visit.access.outside and not mine):
        raise absent()
    return visit.page("release/copy.html", page=page)
