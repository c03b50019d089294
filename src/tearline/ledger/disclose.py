"""Making a bundle (``bundle``) from the ledger that holds the facts. It opens what it shows, and nothing else.

With the facts that are asked for come those by which a stranger checks them: what introduced the key that
signed, back to the first; what introduced the person's key, who vouched for it or invited them to it, and the founders;
what revoked one; and what purged a fact's fields.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tearline.facts.admission import (
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationWithdrawn,
    PasskeyEnrolled,
)
from tearline.facts.errors import Malformed
from tearline.facts.fact import Binds
from tearline.facts.history import about
from tearline.facts.keys import NodeKeyIntroduced, NodeKeyRevoked, PersonKeyIntroduced, PersonKeyRevoked
from tearline.facts.retention import Purged
from tearline.ledger import personal, sdjwt, strict
from tearline.ledger.bundle import LARGEST, MOST_FACTS, Bundle, Part
from tearline.ledger.keyring import key_named
from tearline.ledger.ledger import Entry, Ledger
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.proof import Proof

KEYS = (NodeKeyIntroduced, NodeKeyRevoked, PersonKeyIntroduced, PersonKeyRevoked, PasskeyEnrolled)

INVITED = (InvitationIssued, InvitationApproved, InvitationWithdrawn)
FOUNDED = about(kinds=(FoundersNamed,))


def make(ledger: Ledger, shown: Mapping[int, Collection[str]], published: str | None = None) -> Bundle:
    """A bundle of the facts at these positions, each with the sealed fields named for it and no other.

    It stands under ``published``, a checkpoint that may bear cosignatures, if our present key signed it and it
    covers all these facts; else under the latest. Malformed when an entry has no such sealed field (any more) or the
    bundle would be too large. IndexError when there is no such entry.
    """
    entries = _with_what_checks_them(ledger, shown)
    note = ledger.checkpoint()
    if published and Note.parse(published).signed_by([ledger.vkey]) and _size(published) > max(entries):
        note = published
    size = _size(note)
    parts = [
        Part(
            jws=entry.jws,
            disclosures=_disclosures(ledger, position, shown.get(position, ())),
            proof=replace(
                Proof.parse(ledger.prove(position, size=size, note=note)), extra=entry.blinding + entry.jws
            ),
        )
        for position, entry in sorted(entries.items())
    ]
    bundle = Bundle(tuple(parts))
    if len(parts) > MOST_FACTS or len(bytes(bundle)) > LARGEST:
        raise Malformed("bundle", "top", f"at most {MOST_FACTS} facts and {LARGEST} bytes in one bundle")
    return bundle


def sealed_fields(ledger: Ledger, position: int) -> dict[str, str]:
    """The disclosure of each sealed field of an entry, by name; none when it has none, or no longer."""
    made = (d for compartment in ledger.disclosures(position).values() for d in compartment)
    return {str(_name(disclosure)): disclosure for disclosure in made}


def _name(disclosure: str) -> Any:
    return strict.from_json(urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))[1]


def _disclosures(ledger: Ledger, position: int, names: Collection[str]) -> tuple[str, ...]:
    if not names:
        return ()
    sealed = sealed_fields(ledger, position)
    for name in names:
        if name not in sealed:
            there = f"one of its sealed fields: {', '.join(sorted(sealed))}" if sealed else "no sealed field"
            raise Malformed(f"entry {position}", name, there)
    return tuple(sorted({sealed[name] for name in names}, key=sdjwt.digest_of))


def _with_what_checks_them(ledger: Ledger, positions: Collection[int]) -> dict[int, Entry]:
    """The entries, and those that are needed to check them, and to check those again."""
    entries: dict[int, Entry] = {}
    wanted = set(positions)
    while wanted:
        position = wanted.pop()
        entry = entries[position] = ledger.entry(position)
        asked = about(f"fact:{entry.recorded.ref}", kinds=(Purged,))
        for name in _keys(entry):
            asked |= about(f"key:{name}", kinds=KEYS)
        enrolled = entry.recorded.fact
        if isinstance(enrolled, PasskeyEnrolled) and enrolled.invitation is not None:
            asked |= about(f"invitation:{enrolled.invitation}", kinds=INVITED)
        if type(entry.recorded.fact).binds is not Binds.NEVER or isinstance(enrolled, PasskeyEnrolled):
            asked |= FOUNDED
        wanted |= {found.position for found in ledger.read(asked)} - entries.keys()
    return entries


def _keys(entry: Entry) -> Iterator[str]:
    """The keys that signed a fact of our own, and the one it is about, lest one be shown without what revoked it."""
    yield key_named(entry.jws)
    signed = sdjwt.payload_of(entry.jws).get(personal.CLAIM)
    if signed is not None:
        yield str(signed["key"])
    match entry.recorded.fact:
        case NodeKeyIntroduced(key=key, replaces=before) | PersonKeyIntroduced(key=key, vouched_by=before):
            yield key
            if before is not None:
                yield before
        case PasskeyEnrolled(key=key) | NodeKeyRevoked(key=key) | PersonKeyRevoked(key=key):
            yield key
        case _:
            pass


def _size(note: str) -> int:
    return Checkpoint.parse(Note.parse(note).text).size
