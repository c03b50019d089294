"""A replay on Spark: the same texts, shipped to its workers and compiled there, and the same tally.

Each worker must have this version of Tearline. A dossier's line is its number in the file, whichever worker reads it:
lines are first counted by the part of the file that they stand in.
"""

import os
import pickle
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tearline.facts.errors import Broken, Malformed
from tearline.jobs.replay.comparison import Chunk, Comparison
from tearline.jobs.replay.files import COLUMNS, NEEDS_SPARK, ROWS, of_rows
from tearline.jobs.replay.local import Advance, Listed
from tearline.jobs.replay.tally import Case, Tally
from tearline.jobs.replay.task import Task

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# pyspark carries no types, so what comes from it is Any.
Result = tuple[int, Tally | list[Case] | tuple[str, str, str]]
"""Where it belongs in the source, and a tally, some changed cases, or what is Malformed."""
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",  # only the parts of a file are counted by group
    "spark.local.dir": "{folder}/local",
    "spark.sql.warehouse.dir": "{folder}/warehouse",
}
ON_THIS_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_OURS = re.compile(r"tearline\.facts\.errors\.\w+: (.*)")


def replay_on_spark(
    task: Task,
    source: str,
    *,
    master: str = "local[*]",
    advance: Advance = lambda _done, _of: None,
    listed: Listed = lambda _cases: None,
) -> Tally:
    """The tally of the dossiers in ``source``, as ``replay_locally`` has it; JSON Lines, or Parquet by its name's end.

    ``master`` is Spark's own way to say where it runs. Malformed where a line is no dossier or Spark is not there;
    Broken when Spark gave up.
    """
    if "://" not in source and not Path(source).is_file():
        raise Malformed(source, "top", "a file that can be read")
    with _session(master, source) as spark:
        shipped = spark.sparkContext.broadcast(pickle.dumps(task))
        if source.endswith(".parquet"):
            rows = spark.read.parquet(source).select(*COLUMNS).rdd
            results = rows.mapPartitions(partial(_decide_rows, shipped, source))
        else:
            lines = _lines(spark, source)
            results = lines.rdd.mapPartitions(partial(_decide_lines, shipped, source, _starts(lines)))
        with _watched(spark, advance):
            found = results.collect()
        return _collected(task, found, listed)


@contextmanager
def _session(master: str, source: str) -> "Iterator[SparkSession]":
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import AnalysisException, PySparkException
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession
    except ImportError:
        raise Malformed("--engine", "spark", NEEDS_SPARK) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # It prints, with Java's whole stack, what also comes as an error.
    PySparkLogger.getLogger("DataFrameQueryContextLogger").disabled = True
    with TemporaryDirectory(prefix="tearline-spark-") as folder:
        builder = SparkSession.builder.appName("tearline protocol replay").master(master)
        for name, value in (SETTINGS | (ON_THIS_MACHINE if master.startswith("local") else {})).items():
            builder = builder.config(name, value.format(folder=folder))
        try:
            with _aside(Path(folder) / "log"):
                spark = builder.getOrCreate()
        except (PySparkException, Py4JError) as error:
            expected = f"Spark to start, with Java 17 or newer ({_said(error)})"
            raise Malformed("--engine", "spark", expected) from None
        spark.sparkContext.setLogLevel("OFF")  # what goes wrong comes as an error
        try:
            yield spark
        except AnalysisException as error:
            raise Malformed(source, "top", f"dossiers that Spark can read ({_said(error)})") from None
        except (PySparkException, Py4JError) as error:
            raise Broken(f"{source}: Spark gave up: {_said(error)}") from None
        finally:
            spark.stop()


@contextmanager
def _aside(log: Path) -> Iterator[None]:
    """Whoever is started meanwhile writes its errors to this file: Java speaks before it reads any setting."""
    sys.stderr.flush()
    before = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


@contextmanager
def _watched(spark: "SparkSession", advance: Advance) -> Iterator[None]:
    """Say how many parts of the source are done while the block waits for them."""
    over = threading.Event()

    def watch() -> None:
        tracker = spark.sparkContext.statusTracker()
        while not over.wait(0.5):
            for stage in tracker.getActiveStageIds():
                seen = tracker.getStageInfo(stage)
                if seen is not None:
                    advance(seen.numCompletedTasks, seen.numTasks)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _said(error: Exception) -> str:
    """What one of our workers said, else the first line of what Spark says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    ours = [found[1] for line in lines if (found := _OURS.match(line))]
    return next(iter([*ours, *lines]), type(error).__name__)


def _lines(spark: "SparkSession", source: str) -> "DataFrame":
    """Each line as its bytes (as text, Spark would mend what is no UTF-8), with the part of the file it stands in."""
    lines = spark.read.option("lineSep", "\n").text(source)
    return lines.selectExpr("_metadata.file_block_start AS start", "CAST(value AS BINARY) AS line")


def _starts(lines: "DataFrame") -> dict[int, int]:
    """How many lines stand before each part of the file."""
    counts = sorted((row["start"], row["count"]) for row in lines.groupBy("start").count().collect())
    starts, before = {}, 0
    for start, count in counts:
        starts[start] = before
        before += count
    return starts


def _decide_lines(
    shipped: Any, source: str, before: Mapping[int, int], rows: Iterable[Any]
) -> Iterator[Result]:
    """What one worker does with its part of the lines."""
    seen = dict(before)
    return _decide(shipped, (_of_lines(source, seen, some) for some in _batches(rows)))


def _decide_rows(shipped: Any, source: str, rows: Iterable[Any]) -> Iterator[Result]:
    return _decide(shipped, (of_rows(source, _columns(some)) for some in _batches(rows)))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while some := list(islice(rows, ROWS)):
        yield some


def _columns(rows: Sequence[Any]) -> dict[str, list[object]]:
    return {column: [row[column] for row in rows] for column in COLUMNS}


def _of_lines(source: str, before: dict[int, int], rows: Sequence[Any]) -> Chunk:
    numbers = []
    for row in rows:
        before[row["start"]] += 1
        numbers.append(before[row["start"]])
    return Chunk(file=source, word="line", numbers=numbers, data=b"\n".join(row["line"] for row in rows))


def _decide(shipped: Any, chunks: Iterator[Chunk]) -> Iterator[Result]:
    """Lists of cases as they come, then one tally; after a line that is no dossier, nothing more."""
    task: Task = pickle.loads(shipped.value)  # noqa: S301  this replay's own
    comparison = Comparison(task)
    total = Tally(most=task.cases)
    for chunk in chunks:
        try:
            tally = comparison.compare(chunk)
        except Malformed as wrong:
            yield int(wrong.place.split()[1].rstrip(",")), (wrong.file, wrong.place, wrong.expected)
            return
        if tally.listed:
            yield chunk.numbers[0], tally.listed
        total.add(tally)
    yield 0, total


def _collected(task: Task, results: Iterable[Result], listed: Listed) -> Tally:
    """All of it added up; the earliest line that is no dossier comes before everything."""
    total = Tally(most=task.cases)
    in_order = sorted(results, key=lambda result: result[0])
    for _, found in in_order:
        if isinstance(found, tuple):
            raise Malformed(*found)
    for _, found in in_order:
        if isinstance(found, Tally):
            total.add(found)
        elif isinstance(found, list):
            listed(found)
    return total
