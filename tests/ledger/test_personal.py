"""A person's signature covers the whole act, and nothing but the act that the person signed."""

import copy
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import personal, strict
from tearline.ledger.personal import (
    Signed,
    challenge_of,
    check_act,
    claims,
    sign,
    statement_of,
    verify,
    verify_vouched,
    vouching,
)
from tearline.ledger.sdjwt import Issuer, admit, thumbprint
from tests.ledger.damage import flip, flips

ANA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
EVE = Ed25519PrivateKey.from_private_bytes(b"e" * 32)
NODE = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
REST = {"iss": "tearline.example/desk", "ref": "abcdefgh", "recorded_at": "2011-03-18T12:00:00.000000Z"}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts | st.lists(texts, max_size=3)
facts = st.dictionaries(texts, values, max_size=5)


def payload(**changed: Any) -> dict[str, Any]:
    return {
        **REST,
        "kind": "ReleaseSignedOff",
        "happened_at": "2011-03-18T12:00:00.000000Z",
        "precision": "minute",
        "by": "ana",
        "role": "releasing-officer",
        "after": 7,
        "act": "x",
        "fact": {"sign_off": "one", "request": "ask", "_sd": ["d1", "d2"]},
    } | changed


def act(*payloads: dict[str, Any], key: Ed25519PrivateKey = ANA) -> list[dict[str, Any]]:
    """These payloads as one act, signed."""
    statements = [statement_of(p) for p in payloads]
    made = claims(statements, thumbprint(key.public_key()), sign(challenge_of(statements), key))
    return [p | {"signed": signed.claim()} for p, signed in zip(payloads, made, strict=True)]


ONE, TWO = act(payload(), payload(kind="CopyReleased", role="node", fact={"copy": "c-1"}))


def test_each_fact_of_a_signed_act_verifies_by_itself() -> None:
    signed = [verify(p, ANA.public_key()) for p in (ONE, TWO)]
    assert [s.at for s in signed] == [0, 1]
    check_act(signed)


def test_the_statement_is_the_hash_of_exactly_these_members_in_this_order() -> None:
    """Spelled out once by hand: whoever checks a bundle without our code writes this."""
    told = {"telling": "t", "known_at": "2011-03-18T12:00:00.000000Z", "rests_on": "p. 1"}
    text = (
        '{"iss":"tearline.example/desk","kind":"ReleaseSignedOff","happened_at":"2011-03-18T12:00:00.000000Z",'
        '"precision":"minute","by":"ana",'
        '"role":"releasing-officer","after":7,"fact":{"sign_off":"one","request":"ask","_sd":["d1","d2"]}}'
    )
    assert statement_of(payload()) == hashlib.sha256(text.encode()).digest()
    with_told = text.replace('"after"', f'"told":{json.dumps(told, separators=(",", ":"))},"after"')
    assert statement_of(payload(told=told)) == hashlib.sha256(with_told.encode()).digest()
    whole = hashlib.sha256(b"tearline/act/1\n" + b"s" * 32 + b"t" * 32).digest()
    assert challenge_of([b"s" * 32, b"t" * 32]) == whole


def test_what_the_node_adds_is_not_signed() -> None:
    verify(ONE | {"ref": "other", "recorded_at": "2012-01-01T00:00:00.000000Z", "act": "y"}, ANA.public_key())


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "tearline.example/other"},
        {"after": 8},
        {"by": "eve"},
        {"role": "senior-officer"},
        {"kind": "DissentRecorded"},
        {"precision": "day"},
        {"happened_at": "2011-03-18T12:00:00.000001Z"},
        {"told": {"telling": "t", "known_at": "2011-03-18T12:00:00.000000Z", "rests_on": ""}},
        {"fact": {"sign_off": "one", "request": "ask", "_sd": ["d1", "d3"]}},
        {"fact": {"sign_off": "two", "request": "ask", "_sd": ["d1", "d2"]}},
        {"fact": {"request": "ask", "sign_off": "one", "_sd": ["d1", "d2"]}},
        {"fact": {"sign_off": "one", "request": "ask"}},
    ],
    ids=str,
)
def test_a_signature_does_not_carry_over_to_another_fact(changed: dict[str, Any]) -> None:
    with pytest.raises(Broken, match="not the fact that the person signed"):
        verify(ONE | changed, ANA.public_key())


