"""What is owed, as rows of a table: sentences, debtors, grounds, due dates and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import History, Question, about, clause_of, each
from tearline.facts.parties import UnitFormed
from tearline.facts.release import (
    DisclosureRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    VerdictReached,
)
from tearline.folds.agreements import AGREEMENT_KINDS
from tearline.folds.obligations import Obligation, obligations
from tearline.folds.owing import Entry
from tearline.protocol import Pack
from tearline.web.access import Access
from tearline.web.names import Names
from tearline.web.places import page_of
from tearline.web.readings import citation_text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

VERDICTS_OPEN = frozenset({Compartment.VERDICTS})
"""The fold reads what a verdict would have cured. The page shows the protocol's sentence, never the dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """As the macro ``obligations`` takes it."""

    owed: str
    debtor: str
    creditor: str
    ground: str
    ground_href: str
    about: str
    due: str
    state: str
    late: str
    note: str


LINKS = frozenset(
    kind.__name__ for kind in (ItemRegistered, ReleaseRequested, ItemReleased, DisclosureRecorded)
)


def owed_on(known: History, protocols: Mapping[str, Pack], ids: Mapping[str, Iterable[str]]) -> Question:
    """The facts that create, link or end duties about these things: field name (item, release …) to identifiers.

    Every agreement is among them: what a disclosure owes does not depend on the agreement that it names.
    """
    duties = (duty for pack in protocols.values() for duty in pack.duties)
    kinds = _same(LINKS | {name for duty in duties for name in (duty.on, *duty.discharged_by)})
    tags = {f"{field}:{identifier}" for field, identifiers in ids.items() for identifier in identifiers}
    units: set[str] = set()
    for recorded in known:
        # A release, a leak, a warning or a threat of these items has duties of its own.
        kind: type[Any] = type(recorded.fact)
        for field in _own_duties(kind):  # type: ignore[arg-type]  # a class is hashable
            identifier = getattr(recorded.fact, field)
            if isinstance(identifier, str):
                tags.add(f"{field}:{identifier}")
        if isinstance(recorded.fact, ItemReleased | DisclosureRecorded):
            units.add(recorded.fact.unit)
    agreements = about(kinds=AGREEMENT_KINDS)
    return (
        Question(frozenset(clause_of(kinds, tag) for tag in tags))
        | agreements
        | each("unit", frozenset(units), (UnitFormed,))
    )


@cache
def _own_duties(kind: type[Any]) -> tuple[str, ...]:
    return tuple(f for f in ("release", "compromise", "warning", "threat") if hasattr(kind, f))


@lru_cache(maxsize=16)
def _same(kinds: frozenset[str]) -> frozenset[str]:
    """One object for sets that are equal, so that it is hashed once for all the clauses that name it."""
    return kinds


def texts_of(protocols: Mapping[str, Pack]) -> tuple[str, ...]:
    """By their hashes. What is asked with ``owed_on`` depends on them."""
    return tuple(pack.sha256 for pack in protocols.values())


def owed_to_show(visit: Visit, history: History) -> Sequence[Obligation]:
    """The obligations in this history that this reader may know of."""
    return shown_to(visit.access, obligations(history, visit.node.protocols))


def shown_to(access: Access, found: Sequence[Obligation]) -> Sequence[Obligation]:
    """Those of them that this reader may know of: what would cure a hold is for those who are shown the rules."""
    found = owed_there(access, found)
    return found if access.told_rules() else [o for o in found if without_verdicts(o)]


def without_verdicts(owed: Obligation) -> bool:
    """Whether its ground is no verdict, or of a worked case: what would cure a hold is for those shown the rules."""
    return owed.ground.told is not None or not isinstance(owed.ground.fact, VerdictReached)


def owed_there(access: Access, found: Sequence[Obligation]) -> Sequence[Obligation]:
    """Those whose ground is there for this reader."""
    return [o for o in found if not access.hides(o.ground)] if access.others else found


def entries_there(access: Access, owed: Sequence[Entry]) -> Sequence[Entry]:
    """The same of what is kept by due date."""
    return [entry for entry in owed if not access.hides(entry[4].ground)] if access.others else owed


def owed_row(say: Tongue, owed: Obligation, names: Names, now: datetime) -> OwedRow:
    told = owed.ground.told is not None
    late = ""
    if owed.discharged_by is not None:
        state = "discharged"
    elif told or owed.hindsight:
        state = "would"
    else:
        state = "overdue" if owed.overdue(now) else "open"
        late = say.until(owed.due, now) if owed.due else ""
    return OwedRow(
        owed=say(owed.sentence),
        debtor=names.organisation(owed.debtor),
        creditor=names.organisation(owed.creditor),
        ground=f"{ground_words(say, owed)}, {say.to_the_day(owed.since, owed.ground.precision)}",
        ground_href=page_of(owed.ground),
        about=owed.about,
        due=say.moment(owed.due, owed.ground.precision) if owed.due else say("not stated"),
        state=state,
        late=late,
        note=_note(say, owed),
    )


def ground_words(say: Tongue, owed: Obligation) -> str:
    return say(type(owed.ground.fact).in_words)


def _note(say: Tongue, owed: Obligation) -> str:
    notes = []
    if owed.discharged_by is not None:
        done = say(
            "%(what)s, %(when)s",
            what=say(_kind(owed.discharged_by.fact).in_words),
            when=say.happened(owed.discharged_by),
        )
        notes.append(say("%(done)s, too late", done=done) if owed.discharged_late() else done)
    notes += [citation_text(say, cite, owed.since.date()) for cite in owed.cites if owed.predates(cite)]
    return " · ".join(notes)


def _kind(fact: Fact) -> type[Fact]:
    return type(fact)
