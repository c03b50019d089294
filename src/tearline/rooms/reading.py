"""Reading what is sealed: opened with a reason, or noted by the page that shows it."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role
from tearline.facts.reading import HARD, SealedFieldsRead
from tearline.facts.words import Words
from tearline.folds.reading import asks_open
from tearline.rooms import Act, Says

OPENS = frozenset({Role.CASE_AGENT, Role.SOURCE_HANDLER, Role.HARM_DESK, Role.ADVOCATE})
"""To whom a hard compartment can be open at all."""
READS = frozenset(Role) - {
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.NODE,
    Role.CHRONICLER,
}
"""To whom anything sealed is open; to the partner's side it is the text of a copy of their own."""


class OpenCompartments(Says[SealedFieldsRead]):
    """Open source handling, people at risk or witnesses, for one thing and 15 minutes, with a reason."""

    allowed = OPENS

    def question(self, known: History) -> Question:
        return asks_open(self.fact.reading)

    def decide(self, known: History, act: Act) -> list[Draft]:
        opened = frozenset(self.fact.compartments)
        if not opened or not opened <= HARD:
            raise Refused(
                "opened-by-itself",
                Words(
                    "only source handling, people at risk and witnesses are opened, each by its name",
                    "solo se abren manejo de fuentes, personas en riesgo y testigos, cada cual por su nombre",
                ),
                (self.fact.reading,),
            )
        return [act.says(self.fact)]


class NoteReading(Says[SealedFieldsRead]):
    """What a page opened without being asked: everything but the hard compartments, which are opened."""

    allowed = READS

    def question(self, known: History) -> Question:
        return asks_open(self.fact.reading)

    def decide(self, known: History, act: Act) -> list[Draft]:
        noted = frozenset(self.fact.compartments)
        if not noted or noted & HARD:
            raise Refused(
                "noted-by-the-page",
                Words(
                    "a page notes what it showed, and never what takes a reason to open",
                    "una página anota lo que mostró, y nunca lo que se abre con un motivo",
                ),
                (self.fact.reading,),
            )
        return [act.says(self.fact)]
