"""Whatever people write stays text: markup in every field of every kind of fact, every page, both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.marks import CopiesMarked
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.retention import Purged
from tearline.facts.vocabulary import kinds
from tearline.rooms.reading import OPENS
from tearline.signin.policy import Answer
from tearline.web.app import create_app
from tearline.web.policy import PEOPLE, SITE
from tests.web.conftest import BASE, HERE, make_world, opened, visitor
from tests.web.everything import Everything, fill
from tests.web.plain import fact_of, texts_in
from tests.web.test_flow import ask, send
from tests.web.world import START

SPICE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture(scope="module")
def spiced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    """A world in which whatever anybody wrote ends in markup."""
    folder: Path = tmp_path_factory.mktemp("spiced")
    world = fill(make_world(folder, SPICE))
    page = ask(world, purpose=SPICE)
    send(visitor(world, Role.CASE_AGENT), f"{page}/dissent", reasons=SPICE)
    send(visitor(world, Role.HARM_DESK), "/harm/new", **harm())
    send(visitor(world, Role.CASE_AGENT), "/leaks/new?item=practice.item-2", sure="possible", seen=SPICE)
    yield Everything(world)
    world.node.ledger.close()


WHOLE: tuple[type[Fact], ...] = (Purged, ProtocolAdopted)
"""Nothing of these is in a ledger without what belongs to them: destroyed keys, a text in force."""

OPENED_BY_NOBODY: tuple[type[Fact], ...] = (CopiesMarked,)
"""No role opens the marks of copies, and this has no other text."""


def harm() -> dict[str, str]:
    closed = {"source_class": "press", "harm": "killed", "least": "1", "reliability": "F", "credibility": "6"}
    return closed | {"source": SPICE, "account": SPICE, "place": SPICE}


def clean(text: str, where: object) -> bool:
    """Whether markup stands on this page, as text; AssertionError if as anything else."""
    assert "<script>alert" not in text, where
    assert "<img src=x" not in text, where
    assert "\"'><img" not in text, where
    assert "49" not in text or "{{7*7}}" in text or SPICE[:8] not in text, where
    return "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_markup_stays_text_on_every_page_for_every_role(spiced: Everything, language: str) -> None:
    app = create_app(spiced.world.node, demo=True)
    seen = 0
    for role in sorted(PEOPLE) if language == "en" else (Role.SOURCE_HANDLER, Role.HARM_DESK):
        cookies = {"identity": role.value, "language": language}
        client = TestClient(app, base_url=BASE, client=HERE, cookies=cookies, follow_redirects=False)
        for path in ("/items/practice.item-2", "/harm") if role in OPENS else ():
            opened(client, path, SPICE)
        for row in SITE.rows:
            if row.answer(role) is Answer.SERVED and row.roles is not None and "GET" in row.methods:
                path = spiced.address(row.path)
                answer = client.get(path)
                if answer.headers["content-type"].startswith(("text/html", "image/svg")):
                    seen += clean(answer.text, (role, path))
                else:  # the exact text of a protocol, a proof: shown as text, and never guessed to be a page
                    kind = answer.headers["content-type"]
                    assert kind.startswith(
                        ("text/plain", "text/calendar", "text/csv", "application/octet-stream")
                    ), path
                    assert answer.headers["x-content-type-options"] == "nosniff", path
    assert seen > (200 if language == "en" else 40)


def test_markup_stays_text_in_every_field_of_every_kind_of_fact(spiced: Everything) -> None:
    """Each fact straight into the ledger, past the rules: its entry shows every field to who opens it."""
    ledger = spiced.world.node.ledger
    app = create_app(spiced.world.node, demo=True)
    clients = {
        role: TestClient(
            app, base_url=BASE, client=HERE, cookies={"identity": role.value}, follow_redirects=False
        )
        for role in (Role.SOURCE_HANDLER, Role.HARM_DESK, Role.SENIOR_OFFICER, Role.INVESTIGATOR)
    }
    by = Actor(PersonId("practice.case-agent"), Role.CASE_AGENT)
    written: list[type[Fact]] = [kind for kind in kinds() if texts_in(kind) and kind not in WHOLE]
    assert len(written) > 40
    for kind in written:
        fact = fact_of(kind, {}, text=SPICE)
        done = ledger.append(
            [Draft(fact=fact, happened_at=START, by=by)], unless=None, after=0, key=f"markup {kind.__name__}"
        )
        path = f"/ledger/entries/{done.first}"
        shown = False
        for role, client in clients.items():
            if role in OPENS:
                opened(client, path)
            shown |= clean(client.get(path).text, (kind, role))
        assert shown or kind in OPENED_BY_NOBODY, kind


def test_markup_that_is_sent_back_in_a_form_stays_text(spiced: Everything) -> None:
    client = visitor(spiced.world, Role.HARM_DESK)
    answer = client.post("/harm/new", data={"key": SPICE, "account": SPICE, "place": SPICE, "harm": SPICE})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


@pytest.mark.parametrize(
    "path", [f"/{SPICE}", f"/releases/{SPICE}", f"/units/practice.unit?at={SPICE}&as={SPICE}"]
)
def test_markup_in_an_address_stays_text(spiced: Everything, path: str) -> None:
    text = visitor(spiced.world, Role.SENIOR_OFFICER).get(path).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
