"""Whether one protocol is anywhere looser than another: proved for lists up to a bound, or shown by a dossier.

Verdicts are ranked release, hold, refuse. NEW is looser where some dossier gets a better verdict from it than from
OLD. The question is taken apart, rule by rule: which rule of OLD could stop something that NEW lets through, which
permit of NEW could let through what OLD permits nowhere? A rule that both have costs nothing. The solver answers each
part; a dossier that it finds counts only after the real evaluator gave the two verdicts that it claims, and what it
cannot answer is undecided, never equal. Verdicts are compared, not what they owe, cite or explain.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tearline.protocol.logic import Bit
from tearline.protocol.pack import Pack
from tearline.protocol.protocol import SEVERITY, Protocol
from tearline.protocol.rule import Effect, Rule
from tearline.protocol.search import BOUND, SECONDS, Search
from tearline.protocol.shrink import Dossier, shrunk
from tearline.protocol.solver import Allowance, Solver, Undecided
from tearline.protocol.symbolic import Ruled, Ruling
from tearline.protocol.verdict import Decision, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A dossier to which ``lax`` gives a better verdict than ``strict``, both by the real evaluator.

    ``rule`` made the difference: a rule that stops it under the strict protocol, or a permit of the lax one. ``base``
    is the dossier that this one was made to resemble.
    """

    rule: Rule
    dossier: Dossier
    base: Dossier
    strict: Decision
    lax: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A question that nobody answered: of which rule, and why."""

    rule: Rule
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Where one of two protocols is better to dossiers than the other: cases, and what could not be decided."""

    cases: tuple[Case, ...] = ()
    open: tuple[Open, ...] = ()

    @property
    def nowhere(self) -> bool:
        """Whether it is proved that there is no such dossier within the bound."""
        return not self.cases and not self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """NEW beside OLD, for dossiers whose lists have at most ``bound`` entries. What is open counts as looser."""

    old: Protocol
    new: Protocol
    bound: int
    loosened: Direction
    tightened: Direction

    @property
    def result(self) -> str:
        """``loosened``, ``tightened``, ``both``, ``equal``, or ``undecided`` where the first question is open."""
        if not self.loosened.cases and self.loosened.open:
            return "undecided"
        if self.loosened.cases:
            return "both" if self.tightened.cases else "loosened"
        return "tightened" if self.tightened.cases else "equal" if self.tightened.nowhere else "not looser"


