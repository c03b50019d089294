"""What would cure a hold: a cure that is told as checked really cures, and asks for nothing that it does not need."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.protocol import Decision, Effect, Pack, Protocol, load_pack, read_dossier, write_dossier
from tearline.protocol.check import check
from tearline.protocol.curable import EMPTY, GROWS, REASONS, Curable, fields, reason
from tearline.protocol.cure import Change, Cure, besides, cure, rows, standing, with_changes
from tearline.protocol.fast import generate
from tearline.protocol.needed import bare, holds, value_at
from tearline.protocol.rule import Rule
from tests.protocol.conditions import NOW, SCHEMA, WIDE, Said, conditions, dossiers, facts
from tests.protocol.packs import SHIPPED, WORDS, cross_border, pack_of, shipped, text_of

PACKS = sorted(SHIPPED.parent.glob("*.yaml"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
PERMIT = ("permit", "true")
NOT_CURED: Mapping[tuple[str, str, str], str] = {
    (
        "us.icd191/1",
        "warning-not-assessed",
        "matches[0]",
    ): "what an assessment will find is not for a cure to say",
    (
        "us.icd191/1",
        "warning-not-assessed",
        "matches[1]",
    ): "what an assessment will find is not for a cure to say",
    (
        "us.icd191/1",
        "warning-not-assessed",
        "matches[2]",
    ): "what an assessment will find is not for a cure to say",
    ("exposure/1", "source-not-reckoned", "matches[0]"): "how many could have known is not for a cure to say",
}
"""Cases of shipped packs, as (pack, rule, case), that are not cured, and why."""


def held(found: Decision) -> list[str]:
    return [m.rule.id for m in standing(found)]


def refused(found: Decision) -> set[str]:
    return {m.rule.id for m in found.matched if m.rule.effect is Effect.REFUSE and m.certain}


def check_cure(protocol: Protocol, dossier: Mapping[str, object], found: Cure) -> None:
    """What every cure promises, told as checked or not."""
    before, after = protocol.decide(dossier), protocol.decide(found.dossier)
    assert with_changes(dossier, found.changes) == found.dossier
    assert set(held(after)) <= {rule.id for rule in found.left}
    assert refused(after) <= refused(before)
    assert found.verified == (not held(after))
    assert found.then is after.effect
    assert {rule.id for rule in found.refused_by} == refused(after)
    for change in found.changes:
        assert_is_curable(dossier, change)
        rest = [c for c in found.changes if c is not change]
        without = protocol.decide(with_changes(dossier, rest))
        still = {rule.id for rule in found.left}
        worse = refused(without) - refused(before) or not permits(without) >= permits(before)
        assert set(held(without)) - still or worse, change
        assert set(held(without)) - still == {rule.id for rule in change.cures}, change


def permits(found: Decision) -> set[str]:
    return {v.pack for v in found.verdicts if any(m.rule.effect is Effect.PERMIT for m in v.matched)}


def assert_is_curable(dossier: Mapping[str, object], change: Change) -> None:
    """Only what an act changes is changed, and what is as it is, at most stated."""
    assert change.before == (None if change.adds else value_at(dossier, change.path))
    level = reason(bare(change.path), isinstance(change.after, bool)).curable
    assert level is not Curable.FIXED
    assert level is not Curable.STATED or change.before is None
    if change.adds:
        assert bare(change.path) in GROWS
        assert isinstance(change.after, dict)
        for name, value in change.after.items():
            assert holds(value, [n for n in change.needed if n.path == f"{change.path}.{name}"])
    elif not isinstance(change.after, list):
        assert holds(change.after, change.needed)


def pack_around(said: list[Said], effects: list[Effect]) -> Pack:
    trees = tuple(check(one.ours, WIDE).tree for one in said)
    return Pack(
        name="test",
        version="1",
        sha256="",
        title=WORDS,
        rules=tuple(
            Rule(id=f"rule-{n}", effect=effect, condition=one.ours, because=WORDS, cites=(), pack="test/1")
            for n, (one, effect) in enumerate(zip(said, effects, strict=True))
        ),
        duties=(),
        parameters=(),
        base={},
        cases=(),
        conditions=trees,
        fast=generate(trees),
    )


EFFECTS = st.sampled_from([Effect.HOLD, Effect.HOLD, Effect.HOLD, Effect.REFUSE, Effect.PERMIT])


@settings(max_examples=250, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.tuples(conditions(), EFFECTS), min_size=1, max_size=3), dossiers(WIDE))
def test_a_cure_cures_and_each_change_is_needed(
    rules: list[tuple[Said, Effect]], dossier: dict[str, object]
) -> None:
    pack = pack_around([said for said, _ in rules], [effect for _, effect in rules])
    protocol = Protocol(packs=(pack,))
    check_cure(protocol, dossier, cure(protocol, dossier))


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_the_shipped_pack_is_cured_on_dossiers_by_chance(data: st.DataObject) -> None:
    protocol = Protocol(packs=(cross_border(),))
    dossier = dict(cross_border().base)
    for name in data.draw(st.sets(st.sampled_from(list(SCHEMA.fields)), max_size=3)) - {"dossier", "at"}:
        dossier[name] = data.draw(facts(SCHEMA.fields[name]))
    check_cure(protocol, dossier, cure(protocol, dossier))


def test_the_table_says_of_every_field_whether_it_can_be_changed() -> None:
    assert set(REASONS) == fields()
    assert set(REASONS) >= GROWS
    assert set(REASONS) >= EMPTY
    assert reason("agreement.revetting").curable is Curable.STATED


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.stem)
def test_every_case_of_a_hold_in_a_shipped_pack_is_cured(file: Path) -> None:
    pack = load_pack(file.read_bytes(), file=file.name)
    protocol = Protocol(packs=(pack,))
    for case in pack.cases:
        rule = pack.rules[case.rule]
        if not case.matches or rule.effect is not Effect.HOLD:
            continue
        found = cure(protocol, case.dossier)
        check_cure(protocol, case.dossier, found)
        assert found.verified is ((pack.id, rule.id, case.name) not in NOT_CURED), (rule.id, case.name)
        plain = write_dossier(found.dossier)
        assert read_dossier(plain, file="cured", parameters=pack.parameters) == found.dossier


def one(condition: str, **dossier: object) -> Cure:
    """The cure of one hold with this condition."""
    text = text_of({"held": ("hold", condition), "some": PERMIT}).replace("dossier: 1", "dossier: 2", 1)
    pack = load_pack(text, file="test.yaml")
    made: dict[str, object] = {"dossier": 2, "at": NOW, **dossier}
    found = cure(pack, made)
    check_cure(Protocol(packs=(pack,)), made, found)
    return found


def asked(found: Cure) -> dict[str, object]:
    return {change.path: change.after for change in found.changes}


@pytest.mark.parametrize(
    ("condition", "dossier", "changes"),
    [
        ("overseer_informed", {}, {"overseer_informed": False}),
        (
            "dissents.exists(d, !d.answered)",
            {"dissents": [{"id": "a", "answered": True}, {"id": "b", "answered": False}]},
            {"dissents[1].answered": True},
        ),
        (
            'chain.exists(p, p.outcome == "pending")',
            {"chain": [{"outcome": "cleared"}, {"outcome": "pending"}]},
            {"chain[1].outcome": "cleared"},
        ),
        (
            '!sign_offs.exists(s, s.line == "second")',
            {"sign_offs": []},
            {"sign_offs[0]": {"line": "second"}},
        ),
        ("size(sign_offs) < 2", {"sign_offs": []}, {"sign_offs[0]": {}, "sign_offs[1]": {}}),
        (
            "recipient.valid_until <= at",
            {"recipient": {"valid_until": NOW}},
            {"recipient.valid_until": NOW + timedelta(seconds=1)},
        ),
        (
            "chain.exists(p, p.decided_at < at - agreement.revetting)",
            {
                "agreement": {"revetting": timedelta(days=30)},
                "chain": [{"decided_at": NOW - timedelta(days=31)}],
            },
            {"chain[0].decided_at": NOW},
        ),
        (
            # What an act can change goes before another request.
            'request.extent == "full" && !overseer_informed',
            {"request": {"extent": "full"}, "overseer_informed": False},
            {"overseer_informed": True},
        ),
        (
            "source.knowers < agreement.min_knowers",
            {"agreement": {"min_knowers": 5}, "source": {}},
            {"source.knowers": 5},
        ),
        ("source.warnings.exists(w, !w.answered)", {"source": {}}, {"source.warnings": []}),
        (
            'item.europol_codes.exists(c, c == "H3")',
            {"item": {"europol_codes": ["H1", "H3"]}},
            {"item.europol_codes": ["H1"]},
        ),
        (
            'consent.requires.exists(r, r == "sanitise") && !("sanitise" in consent.requires)',
            {"consent": {"requires": ["downgrade"]}},
            {},
        ),
    ],
)
def test_what_is_asked_for_is_read_off_the_condition(
    condition: str, dossier: dict[str, object], changes: dict[str, object]
) -> None:
    found = one(condition, **dossier)
    assert found.verified
    assert asked(found) == changes


@pytest.mark.parametrize(
    ("condition", "dossier"),
    [
        ("at > timestamp('2020-01-01T00:00:00Z')", {}),
        ("source.knowers < 5", {"source": {"knowers": 3}}),
        ("size(dissents) > 0", {"dissents": [{"id": "a"}]}),
        ('chain.exists(p, p.person == "a")', {"chain": [{"person": "a"}]}),
        ("agreement.min_knowers < 5", {"agreement": {"min_knowers": 3}}),
        ("size(chain) > 0", {}),  # who would be in it, nobody may guess
        ("true", {}),
    ],
)
def test_what_nobody_can_change_is_not_asked_for(condition: str, dossier: dict[str, object]) -> None:
    found = one(condition, **dossier)
    assert not found.verified
    assert found.changes == ()
    assert [rule.id for rule in found.left] == ["held"]
    assert found.then == "hold"


def test_a_hold_that_nothing_cures_leaves_the_others_their_cure() -> None:
    pack = pack_of({"a": ("hold", "true"), "b": ("hold", "!overseer_informed"), "some": PERMIT})
    found = cure(pack, {"at": NOW, "overseer_informed": False})
    assert asked(found) == {"overseer_informed": True}
    assert not found.verified
    assert [rule.id for rule in found.left] == ["a"]


def test_a_cure_never_brings_up_a_refusal() -> None:
    """Deciding a pending vetting as failed would end the hold, and refuse."""
    pack = pack_of(
        {
            "bad": ("refuse", 'chain.exists(p, p.outcome in ["cleared", "failed", "refused", "declined"])'),
            "open": ("hold", 'chain.exists(p, p.outcome == "pending")'),
            "some": PERMIT,
        }
    )
    found = cure(pack, {"at": NOW, "chain": [{"outcome": "pending"}]})
    assert found.verified
    assert asked(found)["chain[0].outcome"] in ("exempt", "withdrawn")


def test_a_refusal_stays_and_is_named() -> None:
    pack = pack_of(
        {"no": ("refuse", "recipient.suspended"), "a": ("hold", "!overseer_informed"), "some": PERMIT}
    )
    found = cure(pack, {"at": NOW, "recipient": {"suspended": True}, "overseer_informed": False})
    assert found.verified
    assert found.then == "refuse"
    assert [rule.id for rule in found.refused_by] == ["no"]


def test_a_cure_does_not_cost_the_permit() -> None:
    pack = pack_of(
        {"a": ("hold", 'request.extent != "tearline"'), "some": ("permit", 'request.extent == "full"')}
    )
    found = cure(pack, {"at": NOW, "request": {"extent": "full"}})
    assert not found.verified
    assert found.changes == ()


def test_entries_that_several_rules_want_are_asked_for_once() -> None:
    pack = pack_of(
        {
            "number": ("hold", "size(sign_offs) < 3"),
            "second": ("hold", '!sign_offs.exists(s, s.line == "second")'),
            "legal": ("hold", '!sign_offs.exists(s, s.line == "legal")'),
            "apart": ("hold", "sign_offs.exists(s, size(sign_offs.filter(t, t.by == s.by)) > 1)"),
            "some": PERMIT,
        }
    )
    dossier: dict[str, object] = {"at": NOW, "sign_offs": [{"by": "officer-1", "line": "releasing"}]}
    found = cure(pack, dossier)
    check_cure(Protocol(packs=(pack,)), dossier, found)
    assert found.verified
    assert set(asked(found)) == {"sign_offs[1]", "sign_offs[2]"}


def test_the_rows_say_who_owes_what_by_when() -> None:
    pack = pack_of({"a": ("hold", "!overseer_informed"), "b": ("hold", "!chain_complete"), "some": PERMIT})
    dossier = {"at": NOW, "overseer_informed": False}
    decision, found = Protocol(packs=(pack,)).decide(dossier), cure(pack, dossier)
    first, second = rows(decision, found)
    assert (first.rule.id, [c.path for c in first.changes]) == ("a", ["overseer_informed"])
    assert [(o.obligation, o.debtor, o.due) for o in first.owed] == [
        ("cure", "own", NOW + timedelta(hours=24))
    ]
    assert (second.missing, [c.before for c in second.changes]) == (("chain_complete",), [None])
    assert second.owed == ()  # stating the fact may be all that is needed
    assert besides(decision, found) == ()


def test_the_search_ends_however_much_there_is_to_change() -> None:
    """A thousand people to vet are more changes than one cure may hold: that is said, soon."""
    pack = pack_of({"open": ("hold", 'chain.exists(p, p.outcome == "pending")'), "some": PERMIT})
    few: list[dict[str, object]] = [{"outcome": "pending"}] * 40
    assert cure(pack, {"at": NOW, "chain": few}).verified
    many: list[dict[str, object]] = [{"outcome": "pending"}] * 1000
    found = cure(pack, {"at": NOW, "chain": many})
    assert not found.verified
    assert [rule.id for rule in found.left] == ["open"]


@pytest.mark.parametrize(
    "condition",
    [
        "chain.exists(p, chain.exists(q, p.outcome == q.outcome))",
        "!chain.exists(p, sign_offs.exists(s, s.by == p.person))",
        "("
        + " || ".join(f"sign_offs.exists(s, s.line == 'legal' && s.by != 'officer-{n}')" for n in range(40))
        + ")",
        "size(sign_offs.filter(s, s.line == 'legal')) * 2 > size(chain)",
    ],
)
def test_a_hostile_condition_costs_no_more_than_the_bounds(condition: str) -> None:
    pack = pack_of({"held": ("hold", condition), "some": PERMIT})
    people: list[dict[str, object]] = [{"person": f"officer-{n}", "outcome": "pending"} for n in range(300)]
    dossier: dict[str, object] = {"at": NOW, "chain": people, "sign_offs": [{"line": "legal"}]}
    found = cure(pack, dossier)
    check_cure(Protocol(packs=(pack,)), dossier, found)


@pytest.mark.parametrize(
    "condition",
    [
        "threats.map(t, agreement.revetting).all(span, at == at + span)",
        "threats.map(t, agreement.revetting).exists(span, at != at + span)",
        "size(threats.map(t, agreement.revetting).filter(span, at != at + span)) == 1",
        "threats.map(t, t.at).filter(day, day <= at).exists_one(day, day == at)",
    ],
)
@pytest.mark.parametrize("terms", [{}, {"revetting": timedelta(0)}, {"revetting": timedelta(days=1)}])
def test_what_is_made_of_a_list_is_not_taken_for_its_entries(
    condition: str, terms: dict[str, object]
) -> None:
    one(condition, agreement=terms, threats=[{"id": "threat-1", "at": NOW}])


def test_a_cure_that_states_a_newer_fact_makes_a_newer_dossier() -> None:
    pack = shipped()["first.tlp2/1"]
    older = {key: value for key, value in pack.base.items() if key != "request"} | {
        "dossier": 1,
        "request": {"recipients": 1, "purpose_stated": True},
    }
    found = cure(pack, older)
    assert "request.reach" in {change.path for change in found.changes}
    plain = write_dossier(found.dossier)
    assert plain["dossier"] == 2
    assert read_dossier(plain, file="cured", parameters=pack.parameters) == found.dossier
