"""The record itself: who I am, facts, their proofs, the checkpoint, partners' logs, worked cases."""

from base64 import b64encode
from datetime import UTC, datetime

from tearline.api import route, schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.route import PAGING, View
from tearline.api.schemas import flag, instant, many, maybe, one_of, record, ref, text, whole
from tearline.facts import vocabulary
from tearline.facts.admission import Scope
from tearline.facts.fact import KINDS, Compartment, Fact
from tearline.facts.history import Clause, Question, Role, about
from tearline.facts.identifiers import LogId
from tearline.facts.oversight import TellingOpened
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.logs import LOG_KINDS, PartnerLog, partner_logs
from tearline.jobs.exporting import public_note
from tearline.ledger.note import open_checkpoint, open_cosigned
from tearline.signin.identity import Way
from tearline.web.policy import CHECKERS, PEOPLE

KIND_NAMES = sorted(kind.__name__ for kind in vocabulary.kinds())
TAG = "^[a-z_]{1,40}:[A-Za-z0-9._-]{1,90}$"
FACT = ref("Fact")


def me(reading: Reading) -> dict[str, Json]:
    who, access = reading.identity, reading.access
    return {
        "person": who.person,
        "role": who.role.value,
        "roles": [*(role.value for role in who.roles)],
        "way": who.way.value,
        "scopes": [*sorted(scope.value for scope in who.scopes)],
        "opens": [*sorted(c.value for c in access.opening)],
        "demonstration": reading.node.demo,
        "node": reading.node.ledger.vkey.name,
    }


def facts(reading: Reading) -> dict[str, Json]:
    kind, tag = reading.text("kind"), reading.text("tag")
    question = None
    if kind or tag:
        kinds = frozenset({kind} if kind else ())
        question = Question(frozenset({Clause(kinds, frozenset({tag} if tag else ()))}))
    return reading.facts("facts", question)


def _position(reading: Reading) -> int:
    said = reading.path["position"]
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise absent()
    return int(said)


def one_fact(reading: Reading) -> dict[str, Json]:
    return tell(reading.entry(_position(reading)))


def one_proof(reading: Reading) -> dict[str, Json]:
    position, ledger = _position(reading), reading.node.ledger
    reading.entry(position)  # absent to who may not read it
    entry = ledger.entry(position)
    return {
        "position": position,
        "leaf": entry.leaf.hex(),
        "blinding": b64encode(entry.blinding).decode("ascii"),
        "fact": entry.jws.decode("ascii"),
        "proof": ledger.prove(position),
    }


def checkpoint(reading: Reading) -> dict[str, Json]:
    ledger = reading.node.ledger
    note = ledger.checkpoint()
    opened = open_checkpoint(note, ledger.vkey)
    return {
        "origin": opened.origin,
        "size": opened.size,
        "root": opened.root.hex(),
        "note": note,
        "vkey": str(ledger.vkey),
        "published": _published(reading),
        "tiles": "/ledger/tile/",
    }


def _published(reading: Reading) -> Json:
    """The checkpoint that outsiders are shown, and which witnesses cosigned it when; None where none is asked."""
    witnesses = reading.served.witnesses
    if not witnesses:
        return None
    note = public_note(reading.node, witnesses)
    cosigned = open_cosigned(note, reading.node.ledger.vkey, witnesses)
    at = {key: moment(datetime.fromtimestamp(seconds, UTC)) for key, seconds in cosigned.at.items()}
    return {
        "size": cosigned.checkpoint.size,
        "note": note,
        "witnesses": [{"name": key.name, "cosigned_at": at.get(key)} for key in witnesses],
    }


def logs(reading: Reading) -> dict[str, Json]:
    known = reading.read(about(kinds=LOG_KINDS))
    return {"logs": [_log(log) for log in partner_logs(known).values()]}


def one_log(reading: Reading) -> dict[str, Json]:
    name = LogId(reading.identifier("log"))
    log = partner_logs(reading.read(about(kinds=LOG_KINDS))).get(name)
    if log is None:
        raise absent()
    return {
        **_log(log),
        "latest": tell_maybe(log.latest),
        "unproven": tell_all(log.unproven),
        "forks": tell_all(log.forks),
    }


def _log(log: PartnerLog) -> dict[str, Json]:
    return {
        "log": log.named.fact.log,
        "named": tell(log.named),
        "keys": list(log.vkeys),
        "size": log.latest.fact.checkpoint.size if log.latest else None,
        "stopped_by": tell_maybe(log.stop),
        "watched": log.watched,
    }


def tellings(reading: Reading) -> dict[str, Json]:
    return reading.facts("tellings", about(kinds=(TellingOpened,)))


def one_telling(reading: Reading) -> dict[str, Json]:
    name = reading.identifier("telling")
    opened = reading.read(about(kinds=(TellingOpened,)))
    found = next((r for r in opened.of(TellingOpened) if r.fact.telling == name), None)
    if found is None:
        raise absent()
    return {"telling": tell(found)}


NEXT = maybe(
    text(
        Words(
            "The next page's address; null at the end", "La dirección de la página siguiente; null al final"
        )
    )
)


def listed(name: str, *kinds: type[Fact]) -> schemas.Schema:
    """A page of a list of facts of these kinds; of any kind when none is named."""
    names = [kind.__name__ for kind in kinds]
    one = FACT if not names else ref(names[0]) if len(names) == 1 else schemas.any_of(*names)
    return record({name: many(one), "next": NEXT})


