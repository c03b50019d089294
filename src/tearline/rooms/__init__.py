"""The rules of each trade, pure: facts and an act in, new facts or a refusal out.

A command is an order. ``question`` says which facts can change its answer (asked again as more becomes
known, until it no longer widens: a chain of command is learnt link by link); ``decide`` judges on those
facts alone. Rooms never import each other: they meet in facts and in folds.

Each command raises ``Refused`` with a rule and a sentence, and then nothing is recorded.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, Draft, History, Precision, Question, Recorded, Role, Told, about
from tearline.facts.identifiers import CompromiseId, FactId, ItemId, ReportId, SuspensionId, UnitId
from tearline.facts.leaks import CooperationSuspended
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.words import Words
from tearline.protocol import Pack

F = TypeVar("F", bound=Fact)

NONE: frozenset[Compartment] = frozenset()
ITEM = Words("item", "el elemento")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The circumstances of one command: who, when it is said to have happened, and when it is recorded.

    ``now`` is the node's clock, or the telling's in a worked case. ``nonce`` is fresh randomness from the
    node, from which identifiers and salts are derived, so that rules stay pure.
    """

    by: Actor
    at: datetime
    now: datetime
    nonce: bytes
    protocols: Mapping[str, Pack]
    precision: Precision = Precision.MINUTE
    told: Told | None = None

    def says(self, fact: Fact) -> Draft:
        """The fact as the actor claims it."""
        return Draft(fact=fact, happened_at=self.at, by=self.by, precision=self.precision, told=self.told)

    def follows(self, fact: Fact) -> Draft:
        """A fact that follows by rule, now."""
        rule = Actor(self.by.person, Role.NODE)
        return Draft(fact=fact, happened_at=self.now, by=rule, told=self.told)

    def follows_at_once(self, fact: Fact) -> Draft:
        """A fact that follows by rule from what is claimed, as of when that is said to have happened.

        Else what is told late would give as much time again for what is owed from then on.
        """
        return replace(self.follows(fact), happened_at=min(self.at, self.now), precision=self.precision)

    def token(self, purpose: str) -> str:
        """Twelve characters of fresh identifier for this purpose, behind the telling's name if there is one."""
        digest = hashlib.sha256(self.nonce + purpose.encode()).digest()
        made = base64.b32encode(digest).decode().lower()[:12]
        return f"{self.told.telling}.{made}" if self.told else made

    def salt(self) -> str:
        return hashlib.sha256(self.nonce + b"salt").hexdigest()[:32]


class Command(Protocol):
    """What the node needs of every order."""

    allowed: ClassVar[frozenset[Role]]
    opens: ClassVar[frozenset[Compartment]]

    def question(self, known: History) -> Question: ...

    def decide(self, known: History, act: Act) -> list[Draft]: ...


@runtime_checkable
class NamesFacts(Protocol):
    """A command about facts by their reference, whatever they tell of; they stand in its history when it is asked.

    Facts never change, so these need no part in the question.
    """

    def named(self, known: History) -> Sequence[FactId]: ...


@runtime_checkable
class AsksOfActor(Protocol):
    """A command whose answer depends on who gives it: what is on record about them is part of its question."""

    def asks_of(self, known: History, by: Actor) -> Question: ...


@runtime_checkable
class RestsOnFigures(Protocol):
    """A command that first has something figured from more of the record than its conflict check covers.

    The figure names the position up to which the record was read for it, is recorded as a fact, and is read from there.
    What is recorded meanwhile elsewhere does not have the command decided again: it would never be done.
    """

    opens: ClassVar[frozenset[Compartment]]

    def asks_figures(self, known: History) -> Question:
        """What the figure is made from; asked again as more becomes known, until it no longer widens."""
        ...

    def with_figures(self, read: History, at: datetime) -> "Command":
        """This command, with what was figured from ``read``."""
        ...


def asked_by(command: Command, known: History, by: Actor) -> Question:
    """All that can change this command's answer to this actor, as far as is known."""
    question = command.question(known)
    return question | command.asks_of(known, by) if isinstance(command, AsksOfActor) else question


@dataclass(frozen=True, slots=True)
class Says(Generic[F]):
    """An order to record one fact, if the rules admit it. The fact's declaration is the order's form."""

    fact: F

    allowed: ClassVar[frozenset[Role]]
    opens: ClassVar[frozenset[Compartment]] = NONE


