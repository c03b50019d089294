"""The page of a release request: the verdict first, then who will really see it, why, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    Extent,
    ItemReleased,
    ReleaseRequested,
    VerdictReached,
)
from tearline.folds.figures import latest_figure
from tearline.folds.obligations import Obligation
from tearline.folds.people import People
from tearline.folds.release import (
    RELEASE_KINDS,
    dissents,
    item_of,
    lineage,
    request_of,
    request_question,
    warnings,
)
from tearline.jobs.effect import Effects
from tearline.protocol import Pack
from tearline.web.access import Access
from tearline.web.chain import Chain, chain_of
from tearline.web.names import Names, names_question
from tearline.web.owed import OwedRow, owed_on, owed_row
from tearline.web.release import exposure, figured
from tearline.web.release.around import (
    actions_for,
    copy_rows,
    cure_rows,
    entry_rows,
    fact_rows,
    hash_rows,
    rests_on_rows,
    top_of,
    witness_rows,
)
from tearline.web.release.explained import ChangeRow, CuredRow
from tearline.web.release.exposure import Exposure
from tearline.web.release.figured import Forward
from tearline.web.release.quoted import Quoted, quotes
from tearline.web.release.reviewed import review_rows
from tearline.web.release.rule_rows import RuleRow, by_pack, rule_rows, undecided_rows
from tearline.web.release.stated import Said, SignRow, said_of, sign_rows, verdict_rows
from tearline.web.release.timeline import Timeline, timeline, timeline_question
from tearline.web.release.verdicts import Standing
from tearline.web.show import Shown, label
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    request: str
    title: str
    telling: str | None
    marking: str | None
    meta: list[tuple[str, ...]]
    said: Said | None
    chain: Chain
    rules: list[tuple[str, list[RuleRow]]] | None
    undecided: list[RuleRow]
    quotes: list[Quoted]
    signs: list[SignRow]
    owed: list[OwedRow]
    cures: list[CuredRow]
    besides: list[ChangeRow]
    incurable: bool
    facts: list[tuple[str, Shown] | tuple[str, Shown, str]]
    verdicts: list[list[object]]
    copies: list[list[object]]
    witnesses: str | None
    review: list[tuple[str, Shown]]
    entries: list[tuple[str, str, str]]
    hashes: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    rests_on: list[tuple[str, str]]
    timeline: Timeline | None
    exposure: Exposure | None
    figured: Forward | None


def page_question(known: History, request: RequestId, protocols: Mapping[str, Pack]) -> Question:
    """Everything that the page shows: what decides, what came of it, and the names."""
    asked = request_question(known, request, verdicts=True)
    recorded = request_of(known, request)
    if recorded is None:
        return asked
    items = lineage(known, recorded.fact.item)
    releases = [r.fact.release for r in known.of(ItemReleased) if r.fact.request == request]
    asked |= owed_on(known, protocols, {"request": [request], "item": items})
    asked |= each("release", releases, RELEASE_KINDS)
    asked |= each("item", items, (CompromiseReported,)) | timeline_question(known, request)
    return asked | names_question(known)


def view(
    say: Tongue,
    known: History,
    request: RequestId,
    *,
    stands: Standing | None,
    owed: Sequence[Obligation],
    access: Access,
    now: datetime,
    effects: Effects,
) -> RequestView | None:
    """The page as this reader may see it; None when there is no such request."""
    recorded = request_of(known, request)
    if recorded is None:
        return None
    asked = recorded.fact
    at = stands.at if stands and not stands.live else now
    then = known.as_known(at) if stands and not stands.live else known
    names = Names(known, say)
    people = People(then, at)
    item = item_of(known, asked.item)
    released = next((r for r in known.of(ItemReleased) if r.fact.request == request), None)
    told = recorded.told is not None
    shows_rules = told or access.told_rules()
    rows = rule_rows(say, stands, names, None if told else access) if stands and shows_rules else None
    shows_cures = shows_rules and not released
    cures, besides = (
        cure_rows(say, stands, names, None if told else access) if stands and shows_cures else ([], [])
    )
    return RequestView(
        request=request,
        title=title(say, asked, names),
        telling=recorded.told.telling if recorded.told else None,
        marking=item.fact.tlp.value if item else None,
        meta=_meta(say, recorded, names),
        said=said_of(say, stands, released, shows_rules=shows_rules) if stands else None,
        chain=chain_of(
            say,
            people,
            names,
            recipients=asked.recipients,
            unit=asked.unit,
            top=top_of(then, asked, people),
        ),
        rules=by_pack(rows),
        undecided=undecided_rows(say, stands, names, None if told else access)
        if stands and shows_rules
        else [],
        quotes=quotes(
            say,
            warnings(known, asked.item, at),
            dissents(known, asked.item, asked.request, at),
            names,
            None if told or released else access,
        ),
        signs=sign_rows(say, known, asked, names, at),
        # What would cure the verdict stands by itself, above.
        owed=[owed_row(say, o, names, now) for o in owed if not isinstance(o.ground.fact, VerdictReached)],
        cures=cures,
        besides=besides,
        incurable=bool(stands and stands.refusing),
        facts=fact_rows(say, known, asked, names),
        verdicts=verdict_rows(say, known, request, shows_rules=shows_rules),
        copies=copy_rows(say, known, released, names),
        witnesses=witness_rows(say, known, released, effects),
        review=review_rows(say, known, request, names, now=now, protocol=stands.protocol if stands else None),
        entries=entry_rows(say, known, request),
        hashes=hash_rows(say, stands),
        actions=[]
        if told
        else actions_for(say, known, recorded, released=released, stands=stands, access=access),
        rests_on=rests_on_rows(say, known, request),
        timeline=timeline(say, known, request),
        exposure=_exposure(say, known, request, names, now),
        figured=_figured(say, known, request, None if told else access),
    )


def _figured(say: Tongue, known: History, request: RequestId, access: Access | None) -> Forward | None:
    found = latest_figure(known, request)
    return figured.view(say, known, found, access) if found else None


def _exposure(
    say: Tongue, known: History, request: RequestId, names: Names, now: datetime
) -> Exposure | None:
    found = exposure.of_request(known, request, now)
    href = f"/releases/{request}/exposure.svg"
    return exposure.view(say, found, names, href) if found and found.people else None


def title(say: Tongue, asked: ReleaseRequested, names: Names) -> str:
    """The question that the protocol answers."""
    unit, item = names.unit(asked.unit).name, names.item(asked.item).name
    match asked.extent:
        case Extent.EXISTENCE:
            return say("May %(unit)s be told that we have: %(item)s?", unit=unit, item=item)
        case Extent.TEARLINE:
            return say(
                "May %(unit)s be given the text below the tearline of: %(item)s?", unit=unit, item=item
            )
        case Extent.REDACTED:
            return say("May %(unit)s be given, with parts taken out: %(item)s?", unit=unit, item=item)
        case Extent.FULL:
            return say("May %(unit)s be given: %(item)s?", unit=unit, item=item)


def _meta(say: Tongue, recorded: Recorded[ReleaseRequested], names: Names) -> list[tuple[str, ...]]:
    asked = recorded.fact
    item = names.item(asked.item)
    by = names.actor(recorded.by)
    return [
        (label(say, ReleaseRequested, "item"), item.name, item.href),
        (label(say, ReleaseRequested, "extent"), say(asked.extent)),
        (label(say, ReleaseRequested, "manner"), say(asked.manner)),
        (say("Requested by"), by.name, by.href),
        (say("Requested"), say.happened(recorded)),
    ]
