"""What the overseer is told of a leak and of what was found, and what becomes of people: never by who had a part."""

from tearline.facts.errors import Refused
from tearline.facts.harm import HarmLookedInto
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import BriefingId
from tearline.facts.investigation import FindingMade, FindingReported, InterimReportMade
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.warnings import LeakWarningWaived
from tearline.facts.words import Words
from tearline.folds.duties import asks_leak
from tearline.folds.investigations import finding_of
from tearline.rooms import Act, Says, require, require_after, require_new, unknown
from tearline.rooms.leaks.apart import alone, leak_of, require_no_part
from tearline.rooms.leaks.findings import FINDING

BRIEFING = Words("briefing", "el informe")
OVERSEER = Words("overseer", "el órgano")
REPORTING = frozenset({Role.SENIOR_OFFICER, Role.INVESTIGATOR, Role.CHRONICLER})


class ReportInterim(Says[InterimReportMade]):
    """Within a day or so: what leaked, who is suspended and warned, what is not known yet. It informs the overseer."""

    allowed = REPORTING

    def question(self, known: History) -> Question:
        asked = asks_leak(known, self.fact.compromise)
        asked |= about(f"briefing:{self.fact.briefing}", kinds=(InterimReportMade,))
        return asked | about(f"organisation:{self.fact.overseer}", kinds=(OrganisationRegistered,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        leak = leak_of(known, fact.compromise, fact.item)
        require_new(known, InterimReportMade, "briefing", fact.briefing, BRIEFING)
        require(known, OrganisationRegistered, "organisation", fact.overseer, OVERSEER)
        require_after(leak, act, fact.compromise)
        require_no_part(known, leak, alone(act))
        informed = OverseerInformed(
            briefing=BriefingId(act.token(f"interim report {fact.briefing}")),
            overseer=fact.overseer,
            text=fact.text,
            compromise=fact.compromise,
        )
        return [act.says(fact), act.follows(informed)]


class ReportFinding(Says[FindingReported]):
    allowed = REPORTING

    def question(self, known: History) -> Question:
        asked = asks_leak(known, self.fact.compromise)
        asked |= about(f"finding:{self.fact.finding}", kinds=(FindingMade,))
        asked |= about(f"briefing:{self.fact.briefing}", kinds=(FindingReported,))
        return asked | about(f"organisation:{self.fact.overseer}", kinds=(OrganisationRegistered,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        leak = leak_of(known, fact.compromise, fact.item)
        require_new(known, FindingReported, "briefing", fact.briefing, BRIEFING)
        require(known, OrganisationRegistered, "organisation", fact.overseer, OVERSEER)
        made = finding_of(known, fact.finding)
        if made is None:
            raise unknown(FINDING, fact.finding)
        if made.fact.compromise != fact.compromise:
            raise Refused(
                "same-leak",
                Words("that finding is on another leak", "esa conclusión es de otra filtración"),
                (fact.finding,),
            )
        require_after(made, act, fact.finding)
        require_no_part(known, leak, alone(act))
        return [act.says(fact)]


class WaiveLeakWarning(Says[LeakWarningWaived]):
    """That people at risk of what leaked are not warned a senior officer decides, on one of six grounds, in writing."""

    allowed = frozenset({Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        return asks_leak(known, self.fact.compromise)

    def decide(self, known: History, act: Act) -> list[Draft]:
        leak = leak_of(known, self.fact.compromise, self.fact.item)
        require_after(leak, act, self.fact.compromise)
        require_no_part(known, leak, alone(act))
        return [act.says(self.fact)]


class LookIntoHarm(Says[HarmLookedInto]):
    """What harm came of a leak, looked for; that none was found is an answer, and says where it was looked for."""

    allowed = frozenset({Role.HARM_DESK, Role.INVESTIGATOR, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return asks_leak(known, self.fact.compromise)

    def decide(self, known: History, act: Act) -> list[Draft]:
        leak = leak_of(known, self.fact.compromise, self.fact.item)
        require_after(leak, act, self.fact.compromise)
        require_no_part(known, leak, alone(act))
        return [act.says(self.fact)]
