"""Keys: introduced once, for one purpose and one holder, by somebody else; and gone for good when revoked."""

import pytest

from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import (
    KeyAlgorithm,
    KeyPurpose,
    NodeKeyIntroduced,
    NodeKeyRevoked,
    PersonKeyIntroduced,
    PersonKeyRevoked,
    RevocationReason,
    thumbprint_of,
)
from tearline.folds.keys import asks_keys_of, keys_of
from tearline.rooms.parties.keys import (
    IntroduceNodeKey,
    IntroducePersonKey,
    RevokeNodeKey,
    RevokePersonKey,
)
from tests.rooms.rows import Row, check
from tests.worlds import ANA, LEO, VIC, World, on, partners

NODE = Actor(PersonId("node"), Role.NODE)

# Public keys of the private keys b"1" * 32 and so on, so that no cryptography is needed here.
ONE = "SAdaWX5yGhVuLgeZ3lzAxTJNxufq8c3UYlCGjsUyFd0"
TWO = "XiEsCYDks5_AlyETSqAhCTdO39JgwNPQPLUByNZUV6k"
THREE = "F8t5-ytBIPKx7GXkGY1uCLKOgT_rAeSkAIObheGAgM4"


def key(public: str = ONE) -> KeyId:
    return thumbprint_of(public)


def node_key(
    public: str = ONE,
    purpose: KeyPurpose = KeyPurpose.FACT,
    replaces: str | None = None,
    hand_over: str | None = None,
) -> NodeKeyIntroduced:
    return NodeKeyIntroduced(
        purpose=purpose,
        algorithm=KeyAlgorithm.ED25519,
        key=key(public),
        public_key=public,
        replaces=key(replaces) if replaces else None,
        hand_over=hand_over,
    )


def node_key_revoked(public: str = ONE, since: float = 0) -> NodeKeyRevoked:
    return NodeKeyRevoked(key=key(public), reason=RevocationReason.REPLACED, since=on(since))


def person_key(name: str = "ana", public: str = THREE, vouched_by: str | None = None) -> PersonKeyIntroduced:
    return PersonKeyIntroduced(
        person=PersonId(name),
        key=key(public),
        public_key=public,
        vouched_by=key(vouched_by) if vouched_by else None,
        vouched="a signature" if vouched_by else None,
    )


def person_key_revoked(name: str = "ana", public: str = THREE, since: float = 0) -> PersonKeyRevoked:
    return PersonKeyRevoked(
        person=PersonId(name), key=key(public), reason=RevocationReason.LOST, since=on(since)
    )


def begun() -> World:
    """A world whose node has its first two keys."""
    return partners().tell(node_key(ONE), node_key(TWO, KeyPurpose.LOG), by=NODE, at=on(-100))


def rotated() -> World:
    return begun().tell(node_key(THREE, replaces=ONE), by=NODE, at=on(-1))


def keyed() -> World:
    return partners().tell(person_key(), by=LEO, at=on(-1))


ACCEPTED = [
    Row(claim="a first key", order=IntroduceNodeKey(node_key()), by=NODE, gives=(NodeKeyIntroduced,)),
    Row(
        claim="a fact key in place of another",
        order=IntroduceNodeKey(node_key(THREE, replaces=ONE)),
        world=begun(),
        by=NODE,
        gives=(NodeKeyIntroduced,),
    ),
    Row(
        claim="a log key that is handed over",
        order=IntroduceNodeKey(node_key(THREE, KeyPurpose.LOG, replaces=TWO, hand_over="a note")),
        world=begun(),
        by=NODE,
        gives=(NodeKeyIntroduced,),
    ),
    Row(
        claim="a key that was replaced is revoked",
        order=RevokeNodeKey(node_key_revoked()),
        world=rotated(),
        by=NODE,
        gives=(NodeKeyRevoked,),
    ),
    Row(
        claim="a liaison officer introduces another's key",
        order=IntroducePersonKey(person_key()),
        by=LEO,
        gives=(PersonKeyIntroduced,),
    ),
    Row(
        claim="a person has a second key",
        order=IntroducePersonKey(person_key(public=TWO, vouched_by=THREE)),
        world=keyed(),
        by=VIC,
        gives=(PersonKeyIntroduced,),
    ),
    Row(
        claim="a person revokes their own key",
        order=RevokePersonKey(person_key_revoked(since=-1)),
        world=keyed(),
        by=ANA,
        gives=(PersonKeyRevoked,),
    ),
    Row(
        claim="whoever enrols revokes a key",
        order=RevokePersonKey(person_key_revoked()),
        world=keyed(),
        by=LEO,
        gives=(PersonKeyRevoked,),
    ),
]

