"""A replay counts the same wherever and in whatever order it runs, keeps its memory, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Malformed
from tearline.jobs.replay.comparison import Chunk, Comparison, deciding
from tearline.jobs.replay.files import chunks_of, lines_of
from tearline.jobs.replay.local import replay_locally
from tearline.jobs.replay.tally import Case, Cause, Tally
from tearline.jobs.replay.task import Text, prepare
from tearline.protocol import Outcome, Protocol, load_pack, read_dossier
from tests.jobs.replays import NEW, OLD, edited, lines, task, written
from tests.protocol.packs import cross_border, text_of

COUNT = 400
SMALL = 40_000
"""Bytes of a chunk, so that there are many of them."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("replay") / "dossiers.jsonl", COUNT)


def plainly(file: Path) -> tuple[Counter[tuple[Outcome, Outcome]], list[int]]:
    """The same question asked the plain way: whole decisions, one after the other."""
    old, new = cross_border(), NEW.load()
    counts: Counter[tuple[Outcome, Outcome]] = Counter()
    changed = []
    for n, line in enumerate(file.read_bytes().splitlines(), 1):
        dossier = read_dossier(json.loads(line), file="f", parameters=old.parameters)
        was, now = old.decide_slowly(dossier).effect, new.decide_slowly(dossier).effect
        counts[was, now] += 1
        if was is not now:
            changed.append(n)
    return counts, changed


def test_what_changes_is_what_deciding_twice_says(file: Path) -> None:
    cases: list[Case] = []
    tally = replay_locally(task(listing=True), chunks_of(file), listed=cases.extend)
    counts, changed = plainly(file)
    assert tally.outcomes == counts
    assert [case.number for case in cases] == changed
    assert tally.changed == len(changed)
    assert {case.looser for case in cases} == {True, False}
    assert sum(case.looser for case in cases) == tally.looser_count
    assert set(tally.looser) == {Cause("cross-border/1", "vetting-pending")}
    assert set(tally.stricter) == {Cause("cross-border/2", "few-could-have-known")}


def test_two_processes_count_what_one_counts(file: Path) -> None:
    alone: list[Case] = []
    beside: list[Case] = []
    one = replay_locally(task(listing=True), chunks_of(file), listed=alone.extend)
    two = replay_locally(task(listing=True), chunks_of(file, size=SMALL), workers=2, listed=beside.extend)
    assert one == two
    assert alone == beside


@given(st.randoms(use_true_random=False), st.integers(1, 9))
def test_the_order_in_which_tallies_come_does_not_matter(chance: st.randoms, parts: int) -> None:  # type: ignore[valid-type]  # a Random
    comparison = Comparison(task())
    chunks = list(lines_of(BytesIO(b"".join(islice(ALL, 60))), "f", size=3_000 * parts))
    whole, shuffled = Tally(most=3), Tally(most=3)
    for chunk in chunks:
        whole.add(comparison.compare(chunk))
    chance.shuffle(chunks)  # type: ignore[attr-defined]  # as above
    for chunk in chunks:
        shuffled.add(comparison.compare(chunk))
    assert whole == shuffled


@pytest.mark.parametrize("size", [1, 7, 4_096, 2**20])
def test_lines_are_cut_alike_however_much_is_read_at_once(size: int) -> None:
    some = list(lines(5))
    for text in (b"".join(some), b"".join(some).removesuffix(b"\n")):
        chunks = list(lines_of(BytesIO(text), "f", size=size))
        assert [line for chunk in chunks for line in chunk.lines] == [line.strip() for line in some]
        assert [n for chunk in chunks for n in chunk.numbers] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_line_that_is_no_dossier_is_named(tmp_path: Path, workers: int) -> None:
    held = list(lines(200))
    held[90] = b'{"dossier": 1, "at": "2011-03-18"}\n'
    held[150] = b"{\n"
    file = tmp_path / "dossiers.jsonl"
    file.write_bytes(b"".join(held))
    with pytest.raises(Malformed) as wrong:
        replay_locally(task(), chunks_of(file, size=SMALL), workers=workers)
    assert str(wrong.value).startswith(f"{file}: line 91, at: expected a date and time with offset")


def test_a_fault_of_json_is_placed_by_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "dossiers.jsonl"
    file.write_bytes(b"".join(lines(1)) + b'{"dossier": 1, "dossier": 1}\n')
    with pytest.raises(Malformed, match="line 2, column 16: expected each key once"):
        replay_locally(task(), chunks_of(file))


