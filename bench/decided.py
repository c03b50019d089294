"""End to end in one process, 64 clients that each wait for their durable answer: ``python -m bench decided``.

A client's order on a ready dossier: the person's Ed25519 signature over the act is verified, the protocol gives its
verdict on the dossier of a chain of ten, and the request and its verdict (two facts, five sealed fields, the dossier
among them) are signed, sealed and appended under a conflict check. The second table assembles the dossier from facts
first, as ``Node.record`` does: see ``bench/request.py`` for that with one client.
"""

import hashlib
import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench.request import many_clients
from bench.worlds import AGENT, fresh_node, item, populate, request
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, about
from tearline.facts.release import Effect, VerdictReached
from tearline.ledger import personal
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.prepared import Prepared
from tearline.ledger.sdjwt import thumbprint
from tearline.node import shipped_protocols
from tearline.protocol import Pack, read_dossier

ORIGIN = "tearline.example/bench"
CLIENTS = 64
EACH = 40
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What a client sends: facts with their salts, and the signature over their challenge."""

    number: int
    prepared: Prepared
    statements: tuple[bytes, ...]
    signature: bytes


def stated(prepared: Prepared) -> tuple[bytes, ...]:
    """What a person signs of these facts."""
    return tuple(personal.statement_of(one) for one in prepared.stated(ORIGIN))


def ready_dossier() -> tuple[str, VerdictReached]:
    """A dossier of a chain of ten as a node assembled it, and the verdict it recorded on it."""
    with fresh_node() as node:
        populate(node, chain=10)
        appended = node.record(request(0, item(0)))
        history = node.ledger.read(about("request:request-0"), opening=frozenset(Compartment))
        (verdict,) = history.of(VerdictReached)
        assert appended.position == node.ledger.size()
        return verdict.fact.dossier.open(), verdict.fact


class World:
    """A ledger, a protocol, a dossier, and a person who signs."""

    def __init__(self, url: str) -> None:
        self.ledger = Ledger.make(url, NodeKeys.new(ORIGIN), lambda: datetime.now(UTC))
        self.text, self.verdict = ready_dossier()
        self.pack: Pack = shipped_protocols()[self.verdict.protocol]
        self.dossier = read_dossier(json.loads(self.text), file="dossier", parameters=self.pack.parameters)
        self.private = Ed25519PrivateKey.generate()
        self.public: Ed25519PublicKey = self.private.public_key()
        self.key = thumbprint(self.public)

    def order(self, n: int) -> Order:
        """A client's signed order, made before the clock starts."""
        asked = request(n, item(0)).command
        draft = Draft(fact=asked.fact, happened_at=datetime.now(UTC), by=AGENT)  # type: ignore[attr-defined]  # it says one fact
        prepared = self.ledger.prepare([draft], after=0)
        statements = stated(prepared)
        return Order(n, prepared, statements, self.private.sign(personal.challenge_of(statements)))

    def serve(self, order: Order) -> None:
        """Verify, decide, sign, seal, append; durable when it returns."""
        personal.verify_challenge(personal.challenge_of(order.statements), order.signature, self.public)
        assert stated(order.prepared) == order.statements
        verdict = self.pack.decide(self.dossier)
        salt = os.urandom(16).hex()
        reached = VerdictReached(
            request=order.prepared.facts[0].encoded.clear["request"],  # type: ignore[arg-type]  # an identifier
            item=self.verdict.item,
            effect=Effect(verdict.effect.value),
            protocol=verdict.pack,
            protocol_sha256=verdict.sha256,
            engine=verdict.engine,
            dossier_sha256=hashlib.sha256((salt + self.text).encode()).hexdigest(),
            salt=Sealed(salt),
            dossier=Sealed(self.text),
            rules=Sealed(tuple(m.rule.id for m in verdict.matched)),
            owed=Sealed(()),
        )
        follows = self.ledger.prepare([Draft(fact=reached, happened_at=datetime.now(UTC), by=AGENT)], after=0)
        claims = [one.claim() for one in personal.claims(order.statements, self.key, order.signature)]
        self.ledger.append(
            Prepared((*order.prepared.facts, *follows.facts), 0),
            unless=about(f"request:request-{order.number}"),
            after=0,
            key=f"order-{order.number}",
            signed=[*claims, {}],
        )


def clients(act: Callable[[int], None]) -> tuple[float, list[float]]:
    """Seconds for all, and each client's waits."""
    waits: list[float] = []
    gate = threading.Barrier(CLIENTS + 1)

    def client(c: int) -> None:
        gate.wait()
        for k in range(EACH):
            began = time.perf_counter()
            act(c * EACH + k)
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client, args=(c,)) for c in range(CLIENTS)]
    for one in threads:
        one.start()
    gate.wait()
    began = time.perf_counter()
    for one in threads:
        one.join()
    return time.perf_counter() - began, waits


def run() -> None:
    """Print the figures."""
    print(f"{CLIENTS} waiting clients, {EACH} orders each; load average {os.getloadavg()[0]:.2f}")
    with TemporaryDirectory() as folder:
        world = World(f"sqlite:///{Path(folder) / 'ledger.db'}")
        rates, each, p99s = [], [], []
        for r in range(ROUNDS):
            first = r * CLIENTS * EACH
            orders = [world.order(first + n) for n in range(CLIENTS * EACH)]
            took, waits = clients(lambda n, orders=orders: world.serve(orders[n]))  # type: ignore[misc]  # a default keeps the value
            rates.append(len(waits) / took)
            each += waits
            p99s.append(statistics.quantiles(waits, n=100)[98])
        print(
            f"ready dossier of {len(world.text)} B: {statistics.median(rates):.0f} orders/s"
            f" ({min(rates):.0f} to {max(rates):.0f} in {ROUNDS} rounds), {2 * statistics.median(rates):.0f} facts/s;"
            f" wait median {1e3 * statistics.median(each):.0f} ms,"
            f" p99 {1e3 * statistics.median(p99s):.0f} ms ({1e3 * min(p99s):.0f} to {1e3 * max(p99s):.0f})"
        )
        world.ledger.audit()
        world.ledger.close()
    print("dossier assembled from facts:")
    many_clients(10)


if __name__ == "__main__":
    run()
