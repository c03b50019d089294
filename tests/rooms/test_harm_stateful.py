"""Harm promises: a report is kept as it was given, a count as it was stated, and a warning never waits."""

import re
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tearline.facts.assistance import AssistanceGiven
from tearline.facts.fact import Sealed
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import (
    AssistanceId,
    CompromiseId,
    CountId,
    ItemId,
    NoticeId,
    PersonId,
    ReportId,
    UnitId,
)
from tearline.facts.parties import UnitStoodDown
from tearline.facts.shape import record_of
from tearline.facts.warnings import NoticeMethod, PeopleWarned
from tearline.rooms.assistance import GiveAssistance
from tearline.rooms.harm import DocumentCount, ReportHarm
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.parties.units import StandDownUnit
from tearline.rooms.warnings import WarnPeople
from tests.facts.shapes import FILE, record
from tests.rooms.machine import SETTINGS, OnANode
from tests.rooms.test_harm import HELP
from tests.worlds import HUGO, compromised

ANYONE = sorted(set(Role) - {Role.NODE, Role.CHRONICLER, Role.ADMINISTRATOR})
OUTSIDE = Role.PARTNER_LIAISON
"""To whom nothing was given here: items and compromises are not on record for them."""
roles = st.sampled_from(ANYONE)
CAUSES = {"compromise", "release", "operation"}


def said(kind: type[HarmReported] | type[CountDocumented]) -> st.SearchStrategy[dict[str, object]]:
    """Whatever a form could say of harm, but for what caused it."""
    return record(record_of(kind)).map(lambda form: {k: v for k, v in form.items() if k not in CAUSES})


def _a_hash(digest: str | None) -> bool:
    return digest is None or re.fullmatch("[0-9a-f]{64}", digest) is not None


