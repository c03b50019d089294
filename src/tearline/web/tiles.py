"""The static ledger, straight from the node: C2SP tlog-tiles under ``/ledger/``, for anyone.

Leaves, hashes and a signed checkpoint show neither who nor what, so nobody need be known to read them; that is
what makes the ledger one that a stranger can check. What ``/ledger/checkpoint`` has said can be fetched from
then on: a tile as wide as it was at any earlier size is the present one, cut.
"""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from tearline.facts.errors import Malformed
from tearline.jobs.exporting import public_note
from tearline.ledger.folder import vkeys_text
from tearline.ledger.ledger import Ledger
from tearline.ledger.tiles import ENTRIES, Part, bundle, width
from tearline.node import Node
from tearline.web.guards import FOR_EVER

router = APIRouter(prefix="/ledger")
READ = ["GET", "HEAD"]
NOT_KEPT = {"cache-control": "no-cache"}


@router.api_route("/checkpoint", methods=READ)
def checkpoint(request: Request) -> Response:
    """Cosigned where the node has witnesses; then entries that they have not seen yet are not in it."""
    note = public_note(request.app.state.node, request.app.state.witnesses)
    return PlainTextResponse(note, headers=NOT_KEPT)


@router.api_route("/vkey", methods=READ)
def vkey(request: Request) -> Response:
    """The log's key, then its witnesses'. Whoever trusts them because they stood here trusts this site."""
    node: Node = request.app.state.node
    return PlainTextResponse(vkeys_text([node.ledger.vkey, *request.app.state.witnesses]), headers=NOT_KEPT)


@router.api_route("/tile/{_path:path}", methods=READ)
def tile(request: Request) -> Response:
    node: Node = request.app.state.node
    try:
        # As it was sent: the router's own pattern would let a newline at the end pass.
        part = Part.parse(request.scope["path"].rpartition("/ledger/")[2])
    except Malformed:
        return _nothing()
    data = _bytes_of(node.ledger, part)
    if data is None:
        return _nothing()
    return Response(data, media_type="application/octet-stream", headers={"cache-control": FOR_EVER})


def _bytes_of(ledger: Ledger, part: Part) -> bytes | None:
    """What the path names, if the ledger has come so far. What it has once, it has for ever."""
    if part.width > width(ledger.size(), part.level, part.index):
        return None
    if part.level == ENTRIES:
        return bundle(ledger.leaves(part.first, part.first + part.width))
    return ledger.tile(part.level, part.index, part.width)


def _nothing() -> Response:
    return PlainTextResponse("not found\n", 404)
