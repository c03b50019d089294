"""A table of reports is taken in whole or not at all, every faulty cell named; what is given out comes back."""

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, History, Precision, Role
from tearline.facts.identifiers import ReportId
from tearline.facts.register import ConsentGiven, ConsentParty, ConsentWithdrawn, Purpose, VictimReported
from tearline.facts.shape import Place, record_of
from tearline.folds.register import reports_of
from tearline.formats.register.columns import columns
from tearline.formats.register.reading import Fault, Stated
from tearline.jobs.register.giving_out import KINDS, exported, taken_back
from tearline.jobs.register.taking_in import Faulty, judge, take_in
from tearline.node import Node, Order
from tearline.rooms.harm import ReportHarm
from tearline.rooms.register.consent import GiveConsent, WithdrawConsent
from tearline.rooms.register.people import ReportVictim
from tests.facts.shapes import record
from tests.jobs.test_purge import purge
from tests.nodes import Clock, new_node
from tests.rooms.test_harm import REPORT
from tests.worlds import HUGO, PROTOCOLS, acting

EVERYTHING = frozenset(Compartment)
STATED = Stated(cells={"source_class": "relative", "harm": "disappeared"})
REGISTER = "report_id,source,given_names,paternal_surname,maternal_surname,age,date,place\n"
TAKEN = "report_id,source,given_names,received,withdrawn\n"
DAYS = "report_id,source,given_names,born,seen_from,seen_to,first_day,last_day,received\n"
ENDED = "report_id,source,least,received,consent,consent_until\n"
FULL = "report_id,source_class,source,harm,given_names,paternal_surname,least,most,received,copied_from,consent\n"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path, Clock())
    yield made
    made.ledger.close()


def read(node: Node) -> History:
    return node.ledger.read(KINDS, opening=EVERYTHING)


def taken(node: Node, text: str, stated: Stated = STATED, by: Actor = HUGO) -> History:
    take_in(node, text.encode(), file="a.csv", stated=stated, by=by)
    return read(node)


def faults(node: Node, text: str | bytes, stated: Stated = STATED) -> list[Fault]:
    """What is wrong in it; and nothing was recorded, whether it was only looked at or brought."""
    data = text.encode() if isinstance(text, str) else text
    before = node.ledger.size()
    looked = judge(node, data, file="a.csv", stated=stated, by=HUGO).faults
    with pytest.raises(Faulty) as faulty:
        take_in(node, data, file="a.csv", stated=stated, by=HUGO)
    assert faulty.value.judged.faults == looked
    assert node.ledger.size() == before
    return list(looked)


def places(found: Sequence[Fault]) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in found]


# What rows become


def test_a_register_becomes_reports_and_people(node: Node) -> None:
    text = REGISTER + "1,court,Rosa,Aguilar,Romero,13,,\n2,relatives,roberto,sanchez,,,2011-05-15,Norte\n"
    known = taken(node, text, replace(STATED, before="r-", listed=True))
    rosa, roberto = (r.fact for r in known.of(VictimReported))
    assert (rosa.report, rosa.given_names.open(), rosa.age_from.open(), rosa.age_to.open()) == (
        "r-1",
        "Rosa",
        13,
        13,
    )
    assert (roberto.seen_from.open(), roberto.seen_to.open(), roberto.place.open()) == (
        date(2011, 5, 15),
        date(2011, 5, 15),
        "Norte",
    )
    first, second = (r.fact for r in known.of(HarmReported))
    assert (first.list, second.list) == (_list_of("court", text), _list_of("relatives", text))
    assert (first.least, first.most, first.source.open()) == (1, 1, "court")
    assert (first.place, second.place) == (None, "Norte")
    assert second.first_day is None, "the day of somebody who is named stands sealed"


def _list_of(source: str, text: str) -> str:
    """Reckoned from what is written of it, beside the code that does it."""
    made = hashlib.sha256(hashlib.sha256(text.encode()).digest() + source.encode())
    return "list-" + b32encode(made.digest()).decode().lower()[:8]


