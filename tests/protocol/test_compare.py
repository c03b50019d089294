"""Two protocols beside each other: what is called looser is, by the evaluator; what is called equal was tried."""

import functools
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.protocol import Effect, Outcome, Pack, Protocol, Rule, load_pack, read_dossier, write_dossier
from tearline.protocol.check import check
from tearline.protocol.compare import Comparison, compare
from tearline.protocol.fast import generate
from tearline.protocol.protocol import SEVERITY
from tearline.protocol.shrink import differences
from tests.protocol.conditions import PARAMETERS, SCHEMA, Said, dossiers
from tests.protocol.packs import SHIPPED, WORDS, cross_border, pack_of, text_of
from tests.protocol.test_symbolic import fit, readable


def confirmed(comparison: Comparison) -> bool:
    """Every case is a dossier that the door lets in, and gets the verdicts that it claims."""
    for direction, strict, lax in (
        (comparison.loosened, comparison.old, comparison.new),
        (comparison.tightened, comparison.new, comparison.old),
    ):
        parameters = {p.name: p for p in (*strict.parameters, *lax.parameters)}.values()
        for case in direction.cases:
            read = read_dossier(write_dossier(case.dossier), file="case", parameters=parameters)
            worse, better = strict.decide(read), lax.decide(read)
            assert (worse, better) == (case.strict, case.lax)
            assert SEVERITY[better.effect] < SEVERITY[worse.effect]
            rules = better.matched if case.rule.effect is Effect.PERMIT else worse.matched
            assert any(m.rule is case.rule for m in rules)
    return True


def bare(pack: Pack) -> Pack:
    """The pack without cases, so that every dossier comes from the solver."""
    return replace(pack, cases=())


@functools.cache
def edited(was: str, now: str, times: int = 1) -> Pack:
    text = SHIPPED.read_text()
    assert was in text
    return bare(load_pack(text.replace(was, now, times), file="edited.yaml"))


def without(pack: Pack, *rules: str) -> Pack:
    kept = [n for n, rule in enumerate(pack.rules) if rule.id not in rules]
    trees = tuple(pack.conditions[n] for n in kept)
    kept_rules = tuple(pack.rules[n] for n in kept)
    return replace(bare(pack), rules=kept_rules, conditions=trees, fast=generate(trees))


# Edits of the shipped pack: what stood there, what stands now, and what that does.

