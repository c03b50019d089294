"""A node that is no demonstration, with its site, and people at it who have passkeys."""

import html
import re
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.testclient import TestClient

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, about
from tearline.node import Node, Order, make_node
from tearline.rooms.release.requests import RequestRelease
from tearline.signin.identity import Identity, Way
from tearline.web.app import create_app
from tests.authenticator import Authenticator
from tests.nodes import Clock, told
from tests.passkeys import admitted, founded, passkey
from tests.worlds import ANA, HUGO, REX, SOL, SYL, partners, requested

SITE = "localhost"
BASE = f"http://{SITE}"


class Recognised:
    """A door that knows whoever brings a session that was given out here."""

    def __init__(self) -> None:
        self.sessions: dict[str, Identity] = {}

    def let_in(self, actor: Actor, session: str) -> None:
        self.sessions[session] = Identity(
            person=actor.person, role=actor.role, roles=(actor.role,), way=Way.PASSKEY, session=session
        )

    def identify(self, request: Request) -> Identity | None:
        return self.sessions.get(request.cookies.get("session", ""))


@dataclass
class Desk:
    """A node that is no demonstration, its site, and people with passkeys at it."""

    node: Node
    clock: Clock
    door: Recognised = field(default_factory=Recognised)
    phones: dict[str, Authenticator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.node, demo=False, door=self.door)
        founded(self.node)
        for actor in (REX, SOL, HUGO, SYL):
            self.phones[actor.person] = phone = passkey(actor.person, site=SITE, origin=BASE)
            admitted(self.node, actor, phone)

    def at(self, actor: Actor, session: str | None = None, language: str = "en") -> TestClient:
        """Their browser, signed in."""
        name = session or f"session-of-{actor.person}"
        self.door.let_in(actor, name)
        cookies = {"session": name, "language": language}
        return TestClient(self.app, base_url=BASE, cookies=cookies, follow_redirects=False)

    def facts(self, kind: type[Fact]) -> int:
        return len(self.node.ledger.read(about(kinds=(kind,))).facts)


def desk_in(folder: Path) -> Desk:
    """A node in which a release was asked for, and nobody has signed yet."""
    clock = Clock()
    node = make_node(folder, origin="tearline.example/desk", clock=clock)
    told(node, partners())
    node.record(Order(command=RequestRelease(requested()), by=ANA))
    return Desk(node, clock)


def opened(browser: TestClient, path: str, **fields: str) -> str:
    """Fill in the form at this path and send it; the page on which it is signed."""
    shown = browser.get(path)
    assert shown.status_code == 200, shown.text
    key = re.search(r'name="key" value="([^"]+)"', shown.text)
    assert key
    answer = browser.post(path, data={"key": key[1], **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def boxes(page: str) -> list[tuple[str, str]]:
    """What stands in the boxes, as a browser has it in ``textContent``: the first line feed is none of it."""
    found = re.findall(r'<pre data-signed="([^"]*)">\n(.*?)</pre>', page, re.DOTALL)
    return [(stated, html.unescape(text)) for stated, text in found]
