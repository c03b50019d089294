"""A founded node that is no demonstration: two people in each role by fact, and of each all that stands at the door.

Of everybody a passkey, sessions, tokens, a linked account of the directory, a machine that they answer for, an act that
waits for their signature and a key that waits for it. All of it came about as it does at the site: on record by signed
acts of two founders, sessions by a ceremony. Two people of one role are the nearest strangers that there are.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from anyio.from_thread import start_blocking_portal
from httpx2 import Client, Response
from starlette.types import ASGIApp, Message, Scope

from tearline.config import Site
from tearline.facts.admission import (
    DirectoryAccountLinked,
    EndReason,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    MachineRegistered,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    TokenIssued,
    TokenRevoked,
)
from tearline.facts.admission import Scope as Good
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import GrantId, InvitationId, PersonId, TokenId
from tearline.facts.parties import PersonEnrolled
from tearline.folds.admission import ADMIT
from tearline.folds.directory import account_id
from tearline.folds.held import ITSELF
from tearline.folds.keys import asks_keys_of, passkeys_of
from tearline.node import Order
from tearline.peers.calls import new_client
from tearline.rooms import Command
from tearline.rooms.admission.directory import LinkDirectoryAccount
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation
from tearline.rooms.admission.machines import RegisterMachine
from tearline.rooms.admission.passkeys import digest_of
from tearline.rooms.admission.roles import ApproveRole, EndRole, ProposeRole
from tearline.rooms.admission.tokens import IssueToken, RevokeToken
from tearline.rooms.parties.persons import EnrolPerson
from tearline.signin.arrivals import Arrivals
from tearline.signin.codes import new_code
from tearline.signin.cookies import SESSION
from tearline.signin.directory import Directory, DirectorySettings
from tearline.signin.passkeys import FURTHER
from tearline.signin.policy import Row
from tearline.signin.secrets import hash_of, new_token
from tearline.web.app import create_app
from tearline.web.policy import PEOPLE
from tests.authenticator import Authenticator
from tests.doors import ORIGIN, OWN, Entrance, entrance
from tests.passkeys import over

DOOR = (
    "/account",
    "/directory",
    "/machines",
    "/sign-in",
    "/sign-out",
    "/enrol",
    "/people-and-access",
    "/signing",
)
ROLES = sorted(PEOPLE)
ONE, OTHER = "one", "other"
"""Two people of the same role."""
NAME, THUMBPRINT = "nothing", "A" * 43
"""What names nothing."""
NOWHERE = {
    "session": "AAAAAAAAAAAA",
    "key": THUMBPRINT,
    "account": THUMBPRINT,
    "token": NAME,
    "machine": NAME,
    "person": NAME,
    "role": NAME,
    "grant": NAME,
    "invitation": NAME,
    "signing": "A" * 24,
}
ISSUER = "https://directory.agency.example"
DOWN = "http://127.0.0.1:9"
"""A directory that nobody answers at: what it lets in is tested with it (test_directory.py)."""


def at_the_door(row: Row) -> bool:
    """Whether this row is about people, keys, sessions, tokens: of these a demonstration has none."""
    return row.path.startswith(DOOR)


def named(role: Role, which: str) -> str:
    return f"{role.value}-{which}"


@dataclass
class Founded:
    """The node, and what is whose. ``tokens`` are written out, by what they are called."""

    door: Entrance
    site: "Straight"
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)

    def signs(self, by: str, role: Role, commands: Iterable[Command]) -> None:
        """Many acts of one person under one signature."""
        all_of_them = [Order(command=one, by=Actor(PersonId(by), role)) for one in commands]
        for start in range(0, len(all_of_them), 40):
            orders = all_of_them[start : start + 40]
            prepared = self.door.node.prepare_all(orders)
            self.door.node.record_prepared(prepared, signature=over(self.door.phone(by), prepared))

    def two_sign(self, first: Iterable[Command], second: Iterable[Command]) -> None:
        self.signs("ada", Role.ADMINISTRATOR, first)
        self.signs("abe", Role.ADMINISTRATOR, second)

    def admits(self, people: Mapping[str, Role]) -> None:
        """Put on record, given their role by two, and each with a passkey enrolled on an invitation."""
        until = self.door.clock.now + timedelta(days=300)
        codes = {person: (new_code(), new_code()) for person in people}
        first: list[Command] = []
        second: list[Command] = []
        for person, role in people.items():
            grant, who = GrantId(f"grant-{person}"), PersonId(person)
            enrolled = PersonEnrolled(person=who, organisation=OWN.id, description=Sealed(f"who {person} is"))
            first += [
                EnrolPerson(enrolled),
                ProposeRole(RoleProposed(grant=grant, person=who, role=role, until=until)),
                self.issued(person, InvitationPurpose.ENROL, codes[person][0]),
            ]
            second += [
                ApproveRole(RoleApproved(grant=grant, person=who)),
                self.approved(person, InvitationPurpose.ENROL, codes[person][1]),
            ]
        self.two_sign(first, second)
        passkeys, browser = self.door.passkeys, self.door.browser
        for person, both in codes.items():
            options = json.loads(passkeys.enrolling(browser, both, f"{person}'s phone"))
            passkeys.enrolled(browser, self.door.phone(person).create(options), both)

    def issued(self, person: str, purpose: InvitationPurpose, code: str) -> Command:
        fact = InvitationIssued(
            invitation=InvitationId(f"{purpose.value}-{person}"),
            person=PersonId(person),
            purpose=purpose,
            code=digest_of(code),
            expires=self.door.clock.now + timedelta(days=7),
        )
        return IssueInvitation(fact)

    def approved(self, person: str, purpose: InvitationPurpose, code: str) -> Command:
        name = InvitationId(f"{purpose.value}-{person}")
        return ApproveInvitation(
            InvitationApproved(invitation=name, person=PersonId(person), code=digest_of(code))
        )

    def links(self, people: Iterable[str]) -> None:
        """An account of the directory of each, on an invitation by two."""
        codes = {person: (new_code(), new_code()) for person in people}
        link = InvitationPurpose.LINK
        self.two_sign(
            [self.issued(person, link, one) for person, (one, _) in codes.items()],
            [self.approved(person, link, two) for person, (_, two) in codes.items()],
        )
        orders = [
            LinkDirectoryAccount(
                fact=DirectoryAccountLinked(
                    person=PersonId(person),
                    issuer=ISSUER,
                    account=account_id(ISSUER, person),
                    invitation=InvitationId(f"link-{person}"),
                ),
                code=one,
                second=two,
            )
            for person, (one, two) in codes.items()
        ]
        self.door.node.record_all([Order(command=one, by=ITSELF) for one in orders])

    def machines(self, people: Mapping[str, Role]) -> None:
        """A machine that each of them answers for."""
        ada = Actor(PersonId("ada"), Role.ADMINISTRATOR)
        facts = [
            MachineRegistered(person=PersonId(f"desk-of-{p}"), name=f"desk of {p}", answers=PersonId(p))
            for p in people
        ]
        self.door.node.record_all([Order(command=RegisterMachine(fact), by=ada) for fact in facts])

    def issues(
        self, by: str, role: Role, *names: str, minutes: int = 60 * 24 * 30, holder: str | None = None
    ) -> None:
        """Tokens of these names, for both things unless a name ends in -reads."""
        until = self.door.clock.now + timedelta(minutes=minutes)
        facts = []
        for name in names:
            token = self.tokens[name] = new_token(TokenId(name))
            facts.append(
                TokenIssued(
                    token=TokenId(name),
                    person=PersonId(holder or by),
                    role=role,
                    scopes=(Good.READ,) if name.endswith("-reads") else tuple(Good),
                    secret=hash_of(token),
                    expires=until,
                )
            )
        self.signs(by, role, map(IssueToken, facts))

    def revokes(self, by: str, role: Role, name: str) -> None:
        fact = TokenRevoked(token=TokenId(name), person=PersonId(by))
        self.signs(by, role, [RevokeToken(fact)])

    def ends(self, person: str, role: Role) -> None:
        fact = RoleEnded(person=PersonId(person), role=role, reason=EndReason.MOVED)
        self.signs("ada", Role.ADMINISTRATOR, [EndRole(fact)])

    def enters(self, person: str, role: Role) -> str:
        """The secret of a new session."""
        return self.door.session(person, role)

    def name_of(self, secret: str) -> str:
        """What a session is called."""
        return str(self.door.sessions.name_of(secret))

    def ask(
        self, method: str, path: str, secret: str | None, data: Mapping[str, str] | None = None
    ) -> Response:
        """A browser that brings this cookie, or none."""
        headers = {"cookie": f"{self.door.address.cookie(SESSION)}={secret}"} if secret else {}
        if data:
            headers["content-type"] = "application/x-www-form-urlencoded"
        return self.site.request(method, path, headers, urlencode(data or {}).encode())

    def call(
        self, method: str, path: str, token: str | None, body: object = None, key: str = "k"
    ) -> Response:
        """A program that brings this token, or none."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if method == "GET":
            return self.site.request(method, f"/api/v1{path}", headers)
        headers |= {"idempotency-key": key, "content-type": "application/json"}
        return self.site.request(method, f"/api/v1{path}", headers, json.dumps(body or {}).encode())

    def waits(self, person: str) -> None:
        """An act that was asked for on a form and waits for this person's signature, and a key as well."""
        secret = self.sessions[person]
        sent = {"key": "k", "scopes": "read", "expires": f"{self.door.clock.now:%Y-%m}-28T09:00"}
        answer = self.ask("POST", "/account/tokens/new", secret, sent)
        assert answer.status_code == 303, answer.text
        self.waiting[person] = answer.headers["location"].removeprefix("/signing/")
        passkeys, browser = self.door.passkeys, self.door.browser
        options = json.loads(passkeys.making(browser, FURTHER, PersonId(person), {"name": "spare"}))
        _, made = passkeys.made(browser, FURTHER, Authenticator(ORIGIN).create(options))
        passkeys.keep(self.name_of(secret), PersonId(person), made, "spare")

    def key_of(self, person: str) -> str:
        (key,) = passkeys_of(self.door.node.ledger.read(asks_keys_of(PersonId(person))), PersonId(person))
        return key

    def there(self, person: str) -> dict[str, str]:
        """What of this person's names an address; what waits for those who admit is everybody's."""
        role = Role(person.rpartition("-")[0])
        return {
            "session": self.name_of(self.enters(person, role)),
            "key": self.key_of(person),
            "account": account_id(ISSUER, person),
            "token": f"page-of-{person}",
            "machine": f"desk-of-{person}",
            "signing": self.waiting[person],
            "grant": f"grant-for-{role.value}",
            "invitation": f"enrol-newt-{role.value}",
            "person": "zed",
            "role": "overseer",
        }


