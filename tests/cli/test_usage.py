"""Every command explains itself, starts quickly, and answers wrong usage with one line."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tearline.cli.app import app
from tests.cli.conftest import Run


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    groups: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(app))]
    for words, group in groups:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                groups.append(((*words, name), command))
            else:
                yield (*words, name), command


COMMANDS = dict(commands())


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_has_help_with_an_example_and_json(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words, "--help")
    assert ran.status == 0
    assert f"Example: tearline {' '.join(words)}" in " ".join(ran.out.split())
    assert "--json" in ran.out
    assert ran.err == ""


def test_help_lists_every_command_and_has_an_example(run: Run) -> None:
    ran = run("--help")
    assert ran.status == 0
    assert "Example: tearline demo" in ran.out
    assert all(f"  {words[0]} " in ran.out for words in COMMANDS)


def test_version_is_the_package_s(run: Run) -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        expected = version("tearline")
    except PackageNotFoundError:
        pytest.skip("the package is importable but not installed")
    assert run("--version").out == f"tearline {expected}\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "tearline: Missing command."),
        (("frob",), "tearline: No such command 'frob'."),
        (("decide",), "tearline decide: Missing argument 'DOSSIER'."),
        (("decide", "a.json", "b.json"), "tearline decide: Got unexpected extra argument"),
        (("decide", "a.json", "--frob"), "tearline decide: No such option: --frob"),
        (("--json", "decide", "a.json"), "tearline: No such option: --json"),
        (("decide", "a.json", "--language", "de"), "tearline decide: Invalid value for '--language'"),
        (("ledger",), "tearline ledger: Missing command."),
        (("ledger", "prove", "x"), "tearline ledger prove: Invalid value for 'index'"),
        (("ledger", "prove", "-1"), "tearline ledger prove: No such option: -1"),
        (("serve", "--port", "99999"), "tearline serve: Invalid value for '--port'"),
        (("import", "stix", "x.json"), "tearline import stix: Missing option"),
        (
            ("ledger", "check", "--database", "postgresql+psycopg://db"),
            "--database: postgresql+psycopg: expected sqlite",
        ),
        (("ledger", "check", "--database", "sqlite://"), "--database: sqlite: expected sqlite"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_line(run: Run, arguments: tuple[str, ...], expected: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.line.startswith(expected)


def test_help_loads_nothing_heavy() -> None:
    """What takes time is loaded when it is needed: a completion or a typo must not wait for a web server."""
    heavy = ["cryptography", "fastapi", "jinja2", "lark", "rich", "sqlalchemy", "stix2", "uvicorn", "yaml"]
    script = (
        "import sys; from tearline.cli import main; main(['--help']);"
        f" print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_the_real_command_line_keeps_its_exit_status_and_its_one_line(tmp_path: Any) -> None:
    missing = tmp_path / "no such file.json"
    command = [sys.executable, "-m", "tearline.cli", "decide", str(missing)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr == f"{missing}: top: expected a file that can be read (No such file or directory)\n"


def test_a_reader_who_leaves_is_no_traceback() -> None:
    command = f"{sys.executable} -m tearline.cli docs facts | head -1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert ran.stdout == "# Facts\n"
    assert ran.stderr == ""
