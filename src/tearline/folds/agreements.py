"""Agreements as they bind: their packs, their parameters as these declare them, and when they are in force."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from tearline.facts.admission import FoundersNamed
from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import AgreementEndorsed, AgreementSigned, ProtocolAppliedInHindsight, Terms
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.shape import record_of
from tearline.facts.words import Words
from tearline.protocol import Pack, ParameterType, Protocol
from tearline.protocol.span import parse_span

AGREEMENT_KINDS: Sequence[type[Fact]] = (
    AgreementSigned,
    AgreementEndorsed,
    ProtocolAppliedInHindsight,
    ProtocolAdopted,
)
"""All that says by which texts an agreement binds; each bears the agreement's tag."""
Parameter = int | str | bool | float | timedelta
OFFERED = "cross-border"
"""The text that a request without an agreement is put to; it will not permit it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An adoption changed the terms: ``before`` is what they were. It counts from ``position`` in the ledger on."""

    position: int
    at: datetime
    before: Terms
    adopted: ProtocolAdopted


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms that bind, or, in hindsight, terms by which a past is measured that nobody signed.

    ``terms`` are the latest; ``changes`` are the adoptions that led to them, the oldest first.
    """

    agreement: AgreementId
    name: str
    terms: Terms
    in_force_from: datetime
    hindsight: bool = False
    changes: tuple[Change, ...] = ()
    recorded: Recorded[AgreementSigned] | None = None
    endorsed: Recorded[AgreementEndorsed] | None = None

    def as_of(self, position: int) -> "Agreement":
        """As it bound when the fact at this position was recorded: what was owed then was owed by the text of then."""
        for n, change in enumerate(self.changes):
            if position < change.position:
                return replace(self, terms=change.before, changes=self.changes[:n])
        return self

    @property
    def ever(self) -> frozenset[str]:
        """Every pack by which it binds or ever bound."""
        before = (pack for c in self.changes for pack in (c.before.protocol, *c.before.further))
        return frozenset((*self.packs, *before))

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs that bind together by name/version, the leading one first."""
        return (self.terms.protocol, *self.terms.further)


def protocol_of(held: Agreement | None, protocols: Mapping[str, Pack]) -> Protocol | None:
    """What a request under this agreement is put to; None where one of its packs is not at hand as it was adopted.

    Without an agreement, the latest text that is offered to partners. Malformed where the packs do not fit together.
    """
    if held is None:
        offered = [pack for pack in protocols.values() if pack.name == OFFERED]
        latest = max(offered or protocols.values(), key=lambda pack: int(pack.version), default=None)
        return Protocol(packs=(latest,)) if latest else None
    # A newer Tearline beside this one may ship another text under a name that this record adopted.
    signed = {change.adopted.protocol: change.adopted.sha256 for change in held.changes}
    found = [protocols[id_] for id_ in held.packs if id_ in protocols]
    packs = [pack for pack in found if signed.get(pack.id, pack.sha256) == pack.sha256]
    return Protocol(packs=tuple(packs)) if len(packs) == len(held.packs) else None


def agreements(history: History) -> Mapping[AgreementId, Agreement]:
    """All agreements and yardsticks in this history."""
    return history.folded(_agreements)


def _agreements(history: History) -> dict[AgreementId, Agreement]:
    held: dict[AgreementId, Agreement] = {}
    for signed in history.of(AgreementSigned):
        fact = signed.fact
        held[fact.agreement] = Agreement(
            agreement=fact.agreement,
            name=fact.name,
            terms=fact.terms,
            in_force_from=signed.happened_at,
            recorded=signed,
        )
    for endorsed in history.of(AgreementEndorsed):
        if endorsed.fact.agreement in held:
            held[endorsed.fact.agreement] = replace(held[endorsed.fact.agreement], endorsed=endorsed)
    for applied in history.of(ProtocolAppliedInHindsight):
        told = applied.fact
        held[told.agreement] = Agreement(
            agreement=told.agreement,
            name=told.name,
            terms=told.terms,
            in_force_from=applied.happened_at,
            hindsight=True,
        )
    signed_live = {r.fact.agreement for r in history.of(AgreementSigned) if r.told is None}
    for adopted in history.of(ProtocolAdopted):
        for name in adopted.fact.agreements:
            if name in signed_live and adopted.told is None:
                held[name] = _changed(held[name], adopted)
    return held


