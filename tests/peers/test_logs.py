"""A partner's ledger is read within bounds: of size, of time, of where it may be."""

import time
from collections.abc import Iterator

import pytest

from tearline.facts.errors import Malformed
from tearline.ledger.tiles import width
from tearline.ledger.tree import Edge, consistency_proof, leaf_hash
from tearline.peers.addresses import Unreachable, checked_url
from tearline.peers.logs import LARGEST_CHECKPOINT, PartnerLedger
from tests.ledger import plain
from tests.logs import ORIGIN, key_of
from tests.sites import Site, grown, is_full

ENTRIES = [b"%d" % n for n in range(700)]


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    served.files = grown(ENTRIES, ORIGIN, key_of(ORIGIN))
    served.answer = served.usually
    return served


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 700), (256, 512), (255, 257), (500, 700), (512, 600)])
def test_the_tiles_of_any_size_that_the_log_had_prove_what_the_rfc_says(
    site: Site, old: int, new: int
) -> None:
    with PartnerLedger(site.url) as ledger:
        assert consistency_proof(ledger.tiles_of(new), old, new) == plain.consistency(old, ENTRIES[:new])


@pytest.mark.parametrize(("old", "new"), [(3, 200), (100, 500)])
def test_a_partial_tile_that_was_taken_away_is_cut_from_the_full_one(site: Site, old: int, new: int) -> None:
    site.files = {p: data for p, data in site.files.items() if is_full(p)}
    with PartnerLedger(site.url) as ledger:
        read = ledger.tiles_of(new)
        leaves = [leaf_hash(e) for e in ENTRIES[:new]]
        last = new // 256
        assert read(0, last) == b"".join(leaves[256 * last :])
        assert len(read(0, 0)) == 32 * width(new, 0, 0)


def test_the_checkpoint_is_what_the_log_signed(site: Site) -> None:
    with PartnerLedger(site.url + "/") as ledger:
        assert ledger.checkpoint() == site.files["checkpoint"]
    assert str(Edge().grow(leaf_hash(e) for e in ENTRIES)[0].size) in site.files["checkpoint"].decode()


def test_what_is_not_there_is_unreachable(site: Site) -> None:
    site.files = {}
    with PartnerLedger(site.url) as ledger:
        with pytest.raises(Unreachable, match="/checkpoint: there is none"):
            ledger.checkpoint()
        with pytest.raises(Unreachable, match=r"tile/0/000\.p/3: there is none"):
            ledger.tiles_of(3)(0, 0)


def test_nobody_there_is_unreachable() -> None:
    with Site() as gone:
        url = gone.url
    with PartnerLedger(url) as ledger, pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        ledger.checkpoint()


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 500, 503])
def test_another_answer_is_no_ledger_and_no_redirect_is_followed(site: Site, status: int) -> None:
    site.answer = lambda path: (status, [(b"location", b"/log/elsewhere")], [b"x"])
    site.asked.clear()
    with PartnerLedger(site.url) as ledger, pytest.raises(Unreachable, match=f"answered {status}"):
        ledger.checkpoint()
    assert site.asked == ["checkpoint"]


def test_an_answer_has_a_largest_size(site: Site) -> None:
    sent = [b"x" * 4096] * (LARGEST_CHECKPOINT // 4096 + 1)
    site.answer = lambda path: (200, [], sent)
    with PartnerLedger(site.url) as ledger:
        with pytest.raises(Unreachable, match=str(LARGEST_CHECKPOINT)):
            ledger.checkpoint()
        with pytest.raises(Unreachable):
            ledger.tiles_of(300)(0, 0)


@pytest.mark.parametrize("length", [0, 31, 95, 97, 128])
def test_a_tile_has_the_length_that_its_tree_gives_it(site: Site, length: int) -> None:
    site.answer = lambda path: (200, [], [b"x" * length])
    with PartnerLedger(site.url) as ledger, pytest.raises((Malformed, Unreachable)):
        ledger.tiles_of(3)(0, 0)


def test_compressed_bytes_are_not_taken(site: Site) -> None:
    site.answer = lambda path: (200, [(b"content-encoding", b"gzip")], [b"x"])
    with PartnerLedger(site.url) as ledger, pytest.raises(Unreachable, match="compressed"):
        ledger.checkpoint()


def test_a_look_has_a_longest_time_however_slowly_the_bytes_come(site: Site) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(30):
            time.sleep(0.05)
            yield b"x"

    site.answer = lambda path: (200, [], slowly())
    began = time.monotonic()
    with PartnerLedger(site.url, seconds=0.5) as ledger, pytest.raises(Unreachable, match="took too long"):
        ledger.checkpoint()
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example/ledger",
        "https://partner.example:8443/a/b/",
        "http://127.0.0.1:8080/ledger",
        "http://localhost/ledger",
        "http://[::1]:80/ledger",
    ],
)
def test_an_address_is_https_or_on_this_machine(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "partner.example/ledger",
        "http://partner.example/ledger",
        "http://127.0.0.1.partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https:///ledger",
        "https://user:word@partner.example/",
        "https://partner.example/?a=b",
        "https://partner.example/#a",
        "https://partner.example:port/",
        "https://partner.example:99999/",
        "https://partner.example/a b",
        "https://partner.example/\n",
        "https://pärtner.example/",
        "https://[::1/",
        "https://partner.example/" + "a" * 400,
    ],
)
def test_any_other_address_is_refused_before_it_is_asked(url: str) -> None:
    with pytest.raises(Malformed, match=r"https address|an address such as"):
        checked_url(url)
    with pytest.raises(Malformed):
        PartnerLedger(url)