def test_the_name_of_a_list_says_nothing_of_whose_it_is(node: Node) -> None:
    sources = ("Her sister, Ana Peña", "her  SISTER, Ana Peña", "C5i / turno B", "sí", "a" * 60)
    rows = "".join(f'{n},"{source}",Rosa{"abcde"[n]}\n' for n, source in enumerate(sources))
    text = f"report_id,source,given_names\n{rows}"
    seen = judge(node, text.encode(), file="a.csv", stated=replace(STATED, listed=True), by=HUGO)
    known = taken(node, text, replace(STATED, listed=True)).of(HarmReported)
    lists = [r.fact.list for r in known]
    assert lists == [e.report.list for e in seen.table.entries if e.report], "as it was shown"
    assert lists[0] == lists[1], "one source, whatever its case"
    assert len({*lists}) == 4
    assert all(re.fullmatch("list-[a-z2-7]{8}", name or "") for name in lists)
    again = text.replace("Rosa", "Luz")
    other = taken(node, again, replace(STATED, listed=True, before="b-")).of(HarmReported)[len(sources) :]
    assert not {r.fact.list for r in other} & {*lists}, "each table has names of its own"


def test_a_list_that_a_row_or_its_sender_states_stays_as_it_is(node: Node) -> None:
    text = "report_id,source,given_names,list\n1,her sister,Rosa,\n2,her sister,Luz,list-b\n"
    stated = Stated(cells={**STATED.cells, "list": "list-a"}, listed=True)
    assert [r.fact.list for r in taken(node, text, stated).of(HarmReported)] == ["list-a", "list-b"]


def test_who_is_not_named_is_a_number_and_never_a_person(node: Node) -> None:
    text = "report_id,source,least,most,seen_from,sex,account\n1,a priest,3,5,2011-03-18,male,a lorry was burnt\n"
    known = taken(node, text)
    (report,) = (r.fact for r in known.of(HarmReported))
    assert not known.of(VictimReported)
    assert (report.least, report.most, report.first_day) == (3, 5, date(2011, 3, 18))
    assert report.account.open() == "a lorry was burnt; sex: male"


def test_what_was_taken_down_is_recorded_as_of_that_day(node: Node) -> None:
    known = taken(node, FULL + "1,,her sister,,Rosa,Garza,,,2012-02-03,,count;search\n")
    for recorded in known:
        assert (recorded.happened_at, recorded.precision) == (datetime(2012, 2, 3, tzinfo=UTC), Precision.DAY)
    (consent,) = known.of(ConsentGiven)
    assert consent.fact.purposes == (Purpose.COUNT, Purpose.SEARCH)


def test_a_copy_may_stand_before_what_it_was_copied_from(node: Node) -> None:
    known = taken(
        node,
        FULL + "3,,press,,Rosa,Garza,,,,2,\n2,,police,,Rosa,Garza,,,,1,\n1,,her sister,,Rosa,Garza,,,,,\n",
    )
    assert [(r.fact.report, r.fact.copied_from) for r in known.of(HarmReported)] == [
        ("1", None),
        ("2", "1"),
        ("3", "2"),
    ]


def test_a_copy_of_what_is_on_record_names_it_as_it_is_there(node: Node) -> None:
    taken(node, FULL + "1,,police,,Rosa,Garza,,,,,\n", replace(STATED, before="police-"))
    known = taken(node, FULL + "1,,press,,Rosa,Garza,,,,police-1,\n", replace(STATED, before="press-"))
    assert known.of(HarmReported)[-1].fact.copied_from == "police-1"


def test_the_same_table_again_changes_nothing(node: Node) -> None:
    text = FULL + "1,,her sister,,Rosa,Garza,,,,,\n"
    taken(node, text)
    size = node.ledger.size()
    _, appended = take_in(node, text.encode(), file="a.csv", stated=STATED, by=HUGO)
    assert appended.repeated
    assert node.ledger.size() == size


