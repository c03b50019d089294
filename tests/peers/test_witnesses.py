"""A log asks witnesses: it understands where they stand, and believes only what verifies."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import COSIGNATURE, Note, Signature, Vkey, cosign, open_cosigned, vkey_of
from tearline.ledger.witness import Witness
from tearline.peers.witnesses import Cosignature, RemoteWitness, Silence
from tearline.web.witness import create_witness_app
from tests.ledger.told import Clock
from tests.ledger.witnessing import PlainLog
from tests.peers.serving import answering, dripping, peer, served

NAME = "witness.example/w1"
LOG = PlainLog.of(40)
KEY = Ed25519PrivateKey.from_private_bytes(b"5" * 32)
VKEY = vkey_of(NAME, KEY, COSIGNATURE)
SECONDS = 5.0


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    with closing(Witness.make(tmp_path / "witness", NAME, Clock())) as made:
        made.trust(LOG.vkey)
        yield made


@pytest.fixture
def remote(witness: Witness) -> Iterator[RemoteWitness]:
    with served(create_witness_app(witness)) as url, closing(RemoteWitness(witness.vkey, url)) as one:
        yield one


def asked(
    app: Starlette, vkey: Vkey = VKEY, *, size: int = 20, seconds: float = SECONDS
) -> Cosignature | Silence:
    """What comes of asking this peer."""
    with served(app) as url, closing(RemoteWitness(vkey, url)) as one:
        return one.cosign(LOG.note(size), LOG.proof, seconds=seconds)


def why(answer: Cosignature | Silence) -> str:
    assert isinstance(answer, Silence)
    return answer.why


def test_a_witness_cosigns_and_is_found_where_it_stood(witness: Witness, remote: RemoteWitness) -> None:
    """The first submission, a larger one, and one by a client that does not know how far the witness is."""
    with ExitStack() as stack:
        proofs: list[tuple[int, int]] = []

        def prove(old: int, new: int) -> Sequence[bytes]:
            proofs.append((old, new))
            return LOG.proof(old, new)

        for size in (5, 20, 20, 31):
            answer = remote.cosign(LOG.note(size), prove, seconds=SECONDS)
            assert isinstance(answer, Cosignature)
            note = LOG.note(size) + str(answer.line)
            assert open_cosigned(note, LOG.vkey, [witness.vkey]).at == {witness.vkey: answer.at}
        assert proofs == [(0, 5), (5, 20), (20, 20), (20, 31)]
        stranger = stack.enter_context(closing(RemoteWitness(witness.vkey, remote._url)))
        assert isinstance(stranger.cosign(LOG.note(40), prove, seconds=SECONDS), Cosignature)
        assert proofs[4:] == [(0, 40), (31, 40)]
        assert remote.held(LOG.vkey, seconds=SECONDS) == LOG.checkpoint(40)


def test_a_witness_ahead_of_us_contradicts_us_and_shows_by_what(remote: RemoteWitness) -> None:
    remote.cosign(LOG.note(31), LOG.proof, seconds=SECONDS)
    answer = remote.cosign(LOG.note(20), LOG.proof, seconds=SECONDS)
    assert isinstance(answer, Silence)
    assert answer.contradicts
    assert "31 entries" in answer.why
    assert remote.held(LOG.vkey, seconds=SECONDS) == LOG.checkpoint(31)


def test_a_witness_that_holds_another_history_contradicts_us(remote: RemoteWitness) -> None:
    fork = LOG.forked(7, 40)
    remote.cosign(fork.note(20), fork.proof, seconds=SECONDS)
    for size in (20, 30):
        answer = remote.cosign(LOG.note(size), LOG.proof, seconds=SECONDS)
        assert isinstance(answer, Silence)
        assert answer.contradicts
    assert remote.held(LOG.vkey, seconds=SECONDS) == fork.checkpoint(20)


def test_what_a_witness_shows_counts_only_under_our_own_signature(remote: RemoteWitness) -> None:
    assert remote.held(LOG.vkey, seconds=SECONDS) is None
    impostor = PlainLog(LOG.entries, LOG.origin, KEY)
    for app in (
        answering(200, impostor.note(40)),
        answering(200, LOG.note(40)[:-1]),
        answering(404, LOG.note(40)),
        answering(200, b"\xff"),
    ):
        with served(app) as url, closing(RemoteWitness(VKEY, url)) as one:
            assert one.held(LOG.vkey, seconds=SECONDS) is None


def line(size: int = 20, at: int = 1_700_000_000, *, name: str = NAME, key: Ed25519PrivateKey = KEY) -> str:
    return cosign(LOG.checkpoint(size).text(), name, key, at)


OTHER = Ed25519PrivateKey.from_private_bytes(b"6" * 32)
DAMAGED = str(
    Signature(NAME, VKEY.key_id, Note.parse(LOG.note(20) + line()).signatures[1].signature[:-1] + b"\x00")
)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, "", "an empty line"),
        (200, "\n", "an empty line"),
        (200, line().removesuffix("\n"), "newline"),
        (200, "— x AAAAAAAA\n", "without a cosignature"),
        (200, line(key=OTHER), "without a cosignature"),
        (200, line(19), "does not verify"),
        (200, DAMAGED, "does not verify"),
        (200, line() + DAMAGED, "does not verify"),
        (200, f"\n{line()}", "does not verify|an empty line|without"),
        (200, f"other\n0\n{'A' * 43}=\n\n{line()}", "does not verify|without"),
        (200, line() * 65, "at most 64"),
        (200, b"\xff\n", "UTF-8"),
        (200, "x" * 70_000, "more than 65536"),
        (204, "", "answered 204"),
        (301, "", "answered 301"),
        (403, "no trusted signature\n\x1b[2J", "403 \\(no trusted signature\\)"),
        (404, "\x1b[31m", "404 \\(\N{REPLACEMENT CHARACTER}"),
        (409, "7\n", "answered 409"),
        (500, "x" * 1000, "answered 500"),
        (503, "", "answered 503"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_silence(status: int, body: bytes | str, expected: str) -> None:
    answer = asked(answering(status, body))
    assert isinstance(answer, Silence)
    assert not answer.contradicts
    assert re.search(expected, answer.why), answer.why
    assert answer.why.isprintable()


def test_a_cosignature_of_more_than_our_checkpoint_is_not_ours() -> None:
    """The answer smuggles a longer text in, and the witness's own key has signed that."""
    longer = f"{LOG.note(20).partition(chr(10) * 2)[0]}\n\nand more\n"
    body = f"and more\n\n{cosign(longer, NAME, KEY, 1_700_000_000)}"
    assert "without a cosignature" in why(asked(answering(200, body)))


