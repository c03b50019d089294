"""A real process: what it serves, what it writes down, and how it ends, in order or at once."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tearline.config import FILE
from tearline.facts.history import about
from tearline.facts.release import DissentRecorded
from tearline.node import open_node
from tests.cli.conftest import Run
from tests.cli.tls import make_certificate

THREADS = 6
WARM = 180
"""Seconds after which a node that is not ready is broken and not slow."""
DISSENT = "/items/practice.night-ferry/dissent"


def configure(data: Path, **site: object) -> None:
    held = json.loads((data / FILE).read_text())
    (data / FILE).write_text(json.dumps(held | {"site": site}))


class Served:
    """A node that is served by a process of its own; what it wrote to standard error, line by line."""

    def __init__(self, data: Path, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "tearline.cli",
            "serve",
            "--data",
            str(data),
            "--port",
            "0",
            *arguments,
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
        )
        assert self.process.stderr is not None
        self.lines = self.process.stderr
        first = self.lines.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", first)
        assert found, first
        self.port = int(found[1])
        self.first = first

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        headers = {"cookie": "identity=case-agent", "content-type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as asked:
            asked.request(method, path, urllib.parse.urlencode(form or {}), headers)
            answer = asked.getresponse()
            answer.read()
            return answer

    def wait_until_ready(self) -> None:
        """It is warming at first: reading the record and compiling, for longer where the machine has other work."""
        until = time.monotonic() + WARM
        while (answer := self.ask("GET", "/readyz")).status != 200:
            assert self.process.poll() is None
            assert time.monotonic() < until, answer.status
            time.sleep(0.1)

    def wait(self) -> tuple[int, list[str]]:
        """Exit status and the rest of what it wrote."""
        rest = self.lines.read().splitlines()
        return self.process.wait(timeout=30), rest


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[Served]:
    served = Served(data, *arguments)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.wait()
        served.lines.close()


@contextmanager
def hanging(served: Served) -> Iterator[None]:
    """A request whose body never ends."""
    served.wait_until_ready()
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as asked:
        asked.putrequest("POST", DISSENT)
        asked.putheader("cookie", "identity=case-agent")
        asked.putheader("content-type", "application/x-www-form-urlencoded")
        asked.putheader("content-length", "1000")
        asked.endheaders(b"key=")
        time.sleep(0.3)
        yield


class Poster(threading.Thread):
    """Posts one act after the other until the site no longer answers."""

    def __init__(self, served: Served, name: str) -> None:
        super().__init__(name=name)
        self.served = served
        self.sent = 0
        self.recorded: set[int] = set()
        self.refused: list[int] = []

    def run(self) -> None:
        while True:
            form = {"key": f"{self.name}-{self.sent}", "reasons": f"Too soon, {self.name} {self.sent}."}
            self.sent += 1
            try:
                answer = self.served.ask("POST", DISSENT, form)
            except (OSError, http.client.HTTPException):
                return
            found = re.search(r"recorded=(\d+)", answer.headers.get("location", ""))
            if answer.status == 303 and found:
                self.recorded.add(int(found[1]))
            else:
                self.refused.append(answer.status)


def test_told_to_stop_amid_posts_every_act_is_recorded_and_answered_or_neither(node: Path) -> None:
    """Nothing that was answered is lost, and nothing was recorded of which its sender got no answer."""
    with serving(node, "--log-format", "json") as served:
        served.wait_until_ready()
        posters = [Poster(served, f"p{n}") for n in range(THREADS)]
        for poster in posters:
            poster.start()
        until = time.monotonic() + 60
        while sum(len(p.recorded) for p in posters) < 4 * THREADS and time.monotonic() < until:
            time.sleep(0.02)
        served.process.send_signal(signal.SIGTERM)
        for poster in posters:
            poster.join(30)
        status, rest = served.wait()
    assert status == 0
    answered = set[int]().union(*(p.recorded for p in posters))
    assert len(answered) == sum(len(p.recorded) for p in posters) >= 4 * THREADS
    assert all(code == 503 for p in posters for code in p.refused)
    opened = open_node(node)
    kept = {
        r.position
        for r in opened.ledger.read(about(kinds=(DissentRecorded,))).of(DissentRecorded)
        if r.position >= min(answered)
    }
    opened.ledger.check()
    opened.close()
    assert kept == answered
    events = [json.loads(line) for line in rest]
    assert [e["event"] for e in events if e["event"] != "request"] == ["stopping", "stopped"]
    assert events[-1]["in_time"] == "yes"
    assert "Too soon" not in "".join(rest)


def test_a_second_signal_ends_it_at_once(node: Path) -> None:
    """A request that never ends would keep it for its whole limit."""
    with serving(node) as served, hanging(served):
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert served.process.poll() is None
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=10) == 128 + signal.SIGTERM
        assert time.monotonic() - began < 10


def test_what_is_under_way_is_waited_for_no_longer_than_its_limit(node: Path) -> None:
    configure(node, stop_seconds=1)
    with serving(node) as served, hanging(served):
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        status, _ = served.wait()
        assert status == 0
        assert 0.9 < time.monotonic() - began < 8


def test_figures_and_https_are_served_as_node_json_says(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "node"
    run("init", "--data", data)
    until = datetime.now(UTC) + timedelta(days=90)
    certificate, key = make_certificate(tmp_path, "node.agency.example", until)
    tls = {"certificate": str(certificate), "key": str(key)}
    configure(data, address="https://node.agency.example", tls=tls, metrics="127.0.0.1:0")
    with serving(data, "--log-format", "json") as served:
        event = json.loads(served.first)
        assert (event["event"], event["address"]) == ("serving", "https://node.agency.example/")
        trusting = ssl.create_default_context(cafile=str(certificate))
        asked = http.client.HTTPSConnection("127.0.0.1", served.port, context=trusting, timeout=30)
        asked.sock = trusting.wrap_socket(_connected(served.port), server_hostname="node.agency.example")
        asked.request("GET", "/healthz", headers={"host": "node.agency.example"})
        answer = asked.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok\n")
        assert "server" not in {name.lower() for name, _ in answer.getheaders()}
        asked.request("GET", "/", headers={"host": "127.0.0.1"})
        assert asked.getresponse().status == 400
        asked.close()
        with suppress(OSError, http.client.HTTPException):
            plain = served.ask("GET", "/healthz")
            pytest.fail(f"answered in the clear with {plain.status}")
        served.process.send_signal(signal.SIGTERM)
        assert served.wait()[0] == 0


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def test_a_node_that_is_not_sure_does_not_start(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "node"
    run("init", "--data", data)
    ran = run("serve", "--host", "0.0.0.0", "--data", data)  # noqa: S104
    assert ran.status == 2
    assert "expected a loopback address, or a site.address" in ran.line
    configure(data, address="https://node.agency.example")
    assert run("serve", "--data", data).line.startswith(f"{data / FILE}: site.tls: expected")
