"""The doctor finds what is wrong, says what to do about it in both languages, and changes nothing."""

import json
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from tearline.cli.nodes import listening
from tearline.config import FILE, Settings
from tearline.jobs.cases import load_case
from tearline.jobs.checkup import Finding, Level, examine
from tearline.jobs.publication import publishing
from tearline.ledger.witness import Witness
from tearline.node import make_node, open_node
from tearline.web.witness import create_witness_app
from tests.cli.conftest import CASES, Run
from tests.cli.test_serve import configure
from tests.cli.tls import make_certificate
from tests.peers.serving import served

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A fresh node that is no demonstration, on a port that is surely free."""
    folder = tmp_path / "node"
    make_node(folder, origin="agency.example/node", clock=lambda: NOW).close()
    configure(folder, listen="127.0.0.1:0")
    (folder / FILE).chmod(0o600)
    return folder


def examined(data: Path, *, now: datetime = NOW, network: bool = False) -> dict[str, Finding]:
    found = list(examine(data, database=None, now=now, network=network))
    assert len({f.check for f in found}) == len(found)
    for finding in found:
        assert (finding.do is None) is (finding.level is Level.OK), finding
        for words in (finding.said, finding.do):
            assert words is None or (words.en and words.es and "\n" not in words.en + words.es)
    return {f.check: f for f in found}


def levels(found: dict[str, Finding], level: Level) -> set[str]:
    return {name for name, f in found.items() if f.level is level}


def test_a_fresh_node_fails_nothing_and_is_told_what_it_lacks(data: Path) -> None:
    found = examined(data)
    assert levels(found, Level.FAIL) == set()
    assert levels(found, Level.WARN) - {"disk", "disk-of-second-store", "clock-source"} == {
        "witnesses",
        "backups",
    }
    assert levels(found, Level.OK) >= {
        "versions",
        "configuration",
        "file-modes",
        "time-zones",
        "database",
        "ledger",
        "clock",
        "second-store",
        "log-key",
        "fact-key",
    }


def test_the_doctor_changes_nothing(data: Path) -> None:
    def state() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in data.rglob("*") if p.is_file() and ".db" not in p.name}

    before = state()
    examined(data)
    assert state() == before


def test_keys_and_ledger_that_others_can_read_fail(data: Path) -> None:
    (data / "ledger.db").chmod(0o644)
    found = examined(data)
    assert found["file-modes"].level is Level.FAIL
    assert "ledger.db" in found["file-modes"].said.en
    (data / "keys" / "log.key").chmod(0o640)
    assert levels(examined(data), Level.FAIL) == {"file-modes", "node"}


def test_what_is_wrong_in_node_json_is_one_line(data: Path) -> None:
    (data / FILE).write_text('{"tearline": 1, "demo": false, "site": {"address": "https://*"}}')
    found = examined(data)
    assert set(found) == {"versions", "configuration"}
    assert "site.address" in found["configuration"].said.es
    configure(data, address="https://node.agency.example")


def test_a_site_that_could_not_be_served_fails_and_the_rest_is_still_looked_at(data: Path) -> None:
    configure(data, address="https://node.agency.example")
    found = examined(data)
    assert levels(found, Level.FAIL) == {"configuration"}
    assert found["ledger"].level is Level.OK


def test_a_clock_behind_the_latest_fact_fails(data: Path) -> None:
    assert examined(data, now=NOW - timedelta(hours=2))["clock"].level is Level.FAIL
    assert "7200 s behind" in examined(data, now=NOW - timedelta(hours=2))["clock"].said.en
    assert examined(data, now=NOW)["clock"].level is Level.OK


def test_keys_that_are_old_are_to_be_replaced(data: Path) -> None:
    found = examined(data, now=NOW + timedelta(days=800))
    assert {"log-key", "fact-key"} <= levels(found, Level.WARN)
    assert "tearline keys rotate log" in str(found["log-key"].do)


def test_a_damaged_ledger_fails(data: Path) -> None:
    with sqlite3.connect(data / "ledger.db") as database:
        database.execute("UPDATE entries SET leaf = zeroblob(33) WHERE position = 0")
    database.close()
    found = examined(data)
    assert found["ledger"].level is Level.FAIL
    assert "does not fit the stored tree" in found["ledger"].said.en


def test_another_schema_and_no_database_fail(data: Path) -> None:
    with sqlite3.connect(data / "ledger.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "9999" in examined(data)["node"].said.en
    for file in data.glob("ledger.db*"):
        file.unlink()
    assert examined(data)["node"].level is Level.FAIL


def test_a_ledger_behind_its_second_store_fails(data: Path, tmp_path: Path) -> None:
    for file in data.glob("ledger.db*"):
        shutil.copy(file, tmp_path / file.name)
    node = open_node(data)
    load_case(node, CASES / "nogales.yaml", now=NOW)
    node.close()
    for file in data.glob("ledger.db*"):
        file.unlink()
    shutil.copy(tmp_path / "ledger.db", data / "ledger.db")
    found = examined(data)
    assert levels(found, Level.FAIL) == {"second-store"}
    shutil.rmtree(data / "published")
    assert levels(examined(data), Level.FAIL) == {"second-store"}


def test_a_port_that_something_else_holds_is_to_be_looked_at(data: Path) -> None:
    taken = listening("127.0.0.1", 0)
    try:
        configure(data, listen=f"127.0.0.1:{taken.getsockname()[1]}")
        taken.close()
        assert examined(data)["socket"].level is Level.OK
    finally:
        taken.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        configure(data, listen=f"127.0.0.1:{other.getsockname()[1]}")
        assert examined(data)["socket"].level is Level.WARN


@pytest.mark.parametrize(
    ("host", "left", "level"),
    [
        ("node.agency.example", 90, Level.OK),
        ("node.agency.example", 10, Level.WARN),
        ("node.agency.example", -1, Level.FAIL),
        ("other.example", 90, Level.FAIL),
        ("*.agency.example", 90, Level.OK),
        ("*.example", 90, Level.FAIL),
    ],
)
def test_a_certificate_has_to_run_and_to_name_the_address(
    data: Path, tmp_path: Path, host: str, left: int, level: Level
) -> None:
    certificate, key = make_certificate(tmp_path, host, NOW + timedelta(days=left))
    _shifted(data, certificate, key)
    assert examined(data)["certificate"].level is level


def test_a_certificate_of_another_key_fails(data: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = make_certificate(tmp_path, "node.agency.example", NOW + timedelta(days=90))
    _, key = make_certificate(tmp_path / "other", "node.agency.example", NOW + timedelta(days=90))
    _shifted(data, certificate, key)
    assert "another key" in examined(data)["certificate"].said.en
    key.write_text("nothing")
    assert examined(data)["certificate"].level is Level.FAIL


def _shifted(data: Path, certificate: Path, key: Path) -> None:
    tls = {"certificate": str(certificate), "key": str(key)}
    configure(data, address="https://node.agency.example", listen="127.0.0.1:0", tls=tls)


def test_the_newest_key_backup_is_known_and_one_that_expired_is_to_be_destroyed(
    run: Run, data: Path, tmp_path: Path, cheap_passphrases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEARLINE_PASSPHRASE", "a long passphrase for a test of the doctor")
    assert run("backup", tmp_path / "copy", "--data", data).status == 0
    made = datetime.now(UTC)
    found = examined(data, now=made + timedelta(days=3))
    assert (found["backups"].level, found["backups"].said.en) == (
        Level.OK,
        "The newest key backup on record is 3 days old.",
    )
    assert "expired-backups" not in found
    found = examined(data, now=made + timedelta(days=40))
    assert {"backups", "expired-backups"} <= levels(found, Level.WARN)
    assert "expired-backups" not in examined(data, now=made + timedelta(days=90))


def test_witnesses_are_asked_over_the_network_only_when_told_to(data: Path, tmp_path: Path) -> None:
    with closing(Witness.make(tmp_path / "w", "overseer.example/w1", lambda: NOW)) as witness:
        node = open_node(data)
        witness.trust(node.ledger.vkey)
        asked: list[str] = []

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            asked.append(str(scope.get("path", "")))
            await create_witness_app(witness)(scope, receive, send)

        with served(counted) as url:
            held = json.loads((data / FILE).read_text())
            (data / FILE).write_text(
                json.dumps(held | {"witnesses": [{"vkey": str(witness.vkey), "url": url}], "quorum": 1})
            )
            asked.clear()
            quiet = examined(data)
            assert quiet["witnesses"].level is Level.WARN
            assert not asked
            silent = examined(data, network=True)
            assert silent["witness overseer.example/w1"].level is Level.WARN
            assert silent["quorum"].level is Level.FAIL
            with publishing(node.ledger, Settings.read(data), data) as publish:
                assert publish().holds
            whole = examined(data, network=True)
            assert asked
            assert whole["witness overseer.example/w1"].said.en == "It answers, 0 entries behind."
            assert whole["witnesses"].level is Level.OK
            assert "quorum" not in whole
        node.close()


def test_the_command_answers_with_its_status_and_in_the_reader_s_language(run: Run, data: Path) -> None:
    ran = run("doctor", "--data", data)
    assert ran.status == 0
    assert "0 failed" in ran.out
    assert "→" in ran.out
    spanish = run("doctor", "--data", data, "--language", "es")
    assert "0 fallan" in spanish.out
    assert "El registro no está detrás" in " ".join(spanish.out.split())
    (data / "ledger.db").chmod(0o666)
    broken = run("doctor", "--data", data, "--json")
    assert broken.status == 1
    (modes,) = [f for f in json.loads(broken.out) if f["check"] == "file-modes"]
    assert (modes["level"], set(modes["said"]), set(modes["do"])) == ("fail", {"en", "es"}, {"en", "es"})


def test_where_there_is_no_node_the_doctor_says_so(run: Run, tmp_path: Path) -> None:
    ran = run("doctor", "--data", tmp_path)
    assert ran.status == 1
    assert "make one with: tearline init" in " ".join(ran.out.split())


def test_what_would_be_served_is_said_and_what_would_not_is_one_line(run: Run, data: Path) -> None:
    said = run("config", "check", "--data", data)
    assert said.status == 0
    assert "only this machine reaches it" in said.out
    assert "solo esta máquina" in run("config", "check", "--data", data, "--language", "es").out
    configure(data, address="https://node.agency.example")
    assert run("config", "check", "--data", data).line.startswith(f"{data / FILE}: site.tls: expected")


def test_every_setting_is_shown_and_no_secret(run: Run, data: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("very secret")
    secret.chmod(0o600)
    oidc = {"issuer": "https://directory.example", "client_id": "t", "client_secret_file": str(secret)}
    configure(data, oidc=oidc)
    shown = run("config", "show", "--data", data)
    assert "site.idle_minutes: 15\n" in shown.out
    assert f'site.oidc.client_secret_file: "{secret}"\n' in shown.out
    as_json = json.loads(run("config", "show", "--data", data, "--json").out)
    assert as_json["site"]["oidc"]["claims"] == {"acr": []}
    assert "very secret" not in shown.out + json.dumps(as_json)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_files_of_another_user_are_named(data: Path) -> None:
    os.chown(data / FILE, 65534, 65534)
    assert examined(data)["file-owners"].level is Level.FAIL