BARRED = '"failed", "refused", "declined", "withdrawn"'
CHAIN = 'chain.all(p, p.outcome in ["cleared", "pending"])'
LOOSENING = [
    ('recipient.outcome in ["failed", "refused", ', 'recipient.outcome in ["failed", '),
    (BARRED + ', "exempt"]', BARRED + "]"),
    ("when: recipient.suspended", "when: has(recipient.suspended) && recipient.suspended"),
    ("when: recipient.suspended", "when: recipient.suspended && item.compromised"),
    ('"gross-violation" && a.status in ["credible", ', '"gross-violation" && a.status in ['),
    ('a.kind == "leak" && a.status != "unfounded"', 'a.kind == "leak" && a.status == "substantiated"'),
    ('a.kind == "corruption" && a.status in ["credible", ', 'a.kind == "corruption" && a.status in ['),
    ("item.perishes_at <= at", "item.perishes_at < at"),
    ("item.originator != item.holder && !", "item.originator != item.holder && has(item.tlp) && !"),
    ("item.originator != item.holder", "item.originator == item.holder"),
    ("when: item.compromised", "when: has(item.compromised) && item.compromised"),
    ("request.recipients > size(", "request.recipients - 1 > size("),
    ('item.tlp == "RED" && ', 'item.tlp == "RED" && chain_complete && '),
    ("s.by == request.by", 's.by == request.by && s.line == "releasing"'),
    ('when: "!chain_complete"', 'when: "has(request.id) && !chain_complete && item.compromised"'),
    ("p.trained_until <= at", "p.trained_until < at"),
    ('p.relation == "recipient" && p.trained', 'p.relation == "superior" && p.trained'),
    ("exists(w, !w.answered)", 'exists(w, !w.answered && w.kind != "retaliation")'),
    ("protection.people_at_risk > 0", "protection.people_at_risk > 1"),
    ("protection.plan_ready_from <= at", 'protection.plan_ready_from <= at + duration("24h")'),
    ("!d.answered || !d.answered_by_superior", "!d.answered"),
    ("(size(dissents) > 0 || size(source.warnings) > 0) && !s", "(size(dissents) > 0) && !s"),
    ("source.knowers < agreement.min_knowers", "source.knowers + 1 < agreement.min_knowers"),
    ('["full", "redacted", "existence"]', '["full", "existence"]'),
    ("size(sign_offs) < agreement.sign_offs", "size(sign_offs) + 1 < agreement.sign_offs"),
    ('s.line == "source-handling")', 's.line == "source-handling" || s.line == "legal")'),
    ("size(sign_offs.filter(t, t.by == s.by)) > 1", "size(sign_offs.filter(t, t.by == s.by)) > 2"),
    ('item.handling == "C" && ', 'item.handling == "C" && item.tlp != "CLEAR" && '),
    ('when: "!request.purpose_stated"', 'when: "has(request.purpose_stated) && !request.purpose_stated"'),
    ('request.scope == "own-agency" && request.purpose_stated &&', 'request.scope == "own-agency" &&'),
]
TIGHTENING = [
    ("when: recipient.suspended", "when: recipient.suspended || chain.exists(p, !has(p.decided_by))"),
    ('a.kind == "leak" && a.status != "unfounded"', 'a.kind == "leak"'),
    ('"gross-violation" && a.status in [', '"gross-violation" && a.status in ["open", '),
    ("has(item.perishes_at) && item.perishes_at <= at", "(!has(item.perishes_at)) || item.perishes_at <= at"),
    ("request.recipients > size(", "request.recipients >= size("),
    ("p.trained_until <= at", 'p.trained_until <= at + duration("24h")'),
    ("protection.people_at_risk > 0", "protection.people_at_risk >= 0"),
    ("size(sign_offs) < agreement.sign_offs", "size(sign_offs) <= agreement.sign_offs"),
    ("source.knowers < agreement.min_knowers", "source.knowers <= agreement.min_knowers"),
    # Past 292 years a length of time is no longer known, and what is not known holds.
    ("p.trained_until <= at", 'p.trained_until - at <= duration("0s")'),
    (CHAIN, 'chain.all(p, p.outcome == "cleared")'),
    ("size(chain) > 0 && chain.all", "size(chain) > 1 && chain.all"),
    ("agreement.in_force_from <= at && at <", "agreement.in_force_from < at && at <"),
    ('request.scope == "partner" &&', 'request.scope == "partner" && has(agreement.overseer) &&'),
]
EQUAL = [
    ("when: recipient.suspended", 'when: "!(!recipient.suspended)"'),
    ("item.perishes_at <= at", "!(item.perishes_at > at)"),
    ("!d.answered || !d.answered_by_superior", "!(d.answered && d.answered_by_superior)"),
    # What a permit asks for anyway, no refusal has to.
    ("agreement.valid_until <= at", "agreement.valid_until < at"),
    ('p.outcome == "exempt")', 'p.outcome == "failed")'),
]


@pytest.mark.parametrize(("was", "now"), LOOSENING)
def test_an_edit_that_loosens_is_shown_by_a_case(was: str, now: str) -> None:
    comparison = compare([bare(cross_border())], [edited(was, now)])
    assert comparison.loosened.cases
    assert not comparison.loosened.open
    assert confirmed(comparison)


@pytest.mark.parametrize(("was", "now"), TIGHTENING)
def test_an_edit_that_tightens_is_proved_nowhere_looser(was: str, now: str) -> None:
    comparison = compare([bare(cross_border())], [edited(was, now)])
    assert comparison.result == "tightened"
    assert confirmed(comparison)
    back = compare([edited(was, now)], [bare(cross_border())])
    assert back.result == "loosened"
    assert confirmed(back)


@pytest.mark.parametrize(("was", "now"), EQUAL)
def test_an_edit_that_changes_no_verdict_is_proved_equal(was: str, now: str) -> None:
    assert compare([bare(cross_border())], [edited(was, now)]).result == "equal"