def test_several_people_of_one_report_bear_a_victim_each(node: Node) -> None:
    text = "report_id,source,victim,given_names,least,most\n1,a priest,a,Rosa,2,4\n1,a priest,b,Luz,2,4\n"
    known = taken(node, text)
    assert len(known.of(HarmReported)) == 1
    assert [r.fact.victim for r in known.of(VictimReported)] == ["a", "b"]


# What is refused


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (REGISTER.replace(",place", ",place,blood") + "1,x,Rosa,,,,,,\n", [(1, "blood")]),
        (REGISTER.replace("source,", "") + "1,Rosa,,,,,\n", [(1, "source")]),
        ("name,mother\nRosa,Luz\n", [(1, "mother"), (1, "name"), (1, "report_id"), (1, "source")]),
        (REGISTER + "1,x,Rosa,,,-3,,\n2,x,Luz,,,2.5,,\n3,x,Ana,,,131,,\n", [(2, "age"), (3, "age"), (4, "age")]),
        (REGISTER + "1,x,Rosa,,,99999999999999999999,,\n", [(2, "age")]),
        (REGISTER + "1,x,Rosa,,,,Norte,2011-05-15\n", [(2, "date")]),
        (REGISTER + "1,x,13,,,Rosa,,\n", [(2, "age"), (2, "given_names")]),
        (REGISTER + "1,x,Rosa,,,,2011-02-30,\n", [(2, "date")]),
        (REGISTER + "1,x,Rosa,,,,2031-02-03,\n", [(2, "date")]),
        (REGISTER + "A 1,x,Rosa,,,,,\n,x,Luz,,,,,\n", [(2, "report_id"), (3, "report_id")]),
        (REGISTER + "1,,Rosa,,,,,\n", [(2, "source")]),
        (REGISTER + "1,x,,,,,,Norte\n", [(2, "least")]),
        (REGISTER + "1,x,Rosa,,,,,\n1,x,Rosa,,,,,\n", [(3, "report_id")]),
        (FULL + "1,,x,,Rosa,,5,2,,,\n", [(2, "most")]),
        (FULL + "1,,x,,Rosa,,0,0,,,\n", [(2, "most")]),
        (FULL + "1,,x,,Rosa,,-1,2,,,\n", [(2, "least")]),
        (FULL + "1,uncle,x,eaten,Rosa,,,,,,\n", [(2, "harm"), (2, "source_class")]),
        (FULL + "1,,x,,Rosa,,,,2026-03-12,,\n", [(2, "received")]),
        (FULL + "1,,x,,Rosa,,,,,9,\n", [(2, "copied_from")]),
        (FULL + "1,,x,,Rosa,,,,,1,\n", [(2, "copied_from")]),
        (FULL + "1,,x,,Rosa,,,,,3,\n2,,x,,Luz,,,,,1,\n3,,x,,Ana,,,,,2,\n", [(n, "copied_from") for n in (2, 3, 4)]),
        (FULL + "1,,x,,Rosa,,,,,,sale\n", [(2, "consent")]),
        (TAKEN + "1,x,Al,2026-01-01,2026-01-01\n1,x,Al,2026-01-01,2026-01-02\n", [(3, "report_id"), (3, "withdrawn")]),
        (TAKEN + "1,x,Rosa,2026-01-02,2026-01-01\n", [(2, "withdrawn")]),
        (TAKEN + "1,x,Rosa,2026-01-01,2027-01-01\n", [(2, "withdrawn")]),
        (TAKEN + "1,x,Rosa,,2026-01-01\n", [(2, "received")]),
        ("report_id,source,given_names,withdrawn\n1,x,Rosa,2026-01-01\n", [(2, "received")]),
        (TAKEN + "1,x,Rosa,2026-01-01,yes\n", [(2, "withdrawn")]),
        ("report_id,source,given_names,seen_from,seen_to\n1,x,Rosa,2011-03-20,2011-03-18\n", [(2, "seen_to")]),
        ("report_id,source,given_names,seen_from,received\n1,x,Rosa,2011-03-20,2011-03-18\n", [(2, "seen_from")]),
        ("report_id,source,given_names,age_from,age_to\n1,x,Rosa,40,30\n", [(2, "age_to")]),
        ("report_id,source,given_names,age,age_to\n1,x,Rosa,40,30\n", [(2, "age")]),
        (TAKEN + "1,x,Rosa,2011-01-01,2011-13-01\n", [(2, "withdrawn")]),
        (DAYS + "1,x,Rosa,,2011-03-18,2011-03-20,,,2011-03-19\n", [(2, "seen_to")]),
        (DAYS + "1,x,Rosa,,2011-03-18,2027-03-20,,,\n", [(2, "seen_to")]),
        (DAYS + "1,x,Rosa,2011-03-19,2011-03-18,,,,\n", [(2, "seen_from")]),
        (DAYS + "1,x,Rosa,2027-03-19,,,,,\n", [(2, "born")]),
        (DAYS + "1,x,Rosa,,,,2011-03-18,2011-03-20,2011-03-19\n", [(2, "last_day")]),
        (DAYS + "1,x,Rosa,,,,2011-03-18,2027-03-20,\n", [(2, "last_day")]),
        (DAYS + "1,x,Rosa,,,,2011-03-18,2011-03-17,\n", [(2, "last_day")]),
        (DAYS + "1,x,Rosa,,2011-03-18,2011-03-20,2011-03-18,2011-03-18,2011-03-19\n", [(2, "seen_to")]),
        ("report_id,source,least,date,received\n1,x,1,2011-03-20,2011-03-19\n", [(2, "date")]),
        ("report_id,source,least,seen_to,received\n1,x,1,2011-03-20,2011-03-19\n", [(2, "seen_to")]),
        ("report_id,source,least,most\n1,x,0,0\n", [(2, "most")]),
        ("report_id,source,least,digest\n1,x,1,the hash\n2,x,1,abc\n", [(2, "digest"), (3, "digest")]),
        ("report_id,source,least,consent,consent_shared\n1,x,1,count,nobody;court\n", [(2, "consent_shared")]),
        (ENDED + "1,x,1,2012-01-01,count,2011-01-01\n", [(2, "consent_until")]),
        ("report_id,source,given_names,consent_until\n1,x,Rosa,2031-01-01\n", [(2, "consent")]),
        ("report_id,source,given_names,incident\n1,x,Rosa,night\n", [(2, "incident")]),
        ("report_id,source,victim,given_names,place\n1,x,a,Rosa,Norte\n1,x,b,Luz,Sur\n", [(3, "place")]),
        ("report_id,source,victim,given_names,most,least\n1,x,a,Rosa,2,1\n1,x,b,rosa,2,1\n", [(3, "given_names")]),
        ("report_id,source,given_names\n1,x,Ro\x07sa\n", [(2, "given_names")]),
        (FULL + "1,,x,,Rosa,,,,nay,,\n2,,x,,Luz,,,,,1,\n", [(2, "received")]),
    ],
)  # fmt: skip
def test_each_faulty_cell_is_named_and_nothing_is_recorded(
    node: Node, text: str, where: list[tuple[int, str]]
) -> None:
    assert sorted(places(faults(node, text))) == where


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "line 1"),
        (b"report_id,source\n", "0 rows"),
        (b"report_id,source\n1,x,y\n", "line 2"),
        (b"report_id,report_id\n1,x\n", "line 1, column 2"),
        (b"report_id,source,given_names\n1,x,Jos\xe9\n", "line 2, column 'given_names'"),
        (
            "report_id,source,given_names\n1,x,José\n".encode() + b"2,x,Jos\xe9\n",
            "line 3, column 'given_names'",
        ),
        (b"\xef\xbb\xbfreport_id;source;place\n1;Jos\xe9;Allende\n", "line 2, column 'source'"),
        (b'report_id,source,place\n1,"a, b","Jos\xe9"\n', "line 2, column 'place'"),
        (b"report_id,sourc\xe9,place\n1,a,b\n", "line 1"),
        ("report_id,source\n1,".encode("utf-16") + b"\x00\xd8,\x00", "line 2, column 'source'"),
        (b"report_id;source,given_names\n1,x,y\n", "line 1"),
        (b'report_id,source\n1,"x\n', "line 2"),
        (b"PK\x03\x04\x00\x00", "line 1"),
    ],
)
def test_what_is_no_table_is_refused_by_its_line(node: Node, data: bytes, place: str) -> None:
    with pytest.raises(Malformed) as malformed:
        judge(node, data, file="a.csv", stated=STATED, by=HUGO)
    assert malformed.value.place == place


