"""Claims about protocols that hold for every dossier with lists up to a bound, or a dossier that breaks one."""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, evaluate
from tearline.protocol.logic import Untranslated
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

    def breaks(dossier: Dossier) -> bool:
        lighter = SEVERITY[protocol.decide(dossier).effect] < SEVERITY[at_least]
        return lighter and evaluate(tree, Scope(dossier)) is True

    try:
        premise = search.translation.condition(tree).true
        solver = search.solver(Allowance(seconds))
        solver.give(*(ruling.releases() if at_least is Outcome.HOLD else ruling.does_not_refuse()))
        found = list(search.dossiers(solver, premise)) if at_least is not Outcome.RELEASE else []
    except (Undecided, Untranslated) as why:
        return Proof(bound=bound, undecided=str(why))
    for one in found:
        if one is not None and breaks(one):
            told = shrunk(one, search.base, lambda d: breaks(d) and search.read(d) is not None)
            return Proof(bound=bound, dossier=told, decision=protocol.decide(told))
    return Proof(bound=bound, undecided="not confirmed by the evaluator" if found else "")
