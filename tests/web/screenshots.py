"""Makes docs/screenshots/ and docs/pages.md: python -m tests.web.screenshots [name …]

Each picture of the gallery twice: 1280 px wide in English, 390 px wide in Spanish. With names, those whose name begins
with one of them. --png FOLDER writes them there without loss instead, to be looked at.
"""

import argparse
import base64
import json
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.testclient import TestClient

from tearline.cli.nodes import listening
from tearline.facts.admission import FoundersNamed, InvitationPurpose, RoleProposed
from tearline.facts.fact import Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.history import Role, about
from tearline.facts.identifiers import DissentId, GrantId, InvestigationId, PersonId
from tearline.facts.linkage import PlaceLocated
from tearline.facts.register import ConsentWithdrawn
from tearline.facts.release import VerdictReached
from tearline.folds.held import ITSELF
from tearline.jobs.cases import load_case
from tearline.node import Order, make_node, system_clock
from tearline.peers.calls import new_client
from tearline.rooms.admission.roles import NameFounders, ProposeRole
from tearline.rooms.parties.agreements import SignAgreement
from tearline.rooms.release.dissents import RecordDissent
from tearline.signin.arrivals import Arrivals
from tearline.signin.cookies import SESSION, new_secret
from tearline.signin.directory import CALLBACK, Directory, DirectorySettings
from tearline.web.app import create_app
from tests.authenticator import base64url
from tests.desk import Desk, desk_in, opened
from tests.doors import Entrance, entrance
from tests.nodes import told
from tests.passkeys import signed
from tests.registers import register
from tests.signin import stub
from tests.signing import with_keys
from tests.stories.test_signed_release import challenge_of
from tests.surfaced import cropped, retyped
from tests.test_passkey_signing import ABEL, ADAM, given
from tests.web import gallery
from tests.web.asked_first import asked_first
from tests.web.conftest import CHROMIUM, make_world, served, visitor
from tests.web.counted import estimated, published, put_together, recorded, scope_of
from tests.web.everything import Everything, fill
from tests.web.gallery import INTO, OVER, PICTURES, Picture
from tests.web.test_door import does
from tests.web.test_expedited_pages import in_haste, rushed
from tests.web.test_flow import ask, released
from tests.web.test_tokens import issue, with_machine
from tests.web.traced import INQUIRY, TRACES, copy_of, declared, marked_leak, traced
from tests.web.traced import opened as opened_into
from tests.web.world import Clock, World
from tests.worlds import HUGO, LEO, REX, SOL, SYL, agreement, dissent, on, person
from tests.worlds import World as Worlds

SIZES = {"en": (1280, 1400), "es": (390, 1800)}
"""By language, the width, and the height at which a picture ends, in CSS pixels."""
QUALITY = 40
LOCALES = {"en": "en-GB", "es": "es-MX"}
"""The browser's own, by which it writes what a date field asks for."""
ADMIN = Role.ADMINISTRATOR


@dataclass
class Scene:
    """A site that is served. ``cookies`` are those of whoever looks; ``there`` fills in an address."""

    address: str
    cookies: Callable[[str], Mapping[str, str]]
    there: Callable[[str], str] = str
    named: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    def visit(self, browser: Browser, who: str, language: str) -> BrowserContext:
        width, _ = SIZES[language]
        made = browser.new_context(
            viewport={"width": width, "height": 900 if width > 400 else 844}, locale=LOCALES[language]
        )
        cookies = {"language": language, **self.cookies(who)}
        made.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in cookies.items()])
        return made

    def path(self, picture: Picture) -> str:
        made = self.named.get(picture.path)
        return made() if made else self.there(picture.path)


def as_role(who: str) -> Mapping[str, str]:
    return {"identity": who} if who else {}


@contextmanager
def case(folder: Path) -> Iterator[Scene]:
    node = make_node(folder / "node", origin="demo.tearline.example/node", demo=True)
    load_case(node, gallery.ROOT / "cases" / "allende.yaml", now=system_clock())
    asked = about(f"request:{gallery.REQUEST}", kinds=(VerdictReached,))
    first = next(iter(node.ledger.read(asked))).position
    verdict = f"/releases/{gallery.REQUEST}/verdicts/{first}"
    with served(World(node, Clock())) as address:
        yield Scene(address, as_role, named={"/first-verdict": lambda: verdict})
    node.close()


@contextmanager
def bare(folder: Path) -> Iterator[Scene]:
    node = make_node(folder / "node", origin="demo.tearline.example/node", demo=True, clock=Clock())
    with served(World(node, Clock())) as address:
        yield Scene(address, as_role)
    node.close()


