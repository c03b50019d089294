"""The register's pages: as given, consent and its withdrawal, people side by side, incidents; each role its part."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import MergeId, PersonId, VictimId
from tearline.facts.linkage import MergeGround, VictimsMerged
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, FileKept, FilePassed, VictimReported
from tearline.formats.register.reading import Stated
from tearline.jobs.register.taking_in import take_in
from tearline.node import Node, make_node
from tearline.web.app import create_app
from tests.web.conftest import HERE, opened

HEADER = (
    "report_id,list,source_class,source,account,harm,given_names,paternal_surname,maternal_surname,alias,sex,"
    "age_from,age_to,seen_from,seen_to,place,condition,consent,reliability,credibility,risk,received,copied_from,"
    "least,most"
)
ROSA = (
    "r-1,list-a,relative,SISTERSOURCE,SISTERACCOUNT,disappeared,Rosa María,Garza,Treviño,,female,"
    "30,35,2011-03-18,2011-03-20,Allende,missing,count;search,B,2,high,2011-05-02,,1,1"
)
PRESS = (
    "r-2,list-b,press,PRESSSOURCE,PRESSACCOUNT,disappeared,Ma. Rosa,Garza,,La Güera,female,"
    ",,2011-03-18,,Allende,,,C,3,low,2012-01-01,,1,1"
)
DRIVERS = "r-3,,witness,DRIVERSOURCE,DRIVERACCOUNT,killed,,,,,,,,2011-03-19,,Piedras Negras,,,F,6,high,,,2,4"
COPY = "r-4,list-c,press,COPYSOURCE,COPYACCOUNT,disappeared,Rosa,Garza,,,,,,,,Allende,,,C,3,low,2012-02-01,r-2,1,1"
TABLE = "\n".join((HEADER, ROSA, PRESS, DRIVERS, COPY, ""))
SECRETS = ("SISTERSOURCE", "SISTERACCOUNT", "DRIVERSOURCE", "PRESSACCOUNT")
HARM = Actor(PersonId("demo.harm-desk"), Role.HARM_DESK)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The register that is only looked at."""
    made = make_node(tmp_path_factory.mktemp("register") / "data", origin="tearline.example/desk", demo=True)
    take_in(made, TABLE.encode(), file="t.csv", stated=Stated(), by=HARM)
    yield made
    made.ledger.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "data", origin="tearline.example/desk", demo=True)
    take_in(made, TABLE.encode(), file="t.csv", stated=Stated(), by=HARM)
    yield made
    made.ledger.close()


def visitor(node: Node, role: Role, language: str = "en") -> TestClient:
    return TestClient(
        create_app(node, demo=True),
        base_url="http://localhost",
        cookies={"identity": role.value, "language": language},
        follow_redirects=False,
        client=HERE,
    )


def form(**said: Any) -> dict[str, Any]:
    return {"key": "k" * 24, **said}


def latest(node: Node, kind: type[Any]) -> Any:

    return node.ledger.read(about(kinds=(kind,)), opening=frozenset(Compartment)).of(kind)[-1].fact


PAGES = ("/harm/reports", "/harm/reports/r-1", "/harm/people", "/harm/people/r-1", "/harm/incidents")


def test_the_front_says_what_stands_and_where_it_leads(shared: Node) -> None:
    page = visitor(shared, Role.HARM_DESK).get("/harm").text
    for said in ("What stands", "may be counted today", "None of these is how many were harmed"):
        assert said in page
    for place in ("/harm/reports", "/harm/people", "/harm/incidents", "/harm/import"):
        assert f'href="{place}"' in page
    assert 'href="/harm/import"' not in visitor(shared, Role.LINKAGE_ANALYST).get("/harm").text


def test_a_report_is_shown_as_it_was_given_to_who_says_why(shared: Node) -> None:
    client = visitor(shared, Role.HARM_DESK)
    closed = client.get("/harm/reports/r-1").text
    assert "Closed until you open it" in closed
    assert "SISTERACCOUNT" not in closed
    page = opened(client, "/harm/reports/r-1").get("/harm/reports/r-1").text
    for said in (
        "SISTERACCOUNT",
        "SISTERSOURCE",
        "Rosa María Garza Treviño",
        "consent given",
        "usually reliable",
        "high",
    ):
        assert said in page


def test_whoever_links_sees_names_and_never_a_word_of_testimony(shared: Node) -> None:
    client = visitor(shared, Role.LINKAGE_ANALYST)
    for path in PAGES:
        page = client.get(path)
        assert page.status_code == 200, path
        assert not any(secret in page.text for secret in SECRETS), path
    report = client.get("/harm/reports/r-1").text
    assert "Rosa María" in report
    assert "What was reported" not in report
    assert "Closed until you open it" not in report
    table = client.get("/harm/export.csv").text
    assert "Garza" in table
    assert not any(secret in table for secret in SECRETS)


