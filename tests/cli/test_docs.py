"""``tearline docs``: the pages that are derived from the declarations."""

import json

from tests.cli.conftest import ROOT, Run


def test_the_glossary_is_what_docs_facts_prints(run: Run) -> None:
    page = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    assert run("docs", "facts").out == page
    assert json.loads(run("docs", "facts", "--json").out)["markdown"] == page


def test_the_schema_is_one_document(run: Run) -> None:
    schema = json.loads(run("docs", "schema").out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "ItemReleased" in schema["$defs"]
