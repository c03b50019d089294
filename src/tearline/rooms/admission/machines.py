"""Machines: registered by an administrator, answered for by a person, given roles by two people like anybody.

A machine is no person. It is not enrolled, so no key is ever introduced for it, and it signs nothing that binds.
"""

from tearline.facts.admission import MachineRegistered
from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, each
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.tokens import asks_machine, machine_of
from tearline.rooms import Act, Says, require

ANSWERS = Words("person", "la persona")


class RegisterMachine(Says[MachineRegistered]):
    """Again for the same machine: somebody else answers for it from now on. Its tokens are worth nothing then, and its
    roles good for no new ones: two people give them anew."""

    allowed = frozenset({Role.ADMINISTRATOR})

    def question(self, known: History) -> Question:
        people = each("person", (self.fact.person, self.fact.answers), (PersonEnrolled,))
        return people | asks_machine(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require(known, PersonEnrolled, "person", fact.answers, ANSWERS)
        if any(r.fact.person == fact.person for r in known.of(PersonEnrolled)):
            raise Refused(
                "machine-or-person",
                Words(
                    f"{fact.person} is a person; a machine has an identifier of its own",
                    f"{fact.person} es una persona; una máquina tiene su propio identificador",
                ),
                (fact.person,),
            )
        earlier = machine_of(known, fact.person)
        if earlier is not None and earlier.fact.answers == fact.answers:
            raise Refused(
                "once",
                Words(
                    f"the machine {fact.person} is on record, and this person answers for it",
                    f"la máquina {fact.person} ya consta, y esta persona responde por ella",
                ),
                (fact.person,),
            )
        return [act.says(fact)]
