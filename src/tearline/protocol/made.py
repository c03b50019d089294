"""The frozen values of a verdict, made quickly: a frozen dataclass's own constructor takes five times as long.

Each class here has the slots of the one it is named for and is not frozen. An instance is filled in and then, by its
``__class__``, turned into what it is the twin of. Nothing tells the result from one that came from the constructor.
"""

from datetime import datetime

from tearline.facts.words import Words
from tearline.protocol.rule import Owes, Party, Rule
from tearline.protocol.verdict import Matched, Outcome, Owed, Read, Verdict


class UnfrozenMatched(Read):
    __slots__ = Matched.__slots__
    rule: Rule
    certain: bool
    missing: tuple[str, ...]


class UnfrozenVerdict:
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


class UnfrozenOwed:
    __slots__ = Owed.__slots__
    obligation: str
    rule: str
    pack: str
    debtor: Party
    creditor: Party
    due: datetime | None
    sentence: Words


def owed_of(rule: Rule, owes: Owes, by: datetime | None) -> Owed:
    made = UnfrozenOwed()
    made.obligation = owes.obligation
    made.rule = rule.id
    made.pack = rule.pack
    made.debtor = owes.debtor
    made.creditor = owes.creditor
    made.due = by
    made.sentence = owes.sentence
    made.__class__ = Owed  # type: ignore[assignment]  # as the module says
    return made  # type: ignore[return-value]
