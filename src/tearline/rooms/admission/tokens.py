"""Tokens: issued by the person who will use it, or by whoever answers for the machine; they end by themselves.

A person's token acts in the role that they issued it in, a machine's in a role that it was given. It opens no page,
and it signs nothing. What opens the door is nowhere on record: the fact holds its SHA-256.
"""

from datetime import timedelta

from tearline.facts.admission import MachineRegistered, TokenIssued, TokenRevoked
from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Recorded, Role, about
from tearline.facts.identifiers import THUMBPRINT
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.admission import asks_roles_of, roles_of, watcher
from tearline.folds.tokens import asks_machine, machine_of, machine_roles
from tearline.rooms import Act, Says, require, require_new, unknown

PEOPLE = frozenset(Role) - {Role.NODE, Role.CHRONICLER}
TOKEN, HOLDER = Words("token", "el token"), Words("person or machine", "la persona o máquina")
LONGEST = timedelta(days=90)
LONGEST_OF_A_MACHINE = timedelta(days=365)


class IssueToken(Says[TokenIssued]):
    allowed = PEOPLE

    def question(self, known: History) -> Question:
        holder = about(f"person:{self.fact.person}", kinds=(PersonEnrolled, MachineRegistered))
        named = about(f"token:{self.fact.token}", kinds=(TokenIssued,))
        return holder | named | asks_roles_of(self.fact.person)

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_roles_of(by.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, TokenIssued, "token", fact.token, TOKEN)
        machine = machine_of(known, fact.person)
        if machine is None:
            require(known, PersonEnrolled, "person", fact.person, HOLDER)
            self._for_oneself(act)
        else:
            self._for_a_machine(known, machine, act)
        if not fact.scopes or len(set(fact.scopes)) != len(fact.scopes):
            raise Refused(
                "good-for-something",
                Words(
                    "a token is good for something, said once", "un token sirve para algo, dicho una sola vez"
                ),
                (fact.token,),
            )
        if THUMBPRINT.fullmatch(fact.secret) is None:
            raise Refused(
                "kept-as-a-hash",
                Words(
                    "what is recorded of a token is its SHA-256, never the token",
                    "de un token se registra su SHA-256, nunca el token",
                ),
                (fact.token,),
            )
        self._ends(known, act, LONGEST if machine is None else LONGEST_OF_A_MACHINE)
        return [act.says(fact)]

    def _for_oneself(self, act: Act) -> None:
        """In the role acted in now: whether it is held, the node has made sure of."""
        if self.fact.person != act.by.person or self.fact.role is not act.by.role:
            raise Refused(
                "ones-own-token",
                Words(
                    "people issue tokens to themselves, in the role that they act in",
                    "cada quien se emite sus propios tokens, en el rol en que actúa",
                ),
                (self.fact.person,),
            )

    def _for_a_machine(self, known: History, registered: Recorded[MachineRegistered], act: Act) -> None:
        machine = registered.fact
        if machine.answers != act.by.person:
            raise Refused(
                "answers-for-it",
                Words(
                    "a machine's tokens are issued by whoever answers for it",
                    "los tokens de una máquina los emite quien responde por ella",
                ),
                (machine.person,),
            )
        if act.by.role is Role.ADMINISTRATOR:
            raise Refused(
                "sees-no-content",
                Words(
                    "an administrator sees no content, by a machine's token either",
                    "un administrador no ve contenido, tampoco con el token de una máquina",
                ),
                (machine.person,),
            )
        other = watcher(self.fact.role, roles_of(known, act.by.person, act.now))
        if other is not None:
            raise Refused(
                "duties-apart",
                Words(
                    f"a {other.words.en} does not act as {self.fact.role.words.en}, by a machine's token either",
                    f"quien actúa como {other.words.es} no actúa como {self.fact.role.words.es}, tampoco con el"
                    " token de una máquina",
                ),
                (machine.person,),
            )
        if self.fact.role not in machine_roles(known, registered, act.now):
            raise Refused(
                "holds-the-role",
                Words(
                    f"{machine.person} does not act as {self.fact.role.words.en}",
                    f"{machine.person} no actúa como {self.fact.role.words.es}",
                ),
                (machine.person,),
            )

    def _ends(self, known: History, act: Act, longest: timedelta) -> None:
        if not act.now < self.fact.expires <= act.now + longest:
            raise Refused(
                "a-token-expires",
                Words(
                    f"a token expires: later than now, and within {longest.days} days",
                    f"un token vence: después de ahora, y antes de {longest.days} días",
                ),
                (self.fact.token,),
            )
        until = roles_of(known, self.fact.person, act.now).get(self.fact.role)
        if until is not None and until < self.fact.expires:
            raise Refused(
                "not-beyond-the-role",
                Words(
                    f"a token ends with its role, on {until:%Y-%m-%d} at the latest",
                    f"un token termina con su rol, a más tardar el {until:%Y-%m-%d}",
                ),
                (self.fact.token,),
            )


class RevokeToken(Says[TokenRevoked]):
    """By its holder, by whoever answers for the machine or issued it, or by an administrator."""

    allowed = PEOPLE

    def question(self, known: History) -> Question:
        named = about(f"token:{self.fact.token}", kinds=(TokenIssued, TokenRevoked))
        return named | asks_machine(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        issued = next((r for r in known.of(TokenIssued) if r.fact.token == fact.token), None)
        if issued is None or issued.fact.person != fact.person:
            raise unknown(TOKEN, fact.token)
        machine = machine_of(known, fact.person)
        theirs = {fact.person, issued.by.person} | ({machine.fact.answers} if machine else set())
        if act.by.person not in theirs and act.by.role is not Role.ADMINISTRATOR:
            # The same words as for a token that nobody issued: whose tokens there are is for no stranger.
            raise unknown(TOKEN, fact.token)
        if any(r.fact.token == fact.token for r in known.of(TokenRevoked)):
            raise Refused(
                "once",
                Words("this token is revoked already", "este token ya está revocado"),
                (fact.token,),
            )
        return [act.says(fact)]