@contextmanager
def lived(folder: Path) -> Iterator[Scene]:
    """One request is released, one waits for signatures, and there is one of everything else."""
    world = make_world(folder)
    page = released(world)
    waits = ask(world, purpose="They are to stop the lorries at the bridge.")
    everything = Everything(fill(world))
    machine = with_machine(world)
    token = issue(visitor(world, Role.CASE_AGENT)).split("/")[3]
    world.clock.move(days=2)
    held = {"machine": machine, "token": token}

    def there(path: str) -> str:
        address, _, query = path.partition("?")
        mine = held | ({"request": waits.rpartition("/")[2]} if "sign-off" in path else {})
        return everything.address(address, **mine) + (f"?{query}" if query else "")

    with served(world) as address:
        yield Scene(
            address, as_role, there, {"/released": lambda: page, "/refused": lambda: f"{waits}/release"}
        )
    world.node.close()


@contextmanager
def desk(folder: Path) -> Iterator[Scene]:
    """A release was asked for, and Rex is about to sign for it."""
    made = desk_in(folder / "node")
    made.at(SOL)
    turns = iter([(language, made.at(REX, language=language)) for language in SIZES])
    with served(None, made.app) as address:
        yield Scene(
            address.replace("127.0.0.1", "localhost"),
            lambda who: {"session": f"session-of-{who}"},
            named={"/shown-anew": lambda: shown_anew(made, *next(turns))},
        )
    made.node.close()


@contextmanager
def haste(folder: Path) -> Iterator[Scene]:
    """A release that went out by the expedited path, and is to be reviewed."""
    world = in_haste(make_world(folder))
    page = rushed(world)
    with served(world) as address:
        yield Scene(address, as_role, named={"/rushed": lambda: page, "/review": lambda: f"{page}/review"})
    world.node.close()


@contextmanager
def told_of(folder: Path) -> Iterator[Scene]:
    """Marked copies leaked; one investigation has traced what surfaced, another has too little of it yet."""
    second = InvestigationId("practice.second-look")
    world = declared(opened_into(marked_leak(make_world(folder)), second), INQUIRY, second)
    traced(world, cropped(copy_of(world), 4), "practice.scrap", second)
    traced(world, retyped(copy_of(world)))
    with served(world) as address:
        named = {"/traced": lambda: TRACES, "/to-trace": lambda: f"/investigations/{second}/traces"}
        yield Scene(address, as_role, named=named)
    world.node.close()


@contextmanager
def figured(folder: Path) -> Iterator[Scene]:
    """Something of the fictional case leaked, and it was figured whom to ask first."""
    node, where = asked_first(folder)
    with served(None, create_app(node, demo=True)) as address:
        yield Scene(address, as_role, named={"/asked-first": lambda: f"{where}#attributed"})
    node.close()


LOCATED = {"Norte": "28.61, -100.64", "Sur": "28.34, -100.85", "Villa Oeste": "28.42, -101.12"}
"""Three of the eight places of a made register, which lie nowhere."""


@contextmanager
def counted(folder: Path) -> Iterator[Scene]:
    """A made register: compared, doubtful pairs judged, put together, estimated and made public, and one withdrawn."""
    world = make_world(folder)
    node, known = world.node, register(seed=2, victims=180, prefix="practice")
    recorded(node, known.facts)
    recorded(node, [PlaceLocated(place=Sealed(town), degrees=Sealed(at)) for town, at in LOCATED.items()])
    put_together(node, known)
    less = replace(scope_of(known), places=("Norte", "Sur"), area="Norte and Sur")
    superseded = estimated(node, less)
    gone = next(
        r.fact
        for r in node.ledger.read(about(kinds=(HarmReported,))).of(HarmReported)
        if r.fact.place == "Sur"
    )
    recorded(node, [ConsentWithdrawn(report=gone.report)])
    estimate = estimated(node, scope_of(known))
    published(node, estimate)
    with served(world) as address:
        named = {
            "/estimated": lambda: f"/harm/estimates/{estimate}",
            "/superseded": lambda: f"/harm/estimates/{superseded}",
        }
        yield Scene(address, as_role, named=named)
    world.node.close()