def test_all_faults_of_a_row_are_named_at_once(node: Node) -> None:
    text = "report_id,source,given_names,least,most,age_from,age_to,first_day,last_day\n"
    found = faults(node, text + "1,x,Rosa,5,2,40,30,2011-03-20,2011-03-18\n2,x,Luz,,,,,,\n")
    assert places(found) == [(2, "age_to"), (2, "most")]


def test_a_report_that_is_on_record_is_not_recorded_again(node: Node) -> None:
    taken(node, TAKEN + "1,x,Rosa,2026-01-01,2026-01-01\n2,x,Luz,,\n")
    found = faults(node, TAKEN + "3,x,Ana,,\n1,x,Rosa,2026-01-01,2026-01-02\n")
    assert places(found) == [(3, "report_id"), (3, "withdrawn")]
    assert found[1].said.en == "the report 1 was withdrawn on 2026-01-01"


def test_the_column_is_that_of_what_is_on_record(node: Node) -> None:
    header = "report_id,source,given_names,victim,consent,consent_id\n"
    taken(node, header + "1,x,Rosa,v-1,count,c-1\n")
    found = faults(node, header + "2,x,Ana,v-2,count,c-1\n3,x,Eva,v-1,count,c-3\n")
    assert places(found) == [(2, "consent_id"), (3, "victim")]


