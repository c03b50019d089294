"""What a protocol is made of: rules, what cures a hold, the duties that facts create, and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tearline.facts.words import Worded, Words


class Effect(Worded):
    """What a rule does when its condition holds, worst first.

    A waive lifts holds that it names, where its condition is true for certain. It lifts no refusal and permits nothing.
    """

    REFUSE = "refuse", "refuse", "negar"
    HOLD = "hold", "hold", "retener"
    PERMIT = "permit", "permit", "permitir"
    WAIVE = "waive", "waive", "dispensar"


class Party(Worded):
    """Who owes, and to whom it is owed. ``people`` only receive."""

    OWN = "own", "the releasing organisation", "la institución que divulga"
    PARTNER = "partner", "the partner", "la institución socia"
    OVERSEER = "overseer", "the overseer", "el órgano de supervisión"
    PEOPLE = "people", "the people concerned", "las personas afectadas"


class ParameterType(StrEnum):
    """What an agreement states for a parameter."""

    DURATION = "duration"
    INT = "int"
    STRING = "string"
    BOOL = "bool"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A text on which a rule or duty rests.

    ``since`` is the day from which the text applies, where it is known. ``awaiting_check``: the clause is
    from general knowledge and counsel has not compared it with the text; it may hold or refuse, never permit.
    """

    text: str
    clause: str
    url: str | None = None
    since: date | None = None
    awaiting_check: bool = False

    def applied_on(self, day: date) -> bool:
        """Whether the text was in force on that day; one without a known first day counts as in force."""
        return self.since is None or self.since <= day

    def __str__(self) -> str:
        return f"{self.text}, {self.clause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A length of time: stated in the pack, or by the agreement's parameter of that name.

    Both where the law sets a limit: partners may agree on less than ``span``, and on no more.
    """

    span: timedelta | None = None
    parameter: str | None = None

    def under(self, agreement: Mapping[str, object]) -> timedelta | None:
        """The length under this agreement, or None where neither it nor the law states one."""
        if self.parameter is None:
            return self.span
        stated = agreement.get(self.parameter)
        if not isinstance(stated, timedelta):
            return self.span
        return stated if self.span is None else min(stated, self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owes:
    """What cures a hold: who owes what to whom, by when after the decision."""

    obligation: str
    debtor: Party
    creditor: Party
    within: Within
    sentence: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that an agreement must state for this pack, there being no default; a field of ``agreement``.

    An ``optional`` one may be left unsaid. It is no default either: what rests on it then has no date, or the law's.
    """

    name: str
    type: ParameterType
    label: Words
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A standing duty: a fact of kind ``on`` creates it, a fact of a kind in ``discharged_by`` ends it.

    ``about`` names the field that both facts share. ``where`` are fields of the first and the values of which each must
    have one, or nothing is owed. The fold over obligations applies it.
    """

    id: str
    on: str
    about: str
    debtor: Party
    creditor: Party
    within: Within
    discharged_by: tuple[str, ...]
    sentence: Words
    cites: tuple[Citation, ...]
    where: tuple[tuple[str, tuple[str | bool, ...]], ...] = ()

    def arises(self, fact: object) -> bool:
        """Whether a fact of kind ``on`` is one that creates it."""
        return all(getattr(fact, field, None) in values for field, values in self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivable:
    """A hold that a waive lifts: of the pack with this name, whichever version of it decides beside."""

    pack: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its effect where ``condition`` (CEL) is true of a dossier, why, on what text, what cures it.

    ``pack`` is the name/version that it stands in. ``waives`` are the holds that a waive lifts, and empty otherwise.
    """

    id: str
    effect: Effect
    condition: str
    because: Words
    cites: tuple[Citation, ...]
    owes: tuple[Owes, ...] = ()
    waives: tuple[Waivable, ...] = ()
    pack: str = ""

    @property
    def awaiting_check(self) -> bool:
        """Whether it rests on a clause that counsel has not compared with the text."""
        return any(cite.awaiting_check for cite in self.cites)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFailure:
    """One of a pack's own cases that did not come out as the pack says."""

    rule: str
    case: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.rule}, case {self.case}: expected {self.expected}, found {self.found}"


def due(at: datetime, within: Within, agreement: Mapping[str, object]) -> datetime | None:
    """When something owed from ``at`` falls due; None where the agreement does not say."""
    span = within.under(agreement)
    if span is None:
        return None
    try:
        return at + span
    except OverflowError:
        return None
