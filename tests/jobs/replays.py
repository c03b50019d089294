"""Many small dossiers and two protocols that differ, for the tests of replay."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from bench.verdict_world import dossier
from tearline.jobs.replay.task import Task, Text, prepare
from tearline.protocol import write_dossier
from tests.protocol.packs import SHIPPED, cross_border

OLD = Text(file="cross-border.yaml", text=SHIPPED.read_text("utf-8"))


def edited(*changes: tuple[str, str], version: int = 2) -> str:
    """The shipped pack's text with each of these put in the place of the other."""
    text = OLD.text.replace("version: 1", f"version: {version}", 1)
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    return text


LOOSER_AND_STRICTER = edited(
    ('chain.exists(p, p.outcome == "pending")', 'chain.exists(p, p.outcome == "failed")'),
    (
        'request.extent in ["full", "redacted", "existence"] && source.knowers < agreement.min_knowers',
        "source.knowers < agreement.min_knowers + 6",
    ),
)
NEW = Text(file="new.yaml", text=LOOSER_AND_STRICTER)


def task(*, listing: bool = False) -> Task:
    return prepare([NEW], None, [OLD], listing=listing)


def lines(count: int, chain: int = 3) -> Iterator[bytes]:
    for n in range(count):
        yield (
            json.dumps(write_dossier(dossier(cross_border(), chain, random.Random(f"{chain}/{n}")))).encode()
            + b"\n"
        )


def written(file: Path, count: int) -> Path:
    file.write_bytes(b"".join(lines(count)))
    return file
