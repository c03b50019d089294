"""Addresses of the protocols: the list, the lab, and proposals."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from tearline.facts.identifiers import ProposalId
from tearline.folds.agreements import protocol_of
from tearline.protocol import Pack
from tearline.rooms.protocols import OFFICERS
from tearline.web.asked import Given
from tearline.web.filled import first
from tearline.web.protocols import acts, proposals
from tearline.web.protocols.bounds import at_a_desk
from tearline.web.protocols.checking import Checked, checked
from tearline.web.protocols.differences import differences
from tearline.web.protocols.listing import QUESTION, listing, verdict_rows
from tearline.web.protocols.proof import Proof, proved
from tearline.web.protocols.running import Ran, choices, latest, run
from tearline.web.protocols.texts import draft_of, known_text
from tearline.web.visit import Posted, Visit, Visiting, absent

router = APIRouter()
router.include_router(acts.router)
OFFERED = 12
"""Requests to choose from one by one; all the latest can be chosen at once."""


@router.get("/protocols")
def every_protocol(visit: Visiting) -> Response:
    visit.own_side()
    known = visit.read(QUESTION)
    page = listing(visit.say, known, visit.node.protocols, visit.now)
    counts = visit.projections.verdicts()
    return visit.page("protocols/list.html", page=page, verdicts=verdict_rows(visit.say, counts))


@router.get("/protocols/lab")
def lab(visit: Visiting) -> Response:
    visit.own_side()
    start = visit.request.query_params.get("from", "")
    protocols = dict(visit.node.protocols)
    start = start if start in protocols else _offered(protocols)
    return _lab(visit, text=known_text(visit.node, start) or "", old=start, given={})


@router.post("/protocols/lab")
def tried_out(visit: Visiting, given: Posted) -> Response:
    """Without script: the draft is checked, and run if that was asked for. Nothing of it is kept."""
    visit.own_side()
    text, protocols = draft_of(given), dict(visit.node.protocols)
    old = first(given, "old") if first(given, "old") in protocols else _offered(protocols)
    with at_a_desk():
        found = checked(visit.say, text, protocols)
        asked = first(given, "do") == "run" and found.pack is not None
        ran = _run(visit, given, protocols[old], found) if asked else None
        new = found.pack
        proof = proved(visit.say, (protocols[old],), (new,)) if asked and new is not None else None
    return _lab(visit, text=text, old=old, given=given, ran=ran, proof=proof, found=found)


@router.post("/protocols/lab/check")
def check_while_typing(visit: Visiting, given: Posted) -> Response:
    """What the draft is, for putting into the page while one types."""
    visit.own_side()
    text = draft_of(given)
    try:
        with at_a_desk():
            found = checked(visit.say, text, visit.node.protocols)
    except TimeoutError:
        found = None
    return visit.page("protocols/_findings.html", found=found)


def _offered(protocols: Mapping[str, Pack]) -> str:
    """The text that is offered to partners: where one begins who has not said otherwise."""
    offered = protocol_of(None, protocols)
    return offered.leading.id if offered else ""


def _lab(
    visit: Visit,
    *,
    text: str,
    old: str,
    given: Given,
    ran: Ran | None = None,
    proof: Proof | None = None,
    found: Checked | None = None,
) -> Response:
    requests, beyond = latest(visit)
    protocols = visit.node.protocols
    return visit.page(
        "protocols/lab.html",
        text=text,
        old=old,
        known=[(pack.id, f"{pack.id}: {visit.say(pack.title)}") for pack in protocols.values()],
        found=found or checked(visit.say, text, protocols),
        ran=ran,
        proof=proof,
        offered=[(c.request, c.words) for c in choices(visit, requests[:OFFERED])],
        ticked=given.get("request", []),
        count=len(requests),
        beyond=beyond,
        over=first(given, "over") or "latest",
        parameters=first(given, "parameters"),
        parameters_error=acts.stated(visit.say, given).error,
        may_propose=visit.role in OFFICERS,
    )


def _run(visit: Visit, given: Given, old: Pack, found: Checked) -> Ran | None:
    if found.pack is None:
        return None
    requests, beyond = latest(visit)
    if first(given, "over") == "ticked":
        ticked = set(given.get("request", []))
        requests, beyond = [request for request in requests if request in ticked], 0
    stated = acts.stated(visit.say, given)
    return run(visit, old, found.pack, requests=requests, beyond=beyond, parameters=stated.values)


@router.get("/protocols/proposals/{proposal}")
def one_proposal(visit: Visiting) -> Response:
    visit.own_side()
    name = ProposalId(visit.identifier("proposal"))
    known = visit.read(lambda so_far: proposals.page_question(so_far, name))
    found = proposals.read(known, name)
    if found is None:
        raise absent()
    one, text, pack = found
    protocols: Mapping[str, Pack] = dict(visit.node.protocols)
    old = proposals.replaced(one, protocols)
    page = proposals.view(visit, known, one, text, pack)
    if pack is None or old is None:
        return visit.page(
            "protocols/proposal.html", page=page, old=None, differences=None, ran=None, proof=None
        )
    requests, beyond = latest(visit)
    with at_a_desk():
        ran = run(visit, old, pack, requests=requests, beyond=beyond, parameters=one.fact.parameters)
        shown = differences(visit.say, old, pack, known_text(visit.node, old.id), text)
        proof = _proof(visit, proposals.bindings(known, one, protocols), old, pack)
    return visit.page(
        "protocols/proposal.html", page=page, old=old.id, differences=shown, ran=ran, proof=proof
    )


def _proof(visit: Visit, bindings: Sequence[tuple[Pack, ...]], old: Pack, new: Pack) -> Proof:
    """Of every way in which the agreements bind by the old text, the first that is not proved; else the last."""
    proof = proved(visit.say, (old,), (new,))
    for packs in bindings:
        if proof.kind != "done":
            break
        proof = proved(visit.say, packs, tuple(new if one.name == old.name else one for one in packs))
    return proof


@router.get("/protocols/proposals/{proposal}/text")
def exact_text(visit: Visiting) -> Response:
    """The text to the byte, for reading elsewhere and for hashing."""
    visit.own_side()
    name = ProposalId(visit.identifier("proposal"))
    found = proposals.read(visit.read(lambda so_far: proposals.page_question(so_far, name)), name)
    if found is None:
        raise absent()
    return PlainTextResponse(found[1])
