"""The one place where a command meets the ledger. It owns the keys and the clock.

``record`` reads the facts that can change the answer, lets the room decide on them, and appends what it
decided unless a deciding fact has arrived meanwhile; then it reads and decides again. ``record_all`` does
the same for many commands at once, all or nothing.

What binds a person is recorded with their signature: ``prepare`` decides and shows what will be recorded, they
sign its challenge, ``record_prepared`` records it as it was shown, or not at all.
"""

import importlib.resources
import secrets
import threading
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tearline.adopted import KnownProtocols, adopted_pack, asks_text
from tearline.config import Settings, database_url
from tearline.facts.codec import Encoded, decode, encode
from tearline.facts.errors import Broken, Conflict, Malformed, Refused
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, Draft, History, Precision, Question, Recorded, Role, Told
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import KeyPurpose, PersonKeyIntroduced
from tearline.facts.parties import SuperiorNamed
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.retention import Purged
from tearline.facts.words import Words
from tearline.ledger import personal, rotation
from tearline.ledger.batch import Appended
from tearline.ledger.behind import check_not_behind
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.prepared import Prepared as PreparedFacts
from tearline.ledger.published import Published
from tearline.protocol import Pack, load_pack
from tearline.rooms import NONE, Act, Command, NamesFacts
from tearline.rooms.parties.keys import IntroduceNodeKey, asks_keys_of, keys_of

Clock = Callable[[], datetime]
NEVER = datetime.min.replace(tzinfo=UTC)
ITSELF = Actor(PersonId("node"), Role.NODE)
"""Who introduces the node's own keys."""
PATIENCE = 50
"""How often a command is decided again because a deciding fact arrived meanwhile."""
TO_SIGN = timedelta(minutes=15)
"""How long what was decided may wait for its signature: a clearance or an agreement may have run out since."""