# Each of these only refuses what no permit would let through either.
IMPLIED = {"exempt-from-vetting", "vetting-failed", "no-agreement-in-force"}


@pytest.mark.parametrize("rule", [r.id for r in cross_border().rules if r.effect is not Effect.PERMIT])
def test_a_rule_that_is_dropped_is_missed(rule: str) -> None:
    comparison = compare([bare(cross_border())], [without(cross_border(), rule)])
    assert comparison.result == ("equal" if rule in IMPLIED else "loosened")
    assert confirmed(comparison)
    assert [case.rule.id for case in comparison.loosened.cases] == ([] if rule in IMPLIED else [rule])


def test_each_of_many_dropped_rules_has_its_case() -> None:
    stops = [rule.id for rule in cross_border().rules if rule.effect is not Effect.PERMIT]
    comparison = compare([bare(cross_border())], [without(cross_border(), *stops)])
    assert {case.rule.id for case in comparison.loosened.cases} == set(stops) - IMPLIED
    assert confirmed(comparison)


def test_a_permit_that_is_dropped_tightens() -> None:
    comparison = compare([cross_border()], [without(cross_border(), "own-agency-release")])
    assert comparison.result == "tightened"
    assert confirmed(comparison)


def test_identical_packs_are_equal() -> None:
    assert compare([cross_border()], [bare(cross_border())]).result == "equal"


def test_a_case_is_the_example_with_few_changes() -> None:
    """Two dropped rules, one that a single fact shows and one that takes a whole warning."""
    new = without(cross_border(), "item-compromised", "second-signature")
    first, second = compare([bare(cross_border())], [new]).loosened.cases
    changes = [(c.path, c.value, c.base) for c in differences(first.dossier, first.base)]
    assert changes == [(("item", "compromised"), True, False)]
    assert 2 <= len(list(differences(second.dossier, second.base))) <= 3


def test_rules_in_another_order_and_under_other_names_are_equal() -> None:
    rules = {
        "one": ("refuse", "sign_offs.exists(s, s.by == request.by)"),
        "two": ("hold", "item.compromised"),
        "yes": ("permit", "request.purpose_stated"),
    }
    other = {
        "yes": ("permit", "request.purpose_stated"),
        "second": ("hold", " item.compromised "),
        "first": ("refuse", "sign_offs.exists(other, other.by  ==  request.by)"),
    }
    assert compare([pack_of(rules)], [pack_of(other)]).result == "equal"


def test_a_refusal_that_only_holds_is_looser() -> None:
    old = pack_of({"stop": ("refuse", "item.compromised"), "yes": ("permit", "true")})
    new = pack_of({"stop": ("hold", "item.compromised"), "yes": ("permit", "true")})
    comparison = compare([old], [new])
    assert comparison.result == "loosened"
    (case,) = comparison.loosened.cases
    assert (case.strict.effect, case.lax.effect) == (Outcome.REFUSE, Outcome.HOLD)


def test_a_product_that_the_solver_cannot_settle_is_undecided_and_no_equality() -> None:
    # No whole number has this property, and no solver is going to find out soon.
    one, two, three = "request.recipients", "source.knowers", "protection.people_at_risk"
    cubes = f"{one} * {one} * {one} + {two} * {two} * {two} == {three} * {three} * {three}"
    hard = f"item.compromised || ({one} > 1 && {two} > 1 && {cubes}"
    old = pack_of({"stop": ("refuse", hard + ")"), "yes": ("permit", "true")})
    new = pack_of(
        {
            "stop": ("refuse", "item.compromised || has(request.recipients) && !has(request.recipients)"),
            "yes": (
                "permit",
                "has(request.recipients) && has(source.knowers) && has(protection.people_at_risk)",
            ),
        }
    )
    comparison = compare([old], [new], seconds=1)
    assert comparison.result == "undecided" or comparison.loosened.cases
    assert confirmed(comparison)


