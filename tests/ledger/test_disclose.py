"""Bundles made from a real ledger: what is shown, what comes with it, and that strangers' packages agree."""

import json
import os
import shutil
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Fact, Sealed
from tearline.facts.identifiers import FactId, ItemId, KeyId, OrganisationId, PersonId, PurgeId
from tearline.facts.keys import (
    KeyAlgorithm,
    KeyPurpose,
    NodeKeyIntroduced,
    PersonKeyIntroduced,
    PersonKeyRevoked,
    RevocationReason,
)
from tearline.facts.release import Handling, InformationGrade, ItemRegistered, SourceGrade, Tlp
from tearline.facts.retention import Purged, PurgeGround
from tearline.ledger import disclose, personal, rotation, strict
from tearline.ledger.bundle import verify
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import COSIGNATURE, cosign, vkey_of
from tearline.ledger.prepared import Prepared
from tearline.ledger.sdjwt import thumbprint
from tests.ledger.told import NOON, Clock, draft, organisation

JS = Path(__file__).parents[1] / "strangers" / "sd-jwt-js"
SEALED = {"title": "A título", "content": "¿quién sabe?", "source_code": "S-17", "conditions": None}
PERSON = Ed25519PrivateKey.from_private_bytes(b"4" * 32)


def public(key: Ed25519PrivateKey) -> str:
    return strict.to_base64url(key.public_key().public_bytes_raw())


def name_of(key: Ed25519PrivateKey) -> KeyId:
    return KeyId(thumbprint(key.public_key()))


def item(name: str) -> ItemRegistered:
    return ItemRegistered(
        item=ItemId(name),
        originator=OrganisationId("o-1"),
        holder=OrganisationId("o-1"),
        title=Sealed(SEALED["title"]),
        content=Sealed(SEALED["content"]),
        source_code=Sealed(SEALED["source_code"]),
        conditions=Sealed(SEALED["conditions"]),
        source_grade=next(iter(SourceGrade)),
        information_grade=next(iter(InformationGrade)),
        handling=next(iter(Handling)),
        tlp=Tlp.AMBER,
    )


def record(ledger: Ledger, *facts: Fact) -> int:
    """The position of the first of these facts."""
    drafts = [draft(fact) for fact in facts]
    return ledger.append(drafts, unless=None, after=0, key=f"key {ledger.size()}").first


def begin(ledger: Ledger, keys: NodeKeys) -> Ledger:
    """0: the key that signs facts. 1: an organisation. 2, 3: items. 4: an organisation."""
    introduced = NodeKeyIntroduced(
        purpose=KeyPurpose.FACT,
        algorithm=KeyAlgorithm.ED25519,
        key=name_of(keys.fact),
        public_key=public(keys.fact),
    )
    record(ledger, introduced, organisation("o-1"), item("i-1"), item("i-2"), organisation("o-2"))
    return ledger


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, keys: NodeKeys) -> Iterator[Ledger]:
    """A ledger for tests that record nothing."""
    ledger = begin(
        Ledger.make(f"sqlite:///{tmp_path_factory.mktemp('begun')}/ledger.db", keys, Clock()), keys
    )
    yield ledger
    ledger.close()


def test_a_bundle_shows_the_named_fields_and_proves_the_rest(begun: Ledger, keys: NodeKeys) -> None:
    bundle = bytes(disclose.make(begun, {2: ["title", "conditions"], 4: []}))
    facts = verify(bundle, keys.vkey).facts
    assert [f.position for f in facts] == [0, 2, 4]
    assert facts[1].shown == {"title": SEALED["title"], "conditions": None}
    assert facts[1].hidden == 6
    assert b"S-17" not in bundle


@given(chosen=st.sets(st.sampled_from(sorted(SEALED))), other=st.sets(st.sampled_from(sorted(SEALED))))
def test_any_choice_of_fields_is_shown_and_only_that(
    begun: Ledger, keys: NodeKeys, chosen: set[str], other: set[str]
) -> None:
    found = verify(bytes(disclose.make(begun, {2: chosen, 3: other})), keys.vkey).facts
    assert [f.shown for f in found[1:]] == [{n: SEALED[n] for n in names} for names in (chosen, other)]


@pytest.mark.parametrize(
    ("position", "name", "said"),
    [
        (
            2,
            "colour",
            "entry 2: colour: expected one of its sealed fields: conditions, content, source_code, title",
        ),
        (2, "tlp", "entry 2: tlp: expected one of its sealed fields"),
        (1, "name", "entry 1: name: expected no sealed field"),
    ],
)
def test_only_a_sealed_field_of_that_fact_can_be_shown(
    begun: Ledger, position: int, name: str, said: str
) -> None:
    with pytest.raises(Malformed, match=said):
        disclose.make(begun, {position: [name]})


def test_there_is_no_bundle_of_an_entry_that_is_not_there(begun: Ledger) -> None:
    with pytest.raises(IndexError):
        disclose.make(begun, {5: []})


