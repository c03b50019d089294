"""Every reader of foreign bytes under atheris, one after the other, each for a bounded time: ``make fuzz``.

Inputs that reach new code are kept in ``.fuzz/READER/`` and are where the next run begins; what breaks a promise of
``tests.parsers`` is kept there too, as ``crash-...``, and fed again with ``--again FILE``.

    python -m tests.fuzz [--seconds 60] [--again FILE] [READER ...]
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

KEPT = Path(__file__).parents[1] / ".fuzz"
LARGEST = 4096
"""Bytes of an input, but where an example is larger."""


def _folder(name: str) -> Path:
    folder = KEPT / re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fuzz(name: str, seconds: int) -> None:
    """Feed one reader. Does not return: libFuzzer ends the process, with a status other than 0 when it found fault."""
    import atheris  # in the dependency group of its own that ``make fuzz`` installs

    with atheris.instrument_imports(include=["tearline"]):
        from tests.parsers import parsers
    (parser,) = (one for one in parsers() if one.name == name)
    folder = _folder(name)
    for number, example in enumerate(parser.examples):
        (folder / f"example-{number}").write_bytes(example)
    longest = max(LARGEST, *(2 * len(example) for example in parser.examples))
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={longest}",
        f"-artifact_prefix={folder}/",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], lambda data: parser.refusal(bytes(data)))
    atheris.Fuzz()


def _all(names: list[str], seconds: int) -> int:
    from tests.parsers import parsers

    known = [one.name for one in parsers()]
    for name in names:
        if name not in known:
            print(f"no such reader: {name}; one of {', '.join(known)}", file=sys.stderr)  # noqa: T201
            return 2
    failed = []
    for name in names or known:
        command = [sys.executable, "-m", "tests.fuzz", "--one", name, "--seconds", str(seconds)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        runs = re.search(r"number_of_executed_units: *(\d+)", ended.stderr)
        print(f"{name}: {runs[1] if runs else '?'} inputs, status {ended.returncode}", flush=True)  # noqa: T201
        if ended.returncode:
            failed.append(name)
            print(ended.stdout + ended.stderr, file=sys.stderr)  # noqa: T201
    print(f"faults in: {', '.join(failed)}" if failed else "no fault found")  # noqa: T201
    return 1 if failed else 0


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("reader", nargs="*")
    given.add_argument("--seconds", type=int, default=60, help="for each reader")
    given.add_argument("--one", help=argparse.SUPPRESS)
    given.add_argument("--again", type=Path, help="feed this file to the one reader that is named")
    asked = given.parse_args()
    if asked.one:
        fuzz(asked.one, asked.seconds)
    if asked.again:
        from tests.parsers import parsers

        (parser,) = (one for one in parsers() if [one.name] == asked.reader)
        print(parser.refusal(asked.again.read_bytes()) or "accepted")  # noqa: T201
        return 0
    return _all(asked.reader, asked.seconds)


if __name__ == "__main__":
    sys.exit(main())
