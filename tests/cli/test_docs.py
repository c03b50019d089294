"""``tearline docs``: the pages that are derived from the declarations."""

import json

import pytest

from tests.cli.conftest import ROOT, Run


@pytest.mark.parametrize("name", ["facts", "dossier", "protocols", "security/routes"])
def test_a_derived_page_is_what_its_command_prints(run: Run, name: str) -> None:
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert run("docs", name.rpartition("/")[2]).out == page
    assert json.loads(run("docs", name.rpartition("/")[2], "--json").out)["markdown"] == page


def test_the_schema_is_one_document(run: Run) -> None:
    schema = json.loads(run("docs", "schema").out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "ItemReleased" in schema["$defs"]