def test_a_dossier_without_a_protocol_at_hand_is_counted_apart() -> None:
    texts = [json.loads(line) for line in lines(3)]
    del texts[0]["agreement"]["protocol"]
    texts[1]["agreement"]["protocol"] = "gone/7"
    data = b"\n".join(json.dumps(text).encode() for text in texts)
    chunk = Chunk(file="f", word="line", numbers=(1, 2, 3), data=data)
    tally = Comparison(task()).compare(chunk)
    assert tally.unnamed == {"": 1, "gone/7": 1}
    assert tally.compared == 1


def test_a_fact_that_the_dossiers_lack_is_named_where_it_decides() -> None:
    stricter = edited(('chain.exists(p, p.outcome == "pending")', "agreement.quorum > 3"))
    words = "{en: quorum, es: quorum}"
    stricter = stricter.replace("parameters:\n", f"parameters:\n  quorum: {{type: int, label: {words}}}\n", 1)
    new = Text(file="new.yaml", text=stricter)
    lacking = replay_locally(prepare([new], None, [OLD]), lines_of(BytesIO(b"".join(lines(60))), "f"))
    assert lacking.missing == {"agreement.quorum": lacking.changed - lacking.looser_count}
    assert lacking.only_for_missing == lacking.missing["agreement.quorum"] > 0
    assert lacking.stricter[Cause("cross-border/2", "vetting-pending")].missing == lacking.only_for_missing
    stated = replay_locally(
        prepare([new], None, [OLD], ["quorum=3"]), lines_of(BytesIO(b"".join(lines(60))), "f")
    )
    assert not stated.missing
    assert stated.changed == stated.looser_count


def test_what_no_rule_permits_is_said_to_be_that() -> None:
    pack = load_pack(
        text_of({"never": ("permit", "strict == false")}).replace("strict == false", "at != at"), file="p"
    )
    decision = Protocol(packs=(pack,)).decide(cross_border().base)
    assert [(one.cause, one.missing) for one in deciding(decision)] == [(Cause("test/1", None), ())]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (["quorum"], "--set: quorum: expected name=value"),
        (["quorum=3"], "--set: quorum: expected a parameter of cross-border/2"),
        (["min_knowers=many"], "--set: min_knowers: expected a whole number"),
        (["min_knowers=1.5"], "--set: min_knowers: expected a whole number"),
        (["revetting=soon"], "--set: revetting: expected a length of time"),
    ],
)
def test_a_setting_that_says_nothing_is_one_line(settings: list[str], expected: str) -> None:
    with pytest.raises(Malformed, match=f"^{expected}"):
        prepare([NEW], None, [OLD], settings)


def test_two_texts_that_give_a_parameter_two_types_are_not_compared() -> None:
    other = text_of({"any": ("hold", "agreement.strict")}).replace(
        "min_knowers: {type: int", "min_knowers: {type: string"
    )
    with pytest.raises(Malformed, match="min_knowers to be of one type"):
        prepare([NEW], [Text(file="other.yaml", text=other)], [])


def test_a_machine_with_another_engine_does_not_decide() -> None:
    with pytest.raises(Broken, match="another/9"):
        Comparison(replace(task(), engine="another/9"))


def test_a_worker_that_dies_ends_the_replay_and_no_other_stays(file: Path) -> None:
    before = children()

    def dying() -> Iterator[Chunk]:
        for n, chunk in enumerate(cycle(list(chunks_of(file, size=SMALL)))):
            if n == 12:
                victim = next(iter(workers() - before))
                os.kill(victim, signal.SIGKILL)
            yield chunk

    with pytest.raises(Broken, match="ended before its work was done"):
        replay_locally(task(), dying(), workers=2)
    assert not workers() - before


def test_a_worker_that_cannot_even_start_ends_the_replay() -> None:
    """Python would start a worker from a file that holds this program, and there is none."""
    program = (
        "from itertools import repeat; from tearline.jobs.replay import comparison, local, task\n"
        "text = task.shipped()[0]\n"
        "chunk = comparison.Chunk(file='f', word='line', numbers=[1], data=b'x' * 1_000_000)\n"
        "local.replay_locally(task.prepare([text], [text], []), repeat(chunk), workers=2)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-"], input=program, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.stderr.splitlines()[-1].startswith(
        "tearline.facts.errors.Broken: a process of the replay ended"
    )