@contextmanager
def founded(folder: Path) -> Iterator[Scene]:
    """A node whose founders are named, so that an agreement that one officer recorded waits for another."""
    made = desk_in(folder / "node")
    told(made.node, Worlds().tell(person("adam", of="own"), person("abel", of="own"), at=on(-100)))
    with_keys(made.node, "adam", "abel")
    founders = FoundersNamed(founders=(ADAM.person, ABEL.person))
    made.node.record(Order(command=NameFounders(founders), by=ITSELF))
    for role, actor in ((Role.SENIOR_OFFICER, SYL), (Role.LIAISON, LEO)):
        given(made.node, role, actor)
    signed(made.node, SignAgreement(agreement("after")), SYL, made.phones["syl"])
    made.at(LEO)
    with served(None, made.app) as address:
        yield Scene(
            address.replace("127.0.0.1", "localhost"),
            lambda who: {"session": f"session-of-{who}"},
            named={"/endorse": lambda: "/agreements/after/endorse"},
        )
    made.node.close()


def shown_anew(desk: Desk, language: str, rex: TestClient) -> str:
    """A signature over what was shown before a dissent arrived; where it is shown anew."""
    where = opened(rex, "/releases/ask/sign-off")
    old = challenge_of(rex.get(where).text)
    signed(
        desk.node, RecordDissent(replace(dissent(), dissent=DissentId(language))), HUGO, desk.phones["hugo"]
    )
    assertion = desk.phones["rex"].get({"challenge": base64url(old)})
    answer = rex.post(where, data={"assertion": json.dumps(assertion)})
    return str(answer.headers["location"])


