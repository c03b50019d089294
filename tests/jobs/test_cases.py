"""A worked case is recorded whole, once, and exactly as its file says; or not at all, for one stated reason."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment
from tearline.facts.history import Precision, Role, about
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import ItemRegistered
from tearline.jobs.cases import LARGEST_BYTES, load_case, read_case
from tearline.node import Node, make_node
from tests.nodes import BEGINNING

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASE = """\
case: small
title: {en: Small, es: Pequeño}
about: {en: A small case., es: Un caso pequeño.}
sources:
  book: {title: A book, author: Someone, publisher: A press, year: 2012}
cast:
  teller: {person: teller, role: chronicler}
common:
  - at: 2011-03-01T00:00:00-06:00
    by: teller
    do: RegisterOrganisation
    rests_on: book p. 3
    with: {organisation: agency, name: An agency, country: Mexico}
tellings:
  - telling: small-one
    title: {en: One, es: Uno}
    acts:
      - at: 2011-03-02T00:00:00-06:00
        precision: month
        known: 2011-03-04T00:00:00-06:00
        by: {person: handler, role: source-handler}
        do: RegisterItem
        rests_on: "assumption: the day"
        with:
          item: thing
          originator: agency
          holder: agency
          title: A thing
          content: What it is.
          source_code: null
          source_grade: "2"
          information_grade: B
          handling: P
          tlp: AMBER
          perishes_at: 2011-04-01T00:00:00-06:00
      - at: 2011-03-05T00:00:00-06:00
        by: teller
        do: ListKnowers
        rests_on: book
        with: {item: thing, adversary: cartel, count: 3, who: Nobody named.}
  - telling: small-two
    title: {en: Two, es: Dos}
    acts:
      - {at: 2011-03-02T00:00:00-06:00, by: teller, do: FormUnit, rests_on: hypothetical,
         with: {unit: unit-1, organisation: agency, name: A unit}}
