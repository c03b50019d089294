"""Leaks and harm: what became known and what followed; what was reported and counted, never added up."""

from collections.abc import Sequence

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.route import PAGING, View
from tearline.api.schemas import both, in_both, many, maybe, record, ref, text
from tearline.api.views.ledger import listed
from tearline.api.views.owed import duty
from tearline.facts.fact import Fact
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import CompromiseId
from tearline.facts.leaks import (
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
)
from tearline.facts.operations import OperationDeclared
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.investigations import findings_of
from tearline.folds.leaks import Timing, timing
from tearline.folds.obligations import obligations
from tearline.folds.release import lineage, releases_of
from tearline.folds.suspensions import suspensions_of
from tearline.folds.unsaid import of_counts
from tearline.web.leaks.page import FOLLOWING
from tearline.web.owed import VERDICTS_OPEN, owed_on, shown_to

AFTER = about(kinds=(CountDocumented, HarmReported, CompromiseReported, OperationDeclared))


def compromises(reading: Reading) -> dict[str, Json]:
    return reading.facts("compromises", about(kinds=(CompromiseReported,)))


def one_compromise(reading: Reading) -> dict[str, Json]:
    name = CompromiseId(reading.identifier("compromise"))

    def asks(known: History) -> Question:
        items = [r.fact.item for r in known.of(CompromiseReported)]
        asked = about(f"compromise:{name}", kinds=FOLLOWING)
        lines = [one for item in items for one in lineage(known, item)]
        asked |= each("item", lines, (ItemRegistered, ItemReleased, DisclosureRecorded))
        units = frozenset(r.fact.unit for r in known.of(CooperationSuspended))
        asked |= each("unit", units, (CooperationEnded,))
        return asked | owed_on(known, reading.node.protocols, {"compromise": [name], "item": items})

    known = reading.read(asks)
    reported = next((r for r in known.of(CompromiseReported) if r.fact.compromise == name), None)
    if reported is None:
        raise absent()
    opened = reading.opened(asks, VERDICTS_OPEN)
    owed = shown_to(reading.access, obligations(opened, reading.node.protocols))
    counts = [r for r in known.of(CountDocumented) if r.fact.compromise == name]
    given = [r for r in releases_of(known) if r.fact.item == reported.fact.item]
    return {
        "compromise": tell(reported),
        "investigated": any(r.fact.compromise == name for r in known.of(InvestigationOpened)),
        "suspended": tell_all([r for r in known.of(CooperationSuspended) if r.fact.compromise == name]),
        "suspensions": [
            {
                "suspension": one.suspended.fact.suspension,
                "unit": one.suspended.fact.unit,
                "stands": one.stands,
                "lifted": tell_maybe(one.lifted),
                "ended": tell_maybe(one.ended),
            }
            for one in suspensions_of(known, name)
        ],
        "findings": tell_all(findings_of(known, name)),
        "timing": timing(known, reported).value,
        "readers": [{"given": tell(r), "before": r.happened_at <= reported.happened_at} for r in given],
        "followed": tell_all([r for r in known if _follows(r, name)]),
        "counts": _counts(counts),
        "owed": [
            duty(o, reading.now)
            for o in owed
            if o.about in {name, *(r.fact.finding for r in findings_of(known, name))}
        ],
    }


def _follows(recorded: Recorded[Fact], compromise: CompromiseId) -> bool:
    if isinstance(recorded.fact, CompromiseReported | CountDocumented):
        return False
    return getattr(recorded.fact, "compromise", None) == compromise


def reports(reading: Reading) -> dict[str, Json]:
    """A page can be shorter than was asked for: what is not there for this reader is left out of it."""
    return reading.facts("reports", about(kinds=(HarmReported,)))


def counts(reading: Reading) -> dict[str, Json]:
    return reading.facts("counts", about(kinds=(CountDocumented,)))


def harm(reading: Reading) -> dict[str, Json]:
    """By what it was recorded after; each count beside who counted, the lowest first."""
    known = reading.read(AFTER)
    groups: list[Json] = []
    for leak in known.of(CompromiseReported):
        groups += _group(known, "compromise", leak.fact.compromise, leak)
    for operation in known.of(OperationDeclared):
        groups += _group(known, "operation", operation.fact.operation, operation)
    return {"after": [*groups, *_group(known, None, None, None)]}


