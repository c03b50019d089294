"""Checks of what a node recorded, and of who else holds it: ledger, second store, witnesses, backups, keys."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tearline.config import Settings
from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import about
from tearline.facts.keys import KeyPurpose, NodeKeyIntroduced
from tearline.facts.retention import KeyBackupDestroyed, KeyBackupMade
from tearline.facts.words import Words
from tearline.jobs.checkup.finding import Finding, days, failed, fine, same, to_look_at
from tearline.jobs.publication import witnesses_of
from tearline.ledger.behind import check_not_behind
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.proof import Proof
from tearline.node import Node

TAIL = 64
"""How many of the latest entries are proved; `tearline ledger check` proves all."""
OLD_KEY = timedelta(days=730)
"""NIST SP 800-57 Part 1 Rev. 5, table 1: one to three years for a private signature key."""
OLD_BACKUP = timedelta(days=35)
"""A key backup expires after 30 days unless its maker said otherwise."""
REMINDED = timedelta(days=30)
"""How long after a key backup expired one is told to destroy it."""
SECONDS = 5.0
NOTHING_TO_DO_ALONE = Words(
    "Stop the node, keep every copy, and see docs/operations.md.",
    "Detenga el nodo, conserve todas las copias y vea docs/operations.md.",
)


def tail(node: Node) -> Iterator[Finding]:
    """Whether the latest entries stand under the checkpoint that the log key signed."""
    ledger = node.ledger
    size = ledger.size()
    for position in range(max(0, size - TAIL), size):
        Proof.parse(ledger.prove(position)).verify(ledger.entry(position).leaf, ledger.vkey)
    shown = min(size, TAIL)
    yield fine(
        "ledger",
        f"The last {shown} of {size} entries stand under the signed checkpoint.",
        f"Los últimos {shown} de {size} asientos están bajo el punto de control firmado.",
    )


def clock(node: Node, now: datetime) -> Iterator[Finding]:
    """Whether this machine's clock is behind the latest fact: what is recorded would bear that fact's time."""
    size = node.ledger.size()
    last = node.ledger.entry(size - 1).recorded.recorded_at if size else now
    if last > now:
        yield failed(
            "clock",
            Words(
                f"This machine's clock is {(last - now).total_seconds():.0f} s behind the latest fact.",
                f"El reloj de esta máquina está {(last - now).total_seconds():.0f} s detrás del último hecho.",
            ),
            Words(
                "Set the clock before anything is recorded; if the fact's time is wrong, have that recorded.",
                "Ajuste el reloj antes de registrar nada; si la hora del hecho es la errónea, deje constancia de ello.",
            ),
        )
    else:
        yield fine(
            "clock", "The clock is not behind the latest fact.", "El reloj no está detrás del último hecho."
        )


def second_store(node: Node) -> Iterator[Finding]:
    """Whether the second store is there and the ledger is not behind it."""
    if node.published is None:
        return
    try:
        check_not_behind(node.ledger, node.published)
    except Broken as behind:
        yield failed("second-store", same(str(behind)), NOTHING_TO_DO_ALONE)
    else:
        yield fine(
            "second-store",
            f"The ledger is not behind {node.published.folder}.",
            f"El registro no está detrás de {node.published.folder}.",
        )


def witnesses(node: Node, settings: Settings) -> Iterator[Finding]:
    """How much of the ledger the witnesses have cosigned, as the second store holds it."""
    if not settings.witnesses or not settings.quorum:
        yield to_look_at(
            "witnesses",
            Words(
                "No witness has to cosign: nobody outside would notice a rewritten ledger.",
                "Ningún testigo tiene que refrendar: nadie fuera notaría un registro reescrito.",
            ),
            Words("See docs/witnesses.md.", "Vea docs/witnesses.md."),
        )
        return
    held = node.published.read() if node.published else None
    covered = Checkpoint.parse(Note.parse(held).text).size if held else 0
    behind = node.ledger.size() - covered
    said = Words(
        f"The witnesses' last cosigned checkpoint is {behind} entries behind.",
        f"El último punto de control refrendado está {behind} asientos atrás.",
    )
    if behind > 0:
        do = Words(
            "Is the site running? It publishes. Else: tearline ledger publish; and --network says who is silent.",
            "¿Funciona el sitio? Él publica. Si no: tearline ledger publish; --network dice quién calla.",
        )
        yield to_look_at("witnesses", said, do)
    else:
        yield fine("witnesses", said.en, said.es)


def witnesses_asked(node: Node, settings: Settings) -> Iterator[Finding]:
    """Which witnesses answer, and how far each is; asked over the network."""
    size, answering = node.ledger.size(), 0
    with witnesses_of(settings) as remotes:
        for remote in remotes:
            name = remote.vkey.name
            held = remote.held(node.ledger.vkey, seconds=SECONDS)
            check = f"witness {name}"
            if held is None:
                yield to_look_at(
                    check,
                    Words(
                        "It shows no checkpoint of this log.",
                        "No muestra ningún punto de control de este registro.",
                    ),
                    Words(
                        "Ask who runs it; they may not trust this log's key yet.",
                        "Pregunte a quien lo opera; quizá aún no acepta la clave de este registro.",
                    ),
                )
            elif held.size > size:
                yield failed(
                    check,
                    Words(
                        f"It holds {held.size} entries, this ledger has {size}.",
                        f"Tiene {held.size} asientos; este registro, {size}.",
                    ),
                    NOTHING_TO_DO_ALONE,
                )
            else:
                answering += 1
                yield fine(
                    check,
                    f"It answers, {size - held.size} entries behind.",
                    f"Responde, {size - held.size} asientos atrás.",
                )
    if answering < settings.quorum:
        yield failed(
            "quorum",
            Words(
                f"{answering} witnesses answer, {settings.quorum} have to cosign.",
                f"Responden {answering} testigos; deben refrendar {settings.quorum}.",
            ),
            Words(
                "Releases that ask for witnesses wait until enough answer.",
                "Las entregas que piden testigos esperan hasta que respondan suficientes.",
            ),
        )


def backups(node: Node, now: datetime) -> Iterator[Finding]:
    """How old the newest key backup is, and which ought to be gone."""
    kept = node.ledger.read(about(kinds=(KeyBackupMade, KeyBackupDestroyed)))
    gone = {r.fact.backup for r in kept.of(KeyBackupDestroyed)}
    made = [r for r in kept.of(KeyBackupMade) if r.fact.backup not in gone]
    live = [r for r in made if r.fact.expires > now]
    wrapping = node.ledger.keys.wrapping
    if live:
        age = days(now - max(r.recorded_at for r in live))
        yield _aged(age)
    elif wrapping is not None and wrapping.outside:
        yield fine(
            "backups",
            "A key store holds the wrapping key.",
            "Un almacén de claves guarda la clave de envoltura.",
        )
    else:
        yield to_look_at(
            "backups",
            Words(
                "No key backup is on record that may still be used.",
                "No consta ninguna copia de claves que aún pueda usarse.",
            ),
            Words(
                "tearline backup FILE; without one, a lost disk loses every sealed field.",
                "tearline backup ARCHIVO; sin una, un disco perdido pierde todo campo sellado.",
            ),
        )
    ended = [r for r in made if now - REMINDED < r.fact.expires <= now]
    if ended:
        yield _expired(len(ended))


def _aged(age: int) -> Finding:
    said = Words(
        f"The newest key backup on record is {age} days old.",
        f"La copia de claves más reciente que consta tiene {age} días.",
    )
    if timedelta(days=age) > OLD_BACKUP:
        return to_look_at(
            "backups",
            said,
            Words("Make a new one: tearline backup FILE.", "Haga una nueva: tearline backup ARCHIVO."),
        )
    return fine("backups", said.en, said.es)


def _expired(n: int) -> Finding:
    return to_look_at(
        "expired-backups",
        Words(
            f"{n} key backups expired in the last {REMINDED.days} days.",
            f"{n} copias de claves vencieron en los últimos {REMINDED.days} días.",
        ),
        Words(
            "Destroy the files if they are still there: what was purged since can be read with them.",
            "Destruya los archivos si aún existen: con ellos se puede leer lo suprimido desde entonces.",
        ),
    )


def keys(node: Node, now: datetime) -> Iterator[Finding]:
    """How long the node's signing keys have been in use."""
    introduced = node.ledger.read(about(kinds=(NodeKeyIntroduced,))).of(NodeKeyIntroduced)
    for purpose in KeyPurpose:
        of_it = [r.recorded_at for r in introduced if r.fact.purpose is purpose]
        if not of_it:
            continue
        check, age = f"{purpose.value}-key", now - max(of_it)
        said = Words(f"In use for {days(age)} days.", f"En uso desde hace {days(age)} días.")
        if age > OLD_KEY:
            do = Words(
                f"Replace it: tearline keys rotate {purpose.value}.",
                f"Reemplácela: tearline keys rotate {purpose.value}.",
            )
            yield to_look_at(check, said, do)
        else:
            yield fine(check, said.en, said.es)


def not_opened(error: Exception) -> Finding:
    """The node did not open."""
    match error:
        case TimeoutError():
            check, do = (
                "database",
                Words(
                    "Start the database, or see who holds it.",
                    "Inicie la base de datos o vea quién la tiene ocupada.",
                ),
            )
        case Malformed():
            check, do = "node", Words("Mend what the line names.", "Corrija lo que dice la línea.")
        case _:
            check, do = "ledger", NOTHING_TO_DO_ALONE
    return failed(check, same(str(error)), do)