def test_a_persons_signature_comes_with_what_introduced_their_key(ledger: Ledger, keys: NodeKeys) -> None:
    begin(ledger, keys)
    introduced = PersonKeyIntroduced(person=PersonId("p-1"), key=name_of(PERSON), public_key=public(PERSON))
    record(ledger, introduced, organisation("o-3"))
    prepared = ledger.prepare([draft(item("i-9"))], after=7)
    signed = signed_by(prepared, PERSON)
    ledger.append(prepared, unless=None, after=7, key="signed", signed=signed)
    facts = verify(bytes(disclose.make(ledger, {7: ["title"]})), keys.vkey).facts
    assert [f.position for f in facts] == [0, 5, 7]
    assert facts[2].signed is not None
    assert facts[2].signed.person == "p-1"


def test_a_key_is_not_shown_without_what_revoked_it(ledger: Ledger, keys: NodeKeys) -> None:
    begin(ledger, keys)
    whose, key = PersonId("p-1"), name_of(PERSON)
    record(ledger, PersonKeyIntroduced(person=whose, key=key, public_key=public(PERSON)), organisation("o-3"))
    record(ledger, PersonKeyRevoked(person=whose, key=key, reason=RevocationReason.LOST, since=NOON))
    facts = verify(bytes(disclose.make(ledger, {5: []})), keys.vkey).facts
    assert [f.position for f in facts] == [0, 5, 7]


def test_a_purged_fact_is_shown_to_be_purged_and_shows_nothing_else(ledger: Ledger, keys: NodeKeys) -> None:
    begin(ledger, keys)
    before = bytes(disclose.make(ledger, {2: ["title"]}))
    purged = Purged(
        purge=PurgeId("u-1"),
        refs=(FactId(ledger.entry(2).recorded.ref),),
        indices=(2,),
        ground=PurgeGround.COURT_ORDER,
        cites="an order",
        ordered_by=PersonId("p-9"),
    )
    ledger.append([draft(purged)], unless=None, after=5, key="purge", purging=[2])
    facts = verify(bytes(disclose.make(ledger, {2: []})), keys.vkey).facts
    assert [(f.position, f.purged) for f in facts] == [(0, None), (2, 5), (5, None)]
    assert disclose.sealed_fields(ledger, 2) == {}
    with pytest.raises(Malformed, match="entry 2: title: expected no sealed field"):
        disclose.make(ledger, {2: ["title"]})
    assert verify(before, keys.vkey).facts[1].shown == {"title": SEALED["title"]}


def test_the_published_checkpoint_with_its_cosignatures_is_used_when_it_covers_the_facts(
    ledger: Ledger, keys: NodeKeys
) -> None:
    begin(ledger, keys)
    witness = Ed25519PrivateKey.from_private_bytes(b"9" * 32)
    vkey = vkey_of("watch.example/w", witness, COSIGNATURE)
    note = ledger.checkpoint()
    published = note + cosign(note.partition("\n\n")[0] + "\n", vkey.name, witness, 1_800_000_000)
    record(ledger, organisation("o-3"))
    old = verify(bytes(disclose.make(ledger, {2: []}, published)), keys.vkey, [vkey])
    assert (old.checkpoint.size, old.cosigned) == (5, {vkey: 1_800_000_000})
    assert verify(bytes(disclose.make(ledger, {5: []}, published)), keys.vkey).checkpoint.size == 6


def test_bundles_from_before_and_after_each_rotation_verify(ledger: Ledger, keys: NodeKeys) -> None:
    begin(ledger, keys)
    before, old_note = bytes(disclose.make(ledger, {2: ["title"]})), ledger.checkpoint()
    with_fact = replace(keys, fact=Ed25519PrivateKey.from_private_bytes(b"5" * 32))
    rotate(ledger, with_fact, KeyPurpose.FACT)
    record(ledger, item("i-7"))
    facts = verify(bytes(disclose.make(ledger, {2: ["title"], 6: ["title"]})), keys.vkey).facts
    assert [(f.position, f.issued.introduced) for f in facts] == [(0, 0), (2, 0), (5, 0), (6, 5)]
    with_log = replace(with_fact, log=Ed25519PrivateKey.from_private_bytes(b"6" * 32))
    rotate(ledger, with_log, KeyPurpose.LOG)
    after = bytes(disclose.make(ledger, {6: ["content"]}, old_note))
    assert [f.position for f in verify(after, with_log.vkey).facts] == [0, 5, 6]
    assert verify(before, keys.vkey).facts[1].shown == {"title": SEALED["title"]}
    for bundle, vkey in ((before, with_log.vkey), (after, keys.vkey)):
        with pytest.raises(Broken):
            verify(bundle, vkey)


def rotate(ledger: Ledger, new: NodeKeys, purpose: KeyPurpose) -> None:
    introduced = rotation.introduction(new, purpose, ledger.keys)
    size = ledger.size()
    ledger.append([draft(introduced)], unless=None, after=size, key=f"rotation {size}", successor=new)


