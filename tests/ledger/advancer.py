"""A process that moves the second store forward until it is killed, and says what was acknowledged."""

import sys
from pathlib import Path

from tearline.facts.errors import Conflict
from tearline.ledger.published import Published
from tests.ledger.notes import note, size_of


def run(folder: Path, steps: int) -> None:
    published = Published(folder)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        held = published.read()
        size = size_of(held)
        if size >= steps:
            return
        try:
            published.advance(held, note(size + 1))
        except Conflict:
            continue
        sys.stdout.write(f"{size + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
