"""What a serving node writes down of itself: one event a line on standard error, and never content.

An event says when, how bad, what happened, and for a request the route's template, the status and how long it took. It
never holds a query, a path's parameters, a body, a cookie, a header or an exception's message, since any of them may
carry what is sealed: of an exception its type, file and line are written, and the error's name where the system gave
one. Of what a library logs, only where it was logged from is written; of our own, the sentence as it stands in the
source, without what would be filled in.

Two forms: ``json``, an object a line for machines, and ``plain`` for people.
"""

import errno
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from types import TracebackType
from typing import TextIO

OURS = "tearline"
"""Loggers of this name or below it are ours; their sentences are literals (``tests/web/test_events.py`` checks it)."""
LOG = logging.getLogger("tearline.site")


class LogFormat(Enum):
    PLAIN = "plain"
    JSON = "json"


def tell(level: int, event: str, **told: str | int | float) -> None:
    """Write one event. ``told`` is what is known of it: templates, figures, closed words; never content."""
    LOG.log(level, event, extra={"told": told})


def tell_fault(event: str, error: BaseException, **told: str | int | float) -> None:
    """Write that something failed: what kind of error, and where in the source."""
    LOG.error(event, extra={"told": told | place_of(error)})


def place_of(error: BaseException) -> dict[str, str | int]:
    """An exception without what it says: its type, and the file and line that raised it."""
    found: dict[str, str | int] = {"error": type(error).__name__}
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        found["code"] = errno.errorcode[error.errno]
    # Not traceback.extract_tb, which reads the source's lines: they are not written, and cost most of it.
    frames = [(f.f_code.co_filename, line) for f, line in traceback.walk_tb(error.__traceback__)]
    if frames:
        found |= {"file": _short(frames[-1][0]), "line": frames[-1][1]}
        ours = [(file, line) for file, line in frames if f"/{OURS}/" in file]
        if ours and ours[-1] is not frames[-1]:
            found |= {"from": f"{_short(ours[-1][0])}:{ours[-1][1]}"}
    return found


def _short(filename: str) -> str:
    """The end of a file's path: what lies below the folder of packages."""
    return filename.rpartition("/site-packages/")[2].rpartition("/src/")[2]


class _Events(logging.Formatter):
    """A log record as the members of an event."""

    def members(self, record: logging.LogRecord) -> Mapping[str, str | int | float]:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        ours = record.name == OURS or record.name.startswith(f"{OURS}.")
        known: dict[str, str | int | float] = {
            "time": f"{when}.{int(record.created % 1 * 1000):03d}Z",
            "level": record.levelname.lower(),
            "event": str(record.msg) if ours and isinstance(record.msg, str) else record.name,
        }
        told = getattr(record, "told", None)
        if ours and isinstance(told, dict):
            return known | told
        if not ours:
            known["at"] = f"{_short(record.pathname)}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            known |= place_of(record.exc_info[1])
        return known


class JsonLines(_Events):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.members(record), ensure_ascii=True)


class PlainLines(_Events):
    def format(self, record: logging.LogRecord) -> str:
        known = dict(self.members(record))
        when, level, event = (str(known.pop(name)) for name in ("time", "level", "event"))
        rest = " ".join(f"{name}={value}" for name, value in known.items())
        line = f"{when} {level.upper():8} {event} {rest}".rstrip()
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


@contextmanager
def writing_events(
    form: LogFormat, *, level: int = logging.INFO, stream: TextIO | None = None
) -> Iterator[None]:
    """Everything that is logged in this process, and what no one catches, is written so within the block.

    Also what a library would write by itself: a logger that it gave a handler of its own is led here meanwhile.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else PlainLines())
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before, levels = root.handlers[:], (root.level, ours.level)
    hooks = sys.excepthook, threading.excepthook
    apart = [(one, one.handlers[:], one.propagate) for one in _loggers() if one.handlers or not one.propagate]

    def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        tell_fault("uncaught", error)

    def uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            tell_fault("uncaught", arguments.exc_value)

    root.handlers = [handler]
    for one, _, _ in apart:
        one.handlers, one.propagate = [], True
    root.setLevel(logging.WARNING)
    ours.setLevel(level)
    logging.captureWarnings(capture=True)
    sys.excepthook, threading.excepthook = uncaught, uncaught_in_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = hooks
        logging.captureWarnings(capture=False)
        root.handlers = before
        for one, handlers, propagated in apart:
            one.handlers, one.propagate = handlers, propagated
        root.setLevel(levels[0])
        ours.setLevel(levels[1])


def _loggers() -> list[logging.Logger]:
    return [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
