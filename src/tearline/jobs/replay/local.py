"""A replay on the cores of this machine: one process reads and adds up, one for each core decides.

A worker has one chunk at a time, and so many are under way that none need wait: what is in memory does not grow with
the source. Results are taken in the source's order. A worker leaves by itself when the process that started it is gone.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from tearline.facts.errors import Broken, Malformed
from tearline.jobs.replay.comparison import Chunk, Comparison
from tearline.jobs.replay.tally import Case, Tally
from tearline.jobs.replay.task import Task

FEW = 3
"""Chunks that are decided sooner than workers are started."""
AHEAD = 4
"""Chunks for each worker that may be under way or wait for an earlier one."""

Advance = Callable[[int, int], None]
Listed = Callable[[Sequence[Case]], None]
_Result = Tally | tuple[str, str, str] | str
"""A tally; what is Malformed; what is Broken."""


def replay_locally(
    task: Task,
    chunks: Iterator[Chunk],
    *,
    workers: int | None = None,
    advance: Advance = lambda _done, _of: None,
    listed: Listed = lambda _cases: None,
) -> Tally:
    """The tally of all chunks; ``listed`` is given the changed cases in order, where the task wants them.

    Malformed for the first line that is no dossier; Broken when a worker died.
    """
    total = Tally(most=task.cases)
    few = list(islice(chunks, FEW + 1))
    with ExitStack() as stack:
        if len(few) <= FEW:
            results = _here(Comparison(task), few)
        else:
            pool = stack.enter_context(_pool(task, workers or len(os.sched_getaffinity(0))))
            results = _in_order(pool, chain(few, chunks))
        for chunk, tally in results:
            listed(tally.listed)
            total.add(tally)
            advance(chunk.done, chunk.of)
    return total


def _here(comparison: Comparison, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Tally]]:
    for chunk in chunks:
        yield chunk, comparison.compare(chunk)


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    busy: int | None = None
    """The number of the chunk that it has."""


@contextmanager
def _pool(task: Task, count: int) -> Iterator[list[_Worker]]:
    context = multiprocessing.get_context("spawn")
    workers: list[_Worker] = []
    try:
        with _uninterrupted():
            for _ in range(count):
                ours, theirs = context.Pipe()
                # What starts it is short: Python waits for ever for a process that dies while it is handed more.
                process = context.Process(target=_work, args=(theirs,), daemon=True)
                process.start()
                theirs.close()  # so that the worker's end is the only one, and its death is noticed
                workers.append(_Worker(process, ours))
        for worker in workers:
            _give(worker, task)
        yield workers
    finally:
        for worker in workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Whoever is started meanwhile is deaf to Ctrl-C from its first moment: this process ends its workers itself.

    Here it is only put off.
    """
    resource_tracker.ensure_running()  # when Python starts this process of its own, it hears Ctrl-C again afterwards
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(pool: list[_Worker], chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Tally]]:
    waiting: dict[int, tuple[Chunk, _Result]] = {}
    under_way: dict[int, Chunk] = {}
    given = taken = 0
    more = True
    while more or under_way or waiting:
        while taken in waiting:
            chunk, result = waiting.pop(taken)
            taken += 1
            yield chunk, _sound(result)
        for worker in pool:
            if more and worker.busy is None and given - taken < AHEAD * len(pool):
                chunk_or_none = next(chunks, None)
                if chunk_or_none is None:
                    more = False
                    break
                under_way[given] = chunk_or_none
                worker.busy = given
                _give(worker, chunk_or_none)
                given += 1
        for worker in _ready(pool) if under_way else ():
            if worker.busy is not None:
                waiting[worker.busy] = (under_way.pop(worker.busy), _take(worker))
                worker.busy = None


def _ready(pool: list[_Worker]) -> list[_Worker]:
    ready = wait([worker.connection for worker in pool if worker.busy is not None])
    return [worker for worker in pool if worker.connection in ready]


def _give(worker: _Worker, work: Task | Chunk) -> None:
    try:
        worker.connection.send(work)
    except OSError:
        raise _died(worker) from None


def _take(worker: _Worker) -> _Result:
    try:
        result: _Result = worker.connection.recv()
    except (EOFError, OSError):
        raise _died(worker) from None
    return result


def _died(worker: _Worker) -> Broken:
    worker.process.join(5)
    return Broken(
        f"a process of the replay ended before its work was done (status {worker.process.exitcode}); there is no result"
    )


def _sound(result: _Result) -> Tally:
    match result:
        case Tally():
            return result
        case str():
            raise Broken(result)
        case (file, place, expected):
            raise Malformed(file, place, expected)


def _work(connection: Connection) -> None:
    """A worker's whole life: it ends when nobody is there any more to give it work."""
    with suppress(EOFError, OSError):
        comparison = Comparison(connection.recv())
        while True:
            connection.send(_result(comparison, connection.recv()))


def _result(comparison: Comparison, chunk: Chunk) -> _Result:
    try:
        return comparison.compare(chunk)
    except Malformed as wrong:
        return wrong.file, wrong.place, wrong.expected
    except Broken as broken:
        return str(broken)