def _group(known: History, field: str | None, name: str | None, after: Recorded[Fact] | None) -> list[Json]:
    def belongs(fact: CountDocumented | HarmReported) -> bool:
        if field is None:
            return not fact.compromise and not fact.operation
        return bool(getattr(fact, field) == name)

    counted = [r for r in known.of(CountDocumented) if belongs(r.fact)]
    reported = [r for r in known.of(HarmReported) if belongs(r.fact)]
    if not counted and not reported:
        return []
    return [
        {
            "after": field,
            "name": name,
            "telling": after.told.telling if after and after.told else None,
            "counts": _counts(counted),
            "reports": tell_all(reported),
        }
    ]


def _counts(counted: Sequence[Recorded[CountDocumented]]) -> dict[str, Json]:
    """Side by side, never added up or averaged; with what they do not say."""
    lowest = sorted(counted, key=lambda r: (r.fact.least, r.fact.said_in, r.position))
    return {"counts": tell_all(lowest), "unsaid": [in_both(words) for words in of_counts(counted)]}


COUNTS = record(
    {
        "counts": many(ref("CountDocumented")),
        "unsaid": many(both()),
    },
    Words("Counts side by side, and what they do not say", "Recuentos lado a lado y lo que no dicen"),
)

VIEWS = (
    View(
        path="/compromises",
        name="Compromises",
        words=Words("What became known to those who must not know", "Lo que llegó a saber quien no debía"),
        answer=listed("compromises", CompromiseReported),
        read=compromises,
        query=PAGING,
        page=("/leaks",),
    ),
    View(
        path="/compromises/{compromise}",
        name="OneCompromise",
        words=Words(
            "One leak: who had been given it, what followed, what is owed",
            "Una filtración: a quién se había dado, qué siguió, qué se debe",
        ),
        answer=record(
            {
                "compromise": ref("CompromiseReported"),
                "investigated": schemas.flag(),
                "suspended": many(ref("CooperationSuspended")),
                "suspensions": many(
                    record(
                        {
                            "suspension": schemas.identifier(),
                            "unit": schemas.identifier(),
                            "stands": schemas.flag(Words("It is not lifted", "No está levantada")),
                            "lifted": maybe(ref("SuspensionLifted")),
                            "ended": maybe(ref("CooperationEnded")),
                        }
                    )
                ),
                "findings": many(ref("FindingMade")),
                "timing": schemas.one_of(Timing),
                "readers": many(
                    record(
                        {
                            "given": schemas.any_of("ItemReleased", "DisclosureRecorded"),
                            "before": schemas.flag(Words("Before it was known", "Antes de que se supiera")),
                        }
                    )
                ),
                "followed": many(ref("Fact")),
                "counts": ref("Counts"),
                "owed": many(ref("Obligation")),
            }
        ),
        read=one_compromise,
        timed=True,
        page=("/leaks/{compromise}",),
    ),
    View(
        path="/harm",
        name="HarmByCause",
        words=Words(
            "Harm, by what it came after: counts side by side, and reports",
            "Daños, por aquello tras lo que vinieron: recuentos lado a lado e informes",
        ),
        answer=record(
            {
                "after": many(
                    record(
                        {
                            "after": maybe({"type": "string", "enum": ["compromise", "operation"]}),
                            "name": maybe(text()),
                            "telling": maybe(text()),
                            "counts": ref("Counts"),
                            "reports": many(ref("HarmReported")),
                        }
                    )
                )
            }
        ),
        read=harm,
        page=("/harm",),
    ),
    View(
        path="/harm/reports",
        name="HarmReports",
        words=Words("Reports of harm", "Informes de daños"),
        answer=listed("reports", HarmReported),
        read=reports,
        query=PAGING,
    ),
    View(
        path="/harm/counts",
        name="HarmCounts",
        words=Words("Documented counts", "Recuentos documentados"),
        answer=listed("counts", CountDocumented),
        read=counts,
        query=PAGING,
    ),
)
SHARED = {"Counts": COUNTS}
