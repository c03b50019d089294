"""Figures of a serving node for Prometheus: how it does, never what it holds.

Names follow Prometheus's conventions (prometheus.io/docs/practices/naming): base units, ``_total`` on counters. A label
is a route's template, a method, a class of status, a rule's id or a kind of obligation: nothing that names a person, an
item or a request, and of no label are there more values than ``MOST``; what comes beyond is counted as ``other``.

They are read on a listener of their own on this machine (``site.metrics``), and not on the site's port.
"""

import re
import socket
import threading
import time
from collections import Counter as Counted
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import (
    GC_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.registry import Collector

from tearline.config import Endpoint
from tearline.config.site import LOOPBACK_NAMES
from tearline.facts.errors import Broken
from tearline.ledger.note import Checkpoint, Note
from tearline.node import Node
from tearline.projections import Projections

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which says when it was first seen

MOST = 200
OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The buckets of the histogram; 0.1 is what pages are held to."""
KEPT = 30.0
"""Seconds for which the count of what is overdue is kept: it reads every obligation on record."""
_RULE = re.compile(r"[a-z][a-z0-9.:/-]{0,79}")


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self, node: Node, projections: Projections) -> None:
        self.registry = CollectorRegistry()
        self.waiting: Callable[[], int] | None = None
        """How many acts wait for their signature, where something keeps such a queue."""
        self._labels = _Bounded()
        self._requests = Counter(
            "tearline_http_requests",
            "Requests answered, by route template, method and class of status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tearline_http_request_duration_seconds",
            "How long requests took, by route template and method.",
            ("route", "method"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._now = Gauge(
            "tearline_http_requests_in_progress", "Requests being answered.", registry=self.registry
        )
        self._refusals = Counter(
            "tearline_refusals", "Acts that were refused, by rule.", ("rule",), registry=self.registry
        )
        self.registry.register(_NodeFigures(node, projections, self))
        ProcessCollector(registry=self.registry)
        self.registry.register(GC_COLLECTOR)

    @contextmanager
    def in_progress(self) -> Iterator[None]:
        self._now.inc()
        try:
            yield
        finally:
            self._now.dec()

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer. ``status`` 0: the connection was gone before there was one."""
        route = self._labels.held("route", route)
        self._requests.labels(route, method, f"{status // 100}xx" if status else "none").inc()
        self._seconds.labels(route, method).observe(seconds)

    def refused(self, rule: str) -> None:
        """Count one refusal by this rule."""
        self._refusals.labels(self._labels.held("rule", rule_word(rule))).inc()


def rule_word(rule: str) -> str:
    """A rule's id, as it may stand in a figure or an event; ``other`` for what has not the form of one."""
    return rule if _RULE.fullmatch(rule) else OTHER


class _Bounded:
    """Keeps the values of a label to the first ``MOST`` that were seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, set[str]] = {}

    def held(self, label: str, value: str) -> str:
        with self._lock:
            seen = self._seen.setdefault(label, set())
            if value not in seen and len(seen) >= MOST:
                return OTHER
            seen.add(value)
            return value


class _NodeFigures(Collector):
    """What is read from the node when the figures are asked for."""

    def __init__(self, node: Node, projections: Projections, metrics: Metrics) -> None:
        self._node = node
        self._projections = projections
        self._metrics = metrics
        self._labels = _Bounded()
        self._began = self._size()
        self._overdue: tuple[float, Counted[str]] | None = None
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        return ()  # the registry then asks nobody what there will be, and reads no ledger for it

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "tearline_node_stopped",
            "Whether the node records nothing, and why is to be found out.",
            self._stopped(),
        )
        if self._metrics.waiting is not None:
            yield _gauge(
                "tearline_acts_awaiting_signature",
                "Acts shown that nobody has signed yet.",
                self._metrics.waiting(),
            )
        try:
            figures = [*self._ledger(), self._owed()]
        except (Broken, TimeoutError):
            return  # absent figures are seen as absent; tearline_node_stopped and readyz say that something is wrong
        yield from figures

    def _stopped(self) -> int:
        return int(self._node.stopped is not None or self._size() is None)

    def _size(self) -> int | None:
        try:
            return self._node.ledger.size()
        except (Broken, TimeoutError):
            return None

    def _ledger(self) -> Iterator[Metric]:
        ledger, now = self._node.ledger, self._node.clock()
        size = ledger.size()
        yield _gauge("tearline_ledger_entries", "Facts in the ledger.", size)
        yield CounterMetricFamily(
            "tearline_facts_recorded",
            "Facts recorded since this process started, by whichever process.",
            value=size - (self._began or 0),
        )
        last = ledger.entry(size - 1).recorded.recorded_at if size else now
        yield _gauge(
            "tearline_checkpoint_age_seconds",
            "Time since the latest fact that the ledger's checkpoint covers was recorded.",
            _seconds(last, now),
        )
        note = self._node.published.read() if self._node.published else None
        covered = min(size, Checkpoint.parse(Note.parse(note).text).size) if note else 0
        yield _gauge(
            "tearline_witness_lag_entries",
            "Facts that the last published checkpoint does not cover: too few witnesses have cosigned them.",
            size - covered,
        )
        waiting = ledger.entry(covered).recorded.recorded_at if covered < size else now
        yield _gauge(
            "tearline_witness_lag_seconds",
            "How long the first fact that is not covered has waited.",
            _seconds(waiting, now),
        )

    def _owed(self) -> Metric:
        family = GaugeMetricFamily(
            "tearline_obligations_overdue", "Obligations past their date, by kind.", labels=("kind",)
        )
        for kind, count in sorted(self._counted().items()):
            family.add_metric((kind,), count)
        return family

    def _counted(self) -> Counted[str]:
        with self._lock:
            if self._overdue is None or time.monotonic() - self._overdue[0] > KEPT:
                kinds = _late(self._projections, self._node.clock())
                counted = Counted(self._labels.held("kind", kind) for kind in kinds)
                self._overdue = time.monotonic(), counted
            return self._overdue[1]


def _late(projections: Projections, now: datetime) -> Iterator[str]:
    """The kind of each obligation that is past its date; not those of worked cases."""
    for owed in projections.overdue(now):
        if not owed.hindsight:
            yield owed.kind


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)


def _seconds(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Nothing: who reads figures every few seconds is no event."""


def metrics_app(metrics: Metrics, hosts: tuple[str, ...]) -> "WSGIApplication":
    """``GET /metrics`` and nothing else, under a name of this machine: a page elsewhere cannot have it read out."""
    figures = make_wsgi_app(metrics.registry, disable_compression=True)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        host = str(environ.get("HTTP_HOST", "")).rpartition(":")[0] or str(environ.get("HTTP_HOST", ""))
        if host not in hosts:
            return _refused(start, "400 Bad Request")
        if environ["PATH_INFO"] != "/metrics":
            return _refused(start, "404 Not Found")
        if environ["REQUEST_METHOD"] != "GET":
            return _refused(start, "405 Method Not Allowed")
        written: Iterable[bytes] = figures(environ, start)
        return written

    return answer


def _refused(start: "StartResponse", status: str) -> Iterable[bytes]:
    start(status, [("content-type", "text/plain; charset=utf-8")])
    return [f"{status[4:].lower()}\n".encode()]


@contextmanager
def serving_metrics(metrics: Metrics, endpoint: Endpoint) -> Iterator[int]:
    """Serve the figures on a loopback address within the block, from a thread of its own; yields the port.

    OSError when the port is taken.
    """
    if not endpoint.loopback:
        raise ValueError("figures are for this machine alone")
    host = "127.0.0.1" if endpoint.host == "localhost" else endpoint.host
    app = metrics_app(metrics, LOOPBACK_NAMES)
    try:
        server = make_server(host, endpoint.port, app, _server(host), handler_class=_Silent)
    except OSError as error:
        told = f"{error.strerror}; choose another for site.metrics in node.json"
        raise OSError(error.errno, told, str(endpoint)) from None
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="metrics")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _server(host: str) -> type[_Server]:
    class OfItsFamily(_Server):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def server_bind(self) -> None:
            """Without asking any name server what this machine is called, as http.server would."""
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(self.server_address)
            self.server_address = self.socket.getsockname()
            self.server_name, self.server_port = host, self.server_address[1]
            self.setup_environ()

    return OfItsFamily
