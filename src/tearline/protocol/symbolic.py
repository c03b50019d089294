"""The decision of several packs as terms: for which dossiers they refuse, and for which they release.

As ``protocol.judged`` has it: each pack permits by itself, an uncertain refusal or hold holds, and a certain waive
lifts the certain holds that it names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tearline.protocol.logic import Bit, Untranslated
from tearline.protocol.protocol import Protocol
from tearline.protocol.rule import Effect, Rule
from tearline.protocol.translate import Translation
from tearline.protocol.tree import Node
from tearline.protocol.world import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A rule as terms. ``shape`` is one for rules with the same condition; ``pack`` is without its version.

    ``lifted`` is where a waive lifts it, ``lifters`` are the shapes of those waives. ``unclear`` says why its condition
    could not be translated: it then stands for anything, and what rests on it is undecided.
    """

    rule: Rule
    pack: str
    shape: int
    truth: Truth
    lifted: Bit = False
    lifters: frozenset[int] = frozenset()
    unclear: str = ""


class Ruling:
    """What a protocol's rules come to, as terms over the translation's world."""

    def __init__(self, protocol: Protocol, translation: Translation) -> None:
        self.protocol = protocol
        self._logic = translation.world.logic
        read = [
            _ruled(pack.name, rule, tree, translation)
            for pack in protocol.packs
            for rule, tree in zip(pack.rules, pack.conditions, strict=True)
        ]
        waives = [one for one in read if one.rule.effect is Effect.WAIVE]
        self.rules = tuple(self._with_waives(one, waives) for one in read)

    def of(self, effect: Effect, pack: str = "") -> list[Ruled]:
        """The rules of this effect, of all packs or of one."""
        return [one for one in self.rules if one.rule.effect is effect and pack in ("", one.pack)]

    def stops(self, one: Ruled) -> Bit:
        """Where a refuse or hold rule stands in the way of a release."""
        logic, truth = self._logic, one.truth
        return logic.every((logic.negated(truth.false), logic.negated(self._lifts(one))))

    def _lifts(self, one: Ruled) -> Bit:
        return self._logic.every((one.truth.true, one.lifted))

    def permits(self, pack: str) -> Bit:
        return self._logic.some(one.truth.true for one in self.of(Effect.PERMIT, pack))

    def refuses(self) -> Bit:
        """Where the decision is refuse."""
        logic = self._logic
        stopped = [one.truth.true for one in self.of(Effect.REFUSE)]
        closed = [logic.negated(self.permits(pack.name)) for pack in self.protocol.packs]
        return logic.some((*stopped, *closed))

    def does_not_refuse(self) -> Iterable[Bit]:
        """What holds together where the decision is release or hold."""
        for one in self.of(Effect.REFUSE):
            yield self._logic.negated(one.truth.true)
        for pack in self.protocol.packs:
            yield self.permits(pack.name)

    def releases(self) -> Iterable[Bit]:
        """What holds together where the decision is release."""
        for one in (*self.of(Effect.REFUSE), *self.of(Effect.HOLD)):
            yield self._logic.negated(self.stops(one))
        for pack in self.protocol.packs:
            yield self.permits(pack.name)

    def _with_waives(self, one: Ruled, waives: Sequence[Ruled]) -> Ruled:
        if one.rule.effect is not Effect.HOLD:
            return one
        over = [
            waive
            for waive in waives
            if any((w.pack, w.rule) == (one.pack, one.rule.id) for w in waive.rule.waives)
        ]
        return Ruled(
            rule=one.rule,
            pack=one.pack,
            shape=one.shape,
            truth=one.truth,
            lifted=self._logic.some(waive.truth.true for waive in over),
            lifters=frozenset(waive.shape for waive in over),
            unclear=one.unclear,
        )


def _ruled(pack: str, rule: Rule, tree: Node, translation: Translation) -> Ruled:
    shape = translation.shapes.of(tree).number
    try:
        return Ruled(rule=rule, pack=pack, shape=shape, truth=translation.condition(tree))
    except Untranslated as what:
        # One unknown for all rules of this shape: two that say the same still say the same.
        logic = translation.world.logic
        true, false = logic.bit(f"condition {shape} is true"), logic.bit(f"condition {shape} is false")
        translation.world.given.append(logic.negated(logic.every((true, false))))
        return Ruled(rule=rule, pack=pack, shape=shape, truth=Truth(true, false), unclear=str(what))
