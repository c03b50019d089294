"""Two languages from one catalogue: who gets which, and that the catalogue is whole."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tearline.facts import vocabulary
from tearline.facts.history import Role
from tearline.facts.shape import record_of
from tearline.facts.words import Language
from tearline.web.tongue import preferred
from tests.web.conftest import visitor
from tests.web.world import World

ROOT = Path(__file__).resolve().parents[2]
SPANISH = ROOT / "src" / "tearline" / "web" / "locale" / "es.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    return read_po(BytesIO(SPANISH.read_bytes()), locale="es")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the pages say, gathered as ``make texts`` does."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = "-q extract -F babel.cfg -k say -k many:1,2 --no-location -o".split()
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", *command, str(pot), "src"], cwd=ROOT, check=True
    )
    return read_po(BytesIO(pot.read_bytes()))


def texts(of: object) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of or ())  # type: ignore[arg-type]


def test_the_catalogue_holds_exactly_what_the_pages_say(spanish: Catalog, extracted: Catalog) -> None:
    assert {texts(m.id) for m in spanish if m.id} == {texts(m.id) for m in extracted if m.id}
    assert not spanish.obsolete


def test_no_message_lacks_its_spanish(spanish: Catalog) -> None:
    assert [m.id for m in spanish if m.id and (m.fuzzy or not all(texts(m.string)))] == []


def test_a_translation_names_the_same_values(spanish: Catalog) -> None:
    for message in spanish:
        if message.id:
            named = [set(PLACEHOLDER.findall(t)) for t in texts(message.id)]
            for said in texts(message.string):
                assert set(PLACEHOLDER.findall(said)) in named, message.id


def test_a_word_that_a_fact_declares_is_the_same_on_the_pages(spanish: Catalog) -> None:
    declared: dict[str, set[str]] = {}
    for kind in vocabulary.kinds():
        for field in record_of(kind).fields:
            declared.setdefault(field.label.en, set()).add(field.label.es)
    for message in spanish:
        if isinstance(message.id, str) and message.id in declared:
            assert message.string in declared[message.id], message.id


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.EN),
        ("es-MX,es;q=0.9,en;q=0.8", Language.ES),
        ("en;q=0.5,es;q=0.6", Language.ES),
        ("fr,de", Language.EN),
        ("es;q=0", Language.EN),
        ("es;q=nonsense", Language.EN),
        ("nah,es;q=0.1", Language.ES),
    ],
)
def test_the_browser_s_preference_is_followed(header: str, language: Language) -> None:
    assert preferred(header) is language


def test_the_switch_keeps_the_reader_on_the_same_page(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    page = client.get("/units/tale.unit?at=2011-03-18&as=then")
    switch = re.search(r'href="(/language[^"]+)"', page.text)
    assert switch
    answer = client.get(switch[1].replace("&amp;", "&"))
    assert answer.headers["location"] == "/units/tale.unit?at=2011-03-18&as=then"
    assert '<html lang="es">' in client.get(answer.headers["location"]).text


def test_a_cookie_with_nonsense_is_ignored(still: World) -> None:
    assert '<html lang="en">' in visitor(still, Role.OVERSEER, language="xx").get("/").text
