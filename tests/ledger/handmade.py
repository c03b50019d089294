"""A ledger written by hand, without any code of the ledger's own, so that it can also be written wrongly."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.ledger import plain

ORIGIN = "tearline.example/desk"
OTHER_ORIGIN = "tearline.example/other"


def private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed.encode() * 32)


LOG, FACT, NEXT, PERSON, OTHER = (private(seed) for seed in "12345")


def url64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def dense(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def raw(key: Ed25519PrivateKey) -> str:
    return url64(key.public_key().public_bytes_raw())


def name_of(key: Ed25519PrivateKey) -> str:
    return url64(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{raw(key)}"}}'.encode()).digest())


def vkey_of(key: Ed25519PrivateKey, origin: str = ORIGIN, kind: bytes = b"\x01") -> str:
    public = kind + key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4]
    return f"{origin}+{key_id.hex()}+{b64encode(public).decode()}"


def signature_line(key: Ed25519PrivateKey, name: str, text: str, at: int | None = None) -> str:
    """The log's line over a note's text; with ``at``, a witness's."""
    key_id = bytes.fromhex(vkey_of(key, name, b"\x01" if at is None else b"\x04").split("+")[1])
    said = text if at is None else f"cosignature/v1\ntime {at}\n{text}"
    time = b"" if at is None else at.to_bytes(8)
    return f"— {name} {b64encode(key_id + time + key.sign(said.encode())).decode()}\n"


def node_key(key: Ed25519PrivateKey, **more: Any) -> dict[str, Any]:
    fact = {"purpose": "fact", "algorithm": "ed25519", "key": name_of(key), "public_key": raw(key)}
    return {**fact, "replaces": None, "hand_over": None, **more}


def person_key(person: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    return {"person": person, "key": name_of(key), "public_key": raw(key)}


def revoked(key: Ed25519PrivateKey, **more: Any) -> dict[str, Any]:
    return {**more, "key": name_of(key), "reason": "exposed", "since": "2026-11-22T12:00:00Z"}


class HandMade:
    """Facts one after the other; then bundles of some of them, under a checkpoint over all."""

    def __init__(self, origin: str = ORIGIN, log: Ed25519PrivateKey = LOG, seed: int = 0) -> None:
        self.origin, self.log, self._made = origin, log, seed << 32
        self.facts: list[str] = []
        self.blindings: list[bytes] = []
        self.disclosures: list[dict[str, str]] = []
        self.cosigned: list[tuple[Ed25519PrivateKey, str, int]] = []

    @classmethod
    def begun(cls, origin: str = ORIGIN, log: Ed25519PrivateKey = LOG, seed: int = 0) -> "HandMade":
        """With the fact that introduces the key which signs the facts."""
        made = cls(origin, log, seed)
        made.add("NodeKeyIntroduced", node_key(FACT))
        return made

    def random(self, size: int) -> bytes:
        """Bytes that differ at each look and are the same in each run."""
        self._made += 1
        return hashlib.sha256(self._made.to_bytes(8)).digest()[:size]

    def add(
        self,
        kind: str,
        clear: Mapping[str, Any],
        sealed: Mapping[str, Any] | None = None,
        *,
        key: Ed25519PrivateKey = FACT,
        person: Ed25519PrivateKey | None = None,
        **claims: Any,
    ) -> int:
        """The position of a fact that ``key`` signs, and ``person`` before. ``claims`` replace what it would say."""
        position = len(self.facts)
        disclosures = {n: url64(dense([url64(self.random(16)), n, v])) for n, v in (sealed or {}).items()}
        fact = dict(clear)
        if sealed:
            shown = [url64(hashlib.sha256(d.encode()).digest()) for d in disclosures.values()]
            fact["_sd"] = sorted(shown + [url64(self.random(32)) for _ in range(8 - len(shown))])
        at = f"2026-11-22T12:{position // 60:02d}:{position % 60:02d}.000000Z"
        payload: dict[str, Any] = {
            "iss": self.origin,
            "kind": kind,
            "ref": f"ref{position:013d}".replace("0", "a"),
        }
        payload |= {"recorded_at": at, "happened_at": at, "precision": "minute", "by": "p-1"}
        payload |= {"role": "case-agent", "after": position, "act": url64(self.random(32))}
        payload |= claims
        if person is not None:
            payload["signed"] = self.signed({**payload, "fact": fact}, person)
        payload["fact"] = fact
        if sealed:
            payload["_sd_alg"] = "sha-256"
        self.facts.append(self.jws(payload, key))
        self.blindings.append(self.random(16))
        self.disclosures.append(disclosures)
        return position

    def signed(self, payload: Mapping[str, Any], person: Ed25519PrivateKey) -> dict[str, Any]:
        """A person's own signature over an act of one fact."""
        stated = ("iss", "kind", "happened_at", "precision", "by", "role", "after", "fact")
        statement = hashlib.sha256(dense({name: payload[name] for name in stated})).digest()
        challenge = hashlib.sha256(b"tearline/act/1\n" + statement).digest()
        claim = {"form": "ed25519", "key": name_of(person), "statements": [url64(statement)], "at": 0}
        return {**claim, "signature": url64(person.sign(challenge))}

    def jws(self, payload: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
        header = {"alg": "EdDSA", "kid": name_of(key), "typ": "tearline-fact+sd-jwt"}
        signed = f"{url64(dense(header))}.{url64(dense(payload))}"
        return f"{signed}.{url64(key.sign(signed.encode()))}"

    @property
    def leaves(self) -> list[bytes]:
        pairs = zip(self.blindings, self.facts, strict=True)
        return [b"\x01" + hashlib.sha256(blinding + fact.encode()).digest() for blinding, fact in pairs]

    @property
    def note(self) -> str:
        """The checkpoint over all facts, signed by the log and by whoever cosigned."""
        text = f"{self.origin}\n{len(self.facts)}\n{b64encode(plain.root(self.leaves)).decode()}\n"
        lines = [signature_line(self.log, self.origin, text)]
        lines += [signature_line(key, name, text, at) for key, name, at in self.cosigned]
        return f"{text}\n{''.join(lines)}"

    def proof(self, position: int) -> str:
        """The tlog-proof of one fact, with its blinding and its bytes."""
        extra = self.blindings[position] + self.facts[position].encode()
        lines = ["c2sp.org/tlog-proof@v1", f"extra {b64encode(extra).decode()}", f"index {position}"]
        lines += [b64encode(h).decode() for h in plain.path(position, self.leaves)]
        return "\n".join([*lines, "", self.note])

    def presentation(self, position: int, names: Collection[str] = ()) -> str:
        """A fact and the disclosures of these fields, in the order of their digests."""
        shown = [self.disclosures[position][name] for name in names]
        shown.sort(key=lambda d: url64(hashlib.sha256(d.encode()).digest()))
        return "~".join([self.facts[position], *shown, ""])

    def part(self, position: int, names: Collection[str] = ()) -> dict[str, str]:
        return {"presentation": self.presentation(position, names), "proof": self.proof(position)}

    def bundle(self, shown: Mapping[int, Collection[str]]) -> bytes:
        """These facts, each with these sealed fields."""
        return written([self.part(position, names) for position, names in shown.items()])


def written(parts: list[dict[str, str]]) -> bytes:
    """A bundle of these parts."""
    return dense({"format": "tearline-bundle", "version": 1, "facts": parts}) + b"\n"
