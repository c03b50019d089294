"""The generated code and the plain evaluator give one verdict, whatever is missing."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.protocol.types import LONG
from tests.protocol.conditions import SCHEMA, WIDE, Said, conditions, dossiers, facts
from tests.protocol.oracle import pack_around
from tests.protocol.packs import cross_border, pack_of


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(conditions(), min_size=1, max_size=4), st.lists(dossiers(WIDE), min_size=1, max_size=3))
def test_generated_code_and_plain_evaluator_agree(said: list[Said], given_: list[dict[str, object]]) -> None:
    pack = pack_around(said)
    for dossier in given_:
        assert pack.decide(dossier) == pack.decide_slowly(dossier)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(dossiers(), st.data())
def test_the_shipped_pack_decides_alike_either_way(changes: dict[str, object], data: st.DataObject) -> None:
    pack = cross_border()
    dossier = dict(pack.base)
    for name in data.draw(st.sets(st.sampled_from(list(SCHEMA.fields)), max_size=3)) - {"dossier", "at"}:
        dossier[name] = data.draw(facts(SCHEMA.fields[name]))
    assert pack.decide(dossier) == pack.decide_slowly(dossier)
    assert pack.decide(changes) == pack.decide_slowly(changes)


def test_a_list_too_long_to_walk_holds() -> None:
    pack = pack_of(
        {
            "any": ("refuse", 'chain.exists(p, p.person == "nobody")'),
            "some": ("permit", "true"),
        }
    )
    link: dict[str, object] = {"person": "officer-1"}
    at = datetime(2026, 3, 10, tzinfo=UTC)
    fits = pack.decide({"at": at, "chain": [link] * LONG})
    exceeds = pack.decide({"at": at, "chain": [link] * (LONG + 1)})
    assert (fits.effect, exceeds.effect) == ("release", "hold")
    assert exceeds.matched[0].missing == (f"chain: more than {LONG} entries",)


def test_more_to_walk_than_one_decision_may_holds() -> None:
    """Where a fact is missing the plain evaluator walks, slowly: a hostile pack may not make it walk for ever."""
    pack = pack_of(
        {
            "pairs": ("refuse", "chain.exists(p, chain.exists(q, p.person == q.outcome))"),
            "some": ("permit", "true"),
        }
    )
    chain: list[dict[str, object]] = [{"person": "a", "outcome": "cleared"} for _ in range(LONG)]
    verdict = pack.decide({"at": datetime(2026, 3, 10, tzinfo=UTC), "chain": [{}, *chain[1:]]})
    assert verdict.effect == "hold"
    assert verdict.matched[0].missing == ("lists: fewer entries to walk in one decision",)


@pytest.mark.parametrize("wrong", [None, 3, "text", []])
def test_a_fact_of_the_wrong_shape_never_releases(wrong: object) -> None:
    pack = cross_border()
    for name in ("request", "item", "agreement", "recipient", "chain", "protection", "source", "sign_offs"):
        dossier = {**pack.base, name: wrong}
        verdict = pack.decide(dossier)
        assert verdict.effect != "release", name
        assert verdict == pack.decide_slowly(dossier), name
