"""docs/operations.md keeps its word: every command on it runs."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
SCRIPT = "set -euo pipefail\n" + "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def test_every_command_on_the_page_runs(tmp_path: Path) -> None:
    script = f'tearline() {{ "{sys.executable}" -m tearline.cli "$@"; }}\n{SCRIPT}'
    ran = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert "The ledger is whole: 3 entries." in ran.stdout
    assert ran.stdout.endswith("purged: 0 entries\n")
    # What was restored came as far as the second store had seen, so nothing stands in its way.
    assert "nothing is signed" not in ran.stderr


def test_the_tests_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`(tests/[a-z_/]+\.py)`", PAGE))
    assert len(named) > 3
    assert not [name for name in named if not (Path(__file__).parents[2] / name).is_file()]
