"""A witness from the command line; and killed at any moment, it still signs one history and never goes back."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from tearline.ledger.note import COSIGNATURE, Vkey, open_cosigned
from tearline.ledger.witness import Witness
from tearline.ledger.witnessed import hash_of
from tests.cli.conftest import Run
from tests.ledger.told import Clock
from tests.ledger.witnessing import ORIGIN, PlainLog

LOG = PlainLog.of(400)
ROUNDS = 6
AHEAD = 4_000
"""Entries that either client has before it: more than a witness answers until it is killed."""


@pytest.fixture
def data(run: Run, tmp_path: Path) -> Path:
    ran = run("witness", "init", "--name", "witness.example/w1", "--data", tmp_path / "w")
    assert Vkey.parse(ran.out.removesuffix("\n")).type == COSIGNATURE
    assert run("witness", "trust", LOG.vkey, "--data", tmp_path / "w").status == 0
    return tmp_path / "w"


class serving:  # noqa: N801  reads as a verb: with serving(data) as (url, vkey)
    """``tearline witness serve`` in a process of its own, killed with SIGKILL at the end."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "tearline.cli", "witness", "serve", "--port", "0", "--json"]
        self.process = subprocess.Popen(
            [*command, "--data", str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def __enter__(self) -> tuple[str, Vkey]:
        assert self.process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            line = self.process.stdout.readline()
            assert line, "the witness did not start"
            said += line
        told = json.loads(said)
        return told["url"].rstrip("/"), Vkey.parse(told["vkey"])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_a_witness_trusts_and_distrusts_logs(run: Run, data: Path) -> None:
    assert run("witness", "logs", "--data", data).out == f"{LOG.vkey}\n"
    said = json.loads(run("witness", "logs", "--data", data, "--json").out)
    assert said["logs"] == [str(LOG.vkey)]
    assert run("witness", "distrust", LOG.vkey, "--data", data).out == ""
    assert "VKEY" in run("witness", "distrust", LOG.vkey, "--data", data).line


def test_a_witness_shows_evidence_of_a_fork(run: Run, data: Path) -> None:
    assert run("witness", "forks", "--data", data).out == ""
    with closing(Witness(data / "witness", Clock())) as witness:
        witness.add_checkpoint(LOG.request(0, 20))
        witness.add_checkpoint(LOG.forked(3, 40).request(20, 20))
    ran = run("witness", "forks", "--data", data, "--json")
    assert ran.status == 1
    assert json.loads(ran.out)[0]["submitted"].startswith("old 20\n\n")
    assert run("witness", "forks", "--data", data).out.count(LOG.origin) == 4


def test_a_second_witness_in_the_same_folder_is_one_line(run: Run, data: Path) -> None:
    ran = run("witness", "init", "--name", "witness.example/w2", "--data", data)
    assert ran.status == 2
    assert "made once" in ran.line


@pytest.mark.parametrize("vkey", ["", "x", f"{LOG.vkey} ", f"{LOG.vkey}"[:-1], f"{LOG.vkey}\n"])
def test_what_is_no_key_is_one_line(run: Run, data: Path, vkey: str) -> None:
    ran = run("witness", "trust", vkey, "--data", data)
    assert ran.status == 2
    assert ran.line.startswith("VKEY: ")


@pytest.mark.parametrize("words", [("logs",), ("serve",), ("trust", str(LOG.vkey))], ids=lambda w: w[0])
def test_where_there_is_no_witness_one_line_says_how_to_make_one(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = run("witness", *words, "--data", tmp_path)
    assert ran.status == 2
    assert "tearline witness init" in ran.line
    assert list(tmp_path.iterdir()) == []


def test_a_served_witness_cosigns(run: Run, data: Path) -> None:
    with serving(data) as (url, vkey):
        line = httpx2.post(f"{url}/add-checkpoint", content=LOG.request(0, 7)).text
        assert set(open_cosigned(LOG.note(7) + line, LOG.vkey, [vkey]).at) == {vkey}
        assert httpx2.get(f"{url}/{hash_of(ORIGIN)}/checkpoint").text == LOG.note(7) + line


def test_a_witness_killed_at_any_moment_signs_one_history_and_never_goes_back(data: Path) -> None:
    """Two clients push two histories, which part where the witness stood; kill -9; again. All that was ever
    answered fits into one history, and what stands after a new start is no older than the last answer."""
    moments = random.Random(11)
    history, size, last = LOG, 0, 0
    answered: dict[int, bytes] = {}
    for _ in range(ROUNDS):
        rivals = (history.grown(size + AHEAD), history.forked(size, size + AHEAD))
        server = serving(data)
        with server as (url, vkey):
            got: list[tuple[PlainLog, int, str]] = []

            def push(log: PlainLog, url: str, got: list[tuple[PlainLog, int, str]], at: int) -> None:
                old = at
                with httpx2.Client(timeout=60) as client:
                    for new in range(at + 1, len(log.entries) + 1):
                        try:
                            answer = client.post(f"{url}/add-checkpoint", content=log.request(old, new))
                        except httpx2.HTTPError:
                            return
                        if answer.status_code == 200:
                            got.append((log, new, answer.text))
                            old = new
                        elif answer.status_code == 409:
                            old = min(int(answer.text), new)

            threads = [threading.Thread(target=push, args=(log, url, got, size)) for log in rivals]
            for thread in threads:
                thread.start()
            until = time.monotonic() + 60
            while not got and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(moments.uniform(0.0, 0.4))
            server.kill()
            for thread in threads:
                thread.join()
        assert got, "nothing was answered before the kill"
        for log, new, line in got:
            at = open_cosigned(log.note(new) + line, log.vkey, [vkey]).at[vkey]
            assert at >= last
            last = at
            root = log.checkpoint(new).root
            assert answered.setdefault(new, root) == root, f"two roots of {new} entries"
        winner = got[0][0]
        assert all(log.checkpoint(new) == winner.checkpoint(new) for log, new, _ in got)
        with serving(data) as (url, vkey):
            note = httpx2.get(f"{url}/{hash_of(ORIGIN)}/checkpoint").text
            held = open_cosigned(note, LOG.vkey, [vkey])
            assert held.checkpoint.size >= max(answered)
            assert held.at[vkey] >= last
            size, last = held.checkpoint.size, held.at[vkey]
            history = next(log for log in rivals if log.checkpoint(size) == held.checkpoint)
            answered.setdefault(size, held.checkpoint.root)
            assert answered[size] == held.checkpoint.root
            for stale in (max(0, size - 1), size):
                fork = history.forked(size - 1, size)
                status = httpx2.post(f"{url}/add-checkpoint", content=fork.request(stale, size)).status_code
                assert status in (409, 422)
    assert len(answered) > ROUNDS


def test_two_processes_on_one_state_cosign_one_history(data: Path) -> None:
    histories = (LOG, LOG.forked(0, 400))
    with serving(data) as (one, vkey), serving(data) as (two, same):
        assert vkey == same
        got: list[tuple[PlainLog, int, str]] = []

        def push(log: PlainLog, url: str) -> None:
            old = 0
            with httpx2.Client() as client:
                for new in range(1, 60):
                    answer = client.post(f"{url}/add-checkpoint", content=log.request(old, new))
                    if answer.status_code == 200:
                        got.append((log, new, answer.text))
                        old = new
                    elif answer.status_code == 409:
                        old = min(int(answer.text), new)

        threads = [threading.Thread(target=push, args=(log, url)) for log in histories for url in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got
    winner = got[0][0]
    for log, new, line in got:
        assert set(open_cosigned(log.note(new) + line, LOG.vkey, [vkey]).at) == {vkey}
        assert log.checkpoint(new) == winner.checkpoint(new)