# Strangers' packages.


@pytest.fixture(autouse=True)
def _reference_allows_eddsa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sd_jwt.verifier.DEFAULT_SIGNING_ALG", "EdDSA")


def by_python(presentations: list[str], jwk: dict[str, str]) -> list[Any]:
    """What the reference package makes of each presentation; None for one that it refuses."""
    found: list[Any] = []
    for presentation in presentations:
        try:
            verifier = SDJWTVerifier(presentation, lambda _issuer, _header: JWK(**jwk))
            found.append(verifier.get_verified_payload())
        except Exception:  # noqa: BLE001  it has no errors of its own
            found.append(None)
    return found


@pytest.fixture(scope="session")
def js(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which npm's @sd-jwt/core is installed, as its lock file says."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no node or no npm: apt-get install nodejs npm")
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("sd-jwt-js") if cache else tmp_path_factory.mktemp("sd-jwt-js")
    installed = folder / "installed"
    lock = (JS / "package-lock.json").read_text()
    if not installed.exists() or installed.read_text() != lock:
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(JS / file, folder)
        ran = subprocess.run(
            ["npm", "ci", "--ignore-scripts"], check=False, cwd=folder, capture_output=True, text=True
        )
        if ran.returncode and "CI" not in os.environ:
            pytest.skip(f"npm could not install @sd-jwt/core: {ran.stderr.strip()[-200:]}")
        assert ran.returncode == 0, ran.stderr
        installed.write_text(lock)
    shutil.copy(JS / "verify.mjs", folder)
    return folder


def by_javascript(folder: Path, presentations: list[str], jwk: dict[str, str]) -> list[Any]:
    """What @sd-jwt/core makes of each presentation; None for one that it refuses."""
    asked = json.dumps([{"presentation": p, "key": jwk} for p in presentations])
    ran = subprocess.run(
        ["node", "verify.mjs"], cwd=folder, input=asked, capture_output=True, text=True, check=True
    )
    return [answer.get("payload") for answer in json.loads(ran.stdout)]


Stranger = Callable[[list[str], dict[str, str]], list[Any]]


@pytest.fixture(params=["sd-jwt (Python)", "@sd-jwt/core (npm)"])
def stranger(request: pytest.FixtureRequest) -> Stranger:
    if request.param.startswith("sd-jwt"):
        return by_python
    folder: Path = request.getfixturevalue("js")
    return lambda presentations, jwk: by_javascript(folder, presentations, jwk)


def presented(bundle: bytes) -> tuple[list[str], dict[str, str]]:
    """The presentations in a bundle, and the key that its first fact introduces, read as any JSON is."""
    presentations = [fact["presentation"] for fact in json.loads(bundle)["facts"]]
    payload = presentations[0].split(".")[1]
    introduced = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["fact"]
    return presentations, {"kty": "OKP", "crv": "Ed25519", "x": introduced["public_key"]}


@pytest.mark.parametrize("names", [[], ["title"], ["source_code", "conditions"], sorted(SEALED)])
def test_a_strangers_package_sees_what_is_shown(
    stranger: Stranger, begun: Ledger, keys: NodeKeys, names: Collection[str]
) -> None:
    bundle = bytes(disclose.make(begun, {2: names, 4: []}))
    proven = [{**f.clear, **f.shown} for f in verify(bundle, keys.vkey).facts]
    assert [payload["fact"] for payload in stranger(*presented(bundle))] == proven


def test_a_strangers_package_never_sees_another_value_in_a_tampered_copy(
    stranger: Stranger, begun: Ledger
) -> None:
    """It refuses the copy, or leaves out the field that it does not find committed to."""
    presentations, jwk = presented(bytes(disclose.make(begun, {2: ["title", "content"]})))
    good = presentations[1]
    turned = [bytearray(good.encode()) for _ in good]
    for at, copy in enumerate(turned):
        copy[at] ^= 1 << at % 7
    (true, *found) = stranger([good, *(copy.decode() for copy in turned)], jwk)
    whole = [payload for payload in found if payload == true]
    assert len(whole) <= 1, "only the last character of a signature has bits that mean nothing"
    for payload in found:
        if payload is not None:
            assert payload["fact"].items() <= true["fact"].items()
            assert {**payload, "fact": 0} == {**true, "fact": 0}


def test_a_strangers_package_refuses_another_key(stranger: Stranger, begun: Ledger) -> None:
    presentations, _ = presented(bytes(disclose.make(begun, {2: ["title"]})))
    assert stranger(presentations, {"kty": "OKP", "crv": "Ed25519", "x": public(PERSON)}) == [None, None]


def signed_by(prepared: Prepared, person: Ed25519PrivateKey) -> list[dict[str, Any]]:
    """The claims by which a person signs an act."""
    statements = [personal.statement_of(one) for one in prepared.stated("tearline.example/desk")]
    signature = personal.sign(personal.challenge_of(statements), person)
    return [signed.claim() for signed in personal.claims(statements, name_of(person), signature)]
