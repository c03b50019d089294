"""Every write and every sync that SQLite makes fails once, with EIO, for each deed of ``test_faults``.

A small library, compiled here and loaded before libc, counts the calls on the ledger's files and fails the one that
it is told to. Without a C compiler it says so and does nothing. Run by ``make soak``; as ``python -m
tests.ledger.failing_disk`` alone.

An fsync that failed once must not be tried again: the kernel has forgotten by then what was not written. So after
the failure the ledger makes no further call that could look like success.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from tearline.facts.errors import Broken
from tearline.facts.history import about
from tearline.facts.leaks import CompromiseReported
from tearline.ledger import batch, check, index, rebuild
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import Sqlite
from tests.ledger.test_damage import later
from tests.ledger.test_faults import DEEDS, FILLED, check_afterwards, opened
from tests.ledger.told import Clock, compromise, draft

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long at, seen, synced;

void fail_at(long n) { at = n; seen = synced = 0; }
long calls_seen(void) { return seen; }
long syncs_after(void) { return synced; }

static int fails(int file, int sync) {
    char link[64], path[4096];
    if (at == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strstr(path, "/ledger") == NULL || strstr(path, "-shm") != NULL) return 0;
    seen++;
    if (seen > at && sync) synced++;
    if (seen != at) return 0;
    errno = EIO;
    return 1;
}

#define REPLACE(type, name, parameters, arguments, sync)                     \
    type name parameters {                                                   \
        static type (*real) parameters;                                      \
        if (real == NULL) real = (type (*) parameters) dlsym(RTLD_NEXT, #name); \
        return fails(file, sync) ? -1 : real arguments;                      \
    }

REPLACE(ssize_t, pwrite64, (int file, const void *from, size_t n, off64_t to), (file, from, n, to), 0)
REPLACE(ssize_t, pwrite, (int file, const void *from, size_t n, off_t to), (file, from, n, to), 0)
REPLACE(ssize_t, write, (int file, const void *from, size_t n), (file, from, n), 0)
REPLACE(int, ftruncate64, (int file, off64_t n), (file, n), 0)
REPLACE(int, ftruncate, (int file, off_t n), (file, n), 0)
REPLACE(int, fsync, (int file), (file), 1)
REPLACE(int, fdatasync, (int file), (file), 1)
"""


def play() -> int:
    """How many calls failed, each once and alone. AssertionError where the ledger did not bear it."""
    disk = ctypes.CDLL(None)  # what was loaded before libc
    failed = 0
    for module in (batch, check, index, rebuild):
        for name, value in (("FLUSH", 3), ("STRETCH", 4), ("MOST_COVERED", 5)):
            if hasattr(module, name):
                setattr(module, name, value)
    keys = NodeKeys.new("tearline.example/desk")
    with tempfile.TemporaryDirectory() as folder:
        filled, copy = Sqlite(Path(folder) / "ledger-filled.db"), Sqlite(Path(folder) / "ledger.db")
        with closing(Ledger.make(filled.url, keys, Clock())) as ledger:
            for n in range(FILLED):
                ledger.append([draft(compromise(f"c-{n}", "i-1"))], unless=None, after=0, key=str(n))
        for name, deed in DEEDS.items():
            stored = 0
            for at in count(1):
                filled.copied(copy)
                ledger = opened(copy.url, keys)
                before = ledger.checkpoint()
                ledger.read(about(kinds=[CompromiseReported]))
                disk.fail_at(at)
                with suppress(Broken):
                    deed.do(ledger)
                fired = disk.calls_seen() >= at
                stopped = _stopped(ledger) if fired else False
                assert disk.syncs_after() == 0 or not stopped, (
                    f"{name}: synced again after call {at} had failed"
                )
                disk.fail_at(0)
                ledger.close()
                if not fired:
                    break
                assert stopped, f"{name}: went on though call {at} had failed"
                stored += check_afterwards(copy.url, keys, deed, before)
                failed += 1
            print(f"{name}: {at - 1} calls failed, {stored} times all was stored nonetheless", flush=True)  # noqa: T201
    return failed


def _stopped(ledger: Ledger) -> bool:
    for call in later(ledger):
        with suppress(Broken):
            call()
            return False
    return True


def main() -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        print("no disk was made to fail: there is no C compiler")  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "disk.c", Path(folder) / "disk.so"
        source.write_text(SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        subprocess.run(
            [sys.executable, "-m", "tests.ledger.failing_disk", "--loaded"],
            env={**os.environ, "LD_PRELOAD": str(library)},
            check=True,
        )


if __name__ == "__main__":
    if "--loaded" in sys.argv:
        print(f"{play()} calls failed, each once")  # noqa: T201
    else:
        main()
