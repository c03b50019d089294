"""A long run kept in parts: each answer is a line in a file as soon as it is there; what was stopped can go on."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Job = tuple[int, ...]


def carried_on(
    path: Path, jobs: Iterable[Job], answered: Callable[[Job], Row], *, workers: int = 1
) -> list[Row]:
    """Each job's row, in the jobs' order, with the job under ``job``; what is not in the file yet is asked first."""
    wanted = list(jobs)
    known = {tuple(row["job"]) for row in rows(path)}
    missing = [job for job in wanted if job not in known]
    if missing:
        with path.open("a") as file, ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            file.write("\n")  # what was cut off stays a line by itself
            for job, row in zip(missing, pool.map(answered, missing), strict=True):
                file.write(json.dumps({"job": job} | row) + "\n")
                file.flush()
    by = {tuple(row["job"]): row for row in rows(path)}
    return [by[job] for job in wanted]


def rows(path: Path) -> list[Row]:
    """What was written so far; a line that was cut off is none."""
    found = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found
