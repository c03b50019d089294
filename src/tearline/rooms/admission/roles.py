"""Roles: proposed by one, approved by another, ended by anyone who may propose, or by whoever holds them."""

from datetime import timedelta

from tearline.facts.admission import (
    FoundersNamed,
    MachineRegistered,
    RoleApproved,
    RoleEnded,
    RoleProposed,
)
from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.admission import ADMIT, FOUNDED, apart, asks_roles_of, founded, proposed, roles_of
from tearline.folds.tokens import MACHINES, machine_of
from tearline.rooms import Act, Says, require, require_new, unknown

PEOPLE = frozenset(Role) - {Role.NODE, Role.CHRONICLER}
LONGEST = timedelta(days=3 * 366)
PERSON, GRANT = Words("person", "la persona"), Words("grant", "la asignación")


class NameFounders(Says[FoundersNamed]):
    """Once, before anybody was admitted: at least two, so that they can admit others."""

    allowed = frozenset({Role.NODE})

    def question(self, known: History) -> Question:
        return FOUNDED | each("person", self.fact.founders, (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        if founded(known):
            raise Refused(
                "founded-once",
                Words(
                    "this node has its founders; they and whom they admitted admit others",
                    "este nodo ya tiene fundadores; ellos y quienes admitieron admiten a los demás",
                ),
            )
        if len(set(self.fact.founders)) != len(self.fact.founders) or len(self.fact.founders) < 2:
            raise Refused(
                "two-founders",
                Words(
                    "a node has at least two founders, each named once: nobody admits anyone alone",
                    "un nodo tiene al menos dos fundadores, cada uno nombrado una vez: nadie admite a nadie solo",
                ),
                self.fact.founders,
            )
        for person in self.fact.founders:
            require(known, PersonEnrolled, "person", person, PERSON)
        return [act.says(self.fact)]


class ProposeRole(Says[RoleProposed]):
    allowed = ADMIT

    def question(self, known: History) -> Question:
        person = about(f"person:{self.fact.person}", kinds=(PersonEnrolled, MachineRegistered))
        grant = about(f"grant:{self.fact.grant}", kinds=(RoleProposed,))
        return person | grant | asks_roles_of(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        _somebody(known, fact)
        require_new(known, RoleProposed, "grant", fact.grant, GRANT)
        _not_oneself(fact.person, act)
        if fact.role not in PEOPLE:
            raise Refused(
                "a-persons-role",
                Words("nobody is given the node's own roles", "a nadie se le dan los roles del propio nodo"),
            )
        if not act.now < fact.until <= act.now + LONGEST:
            raise Refused(
                "a-role-ends",
                Words(
                    "a role ends: later than now, and within three years",
                    "un rol termina: después de ahora, y antes de tres años",
                ),
                (fact.grant,),
            )
        _goes_together(known, fact, act)
        return [act.says(fact)]


class ApproveRole(Says[RoleApproved]):
    """By somebody else than who proposed it, and than who is to have it."""

    allowed = ADMIT

    def question(self, known: History) -> Question:
        grant = about(f"grant:{self.fact.grant}", kinds=(RoleProposed, RoleApproved))
        return grant | asks_roles_of(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        found = proposed(known, self.fact.grant)
        if found is None or found.fact.person != self.fact.person:
            raise unknown(GRANT, self.fact.grant)
        if any(r.fact.grant == self.fact.grant for r in known.of(RoleApproved)):
            raise Refused(
                "once",
                Words("this role is approved already", "este rol ya está aprobado"),
                (self.fact.grant,),
            )
        _not_oneself(self.fact.person, act)
        if act.by.person == found.by.person:
            raise Refused(
                "two-people",
                Words("whoever proposed a role does not approve it", "quien propuso un rol no lo aprueba"),
                (self.fact.grant,),
            )
        if found.fact.until <= act.now:
            raise Refused(
                "a-role-ends",
                Words("the time proposed has gone by", "el plazo propuesto ya pasó"),
                (self.fact.grant,),
            )
        _goes_together(known, found.fact, act)
        return [act.says(self.fact)]


class EndRole(Says[RoleEnded]):
    """Anyone may end a role of their own. Two administrators remain, or nobody could be admitted any more."""

    allowed = PEOPLE

    def question(self, known: History) -> Question:
        asked = asks_roles_of(self.fact.person)
        if self.fact.role is Role.ADMINISTRATOR:
            asked |= about(kinds=(FoundersNamed, RoleProposed, RoleApproved, RoleEnded))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        if fact.role not in roles_of(known, fact.person, act.now):
            raise Refused(
                "holds-the-role",
                Words(
                    f"{fact.person} does not act as {fact.role.words.en}",
                    f"{fact.person} no actúa como {fact.role.words.es}",
                ),
                (fact.person,),
            )
        if act.by.person != fact.person and act.by.role not in ADMIT:
            raise Refused(
                "ones-own-role",
                Words(
                    "an administrator or a senior officer ends another person's role",
                    "el rol de otra persona lo termina un administrador o un oficial superior",
                ),
                (fact.person,),
            )
        if fact.role is Role.ADMINISTRATOR and len(_administrators(known, act)) <= 2:
            raise Refused(
                "two-administrators",
                Words(
                    "two administrators remain: with fewer, nobody could be admitted any more",
                    "quedan dos administradores: con menos ya no se podría admitir a nadie",
                ),
                (fact.person,),
            )
        return [act.says(fact)]


def _somebody(known: History, fact: RoleProposed) -> None:
    """A person on record; or a machine, in a role that signs nothing."""
    if machine_of(known, fact.person) is None:
        require(known, PersonEnrolled, "person", fact.person, PERSON)
    elif fact.role not in MACHINES:
        raise Refused(
            "a-machines-role",
            Words(
                f"a machine is no {fact.role.words.en}: whoever acts as one signs, admits or speaks for somebody",
                f"una máquina no actúa como {fact.role.words.es}: quien lo hace firma, admite o habla por alguien",
            ),
            (fact.person,),
        )


def _administrators(known: History, act: Act) -> set[str]:
    named = {p for r in known.of(FoundersNamed) for p in r.fact.founders}
    named |= {r.fact.person for r in known.of(RoleProposed) if r.fact.role is Role.ADMINISTRATOR}
    return {p for p in named if Role.ADMINISTRATOR in roles_of(known, p, act.now)}


def _not_oneself(person: str, act: Act) -> None:
    if act.by.person == person:
        raise Refused(
            "nobody-admits-themselves",
            Words("nobody gives a role to themselves", "nadie se da un rol a sí mismo"),
            (person,),
        )


def _goes_together(known: History, fact: RoleProposed, act: Act) -> None:
    other = apart(fact.role, tuple(roles_of(known, fact.person, act.now)))
    if other is not None:
        raise Refused(
            "duties-apart",
            Words(
                f"a {fact.role.words.en} is not also {other.words.en}: these duties are kept apart",
                f"quien actúa como {fact.role.words.es} no actúa también como {other.words.es}: estas funciones"
                " se mantienen separadas",
            ),
            (fact.person,),
        )
