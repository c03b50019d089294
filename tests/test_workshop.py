"""What the workshop promises: pure parts stay pure, layers hold, lock files belong to their dependencies.

Each check is also shown a planted violation, because a check that never fails checks nothing.
"""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import LONG

ROOT = Path(__file__).resolve().parents[1]
PURE = ("estimates", "facts", "folds", "formats", "protocol", "rooms")

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

PURITY = next(
    c
    for c in PYPROJECT["tool"]["importlinter"]["contracts"]
    if "tearline.rooms.**" in c.get("source_modules", ())
)

# Refused with all they contain: `http` refuses `http.client`. The contract sees whole packages only.
IMPURE_MODULES = frozenset(
    PURITY["forbidden_modules"] + ["numpy.random", "tearline.config", "urllib.request"]
)
IMPURE_CALLS = frozenset(
    """
    __import__ codecs.open input io.open open print
    datetime.date.fromtimestamp datetime.date.today
    datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow
    uuid.getnode uuid.uuid1 uuid.uuid4
    """.split()
)


def is_impure(module: str) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:n]) in IMPURE_MODULES for n in range(1, len(parts) + 1))


def dotted(node: ast.expr, imported: dict[str, str]) -> str:
    """The full name of the chain `a.b.c`, given what imported names stand for; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return imported.get(name, name)
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value, imported)}.{attr}"
        case _:
            return ""


def impurities(source: str) -> Iterator[str]:
    """Each import or call in `source` that reaches for the world, as `line: what`."""
    imported: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                full = {alias: alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                full = {alias: f"{module}.{alias.name}" for alias in names}
            case _:
                continue
        imported |= {alias.asname: name for alias, name in full.items() if alias.asname}
        imported |= {a.name: n for a, n in full.items() if not a.asname and isinstance(node, ast.ImportFrom)}
        yield from (f"{node.lineno}: {name}" for name in full.values() if is_impure(name))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and dotted(node.func, imported) in IMPURE_CALLS:
            yield f"{node.lineno}: {dotted(node.func, imported)}"


@pytest.mark.parametrize("package", PURE)
def test_pure_parts_do_not_reach_for_the_world(package: str) -> None:
    files = sorted((ROOT / "src" / "tearline" / package).rglob("*.py"))
    found = [f"{file.relative_to(ROOT)}:{what}" for file in files for what in impurities(file.read_text())]
    assert not found, "time, texts, seeds and keys are arguments here:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "import os",
        "import os.path as p",
        "import urllib.request",
        "from urllib import request",
        "from http.client import HTTPSConnection",
        "from tearline import config",
        "from tearline.config import settings",
        "from random import choice",
        "def rule():\n    import time",
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "import datetime\ntoday = datetime.date.today()",
        "from datetime import datetime as dt\nnow = dt.now()",
        "import datetime as d\nnow = d.datetime.utcnow()",
        "text = open('pack.yaml').read()",
        "from uuid import uuid4\nname = uuid4()",
    ],
)
def test_a_planted_impurity_is_found(planted: str) -> None:
    assert list(impurities(planted))


@pytest.mark.parametrize(
    "allowed",
    [
        "from datetime import UTC, datetime, timedelta, time\nday = datetime(2011, 3, 18, tzinfo=UTC)",
        "from urllib.parse import urlsplit",
        "import hashlib, io, json, uuid\nname = uuid.uuid5(uuid.NAMESPACE_URL, 'x')",
        "lock.open('x')\ncalendar.now(1)",
    ],
)
def test_arithmetic_on_dates_and_names_is_pure(allowed: str) -> None:
    assert not list(impurities(allowed))


def set_twice(source: str) -> list[str]:
    """Names in capitals that a module gives a value more than once: the first is then read by nobody."""
    set_once: set[str] = set()
    found = []
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        for name in (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)):
            if name.isupper() and name in set_once:
                found.append(name)
            set_once.add(name)
    return found


def test_a_constant_has_one_value() -> None:
    files = [file for folder in ("src", "tests", "bench") for file in sorted((ROOT / folder).rglob("*.py"))]
    assert [
        f"{file.relative_to(ROOT)}: {name}" for file in files for name in set_twice(file.read_text())
    ] == []


def test_a_planted_second_value_is_found() -> None:
    assert set_twice("A, B = 1, 2\nB = 3\n") == ["B"]
    assert set_twice("A = 1\nwork = A\nwork = 2\n") == []


def lint_layers(root: Path, modules: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Check a package `tearline` of `modules` (path: source) against the contracts of the real one."""
    for path, source in modules.items():
        file = root / "src" / "tearline" / path
        for package in (file.parent, *file.parent.parents):
            if not package.is_relative_to(root / "src" / "tearline"):
                break
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").touch()
        file.write_text(source)
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    check = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as c; c()"
    )
    return subprocess.run(
        [sys.executable, "-c", check, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )


def test_a_package_that_keeps_its_layers_passes(tmp_path: Path) -> None:
    kept = {
        "facts/item.py": "",
        "folds/chain.py": "import tearline.facts.item",
        "rooms/release/rules.py": "import tearline.folds.chain",
        "ledger/log.py": "import tearline.facts.item, sqlalchemy",
        "node.py": "import tearline.ledger.log, tearline.rooms.release.rules, time",
        "web/app.py": "import tearline.node, tearline.cli.said",
        "cli/said.py": "",
    }
    checked = lint_layers(tmp_path, kept)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "planted",
    [
        {"utils.py": ""},
        {"rooms/leaks.py": "", "rooms/harm.py": "import tearline.rooms.leaks"},
        {"rooms/leaks.py": "", "facts/leaks.py": "from tearline.rooms import leaks"},
        {"ledger/log.py": "", "rooms/harm.py": "import tearline.ledger.log"},
        {"web/page.py": "", "node.py": "import tearline.web.page"},
        {
            "facts/clock.py": "",
            "folds/x.py": "import tearline.facts.clock",
            "config.py": "",
            "facts/y.py": "import time",
        },
        {"config.py": "import os", "rooms/harm.py": "import tearline.config"},
        {"folds/chain.py": "", "ledger/log.py": "import tearline.folds.chain"},
    ],
    ids=[
        "stray",
        "room-to-room",
        "upwards",
        "room-to-ledger",
        "node-to-door",
        "clock",
        "disk-at-one-remove",
        "ledger-reads-meaning",
    ],
)
def test_a_planted_breach_of_the_layers_is_found(tmp_path: Path, planted: dict[str, str]) -> None:
    checked = lint_layers(tmp_path, planted)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "BROKEN" in checked.stdout or "not defined in the contract" in checked.stdout.replace("\n", " ")


