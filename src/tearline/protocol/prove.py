"""Claims about protocols that hold for every dossier with lists up to a bound, or a dossier that breaks one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, evaluate
from tearline.protocol.logic import Bit, Untranslated
from tearline.protocol.pack import Pack
from tearline.protocol.protocol import SEVERITY, Protocol
from tearline.protocol.schema import schema
from tearline.protocol.search import BOUND, SECONDS, Search
from tearline.protocol.shrink import Dossier, shrunk
from tearline.protocol.solver import Allowance, Undecided
from tearline.protocol.symbolic import Ruling
from tearline.protocol.verdict import Decision, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What came of a claim: proved within the bound, or broken by a dossier, or undecided for a reason."""

    bound: int
    dossier: Dossier | None = None
    decision: Decision | None = None
    undecided: str = ""

    @property
    def proved(self) -> bool:
        return self.dossier is None and not self.undecided


def prove(
    packs: Sequence[Pack], given: str, at_least: Outcome, *, bound: int = BOUND, seconds: float = SECONDS
) -> Proof:
    """Whether every dossier for which ``given`` is true for certain gets ``at_least`` from these packs, or worse.

    ``given`` is a condition over today's dossier and the packs' parameters; raises WrongCondition.
    """
    protocol = Protocol(packs=tuple(packs))
    tree = check(given, schema(protocol.parameters)).tree
    search = Search([protocol], bound, tree)
    ruling = Ruling(protocol, search.translation)
    try:
        premise = search.translation.condition(tree).true
    except Untranslated as what:
        return Proof(bound=bound, undecided=str(what))
    return _proof(
        search,
        ruling,
        premise,
        at_least,
        meant=lambda dossier: evaluate(tree, Scope(dossier)) is True,
        seconds=seconds,
    )


def prove_refusals_kept(
    old: Sequence[Pack], new: Sequence[Pack], *, bound: int = BOUND, seconds: float = SECONDS
) -> Proof:
    """Whether everything that the old packs refuse the new ones refuse too, whatever they do about holds."""
    before, after = Protocol(packs=tuple(old)), Protocol(packs=tuple(new))
    search = Search([before, after], bound)
    was, now = Ruling(before, search.translation), Ruling(after, search.translation)
    return _proof(
        search,
        now,
        was.refuses(),
        Outcome.REFUSE,
        meant=lambda dossier: before.decide(dossier).effect is Outcome.REFUSE,
        seconds=seconds,
    )


def _proof(
    search: Search,
    ruling: Ruling,
    premise: Bit,
    at_least: Outcome,
    *,
    meant: Callable[[Dossier], bool],
    seconds: float,
) -> Proof:
    if at_least is Outcome.RELEASE:  # the best there is
        return Proof(bound=search.bound)

    def breaks(dossier: Dossier) -> bool:
        lighter = SEVERITY[ruling.protocol.decide(dossier).effect] < SEVERITY[at_least]
        return lighter and meant(dossier)

    solver = search.solver(Allowance(seconds))
    solver.give(*(ruling.releases() if at_least is Outcome.HOLD else ruling.does_not_refuse()))
    try:
        found = list(search.dossiers(solver, premise))
    except Undecided as why:
        return Proof(bound=search.bound, undecided=str(why))
    for one in found:
        if one is not None and breaks(one):
            told = shrunk(one, search.base, lambda d: breaks(d) and search.read(d) is not None)
            return Proof(bound=search.bound, dossier=told, decision=ruling.protocol.decide(told))
    unconfirmed = "the solver found a dossier that the evaluator does not confirm"
    return Proof(bound=search.bound, undecided=unconfirmed if found else "")
