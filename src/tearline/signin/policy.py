"""Who may use which address: a table with a row for each route, deny by default.

A row names the roles that may use a route. Whoever may not is answered in one of three ways: as if nothing stood
there; or, for an act, by being told to whom it belongs, if they may see that there is such a thing; or, when nobody
knows who they are, by being asked. The table is checked against the routes before anything is served: a route without
a row, or a row without a route, and the site does not start.

The site has its table in ``web.policy``; another door makes one of its own of the same rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from tearline.facts.history import Role

GET, POST, HEAD = "GET", "POST", "HEAD"
MOUNTED = "*"
"""In place of a method: all that is below this address has rules of its own, or none."""
NOBODY: frozenset[Role] = frozenset()


class Answer(Enum):
    """What stands in one cell of the table."""

    SERVED = auto()
    ANOTHERS = auto()
    """Refused, and told to whom the act belongs."""
    ABSENT = auto()
    """As for what is not there."""
    WHO = auto()
    """Nobody knows who asks: they are asked to say so."""


class Unruled(Exception):
    """Table and routes do not fit. A fault of whoever wrote them: nothing is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One route, for these methods. ``roles`` None: anyone, known or not.

    ``told`` may see that there is such an act, and are told whose it is. ``optional``: a node can be without it.
    """

    path: str
    methods: tuple[str, ...] = (GET,)
    roles: frozenset[Role] | None
    told: frozenset[Role] = NOBODY
    optional: bool = False

    def answer(self, role: Role | None) -> Answer:
        if self.roles is None:
            return Answer.SERVED
        if role is None:
            return Answer.WHO
        if role in self.roles:
            return Answer.SERVED
        return Answer.ANOTHERS if role in self.told else Answer.ABSENT

    @property
    def places(self) -> tuple[str | None, ...]:
        """The parts of the address; None where an identifier stands."""
        parts = self.path.strip("/").split("/")
        return tuple(None if part.startswith("{") else part for part in parts)


class Policy:
    """The rows of one door. Unruled when two of them are about the same."""

    def __init__(self, *rows: Row | Iterable[Row]) -> None:
        self.rows = tuple(_flat(rows))
        self._cells = {(row.path, method): row for row in self.rows for method in row.methods}
        if len(self._cells) != sum(len(row.methods) for row in self.rows):
            raise Unruled("two rows are about one route")
        # Of two templates that an address fits, the router's is the one with more fixed parts.
        shown = sorted((row for row in self.rows if GET in row.methods), key=lambda r: r.path.count("{"))
        self._shown: dict[int, list[tuple[Row, tuple[str | None, ...]]]] = {}
        """By how many parts an address has: a page asks for each of its links."""
        for row in shown:
            self._shown.setdefault(len(row.places), []).append((row, row.places))
        self.narrow = {role for role in Role if any(r.answer(role) is Answer.ABSENT for r in shown)}
        """The roles to which some of the pages are as if they were not there."""

    def row(self, path: str, method: str) -> Row | None:
        """The row of this route, by its template."""
        return self._cells.get((path, method))

    def answer(self, path: str, method: str, role: Role | None) -> Answer:
        """What becomes of such a request. A route that no row names is not there, for anyone."""
        row = self.row(path, method)
        return row.answer(role) if row else Answer.ABSENT

    def leads(self, address: str, role: Role | None) -> bool:
        """Whether a link to this address leads somewhere for this role; to what no row names, it is no page of ours."""
        found = self.find(address)
        return found is None or found[0].answer(role) in (Answer.SERVED, Answer.ANOTHERS)

    def find(self, address: str) -> tuple[Row, dict[str, str]] | None:
        """The row of the page at this address, and what its identifiers are."""
        path = address.partition("?")[0].partition("#")[0]
        if not path.startswith("/") or path.startswith("//"):
            return None
        parts = path.strip("/").split("/")
        for row, places in self._shown.get(len(parts), ()):
            if all(p is None or p == part for p, part in zip(places, parts, strict=True)):
                names = row.path.strip("/").split("/")
                return row, {n[1:-1]: v for n, v, p in zip(names, parts, places, strict=True) if p is None}
        return None

    def check(self, routes: Iterable[tuple[str, str]]) -> None:
        """Unruled unless these routes, each by template and method, and the rows are the same."""
        served = set(routes)
        missing = sorted(served - self._cells.keys())
        beyond = sorted(cell for cell, row in self._cells.items() if cell not in served and not row.optional)
        if missing or beyond:
            said = [f"no row says who may use {method} {path}" for path, method in missing]
            said += [f"no route serves {method} {path}, of which a row speaks" for path, method in beyond]
            raise Unruled("; ".join(said))


def _flat(rows: Iterable[Row | Iterable[Row]]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Row):
            yield row
        else:
            yield from row