def locks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("locks", ROOT / ".ci" / "locks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_lock_files_belong_to_the_declared_dependencies() -> None:
    digest = locks().declared((ROOT / "pyproject.toml").read_text())
    assert all(locks().belongs((ROOT / name).read_text(), digest) for name in locks().LOCKS)


def test_a_dependency_added_without_a_new_lock_is_found() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    more = pyproject.replace("dependencies = [\n", 'dependencies = [\n    "left-pad",\n', 1)
    lock = (ROOT / "requirements.lock").read_text()
    assert more != pyproject
    assert not locks().belongs(lock, locks().declared(more))


def test_stamping_twice_leaves_one_stamp() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    first, second = "0" * 64, "1" * 64
    assert locks().stamped(locks().stamped(lock, first), second) == locks().stamped(lock, second)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock", "requirements-test.lock"])
def test_every_locked_package_is_pinned_and_hashed(name: str) -> None:
    lines = re.sub(r"\\\n\s*", " ", (ROOT / name).read_text()).splitlines()
    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert packages
    assert not [
        line for line in packages if not re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]


def test_the_build_backend_is_the_locked_one() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]


def test_each_rule_that_is_switched_off_says_why() -> None:
    lint = (ROOT / "pyproject.toml").read_text().partition("[tool.ruff.lint]")[2].partition("[[")[0]
    ignored = lint.partition("ignore = [")[2]
    rules = [line for line in ignored.splitlines() if re.match(r'\s*"[A-Z]+[0-9]*",', line)]
    assert len(rules) > len(PURE)
    assert not [line for line in rules if "# " not in line]


def test_the_modules_that_are_begun_first_are_there() -> None:
    assert [module for module in sorted(LONG) if not (ROOT / module).is_file()] == []
