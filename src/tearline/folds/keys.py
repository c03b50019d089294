"""The keys by which people sign what binds them: Ed25519 keys that officers introduced, and passkeys they enrolled."""

from collections.abc import Sequence

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import NodeKeyIntroduced, PersonKeyIntroduced, PersonKeyRevoked

Held = Recorded[PersonKeyIntroduced] | Recorded[PasskeyEnrolled]
INTRODUCE: Sequence[type[Fact]] = (PersonKeyIntroduced, PasskeyEnrolled)


def asks_keys_of(person: PersonId) -> Question:
    """All that can change by which keys this person can sign."""
    return about(f"person:{person}", kinds=(*INTRODUCE, PersonKeyRevoked))


def keys_of(known: History, person: PersonId) -> dict[KeyId, Held]:
    """The keys by which this person can sign: on record, and not revoked; in the order in which they came."""
    revoked = {r.fact.key for r in known.of(PersonKeyRevoked)}
    return {
        key: held
        for key, held in introduced(known).items()
        if held.fact.person == person and key not in revoked
    }


def passkeys_of(known: History, person: PersonId) -> dict[KeyId, PasskeyEnrolled]:
    """The passkeys among them."""
    held = keys_of(known, person)
    return {key: one.fact for key, one in held.items() if isinstance(one.fact, PasskeyEnrolled)}


def introduced(known: History) -> dict[KeyId, Held]:
    """Every key of a person's that ever came on record, by name."""
    found: list[Held] = [*known.of(PersonKeyIntroduced), *known.of(PasskeyEnrolled)]
    return {one.fact.key: one for one in sorted(found, key=lambda r: r.position)}


def had_a_key(known: History, person: PersonId) -> bool:
    """Whether this person ever had a key, revoked or not."""
    return any(held.fact.person == person for held in introduced(known).values())


def asks_key(key: KeyId) -> Question:
    """Whether this key is on record, in whatever way."""
    return about(f"key:{key}", kinds=(NodeKeyIntroduced, *INTRODUCE))


def on_record(known: History, key: KeyId) -> bool:
    """Whether this key was ever put on record, as anybody's."""
    return key in introduced(known) or any(r.fact.key == key for r in known.of(NodeKeyIntroduced))
