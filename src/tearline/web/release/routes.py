"""Addresses of the release room."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Compartment
from tearline.facts.history import History
from tearline.facts.identifiers import CopyId, ItemId, ReleaseId, RequestId
from tearline.facts.release import ReleaseRequested
from tearline.folds.reading import asks_readers, asks_readers_by
from tearline.jobs.copies import text_of
from tearline.rooms.release.options import MOST
from tearline.web.access import ALL
from tearline.web.charts import exposure as charts_exposure
from tearline.web.charts import timeline as charts_timeline
from tearline.web.charts.figure import picture
from tearline.web.names import Names
from tearline.web.owed import VERDICTS_OPEN, owed_to_show, texts_of
from tearline.web.read_by import of_item, read_by
from tearline.web.release import (
    acts,
    copies,
    disclosure,
    exposure,
    item_acts,
    items,
    listing,
    options,
    request,
    timeline,
    verdict,
)
from tearline.web.release.verdicts import standing
from tearline.web.visit import Visit, Visiting, absent

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
    chosen = listing.choose(visit.projections, firsts)
    known = visit.read(chosen.question())
    page = listing.listing(visit.say, known, chosen, standing, visit.now)
    return visit.page("release/list.html", page=page)


router.include_router(acts.router)
router.include_router(item_acts.router)


@router.get("/releases/{request}")
def one_request(visit: Visiting) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    protocols = dict(visit.node.protocols)
    # The node opens all of it to decide. Only the verdict, the rules and what is owed reach the page, and
    # those are cut to the reader.
    named = ("request", asked, texts_of(protocols))
    opened, _ = visit.node.gather(
        lambda so_far: request.page_question(so_far, asked, protocols), ALL, named=named
    )
    known = visit.as_seen(opened)
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
    told = any(of_item(known, r.fact.item, visit.access) for r in known.of(ReleaseRequested))
    read = read_by(visit, asks_readers_by("request", asked), told=told)
    return visit.page("release/request.html", page=page, read_by=read)


@router.get("/releases/{request}/options")
def weighed(visit: Visiting) -> Response:
    """Live requests only: what a worked case tells cannot be done another way any more."""
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    chosen = options.chosen_of(visit.request.query_params.multi_items())
    known = visit.read(lambda so_far: options.page_question(so_far, asked, chosen))
    units = options.other_units(known, asked, visit.projections.parties(), visit.say)
    page = options.view(visit.say, known, asked, chosen, units=units, access=visit.access, now=visit.now)
    if page is None:
        raise absent()
    return visit.page(
        "release/options.html",
        page=page,
        heads=options.heads(visit.say),
        chosen_extents=[e.value for e in chosen.extents],
        chosen_later=[str(days) for days in chosen.later],
        most=MOST,
    )


@router.get("/releases/{request}/timeline.svg")
def timeline_picture(visit: Visiting) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    known = visit.read(lambda so_far: timeline.timeline_question(so_far, asked))
    shown = timeline.timeline_marks(known, asked)
    if shown is None:
        raise absent()
    return picture(visit, charts_timeline.spec, *shown)


@router.get("/releases/{request}/exposure.svg")
def exposure_picture(visit: Visiting) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    known = visit.read(lambda so_far: exposure.request_question(so_far, asked))
    return _exposure(visit, known, exposure.of_request(known, asked, visit.now))


@router.get("/items/{item}/exposure.svg")
def item_exposure_picture(visit: Visiting) -> Response:
    visit.own_side()
    item = ItemId(visit.identifier("item"))
    known = visit.read(lambda so_far: exposure.item_question(so_far, item))
    return _exposure(visit, known, exposure.of_item(known, item, visit.now))


def _exposure(visit: Visit, known: History, found: exposure.Exposed | None) -> Response:
    if found is None or not found.people:
        raise absent()
    return picture(visit, charts_exposure.spec, exposure.bars(visit.say, found, Names(known, visit.say)))


@router.get("/releases/{request}/verdicts/{entry}")
def one_verdict(visit: Visiting, entry: str) -> Response:
    visit.own_side()
    asked = RequestId(visit.identifier("request"))
    if not (entry.isascii() and entry.isdigit() and len(entry) < 16):
        raise absent()
    protocols = dict(visit.node.protocols)
    # As for the request: the node opens all of it to decide again, and what reaches the page is cut to the reader.
    named = ("request", asked, texts_of(protocols))
    opened, _ = visit.node.gather(
        lambda so_far: request.page_question(so_far, asked, protocols), ALL, named=named
    )
    known = visit.as_seen(opened)
    page = verdict.view(visit.say, known, opened, asked, int(entry), access=visit.access, protocols=protocols)
    if page is None:
        raise absent()
    return visit.page("release/verdict.html", page=page)


@router.get("/disclosures/{release}")
def one_disclosure(visit: Visiting) -> Response:
    visit.own_side()
    given = ReleaseId(visit.identifier("release"))
    protocols = dict(visit.node.protocols)
    opened, _ = visit.node.gather(lambda so_far: disclosure.page_question(so_far, given, protocols), ALL)
    known = visit.as_seen(opened)
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
    protocols = dict(visit.node.protocols)
    opened, _ = visit.node.gather(lambda so_far: items.page_question(so_far, item, protocols), VERDICTS_OPEN)
    known = visit.as_seen(opened)
    page = items.view(
        visit.say,
        known,
        item,
        owed=owed_to_show(visit, opened),
        access=visit.access,
        now=visit.now,
    )
    if page is None:
        raise absent()
    read = read_by(visit, asks_readers(item), told=of_item(known, item, visit.access))
    return visit.page("release/item.html", page=page, read_by=read)


@router.get("/copies/{copy}")
def one_copy(visit: Visiting) -> Response:
    copy = CopyId(visit.identifier("copy"))
    known = visit.read(lambda so_far: copies.page_question(so_far, copy))
    given = copies.copy_of(known, copy)
    mine = given is not None and given.fact.recipient == visit.actor.person
    effect = copies.effect_of(visit.effects, known, given) if given else None
    words = text_of(visit.node, given, visit.actor.person, effect) if given else None
    if given is not None and words is not None:
        visit.opened.one(Compartment.CONTENT, given.fact.item)
    page = copies.view(
        visit.say,
        known,
        copy,
        mine=mine,
        outside=visit.access.outside,
        effect=effect,
        words=words,
    )
    if page is None or (visit.access.outside and not mine):
        raise absent()
    return visit.page("release/copy.html", page=page)