class HarmRegister(OnANode):
    def __init__(self) -> None:
        super().__init__()
        self.reports: list[HarmReported] = []
        self.counts: list[CountDocumented] = []
        self.leaks: list[str] = []
        self.notices = 0
        self.helped: list[AssistanceGiven] = []

    @rule(
        form=said(HarmReported),
        role=roles,
        after=st.booleans(),
        copied=st.booleans(),
        hashed=st.sampled_from([None, "ab" * 32]),
    )
    def report(
        self, form: dict[str, object], role: Role, *, after: bool, copied: bool, hashed: str | None
    ) -> None:
        form["report"] = self.new("r")
        form |= {"received": None, "incident": None}
        form["digest"] = hashed or form.get("digest")
        form["copied_from"] = self.reports[-1].report if copied and self.reports else None
        if after and self.leaks:
            form["compromise"] = self.leaks[-1]
        fact: HarmReported = record_of(HarmReported).parse(form, FILE)
        outcome = self.do(ReportHarm(fact), Actor(PersonId("x"), role))
        today = (self.clock.now + timedelta(hours=14)).date()
        last = max((day for day in (fact.first_day, fact.last_day) if day), default=today)
        if role is OUTSIDE and fact.compromise:
            assert outcome == "known"
        elif fact.most is not None and fact.most < fact.least:
            assert outcome == "least-before-most"
        elif fact.most == 0:
            assert outcome == "of-somebody"
        elif fact.first_day and fact.last_day and fact.last_day < fact.first_day:
            assert outcome == "days-in-order"
        elif last > today:
            assert outcome == "told-after"
        elif not _a_hash(fact.digest.open()):
            assert outcome == "a-hash"
        elif fact.copied_from and (role is OUTSIDE or (role is Role.ADVOCATE and not self._own(fact))):
            assert outcome == "known"
        else:
            assert outcome == "done"
            self.reports.append(fact)

    def _own(self, fact: HarmReported) -> bool:
        """Whether what it was copied from is the same person's: all but the facts told before the test are."""
        return any(
            r.fact.report == fact.copied_from and r.by.person == "x" for r in self.past.of(HarmReported)
        )

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def nobody_overwrites_a_report(self, data: st.DataObject) -> None:
        first = data.draw(st.sampled_from(self.reports))
        form = data.draw(said(HarmReported)) | {"report": first.report}
        assert self.do(ReportHarm(record_of(HarmReported).parse(form, FILE)), HUGO) == "once"

    @rule(form=said(CountDocumented))
    def count(self, form: dict[str, object]) -> None:
        form["count"] = self.new("c")
        fact: CountDocumented = record_of(CountDocumented).parse(form, FILE)
        outcome = self.do(DocumentCount(fact), HUGO)
        today = (self.clock.now + timedelta(hours=14)).date()
        if fact.most is not None and fact.most < fact.least:
            assert outcome == "least-before-most"
        elif fact.first_day and fact.last_day and fact.last_day < fact.first_day:
            assert outcome == "days-in-order"
        elif max(fact.first_day or today, fact.last_day or today) > today:
            assert outcome == "counted-by-now"
        else:
            assert outcome == "done"
            self.counts.append(fact)

    @precondition(lambda self: self.counts)
    @rule(data=st.data(), more=st.integers(0, 9))
    def nobody_corrects_a_count(self, data: st.DataObject, more: int) -> None:
        first = data.draw(st.sampled_from(self.counts))
        form = data.draw(said(CountDocumented)) | {
            "count": str(CountId(first.count)),
            "least": more,
            "most": None,
        }
        assert self.do(DocumentCount(record_of(CountDocumented).parse(form, FILE)), HUGO) == "once"

    @rule(role=roles, people=st.integers(1, 50))
    def warn(self, role: Role, people: int) -> None:
        """Whatever else is suspended, stood down or undecided; the partner's side, of what it was given."""
        notice = PeopleWarned(
            notice=NoticeId(self.new("n")),
            item=ItemId("phones"),
            people=people,
            method=NoticeMethod.IN_PERSON,
            said=Sealed("leave tonight"),
            compromise=CompromiseId(self.leaks[-1]) if self.leaks else None,
        )
        outcome = self.do(WarnPeople(notice), Actor(PersonId("x"), role))
        assert outcome == ("known" if role is OUTSIDE else "done")
        self.notices += outcome == "done"

    @rule()
    def the_administrator_sees_no_item(self) -> None:
        notice = PeopleWarned(
            notice=NoticeId(self.new("n")),
            item=ItemId("phones"),
            people=1,
            method=NoticeMethod.IN_PERSON,
            said=Sealed("leave tonight"),
        )
        assert self.do(WarnPeople(notice), Actor(PersonId("x"), Role.ADMINISTRATOR)) == "role-allowed"

    @rule()
    def leak(self) -> None:
        name = self.new("leak")
        assert self.do(ReportCompromise(compromised(name)), HUGO) == "done"
        self.leaks.append(name)

    @rule()
    def stand_down(self) -> None:
        self.do(StandDownUnit(UnitStoodDown(unit=UnitId("siu"), reasons=Sealed("why"))))

    @rule(name=st.sampled_from(["r-1", "r-2", "r-3", "none"]))
    def help(self, name: str) -> None:
        fact = AssistanceGiven(
            assistance=AssistanceId(self.new("a")), kind=HELP.kind, given=HELP.given, report=ReportId(name)
        )
        known = any(r.report == name for r in self.reports)
        assert self.do(GiveAssistance(fact), HUGO) == ("done" if known else "known")
        if known:
            self.helped.append(fact)

    @invariant()
    def reports_are_kept_as_given(self) -> None:
        assert [r.fact for r in self.past.of(HarmReported)] == self.reports

    @invariant()
    def counts_are_unaltered(self) -> None:
        assert [r.fact for r in self.past.of(CountDocumented)] == self.counts

    @invariant()
    def every_warning_and_all_help_stand_there(self) -> None:
        assert len(self.past.of(PeopleWarned)) == self.notices
        assert [r.fact for r in self.past.of(AssistanceGiven)] == self.helped


TestHarmRegister = HarmRegister.TestCase
TestHarmRegister.settings = settings(SETTINGS, max_examples=15)
