"""The static export of 100,000 entries and its verification: ``python -m bench.export``.

The ledger is a real one. "Raw" writes the same bytes to as many files, each synced, and hashes nothing; rounds of
all rows are interleaved in one run. "More" exports into a folder that holds the rest already, and hashes and
compares all of it.
"""

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import OrganisationId, PersonId
from tearline.facts.parties import OrganisationRegistered
from tearline.ledger.export import export
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.verify import verify

ENTRIES = 100_000
MORE = 1_000
ROUNDS = 9


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = NodeKeys.new("tearline.example/bench")
        ledger = Ledger.make(f"sqlite:///{folder}/ledger.db", keys, lambda: datetime.now(UTC))
        for low in range(0, ENTRIES, MORE):
            append(ledger, low, MORE)
        seconds: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            for what, taken in a_round(ledger, folder / str(number)).items():
                seconds.setdefault(what, []).append(taken)
        ledger.close()
    print(f"export: {ROUNDS} rounds of {ENTRIES:,} entries and {MORE:,} more in each")
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    print(f"{'':<28} {'median s':>9} {'worst s':>9} {'entries a second':>17}")
    for what, each in seconds.items():
        median = statistics.median(each)
        print(f"{what:<28} {median:9.3f} {max(each):9.3f} {ENTRIES / median:17,.0f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def append(ledger: Ledger, low: int, count: int) -> None:
    by = Actor(PersonId("p-1"), Role.INVESTIGATOR)
    facts = [
        OrganisationRegistered(organisation=OrganisationId(f"o-{n}"), name="An agency", country="Mexico")
        for n in range(low, low + count)
    ]
    drafts = [Draft(fact=fact, happened_at=datetime.now(UTC), by=by) for fact in facts]
    ledger.append(drafts, unless=None, after=0, key=f"k-{low}")


def a_round(ledger: Ledger, folder: Path) -> dict[str, float]:
    """Seconds of each row, in this order, in folders that are new."""
    public, copy = folder / "public", folder / "copy"
    seconds = {
        "export to a new folder": timed(lambda: export(ledger, public)),
        "the same files, raw": timed(lambda: raw(public, copy)),
        "export again, nothing new": timed(lambda: export(ledger, public)),
        "verify": timed(lambda: verify(public, ledger.vkey)),
    }
    append(ledger, ledger.size(), MORE)
    seconds[f"export of {MORE:,} more"] = timed(lambda: export(ledger, public))
    verify(public, ledger.vkey)
    return seconds


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def raw(folder: Path, to: Path) -> None:
    """The same bytes in as many files, one after the other, each synced."""
    for path in (p for p in folder.rglob("*") if p.is_file()):
        place = to / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            file.write(path.read_bytes())
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    run()
