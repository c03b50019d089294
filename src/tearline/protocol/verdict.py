"""A verdict: what may happen, every rule that says so, and the facts that made each of them match."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tearline.facts.words import Worded, Words
from tearline.protocol.rule import Party, Rule


class Outcome(Worded):
    """What a verdict says, worst last."""

    RELEASE = "release", "release", "divulgar"
    HOLD = "hold", "hold", "retener"
    REFUSE = "refuse", "refuse", "negar"


class Reading(NamedTuple):
    """A fact that a matching condition read: ``chain[2].outcome`` was ``exempt``.

    ``value`` is None where the condition asked whether the fact is there and it is not. The size of a list
    reads ``size(chain)``. A tuple, because a long chain can have thousands.
    """

    path: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A rule that matched, with what its condition read.

    ``certain`` is False where a fact was missing or could not be compared: a refuse or hold rule then holds,
    and ``missing`` names the paths. ``readings`` are derived from the condition itself: of a list, the
    elements that made it match, each led by the field that identifies it.
    """

    rule: Rule
    certain: bool
    readings: tuple[Reading, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What would cure a hold. ``due`` is None where the agreement does not state the time allowed."""

    obligation: str
    rule: str
    debtor: Party
    creditor: Party
    due: datetime | None
    sentence: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The worst effect of all matching rules; ``refuse`` where none permits.

    ``matched`` holds every matching rule in the pack's order. ``undecided`` holds the permits that did not
    count because a fact they need is missing. ``pack`` is name/version; ``sha256`` is of its exact text.
    """

    effect: Outcome
    pack: str
    version: str
    sha256: str
    engine: str
    at: datetime
    matched: tuple[Matched, ...]
    undecided: tuple[Matched, ...]
    owed: tuple[Owed, ...]

    @property
    def name(self) -> str:
        return self.pack.rpartition("/")[0]
