"""Disclosures that happened outside the protocol: recorded afterwards, never hidden, and owing a justification."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, SuspensionLifted
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import DisclosureJustified, DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.rooms import Act, Says, require, require_new, suspension, unknown


class RecordDisclosure(Says[DisclosureRecorded]):
    """Anyone on our side who knows of it may record it.

    A unit that turns out to have got a compromised item is suspended as if it had been on record in time; and anew
    where its suspension was lifted by a finding that knew nothing of this.
    """

    allowed = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR, Role.PARTNER_LIAISON}

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered, CompromiseReported))
        asked |= about(f"unit:{self.fact.unit}", kinds=(UnitFormed, CooperationSuspended, SuspensionLifted))
        asked |= about(f"release:{self.fact.release}", kinds=(DisclosureRecorded, ItemReleased))
        if self.fact.agreement:
            asked |= about(f"agreement:{self.fact.agreement}", kinds=AGREEMENT_KINDS)
        return asked | each("person", self.fact.recipients, (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, Words("item", "el elemento"))
        require(known, UnitFormed, "unit", self.fact.unit, Words("unit", "la unidad"))
        for kind in (DisclosureRecorded, ItemReleased):
            require_new(known, kind, "release", self.fact.release, Words("release", "la divulgación"))
        for person in self.fact.recipients:
            require(known, PersonEnrolled, "person", person, Words("person", "la persona"))
        if self.fact.agreement and self.fact.agreement not in agreements(known):
            raise unknown(Words("agreement", "el acuerdo"), self.fact.agreement)
        return [act.says(self.fact), *self._suspensions(known, act)]

    def _suspensions(self, known: History, act: Act) -> list[Draft]:
        if act.by.role is Role.CHRONICLER:  # a worked case says itself what followed
            return []
        lifted = {r.fact.suspension for r in known.of(SuspensionLifted)}
        stand = {
            r.fact.compromise
            for r in known.of(CooperationSuspended)
            if r.fact.unit == self.fact.unit and r.fact.suspension not in lifted
        }
        return [
            suspension(act, self.fact.unit, r.fact.compromise, r.fact.item)
            for r in known.of(CompromiseReported)
            if r.fact.compromise not in stand
        ]


class JustifyDisclosure(Says[DisclosureJustified]):
    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"release:{self.fact.release}", kinds=(DisclosureRecorded, DisclosureJustified))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, DisclosureRecorded, "release", self.fact.release, Words("release", "la divulgación"))
        if any(r.fact.item != self.fact.item for r in known.of(DisclosureRecorded)):
            raise Refused(
                "same-item",
                Words("this release was of another item", "esta divulgación fue de otro elemento"),
                (self.fact.release,),
            )
        return [act.says(self.fact)]