_LOG = {
    "log": text(),
    "named": ref("PartnerLogNamed"),
    "keys": many(text()),
    "size": maybe(whole(Words("Entries that fit", "Entradas que encajan"))),
    "stopped_by": maybe({"oneOf": [ref("ForkEvidence"), ref("ConsistencyUnproven")]}),
    "watched": flag(),
}

VIEWS = (
    View(
        path="/me",
        name="Me",
        words=Words("Who I am here, and what I open", "Quién soy aquí y qué abro"),
        answer=record(
            {
                "person": text(),
                "role": one_of(Role),
                "roles": many(one_of(Role)),
                "way": one_of(Way),
                "scopes": many(one_of(Scope)),
                "opens": many(one_of(Compartment)),
                "demonstration": flag(),
                "node": text(Words("The name of the node's log", "El nombre del registro del nodo")),
            }
        ),
        read=me,
        roles=PEOPLE,
    ),
    View(
        path="/facts",
        name="Facts",
        words=Words(
            "The record, in the order of the ledger: all of it, or by kind and tag (everything about one thing)",
            "El registro, en su orden: todo, o por tipo y etiqueta (todo sobre una cosa)",
        ),
        answer=listed("facts"),
        read=facts,
        roles=CHECKERS,
        query=(
            route.Parameter(
                name="kind",
                words=Words("Of this kind only", "Solo de este tipo"),
                shape=route.Named(KINDS),
                schema={"type": "string", "enum": list(KIND_NAMES)},
                example="ItemRegistered",
            ),
            route.text(
                "tag",
                Words("About this thing only, such as item:practice.item-1", "Solo sobre esta cosa"),
                limit=140,
                pattern=TAG,
                example="item:practice.item-1",
            ),
            *PAGING,
        ),
        page=tuple(
            f"/{things}/activity"
            for things in (
                "items/{item}",
                "releases/{request}",
                "people/{person}",
                "units/{unit}",
                "agreements/{agreement}",
            )
        ),
    ),
    View(
        path="/facts/{position}",
        name="OneFact",
        words=Words("One fact, by its position", "Un hecho, por su posición"),
        answer=FACT,
        read=one_fact,
        roles=PEOPLE,
        page=("/ledger/entries/{position}",),
    ),
    View(
        path="/facts/{position}/proof",
        name="Proof",
        words=Words(
            "The receipt of a fact: its signed bytes, its leaf, and the proof that the leaf stands in the log",
            "El recibo de un hecho: sus bytes firmados, su hoja y la prueba de que la hoja consta en el registro",
        ),
        answer=record(
            {
                "position": whole(),
                "leaf": text(Words("The leaf, in hexadecimal", "La hoja, en hexadecimal")),
                "blinding": text(Words("Its blinding, in base64", "Su cegado, en base64")),
                "fact": text(
                    Words(
                        "The signed fact (JWS, the issuer-signed part of an SD-JWT)", "El hecho firmado (JWS)"
                    )
                ),
                "proof": text(
                    Words("The proof (C2SP tlog-proof)", "La prueba (C2SP tlog-proof)"),
                ),
            }
        ),
        read=one_proof,
        roles=PEOPLE,
        page=("/ledger/entries/{position}/proof", "/ledger/entries/{position}/fact"),
    ),
    View(
        path="/ledger/checkpoint",
        name="Checkpoint",
        words=Words("How far the ledger reaches, signed", "Hasta dónde llega el registro, firmado"),
        answer=record(
            {
                "origin": text(),
                "size": whole(),
                "root": text(),
                "note": text(Words("The signed note (C2SP)", "La nota firmada (C2SP)")),
                "vkey": text(Words("By which it is checked", "Con qué se comprueba")),
                "published": maybe(
                    record(
                        {
                            "size": whole(),
                            "note": text(),
                            "witnesses": many(record({"name": text(), "cosigned_at": maybe(instant())})),
                        }
                    )
                ),
                "tiles": text(Words("Where the tiles are served", "Dónde se sirven los bloques")),
            }
        ),
        read=checkpoint,
        roles=PEOPLE,
        page=("/ledger",),
    ),
    View(
        path="/logs",
        name="Logs",
        words=Words("Partners' logs, and how they stand", "Los registros de los socios y cómo están"),
        answer=record({"logs": many(record(_LOG))}),
        read=logs,
        roles=CHECKERS,
        page=("/ledger",),
    ),
    View(
        path="/logs/{log}",
        name="OneLog",
        words=Words("One partner's log, with its evidence", "El registro de un socio, con sus pruebas"),
        answer=record(
            _LOG
            | {
                "latest": maybe({"oneOf": [ref("CheckpointReceived"), ref("ConsistencyShown")]}),
                "unproven": many(ref("ConsistencyUnproven")),
                "forks": many(ref("ForkEvidence")),
            }
        ),
        read=one_log,
        roles=CHECKERS,
        page=("/ledger/logs/{log}",),
    ),
    View(
        path="/tellings",
        name="Tellings",
        words=Words("Worked cases, each in its tellings", "Casos relatados, cada uno en sus relatos"),
        answer=listed("tellings", TellingOpened),
        read=tellings,
        query=PAGING,
    ),
    View(
        path="/tellings/{telling}",
        name="OneTelling",
        words=Words("One telling of a worked case", "Un relato de un caso"),
        answer=record({"telling": ref("TellingOpened")}),
        read=one_telling,
        page=("/cases/{telling}",),
    ),
)
