"""What a telling of a worked case holds, read from the ledger: names, verdicts decided again, what is owed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tearline.facts.errors import Broken
from tearline.facts.fact import Closed, Compartment, Fact, Sealed
from tearline.facts.history import Clause, History, Question, Recorded
from tearline.facts.parties import (
    AgreementSigned,
    AllegationRecorded,
    OrganisationRegistered,
    PersonEnrolled,
    ProtocolAppliedInHindsight,
    UnitFormed,
)
from tearline.facts.release import (
    DissentRecorded,
    ItemRegistered,
    ReleaseRequested,
    SourceWarned,
)
from tearline.facts.vocabulary import kinds

if TYPE_CHECKING:
    from tearline.folds.obligations import Obligation
    from tearline.folds.retelling import Judged
    from tearline.node import Node
    from tearline.protocol import Decision, Pack, Protocol

EVERYTHING = Question(frozenset({Clause(frozenset(kind.__name__ for kind in kinds()), frozenset())}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A request with its latest verdict, and the dossier on which it was reached."""

    request: Recorded[ReleaseRequested]
    verdict: "Decision"
    dossier: dict[str, object]
    protocol: "Protocol"

    @property
    def released(self) -> bool:
        return self.verdict.effect.value == "release"


class ToldHistory:
    """The facts of one telling, all compartments open, as whoever runs a demonstration may see them."""

    def __init__(self, node: "Node", telling: str, known: History) -> None:
        from tearline.folds.retelling import retelling

        held = tuple(r for r in known if r.told is not None and r.told.telling == telling)
        self.known = History(held, known.position)
        self.retold = retelling(known, node.protocols, telling)
        # A verdict whose dossier was purged stands, but nobody can say any more on what it was reached.
        self.decided = [_decided(j, node.protocols) for j in self.retold.last_verdicts if not j.purged]
        self._names = dict(found for r in held if (found := _name(r.fact)) is not None)

    def name(self, identifier: str) -> str:
        """What people call this person, unit, organisation or item; of a warning or dissent, what it says."""
        return self._names.get(identifier, identifier)

    def called(self, identifier: str) -> str:
        """The same with its identifier, which pages and rules use."""
        name = self._names.get(identifier)
        return f"{name} ({identifier})" if name else identifier

    @property
    def never_came(self) -> "tuple[Obligation, ...]":
        """What was due by the telling's last moment and was not done."""
        return self.retold.never_came

    @property
    def still_owed(self) -> "list[Obligation]":
        """What was not done, and not due yet, at the telling's last moment."""
        never = self.never_came
        return [o for o in self.retold.obligations if o.discharged_by is None and o not in never]


def _decided(judged: "Judged", protocols: "Mapping[str, Pack]") -> Decided:
    """The verdict as it comes out today. Broken when it is not the one on record."""
    from tearline.folds.retelling import protocol_at
    from tearline.protocol import read_dossier

    reached = judged.reached.fact
    file = f"entry {judged.reached.position}"
    if judged.again is None or judged.again.effect.value != reached.effect.value:
        raise Broken(f"{file}: {reached.protocol} does not say {reached.effect} on the same dossier")
    protocol = protocol_at(reached, protocols)
    if protocol is None:
        raise Broken(f"{file}: the texts on which it was reached are not at hand")
    dossier = read_dossier(json.loads(reached.dossier.open()), file=file, parameters=protocol.parameters)
    return Decided(request=judged.asked, verdict=judged.again, dossier=dossier, protocol=protocol)


def read_all(node: "Node") -> History:
    """Every fact with every compartment open: for a demonstration, whose ledger is small."""
    return node.ledger.read(EVERYTHING, opening=frozenset(Compartment))


def opened(sealed: Sealed[str]) -> str:
    """The text where it is open to this reader, else nothing."""
    try:
        return sealed.open()
    except Closed:
        return ""


def _name(fact: Fact) -> tuple[str, str] | None:
    """An identifier and what it is called, if this fact says so."""
    match fact:
        case OrganisationRegistered():
            return fact.organisation, fact.name
        case UnitFormed():
            return fact.unit, fact.name
        case AgreementSigned() | ProtocolAppliedInHindsight():
            return fact.agreement, fact.name
        case PersonEnrolled():
            return _if_open(fact.person, fact.description)
        case ItemRegistered():
            return _if_open(fact.item, fact.title)
        case SourceWarned():
            return _if_open(fact.warning, fact.words)
        case DissentRecorded():
            return _if_open(fact.dissent, fact.reasons)
        case AllegationRecorded():
            return _if_open(fact.allegation, fact.account)
        case _:
            return None


def _if_open(identifier: str, sealed: Sealed[str]) -> tuple[str, str] | None:
    said = opened(sealed)
    return (identifier, said) if said else None