def test_lines_by_others_are_ignored_and_the_latest_by_the_witness_counts() -> None:
    body = line(key=OTHER, name="x") + line() + line(at=1_700_000_007)
    answer = asked(answering(200, body))
    assert isinstance(answer, Cosignature)
    assert answer.at == 1_700_000_007
    assert str(answer.line) == line(at=1_700_000_007)


@pytest.mark.parametrize("body", ["", "7", "07\n", "+7\n", "7\n\n", " 7\n", "x\n", "7\r\n", "9" * 30 + "\n"])
def test_a_size_in_another_form_is_not_read(body: str) -> None:
    assert "size" in why(asked(answering(409, body, "text/x.tlog.size")))


def test_a_witness_that_never_settles_is_left() -> None:
    assert "asks for the size that it was given" in why(asked(answering(409, "0\n", "text/x.tlog.size")))
    sizes = iter(range(1, 100))
    calls: list[bytes] = []

    async def another(request: Request) -> Response:
        calls.append(await request.body())
        return Response(f"{next(sizes)}\n", 409, media_type="text/x.tlog.size")

    assert "another size each time" in why(asked(peer(another)))
    assert [c.split(b"\n")[0] for c in calls] == [b"old 0", b"old 1", b"old 2"]


def test_a_redirect_is_not_followed() -> None:
    with served(answering(200, line())) as elsewhere:
        answer = asked(answering(307, "", headers={"location": f"{elsewhere}/add-checkpoint"}))
    assert "307" in why(answer)


def test_compressed_bytes_are_not_taken() -> None:
    answer = asked(answering(200, b"\x1f\x8b", headers={"content-encoding": "gzip"}))
    assert "compressed" in why(answer)


def test_a_slow_witness_is_left_in_time() -> None:
    for app in (dripping(0.05), dripping(60.0)):
        begun = time.monotonic()
        answer = asked(app, seconds=1.0)
        assert isinstance(answer, Silence)
        assert time.monotonic() - begun < 4


def test_where_nobody_listens_there_is_silence() -> None:
    with served(answering(200)) as url:
        pass
    with closing(RemoteWitness(VKEY, url)) as one:
        assert isinstance(one.cosign(LOG.note(3), LOG.proof, seconds=SECONDS), Silence)
        assert one.held(LOG.vkey, seconds=SECONDS) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://witness.example",
        "http://10.0.0.1:8081",
        "http://127.0.0.1.example",
        "http://user@127.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "https://w.example/?a=b",
        "https://w.example/#a",
        "https://w.example:port",
        "https://w example",
        "//w.example",
        "",
    ],
)
def test_only_https_or_this_machine_is_called(url: str) -> None:
    with pytest.raises(Malformed):
        RemoteWitness(VKEY, url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://[::1]:1/", "http://localhost:1", "https://w.example/a/"]
)
def test_this_machine_and_https_are_called(url: str) -> None:
    RemoteWitness(VKEY, url).close()


def test_a_proof_that_our_own_ledger_cannot_give_is_our_failure() -> None:
    def prove(_old: int, _new: int) -> Sequence[bytes]:
        raise Broken("a tile is gone")

    with (
        closing(RemoteWitness(VKEY, "http://127.0.0.1:1")) as one,
        pytest.raises(Broken, match="a tile is gone"),
    ):
        one.cosign(LOG.note(3), prove, seconds=SECONDS)
