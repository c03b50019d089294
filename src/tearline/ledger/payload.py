"""What is signed of a fact beside its fields, and the recorded fact that a payload makes.

A payload: ``iss`` (the log's origin), ``kind``, ``ref``, ``recorded_at``, ``happened_at``, ``precision``,
``by`` and ``role``, ``told`` where the fact belongs to a worked case, ``after`` (the position it was
decided on), ``act`` (the hash of the submission's key) and ``fact``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from tearline.facts.codec import Encoded, decode
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, Draft, Precision, Recorded, Role, Told
from tearline.facts.identifiers import PersonId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_PRECISIONS = {str(one.value): one for one in Precision}
_ROLES = {str(one.value): one for one in Role}


def instant(time: datetime) -> str:
    """A time as it is signed: UTC to the microsecond, of one length, so that texts sort like times."""
    if time.tzinfo is None:
        raise TypeError("a time without an offset cannot be recorded")
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_ref(recorded_at: str, random: bytes) -> str:
    """A reference in hex: its time in milliseconds (6 bytes), then random bytes. References sort by time."""
    since = datetime.fromisoformat(recorded_at) - EPOCH
    return (max(0, since // MILLISECOND).to_bytes(6, "big") + random).hex()


def claims_of(draft: Draft) -> dict[str, Any]:
    """What is signed of a draft beside its fact."""
    claims: dict[str, Any] = {
        "happened_at": instant(draft.happened_at),
        "precision": str(draft.precision.value),
        "by": draft.by.person,
        "role": str(draft.by.role.value),
    }
    if draft.told is not None:
        claims["told"] = {
            "telling": draft.told.telling,
            "known_at": instant(draft.told.known_at),
            "rests_on": draft.told.rests_on,
        }
    return claims


def content_of(drafts: Sequence[tuple[Encoded, Mapping[str, Any]]]) -> str:
    """All that a submission says, in one form, so that two can be compared."""
    return json.dumps([[e.kind, e.clear, e.sealed, claims] for e, claims in drafts], sort_keys=True)


@lru_cache(maxsize=4096)
def _actor(person: str, role: str) -> Actor:
    """One object for all that somebody did."""
    return Actor(PersonId(person), _ROLES[role])


def recorded_of(
    position: int,
    payload: Mapping[str, Any],
    opened: Mapping[str, Any],
    purged: frozenset[Compartment] = frozenset(),
) -> Recorded[Fact]:
    """The fact that a payload and its opened fields make; fields in ``purged`` say that they were.

    LookupError, TypeError or ValueError when this version cannot read it.
    """
    told = payload.get("told")
    recorded, happened = payload["recorded_at"], payload["happened_at"]
    recorded_at = datetime.fromisoformat(recorded)
    return Recorded(
        position=position,
        ref=payload["ref"],
        recorded_at=recorded_at,
        happened_at=recorded_at if happened == recorded else datetime.fromisoformat(happened),
        precision=_PRECISIONS[payload["precision"]],
        by=_actor(payload["by"], payload["role"]),
        told=told and Told(told["telling"], datetime.fromisoformat(told["known_at"]), told["rests_on"]),
        fact=decode(payload["kind"], payload["fact"], opened, purged),
    )
