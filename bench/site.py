"""Every kind of page over a million facts, to sixteen readers at once: ``python -m bench site``.

The node is made once, in some minutes, and kept where ``TEARLINE_BENCH_NODE`` says (a folder), else in a temporary
one; ``TEARLINE_BENCH_FACTS`` asks for another size, ``TEARLINE_BENCH_KINDS`` for those kinds alone whose names match
(a regular expression). It is served as ``tearline serve`` serves it. Each page is then
asked for by wrk over loopback, 16 connections that each wait for their answer, for some seconds; where wrk is not
installed, by as many threads of this process, which then take a part of the same processors. Every kind of page is
visited under many addresses in turn. Before it is measured, each page is asked for once, alone, with ``gzip``.
"""

import gzip
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.agency import LONG_CHAIN, lay_down
from bench.page import resident
from tearline.facts.history import History, Question, Role, about
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import SuperiorNamed
from tearline.facts.release import CopyReleased, ItemReleased, ReleaseRequested, VerdictReached
from tearline.folds.people import People, people_question, upwards
from tearline.node import Node, open_node

SERVE = "import sys; from tearline.cli.run import run; sys.exit(run(None))"
FACTS = 1_000_000
READERS = 16
SECONDS = 5
ADDRESSES = 200
"""How many different addresses of one kind are visited."""
TARGET_MS = 100.0
READS = 500
SEARCH = "search"
SEED = 5
TOP = PersonId(f"person-long-{LONG_CHAIN - 1}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of page: its addresses, and as whom it is visited."""

    name: str
    paths: Sequence[str]
    role: Role = Role.RELEASING_OFFICER
    reads: bool = False
    """Whether it is JSON that a program asks for, with a token, and no page."""

    @property
    def headers(self) -> dict[str, str]:
        """By which a demonstration knows who asks."""
        role = self.role.value
        return {"Authorization": f"Bearer demo:{role}"} if self.reads else {"Cookie": f"identity={role}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of one kind: milliseconds at three percentiles, answers a second, and answers that were no page."""

    p50: float
    p95: float
    p99: float
    a_second: float
    failed: int


def run() -> None:
    """Print one line a kind of page."""
    with TemporaryDirectory() as folder:
        data = Path(os.environ.get("TEARLINE_BENCH_NODE") or Path(folder) / "node")
        if not data.exists():
            began = time.perf_counter()
            lay_down(data, int(os.environ.get("TEARLINE_BENCH_FACTS", FACTS)))
            print(f"laid down in {time.perf_counter() - began:.0f} s: {data}", flush=True)
        node = open_node(data)
        chains(node)
        wanted = re.compile(os.environ.get("TEARLINE_BENCH_KINDS", ""))
        kinds = [kind for kind in (*pages(node), *reads(node)) if wanted.search(kind.name)]
        print(f"{node.ledger.size():,} facts; load average {os.getloadavg()[0]:.1f} of {os.cpu_count()}")
        node.close()
        with serving(data) as (port, server, ready):
            print(f"ready {ready:.1f} s after the start; memory {resident(server)} MiB", flush=True)
            if any(kind.name == SEARCH for kind in kinds):
                filled(port)
            measure(port, server, kinds)


def pages(node: Node) -> list[Kind]:
    """The kinds of pages, with addresses spread over the whole record."""
    pick = random.Random(SEED)

    def found(kind: type, field: str, where: str) -> list[str]:
        history = node.ledger.read_since(about(kinds=(kind,)), pick.randrange(node.ledger.size() // 2))
        facts = [r for r in history if r.told is None]
        some = pick.sample(facts, min(ADDRESSES, len(facts)))
        return [where.format(getattr(r.fact, field), r.position) for r in some]

    size = node.ledger.size()
    units = [f"unit-{pick.randrange(1, 400)}" for _ in range(ADDRESSES)]
    people = [f"{unit.replace('unit', 'person')}-{pick.randrange(24)}" for unit in units]
    past = [f"?at={2024 + pick.randrange(2)}-{pick.randrange(1, 13):02}-15" for _ in units]
    released = found(ItemReleased, "request", "/releases/{}")
    homes = [Kind(name=f"home, {role.value}", paths=["/"], role=role) for role in Role if role in HOMES]
    return [
        *homes,
        Kind(name="releases", paths=["/releases", "/releases?open=50", "/releases?released=5000"]),
        Kind(name="request, any", paths=found(ReleaseRequested, "request", "/releases/{}")),
        Kind(name="request, released", paths=released),
        Kind(name="request, open", paths=still_open(node)),
        Kind(
            name="verdict, rule by rule", paths=found(VerdictReached, "request", "/releases/{}/verdicts/{}")
        ),
        Kind(name="item", paths=found(ReleaseRequested, "item", "/items/{}")),
        Kind(name="copy", paths=found(CopyReleased, "copy", "/copies/{}")),
        Kind(name="parties", paths=["/parties", "/parties?units=200"]),
        Kind(name="unit", paths=[f"/units/{unit}" for unit in units]),
        Kind(name="person", paths=[f"/people/{person}" for person in people]),
        Kind(
            name="person, in the past", paths=[f"/people/{p}{at}" for p, at in zip(people, past, strict=True)]
        ),
        Kind(name=f"person, chain of {LONG_CHAIN}", paths=[f"/people/{TOP}{at}" for at in past]),
        Kind(name="agreement", paths=[f"/agreements/agreement-{n}" for n in range(20)]),
        Kind(name="leaks", paths=["/leaks"]),
        Kind(name="leak", paths=found(CompromiseReported, "compromise", "/leaks/{}")),
        Kind(name="harm", paths=["/harm"], role=Role.HARM_DESK),
        Kind(name="operations", paths=["/operations", "/operations?from=100"]),
        Kind(name="operation", paths=found(OperationDeclared, "operation", "/operations/{}")),
        Kind(name="obligations", paths=["/obligations", "/obligations?from=5000"]),
        Kind(name="protocols", paths=["/protocols"]),
        Kind(name="protocol", paths=["/protocols/cross-border/1"]),
        Kind(name="rule", paths=["/protocols/cross-border/1/rules/partner-release"]),
        Kind(name="ledger", paths=["/ledger", f"/ledger?before={size // 2}"]),
        Kind(
            name="ledger entry", paths=[f"/ledger/entries/{pick.randrange(size)}" for _ in range(ADDRESSES)]
        ),
        Kind(name=SEARCH, paths=["/search?q=agreement", *(f"/search?q={one}" for one in units)]),
        Kind(name="calendar, a month", paths=["/calendar"]),
        Kind(
            name="calendar, a day",
            paths=[f"/calendar/{node.clock() + timedelta(n):%Y-%m-%d}" for n in range(60)],
        ),
        Kind(name="activity of an item", paths=found(ReleaseRequested, "item", "/items/{}/activity")),
        Kind(name="activity of a unit", paths=[f"/units/{unit}/activity" for unit in units]),
        Kind(name="notifications", paths=["/notifications"]),
    ]


def reads(node: Node) -> list[Kind]:
    """What a program reads. A demonstration's token proves nothing, and is not counted as others are by the minute."""
    pick = random.Random(SEED)
    size = node.ledger.size()
    known = node.ledger.read_since(about(kinds=(ReleaseRequested,)), size - size // 4).of(ReleaseRequested)
    some = pick.sample(known, min(ADDRESSES, len(known)))
    ofs = ("ReleaseRequested", "VerdictReached", "ItemReleased", "PersonVettingDecided")
    lists = {
        "requests": ["?limit=50", "?state=open", "?state=released"],
        "queue": [""],
        "obligations": ["?limit=50", "?limit=50&discharged=false"],
        "facts": ["?limit=50", *(f"?limit=50&kind={kind}" for kind in ofs)],
    }
    return [
        Kind(name="API: one fact", paths=[f"/api/v1/facts/{pick.randrange(size)}" for _ in some], reads=True),
        Kind(name="API: one item", paths=[f"/api/v1/items/{r.fact.item}" for r in some], reads=True),
        Kind(name="API: one request", paths=[f"/api/v1/requests/{r.fact.request}" for r in some], reads=True),
        *(
            Kind(name=f"API: {what}", paths=[f"/api/v1/{what}{asked}" for asked in some], reads=True)
            for what, some in lists.items()
        ),
    ]


def filled(port: int) -> None:
    """The index of search reads on a little each time that something is looked for: so often that it has all."""
    kind = Kind(name=SEARCH, paths=[], reads=True)
    whole = False
    while not whole:
        status, body, _ = fetch(port, "/api/v1/search?q=unit&limit=1", kind)
        if status != 200:
            raise RuntimeError(f"search: {status}")
        whole = json.loads(body)["whole"]


CHOICES = ("/releases/new", "/leaks/new", "/harm/new", "/harm/counts/new")
"""Forms in which one chooses among all items or releases that there are."""
SEARCHES = (
    ("/leaks/new", "item", "item 12"),
    ("/leaks/new", "item", "agency"),
    ("/harm/new", "release", "unit 12"),
    ("/releases/new", "unit", "vetted 3"),
)
"""What is looked for in them, as a script does while somebody types."""
VISITS = 20
HOMES = frozenset(Role) - {Role.NODE, Role.CHRONICLER}


def still_open(node: Node) -> list[str]:
    """Requests of the last weeks that nobody released: their verdict is reached anew at each visit."""
    size = node.ledger.size()
    known = node.ledger.read_since(about(kinds=(ReleaseRequested, ItemReleased)), max(0, size - 20_000))
    out = {r.fact.request for r in known.of(ItemReleased)}
    return [f"/releases/{r.fact.request}" for r in known.of(ReleaseRequested) if r.fact.request not in out][
        -ADDRESSES:
    ]


def chains(node: Node) -> None:
    """Who stood above the last of a chain of 500, and how, at instants of the past."""
    took: list[float] = []
    pick = random.Random(SEED)
    unit = UnitId("unit-0")

    def ask(so_far: History) -> Question:
        return people_question(upwards(so_far, (TOP,)), (unit,))

    # Who was ever named above whom, as a serving process has read it by the time that it is ready.
    node.links.learn(node.ledger.read(about(kinds=(SuperiorNamed,))))
    began = time.perf_counter()
    known, _ = node.gather(ask)
    first = time.perf_counter() - began
    for _ in range(50):
        at = node.clock() - timedelta(days=pick.randrange(1, 900))
        began = time.perf_counter()
        known, _ = node.gather(ask)
        people = People(known.as_known(at), at)
        assert len(people.links(TOP)) > LONG_CHAIN
        people.weakest(TOP)
        took.append(1e3 * (time.perf_counter() - began))
    took.sort()
    print(
        f"the chain of {LONG_CHAIN} at a past instant: median {statistics.median(took):.1f} ms,"
        f" p95 {took[47]:.1f} ms; first, read from the disk, {1e3 * first:.0f} ms"
    )


def measure(port: int, server: int, kinds: Sequence[Kind]) -> None:
    wrk = shutil.which("wrk")
    print(
        f"{READERS} readers, {SECONDS} s a kind, by {'wrk' if wrk else 'threads of this process: no wrk here'}"
    )
    columns = ("p50 ms", "p95 ms", "p99 ms", "a second", "CPU ms", "alone ms", "KiB", "gzip", "MiB", "load")
    print(f"{'page':28}" + "".join(f"{column:>9}" for column in columns))
    missed = []
    told: list[str] = []
    for kind in kinds:
        if not kind.paths:
            print(f"{kind.name:28} none on record")
            continue
        alone, plain, packed = once(port, kind)
        before = processor(server)
        found = by_wrk(wrk, port, kind) if wrk else by_threads(port, kind)
        cpu = 1e3 * (processor(server) - before) / max(found.a_second * SECONDS, 1)
        if kind.reads:
            told.append(f"{kind.name.removeprefix('API: ')} {found.a_second:.0f}")
        if (found.p95 > TARGET_MS and not kind.reads) or found.failed:
            missed.append(f"{kind.name} ({found.p95:.0f} ms{', failed' if found.failed else ''})")
        figures = (
            f"{found.p50:9.1f}{found.p95:9.1f}{found.p99:9.1f}{found.a_second:9.0f}{cpu:9.1f}{alone:9.1f}"
        )
        sizes = f"{plain / 1024:9.0f}{packed / 1024:9.1f}{resident(server):9}{os.getloadavg()[0]:9.1f}"
        print(
            f"{kind.name:28}{figures}{sizes}{'  FAILED ' + str(found.failed) if found.failed else ''}",
            flush=True,
        )
    choices(port, server)
    print(f"first page with all that it loads: {weight(port) / 1024:.0f} KiB compressed")
    print(f"JSON reads a second, of which {READS} are to be reached: {', '.join(told)}")
    print(f"above {TARGET_MS:.0f} ms at p95: {', '.join(missed) or 'none'}")


def choices(port: int, server: int) -> None:
    """The forms with choosers and searches in them, one after the other, alone."""
    while b"index is still being made" in search(port, *SEARCHES[0]):
        time.sleep(1)
    for path in CHOICES:
        role = Role.HARM_DESK if path.startswith("/harm") else Role.RELEASING_OFFICER
        kind = Kind(name=path, paths=[path], role=role)
        alone, plain, packed = once(port, kind)
        before = processor(server)
        for _ in range(VISITS):
            fetch(port, path, kind, packed=True)
        cpu = 1e3 * (processor(server) - before) / VISITS
        sizes = f"{plain / 1024:.0f} KiB, {packed / 1024:.1f} compressed"
        print(f"{path}, one visit alone: {alone:.1f} ms, CPU {cpu:.1f} ms, {sizes}", flush=True)
    for path, field, words in SEARCHES:
        took: list[float] = []
        body = b""
        before = processor(server)
        for _ in range(VISITS):
            began = time.perf_counter()
            body = search(port, path, field, words)
            took.append(1e3 * (time.perf_counter() - began))
        cpu = 1e3 * (processor(server) - before) / VISITS
        print(
            f"{path}, {field} looked for by {words!r}: {min(took):.1f} ms, median {statistics.median(took):.1f},"
            f" CPU {cpu:.1f} ms, {len(body) / 1024:.1f} KiB",
            flush=True,
        )


def search(port: int, path: str, field: str, words: str) -> bytes:
    """The one part of the form that a script puts into its place."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": f"identity={Role.RELEASING_OFFICER.value}"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", path, urlencode({"one-part": field, f"look-for-{field}": words}), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def processor(process: int) -> float:
    """Seconds of processor time that this process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fetch(port: int, path: str, kind: Kind, *, packed: bool = False) -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = kind.headers | ({"Accept-Encoding": "gzip"} if packed else {})
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers.get("content-encoding", "")


def once(port: int, kind: Kind) -> tuple[float, int, int]:
    """One visit alone: milliseconds (the better of two), bytes of the page, and bytes as they are sent."""
    took = []
    plain = packed = 0
    for path in [*kind.paths[:2], *kind.paths[:2]]:
        began = time.perf_counter()
        status, body, encoding = fetch(port, path, kind, packed=True)
        took.append(1e3 * (time.perf_counter() - began))
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        plain, packed = len(gzip.decompress(body) if encoding == "gzip" else body), len(body)
    return min(took), plain, packed


def weight(port: int) -> int:
    """Bytes of the first page and of everything that it names, as they are sent."""
    _, body, encoding = fetch(port, "/", Kind(name="", paths=[]), packed=True)
    html = gzip.decompress(body) if encoding == "gzip" else body
    total = len(body)
    for asset in sorted(set(re.findall(rb'"(/static/[^"]+)"', html))):
        total += len(fetch(port, asset.decode(), Kind(name="", paths=[]), packed=True)[1])
    return total


SCRIPT = """
local paths = {{ {paths} }}
local at = {first}
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  io.write(string.format('{{"p50":%f,"p95":%f,"p99":%f,"a_second":%f,"failed":%d}}\\n',
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    summary.requests / summary.duration * 1e6,
    summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect))
end
"""


def by_wrk(wrk: str, port: int, kind: Kind) -> Measured:
    with TemporaryDirectory() as folder:
        script = Path(folder) / "pages.lua"
        quoted = ", ".join(f'"{path}"' for path in kind.paths)
        script.write_text(SCRIPT.format(paths=quoted, first=0), encoding="utf-8")
        asked = [wrk, "-t1", f"-c{READERS}", f"-d{SECONDS}s", "--timeout", "60s", "-s", str(script)]
        headers = kind.headers | {"Accept-Encoding": "gzip"}
        asked += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        told = subprocess.run(  # noqa: S603  our own server, our own script
            [*asked, f"http://127.0.0.1:{port}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS + 90,
        )
    found = json.loads(told.stdout.strip().splitlines()[-1])
    return Measured(**found)


def by_threads(port: int, kind: Kind) -> Measured:
    took: list[float] = []
    failed: list[str] = []
    until = time.perf_counter() + SECONDS

    def reader(n: int) -> None:
        while time.perf_counter() < until:
            path = kind.paths[n % len(kind.paths)]
            began = time.perf_counter()
            status, _, _ = fetch(port, path, kind, packed=True)
            took.append(1e3 * (time.perf_counter() - began))
            if status != 200:
                failed.append(path)
            n += READERS

    threads = [threading.Thread(target=reader, args=(n,)) for n in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()

    def at(share: float) -> float:
        return took[min(len(took) - 1, int(len(took) * share))]

    return Measured(p50=at(0.5), p95=at(0.95), p99=at(0.99), a_second=len(took) / SECONDS, failed=len(failed))


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int, float]]:
    """``tearline serve`` on a free port: port, process number, and seconds until it was ready."""
    began = time.perf_counter()
    server = subprocess.Popen(  # noqa: S603  our own server
        [sys.executable, "-c", SERVE, "serve", "--data", str(data), "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        told = ""
        while not told.rstrip().endswith("}"):
            told += server.stdout.readline()
        port = int(json.loads(told)["url"].rstrip("/").rpartition(":")[2])
        while True:
            status, _, _ = fetch(port, "/readyz", Kind(name="", paths=[]))
            if status == 200:
                break
            time.sleep(0.2)
        yield port, server.pid, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(timeout=60)


if __name__ == "__main__":
    run()
