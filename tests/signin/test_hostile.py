"""Whatever bytes stand where an authenticator's should: nobody is let in by them, and nothing else happens."""

import json
from collections.abc import Iterator
from contextlib import suppress

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.identifiers import PersonId
from tearline.signin.passkeys import ENROL, NotLetIn
from tests.authenticator import Authenticator, base64url, from_base64url
from tests.doors import ORIGIN, Entrance, entrance

SETTINGS = settings(max_examples=60, deadline=None)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-300, 300) | st.binary(max_size=40) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.integers(-4, 4), inner, max_size=5)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    made = entrance(tmp_path_factory.mktemp("hostile")).enrolled("ada")
    yield made
    made.close()


def bent(whole: bytes, data: st.DataObject) -> bytes:
    """A few bytes changed, cut out or put in."""
    raw = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, 999)) % max(1, len(raw))  # signatures differ in length
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    return bytes(raw)


@SETTINGS
@given(data=st.data())
def test_a_bent_answer_lets_nobody_in(door: Entrance, data: st.DataObject) -> None:
    posted = door.phone("ada").get(door.asked())
    part = data.draw(st.sampled_from(["authenticatorData", "signature", "clientDataJSON", "userHandle"]))
    whole = from_base64url(posted["response"][part])
    changed = bent(whole, data)
    posted["response"][part] = base64url(changed)
    if changed != whole:
        with pytest.raises(NotLetIn):
            door.passkeys.entered(door.browser, posted)


@SETTINGS
@given(data=st.data(), value=plain)
def test_a_bent_key_is_refused_or_taken_as_it_is(door: Entrance, data: st.DataObject, value: object) -> None:
    """What nobody vouches for may change: the count, the make. What comes of it is a whole key or nothing."""
    phone = Authenticator(ORIGIN)
    options = door.passkeys.making(door.browser, ENROL, PersonId("x"), {"name": "x"})
    posted = phone.create(json.loads(options))
    whole = from_base64url(posted["response"]["attestationObject"])
    if data.draw(st.booleans()):
        changed = bent(whole, data)
    else:
        held = cbor2.loads(whole)
        held[data.draw(st.sampled_from(["fmt", "attStmt", "authData"]))] = value
        changed = cbor2.dumps(held)
    posted["response"]["attestationObject"] = base64url(changed)
    with suppress(NotLetIn):
        _, made = door.passkeys.made(door.browser, ENROL, posted)
        assert made.public == phone.held[-1].cose
        assert made.credential == base64url(phone.held[-1].id)


@SETTINGS
@given(value=plain)
def test_what_is_no_answer_at_all_lets_nobody_in(door: Entrance, value: object) -> None:
    for posted in (value, {"id": "x", "response": value}, {"id": value, "rawId": value, "response": {}}):
        with pytest.raises(NotLetIn):
            door.passkeys.entered(door.browser, posted)
        with pytest.raises(NotLetIn):
            door.passkeys.enrolled(door.browser, posted, ["0" * 20])