def address(template: str, named: Mapping[str, str]) -> str:
    """The address by this template; KeyError for what is named in no table here."""
    return re.sub(r"\{(\w+)\}", lambda one: named[one[1]], template)


class Straight:
    """Asks an application without a client between: thousands of requests, of which a client is half the price.

    Each comes from another address: one that brings many bad tokens is made to wait.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._stack = app, ExitStack()
        # In a thread of its own: a browser of another test keeps a loop running in this one.
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._hosts = cycle(f"198.51.{n // 250}.{n % 250 + 1}" for n in range(50_000))
        self._own = {"host": urlsplit(ORIGIN).netloc, "origin": ORIGIN, "sec-fetch-site": "same-origin"}

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Response:
        sent = self._own | {"content-length": str(len(content))} | dict(headers or {})
        where, _, query = path.partition("?")
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "server": ("localhost", 80),
            "client": (next(self._hosts), 50_000),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        started: list[Message] = []
        body = bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                body.extend(message.get("body", b""))

        self._portal.call(self._app, scope, receive, send)
        return Response(started[0]["status"], headers=started[0]["headers"], content=bytes(body))

    def close(self) -> None:
        self._stack.close()


def founded_in(folder: Path) -> tuple[Founded, Callable[[], None]]:
    """The node with everybody in it, and how it is closed."""
    door = entrance(folder).enrolled("ada", "abe")
    calls = new_client()
    settings = DirectorySettings(issuer=DOWN, client_id="tearline", client_secret="x")
    directory = Directory(settings, ORIGIN, client=calls)
    arrivals = Arrivals(door.node, directory, door.passkeys, door.sessions, door.door.limits)
    app = create_app(door.node, demo=False, door=door.door, site=Site(address=ORIGIN), arrivals=arrivals)
    site = Straight(app)
    made = Founded(door, site)
    people = {named(role, which): role for role in ROLES for which in (ONE, OTHER)}
    made.admits(people | {"zed": Role.OVERSEER, "gone": Role.CASE_AGENT})
    made.links(people)
    made.machines(people)
    _what_waits_for_two(made)
    made.sessions["expired"] = made.enters(named(Role.CASE_AGENT, ONE), Role.CASE_AGENT)
    made.issues(named(Role.CASE_AGENT, ONE), Role.CASE_AGENT, "expired", minutes=10)
    door.clock.forward(minutes=16)
    made.sessions["ended"] = made.enters("gone", Role.CASE_AGENT)
    made.issues("gone", Role.CASE_AGENT, "ended")
    made.ends("gone", Role.CASE_AGENT)
    for person, role in people.items():
        made.sessions[person] = made.enters(person, role)
        made.issues(person, role, f"page-of-{person}", person, f"{person}-reads")
        made.waits(person)
    _tokens_that_open_nothing(made)
    return made, lambda: _close(made, calls)


def _what_waits_for_two(made: Founded) -> None:
    """A role and an invitation that wait for a second person, for each who may be it."""
    until = made.door.clock.now + timedelta(days=300)
    acts: list[Command] = []
    for role in ADMIT:
        newt = PersonId(f"newt-{role.value}")
        enrolled = PersonEnrolled(person=newt, organisation=OWN.id, description=Sealed("who newt is"))
        grant = GrantId(f"grant-for-{role.value}")
        acts += [
            EnrolPerson(enrolled),
            ProposeRole(RoleProposed(grant=grant, person=newt, role=Role.LIAISON, until=until)),
            made.issued(newt, InvitationPurpose.ENROL, new_code()),
        ]
    made.signs("ada", Role.ADMINISTRATOR, acts)


def _tokens_that_open_nothing(made: Founded) -> None:
    """One revoked, one of a machine, one of a machine for which another answers now, one that runs out."""
    role = Role.CASE_AGENT
    person, other = named(role, ONE), named(role, OTHER)
    made.issues(person, role, "revoked")
    made.revokes(person, role, "revoked")
    until = made.door.clock.now + timedelta(days=300)
    desks = [(f"desk-of-{who}", GrantId(f"grant-desk-{who}")) for who in (person, other)]
    made.two_sign(
        [
            ProposeRole(RoleProposed(grant=grant, person=PersonId(desk), role=role, until=until))
            for desk, grant in desks
        ],
        [ApproveRole(RoleApproved(grant=grant, person=PersonId(desk))) for desk, grant in desks],
    )
    made.issues(person, role, "machine", holder=desks[0][0])
    made.issues(other, role, "unanswered", holder=desks[1][0])
    moved = MachineRegistered(person=PersonId(desks[1][0]), name="desk", answers=PersonId("zed"))
    ada = Actor(PersonId("ada"), Role.ADMINISTRATOR)
    made.door.node.record(Order(command=RegisterMachine(moved), by=ada))
    made.tokens["nobodys"] = new_token(TokenId("nobodys"))
    made.tokens["forged"] = new_token(TokenId(person))  # of a name that is on record, with another secret


def _close(made: Founded, calls: Client) -> None:
    made.site.close()
    calls.close()
    made.door.close()