"""
TABLE = "unit,organisation,name\nunit-2,agency,Second\nunit-3,agency,Third\n"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True, clock=lambda: NOW)
    yield made
    made.ledger.check()
    made.ledger.close()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return written(tmp_path, CASE)


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "small.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_identifiers_get_the_name_of_their_telling_and_texts_do_not(node: Node, case: Path) -> None:
    load_case(node, case, now=NOW)
    history = node.ledger.read(about("item:small-one.thing"), opening=frozenset({Compartment.CONTENT}))
    (recorded,) = history.of(ItemRegistered)
    assert recorded.fact.holder == "small-one.agency"
    assert recorded.fact.title.open() == "A thing"
    assert recorded.by.person == "small-one.handler"
    assert recorded.by.role is Role.SOURCE_HANDLER


def test_a_told_fact_says_when_it_happened_when_it_was_known_and_on_what_it_rests(
    node: Node, case: Path
) -> None:
    load_case(node, case, now=NOW)
    (recorded,) = node.ledger.read(about("item:small-one.thing", kinds=[ItemRegistered])).facts
    assert recorded.recorded_at == NOW
    assert recorded.happened_at == datetime(2011, 3, 2, 6, tzinfo=UTC)
    assert recorded.precision is Precision.MONTH
    assert recorded.told is not None
    assert recorded.known_at == datetime(2011, 3, 4, 6, tzinfo=UTC)
    assert recorded.told.rests_on == "assumption: the day"


def test_common_acts_stand_in_every_telling(node: Node, case: Path) -> None:
    loaded = load_case(node, case, now=NOW)
    assert [len(t.deeds) for t in loaded.case.tellings] == [4, 3]
    for telling in ("small-one", "small-two"):
        assert (
            len(
                node.ledger.read(
                    about(f"organisation:{telling}.agency", kinds=[OrganisationRegistered])
                ).facts
            )
            == 1
        )


def test_the_same_file_again_changes_nothing_and_says_so(node: Node, case: Path) -> None:
    first = load_case(node, case, now=NOW)
    checkpoint = node.ledger.checkpoint()
    again = load_case(node, case, now=NOW + timedelta(days=3))
    assert (first.repeated, again.repeated) == (False, True)
    assert again.appended.refs == first.appended.refs
    assert node.ledger.checkpoint() == checkpoint


def test_an_edited_case_does_not_replace_what_is_recorded(node: Node, case: Path, tmp_path: Path) -> None:
    load_case(node, case, now=NOW)
    checkpoint = node.ledger.checkpoint()
    edited = written(tmp_path, CASE.replace("A book", "Another book"))
    with pytest.raises(Malformed, match=r"tellings\[0\]: .* the telling small-one is already on record"):
        load_case(node, edited, now=NOW)
    assert node.ledger.checkpoint() == checkpoint


def test_a_case_whose_last_act_is_refused_records_nothing(node: Node, tmp_path: Path) -> None:
    broken = written(
        tmp_path, CASE.replace("unit: unit-1, organisation: agency", "unit: unit-1, organisation: nobody")
    )
    empty = node.ledger.checkpoint()
    with pytest.raises(Malformed) as refused:
        load_case(node, broken, now=NOW)
    assert str(refused.value) == (
        f"{broken}: line 44, column 9, tellings[1].acts[0]: expected an act that the rules admit:"
        " there is no organisation small-two.nobody on record"
    )
    assert node.ledger.checkpoint() == empty
    assert node.ledger.size() == BEGINNING


def test_superiors_in_a_circle_are_refused_where_the_circle_closes(node: Node, tmp_path: Path) -> None:
    acts = "".join(
        f"      - {{at: 2011-03-06T00:00:00-06:00, by: teller, do: {do}, rests_on: book, with: {{{fields}}}}}\n"
        for do, fields in (
            ("EnrolPerson", "person: ana, organisation: agency, description: x"),
            ("EnrolPerson", "person: rex, organisation: agency, description: x"),
            ("NameSuperior", "person: ana, superior: rex"),
            ("NameSuperior", "person: rex, superior: ana"),
        )
    )
    with pytest.raises(Malformed, match=r"tellings\[1\]\.acts\[4\]: .* superiors may not form a circle"):
        load_case(node, written(tmp_path, CASE + acts), now=NOW)
    assert node.ledger.size() == BEGINNING


def test_each_row_of_a_table_is_one_act_and_may_have_its_own_time(node: Node, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(
        "unit,organisation,name,at,rests_on\n"
        "unit-2,agency,Second,2011-03-03T00:00:00-06:00,book p. 8\n"
        "unit-3,agency,Third,,\n"
    )
    act = "{at: 2011-03-06T00:00:00-06:00, by: teller, do: FormUnit, rests_on: book, rows: units.csv}"
    read = read_case(written(tmp_path, CASE + f"      - {act}\n"), now=NOW)
    second, third = read.tellings[1].deeds[-2:]
    assert (second.order.at, third.order.at) == (
        datetime(2011, 3, 3, 6, tzinfo=UTC),
        datetime(2011, 3, 6, 6, tzinfo=UTC),
    )
    assert [d.order.told.rests_on for d in (second, third) if d.order.told] == ["book p. 8", "book"]
    assert (third.place.file, third.place.path) == (str(tmp_path / "units.csv"), "line 3")


def test_a_changed_table_is_another_case(tmp_path: Path) -> None:
    act = "{at: 2011-03-06T00:00:00-06:00, by: teller, do: FormUnit, rests_on: book, rows: units.csv}"
    file = written(tmp_path, CASE + f"      - {act}\n")
    (tmp_path / "units.csv").write_text(TABLE)
    before = read_case(file, now=NOW).sha256
    (tmp_path / "units.csv").write_text(TABLE.replace("Third", "Fourth"))
    assert read_case(file, now=NOW).sha256 != before


LIVE = """\
case: now
title: {en: Now, es: Ahora}
about: {en: Live., es: En vivo.}
live: true
tellings:
  - telling: drill
    title: {en: Drill, es: Ensayo}
    acts:
      - {at: now-3d, by: {person: vet, role: vetting-officer}, do: RegisterOrganisation,
         with: {organisation: agency, name: now+3d, country: Mexico}}
      - at: now-90m
        by: {person: agent, role: case-agent}
        do: RegisterItem
        with: {item: thing, originator: agency, holder: agency, title: now, content: x, source_code: null,
               source_grade: "2", information_grade: B, handling: P, tlp: AMBER, perishes_at: now+10d}
