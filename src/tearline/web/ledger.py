"""The ledger as anyone on our side can check it: the checkpoint, the entries, and each entry's proof."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.jobs.exporting import public_note
from tearline.ledger.ledger import Entry
from tearline.ledger.note import open_checkpoint, open_cosigned
from tearline.ledger.sdjwt import payload_of
from tearline.web import logs, purges
from tearline.web.access import ALL
from tearline.web.places import entry_of, page_of
from tearline.web.show import Shown, rows
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    position: int
    title: str
    telling: str | None
    meta: list[tuple[str, ...]]
    fields: list[tuple[str, Shown]]
    leaf: str
    blinding: str
    payload: str
    jws: str
    proof: str
    about: str | None
    before: str | None
    after: str | None


@router.get("/ledger")
def ledger(visit: Visiting) -> Response:
    held = visit.node.ledger
    note = held.checkpoint()
    checkpoint = open_checkpoint(note, held.vkey)
    last = _before(visit, checkpoint.size)
    entries = _recent(visit, last) if visit.access.inside else []
    return visit.page(
        "ledger/list.html",
        note=note,
        size=visit.say.number(checkpoint.size),
        root=checkpoint.root.hex(),
        origin=checkpoint.origin,
        vkey=str(held.vkey),
        entries=entries,
        published=_published(visit),
        logs=logs.listed(visit),
        purges=purges.listed(visit),
        older=f"/ledger?before={last - A_PAGE}" if last > A_PAGE and visit.access.inside else None,
    )


def _published(visit: Visit) -> tuple[str, list[tuple[str, str]]] | None:
    """How far the published checkpoint reaches, and which witnesses cosigned it when; None where none is asked."""
    say, witnesses = visit.say, visit.request.app.state.witnesses
    if not witnesses:
        return None
    cosigned = open_cosigned(public_note(visit.node, witnesses), visit.node.ledger.vkey, witnesses)
    at = {key: say.moment(datetime.fromtimestamp(seconds, UTC)) for key, seconds in cosigned.at.items()}
    rows = [(key.name, at.get(key, say("has not cosigned it"))) for key in witnesses]
    return say.many("%(n)s entry", "%(n)s entries", cosigned.checkpoint.size), rows


def _before(visit: Visit, size: int) -> int:
    asked = visit.request.query_params.get("before", "")
    return min(size, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 16 else size


def _recent(visit: Visit, before: int) -> list[list[object]]:
    say = visit.say
    found: list[list[object]] = []
    for position in reversed(range(max(0, before - A_PAGE), before)):
        recorded = visit.node.ledger.entry(position).recorded
        if visit.access.hides(recorded):
            continue
        found.append(
            [
                (say.number(position), entry_of(recorded)),
                say(type(recorded.fact).in_words),
                say(recorded.by.role),
                say.moment(recorded.recorded_at),
                say.telling(recorded.told.telling) if recorded.told else "—",
            ]
        )
    return found


def _position(visit: Visit) -> int:
    visit.own_side()
    text = str(visit.request.path_params["position"])
    if not (text.isascii() and text.isdigit() and len(text) < 16) or int(text) >= visit.node.ledger.size():
        raise absent()
    if visit.access.others and visit.access.hides(visit.node.ledger.entry(int(text)).recorded):
        raise absent()
    return int(text)


@router.get("/ledger/entries/{position}")
def one_entry(visit: Visiting) -> Response:
    position = _position(visit)
    held = visit.node.ledger
    entry = held.entry(position, opening=visit.access.opening)
    if entry.recorded.told:
        entry = held.entry(position, opening=ALL)
    recorded = visit.shown(visit.access.cut(History((entry.recorded,), position))).facts[0]
    return visit.page(
        "ledger/entry.html",
        page=view(visit.say, entry, recorded, proof=held.prove(position), size=held.size()),
    )


@router.get("/ledger/entries/{position}/proof")
def one_proof(visit: Visiting) -> Response:
    position = _position(visit)
    name = f'attachment; filename="tearline-{position}.tlog-proof"'
    return PlainTextResponse(visit.node.ledger.prove(position), headers={"content-disposition": name})


@router.get("/ledger/entries/{position}/fact")
def one_fact(visit: Visiting) -> Response:
    """The signed fact's exact bytes: clear fields, and digests of the sealed ones."""
    position = _position(visit)
    jws = visit.node.ledger.entry(position).jws
    name = f'attachment; filename="tearline-{position}.jws"'
    return PlainTextResponse(jws.decode("ascii"), headers={"content-disposition": name})


def view(say: Tongue, entry: Entry, recorded: Recorded[Fact], *, proof: str, size: int) -> EntryView:
    position = recorded.position
    told = recorded.told
    where = page_of(recorded)
    meta: list[tuple[str, ...]] = [
        (say("Happened"), say.happened(recorded)),
        (say("Recorded"), say.moment(recorded.recorded_at)),
        (say("By"), f"{recorded.by.person}, {say(recorded.by.role)}"),
        (say("Reference"), recorded.ref),
    ]
    if told:
        meta += [(say("Known in the telling"), say.moment(told.known_at, recorded.precision))]
        meta += [(say("Rests on"), told.rests_on)] if told.rests_on else []
    return EntryView(
        position=position,
        title=say(type(recorded.fact).in_words),
        telling=told.telling if told else None,
        meta=meta,
        fields=rows(say, recorded.fact),
        leaf=entry.leaf.hex(),
        blinding=b64encode(entry.blinding).decode("ascii"),
        payload=_payload(entry.jws),
        jws=entry.jws.decode("ascii"),
        proof=proof,
        about=where if where != entry_of(recorded) else None,
        before=f"/ledger/entries/{position - 1}" if position else None,
        after=f"/ledger/entries/{position + 1}" if position + 1 < size else None,
    )


def _payload(jws: bytes) -> str:
    """The signed claims, set out for reading."""
    return json.dumps(payload_of(jws), ensure_ascii=False, indent=2)
