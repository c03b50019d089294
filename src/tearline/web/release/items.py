"""An item: what is known, what the source warned of, who is at risk, and where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, each
from tearline.facts.identifiers import ItemId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    DisclosureRecorded,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    VerdictReached,
)
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.folds.obligations import Obligation
from tearline.folds.release import (
    ITEM_KINDS,
    Dissented,
    Threatened,
    dissents,
    item_of,
    lineage,
    threats,
    warnings,
)
from tearline.protocol import Pack
from tearline.rooms.leaks.compromises import ReportAdversaryUnaware
from tearline.rooms.release.marking import SetWordings
from tearline.rooms.release.screening import (
    ApproveSourceContact,
    RecordOriginatorsAnswer,
    ScreenItem,
    SetEuropolCodes,
    StateSourceStanding,
)
from tearline.rooms.warnings import AssessThreat, WaiveWarning
from tearline.web.access import Access
from tearline.web.look import verdict_tag
from tearline.web.names import Names, names_question
from tearline.web.owed import OwedRow, owed_on, owed_row
from tearline.web.places import entry_of
from tearline.web.release import exposure
from tearline.web.release.exposure import Exposure
from tearline.web.release.quoted import Quoted, quotes
from tearline.web.show import Shown, label, rows, text
from tearline.web.tongue import Tongue

KINDS: Sequence[type[Fact]] = (
    *ITEM_KINDS,
    ReleaseRequested,
    VerdictReached,
    ItemReleased,
    DisclosureRecorded,
    PeopleWarned,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    item: str
    title: str
    telling: str | None
    marking: str
    perishes: str
    facts: list[tuple[str, Shown]]
    quotes: list[Quoted]
    protection: list[tuple[str, list[tuple[str, Shown]], str, str]]
    went: list[list[object]]
    leaks: list[tuple[str, str, str]]
    owed: list[OwedRow]
    drawn: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    entry: tuple[str, str]
    rests_on: str
    exposure: Exposure | None
    """Who read its sealed fields, the latest first; None where the reader is not to know."""


def page_question(known: History, item: ItemId, protocols: Mapping[str, Pack]) -> Question:
    items = lineage(known, item) or [item]
    asked = each("item", items, KINDS) | each("item", [item], (ItemRegistered,))
    asked |= exposure.item_question(known, item)
    return asked | owed_on(known, protocols, {"item": items}) | names_question(known)


def view(
    say: Tongue,
    known: History,
    item: ItemId,
    *,
    owed: Sequence[Obligation],
    access: Access,
    now: datetime,
) -> ItemView | None:
    """``read``: the readings of its sealed fields, for those who may know of them."""
    registered = item_of(known, item)
    if registered is None:
        return None
    fact, told = registered.fact, registered.told is not None
    names = Names(known, say)
    seen = exposure.of_item(known, item, now)
    return ItemView(
        item=item,
        title=names.item(item).name,
        telling=registered.told.telling if registered.told else None,
        marking=fact.tlp.value,
        perishes=_perishes(say, fact, now) if not told else "",
        facts=[row for row in _facts(say, fact, names) if row[1] != "—"],
        quotes=quotes(
            say,
            warnings(known, item, now),
            _dissents(known, item, now),
            names,
            None if told else access,
        ),
        protection=_protection(say, known, item, names),
        went=_went(say, known, item, names),
        leaks=[
            (say(r.fact.sure), say.happened(r), f"/leaks/{r.fact.compromise}")
            for r in known.of(CompromiseReported)
            if r.fact.item == item
        ],
        owed=[owed_row(say, o, names, now) for o in owed],
        drawn=[
            (names.item(r.fact.item).name, f"/items/{r.fact.item}")
            for r in known.of(ItemRegistered)
            if r.fact.tearline_of == item
        ],
        actions=[] if told else _actions(say, known, item, access, now),
        entry=(say("entry %(n)s", n=say.number(registered.position)), entry_of(registered)),
        rests_on=registered.told.rests_on if registered.told else "",
        exposure=exposure.view(say, seen, names, f"/items/{item}/exposure.svg") if seen else None,
    )


def _dissents(known: History, item: ItemId, now: datetime) -> list[Dissented]:
    """Those on the item, and those on any request for it."""
    requests = {r.fact.request for r in known.of(DissentRecorded)}
    found = {d.recorded.position: d for request in requests for d in dissents(known, item, request, now)}
    return [found[position] for position in sorted(found)]


def _perishes(say: Tongue, fact: ItemRegistered, now: datetime) -> str:
    if fact.perishes_at is None:
        return ""
    if fact.perishes_at <= now:
        return say("perished %(when)s", when=say.moment(fact.perishes_at))
    return say("perishes %(when)s", when=say.until(fact.perishes_at, now))


def _facts(say: Tongue, fact: ItemRegistered, names: Names) -> list[tuple[str, Shown]]:
    shown = dict(rows(say, fact))
    for name in ("originator", "holder"):
        shown[label(say, ItemRegistered, name)] = names.organisation(getattr(fact, name))
    if fact.tearline_of:
        shown[label(say, ItemRegistered, "tearline_of")] = names.item(fact.tearline_of).link()
    shown.pop(label(say, ItemRegistered, "title"))
    return list(shown.items())


def _protection(
    say: Tongue, known: History, item: ItemId, names: Names
) -> list[tuple[str, list[tuple[str, Shown]], str, str]]:
    """What was found out about it, who is in danger, what protects them: title, fields, when, ledger entry."""
    kinds = tuple(_NAMED)
    found: list[Recorded[Fact]] = [
        r for r in known if isinstance(r.fact, kinds) and getattr(r.fact, "item", None) == item
    ]
    return [
        (
            say(type(r.fact).in_words),
            [
                (label(say, type(r.fact), name), _named(say, r.fact, name, names))
                for name in _NAMED[type(r.fact)]
            ],
            say.happened(r),
            entry_of(r),
        )
        for r in found
    ]


_NAMED: Mapping[type[Fact], tuple[str, ...]] = {
    KnowersListed: ("count", "who"),
    PeopleAtRiskNamed: ("count", "who"),
    ProtectionPlanSet: ("ready_from", "measures"),
    OnwardConsentGiven: ("unit", "conditions"),
    PeopleWarned: ("people", "method", "outcome", "threat", "warning", "said"),
    ItemScreened: ("suspicion", "protected", "lawful", "control_official"),
    EuropolCodesSet: ("source", "information", "codes", "text"),
    OriginatorAnswered: ("unit", "answer", "use", "court", "requires", "tearline", "conditions"),
    SourceStandingStated: ("standing", "review_due", "promised"),
    SourceContactApproved: ("reasons",),
    ThreatAssessed: ("threat", "harm", "credible", "specific", "impending", "officer", "whom"),
    WarningWaived: ("threat", "ground", "reasons"),
}


def _named(say: Tongue, fact: Fact, name: str, names: Names) -> Shown:
    """A field as it is shown; who or what an identifier stands for, by name."""
    held = getattr(fact, name)
    match name:
        case "unit":
            return names.unit(held).link()
        case "control_official":
            return names.person(held).link()
    return text(say, fact, name)


def _went(say: Tongue, known: History, item: ItemId, names: Names) -> list[list[object]]:
    """Where it was asked for and given: what, to which unit, when, and the last verdict."""
    verdicts = {r.fact.request: r.fact.effect for r in known.of(VerdictReached)}
    released = {r.fact.request: r for r in known.of(ItemReleased)}
    found: list[list[object]] = []
    for asked in known.of(ReleaseRequested):
        if asked.fact.item == item:
            given = released.get(asked.fact.request)
            verdict = verdicts.get(asked.fact.request)
            found.append(
                [
                    (say(type(asked.fact).in_words), f"/releases/{asked.fact.request}"),
                    names.unit(asked.fact.unit).link(),
                    say.happened(asked),
                    verdict_tag(say, verdict) if verdict else "—",
                    say.happened(given) if given else say("not given"),
                ]
            )
    found += [
        [
            (say("outside the protocol"), f"/disclosures/{outside.fact.release}"),
            names.unit(outside.fact.unit).link(),
            "—",
            say("no verdict"),
            say.happened(outside),
        ]
        for outside in known.of(DisclosureRecorded)
        if outside.fact.item == item
    ]
    return found


def _actions(
    say: Tongue, known: History, item: ItemId, access: Access, now: datetime
) -> list[tuple[str, str]]:
    actions = []
    if access.role in (Role.CASE_AGENT, Role.LIAISON, Role.RELEASING_OFFICER):
        actions.append((say("Ask for a release"), f"/releases/new?item={item}"))
    actions.append((say("Warn people in danger"), f"/items/{item}/warned"))
    if access.role in AssessThreat.allowed:
        actions.append((say("Assess a threat"), f"/items/{item}/threat"))
    if access.role in WaiveWarning.allowed:
        actions += [
            (say("Waive the warning of threat %(threat)s", threat=t.recorded.fact.threat), _waiver(t))
            for t in threats(known, item, now)
            if t.warned is None and t.waived is None
        ]
    if access.role in ScreenItem.allowed:
        actions.append((say("Screen it"), f"/items/{item}/screening"))
    if access.role in RecordOriginatorsAnswer.allowed:
        actions.append((say("Record the originator's answer"), f"/items/{item}/answer"))
    if access.role in SetEuropolCodes.allowed:
        actions.append((say("Set Europol codes"), f"/items/{item}/codes"))
    if access.role in StateSourceStanding.allowed:
        actions.append((say("State how the source stands"), f"/items/{item}/source"))
    if access.role in ApproveSourceContact.allowed:
        actions.append((say("Approve contact with the source"), f"/items/{item}/source/approval"))
    if access.role in SetWordings.allowed:
        actions.append((say("Set wordings"), f"/items/{item}/wordings"))
    actions.append((say("Record dissent"), f"/items/{item}/dissent"))
    actions.append((say("Report a compromise"), f"/leaks/new?item={item}"))
    if access.role in ReportAdversaryUnaware.allowed:
        actions.append((say("An adversary does not know it"), f"/items/{item}/unaware"))
    return actions


def _waiver(one: Threatened) -> str:
    fact = one.recorded.fact
    return f"/items/{fact.item}/threats/{fact.threat}/waiver"
