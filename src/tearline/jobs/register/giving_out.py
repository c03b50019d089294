"""The register as a table: what stands of each report that this reader may read, as it was given, but what was purged.

An export holds what a person may be killed for. It is made for one reader, and that it was made is on record.

Of a report that was withdrawn a table says that it was given and taken back, so that it stays withdrawn where the table
is taken in: its name, kind, list, harm, number and both days, without which no row is taken in. Nobody's name is given
out, no place, no day of what happened, no account, no source. To whoever links the report is not there at all.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.harm import Credibility, HarmReported, Reliability
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import ReportId
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, VictimReported
from tearline.folds.register import reports_of
from tearline.formats.register import writing

KINDS = about(kinds=(HarmReported, ConsentGiven, ConsentWithdrawn, VictimReported))
UNSAID = Sealed("—")
NOTHING: Sealed[str | None] = Sealed(None)
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
        if one.withdrawn is None:
            consent = one.consent.fact if one.consent else None
            yield from writing.rows(one.fact, people.get(report, []), consent, None)
        elif by.role is not Role.LINKAGE_ANALYST:
            day = one.withdrawn.happened_at.date()
            received = min(one.fact.received or one.recorded.happened_at.date(), day)
            yield from writing.rows(taken_back(one.fact, received), (), None, (day, NOTHING))


def taken_back(fact: HarmReported, received: date) -> HarmReported:
    """What a table says of a report that was withdrawn."""
    return HarmReported(
        report=fact.report,
        source_class=fact.source_class,
        source=UNSAID,
        account=UNSAID,
        harm=fact.harm,
        least=fact.least,
        most=fact.most,
        place=None,
        reliability=Reliability.F,
        credibility=Credibility.UNKNOWN,
        list=fact.list,
        received=received,
        copied_from=fact.copied_from,
    )
