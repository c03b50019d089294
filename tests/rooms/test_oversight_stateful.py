"""Oversight promises: a debt ends only by a fact of the kinds that end it, and is overdue exactly after its day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tearline.facts.fact import Sealed
from tearline.facts.identifiers import (
    AccountId,
    BriefingId,
    CompromiseId,
    InvestigationId,
    ItemId,
    NoticeId,
    OrganisationId,
    PersonId,
    ReleaseId,
)
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.operations import AccountRendered
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import (
    DisclosureJustified,
    DissentAnswered,
    ProtectionPlanSet,
    SourceWarningAnswered,
)
from tearline.facts.warnings import NoticeMethod, PeopleWarned
from tearline.folds.obligations import Obligation, obligations
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.operations import RenderAccount
from tearline.rooms.oversight import InformOverseer
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.release.items import AnswerSourceWarning, RecordSourceWarning, SetProtectionPlan
from tearline.rooms.release.outside import JustifyDisclosure, RecordDisclosure
from tearline.rooms.warnings import WarnPeople
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import (
    ANA,
    HUGO,
    NOON,
    PROTOCOLS,
    REX,
    SYL,
    World,
    compromised,
    disclosed,
    dissent,
    dissent_answered,
    item,
    partners,
    plan,
    warned,
    warning_answered,
)

# What the test knows of the duties: what creates them, the hours allowed, what ends them. Told in its own words.
DUTIES = {
    "suspend-after-leak": ("leak", 24, {"suspension"}),
    "investigate-leak": ("leak", 72, {"inquiry"}),
    "report-leak": ("leak", 72, {"briefing"}),
    "warn-after-leak": ("leak", 6, {"notice after leak"}),
    "justify-disclosure": ("disclosure", 72, {"justification"}),
    "report-disclosure": ("disclosure", 72, {"briefing"}),
    "account-for-disclosure": ("disclosure", 90 * 24, {"account"}),
    "answer-source-warning": ("warning", 24, {"answer to warning"}),
    "protect-after-warning": ("warning on item", 6, {"notice", "plan"}),
    "answer-dissent": ("dissent", 24, {"answer to dissent"}),
}
OWED_TO_PEOPLE = {"warn-after-leak", "answer-source-warning", "protect-after-warning"}
ENDS = {
    "suspension": "CooperationSuspended",
    "inquiry": "InvestigationOpened",
    "briefing": "OverseerInformed",
    "notice after leak": "PeopleWarned",
    "notice": "PeopleWarned",
    "plan": "ProtectionPlanSet",
    "justification": "DisclosureJustified",
    "account": "AccountRendered",
    "answer to warning": "SourceWarningAnswered",
    "answer to dissent": "DissentAnswered",
}
ITEMS = ("phones", "cars")
items = st.sampled_from(ITEMS)
ago = st.sampled_from([0, 0, 2, 10]).map(lambda d: timedelta(days=d))


def two_items() -> World:
    return partners().tell(item("cars"), by=ANA)


@dataclass(frozen=True)
class Event:
    """Something that the test did: what, about which thing, of which item, when."""

    what: str
    about: str
    item: str
    at: datetime


ANSWERS = (SourceWarningAnswered, DissentAnswered)


class Oversight(OnANode):
    world = two_items

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.before: dict[tuple[str, str, int], Obligation] = {}
        self.size_before = 0

    def note(self, what: str, about: str, item: str, at: datetime | None = None) -> None:
        self.events.append(Event(what, about, item, at or self.now))

    def named(self, what: str) -> list[Event]:
        return [e for e in self.events if e.what == what]

    # What creates debts

    @rule(what=items, late=ago, under=st.sampled_from(["pact", None]))
    def disclose(self, what: str, late: timedelta, under: str | None) -> None:
        name, at = self.new("told"), self.now - late
        assert self.do(RecordDisclosure(disclosed(name, what, under=under)), HUGO, at=at) == "done"
        first = not any(e.item == what for e in self.named("disclosure"))
        self.note("disclosure", name, what, at)
        for leak in self.named("leak"):
            if leak.item == what and first:
                self.note("suspension", leak.about, what)

    @rule(what=items, late=ago)
    def leak(self, what: str, late: timedelta) -> None:
        name, at = self.new("leak"), max(self.now - late, NOON)  # both items are on record by then
        assert self.do(ReportCompromise(compromised(name, what)), HUGO, at=at) == "done"
        self.note("leak", name, what, at)
        if any(e.item == what for e in self.named("disclosure")):
            self.note("suspension", name, what)

    @rule(what=items)
    def the_source_warns(self, what: str) -> None:
        name = self.new("w")
        assert self.do(RecordSourceWarning(warned(name, what)), ANA) == "done"
        self.note("warning", name, what)
        self.note("warning on item", what, what)

    @rule(what=items)
    def object(self, what: str) -> None:
        name = self.new("no")
        assert self.do(RecordDissent(dissent(name, what, None)), ANA) == "done"
        self.note("dissent", name, what)

    # What may end them

    @precondition(lambda self: self.named("leak"))
    @rule(data=st.data())
    def investigate(self, data: st.DataObject) -> None:
        leak = data.draw(st.sampled_from(self.named("leak")))
        fact = InvestigationOpened(
            investigation=InvestigationId(self.new("inq")),
            compromise=CompromiseId(leak.about),
            item=ItemId(leak.item),
            investigators=(PersonId("ina"),),
            remit=Sealed("how"),
        )
        had_a_part = self.had_syl_a_part(leak)
        assert self.do(OpenInvestigation(fact), SYL) == ("no-part-in-it" if had_a_part else "done")
        if not had_a_part:
            self.note("inquiry", leak.about, leak.item)

    def had_syl_a_part(self, leak: Event) -> bool:
        """Whoever answered what stood against the item at any time, or planned for it before the leak was reported."""
        reported = next(
            r.position
            for r in self.past
            if isinstance(r.fact, CompromiseReported) and r.fact.compromise == leak.about
        )
        return any(
            (isinstance(r.fact, ANSWERS) or (isinstance(r.fact, ProtectionPlanSet) and r.position < reported))
            and r.fact.item == leak.item
            for r in self.past
        )

    @precondition(lambda self: self.named("leak") or self.named("disclosure"))
    @rule(data=st.data(), overseer=st.sampled_from(["watch", "watch", "own"]))
    def inform(self, data: st.DataObject, overseer: str) -> None:
        of = data.draw(st.sampled_from(self.named("leak") + self.named("disclosure")))
        fact = OverseerInformed(
            briefing=BriefingId(self.new("b")),
            overseer=OrganisationId(overseer),
            text=Sealed("of it"),
            compromise=CompromiseId(of.about) if of.what == "leak" else None,
            release=ReleaseId(of.about) if of.what == "disclosure" else None,
        )
        assert self.do(InformOverseer(fact), SYL) == "done"
        if overseer == "watch":
            self.note("briefing", of.about, of.item)

    @rule(what=items, data=st.data())
    def warn(self, what: str, data: st.DataObject) -> None:
        leaks = [e for e in self.named("leak") if e.item == what]
        after = data.draw(st.none() | st.sampled_from(leaks)) if leaks else None
        fact = PeopleWarned(
            notice=NoticeId(self.new("n")),
            item=ItemId(what),
            people=3,
            method=NoticeMethod.IN_PERSON,
            said=Sealed("leave"),
            compromise=CompromiseId(after.about) if after else None,
        )
        assert self.do(WarnPeople(fact), HUGO) == "done"
        self.note("notice", what, what)
        if after:
            self.note("notice after leak", after.about, what)

    @rule(what=items)
    def protect(self, what: str) -> None:
        assert self.do(SetProtectionPlan(plan(self.new("p"), what)), SYL) == "done"
        self.note("plan", what, what)

    @precondition(lambda self: self.named("disclosure"))
    @rule(data=st.data(), late=ago)
    def justify_or_account(self, data: st.DataObject, late: timedelta) -> None:
        told = data.draw(st.sampled_from(self.named("disclosure")))
        release = ReleaseId(told.about)
        if data.draw(st.booleans()):
            why = DisclosureJustified(release=release, item=ItemId(told.item), reasons=Sealed("why"))
            assert self.do(JustifyDisclosure(why), SYL, at=self.now - late) == "done"
            self.note("justification", told.about, told.item)
        else:
            fact = AccountRendered(account=AccountId(self.new("acc")), text="what came", release=release)
            assert self.do(RenderAccount(fact), REX, at=self.now - late) == "done"
            self.note("account", told.about, told.item)

    @precondition(lambda self: self.named("warning") or self.named("dissent"))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        of = data.draw(st.sampled_from(self.named("warning") + self.named("dissent")))
        if of.what == "warning":
            assert self.do(AnswerSourceWarning(warning_answered(of.about, of.item)), SYL) == "done"
        else:
            assert self.do(AnswerDissent(dissent_answered(of.about, of.item)), SYL) == "done"
        self.note(f"answer to {of.what}", of.about, of.item)

    # The promises

    def owed(self) -> dict[tuple[str, str, int], Obligation]:
        return {(o.kind, o.about, o.ground.position): o for o in obligations(self.past, PROTOCOLS)}

    def expected(self) -> list[tuple[str, str, datetime, bool, bool]]:
        """Kind, about, due, whether it ended, whether it is overdue; by a plain walk over what the test did."""
        given = {e.item for e in self.named("disclosure")}
        found = []
        for kind, (ground, hours, ends) in DUTIES.items():
            for n, event in enumerate(self.events):
                if event.what != ground or (event.item not in given and kind not in OWED_TO_PEOPLE):
                    continue
                ended = any(e.what in ends and e.about == event.about for e in self.events[n + 1 :])
                due = event.at + timedelta(hours=hours)
                found.append((kind, event.about, due, ended, not ended and self.now > due))
        return sorted(found)

    @invariant()
    def what_is_owed_is_what_a_plain_walk_finds(self) -> None:
        found = [
            (o.kind, o.about, o.due, o.discharged_by is not None, o.overdue(self.now))
            for o in self.owed().values()
            if o.kind in DUTIES and o.due is not None
        ]
        assert sorted(found) == self.expected()

    @invariant()
    def a_debt_ends_only_by_a_fact_of_the_kinds_that_end_it(self) -> None:
        now = self.owed()
        recorded = self.past.facts[self.size_before :]
        for key, debt in now.items():
            if debt.kind not in DUTIES or debt.discharged_by is None:
                continue
            assert type(debt.discharged_by.fact).__name__ in {ENDS[e] for e in DUTIES[debt.kind][2]}
            assert debt.discharged_by.position > debt.ground.position
            earlier = self.before.get(key)
            if earlier is not None and earlier.discharged_by is None:
                assert debt.discharged_by.ref in {r.ref for r in recorded}, "ended without a new fact"
            elif earlier is not None:
                assert debt.discharged_by == earlier.discharged_by, "what ended it changed"
        assert set(self.before) <= set(now), "a debt vanished"
        self.before, self.size_before = now, len(self.past.facts)

    @invariant()
    def overdue_begins_exactly_after_the_due_time(self) -> None:
        for debt in self.owed().values():
            if debt.due is not None and debt.discharged_by is None:
                assert not debt.overdue(debt.due)
                assert debt.overdue(debt.due + timedelta(microseconds=1))

    @invariant()
    def who_was_late_was_late_by_the_ledgers_time(self) -> None:
        for debt in self.owed().values():
            if debt.due is not None and debt.discharged_by is not None:
                assert debt.discharged_late() == (debt.discharged_by.recorded_at > debt.due)


TestOversight = Oversight.TestCase
TestOversight.settings = settings(SETTINGS, max_examples=15)
