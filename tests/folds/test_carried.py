"""Folds that are carried on, fact by fact, are what the plain folds make of the whole history, after any split."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.assistance import AssistanceGiven, AssistanceKind
from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.harm import CountDocumented, Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Actor, History, Precision, Recorded, Role, Told
from tearline.facts.identifiers import (
    AccountId,
    AgreementId,
    AssistanceId,
    BriefingId,
    CompromiseId,
    CopyId,
    CountId,
    DissentId,
    FindingId,
    InvestigationId,
    ItemId,
    OperationId,
    OrganisationId,
    PersonId,
    ProposalId,
    ReleaseId,
    ReportId,
    RequestId,
    SignOffId,
    SuspensionId,
    UnitId,
    ValidationId,
    WarningId,
)
from tearline.facts.investigation import FindingMade, FindingProposed
from tearline.facts.leaks import (
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    Sureness,
    SuspensionLifted,
)
from tearline.facts.operations import AccountRendered, OperationDeclared
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import (
    AgreementSigned,
    Outcome,
    PersonVettingDecided,
    ProtocolAppliedInHindsight,
    Terms,
    UnitFormed,
    UnitVettingDecided,
)
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    ItemReleased,
    Manner,
    OwedByVerdict,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    SourceWarned,
    SourceWarningAnswered,
    Tlp,
    VerdictReached,
    WarningKind,
)
from tearline.facts.retention import RecordValidated
from tearline.folds import owing
from tearline.folds.carried import (
    EVERY_OPEN,
    UNTIED,
    Lapse,
    Matched,
    Queue,
    Registers,
    RequestLists,
    Unanswered,
    Vetted,
    asked_by,
    decided,
    rules_matched,
    to_sign,
)
from tearline.folds.obligations import Obligation, obligations
from tearline.folds.owing import Owing
from tearline.folds.people import People, Status
from tearline.folds.requests import requests
from tests.inquiries import ended, interim, lifted, made, proposed, reported, to_lift
from tests.worlds import (
    NOON,
    PARAMETERS,
    PROTOCOLS,
    agreement,
    compromised,
    disclosed,
    item,
    released,
    requested,
    unit,
)

DAY = timedelta(days=1)
SOON = timedelta(days=60)
PACKS = ("cross-border/1", "cross-border/2")
FEW_IDS = st.integers(0, 1)


def named(kind: type[str] | object, prefix: str) -> st.SearchStrategy[str]:
    return st.builds(lambda n: f"{prefix}-{n}", FEW_IDS)


ITEMS = named(ItemId, "i").map(ItemId)
REQUESTS = named(RequestId, "q").map(RequestId)
RELEASES = named(ReleaseId, "r").map(ReleaseId)
LEAKS = named(CompromiseId, "l").map(CompromiseId)
OPERATIONS = named(OperationId, "o").map(OperationId)
AGREEMENTS = named(AgreementId, "a").map(AgreementId)
UNITS = named(UnitId, "u").map(UnitId)
PEOPLE = named(PersonId, "p").map(PersonId)
DISSENTS = named(DissentId, "d").map(DissentId)
WARNINGS = named(WarningId, "w").map(WarningId)
REPORTS = named(ReportId, "h").map(ReportId)
COPIES = named(CopyId, "c").map(CopyId)
HOMES = st.sampled_from([OrganisationId("own"), OrganisationId("partner")])
OVERSEERS = st.sampled_from([OrganisationId("watch"), OrganisationId("another")])
MOMENTS = st.integers(-40, 40).map(lambda days: NOON + days * DAY)
TEXT = st.just(Sealed("said"))


def maybe(found: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | found


TERMS = st.builds(
    lambda own, partner, overseer, packs, until: Terms(
        own=own,
        partner=partner,
        overseer=overseer,
        own_signatory=None,
        partner_signatory=None,
        protocol=packs[0],
        further=tuple(packs[1:]),
        parameters=PARAMETERS,
        valid_until=until,
    ),
    HOMES,
    HOMES,
    OVERSEERS,
    st.sampled_from(
        [
            ["cross-border/1"],
            ["cross-border/2"],
            ["cross-border/1", "source-protection/1"],
            ["cross-border/2", "leak-inquiry/1"],
        ]
    ),
    MOMENTS,
)
OBLIGATIONS = {rule.id: rule.owes[0].obligation for rule in PROTOCOLS["cross-border/1"].rules if rule.owes}
OWED = st.lists(
    st.builds(
        lambda rule, due: OwedByVerdict(rule=rule, obligation=OBLIGATIONS[rule], debtor="own", due=due),
        st.sampled_from(sorted(OBLIGATIONS)),
        st.none() | MOMENTS,
    ),
    max_size=2,
)
RULES = st.lists(
    st.sampled_from(["sign-offs-missing", "partner-release", "first.tlp2/1:beyond-amber"]),
    max_size=2,
    unique=True,
).map(tuple)

FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(UnitFormed, unit=UNITS, organisation=HOMES, name=st.just("Unit")),
    st.builds(AgreementSigned, agreement=AGREEMENTS, name=st.just("Signed"), terms=TERMS),
    st.builds(ProtocolAppliedInHindsight, agreement=AGREEMENTS, name=st.just("Yardstick"), terms=TERMS),
    st.builds(
        ProtocolAdopted,
        proposal=st.just(ProposalId("new")),
        protocol=st.just("cross-border/2"),
        sha256=st.just("0" * 64),
        agreements=st.lists(AGREEMENTS, max_size=2, unique=True).map(tuple),
        replaces=st.just("cross-border/1"),
        parameters=st.just({}),
    ),
    st.builds(
        ItemRegistered,
        item=ITEMS,
        originator=HOMES,
        holder=HOMES,
        title=TEXT,
        content=TEXT,
        source_code=TEXT,
        source_grade=st.just(SourceGrade.RELIABLE),
        information_grade=st.just(InformationGrade.INDIRECT),
        handling=st.just(Handling.PERMITTED),
        tlp=st.just(Tlp.AMBER),
        perishes_at=st.none() | MOMENTS,
        tearline_of=maybe(ITEMS),
    ),
    st.builds(
        ReleaseRequested,
        request=REQUESTS,
        item=ITEMS,
        unit=UNITS,
        recipients=st.just(()),
        extent=st.just(Extent.FULL),
        manner=st.just(Manner.COPY),
        agreement=maybe(AGREEMENTS),
    ),
    st.builds(
        VerdictReached,
        request=REQUESTS,
        item=ITEMS,
        effect=st.sampled_from([Effect.HOLD, Effect.HOLD, Effect.RELEASE, Effect.REFUSE]),
        protocol=st.just("cross-border/1"),
        protocol_sha256=st.just("0" * 64),
        engine=st.just("tearline/1"),
        dossier_sha256=st.just("0" * 64),
        salt=TEXT,
        dossier=TEXT,
        rules=RULES.map(Sealed),
        owed=OWED.map(lambda found: Sealed(tuple(found))),
    ),
    st.builds(
        proposed,
        name=named(FindingId, "f"),
        within=named(InvestigationId, "v"),
        compromise=LEAKS,
        item=ITEMS,
    ),
    st.builds(
        made, name=named(FindingId, "f"), within=named(InvestigationId, "v"), compromise=LEAKS, item=ITEMS
    ),
    st.builds(to_lift, unit=UNITS, compromise=LEAKS),
    st.builds(lifted, unit=UNITS, compromise=LEAKS),
    st.builds(ended, unit=UNITS, compromise=LEAKS),
    st.builds(interim, compromise=LEAKS, item=ITEMS),
    st.builds(reported, finding=named(FindingId, "f"), compromise=LEAKS, item=ITEMS),
    st.builds(
        ReleaseSignedOff,
        sign_off=st.just(SignOffId("s")),
        request=REQUESTS,
        line=st.sampled_from(SignOffLine),
    ),
    st.builds(
        ItemReleased,
        release=RELEASES,
        request=REQUESTS,
        item=ITEMS,
        unit=UNITS,
        recipients=st.just(()),
        extent=st.just(Extent.FULL),
        manner=st.just(Manner.COPY),
        agreement=AGREEMENTS,
        dossier_sha256=st.just("0" * 64),
    ),
    st.builds(
        DisclosureRecorded,
        release=RELEASES,
        item=ITEMS,
        unit=UNITS,
        recipients=st.just(()),
        extent=st.just(Extent.FULL),
        manner=st.just(Manner.ORAL),
        decided_by=TEXT,
        agreement=maybe(AGREEMENTS),
    ),
    st.builds(CopyReleased, copy=COPIES, release=RELEASES, item=ITEMS, unit=UNITS, recipient=PEOPLE),
    st.builds(CopyReceived, copy=COPIES, release=RELEASES, item=ITEMS),
    st.builds(SourceWarned, warning=WARNINGS, item=ITEMS, kind=st.just(WarningKind.EXPOSURE), words=TEXT),
    st.builds(SourceWarningAnswered, warning=WARNINGS, item=ITEMS, answer=TEXT),
    st.builds(DissentRecorded, dissent=DISSENTS, item=ITEMS, reasons=TEXT, request=maybe(REQUESTS)),
    st.builds(DissentAnswered, dissent=DISSENTS, item=ITEMS, answer=TEXT),
    st.builds(CompromiseReported, compromise=LEAKS, item=ITEMS, sure=st.just(Sureness.CONFIRMED), seen=TEXT),
    st.builds(
        CooperationSuspended,
        suspension=st.just(SuspensionId("s")),
        unit=UNITS,
        compromise=LEAKS,
        item=ITEMS,
        rule=st.just("suspended-on-compromise"),
    ),
    st.builds(
        InvestigationOpened,
        investigation=st.just(InvestigationId("n")),
        compromise=LEAKS,
        item=ITEMS,
        investigators=st.just(()),
        remit=TEXT,
    ),
    st.builds(
        OverseerInformed,
        briefing=st.just(BriefingId("b")),
        overseer=OVERSEERS,
        text=TEXT,
        request=maybe(REQUESTS),
        release=maybe(RELEASES),
        compromise=maybe(LEAKS),
    ),
    st.builds(
        HarmReported,
        report=REPORTS,
        source_class=st.sampled_from(SourceClass),
        source=TEXT,
        account=TEXT,
        harm=st.sampled_from(Harm),
        least=st.just(1),
        most=st.none(),
        place=st.just("here"),
        reliability=st.sampled_from(Reliability),
        credibility=st.sampled_from(Credibility),
        compromise=maybe(LEAKS),
        release=maybe(RELEASES),
        operation=maybe(OPERATIONS),
    ),
    st.builds(
        AssistanceGiven,
        assistance=st.just(AssistanceId("g")),
        kind=st.sampled_from(AssistanceKind),
        given=TEXT,
        report=maybe(REPORTS),
        compromise=maybe(LEAKS),
    ),
    st.builds(
        CountDocumented,
        count=st.just(CountId("n")),
        counted_by=st.just("a court"),
        least=st.just(1),
        most=st.none(),
        unit=st.just("people"),
        area=st.none(),
        said_in=st.just("2026"),
        compromise=maybe(LEAKS),
        operation=maybe(OPERATIONS),
    ),
    st.builds(
        OperationDeclared,
        operation=OPERATIONS,
        name=st.just("Patrols"),
        organisations=st.just(()),
        aim=st.just("none"),
        place=st.just("here"),
        agreement=maybe(AGREEMENTS),
    ),
    st.builds(
        AccountRendered,
        account=st.just(AccountId("t")),
        text=st.just("said"),
        operation=maybe(OPERATIONS),
        release=maybe(RELEASES),
    ),
    st.builds(RecordValidated, validation=st.just(ValidationId("v")), item=ITEMS, reasons=TEXT),
    st.builds(
        PersonVettingDecided,
        person=PEOPLE,
        outcome=st.sampled_from(Outcome),
        decided_by=HOMES,
        deciding_office=TEXT,
        valid_until=st.none() | MOMENTS,
    ),
    st.builds(
        UnitVettingDecided,
        unit=UNITS,
        outcome=st.sampled_from(Outcome),
        decided_by=HOMES,
        valid_until=st.none() | MOMENTS,
    ),
)


def patrols(under: str) -> OperationDeclared:
    return OperationDeclared(
        operation=OperationId("patrols"),
        name="Patrols",
        organisations=(),
        aim="none",
        place="here",
        agreement=AgreementId(under),
    )


def copied(name: str) -> CopyReleased:
    out = released()
    return CopyReleased(
        copy=CopyId(name), release=out.release, item=out.item, unit=out.unit, recipient=PersonId("rita")
    )


FOUNDED: tuple[Fact, ...] = (
    unit("u-0"),
    agreement("a-0"),
    agreement("a-1", protocol="cross-border/2"),
    item("i-0"),
    requested("q-0", "i-0", unit="u-0", under="a-0"),
)
"""What most of the rest can hang on, somewhere among it."""


def recorded(position: int, fact: Fact, happened_at: datetime, *, told: bool) -> Recorded[Fact]:
    return Recorded(
        position=position,
        ref=f"ref-{position}",
        recorded_at=NOON + position * timedelta(minutes=1),
        happened_at=happened_at,
        precision=Precision.DAY,
        by=Actor(PersonId("ana"), Role.CASE_AGENT),
        told=Told(telling="tale", known_at=happened_at) if told else None,
        fact=fact,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[list[Recorded[Fact]]]:
    """A history in which identifiers meet often, in stretches as they might be read."""
    drawn = draw(st.lists(st.tuples(FACTS, MOMENTS, st.integers(0, 9)), max_size=30))
    at = draw(st.integers(0, len(drawn)))
    drawn[at:at] = [(fact, NOON - 20 * DAY, 1) for fact in FOUNDED]
    facts = [recorded(n, fact, at, told=tale == 0) for n, (fact, at, tale) in enumerate(drawn)]
    stretches: list[list[Recorded[Fact]]] = []
    while facts:
        n = draw(st.integers(1, 8))
        stretches.append(facts[:n])
        facts = facts[n:]
    return stretches


def compare_owed(
    kept: Owing, whole: Sequence[Recorded[Fact]], concerns: Sequence[owing.Concern], most: int
) -> None:
    found = obligations(History(tuple(whole)), PROTOCOLS)
    live = [o for o in found if o.ground.told is None]
    for concern in concerns:
        expected = [o for o in live if o.discharged_by is None and concern(o)]
        assert [entry[4] for entry in kept.open(concern)] == expected
    assert kept.told() == [o for o in found if o.ground.told is not None]
    assert kept.discharged(most) == [o for o in live if o.discharged_by is not None][-most:]


def everything(_: Obligation) -> bool:
    return True


def of_partner(owed: Obligation) -> bool:
    return owed.debtor == "partner"


HARMED = HarmReported(
    report=ReportId("h"),
    source_class=SourceClass.RELATIVE,
    source=Sealed("a sister"),
    account=Sealed("he did not come home"),
    harm=Harm.KILLED,
    least=1,
    most=None,
    place="the town",
    reliability=Reliability.A,
    credibility=Credibility.CONFIRMED,
    operation=OperationId("patrols"),
)
BOTH = AssistanceGiven(
    assistance=AssistanceId("g"),
    kind=AssistanceKind.PROTECTION,
    given=Sealed("a flat"),
    report=ReportId("h"),
    compromise=CompromiseId("leak"),
)
RECEIPT = CopyReceived(copy=CopyId("first"), release=ReleaseId("other"), item=ItemId("none"))
PAST = agreement("pact", valid_until=NOON - 90 * DAY)
STORIES: Mapping[str, tuple[tuple[int, Fact], ...]] = {
    "the unit is formed when the release is out": (
        (0, agreement()),
        (0, item()),
        (1, disclosed()),
        (2, unit("siu")),
    ),
    "a leak and harm elsewhere are helped by one act": (
        (0, agreement()),
        (0, item()),
        (0, requested()),
        (1, compromised()),
        (2, patrols("pact")),
        (2, HARMED),
        (3, BOTH),
    ),
    "the agreement that a request names is put on record last": (
        (0, unit("siu")),
        (0, item()),
        (1, requested()),
        (-2, compromised()),
        (-3, agreement()),
    ),
    "an agreement is recorded late that was in force when something was given out": (
        (0, unit("siu")),
        (0, item()),
        (5, disclosed()),
        (2, agreement("other")),
    ),
    "what ran out is signed anew under its name": (
        (-99, PAST),
        (0, unit("siu")),
        (0, item()),
        (1, disclosed(under="pact")),
        (-1, agreement("pact")),
    ),
    "a copy's receipt names another item": (
        (0, agreement()),
        (0, unit("siu")),
        (0, item()),
        (1, requested()),
        (2, released()),
        (2, copied("first")),
        (3, RECEIPT),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_reaches_back_is_owed_as_if_it_had_been_known_at_once(story: str) -> None:
    whole: list[Recorded[Fact]] = []
    kept = Owing(PROTOCOLS, lambda places: [whole[p] for p in places])
    told = []
    for n, (day, fact) in enumerate(STORIES[story]):
        whole.append(recorded(n, fact, NOON + day * DAY, told=False))
        kept.take(whole[-1:], {})
        compare_owed(kept, whole, (everything, of_partner), 50)
        told.append([entry[4] for entry in kept.open(everything)])
    assert told[-1] != told[-2], "the last fact changes what is owed, or this story tells nothing"


@given(
    histories(),
    st.sampled_from([1, 400]),
    st.sampled_from([4, 400]),
    st.sampled_from(["each time", "at the end"]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_owed_carried_on_is_what_the_whole_history_owes(
    stretches: list[list[Recorded[Fact]]], few: int, kept_most: int, asked: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owing, "FEW", few)
        patch.setattr(owing, "KEPT", kept_most)
        whole: list[Recorded[Fact]] = []
        kept = Owing(PROTOCOLS, lambda places: [whole[p] for p in places])
        concerns = (everything, of_partner, kept.of_kinds(frozenset({"answer-dissent"})))
        for stretch in stretches:
            whole += stretch
            kept.take(stretch, {r.position: r for r in stretch})
            if asked == "each time":
                compare_owed(kept, whole, concerns, kept_most // 4)
        compare_owed(kept, whole, concerns, kept_most // 4)


@given(histories(), st.data())
@settings(max_examples=40, deadline=None)
def test_what_a_purged_verdict_asked_for_is_not_owed_any_more(
    stretches: list[list[Recorded[Fact]]], data: st.DataObject
) -> None:
    whole = [r for stretch in stretches for r in stretch]
    kept, matched = Owing(PROTOCOLS, lambda places: [whole[p] for p in places]), Matched()
    kept.take(whole, {})
    for r in whole:
        matched.take(r)
    verdicts = [r.position for r in whole if isinstance(r.fact, VerdictReached)]
    gone = data.draw(st.lists(st.sampled_from(verdicts), unique=True)) if verdicts else []
    for place in gone:
        fact = whole[place].fact
        assert isinstance(fact, VerdictReached)
        purged = replace(fact, owed=Sealed(None, Seal.PURGED), rules=Sealed(None, Seal.PURGED))
        whole[place] = replace(whole[place], fact=purged)
    kept.purged(gone)
    matched.purged(gone)
    compare_owed(kept, whole, (everything,), 50)
    compare_matched(matched, whole)


def compare_matched(kept: Matched, whole: Sequence[Recorded[Fact]]) -> None:
    found: dict[tuple[str, str], list[int]] = {}
    for r in History(tuple(whole)).of(VerdictReached):
        for called in rules_matched(r.fact):
            found.setdefault(called, []).append(r.position)
    for pack, rule in (
        ("cross-border/1", "sign-offs-missing"),
        ("cross-border/1", "partner-release"),
        ("first.tlp2/1", "beyond-amber"),
    ):
        places = found.get((pack, rule), [])
        assert list(kept.of((pack, rule))) == places
        assert list(kept.told_of((pack, rule))) == [p for p in places if whole[p].told is not None]


@given(histories())
@settings(max_examples=150, deadline=None)
def test_lists_carried_on_are_what_the_whole_history_makes_of_them(
    stretches: list[list[Recorded[Fact]]],
) -> None:
    lists, unanswered, registers, matched = RequestLists(), Unanswered(), Registers(), Matched()
    whole: list[Recorded[Fact]] = []
    for stretch in stretches:
        whole += stretch
        for r in stretch:
            for kept in (lists, unanswered, registers, matched):
                kept.take(r)
    history = History(tuple(whole))
    plain = requests(history)
    assert lists.standing == plain
    far = datetime.max.replace(tzinfo=NOON.tzinfo)
    still = sorted(plain.open(), key=lambda r: plain.perishes(r.fact.item) or far)
    assert queued(lists, EVERY_OPEN) == still
    assert queued(lists, asked_by(PersonId("ana"))) == still
    for effect in Effect:
        assert queued(lists, decided(effect)) == [
            r for r in still if plain.effect.get(r.fact.request) is effect
        ]
    for line in SignOffLine:
        assert queued(lists, to_sign(line)) == [
            r
            for r in still
            if line not in plain.lines.get(r.fact.request, ())
            and plain.effect.get(r.fact.request) is not Effect.REFUSE
            and (line is not SignOffLine.SECOND or plain.contested(r.fact))
        ]
    given = [r for q, r in reversed(plain.asked.items()) if q in plain.released and r.told is None]
    assert [plain.asked[request] for _, request in lists.released()] == given
    assert lists.disclosed == list(history.of(DisclosureRecorded))
    compare_unanswered(unanswered, history)
    compare_registers(registers, history)
    compare_matched(matched, whole)


def queued(lists: RequestLists, queue: Queue) -> list[Recorded[ReleaseRequested]]:
    return [lists.standing.asked[request] for *_, request in lists.open(queue)]


def compare_unanswered(kept: Unanswered, history: History) -> None:
    answered = {r.fact.dissent for r in history.of(DissentAnswered)}
    replied = {r.fact.warning for r in history.of(SourceWarningAnswered)}
    looked_into = {r.fact.compromise for r in history.of(InvestigationOpened)}
    assert list(kept.dissents.values()) == [
        r for r in history.of(DissentRecorded) if r.told is None and r.fact.dissent not in answered
    ]
    assert list(kept.warnings.values()) == [
        r for r in history.of(SourceWarned) if r.told is None and r.fact.warning not in replied
    ]
    assert list(kept.leaks.values()) == [
        r for r in history.of(CompromiseReported) if r.told is None and r.fact.compromise not in looked_into
    ]
    closed = {r.fact.investigation for r in history.of(FindingMade)}
    assert list(kept.findings.values()) == [
        r for r in history.of(FindingProposed) if r.told is None and r.fact.investigation not in closed
    ]
    gone = {r.fact.suspension for r in history.of(SuspensionLifted)}
    over = {r.fact.unit for r in history.of(CooperationEnded)}
    assert list(kept.liftings.values()) == [
        r
        for r in history.of(LiftingProposed)
        if r.told is None and r.fact.suspension not in gone and r.fact.unit not in over
    ]


def compare_registers(kept: Registers, history: History) -> None:
    assert kept.leaks == list(history.of(CompromiseReported))
    assert kept.operations == list(history.of(OperationDeclared))
    assert kept.suspended == {r.fact.compromise for r in history.of(CooperationSuspended)}
    assert kept.investigated == {r.fact.compromise for r in history.of(InvestigationOpened)}
    assert kept.rendered == {r.fact.operation for r in history.of(AccountRendered)}
    harm: dict[tuple[str, str], list[int]] = {}
    for r in history:
        if isinstance(r.fact, HarmReported | CountDocumented):
            leak, operation = r.fact.compromise, r.fact.operation
            if leak:
                harm.setdefault(("compromise", leak), []).append(r.position)
            if operation:
                harm.setdefault(("operation", operation), []).append(r.position)
            if not leak and not operation:
                harm.setdefault(UNTIED, []).append(r.position)
    assert {subject: list(places) for subject, places in kept.harm.items()} == harm


def lapsing(history: History, now: datetime) -> list[Lapse]:
    """As the first page told it, from people and units as they stand."""
    people = People(History(tuple(r for r in history if r.told is None)), now)
    found = []
    for person, found_of in people.vetted.items():
        pending, until = people.own_link(person).status is Status.PENDING, found_of.fact.valid_until
        if pending or (until is not None and until < now + SOON):
            found.append(Lapse(until, unit=False, subject=person, open=pending))
    for formed in people.formed:
        vetted = people.unit_vetted.get(formed)
        until = vetted.fact.valid_until if vetted else None
        if vetted is None or (until is not None and until < now + SOON):
            found.append(Lapse(until, unit=True, subject=formed, open=vetted is None))
    return sorted(found, key=lambda one: (one.due is None, one.due or now))


@given(histories(), MOMENTS)
@settings(max_examples=200, deadline=None)
def test_vettings_carried_on_lapse_as_people_and_units_stand(
    stretches: list[list[Recorded[Fact]]], now: datetime
) -> None:
    kept = Vetted()
    whole = [r for stretch in stretches for r in stretch]
    for r in whole:
        kept.take(r)
    found = kept.lapsing(now, now + SOON)
    expected = lapsing(History(tuple(whole)), now)
    assert set(found) == set(expected)
    assert len(found) == len(expected)
    assert [one.due for one in found] == [one.due for one in expected]
