"""Tracing a text that surfaced: inside an open investigation, once, at or after the time declared for deciding.

A trace is a decision, and its guarantee is for one. So it waits for the declared time, that all which has surfaced by
then is put into one text and nobody stops looking when the result pleases; and an investigation makes one. Where too
few bits can be read no copy is looked at, and that is none. Another investigation of the same item decides again, with
half of the error that is left (``folds.tracing``). What it names is copies. A finding about one takes a second person.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Recorded, about
from tearline.facts.identifiers import CopyId, PersonId
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.marks import CopiesMarked
from tearline.facts.release import ItemReleased
from tearline.facts.tracing import CopyReach, Gate, TextSurfaced, TextTraced
from tearline.facts.words import Words
from tearline.folds.exposed import Exposed, asks_exposed, could_reach, exposure_set
from tearline.folds.investigations import Investigation, asks_investigation, investigation_of
from tearline.folds.tracing import NAME, Held, asks_tracing, decided, held_against
from tearline.rooms import Act, Says, require_new
from tearline.rooms.leaks.apart import INVESTIGATING, asks_within, leak_of, within

TRACE = Words("trace", "el rastreo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who could have told the item, and its releases, as the record stood at ``as_of``."""

    as_of: int = 0
    exposed: tuple[Exposed, ...] = ()
    releases: tuple[Recorded[ItemReleased], ...] = ()


@dataclass(frozen=True, slots=True)
class TraceText(Says[TextSurfaced]):
    """By a named investigator, at or after the declared time: which copies it points at, and who could reach them."""

    reach: Reach = Reach()

    allowed = INVESTIGATING
    opens = frozenset({Compartment.INVESTIGATIONS, Compartment.CONTENT, Compartment.MARKS})

    def asks_figures(self, known: History) -> Question:
        asked = asks_investigation(self.fact.investigation)
        for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
            asked |= asks_exposed(known, item)
        return asked

    def with_figures(self, read: History, at: datetime) -> "TraceText":
        known = read.as_known(at)
        found = investigation_of(known, self.fact.investigation)
        exposed = exposure_set(known, found.opened.fact.item, at) if found else ()
        return replace(
            self, reach=Reach(as_of=read.position, exposed=exposed, releases=tuple(known.of(ItemReleased)))
        )

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        asked |= about(f"trace:{self.fact.trace}", kinds=(TextSurfaced,))
        for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
            asked |= asks_tracing(known, item)
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, leak = within(known, act, self.fact.investigation)
        leak_of(known, leak.fact.compromise, self.fact.item)
        require_new(known, TextSurfaced, "trace", self.fact.trace, TRACE)
        self._may_decide(found, act)
        held = held_against(known, self.fact.item, self.fact.text.open(), self.fact.how)
        if held is None or held.gate is Gate.PURGED:
            raise Refused(
                "copies-marked",
                Words(
                    "no copy of it was marked here, or what tells its copies apart was purged: no text can be traced",
                    "ninguna copia se marcó aquí, o se purgó lo que las distingue: no puede rastrearse ningún texto",
                ),
                (self.fact.investigation,),
            )
        return [
            act.says(self.fact),
            act.follows(
                TextTraced(
                    trace=self.fact.trace,
                    investigation=self.fact.investigation,
                    compromise=leak.fact.compromise,
                    item=self.fact.item,
                    as_of=self.reach.as_of,
                    method=NAME,
                    gate=Sealed(held.gate),
                    error=Sealed(held.error),
                    earlier=Sealed(held.earlier),
                    releases=Sealed(held.releases),
                    copies=Sealed(held.copies),
                    reach=Sealed(self._within_reach(known, held)),
                )
            ),
        ]

    def _may_decide(self, found: Investigation, act: Act) -> None:
        if not found.time_has_come(act.at, act.now):
            raise Refused(
                "declared-time",
                Words(
                    "a text is traced at or after a time of deciding that was declared beforehand and has come: until"
                    " then, put all that surfaces into one text",
                    "un texto se rastrea en un momento de decidir declarado de antemano y ya llegado, o después: hasta"
                    " entonces, reúna en un solo texto todo lo que aparezca",
                ),
                (self.fact.investigation,),
            )
        if any(decided(r.fact) for r in found.traced):
            raise Refused(
                "traced-once",
                Words(
                    "this investigation has made its trace: what the marks guarantee is for one decision, and whoever"
                    " looks until a copy stands out finds one",
                    "esta investigación ya hizo su rastreo: lo que garantizan las marcas vale para una decisión, y"
                    " quien busca hasta que una copia sobresale la encuentra",
                ),
                (self.fact.investigation,),
            )

    def _within_reach(self, known: History, held: Held) -> tuple[CopyReach, ...]:
        """Of each named copy everyone who could reach it; its recipient at the least."""
        recipients: dict[CopyId, PersonId] = {}
        for marking in known.of(CopiesMarked):
            recipients |= dict(zip(marking.fact.copies, marking.fact.recipients, strict=True))
        made = {r.fact.release: r for r in self.reach.releases}
        of = {one.copy: made.get(one.release) for one in held.copies}
        return tuple(
            CopyReach(
                copy=copy,
                people=could_reach(self.reach.exposed, release, recipients[copy])
                if (release := of[copy])
                else (recipients[copy],),
            )
            for copy in held.named
        )
