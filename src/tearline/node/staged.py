"""Facts decided and not yet appended, and what is demanded of every order: role, signature, worked cases apart."""

import secrets
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from tearline.adopted import adopted_pack, asks_text
from tearline.facts.admission import FoundersNamed, PasskeyEnrolled
from tearline.facts.codec import Encoded, decode, encode
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.fact import Binds, Compartment, Fact
from tearline.facts.history import Actor, Draft, History, Question, Recorded, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.retention import Purged
from tearline.facts.words import Words
from tearline.folds.admission import FOUNDED, asks_roles_of, roles_of
from tearline.folds.held import ADMITTING, ITSELF
from tearline.folds.keys import asks_keys_of, keys_of
from tearline.folds.tokens import asks_machine, machine_of
from tearline.ledger import personal
from tearline.ledger.ledger import Ledger
from tearline.node.links import Links
from tearline.node.order import Clock, Order
from tearline.protocol import Pack
from tearline.rooms import NONE, NOT_TOLD, Act, Command, NamesFacts, RestsOnFigures, asked_by

NEVER = datetime.min.replace(tzinfo=UTC)

UNSIGNED = Words(
    "this act binds who does it: it is recorded only with their own signature",
    "este acto obliga a quien lo realiza: solo se registra con su propia firma",
)

NOT_HELD = Words(
    "you do not act in this role, or do so no more: two people give a role, and it ends",
    "usted no actúa en este rol, o ya no: un rol lo dan dos personas, y termina",
)

NO_KEY = Words(
    "this person has no key on record to sign with; a liaison officer introduces it",
    "esta persona no tiene una clave registrada con que firmar; la introduce un oficial de enlace",
)

A_PERSON = Words(
    "this act binds who does it, and a machine binds nobody: a person signs it",
    "este acto obliga a quien lo realiza, y una máquina no obliga a nadie: lo firma una persona",
)

NOT_VOUCHED = Words(
    "the key that this person has did not sign for the new one",
    "la clave que tiene esta persona no firmó por la nueva",
)


class Deciding(Protocol):
    """What deciding takes of a node."""

    demo: bool
    ledger: Ledger
    links: Links
    clock: Clock
    protocols: Mapping[str, Pack]


