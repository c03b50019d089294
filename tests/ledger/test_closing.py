"""A fact that was read open and is closed for another reader is what that reader would have read.

What leaves a compartment shut is a cut through an opened fact that is already in memory. So for every kind that there
is, and every set of compartments, the cut is held against the record read anew.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.codec import closed as cut
from tearline.facts.codec import compartments, decode, encode
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.vocabulary import kinds
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.facts.shapes import of_kind
from tests.ledger.told import Clock

ALL = frozenset(Compartment)
BY = Actor(PersonId("p-1"), Role.INVESTIGATOR)
OPENINGS = st.frozensets(st.sampled_from(Compartment))
SEALED = [kind for kind in kinds() if compartments(kind.__name__)]
"""Those that anything can be closed in."""


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=8)
@given(st.data())
def test_an_opened_fact_is_closed_as_it_is_read_closed(kind: type[Fact], data: st.DataObject) -> None:
    fact, opening = data.draw(of_kind(kind)), data.draw(OPENINGS)
    purged = data.draw(st.just(frozenset[Compartment]()) | st.just(ALL))
    parts = encode(fact)

    def read(opened: frozenset[Compartment]) -> Fact:
        fields = {n: v for c, part in parts.sealed.items() if c in opened - purged for n, v in part.items()}
        return decode(parts.kind, parts.clear, fields, purged)

    assert cut(read(ALL), opening) == read(opening)


def test_every_kind_is_closed_from_memory_as_from_the_disk(
    ledger: Ledger, url: str, keys: NodeKeys, clock: Clock
) -> None:
    """One fact of each kind that has sealed fields: read whole and then cut, beside a ledger that never opened it."""
    drawn: list[Fact] = []

    @settings(max_examples=1, database=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(*map(of_kind, SEALED)))
    def draw(facts: tuple[Fact, ...]) -> None:
        drawn[:] = facts

    draw()
    when = datetime(2026, 11, 22, 12, tzinfo=UTC)
    drafts = [Draft(fact=fact, happened_at=when, by=BY) for fact in drawn]
    ledger.append(drafts, unless=None, after=0, key="all")
    places = range(ledger.size())
    whole = ledger.at(places, opening=ALL)
    assert [r.fact for r in whole] == drawn
    for opening in [
        frozenset[Compartment](),
        *(frozenset({c}) for c in Compartment),
        *(ALL - {c} for c in Compartment),
    ]:
        fresh = Ledger(url, keys, clock)
        try:
            assert ledger.at(places, opening=opening) == fresh.at(places, opening=opening)
        finally:
            fresh.close()
