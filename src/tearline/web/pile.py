"""What waits for a reader, on its way to the home page: needs, of which only what is shown is read and named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tearline.facts.history import Question, about
from tearline.facts.identifiers import ItemId
from tearline.facts.release import ItemRegistered
from tearline.web.names import Names

T = TypeVar("T")
MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that waits for the reader. ``due`` None: no day is stated."""

    title: Callable[[Names], str]
    href: str
    kind: str
    reads: Question
    """What the reader must be told for the title: asked only for the needs that are shown."""
    act: str
    act_href: str = ""
    """The one next thing to do, and where it is done, if not on the page itself."""
    why: str = ""
    of: Callable[[Names], str] | None = None
    """What ``why`` is about."""
    due: datetime | None = None
    perishes: bool = False
    verdict: str = ""


@dataclass(slots=True)
class Pile:
    """What waits, as far as it can come to be shown; ``beyond`` is how much more there is."""

    needs: list[Need] = field(default_factory=list)
    beyond: int = 0
    stands_for: frozenset[tuple[int, str]] = frozenset()
    """The duties that are in the pile with a form of their own, by the place of their ground and their name."""

    def add(self, found: Sequence[T], need: Callable[[T], Need]) -> None:
        """These, in the order of their deadlines: no more of them can be among the first than are shown at all."""
        self.needs += [need(one) for one in found[:MOST]]
        self.beyond += max(0, len(found) - MOST)


def of_item(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(ItemRegistered,))


def named(item: ItemId) -> Callable[[Names], str]:
    return lambda names: names.item(item).name
