"""The release page with 100,000 facts in the ledger, served to one reader, and the memory of the serving process."""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.worlds import fill, populate
from tearline.node import make_node

FACTS = 100_000
VISITS = 200
REQUESTS = 40
"""How many different requests are looked at, so that the page is not always the same one."""

SERVE = """
import sys
from pathlib import Path
import uvicorn
from tearline.node import open_node
from tearline.web.app import create_app
node = open_node(Path(sys.argv[1]))
uvicorn.run(create_app(node, demo=True), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
"""


def run() -> None:
    """Print one line a page."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "node"
        node = make_node(data, origin="bench.invalid/tearline", demo=True)
        populate(node, chain=10)
        fill(node, FACTS)
        facts = node.ledger.size()
        node.ledger.close()
        with serving(data) as (port, process):
            base = f"http://127.0.0.1:{port}"
            print(
                f"{facts} facts; load average {os.getloadavg()[0]:.1f}; memory at start {resident(process)} MiB"
            )
            numbers = [1 + n * (facts // 700) for n in range(REQUESTS)]
            measure(base, "release page", [f"/releases/request-{n}" for n in numbers], VISITS)
            print(f"memory after release pages {resident(process)} MiB")
            for name, path in (("home", "/"), ("obligations", "/obligations"), ("releases", "/releases")):
                measure(base, name, [path], 3)
            print(f"memory after pages over the whole record {resident(process)} MiB")


def measure(base: str, name: str, paths: list[str], visits: int) -> None:
    """Time whole answers over loopback; every one must be a page."""
    took = []
    size = 0
    for n in range(visits):
        reader = {"Cookie": "identity=case-agent"}
        asked = urllib.request.Request(base + paths[n % len(paths)], headers=reader)  # noqa: S310  an address of our own loopback server
        start = time.perf_counter()
        with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310  our own loopback server
            size = len(answer.read())
        took.append(time.perf_counter() - start)
    first, took = took[0], sorted(took)
    print(
        f"{name:14} median {statistics.median(took) * 1e3:8.1f} ms; p99 {took[int(len(took) * 0.99)] * 1e3:8.1f} ms;"
        f" first {first * 1e3:8.1f} ms; {visits} visits to {len(paths)} pages of {size / 1024:.0f} KiB"
    )


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """A serving process on a free port; its process number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(data), str(port)])  # noqa: S603  our own server
    try:
        for tried in count():
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if tried > 600 or server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def resident(process: int) -> int:
    """Resident memory in MiB."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise LookupError("no VmRSS")


if __name__ == "__main__":
    run()
