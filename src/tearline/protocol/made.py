"""The frozen values of a verdict, made quickly: a frozen dataclass's own constructor takes five times as long.

Each is filled in as an instance of a twin class with the same slots, which is not frozen, and then turned into what it
is the twin of. Nothing tells the result from one that came from the constructor.
"""

from datetime import datetime

from tearline.facts.words import Words
from tearline.protocol.rule import Owes, Party, Rule
from tearline.protocol.verdict import Matched, Outcome, Owed, Read, Verdict


class _Matched(Read):
    __slots__ = Matched.__slots__
    rule: Rule
    certain: bool
    missing: tuple[str, ...]


class _Owed:
    __slots__ = Owed.__slots__
    obligation: str
    rule: str
    pack: str
    debtor: Party
    creditor: Party
    due: datetime | None
    sentence: Words


class _Verdict:
    __slots__ = Verdict.__slots__
    effect: Outcome
    pack: str
    version: str
    sha256: str
    engine: str
    at: datetime
    matched: tuple[Matched, ...]
    undecided: tuple[Matched, ...]
    owed: tuple[Owed, ...]


def matched_for_certain(rule: Rule, read: dict[str, object]) -> Matched:
    """A rule that matched, with what it read, which nobody changes any more: its readings are made when asked for."""
    made = _Matched()
    made.rule = rule
    made.certain = True
    made._read = read
    made.missing = ()
    made.__class__ = Matched  # type: ignore[assignment]  # the same slots, as the module says
    return made  # type: ignore[return-value]


def owed_of(rule: Rule, owes: Owes, by: datetime | None) -> Owed:
    made = _Owed()
    made.obligation = owes.obligation
    made.rule = rule.id
    made.pack = rule.pack
    made.debtor = owes.debtor
    made.creditor = owes.creditor
    made.due = by
    made.sentence = owes.sentence
    made.__class__ = Owed  # type: ignore[assignment]
    return made  # type: ignore[return-value]


def verdict_of(  # noqa: PLR0917  keywords cost a tenth of it
    of: tuple[str, str, str, str],
    effect: Outcome,
    at: datetime,
    matched: tuple[Matched, ...],
    undecided: tuple[Matched, ...],
    owed: tuple[Owed, ...],
) -> Verdict:
    """A verdict ``of`` a pack's id and version, the hash of its text, and the engine's version."""
    made = _Verdict()
    made.pack, made.version, made.sha256, made.engine = of
    made.effect = effect
    made.at = at
    made.matched = matched
    made.undecided = undecided
    made.owed = owed
    made.__class__ = Verdict  # type: ignore[assignment]
    return made  # type: ignore[return-value]
