"""Real ceremonies with an authenticator in software: what lets somebody in, and each thing that does not."""

import hashlib
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.node import Order
from tearline.rooms.parties.keys import RevokePersonKey
from tearline.signin import passkeys
from tearline.signin.codes import shown
from tearline.signin.cookies import new_secret
from tearline.signin.passkeys import NotLetIn, device_name
from tests.authenticator import EDDSA, RS256, Authenticator, base64url, flipped, from_base64url
from tests.doors import ORIGIN, Entrance, entrance

PASSKEYS = about(kinds=(PasskeyEnrolled,))
Bend = Callable[[Authenticator], None]


def refused(door: Entrance, posted: object, browser: str | None = None) -> None:
    with pytest.raises(NotLetIn) as answer:
        door.passkeys.entered(browser or door.browser, posted)
    assert str(answer.value) == ""


def revoke(door: Entrance, person: str) -> None:
    (key,) = [
        r.fact.key for r in door.node.ledger.read(PASSKEYS).of(PasskeyEnrolled) if r.fact.person == person
    ]
    fact = PersonKeyRevoked(
        person=PersonId(person), key=key, reason=RevocationReason.LOST, since=door.clock.now
    )
    by = Actor(PersonId(person), Role.ADMINISTRATOR)
    door.node.record(Order(command=RevokePersonKey(fact), by=by))


def test_whoever_enrolled_comes_in_without_saying_who_they_are(door: Entrance) -> None:
    options = door.asked()
    assert options.get("allowCredentials", []) == []
    assert options["userVerification"] == "required"
    entered = door.passkeys.entered(door.browser, door.phone("ada").get(options))
    assert entered.person == "ada"
    assert door.entered("abe").person == "abe"


@pytest.mark.parametrize("algorithm", [EDDSA, RS256])
def test_each_algorithm_comes_in(tmp_path: Path, algorithm: int) -> None:
    door = entrance(tmp_path)
    door.phones["ada"] = Authenticator(ORIGIN, algorithm)
    assert door.enrolled("ada").entered("ada").person == "ada"
    door.close()


def test_an_authenticator_is_asked_to_keep_the_key_and_make_sure_of_its_holder(door: Entrance) -> None:
    options = json.loads(door.passkeys.making(door.browser, passkeys.FURTHER, PersonId("ada"), {}))
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert [one["id"] for one in options["excludeCredentials"]] == [base64url(door.phone("ada").held[0].id)]
    assert "who ada is" not in json.dumps(options)


BENT: dict[str, Bend] = {
    "another origin": lambda phone: setattr(phone, "origin", "https://evil.invalid"),
    "another port": lambda phone: setattr(phone, "origin", "http://localhost:9302"),
    "https for http": lambda phone: setattr(phone, "origin", "https://localhost:9301"),
    "another site": lambda phone: setattr(phone, "rp_id", "evil.invalid"),
    "another type": lambda phone: setattr(phone, "kind", "webauthn.create"),
    "holder not verified": lambda phone: setattr(phone, "verified", False),
    "nobody there": lambda phone: setattr(phone, "present", False),
    "in a framed page": lambda phone: setattr(phone, "cross_origin", True),
}


def test_an_answer_that_says_something_else_lets_nobody_in(door: Entrance) -> None:
    for bend in BENT.values():
        phone = replace(door.phone("ada"))
        bend(phone)
        refused(door, phone.get(door.asked()))
    assert door.entered("ada").person == "ada"


BENT_KEY = BENT | {"another type": lambda phone: setattr(phone, "kind", "webauthn.get")}