UNSIGNED = Words(
    "this act binds who does it: it is recorded only with their own signature",
    "este acto obliga a quien lo realiza: solo se registra con su propia firma",
)
NO_KEY = Words(
    "this person has no key on record to sign with; a liaison officer introduces it",
    "esta persona no tiene una clave registrada con que firmar; la introduce un oficial de enlace",
)
NOT_THEIR_SIGNATURE = Words(
    "this is no signature over this act by a key that is on record as this person's",
    "esta no es una firma de este acto con una clave registrada de esta persona",
)
NOT_VOUCHED = Words(
    "the key that this person has did not sign for the new one",
    "la clave que tiene esta persona no firmó por la nueva",
)
SHOWN_ANEW = Words(
    "since this was shown, something was recorded that could change it, or too much time went by: look again,"
    " and sign again",
    "desde que se mostró esto se registró algo que podría cambiarlo, o pasó demasiado tiempo: revíselo y firme de"
    " nuevo",
)
TOO_MANY_FACTS = Words(
    f"one signature covers at most {personal.MOST_FACTS} facts; do this in several acts",
    f"una firma cubre a lo más {personal.MOST_FACTS} hechos; hágalo en varios actos",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command with its circumstances. ``at`` is None for an act of this moment."""

    command: Command
    by: Actor
    at: datetime | None = None
    precision: Precision = Precision.MINUTE
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An act as its person signs it: decided, with its salts made. It is recorded as it stands here, or not at all.

    The person is shown ``drafts``, and that ``after`` facts had been recorded when it was decided; they sign
    the 32 bytes of ``challenge`` with their own key.
    """

    order: Order
    drafts: tuple[Draft, ...]
    after: int
    challenge: bytes
    decided_at: datetime
    facts: PreparedFacts = field(repr=False)
    statements: tuple[bytes, ...] = field(repr=False)
    unless: Question = field(repr=False)
    purging: tuple[int, ...] = field(repr=False)
    key: str = field(repr=False)


class RefusedAmong(Refused):
    """The refusal of one order among many; ``order`` says which, from 0."""

    def __init__(self, order: int, refused: Refused) -> None:
        super().__init__(refused.rule, refused.because, refused.facts)
        self.order = order


def system_clock() -> datetime:
    return datetime.now(UTC)


def shipped_protocols() -> dict[str, Pack]:
    """The packs that come with Tearline, by id."""
    return dict(_shipped())


@cache
def _shipped() -> dict[str, Pack]:
    """Read once: each text is parsed, checked and made into code, all of them in some 0.2 s."""
    packs = {}
    for file in sorted(importlib.resources.files("tearline.protocol").joinpath("packs").iterdir(), key=str):
        if file.name.endswith(".yaml"):
            pack = load_pack(file.read_text("utf-8"), file=file.name)
            packs[pack.id] = pack
    return packs


def make_node(
    data: Path,
    *,
    origin: str,
    demo: bool = False,
    database: str | None = None,
    published: Path | None = None,
    clock: Clock = system_clock,
) -> "Node":
    """Make a node in ``data``: keys, a ledger that introduces them, settings, its second store.

    ``published`` is the folder of the second store, best on another file system; None: in ``data``. Malformed when
    there is a node already.
    """
    settings = Settings(demo=demo, published=published)
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Malformed(str(data), "top", "an empty or new folder for a new node")
    second = Published(settings.second_store(data))
    if second.latest() is not None:
        raise Malformed(str(second.folder), "top", "a second store that holds no other node's checkpoint")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = NodeKeys.make(data / "keys", origin)
    ledger = Ledger.make(database_url(data, database), keys, clock)
    node = Node(ledger, shipped_protocols(), clock, demo=demo, published=second)
    # The fact key first: whoever reads the ledger from its beginning learns from each fact how to check the next.
    introductions = [rotation.introduction(keys, purpose) for purpose in (KeyPurpose.FACT, KeyPurpose.LOG)]
    node.record_all([Order(command=IntroduceNodeKey(one), by=ITSELF) for one in introductions])
    second.make()
    node.published_now()
    settings.write(data)
    return node


def open_node(
    data: Path, *, database: str | None = None, clock: Clock = system_clock, reading: bool = False
) -> "Node":
    """Open the node in ``data``. Malformed or Broken when it is not whole, or behind what was published of it.

    With ``reading`` a node that is behind opens too, and records and signs nothing.
    """
    settings = Settings.read(data)
    folder, url = data / "keys", database_url(data, database)
    with rotation.alone(folder):
        ledger = rotation.open_with(folder, lambda keys: Ledger(url, keys, clock))
    second = Published(settings.second_store(data))
    node = Node(ledger, shipped_protocols(), clock, demo=settings.demo, published=second)
    try:
        check_not_behind(ledger, second)
    except Broken as behind:
        if not reading:
            ledger.close()
            raise
        node.stopped = str(behind)
    return node


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
    ) -> None:
        self.demo = demo
        self.published = published
        self.stopped: str | None = None
        """Why this node records nothing, if it does not."""
        self._noted = ""
        self.ledger = ledger
        self.protocols: Mapping[str, Pack] = KnownProtocols(protocols, lambda: self.ledger)
        """Those given here, and those that were adopted on record, by whatever process."""
        self.clock = clock
        self.links = _Links()
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
        self, ask: Callable[[History], Question], opening: frozenset[Compartment] = frozenset()
    ) -> tuple[History, Question]:
        """Read, and ask again as more becomes known, until the question no longer widens."""
        question = ask(self.links.remembered())
        while True:
            known = self.ledger.read(question, opening=opening)
            self.links.learn(known)
            wider = ask(known) | question
            if wider == question:
                return known, question
            question = wider

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
                staged = _Staged(self)
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

    def prepare(self, order: Order, *, key: str | None = None) -> Prepared:
        """Decide one command as it would be recorded now, for its person to sign. Nothing is recorded.

        Refused when the rules say no, or this person has no key on record. ``key`` as for ``record``.
        """
        if self.stopped is not None:
            raise Broken(self.stopped)
        if order.told is not None:
            raise ValueError("what a worked case tells is signed by nobody")
        decided_at = self.clock()
        with self._deciding:
            staged = _Staged(self, signing=True)
            staged.add(order)
        facts = self.ledger.prepare(staged.drafts, after=staged.position)
        if len(facts.facts) > personal.MOST_FACTS:
            raise Refused("signed-in-parts", TOO_MANY_FACTS)
        origin = self.ledger.vkey.name
        statements = tuple(personal.statement_of(one) for one in facts.stated(origin))
        return Prepared(
            order=order,
            drafts=tuple(staged.drafts),
            after=facts.after,
            challenge=personal.challenge_of(statements),
            decided_at=decided_at,
            facts=facts,
            statements=statements,
            unless=staged.question,
            purging=tuple(staged.purging),
            key=key or secrets.token_hex(16),
        )

    def record_prepared(self, prepared: Prepared, *, signature: bytes) -> Appended:
        """Record what was prepared, under the person's signature over its challenge.

        Refused when no key of that person on record made the signature; and when a deciding fact was recorded
        since, or much time went by: then it is to be prepared and shown anew, and this signature is worth nothing.
        """
        if self.stopped is not None:
            raise Broken(self.stopped)
        if (earlier := self._recall(prepared.key, (prepared.order,))) is not None:
            return earlier
        if not timedelta() <= self.clock() - prepared.decided_at <= TO_SIGN:
            raise Refused("shown-anew", SHOWN_ANEW)
        key = self._signed_by(prepared, signature)
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

    def _signed_by(self, prepared: Prepared, signature: bytes) -> KeyId:
        """Which of the person's keys made this signature."""
        person = prepared.order.by.person
        for key, introduced in keys_of(self.ledger.read(asks_keys_of(person)), person).items():
            try:
                public = personal.public_key(introduced.fact.public_key)
                personal.verify_challenge(prepared.challenge, signature, public)
            except Broken:
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