@pytest.mark.parametrize(
    ("was", "now", "result"),
    [
        ("^officer-[0-9]+$", "^officer-[0-9][0-9]*$", "equal"),
        ("^officer-[0-9]+$", "^officer-[0-9]{1,3}$", "loosened"),
        ("^officer-[0-9]{2}$", "^officer-[0-9]{2}", "tightened"),
        ("a|b", "[ab]", "equal"),
        ("^a$|^b$", "^b$|^c$", "both"),
    ],
)
def test_patterns_are_compared_for_every_text(was: str, now: str, result: str) -> None:
    permit = (Effect.PERMIT, "request.by.size() > 0")
    old = built((Effect.REFUSE, f"request.by.matches('{was}')"), permit)
    new = built((Effect.REFUSE, f"request.by.matches('{now}')"), permit)
    comparison = compare([old], [new])
    assert comparison.result == result
    assert confirmed(comparison)


def test_a_letter_that_cannot_be_reasoned_about_is_undecided_not_equal() -> None:
    letter, permit = "\U00030000", (Effect.PERMIT, "true")
    old = built((Effect.REFUSE, f"request.by.startsWith('{letter}')"), permit)
    new = built((Effect.REFUSE, f"request.by.startsWith('{letter}{letter}')"), permit)
    comparison = compare([old], [new])
    assert comparison.result == "undecided"
    assert "letter beyond" in comparison.loosened.open[0].because
    assert compare([old], [old]).result == "equal"


def test_a_quotient_of_large_constants_is_exact() -> None:
    """A double cannot hold 2^53 + 1: a quotient by way of one would hide the case between the two limits."""
    was = pack_of({"many": ("hold", "request.recipients >= 9007199254740992"), "all": ("permit", "true")})
    now = pack_of({"many": ("hold", "request.recipients >= 9007199254740993 / 1"), "all": ("permit", "true")})
    comparison = compare([bare(was)], [bare(now)], seconds=20)
    assert comparison.result == "loosened"
    assert confirmed(comparison)


def test_a_list_longer_than_the_bound_is_not_covered_and_the_bound_is_said() -> None:
    old = pack_of({"stop": ("refuse", "size(chain) > 3"), "yes": ("permit", "true")})
    new = pack_of({"stop": ("refuse", "size(chain) > 4"), "yes": ("permit", "true")})
    assert compare([old], [new]).result == "equal"
    assert compare([old], [new]).bound == 3
    wider = compare([old], [new], bound=4)
    assert wider.result == "loosened"
    assert confirmed(wider)


def test_no_two_entries_of_a_list_have_one_id_but_one_person_may_sign_twice() -> None:
    permit = (Effect.PERMIT, "true")
    for field, result in (("id", "equal"), ("by", "tightened")):
        twice = f"sign_offs.exists(s, size(sign_offs.filter(t, t.{field} == s.{field})) > 1)"
        old = built((Effect.HOLD, f"sign_offs.exists(s, !has(s.{field}))"), permit)
        new = built((Effect.HOLD, f"sign_offs.exists(s, !has(s.{field})) || {twice}"), permit)
        assert compare([old], [new]).result == result


# Several packs, and waives


def named(text: str, name: str) -> Pack:
    return load_pack(text.replace("pack: test", f"pack: {name}"), file=f"{name}.yaml")


def waiving(condition: str, *, rule: str = "slow", of: str = "one") -> Pack:
    text = text_of({"some": ("permit", "true"), "quick": ("waive", condition)})
    return named(f"{text}    waives: [{{pack: {of}, rule: {rule}}}]\n", "quick")


HOLDING = named(
    text_of(
        {
            "some": ("permit", "true"),
            "slow": ("hold", "request.recipients > 0"),
            "never": ("refuse", "item.compromised"),
        }
    ),
    "one",
)


def test_a_second_pack_can_only_tighten() -> None:
    two = named(text_of({"some": ("permit", "chain_complete")}), "two")
    assert compare([HOLDING], [HOLDING, two]).result == "tightened"
    assert compare([HOLDING, two], [HOLDING]).result == "loosened"
    assert compare([HOLDING, two], [two, HOLDING]).result == "equal"


def test_a_waive_loosens_what_it_names_and_nothing_else() -> None:
    comparison = compare([HOLDING], [HOLDING, waiving("overseer_informed")])
    assert comparison.result == "loosened"
    assert [case.rule.id for case in comparison.loosened.cases] == ["slow"]
    assert confirmed(comparison)
    never = named(text_of({"some": ("permit", "true"), "slow": ("hold", "!chain_complete")}), "two")
    assert compare([HOLDING], [HOLDING, waiving("true", of="two")]).result == "equal"
    assert compare([HOLDING, never], [HOLDING, never, waiving("true", of="two")]).result == "loosened"


