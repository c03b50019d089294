"""Processes that append, purge and rewrap until they are killed, and write down what they were told.

``Nursery`` is a process in which all is loaded and nothing is open; each writer is forked from it, so that one
starts in milliseconds. What a writer was told it appends to a file of its own, a line at a time, with nothing
buffered: what stands there was acknowledged.

    ready
    fact KEY POSITION REF
    purge KEY POSITION REF-OF-WHAT-WAS-PURGED
    rewrapped EPOCH
    note BASE64
    broken WORDS
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import Draft
from tearline.ledger import batch, index
from tearline.ledger.batch import Appended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.wrapping import WrappingKeys
from tests.ledger.told import Clock, compromise, draft, purged

ROOT = Path(__file__).parents[2]
THREADS = 3
STOPPED = 3
"""The exit status of a writer whose ledger broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one writer does: ``count`` facts from each thread; with a seed, also purges and rewraps at random."""

    url: str
    folder: str
    name: str
    count: int
    seed: str

    @property
    def said(self) -> Path:
        return Path(self.folder) / f"{self.name}.said"


class _Writer:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._keys = Path(task.folder) / "keys"
        self._said = os.open(task.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._lock = threading.Lock()
        self._ledger = self._open()
        self._say("ready")

    def run(self) -> None:
        threads = [threading.Thread(target=self._append, args=(n,)) for n in range(THREADS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def _append(self, thread: int) -> None:
        task, chance, own = self._task, random.Random(f"{self._task.seed}-{thread}"), dict[str, int]()
        try:
            for n in range(task.count):
                key = f"{task.name}-{thread}-{n}"
                self._record(key, own)
                if task.seed and chance.random() < 0.1:
                    self._purge(f"{key}-purge", own, chance.choice(sorted(own)))
                if task.seed and thread == 0 and chance.random() < 0.02:
                    self._rewrap()
        except (Broken, TimeoutError) as broken:
            self._say(f"broken {broken}")
            os._exit(STOPPED)

    def _record(self, key: str, own: dict[str, int]) -> None:
        appended = self._submit(draft(compromise(key, "i-1")), key)
        own[appended.refs[0]] = appended.first
        self._say(f"fact {key} {appended.first} {appended.refs[0]}")
        with suppress(Broken):  # replaced meanwhile
            self._say(f"note {b64encode(self._ledger.checkpoint().encode()).decode()}")

    def _purge(self, key: str, own: dict[str, int], ref: str) -> None:
        position = own.pop(ref)
        appended = self._submit(draft(purged({ref: position})), key, purging=[position])
        self._say(f"purge {key} {appended.first} {ref}")

    def _submit(self, one: Draft, key: str, purging: Collection[int] = ()) -> Appended:
        """Again under the same key, for as long as the wrapping key is all that was in the way."""
        while True:
            ledger = self._ledger
            try:
                return ledger.append([one], unless=None, after=0, key=key, purging=purging)
            except Broken as broken:
                self._reopen(ledger, broken)

    def _rewrap(self) -> None:
        """The steps of ``ledger.wrapping``, of which any may be the last."""
        with WrappingKeys.read(self._keys, {}).alone(), closing(self._open()) as ledger:
            keys = WrappingKeys.read(self._keys, {}).without_older(ledger.epoch()).with_next()
            assert keys.next is not None
            ledger.rewrap(keys.next)
            keys.without_older(keys.next.epoch)
            self._say(f"rewrapped {keys.next.epoch}")

    def _open(self) -> Ledger:
        while True:
            with suppress(Malformed):  # the keys were being replaced while they were read
                return Ledger(self._task.url, NodeKeys.load(self._keys), Clock())
            time.sleep(0.001)

    def _reopen(self, ledger: Ledger, broken: Broken) -> None:
        if "wrapping key" not in str(broken):
            raise broken
        with self._lock:
            if self._ledger is ledger:
                self._ledger = self._open()

    def _say(self, words: str) -> None:
        os.write(self._said, f"{words}\n".encode())


def _become(task: Task) -> None:
    for module in (index, batch):
        setattr(module, "FLUSH", 40)  # noqa: B010  many a kill then falls into a flush
    index.MOST_COVERED = 60
    _Writer(task).run()


class Nursery:
    """The process from which writers are forked."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.ledger.writer"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, task: Task) -> "Child":
        """A new writer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            "\t".join([task.url, task.folder, task.name, str(task.count), task.seed]) + "\n"
        )
        self._process.stdin.flush()
        return Child(task, int(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Child:
    """A writer that runs, or ran."""

    task: Task
    process: int

    def wait_until_ready(self) -> None:
        self._wait(lambda: self.task.said.exists() and self.task.said.read_bytes().startswith(b"ready\n"))

    def wait(self) -> None:
        """Until it is gone."""
        self._wait(lambda: not self.alive)

    def _wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.task.name} neither began nor ended")
            time.sleep(0.002)

    @property
    def alive(self) -> bool:
        with suppress(ProcessLookupError):
            os.kill(self.process, 0)
            return True
        return False

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        self.wait()

    def said(self) -> list[list[str]]:
        """What it wrote down, line by line. A line cut short says nothing."""
        text = self.task.said.read_text() if self.task.said.exists() else ""
        return [line.split(" ") for line in text.split("\n")[:-1]]


def _nurse() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        url, folder, name, count, seed = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _become(Task(url=url, folder=folder, name=name, count=int(count), seed=seed))
                status = 0
            finally:
                os._exit(status)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _nurse()
