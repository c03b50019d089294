"""The register as a table: what stands of each report that this reader may read, as it was given, but what was purged.

An export holds what a person may be killed for. It is made for one reader, and that it was made is on record.
"""

from collections.abc import Iterator, Mapping

from tearline.facts.fact import Compartment
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import ReportId
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, VictimReported
from tearline.folds.register import reports_of
from tearline.formats.register import writing

KINDS = about(kinds=(HarmReported, ConsentGiven, ConsentWithdrawn, VictimReported))
MAY = frozenset({Role.HARM_DESK, Role.ADVOCATE, Role.LINKAGE_ANALYST})
"""An advocate: of what they reported. Whoever links: without the columns that witnesses stand in."""


def exported(known: History, by: Actor) -> str:
    """The live register for this reader, who has opened what is open in ``known``."""
    apart = (
        frozenset({Compartment.WITNESSES}) if by.role is Role.LINKAGE_ANALYST else frozenset[Compartment]()
    )
    live = History(tuple(r for r in known if r.told is None), known.position)
    return writing.table(_rows(live, by), apart)


def _rows(known: History, by: Actor) -> Iterator[Mapping[str, str]]:
    people: dict[ReportId, list[VictimReported]] = {}
    for named in known.of(VictimReported):
        if named.fact.given_names.purged:
            continue
        people.setdefault(named.fact.report, []).append(named.fact)
    for report, one in reports_of(known).items():
        if one.fact.account.purged or (by.role is Role.ADVOCATE and one.recorded.by.person != by.person):
            continue
        taken = (one.withdrawn.happened_at.date(), one.withdrawn.fact.why) if one.withdrawn else None
        consent = one.consent.fact if one.consent else None
        yield from writing.rows(one.fact, people.get(report, []), consent, taken)
