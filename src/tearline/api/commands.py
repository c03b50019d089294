"""Commands as requests: each by its name, its body the fields that its fact declares.

``POST /api/v1/commands/{Command}`` with an ``Idempotency-Key``. What a role may give is what the room says, deny by
default; to those who do not read the record, commands that anyone may give are not offered, as on the site.

A key names one submission of one person to one command, for ever (draft-ietf-httpapi-idempotency-key-header): from it
follows the key under which the ledger records. Sent again, with the same body, it is answered with what was recorded,
and nothing is decided; that holds for two that come at once, for two processes, and after a new start, because the
ledger keeps it. Whether the body is the same is told from the facts themselves, so no other store has to keep step. A
refusal is not kept: the same key may be sent again, and is then decided anew.

An act that binds its person is answered with what is to be signed (``signatures``).
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from tearline.api.bodies import Unfit, Wrong, read_fields
from tearline.api.problems import Denied, Kind
from tearline.api.schemas import Schema, fields_schema
from tearline.facts.errors import Refused
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Precision, Recorded, Role, about
from tearline.facts.protocols import ProtocolTextStated
from tearline.facts.release import ItemReleased
from tearline.facts.shape import Choice, Field, Instant, Maybe, record_of
from tearline.facts.words import Words
from tearline.jobs.commands import commands as forms
from tearline.jobs.receipts import ReceiveOwnCopy
from tearline.ledger.batch import Appended
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.admission.directory import UnlinkDirectoryAccount
from tearline.rooms.parties.keys import IntroducePersonKey
from tearline.rooms.protocols import ProposeProtocol, SignProtocol, WithdrawProposal
from tearline.rooms.release.releasing import ReceiveCopy
from tearline.rooms.retention.notices import GivePurgeNotice, RecordPurgeReceipt
from tearline.rooms.retention.purges import OrderPurge, SignPurge
from tearline.signin.identity import Identity
from tearline.web import waited_for
from tearline.web.access import ALL
from tearline.web.policy import PEOPLE, READERS

KEY_PATTERN = "[!-~]{1,200}"
_KEY = re.compile(KEY_PATTERN, re.ASCII)
ADMISSION = "tearline.rooms.admission."
THEIRS = frozenset({ReceiveCopy.__name__, ReceiveOwnCopy.__name__})
"""What the partner's side does here, besides what concerns their own admission."""
SAYING: tuple[type[Any], ...] = (
    WithdrawProposal,
    UnlinkDirectoryAccount,
    IntroducePersonKey,
    OrderPurge,
    GivePurgeNotice,
    RecordPurgeReceipt,
)
PLAIN: tuple[type[Any], ...] = (ProposeProtocol, SignProtocol, SignPurge)
"""Commands that no case file gives, and people do: those that say a fact, and those whose fields are their own."""

