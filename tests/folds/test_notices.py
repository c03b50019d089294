"""Who is told what: rows of facts, and that nothing sealed and nothing of another's plays any part in it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.admission import (
    EndReason,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    MachineRegistered,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    Scope,
    TokenIssued,
)
from tearline.facts.codec import CLOSED
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor, History, Precision, Recorded, Role, Told
from tearline.facts.identifiers import (
    AgreementId,
    AttemptId,
    CompromiseId,
    CopyId,
    DissentId,
    GrantId,
    InvestigationId,
    InvitationId,
    ItemId,
    KeyId,
    NoticeId,
    OrganisationId,
    PersonId,
    ProposalId,
    ReleaseId,
    RequestId,
    SignOffId,
    ThreatId,
    TokenId,
    UnitId,
    WarningId,
    WarningOrderId,
)
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.facts.leaks import CompromiseReported, InvestigationOpened, Sureness
from tearline.facts.parties import AgreementEndorsed, AgreementSigned, Terms
from tearline.facts.protocols import ProtocolProposed, ProtocolSigned
from tearline.facts.release import (
    CopyReleased,
    DissentAnswered,
    DissentRecorded,
    Effect,
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    ItemReleased,
    Manner,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    SourceWarned,
    Tlp,
    VerdictReached,
    WarningKind,
)
from tearline.facts.release import Finding as ReviewFinding
from tearline.facts.shape import record_of
from tearline.facts.warnings import (
    LeakWarningWaived,
    NoticeMethod,
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    ThreatHarm,
    WaiverGround,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReview,
    WarningReviewed,
    WarningWaived,
)
from tearline.folds.notices import (
    KINDS,
    LINES,
    MOST_OF_A_PERSON,
    OWN_SIDE,
    TOLD,
    Notices,
    Seen,
    Tells,
    notices,
)
from tearline.folds.notices.warnings import about_of
from tearline.folds.warnings import apart, dangers
from tearline.rooms.release.requests import LINES as ROOM_LINES
from tearline.web.policy import READERS
from tests.facts.shapes import MARK, of_kind

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ITEM, REQUEST, UNIT = ItemId("item"), RequestId("request"), UnitId("unit")
AGREEMENT, RELEASE = AgreementId("agreement"), ReleaseId("release")
CASE = Actor(PersonId("cas"), Role.CASE_AGENT)
OFFICER = Actor(PersonId("rel"), Role.RELEASING_OFFICER)
SOURCE = Actor(PersonId("sou"), Role.SOURCE_HANDLER)
SENIOR = Actor(PersonId("sen"), Role.SENIOR_OFFICER)
SEEKER = Actor(PersonId("inv"), Role.INVESTIGATOR)
PARTNER = Actor(PersonId("par"), Role.PARTNER_LIAISON)
ADMIN, SECOND = Actor(PersonId("ada"), Role.ADMINISTRATOR), Actor(PersonId("abe"), Role.ADMINISTRATOR)
LIAISON = Actor(PersonId("lia"), Role.LIAISON)
SHUT: Sealed[str] = Sealed("sealed")

REGISTERED = ItemRegistered(
    item=ITEM,
    originator=OrganisationId("own"),
    holder=OrganisationId("own"),
    title=SHUT,
    content=SHUT,
    source_code=Sealed("x"),
    source_grade=SourceGrade.RELIABLE,
    information_grade=InformationGrade.CORROBORATED,
    handling=Handling.PERMITTED,
    tlp=Tlp.AMBER,
)
ASKED = ReleaseRequested(
    request=REQUEST,
    item=ITEM,
    unit=UNIT,
    recipients=(PARTNER.person,),
    extent=Extent.TEARLINE,
    manner=Manner.COPY,
)
DISSENT = DissentRecorded(dissent=DissentId("d"), item=ITEM, reasons=SHUT)
LEAK = CompromiseReported(compromise=CompromiseId("c"), item=ITEM, sure=Sureness.PROBABLE, seen=SHUT)
RELEASED = ItemReleased(
    release=RELEASE,
    request=REQUEST,
    item=ITEM,
    unit=UNIT,
    recipients=(PARTNER.person,),
    extent=Extent.TEARLINE,
    manner=Manner.COPY,
    agreement=AGREEMENT,
    dossier_sha256="0" * 64,
)
EXPEDITED = ReleaseExpedited(
    release=RELEASE, request=REQUEST, item=ITEM, unit=UNIT, agreement=AGREEMENT, waived=Sealed(())
)
SIGNED = AgreementSigned(
    agreement=AGREEMENT,
    name="An agreement",
    terms=Terms(
        own=OrganisationId("own"),
        partner=OrganisationId("partner"),
        overseer=OrganisationId("overseer"),
        own_signatory=None,
        partner_signatory=None,
        protocol="cross-border/1",
        parameters={},
        valid_until=NOW + timedelta(days=90),
    ),
)
PROPOSED = ProtocolProposed(
    proposal=ProposalId("p"),
    protocol="stricter/1",
    sha256="0" * 64,
    parts=1,
    agreements=(),
    replaces=None,
    parameters={},
)
ROLE = RoleProposed(
    grant=GrantId("g"), person=CASE.person, role=Role.CASE_AGENT, until=NOW + timedelta(days=10)
)
GIVEN = RoleApproved(grant=GrantId("g"), person=CASE.person)
INVITED = InvitationIssued(
    invitation=InvitationId("i"),
    person=CASE.person,
    purpose=InvitationPurpose.ENROL,
    code="x",
    expires=NOW + timedelta(days=7),
)


DESK = Actor(PersonId("des"), Role.HARM_DESK)
CHIEF = Actor(PersonId("chi"), Role.SENIOR_OFFICER)
THREAT = ThreatAssessed(
    threat=ThreatId("t"),
    item=ITEM,
    harm=ThreatHarm.KILLING,
    credible=True,
    specific=True,
    impending=True,
    whom=SHUT,
)
ORDERED = WarningOrdered(
    order=WarningOrderId("o"),
    item=ITEM,
    text=SHUT,
    stripped=True,
    method=NoticeMethod.TELEPHONE,
    until=NOW,
    threat=THREAT.threat,
)
WAIVED = WarningWaived(threat=THREAT.threat, item=ITEM, ground=WaiverGround.ALREADY_AWARE, reasons=SHUT)
ATTEMPTED = WarningAttempted(
    attempt=AttemptId("a"), item=ITEM, method=NoticeMethod.TELEPHONE, why=SHUT, threat=THREAT.threat
)
WARNED = PeopleWarned(
    notice=NoticeId("n"), item=ITEM, people=2, method=NoticeMethod.TELEPHONE, said=SHUT, threat=THREAT.threat
)
UNORDERED = WarnedWithoutOrder(notice=WARNED.notice, item=ITEM)
LOOKED_AT = WarningReviewed(notice=WARNED.notice, item=ITEM, review=WarningReview.RIGHT, reasons=SHUT)


def sign(line: SignOffLine) -> ReleaseSignedOff:
    return ReleaseSignedOff(sign_off=SignOffId(line.value), request=REQUEST, line=line)


def verdict(effect: Effect) -> VerdictReached:
    return VerdictReached(
        request=REQUEST,
        item=ITEM,
        effect=effect,
        protocol="cross-border/1",
        protocol_sha256="0" * 64,
        engine="1",
        dossier_sha256="0" * 64,
        salt=SHUT,
        dossier=SHUT,
        rules=Sealed(()),
        owed=Sealed(()),
    )


def known(*facts: tuple[Fact, Actor], told: Told | None = None) -> History:
    return History(
        tuple(
            Recorded(
                position=n,
                ref=str(n),
                recorded_at=NOW - timedelta(hours=len(facts) - n),
                happened_at=NOW,
                precision=Precision.MINUTE,
                by=by,
                told=told,
                fact=fact,
            )
            for n, (fact, by) in enumerate(facts)
        ),
        len(facts),
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    claim: str
    facts: Sequence[tuple[Fact, Actor]]
    to: Actor
    told: Sequence[Tells]
    """The latest first."""

    def __str__(self) -> str:
        return self.claim.replace(" ", "-")


OWN = ((REGISTERED, CASE), (ASKED, CASE))
ROWS = [
    Row(
        claim="whoever asked is told of verdicts, signatures and the release",
        facts=[
            *OWN,
            (verdict(Effect.HOLD), OFFICER),
            (sign(SignOffLine.RELEASING), OFFICER),
            (RELEASED, OFFICER),
        ],
        to=CASE,
        told=[Tells.RELEASED, Tells.SIGNED, Tells.VERDICT],
    ),
    Row(
        claim="what one did oneself is no news", facts=[*OWN, (verdict(Effect.HOLD), CASE)], to=CASE, told=[]
    ),
    Row(
        claim="another's request is no news of mine",
        facts=[(REGISTERED, SOURCE), (ASKED, SOURCE), (verdict(Effect.HOLD), OFFICER)],
        to=CASE,
        told=[],
    ),
    Row(
        claim="one's requests are not told in a role that reads none",
        facts=[*OWN, (verdict(Effect.HOLD), OFFICER)],
        to=replace(CASE, role=Role.AUDITOR),
        told=[],
    ),
    Row(claim="a request waits for its signature", facts=OWN, to=OFFICER, told=[Tells.TO_SIGN]),
    Row(
        claim="it does not wait for whoever asked",
        facts=OWN,
        to=replace(CASE, role=Role.RELEASING_OFFICER),
        told=[],
    ),
    Row(
        claim="a signed line waits no more",
        facts=[*OWN, (sign(SignOffLine.SOURCE_HANDLING), SOURCE)],
        to=replace(SOURCE, person=PersonId("another")),
        told=[],
    ),
    Row(
        claim="whoever signed one line is not asked for another",
        facts=[*OWN, (sign(SignOffLine.SOURCE_HANDLING), SOURCE)],
        to=replace(SOURCE, role=Role.RELEASING_OFFICER),
        told=[],
    ),
    Row(
        claim="what is refused waits for no signature",
        facts=[*OWN, (verdict(Effect.REFUSE), CASE)],
        to=OFFICER,
        told=[],
    ),
    Row(
        claim="what is not refused any more waits again",
        facts=[*OWN, (verdict(Effect.REFUSE), CASE), (verdict(Effect.HOLD), CASE)],
        to=OFFICER,
        told=[Tells.TO_SIGN],
    ),
    Row(claim="nothing contested takes no second signature", facts=OWN, to=SENIOR, told=[]),
    Row(
        claim="a dissent asks for an answer and a second signature",
        facts=[*OWN, (DISSENT, SOURCE)],
        to=SENIOR,
        told=[Tells.TO_SIGN, Tells.TO_ANSWER],
    ),
    Row(
        claim="what was contested before takes a second signature from the start",
        facts=[(REGISTERED, CASE), (DISSENT, SOURCE), (ASKED, CASE)],
        to=SENIOR,
        told=[Tells.TO_SIGN, Tells.TO_ANSWER],
    ),
    Row(
        claim="what was drawn from a contested item is contested",
        facts=[
            (replace(REGISTERED, item=ItemId("whole")), CASE),
            (replace(REGISTERED, tearline_of=ItemId("whole")), CASE),
            (ASKED, CASE),
            (
                SourceWarned(
                    warning=WarningId("w"), item=ItemId("whole"), kind=WarningKind.EXPOSURE, words=SHUT
                ),
                SOURCE,
            ),
        ],
        to=SENIOR,
        told=[Tells.TO_SIGN, Tells.TO_ANSWER_SOURCE],
    ),
    Row(
        claim="whose item it is hears of a dissent",
        facts=[*OWN, (DISSENT, SOURCE)],
        to=CASE,
        told=[Tells.DISSENT],
    ),
    Row(
        claim="whoever dissented hears that they were answered",
        facts=[
            *OWN,
            (DISSENT, SOURCE),
            (DissentAnswered(dissent=DissentId("d"), item=ITEM, answer=SHUT), SENIOR),
        ],
        to=SOURCE,
        told=[Tells.ANSWERED, Tells.TO_SIGN],
    ),
    Row(
        claim="an answered dissent waits no more",
        facts=[
            (REGISTERED, CASE),
            (DISSENT, SOURCE),
            (DissentAnswered(dissent=DissentId("d"), item=ITEM, answer=SHUT), SENIOR),
        ],
        to=OFFICER,
        told=[],
    ),
    Row(
        claim="a verdict to release waits for a release",
        facts=[*OWN, (sign(SignOffLine.RELEASING), SENIOR), (verdict(Effect.RELEASE), SOURCE)],
        to=OFFICER,
        told=[Tells.TO_RELEASE],
    ),
    Row(
        claim="what is released waits no more",
        facts=[*OWN, (verdict(Effect.RELEASE), SOURCE), (RELEASED, SENIOR)],
        to=OFFICER,
        told=[],
    ),
    Row(claim="a leak of what is mine", facts=[*OWN, (LEAK, LIAISON)], to=CASE, told=[Tells.COMPROMISE]),
    Row(
        claim="a leak waits for an inquiry",
        facts=[*OWN, (LEAK, LIAISON)],
        to=SEEKER,
        told=[Tells.TO_INVESTIGATE],
    ),
    Row(
        claim="an opened inquiry is not waited for",
        facts=[
            *OWN,
            (LEAK, LIAISON),
            (
                InvestigationOpened(
                    investigation=InvestigationId("n"),
                    compromise=CompromiseId("c"),
                    item=ITEM,
                    investigators=(),
                    remit=SHUT,
                ),
                SENIOR,
            ),
        ],
        to=SEEKER,
        told=[],
    ),
    Row(
        claim="an expedited release waits for a review by somebody else",
        facts=[*OWN, (RELEASED, OFFICER), (EXPEDITED, Actor(OFFICER.person, Role.NODE))],
        to=SENIOR,
        told=[Tells.TO_REVIEW],
    ),
    Row(
        claim="not by whoever made it",
        facts=[*OWN, (RELEASED, OFFICER), (EXPEDITED, Actor(OFFICER.person, Role.NODE))],
        to=replace(OFFICER, role=Role.SENIOR_OFFICER),
        told=[],
    ),
    Row(
        claim="a review is told to whoever asked, and waits no more",
        facts=[
            *OWN,
            (EXPEDITED, Actor(OFFICER.person, Role.NODE)),
            (
                ReleaseReviewed(
                    release=RELEASE,
                    item=ITEM,
                    agreement=AGREEMENT,
                    finding=ReviewFinding.UPHELD,
                    reasons=SHUT,
                ),
                SENIOR,
            ),
        ],
        to=CASE,
        told=[Tells.REVIEWED],
    ),
    Row(
        claim="a copy is told to its recipient",
        facts=[
            *OWN,
            (
                CopyReleased(
                    copy=CopyId("k"), release=RELEASE, item=ITEM, unit=UNIT, recipient=PARTNER.person
                ),
                OFFICER,
            ),
        ],
        to=PARTNER,
        told=[Tells.COPY],
    ),
    Row(
        claim="the partner hears of no dissent and no leak",
        facts=[*OWN, (DISSENT, SOURCE), (LEAK, CASE)],
        to=PARTNER,
        told=[],
    ),
    Row(
        claim="a protocol waits for a second officer",
        facts=[(PROPOSED, OFFICER)],
        to=SENIOR,
        told=[Tells.TO_ADOPT],
    ),
    Row(
        claim="whoever signed it need not again",
        facts=[
            (PROPOSED, OFFICER),
            (ProtocolSigned(proposal=ProposalId("p"), protocol="stricter/1", sha256="0" * 64), SENIOR),
        ],
        to=SENIOR,
        told=[],
    ),
    Row(
        claim="before the founding an agreement needs no second person",
        facts=[(SIGNED, LIAISON)],
        to=SENIOR,
        told=[],
    ),
    Row(
        claim="after it one does",
        facts=[(FoundersNamed(founders=(ADMIN.person,)), ADMIN), (SIGNED, LIAISON)],
        to=SENIOR,
        told=[Tells.TO_ENDORSE],
    ),
    Row(
        claim="an endorsed agreement waits no more",
        facts=[
            (FoundersNamed(founders=(ADMIN.person,)), ADMIN),
            (SIGNED, LIAISON),
            (AgreementEndorsed(agreement=AGREEMENT, terms_sha256="0" * 64), LIAISON),
        ],
        to=SENIOR,
        told=[],
    ),
    Row(
        claim="a role is proposed, given, and ends soon",
        facts=[(ROLE, ADMIN), (GIVEN, SECOND)],
        to=CASE,
        told=[Tells.ROLE_GIVEN, Tells.ROLE_ENDS, Tells.ROLE_PROPOSED],
    ),
    Row(
        claim="an ended role does not end soon",
        facts=[
            (ROLE, ADMIN),
            (GIVEN, SECOND),
            (RoleEnded(person=CASE.person, role=Role.CASE_AGENT, reason=EndReason.MOVED), ADMIN),
        ],
        to=CASE,
        told=[Tells.ROLE_ENDED, Tells.ROLE_GIVEN, Tells.ROLE_PROPOSED],
    ),
    Row(
        claim="a proposed role waits for a second person",
        facts=[(ROLE, ADMIN)],
        to=SECOND,
        told=[Tells.TO_ADMIT],
    ),
    Row(claim="and not for the one who proposed it", facts=[(ROLE, ADMIN)], to=ADMIN, told=[]),
    Row(
        claim="an invitation waits for a second person",
        facts=[(INVITED, ADMIN)],
        to=SECOND,
        told=[Tells.TO_INVITE],
    ),
    Row(
        claim="an approved one does not",
        facts=[
            (INVITED, ADMIN),
            (InvitationApproved(invitation=InvitationId("i"), person=CASE.person, code="y"), SENIOR),
        ],
        to=SECOND,
        told=[],
    ),
    Row(
        claim="people in danger wait to be warned, and for a senior officer's decision",
        facts=[(THREAT, CASE)],
        to=SENIOR,
        told=[Tells.TO_DECIDE_WARNING],
    ),
    Row(claim="whoever warns people is told at once", facts=[(THREAT, CASE)], to=DESK, told=[Tells.TO_WARN]),
    Row(
        claim="a threat that is not impending opens no duty",
        facts=[(replace(THREAT, impending=False), CASE)],
        to=SENIOR,
        told=[],
    ),
    Row(claim="what is ordered is decided", facts=[(THREAT, CASE), (ORDERED, CHIEF)], to=SENIOR, told=[]),
    Row(
        claim="what is ordered is not given",
        facts=[(THREAT, CASE), (ORDERED, CHIEF), (ATTEMPTED, CASE)],
        to=DESK,
        told=[Tells.TO_WARN],
    ),
    Row(claim="whoever were warned wait no more", facts=[(THREAT, CASE), (WARNED, CASE)], to=DESK, told=[]),
    Row(
        claim="what is waived waits for nobody",
        facts=[(THREAT, CASE), (WAIVED, CHIEF), (ATTEMPTED, CASE)],
        to=DESK,
        told=[],
    ),
    Row(
        claim="an order takes a waiver back",
        facts=[(THREAT, CASE), (WAIVED, CHIEF), (ORDERED, CHIEF)],
        to=DESK,
        told=[Tells.TO_WARN],
    ),
    Row(
        claim="a warning without an order waits for its review",
        facts=[(WARNED, CASE), (UNORDERED, CASE)],
        to=SENIOR,
        told=[Tells.TO_REVIEW_WARNING],
    ),
    Row(
        claim="nobody is asked to review what they did",
        facts=[(WARNED, SENIOR), (UNORDERED, SENIOR), (WARNED, CASE), (UNORDERED, CASE)],
        to=SENIOR,
        told=[],
    ),
    Row(
        claim="what was reviewed waits no more",
        facts=[(WARNED, CASE), (UNORDERED, CASE), (LOOKED_AT, CHIEF)],
        to=SENIOR,
        told=[],
    ),
    Row(
        claim="a key that somebody else revoked",
        facts=[
            (
                PersonKeyRevoked(
                    person=CASE.person, key=KeyId("A" * 43), reason=RevocationReason.LOST, since=NOW
                ),
                ADMIN,
            )
        ],
        to=CASE,
        told=[Tells.KEY_REVOKED],
    ),
    Row(
        claim="a machine's token is told to whoever answers for it",
        facts=[
            (MachineRegistered(person=PersonId("m"), name="A machine", answers=CASE.person), ADMIN),
            (
                TokenIssued(
                    token=TokenId("t"),
                    person=PersonId("m"),
                    role=Role.LIAISON,
                    scopes=(Scope.READ,),
                    secret="x",
                    expires=NOW,
                ),
                ADMIN,
            ),
        ],
        to=replace(CASE, role=Role.AUDITOR),
        told=[Tells.TOKEN_ISSUED],
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_is_told_what(row: Row) -> None:
    found = notices(known(*row.facts), row.to.person, row.to.role, NOW)
    assert [one.tells for one in found] == list(row.told)


@pytest.mark.parametrize("row", [r for r in ROWS if r.told], ids=str)
def test_a_worked_case_awaits_nobody(row: Row) -> None:
    told = Told(telling="tale", known_at=NOW)
    assert not notices(known(*row.facts, told=told), row.to.person, row.to.role, NOW)


def test_the_next_look_begins_where_the_last_ended() -> None:
    held = Notices().carry(known(*OWN, (verdict(Effect.HOLD), OFFICER), (verdict(Effect.REFUSE), OFFICER)))
    me = (CASE.person, CASE.role, NOW)
    assert held.count(*me, None, most=99) == 2
    assert held.count(*me, Seen(position=3, at=NOW), most=99) == 1
    assert held.count(*me, Seen(position=4, at=NOW), most=99) == 0
    assert held.count(*me, None, most=1) == 1


def test_what_comes_with_time_is_new_when_its_time_has_come() -> None:
    history = known((replace(ROLE, until=NOW + timedelta(days=50)), ADMIN), (GIVEN, SECOND))
    held = Notices().carry(history)
    seen = Seen(position=2, at=NOW)
    assert held.count(CASE.person, CASE.role, NOW, seen, most=99) == 0
    later = NOW + timedelta(days=21)
    assert held.count(CASE.person, CASE.role, later, seen, most=99) == 1
    assert held.count(CASE.person, CASE.role, later, Seen(position=2, at=later), most=99) == 0
    assert [n.tells for n in held.of(CASE.person, CASE.role, NOW + timedelta(days=51))] == [
        Tells.ROLE_GIVEN,
        Tells.ROLE_PROPOSED,
    ]


def test_of_one_person_no_more_is_kept_than_is_said() -> None:
    facts = [*OWN, *[(verdict(Effect.HOLD), OFFICER)] * (MOST_OF_A_PERSON + 3)]
    found = notices(known(*facts), CASE.person, CASE.role, NOW)
    assert len(found) == MOST_OF_A_PERSON
    assert found[0].position == len(facts) - 1


def test_whose_side_is_whose_is_as_the_site_has_it() -> None:
    assert OWN_SIDE == READERS
    assert {role: line for line, role in LINES.items()} == dict(ROOM_LINES)


PEOPLE = st.sampled_from([CASE, OFFICER, SOURCE, SENIOR, PARTNER, ADMIN])
NAMES = ("item", "request", "person", "recipient", "dissent", "grant", "release")
ANY = st.lists(st.tuples(st.one_of([of_kind(kind) for kind in KINDS]), PEOPLE), max_size=12)


def _shut(fact: Fact) -> Fact:
    sealed = {f.name: CLOSED for f in record_of(type(fact)).fields if f.compartment}
    return replace(fact, **sealed) if sealed else fact  # type: ignore[type-var]


def _about_few(fact: Fact) -> Fact:
    """The same about the few things that there are, so that facts meet."""
    named = {f.name for f in fields(fact)} & set(NAMES)  # type: ignore[arg-type]
    few = {
        n: CASE.person if n in ("person", "recipient") else n for n in named if getattr(fact, n) is not None
    }
    return replace(fact, **few)  # type: ignore[type-var]


@settings(max_examples=60, deadline=None)
@given(ANY, PEOPLE)
def test_nothing_sealed_plays_a_part_and_nobody_is_told_what_their_role_does_not_hear(
    facts: list[tuple[Fact, Actor]], reader: Actor
) -> None:
    met = [(_about_few(fact), by) for fact, by in facts]
    found = notices(known(*met), reader.person, reader.role, NOW)
    assert found == notices(known(*[(_shut(fact), by) for fact, by in met]), reader.person, reader.role, NOW)
    assert MARK not in repr(found)
    assert all(reader.role in TOLD[one.tells] for one in found)
    if reader.role is Role.PARTNER_LIAISON:
        assert {one.tells.concern.value for one in found} <= {"copies", "account"}
    if reader.role is Role.ADMINISTRATOR:
        assert {one.tells for one in found} <= {t for t in Tells if t.concern.value == "account"} | {
            Tells.TO_ADMIT,
            Tells.TO_INVITE,
        }


T, W, C = THREAT.threat, WarningId("t"), CompromiseId("t")
"""One name for three grounds: each is told by itself."""
Names = tuple[ThreatId | None, WarningId | None, CompromiseId | None]
ABOUT: Sequence[Names] = ((T, None, None), (None, W, None), (None, None, C), (T, W, None))


def _of(fact: WarningOrdered | WarningAttempted | PeopleWarned, names: Names) -> Fact:
    return replace(fact, threat=names[0], warning=names[1], compromise=names[2])


OF_DANGER: Sequence[Sequence[Fact]] = (
    (THREAT,),
    (replace(THREAT, credible=False),),
    (SourceWarned(warning=W, item=ITEM, kind=WarningKind.BLOODSHED, words=SHUT),),
    (replace(LEAK, compromise=C),),
    (WAIVED,),
    (SourceWarningWaived(warning=W, item=ITEM, ground=WaiverGround.ALREADY_AWARE, reasons=SHUT),),
    (LeakWarningWaived(compromise=C, item=ITEM, ground=WaiverGround.ALREADY_AWARE, reasons=SHUT),),
    *((_of(one, names),) for one in (ORDERED, ATTEMPTED, WARNED) for names in ABOUT),
    *((_of(WARNED, names), UNORDERED) for names in ABOUT),
    (replace(WARNED, notice=NoticeId("m")), replace(UNORDERED, notice=NoticeId("m"))),
    (UNORDERED,),
    (LOOKED_AT,),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(OF_DANGER), max_size=12))
def test_of_people_in_danger_one_is_told_what_the_queue_shows(steps: list[Sequence[Fact]]) -> None:
    grounds = (ThreatAssessed, SourceWarned, CompromiseReported)
    facts: list[Fact] = []
    for fact in (f for step in steps for f in step):
        if not (isinstance(fact, grounds) and any(type(f) is type(fact) for f in facts)):
            facts.append(fact)
    history = known(*[(fact, CASE) for fact in facts])

    def told(to: Actor, tells: Tells) -> set[str]:
        return {n.about for n in notices(history, to.person, to.role, NOW) if n.tells is tells}

    every = dangers(history)
    undecided = {about_of((d.field, d.name)) for d in every if d.undecided}
    assert told(SENIOR, Tells.TO_DECIDE_WARNING) == undecided
    assert told(DESK, Tells.TO_WARN) == {about_of((d.field, d.name)) for d in every if d.owed}
    left = [n for d in every for n in d.reviews_owed] + [n for n in apart(history) if n.to_review]
    assert told(SENIOR, Tells.TO_REVIEW_WARNING) == {n.recorded.fact.notice for n in left}


@settings(max_examples=30, deadline=None)
@given(ANY, PEOPLE, st.integers(0, 12))
def test_carried_on_in_two_steps_it_comes_to_the_same(
    facts: list[tuple[Fact, Actor]], reader: Actor, cut: int
) -> None:
    whole = known(*[(_about_few(fact), by) for fact, by in facts])
    held = Notices().carry(whole.facts[:cut]).carry(whole.facts[cut:])
    found = notices(whole, reader.person, reader.role, NOW)
    assert list(held.of(reader.person, reader.role, NOW)) == found
    for position in range(len(facts) + 1):
        seen = Seen(position=position, at=NOW)
        new = sum(one.new(seen) for one in found)
        assert held.count(reader.person, reader.role, NOW, seen, most=99) == new
