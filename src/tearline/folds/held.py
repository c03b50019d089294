"""Whether everybody who acted held the role that they acted in, replayed over a whole record.

The node asks this before it records. Whoever has its database and its keys need not ask, so an outsider who checks
the record asks again, here. Facts are taken one by one, in the ledger's order and none left out; what is carried are
founders, grants and invitations, so that a record of a million facts is gone through once.

From the founding on,

1. whoever acts holds the role that they act in, from the second signature under it until it ends or is ended;
   what follows from an act by rule bears its author's name, and its author holds a role;
2. the node itself says what a node has to say, and what came from outside, and nothing else; that somebody outside
   withdrew their consent reaches what was made of their own report;
3. a role and an invitation each take two people beside the one whom they are for, both of whom admit others then;
   a key is introduced by another person who enrols people;
4. what a worked case tells gives nobody a role, a key, an invitation or a token.

Before it, the operator's command line acts for whom it says, nobody is admitted, and nobody comes out of it with a key.
What the rules of the rooms say besides, of items, releases and the rest, is not decided again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn

from tearline.facts.admission import (
    DirectoryAccountLinked,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
    MachineRegistered,
    PasskeyEnrolled,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    TokenIssued,
)
from tearline.facts.errors import Broken
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Recorded, Role
from tearline.facts.identifiers import GrantId, InvitationId, KeyId, OutsideId, PersonId, ReportId
from tearline.facts.keys import NodeKeyIntroduced, NodeKeyRevoked, PersonKeyIntroduced, PersonKeyRevoked
from tearline.facts.outside import (
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportTaken,
    ReportReceivedOutside,
)
from tearline.facts.oversight import FieldsDisclosed
from tearline.facts.register import ConsentWithdrawn
from tearline.facts.retention import (
    KeyBackupDestroyed,
    KeyBackupMade,
    PurgeCompleted,
    WrappingKeyIntroduced,
    WrappingKeyRetired,
)
from tearline.folds.admission import ADMISSIONS, ADMIT, ENROL, REVOKE, apart

ITSELF = Actor(PersonId("node"), Role.NODE)
ADMITTING = frozenset({FoundersNamed.__module__, PersonKeyIntroduced.__module__})
"""The modules whose facts say who may act, and by which key."""
OF_THE_NODE: frozenset[type[Fact]] = frozenset(
    {
        NodeKeyIntroduced,
        NodeKeyRevoked,
        FoundersNamed,
        InvitationIssued,
        PasskeyEnrolled,
        PersonKeyRevoked,
        DirectoryAccountLinked,
        KeyBackupMade,
        KeyBackupDestroyed,
        WrappingKeyIntroduced,
        WrappingKeyRetired,
        PurgeCompleted,
        FieldsDisclosed,
        # What people say who have no account: anyone can say it, so that the node does proves nothing of it.
        ReportReceivedOutside,
        OutsideReportAdded,
        OutsideConsentWithdrawn,
        ConsentWithdrawn,
    }
)
"""All that a node says of itself once it has founders."""
TAKES: Mapping[type[Fact], frozenset[Role]] = {
    RoleProposed: ADMIT,
    RoleApproved: ADMIT,
    InvitationIssued: ADMIT,
    InvitationApproved: ADMIT,
    InvitationWithdrawn: ADMIT,
    MachineRegistered: frozenset({Role.ADMINISTRATOR}),
    PersonKeyIntroduced: ENROL,
}
"""In which roles a person says who may act here, and by which key."""
LATE = timedelta(hours=1)
"""How long after the end of a role what was decided, and signed, in time may come on record."""


@dataclass(frozen=True, slots=True)
class _Invited:
    issued: InvitationIssued
    by: PersonId
    approved: bool


@dataclass(slots=True)
class RolesHeld:
    """Who holds what after the facts so far. ``step`` takes the next one; Broken names the first that is wrong."""

    _founded: int | None = None
    _held: dict[PersonId, dict[Role, datetime | None]] = field(default_factory=dict)
    _grants: dict[GrantId, Recorded[RoleProposed]] = field(default_factory=dict)
    _approved: set[GrantId] = field(default_factory=set)
    _invited: dict[InvitationId, _Invited] = field(default_factory=dict)
    _first: set[PersonId] = field(default_factory=set)
    _recovering: PersonId | None = None
    _admitted: bool = False
    _keys: set[KeyId] = field(default_factory=set)
    _taken: dict[OutsideId, set[ReportId]] = field(default_factory=dict)
    _withdrawn: frozenset[ReportId] = frozenset()

    def step(self, recorded: Recorded[Fact]) -> None:
        """The next fact of the record."""
        fact = recorded.fact
        if recorded.told is not None:
            if type(fact).__module__ in ADMITTING:
                _broken(recorded, "a worked case tells who has a role, a key, an invitation or a token")
            return
        self._recovered(recorded)
        if self._founded is None:
            self._before(recorded)
        elif recorded.by == ITSELF:
            self._of_the_node(recorded)
        else:
            self._of_a_person(recorded)
        self._learn(recorded)

    def end(self) -> None:
        """Nothing comes after: Broken when something was begun that the next fact would have had to end."""
        if self._recovering is not None:
            raise Broken(f"the node took the keys of {self._recovering}, and gave none")

    def _before(self, recorded: Recorded[Fact]) -> None:
        match recorded.fact:
            case PersonKeyIntroduced(key=key):
                self._keys.add(key)
            case PersonKeyRevoked(key=key):
                self._keys.discard(key)
            case _:
                self._admitted |= isinstance(recorded.fact, ADMISSIONS)
        if not isinstance(recorded.fact, FoundersNamed):
            return
        if recorded.by != ITSELF:
            _broken(recorded, "founders are named by the node itself, and not by anybody")
        if self._admitted:
            _broken(recorded, "somebody was admitted before there were founders")
        if self._keys:
            _broken(recorded, "founds a node in which people have keys that no founder admitted")
        if len(set(recorded.fact.founders)) < 2:
            _broken(recorded, "a node has at least two founders")

    def _of_the_node(self, recorded: Recorded[Fact]) -> None:
        if type(recorded.fact) not in OF_THE_NODE:
            _broken(recorded, f"{type(recorded.fact).__name__} is nothing that a node says of itself")
        match recorded.fact:
            case FoundersNamed():
                _broken(recorded, "names founders once more")
            case InvitationIssued() as issued:
                # In the act that names them, and so right behind it: one each, to a first key.
                if issued.person not in self._first or issued.purpose is not InvitationPurpose.ENROL:
                    _broken(recorded, f"the node invites {issued.person}, whom it may not invite")
                self._first.discard(issued.person)
                return
            case PersonKeyRevoked() as revoked:
                self._recovering = revoked.person
            case DirectoryAccountLinked() as linked:
                invited = self._invited.get(linked.invitation)
                if invited is None or invited.issued.person != linked.person or not invited.approved:
                    _broken(recorded, f"links an account of {linked.person}, whom no two people invited")
            case ConsentWithdrawn(report=report) if report not in self._withdrawn:
                _broken(recorded, f"withdraws consent to {report}, which nobody outside withdrew")
            case _:
                pass
        self._first.clear()

    def _recovered(self, recorded: Recorded[Fact]) -> None:
        """The node takes a person's keys only where it gives that person another, on an invitation to recover."""
        person, self._recovering = self._recovering, None
        if person is None:
            return
        match recorded.fact:
            case PersonKeyRevoked(person=again) if again == person and recorded.by == ITSELF:
                return
            case PasskeyEnrolled() as enrolled if (
                enrolled.person == person and enrolled.invitation is not None
            ):
                invited = self._invited.get(enrolled.invitation)
                if invited is not None and invited.issued.purpose is InvitationPurpose.RECOVER:
                    return
            case _:
                pass
        _broken(recorded, f"the node took the keys of {person}, and gave none on an invitation to recover")

    def _of_a_person(self, recorded: Recorded[Fact]) -> None:
        self._first.clear()
        by, fact = recorded.by, recorded.fact
        held = {
            role
            for role, until in self._held.get(by.person, {}).items()
            if until is None or recorded.recorded_at < until + LATE
        }
        if by.role is Role.NODE:
            if not held or type(fact).__module__ in ADMITTING:
                _broken(recorded, f"{type(fact).__name__} follows from no act that {by.person} could do")
        elif by.role not in held:
            _broken(recorded, f"{by.person} acted as {by.role.value}, and did not hold this role then")
        takes = TAKES.get(type(fact))
        if takes is not None and by.role not in takes:
            _broken(recorded, f"{type(fact).__name__} is not for a {by.role.value} to say")
        self._by_another(recorded)

    def _by_another(self, recorded: Recorded[Fact]) -> None:
        """What takes somebody else, or two, was not done by one, nor by the one whom it is for."""
        by = recorded.by.person
        match recorded.fact:
            case PasskeyEnrolled(person=person) if person != by:
                _broken(recorded, f"{by} enrols a key of {person}")
            case RoleProposed(person=person) | PersonKeyIntroduced(person=person) if person == by:
                _broken(recorded, f"{by} did alone what another has to do")
            case InvitationIssued(person=person) if person == by:
                _broken(recorded, f"{by} invited themselves")
            case RoleApproved() as approved:
                self._second(recorded, approved)
            case InvitationApproved() as approved:
                invited = self._invited.get(approved.invitation)
                if invited is None or invited.issued.person != approved.person or invited.approved:
                    _broken(recorded, "approves an invitation that does not wait for it")
                if by in (invited.by, approved.person):
                    _broken(recorded, f"{by} approves an invitation that takes another person's approval")
            case RoleEnded(person=person) if person != by and recorded.by.role not in ADMIT:
                _broken(recorded, f"{by} ended a role of {person} as {recorded.by.role.value}")
            case PersonKeyRevoked(person=person) if person != by and recorded.by.role not in REVOKE:
                _broken(recorded, f"{by} revoked a key of {person} as {recorded.by.role.value}")
            case TokenIssued(person=person, role=role) if role not in self._held.get(person, {}):
                _broken(recorded, f"a token of {person} acts as {role.value}, a role that they did not hold")
            case FoundersNamed():
                _broken(recorded, "names founders once more")
            case (
                DirectoryAccountLinked()
                | NodeKeyIntroduced()
                | NodeKeyRevoked()
                | ReportReceivedOutside()
                | OutsideReportAdded()
                | OutsideConsentWithdrawn()
            ):
                _broken(recorded, f"{by} said what only the node says")
            case _:
                pass

    def _second(self, recorded: Recorded[Fact], approved: RoleApproved) -> None:
        by, proposed = recorded.by.person, self._grants.get(approved.grant)
        if proposed is None or proposed.fact.person != approved.person or approved.grant in self._approved:
            _broken(recorded, "approves a role that does not wait for it")
        if by in (proposed.by.person, approved.person):
            _broken(recorded, f"{by} approves a role that takes another person's approval")
        now = recorded.recorded_at
        held = {r for r, until in self._held.get(approved.person, {}).items() if until is None or now < until}
        if apart(proposed.fact.role, tuple(held)) is not None:
            _broken(recorded, f"gives {approved.person} two roles that are kept apart")

    def _learn(self, recorded: Recorded[Fact]) -> None:
        match recorded.fact:
            case FoundersNamed(founders=founders):
                self._founded = recorded.position
                self._first = set(founders)
                self._held = {person: {Role.ADMINISTRATOR: None} for person in founders}
            case RoleProposed() as fact:
                if fact.grant in self._grants:
                    _broken(recorded, "proposes a role under a name that is taken")
                self._grants[fact.grant] = Recorded(
                    position=recorded.position,
                    ref=recorded.ref,
                    recorded_at=recorded.recorded_at,
                    happened_at=recorded.happened_at,
                    precision=recorded.precision,
                    by=recorded.by,
                    told=None,
                    fact=fact,
                )
            case RoleApproved(grant=grant) if grant in self._grants:
                self._approved.add(grant)
                given = self._grants[grant].fact
                self._held.setdefault(given.person, {})[given.role] = given.until
            case OutsideReportTaken(outside=outside, report=report):
                self._taken.setdefault(outside, set()).add(report)
            case OutsideConsentWithdrawn(outside=outside):
                self._withdrawn = frozenset(self._taken.get(outside, ()))
            case RoleEnded(person=person, role=role):
                self._held.get(person, {}).pop(role, None)
            case InvitationIssued() as fact:
                founding = recorded.by == ITSELF
                self._invited[fact.invitation] = _Invited(fact, recorded.by.person, approved=founding)
            case InvitationApproved(invitation=name) if name in self._invited:
                found = self._invited[name]
                self._invited[name] = _Invited(found.issued, found.by, approved=True)
            case _:
                pass


def _broken(recorded: Recorded[Fact], why: str) -> NoReturn:
    raise Broken(f"entry {recorded.position}: {why}")
