"""Sealed text stands nowhere in the database's files, in no encoding that it passes through."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

from tearline.facts.fact import Compartment
from tearline.facts.leaks import CompromiseReported
from tearline.ledger.ledger import Ledger
from tests.ledger.told import compromise, draft, on_item

MARKER = "quetzal-marker-7183-whoever-reads-this-has-read-too-much"


def forms(text: str) -> list[bytes]:
    """The text itself, in UTF-16 and in hex, and inside base64 at each of the three alignments."""
    plain = text.encode()
    found = [plain, text.encode("utf-16-le"), plain.hex().encode()]
    for shift in range(3):
        padded = b"\0" * shift + plain
        whole = len(padded) // 3 * 3
        found += [encode(padded[:whole])[4:] for encode in (b64encode, urlsafe_b64encode)]
    return found


def test_sealed_text_is_found_nowhere_in_the_files(ledger: Ledger, url: str) -> None:
    for n in range(40):
        ledger.append([draft(compromise(f"c-{n}", "i-1", seen=MARKER))], unless=None, after=0, key=f"key {n}")
    history = ledger.read(on_item("i-1"), opening=frozenset(Compartment))
    assert {r.fact.seen.open() for r in history.of(CompromiseReported)} == {MARKER}
    files = sorted(Path(url.removeprefix("sqlite:///")).parent.glob("ledger.db*"))
    assert [file.name for file in files] == ["ledger.db", "ledger.db-shm", "ledger.db-wal"]
    content = b"".join(file.read_bytes() for file in files)
    assert b"CompromiseReported" in content  # the search would find what is there
    assert not [form for form in forms(MARKER) if form in content]
    ledger.close()
    assert not [form for form in forms(MARKER) if form in files[0].read_bytes()]


def test_the_search_would_find_a_disclosure() -> None:
    disclosure = urlsafe_b64encode(f'["AAAAAAAAAAAAAAAAAAAAAA","seen","{MARKER}"]'.encode())
    assert any(form in disclosure for form in forms(MARKER))