def awaits_endorsement(held: Agreement, history: History) -> bool:
    """Whether one person alone recorded it, in a node where people are admitted: it permits nothing until another
    endorsed it. The history holds the naming of the founders, if there was one; what was agreed before it stands.
    """
    signed = held.recorded
    if signed is None or signed.told is not None or held.endorsed is not None:
        return False
    return any(founders.position < signed.position for founders in history.of(FoundersNamed))


def terms_sha256(terms: Terms) -> str:
    """The hash of terms as they stand in a fact, in hex: what whoever endorses them read."""
    text = json.dumps(record_of(Terms).encode(terms), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _changed(held: Agreement, adopted: Recorded[ProtocolAdopted]) -> Agreement:
    change = Change(position=adopted.position, at=adopted.known_at, before=held.terms, adopted=adopted.fact)
    fact = adopted.fact
    terms = terms_with(held.terms, fact.protocol, fact.replaces, fact.parameters)
    return replace(held, terms=terms, changes=(*held.changes, change))


def terms_with(
    terms: Terms, protocol: str, replaces: str | None, parameters: Mapping[str, int | str | bool]
) -> Terms:
    """These terms with one of their texts replaced, wherever it stands among them, and with more stated."""
    packs = [protocol if pack == replaces else pack for pack in (terms.protocol, *terms.further)]
    stated = MappingProxyType({**terms.parameters, **parameters})
    return replace(terms, protocol=packs[0], further=tuple(packs[1:]), parameters=stated)


def stated(terms: Terms, pack: Pack | Protocol) -> dict[str, Parameter]:
    """The parameters that are stated as the protocol declares them; the others are absent."""
    return typed(terms.parameters, pack)


def typed(parameters: Mapping[str, int | str | bool], pack: Pack | Protocol) -> dict[str, Parameter]:
    """The same of values that no agreement states yet."""
    values = {p.name: _typed(parameters, p.name, p.type) for p in pack.parameters}
    return {name: value for name, value in values.items() if value is not None}


def duration_stated(terms: Terms, name: str) -> timedelta | None:
    """The length of time that these terms state under this name; None where they state none."""
    value = _typed(terms.parameters, name, ParameterType.DURATION)
    return value if isinstance(value, timedelta) else None


def number_stated(terms: Terms, name: str) -> int | None:
    """The whole number that these terms state under this name; None where they state none."""
    value = _typed(terms.parameters, name, ParameterType.INT)
    return value if isinstance(value, int) else None


def double_stated(terms: Terms, name: str) -> float | None:
    """The number that these terms state under this name; None where they state none."""
    value = _typed(terms.parameters, name, ParameterType.DOUBLE)
    return value if isinstance(value, float) else None


def flag_stated(terms: Terms, name: str) -> bool | None:
    """The yes or no that these terms state under this name; None where they state none."""
    value = _typed(terms.parameters, name, ParameterType.BOOL)
    return value if isinstance(value, bool) else None


def faults(terms: Terms, pack: Protocol) -> list[Words]:
    """What is wrong with these parameters under this protocol, a sentence each."""
    declared = {p.name: p.type for p in pack.parameters}
    found = [
        Words(f"{pack.id} has no parameter {name}", f"{pack.id} no tiene el parámetro {name}")
        for name in terms.parameters
        if name not in declared
    ]
    held = stated(terms, pack)
    needed = {p.name for p in pack.parameters if not p.optional or p.name in terms.parameters}
    return found + [
        Words(
            f"the agreement must state {name}: {_FORMS[kind].en}",
            f"el acuerdo debe indicar {name}: {_FORMS[kind].es}",
        )
        for name, kind in declared.items()
        if name in needed and name not in held
    ]


_FORMS = {
    ParameterType.INT: Words("a whole number", "un número entero"),
    ParameterType.STRING: Words("a text", "un texto"),
    ParameterType.BOOL: Words("true or false", "verdadero o falso"),
    ParameterType.DOUBLE: Words("a number written out, such as '0.05'", "un número por escrito, como '0.05'"),
    ParameterType.DURATION: Words("a length of time such as 30d", "una duración como 30d"),
}


_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
"""Terms hold no binary fractions: what is agreed is what was written."""


def _typed(given: Mapping[str, int | str | bool], name: str, kind: ParameterType) -> Parameter | None:
    value = given.get(name)
    match kind:
        case ParameterType.BOOL:
            return value if isinstance(value, bool) else None
        case ParameterType.INT:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case ParameterType.STRING:
            return value if isinstance(value, str) else None
        case ParameterType.DURATION:
            return _span(value) if isinstance(value, str) else None
        case ParameterType.DOUBLE:
            return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


@lru_cache(maxsize=1000)
def _span(text: str) -> timedelta | None:
    return parse_span(text, days=True)