class Staged:
    """Facts decided but not yet appended, over what the ledger holds."""

    def __init__(self, node: Deciding, *, signing: bool = False) -> None:
        self.node = node
        self.signing = signing
        self.drafts: list[Draft] = []
        self.question = Question()
        self.position = -1
        self._recorded: list[tuple[Encoded, Recorded[Fact]]] = []
        self._filed: dict[str, list[int]] = {}
        """The places in ``_recorded`` by kind and by tag: an act of thousands of orders asks after each of them."""
        self.protocols = node.protocols

    def add(self, order: Order) -> None:
        _may(order)
        command = self._figured(order)
        read, known = self._gather(command, order.by)
        if order.told is None and order.by.role in NOT_TOLD:
            # Of worked cases those outside know nothing: to be told that one is closed would tell of it.
            read, known = _live(read), _live(known)
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
        self._holds(order, act.now)
        _apart(read, act)
        _not_ahead(act)
        drafts = command.decide(known, act)
        _admits_nobody(drafts)
        bound = {d.by.person for d in drafts if d.told is None and d.by != ITSELF and self._binds(d.fact)}
        for person in sorted(bound):
            self._may_be_bound(person)
        for draft in drafts:
            self._vouched(draft.fact)
            self._stage(draft, now)

    def _binds(self, fact: Fact) -> bool:
        """Whether this fact is recorded only under its author's signature. So is all of an act that is signed."""
        if self.signing or type(fact).binds is Binds.ALWAYS:
            return True
        if isinstance(fact, PasskeyEnrolled):
            return fact.by_holder
        if type(fact).binds is Binds.NEVER:
            return False
        self.question |= FOUNDED
        return bool(self._read(FOUNDED, NONE).facts)

    def _holds(self, order: Order, now: datetime) -> None:
        """Whoever acts holds the role, where people are admitted: in a demonstration anyone takes one on."""
        if self.node.demo or order.told is not None or order.by == ITSELF:
            return
        if not self._read(FOUNDED, NONE).facts:
            self.question |= FOUNDED
            return
        asked = asks_roles_of(order.by.person)
        # Roles end by the ledger's time, which never goes back: whoever checks the record has no other.
        then = max(now, self.node.ledger.latest())
        if order.by.role not in roles_of(self._read(asked, NONE), order.by.person, then):
            raise Refused("role-held", NOT_HELD, (order.by.person,))
        self.question |= asked

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
        asked = asks_keys_of(person) | asks_machine(person)
        known = self._read(asked, NONE)
        if machine_of(known, person) is not None:
            raise Refused("a-person-signs", A_PERSON, (person,))
        has_key = bool(keys_of(known, person))
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

    def _gather(self, command: Command, by: Actor) -> tuple[History, History]:
        """What the command's question reaches, and the same with the facts that the command names.

        A question only ever widens, so this ends.
        """
        links = self.node.links
        question = asked_by(command, links.remembered(), by)
        while True:
            read = self._read(question, command.opens)
            links.learn(read)
            known = read.also(self._named(command, read))
            wider = asked_by(command, known, by) | question
            if wider == question:
                self.question |= question
                return read, known
            question = wider

    def _figured(self, order: Order) -> Command:
        """The command with what it rests on figured, from what is read here and is no part of the conflict check."""
        command = order.command
        if not isinstance(command, RestsOnFigures):
            return command
        question = command.asks_figures(self.node.links.remembered())
        while True:
            read = self._read(question, command.opens)
            self.node.links.learn(read)
            wider = command.asks_figures(read) | question
            if wider == question:
                break
            question = wider
        telling = order.told.telling if order.told else None
        apart = History(
            tuple(r for r in read if (r.told.telling if r.told else None) == telling), read.position
        )
        return command.with_figures(apart, order.told.known_at if order.told else self._now(apart))

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
        staged = tuple(_as_read(r, encoded, opening) for encoded, r in self._matching(question))
        return History((*stored.facts, *staged), stored.position) if staged else stored

    def _matching(self, question: Question) -> list[tuple[Encoded, Recorded[Fact]]]:
        """What is staged and answers the question, in its order."""
        found = set[int]()
        for clause in question.clauses:
            names = (next(iter(clause.tags)),) if clause.tags else clause.kinds
            among = (place for name in names for place in self._filed.get(name, ()))
            for place in among:
                encoded, _ = self._recorded[place]
                if clause.matches(encoded.kind, encoded.tags):
                    found.add(place)
        return [self._recorded[place] for place in sorted(found)]

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
        for name in (encoded.kind, *encoded.tags):
            self._filed.setdefault(name, []).append(len(self._recorded))
        self.drafts.append(draft)
        self._recorded.append((encoded, recorded))
        if isinstance(draft.fact, ProtocolAdopted):
            self._adopted(draft.fact)

    def _adopted(self, fact: ProtocolAdopted) -> None:
        """What comes later in the same submission is decided under what was adopted earlier in it."""
        pack = adopted_pack(fact, self._read(asks_text(fact.proposal), NONE))
        if pack is not None:
            self.protocols = ChainMap({pack.id: pack}, self.protocols)  # type: ignore[arg-type]  # only read


def _live(history: History) -> History:
    return History(tuple(r for r in history if r.told is None), history.position)


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
        # That a node admits people is no fact of any case, and decides nothing in one.
        if other != telling and not isinstance(recorded.fact, FoundersNamed):
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


def _admits_nobody(drafts: Sequence[Draft]) -> None:
    """Who acts here, and by which key, is no matter of a worked case: what it tells bears nobody's signature."""
    if any(d.told is not None and type(d.fact).__module__ in ADMITTING for d in drafts):
        raise Refused(
            "told-admits-nobody",
            Words(
                "a worked case gives or takes nobody a role, an invitation, a key or a token here",
                "un caso relatado no da ni quita a nadie un rol, una invitación, una clave o un token",
            ),
        )


def _not_ahead(act: Act) -> None:
    if act.at > act.now:
        raise Refused(
            "not-ahead",
            Words("an act is not recorded before it happened", "un acto no se registra antes de ocurrir"),
        )