def test_a_fault_is_said_in_both_languages(node: Node) -> None:
    (found,) = faults(node, REGISTER + "1,x,Rosa,,,-3,,\n")
    assert str(found) == "line 2, age: expected a whole number, zero or more, found '-3'"
    assert found.said.es == "se esperaba un número entero, cero o más"


def test_a_number_that_is_too_large_is_told_how_large_it_may_be(node: Node) -> None:
    found = faults(node, FULL + "1,,x,,Rosa,,1,9007199254740991,,,\n2,,x,,Luz,,1,99999999999999999999,,,\n")
    assert [(f.line, f.column, f.said.en) for f in found] == [
        (line, "most", "expected a whole number, at most 1000000000000000") for line in (2, 3)
    ]
    assert {f.said.es for f in found} == {"se esperaba un número entero, a lo sumo 1000000000000000"}


def test_what_is_no_table_is_said_in_both_languages(node: Node) -> None:
    for data, said in (
        (b"report_id,source\n1,x,y\n", "a.csv: línea 2: se esperaba una fila de 2 celdas; tiene 3"),
        (
            b"report_id,source\n",
            "a.csv: 0 filas: se esperaba una tabla de 1 a 10000 filas bajo el encabezado",
        ),
        (
            b"report_id,source\n1,Jos\xe9\n",
            "a.csv: línea 2, columna 'source': se esperaba texto en UTF-8: guárdelo como CSV UTF-8",
        ),
    ):
        with pytest.raises(Malformed) as malformed:
            judge(node, data, file="a.csv", stated=STATED, by=HUGO)
        assert malformed.value.said.es == said
        assert malformed.value.said.en == str(malformed.value)


def test_a_day_of_today_is_taken_wherever_it_is_today(node: Node) -> None:
    """The clock stands at noon in UTC: where days begin first it is tomorrow already."""
    text = "report_id,source,given_names,seen_from,received\n1,x,Rosa,2026-03-11,2026-03-11\n"
    (report,) = taken(node, text).of(HarmReported)
    assert report.fact.received == date(2026, 3, 11)
    for column, later in (("seen_from", "2026-03-12,"), ("received", "2026-03-11,2026-03-12")):
        row = f"report_id,source,given_names,seen_from,received\n2,x,Luz,{later}\n"
        assert places(faults(node, row)) == [(2, column)]


