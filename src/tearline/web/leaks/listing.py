"""The compromises, newest first, with what has not followed."""

from dataclasses import dataclass

from tearline.facts.history import Recorded, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import ItemRegistered
from tearline.web.names import Names
from tearline.web.parts import Part, shown
from tearline.web.release.listing import Row
from tearline.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    live: Part[Row]
    told: list[Row]


def listed(visit: Visit) -> Listing:
    say, registers = visit.say, visit.projections.registers()
    newest = list(reversed(registers.leaks))
    live = shown([r for r in newest if r.told is None], visit.place("from"))
    told = [r for r in newest if r.told is not None]
    items = frozenset(r.fact.item for r in (*live.items, *told))
    names = Names(visit.read(each("item", items, (ItemRegistered,))), say)

    def row(r: Recorded[CompromiseReported]) -> Row:
        leak = r.fact.compromise
        missing = [] if leak in registers.investigated else [say("no investigation opened")]
        missing += [] if leak in registers.suspended else [say("nobody suspended")]
        return Row(
            title=names.item(r.fact.item).name,
            href=f"/leaks/{leak}",
            kind=say.telling(r.told.telling) if r.told else say(r.fact.sure),
            why=say("known to the adversary: %(when)s", when=say.happened(r)),
            overdue="; ".join(missing),
        )

    return Listing(live=live.part(row), told=[row(r) for r in told])
