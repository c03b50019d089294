"""A witness over HTTP: every answer of the format, and nothing beyond it, alone and under another site's path."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tearline.ledger.add_checkpoint import LARGEST_REQUEST
from tearline.ledger.note import open_cosigned
from tearline.ledger.witness import Witness
from tearline.ledger.witnessed import hash_of
from tearline.node import make_node
from tearline.web.app import create_app
from tearline.web.witness import create_witness_app
from tests.ledger.test_disk import no_file_larger_than
from tests.ledger.told import Clock
from tests.ledger.witnessing import ORIGIN, PlainLog

LOG = PlainLog.of(40)
FORK = LOG.forked(10, 40)
STRANGER = PlainLog(LOG.entries, "someone.example/log", Ed25519PrivateKey.from_private_bytes(b"9" * 32))
LATEST = f"/{hash_of(ORIGIN)}/checkpoint"


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    made = Witness.make(tmp_path / "witness", "witness.example/w1", Clock())
    made.trust(LOG.vkey)
    yield made
    made.close()


@pytest.fixture(params=["alone", "mounted", "in a node's site"])
def client(request: pytest.FixtureRequest, witness: Witness, tmp_path: Path) -> Iterator[TestClient]:
    app = create_witness_app(witness)
    match request.param:
        case "alone":
            yield TestClient(app, base_url="http://127.0.0.1")
        case "mounted":
            site = Starlette(routes=[Mount("/witness", app)])
            yield TestClient(site, base_url="http://127.0.0.1/witness")
        case _:
            node = make_node(tmp_path / "node", origin="node.example/1")
            yield TestClient(
                create_app(node, demo=False, witness=witness), base_url="http://127.0.0.1/witness"
            )
            node.close()


def test_200_with_signature_lines(client: TestClient, witness: Witness) -> None:
    answer = client.post("/add-checkpoint", content=LOG.request(0, 20))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("— witness.example/w1 ")
    assert answer.text.endswith("\n")
    assert set(open_cosigned(LOG.note(20) + answer.text, LOG.vkey, [witness.vkey]).at) == {witness.vkey}
    assert client.post("/add-checkpoint", content=LOG.request(20, 20)).status_code == 200
    assert client.post("/add-checkpoint", content=LOG.request(20, 21)).status_code == 200


def test_400_for_another_form_and_for_an_old_size_beyond_the_checkpoint(client: TestClient) -> None:
    whole = LOG.request(0, 20)
    for body in (
        b"",
        b"\n\n",
        whole[:-1],
        whole + b"\n",
        whole.replace(b"old 0", b"old 00"),
        b"\xff" + whole,
    ):
        answer = client.post("/add-checkpoint", content=body)
        assert answer.status_code == 400
        assert answer.text.count("\n") == 1
    beyond = whole.replace(b"old 0", b"old 21")
    assert client.post("/add-checkpoint", content=beyond).status_code == 400


def test_403_without_a_trusted_signature(client: TestClient) -> None:
    impostor = PlainLog(LOG.entries, ORIGIN, STRANGER.key)
    forged = f"— {ORIGIN} {b64encode(LOG.vkey.key_id + bytes(64)).decode()}\n"
    for body in (impostor.request(0, 20), LOG.request(0, 20, more=forged)):
        assert client.post("/add-checkpoint", content=body).status_code == 403


def test_404_for_an_unknown_log(client: TestClient) -> None:
    assert client.post("/add-checkpoint", content=STRANGER.request(0, 20)).status_code == 404


def test_409_with_the_size_to_prove_from(client: TestClient) -> None:
    client.post("/add-checkpoint", content=LOG.request(0, 20))
    for old in (0, 19, 21):
        answer = client.post("/add-checkpoint", content=LOG.request(old, 30))
        assert (answer.status_code, answer.text) == (409, "20\n")
        assert answer.headers["content-type"] == "text/x.tlog.size"


def test_422_for_a_history_that_does_not_fit(client: TestClient) -> None:
    client.post("/add-checkpoint", content=LOG.request(0, 20))
    for new in (20, 30):
        assert client.post("/add-checkpoint", content=FORK.request(20, new)).status_code == 422
    assert client.post("/add-checkpoint", content=LOG.request(20, 30)).status_code == 200


def test_405_for_another_method(client: TestClient) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        answer = client.request(method, "/add-checkpoint")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    for method in ("POST", "PUT", "DELETE"):
        assert client.request(method, LATEST).status_code == 405


def test_413_for_a_larger_body(client: TestClient) -> None:
    assert client.post("/add-checkpoint", content=b"x" * (LARGEST_REQUEST + 1)).status_code == 413

    def without_length() -> Iterator[bytes]:
        yield from (b"x" * 1024 for _ in range(LARGEST_REQUEST // 1024 + 1))

    assert client.post("/add-checkpoint", content=without_length()).status_code == 413
    assert client.post("/add-checkpoint", content=b"x" * LARGEST_REQUEST).status_code == 400


def test_monitors_read_the_last_checkpoint_cosigned(client: TestClient, witness: Witness) -> None:
    assert client.get(LATEST).status_code == 404
    line = client.post("/add-checkpoint", content=LOG.request(0, 20)).text
    answer = client.get(LATEST)
    assert (answer.status_code, answer.text) == (200, LOG.note(20) + line)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    for path in (
        f"/{hash_of('x')}/checkpoint",
        f"/{hash_of(ORIGIN).upper()}/checkpoint",
        "/x/checkpoint",
        "/",
    ):
        assert client.get(path).status_code == 404


def test_a_refusal_changes_nothing(client: TestClient) -> None:
    client.post("/add-checkpoint", content=LOG.request(0, 20))
    held = client.get(LATEST).text
    for body in (b"", LOG.request(0, 30), FORK.request(20, 30), STRANGER.request(0, 3)):
        assert client.post("/add-checkpoint", content=body).status_code >= 400
        assert client.get(LATEST).text == held


def test_503_once_the_disk_has_failed(client: TestClient, witness: Witness, tmp_path: Path) -> None:
    client.post("/add-checkpoint", content=LOG.request(0, 20))
    wal = tmp_path / "witness" / "witness.db-wal"
    with no_file_larger_than(wal.stat().st_size + 100):
        assert client.post("/add-checkpoint", content=LOG.request(20, 21)).status_code == 503
    assert client.post("/add-checkpoint", content=LOG.request(20, 21)).status_code == 503
    answer = client.get(LATEST)
    assert (answer.status_code, answer.text) == (503, "this witness has stopped\n")
