"""Figures: named by the conventions, bounded, without names of people or things, and for this machine alone."""

import re
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from tearline.config import Endpoint
from tearline.facts.errors import Refused
from tearline.facts.history import Role
from tearline.facts.words import Words
from tearline.web.app import create_app
from tearline.web.metrics import MOST, OTHER, Metrics, serving_metrics
from tests.web.conftest import BASE, links, visitor
from tests.web.conftest import HERE as VISITOR
from tests.web.routes import routes_of
from tests.web.world import World

HERE = Endpoint(host="127.0.0.1", port=0)
LABELS = {"route", "method", "status", "rule", "kind", "le", "generation"}


def site(world: World, role: Role = Role.OVERSEER) -> tuple[TestClient, Metrics]:
    app = create_app(world.node, demo=True)
    asked = TestClient(
        app, base_url=BASE, cookies={"identity": role.value}, follow_redirects=False, client=VISITOR
    )
    return asked, app.state.metrics


opened = urllib.request.urlopen


def read(metrics: Metrics) -> str:
    with serving_metrics(metrics, HERE) as port, opened(f"{BASE}:{port}/metrics") as answer:
        return str(answer.read().decode())


def test_the_site_s_own_port_serves_no_figures(still: World) -> None:
    assert visitor(still, Role.OVERSEER).get("/metrics").status_code == 404


def test_each_figure_has_a_conventional_name_and_known_labels(still: World) -> None:
    client, metrics = site(still)
    client.get("/items/practice.item-1")
    metrics.waiting = lambda: 3
    metrics.refused("two-signers")
    text = read(metrics)
    families = {f.name: f for f in text_string_to_metric_families(text)}
    for name, family in families.items():
        assert re.fullmatch(r"(tearline|process|python)_[a-z_]+", name)
        assert family.documentation
        assert {label for sample in family.samples for label in sample.labels} <= LABELS
        if family.type == "counter":
            assert all(s.name.endswith("_total") for s in family.samples)
    assert {
        "tearline_http_requests",
        "tearline_http_request_duration_seconds",
        "tearline_http_requests_in_progress",
        "tearline_refusals",
        "tearline_facts_recorded",
        "tearline_ledger_entries",
        "tearline_checkpoint_age_seconds",
        "tearline_witness_lag_entries",
        "tearline_witness_lag_seconds",
        "tearline_obligations_overdue",
        "tearline_acts_awaiting_signature",
        "tearline_node_stopped",
        "process_cpu_seconds",
    } <= families.keys()
    (entries,) = families["tearline_ledger_entries"].samples
    assert entries.value == still.node.ledger.size()
    assert (
        'tearline_http_requests_total{method="GET",route="/items/{item}",status="2xx"} 1.0' in text
        or 'route="/items/{item}",status="4xx"} 1.0' in text
    )


def test_no_label_names_a_person_an_item_or_a_request(still: World) -> None:
    client, metrics = site(still)
    pages = [*links(client.get("/").text), *links(client.get("/releases").text)]
    assert len({client.get(path).status_code for path in pages if "practice" in path}) >= 1
    assert len(pages) > 10
    templates = {template for template, _ in routes_of(create_app(still.node, demo=True))}
    for family in metrics.registry.collect():
        for sample in family.samples:
            assert not [v for v in sample.labels.values() if "practice" in v], sample
            if "route" in sample.labels:
                assert sample.labels["route"] in templates | {"/static", "/witness", "unrouted"}


def test_whatever_is_sent_there_are_no_more_series_than_routes(still: World) -> None:
    client, metrics = site(still)
    for n in range(40):
        client.get(f"/items/x{n}/y{n}")
        client.get(f"/nothing-{n}")
        client.request(f"BREW{n}", "/")
    labels = {
        (s.labels["route"], s.labels["method"])
        for family in metrics.registry.collect()
        if family.name == "tearline_http_requests"
        for s in family.samples
    }
    assert len(labels) <= 3, labels


def test_a_label_has_no_more_values_than_its_bound(still: World) -> None:
    _, metrics = site(still)
    for n in range(MOST + 50):
        metrics.refused(f"rule-{n}")
    metrics.refused("No rule\n at all")
    (family,) = [f for f in metrics.registry.collect() if f.name == "tearline_refusals"]
    counts = {s.labels["rule"]: s.value for s in family.samples}
    assert len(counts) == MOST + 1
    assert counts[OTHER] == 51


def test_a_refusal_is_counted_by_its_rule(still: World) -> None:
    app = create_app(still.node, demo=True)

    def refuse(request: Request) -> Response:
        raise Refused("signs-once", Words("no", "no"))

    app.add_route("/refuse", refuse)
    assert TestClient(app, base_url=BASE).get("/refuse").status_code == 409
    (family,) = [f for f in app.state.metrics.registry.collect() if f.name == "tearline_refusals"]
    assert {s.labels["rule"]: s.value for s in family.samples} == {"signs-once": 1.0}


def test_facts_and_what_is_overdue_are_counted(world: World) -> None:
    client, metrics = site(world, Role.CASE_AGENT)
    before = read(metrics)
    assert "tearline_facts_recorded_total 0.0" in before
    sent = client.post("/items/practice.item-1/dissent", data={"key": "k", "reasons": "It is too soon."})
    assert sent.status_code == 303
    after = read(metrics)
    assert "tearline_facts_recorded_total 1.0" in after
    world.clock.move(days=400)
    _, later = site(world)
    (family,) = [f for f in later.registry.collect() if f.name == "tearline_obligations_overdue"]
    assert sum(s.value for s in family.samples) > 0


def test_figures_are_served_on_this_machine_alone_and_under_one_address(still: World) -> None:
    _, metrics = site(still)
    with (
        pytest.raises(ValueError, match="this machine"),
        serving_metrics(metrics, Endpoint(host="10.0.0.1", port=0)),
    ):
        pass
    with serving_metrics(metrics, HERE) as port:
        for path, host, method, status in (
            ("/metrics", "evil.invalid", "GET", 400),
            ("/metrics", f"evil.invalid:{port}", "GET", 400),
            ("/", "localhost", "GET", 404),
            ("/metrics", f"localhost:{port}", "POST", 405),
        ):
            asked = urllib.request.Request(f"{BASE}:{port}{path}", headers={"host": host}, method=method)  # noqa: S310
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(asked)  # noqa: S310  our own address
            assert refused.value.code == status
            refused.value.close()
        with (
            pytest.raises(OSError, match=r"choose another for site\.metrics"),
            serving_metrics(metrics, Endpoint(host="127.0.0.1", port=port)),
        ):
            pass


def test_a_node_that_broke_still_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    from tearline.node import make_node

    folder = tmp_path_factory.mktemp("broken")
    node = make_node(folder / "node", origin="figures.invalid/a", demo=True)
    metrics: Metrics = create_app(node, demo=True).state.metrics
    node.ledger.close()
    for file in (folder / "node").glob("ledger.db*"):
        file.unlink()
    text = read(metrics)
    assert "tearline_node_stopped 1.0" in text
    assert "tearline_ledger_entries" not in text