def test_a_waive_that_asks_for_more_is_stricter() -> None:
    wide = [HOLDING, waiving("overseer_informed")]
    narrow = [HOLDING, waiving("overseer_informed && has(request.id)")]
    assert compare(wide, narrow).result == "tightened"
    back = compare(narrow, wide)
    assert back.result == "loosened"
    assert confirmed(back)


def test_a_waive_lifts_no_hold_that_rests_on_a_missing_fact() -> None:
    """Both waives are true of the same certain holds, and differ only where the hold itself is unknown."""
    one = [HOLDING, waiving("request.recipients > 0")]
    other = [HOLDING, waiving("request.recipients > 0 || !has(request.recipients)")]
    assert compare(one, other).result == "equal"


def test_a_parameter_of_two_types_is_refused_in_one_line() -> None:
    other = named(text_of({"some": ("permit", "true")}).replace("type: int", "type: bool"), "two")
    with pytest.raises(Malformed, match="min_knowers to be of one type on both sides"):
        compare([HOLDING], [other])


# By chance


def built(*rules: tuple[Effect, str]) -> Pack:
    """A pack around conditions, without the reading of a text."""
    trees = tuple(check(condition, SCHEMA).tree for _, condition in rules)
    return Pack(
        name="test",
        version="1",
        sha256="",
        title=WORDS,
        rules=tuple(
            Rule(id=f"rule-{n}", effect=effect, condition=condition, because=WORDS, cites=(), pack="test/1")
            for n, (effect, condition) in enumerate(rules)
        ),
        duties=(),
        parameters=PARAMETERS,
        base={"dossier": 1, "at": SOME_TIME},
        cases=(),
        conditions=trees,
        fast=generate(trees),
    )


SOME_TIME = cross_border().base["at"]
Edit = tuple[Effect, Callable[[str, str], str], set[str]]
EDITS: list[Edit] = [
    (Effect.REFUSE, lambda one, more: f"({one}) && ({more})", {"equal", "loosened"}),
    (Effect.HOLD, lambda one, more: f"({one}) && ({more})", {"equal", "loosened"}),
    (Effect.REFUSE, lambda one, more: f"({one}) || ({more})", {"equal", "tightened"}),
    (Effect.HOLD, lambda one, more: f"({one}) || ({more})", {"equal", "tightened"}),
    (Effect.PERMIT, lambda one, more: f"({one}) || ({more})", {"equal", "loosened"}),
    (Effect.PERMIT, lambda one, more: f"({one}) && ({more})", {"equal", "tightened"}),
    (Effect.REFUSE, lambda one, more: f"!(!({one}))", {"equal"}),
    (Effect.PERMIT, lambda one, more: f"({one}) ? true : false", {"equal"}),
    (Effect.REFUSE, lambda one, more: more, {"equal", "loosened", "tightened", "both"}),
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    one=readable(SCHEMA, 2),
    more=readable(SCHEMA, 2),
    beside=readable(SCHEMA, 1),
    edit=st.sampled_from(EDITS),
    tried=st.lists(dossiers(), min_size=6, max_size=6),
)
def test_an_edit_is_judged_as_trying_it_shows(
    one: Said, more: Said, beside: Said, edit: Edit, tried: list[dict[str, object]]
) -> None:
    effect, change, possible = edit
    others = [(Effect.HOLD, beside.ours)] if effect is Effect.PERMIT else [(Effect.PERMIT, "true")]
    old = built((effect, one.ours), *others)
    new = built((effect, change(one.ours, more.ours)), *others)
    comparison = compare([old], [new], seconds=1)
    assert confirmed(comparison)
    if all(d.cases or d.nowhere for d in (comparison.loosened, comparison.tightened)):
        assert comparison.result in possible
    for dossier in map(fit, tried):
        was, now = (SEVERITY[Protocol(packs=(p,)).decide(dossier).effect] for p in (old, new))
        assert now >= was or not comparison.loosened.nowhere
        assert now <= was or not comparison.tightened.nowhere
