"""Do the lock files belong to this pyproject.toml?

`make lock` writes a hash of all declared dependencies on the first line of each lock file; `make check`
compares it. That needs no network, and a dependency added without `make lock` is noticed before it is missing
on another machine.

    python .ci/locks.py stamp | check
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

LOCKS = tuple(f"requirements{part}.lock" for part in ("", "-build", "-test", "-fuzz", "-bench", "-spark"))
STAMP = re.compile(r"\A# pyproject\.toml dependencies sha256: ([0-9a-f]{64})\n")


def declared(pyproject: str) -> str:
    """SHA-256, in hex, over what in `pyproject` a lock file depends on, whatever its layout."""
    tables = tomllib.loads(pyproject)
    project = tables["project"]
    depends = {
        "python": project["requires-python"],
        "build": tables["build-system"]["requires"],
        "run": project["dependencies"],
        "optional": project.get("optional-dependencies", {}),
        "groups": tables["dependency-groups"],
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()


def stamped(lock: str, digest: str) -> str:
    return f"# pyproject.toml dependencies sha256: {digest}\n" + STAMP.sub("", lock)


def belongs(lock: str, digest: str) -> bool:
    found = STAMP.match(lock)
    return found is not None and found[1] == digest


def main(order: str) -> str | None:
    """Obey `order`; the sentence to print on the way out, or None when all is well."""
    digest = declared(Path("pyproject.toml").read_text())
    locks = [Path(name) for name in LOCKS]
    if order == "stamp":
        for lock in locks:
            lock.write_text(stamped(lock.read_text(), digest))
        return None
    stale = [lock.name for lock in locks if not lock.exists() or not belongs(lock.read_text(), digest)]
    return f"{', '.join(stale)}: not made from this pyproject.toml; run make lock" if stale else None


if __name__ == "__main__":
    if sys.argv[1:] not in (["stamp"], ["check"]):
        sys.exit("usage: locks.py stamp | check")
    sys.exit(main(sys.argv[1]))