def test_an_overseer_sees_counts_and_kinds_and_nobodys_name(shared: Node) -> None:
    client = visitor(shared, Role.OVERSEER)
    for path in ("/harm", "/harm/reports", "/harm/reports/r-1", "/harm/incidents"):
        page = client.get(path).text
        assert "Disappeared" in page or path == "/harm/incidents"
        assert "Rosa" not in page
        assert not any(secret in page for secret in SECRETS)
    for path in ("/harm/people", "/harm/people/r-1", "/harm/import", "/harm/export.csv"):
        assert client.get(path).status_code == 404


def test_to_an_advocate_the_reports_of_others_are_not_there(shared: Node) -> None:
    client = visitor(shared, Role.ADVOCATE)
    assert "No report is on record" in client.get("/harm/reports").text
    for path in (
        "/harm/reports/r-1",
        "/harm/people/r-1",
        "/harm/reports/r-1/consent",
        "/harm/people/r-1/condition",
    ):
        assert client.get(path).status_code == 404, path
    assert "Rosa" not in client.get("/harm/people").text
    assert client.post("/harm/reports/r-1/withdrawal", data=form()).status_code == 404


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ("list=list-b", "/harm/reports/r-2", "/harm/reports/r-1"),
        ("class=witness", "/harm/reports/r-3", "/harm/reports/r-2"),
        ("consent=given", "/harm/reports/r-1", "/harm/reports/r-3"),
        ("consent=none", "/harm/reports/r-3", "/harm/reports/r-1"),
        ("consent=of-record&list=list-b", "/harm/reports/r-2", "/harm/reports/r-4"),
    ],
)
def test_reports_are_found_by_list_kind_and_consent(shared: Node, asked: str, there: str, gone: str) -> None:
    page = visitor(shared, Role.HARM_DESK).get(f"/harm/reports?{asked}").text
    assert there in page
    assert gone not in page
    assert "None that fits" in visitor(shared, Role.HARM_DESK).get("/harm/reports?list=none").text


def test_a_copy_says_what_it_was_copied_from_and_the_other_that_it_was(shared: Node) -> None:
    client = visitor(shared, Role.HARM_DESK)
    assert 'href="/harm/reports/r-2"' in client.get("/harm/reports/r-4").text
    assert 'href="/harm/reports/r-4"' in client.get("/harm/reports/r-2").text


def test_versions_of_one_person_stand_side_by_side(node: Node) -> None:
    merged = VictimsMerged(
        merge=MergeId("m-1"),
        victims=(VictimId("r-1"), VictimId("r-2")),
        ground=MergeGround.PEOPLE,
        reason=Sealed("the same scar"),
    )
    node.ledger.append(
        [Draft(fact=merged, happened_at=node.clock(), by=Actor(PersonId("lin"), Role.LINKAGE_ANALYST))],
        unless=about(kinds=(VictimsMerged,)),
        after=node.ledger.size(),
        key="merge",
    )
    page = visitor(node, Role.LINKAGE_ANALYST).get("/harm/people/r-2").text
    for said in ("Rosa María", "Ma. Rosa", "La Güera", "list-a", "list-b"):
        assert said in page
    people = visitor(node, Role.LINKAGE_ANALYST).get("/harm/people").text
    assert "/harm/people/r-1" in people
    assert "/harm/people/r-2" not in people


