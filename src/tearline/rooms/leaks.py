"""Leaks: a compromise is reported, cooperation is suspended by rule, an investigation is opened.

Whoever reports a compromise decides nothing: the units that the item went to are suspended in the same
act. There is no command that lifts a suspension without a finding.
"""

from tearline.facts.errors import Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import (
    DisclosureRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
)
from tearline.facts.words import Words
from tearline.folds.release import lineage, releases_of
from tearline.rooms import Act, Says, require, require_new, suspension

COMPROMISE = Words("compromise", "el compromiso")
PARTS: tuple[type[Fact], ...] = (ReleaseRequested, ReleaseSignedOff)


class ReportCompromise(Says[CompromiseReported]):
    """Anyone may report. Every unit that received the item, or what it was drawn from, is suspended at once, by rule.

    Whoever has the whole could have told the part; who has only a tearline text could not have told the whole.
    """

    allowed = frozenset(Role) - {Role.NODE}

    def question(self, known: History) -> Question:
        asked = each(
            "item", lineage(known, self.fact.item), (ItemRegistered, ItemReleased, DisclosureRecorded)
        )
        return asked | about(f"compromise:{self.fact.compromise}", kinds=(CompromiseReported,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, Words("item", "el elemento"))
        require_new(known, CompromiseReported, "compromise", self.fact.compromise, COMPROMISE)
        return [act.says(self.fact), *self._suspensions(known, act)]

    def _suspensions(self, known: History, act: Act) -> list[Draft]:
        items = lineage(known, self.fact.item)
        units = {r.fact.unit for r in releases_of(known) if r.fact.item in items}
        return [suspension(act, unit, self.fact.compromise, self.fact.item) for unit in sorted(units)]


class RecordCompromiseAsItHappened(ReportCompromise):
    """In a worked case, where no such rule was in force: the report alone, and nothing followed from it."""

    allowed = frozenset({Role.CHRONICLER})

    def decide(self, known: History, act: Act) -> list[Draft]:
        if act.told is None:
            raise Refused(
                "suspension-follows",
                Words(
                    "outside a worked case, suspension follows by rule",
                    "fuera de un caso relatado, se suspende",
                ),
                (self.fact.compromise,),
            )
        return super().decide(known, act)[:1]


class OpenInvestigation(Says[InvestigationOpened]):
    """Nobody investigates a release that they asked for, signed, made or received."""

    allowed = frozenset({Role.INVESTIGATOR, Role.SENIOR_OFFICER, Role.OVERSEER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"compromise:{self.fact.compromise}", kinds=(CompromiseReported,))
        asked |= about(f"item:{self.fact.item}", kinds=(ItemReleased, DisclosureRecorded))
        asked |= each("request", [r.fact.request for r in known.of(ItemReleased)], PARTS)
        asked |= about(f"investigation:{self.fact.investigation}", kinds=(InvestigationOpened,))
        return asked | each("person", self.fact.investigators, (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, CompromiseReported, "compromise", self.fact.compromise, COMPROMISE)
        require_new(
            known,
            InvestigationOpened,
            "investigation",
            self.fact.investigation,
            Words("investigation", "la investigación"),
        )
        if any(r.fact.item != self.fact.item for r in known.of(CompromiseReported)):
            raise Refused(
                "same-item",
                Words("that compromise is of another item", "ese compromiso es de otro elemento"),
                (self.fact.compromise,),
            )
        if not self.fact.investigators:
            raise Refused(
                "named-investigators",
                Words(
                    "an investigation names its investigators",
                    "una investigación nombra a sus investigadores",
                ),
                (self.fact.investigation,),
            )
        for person in self.fact.investigators:
            require(known, PersonEnrolled, "person", person, Words("person", "la persona"))
        had_a_part = {r.by.person for r in (*known.of(ReleaseSignedOff), *known.of(ItemReleased))}
        had_a_part |= {r.by.person for r in known.of(ReleaseRequested)}
        had_a_part |= {person for r in releases_of(known) for person in r.fact.recipients}
        had_a_part |= {r.by.person for r in known.of(DisclosureRecorded) if r.by.role is not Role.CHRONICLER}
        for person in sorted(had_a_part.intersection(self.fact.investigators)):
            raise Refused(
                "no-part-in-it",
                Words(
                    f"{person} had a part in the release and may not investigate it",
                    f"{person} tuvo parte en la divulgación y no puede investigarla",
                ),
                (person,),
            )
        return [act.says(self.fact)]