def test_a_verdict_on_record_that_does_not_come_out_again_breaks_off() -> None:
    (line,) = lines(1)
    chunk = Chunk(file="the ledger", word="entry", numbers=(7,), data=line.strip(), record=True)
    ours = cross_border().outcome(
        read_dossier(json.loads(line), file="f", parameters=cross_border().parameters)
    )[0]
    assert Comparison(task()).compare(replace(chunk, reached=[ours])).compared == 1
    other = next(one for one in Outcome if one is not ours)
    with pytest.raises(Broken, match=f"entry 7: cross-border/1 does not say {other}"):
        Comparison(task()).compare(replace(chunk, reached=[other]))


def test_a_dossier_on_record_that_these_texts_cannot_read_is_counted() -> None:
    (line,) = lines(1)
    data = line.strip().replace(b'"revetting"', b'"revetting_once"')
    tally = Comparison(task()).compare(
        Chunk(file="the ledger", word="entry", numbers=(7,), data=data, record=True)
    )
    assert (tally.unread, tally.compared) == (1, 0)


def test_what_is_in_memory_does_not_grow_with_the_source(file: Path) -> None:
    chunks = list(chunks_of(file, size=SMALL))
    assert peak(islice(cycle(chunks), 400)) < peak(islice(cycle(chunks), 40)) * 1.2 + 100_000


def test_a_tenth_of_the_benchmark_runs_and_is_flat(capfd: pytest.CaptureFixture[str]) -> None:
    from bench.replay import measure

    few, many = measure(500, distinct=500), measure(4_000, distinct=500)
    assert (few.tally.compared, many.tally.compared) == (500, 4_000)
    assert many.tally.changed == 8 * few.tally.changed
    assert many.parent_mib < few.parent_mib + 30


def test_ctrl_c_leaves_no_process_and_one_line(tmp_path: Path) -> None:
    pack = tmp_path / "new.yaml"
    pack.write_text(NEW.text)
    command = [sys.executable, "-m", "tearline.cli", "protocol", "replay", "-", "--protocol", str(pack)]
    command += ["--cases", str(tmp_path / "cases.jsonl")]
    ran = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert ran.stdin is not None
    some = b"".join(lines(200))
    for _ in range(20):
        ran.stdin.write(some)
    ran.stdin.flush()
    below = two_workers(ran.pid)
    os.killpg(ran.pid, signal.SIGINT)
    out, err = ran.communicate(timeout=60)
    assert ran.returncode == 1
    assert (out, err.count(b"\n")) == (b"", 1)
    assert b"interrupted" in err
    assert [one.name for one in tmp_path.iterdir()] == ["new.yaml"]
    assert gone(below)


def test_workers_leave_when_whoever_started_them_is_killed(tmp_path: Path) -> None:
    pack = tmp_path / "new.yaml"
    pack.write_text(NEW.text)
    command = [sys.executable, "-m", "tearline.cli", "protocol", "replay", "-", "--protocol", str(pack)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as ran:
        assert ran.stdin is not None
        some = b"".join(lines(200))
        for _ in range(20):
            ran.stdin.write(some)
        ran.stdin.flush()
        below = two_workers(ran.pid)
        ran.kill()
    assert gone(below)


ALL = cycle(list(lines(120)))


def children(parent: int | None = None) -> set[int]:
    """Processes whose parent this is."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == (parent or os.getpid()) and fields[0] != "Z":
            found.add(int(status.parent.name))
    return found


def workers(parent: int | None = None) -> set[int]:
    """Those of them that decide."""
    found = set()
    for child in children(parent):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.add(child)
    return found


def two_workers(parent: int) -> set[int]:
    """The workers of this process, as soon as there are two."""
    deadline = time.monotonic() + 60
    while len(found := workers(parent)) < 2:
        assert time.monotonic() < deadline, "no workers were started"
        time.sleep(0.02)
    return found


def gone(processes: set[int]) -> bool:
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{one}").exists() for one in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(Path(f"/proc/{one}").exists() for one in processes)


def peak(chunks: Iterator[Chunk]) -> int:
    """Bytes at the most that Python held in this process while two workers decided these."""
    tracemalloc.start()
    try:
        replay_locally(task(), chunks, workers=2)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
