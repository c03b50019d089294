"""Facts as SD-JWTs: the reference package opens them, and everything unusual is refused."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from tearline.facts.errors import Broken, Malformed
from tearline.facts.shape import Json
from tearline.ledger.sdjwt import (
    LARGEST_FACT,
    TYPE,
    Issuer,
    admit,
    digest_of,
    hide,
    open_fields,
    payload_of,
    thumbprint,
)
from tests.ledger.damage import flips

KEY = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
PUBLIC = KEY.public_key()
JWK_KEY = JWK.from_pyca(KEY)
CLAIMS: dict[str, Json] = {"iss": "tearline.example/desk", "kind": "ItemRegistered", "ref": "abc"}
CLEAR: dict[str, Json] = {"item": "i-1", "tlp": "RED"}
SEALED: dict[str, dict[str, Json]] = {
    "content": {"title": "A título", "content": "¿quién sabe?", "none": None},
    "source-handling": {"source": "S-17", "list": [1, {"a": True}]},
}


@dataclass(frozen=True)
class Issued:
    """A signed fact and, by compartment, the disclosures that open its sealed fields."""

    jws: bytes
    disclosures: Mapping[str, tuple[str, ...]]


def issue(clear: Mapping[str, Json], sealed: Mapping[str, Mapping[str, Json]]) -> Issued:
    fact, hidden = hide("Kind", clear, sealed)
    return Issued(Issuer(KEY).issue(CLAIMS, fact), hidden.disclosures)


ISSUED = issue(CLEAR, SEALED)
ALL = [d for made in ISSUED.disclosures.values() for d in made]


def encode(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def decode(part: str) -> Any:
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def presented(jws: bytes, disclosures: list[str]) -> str:
    return "~".join([jws.decode(), *disclosures, ""])


def reference(text: str) -> dict[str, Any]:
    """What the reference package makes of a presentation, after checking its signature."""
    verifier = SDJWTVerifier(text, lambda _issuer, _header: JWK_KEY)
    payload: dict[str, Any] = verifier.get_verified_payload()
    return payload


@pytest.fixture(autouse=True)
def _reference_allows_eddsa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sd_jwt.verifier.DEFAULT_SIGNING_ALG", "EdDSA")


def test_the_reference_package_opens_everything() -> None:
    payload = reference(presented(ISSUED.jws, ALL))
    expected = CLEAR | SEALED["content"] | SEALED["source-handling"]
    assert payload == CLAIMS | {"fact": expected}


def test_the_reference_package_sees_only_what_is_shown() -> None:
    payload = reference(presented(ISSUED.jws, list(ISSUED.disclosures["content"])))
    assert payload["fact"] == CLEAR | SEALED["content"]
    assert reference(presented(ISSUED.jws, []))["fact"] == CLEAR


def test_we_open_what_the_reference_package_issued() -> None:
    claims = CLAIMS | {"fact": {"item": "i-1", **{SDObj(f"f{n}"): n for n in range(8)}}}
    header = {"typ": TYPE, "kid": thumbprint(PUBLIC)}
    theirs = SDJWTIssuer(claims, JWK_KEY, sign_alg="EdDSA", extra_header_parameters=header)
    jws, *disclosures, last = theirs.sd_jwt_issuance.split("~")
    assert last == ""
    payload = admit(jws.encode(), PUBLIC)
    assert open_fields(payload, disclosures) == {f"f{n}": n for n in range(8)}


def test_we_open_our_own() -> None:
    payload = admit(ISSUED.jws, PUBLIC)
    assert payload == payload_of(ISSUED.jws)
    assert open_fields(payload, ISSUED.disclosures["content"]) == SEALED["content"]
    assert open_fields(payload, ISSUED.disclosures["source-handling"]) == SEALED["source-handling"]


def test_sealed_values_and_names_stand_nowhere_in_the_fact() -> None:
    text = json.dumps(payload_of(ISSUED.jws), ensure_ascii=False)
    for word in ("título", "quién", "S-17", "title", "source"):
        assert word not in text


@pytest.mark.parametrize(("fields", "digests"), [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (32, 32)])
def test_decoys_hide_how_many_fields_are_sealed(fields: int, digests: int) -> None:
    issued = issue(CLEAR, {"content": {f"f{n}": n for n in range(fields)}})
    payload = admit(issued.jws, PUBLIC)
    assert len(payload["fact"]["_sd"]) == digests
    assert payload["fact"]["_sd"] == sorted(payload["fact"]["_sd"])
    assert len(open_fields(payload, issued.disclosures["content"])) == fields


def test_a_fact_without_sealed_fields_has_no_digests() -> None:
    payload = admit(issue(CLEAR, {}).jws, PUBLIC)
    assert payload == CLAIMS | {"fact": CLEAR}


def test_salts_differ_even_for_equal_values() -> None:
    one = issue(CLEAR, SEALED)
    assert set(ALL).isdisjoint(d for made in one.disclosures.values() for d in made)


def test_no_bit_of_a_fact_can_be_turned() -> None:
    for damaged in flips(ISSUED.jws, step=3):
        with pytest.raises((Malformed, Broken)):
            admit(damaged, PUBLIC)


def test_no_bit_of_a_disclosure_can_be_turned() -> None:
    payload = payload_of(ISSUED.jws)
    for disclosure in ALL:
        for damaged in flips(disclosure.encode()):
            with pytest.raises((Malformed, Broken)):
                open_fields(payload, [damaged.decode("ascii", errors="replace")])


def test_a_disclosure_opens_one_field_once() -> None:
    payload = payload_of(ISSUED.jws)
    with pytest.raises((Malformed, Broken)):
        open_fields(payload, [ALL[0], ALL[0]])


def test_a_fact_by_another_key_is_broken() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"9" * 32)
    with pytest.raises(Broken):
        admit(ISSUED.jws, other.public_key())


def signed(header: Any, payload: Any) -> bytes:
    head = header if isinstance(header, str) else encode(header)
    body = payload if isinstance(payload, str) else encode(payload)
    signature = urlsafe_b64encode(KEY.sign(f"{head}.{body}".encode())).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}".encode()


HEADER = {"alg": "EdDSA", "kid": thumbprint(PUBLIC), "typ": TYPE}
DIGEST = digest_of("x")
EIGHT = sorted(digest_of(str(n)) for n in range(8))


@pytest.mark.parametrize(
    "header",
    [
        HEADER | {"alg": "none"},
        HEADER | {"alg": "ES256"},
        HEADER | {"alg": "eddsa"},
        HEADER | {"typ": "sd-jwt"},
        HEADER | {"typ": "dc+sd-jwt"},
        HEADER | {"crit": []},
        {"alg": "EdDSA", "typ": TYPE},
        [],
        encode(HEADER) + "=",
        urlsafe_b64encode(b'{"alg":"none","alg":"EdDSA"}').decode(),
    ],
)
def test_an_unusual_header_is_malformed(header: Any) -> None:
    with pytest.raises(Malformed):
        admit(signed(header, {"fact": {}}), PUBLIC)


def fact(**fields: Any) -> dict[str, Any]:
    return {"fact": {"item": "i", **fields}, "_sd_alg": "sha-256"}


@pytest.mark.parametrize(
    "payload",
    [
        [],
        {},
        {"fact": []},
        fact(_sd=[]),
        fact(_sd=EIGHT[:7]),
        fact(_sd=list(reversed(EIGHT))),
        fact(_sd=[*EIGHT[:7], EIGHT[6]]),
        fact(_sd=[*EIGHT[:7], "short"]),
        fact(_sd=[*EIGHT[:7], 7]),
        fact(_sd=EIGHT[0]),
        {"fact": {"_sd": EIGHT}},
        {"fact": {"_sd": EIGHT}, "_sd_alg": "sha-512"},
        {"fact": {}, "_sd_alg": "sha-256"},
        {"fact": {}, "_sd": EIGHT},
        fact(_sd=EIGHT, inner={"_sd": EIGHT}),
        fact(_sd=EIGHT, inner=[{"...": DIGEST}]),
        fact(_sd=EIGHT, inner={"_sd_alg": "sha-256"}),
        {"fact": {}, "cnf": {"...": DIGEST}},
        urlsafe_b64encode(b'{"fact":{"a":1,"a":2}}').rstrip(b"=").decode(),
        urlsafe_b64encode(b'{"fact":{"a":NaN}}').rstrip(b"=").decode(),
        urlsafe_b64encode(b'{"fact":{"a":1e999}}').rstrip(b"=").decode(),
        urlsafe_b64encode(b'{"fact":{"a":"\\ud800"}}').rstrip(b"=").decode(),
        urlsafe_b64encode(b'{"fact":{}} ').rstrip(b"=").decode(),
        urlsafe_b64encode(b'{"fact":' + b"[" * 5000 + b"]" * 5000 + b"}").rstrip(b"=").decode(),
        urlsafe_b64encode(b"\xff").rstrip(b"=").decode(),
    ],
)
def test_an_unusual_payload_is_malformed(payload: Any) -> None:
    with pytest.raises(Malformed):
        admit(signed(HEADER, payload), PUBLIC)


@pytest.mark.parametrize(
    "damage",
    [
        lambda j: j + b".",
        lambda j: j.rpartition(b".")[0],
        lambda j: j + b"~",
        lambda j: j.replace(b".", b". "),
        lambda j: j + b"A",
        lambda j: b"x" * (LARGEST_FACT + 1),
        lambda j: b"\xff" + j,
    ],
)
def test_another_form_of_fact_is_malformed(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Malformed):
        admit(damage(ISSUED.jws), PUBLIC)


@pytest.mark.parametrize(
    "disclosure",
    [
        ["short", "name", 1],
        ["A" * 22, "_sd", []],
        ["A" * 22, "...", 1],
        ["A" * 22, "_sd_alg", 1],
        ["A" * 22, "item", 1],
        ["A" * 22, 7, 1],
        ["A" * 22, "name", {"_sd": []}],
        ["A" * 22, "name"],
        {"a": 1},
        "text",
    ],
)
def test_an_unusual_disclosure_is_malformed(disclosure: Any) -> None:
    text = encode(disclosure)
    payload = fact(_sd=sorted([*EIGHT[:7], digest_of(text)]))
    with pytest.raises(Malformed):
        open_fields(payload, [text])


def test_a_fact_larger_than_16_kib_is_not_signed() -> None:
    with pytest.raises(Malformed, match="16384"):
        issue({"text": "x" * LARGEST_FACT}, {})
    issued = issue(CLEAR, {"content": {"text": "x" * LARGEST_FACT}})
    assert len(issued.jws) < 1500


@pytest.mark.parametrize(
    ("clear", "sealed"),
    [
        ({"_sd": 1}, {}),
        ({"a": 1}, {"content": {"a": 2}}),
        ({}, {"content": {"a": 2}, "reasons": {"a": 2}}),
        ({}, {"content": {"...": 2}}),
        ({}, {"content": {f"f{n}": n for n in range(33)}}),
        ({"a": float("nan")}, {}),
        ({}, {"content": {"a": "\ud800"}}),
    ],
)
def test_what_could_not_be_admitted_is_not_signed(clear: dict[str, Any], sealed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        issue(clear, sealed)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.text("defgh", min_size=1, max_size=4), VALUES, max_size=6)


@given(FIELDS, FIELDS)
def test_whatever_is_signed_is_admitted_and_opens(clear: dict[str, Any], fields: dict[str, Any]) -> None:
    sealed = {"content": {f"x{name}": value for name, value in fields.items()}} if fields else {}
    issued = issue(clear, sealed)
    payload = admit(issued.jws, PUBLIC)
    opened = open_fields(payload, issued.disclosures.get("content", ()))
    assert opened == sealed.get("content", {})
    assert {n: v for n, v in payload["fact"].items() if n != "_sd"} == clear


@given(st.binary(max_size=200))
def test_bytes_that_are_no_fact_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        admit(data, PUBLIC)


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    # RFC 8037 appendix A.3.
    private = urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