HAPPENED = Field(
    "happened_at",
    Words("When it happened; left out: now", "Cuándo ocurrió; si se omite: ahora"),
    Maybe(Instant()),
    None,
    False,
)
PRECISION = Field(
    "precision",
    Words(
        "How exactly that is known; left out: to the minute",
        "Con qué exactitud se sabe; si se omite: al minuto",
    ),
    Choice(Precision),
    None,
    False,
)
CIRCUMSTANCES = (HAPPENED, PRECISION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One command as a request. ``said``: the record whose fields are its body; a fact, where it says one."""

    name: str
    words: Words
    about: str
    said: type[Any]
    fields: tuple[Field, ...]
    make: Callable[[Any], Command]
    roles: frozenset[Role]
    """The roles to which the API offers it."""

    def schema(self) -> Schema:
        """The body. ``happened_at`` and ``precision`` stand beside the fields of what is said."""
        return fields_schema((*self.fields, *CIRCUMSTANCES))

    def order(self, given: Mapping[str, object], identity: Identity) -> tuple[Order, Mapping[str, object]]:
        """What a body orders, and the values of its fields. Unfit names everything in it that is wrong."""
        values = read_fields((*self.fields, *CIRCUMSTANCES), given)
        at, precision = values.pop(HAPPENED.name, None), values.pop(PRECISION.name, Precision.MINUTE)
        said = self.make(self.said(**values))
        assert at is None or isinstance(at, datetime)  # noqa: S101  by its shape
        assert isinstance(precision, Precision)  # noqa: S101  by its shape
        return Order(command=said, by=identity.actor, at=at, precision=precision), values


@cache
def commands() -> Mapping[str, Form]:
    """Every command that can be given here, by its name."""
    found = {
        name: _form(name, form.record.cls, form.record.fields, form.make) for name, form in forms().items()
    }
    for cls in PLAIN:
        found[cls.__name__] = _form(cls.__name__, cls, record_of(cls).fields, lambda command: command)
    for cls in SAYING:
        said = _says(cls)
        found[cls.__name__] = _form(cls.__name__, said, record_of(said).fields, cls)
    return MappingProxyType(dict(sorted(found.items())))


def _form(name: str, said: type[Any], fields: tuple[Field, ...], make: Callable[[Any], Command]) -> Form:
    taken = {f.name for f in fields} & {f.name for f in CIRCUMSTANCES}
    if taken:
        raise TypeError(f"{name} has a field that means something else here: {', '.join(taken)}")
    command: type[Any] = make if isinstance(make, type) else said
    is_fact = issubclass(said, Fact)
    doc = (command.__doc__ or "").strip()
    generated = doc.startswith((f"{command.__name__}(", "An order to record one fact"))
    return Form(
        name=name,
        words=said.in_words if is_fact else Words(_spaced(name), _spaced(name)),
        about="" if generated else doc.replace("``", "`"),
        said=said,
        fields=fields,
        make=make,
        roles=_offered(name, command),
    )


def _offered(name: str, command: type[Any]) -> frozenset[Role]:
    """Who may give it, without those who do not read the record, but for what is theirs by name."""
    allowed: frozenset[Role] = command.allowed
    if command.__module__.startswith(ADMISSION):
        return allowed & PEOPLE
    partner = {Role.PARTNER_LIAISON} if name in THEIRS else set()
    return allowed & (READERS | partner)


def _says(command: type[Any]) -> type[Any]:
    (base,) = command.__orig_bases__
    said: type[Any] = base.__args__[0]
    return said


def _spaced(name: str) -> str:
    """``ReleaseItem`` as people write it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


# One submission, recorded once


def key_of(header: str | None) -> str:
    """What the client called this submission. Denied without it; Unfit when it is not of the form."""
    if header is None or not header:
        raise Denied(
            Kind.NO_KEY,
            because=Words(
                "a command is sent with an Idempotency-Key of your choosing, so that sending it again is harmless",
                "una orden se envía con una Idempotency-Key que usted elige, para que repetirla no cause daño",
            ),
        )
    if _KEY.fullmatch(header) is None:
        raise Unfit(Wrong("#/headers/Idempotency-Key", "1 to 200 visible ASCII characters"))
    return header


def submission(identity: Identity, command: str, key: str) -> str:
    """Under what the ledger records it: nobody's key is another's, nor one command's another command's."""
    parts = ("api/1", identity.person, identity.role.value, command, key)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def record(node: Node, order: Order, key: str) -> Appended:
    """Decide and record it; or what was recorded under this key before. What takes long is refused (``waited_for``)."""
    earlier = node.ledger.recall(key)
    if earlier is not None:
        return earlier
    command = type(order.command)
    if waited_for.most(command) is not None:
        waited_for.refuse_where_many(command, node.ledger.read(waited_for.QUESTION))
    try:
        return node.record(order, key=key)
    except Refused:
        # The same submission, sent twice at once: the other one was recorded while this one was being decided.
        earlier = node.ledger.recall(key)
        if earlier is None:
            raise
        return earlier


def recorded_by(node: Node, done: Appended) -> tuple[Recorded[Any], ...]:
    """The facts of a submission, all open: for comparing, and for nobody to read."""
    return node.ledger.page(None, done.first, len(done.refs), opening=ALL).facts


def same(node: Node, facts: tuple[Recorded[Any], ...], order: Order, values: Mapping[str, object]) -> bool:
    """Whether these facts are what this body says: each of its fields stands in one of them.

    What was purged meanwhile is taken to be the same; nobody can tell any more.
    """
    if order.at is not None and not any(r.happened_at == order.at for r in facts):
        return False
    if not any(r.precision is order.precision for r in facts):
        return False
    held: dict[str, list[object]] = {}
    for name, value in _said_in(node, facts):
        held.setdefault(name, []).append(value)
    return all(any(_equal(one, value) for one in held.get(name, [value])) for name, value in values.items())


def _said_in(node: Node, facts: tuple[Recorded[Any], ...]) -> Iterator[tuple[str, object]]:
    for recorded in facts:
        for field in record_of(type(recorded.fact)).fields:
            yield field.name, getattr(recorded.fact, field.name)
    texts = [r.fact.text for r in facts if isinstance(r.fact, ProtocolTextStated)]
    if texts:
        yield "text", "".join(texts)
    # A receipt and a review name the release; the body named the request that brought it.
    if not any(hasattr(r.fact, "request") for r in facts):
        for release in {r.fact.release for r in facts if hasattr(r.fact, "release")}:
            released = node.ledger.read(about(f"release:{release}", kinds=(ItemReleased,)))
            yield from (("request", r.fact.request) for r in released.of(ItemReleased))


def _equal(held: object, sent: object) -> bool:
    if isinstance(held, Sealed) and held.purged:
        return True
    return held == sent
