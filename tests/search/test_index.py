"""Search: what stands in clear is found, on both databases alike, and nothing that is sealed; no query is a program."""

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft
from tearline.facts.identifiers import OrganisationId, UnitId
from tearline.facts.parties import OrganisationRegistered, UnitFormed
from tearline.ledger.ledger import Ledger
from tearline.search.documents import ENTRY, THINGS
from tearline.search.index import A_STEP, Found, Index, Searching, search_url
from tearline.search.words import MOST_TERMS, folded, terms_of, words_of
from tests.databases import PostgreSql, Server, postgresql
from tests.nodes import KEYS, Clock
from tests.worlds import LEO, NOON, disclosed, partners, released, unit

KINDS = tuple(THINGS)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with postgresql() as running:
        yield running


ENGINES = ["sqlite", "postgresql"]


@contextmanager
def somewhere(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[str]:
    """Where an index can be."""
    if engine == "sqlite":
        yield search_url(folder, None)
        return
    made: PostgreSql = request.getfixturevalue("server").new()
    yield search_url(folder, made.url)
    made.run(f"DROP SCHEMA {made.name} CASCADE")


@pytest.fixture(scope="module", params=ENGINES)
def still(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of a ledger to which nothing is added."""
    folder = tmp_path_factory.mktemp("still")
    ledger = told(folder)
    with somewhere(request, request.param, folder) as url:
        made = Index(url, ledger)
        assert made.caught_up()
        yield made
        made.close()
    ledger.close()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with somewhere(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = told(tmp_path)
    yield made
    made.close()


@pytest.fixture
def index(url: str, ledger: Ledger) -> Iterator[Index]:
    made = Index(url, ledger)
    assert made.caught_up()
    yield made
    made.close()


def told(folder: Path) -> Ledger:
    made = new_ledger(folder)
    tell(made, *[r.fact for r in partners().facts])
    return made


def new_ledger(folder: Path, name: str = "ledger") -> Ledger:
    return Ledger.make(f"sqlite:///{folder}/{name}.db", KEYS, Clock())


def tell(ledger: Ledger, *facts: Fact, by: Actor = LEO) -> None:
    size = ledger.size()
    drafts = [Draft(fact=fact, happened_at=NOON, by=by) for fact in facts]
    ledger.append(drafts, unless=None, after=size, key=f"told-{size}")


def names(index: Index, query: str, *kinds: str) -> list[str]:
    return [f"{found.kind}:{found.name}" for found in index.find(query, kinds or KINDS)]


def organisation(name: str, text: str) -> OrganisationRegistered:
    return OrganisationRegistered(organisation=OrganisationId(name), name=text, country="Utopia")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("siu", ["unit:siu"]),
        ("SIU", ["unit:siu"]),
        ("the pact", ["agreement:pact"]),
        ("pact the", ["agreement:pact"]),
        ("phon", ["item:phones"]),
        ("phones", ["item:phones"]),
        ("utopia", ["organisation:watch", "organisation:partner", "organisation:own"]),
        ("siu nowhere", []),
        ("", []),
        ("  ", []),
        ("...", []),
    ],
)
def test_things_are_found_by_their_names_and_texts(still: Index, query: str, found: list[str]) -> None:
    assert names(still, query) == found


def test_what_is_sealed_is_not_found(still: Index) -> None:
    for words in (
        "Identifiers",
        "what the source handed over",
        "S-17",
        "17",
        "handed",
        "those at risk",
        "who rita is",
    ):
        assert names(still, words) == [], words


def test_a_thing_is_found_once_however_often_it_is_named(index: Index, ledger: Ledger) -> None:
    tell(ledger, UnitFormed(unit=UnitId("third"), organisation=OrganisationId("own"), name="Unit three"))
    assert index.caught_up()
    assert names(index, "own") == ["organisation:own"]
    assert names(index, "three") == ["unit:third"]


def test_a_search_is_narrowed_by_kind(still: Index) -> None:
    assert set(names(still, "s", "person")) == set()
    assert names(still, "unit", "unit") == ["unit:desk", "unit:siu"]
    assert names(still, "unit", "item") == []
    assert names(still, "unit", "unit", "item") == ["unit:desk", "unit:siu"]
    assert still.find("unit", ()) == []


def test_what_else_a_thing_names_counts_only_where_that_is_asked_for(index: Index, ledger: Ledger) -> None:
    tell(ledger, released(), disclosed())
    assert index.caught_up()

    def named(query: str, *kinds: str) -> list[str]:
        return [found.name for found in index.find(query, kinds, named=True)]

    assert names(index, "own phones") == []
    assert named("own phones", "item") == ["phones"]
    assert named("phones siu", "release") == [disclosed().release, released().release]
    assert named("phones nowhere", "release") == []
    assert not [found for found in index.find(released().release, KINDS) if found.kind == "release"]


def test_tables_of_another_layout_are_made_again(tmp_path: Path, ledger: Ledger) -> None:
    with sqlite3.connect(tmp_path / "search.db") as database:
        database.execute("CREATE TABLE search_state (one INTEGER PRIMARY KEY, reached BIGINT, leaf TEXT)")
        database.execute("INSERT INTO search_state VALUES (1, 3, 'ab')")
        database.execute("CREATE TABLE search_docs (number INTEGER PRIMARY KEY, kind, name, position)")
        database.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, kind, content='')")
        database.execute("CREATE TABLE search_tags (tag TEXT PRIMARY KEY)")
    database.close()
    index = Index(search_url(tmp_path, None), ledger)
    assert names(index, "siu") == []
    assert index.caught_up()
    assert names(index, "siu") == ["unit:siu"]
    index.close()


def test_it_is_made_in_the_background_once_nothing_else_waits(tmp_path: Path, ledger: Ledger) -> None:
    waiting = threading.Event()
    searching = Searching(ledger, search_url(tmp_path, None))
    with searching.reading_on(lambda: not waiting.is_set()):
        assert not searching.whole()
        waiting.set()
        for _ in range(500):
            if searching.whole():
                break
            time.sleep(0.01)
        assert names(searching.index(), "siu") == ["unit:siu"]
    assert searching.whole()
    searching.close()


def test_a_public_text_of_something_known_is_found_as_an_entry(index: Index, ledger: Ledger) -> None:
    tell(ledger, organisation("own", "Newly named bureau"))
    assert index.caught_up()
    (found,) = index.find("bureau", KINDS)
    assert (found.kind, found.name, found.position) == (ENTRY, "", ledger.size() - 1)


def test_accents_are_folded_and_n_with_tilde_is_a_letter(index: Index, ledger: Ledger) -> None:
    tell(
        ledger,
        organisation("a", "Dirección de Investigación"),
        organisation("b", "Unidad de Daño y Añoranza"),
        organisation("c", "Unidad de Dano"),
        organisation("d", "UNIDAD DE ESPAN\N{COMBINING TILDE}A"),
    )
    assert index.caught_up()
    assert names(index, "direccion investigación") == ["organisation:a"]
    assert names(index, "DAÑO") == ["organisation:b"]
    assert names(index, "dano") == ["organisation:c"]
    assert names(index, "añor") == ["organisation:b"]
    assert names(index, "anor") == []
    assert names(index, "españa") == ["organisation:d"]


def test_results_come_in_parts_without_a_gap_or_a_repetition(index: Index, ledger: Ledger) -> None:
    tell(ledger, *[unit(f"u-{n}", of="own") for n in range(12)])
    assert index.caught_up()
    whole = index.find("unit", ("unit",), most=100)
    parts: list[Found] = []
    before = None
    while part := index.find("unit", ("unit",), before=before, most=5):
        parts += part
        before = part[-1].number
        tell(ledger, unit(f"late-{len(parts)}", of="own"))  # what comes meanwhile moves nothing
        index.caught_up()
    assert parts == list(whole)
    assert len(parts) == 14


HOSTILE = (
    '"', "'", "''", '"a" OR "b"', "siu OR phones", "NOT siu", "siu NEAR phones", "words : siu", "{kind words}: x",
    "siu*", "^siu", "(siu", "siu)", "-siu", "+siu", "siu & !phones", "siu <-> phones", "siu:*", "siu:A", "'siu':*",
    "\\", "\\'", "%", "_", "siu'; DROP TABLE search_docs; --", '"; DROP TABLE search_docs; --', ":before", ":most",
    "?", "%(match)s", "\x00", "siu\x00phones", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}siu", "a" * 5000, "a " * 2000, "ﬁ",
    "İ", "ß", "١٢٣", "日本語", "e1e5", "1e5", "1.5", "-1", "$$", "${x}", "{{x}}", "<script>", "/* x */", "--",
    "siu\nphones", "\u2028",
)  # fmt: skip


def test_a_query_is_words_and_never_a_program(still: Index) -> None:
    for query in HOSTILE:
        for found in still.find(query, KINDS):
            assert found.kind in KINDS
    assert names(still, "siu OR phones") == []
    assert names(still, "siu NOT phones") == []
    assert names(still, "siu*") == names(still, '"siu"') == names(still, "(siu)") == ["unit:siu"]
    assert names(still, "the OR pact") == []
    assert names(still, "agreement:pact") == []


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_no_text_breaks_a_search(still: Index, query: str) -> None:
    for found in still.find(query, KINDS):
        assert found.kind in KINDS


@given(st.text(max_size=60))
def test_words_are_letters_and_digits_and_stay_what_they_are_when_folded_again(text: str) -> None:
    for word in words_of(text):
        assert word.isalnum() or all(c.isalnum() for c in folded(word))
        assert "'" not in word
        assert '"' not in word
    assert len(terms_of(text)) <= MOST_TERMS


def test_an_index_is_carried_on_in_steps_and_says_how_far_it_is(url: str, tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    tell(ledger, organisation("own", "First"))
    tell(ledger, *[unit(f"u-{n}", of="own") for n in range(A_STEP + 10)])
    index = Index(url, ledger)
    assert not index.caught_up(facts=A_STEP)
    assert names(index, "first") == ["organisation:own"]
    assert names(index, f"u {A_STEP + 5}") == []
    assert index.caught_up(facts=10 * A_STEP)
    assert names(index, f"u {A_STEP + 5}") == [f"unit:u-{A_STEP + 5}"]
    index.close()
    again = Index(url, ledger)
    assert again.caught_up(facts=A_STEP)
    assert len(again.find("unit", ("unit",), most=2000)) == A_STEP + 10
    again.close()
    ledger.close()


def test_an_index_of_another_ledger_is_thrown_away(url: str, tmp_path: Path) -> None:
    one, other = new_ledger(tmp_path, "one"), new_ledger(tmp_path, "other")
    tell(one, organisation("own", "First"))
    tell(other, organisation("own", "Second"), organisation("two", "Third"))
    index = Index(url, one)
    assert index.caught_up()
    index.close()
    index = Index(url, other)
    assert index.caught_up()
    assert names(index, "first") == []
    assert names(index, "second") == ["organisation:own"]
    index.rebuild()
    assert names(index, "second") == []
    assert index.caught_up()
    assert names(index, "second") == ["organisation:own"]
    index.close()
    one.close()
    other.close()


def test_two_that_read_on_at_once_put_nothing_in_twice(url: str, ledger: Ledger) -> None:
    indexes = [Index(url, ledger) for _ in range(3)]
    threads = [threading.Thread(target=index.caught_up) for index in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(indexes[0], "siu") == ["unit:siu"]
    for index in indexes:
        index.close()


def test_no_byte_of_a_sealed_text_is_in_the_file(tmp_path: Path, ledger: Ledger) -> None:
    index = Index(search_url(tmp_path, None), ledger)
    assert index.caught_up()
    index.close()
    content = b"".join(p.read_bytes() for p in tmp_path.glob("search.db*"))
    assert b"siu" in content
    for words in (b"identifiers", b"handed", b"s-17", b"shelter", b"at risk"):
        assert words not in content.lower()
    assert stat.S_IMODE((tmp_path / "search.db").stat().st_mode) == 0o600
    with sqlite3.connect(tmp_path / "search.db") as database:
        assert database.execute("SELECT count(*) FROM search_docs").fetchone()[0] > 10
    database.close()
