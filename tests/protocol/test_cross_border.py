"""The shipped pack: its own cases, what a missing fact does to it, and that its cases would notice a slip."""

import copy
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tearline.facts.shape import record_of
from tearline.facts.vocabulary import kinds
from tearline.protocol import Effect, Outcome, Verdict
from tearline.protocol.evaluate import Scope, evaluate
from tearline.protocol.pack import Case
from tearline.protocol.schema import schema
from tearline.protocol.tree import (
    Among,
    Both,
    Compare,
    Constant,
    Constants,
    Either,
    Has,
    Node,
    Not,
    Quantifier,
    children,
)
from tearline.protocol.types import BOOL, ListOf, Record, Simple, Type
from tests.protocol.conditions import values
from tests.protocol.packs import cross_border

PACK = cross_border()
SCHEMA = schema(PACK.parameters, version=1)
RULES = [rule.id for rule in PACK.rules]


def cases_of(rule: str) -> list[Case]:
    return [case for case in PACK.cases if PACK.rules[case.rule].id == rule]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_matches_its_case_and_passes_the_other(rule: str) -> None:
    assert {case.matches for case in cases_of(rule)} == {True, False}
    assert [str(failure) for failure in PACK.check_cases() if failure.rule == rule] == []


def test_the_pack_permits_its_base() -> None:
    assert PACK.decide(PACK.base).effect is Outcome.RELEASE
    assert PACK.check_cases() == ()


def test_every_rule_is_cited_in_both_languages_and_every_hold_can_be_cured() -> None:
    assert len(PACK.rules) >= 14
    for rule in PACK.rules:
        assert rule.cites
        assert rule.because.en != rule.because.es
        assert bool(rule.owes) == (rule.effect is Effect.HOLD)


def test_no_clause_that_awaits_counsel_permits() -> None:
    permits = [rule for rule in PACK.rules if rule.effect is Effect.PERMIT]
    assert permits
    assert not any(cite.awaiting_check for rule in permits for cite in rule.cites)


def test_duties_speak_of_facts_that_exist_and_of_a_field_that_both_share() -> None:
    known = {kind.__name__: kind for kind in kinds()}
    for duty in PACK.duties:
        for kind in (duty.on, *duty.discharged_by):
            fields = {field.name for field in record_of(known[kind]).fields}
            assert duty.about in fields, f"{duty.id}: {kind} has no {duty.about}"


# A missing fact


def _leaves(
    value: object, type_: Type, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Simple]]:
    match type_, value:
        case Simple(), _:
            yield path, type_
        case ListOf(), list():
            for n, one in enumerate(value):
                yield from _leaves(one, type_.element, (*path, n))
        case Record(), dict():
            for key, inner in value.items():
                yield from _leaves(inner, type_.fields[key], (*path, key))
        case _:
            raise AssertionError(path)


def _put(dossier: dict[str, object], path: tuple[str | int, ...], *value: object) -> dict[str, object]:
    """The dossier with this value at this path, or without one."""
    changed = copy.deepcopy(dossier)
    holder: object = changed
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]  # the path was found in this dossier
    if value:
        holder[path[-1]] = value[0]  # type: ignore[index]  # as above
    else:
        del holder[path[-1]]  # type: ignore[attr-defined]  # as above
    return changed


def _asked_for(node: Node) -> set[str]:
    """Names of fields whose absence a condition asks about."""
    own = {node.field.name} if isinstance(node, Has) else set()
    return own.union(*(_asked_for(child) for child in children(node)))


MAY_BE_ABSENT = set().union(*(_asked_for(condition) for condition in PACK.conditions))


def _some(type_: Simple) -> list[object]:
    strategy = values(type_)
    return list(getattr(strategy, "elements", [False, True]))


def test_a_missing_fact_never_releases_what_some_value_of_it_would_stop() -> None:
    tried = 0
    for case in PACK.cases[::2]:
        dossier = dict(case.dossier)
        for path, type_ in _leaves(dossier, SCHEMA, ()):
            if path in (("at",), ("dossier",)) or path[-1] in MAY_BE_ABSENT:
                continue
            if PACK.decide(_put(dossier, path)).effect is Outcome.RELEASE:
                for value in _some(type_):
                    tried += 1
                    assert PACK.decide(_put(dossier, path, value)).effect is Outcome.RELEASE, (
                        case,
                        path,
                        value,
                    )
    assert tried > 1_000


@pytest.mark.parametrize("rule", [rule.id for rule in PACK.rules if rule.effect is not Effect.PERMIT])
def test_a_rule_holds_where_a_fact_that_decides_it_is_missing(rule: str) -> None:
    held = set()
    for case in cases_of(rule):
        dossier = dict(case.dossier)
        for path in [(name,) for name in dossier] + [path for path, _ in _leaves(dossier, SCHEMA, ())]:
            if path == ("at",):
                continue
            verdict = PACK.decide(_put(dossier, path))
            for match in verdict.matched:
                if match.rule.id == rule and not match.certain:
                    assert verdict.effect in (Outcome.HOLD, Outcome.REFUSE)
                    assert match.missing
                    held.add(path)
    assert held


