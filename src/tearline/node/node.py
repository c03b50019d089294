"""The node: what it reads, decides, records and publishes."""

import secrets
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearline.adopted import KnownProtocols
from tearline.facts.errors import Broken, Conflict, Malformed, Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question
from tearline.facts.identifiers import KeyId
from tearline.facts.words import Language, Words
from tearline.folds.keys import asks_keys_of, keys_of
from tearline.ledger import personal, sentence, webauthn
from tearline.ledger.batch import Appended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.published import Published
from tearline.node.gathering import Gathering
from tearline.node.links import Links
from tearline.node.order import Clock, Order, RefusedAmong
from tearline.node.prepared import (
    NOT_THEIR_SIGNATURE,
    SHOWN_ANEW,
    TO_SIGN,
    TOO_MANY_FACTS,
    Prepared,
    not_too_long,
    verify,
)
from tearline.node.staged import Staged
from tearline.protocol import Pack

PATIENCE = 50
"""How often a command is decided again because a deciding fact arrived meanwhile."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class Node:
    """One agency's node: its ledger, the protocols it knows, its clock, and whether it is a demonstration."""

    def __init__(
        self,
        ledger: Ledger,
        protocols: Mapping[str, Pack],
        clock: Clock = system_clock,
        *,
        demo: bool = False,
        published: Published | None = None,
        data: Path | None = None,
    ) -> None:
        self.demo = demo
        self.data = data
        """Its folder, for what is kept beside the ledger; None where it has none."""
        self.published = published
        self.stopped: str | None = None
        """Why this node records nothing, if it does not."""
        self._noted = ""
        self.ledger = ledger
        self.protocols: Mapping[str, Pack] = KnownProtocols(protocols, lambda: self.ledger)
        """Those given here, and those that were adopted on record, by whatever process."""
        self.clock = clock
        self.links = Links()
        self._gathering = Gathering(ledger, self.links)
        # Deciding is computing, and Python computes one thread at a time: threads that decide in turn leave the
        # interpreter to the one that commits for all. No rule depends on it; the ledger's conflict check does that.
        self._deciding = threading.Lock()

    def published_now(self) -> None:
        """Put what was recorded into the second store, if that is not there yet; on the disk when it returns.

        Broken when it cannot be; the node then records nothing more, because nobody could tell a restored copy
        of it from itself. Witnesses are not asked: see ``jobs.publication``.
        """
        if (
            self.published is None
            or self.stopped is not None
            or self._noted == (note := self.ledger.checkpoint())
        ):
            return
        try:
            self.published.committed(note)
        except Broken as broken:
            self.stopped = str(broken)
            raise
        self._noted = note

    def close(self) -> None:
        """Leave the second store as far as the ledger came, and give back the database's files."""
        try:
            self.published_now()
        finally:
            self.ledger.close()

    def gather(
        self,
        ask: Callable[[History], Question],
        opening: frozenset[Compartment] = frozenset(),
        *,
        named: Hashable = None,
    ) -> tuple[History, Question]:
        """Read, and ask again as more becomes known, until the question no longer widens: see ``gathering``."""
        return self._gathering.gather(ask, opening, named=named)

    def record(self, order: Order, *, key: str | None = None, successor: NodeKeys | None = None) -> Appended:
        """Decide one command and append its facts. Refused: the rules say no. Nothing is recorded then."""
        return self.record_all((order,), key=key, successor=successor)

    def record_all(
        self, orders: Sequence[Order], *, key: str | None = None, successor: NodeKeys | None = None
    ) -> Appended:
        """Decide these commands one after the other, each on what those before it said; all or nothing.

        ``key`` makes a repetition harmless: a submission that returns under it answers what was recorded, and
        decides nothing. It names one submission of its sender and must be fresh for another; to anyone else it is
        refused. A refusal of an order is a ``RefusedAmong``, which says which one. ``successor`` are the keys with
        which the node signs from these facts on, which introduce them.
        """
        if self.stopped is not None:
            raise Broken(self.stopped)
        for _ in range(PATIENCE):
            if key is not None and (earlier := self._recall(key, orders)) is not None:
                return earlier
            with self._deciding:
                staged = Staged(self)
                for n, order in enumerate(orders):
                    try:
                        staged.add(order)
                    except Refused as refused:
                        raise RefusedAmong(n, refused) from refused
            try:
                return self.ledger.append(
                    staged.drafts,
                    unless=staged.question,
                    after=staged.position,
                    key=key or secrets.token_hex(16),
                    purging=staged.purging,
                    successor=successor,
                )
            except Conflict:
                continue
            except Refused:  # the same submission came twice at once, and the other was first
                if key is None or (earlier := self._recall(key, orders)) is None:
                    raise
                return earlier
        raise TimeoutError(f"deciding facts kept arriving: decided {PATIENCE} times, never in time to record")

    def refusals(self, orders: Sequence[Order]) -> dict[int, Refused]:
        """What would be refused of these, decided one after the other without those; nothing is recorded."""
        staged = Staged(self)
        found = {}
        for n, order in enumerate(orders):
            try:
                staged.add(order)
            except Refused as refused:
                found[n] = refused
        return found

    def prepare(self, order: Order, *, key: str | None = None, language: Language = Language.EN) -> Prepared:
        """Decide one command as it would be recorded now, for its person to sign. Nothing is recorded.

        Refused when the rules say no, or this person has no key on record. ``key`` as for ``record``.
        ``language`` is that of the text which is shown to whoever signs with a passkey.
        """
        return self.prepare_all((order,), key=key, language=language)

    def prepare_all(
        self, orders: Sequence[Order], *, key: str | None = None, language: Language = Language.EN
    ) -> Prepared:
        """The same for many commands of one person, in one act under one signature; all or nothing."""
        if self.stopped is not None:
            raise Broken(self.stopped)
        if any(order.told is not None for order in orders):
            raise ValueError("what a worked case tells is signed by nobody")
        if len({order.by.person for order in orders}) != 1:
            raise ValueError("one person signs an act")
        decided_at = self.clock()
        with self._deciding:
            staged = Staged(self, signing=True)
            for n, order in enumerate(orders):
                try:
                    staged.add(order)
                except Refused as refused:
                    raise RefusedAmong(n, refused) from refused
        facts = self.ledger.prepare(staged.drafts, after=staged.position)
        count = len(facts.facts)
        if count > personal.MOST_FACTS:
            raise Refused("signed-in-parts", TOO_MANY_FACTS)
        origin = self.ledger.vkey.name
        stated = list(facts.stated(origin))
        opening = sentence.opening(origin, orders[0].by.person, facts.after, count, language)
        sections = tuple(sentence.section(one, n, count, language) for n, one in enumerate(stated, 1))
        statements = tuple(personal.statement_of(one) for one in stated)
        shown = tuple(personal.stated(one, text) for one, text in zip(stated, sections, strict=True))
        not_too_long(stated, opening, sections)
        return Prepared(
            orders=tuple(orders),
            drafts=tuple(staged.drafts),
            after=facts.after,
            challenge=personal.challenge_of(statements),
            shown_challenge=personal.shown_challenge(opening, shown),
            opening=opening,
            sections=sections,
            decided_at=decided_at,
            facts=facts,
            statements=statements,
            shown_statements=shown,
            unless=staged.question,
            purging=tuple(staged.purging),
            key=key or secrets.token_hex(16),
        )

    def record_prepared(self, prepared: Prepared, *, signature: bytes | webauthn.Assertion) -> Appended:
        """Record what was prepared, under the person's signature: over its challenge, or a passkey's over its text.

        Refused when no key of that person on record made the signature; and when a deciding fact was recorded
        since, or much time went by: then it is to be prepared and shown anew, and this signature is worth nothing.
        """
        if self.stopped is not None:
            raise Broken(self.stopped)
        if (earlier := self._recall(prepared.key, prepared.orders)) is not None:
            return earlier
        if not timedelta() <= self.clock() - prepared.decided_at <= TO_SIGN:
            raise Refused("shown-anew", SHOWN_ANEW)
        key = self.signed_by(prepared, signature)
        claims: Sequence[personal.Claimed]
        if isinstance(signature, webauthn.Assertion):
            opening, sections = prepared.opening, prepared.sections
            claims = personal.asserted(opening, sections, prepared.shown_statements, key, signature)
        else:
            claims = personal.claims(prepared.statements, key, signature)
        try:
            return self.ledger.append(
                prepared.facts,
                unless=prepared.unless,
                after=prepared.after,
                key=prepared.key,
                purging=prepared.purging,
                signed=[one.claim() for one in claims],
            )
        except Conflict:
            raise Refused("shown-anew", SHOWN_ANEW) from None

    def signed_by(self, prepared: Prepared, signature: bytes | webauthn.Assertion) -> KeyId:
        """Which of the person's keys made this signature. Refused when none of them did."""
        person = prepared.by.person
        for key, held in keys_of(self.ledger.read(asks_keys_of(person)), person).items():
            try:
                verify(prepared, held, signature)
            except (Broken, Malformed):
                continue
            return key
        raise Refused("signed-personally", NOT_THEIR_SIGNATURE, (person,))

    def _recall(self, key: str, orders: Sequence[Order]) -> Appended | None:
        """What this sender recorded under the key. Nobody's act is answered, or swallowed, by another's."""
        earlier = self.ledger.recall(key)
        if earlier is None:
            return None
        if self.ledger.entry(earlier.first).recorded.by.person != orders[0].by.person:
            raise Refused(
                "ones-own-key",
                Words(
                    "this submission bears a key that someone else has used",
                    "este envío lleva una clave que ya usó otra persona",
                ),
            )
        return earlier