"""


def test_a_live_case_is_for_a_demonstration_only(tmp_path: Path) -> None:
    real = make_node(tmp_path / "real", origin="tearline.example/real", clock=lambda: NOW)
    with pytest.raises(Malformed, match="a demonstration node"):
        load_case(real, Path("cases/practice.yaml"), now=NOW)
    assert real.ledger.size() == BEGINNING
    real.ledger.close()


def test_a_live_case_counts_its_times_from_the_day_it_is_loaded(node: Node, tmp_path: Path) -> None:
    load_case(node, written(tmp_path, LIVE), now=NOW)
    history = node.ledger.read(about("item:drill.thing"), opening=frozenset({Compartment.CONTENT}))
    (recorded,) = history.of(ItemRegistered)
    assert recorded.told is None
    assert recorded.happened_at == NOW - timedelta(minutes=90)
    assert recorded.fact.perishes_at == NOW + timedelta(days=10)
    assert recorded.fact.title.open() == "now"


FIRST = "    title: {en: One, es: Uno}\n"
BAD: list[tuple[str, str, str]] = [
    # what is replaced, by what, what is said (after the file's name)
    ("case: small", "case: Small", "line 1, column 7, case: expected a name of a-z, 0-9 and inner hyphens"),
    ("case: small", "cases: small", "line 1, column 8, cases: expected one of case, title, about, tellings"),
    ("title: {en: Small, es: Pequeño}", "title: {en: Small}", "title.es: expected a value: this field is required"),
    ("title: {en: Small, es: Pequeño}", "title: Small", "line 2, column 8, title: expected a map of names to values"),
    ("year: 2012", "year: soon", "sources.book.year: expected a year such as 2017"),
    ("publisher: A press, ", "", "sources.book.publisher: expected a value: this field is required"),
    ("tellings:", "tellings: []\nrest:", "rest: expected one of"),
    ("small-two", "small-one", "tellings[1].telling: expected each telling once, found small-one again"),
    ("small-two", "small.two", "tellings[1].telling: expected a name"),
    ("do: FormUnit", "do: FormAUnit", "tellings[1].acts[0].do: expected a command, one of AddToOutsideReport, "),
    ("do: FormUnit", "do: UnitFormed", "tellings[1].acts[0].do: expected a command"),
    ("do: FormUnit, ", "", "tellings[1].acts[0].do: expected a value: this field is required"),
    ("do: FormUnit", "do: FormUnit, wiht: x", "tellings[1].acts[0].wiht: expected one of by, do, at, precision"),
    ("role: chronicler}", "role: king}", "cast.teller.role: expected one of case-agent, source-handler"),
    ("by: teller, do: Form", "by: nobody, do: Form", "acts[0].by: expected someone of the cast: teller"),
    ("{person: handler, role", "{person: small-two.handler, role", "by.person: expected an identifier without"),
    ("unit: unit-1", "unit: small-one.unit-1", "with.unit: expected an identifier without the telling's name"),
    ("unit: unit-1", "unit: Unit 1", "with.unit: expected an identifier of a-z, 0-9 and inner hyphens"),
    ("unit: unit-1", "unit: 7", "with.unit: expected an identifier of a-z, 0-9 and inner hyphens"),
    ("unit: unit-1", "unit: [a]", "with.unit: expected an identifier of a-z, 0-9 and inner hyphens"),
    ("unit: unit-1, ", "", "with.unit: expected a value: this field is required"),
    ("name: A unit", "name: A unit, size: 3", "with.size: expected one of the fields unit, organisation, name"),
    ("name: A unit", "name: ''", "with.name: expected a text that is not empty"),
    ("count: 3", "count: -3", "with.count: expected a whole number, zero or more"),
    ("count: 3", "count: three", "with.count: expected a whole number, zero or more"),
    ("tlp: AMBER", "tlp: PINK", "line 34, column 16, tellings[0].acts[0].with.tlp: expected one of RED, AMBER+STRICT"),
    ("perishes_at: 2011-04-01T00:00:00-06:00", "perishes_at: 2011-04-31T00:00:00-06:00", "at: expected a date and"),
    ("perishes_at: 2011-04-01T00:00:00-06:00", "perishes_at: now+3d", "perishes_at: expected a date and time"),
    ("at: 2011-03-05T00:00:00-06:00", "at: 2011-03-05", "acts[1].at: expected a date and time with offset"),
    ("at: 2011-03-05T00:00:00-06:00", "at: 2011-03-05T00:00:00", "acts[1].at: expected a date and time with offset"),
    ("at: 2011-03-05T00:00:00-06:00", "at: 2011-03-03T00:00:00-06:00", "acts[1].at: expected a time known no earlier"),
    ("known: 2011-03-04", "known: 2011-03-01", "acts[0].known: expected a time not before the act itself"),
    ("precision: month", "precision: decade", "acts[0].precision: expected one of minute, day, month, year"),
    ("rests_on: book p. 3", "rests_on: the book", "rests_on: expected a text that begins with one of book, assumption"),
    ("    rests_on: book p. 3\n", "", "common[0].rests_on: expected a value: this field is required"),
    ("    with: {organisation: agency,", "    wiht: {organisation: agency,", "common[0].wiht: expected one of"),
    ("        with: {item", "        rows: x.csv\n        with: {item", "acts[1]: expected either with or rows"),
    ("with: {unit: unit-1, organisation: agency, name: A unit}", "rows: ../x.csv", "rows: expected the name of a CSV"),
    ("acts:\n      - {at", "acts: {}\n    x:\n      - {at", "tellings[1].x: expected one of telling, title, acts"),
    ("case: small\n", "case: small\ncase: other\n", "line 2, column 1: expected each key once, found 'case' again"),
    ("case: small", "case: &small small", "line 1, column 7: expected a value without an anchor"),
    ("case: small", "case: !!str small", "line 1, column 7: expected a value without a tag"),
    ("case: small", "case: [small", "line 2, column 6: expected YAML"),
    ("case: small\n", "case: small\n---\n", "line 2, column 1: expected one document"),
    ("sources:\n", "sources: " + "[" * 70 + "]" * 70 + "\nrest:\n", "expected at most 64 levels of nesting"),
    ("A book", "A\0book", "line 5, column 18: expected text without NUL or half characters"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), BAD)
def test_a_malformed_case_is_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert CASE.count(old) >= 1
    file = written(tmp_path, CASE.replace(old, new, 1))
    with pytest.raises(Malformed) as refused:
        read_case(file, now=NOW)
    line = str(refused.value)
    assert line.startswith(f"{file}: line ")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1, column 1: expected a YAML document, found nothing"),
        (b"- 1\n", "line 1, column 1, top: expected a map of names to values"),
        (b"case: \xff\n", "line 1, column 7: expected UTF-8, found byte 0xff"),
        (CASE.encode("utf-16"), "line 1, column 1: expected UTF-8, found byte 0xff"),
        (b"#" * (LARGEST_BYTES + 1), f"{LARGEST_BYTES + 1} bytes: expected at most {LARGEST_BYTES} bytes"),
    ],
    ids=["empty", "list", "byte", "utf-16", "oversized"],
)
def test_bytes_that_are_no_case_are_refused_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    file = written(tmp_path, data)
    with pytest.raises(Malformed) as refused:
        read_case(file, now=NOW)
    assert str(refused.value) == f"{file}: {said}"


def test_a_file_that_is_not_there_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="expected a file that can be read"):
        read_case(tmp_path / "none.yaml", now=NOW)
    with pytest.raises(Malformed, match="expected a file that can be read"):
        read_case(tmp_path, now=NOW)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.replace("Third", ""), "units.csv: line 3, name: expected a value: this field is required"),
        (TABLE.replace("unit-3", "Unit 3"), "units.csv: line 3, unit: expected an identifier"),
        (TABLE.replace("name", "called"), "units.csv: line 2, called: expected one of the fields"),
        (TABLE + "unit-4,agency\n", "units.csv: line 4: expected 3 cells, found 2"),
        (TABLE.replace("unit-3,agency", "unit-3,nobody"), "units.csv: line 3: expected an act that the rules admit"),
    ],
)  # fmt: skip
def test_a_malformed_table_names_its_own_line(node: Node, tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "units.csv").write_text(table)
    act = "{at: 2011-03-06T00:00:00-06:00, by: teller, do: FormUnit, rests_on: book, rows: units.csv}"
    with pytest.raises(Malformed) as refused:
        load_case(node, written(tmp_path, CASE + f"      - {act}\n"), now=NOW)
    assert said in str(refused.value)
    assert node.ledger.size() == BEGINNING


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("live: true", "live: yes", "live: expected true or false"),
        (
            "at: now-3d",
            "at: now-3d, known: now",
            "acts[0].known: expected one of by, do, at, precision, with, rows",
        ),
        ("at: now-3d", "at: now-3d, rests_on: x", "acts[0].rests_on: expected one of by, do, at"),
        ("at: now-90m", "at: now-90y", "acts[1].at: expected a date and time with offset"),
        ("at: now-90m", "at: now-999999d", "acts[1].at: expected a date and time with offset"),
    ],
)
def test_a_malformed_live_case_is_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_case(written(tmp_path, LIVE.replace(old, new)), now=NOW)
    assert said in str(refused.value)


def test_times_past_the_calendar_are_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="expected a date and time with offset"):
        read_case(written(tmp_path, LIVE.replace("now+10d", "now+99999d").replace("now-3d", "now-99999d")),
                  now=datetime(1, 2, 1, tzinfo=UTC))  # fmt: skip


def test_an_act_that_lies_ahead_is_refused(node: Node, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="an act is not recorded before it happened"):
        load_case(node, written(tmp_path, LIVE.replace("now-90m", "now+90m")), now=NOW)
    assert node.ledger.size() == BEGINNING


lines = CASE.splitlines(keepends=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    at=st.integers(0, len(lines) - 1),
    cut=st.integers(0, 3),
    put=st.sampled_from(["", "\t", "- x\n", "  ? y\n", "a: b\n", "}\n", "      - {}\n", "\u00e9\n", ": \n"]),
)
def test_a_damaged_case_is_a_case_or_one_line(tmp_path: Path, at: int, cut: int, put: str) -> None:
    damaged = "".join([*lines[:at], put, *lines[at + cut :]])
    fault = fault_of(written(tmp_path, damaged))
    assert fault is None or fault.startswith(str(tmp_path))
    assert fault is None or "\n" not in fault


def fault_of(file: Path) -> str | None:
    try:
        read_case(file, now=NOW)
    except Malformed as fault:
        return str(fault)
    return None
