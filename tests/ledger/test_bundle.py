"""A bundle shows chosen fields and proves the rest, to someone who has nothing but the log's key."""

import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.bundle import Bundle, verify
from tearline.ledger.note import Vkey
from tests.ledger.damage import flip
from tests.ledger.handmade import (
    FACT,
    LOG,
    NEXT,
    OTHER,
    OTHER_ORIGIN,
    PERSON,
    HandMade,
    dense,
    name_of,
    node_key,
    person_key,
    private,
    revoked,
    vkey_of,
    written,
)

VKEY = Vkey.parse(vkey_of(LOG))
CLEAR = {"item": "i-1", "tlp": "AMBER"}
SEALED = {"title": "A título", "content": "¿quién sabe?", "source_code": None, "conditions": "not for 'B'"}


def told() -> HandMade:
    """0: the node's key. 1: a person's key. 2: an item, signed by the person. 3: an item that is not. 4, 5: more."""
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", person_key("p-1", PERSON), by="clerk", role="vetting-officer")
    log.add("ItemRegistered", CLEAR, SEALED, person=PERSON)
    log.add("ItemRegistered", CLEAR | {"item": "i-2"}, SEALED)
    log.add("OrganisationRegistered", {"organisation": "o-1", "name": "An agency", "country": "Mexico"})
    log.add("ItemRegistered", CLEAR | {"item": "i-3"}, SEALED)
    return log


TOLD = told()
SHOWN: dict[int, Collection[str]] = {0: (), 1: (), 2: ("title", "content"), 4: ()}
GOOD = TOLD.bundle(SHOWN)