def compare(
    old: Sequence[Pack], new: Sequence[Pack], *, bound: int = BOUND, seconds: float = SECONDS
) -> Comparison:
    """NEW beside OLD; raises Malformed where packs do not fit together or state one parameter with two types.

    ``seconds`` are the solver's own for each direction.
    """
    before, after = Protocol(packs=tuple(old)), Protocol(packs=tuple(new))
    search = Search([before, after], bound)
    was, now = Ruling(before, search.translation), Ruling(after, search.translation)
    return Comparison(
        old=before,
        new=after,
        bound=bound,
        loosened=_Direction(search, was, now).answered(seconds),
        tightened=_Direction(search, now, was).answered(seconds, most=1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Whether ``lax`` gives ``outcome`` at the worst where ``rule`` stands in its way, or opens it.

    ``asks`` are terms for that, the one whose dossiers say most to a person first; all that could be is in the last.
    """

    ruled: Ruled
    outcome: Outcome
    asks: tuple[Bit, ...]


class _Direction:
    """Where ``lax`` gives better verdicts than ``strict``."""

    def __init__(self, search: Search, strict: Ruling, lax: Ruling) -> None:
        self._search = search
        self._logic = search.logic
        self._strict = strict
        self._lax = lax

    def answered(self, seconds: float, *, most: int | None = None) -> Direction:
        """A case for each rule that makes a difference, or only for the first ``most``."""
        questions = list(self._questions())
        if not questions:
            return Direction()
        allowance = Allowance(seconds)
        solvers = {outcome: self._solver(outcome, allowance) for outcome in (Outcome.RELEASE, Outcome.HOLD)}
        cases: list[Case] = []
        open_: list[Open] = []
        for question in questions:
            if any(case.rule is question.ruled.rule for case in cases):
                continue
            if most is not None and len(cases) >= most:
                break
            try:
                case = self._case(question, solvers[question.outcome])
            except Undecided as why:
                because = question.ruled.unclear or str(why)
                open_.append(Open(rule=question.ruled.rule, because=because))
            else:
                cases += [case] if case else []
        shown = [case.rule for case in cases]
        return Direction(cases=tuple(cases), open=tuple(one for one in open_ if one.rule not in shown))

    def _solver(self, outcome: Outcome, allowance: Allowance) -> Solver:
        solver = self._search.solver(allowance)
        solver.give(*(self._lax.releases() if outcome is Outcome.RELEASE else self._lax.does_not_refuse()))
        return solver

    # What to ask. Together the questions cover every dossier that could get a better verdict: one that `strict` does
    # not release is stopped by a rule, or refused by one, or permitted nowhere in one of the packs.

    def _questions(self) -> Iterator[_Question]:
        logic, strict = self._logic, self._strict
        for one in (*strict.of(Effect.REFUSE), *strict.of(Effect.HOLD)):
            if not self._still_stops(one):
                stops = strict.stops(one)
                asks = logic.every((one.truth.true, stops)), stops
                yield _Question(ruled=one, outcome=Outcome.RELEASE, asks=asks)
        refusals = {one.shape for one in self._lax.of(Effect.REFUSE)}
        for one in strict.of(Effect.REFUSE):
            if one.shape not in refusals:
                yield _Question(ruled=one, outcome=Outcome.HOLD, asks=(one.truth.true,))
        yield from self._permits()

    def _still_stops(self, one: Ruled) -> bool:
        """Whether a rule of ``lax`` with the same condition stops all that this one does."""
        return any(
            other.shape == one.shape and other.lifters <= one.lifters
            for other in (*self._lax.of(Effect.REFUSE), *self._lax.of(Effect.HOLD))
        )

    def _permits(self) -> Iterator[_Question]:
        logic, lax = self._logic, self._lax
        for pack in self._strict.protocol.packs:
            known = {one.shape for one in self._strict.of(Effect.PERMIT, pack.name)}
            if any(
                {one.shape for one in lax.of(Effect.PERMIT, other.name)} <= known
                for other in lax.protocol.packs
            ):
                continue
            nowhere = logic.negated(self._strict.permits(pack.name))
            for one in lax.of(Effect.PERMIT):
                if one.shape not in known:
                    opens = logic.every((one.truth.true, nowhere))
                    yield _Question(ruled=one, outcome=Outcome.HOLD, asks=(opens,))

    # What the answer is worth

    def _case(self, question: _Question, solver: Solver) -> Case | None:
        """A dossier that the evaluator confirms, or None where it is proved that there is none; raises Undecided."""
        for n, ask in enumerate(question.asks):
            certain = n < len(question.asks) - 1
            found = self._confirmed(question, solver, ask, certain=certain)
            if found is not None:
                return self._told(question, found, certain=certain)
        return None

    def _confirmed(self, question: _Question, solver: Solver, ask: Bit, *, certain: bool) -> Dossier | None:
        for known in self._search.known:
            if self._shows(question, known, certain=certain):
                return known
        made = False
        for found in self._search.dossiers(solver, ask):
            if found is not None and self._shows(question, found, certain=certain):
                return found
            made = True
        if made:
            raise Undecided("the solver found a dossier that the evaluator does not confirm")
        return None

    def _shows(self, question: _Question, dossier: Dossier, *, certain: bool) -> bool:
        """Whether the evaluator says what the question asks about, of this dossier."""
        strict, lax = self._decided(dossier)
        rule = question.ruled.rule
        better = SEVERITY[lax.effect] < SEVERITY[strict.effect]
        if not better or SEVERITY[lax.effect] > SEVERITY[question.outcome]:
            return False
        if rule.effect is Effect.PERMIT:
            return any(m.rule is rule and m.certain for m in lax.matched)
        return any(
            m.rule is rule and (m.certain or not certain) and not strict.lifted(m) for m in strict.matched
        )

    def _decided(self, dossier: Dossier) -> tuple[Decision, Decision]:
        return self._strict.protocol.decide(dossier), self._lax.protocol.decide(dossier)

    def _told(self, question: _Question, found: Dossier, *, certain: bool) -> Case:
        base = self._search.base
        dossier = shrunk(
            found,
            base,
            lambda one: self._shows(question, one, certain=certain) and self._search.read(one) is not None,
        )
        strict, lax = self._decided(dossier)
        return Case(rule=question.ruled.rule, dossier=dossier, base=base, strict=strict, lax=lax)
