"""A founded node that is no demonstration, its site on a real port, and people who come to it in turn.

One browser, which is most of what a story costs: whoever sits down at it brings the cookies and the keys that they left
with. It has an authenticator (Chromium's own, by CDP: https://w3c.github.io/webauthn/#sctn-automation), into which each
person enrolled a passkey through the site's pages. What the site has no form for is recorded through the node, signed
with that same passkey.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import Any, cast

import uvicorn
from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright._impl._api_structures import SetCookieParam  # its package names no other place for it
from playwright.sync_api import Browser, Locator, Page, expect

from tearline.cli.nodes import listening
from tearline.facts.admission import (
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    RoleApproved,
    RoleProposed,
)
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import GrantId, InvitationId, OrganisationId, PersonId
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.facts.words import Language
from tearline.node import Order, make_node
from tearline.rooms import Command
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation
from tearline.rooms.admission.passkeys import digest_of
from tearline.rooms.admission.roles import ApproveRole, ProposeRole
from tearline.rooms.parties.persons import DecidePersonVetting, EnrolPerson
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.signin.address import Address
from tearline.signin.codes import new_code, shown
from tearline.signin.door import PasskeyDoor
from tearline.signin.founding import Organisation, found
from tearline.signin.limits import Limits
from tearline.signin.store import DoorStore, door_url
from tearline.web.app import create_app
from tearline.web.tongue import Tongue
from tests.authenticator import ES256, Authenticator, Credential
from tests.passkeys import over
from tests.web.conftest import shape_of
from tests.web.test_browser import SIZES, violations
from tests.web.world import Clock, World, actor, live

AGENCY = Organisation(id=OrganisationId("practice.agency"), name="Agency North", country="Northland")
FIRST, SECOND = actor(Role.ADMINISTRATOR).person, PersonId("practice.second")
"""The founders; the first is the administrator of the small world."""
INTERNAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


# What a page is made of: each element by its name, class, kind and state, and the names of its other attributes,
# inside the one that it stands in; as a number, since a page has hundreds (FNV-1a).
MADE_OF = """() => {
    const valued = ['class', 'type', 'role', 'lang', 'scope', 'aria-current', 'aria-expanded', 'aria-pressed',
        'aria-invalid', 'aria-sort', 'aria-live'];
    const one = e => e.tagName + e.getAttributeNames().sort()
        .map(name => valued.includes(name) ? `[${name}=${e.getAttribute(name)}]` : `[${name}]`).join('');
    const number = text => {
        let n = 0x811c9dc5;
        for (let i = 0; i < text.length; i++) n = Math.imul(n ^ text.charCodeAt(i), 0x01000193);
        return n >>> 0;
    };
    const own = new Map(), found = new Map();
    for (const e of [document.body, ...document.body.querySelectorAll('*')]) {
        own.set(e, one(e));
        const made = number(`${own.get(e.parentElement) ?? ''}>${own.get(e)}`);
        found.set(made, [...(found.get(made) ?? []), e]);
    }
    window.madeOf = found;
    const {scrollWidth, lang} = document.documentElement;
    return `${scrollWidth} ${lang} ${[...found.keys()].join(',')}`;
}"""
MARKED = """made => {
    for (const one of made) for (const e of window.madeOf.get(one)) e.setAttribute('data-first-seen', '');
}"""
FIRST_SEEN = "[data-first-seen]"


@dataclass
class Person:
    """Somebody, and what they take with them: the cookies of their browser and the keys on their authenticator."""

    office: "Office"
    name: str
    language: str
    size: str
    cookies: list[SetCookieParam] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)

    def phone(self) -> Authenticator:
        """A copy of what their authenticator holds, to sign what the site has no form for."""
        (held,) = self.office.keys_of(self)
        private: Any = load_der_private_key(base64.b64decode(held["privateKey"]), None)
        phone = Authenticator(self.office.origin)
        phone.held.append(
            Credential(
                id=base64.b64decode(held["credentialId"]),
                rp_id="localhost",
                handle=base64.b64decode(held["userHandle"]),
                algorithm=ES256,
                private=private,
                count=held["signCount"],
            )
        )
        return phone


@dataclass
class Office:
    """One browser, to which people come in turn, each with their cookies and keys, language and size of the window.

    ``ways``: languages and sizes, which they have in turn. ``seen``: the kinds of page that were looked over in a
    language at a size. ``made_of``: of what, in any state and for anybody.
    ``visited`` and ``looked``: the addresses to which the browser came, and those whose page was looked at.
    """

    door: PasskeyDoor
    codes: dict[str, str]
    world: World
    browser: Browser
    ways: Sequence[tuple[str, str]]
    people: dict[str, Person] = field(default_factory=dict)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    made_of: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)
    there: Person | None = None
    """Who sits at the browser."""

    def __post_init__(self) -> None:
        self.origin = self.door.address.origin
        context = self.browser.new_context()
        context.set_default_timeout(30_000)
        self.page = self.closing.enter_context(context).new_page()
        self.page.on("console", lambda message: self.said.append(f"{self.page.url}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"{self.page.url}: {error}"))
        self.page.on("framenavigated", lambda frame: self.visited.add(self.shorn(frame.url)))
        self.cdp = context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": INTERNAL})
        self.authenticator = {"authenticatorId": str(made["authenticatorId"])}

    def shorn(self, url: str) -> str:
        """An address on the site, without what follows a question mark."""
        return url.removeprefix(self.origin).partition("?")[0].partition("#")[0]

    def at(self, name: str) -> Person:
        """This person, who keeps what is theirs."""
        if name not in self.people:
            language, size = self.ways[len(self.people) % len(self.ways)]
            cookie: SetCookieParam = {"name": "language", "value": language, "url": self.origin}
            self.people[name] = Person(self, name, language, size, [cookie])
        return self.people[name]

    def seats(self, person: Person) -> None:
        """They take the place of whoever was there, who takes everything along."""
        if self.there is person:
            return
        context = self.page.context
        if self.there is not None:
            self.there.keys = self.keys_of(self.there)
            # What it tells of its cookies is what it takes.
            self.there.cookies = cast("list[SetCookieParam]", context.cookies())
            context.clear_cookies()
        self.cdp.send("WebAuthn.clearCredentials", self.authenticator)
        for key in person.keys:
            self.cdp.send("WebAuthn.addCredential", self.authenticator | {"credential": key})
        context.add_cookies(person.cookies)
        width, height = SIZES[person.size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.say = Tongue(Language(person.language))
        self.there = person

    def keys_of(self, person: Person) -> list[dict[str, Any]]:
        """What their authenticator holds now."""
        if person is not self.there:
            return person.keys
        held: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", self.authenticator)[
            "credentials"
        ]
        return held

    def acts(self, role: Role) -> "Desk":
        return Desk(self, self.at(actor(role).person))

    def record(self, orders: Iterable[Order]) -> None:
        """Through the node: one act, one signature, for all that one person does in a row."""
        node = self.world.node
        for by, theirs in groupby(orders, key=lambda order: order.by):
            prepared = node.prepare_all(list(theirs))
            node.record_prepared(prepared, signature=over(self.at(by.person).phone(), prepared))

    def admits(self, people: Mapping[Role, str]) -> dict[Role, list[str]]:
        """These roles for whoever plays them, from these organisations; the two codes of each.

        Done by the founders through the node, under a signature of each: what they do at the pages is the same.
        """
        until, expires = self.world.clock() + timedelta(days=300), self.world.clock() + timedelta(days=7)
        codes = {role: [new_code(), new_code()] for role in people}
        first: list[Command] = []
        second: list[Command] = []
        for role, home in people.items():
            person, grant = actor(role).person, GrantId(f"grant-{role.value}")
            invitation, (one, other) = InvitationId(f"for-{role.value}"), map(digest_of, codes[role])
            first += [
                EnrolPerson(
                    PersonEnrolled(
                        person=person, organisation=OrganisationId(home), description=Sealed(role.words.en)
                    )
                ),
                ProposeRole(RoleProposed(grant=grant, person=person, role=role, until=until)),
                IssueInvitation(
                    InvitationIssued(
                        invitation=invitation,
                        person=person,
                        purpose=InvitationPurpose.ENROL,
                        code=one,
                        expires=expires,
                    )
                ),
            ]
            second += [
                ApproveRole(RoleApproved(grant=grant, person=person)),
                ApproveInvitation(InvitationApproved(invitation=invitation, person=person, code=other)),
            ]
        for by, commands in ((FIRST, first), (SECOND, second)):
            founder = Actor(PersonId(by), Role.ADMINISTRATOR)
            self.record(Order(command=c, by=founder) for c in commands)
        return {role: [shown(code) for code in both] for role, both in codes.items()}

    def on_record(self) -> list[Order]:
        """What the small world holds, but for whoever is on record already, and for what is decided at a page."""
        known = self.world.node.ledger.read(about(kinds=(PersonEnrolled, OrganisationRegistered)))
        there = {r.fact.person for r in known.of(PersonEnrolled)}
        there_too = {r.fact.organisation for r in known.of(OrganisationRegistered)}
        liaison = actor(Role.PARTNER_LIAISON).person
        left: list[Order] = []
        for order in live(self.world):
            match order.command:
                case EnrolPerson(fact) if fact.person in there:
                    continue
                case RegisterOrganisation(fact) if fact.organisation in there_too:
                    continue
                case DecidePersonVetting(fact) if fact.person == liaison:
                    continue
            left.append(order)
        return left

    def lets_an_hour_go_by(self) -> None:
        """At the door only, which counts tries in a time of its own (tests/web/test_door.py)."""
        self.door.limits = Limits()


@dataclass
class Desk:
    """One person does one thing after the other on the site's pages; each kind of page is looked over once."""

    office: Office
    person: Person

    @property
    def page(self) -> Page:
        assert self.office.there is self.person, f"{self.person.name} is not at the browser"
        return self.office.page

    def goes(self, path: str) -> "Desk":
        self.office.seats(self.person)
        self.page.goto(self.office.origin + path)
        return self.looks()

    def looks(self) -> "Desk":
        """The page is in the language asked for, keeps nobody out, and runs over no side.

        A kind of page is looked over by axe when somebody first comes to it in this language and at this size; of one
        that is known, what is on it that was on none yet, for whatever role and in whatever state that is.
        """
        page, office = self.page, self.office
        width, lang, numbers = page.evaluate(MADE_OF).split(" ")
        way = self.person.language, self.person.size
        assert int(width) <= SIZES[self.person.size][0], f"{page.url} is {width} px wide"
        assert lang == self.person.language
        kind = (kind_of(page.url.removeprefix(office.origin)), *way)
        known = office.made_of.setdefault(way, set())
        new = {int(number) for number in numbers.split(",")} - known
        if kind not in office.seen:
            assert violations(page) == [], page.url
        elif new:
            page.evaluate(MARKED, list(new))
            assert violations(page, FIRST_SEEN) == [], page.url
        office.seen.add(kind)
        known |= new
        office.looked.add(office.shorn(page.url))
        return self

    def follows(self, words: str) -> "Desk":
        """The link with these words, in what the page says and not in what frames it."""
        link = self.page.get_by_role("main").get_by_role("link", name=self.office.say(words), exact=True)
        return self.leaves_by(link)

    def leaves_by(self, link: Locator | str) -> "Desk":
        """The first of these links, to the page that it leads to: a click does not wait for it."""
        found = self.page.locator(link) if isinstance(link, str) else link
        with self.page.expect_navigation():
            found.first.click()
        return self.looks()

    def fills(self, **fields: str) -> "Desk":
        page = self.page
        for name, value in fields.items():
            one = page.locator(f'main [name="{name}"]')
            match one.first.evaluate("e => e.type"):
                case "radio" | "checkbox":
                    box = page.locator(f'main [name="{name}"][value="{value}"]')
                    page.locator(f'label[for="{box.get_attribute("id")}"]').click()
                case "select-one":
                    one.select_option(value)
                case _:
                    one.fill(value)
        return self

    def presses(self, words: str, **values: object) -> "Desk":
        name = self.office.say(words, **values)
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
        return self

    def records(self, words: str, **values: object) -> "Desk":
        """Presses it, and is sent on from the form to what was recorded."""
        before = self.page.url
        self.presses(words, **values)
        self.page.wait_for_url(lambda url: url != before)
        return self.looks()

    def signs(self, words: str, **values: object) -> "Desk":
        """Presses it, reads the text, and signs it with their passkey."""
        self.presses(words, **values)
        self.page.wait_for_url("**/signing/*")
        self.looks()
        self.presses("Sign with my passkey")
        self.page.wait_for_url(lambda url: "/signing/" not in url)
        return self.looks()

    def reads(self, words: str, **values: object) -> "Desk":
        """These words stand on the page."""
        text = self.office.say(words, **values)
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()
        return self

    def enrols(self, *codes: str) -> "Desk":
        """With the first code behind the address, as they were given it, and the second typed in."""
        self.office.seats(self.person)
        self.page.goto(f"{self.office.origin}/enrol#{codes[0]}")
        expect(self.page.locator("#f-code")).to_have_value(codes[0])
        self.looks()
        if codes[1:]:
            self.fills(second=codes[1])
        self.fills(name="my phone").presses("Make and enrol the key")
        self.page.wait_for_url("**/sign-in?enrolled")
        return self.looks().enters()

    def enters(self) -> "Desk":
        """Sign in, wherever they were asked to."""
        if "/sign-in" not in self.page.url:
            self.goes("/sign-in")
        self.presses("Sign in with your key")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.looks()

    @property
    def address(self) -> str:
        """Where they are, without what follows a question mark."""
        return self.office.shorn(self.page.url)