def test_consent_is_recorded_and_withdrawn_and_the_report_then_used_for_nothing(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    said = form(purposes=["count"], shared=["nobody"], public_name="no", how="by telephone")
    assert (
        client.post("/harm/reports/r-3/consent", data=said)
        .headers["location"]
        .startswith("/harm/reports/r-3?")
    )
    assert latest(node, ConsentGiven).report == "r-3"
    assert "consent given" in client.get("/harm/reports/r-3").text
    assert client.post("/harm/reports/r-1/withdrawal", data=form()).status_code == 303
    page = client.get("/harm/reports/r-1").text
    assert "Withdrawn on" in page
    assert "/harm/reports/r-1/consent" not in page
    again = client.post("/harm/reports/r-1/withdrawal", data=form(why="again"))
    assert again.status_code == 409
    assert "was withdrawn on" in again.text
    assert "/harm/people/r-1" not in client.get("/harm/people").text
    assert "A person whose reports were withdrawn" in client.get("/harm/people/r-1").text
    assert latest(node, ConsentWithdrawn).report == "r-1"


def test_people_incidents_and_what_became_of_them_are_recorded_by_forms(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    named = client.post("/harm/reports/r-3/people/new", data=form(given_names="Luz", condition="missing"))
    assert named.status_code == 303
    victim = latest(node, VictimReported).victim
    became = form(condition="dead", basis="dna", day="2012-01-01", said="the prosecutor")
    assert client.post(f"/harm/people/{victim}/condition", data=became).status_code == 303
    page = opened(client, f"/harm/people/{victim}").get(f"/harm/people/{victim}").text
    assert "comparison of DNA" in page
    assert "the prosecutor" in page
    incident = form(
        harm="killed", first_day="2011-03-18", last_day="2011-03-20", place="Allende",
        place_precision="municipality", told="HOUSES",
    )  # fmt: skip
    sent = client.post("/harm/incidents/new", data=incident)
    assert sent.status_code == 303
    where = sent.headers["location"].partition("?")[0]
    assert "HOUSES" in opened(client, where).get(where).text
    assert "HOUSES" not in visitor(node, Role.LINKAGE_ANALYST).get(where).text
    assert where in client.get("/harm/incidents").text


def test_a_table_is_shown_first_and_recorded_as_it_was_shown(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    table = "report_id,source,given_names,least\n9,a priest,=Luz,1\n8,a priest,,3\n"
    said = {"source_class": "witness", "harm": "killed", "before": "z-"}
    shown = client.post("/harm/import", data=said, files={"file": ("t.csv", table, "text/csv")})
    assert shown.status_code == 200
    assert "Record 2 reports" in shown.text
    before = node.ledger.size()
    agreed = shown.text.partition('name="agreed" value="')[2].partition('"')[0]
    other = client.post(
        "/harm/import", data=said | {"agreed": agreed, "text": table.replace("Luz", "Ana")}, files={"x": ""}
    )
    assert other.status_code == 200
    assert node.ledger.size() == before, "another table than the one that was shown"
    sent = client.post(
        "/harm/import", data=said | {"agreed": agreed, "text": table.replace("\n", "\r\n")}, files={"x": ""}
    )
    assert sent.status_code == 303
    assert {r.fact.report for r in node.ledger.read(about(kinds=(HarmReported,))).of(HarmReported)} >= {
        "z-9",
        "z-8",
    }


def test_a_faulty_table_names_each_cell_in_the_readers_language(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK, "es")
    table = "report_id,source,given_names,age\n9,a priest,Luz,-4\n8,a priest,Ana,2.5\n"
    shown = client.post(
        "/harm/import",
        data={"source_class": "witness", "harm": "killed"},
        files={"file": ("t.csv", table, "text/csv")},
    )
    assert shown.status_code == 422
    for said in ("Línea 2", "Línea 3", "age", "-4", "2.5", "se esperaba un número entero, cero o más"):
        assert said in shown.text
    assert "agreed" not in shown.text
    wrong = client.post("/harm/import", data={"harm": "eaten"}, files={"file": ("t.csv", table, "text/csv")})
    assert wrong.status_code == 422


def test_a_list_of_a_source_is_named_as_it_was_shown_and_not_after_the_source(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    table = "report_id,source,given_names\n9,Señora Peña,Luz\n8,Señora Peña,Ana\n7,a priest,Eva\n"
    said = {"source_class": "witness", "harm": "killed", "listed": "yes"}
    shown = client.post("/harm/import", data=said, files={"file": ("t.csv", table, "text/csv")})
    assert shown.status_code == 200
    lists = re.findall("list-[a-z2-7]{8}(?![a-z2-7])", shown.text.partition('id="preview"')[2])
    assert len({*lists}) == 2
    agreed = shown.text.partition('name="agreed" value="')[2].partition('"')[0]
    sent = client.post("/harm/import", data=said | {"agreed": agreed, "text": table}, files={"x": ""})
    assert sent.status_code == 303
    recorded = node.ledger.read(about(kinds=(HarmReported,))).of(HarmReported)[-3:]
    assert {r.fact.list for r in recorded} == {*lists}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"report_id,source\n1,Jos\xe9\n", "línea 2, columna &#39;source&#39;: se esperaba texto en UTF-8"),
        (b"report_id,source\n1,x,y\n", "línea 2: se esperaba una fila de 2 celdas; tiene 3"),
        (b"report_id,source,source_class,harm\n", "0 filas: se esperaba una tabla de 1 a 10000 filas"),
        (b"report_id;source,harm\n", "se esperaba una sola clase de separador"),
        (b"x" * (8 * 2**20 + 1), "se esperaba a lo sumo 8388608 bytes"),
    ],
    ids=["bytes", "cells", "rows", "delimiters", "large"],
)
def test_what_is_no_table_is_said_in_the_readers_language(shared: Node, table: bytes, said: str) -> None:
    client = visitor(shared, Role.HARM_DESK, "es")
    page = client.post("/harm/import", files={"file": ("t.csv", table, "text/csv")})
    assert page.status_code == 422
    assert said in page.text
    assert "expected" not in page.text


def test_what_is_no_form_is_said_in_the_readers_language(shared: Node) -> None:
    page = visitor(shared, Role.HARM_DESK, "es").post("/harm/reports/r-1/files")
    assert page.status_code == 422
    assert "form: body: se esperaba un formulario con un archivo" in page.text


def test_consent_to_nobody_and_somebody_is_refused_in_words(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    said = form(purposes=["count"], shared=["nobody", "court"], public_name="no", how="by telephone")
    answer = client.post("/harm/reports/r-3/consent", data=said)
    assert answer.status_code == 409
    assert "it may reach nobody, or those who are named, and not both" in answer.text


def test_the_register_is_taken_out_by_who_says_why(shared: Node) -> None:
    client = visitor(shared, Role.HARM_DESK)
    assert "/readings/new?page=%2Fharm%2Fexport.csv" in client.get("/harm/reports").text
    closed = client.get("/harm/export.csv").text
    assert "SISTERSOURCE" not in closed
    assert '"[sealed]"' in closed
    out = opened(client, "/harm/export.csv").get("/harm/export.csv")
    assert out.headers["content-disposition"] == 'attachment; filename="register.csv"'
    assert "SISTERSOURCE" in out.text


PHOTO = b"\xff\xd8\xff\xe0" + b"a photograph" * 9000


def upload(client: TestClient, data: bytes, name: str = "../a.jpg", report: str = "r-1", **said: str) -> Any:
    fields = {"origin": "her sister"} | said
    return client.post(
        f"/harm/reports/{report}/files", data=fields, files={"file": (name, data, "text/html")}
    )


def test_a_file_is_kept_sealed_and_handed_out_with_a_reason_that_stays(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    sent = upload(client, PHOTO)
    assert sent.status_code == 303
    kept = latest(node, FileKept)
    assert (kept.media_type, kept.size, kept.name.open()) == ("image/jpeg", len(PHOTO), "a.jpg")
    page = opened(client, "/harm/reports/r-1").get("/harm/reports/r-1").text
    assert "a.jpg" in page
    assert kept.digest in page
    assert kept.key.open() not in page
    said = form(copy="evidentiary", to="the prosecutor", why="asked in writing")
    taken = client.post(f"/harm/files/{kept.file}/copy", data=said)
    assert taken.status_code == 303
    out = client.get(taken.headers["location"])
    assert out.content == PHOTO
    assert out.headers["content-type"] == "application/octet-stream"
    assert out.headers["content-disposition"] == f'attachment; filename="{kept.file}.jpg"'
    assert out.headers["x-content-type-options"] == "nosniff"
    assert out.headers["content-security-policy"].startswith("sandbox")
    passed = latest(node, FilePassed)
    assert (passed.file, passed.to.open()) == (kept.file, "the prosecutor")
    assert "the prosecutor" in client.get("/harm/reports/r-1").text
    somebody = visitor(node, Role.ADVOCATE)
    assert somebody.get(taken.headers["location"]).status_code == 404
    assert client.get(f"/harm/files/{kept.file}/copies/none").status_code == 404


def test_of_what_was_withdrawn_no_file_is_handed_out_any_more(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    upload(client, PHOTO)
    file = latest(node, FileKept).file
    said = form(copy="working", to="me", why="to look at it")
    taken = client.post(f"/harm/files/{file}/copy", data=said).headers["location"]
    assert client.get(taken).content == PHOTO
    assert client.post("/harm/reports/r-1/withdrawal", data=form()).status_code == 303
    gone, never = client.get(taken), client.get(f"/harm/files/{file}/copies/none")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert PHOTO not in gone.content


def test_of_what_was_withdrawn_whoever_links_sees_that_it_was_and_nobody_of_it(node: Node) -> None:
    desk, client = visitor(node, Role.HARM_DESK), visitor(node, Role.LINKAGE_ANALYST)
    told = {"authorization": "Bearer demo:linkage-analyst"}
    (named,) = node.ledger.read(about("report:r-1", kinds=(VictimReported,))).of(VictimReported)
    at = named.position
    addresses = (
        "/harm/reports/r-1",
        "/harm/people/r-1",
        "/harm/people",
        "/harm/export.csv",
        "/api/v1/harm/reports/r-1",
        "/api/v1/harm/people/r-1",
        "/api/v1/harm/people",
        "/api/v1/harm/linkage/people/r-1",
        "/harm/linkage/people/r-1",
        f"/ledger/entries/{at}",
        f"/api/v1/facts/{at}",
    )
    before = {address: client.get(address, headers=told).text for address in addresses}
    assert [a for a, text in before.items() if "Rosa María" not in text and "r-1" not in text] == []
    assert desk.post("/harm/reports/r-1/withdrawal", data=form()).status_code == 303
    for address in addresses:
        text = client.get(address, headers=told).text
        assert not [name for name in ("Rosa María", "Treviño") if name in text], address
    assert client.get("/harm/linkage/people/r-1").status_code == 404
    assert client.get("/harm/linkage/people/r-1/merge").status_code == 404
    assert "Withdrawn on" in client.get("/harm/reports/r-1").text
    assert "Nobody is named" not in client.get("/harm/reports/r-1").text
    answer = client.get("/api/v1/harm/reports/r-1", headers=told).json()
    assert answer["consent"] == "withdrawn"
    assert answer["people"] == []
    assert client.get("/api/v1/harm/linkage/people/r-1", headers=told).status_code == 404
    assert "Rosa María" in opened(desk, "/harm/reports/r-1").get("/harm/reports/r-1").text


def test_of_what_was_withdrawn_nobody_is_shown_but_to_those_who_look_after_who_reported(node: Node) -> None:
    desk = visitor(node, Role.HARM_DESK)
    assert desk.post("/harm/reports/r-1/withdrawal", data=form()).status_code == 303
    shown = set()
    for role in Role:
        client, told = visitor(node, role), {"authorization": f"Bearer demo:{role.value}"}
        page, answer = (client.get(f"{at}/harm/reports/r-1", headers=told) for at in ("", "/api/v1"))
        people = answer.json()["people"] if answer.status_code == 200 else []
        if page.status_code == 200 and ("/harm/people/r-1" in page.text or "People named" in page.text):
            shown.add(role)
        assert bool(people) == (role in shown), role
        person = client.get("/harm/people/r-1", headers=told).text
        assert role is Role.HARM_DESK or "Rosa" not in person, role
        assert "missing" not in person, role
    assert shown == {Role.HARM_DESK}


def test_a_damaged_file_is_refused_in_one_line(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    upload(client, PHOTO)
    kept = latest(node, FileKept)
    assert node.data is not None
    path = node.data / "evidence" / f"{kept.file}.working"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    taken = client.post(
        f"/harm/files/{kept.file}/copy", data=form(copy="working", to="me", why="to look at it")
    )
    out = client.get(taken.headers["location"])
    assert out.status_code == 409
    assert "this copy is not as it was kept" in out.text


@pytest.mark.parametrize(
    ("data", "name", "said", "status"),
    [
        (b"<html><script>alert(1)</script>", "a.jpg", "of none of the kinds that are kept", 422),
        (b"", "a.jpg", "the file has no bytes", 422),
        (PHOTO, "", "", 422),
    ],
)
def test_what_is_not_kept_is_said_beside_its_field(
    node: Node, data: bytes, name: str, said: str, status: int
) -> None:
    sent = upload(visitor(node, Role.HARM_DESK), data, name)
    assert sent.status_code == status
    assert said in sent.text
    assert list((node.data or Path()).joinpath("evidence").iterdir()) == []


def test_a_file_without_its_origin_or_twice_is_not_kept(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    assert "Write where it came from" in upload(client, PHOTO, origin=" ").text
    assert upload(client, PHOTO).status_code == 303
    again = upload(client, PHOTO)
    assert again.status_code == 409
    assert "the very same bytes" in again.text
    assert len(list((node.data or Path()).joinpath("evidence").iterdir())) == 2
    for body, kind in (
        (b"x", "text/plain"),
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
    ):
        broken = client.post("/harm/reports/r-1/files", content=body, headers={"content-type": kind})
        assert broken.status_code in (400, 422)
    assert client.post("/harm/reports/r-1/files").status_code == 422
    assert upload(visitor(node, Role.ADVOCATE), PHOTO).status_code == 404
    assert visitor(node, Role.LINKAGE_ANALYST).get("/harm/reports/r-1/files").status_code == 404


def test_a_body_that_is_too_large_is_refused_unread(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    claimed = {"content-type": "multipart/form-data; boundary=b", "content-length": str(80 * 2**20)}
    assert client.post("/harm/reports/r-1/files", content=b"--b", headers=claimed).status_code == 413
