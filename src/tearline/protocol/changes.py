"""What differs between two packs, rule by rule: for whoever has to sign the second in place of the first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tearline.facts.words import Worded
from tearline.protocol.pack import Pack
from tearline.protocol.rule import Duty, Effect, Parameter, Rule

RELEASES = (Effect.PERMIT, Effect.WAIVE)
_STRICT = {Effect.WAIVE: 0, Effect.PERMIT: 0, Effect.HOLD: 1, Effect.REFUSE: 2}


class Difference(Worded):
    ADDED = "added", "added", "añadida"
    REMOVED = "removed", "removed", "retirada"
    CHANGED = "changed", "changed", "modificada"


class Part(Worded):
    """What of a rule is another now."""

    EFFECT = "effect", "effect", "efecto"
    CONDITION = "condition", "condition", "condición"
    OWES = "owes", "what cures it", "qué lo subsana"
    WAIVES = "waives", "what it waives", "qué dispensa"
    CITES = "cites", "citations", "citas"
    WORDS = "words", "its sentence", "su frase"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule of either pack that is not the same in the other. Where it is not there it is None."""

    id: str
    before: Rule | None
    after: Rule | None
    parts: tuple[Part, ...] = ()

    @property
    def difference(self) -> Difference:
        if self.before is None:
            return Difference.ADDED
        return Difference.REMOVED if self.after is None else Difference.CHANGED

    @property
    def may_loosen(self) -> bool:
        """Whether something that was stopped could come through by this change. What it does is for a proof to say."""
        before, after = self.before, self.after
        if before is None or after is None:
            rule = before or after
            return rule is not None and (rule.effect in RELEASES) is (before is None)
        if {Part.CONDITION, Part.WAIVES} & set(self.parts):
            return True
        return _STRICT[after.effect] < _STRICT[before.effect]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs. Of duties and parameters: name and how."""

    rules: tuple[RuleChange, ...]
    duties: tuple[tuple[str, Difference], ...]
    parameters: tuple[tuple[str, Difference], ...]

    def __bool__(self) -> bool:
        return bool(self.rules or self.duties or self.parameters)


def changes(old: Pack, new: Pack) -> Changes:
    """What is another in ``new``; rules that may loosen come first, then in the order of ``new``, then what is gone."""
    before, after = {r.id: r for r in old.rules}, {r.id: r for r in new.rules}
    found = [
        RuleChange(id=id_, before=before.get(id_), after=after.get(id_), parts=parts)
        for id_ in dict.fromkeys((*after, *before))
        for parts in (_parts(before.get(id_), after.get(id_)),)
        if parts or id_ not in before or id_ not in after
    ]
    return Changes(
        rules=tuple(sorted(found, key=lambda change: not change.may_loosen)),
        duties=tuple(_named(old.duties, new.duties)),
        parameters=tuple(_stated(old.parameters, new.parameters)),
    )


def _parts(before: Rule | None, after: Rule | None) -> tuple[Part, ...]:
    if before is None or after is None:
        return ()
    same = {
        Part.EFFECT: before.effect is after.effect,
        Part.CONDITION: before.condition.split() == after.condition.split(),
        Part.OWES: before.owes == after.owes,
        Part.WAIVES: before.waives == after.waives,
        Part.CITES: before.cites == after.cites,
        Part.WORDS: before.because == after.because,
    }
    return tuple(part for part in Part if not same[part])


def _named(old: Iterable[Duty], new: Iterable[Duty]) -> Iterable[tuple[str, Difference]]:
    before, after = {d.id: d for d in old}, {d.id: d for d in new}
    return _differing(before, after)


def _stated(old: Iterable[Parameter], new: Iterable[Parameter]) -> Iterable[tuple[str, Difference]]:
    before = {p.name: (p.type, p.optional) for p in old}
    after = {p.name: (p.type, p.optional) for p in new}
    return _differing(before, after)


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> Iterable[tuple[str, Difference]]:
    for name in dict.fromkeys((*after, *before)):
        if name not in before:
            yield name, Difference.ADDED
        elif name not in after:
            yield name, Difference.REMOVED
        elif before[name] != after[name]:
            yield name, Difference.CHANGED
