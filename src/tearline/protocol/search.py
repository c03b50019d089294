"""The search for a dossier: what several protocols are translated into together, and the way back to a real dossier."""

from collections.abc import Iterator, Mapping, Sequence

from tearline.facts.errors import Malformed
from tearline.protocol.dossier import read_dossier, write_dossier
from tearline.protocol.letters import Letters
from tearline.protocol.logic import Bit, Logic
from tearline.protocol.protocol import Protocol
from tearline.protocol.rule import Parameter
from tearline.protocol.schema import schema
from tearline.protocol.shrink import Dossier, filled
from tearline.protocol.solver import Allowance, Model, Solver
from tearline.protocol.translate import Translation
from tearline.protocol.tree import Node
from tearline.protocol.world import World, first_versions

BOUND = 3
"""Entries of a list, unless another bound is asked for."""
SECONDS = 60.0


class Search:
    """One world for these protocols, and conditions beside them; raises Malformed where parameters do not fit.

    ``known`` are dossiers to try before the solver is asked: the packs' own. ``base`` is what a found one is made to
    resemble: the example of the first pack, with what only the other packs' examples state.
    """

    def __init__(self, protocols: Sequence[Protocol], bound: int, *conditions: Node) -> None:
        packs = [pack for protocol in protocols for pack in protocol.packs]
        self.bound = bound
        self.parameters = _merged(protocols)
        self.base = _together([pack.base for pack in packs])
        self.known: list[Dossier] = [self.base, *(case.dossier for pack in packs for case in pack.cases)]
        self.logic = Logic()
        letters = Letters((*conditions, *(tree for pack in packs for tree in pack.conditions)))
        since = first_versions(self.parameters)
        self._world = World(self.logic, schema(self.parameters), letters, bound, since=since)
        self.translation = Translation(self._world)

    def solver(self, allowance: Allowance) -> Solver:
        """A solver that knows what every dossier's types say. All conditions must have been translated before."""
        solver = Solver(self.logic, allowance)
        solver.give(*self._world.given)
        return solver

    def dossiers(self, solver: Solver, *bits: Bit) -> Iterator[Dossier | None]:
        """Dossiers for which all of these hold, as the solver says; raises Undecided.

        None at all is a proof that there is none. One that is not let through the door is None. Texts stand for all
        that could be meant, so that a second try may be needed for one that could be written down.
        """
        model = solver.ask(*bits)
        if model is None:
            return
        yield self._dossier(model)
        if self._world.texts:
            model = solver.ask(*bits, *(self.logic.plain(text) for text in self._world.texts))
            if model is not None:
                yield self._dossier(model)

    def read(self, dossier: Dossier) -> Dossier | None:
        """The dossier as the door lets it in, or None."""
        try:
            return read_dossier(write_dossier(dossier), file="dossier", parameters=self.parameters)
        except Malformed:
            return None

    def _dossier(self, model: Model) -> Dossier | None:
        bare = self._world.dossier(model)
        full = filled(bare, self.base, self._world.asked)
        assert isinstance(full, Mapping)  # noqa: S101  a dossier is a map
        return self.read(full) or self.read({"dossier": self.base["dossier"], "at": self.base["at"], **bare})


def _merged(protocols: Sequence[Protocol]) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for protocol in protocols:
        for own in protocol.parameters:
            if found.setdefault(own.name, own).type is not own.type:
                raise Malformed("protocol", protocol.id, f"{own.name} to be of one type on both sides")
    return tuple(found.values())


def _together(bases: Sequence[Dossier]) -> Dossier:
    """The first dossier, with what only the others state; of the latest of their versions."""
    made: dict[str, object] = {}
    versions = []
    for base in bases:
        versions.append(base["dossier"])
        for key, value in base.items():
            mine = made.get(key)
            if isinstance(mine, Mapping) and isinstance(value, Mapping):
                made[key] = {**value, **mine}
            else:
                made.setdefault(key, value)
    return made | {"dossier": max(v for v in versions if isinstance(v, int))}
