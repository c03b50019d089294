"""The packs that bind together: what a decision is put to.

Each pack has to permit by itself, so a text that partners add can only make a decision stricter. The one exception is
written into a pack as a rule of its own kind: a *waive* lifts holds that it names, where its condition is true for
certain. It lifts no refusal, and no hold that rests on a missing fact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tearline.facts.errors import Malformed
from tearline.protocol.pack import Pack, worst
from tearline.protocol.rule import Effect, Parameter
from tearline.protocol.verdict import Decision, Matched, Outcome, Verdict, Waived

SEVERITY = {Outcome.RELEASE: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One or more packs, the leading one first; raises Malformed where they do not fit together.

    They do not fit where two are versions of one text, state one parameter with two types, or a waive names what is no
    hold of the pack it names.
    """

    packs: tuple[Pack, ...]
    parameters: tuple[Parameter, ...] = field(init=False, repr=False)
    _waiving: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.packs:
            raise Malformed("protocol", "packs", "at least one pack")
        _each_once(self.packs)
        _waive_holds_only(self.packs)
        object.__setattr__(self, "parameters", _merged(self.packs))
        object.__setattr__(self, "_waiving", frozenset(_waiving(self.packs)))

    @property
    def id(self) -> str:
        return "+".join(pack.id for pack in self.packs)

    @property
    def leading(self) -> Pack:
        return self.packs[0]

    @property
    def leads(self) -> bool:
        """Whether an agreement may rest on it: the leading pack is one that can."""
        return not self.leading.beside

    def pack(self, id_: str) -> Pack | None:
        return next((pack for pack in self.packs if pack.id == id_), None)

    def decide(self, dossier: Mapping[str, object]) -> Decision:
        """The decision on a dossier as ``read_dossier`` gives it, at the dossier's own time.

        Raises Malformed only where the dossier states no time of decision.
        """
        return judged(tuple([pack.decide(dossier) for pack in self.packs]))

    def outcome(self, dossier: Mapping[str, object]) -> tuple[Outcome, tuple[str, ...]]:
        """The decision's effect and its rules as ``Decision.called`` names them, without what they read.

        Raises as ``decide`` does.
        """
        effect, called = self.leading.outcome(dossier)
        if self._waiving.isdisjoint(called):
            for pack in self.packs[1:]:
                also, ids = pack.outcome(dossier)
                if SEVERITY[also] > SEVERITY[effect]:
                    effect = also
                called += tuple([f"{pack.id}:{id_}" for id_ in ids])
            if self._waiving.isdisjoint(called):
                return effect, called
        decision = self.decide(dossier)
        return decision.effect, tuple([decision.called(one.rule) for one in decision.matched])


def judged(verdicts: tuple[Verdict, ...]) -> Decision:
    """The decision that these verdicts on one dossier come to."""
    waived = _waived(verdicts)
    if not waived:
        effects = [verdict.effect for verdict in verdicts]
    else:
        lifted = {(w.rule.pack, w.rule.id) for w in waived}
        effects = [
            worst(m for m in verdict.matched if (m.rule.pack, m.rule.id) not in lifted)
            for verdict in verdicts
        ]
    return Decision(
        effect=max(effects, key=SEVERITY.__getitem__), at=verdicts[0].at, verdicts=verdicts, waived=waived
    )


def _waived(verdicts: tuple[Verdict, ...]) -> tuple[Waived, ...]:
    waives = [m.rule for v in verdicts for m in v.matched if m.rule.effect is Effect.WAIVE and m.certain]
    if not waives:
        return ()
    held = {(v.name, m.rule.id): m for v in verdicts for m in v.matched if _liftable(m)}
    found: dict[tuple[str, str], Waived] = {}
    for rule in waives:
        for named in rule.waives:
            one = held.get((named.pack, named.rule))
            if one is not None:
                found.setdefault((one.rule.pack, one.rule.id), Waived(rule=one.rule, by=rule))
    return tuple(found.values())


def _liftable(one: Matched) -> bool:
    """A hold that matched for certain: where a fact is missing nobody knows what would be lifted."""
    return one.rule.effect is Effect.HOLD and one.certain


def _each_once(packs: tuple[Pack, ...]) -> None:
    names = [pack.name for pack in packs]
    for n, pack in enumerate(packs):
        if pack.name in names[:n]:
            raise Malformed(
                "protocol", pack.id, f"each text once, found {pack.name} in two versions or twice"
            )


def _waive_holds_only(packs: tuple[Pack, ...]) -> None:
    rules = {(pack.name, rule.id): rule for pack in packs for rule in pack.rules}
    present = {pack.name for pack in packs}
    for pack in packs:
        for rule in pack.rules:
            for named in rule.waives:
                held = rules.get((named.pack, named.rule))
                if named.pack in present and (held is None or held.effect is not Effect.HOLD):
                    raise Malformed(
                        "protocol",
                        f"{pack.id}, rule {rule.id}",
                        f"a hold of {named.pack} to waive, found {named.rule}",
                    )


def _waiving(packs: tuple[Pack, ...]) -> Iterator[str]:
    """The waive rules as a decision calls them."""
    for pack in packs:
        for rule in pack.rules:
            if rule.effect is Effect.WAIVE:
                yield rule.id if pack is packs[0] else f"{pack.id}:{rule.id}"


def _merged(packs: tuple[Pack, ...]) -> tuple[Parameter, ...]:
    """Every parameter once; one that any of the packs needs is needed."""
    found: dict[str, Parameter] = {}
    for pack in packs:
        for own in pack.parameters:
            known = found.setdefault(own.name, own)
            if known.type is not own.type:
                raise Malformed("protocol", pack.id, f"{own.name} to be of one type in all its packs")
            if known.optional and not own.optional:
                found[own.name] = own
    return tuple(found.values())
