"""A verdict: what may happen, every rule that says so, and the facts that made each of them match."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

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


# Past the checks of NamedTuple's own constructor: the items are pairs already, and a long chain has thousands.
_reading: Callable[[tuple[str, object]], Reading] = partial(tuple.__new__, Reading)


def readings_of(read: Mapping[str, object]) -> tuple[Reading, ...]:
    """The readings of these paths and values, in their order."""
    return tuple(map(_reading, read.items()))


class Read:
    """What a condition read, path by path, for a ``Matched`` of which nobody has asked for its readings yet.

    A record of its own, which nobody else holds: what becomes of the dossier does not change it.
    """

    __slots__ = ("_read",)
    _read: dict[str, object]

    if not TYPE_CHECKING:  # mypy would take it to mean that there is an attribute of any name

        def __getattr__(self, name: str) -> tuple[Reading, ...]:
            if name != "readings":
                raise AttributeError(f"{type(self).__name__} has no {name}")
            readings = readings_of(self._read)
            object.__setattr__(self, "readings", readings)
            return readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched(Read):
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
    pack: str
    debtor: Party
    creditor: Party
    due: datetime | None
    sentence: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One pack's: the worst effect of all matching rules; ``refuse`` where none permits.

    ``matched`` holds every matching rule in the pack's order. ``undecided`` holds the permits and waives that did
    not count because a fact they need is missing. What a waive lifts is the ``Decision``'s to say. ``pack`` is
    name/version; ``sha256`` is of its exact text.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A hold that was lifted, and the waive rule that lifted it."""

    rule: Rule
    by: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all the packs that bind together say: the worst of their verdicts, each without the holds that were lifted.

    ``verdicts`` are as each pack reached its own, before anything was lifted.
    """

    effect: Outcome
    at: datetime
    verdicts: tuple[Verdict, ...]
    waived: tuple[Waived, ...] = ()

    @property
    def protocol(self) -> str:
        """The packs by name/version, the first leading."""
        return "+".join(verdict.pack for verdict in self.verdicts)

    @property
    def matched(self) -> tuple[Matched, ...]:
        """Every rule that matched, pack by pack, the lifted ones included."""
        return tuple(one for verdict in self.verdicts for one in verdict.matched)

    @property
    def undecided(self) -> tuple[Matched, ...]:
        return tuple(one for verdict in self.verdicts for one in verdict.undecided)

    @property
    def owed(self) -> tuple[Owed, ...]:
        """What would cure the holds that stand."""
        return tuple(o for v in self.verdicts for o in v.owed if not self._is_lifted(o.pack, o.rule))

    def lifted(self, one: Matched) -> bool:
        """Whether this rule's hold was lifted."""
        return self._is_lifted(one.rule.pack, one.rule.id)

    def called(self, rule: Rule) -> str:
        """The rule's name in this decision: its id, behind its pack where that is not the leading one."""
        return rule.id if rule.pack == self.verdicts[0].pack else f"{rule.pack}:{rule.id}"

    def _is_lifted(self, pack: str, rule: str) -> bool:
        return any((w.rule.pack, w.rule.id) == (pack, rule) for w in self.waived)
