"""A bundle: chosen fields of a few facts, and proof of the rest, for a stranger who has only the log's vkey.

One line of JSON in UTF-8 without spaces, ended by a newline, of at most 16 MiB::

    {"format":"tearline-bundle","version":1,"facts":[{"presentation":P,"proof":T},...]}

with these members in this order. It is an excerpt of the ledger: at most 1,000 facts in the ledger's order,
among them those that introduce the keys by which the others are signed.

P is an SD-JWT presentation (RFC 9901 section 4): the fact as it was signed, ``~``, and each disclosure shown
followed by ``~``, in the order of their digests. Sealed fields that are not shown stay what they are in the
fact, digests among decoys.

T is a C2SP tlog-proof whose ``extra`` is the leaf's blinding of 16 bytes and the fact's exact bytes. All
proofs stand under one checkpoint, the same bytes in each.

``verify`` needs no node, no database and no network. What it shows is true if the log's key is the right
one and the hashes hold; what it cannot show is that something is *not* in the ledger: a revocation that
was left out is not missed. What a personal signature rests on must be inside, back to the founders or to a key that was
introduced before there were any; what is not checked is said with the rest (``Excerpt.unchecked``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import KINDS, Binds
from tearline.facts.retention import Purged
from tearline.facts.shape import Json, Place, record_of
from tearline.ledger import sdjwt, strict
from tearline.ledger.keyring import Admitted, Key, Keyring
from tearline.ledger.note import Checkpoint, Vkey, open_cosigned
from tearline.ledger.personal import CLAIM, WEBAUTHN
from tearline.ledger.proof import Proof
from tearline.ledger.tree import leaf_hash, verify_inclusion

FORMAT = "tearline-bundle"
VERSION = 1
LARGEST = 16 << 20
MOST_FACTS = 1000
_THE_NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One fact of a bundle: its exact bytes, the disclosures shown, and its proof with blinding and fact."""

    jws: bytes
    disclosures: tuple[str, ...]
    proof: Proof

    @property
    def presentation(self) -> str:
        """The SD-JWT as it is presented."""
        return "~".join([self.jws.decode("ascii"), *self.disclosures, ""])

    @classmethod
    def parse(cls, part: object, file: str, place: str) -> "Part":
        """Read one member of ``facts``. Malformed with the place."""
        if not isinstance(part, dict) or list(part) != ["presentation", "proof"]:
            raise Malformed(file, place, "presentation and proof, in this order and nothing else")
        presentation, proof = part["presentation"], part["proof"]
        if not isinstance(presentation, str) or not isinstance(proof, str):
            raise Malformed(file, place, "presentation and proof as texts")
        jws, *disclosures = presentation.split("~")
        if not presentation.isascii() or not disclosures or disclosures.pop() != "":
            raise Malformed(file, f"{place}.presentation", "the fact and each disclosure, each followed by ~")
        digests = [sdjwt.digest_of(d) for d in disclosures]
        if digests != sorted(set(digests)):
            raise Malformed(file, f"{place}.presentation", "disclosures in the order of their digests")
        return cls(
            jws=jws.encode("ascii"),
            disclosures=tuple(disclosures),
            proof=Proof.parse(proof, f"{file}: {place}.proof"),
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was sent. It means nothing until ``verify`` returned."""

    parts: tuple[Part, ...]

    def __bytes__(self) -> bytes:
        facts = [{"presentation": part.presentation, "proof": str(part.proof)} for part in self.parts]
        return strict.to_json({"format": FORMAT, "version": VERSION, "facts": facts}) + b"\n"

    @classmethod
    def parse(cls, data: bytes, file: str = "bundle") -> "Bundle":
        """Read a bundle in the one form that ``bytes`` writes. Malformed with the place."""
        if len(data) > LARGEST:
            raise Malformed(file, "top", f"at most {LARGEST} bytes")
        try:
            sent = strict.from_json(data.removesuffix(b"\n"))
        except ValueError as e:
            raise Malformed(file, "top", str(e)) from None
        if not isinstance(sent, dict) or list(sent) != ["format", "version", "facts"]:
            raise Malformed(file, "top", "format, version and facts, in this order and nothing else")
        if sent["format"] != FORMAT:
            raise Malformed(file, "format", FORMAT)
        if type(sent["version"]) is not int or sent["version"] != VERSION:
            raise Malformed(file, "version", f"{VERSION}, the only version so far")
        facts = sent["facts"]
        if not isinstance(facts, list) or not 1 <= len(facts) <= MOST_FACTS:
            raise Malformed(file, "facts", f"a list of 1 to {MOST_FACTS} facts")
        bundle = cls(tuple(Part.parse(fact, file, f"facts[{n}]") for n, fact in enumerate(facts)))
        if bytes(bundle) != data:
            raise Malformed(file, "top", "JSON without spaces or needless escapes, ended by one newline")
        return bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """One fact as it is proven to stand in the ledger.

    ``hidden`` counts the digests that are left: sealed fields that are not shown, or decoys. ``purged`` is the
    position of the fact that says they are destroyed, if the bundle has it. ``signed`` is the key of the
    person who acted; without it the node alone says that they did.
    """

    position: int
    payload: Mapping[str, Any]
    shown: Mapping[str, Json]
    hidden: int
    issued: Key
    signed: Key | None
    purged: int | None

    @property
    def text(self) -> str | None:
        """What the person was shown of this fact, and signed: the opening of its act and its own section."""
        claim = self.payload.get(CLAIM)
        return None if claim is None or claim["form"] != WEBAUTHN else claim["opening"] + claim["text"]

    @property
    def clear(self) -> dict[str, Json]:
        """The fields that every reader of the fact sees."""
        return {name: value for name, value in self.payload["fact"].items() if name != "_sd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What a bundle proves: facts in the ledger's order, under which checkpoint, and when who cosigned it.

    ``unchecked`` are sentences: what a reader might take for proven, and is not.
    """

    checkpoint: Checkpoint
    cosigned: Mapping[Vkey, int]
    facts: tuple[Proven, ...]
    unchecked: tuple[str, ...]


def verify(data: bytes, log: Vkey, witnesses: Sequence[Vkey] = (), file: str = "bundle") -> Excerpt:
    """What a bundle proves to whoever trusts this log key.

    1. The bytes are a bundle in its one form, and all its proofs stand under one checkpoint.
    2. The log signed that checkpoint, and each of ``witnesses`` cosigned it.
    3. Each fact's leaf commits to its exact bytes and stands under the checkpoint, in the ledger's order.
    4. Each fact was signed by the key that was the node's at its place (``keyring``), and is of this log.
    5. Its times and what it was decided on fit its place.
    6. Each disclosure is one that its fact commits to.
    7. A fact with a person's signature bears that of a key on record as theirs, and not revoked before. One with
       a passkey's says what its text says, which was signed at the site on record by its verified holder.
    8. All that these keys rest on is inside: what replaced which, who vouched, and for a passkey on an invitation
       the founders, and the two who signed that one.

    Malformed when the bytes are no bundle, Broken when a step of the proof fails.
    """
    parts = Bundle.parse(data, file).parts
    note = parts[0].proof.checkpoint
    if any(part.proof.checkpoint != note for part in parts):
        raise Broken(f"{file}: its proofs stand under different checkpoints")
    under = open_cosigned(note, log, witnesses, file)
    missing = [w.name for w in witnesses if w not in under.at]
    if missing:
        raise Broken(f"{file}: the checkpoint bears no cosignature by {', '.join(missing)}")
    facts, founded = _facts(parts, under.checkpoint, file)
    unchecked = tuple(_unchecked(facts, founded=founded))
    return Excerpt(checkpoint=under.checkpoint, cosigned=under.at, facts=facts, unchecked=unchecked)


def _facts(parts: Sequence[Part], checkpoint: Checkpoint, file: str) -> tuple[tuple[Proven, ...], bool]:
    """The facts, and whether founders are among them."""
    keyring = Keyring()
    found: list[tuple[Part, Admitted]] = []
    last, recorded_at = -1, ""
    for part in parts:
        position = part.proof.index
        place = f"{file}: entry {position}"
        if position <= last:
            raise Broken(f"{place}: does not follow the one before it")
        _included(part, checkpoint, place)
        admitted = keyring.admit(position, part.jws, place)
        payload = admitted.payload
        if payload["iss"] != checkpoint.origin:
            raise Broken(f"{place}: issued by {payload['iss']}")
        if payload["recorded_at"] < recorded_at:
            raise Broken(f"{place}: recorded before the one that precedes it")
        if payload["after"] > position:
            raise Broken(f"{place}: decided on a position that was not yet reached")
        found.append((part, admitted))
        last, recorded_at = position, payload["recorded_at"]
    if keyring.left_out is not None:
        raise Broken(f"{file}: what a key rests on is not inside: {keyring.left_out}")
    if keyring.unfounded is not None:
        raise Broken(f"{file}: {keyring.unfounded}")
    purges = {one: part.proof.index for part, admitted in found for one in _purged(part, admitted, file)}
    proven = tuple(_proven(part, admitted, keyring, purges, file) for part, admitted in found)
    return proven, keyring.founded


def _unchecked(facts: Sequence[Proven], *, founded: bool) -> Iterator[str]:
    yield "that nothing was left out: what revoked, withdrew, ended or purged is seen only where it is inside"
    if any(fact.payload["by"] != _THE_NODE and "told" not in fact.payload for fact in facts):
        yield "that whoever acted held the role that they acted in: that takes the whole ledger (tearline ledger check)"
    for key in {fact.signed.name: fact.signed for fact in facts if fact.signed is not None}.values():
        if key.on_word_of is not None:
            yield (
                f"whose key {key.name} is: entry {key.introduced} says {key.person}'s on the word of {key.on_word_of},"
                " unsigned, as it may be only before a node has founders"
            )
    if not founded:
        for fact in facts:
            if fact.signed is None and _binds(fact.payload):
                yield (
                    f"whether entry {fact.position} needed a signature: no founders are inside, and once a node has"
                    f" some {fact.payload['kind']} is signed by the person"
                )


def _binds(payload: Mapping[str, Any]) -> bool:
    kind = KINDS.get(payload["kind"])
    live = payload["by"] != _THE_NODE and "told" not in payload
    return live and kind is not None and kind.binds is not Binds.NEVER


def _included(part: Part, checkpoint: Checkpoint, place: str) -> None:
    leaf, fact = part.proof.fact_carried(place)
    if fact != part.jws:
        raise Broken(f"{place}: another fact than the one that the proof carries")
    try:
        verify_inclusion(leaf_hash(leaf), part.proof.index, checkpoint.size, part.proof.path, checkpoint.root)
    except Broken as broken:
        raise Broken(f"{place}: {broken}") from None


def _purged(part: Part, admitted: Admitted, file: str) -> Iterable[tuple[int, str]]:
    """Position and reference of each fact whose sealed fields this one destroyed."""
    if admitted.payload["kind"] != Purged.__name__:
        return ()
    place = Place(f"{file}: entry {part.proof.index}", "payload.fact")
    fact: Purged = record_of(Purged).parse(admitted.payload["fact"], place)
    return zip(fact.indices, fact.refs, strict=False)


def _proven(
    part: Part, admitted: Admitted, keyring: Keyring, purges: Mapping[tuple[int, str], int], file: str
) -> Proven:
    position = part.proof.index
    shown = sdjwt.open_fields(admitted.payload, part.disclosures, f"{file}: entry {position}")
    return Proven(
        position=position,
        payload=admitted.payload,
        shown=shown,
        hidden=len(admitted.payload["fact"].get("_sd", ())) - len(shown),
        issued=keyring[admitted.issued],
        signed=None if admitted.signed is None else keyring[admitted.signed],
        purged=purges.get((position, admitted.payload["ref"])),
    )
