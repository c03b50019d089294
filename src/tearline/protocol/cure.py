"""What would have to change for nothing to hold: a smallest set of changes, put to the evaluator before it is told.

Candidates are read off the conditions (``ways``), and only from facts that somebody's act can change or that nobody has
stated (``curable``). Whether a set cures is decided by the packs themselves, on the dossier with the changes made: no
hold is left, no refusal is new, no permit is lost. Each change is needed: without it one of these would not be so. A
refusal is not cured. Where no set was found within the bounds of the search, the cure says for which holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from tearline.protocol.evaluate import Exhausted, Scope, Unknown, evaluate
from tearline.protocol.needed import (
    Needed,
    Put,
    Way,
    as_new_as,
    cost,
    joined,
    order,
    patched,
    put_at,
    steps,
    value_at,
)
from tearline.protocol.pack import Pack
from tearline.protocol.protocol import Protocol
from tearline.protocol.rule import Effect, Rule
from tearline.protocol.tree import Field, Node, Root
from tearline.protocol.verdict import Decision, Matched, Outcome, Owed
from tearline.protocol.ways import Search, facts

MOST_TRIES = 250
"""Dossiers that the search for one hold may put to the packs: a fraction of a second at the most."""
MOST_STEPS = 1_000_000
"""Nodes evaluated and facts weighed while ways are read, over all holds: some two seconds at the most."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that would have to be otherwise.

    ``path`` is of a fact, or of an entry that is added (``sign_offs[2]``). ``before`` is None where nothing is on
    record. ``after`` is the value with which the cure was checked; ``needed`` says what any other value must meet.
    ``cures`` are the rules that hold without it.
    """

    path: str
    before: object
    after: object
    needed: tuple[Needed, ...]
    adds: bool
    cures: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """The changes that together cure the holds, and what the packs say of the dossier with them.

    ``verified`` is True where no hold at all is left; ``left`` are the rules for which no change was found within the
    bounds. ``then`` is the effect of the changed dossier, ``refused_by`` the refusals that stand. ``dossier`` is it.
    """

    changes: tuple[Change, ...]
    verified: bool
    left: tuple[Rule, ...]
    then: Outcome
    refused_by: tuple[Rule, ...]
    dossier: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CureRow:
    """What cures one rule: the changes, who owes them and by when. Without changes: none was found for it."""

    rule: Rule
    changes: tuple[Change, ...]
    owed: tuple[Owed, ...]
    missing: tuple[str, ...]


def cure(protocol: Protocol | Pack, dossier: Mapping[str, object]) -> Cure:
    """What would cure every hold of this dossier; nothing to change where nothing holds.

    Raises Malformed only where the dossier states no time of decision.
    """
    bound = Protocol(packs=(protocol,)) if isinstance(protocol, Pack) else protocol
    return _Curing(bound, dossier, bound.decide(dossier)).cure()


def standing(decision: Decision) -> tuple[Matched, ...]:
    """The rules that hold: holds that were not lifted, and refusals that could not be evaluated."""
    return tuple(m for m in decision.matched if _holds(decision, m))


def _holds(decision: Decision, one: Matched) -> bool:
    if one.rule.effect is Effect.REFUSE:
        return not one.certain
    return one.rule.effect is Effect.HOLD and not decision.lifted(one)


def rows(decision: Decision, found: Cure) -> tuple[CureRow, ...]:
    """The cure hold by hold, with what the rule makes owed; a change that several holds need stands with each."""
    return tuple(
        CureRow(
            rule=m.rule,
            changes=tuple(c for c in found.changes if _key(m.rule) in map(_key, c.cures)),
            owed=tuple(o for o in decision.owed if (o.pack, o.rule) == _key(m.rule)),
            missing=m.missing,
        )
        for m in standing(decision)
    )


def besides(decision: Decision, found: Cure) -> tuple[Change, ...]:
    """Changes that no hold of the decision itself needs: without them the other changes would bring up a new one."""
    held = {_key(m.rule) for m in standing(decision)}
    return tuple(c for c in found.changes if not held & set(map(_key, c.cures)))


@dataclass(slots=True)
class _Curing:
    protocol: Protocol
    dossier: Mapping[str, object]
    before: Decision
    steps: int = MOST_STEPS
    tries: int = 0
    seen: set[object] = field(default_factory=set)

    def cure(self) -> Cure:
        held = [_key(m.rule) for m in standing(self.before)]
        way: Way = {}
        left: list[Key] = []
        for n, key in enumerate(held):
            # Those that come later are not asked for yet: one that nothing cures must not keep the others from a cure.
            open_ = {*left, *held[n + 1 :]}
            found = self._search(way, open_) or (self._search({}, open_) if way else None)
            if found is None:
                left.append(key)
            else:
                way = found[0]
        if not self._cured(way, set(left)):
            way, left = {}, held
        way = self._needed_only(way, set(left))
        return self._told(way, left)

    def _told(self, way: Way, left: Sequence[Key]) -> Cure:
        changed = patched(self.dossier, way)
        after = self.protocol.decide(changed)
        rules = {_key(rule): rule for pack in self.protocol.packs for rule in pack.rules}
        return Cure(
            changes=self._changes(way, set(left)),
            verified=not standing(after) and self._cured(way, set()),
            left=tuple(rules[key] for key in left),
            then=after.effect,
            refused_by=tuple(m.rule for m in after.matched if m.rule.effect is Effect.REFUSE and m.certain),
            dossier=changed,
        )

    def _search(self, way: Way, open_: set[Key]) -> tuple[Way] | None:
        """A way onwards from this one under which nothing holds but what is ``open_``.

        In a tuple, since it may be empty.
        """
        self.tries, self.seen = MOST_TRIES, set()
        try:
            found = self._onwards(way, open_)
        except Exhausted:
            return None
        return None if found is None else (found,)

    def _onwards(self, way: Way, open_: set[Key]) -> Way | None:
        known = frozenset((path, repr(put.value)) for path, put in way.items())
        if known in self.seen:
            return None
        self.seen.add(known)
        self.tries -= 1
        if self.tries < 0:
            raise Exhausted
        changed = patched(self.dossier, way)
        decision = self.protocol.decide(changed)
        if self._worse(decision):
            return None
        held = [m for m in standing(decision) if _key(m.rule) not in open_]
        if not held:
            return None if self._loses_permit(decision) else way
        for more in self._ways(held[0], changed):
            both = joined(way, more)
            found = self._onwards(both, open_) if both is not None else None
            if found is not None:
                return found
        return None

    def _ways(self, held: Matched, dossier: Mapping[str, object]) -> list[Way]:
        """Ways to make this rule not match; where facts are missing, also to state them first."""
        condition = self._condition(held.rule)
        search = Search(Scope(dossier, steps=self.steps))
        try:
            return self._read(search, condition, held)
        finally:
            self.steps = search.scope.steps

    def _read(self, search: Search, condition: Node, held: Matched) -> list[Way]:
        found = search.to(condition, False)
        if isinstance(evaluate(condition, search.scope), Unknown):
            missing = set(held.missing)
            for node in facts(condition):
                if _fixed_path(node) in missing:
                    found += search.stated(node)
        return found

    def _condition(self, rule: Rule) -> Node:
        pack = self.protocol.pack(rule.pack) or self.protocol.leading
        return pack.conditions[pack.rules.index(rule)]

    def _worse(self, decision: Decision) -> bool:
        return bool(_refusals(decision) - _refusals(self.before))

    def _loses_permit(self, decision: Decision) -> bool:
        return bool(_without_permit(decision) - _without_permit(self.before))

    def _cured(self, way: Way, open_: set[Key]) -> bool:
        decision = self.protocol.decide(patched(self.dossier, way))
        if self._worse(decision) or self._loses_permit(decision):
            return False
        return all(_key(m.rule) in open_ for m in standing(decision))

    def _needed_only(self, way: Way, open_: set[Key]) -> Way:
        """The same without what it does not need, the dearest tried first."""
        again = True
        while again:
            again = False
            for path in sorted(way, key=lambda p: (-cost({p: way[p]}), p)):
                fewer = self._without(way, path)
                if self._cured(fewer, open_):
                    way, again = fewer, True
                    break
        return way

    def _without(self, way: Way, path: str) -> Way:
        """The same without this fact, or without this whole entry."""
        rest = {p: put for p, put in way.items() if p != path and not p.startswith(f"{path}.")}
        return _renumbered(self.dossier, rest)

    def _changes(self, way: Way, open_: set[Key]) -> tuple[Change, ...]:
        made = []
        for path, paths in groupby(sorted(way, key=order), key=lambda p: _entry(self.dossier, p) or p):
            own = list(paths)
            without = self.protocol.decide(patched(self.dossier, self._without(way, path)))
            adds = _entry(self.dossier, path) is not None
            made.append(
                Change(
                    path=path,
                    before=None if adds else value_at(self.dossier, path),
                    after=value_at(patched(self.dossier, way), path),
                    needed=tuple(n for p in own for n in _said(way[p].needed)),
                    adds=adds,
                    cures=tuple(m.rule for m in standing(without) if _key(m.rule) not in open_),
                )
            )
        return tuple(made)


def _said(needed: tuple[Needed, ...]) -> tuple[Needed, ...]:
    """Without that it is there at all, where more is needed of it."""
    return tuple(n for n in needed if n.operator != "has") or needed


def _key(rule: Rule) -> Key:
    return rule.pack, rule.id


def _refusals(decision: Decision) -> set[Key]:
    return {_key(m.rule) for m in decision.matched if m.rule.effect is Effect.REFUSE and m.certain}


def _without_permit(decision: Decision) -> set[str]:
    return {v.pack for v in decision.verdicts if not any(m.rule.effect is Effect.PERMIT for m in v.matched)}


def _fixed_path(node: Node) -> str | None:
    """The path of a fact that stands in no list."""
    match node:
        case Root(name=name):
            return name
        case Field(of=of, name=name):
            above = _fixed_path(of)
            return None if above is None else f"{above}.{name}"
        case _:
            return None


def with_changes(dossier: Mapping[str, object], changes: Iterable[Change]) -> Mapping[str, object]:
    """The dossier with these changes made."""
    made: Mapping[str, object] = dossier
    stated: list[str] = []
    for change in changes:
        path = steps(change.path)
        fields = change.after if isinstance(change.after, dict) else {}
        stated += [change.path, *(f"{change.path}.{name}" for name in fields)]
        if change.adds:
            listed = value_at(made, change.path.rpartition("[")[0])
            path = (*path[:-1], len(listed) if isinstance(listed, list | tuple) else 0)
        changed = put_at(made, path, change.after)
        assert isinstance(changed, dict)  # noqa: S101  as in patched
        made = changed
    return as_new_as(made, stated)


def _entry(dossier: Mapping[str, object], path: str) -> str | None:
    """The path of the entry that this one adds, or adds a field to; None where no entry is added."""
    listed, bracket, rest = path.partition("[")
    number, _, _ = rest.partition("]")
    if not bracket:
        return None
    known = value_at(dossier, listed)
    count = len(known) if isinstance(known, list | tuple) else 0
    return f"{listed}[{number}]" if int(number) >= count else None


def _renumbered(dossier: Mapping[str, object], way: Way) -> Way:
    """The same with the added entries in the places that follow on the last one."""
    made: dict[str, Put] = {}
    places: dict[str, int] = {}
    named: dict[str, str] = {}
    for path in sorted(way, key=order):
        entry = _entry(dossier, path)
        if entry is None:
            made[path] = way[path]
            continue
        if entry not in named:
            listed = entry.rpartition("[")[0]
            known = value_at(dossier, listed)
            first = len(known) if isinstance(known, list | tuple) else 0
            named[entry] = f"{listed}[{places.setdefault(listed, first)}]"
            places[listed] += 1
        new = named[entry] + path.removeprefix(entry)
        put = way[path]
        made[new] = put._replace(needed=tuple(n._replace(path=new) for n in put.needed))
    return made