def test_another_persons_key_does_not_verify() -> None:
    with pytest.raises(Broken, match="another key"):
        verify(ONE, EVE.public_key())
    forged = copy.deepcopy(ONE)
    forged["signed"]["key"] = thumbprint(EVE.public_key())
    with pytest.raises(Broken, match="does not verify"):
        verify(forged, EVE.public_key())


@pytest.mark.parametrize("field", ["key", "signature", "statements"])
def test_one_bit_turned_anywhere_in_the_claim_is_refused(field: str) -> None:
    honest = ONE["signed"][field]
    texts = honest if isinstance(honest, list) else [honest]
    for n, text in enumerate(texts):
        for turned in flips(strict.base64url(text)):
            forged = copy.deepcopy(ONE)
            made = strict.to_base64url(turned)
            forged["signed"][field] = [*texts[:n], made, *texts[n + 1 :]] if honest is texts else made
            with pytest.raises(Broken):
                verify(forged, ANA.public_key())


def test_one_bit_turned_in_the_challenge_or_the_public_key_is_refused() -> None:
    challenge = challenge_of([statement_of(payload())])
    signature = sign(challenge, ANA)
    personal.verify_challenge(challenge, signature, ANA.public_key())
    for turned in flips(challenge):
        with pytest.raises(Broken):
            personal.verify_challenge(turned, signature, ANA.public_key())
    raw = ANA.public_key().public_bytes_raw()
    for turned in flips(raw):
        try:
            other = personal.public_key(strict.to_base64url(turned))
        except Malformed:
            continue
        with pytest.raises(Broken):
            verify(ONE, other)


@given(fact=facts, after=st.integers(0, 2**62), role=texts, bit=st.integers(0, 255))
def test_whatever_is_stated_is_bound(fact: dict[str, Any], after: int, role: str, bit: int) -> None:
    (signed,) = act(payload(fact=fact, after=after, role=role))
    back = json.loads(strict.to_json(signed))
    assert verify(back, ANA.public_key()).at == 0
    with pytest.raises(Broken):
        verify(back | {"after": after + 1}, ANA.public_key())
    with pytest.raises(Broken):
        verify(back | {"fact": fact | {"one more": 1}}, ANA.public_key())
    statements = [flip(strict.base64url(signed["signed"]["statements"][0]), bit)]
    with pytest.raises(Broken):
        verify(
            back | {"signed": back["signed"] | {"statements": [strict.to_base64url(statements[0])]}},
            ANA.public_key(),
        )


@given(
    key=st.binary(min_size=32, max_size=32),
    statements=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=5),
    signature=st.binary(min_size=64, max_size=64),
    data=st.data(),
)
def test_a_claim_has_one_form(
    key: bytes, statements: list[bytes], signature: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(statements) - 1))
    made = Signed(
        key=strict.to_base64url(key), statements=tuple(statements), at=at, signature=signature
    ).claim()
    assert Signed.parse(json.loads(strict.to_json(made))).claim() == made
    backwards = dict(reversed(made.items()))
    with pytest.raises(Malformed):
        Signed.parse(backwards)


CLAIM = ONE["signed"]


@pytest.mark.parametrize(
    "claim",
    [
        None,
        [],
        "signed",
        {},
        CLAIM | {"form": "webauthn"},
        CLAIM | {"form": None},
        CLAIM | {"more": 1},
        {n: v for n, v in CLAIM.items() if n != "at"},
        CLAIM | {"at": True},
        CLAIM | {"at": 2},
        CLAIM | {"at": -1},
        CLAIM | {"at": 0.0},
        CLAIM | {"statements": []},
        CLAIM | {"statements": {}},
        CLAIM | {"statements": [CLAIM["statements"][0] + "="]},
        CLAIM | {"statements": [CLAIM["statements"][0][:-2]]},
        CLAIM | {"statements": [None]},
        CLAIM | {"statements": CLAIM["statements"] * 65},
        CLAIM | {"key": CLAIM["key"] + "A"},
        CLAIM | {"key": 1},
        CLAIM | {"signature": CLAIM["signature"][:-1] + "\u00e9"},
        CLAIM | {"signature": ""},
    ],
    ids=repr,
)
def test_another_form_of_the_claim_is_malformed(claim: Any) -> None:
    with pytest.raises(Malformed):
        verify(ONE | {"signed": claim}, ANA.public_key())


