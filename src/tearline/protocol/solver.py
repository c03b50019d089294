"""Questions to the solver: whether some dossier makes a condition true, within a stated time and memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tearline.protocol.logic import Bit, Logic, Term

LARGEST_MEGABYTES = 1_500
"""Memory that all solvers of a process together may use before one gives up."""


class Undecided(Exception):
    """The solver gave up; ``str()`` says why, in its words."""


Model = Callable[[Term], bool | int | str | float]
"""The value of a term in one possible world."""


@dataclass(slots=True)
class Allowance:
    """Seconds that the solver may take over all questions, by its own count, and no question more than a quarter."""

    seconds: float
    spent: float = 0.0

    def next(self) -> float:
        """What the next question may take."""
        return min(self.seconds - self.spent, self.seconds / 4)

    def spend(self, seconds: float) -> None:
        self.spent += seconds


class Solver:
    """Asks questions under what was given to it; more can be given at any time, nothing is taken back."""

    def __init__(self, logic: Logic, allowance: Allowance) -> None:
        self._logic = logic
        self._allowance = allowance
        self._given: list[Bit] = []
        self._z3: Any = self._fresh()

    def give(self, *bits: Bit) -> None:
        for bit in bits:
            self._given.append(bit)
            self._z3.add(bit)

    def ask(self, *bits: Bit) -> Model | None:
        """A world in which all of these hold, or None where there is none; raises Undecided."""
        if any(bit is False for bit in bits):
            return None
        self._z3.push()
        try:
            self._z3.add(*bits)
            return self._answer(self._z3)
        except Undecided:
            # Asked alone, the solver may choose a method for this one question.
            alone = self._fresh()
            alone.add(*self._given, *bits)
            return self._answer(alone)
        finally:
            self._z3.pop()

    def _fresh(self) -> Any:
        import z3

        made = z3.Solver(ctx=self._logic.context)
        made.set("max_memory", LARGEST_MEGABYTES)
        return made

    def _answer(self, solver: Any) -> Model | None:
        import z3

        milliseconds = int(self._allowance.next() * 1_000)
        if milliseconds <= 0:
            raise Undecided("no time is left")
        solver.set("timeout", milliseconds)
        try:
            said = solver.check()
            self._allowance.spend(_seconds(solver))
            if said == z3.unsat:
                return None
            if said == z3.sat:
                model = solver.model()
                return lambda term: self._logic.of_value(model, term)
        except z3.Z3Exception as error:
            raise Undecided(str(error)) from None
        raise Undecided(str(solver.reason_unknown()))


def _seconds(solver: Any) -> float:
    """What the last question took, by the solver's own count."""
    statistics = solver.statistics()
    return float(statistics.get_key_value("time")) if "time" in statistics.keys() else 0.0  # noqa: SIM118  no dict