@contextmanager
def door(folder: Path) -> Iterator[Scene]:
    """A founded node with a directory: two who admit, one who came by the directory, one who has work."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(listening("127.0.0.1", 0)))
        origin = f"http://localhost:{listener.getsockname()[1]}"
        made = entrance(folder, origin=origin, founders=("ada", "abe", "zoe")).enrolled("ada", "abe")
        agency = stack.enter_context(stub.running(stub.Directory(made.clock)))
        settings = DirectorySettings(issuer=agency.issuer, client_id=stub.CLIENT, client_secret=stub.SECRET)
        ours = Directory(settings, origin, client=stack.enter_context(new_client()))
        arrivals = Arrivals(made.node, ours, made.passkeys, made.sessions, made.door.limits)
        app = create_app(made.node, demo=False, door=made.door, arrivals=arrivals)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield People(made, app, agency).scene(origin)
        server.should_exit = True
        thread.join(20)
        made.close()


class People:
    """Those at the door of a founded node, and what they have done there."""

    def __init__(self, door: Entrance, app: FastAPI, agency: stub.Directory) -> None:
        self.door, self.app = door, app
        door.admit("cora", Role.CASE_AGENT)
        door.admit("cora", Role.SOURCE_HANDLER)
        door.has_a_key("cora")
        door.enrols("newt")
        self.lost = iter(("cora", "abe"))
        self.waiting = self._invited("newt", InvitationPurpose.ENROL)
        until = door.clock.now + timedelta(days=200)
        proposed = RoleProposed(
            grant=GrantId("grant-1"), person=PersonId("newt"), role=Role.LIAISON, until=until
        )
        door.does(ProposeRole(proposed), "ada")
        self._linked("zoe", agency)
        self.sessions = {
            person: door.session(person, role)
            for person, role in (("ada", ADMIN), ("abe", ADMIN), ("cora", Role.CASE_AGENT))
        }
        self.sessions["zoe"] = self.zoe

    def client(self, person: str = "") -> TestClient:
        cookies = {SESSION: self.door.session(person)} if person else {}
        origin = self.door.address.origin
        return TestClient(
            self.app,
            base_url=origin,
            cookies=cookies,
            headers={"origin": origin, "sec-fetch-site": "same-origin", "user-agent": "Firefox on Linux"},
            follow_redirects=False,
        )

    def _invited(self, person: str, purpose: InvitationPurpose) -> str:
        """An invitation by ada, of which the code was not looked at yet; its page."""
        client = self.client("ada")
        where = does(
            client,
            "/people-and-access/invitations/new",
            self.door.phone("ada"),
            person=person,
            purpose=purpose.value,
        )
        self.ada = client.cookies[SESSION]
        return where.partition("?")[0]

    def _linked(self, person: str, agency: stub.Directory) -> None:
        browser = self.client()
        page = browser.post("/enrol/directory", data={"code": self.door.codes[person]})
        found = re.search(r'href="(http://[^"]+/authorize[^"]+)"', page.text)
        assert found is not None, page.text
        sent = found[1].replace("&amp;", "&")
        # Its cookie is for https or a browser that trusts localhost, and this client is neither.
        begun = page.headers["set-cookie"].partition(";")[0]
        back = dict(agency.authorize(sent, f"{person}@directory"))
        arrived = browser.get(CALLBACK, params=back, headers={"cookie": begun})
        self.zoe = arrived.cookies[SESSION]

    def found(self, person: str, hub: str, template: str) -> str:
        """The first address on this page that the template fits."""
        client = self.client()
        client.cookies.set(SESSION, self.sessions[person])
        pattern = re.sub(r"\\?\{[^}]+\}", '[^/"#?]+', re.escape(template))
        fits = re.search(rf'(?:href|action)="({pattern})"', client.get(hub).text)
        assert fits is not None, (hub, template)
        return fits[1]

    def scene(self, origin: str) -> Scene:
        base = "/people-and-access"
        hubs = {
            "/account/keys/{key}/revoke": "/account",
            "/directory/{account}/unlink": "/directory",
            f"{base}/people/{{person}}/roles/{{role}}/end": base,
            f"{base}/roles/{{grant}}/approve": base,
        }

        def there(path: str) -> str:
            if path.endswith("/invitations/{invitation}") or "{invitation}" in path:
                return path.replace(f"{base}/invitations/{{invitation}}", self.waiting)
            return self.found("abe", hubs[path], path) if path in hubs else path

        def cookies(who: str) -> Mapping[str, str]:
            if who == OVER:
                return {SESSION: new_secret()}
            return {SESSION: self.sessions[who]} if who else {}

        return Scene(origin, cookies, there, {"/invitation-issued": self._fresh})

    def _fresh(self) -> str:
        """The page of an invitation whose code was not shown yet, to the session that issued it."""
        where = self._invited(next(self.lost), InvitationPurpose.RECOVER)
        self.sessions["ada"] = self.ada
        return where


SCENES = {
    gallery.CASE: case,
    gallery.LIVED: lived,
    gallery.HASTE: haste,
    gallery.DOOR: door,
    gallery.DESK: desk,
    gallery.FOUNDED: founded,
    gallery.BARE: bare,
    gallery.TOLD: told_of,
    gallery.FIGURED: figured,
    gallery.COUNTED: counted,
}
Keep = Callable[[Page, str], None]


def take(browser: Browser, scene: Scene, pictures: Sequence[Picture], keep: Keep) -> None:
    """The pictures of one scene."""
    visits: dict[tuple[str, str], BrowserContext] = {}
    for picture in pictures:
        for language in SIZES:
            who = (picture.who, language)
            if who not in visits:
                visits[who] = scene.visit(browser, *who)
            page = visits[who].new_page()
            page.goto(scene.address + scene.path(picture))
            picture.steps(page)
            fit(page, language, picture)
            keep(page, f"{picture.name}-{language}")
            page.close()
    for visit in visits.values():
        visit.close()


def fit(page: Page, language: str, picture: Picture) -> None:
    """As high as the page is, up to where a picture ends; and never wider than the screen."""
    width, most = SIZES[language]
    high, wide = page.evaluate("[document.body.scrollHeight, document.documentElement.scrollWidth]")
    if wide > width:
        sys.stderr.write(f"{picture.name} {language}: {wide} px wide\n")
    page.set_viewport_size({"width": width, "height": min(max(high, 500), most)})
    # A chart is fetched when it comes into sight.
    if page.locator("[hx-get$='.svg'], figure [hx-get]").count():
        page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "document.fonts.status === 'loaded' && [...document.images].every(i => i.complete)"
    )


def to_webp(page: Page, name: str) -> None:
    cdp = page.context.new_cdp_session(page)
    taken = cdp.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (INTO / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("names", nargs="*")
    asked.add_argument("--png", type=Path)
    given = asked.parse_args()

    def to_png(page: Page, name: str) -> None:
        page.screenshot(path=given.png / f"{name}.png")

    wanted = [p for p in PICTURES if not given.names or p.name.startswith(tuple(given.names))]
    (given.png or INTO).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), chromium_sandbox=False)
        for name, scene in SCENES.items():
            pictures = [p for p in wanted if p.scene == name]
            if pictures:
                (Path(folder) / name).mkdir()
                with scene(Path(folder) / name) as served_scene:
                    take(browser, served_scene, pictures, to_png if given.png else to_webp)
        browser.close()
    if not given.png:
        gallery.PAGE.write_text(gallery.page(), "utf-8")


if __name__ == "__main__":
    main()
