"""Operations promise: a caveat is set by a party and nobody else, an account is of one thing, no figure is altered."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tearline.facts.fact import Fact
from tearline.facts.identifiers import (
    AccountId,
    AgreementId,
    CaveatId,
    OperationId,
    OrganisationId,
    PostId,
    ReleaseId,
    ResultId,
    TollId,
)
from tearline.facts.operations import (
    AccountRendered,
    CaveatDeclared,
    Credit,
    OperationDeclared,
    PostKind,
    PostOpened,
    ResultCounted,
    ResultKind,
    Retaliation,
    TollKind,
    TollRecorded,
)
from tearline.facts.shape import record_of
from tearline.rooms.operations import (
    CountResult,
    DeclareCaveat,
    DeclareOperation,
    OpenPost,
    RecordToll,
    RenderAccount,
)
from tearline.rooms.release.outside import RecordDisclosure
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import ANA, HUGO, PAZ, REX, SYL, World, agreement, disclosed, on, organisation, partners

PARTIES = {"pact": ("own", "partner"), "pact-2": ("own", "third")}
ORGANISATIONS = ("own", "partner", "third", "watch")
organisations = st.sampled_from([*ORGANISATIONS, "nobody"])
operations = st.sampled_from(["op-1", "op-2", "op-3"])
names = st.integers(1, 4)


def two_agreements() -> World:
    world = partners().tell(organisation("third"), at=on(-95))
    return world.tell(agreement("pact-2", partner=OrganisationId("third")), at=on(-80))


class Operations(OnANode):
    world = two_agreements

    def __init__(self) -> None:
        super().__init__()
        self.declared: set[str] = set()
        self.told: set[str] = set()
        self.kept: dict[tuple[type[Fact], str], Fact] = {}

    def keep(self, said: str, expected: str, name: str, fact: Fact) -> None:
        key = (type(fact), name)
        if expected == "done" and key in self.kept:
            expected = "once"
        assert said == expected
        if said == "done":
            self.kept[key] = fact

    @rule(
        name=operations,
        with_=st.lists(organisations, max_size=3),
        under=st.sampled_from(["pact", "none", None]),
    )
    def declare(self, name: str, with_: list[str], under: str | None) -> None:
        fact = OperationDeclared(
            operation=OperationId(name),
            name="Mirror",
            organisations=tuple(OrganisationId(o) for o in with_),
            aim="an aim",
            place="a border",
            agreement=AgreementId(under) if under else None,
        )
        said = self.do(DeclareOperation(fact), PAZ)
        if name in self.declared:
            assert said == "once"
        elif under == "none" or "nobody" in with_:
            assert said == "known"
        else:
            assert said == "done"
            self.declared.add(name)

    @rule(n=names, under=st.sampled_from(["pact", "pact-2", "none"]), whose=organisations)
    def limit(self, n: int, under: str, whose: str) -> None:
        fact = CaveatDeclared(
            caveat=CaveatId(f"cav-{n}"),
            agreement=AgreementId(under),
            organisation=OrganisationId(whose),
            limit="no interference with own nationals",
        )
        said = self.do(DeclareCaveat(fact), SYL)
        if (CaveatDeclared, fact.caveat) in self.kept:
            assert said == "once"
            return
        party = whose in PARTIES.get(under, ())
        self.keep(
            said,
            "known" if under == "none" else "done" if party else "a-party-s-own-limit",
            fact.caveat,
            fact,
        )

    @rule(n=names, operation=operations, by=organisations, figure=st.none() | st.integers(0, 10**9))
    def count(self, n: int, operation: str, by: str, figure: int | None) -> None:
        fact = ResultCounted(
            result=ResultId(f"res-{n}"),
            operation=OperationId(operation),
            kind=ResultKind.CASH,
            figure=figure,
            as_said="what they said",
            counted_by=OrganisationId(by),
            credit=Credit.UNKNOWN,
        )
        known = operation in self.declared and by != "nobody"
        self.keep(self.do(CountResult(fact), PAZ), "done" if known else "known", fact.result, fact)

    @rule(n=names, operation=operations, by=organisations)
    def open_post(self, n: int, operation: str, by: str) -> None:
        fact = PostOpened(
            post=PostId(f"post-{n}"),
            operation=OperationId(operation),
            kind=PostKind.CHECKPOINT,
            organisation=OrganisationId(by),
            place="roving",
        )
        known = operation in self.declared and by != "nobody"
        self.keep(self.do(OpenPost(fact), PAZ), "done" if known else "known", fact.post, fact)

    @rule(n=names, operation=operations, killed=st.integers(0, 9))
    def toll(self, n: int, operation: str, killed: int) -> None:
        fact = TollRecorded(
            toll=TollId(f"toll-{n}"),
            operation=OperationId(operation),
            kind=TollKind.ATTACK,
            what="an attack",
            killed=killed,
            injured=0,
            retaliation=Retaliation.NOT_SAID,
        )
        known = operation in self.declared
        self.keep(self.do(RecordToll(fact), ANA), "done" if known else "known", fact.toll, fact)

    @rule()
    def tell_outside_the_protocol(self) -> None:
        name = self.new("told")
        assert self.do(RecordDisclosure(disclosed(name)), HUGO) == "done"
        self.told.add(name)

    @rule(
        n=names, operation=st.none() | operations, release=st.none() | st.sampled_from(["told-1", "told-2"])
    )
    def account(self, n: int, operation: str | None, release: str | None) -> None:
        fact = AccountRendered(
            account=AccountId(f"acc-{n}"),
            text="what came of it",
            operation=OperationId(operation) if operation else None,
            release=ReleaseId(release) if release else None,
        )
        said = self.do(RenderAccount(fact), REX)
        if (AccountRendered, fact.account) in self.kept:
            assert said == "once"
            return
        if (operation is None) == (release is None):
            expected = "of-one-thing"
        else:
            expected = "done" if operation in self.declared or release in self.told else "known"
        self.keep(said, expected, fact.account, fact)

    @invariant()
    def what_was_recorded_is_what_was_said(self) -> None:
        past = self.past
        for kind in (CaveatDeclared, ResultCounted, PostOpened, TollRecorded, AccountRendered):
            assert {id_of(r.fact): r.fact for r in past.of(kind)} == {
                name: fact for (k, name), fact in self.kept.items() if k is kind
            }

    @invariant()
    def every_limit_is_a_partys_own(self) -> None:
        for caveat in self.past.of(CaveatDeclared):
            assert caveat.fact.organisation in PARTIES[caveat.fact.agreement]

    @invariant()
    def every_account_is_of_one_thing_on_record(self) -> None:
        for account in self.past.of(AccountRendered):
            of = {account.fact.operation, account.fact.release} - {None}
            assert len(of) == 1
            assert of <= self.declared | self.told


def id_of(fact: Fact) -> str:
    """The first field of each of these kinds names it."""
    return str(getattr(fact, record_of(type(fact)).fields[0].name))


TestOperations = Operations.TestCase
TestOperations.settings = settings(SETTINGS, max_examples=15)
