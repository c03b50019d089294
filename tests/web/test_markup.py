"""Whatever people write stays text: markup in every field, and every page rendered, in both languages."""

from pathlib import Path

import pytest

from tearline.facts.history import Role
from tests.web.conftest import crawl, make_world, visitor
from tests.web.test_flow import ask, send
from tests.web.world import World

SPICE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture(scope="module")
def spiced(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("spiced")
    world = make_world(folder, SPICE)
    page = ask(world, purpose=SPICE)
    send(visitor(world, Role.CASE_AGENT), f"{page}/dissent", reasons=SPICE)
    send(visitor(world, Role.HARM_DESK), "/harm/new", **harm())
    send(visitor(world, Role.CASE_AGENT), "/leaks/new?item=practice.item-2", sure="possible", seen=SPICE)
    return world


def harm() -> dict[str, str]:
    closed = {"source_class": "press", "harm": "killed", "least": "1", "reliability": "F", "credibility": "6"}
    return closed | {"source": SPICE, "account": SPICE, "place": SPICE}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("role", [Role.SOURCE_HANDLER, Role.SENIOR_OFFICER, Role.HARM_DESK])
def test_markup_in_any_field_stays_text_on_every_page(spiced: World, role: Role, language: str) -> None:
    seen = 0
    for path, text in crawl(visitor(spiced, role, language)).items():
        if "<!doctype html>" not in text:
            continue
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "49" not in text or "{{7*7}}" in text or SPICE[:8] not in text, path
        seen += "&lt;script&gt;alert(1)" in text
    assert seen > 20


def test_markup_that_is_sent_back_in_a_form_stays_text(spiced: World) -> None:
    client = visitor(spiced, Role.HARM_DESK)
    answer = client.post("/harm/new", data={"key": SPICE, "account": SPICE, "place": SPICE, "harm": SPICE})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


@pytest.mark.parametrize(
    "path", [f"/{SPICE}", f"/releases/{SPICE}", f"/units/practice.unit?at={SPICE}&as={SPICE}"]
)
def test_markup_in_an_address_stays_text(spiced: World, path: str) -> None:
    text = visitor(spiced, Role.SENIOR_OFFICER).get(path).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