def parts(data: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(data)["facts"]
    return found


def breaks(data: bytes, saying: str) -> None:
    with pytest.raises(Broken, match=saying):
        verify(data, VKEY)


def test_a_bundle_shows_what_it_was_made_to_show_and_nothing_else() -> None:
    excerpt = verify(GOOD, VKEY)
    assert [f.position for f in excerpt.facts] == [0, 1, 2, 4]
    item, organisation = excerpt.facts[2:]
    assert item.shown == {"title": "A título", "content": "¿quién sabe?"}
    assert item.clear == CLEAR
    assert item.hidden == 6
    assert organisation.hidden == 0
    assert organisation.clear["name"] == "An agency"
    assert excerpt.checkpoint.size == 6
    assert "not for" not in GOOD.decode()


@given(st.lists(st.sets(st.sampled_from(sorted(SEALED))), min_size=3, max_size=3))
def test_any_choice_of_fields_is_shown_and_only_that(chosen: list[set[str]]) -> None:
    shown = {0: set[str](), 1: set[str](), 2: chosen[0], 3: chosen[1], 5: chosen[2]}
    found = {f.position: f.shown for f in verify(TOLD.bundle(shown), VKEY).facts}
    assert found == {p: {n: SEALED[n] for n in names} for p, names in shown.items()}


def test_existence_alone_can_be_proven() -> None:
    (_, fact) = verify(TOLD.bundle({0: (), 3: ()}), VKEY).facts
    assert (fact.shown, fact.hidden) == ({}, 8)


def test_reading_and_writing_gives_the_same_bytes() -> None:
    assert bytes(Bundle.parse(GOOD)) == GOOD


def test_no_bit_of_a_bundle_can_be_turned() -> None:
    verify(GOOD, VKEY)
    for at in range(len(GOOD)):
        with pytest.raises((Malformed, Broken)):
            verify(flip(GOOD, 8 * at + at % 8), VKEY)


def test_no_bit_of_a_small_bundle_can_be_turned() -> None:
    small = HandMade.begun().bundle({0: ()})
    verify(small, VKEY)
    for bit in range(8 * len(small)):
        with pytest.raises((Malformed, Broken)):
            verify(flip(small, bit), VKEY)


def test_verifying_needs_no_database_and_no_node() -> None:
    code = (
        "import sys; from tearline.ledger.bundle import verify; from tearline.ledger.note import Vkey;"
        "verify(sys.stdin.buffer.read(), Vkey.parse(sys.argv[1]));"
        "print([m for m in sys.modules if m.startswith(('sqlalchemy', 'sqlite3', 'psycopg', 'tearline.node',"
        " 'tearline.ledger.store', 'tearline.ledger.ledger', 'tearline.cli', 'asyncio', 'http', 'socket'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(VKEY)], input=GOOD, capture_output=True, check=True)
    assert ran.stdout == b"[]\n"


# Whose act it is.


def test_a_fact_is_signed_by_the_person_or_said_not_to_be() -> None:
    signed, unsigned = verify(TOLD.bundle({0: (), 1: (), 2: (), 3: ()}), VKEY).facts[2:]
    assert signed.signed is not None
    assert (signed.signed.name, signed.signed.person) == (name_of(PERSON), "p-1")
    assert unsigned.signed is None


def test_a_personal_signature_needs_the_fact_that_introduces_its_key() -> None:
    breaks(TOLD.bundle({0: (), 2: ()}), "entry 2: signed by a key that no fact before it introduces as p-1's")


def test_an_act_that_binds_whoever_has_a_key_is_not_the_nodes_to_claim() -> None:
    log = told()
    dissent = {"dissent": "d-1", "item": "i-1", "request": None}
    log.add("DissentRecorded", dissent, {"words": "do not send it"})
    breaks(
        log.bundle({0: (), 1: (), 6: ()}),
        "entry 6: binds p-1, who has a key on record, without their signature",
    )
    log.add("DissentRecorded", dissent, {"words": "do not send it"}, person=PERSON)
    log.add("DissentRecorded", dissent, {"words": "do not send it"}, by="p-2")
    facts = verify(log.bundle({0: (), 1: (), 7: (), 8: ()}), VKEY).facts
    assert [f.signed is not None for f in facts] == [False, False, True, False]


def test_a_key_that_one_not_inside_vouches_for_proves_nothing() -> None:
    log = told()
    vouched = person_key("p-1", OTHER) | {"vouched_by": name_of(PERSON), "vouched": "A" * 86}
    log.add("PersonKeyIntroduced", vouched)
    breaks(log.bundle({0: (), 6: ()}), "not inside: the key that vouches")


def test_what_is_not_checked_is_said() -> None:
    """The key of p-1 rests on the clerk's word, an unsigned dissent on there being no founders, and so for roles."""
    log = told()
    log.add("DissentRecorded", {"dissent": "d-1", "item": "i-1", "request": None}, {"words": "no"}, by="p-2")
    word, needed = "on the word of clerk", "whether entry 6 needed a signature"
    signed = " ".join(verify(log.bundle({0: (), 1: (), 2: ()}), VKEY).unchecked)
    unsigned = " ".join(verify(log.bundle({0: (), 6: ()}), VKEY).unchecked)
    for said in ("nothing was left out", "held the role"):
        assert said in signed
        assert said in unsigned
    assert (word in signed, word in unsigned) == (True, False)
    assert (needed in signed, needed in unsigned) == (False, True)


def test_a_key_of_before_the_founders_signs_nothing_after_them() -> None:
    log = told()
    log.add("FoundersNamed", {"founders": ["p-2", "p-3"]}, by="node", role="node")
    log.add("ItemRegistered", CLEAR, SEALED, person=PERSON)
    breaks(log.bundle({0: (), 1: (), 6: (), 7: ()}), "from before the founders")


def test_a_key_signs_for_its_own_person_only() -> None:
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", person_key("p-2", PERSON))
    log.add("ItemRegistered", CLEAR, SEALED, person=PERSON)
    breaks(log.bundle({0: (), 1: (), 2: ()}), "introduces as p-1's")


def test_the_nodes_key_is_no_persons() -> None:
    log = HandMade.begun()
    log.add("ItemRegistered", CLEAR, SEALED, person=FACT)
    breaks(log.bundle({0: (), 1: ()}), "introduces as p-1's")


def test_a_persons_key_is_not_the_nodes() -> None:
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", person_key("p-1", PERSON))
    log.add("ItemRegistered", CLEAR, SEALED, key=PERSON)
    breaks(log.bundle({0: (), 1: (), 2: ()}), "as the node's")


def test_a_personal_signature_over_something_else_is_broken() -> None:
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", person_key("p-1", PERSON))
    log.add("ItemRegistered", CLEAR, SEALED, person=PERSON)
    stolen = json.loads(_decoded(log.facts[2].split(".")[1]))["signed"]
    log.add("ItemRegistered", CLEAR | {"item": "i-9"}, SEALED, signed=stolen)
    verify(log.bundle({0: (), 1: (), 2: ()}), VKEY)
    breaks(log.bundle({0: (), 1: (), 2: (), 3: ()}), "not the fact that the person signed")


def test_a_personal_signature_cannot_be_cut_out() -> None:
    """Whoever cuts it out has another fact, and not even the node's key makes the tree hold that."""
    payload = json.loads(_decoded(TOLD.facts[2].split(".")[1]))
    del payload["signed"]
    cut = TOLD.jws(payload, FACT)
    part = TOLD.part(2)
    shown = [*parts(TOLD.bundle({0: (), 1: ()})), {**part, "presentation": f"{cut}~"}]
    breaks(written(shown), "another fact than the one that the proof carries")
    forged = told()
    forged.facts[2] = cut
    carried = {"presentation": f"{cut}~", "proof": forged.proof(2).replace(forged.note, TOLD.note)}
    breaks(written([*shown[:2], carried]), "does not lead to the root")


def test_a_revoked_key_signs_nothing_more() -> None:
    log = told()
    log.add("PersonKeyRevoked", revoked(PERSON, person="p-1"))
    log.add("ItemRegistered", CLEAR, SEALED, person=PERSON)
    breaks(log.bundle({0: (), 1: (), 6: (), 7: ()}), "revoked before")


def test_a_key_that_was_revoked_later_is_said_to_be() -> None:
    log = told()
    log.add("PersonKeyRevoked", revoked(PERSON, person="p-1"))
    fact = verify(log.bundle({0: (), 1: (), 2: (), 6: ()}), VKEY).facts[2]
    assert fact.signed is not None
    assert fact.signed.revoked == 6
    assert fact.signed.since is not None


# By which of its keys the node signed.


def rotated() -> HandMade:
    log = told()
    log.add("NodeKeyIntroduced", node_key(NEXT, replaces=name_of(FACT)))
    log.add("ItemRegistered", CLEAR | {"item": "i-7"}, SEALED, key=NEXT)
    log.add("NodeKeyRevoked", revoked(FACT), key=NEXT)
    return log


def test_facts_by_the_old_key_and_by_the_new_one_verify_after_a_rotation() -> None:
    log = rotated()
    old, _, new = verify(log.bundle({0: (), 3: (), 6: (), 7: ("title",)}), VKEY).facts[1:]
    assert (old.issued.name, new.issued.name) == (name_of(FACT), name_of(NEXT))
    assert old.issued.followed == 6
    assert new.shown == {"title": SEALED["title"]}


def test_a_bundle_from_before_a_rotation_still_verifies() -> None:
    assert len(verify(GOOD, VKEY).facts) == 4


def test_an_old_key_signs_nothing_after_the_new_one_is_introduced() -> None:
    log = rotated()
    log.add("ItemRegistered", CLEAR, SEALED, key=FACT)
    breaks(log.bundle({0: (), 6: (), 9: ()}), "no longer the node's")


def test_a_new_key_needs_the_fact_that_introduces_it() -> None:
    breaks(rotated().bundle({0: (), 7: ()}), "no fact before it introduces as the node's")


def test_only_entry_0_introduces_the_key_that_signs_it() -> None:
    log = told()
    log.add("NodeKeyIntroduced", node_key(OTHER), key=OTHER)
    log.add("ItemRegistered", CLEAR, SEALED, key=OTHER)
    breaks(log.bundle({6: (), 7: ()}), "entry 6: signed by a key that no fact before it introduces")
    breaks(log.bundle({0: (), 6: (), 7: ()}), "entry 6: signed by a key that no fact before it introduces")


def test_entry_0_that_introduces_nothing_proves_nothing() -> None:
    log = HandMade()
    log.add("ItemRegistered", CLEAR, SEALED)
    breaks(log.bundle({0: ()}), "introduces the key that signs it")


def test_entry_0_is_signed_by_the_key_that_it_introduces() -> None:
    log = HandMade()
    log.add("NodeKeyIntroduced", node_key(NEXT), key=FACT)
    breaks(log.bundle({0: ()}), "the signature does not verify")


def test_a_log_key_signs_no_facts() -> None:
    log = HandMade()
    log.add("NodeKeyIntroduced", node_key(FACT, purpose="log"))
    breaks(log.bundle({0: ()}), "does not introduce")


def test_a_key_is_introduced_once_and_under_its_own_name() -> None:
    log = told()
    log.add("PersonKeyIntroduced", person_key("p-2", PERSON))
    breaks(log.bundle({0: (), 1: (), 6: ()}), "on record already")
    log = told()
    log.add("PersonKeyIntroduced", person_key("p-2", OTHER) | {"key": name_of(NEXT)})
    breaks(log.bundle({0: (), 6: ()}), "not its thumbprint")


# What cannot be taken apart, swapped or moved.


def test_a_fact_without_its_proof_or_under_anothers_is_nothing() -> None:
    one, two = TOLD.part(2), TOLD.part(3)
    before = parts(TOLD.bundle({0: (), 1: ()}))
    with pytest.raises(Malformed, match=r"facts\[2\]: expected presentation and proof"):
        verify(written([*before, {"presentation": one["presentation"]}]), VKEY)
    breaks(written([*before, {**one, "proof": two["proof"]}]), "another fact than")


def test_facts_of_another_ledger_are_no_part_of_this_one() -> None:
    other = HandMade.begun(OTHER_ORIGIN, OTHER, seed=1)
    other.add("ItemRegistered", CLEAR, SEALED)
    theirs = other.bundle({0: (), 1: ()})
    verify(theirs, Vkey.parse(vkey_of(OTHER, OTHER_ORIGIN)))
    breaks(theirs, "no signature by a known key")
    swapped = written([parts(GOOD)[0], parts(theirs)[1]])
    breaks(swapped, "different checkpoints")
    under_ours = {**parts(theirs)[1]}
    under_ours["proof"] = under_ours["proof"].replace(other.note, TOLD.note)
    breaks(written([parts(GOOD)[0], under_ours]), "entry 1: the inclusion proof")


def test_a_key_introduced_in_another_ledger_signs_nothing_here() -> None:
    other = HandMade(OTHER_ORIGIN, OTHER, seed=1)
    other.add("NodeKeyIntroduced", node_key(NEXT), key=NEXT)
    log = HandMade.begun()
    log.add("ItemRegistered", CLEAR, SEALED, key=NEXT)
    theirs = {**other.part(0)}
    theirs["proof"] = theirs["proof"].replace(other.note, log.note)
    breaks(written([theirs, log.part(1)]), "entry 0: the inclusion proof")


def test_a_fact_issued_for_another_log_is_refused_in_this_one() -> None:
    log = HandMade.begun()
    log.add("ItemRegistered", CLEAR, SEALED, iss=OTHER_ORIGIN)
    breaks(log.bundle({0: (), 1: ()}), f"issued by {OTHER_ORIGIN}")


def test_two_bundles_of_one_ledger_under_different_checkpoints_are_not_one() -> None:
    later = told()
    later.add("ItemRegistered", CLEAR, SEALED)
    breaks(written([parts(GOOD)[0], later.part(3)]), "different checkpoints")


def test_a_field_of_another_fact_is_not_this_ones() -> None:
    foreign = TOLD.presentation(2).rstrip("~") + "~" + TOLD.disclosures[3]["title"] + "~"
    shown = [*parts(TOLD.bundle({0: (), 1: ()})), {**TOLD.part(2), "presentation": foreign}]
    breaks(written(shown), "does not commit to this disclosure")


def test_facts_stand_in_the_ledgers_order_and_once() -> None:
    good = parts(GOOD)
    breaks(written([good[0], good[3], good[1]]), "does not follow")
    breaks(written([good[0], good[0]]), "does not follow")


def test_another_logs_key_and_another_witness_are_refused() -> None:
    with pytest.raises(Broken, match="no signature by a known key"):
        verify(GOOD, Vkey.parse(vkey_of(OTHER)))
    log, witness = told(), private("9")
    vkey = Vkey.parse(vkey_of(witness, "watch.example/w", b"\x04"))
    with pytest.raises(Broken, match=r"no cosignature by watch\.example/w"):
        verify(log.bundle({0: ()}), VKEY, [vkey])
    log.cosigned.append((witness, "watch.example/w", 1_800_000_000))
    excerpt = verify(log.bundle({0: (), 3: ()}), VKEY, [vkey])
    assert excerpt.cosigned == {vkey: 1_800_000_000}


def test_no_bit_of_a_cosignature_can_be_turned() -> None:
    log, witness = HandMade.begun(), private("9")
    log.cosigned.append((witness, "watch.example/w", 1_800_000_000))
    vkey = Vkey.parse(vkey_of(witness, "watch.example/w", b"\x04"))
    good = log.bundle({0: ()})
    verify(good, VKEY, [vkey])
    for bit in range(8 * good.index("— watch".encode()), 8 * len(good)):
        with pytest.raises((Malformed, Broken)):
            verify(flip(good, bit), VKEY, [vkey])


def test_times_and_positions_fit_their_place() -> None:
    log = told()
    log.add("ItemRegistered", CLEAR, SEALED, recorded_at="2026-11-22T11:00:00.000000Z")
    breaks(log.bundle({0: (), 6: ()}), "recorded before the one that precedes it")
    log = told()
    log.add("ItemRegistered", CLEAR, SEALED, after=7)
    breaks(log.bundle({0: (), 6: ()}), "not yet reached")


def test_a_purged_fact_stands_and_its_bundle_says_so() -> None:
    log = told()
    purge = {"purge": "u-1", "refs": ["refaaaaaaaaaaaa3"], "indices": [3], "ground": "court-order"}
    log.add("Purged", purge | {"cites": "a court's order", "ordered_by": "p-9"})
    facts = verify(log.bundle({0: (), 3: (), 5: (), 6: ()}), VKEY).facts
    assert [f.purged for f in facts] == [None, 6, None, None]


# One form of bytes.


@pytest.mark.parametrize(
    ("claims", "place"),
    [
        ({"by": 7}, "payload.by"),
        ({"happened_at": "2026-11-22"}, "payload.happened_at"),
        ({"recorded_at": "2026-11-22T12:00:00Z"}, "payload.recorded_at"),
        ({"recorded_at": "never"}, "payload.recorded_at"),
        ({"after": True}, "payload.after"),
        ({"after": -1}, "payload.after"),
        ({"after": "1"}, "payload.after"),
        ({"told": "a telling"}, "payload.told"),
        ({"told": {"telling": "t", "known_at": "then", "rests_on": 1}}, "payload.told"),
        ({"signed": None}, "payload.signed"),
        ({"signed": {"form": "passkey"}}, "payload.signed.form"),
    ],
)
def test_a_fact_that_says_something_else_is_malformed(claims: Mapping[str, Any], place: str) -> None:
    log = HandMade.begun()
    log.add("ItemRegistered", CLEAR, SEALED, **claims)
    with pytest.raises(Malformed, match=f"entry 1: {place}"):
        verify(log.bundle({0: (), 1: ()}), VKEY)


@pytest.mark.parametrize(
    "fact",
    [
        {},
        {"person": "p-1", "key": name_of(NEXT)},
        {**person_key("p-1", NEXT), "public_key": 1},
        {**person_key("p-1", NEXT), "public_key": "A" * 43},
        {**person_key("p-1", NEXT), "more": 1},
        {**person_key("p-1", NEXT), "person": "Not an identifier"},
    ],
)
def test_a_key_that_is_introduced_in_another_form_is_malformed(fact: Mapping[str, Any]) -> None:
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", fact)
    with pytest.raises(Malformed, match="entry 1"):
        verify(log.bundle({0: (), 1: ()}), VKEY)


def _with(member: str, value: object) -> bytes:
    return dense({**json.loads(GOOD), member: value}) + b"\n"


def _presented(change: Callable[[str], str]) -> bytes:
    return written([{**p, "presentation": change(p["presentation"])} for p in parts(GOOD)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b"\xff\n",
        b"[" * 100_000,
        GOOD[:-1],
        GOOD + b"\n",
        b" " + GOOD,
        GOOD.replace(b":1,", b":1.0,", 1),
        GOOD.replace(b":1,", b": 1,", 1),
        GOOD.replace(b":1,", b":true,", 1),
        GOOD.replace(b"tearline-bundle", b"tearline-bund\\u006ce", 1),
        GOOD.replace("—".encode(), b"\\u2014", 1),
        GOOD.replace(b'{"format"', b'{"format":"tearline-bundle","format"', 1),
        _with("version", 2),
        _with("version", 10**30),
        _with("format", "tearline"),
        _with("more", 1),
        _with("facts", []),
        _with("facts", {}),
        _with("facts", [1]),
        _with("facts", [{"presentation": 1, "proof": "x"}]),
        _with("facts", parts(GOOD) * 251),
        dense(dict(reversed(json.loads(GOOD).items()))) + b"\n",
        written([dict(reversed(p.items())) for p in parts(GOOD)]),
        _presented(lambda p: p.rstrip("~")),
        _presented(lambda p: f"{p}~"),
        _presented(lambda p: f"{p}x"),
        _presented(lambda p: p.replace("~", "~é~", 1)),
        _presented(lambda p: "~".join([p.split("~")[0], *reversed(p.split("~")[1:-1]), ""])),
        _presented(lambda p: p + p.split("~")[1] + "~" if p.count("~") > 1 else p),
    ],
)
def test_another_form_of_bundle_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        verify(data, VKEY)


def test_a_bundle_that_is_too_large_is_malformed() -> None:
    with pytest.raises(Malformed, match="at most 16777216 bytes"):
        verify(b" " * ((16 << 20) + 1), VKEY)


@given(st.binary(max_size=300))
def test_bytes_from_anyone_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        verify(data, VKEY)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
