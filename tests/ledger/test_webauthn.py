"""A passkey's assertion proves one challenge, at one site, by one verified holder; py_webauthn agrees."""

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import WebAuthnException

from tearline.facts.cose import parse_cose
from tearline.facts.errors import Broken, Malformed
from tearline.ledger import strict
from tearline.ledger.webauthn import Assertion, Passkey, at_site, verify_assertion
from tests.authenticator import EDDSA, ES256, RS256, Authenticator
from tests.ledger.damage import flips
from tests.passkeys import ORIGIN, SITE, assertion, passkey, posted

CHALLENGE = bytes(range(32))
HELD = {algorithm: passkey("ana", algorithm) for algorithm in (ES256, EDDSA, RS256)}
each_algorithm = pytest.mark.parametrize("algorithm", HELD, ids=str)


def on_record(held: Authenticator) -> Passkey:
    return Passkey.parse(strict.to_base64url(held.held[-1].cose), held.held[-1].rp_id)


def believed_by_py_webauthn(held: Authenticator, said: dict[str, Any], challenge: bytes = CHALLENGE) -> bool:
    """The same question to another implementation."""
    try:
        verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=SITE,
            expected_origin=ORIGIN,
            credential_public_key=held.held[-1].cose,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException:
        return False
    return True


def believed(held: Authenticator, said: dict[str, Any], challenge: bytes = CHALLENGE) -> bool:
    try:
        verify_assertion(challenge, Assertion.posted(said), on_record(held))
    except (Broken, Malformed):
        return False
    return True


@each_algorithm
def test_an_honest_assertion_verifies_and_another_implementation_agrees(algorithm: int) -> None:
    held = HELD[algorithm]
    said = posted(held, CHALLENGE)
    verify_assertion(CHALLENGE, Assertion.posted(said), on_record(held))
    assert believed_by_py_webauthn(held, said)
    assert Assertion.posted(said).count == held.held[-1].count


@each_algorithm
def test_one_bit_turned_anywhere_is_refused(algorithm: int) -> None:
    held = HELD[algorithm]
    honest, key = assertion(held, CHALLENGE), on_record(held)
    # The count is signed, but nobody knows which one it should be.
    for name in ("authenticator", "client", "signature"):
        step = 1 if algorithm == ES256 else 13
        for turned in flips(getattr(honest, name), step=step):
            with pytest.raises((Broken, Malformed)):
                verify_assertion(CHALLENGE, replace(honest, **{name: turned}), key)
    for turned in flips(CHALLENGE, step=11):
        with pytest.raises(Broken, match="another challenge"):
            verify_assertion(turned, honest, key)
    for turned in flips(held.held[-1].cose, step=1 if algorithm == ES256 else 13):
        try:
            other = Passkey.parse(strict.to_base64url(turned), SITE)
        except Malformed:
            continue
        assert other.name != key.name
        with pytest.raises(Broken):
            verify_assertion(CHALLENGE, honest, other)


BENT: dict[str, dict[str, Any]] = {
    "a sign-up's": {"kind": "webauthn.create"},
    "another type": {"kind": "payment.get"},
    "without its holder": {"verified": False},
    "nobody there": {"present": False},
    "another origin": {"origin": "https://tearline.example.evil.example"},
    "the site's name at the end": {"origin": "https://eviltearline.example"},
    "not by https": {"origin": "http://tearline.example"},
    "for another site": {"rp_id": "evil.example"},
}


@pytest.mark.parametrize("bent", BENT.values(), ids=BENT)
def test_what_is_bent_is_refused_by_both(bent: dict[str, Any]) -> None:
    held = passkey("ana")
    for name, value in bent.items():
        setattr(held, name, value)
    said = posted(held, CHALLENGE)
    assert not believed(held, said)
    assert not believed_by_py_webauthn(held, said)


def test_on_a_page_within_anothers_page_is_refused() -> None:
    held = passkey("ana")
    held.cross_origin = True
    with pytest.raises(Broken, match="within a page"):
        verify_assertion(CHALLENGE, assertion(held, CHALLENGE), on_record(held))


def made_of(client: bytes) -> Assertion:
    return replace(assertion(HELD[ES256], CHALLENGE), client=client)


@pytest.mark.parametrize(
    "client",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"type":"webauthn.get","type":"webauthn.get"}',
        b'{"type":"webauthn.get"} ',
        b"\xef\xbb\xbf{}",
        b"{" * 600 + b"}" * 400,
    ],
)
def test_client_data_that_are_no_json_object_are_malformed(client: bytes) -> None:
    with pytest.raises(Malformed):
        verify_assertion(CHALLENGE, made_of(client), on_record(HELD[ES256]))