OVERRULED: dict[str, object] = {
    "dissents": [{"id": "dissent-1", "answered": True, "answered_by_superior": True}],
    "sign_offs": [
        {"id": f"sign-off-{n}", "by": f"officer-{n}", "line": line}
        for n, line in enumerate(("releasing", "source-handling", "second"), 2)
    ],
    "overseer_informed": True,
}
"""A dissent, answered and overruled in due form: still a release."""


@pytest.mark.parametrize("name", [name for name in SCHEMA.fields if name not in ("dossier", "at")])
def test_without_a_whole_part_of_the_dossier_nothing_is_released(name: str) -> None:
    permitted = dict(PACK.base) | OVERRULED
    assert PACK.decide(permitted).effect is Outcome.RELEASE
    verdict = PACK.decide({key: value for key, value in permitted.items() if key != name})
    assert verdict.effect in (Outcome.HOLD, Outcome.REFUSE)
    missing = [path for match in (*verdict.matched, *verdict.undecided) for path in match.missing]
    assert any(path.split(".")[0] == name for path in missing)


def test_a_permit_that_cannot_be_decided_does_not_permit_and_says_why() -> None:
    verdict = PACK.decide({key: value for key, value in PACK.base.items() if key != "agreement"})
    assert verdict.effect is Outcome.REFUSE
    permit = next(match for match in verdict.undecided if match.rule.id == "partner-release")
    assert permit.missing == ("agreement.in_force_from", "agreement.valid_until")


# A slip of the pen

FLIPS = {"==": ["!="], "!=": ["=="], "<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="]}


def _slips(node: Node) -> Iterator[Node]:
    """The condition with one slip in it, in every way that we thought of."""
    match node:
        case Compare():
            for flipped in FLIPS[node.operator]:
                yield replace(node, operator=flipped)  # type: ignore[arg-type]  # one of the operators
        case Not(of=of):
            yield of
        case Both(items=items):
            yield Either(items)
            yield from (Both((*items[:n], *items[n + 1 :])) for n in range(len(items)))
        case Either(items=items):
            yield Both(items)
            yield from (Either((*items[:n], *items[n + 1 :])) for n in range(len(items)))
        case Quantifier(kind="all"):
            yield replace(node, kind="exists")
        case Quantifier(kind="exists"):
            yield replace(node, kind="all")
        case Has():
            yield Constant(True, BOOL)
        case Among(list=Constants(values=words, type=type_)):
            for n in range(len(words)):
                yield replace(node, list=Constants((*words[:n], *words[n + 1 :]), type_))
        case _:
            pass
    for field in getattr(node, "__dataclass_fields__", {}):
        inner = getattr(node, field)
        if isinstance(inner, Node):
            for slip in _slips(inner):
                yield replace(node, **{field: slip})  # type: ignore[arg-type]  # the field holds a node
        elif isinstance(inner, tuple) and isinstance(node, Both | Either):
            for n, item in enumerate(inner):
                for slip in _slips(item):
                    yield type(node)((*inner[:n], slip, *inner[n + 1 :]))


@pytest.mark.parametrize("rule", RULES)
def test_a_slip_in_a_rule_is_caught_by_its_cases(rule: str) -> None:
    n = RULES.index(rule)
    cases = cases_of(rule)
    slips = list(_slips(PACK.conditions[n]))
    escaped = [
        slip for slip in slips if all(evaluate(slip, Scope(case.dossier)) is case.matches for case in cases)
    ]
    assert escaped == [], (
        f"no case of {rule} notices {len(escaped)} slips: add one for each value and each side"
    )


# Weights of effects


def _effect(**changes: object) -> tuple[Outcome, set[str]]:
    dossier: dict[str, object] = dict(PACK.base)
    for dotted, value in changes.items():
        path = tuple(int(step) if step.isdigit() else step for step in dotted.split("__"))
        dossier = _put(dossier, path, value)
    verdict: Verdict = PACK.decide(dossier)
    return verdict.effect, {
        match.rule.id for match in verdict.matched if match.rule.effect is not Effect.PERMIT
    }


def test_a_refusal_outweighs_a_hold_and_both_are_told() -> None:
    assert _effect(chain__1__outcome="exempt", chain_complete=False) == (
        Outcome.REFUSE,
        {"exempt-from-vetting", "chain-unknown"},
    )


def test_a_hold_outweighs_a_permit() -> None:
    assert _effect(chain_complete=False) == (Outcome.HOLD, {"chain-unknown"})


def test_without_a_permit_the_answer_is_no() -> None:
    assert _effect(chain=[]) == (Outcome.REFUSE, set())


def test_what_cures_a_hold_is_owed_by_a_date_that_the_agreement_sets() -> None:
    dossier = _put(dict(PACK.base), ("request", "purpose_stated"), False)
    (owed,) = PACK.decide(dossier).owed
    assert (owed.obligation, owed.rule, owed.debtor, owed.due) == (
        "state-purpose",
        "purpose-not-stated",
        "own",
        PACK.base["at"] + PACK.base["agreement"]["answer_within"],  # type: ignore[index]  # as the base says
    )
    unstated = PACK.decide(_put(dossier, ("agreement", "answer_within"))).owed
    assert [one.due for one in unstated] == [None]