class _Links:
    """Who was ever named above whom, as far as this process has read: where a chain will lead.

    Chains are learnt link by link, a read for each; what an earlier question learnt lets the next one ask for
    the whole chain at once. It only widens questions. What they are answered with is always read.
    """

    MOST = 50_000

    def __init__(self) -> None:
        self._history = History()
        self._seen: set[int] = set()

    def remembered(self) -> History:
        return self._history

    def learn(self, known: History) -> None:
        new = [r for r in known.of(SuperiorNamed) if r.position not in self._seen]
        if new:
            facts = (*self._history.facts, *new)[-self.MOST :]
            self._history = History(facts)
            self._seen = {r.position for r in facts}


class _Staged:
    """Facts decided but not yet appended, over what the ledger holds."""

    def __init__(self, node: Node, *, signing: bool = False) -> None:
        self.node = node
        self.signing = signing
        self.drafts: list[Draft] = []
        self.question = Question()
        self.position = -1
        self._recorded: list[tuple[Encoded, Recorded[Fact]]] = []
        self.protocols = node.protocols

    def add(self, order: Order) -> None:
        _may(order)
        command = order.command
        read, known = self._gather(command)
        now = self._now(known)
        act = Act(
            by=order.by,
            at=order.at or now,
            now=order.told.known_at if order.told else now,
            nonce=secrets.token_bytes(32),
            protocols=self.protocols,
            precision=order.precision,
            told=order.told,
        )
        _apart(read, act)
        _not_ahead(act)
        drafts = command.decide(known, act)
        bound = {d.by.person for d in drafts if d.told is None and (self.signing or type(d.fact).binds)}
        for person in sorted(bound):
            self._may_be_bound(person)
        for draft in drafts:
            self._vouched(draft.fact)
            self._stage(draft, now)

    def _vouched(self, fact: Fact) -> None:
        """A further key of a person's is vouched for by one of theirs; which one, the room made sure of."""
        if not isinstance(fact, PersonKeyIntroduced) or fact.vouched_by is None:
            return
        held = keys_of(self._read(asks_keys_of(fact.person), NONE), fact.person)[fact.vouched_by]
        try:
            public = personal.public_key(held.fact.public_key)
            personal.verify_vouched(fact.person, fact.key, fact.vouched, public)
        except (Broken, Malformed):
            raise Refused("vouched-for", NOT_VOUCHED, (fact.key,)) from None

    @property
    def purging(self) -> list[int]:
        """What is destroyed when these facts are recorded: what they say was purged, and nothing else."""
        return [n for draft in self.drafts if isinstance(draft.fact, Purged) for n in draft.fact.indices]

    def _may_be_bound(self, person: PersonId) -> None:
        """By their signature, if they have a key; without one only in a demonstration, and only if they have none."""
        asked = asks_keys_of(person)
        has_key = bool(keys_of(self._read(asked, NONE), person))
        if self.signing and not has_key:
            raise Refused("key-on-record", NO_KEY, (person,))
        if not self.signing and (has_key or not self.node.demo):
            raise Refused("signed-personally", UNSIGNED, (person,))
        self.question |= asked

    def _now(self, known: History) -> datetime:
        """The clock, but never before a live fact that is in sight.

        It is read after the facts, and a clock that was set back, or another process whose clock is ahead, must
        not make a recorded dissent or suspension fall into the future, where no verdict would see it.
        """
        live = [r for r in known if r.told is None]
        return max(
            self.node.clock(),
            max((r.recorded_at for r in live[-1:]), default=NEVER),
            max((r.happened_at for r in live), default=NEVER),
        )

    def _gather(self, command: Command) -> tuple[History, History]:
        """What the command's question reaches, and the same with the facts that the command names.

        A question only ever widens, so this ends.
        """
        links = self.node.links
        question = command.question(links.remembered())
        while True:
            read = self._read(question, command.opens)
            links.learn(read)
            known = read.also(self._named(command, read))
            wider = command.question(known) | question
            if wider == question:
                self.question |= question
                return read, known
            question = wider

    def _named(self, command: Command, read: History) -> list[Recorded[Fact]]:
        """The facts that a command names by reference, with nothing opened; who does not exist is not there."""
        if not isinstance(command, NamesFacts):
            return []
        ledger = self.node.ledger
        found = [ledger.find(ref) for ref in command.named(read)]
        return [ledger.entry(position).recorded for position in found if position is not None]

    def _read(self, question: Question, opening: frozenset[Compartment]) -> History:
        stored = self.node.ledger.read(question, opening=opening)
        if self.position < 0:
            self.position = stored.position
        staged = tuple(
            _as_read(r, encoded, opening)
            for encoded, r in self._recorded
            if question.matches(encoded.kind, encoded.tags)
        )
        return History((*stored.facts, *staged), stored.position) if staged else stored

    def _stage(self, draft: Draft, now: datetime) -> None:
        encoded = encode(draft.fact)
        if draft.told:
            _under_its_name(draft.told.telling, encoded.tags)
        recorded = Recorded(
            position=self.position + len(self.drafts),
            ref="",
            recorded_at=now,
            happened_at=draft.happened_at,
            precision=draft.precision,
            by=draft.by,
            told=draft.told,
            fact=draft.fact,
        )
        self.drafts.append(draft)
        self._recorded.append((encoded, recorded))
        if isinstance(draft.fact, ProtocolAdopted):
            self._adopted(draft.fact)

    def _adopted(self, fact: ProtocolAdopted) -> None:
        """What comes later in the same submission is decided under what was adopted earlier in it."""
        pack = adopted_pack(fact, self._read(asks_text(fact.proposal), NONE))
        if pack is not None:
            self.protocols = ChainMap({pack.id: pack}, self.protocols)  # type: ignore[arg-type]  # only read