NOT_TOLD = frozenset({Role.PARTNER_LIAISON})
"""Roles outside: to them, what was not given to them is not there."""


def asks_given(item: ItemId, by: Actor) -> Question:
    """What was given of this item, for those to whom it is not there otherwise."""
    kinds = (ItemReleased, DisclosureRecorded)
    return about(f"item:{item}", kinds=kinds) if by.role in NOT_TOLD else Question()


def require_item(known: History, item: ItemId, by: Actor) -> None:
    """Refuse an item that nobody registered, and in the same words one that whoever acts was never given."""
    require(known, ItemRegistered, "item", item, ITEM)
    if by.role not in NOT_TOLD:
        return
    given = [r.fact for r in known.of(ItemReleased)] + [r.fact for r in known.of(DisclosureRecorded)]
    if not any(fact.item == item and by.person in fact.recipients for fact in given):
        raise unknown(ITEM, item)


def reaches(known: History, report: ReportId, by: Actor) -> bool:
    """Whether a report of harm is on record for whoever acts: to an advocate, only their own is."""
    return any(
        r.fact.report == report and (by.role is not Role.ADVOCATE or r.by.person == by.person)
        for r in known.of(HarmReported)
    )


DAYS_BEGIN = timedelta(hours=14)
"""How far ahead of UTC a day begins where it begins first (Kiribati, UTC+14)."""
DAYS_END = timedelta(hours=12)
"""How far behind UTC a day ends where it ends last (UTC-12)."""


def latest_day(now: datetime) -> date:
    """The latest day that has come anywhere on Earth: what is dated later is still to come for everybody."""
    return (now.astimezone(UTC) + DAYS_BEGIN).date()


def earliest_day(now: datetime) -> date:
    """The earliest day that is not over everywhere on Earth: what ended before it has ended for everybody."""
    return (now.astimezone(UTC) - DAYS_END).date()


_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def require_sha256(digest: str, *about: str) -> None:
    """Refuse what is no SHA-256, in hexadecimal as everywhere here."""
    if not _SHA256.fullmatch(digest):
        raise Refused(
            "a-hash",
            Words(
                "SHA-256 is 64 digits, in hexadecimal: 0-9 and a-f",
                "SHA-256 son 64 dígitos hexadecimales: 0-9 y a-f",
            ),
            about,
        )


SUSPENSION_RULE = "suspended-on-compromise"


def suspension(act: Act, unit: UnitId, compromise: CompromiseId, item: ItemId) -> Draft:
    """What follows by rule for a unit that got an item which was compromised."""
    return act.follows(
        CooperationSuspended(
            suspension=SuspensionId(act.token(f"suspension {unit} {compromise}")),
            unit=unit,
            compromise=compromise,
            item=item,
            rule=SUSPENSION_RULE,
        )
    )


def unknown(what: Words, identifier: str) -> Refused:
    """The refusal that answers an identifier nobody has registered."""
    return Refused(
        "known",
        Words(f"there is no {what.en} {identifier} on record", f"no consta {what.es} {identifier}"),
        (identifier,),
    )


def require(known: History, kind: type[Fact], field: str, identifier: str, what: Words) -> None:
    """Refuse unless a fact of this kind names this identifier."""
    if not any(getattr(r.fact, field) == identifier for r in known.of(kind)):
        raise unknown(what, identifier)


def require_after(answered: Recorded[Fact], act: Act, identifier: str) -> None:
    """Refuse an answer that claims to be older than what it answers: it would be in time whenever it came."""
    if act.at < answered.happened_at:
        raise Refused(
            "answers-after",
            Words(
                "an answer cannot have been given before what it answers",
                "una respuesta no pudo darse antes de aquello a lo que responde",
            ),
            (identifier,),
        )


def require_new(known: History, kind: type[Fact], field: str, identifier: str, what: Words) -> None:
    """Refuse an identifier that is already taken."""
    if any(getattr(r.fact, field) == identifier for r in known.of(kind)):
        raise Refused(
            "once",
            Words(f"the {what.en} {identifier} is already on record", f"{what.es} {identifier} ya consta"),
            (identifier,),
        )