@pytest.mark.parametrize(
    ("data", "how"),
    [
        (lambda d: d[:36], Malformed),
        (lambda d: d + b"x", Malformed),
        (lambda d: d[:32] + b"\x45" + d[33:], Malformed),
        (lambda d: d[:32] + b"\x15" + d[33:], Broken),
    ],
    ids=["too short", "too long", "a new key", "copied, but cannot be"],
)
def test_authenticator_data_of_another_form_are_refused(data: Any, how: type[Exception]) -> None:
    honest = assertion(HELD[ES256], CHALLENGE)
    with pytest.raises(how):
        verify_assertion(
            CHALLENGE, replace(honest, authenticator=data(honest.authenticator)), on_record(HELD[ES256])
        )


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"response": None},
        {"response": {}},
        {"response": {"clientDataJSON": "e30", "signature": 1}},
    ],
    ids=repr,
)
def test_what_is_no_answer_of_a_browser_is_malformed(said: object) -> None:
    with pytest.raises(Malformed):
        Assertion.posted(said)
    long = posted(HELD[ES256], CHALLENGE)
    long["response"]["signature"] = "A" * 1000
    with pytest.raises(Malformed):
        Assertion.posted(long)


@pytest.mark.parametrize(
    ("origin", "site", "whether"),
    [
        ("https://tearline.example", "tearline.example", True),
        ("https://desk.tearline.example:8443", "tearline.example", True),
        ("http://localhost:8000", "localhost", True),
        ("https://localhost", "localhost", True),
        ("http://desk.localhost", "localhost", False),
        ("http://127.0.0.1", "127.0.0.1", False),
        ("https://tearline.example/", "tearline.example", False),
        ("https://tearline.example?x", "tearline.example", False),
        ("https://ana@tearline.example", "tearline.example", False),
        ("https://TEARLINE.example", "tearline.example", False),
        ("https://tearline.example.", "tearline.example", False),
        ("https://tearline.example:99999", "tearline.example", False),
        ("https://.tearline.example", "tearline.example", True),
        ("android:apk-key-hash:x", "tearline.example", False),
        ("null", "tearline.example", False),
        ("https://[", "tearline.example", False),
        ("https://te\u0430rline.example", "tearline.example", False),
        (None, "tearline.example", False),
        (7, "tearline.example", False),
    ],
)
def test_an_origin_is_of_the_site_or_not(origin: object, site: str, whether: bool) -> None:  # noqa: FBT001  a case
    assert at_site(origin, site) is whether


def test_a_key_has_one_form() -> None:
    for algorithm, held in HELD.items():
        raw = held.held[-1].cose
        assert len(parse_cose(raw).numbers) == (2 if algorithm == ES256 else 1)
        for wrong in (raw + b"\0", raw[:-1], b"", b"\xa5" + raw, raw[1:]):
            with pytest.raises(ValueError, match="COSE"):
                parse_cose(wrong)
    right = strict.to_base64url(HELD[ES256].held[-1].cose)
    for text in ("", "=", right + "=", "\u00e9"):
        with pytest.raises(Malformed):
            Passkey.parse(text, SITE)


def test_a_point_on_no_curve_and_a_short_modulus_are_no_keys() -> None:
    es256 = HELD[ES256].held[-1].cose
    with pytest.raises(Malformed):
        Passkey.parse(strict.to_base64url(es256[:-32] + bytes(32)), SITE)
    eddsa = bytes.fromhex("a4010103272006215820") + bytes(32)
    with pytest.raises(Malformed):
        Passkey.parse(strict.to_base64url(eddsa), SITE)
    for size in (64, 255, 513):
        modulus = b"\xff" * size
        short = bytes.fromhex("a401030339010020") + b"\x59" + size.to_bytes(2, "big") + modulus
        with pytest.raises(Malformed):
            Passkey.parse(strict.to_base64url(short + bytes.fromhex("2143010001")), SITE)


def test_client_data_may_say_more() -> None:
    """Browsers add members, to keep people from comparing with a template (section 5.8.1)."""
    held = HELD[ES256]
    honest = assertion(held, CHALLENGE)
    said = json.loads(honest.client) | {"other_keys_can_be_added_here": secrets.token_hex(20)}
    with pytest.raises(Broken, match="does not verify"):
        verify_assertion(CHALLENGE, replace(honest, client=json.dumps(said).encode()), on_record(held))
