"""A process that appends until it is done or killed, and says what was acknowledged. Run by test_processes."""

import sys
import threading
from pathlib import Path

from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.told import Clock, compromise, draft

THREADS = 3


def run(folder: Path, name: str, count: int) -> None:
    """Append ``count`` facts from each thread; one line on standard output for each acknowledged one."""
    ledger = Ledger(f"sqlite:///{folder}/ledger.db", NodeKeys.load(folder / "keys"), Clock())
    sys.stdout.write("ready\n")
    sys.stdout.flush()

    def append(thread: int) -> None:
        for n in range(count):
            key = f"{name}-{thread}-{n}"
            appended = ledger.append([draft(compromise(key, "i-1"))], unless=None, after=0, key=key)
            sys.stdout.write(f"{key} {appended.first} {appended.refs[0]}\n")
            sys.stdout.flush()

    threads = [threading.Thread(target=append, args=(thread,)) for thread in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
