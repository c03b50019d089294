"""The whole study: see the package."""

import json
import sys
import time
from pathlib import Path

from bench.exposure_study.families import FAMILIES
from bench.exposure_study.figures import Figures, add_up, as_tested, show, told_apart
from bench.exposure_study.study import by_family, study
from bench.kept import rows

RESULTS = Path(__file__).parent / "results.json"
PAIRS = (
    ("A", "G1"),
    ("A", "H1"),
    ("A", "H2"),
    ("E2", "E1"),
    ("F2", "F1"),
    ("D1", "C1"),
    ("D2", "C1"),
    ("D3", "C2"),
    ("D6", "C2"),
)


def written(found: dict[str, Figures], apart: dict[str, Figures]) -> str:
    """As JSON, a line a family."""

    def lines(of: dict[str, Figures]) -> str:
        return ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in of.items())

    return f'{{"families": {{\n{lines(found)}\n}},\n"apart": {{\n{lines(apart)}\n}}}}\n'


def main() -> None:
    path, names = Path(sys.argv[1]), sys.argv[2:]
    started = time.perf_counter()
    study([FAMILIES[name] for name in names or FAMILIES], path)
    every = by_family(rows(path))
    found = {name: add_up(name, every[name]) for name in FAMILIES if name in every}
    show(found)
    apart = {
        f"{right} - {wrong}": told_apart(every[right], every[wrong])
        for right, wrong in PAIRS
        if right in found and wrong in found
    }
    print("\ntwo models of the same worlds, the first better by")
    for name, one in apart.items():
        print(f"{name:<8}{one}")
    print("\nfor tested.py")
    for one in found.values():
        print(f"    {as_tested(one)},")
    if not names:
        RESULTS.write_text(written(found, apart))
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
