"""The glossary page says what the declarations say, and is current."""

import json
from pathlib import Path

import pytest

from tearline.facts import glossary
from tearline.facts.shape import record_of
from tearline.facts.vocabulary import ROOMS, kinds

PAGE = Path(__file__).resolve().parents[2] / "docs" / "facts.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == glossary.page(), "run: make docs"


def test_each_room_has_a_title_in_both_languages() -> None:
    rooms = {module.__name__.rpartition(".")[2] for module in ROOMS}
    assert set(glossary.TITLES) == rooms
    assert all(title.en and title.es for title in glossary.TITLES.values())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_each_kind_stands_there_with_every_field_in_both_languages(kind: type) -> None:
    page = glossary.page()
    section = page.partition(f"### {kind.__name__}\n")[2].partition("\n### ")[0]
    assert section
    for field in record_of(kind).fields:
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{field.name}` |")]
        assert field.label.en in row
        assert field.label.es in row
        assert (field.compartment.value in row) if field.compartment else True


def test_every_link_leads_to_a_heading_of_the_page() -> None:
    page = glossary.page()
    headings = {line[4:].lower() for line in page.splitlines() if line.startswith("### ")}
    links = {part.partition(")")[0] for part in page.split("](#")[1:]}
    assert links
    assert links <= headings


def test_the_schema_names_every_kind_and_marks_what_is_sealed() -> None:
    schema = json.loads(json.dumps(glossary.schema()))
    assert set(schema["$defs"]) == {kind.__name__ for kind in kinds()}
    item = schema["$defs"]["ItemRegistered"]
    assert item["properties"]["content"]["x-compartment"] == "content"
    assert "x-compartment" not in item["properties"]["tlp"]
    assert item["properties"]["tlp"]["enum"] == ["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"]
    assert "content" in item["required"]
