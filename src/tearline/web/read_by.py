"""Who read the sealed fields of one thing: told to those who answer for it, and who look into what became of it."""

from tearline.facts.history import History, Question, Recorded, Role
from tearline.facts.identifiers import ItemId
from tearline.facts.reading import SealedFieldsRead
from tearline.folds.reading import readers
from tearline.folds.release import item_of
from tearline.web.access import Access
from tearline.web.places import entry_of
from tearline.web.show import text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

MOST = 50
LOOK_INTO = (Role.OVERSEER, Role.SENIOR_OFFICER, Role.INVESTIGATOR)
"""The roles that look into what became of anything. Deny by default."""


def of_item(known: History, item: ItemId, access: Access) -> bool:
    """Whether this reader may know who read of this item, or of what was asked or leaked of it."""
    registered = item_of(known, item)
    if registered is None or registered.told is not None:
        return False
    own = access.role is Role.CASE_AGENT and registered.by.person == access.person
    return own or access.role in LOOK_INTO


def read_by(visit: Visit, asked: Question, *, told: bool) -> list[list[object]] | None:
    """The latest readings that answer, a row each; None, and nothing read, unless they may be ``told``."""
    if not told:
        return None
    return [row(visit.say, r) for r in readers(visit.read(asked))[:MOST]]


def row(say: Tongue, r: Recorded[SealedFieldsRead]) -> list[object]:
    """Who, when, where, what was open, and why."""
    return [
        (f"{r.by.person}, {say(r.by.role)}", entry_of(r)),
        say.moment(r.recorded_at),
        r.fact.page,
        say.listed([say(one) for one in r.fact.compartments]),
        text(say, r.fact, "why"),
    ]
