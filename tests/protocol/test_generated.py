"""The generated code and the plain evaluator give one verdict, whatever is missing."""

import copy
import math
import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.protocol.check import check
from tearline.protocol.fast import generate
from tearline.protocol.types import DOUBLE, LONG, ListOf, Record
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
        slowly = pack.decide_slowly(dossier)
        assert pack.decide(dossier) == slowly
        assert pack.outcome(dossier) == (slowly.effect, tuple(one.rule.id for one in slowly.matched))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(dossiers(), st.data())
def test_the_shipped_pack_decides_alike_either_way(changes: dict[str, object], data: st.DataObject) -> None:
    pack = cross_border()
    dossier = dict(pack.base)
    for name in data.draw(st.sets(st.sampled_from(list(SCHEMA.fields)), max_size=3)) - {"dossier", "at"}:
        dossier[name] = data.draw(facts(SCHEMA.fields[name]))
    for given_ in (dossier, changes):
        slowly = pack.decide_slowly(given_)
        assert pack.decide(given_) == slowly
        assert pack.outcome(given_) == (slowly.effect, tuple(one.rule.id for one in slowly.matched))


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


def test_a_case_that_lacks_no_fact_is_decided_in_one_pass() -> None:
    """Not a matter of the verdict but of speed: what the tests above compare is mostly the one pass."""
    pack = cross_border()
    for case in pack.cases:
        lacks = pack.decide_slowly(case.dossier).undecided or any(
            not one.certain for one in pack.decide_slowly(case.dossier).matched
        )
        if not lacks:
            bits = pack.fast.matching(case.dossier)
            assert pack.fast.verdict(case.dossier)[0] == bits
            assert pack.bits.said(bits) == pack.outcome(case.dossier)


def test_a_verdict_does_not_change_with_its_dossier() -> None:
    pack = cross_border()
    case = next(case for case in pack.cases if pack.rules[case.rule].id == "exempt-from-vetting")
    dossier = copy.deepcopy(dict(case.dossier))
    verdict, before = pack.decide(dossier), pack.decide_slowly(dossier)
    chain = dossier["chain"]
    assert isinstance(chain, list)
    for one in chain:
        one.clear()
    chain.clear()
    assert verdict == before


def test_a_verdict_is_a_value_though_nobody_has_read_it() -> None:
    pack = cross_border()
    slowly = pack.decide_slowly(pack.base)
    assert hash(pack.decide(pack.base)) == hash(slowly)
    assert repr(pack.decide(pack.base)) == repr(slowly)
    assert pickle.loads(pickle.dumps(pack.decide(pack.base))) == slowly  # noqa: S301  our own bytes
    assert copy.deepcopy(pack.decide(pack.base)) == slowly
    matched = pack.decide(pack.base).matched[0]
    assert replace(matched, certain=False).readings == slowly.matched[0].readings
    with pytest.raises(FrozenInstanceError):
        matched.certain = False  # type: ignore[misc]  # that it cannot be is what is tested
    with pytest.raises(AttributeError, match="no reading"):
        matched.reading  # type: ignore[attr-defined]  # noqa: B018


def test_a_count_of_equals_takes_no_nan_for_its_own_equal() -> None:
    one = Record("one", {"x": DOUBLE})
    schema = Record("dossier", {"some": ListOf(one)})
    tree = check("some.exists(a, size(some.filter(b, b.x == a.x)) > 1)", schema).tree
    matching = generate([tree]).matching
    assert matching({"some": [{"x": 1.0}, {"x": 1.0}]}) == 1
    assert matching({"some": [{"x": 1.0}, {"x": 2.0}]}) == 0
    assert matching({"some": [{"x": math.nan}] * 2}) == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_who_lacks_a_fact_in_a_long_chain_is_told_alike_either_way(data: st.DataObject) -> None:
    pack = cross_border()
    base = pack.base["chain"]
    assert isinstance(base, list)
    gaps = st.tuples(st.integers(0, 39), st.sampled_from(sorted(base[0])))
    chain = [dict(base[n % len(base)]) for n in range(40)]
    for n, name in data.draw(st.lists(gaps, max_size=4)):
        chain[n].pop(name, None)
    for n, outcome in data.draw(
        st.lists(st.tuples(st.integers(0, 39), st.sampled_from(["pending", "exempt"])), max_size=2)
    ):
        chain[n]["outcome"] = outcome
    dossier = {**pack.base, "chain": chain}
    assert pack.decide(dossier) == pack.decide_slowly(dossier)
