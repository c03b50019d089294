"""Messages as they come over the wire: where one ends, which methods there are, and what TLS is spoken."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from tearline.config.site import Site, Tls
from tearline.peers.addresses import Unreachable
from tearline.peers.calls import call, new_client
from tearline.web.app import create_app
from tearline.web.server import configured
from tests.cli.tls import make_certificate
from tests.web.world import World

OWN = b"Host: 127.0.0.1\r\n"
AFTER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
"""A second request, which a front that counts otherwise would take for the first one's body."""


@contextmanager
def serving(world: World, site: Site) -> Iterator[int]:
    """The site as it is served in earnest, on a port of its own."""
    server = uvicorn.Server(configured(create_app(world.node, demo=True, site=site), site))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.fixture(scope="module")
def port(still: World) -> Iterator[int]:
    with serving(still, Site()) as port:
        yield port


def told(port: int, sent: bytes) -> bytes:
    """All that comes back until the node ends the connection, or says nothing more."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        connection.settimeout(1)
        with suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65536):
                got += piece
    return got


def statuses(got: bytes) -> list[int]:
    return [int(line.split()[1]) for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length : 5\r\n",
        b" Content-Length: 5\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"X-A: b\x00c\r\n",
        b"X-A: b\rTransfer-Encoding: chunked\r\n",
        b"Host: 127.0.0.1\r\n",
    ],
)
def test_a_message_whose_end_is_in_doubt_is_refused_and_nothing_behind_it_is_read(
    port: int, headers: bytes
) -> None:
    got = told(port, b"POST /language HTTP/1.1\r\n" + OWN + headers + b"\r\n" + AFTER)
    assert len(statuses(got)) == 1, got
    assert 400 <= statuses(got)[0] <= 501


def test_where_both_lengths_are_said_the_chunks_alone_count(port: int) -> None:
    """RFC 9112, section 6.3: Transfer-Encoding overrides Content-Length."""
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    got = told(port, b"POST /healthz HTTP/1.1\r\n" + OWN + both + b"5\r\nhello\r\n0\r\n\r\n" + AFTER)
    assert statuses(got) in ([405, 200], [405], [400])


@pytest.mark.parametrize(
    "chunk", [b"-5\r\nhello\r\n0\r\n\r\n", b"5;a\nhello\r\n0\r\n\r\n", b"5 5\r\nhello\r\n"]
)
def test_a_chunk_of_another_form_ends_the_connection(port: int, chunk: bytes) -> None:
    got = told(
        port, b"POST /healthz HTTP/1.1\r\n" + OWN + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + AFTER
    )
    assert len(statuses(got)) <= 1, got
    assert b"ok\n" not in got


@pytest.mark.parametrize("method", [b"TRACE", b"TRACK", b"DEBUG", b"CONNECT", b"PROPFIND", b"PUT", b"DELETE"])
def test_a_method_that_no_page_has_is_refused_and_repeats_nothing(port: int, method: bytes) -> None:
    got = told(
        port, method + b" / HTTP/1.1\r\n" + OWN + b"X-Said: what-was-sent\r\nConnection: close\r\n\r\n"
    )
    assert statuses(got) == [405]
    assert b"what-was-sent" not in got


def test_nothing_but_http_is_spoken(port: int) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: QQ==\r\n"
    assert 101 not in statuses(told(port, b"GET / HTTP/1.1\r\n" + OWN + upgrade + b"\r\n"))
    assert statuses(told(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) == [400]


def test_headers_have_a_largest_size(port: int) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(200))
    assert statuses(told(port, b"GET /healthz HTTP/1.1\r\n" + OWN + many + b"\r\n")) in ([400], [431], [])


def test_an_answer_names_no_server_and_no_version(port: int) -> None:
    got = told(port, b"GET /healthz HTTP/1.1\r\n" + OWN + b"Connection: close\r\n\r\n").lower()
    assert statuses(got.upper()) == [200]
    assert b"\r\nserver:" not in got
    assert b"\r\nx-powered-by:" not in got


# TLS


@pytest.fixture(scope="module")
def tls_port(still: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    made = make_certificate(
        tmp_path_factory.mktemp("tls"), "node.agency.example", datetime.now(UTC) + timedelta(days=90)
    )
    site = Site(address="https://node.agency.example", tls=Tls(certificate=made[0], key=made[1]))
    with serving(still, site) as port:
        yield port


def shaken(
    port: int, *, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED, ciphers: str = "ALL:@SECLEVEL=0"
) -> tuple[str | None, str]:
    """The version and the cipher that a client of this kind and the node agree on. SSLError when none."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers(ciphers)
    client.minimum_version, client.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        client.wrap_socket(plain, server_hostname="node.agency.example") as connection,
    ):
        cipher = connection.cipher()
        return connection.version(), cipher[0] if cipher else ""


def test_the_newest_tls_is_spoken_and_none_below_1_2(tls_port: int) -> None:
    assert shaken(tls_port)[0] == "TLSv1.3"
    assert shaken(tls_port, newest=ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="TLSv1"), pytest.raises(ssl.SSLError):
        shaken(tls_port, newest=ssl.TLSVersion.TLSv1_1)


def test_every_cipher_has_forward_secrecy_and_authenticates(tls_port: int) -> None:
    offered = {
        cipher["name"]
        for cipher in ssl.create_default_context().get_ciphers()
        if not cipher["name"].startswith("TLS_")
    } | {"AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"}
    agreed = set()
    for name in offered:
        with suppress(ssl.SSLError):
            agreed.add(shaken(tls_port, newest=ssl.TLSVersion.TLSv1_2, ciphers=f"{name}:@SECLEVEL=0")[1])
    assert agreed
    assert all(name.startswith("ECDHE-") and ("GCM" in name or "CHACHA20" in name) for name in agreed), agreed


def test_what_is_no_tls_is_not_answered_in_the_clear(tls_port: int) -> None:
    assert b"HTTP/1.1" not in told(tls_port, AFTER)


def test_nobody_is_called_whose_certificate_nobody_vouches_for(tls_port: int) -> None:
    url = f"https://localhost:{tls_port}/ledger/checkpoint"
    with new_client() as client, pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        call(client, "GET", url, largest=1000, until=time.monotonic() + 10)


def test_a_certificate_that_is_not_there_stops_it(still: World, tmp_path: Path) -> None:
    site = Site(
        address="https://node.agency.example",
        tls=Tls(certificate=tmp_path / "none.pem", key=tmp_path / "none.key"),
    )
    with pytest.raises(OSError, match="No such file"):
        configured(create_app(still.node, demo=True, site=site), site)