def _under_its_name(telling: str, tags: frozenset[str]) -> None:
    """A telling's identifiers begin with its name, so that no re-enacted fact can take a live identifier."""
    for tag in tags:
        identifier = tag.partition(":")[2]
        if identifier != telling and not identifier.startswith(f"{telling}."):
            raise Refused(
                "told-by-name",
                Words(
                    f"in the worked case {telling}, {identifier} would be {telling}.{identifier}",
                    f"en el caso relatado {telling}, {identifier} sería {telling}.{identifier}",
                ),
                (identifier,),
            )


def _as_read(recorded: Recorded[Fact], encoded: Encoded, opening: frozenset[Compartment]) -> Recorded[Fact]:
    """A fact that is not yet recorded, as closed as the ledger would hand it over."""
    if encoded.sealed.keys() <= opening:
        return recorded
    opened = {name: v for part in encoded.sealed.keys() & opening for name, v in encoded.sealed[part].items()}
    return replace(recorded, fact=decode(encoded.kind, encoded.clear, opened))


def _may(order: Order) -> None:
    """Deny by default: the command names the roles that may give it."""
    if order.by.role is Role.CHRONICLER and order.told is None:
        raise Refused(
            "told-only",
            Words(
                "only a worked case is recorded from published sources",
                "solo un caso relatado se registra de fuentes publicadas",
            ),
        )
    if order.by.role not in order.command.allowed:
        allowed = sorted(order.command.allowed)
        raise Refused(
            "role-allowed",
            Words(
                f"a {order.by.role.words.en} may not do this; it takes: "
                + ", ".join(r.words.en for r in allowed),
                f"quien actúa como {order.by.role.words.es} no puede hacer esto; corresponde a: "
                + ", ".join(r.words.es for r in allowed),
            ),
        )


def _apart(known: History, act: Act) -> None:
    """A live act never rests on a worked case, nor one telling on another."""
    telling = act.told.telling if act.told else None
    for recorded in known:
        other = recorded.told.telling if recorded.told else None
        if other != telling:
            raise Refused(
                "told-apart",
                Words(
                    f"this belongs to the worked case {other}, which is closed to live acts"
                    if other
                    else "a worked case may not rest on live facts",
                    f"esto pertenece al caso relatado {other}, cerrado a actos reales"
                    if other
                    else "un caso relatado no puede apoyarse en hechos reales",
                ),
            )


def _not_ahead(act: Act) -> None:
    if act.at > act.now:
        raise Refused(
            "not-ahead",
            Words("an act is not recorded before it happened", "un acto no se registra antes de ocurrir"),
        )
