"""The table of routes and roles: nothing is served that it does not name."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse, Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.rooms.release.dissents import RecordDissent
from tearline.signin.policy import GET, POST, Answer, Policy, Row, Unruled
from tearline.web import cases, harm
from tearline.web.app import create_app
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.policy import ADMINISTRATOR, PARTNER, PEOPLE, SITE
from tearline.web.visit import Visit
from tests.web.conftest import BASE, HERE, visitor
from tests.web.world import World

ROUTE = st.sampled_from([("/a", GET), ("/a", POST), ("/b/{c}", GET), ("/d", GET)])


def nothing() -> Response:
    return PlainTextResponse("")


def test_the_site_does_not_start_with_a_route_that_no_row_names(still: World) -> None:
    router = cases.router
    before = list(router.routes)
    router.add_api_route("/unruled", nothing)
    try:
        with pytest.raises(Unruled, match="no row says who may use GET /unruled"):
            create_app(still.node, demo=True)
    finally:
        router.routes[:] = before
    create_app(still.node, demo=True)


def test_the_site_does_not_start_with_a_row_that_no_route_serves() -> None:
    policy = Policy(Row(path="/a", roles=PEOPLE), Row(path="/b", roles=PEOPLE))
    with pytest.raises(Unruled, match="no route serves GET /b"):
        policy.check([("/a", GET)])


def test_the_site_does_not_start_with_a_route_past_the_guard(still: World) -> None:
    router: APIRouter = harm.router
    before = list(router.routes)
    router.add_route("/past", lambda request: PlainTextResponse("past the guard"))
    try:
        with pytest.raises(Unruled, match="past the guard"):
            create_app(still.node, demo=True)
    finally:
        router.routes[:] = before


def test_a_route_that_is_added_to_a_site_that_runs_is_not_there(still: World) -> None:
    app = create_app(still.node, demo=True)
    app.add_api_route("/late", nothing)
    assert (
        TestClient(app, base_url=BASE, client=HERE, cookies={"identity": "overseer"}).get("/late").status_code
        == 404
    )


def test_two_rows_are_never_about_one_route() -> None:
    with pytest.raises(Unruled, match="one route"):
        Policy(Row(path="/a", roles=PEOPLE), [Row(path="/a", roles=None)])


@given(st.sets(ROUTE), st.sets(ROUTE))
def test_a_table_fits_the_routes_that_it_names_and_no_others(
    ruled: set[tuple[str, str]], served: set[tuple[str, str]]
) -> None:
    policy = Policy(Row(path=path, methods=(method,), roles=PEOPLE) for path, method in ruled)
    if ruled == served:
        policy.check(served)
    else:
        with pytest.raises(Unruled):
            policy.check(served)
    for path, method in served - ruled:
        assert all(policy.answer(path, method, role) is Answer.ABSENT for role in (None, *Role))


def test_no_row_names_the_node_or_a_chronicler() -> None:
    for row in SITE.rows:
        assert row.roles is None or row.roles <= PEOPLE, row.path
        assert row.told <= PEOPLE, row.path


def test_whoever_runs_the_node_and_the_partner_are_told_of_no_act() -> None:
    for row in SITE.rows:
        assert not row.told & {ADMINISTRATOR, PARTNER}, row.path


@pytest.mark.parametrize("command", [RecordDissent.allowed, frozenset({Role.OVERSEER}), PEOPLE])
def test_a_form_whose_command_takes_others_than_the_table_is_a_fault(
    still: World, command: frozenset[Role]
) -> None:
    app: FastAPI = create_app(still.node, demo=True)
    own = Policy(Row(path="/a-form", methods=(GET, POST), roles=frozenset({Role.CASE_AGENT})))
    router = APIRouter()
    form(router, "/a-form", asking(command))
    row = own.row("/a-form", GET)

    def ruled(visit: Visit) -> Asked:
        visit.request.state.row = row
        return asking(command)(visit)

    del router.routes[:]
    form(cases.router, "/a-form", ruled)
    try:
        app.state.templates[id(cases.router.routes[-2])] = "/leaks/new"
        client = TestClient(
            app, base_url=BASE, client=HERE, cookies={"identity": "case-agent"}, raise_server_exceptions=False
        )
        assert client.get("/a-form").status_code == 500
    finally:
        del cases.router.routes[-2:]


def asking(allowed: frozenset[Role]) -> Callable[[Visit], Asked]:
    return lambda visit: Asked(title="", submit="", allowed=allowed, then="/", trail=[])


def test_a_link_leads_where_the_table_lets_it() -> None:
    for address, role, leads in (
        ("/releases/new?item=x", Role.PARTNER_LIAISON, False),
        ("/releases", Role.PARTNER_LIAISON, True),
        ("/items/practice.item-1", Role.AUDITOR, False),
        ("/protocols/cross-border/1#rules", Role.AUDITOR, True),
        ("/protocols/proposals/x", Role.AUDITOR, False),
        ("/items/practice.item-1/dissents/x/answer", Role.ADVOCATE, True),
        ("/static/css/x.css", Role.ADMINISTRATOR, True),
        ("/healthz", None, True),
    ):
        assert SITE.leads(address, role) is leads, (address, role)


def test_what_leads_nowhere_is_text(still: World) -> None:
    listed, theirs = (visitor(still, role).get("/parties").text for role in (Role.OVERSEER, Role.AUDITOR))
    assert 'href="/units/practice.unit"' in listed
    assert 'href="/units/practice.unit"' not in theirs
    assert "Liaison Unit South" in theirs
