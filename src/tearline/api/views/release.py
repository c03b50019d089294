"""The release room: items, requests with standing and verdicts, releases, disclosures outside the protocol, copies."""

from tearline.api.route import PAGING, View, choice, flag
from tearline.api.schemas import TIME, many, maybe, one_of, record, ref, text, worded
from tearline.api.views.copies import COPY, all_copies, all_disclosures, one_copy, one_disclosure
from tearline.api.views.items import DISSENTED, WARNED, all_items, one_item
from tearline.api.views.ledger import NEXT, listed
from tearline.api.views.requests import EFFECT, REQUEST_ROW, State, all_requests, one_request
from tearline.api.views.verdicts import Replay, one_verdict
from tearline.api.views.weighed import WEIGHED, WEIGHING, options
from tearline.facts.history import Role
from tearline.facts.release import (
    DisclosureRecorded,
    ItemRegistered,
    SignOffLine,
)
from tearline.facts.words import Words
from tearline.web.policy import READERS

FACTS = many(ref("Fact"))


PARTNERS_TOO = READERS | {Role.PARTNER_LIAISON}


VIEWS = (
    View(
        path="/items",
        name="Items",
        words=Words("Items of intelligence", "Elementos de inteligencia"),
        answer=listed("items", ItemRegistered),
        read=all_items,
        query=PAGING,
    ),
    View(
        path="/items/{item}",
        name="OneItem",
        words=Words(
            "One item: what is known of it, warned of, dissented from, and where it went",
            "Un elemento: qué se sabe, qué se advirtió, quién disintió y a dónde fue",
        ),
        answer=record(
            {
                "item": ref("ItemRegistered"),
                "lineage": many(text()),
                "warnings": many(ref("Warned")),
                "dissents": many(ref("Dissented")),
                "threats": many(
                    record(
                        {
                            "assessed": ref("ThreatAssessed"),
                            "warned": maybe(ref("PeopleWarned")),
                            "waived": maybe(ref("WarningWaived")),
                        }
                    )
                ),
                "requests": many(ref("ReleaseRequested")),
                "releases": many(ref("ItemReleased")),
                "disclosures": many(ref("DisclosureRecorded")),
                "owed": many(ref("Obligation")),
                "facts": FACTS,
                "read_by": maybe(
                    many(ref("SealedFieldsRead"))
                    | worded(
                        Words(
                            "Who read of its sealed fields, the latest first; null for whom that is not told",
                            "Quién leyó de sus campos sellados, lo último primero; null a quien no se le dice",
                        )
                    )
                ),
            }
        ),
        read=one_item,
        timed=True,
        page=("/items/{item}",),
    ),
    View(
        path="/requests",
        name="Requests",
        words=Words(
            "Release requests, and where each stands", "Solicitudes de divulgación y cómo está cada una"
        ),
        answer=record({"requests": many(ref("RequestRow")), "next": NEXT}),
        read=all_requests,
        query=(choice("state", Words("Only those", "Solo estas"), State), *PAGING),
        page=("/releases",),
    ),
    View(
        path="/requests/{request}",
        name="OneRequest",
        words=Words(
            "One request: the verdict and why, who will really see it, who signed, what came of it",
            "Una solicitud: el veredicto y por qué, quién lo verá de verdad, quién firmó, qué fue de ella",
        ),
        answer=record(
            {
                "request": ref("ReleaseRequested"),
                "standing": maybe(ref("RequestStanding")),
                "sign_offs": many(ref("ReleaseSignedOff")),
                "awaited": many(one_of(SignOffLine)),
                "chains": many(ref("Chain")),
                "warnings": many(ref("Warned")),
                "dissents": many(ref("Dissented")),
                "figured": maybe(ref("ExposureFigured")),
                "verdicts": many(ref("VerdictReached")),
                "released": maybe(ref("ItemReleased")),
                "in_effect": maybe(ref("InEffect")),
                "copies": many(ref("CopyReleased")),
                "receipts": many(ref("CopyReceived")),
                "review": maybe(
                    record(
                        {
                            "expedited": ref("ReleaseExpedited"),
                            "due": TIME,
                            "review": maybe(ref("ReleaseReviewed")),
                        }
                    )
                ),
                "owed": many(ref("Obligation")),
            }
        ),
        read=one_request,
        query=(
            flag("cures", Words("Also what would cure the holds", "También qué subsanaría las retenciones")),
        ),
        timed=True,
        page=("/releases/{request}",),
    ),
    View(
        path="/requests/{request}/options",
        name="RequestOptions",
        words=Words(
            "Ways to release what was asked for, weighed beside each other",
            "Formas de divulgar lo solicitado, sopesadas una junto a otra",
        ),
        answer=record({"options": maybe(many(ref("Weighed")))}),
        read=options,
        roles=WEIGHING,
        page=("/releases/{request}/options",),
    ),
    View(
        path="/requests/{request}/verdicts/{position}",
        name="OneVerdict",
        words=Words(
            "One recorded verdict, rule by rule, and whether it replays",
            "Un veredicto registrado, regla por regla, y si se reproduce",
        ),
        answer=record(
            {
                "verdict": ref("VerdictReached"),
                "standing": ref("RequestStanding"),
                "replay": one_of(Replay),
            }
        ),
        read=one_verdict,
        page=("/releases/{request}/verdicts/{entry}",),
    ),
    View(
        path="/disclosures",
        name="Disclosures",
        words=Words("What was given outside the protocol", "Lo que se dio fuera del protocolo"),
        answer=listed("disclosures", DisclosureRecorded),
        read=all_disclosures,
        query=PAGING,
        page=("/releases",),
    ),
    View(
        path="/disclosures/{release}",
        name="OneDisclosure",
        words=Words(
            "One disclosure outside the protocol, and what the protocol would have said",
            "Una divulgación fuera del protocolo y lo que este habría dicho",
        ),
        answer=record(
            {
                "disclosure": ref("DisclosureRecorded"),
                "justified": many(ref("DisclosureJustified")),
                "would_have_been": maybe(ref("RequestStanding")),
                "chains": many(ref("Chain")),
                "warnings": many(ref("Warned")),
                "dissents": many(ref("Dissented")),
                "compromises": many(ref("CompromiseReported")),
                "owed": many(ref("Obligation")),
            }
        ),
        read=one_disclosure,
        timed=True,
        page=("/disclosures/{release}",),
    ),
    View(
        path="/copies",
        name="Copies",
        words=Words("Copies; to the partner's side, its own", "Copias; a la parte del socio, las suyas"),
        answer=record({"copies": many(ref("Copy")), "next": NEXT}),
        read=all_copies,
        roles=PARTNERS_TOO,
        query=PAGING,
        timed=True,
        page=("/releases",),
    ),
    View(
        path="/copies/{copy}",
        name="OneCopy",
        words=Words("One copy, and its receipt", "Una copia y su acuse"),
        answer=ref("Copy"),
        read=one_copy,
        roles=PARTNERS_TOO,
        timed=True,
        page=("/copies/{copy}",),
    ),
)


SHARED = {
    "Weighed": WEIGHED,
    "Warned": WARNED,
    "Dissented": DISSENTED,
    "InEffect": EFFECT,
    "RequestRow": REQUEST_ROW,
    "Copy": COPY,
}