def test_what_somebody_is_called_by_others_may_hold_digits(
    node: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "report_id,source,given_names,alias\n1,x,Rosa,Z-42\n2,x,,El 40\n3,x,Luz,\n"
    known = taken(node, text)
    assert [r.fact.alias.open() for r in known.of(VictimReported)] == ["Z-42", "El 40", None]
    there = new_node(tmp_path_factory.mktemp("there"), Clock())
    try:
        take_in(there, exported(known, HUGO).encode(), file="b.csv", stated=Stated(), by=HUGO)
        assert _said(there) == _said(node)
    finally:
        there.ledger.close()


def test_an_advocate_learns_of_no_report_of_others_from_a_table(node: Node) -> None:
    taken(node, FULL + "1,,police,,Rosa,Garza,,,,,\n")
    eva = acting("eva", Role.ADVOCATE)
    said = []
    for other in ("1", "9"):
        text = FULL + f"5,,x,,Luz,Garza,,,,{other},\n"
        found = judge(node, text.encode(), file="a.csv", stated=STATED, by=eva).faults
        assert places(found) == [(2, "copied_from")]
        said.append(found[0].said.en.replace(other, "N"))
    assert said[0] == said[1]


# What is given out


def test_nothing_that_is_given_out_is_a_formula(node: Node) -> None:
    for name in ("=1+1", "+x", "-x", "@x", "'=x", "''-x", "'x"):
        node.record(
            Order(
                command=ReportHarm(
                    replace(REPORT, report=ReportId(f"r{node.ledger.size()}"), source=Sealed(name))
                ),
                by=HUGO,
            )
        )
    text = exported(read(node), HUGO)
    cells = [cell.strip('"') for line in text.lstrip("\ufeff").splitlines() for cell in line.split('","')]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "'=1+1" in cells


def test_no_column_of_a_witness_is_given_to_whoever_links(node: Node) -> None:
    taken(node, FULL + "1,,her sister,,Rosa,Garza,,,,,count\n")
    text = exported(read(node), acting("lin", Role.LINKAGE_ANALYST))
    assert "Rosa" in text
    assert "sister" not in text
    header = text.splitlines()[0]
    for column in (
        'source"',
        "account",
        "collector",
        "digest",
        "consent_how",
        "national_id",
        "withdrawn_why",
    ):
        assert f'"{column}' not in header


GIVEN_BACK = (
    "report_id,list,source_class,source,account,harm,given_names,kin,person_place,national_id,least,most,received,"
    "withdrawn,withdrawn_why,place,first_day\n"
)


@pytest.mark.parametrize("role", [Role.HARM_DESK, Role.ADVOCATE, Role.LINKAGE_ANALYST])
def test_of_what_was_withdrawn_a_table_says_no_more_than_that_it_was(node: Node, role: Role) -> None:
    by = acting("hugo", role)
    row = "1,l,relative,SISTER,ACCOUNT,killed,ROSA,KIN,NORTE,ID17,1,1,2012-02-03,2012-03-04,WHY,SUR,2011-03-18\n"
    text = GIVEN_BACK + row + "2,l,relative,x,y,killed,LUZ,,,,1,1,,,,,\n"
    known = taken(node, text, by=acting("hugo", Role.HARM_DESK if role is Role.LINKAGE_ANALYST else role))
    out = exported(known, by)
    assert "LUZ" in out
    for said in ("SISTER", "ACCOUNT", "ROSA", "KIN", "NORTE", "ID17", "WHY", "SUR", "2011-03-18"):
        assert said not in out
    assert len(out.splitlines()) == (2 if role is Role.LINKAGE_ANALYST else 3)
    assert ("2012-03-04" in out) == (role is not Role.LINKAGE_ANALYST)


def test_what_was_withdrawn_stays_withdrawn_where_the_table_is_taken_in(
    node: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    known = taken(node, GIVEN_BACK + "1,l,relative,x,y,killed,ROSA,,,,1,1,2012-02-03,2012-03-04,,,\n")
    there = new_node(tmp_path_factory.mktemp("there"), Clock())
    try:
        again = taken(there, exported(known, HUGO), Stated())
        assert not again.of(VictimReported)
        assert [r.fact.report for r in again.of(ConsentWithdrawn)] == ["1"]
        assert not any(one.counts(date(2012, 3, 5)) for one in reports_of(again).values())
    finally:
        there.ledger.close()


FILE = Place("test")
LINKS = ("compromise", "release", "operation", "incident")


@st.composite
def registers(draw: st.DrawFn) -> list[tuple[Fact, date | None]]:
    """Facts of a register, each with its day, as the rules admit them."""
    found: list[tuple[Fact, date | None]] = []
    days = st.dates(date(1990, 1, 1), date(2026, 3, 1))
    for n in range(draw(st.integers(1, 3))):
        report = ReportId(f"r-{n}")
        form: dict[str, Any] = draw(record(record_of(HarmReported))) | dict.fromkeys(LINKS)
        first, last, received = sorted(draw(st.tuples(days, days, days)))
        form |= {"report": report, "first_day": None, "last_day": None, "received": None, "copied_from": None}
        form |= draw(st.sampled_from([{}, {"first_day": first}, {"first_day": first, "last_day": last}]))
        day = draw(st.sampled_from([None, received]))
        form |= {"received": day, "copied_from": f"r-{n - 1}" if n and draw(st.booleans()) else None}
        form["digest"] = draw(st.sampled_from([None, "ab" * 32]))
        form["most"] = None if form["most"] is None else int(form["least"]) + int(form["most"]) + 2
        found.append((record_of(HarmReported).parse(form, FILE), day))
        if draw(st.booleans()):
            found.append((_consent(draw, report, day), day))
        names = [f"v-{n}-{m}" for m in range(draw(st.integers(0, 2)))]
        found += [(_person(draw, report, name, first, last), day) for name in names]
    withdrawn = [f.report for f, _ in found if isinstance(f, HarmReported) and draw(st.booleans())]
    for name in withdrawn:
        why = draw(record(record_of(ConsentWithdrawn))).get("why")
        found.append(
            (
                ConsentWithdrawn(report=name, why=Sealed(_text(why))),
                draw(st.dates(date(2026, 3, 2), date(2026, 3, 9))),
            )
        )
    return found


def _text(value: object) -> str | None:
    parsed: ConsentWithdrawn = record_of(ConsentWithdrawn).parse({"report": "r", "why": value}, FILE)
    return parsed.why.open()


def _consent(draw: st.DrawFn, report: ReportId, day: date | None) -> ConsentGiven:
    form = draw(record(record_of(ConsentGiven))) | {"report": report, "consent": f"c-{report}", "until": None}
    form["purposes"] = draw(st.lists(st.sampled_from([p.value for p in Purpose]), min_size=1, max_size=5))
    some = [one.value for one in ConsentParty if one is not ConsentParty.NOBODY]
    form["shared"] = draw(st.lists(st.sampled_from(some), max_size=3)) or ["nobody"]
    form["public_name"] = form["public_name"] and "publication" in form["purposes"]
    form["until"] = draw(st.sampled_from([None, "2031-01-01"]))
    fact: ConsentGiven = record_of(ConsentGiven).parse(form, FILE)
    return fact


def _person(draw: st.DrawFn, report: ReportId, victim: str, first: date, last: date) -> VictimReported:
    form = draw(record(record_of(VictimReported))) | {
        "report": report,
        "victim": victim,
        "born": None,
        "seen_from": None,
        "seen_to": None,
    }
    letters = st.text("aéñ ='+-@Ü\"", min_size=1, max_size=6).filter(str.strip)
    for name in ("given_names", "paternal_surname", "maternal_surname"):
        form[name] = draw(st.none() | letters)
    form["alias"] = draw(st.none() | st.text("aé =+-4Z", min_size=1, max_size=6).filter(str.strip))
    form["alias"] = (form["alias"] or "") + chr(ord("a") + int(victim[-1]))
    form |= draw(st.sampled_from([{}, {"seen_from": first}, {"seen_from": first, "seen_to": last}]))
    low, high = sorted((draw(st.integers(0, 130)), draw(st.integers(0, 130))))
    form |= draw(st.sampled_from([{"age_from": None, "age_to": None}, {"age_from": low, "age_to": high}]))
    fact: VictimReported = record_of(VictimReported).parse(form, FILE)
    return fact


SAYING = {
    HarmReported: ReportHarm,
    ConsentGiven: GiveConsent,
    VictimReported: ReportVictim,
    ConsentWithdrawn: WithdrawConsent,
}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(facts=registers())
def test_what_is_given_out_and_taken_in_elsewhere_is_the_same_facts(
    facts: list[tuple[Fact, date | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = new_node(tmp_path_factory.mktemp("here"), Clock())
    orders = [
        Order(command=SAYING[type(f)](f), by=HUGO, at=day and datetime.combine(day, time(), UTC))  # type: ignore[arg-type]  # each takes its own
        for f, day in facts
    ]
    here.record_all(orders)
    text = exported(read(here), HUGO)
    there = new_node(tmp_path_factory.mktemp("there"), Clock())
    try:
        take_in(there, text.encode(), file="b.csv", stated=Stated(), by=HUGO)
        assert _said(there) == _given_out(here)
        assert exported(read(there), HUGO) == text
    finally:
        here.ledger.close()
        there.ledger.close()


def _given_out(node: Node) -> set[str]:
    """The same, and of what was withdrawn only that it was given and taken back."""
    known = read(node)
    gone = {r.fact.report: r.happened_at.date() for r in known.of(ConsentWithdrawn)}
    said = {_whole(r.fact) for r in known if getattr(r.fact, "report", None) not in gone}
    for r in known.of(HarmReported):
        if day := gone.get(r.fact.report):
            received = r.fact.received or min(r.happened_at.date(), day)
            said |= {
                _whole(taken_back(r.fact, received)),
                _whole(ConsentWithdrawn(report=r.fact.report)),
            }
    return said


def _said(node: Node) -> set[str]:
    """All facts, whatever their order: what was copied comes behind what it was copied from."""
    return {_whole(r.fact) for r in read(node)}


def _whole(fact: Fact) -> str:
    values = {f.name: getattr(fact, f.name) for f in record_of(type(fact)).fields}
    return repr(
        (type(fact).__name__, {n: v.value if isinstance(v, Sealed) else v for n, v in values.items()})
    )


def test_every_field_has_a_column() -> None:
    held = {(c.fact, c.field) for c in columns().values() if c.fact}
    for kind in (HarmReported, VictimReported, ConsentGiven):
        for field in record_of(kind).fields:
            assert (kind, field.name) in held or (field.name == "report" and kind is not HarmReported)


def test_a_table_in_which_something_stays_sealed_is_not_taken_in(node: Node) -> None:
    assert places(faults(node, FULL + "1,,[sealed],,Rosa,[purged],,,,,\n")) == [
        (2, "paternal_surname"),
        (2, "source"),
    ]


def test_what_was_purged_is_not_given_out(node: Node) -> None:
    taken(node, FULL + "1,,her sister,,Rosa,Garza,,,,,\n2,,a priest,,Luz,Garza,,,,,\n")
    by_ref = {type(r.fact).__name__ + str(getattr(r.fact, "report", "")): r.ref for r in read(node)}
    node.protocols = PROTOCOLS
    purge(node, by_ref["VictimReported1"], by_ref["HarmReported2"])
    text = exported(read(node), HUGO)
    assert "sister" in text
    assert not {"Rosa", "priest", "Luz", "[purged]"} & set(text.replace('"', ",").split(","))
