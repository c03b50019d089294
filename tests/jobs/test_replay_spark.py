"""Spark counts what the cores of this machine count, to the last case; and says what is wrong in the same words."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.jobs.replay.files import chunks_of
from tearline.jobs.replay.local import replay_locally
from tearline.jobs.replay.on_spark import replay_on_spark
from tearline.jobs.replay.tally import Case
from tests.jobs.replays import lines, task, written

pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed: make spark")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java on this machine")

TWO_CORES = "local[2]"


def test_spark_counts_what_the_cores_count(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "dossiers.jsonl", 3_000)
    here: list[Case] = []
    there: list[Case] = []
    local = replay_locally(task(listing=True), chunks_of(file), listed=here.extend)
    spark = replay_on_spark(task(listing=True), str(file), master=TWO_CORES, listed=there.extend)
    assert spark == local
    assert here == there
    assert local.changed > 100
    said = capfd.readouterr()
    assert said.out == said.err == "", "Spark is to be quiet"


def test_spark_reads_parquet_and_counts_what_was_purged(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    texts = [line.decode() for line in lines(300)]
    columns = {
        "entry": list(range(10, 310)),
        "protocol": ["cross-border/1"] * 299 + ["gone/1"],
        "dossier": [None if n % 50 == 0 else text for n, text in enumerate(texts)],
    }
    file = tmp_path / "dossiers.parquet"
    parquet.write_table(pa.table(columns), file)
    local = replay_locally(task(), chunks_of(file))
    assert replay_on_spark(task(), str(file), master=TWO_CORES) == local
    assert (local.purged, local.unnamed) == (6, {"gone/1": 1})


def test_spark_names_the_first_line_that_is_no_dossier(tmp_path: Path) -> None:
    held = list(lines(400))
    held[90] = b'{"dossier": 1, "at": "2011-03-18T09:00:00Z", "item": {"id": "\xff"}}\n'
    held[300] = b"{\n"
    file = tmp_path / "dossiers.jsonl"
    file.write_bytes(b"".join(held))
    with pytest.raises(Malformed) as there:
        replay_on_spark(task(), str(file), master=TWO_CORES)
    with pytest.raises(Malformed) as here:
        replay_locally(task(), chunks_of(file))
    assert str(there.value) == str(here.value)
    assert "line 91, column 62: expected UTF-8, found byte 0xff" in str(here.value)


def test_a_spark_worker_with_another_engine_does_not_decide(tmp_path: Path) -> None:
    file = written(tmp_path / "dossiers.jsonl", 3)
    with pytest.raises(
        Broken, match=r"Spark gave up: this machine decides with .*, and the replay .* by another/9"
    ):
        replay_on_spark(replace(task(), engine="another/9"), str(file), master=TWO_CORES)


def test_parquet_of_something_else_is_no_dossiers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    file = tmp_path / "other.parquet"
    parquet.write_table(pa.table({"entry": [1]}), file)
    with pytest.raises(Malformed, match="dossiers that Spark can read"):
        replay_on_spark(task(), str(file), master=TWO_CORES)
    assert capfd.readouterr().err == ""
    with pytest.raises(Malformed, match="the columns entry, protocol, dossier"):
        replay_locally(task(), chunks_of(file))


def test_where_java_does_not_start_it_is_one_line(tmp_path: Path) -> None:
    file = written(tmp_path / "dossiers.jsonl", 1)
    command = ["protocol", "replay", str(file), "--protocol", "cross-border", "--engine", "spark"]
    environment = os.environ | {"JAVA_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "tearline.cli", *command],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith("--engine: spark: expected Spark to start, with Java 17 or newer")