REFUSED = [
    Row(
        claim="a node key twice",
        order=IntroduceNodeKey(node_key(ONE, replaces=ONE)),
        world=begun(),
        by=NODE,
        refused="one-key-one-use",
    ),
    Row(
        claim="the log key as fact key",
        order=IntroduceNodeKey(node_key(TWO, replaces=ONE)),
        world=begun(),
        by=NODE,
        refused="one-key-one-use",
    ),
    Row(
        claim="a person's key as fact key",
        order=IntroduceNodeKey(node_key(THREE)),
        world=keyed(),
        by=NODE,
        refused="one-key-one-use",
    ),
    Row(
        claim="a second key beside the one in use",
        order=IntroduceNodeKey(node_key(THREE)),
        world=begun(),
        by=NODE,
        refused="replaces-the-one-in-use",
    ),
    Row(
        claim="in place of a key that is gone",
        order=IntroduceNodeKey(node_key(TWO, replaces=ONE)),
        world=partners().tell(node_key(ONE), node_key(THREE, replaces=ONE), by=NODE, at=on(-1)),
        by=NODE,
        refused="replaces-the-one-in-use",
    ),
    Row(
        claim="a log key without hand-over",
        order=IntroduceNodeKey(node_key(THREE, KeyPurpose.LOG, replaces=TWO)),
        world=begun(),
        by=NODE,
        refused="handed-over",
    ),
    Row(
        claim="a hand-over from nobody",
        order=IntroduceNodeKey(node_key(hand_over="a note")),
        by=NODE,
        refused="handed-over",
    ),
    Row(
        claim="a key under another's name",
        order=IntroduceNodeKey(
            NodeKeyIntroduced(
                purpose=KeyPurpose.FACT, algorithm=KeyAlgorithm.ED25519, key=key(TWO), public_key=ONE
            )
        ),
        by=NODE,
        refused="named-by-thumbprint",
    ),
    Row(
        claim="the key in use is revoked",
        order=RevokeNodeKey(node_key_revoked()),
        world=begun(),
        by=NODE,
        refused="rotate-first",
    ),
    Row(
        claim="an unknown node key is revoked",
        order=RevokeNodeKey(node_key_revoked(THREE)),
        world=begun(),
        by=NODE,
        refused="known",
    ),
    Row(
        claim="a node key is revoked twice",
        order=RevokeNodeKey(node_key_revoked()),
        world=rotated().tell(node_key_revoked(), by=NODE),
        by=NODE,
        refused="once",
    ),
    Row(
        claim="one's own key",
        order=IntroducePersonKey(person_key("leo")),
        by=LEO,
        refused="nobody-introduces-their-own-key",
    ),
    Row(claim="a ghost's key", order=IntroducePersonKey(person_key("ghost")), by=LEO, refused="known"),
    Row(
        claim="one key for two people",
        order=IntroducePersonKey(person_key("rex")),
        world=keyed(),
        by=LEO,
        refused="one-key-one-use",
    ),
    Row(
        claim="the node's key as a person's",
        order=IntroducePersonKey(person_key(public=ONE)),
        world=begun(),
        by=LEO,
        refused="one-key-one-use",
    ),
    Row(
        claim="a second key that the first does not vouch for",
        order=IntroducePersonKey(person_key(public=TWO)),
        world=keyed(),
        by=LEO,
        refused="vouched-for",
    ),
    Row(
        claim="a key vouched for by another person's",
        order=IntroducePersonKey(person_key("rex", public=TWO, vouched_by=THREE)),
        world=keyed(),
        by=LEO,
        refused="vouched-for",
    ),
    Row(
        claim="a key vouched for by a revoked one",
        order=IntroducePersonKey(person_key(public=TWO, vouched_by=THREE)),
        world=keyed().tell(person_key_revoked(), by=LEO),
        by=LEO,
        refused="recovered-by-two",
    ),
    Row(
        claim="another key after the only one was revoked",
        order=IntroducePersonKey(person_key(public=TWO)),
        world=keyed().tell(person_key_revoked(), by=LEO),
        by=LEO,
        refused="recovered-by-two",
    ),
    Row(
        claim="a revoked key returns",
        order=IntroducePersonKey(person_key()),
        world=keyed().tell(person_key_revoked(), by=LEO),
        by=LEO,
        refused="one-key-one-use",
    ),
    Row(
        claim="a key of small order",
        order=IntroducePersonKey(person_key(public="A" * 43)),
        by=LEO,
        refused="a-key-of-one-holder",
    ),
    Row(
        claim="something that is no key",
        order=IntroducePersonKey(person_key(public="not a key")),
        by=LEO,
        refused="a-key-of-one-holder",
    ),
    Row(
        claim="another's key is revoked by somebody",
        order=RevokePersonKey(person_key_revoked("rex")),
        world=partners().tell(person_key("rex"), by=LEO),
        by=ANA,
        refused="ones-own-key-or-an-enrolled-one",
    ),
    Row(
        claim="a key is revoked as that of another person",
        order=RevokePersonKey(person_key_revoked("rex")),
        world=keyed(),
        by=LEO,
        refused="known",
    ),
    Row(
        claim="a person's key is revoked twice",
        order=RevokePersonKey(person_key_revoked()),
        world=keyed().tell(person_key_revoked(), by=LEO),
        by=LEO,
        refused="once",
    ),
    Row(
        claim="a key is revoked from tomorrow on",
        order=RevokePersonKey(person_key_revoked(since=1)),
        world=keyed(),
        by=LEO,
        refused="revoked-at-once",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_a_key_serves_one_purpose_and_one_holder(row: Row) -> None:
    check(row)


def test_a_person_signs_by_the_keys_that_are_not_revoked() -> None:
    world = keyed().tell(person_key(public=TWO), person_key("rex", ONE), person_key_revoked(), by=LEO)
    known = world.read(asks_keys_of(PersonId("ana")), frozenset())
    assert set(keys_of(known, PersonId("ana"))) == {key(TWO)}
    assert set(keys_of(world.history, PersonId("rex"))) == {key(ONE)}
