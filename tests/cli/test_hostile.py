"""Whatever bytes stand in a file: a verdict, or one line. Never a traceback, whoever wrote the file."""

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.cli import main
from tearline.cli.protocol import named
from tearline.protocol import write_dossier
from tests.cli.conftest import ROOT

PACK = (ROOT / "src" / "tearline" / "protocol" / "packs" / "cross-border.yaml").read_bytes()
DOSSIER = json.dumps(write_dossier(named("cross-border/1").base)).encode()
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 3, 2.5, "", "x", "2026-03-10T12:00:00Z", [], {}, [[]], [{}]]
)


def answers_in_one_line(text: bytes, *words: str, statuses: tuple[int, ...]) -> None:
    """Put these bytes to a command, and expect one of these exit statuses, or one line and 2."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(text)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([*words, str(file)])
    if status == 2:
        assert out.getvalue() == ""
        assert err.getvalue().startswith(f"{file}: ")
        assert err.getvalue().count("\n") == 1
    else:
        assert status in statuses


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
@pytest.mark.parametrize("words", [("decide",), ("protocol", "check")], ids=" ".join)
def test_any_bytes(words: tuple[str, ...], text: bytes) -> None:
    answers_in_one_line(text, *words, statuses=(0, 1, 3, 4))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_dossier_with_anything_anywhere(data: st.DataObject) -> None:
    plain: Any = json.loads(DOSSIER)
    holder = plain
    while True:
        key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
        if not isinstance(holder[key], dict | list) or not holder[key] or data.draw(st.booleans()):
            break
        holder = holder[key]
    holder[key] = data.draw(VALUES)
    answers_in_one_line(json.dumps(plain).encode(), "decide", statuses=(0, 3, 4))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PACK) - 1), st.integers(0, 80), st.binary(max_size=6))
def test_a_protocol_with_bytes_exchanged(start: int, length: int, into: bytes) -> None:
    changed = PACK[:start] + into + PACK[start + length :]
    answers_in_one_line(changed, "protocol", "check", statuses=(0, 1))