def test_a_part_of_a_signed_act_does_not_stand_for_it() -> None:
    one, two = (verify(p, ANA.public_key()) for p in (ONE, TWO))
    (alone,) = (verify(p, ANA.public_key()) for p in act(payload()))
    check_act([None, None])
    for facts in ([one], [two], [two, one], [one, None], [None, two], [one, two, two], [alone, two]):
        with pytest.raises(Broken):
            check_act(facts)


@pytest.mark.parametrize(
    "raw",
    [
        bytes(32),
        b"\x01" + bytes(31),
        b"\x01" + bytes(30) + b"\x80",
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        b"\xee" + b"\xff" * 30 + b"\x7f",
        b"\xff" * 32,
    ],
    ids=bytes.hex,
)
def test_a_key_under_which_anybody_could_sign_is_none(raw: bytes) -> None:
    with pytest.raises(Malformed, match="small order"):
        personal.public_key(strict.to_base64url(raw))


def test_a_public_key_has_one_form() -> None:
    raw = ANA.public_key().public_bytes_raw()
    text = strict.to_base64url(raw)
    assert personal.public_key(text).public_bytes_raw() == raw
    for wrong in (text + "=", text[:-1], " " + text, raw.hex(), "", None, 7):
        with pytest.raises(Malformed):
            personal.public_key(wrong)


def test_vouching_for_a_key_is_no_act_and_no_act_vouches() -> None:
    key = thumbprint(EVE.public_key())
    text = f"tearline/vouching/1\nana\n{key}\n".encode()
    assert vouching("ana", key) == hashlib.sha256(text).digest()
    assert (
        len({vouching("ana", key), vouching("eve", key), vouching("ana", thumbprint(ANA.public_key()))}) == 3
    )
    signature = strict.to_base64url(sign(vouching("ana", key), ANA))
    verify_vouched("ana", key, signature, ANA.public_key())
    for person, other in (("eve", key), ("ana", thumbprint(ANA.public_key()))):
        with pytest.raises(Broken):
            verify_vouched(person, other, signature, ANA.public_key())
    with pytest.raises(Malformed):
        verify_vouched("ana", key, None, ANA.public_key())
    (acted,) = act(payload())
    with pytest.raises(Broken):
        verify_vouched("ana", key, acted["signed"]["signature"], ANA.public_key())


def test_what_is_no_payload_has_no_statement() -> None:
    for name in ("kind", "fact", "after"):
        with pytest.raises(Malformed, match=name):
            statement_of({n: v for n, v in payload().items() if n != name})


def test_only_a_challenge_is_signed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign(b"anything", ANA)
    for wrong in ([], [b"short"], [b"s" * 32] * 129):
        with pytest.raises(ValueError, match="statements"):
            challenge_of(wrong)


def test_the_claim_stands_in_a_fact_that_the_node_signs() -> None:
    given_claims = {name: value for name, value in ONE.items() if name != "fact"}
    clear = {"sign_off": "one", "request": "ask"}
    unsigned = admit(Issuer(NODE).issue(given_claims, clear), NODE.public_key())
    (signed,) = act(unsigned)
    claim = {name: value for name, value in signed.items() if name != "fact"}
    admitted = admit(Issuer(NODE).issue(claim, clear), NODE.public_key())
    assert list(admitted)[-2:] == ["signed", "fact"]
    assert verify(admitted, ANA.public_key()).key == thumbprint(ANA.public_key())
