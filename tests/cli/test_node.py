"""Making, opening and checking a node from the command line."""

import asyncio
import json
import socket
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pytest

from tearline.cli.nodes import listening
from tearline.node import Order, make_node
from tearline.rooms.assistance import RecordNeed
from tearline.rooms.harm import ReportHarm
from tests.cli.conftest import CASES, Run
from tests.registers import report
from tests.rooms.test_assistance import NEED
from tests.worlds import HUGO


def test_a_node_is_made_once(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "node"
    made = run("init", "--data", data, "--origin", "agency.example/node-1")
    assert made.status == 0
    assert made.out.startswith("agency.example/node-1+")
    again = run("init", "--data", data)
    assert again.status == 2
    assert again.line.startswith(f"{data}: top: expected an empty or new folder")


def test_a_random_origin_tells_nothing_of_the_host(run: Run, tmp_path: Path) -> None:
    one, other = (json.loads(run("init", "--data", tmp_path / n, "--json").out) for n in "ab")
    assert one["origin"] != other["origin"]
    assert one["origin"].startswith("tearline/")


@pytest.mark.parametrize("origin", ["two words", "a+b", ""])
def test_an_origin_that_no_note_can_name_is_refused(run: Run, tmp_path: Path, origin: str) -> None:
    assert run("init", "--data", tmp_path / "node", "--origin", origin).status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("ledger", "check"),
        ("ledger", "checkpoint"),
        ("ledger", "prove", "0"),
        ("owed",),
        ("serve",),
        ("case", "load", str(CASES / "practice.yaml")),
    ],
    ids=" ".join,
)
def test_where_there_is_no_node_one_line_says_how_to_make_one(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = run(*words, "--data", tmp_path)
    assert ran.status == 2
    assert ran.line == f"{tmp_path}: top: expected a node; make one with: tearline init"


def test_the_checkpoint_is_a_signed_note(run: Run, node: Path) -> None:
    note = run("ledger", "checkpoint", "--data", node).out
    said = json.loads(run("ledger", "checkpoint", "--data", node, "--json").out)
    assert said["checkpoint"] == note
    assert note.splitlines()[:3] == [said["origin"], str(said["size"]), said["root"]]
    assert note.splitlines()[4].startswith(f"— {said['origin']} ")


def test_a_proof_is_for_an_entry_that_is_there(run: Run, node: Path) -> None:
    proof = run("ledger", "prove", "3", "--data", node)
    assert proof.status == 0
    assert proof.out.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    beyond = run("ledger", "prove", "100000", "--data", node)
    assert beyond.status == 2
    assert "INDEX: expected a position below" in beyond.line


def test_a_whole_ledger_is_called_whole_and_a_flipped_bit_is_not(run: Run, node: Path) -> None:
    assert json.loads(run("ledger", "check", "--data", node, "--json").out)["whole"] is True
    with sqlite3.connect(node / "ledger.db") as database:
        (jws,) = database.execute("SELECT jws FROM entries WHERE position = 5").fetchone()
        flipped = bytearray(jws if isinstance(jws, bytes) else jws.encode())
        flipped[len(flipped) // 2] ^= 1
        changed: object = bytes(flipped) if isinstance(jws, bytes) else flipped.decode()
        database.execute("UPDATE entries SET jws = ? WHERE position = 5", (changed,))
    database.close()
    ran = run("ledger", "check", "--data", node)
    assert ran.status == 1
    assert "entry 5" in ran.line


def test_keys_that_others_can_read_stop_the_node_in_one_line(run: Run, node: Path) -> None:
    (node / "keys" / "log.key").chmod(0o644)
    ran = run("ledger", "check", "--data", node)
    assert ran.status == 2
    assert "0600" in ran.line


def test_a_case_is_loaded_once_however_often_it_is_asked_for(run: Run, node: Path) -> None:
    first = json.loads(run("case", "load", CASES / "nogales.yaml", "--data", node, "--json").out)
    again = json.loads(run("case", "load", CASES / "nogales.yaml", "--data", node, "--json").out)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["facts"] == again["facts"] > 0
    assert "nothing was changed" in run("case", "load", CASES / "nogales.yaml", "--data", node).out


def test_a_fictional_case_is_for_demonstrations_only(run: Run, tmp_path: Path) -> None:
    run("init", "--data", tmp_path / "real")
    ran = run("case", "load", CASES / "practice.yaml", "--data", tmp_path / "real")
    assert ran.status in (1, 2)
    assert ran.line


def test_a_case_that_fails_half_way_records_nothing(run: Run, node: Path, tmp_path: Path) -> None:
    before = run("ledger", "checkpoint", "--data", node).out
    text = (CASES / "nogales.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("unit: sonora-contingent, instructors", "unit: nobody, instructors", 1))
    ran = run("case", "load", broken, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith(f"{broken}: line ")
    assert run("ledger", "checkpoint", "--data", node).out == before


@pytest.mark.parametrize(
    "text",
    [b"", b"case: 1", b"\xff", b"a: [", b"case: x\ncase: x\n", b"- " * 500],
    ids=["empty", "fields missing", "not UTF-8", "cut off", "duplicate key", "deep"],
)
def test_what_is_no_case_is_one_line(run: Run, node: Path, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(text)
    ran = run("case", "load", file, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: ")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "10.0.0.1"])  # noqa: S104
def test_a_demonstration_is_served_on_no_other_address_than_this_machines(
    run: Run, node: Path, host: str
) -> None:
    ran = run("serve", "--host", host, "--data", node)
    assert ran.status == 2
    assert ran.line.endswith(
        "--host: expected a loopback address such as 127.0.0.1: a demonstration lets anyone take on any role"
    )


@pytest.mark.parametrize("host", ["example.org", "", "127.1", "[::1]"])
def test_a_site_listens_on_an_ip_address_not_on_a_name(run: Run, node: Path, host: str) -> None:
    ran = run("serve", "--host", host, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith("--host: ")


def test_what_is_answered_is_sent_at_once() -> None:
    """Not held back until the reader acknowledged the part before it, which a reader delays by 40 ms."""
    served = asyncio.new_event_loop()
    found: Queue[int] = Queue()

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = writer.get_extra_info("socket")
        found.put(asked.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    async def once(listener: socket.socket) -> None:
        async with await asyncio.start_server(answer, sock=listener):
            with socket.create_connection(listener.getsockname()):
                while found.empty():  # noqa: ASYNC110  a test's own loop, which ends at the first answer
                    await asyncio.sleep(0.01)

    # In a thread of its own: a browser's test may have left a loop running in this one.
    serving = threading.Thread(target=lambda: served.run_until_complete(once(listening("127.0.0.1", 0))))
    serving.start()
    serving.join(20)
    served.close()
    assert found.get_nowait()


def test_a_port_that_is_taken_is_one_line(run: Run, node: Path) -> None:
    taken = listening("127.0.0.1", 0)
    try:
        ran = run("serve", "--data", node, "--port", taken.getsockname()[1])
    finally:
        taken.close()
    assert ran.status == 1
    assert "choose another with --port" in ran.line


def test_what_is_owed_comes_with_the_first_due_on_top(run: Run, node: Path) -> None:
    found = json.loads(run("owed", "--data", node, "--json").out)
    due = [o["due"] for o in found if o["due"]]
    assert found
    assert due == sorted(due)
    assert all(o["telling"] is None and o["discharged_at"] is None for o in found)
    words = " ".join(run("owed", "--data", node, "--language", "es").out.split())
    assert all(" ".join(o["sentence"]["es"].split()) in words for o in found)


def test_a_need_that_no_agreement_speaks_of_is_owed_too(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "node"
    node = make_node(data, origin="agency.example/node", demo=True)
    told = report("r-1")
    node.record(Order(command=ReportHarm(told), by=HUGO))
    node.record(Order(command=RecordNeed(replace(NEED, report=told.report)), by=HUGO))
    node.close()
    (said,) = json.loads(run("owed", "--data", data, "--json").out)
    assert (said["obligation"], said["from"], said["to"]) == ("meet-need", None, "people")
    assert (said["about"], said["due"], said["agreement"]) == ("shelter", "2026-03-21T00:00:00+00:00", None)
    assert said["overdue"] is True
    line = " ".join(run("owed", "--data", data, "--language", "es").out.split())
    assert line.startswith("VENCIDA: vence 2026-03-21")
    assert line.endswith(
        "Ver que se atienda la necesidad. por NeedRecorded shelter al margen de todo acuerdo"
    )


def test_what_a_worked_case_owed_is_shown_on_request_only(run: Run, node: Path) -> None:
    run("case", "load", CASES / "allende.yaml", "--data", node)
    assert not [o for o in json.loads(run("owed", "--data", node, "--json").out) if o["telling"]]
    told = [o for o in json.loads(run("owed", "--all", "--data", node, "--json").out) if o["telling"]]
    assert any(o["hindsight"] for o in told)
    assert "would have been owed under cross-border/1" in " ".join(
        run("owed", "--all", "--data", node).out.split()
    )
