"""Forms that name a person offer those on record by their identifiers, and nothing of who they are."""

import re

import pytest

from tearline.facts.history import Role
from tests.web.conftest import visitor
from tests.web.world import World


@pytest.mark.parametrize(
    ("path", "name"), [("/people-and-access/roles/new", "person"), ("/machines/new", "answers")]
)
def test_a_form_that_names_a_person_offers_those_on_record(still: World, path: str, name: str) -> None:
    page = visitor(still, Role.ADMINISTRATOR).get(path).text
    assert f'list="f-{name}-list"' in page
    offered = re.findall(r'<option value="([^"]+)"></option>', page.partition(f'id="f-{name}-list"')[2])
    assert "practice.commander" in offered
    assert offered == sorted(offered)
    assert all(one.startswith("practice.") for one in offered)