def test_a_key_made_otherwise_is_not_enrolled(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    for bend in BENT_KEY.values():
        door.phones["ada"] = Authenticator(ORIGIN)
        bend(door.phone("ada"))
        with pytest.raises(NotLetIn):
            door.enrolled("ada")
        assert not door.node.ledger.read(PASSKEYS).facts
    door.close()


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_one_flipped_bit_in_any_part_lets_nobody_in(door: Entrance, part: str) -> None:
    """Eight bits of each part, spread over it; each answer is to a challenge of its own."""
    for bit in (0, 3, 77, 130, 200, 263, 290, 1001):
        refused(door, flipped(door.phone("ada").get(door.asked()), part, bit))
    assert door.entered("ada").person == "ada"


def test_one_flipped_bit_in_a_new_key_enrols_nothing(tmp_path: Path) -> None:
    """But in its count and its make, for which nothing vouches when no attestation is asked for."""
    door = entrance(tmp_path)
    code = door.codes["ada"]
    options = json.loads(door.passkeys.enrolling(door.browser, [code], "x"))
    whole = from_base64url(door.phone("ada").create(options)["response"]["attestationObject"])
    start = whole.index(hashlib.sha256(b"localhost").digest())
    places = {"site": 3, "flags": 32, "length": 54, "credential": 60, "algorithm": 91, "x": 100, "y": 150}
    for bit in (0, 2):  # the flags that somebody was there, and was verified
        bits = {name: 8 * (start + at) + bit for name, at in places.items()}
        for name, at in {**bits, "form": bit, "client data": -1}.items():
            options = json.loads(door.passkeys.enrolling(door.browser, [code], "x"))
            posted = door.phone("ada").create(options)
            part = "clientDataJSON" if at < 0 else "attestationObject"
            with pytest.raises(NotLetIn):
                door.passkeys.enrolled(door.browser, flipped(posted, part, 77 if at < 0 else at), [code])
            assert not door.node.ledger.read(PASSKEYS).facts, name
    door.close()


def test_an_answer_is_taken_once(door: Entrance) -> None:
    posted = door.phone("ada").get(door.asked())
    assert door.passkeys.entered(door.browser, posted).person == "ada"
    refused(door, posted)


def test_a_refused_answer_uses_its_challenge_up(door: Entrance) -> None:
    posted = door.phone("ada").get(door.asked())
    refused(door, flipped(posted, "signature", 200))
    refused(door, posted)


def test_a_challenge_is_for_the_browser_that_asked_for_it(door: Entrance) -> None:
    refused(door, door.phone("ada").get(door.asked()), browser=new_secret())


def test_a_challenge_is_good_for_five_minutes(door: Entrance) -> None:
    posted = door.phone("ada").get(door.asked())
    door.clock.forward(minutes=5)
    refused(door, posted)
    posted = door.phone("ada").get(door.asked())
    door.clock.forward(minutes=4.9)
    assert door.passkeys.entered(door.browser, posted).person == "ada"


def test_a_challenge_is_for_one_purpose(door: Entrance) -> None:
    for kind in (passkeys.PROVE, passkeys.FURTHER):
        options = json.loads(door.passkeys.asked(door.browser, kind))
        refused(door, door.phone("ada").get(options))


def test_a_challenge_that_the_node_did_not_give_lets_nobody_in(door: Entrance) -> None:
    refused(door, door.phone("ada").get({"challenge": base64url(b"x" * 32)}))


def test_a_key_that_counts_must_count_on(door: Entrance, caplog: pytest.LogCaptureFixture) -> None:
    phone = door.phone("ada")
    key = door.entered("ada").key
    phone.held[0].count -= 1
    with caplog.at_level(logging.WARNING):
        refused(door, phone.get(door.asked()))
    assert [getattr(record, "told", None) for record in caplog.records] == [{"key": key}]
    used = door.passkeys.used(dict.fromkeys([key]))  # type: ignore[arg-type]  # only its names are read
    assert used[key][1] == door.clock.now
    phone.held[0].count += 5
    assert door.entered("ada").key == key, "a key that was behind is not revoked"


def test_a_key_that_counts_does_not_fall_back_to_none(door: Entrance) -> None:
    door.entered("ada")
    door.phone("ada").counts = False
    door.phone("ada").held[0].count = 0
    refused(door, door.phone("ada").get(door.asked()))


def test_a_key_that_never_counts_comes_in_again_and_again(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    door.phone("ada").counts = False
    door.enrolled("ada")
    assert door.entered("ada") == door.entered("ada")
    door.close()


def test_a_revoked_key_and_an_unknown_one_are_answered_alike_after_the_same_work(
    door: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[bytes] = []
    whole = passkeys.Passkeys._verified

    def counted(self: Any, answer: Any, public: bytes) -> Any:
        verified.append(public)
        return whole(self, answer, public)

    monkeypatch.setattr(passkeys.Passkeys, "_verified", counted)
    stranger = Authenticator(ORIGIN)
    stranger.create(json.loads(door.passkeys.making(door.browser, passkeys.FURTHER, PersonId("x"), {})))
    refused(door, stranger.get(door.asked()))
    revoke(door, "abe")
    refused(door, door.phone("abe").get(door.asked()))
    refused(door, flipped(door.phone("ada").get(door.asked()), "signature", 200))
    refused(door, door.phone("ada").get(door.asked()), browser=new_secret())
    assert len(verified) == 4
    assert len(set(verified)) == 3


def test_a_key_of_another_persons_name_lets_nobody_in(door: Entrance) -> None:
    """Whoever took a key's holder for somebody else would sign in as them."""
    door.phone("ada").held[0].handle = door.phone("abe").held[0].handle
    refused(door, door.phone("ada").get(door.asked()))


def test_a_key_without_its_holders_handle_lets_nobody_in(door: Entrance) -> None:
    posted = door.phone("ada").get(door.asked())
    del posted["response"]["userHandle"]
    refused(door, posted)


NO_ANSWERS: list[object] = [
    None,
    [],
    "x",
    {},
    {"id": 1},
    {"id": "x", "response": None},
    {"id": "x", "response": {"clientDataJSON": 1}},
    {"id": "x", "response": {"clientDataJSON": base64url(b"[]")}},
    {"id": "x", "response": {"clientDataJSON": base64url(b'{"challenge":"AA"}')}},
    {"id": "x", "response": {"clientDataJSON": base64url(b"[" * 3000)}},
    {"id": "x" * 5000, "response": {"clientDataJSON": base64url(b"{}")}},
]


def test_what_is_no_answer_is_refused_like_a_wrong_one(door: Entrance) -> None:
    for posted in NO_ANSWERS:
        refused(door, posted)


# Invitations


def test_a_code_is_good_once(door: Entrance) -> None:
    with pytest.raises(NotLetIn):
        door.passkeys.enrolling(door.browser, [door.codes["ada"]], "x")


def test_a_code_may_be_typed_in_any_way(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    code = door.codes["ada"]
    for text in (
        code,
        shown(code),
        shown(code).lower(),
        f" {shown(code)} ",
        code.replace("0", "o").replace("1", "l"),
    ):
        assert door.passkeys.invited([text, " "]).person == "ada"
    for text in ("", "x", code[:-1], code + "0", code[:-1] + "U", "A" * 20, "é" * 20, "-" * 500):
        with pytest.raises(NotLetIn):
            door.passkeys.invited([text])
    with pytest.raises(NotLetIn):
        door.passkeys.invited([code, door.codes["abe"]])
    door.close()


def test_a_code_runs_out_while_a_key_is_being_made(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    door.clock.forward(days=14, minutes=-1)
    code = door.codes["ada"]
    posted = door.phone("ada").create(json.loads(door.passkeys.enrolling(door.browser, [code], "x")))
    door.clock.forward(minutes=1)
    with pytest.raises(NotLetIn):
        door.passkeys.enrolled(door.browser, posted, [code])
    door.close()


def test_a_key_is_enrolled_for_the_code_that_it_was_made_for(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    ada, abe = door.codes["ada"], door.codes["abe"]
    posted = door.phone("ada").create(json.loads(door.passkeys.enrolling(door.browser, [ada], "x")))
    with pytest.raises(NotLetIn):
        door.passkeys.enrolled(door.browser, posted, [abe])
    assert not door.node.ledger.read(PASSKEYS).facts
    door.close()


def test_of_two_who_use_one_code_at_once_exactly_one_comes_in(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    code, came = door.codes["ada"], []
    phones = [(new_secret(), Authenticator(ORIGIN)) for _ in range(6)]
    posted = [
        (browser, phone.create(json.loads(door.passkeys.enrolling(browser, [code], "x"))))
        for browser, phone in phones
    ]
    together = threading.Barrier(len(posted))

    def comes(browser: str, answer: dict[str, Any]) -> None:
        together.wait()
        with suppress(NotLetIn):
            came.append(door.passkeys.enrolled(browser, answer, [code]))

    threads = [threading.Thread(target=comes, args=one) for one in posted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == ["ada"]
    assert len(door.node.ledger.read(PASSKEYS).facts) == 1
    door.close()


def test_one_authenticators_key_is_not_enrolled_for_two(tmp_path: Path) -> None:
    door = entrance(tmp_path).enrolled("ada")
    code = door.codes["abe"]
    options = json.loads(door.passkeys.enrolling(door.browser, [code], "x"))
    posted = door.phone("abe").create(options)
    posted["response"]["attestationObject"] = _with_key(posted, door.phone("ada").held[0].cose)
    with pytest.raises(NotLetIn):
        door.passkeys.enrolled(door.browser, posted, [code])
    assert len(door.node.ledger.read(PASSKEYS).facts) == 1
    door.close()


def _with_key(posted: dict[str, Any], cose: bytes) -> str:
    """The attestation object with another public key in it; with no attestation nobody signs for it."""
    held = cbor2.loads(from_base64url(posted["response"]["attestationObject"]))
    held["authData"] = held["authData"][: -len(cose)] + cose
    return base64url(cbor2.dumps(held))


@pytest.mark.parametrize(
    ("said", "name"),
    [("My phone", "My phone"), ("", "-"), ("a\nb\x00", "a b"), ("x" * 99, "x" * 40), ("\u202eevil", "evil")],
)
def test_a_device_is_named_in_plain_text(said: str, name: str) -> None:
    assert device_name(said) == name
