"""How far somebody has looked only goes forward. On SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest

from tearline.facts.identifiers import PersonId
from tearline.folds.notices import Seen
from tearline.signin.seen import LastSeen, RememberedSeen
from tests.doors import Entrance

ADA, ABE = PersonId("ada"), PersonId("abe")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def _goes_forward(seen: LastSeen) -> None:
    assert seen.of(ADA) is None
    seen.look(ADA, Seen(position=5, at=NOW))
    seen.look(ADA, Seen(position=3, at=NOW + timedelta(hours=1)))
    assert seen.of(ADA) == Seen(position=5, at=NOW + timedelta(hours=1))
    assert seen.of(ABE) is None


@pytest.mark.both_databases
def test_a_look_is_kept_at_the_door_for_each_person(door_on: Entrance) -> None:
    _goes_forward(door_on.door.seen)


def test_in_a_demonstration_it_is_remembered() -> None:
    _goes_forward(RememberedSeen())
