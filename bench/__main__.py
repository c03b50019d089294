"""All measurements, one after the other: ``python -m bench``, or ``python -m bench request page`` for some."""

import importlib
import platform
import sqlite3
import sys

PARTS = (
    "verdict",
    "diff",
    "replay",
    "append",
    "decided",
    "scale",
    "export",
    "witness",
    "request",
    "page",
    "site",
    "browser",
    "marks",
    "exposure",
    "exposure_node",
    "exposure_study",
    "casualties",
    "linkage",
    "febrl",
)


def main() -> None:
    """Print each part's table. Only figures of one run may be compared with each other."""
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}",
        flush=True,
    )
    for part in sys.argv[1:] or PARTS:
        print(f"\n== {part}", flush=True)
        importlib.import_module(f"bench.{part}").run()


if __name__ == "__main__":
    main()
