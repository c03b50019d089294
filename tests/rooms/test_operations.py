"""Operations: each figure with who counted it, each limit by a party, each account of one thing."""

from dataclasses import replace

import pytest

from tearline.facts.history import Told
from tearline.facts.identifiers import (
    AccountId,
    AgreementId,
    CaveatId,
    ClaimId,
    OperationId,
    OrganisationId,
    PostId,
    ReleaseId,
    ResultId,
    ShiftedId,
    TollId,
)
from tearline.facts.operations import (
    AccountRendered,
    CaveatDeclared,
    Controls,
    Credit,
    Dimension,
    DisplacementNoted,
    EffectClaimed,
    Measure,
    MeasurePlanned,
    OperationDeclared,
    PostKind,
    PostOpened,
    ResultCounted,
    ResultKind,
    Retaliation,
    TollKind,
    TollRecorded,
)
from tearline.rooms.operations import (
    ClaimEffect,
    CountResult,
    DeclareCaveat,
    DeclareOperation,
    NoteDisplacement,
    OpenPost,
    PlanMeasure,
    RecordToll,
    RenderAccount,
)
from tests.rooms.rows import Row, check
from tests.worlds import ANA, NOON, PAZ, REX, SYL, World, disclosed, organisation, partners, released

OP = OperationId("op")
OWN, PARTNER, WATCH = OrganisationId("own"), OrganisationId("partner"), OrganisationId("watch")
NOBODY = OrganisationId("nobody")
TOLD = Told("telling", NOON, "¶1")

OPERATION = OperationDeclared(
    operation=OP,
    name="Mirror",
    organisations=(OWN, PARTNER),
    aim="fewer attacks",
    place="Nogales",
    agreement=AgreementId("pact"),
)
CAVEAT = CaveatDeclared(
    caveat=CaveatId("nationals"),
    agreement=AgreementId("pact"),
    organisation=PARTNER,
    limit="Nobody stops our own nationals unless there is another offence",
)
MEASURE = MeasurePlanned(operation=OP, measure=Measure.VET, organisation=PARTNER, as_said="several hundred")
POST = PostOpened(
    post=PostId("one"), operation=OP, kind=PostKind.CHECKPOINT, organisation=PARTNER, place="roving"
)
RESULT = ResultCounted(
    result=ResultId("rifles"),
    operation=OP,
    kind=ResultKind.WEAPONS,
    figure=41,
    as_said="41 rifles",
    counted_by=PARTNER,
    credit=Credit.NOT_CREDITED,
)
TOLL = TollRecorded(
    toll=TollId("t-1"),
    operation=OP,
    kind=TollKind.ATTACK,
    what="an officer was shot at",
    killed=0,
    injured=1,
    retaliation=Retaliation.SUSPECTED,
)
SHIFT = DisplacementNoted(
    shifted=ShiftedId("west"), operation=OP, dimension=Dimension.SPACE, what="to the west", noted_by="press"
)
CLAIM = EffectClaimed(
    claim=ClaimId("rocks"), operation=OP, what="fewer rocks", claimed_by="own", controls=Controls.NONE
)
ACCOUNT = AccountRendered(account=AccountId("acc"), text="what came of it", operation=OP)


def declared() -> World:
    return partners().tell(OPERATION, by=PAZ)


ACCEPTED = [
    Row(
        claim="an operation between partners",
        order=DeclareOperation(OPERATION),
        by=PAZ,
        gives=(OperationDeclared,),
    ),
    Row(
        claim="an operation without an agreement",
        order=DeclareOperation(replace(OPERATION, agreement=None)),
        by=PAZ,
        gives=(OperationDeclared,),
    ),
    *[
        Row(
            claim=f"a limit of {side}",
            order=DeclareCaveat(replace(CAVEAT, organisation=side)),
            by=PAZ,
            gives=(CaveatDeclared,),
        )
        for side in (OWN, PARTNER)
    ],
    Row(claim="a plan", order=PlanMeasure(MEASURE), by=PAZ, world=declared(), gives=(MeasurePlanned,)),
    Row(claim="a post", order=OpenPost(POST), by=PAZ, world=declared(), gives=(PostOpened,)),
    Row(claim="a result", order=CountResult(RESULT), by=PAZ, world=declared(), gives=(ResultCounted,)),
    Row(
        claim="anyone records a toll", order=RecordToll(TOLL), by=ANA, world=declared(), gives=(TollRecorded,)
    ),
    Row(
        claim="a displacement",
        order=NoteDisplacement(SHIFT),
        by=PAZ,
        world=declared(),
        gives=(DisplacementNoted,),
    ),
    Row(claim="a claimed effect", order=ClaimEffect(CLAIM), by=PAZ, world=declared(), gives=(EffectClaimed,)),
    Row(
        claim="an account of an operation",
        order=RenderAccount(ACCOUNT),
        by=PAZ,
        world=declared(),
        gives=(AccountRendered,),
    ),
    *[
        Row(
            claim=f"an account of {what}",
            order=RenderAccount(replace(ACCOUNT, operation=None, release=ReleaseId(name))),
            by=REX,
            world=partners().tell(fact),
            gives=(AccountRendered,),
        )
        for what, name, fact in [("a release", "rel", released()), ("a disclosure", "told", disclosed())]
    ],
]

