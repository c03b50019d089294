"""Every rule is explained, matched or not, by what its own condition read."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.protocol import Effect, Protocol
from tearline.protocol.evaluate import Scope, evaluate
from tearline.protocol.explain import Bearing, Explained, explain_all, identities, value_of
from tearline.protocol.types import LONG
from tests.protocol.conditions import NOW, SCHEMA, WIDE, Said, conditions, dossiers
from tests.protocol.packs import cross_border, pack_of
from tests.protocol.test_cure import EFFECTS, PERMIT, pack_around

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def only(condition: str, dossier: dict[str, object], effect: str = "hold") -> Explained:
    pack = pack_of({"rule": (effect, condition), "some": PERMIT})
    return explain_all(pack, {"at": NOW, **dossier})[0]


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.tuples(conditions(), EFFECTS), min_size=1, max_size=3), dossiers(WIDE))
def test_the_explanation_is_the_decision_s_own(
    rules: list[tuple[Said, Effect]], dossier: dict[str, object]
) -> None:
    pack = pack_around([said for said, _ in rules], [effect for _, effect in rules])
    decision = Protocol(packs=(pack,)).decide(dossier)
    told = explain_all(pack, dossier)
    assert [e.rule for e in told] == list(pack.rules)
    by_id = {m.rule.id: m for m in (*decision.matched, *decision.undecided)}
    for one, condition in zip(told, pack.conditions, strict=True):
        value = evaluate(condition, Scope(dossier))
        assert one.value is (value if isinstance(value, bool) else None)
        assert (one.rule.id in by_id) == (one.bearing is not Bearing.NOT_MATCHED)
        if one.rule.id in by_id:
            assert (one.readings, one.missing) == (by_id[one.rule.id].readings, by_id[one.rule.id].missing)
        read = {r for w in one.witnesses for r in w.readings}
        assert read <= set(one.readings)
        assert read == {r for r in one.readings if r.path.endswith("]") or "]." in r.path}


def test_every_rule_of_the_shipped_pack_says_why_it_matched_or_did_not() -> None:
    pack = cross_border()
    for case in pack.cases:
        told = explain_all(pack, case.dossier)
        assert [e.rule.id for e in told] == [rule.id for rule in pack.rules]
        assert all(e.readings or e.missing for e in told)
        assert told[case.rule].counts is case.matches


def test_a_rule_that_did_not_match_says_what_kept_it_from_matching() -> None:
    told = only("item.compromised && overseer_informed", {"item": {"compromised": False}})
    assert told.bearing is Bearing.NOT_MATCHED
    assert dict(told.readings) == {"item.compromised": False}


def test_the_witnesses_are_the_people_and_the_dates_that_decided() -> None:
    chain = [
        {"person": "officer-7", "decided_at": NOW},
        {"person": "officer-8", "decided_at": datetime(2025, 1, 2, tzinfo=UTC)},
        {"decided_at": datetime(2025, 1, 3, tzinfo=UTC)},
    ]
    told = only("chain.exists(p, p.decided_at < at)", {"chain": chain})
    assert [(w.path, w.kind, w.identity) for w in told.witnesses] == [
        ("chain[1]", "chain", "officer-8"),
        ("chain[2]", "chain", None),
    ]
    assert [r.value for r in told.witnesses[0].dates] == [datetime(2025, 1, 2, tzinfo=UTC)]


def test_who_lacks_a_fact_is_a_witness_too() -> None:
    told = only("chain.exists(p, p.valid_until < at)", {"chain": [{"person": "officer-7"}]})
    assert told.bearing is Bearing.HELD
    assert told.value is None
    assert [(w.identity, w.missing) for w in told.witnesses] == [("officer-7", ("chain[0].valid_until",))]
    undecided = only("chain.exists(p, p.valid_until < at)", {"chain": [{"person": "officer-7"}]}, "permit")
    assert (undecided.bearing, undecided.counts) == (Bearing.UNDECIDED, False)


def test_a_list_of_the_unit_has_its_witnesses_as_well() -> None:
    allegations = [{"id": "allegation-1", "kind": "leak", "at": NOW}]
    told = only(
        'recipient.allegations.exists(a, a.kind == "leak")', {"recipient": {"allegations": allegations}}
    )
    assert [(w.path, w.kind, w.identity) for w in told.witnesses] == [
        ("recipient.allegations[0]", "recipient.allegations", "allegation-1")
    ]


def test_each_list_s_identity_is_the_schema_s() -> None:
    assert identities() == {
        "chain": "person",
        "dissents": "id",
        "recipient.allegations": "id",
        "sign_offs": "id",
        "source.warnings": "id",
        "threats": "id",
    }
    assert set(identities()) <= {"source.warnings", "recipient.allegations", *SCHEMA.fields}


def test_more_to_walk_than_may_be_walked_is_not_known() -> None:
    pack = pack_of(
        {"pairs": ("refuse", "chain.exists(p, chain.exists(q, p.person == q.outcome))"), "some": PERMIT}
    )
    link: dict[str, object] = {"person": "a", "outcome": "cleared"}
    chain: list[dict[str, object]] = [{}, *([link] * (LONG - 1))]
    told = explain_all(pack, {"at": NOW, "chain": chain})[0]
    assert (told.value, told.bearing) == (None, Bearing.HELD)
    assert value_of(pack.conditions[0], {"at": NOW, "chain": chain}) is not True
