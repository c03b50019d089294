"""A draft of a protocol over dossiers that were decided: what it would have said instead of the text it would replace.

Nothing is decided by it. Both texts are put to the same dossier, as it was known at that verdict, so that the
difference is theirs and not of what happened since.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.facts.fact import Seal
from tearline.facts.release import VerdictReached
from tearline.facts.strict import parse_json
from tearline.facts.words import Worded
from tearline.folds.agreements import typed
from tearline.protocol import Decision, Pack, Parameter, Protocol, read_dossier
from tearline.protocol.protocol import SEVERITY

Stated = Mapping[str, int | str | bool]


class Way(Worded):
    """In which direction a draft changes one verdict, what should be looked at first on top."""

    LOOSER = "looser", "looser", "más permisivo"
    STRICTER = "stricter", "stricter", "más estricto"
    OTHERWISE = "otherwise", "same effect, by other rules", "mismo efecto, por otras reglas"
    SAME = "same", "the same", "igual"


class LeftOut(Worded):
    """Why a verdict cannot be tried."""

    SEALED = "sealed", "sealed to you, or purged", "sellado para usted, o suprimido"
    OTHER_TEXTS = "other-texts", "decided by other texts", "decididos por otros textos"
    UNREADABLE = "unreadable", "not readable by both texts", "no legibles por ambos textos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One dossier under both texts. ``gone`` are rules that do not match any more; ``come`` are those that do now."""

    name: str
    before: Decision
    after: Decision
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def way(self) -> Way:
        by = SEVERITY[self.after.effect] - SEVERITY[self.before.effect]
        if by:
            return Way.LOOSER if by < 0 else Way.STRICTER
        return Way.OTHERWISE if self.gone or self.come else Way.SAME


def on_verdict(
    reached: VerdictReached,
    protocols: Mapping[str, Pack],
    old: Pack,
    new: Pack,
    parameters: Stated,
) -> Tried | LeftOut:
    """``old`` and ``new`` on this verdict's dossier, each beside the further texts that decided it.

    ``parameters`` are what agreements would state in addition.
    """
    if reached.dossier.seal is not Seal.OPEN:
        return LeftOut.SEALED
    names = [applied.protocol for applied in reached.packs]
    bound = [protocols.get(name) for name in names]
    if old.name not in {name.rpartition("/")[0] for name in names} or None in bound:
        return LeftOut.OTHER_TEXTS
    packs = [pack for pack in bound if pack is not None]
    try:
        deciding, before, after = (
            Protocol(packs=tuple(chosen if pack.name == old.name else pack for pack in packs))
            for chosen in (next(p for p in packs if p.name == old.name), old, new)
        )
        declared = _declared(deciding, before, after)
        dossier = read_dossier(
            parse_json(reached.dossier.open(), file="dossier"), file="dossier", parameters=declared
        )
    except Malformed:
        return LeftOut.UNREADABLE
    return _tried(reached.request, dossier, before, after, parameters)


def on_case(name: str, dossier: Mapping[str, object], old: Pack, new: Pack, parameters: Stated) -> Tried:
    """Both texts on one of their own cases."""
    return _tried(name, dossier, Protocol(packs=(old,)), Protocol(packs=(new,)), parameters)


def _tried(
    name: str, dossier: Mapping[str, object], before: Protocol, after: Protocol, parameters: Stated
) -> Tried:
    held = dossier.get("agreement")
    more = typed(parameters, after)
    stated = {**dossier, "agreement": {**more, **held}} if isinstance(held, Mapping) and more else dossier
    was, would = before.decide(dossier), after.decide(stated)
    had, has = _rules(was), _rules(would)
    return Tried(
        name=name,
        before=was,
        after=would,
        gone=tuple(r for r in had if r not in has),
        come=tuple(r for r in has if r not in had),
    )


def _rules(decision: Decision) -> tuple[str, ...]:
    """The rules that stand, by name, whatever their text's version; one that was waived does not."""
    leading = decision.verdicts[0].name
    named = ((m.rule.pack.rpartition("/")[0], m) for m in decision.matched if not decision.lifted(m))
    return tuple(m.rule.id if pack == leading else f"{pack}:{m.rule.id}" for pack, m in named)


def _declared(*protocols: Protocol) -> tuple[Parameter, ...]:
    """Every parameter once, as the first of them declares it."""
    found: dict[str, Parameter] = {}
    for protocol in protocols:
        for parameter in protocol.parameters:
            found.setdefault(parameter.name, parameter)
    return tuple(found.values())
