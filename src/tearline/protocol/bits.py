"""Sets of a pack's rules as the bits of a number, the first rule the lowest: what they come to together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tearline.protocol.rule import Effect, Rule
from tearline.protocol.verdict import Outcome

MOST_KNOWN = 4_096
"""Sets whose outcome is kept at hand: of many dossiers, most match one of few sets of rules."""


# Python 3.11 takes a tenth of a microsecond to find a member in its class.
_RELEASE, _HOLD, _REFUSE = Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    rules: tuple[str, ...]
    refuse: int
    hold: int
    permit: int
    curable: int
    known: dict[int, tuple[Outcome, tuple[str, ...]]] = field(default_factory=dict)

    def worst(self, bits: int) -> Outcome:
        """The worst effect of rules that match for certain; refuse where none of them permits."""
        if bits & self.refuse or not bits & self.permit:
            return _REFUSE
        return _HOLD if bits & self.hold else _RELEASE

    def said(self, bits: int) -> tuple[Outcome, tuple[str, ...]]:
        """The worst effect, and the ids of the rules in their order."""
        found = self.known.get(bits)
        if found is None:
            found = self.worst(bits), tuple(id_ for n, id_ in enumerate(self.rules) if bits >> n & 1)
            if len(self.known) < MOST_KNOWN:
                self.known[bits] = found
        return found


def bits_of(rules: Sequence[Rule]) -> Bits:
    def those(chosen: Callable[[Rule], bool]) -> int:
        return sum(1 << n for n, rule in enumerate(rules) if chosen(rule))

    return Bits(
        rules=tuple(rule.id for rule in rules),
        refuse=those(lambda rule: rule.effect is Effect.REFUSE),
        hold=those(lambda rule: rule.effect is Effect.HOLD),
        permit=those(lambda rule: rule.effect is Effect.PERMIT),
        curable=those(lambda rule: bool(rule.owes)),
    )