REFUSED = [
    Row(
        claim="an operation twice",
        order=DeclareOperation(OPERATION),
        by=PAZ,
        world=declared(),
        refused="once",
    ),
    Row(
        claim="an operation with nobody",
        order=DeclareOperation(replace(OPERATION, organisations=(OWN, NOBODY))),
        by=PAZ,
        refused="known",
    ),
    Row(
        claim="an operation under no such agreement",
        order=DeclareOperation(replace(OPERATION, agreement=AgreementId("none"))),
        by=PAZ,
        refused="known",
    ),
    Row(
        claim="a limit twice",
        order=DeclareCaveat(CAVEAT),
        by=SYL,
        world=partners().tell(CAVEAT),
        refused="once",
    ),
    Row(
        claim="a limit under no such agreement",
        order=DeclareCaveat(replace(CAVEAT, agreement=AgreementId("none"))),
        by=SYL,
        refused="known",
    ),
    *[
        Row(
            claim=f"a limit of {side}, who is no party",
            order=DeclareCaveat(replace(CAVEAT, organisation=OrganisationId(side))),
            by=SYL,
            world=partners().tell(organisation("others")),
            refused="a-party-s-own-limit",
        )
        for side in ("watch", "others", "nobody")
    ],
    *[
        Row(claim=f"{type(order).__name__} in no operation", order=order, by=PAZ, refused="known")
        for order in (
            PlanMeasure(MEASURE),
            OpenPost(POST),
            CountResult(RESULT),
            RecordToll(TOLL),
            NoteDisplacement(SHIFT),
            ClaimEffect(CLAIM),
            RenderAccount(ACCOUNT),
        )
    ],
    *[
        Row(
            claim=f"{type(order).__name__} by nobody",
            order=order,
            by=PAZ,
            world=declared(),
            refused="known",
        )
        for order in (
            PlanMeasure(replace(MEASURE, organisation=NOBODY)),
            OpenPost(replace(POST, organisation=NOBODY)),
            CountResult(replace(RESULT, counted_by=NOBODY)),
        )
    ],
    *[
        Row(
            claim=f"{type(order).__name__} twice",
            order=order,
            by=PAZ,
            world=declared().tell(order.fact),
            refused="once",
        )
        for order in (
            OpenPost(POST),
            CountResult(RESULT),
            RecordToll(TOLL),
            NoteDisplacement(SHIFT),
            ClaimEffect(CLAIM),
            RenderAccount(ACCOUNT),
        )
    ],
    Row(
        claim="an account of nothing",
        order=RenderAccount(replace(ACCOUNT, operation=None)),
        by=PAZ,
        refused="of-one-thing",
    ),
    Row(
        claim="an account of two things at once",
        order=RenderAccount(replace(ACCOUNT, release=ReleaseId("rel"))),
        by=PAZ,
        world=declared().tell(released()),
        refused="of-one-thing",
    ),
    Row(
        claim="an account of no such release",
        order=RenderAccount(replace(ACCOUNT, operation=None, release=ReleaseId("none"))),
        by=PAZ,
        world=partners().tell(released()),
        refused="known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_a_figure_says_who_counted_it_and_whether_it_is_credited() -> None:
    (counted,) = declared().does(CountResult(RESULT), by=PAZ)
    assert isinstance(counted, ResultCounted)
    assert (counted.counted_by, counted.credit) == (PARTNER, Credit.NOT_CREDITED)
    assert counted.counted_by != WATCH
