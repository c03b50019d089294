"""A text is traced at the API as it is on the site: once, by whom the investigation names, and sealed with it."""

from pathlib import Path
from typing import Any

import pytest

from tearline.facts.history import Role
from tests.api.conftest import Caller, at
from tests.surfaced import PLAIN
from tests.web.conftest import make_world
from tests.web.traced import INQUIRY, ITEM, copy_of, declared, marked_leak
from tests.web.world import World


@pytest.fixture
def due(tmp_path: Path) -> World:
    return declared(marked_leak(make_world(tmp_path)))


def body(text: str, name: str = "practice.trace") -> dict[str, Any]:
    return {
        "trace": name,
        "investigation": INQUIRY,
        "item": ITEM,
        "how": "retyped",
        "text": text,
        "whence": "A poster on a wall in the port",
    }


def facts(caller: Caller) -> dict[str, Any]:
    """The latest fact of each kind in the investigation."""
    told = caller.get(f"/investigations/{INQUIRY}").json()["facts"]
    return {fact["kind"]: fact for fact in told}


def test_it_is_traced_once_and_told_to_whoever_looks_into_leaks(due: World) -> None:
    site = at(due)
    caller = Caller(site, Role.INVESTIGATOR)
    done = caller.do("TraceText", body(copy_of(due)), key="one")
    assert done.status_code == 201, done.text
    assert caller.do("TraceText", body(copy_of(due)), key="one").json() == done.json(), (
        "sent again, it is one"
    )
    second = caller.do("TraceText", body(PLAIN, "practice.again"))
    assert second.status_code == 409
    assert "traced-once" in second.text
    for role in (Role.INVESTIGATOR, Role.OVERSEER):
        found = facts(Caller(site, role))["TextTraced"]["fields"]
        assert found["gate"]["value"] == "open"
        assert len(found["copies"]["value"]) == 4
        (reach,) = found["reach"]["value"]
        assert reach["people"][0] == "practice.sergeant"
        assert len(reach["people"]) > 5


def test_nobody_else_traces_or_reads_of_it(due: World) -> None:
    site = at(due)
    for role in (Role.CASE_AGENT, Role.SENIOR_OFFICER, Role.PARTNER_LIAISON):
        caller = Caller(site, role)
        assert caller.do("TraceText", body(PLAIN)).status_code in (403, 404)
        assert caller.get(f"/investigations/{INQUIRY}").status_code == 404
    assert Caller(site, Role.OVERSEER).do("TraceText", body(PLAIN)).status_code == 409, (
        "it does not name them"
    )