def kind_of(path: str) -> str:
    """The kind of page, by what is fixed in its address."""
    parts = shape_of(path.partition("#")[0]).split("/")
    named = ("agreements", "leaks", "grants", "roles", "invitations", "operations", "releases", "signing")
    fixed = ("new", "approve")
    return "/".join(
        "X" if before in named and part not in fixed else part
        for before, part in zip(["", *parts], parts, strict=False)
    )


class opened_office:  # noqa: N801  reads as a verb: with opened_office(folder, browser, [("en", "wide")]) as office
    """Founded by two, served at the port that its address names, and nobody came in yet."""

    def __init__(self, folder: Path, browser: Browser, ways: Sequence[tuple[str, str]]) -> None:
        self.folder, self.browser, self.ways = folder, browser, ways
        self.closing = ExitStack()

    def __enter__(self) -> Office:
        listener = self.closing.enter_context(closing(listening("127.0.0.1", 0)))
        clock = Clock()
        node = make_node(self.folder / "node", origin="pages.invalid/tearline", clock=clock)
        founders = {FIRST: "an administrator", SECOND: "another one"}
        codes = {str(p): shown(code) for p, code in found(node, AGENCY, founders).items()}
        store = DoorStore(door_url(self.folder / "node", None))
        address = Address(f"http://localhost:{listener.getsockname()[1]}")
        for held in (node, store):
            self.closing.callback(held.close)
        door = PasskeyDoor(node, store, address)
        app = create_app(node, demo=False, door=door)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        self.closing.callback(thread.join, 20)
        self.closing.callback(setattr, server, "should_exit", True)
        office = Office(door, codes, World(node, clock), self.browser, self.ways)
        self.closing.enter_context(office.closing)
        return office

    def __exit__(self, *raised: object) -> None:
        self.closing.close()
