"""The shipped packs: their own cases, what a missing fact does to them, and that their cases would notice a slip.

What packs do together, and in the cases they were written for, stands in ``test_packs_together``.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tearline.facts.shape import record_of
from tearline.facts.vocabulary import kinds
from tearline.folds.model import MODEL_PARAMETERS
from tearline.protocol import Effect, Outcome, Pack, Verdict
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
    Root,
    children,
)
from tearline.protocol.types import BOOL, ListOf, Record, Simple, Type
from tests.protocol.conditions import values
from tests.protocol.packs import FOLDER, shipped

PACKS = shipped()
LOOSENS = (Effect.PERMIT, Effect.WAIVE)
STOPS = (Effect.REFUSE, Effect.HOLD)
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
every_rule = pytest.mark.parametrize(
    ("pack", "rule"), [pytest.param(p, r.id, id=f"{p.id}:{r.id}") for p in PACKS.values() for r in p.rules]
)
stopping_rule = pytest.mark.parametrize(
    ("pack", "rule"),
    [
        pytest.param(p, r.id, id=f"{p.id}:{r.id}")
        for p in PACKS.values()
        for r in p.rules
        if r.effect not in LOOSENS
    ],
)


def number_of(pack: Pack, rule: str) -> int:
    return [one.id for one in pack.rules].index(rule)


def cases_of(pack: Pack, rule: str) -> list[Case]:
    return [case for case in pack.cases if case.rule == number_of(pack, rule)]


def test_a_pack_is_found_by_its_name() -> None:
    names = {pack.name if pack.version == "1" else f"{pack.name}-{pack.version}" for pack in PACKS.values()}
    assert {file.stem for file in FOLDER.glob("*.yaml")} == names
    assert len(PACKS) >= 11


@every_rule
def test_each_rule_matches_its_case_and_passes_the_other(pack: Pack, rule: str) -> None:
    assert {case.matches for case in cases_of(pack, rule)} == {True, False}
    assert [str(failure) for failure in pack.check_cases() if failure.rule == rule] == []


@every_pack
def test_the_pack_permits_its_base(pack: Pack) -> None:
    assert pack.decide(pack.base).effect is Outcome.RELEASE
    assert pack.check_cases() == ()


@every_pack
def test_every_rule_is_cited_in_both_languages_and_every_hold_can_be_cured(pack: Pack) -> None:
    for rule in pack.rules:
        assert rule.cites
        assert len(rule.id) <= 40
        assert bool(rule.owes) == (rule.effect is Effect.HOLD)
    told = [rule.because for rule in pack.rules] + [owes.sentence for r in pack.rules for owes in r.owes]
    for sentence in told + [duty.sentence for duty in pack.duties]:
        assert sentence.en != sentence.es
        assert sentence.en.endswith(".")
        assert sentence.es.endswith(".")
    for words in [pack.title, *(parameter.label for parameter in pack.parameters)]:
        assert words.en != words.es


@every_pack
def test_no_clause_that_awaits_counsel_permits_or_waives(pack: Pack) -> None:
    loosening = [rule for rule in pack.rules if rule.effect in LOOSENS]
    assert any(rule.effect is Effect.PERMIT for rule in loosening)
    assert not any(cite.awaiting_check for rule in loosening for cite in rule.cites)


@every_pack
def test_no_parameter_is_stated_in_vain(pack: Pack) -> None:
    read = {node.name for condition in pack.conditions for node in _nodes(condition) if hasattr(node, "name")}
    spans = [owes.within.parameter for rule in pack.rules for owes in rule.owes]
    spans += [duty.within.parameter for duty in pack.duties]
    # The node reads these: a dossier is decided before anything is witnessed or marked, and after exposure was figured.
    outside = {"witness_quorum", "mark_error", "mark_colluders", "decoys_allowed", *MODEL_PARAMETERS}
    assert {parameter.name for parameter in pack.parameters} <= read | set(spans) | outside


@every_pack
def test_duties_speak_of_facts_that_exist_and_of_a_field_that_both_share(pack: Pack) -> None:
    known = {kind.__name__: kind for kind in kinds()}
    for duty in pack.duties:
        for kind in (duty.on, *duty.discharged_by):
            fields = {field.name for field in record_of(known[kind]).fields}
            assert duty.about in fields, f"{duty.id}: {kind} has no {duty.about}"
        asked = {field.name: field for field in record_of(known[duty.on]).fields}
        for field, some in duty.where:
            assert asked[field].compartment is None, f"{duty.id}: {field} is sealed"
            options = getattr(asked[field].shape, "options", None)
            choices: set[str | bool] = set(map(str, options)) if options else {True, False}
            assert set(some) <= choices, f"{duty.id}: {field} is one of {choices}"


@stopping_rule
def test_each_rule_by_itself_stops_a_case(pack: Pack, rule: str) -> None:
    """In one of its own cases nothing else refuses, nor holds if the rule holds: without the rule it would go further.

    The cases of cross-border/1 stand as they were published, and four of its rules match together in them.
    """
    if pack.id == "cross-border/1":
        return
    stops = (Effect.REFUSE,) if pack.rules[number_of(pack, rule)].effect is Effect.REFUSE else STOPS
    assert any(
        [m.rule.id for m in pack.decide(case.dossier).matched if m.certain and m.rule.effect in stops]
        == [rule]
        for case in cases_of(pack, rule)
        if case.matches
    )


# A missing fact

MAY_BE_ABSENT = {"recipient.valid_until", "chain.valid_until", "item.perishes_at"}
"""Facts whose absence has a meaning that does not stop: no last day was set."""


def _leaves(
    value: object, type_: Type, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Simple | ListOf]]:
    """Each fact of this dossier. A list of words is one: without a word it is another list, not a list unknown."""
    match type_, value:
        case (Simple(), _) | (ListOf(element=Simple()), _):
            assert isinstance(type_, Simple | ListOf)
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
    changed = dict(dossier)
    changed[str(path[0])] = copy.deepcopy(changed.get(str(path[0])))
    holder: object = changed
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]  # the path was found in this dossier
    if value:
        holder[path[-1]] = value[0]  # type: ignore[index]  # as above
    else:
        del holder[path[-1]]  # type: ignore[attr-defined]  # as above
    return changed


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _nodes(child)


def _some(type_: Type) -> list[object]:
    if isinstance(type_, ListOf):
        words = _some(type_.element)
        return [[], words, *([word] for word in words)]
    assert isinstance(type_, Simple)
    return list(getattr(values(type_), "elements", [False, True]))


def _schema(pack: Pack) -> Record:
    return schema(pack.parameters, version=int(str(pack.base["dossier"])))


@every_pack
def test_a_missing_fact_never_releases_what_some_value_of_it_would_stop(pack: Pack) -> None:
    tried = 0
    type_ = _schema(pack)
    for case in pack.cases[::2]:
        dossier = dict(case.dossier)
        for path, leaf in _leaves(dossier, type_, ()):
            dotted = ".".join(step for step in path if isinstance(step, str))
            if dotted in MAY_BE_ABSENT | {"at", "dossier"}:
                continue
            if pack.decide(_put(dossier, path)).effect is Outcome.RELEASE:
                for value in _some(leaf):
                    tried += 1
                    assert pack.decide(_put(dossier, path, value)).effect is Outcome.RELEASE, (
                        case,
                        path,
                        value,
                    )
    assert tried > 30


@every_pack
def test_a_missing_part_never_releases_what_some_state_of_it_would_stop(pack: Pack) -> None:
    """Every state in which the pack's own cases show the part is tried where its absence would release."""
    parts = {
        node.name for condition in pack.conditions for node in _nodes(condition) if isinstance(node, Root)
    }
    stopped = 0
    for part in parts - {"at"}:
        states = [case.dossier[part] for case in pack.cases if part in case.dossier]
        states = [state for n, state in enumerate(states) if state not in states[:n]]
        for case in pack.cases:
            without = {key: value for key, value in case.dossier.items() if key != part}
            if pack.decide(without).effect is not Outcome.RELEASE:
                stopped += 1
                continue
            for state in states:
                assert pack.decide({**without, part: state}).effect is Outcome.RELEASE, (case, part, state)
    assert stopped


@stopping_rule
def test_a_rule_holds_where_a_fact_that_decides_it_is_missing(pack: Pack, rule: str) -> None:
    held = set()
    for case in cases_of(pack, rule):
        dossier = dict(case.dossier)
        for path in [(name,) for name in dossier] + [path for path, _ in _leaves(dossier, _schema(pack), ())]:
            if path == ("at",):
                continue
            verdict = pack.decide(_put(dossier, path))
            for match in verdict.matched:
                if match.rule.id == rule and not match.certain:
                    assert verdict.effect in (Outcome.HOLD, Outcome.REFUSE)
                    assert match.missing
                    held.add(path)
    assert held


TIME = datetime(2026, 3, 10, tzinfo=UTC)
OVERRULED: dict[str, object] = {
    "dissents": [
        {
            "id": "dissent-1",
            "answered": True,
            "answered_by_superior": True,
            "at": TIME.replace(hour=9),
        }
    ],
    "sign_offs": [
        {"id": f"sign-off-{n}", "by": f"officer-{n}", "line": line, "at": TIME.replace(hour=10)}
        for n, line in enumerate(("releasing", "source-handling", "second"), 2)
    ],
    "overseer_informed": True,
}
"""A dissent, answered and overruled in due form: still a release."""

CROSS_BORDER = [PACKS["cross-border/1"], PACKS["cross-border/2"]]
PARTS = [name for name in schema(version=1).fields if name not in ("dossier", "at")]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("pack", CROSS_BORDER, ids=lambda pack: pack.id)
def test_without_a_whole_part_of_the_dossier_nothing_crosses_a_border(pack: Pack, name: str) -> None:
    permitted = dict(pack.base) | OVERRULED
    assert pack.decide(permitted).effect is Outcome.RELEASE
    verdict = pack.decide({key: value for key, value in permitted.items() if key != name})
    assert verdict.effect in (Outcome.HOLD, Outcome.REFUSE)
    missing = [path for match in (*verdict.matched, *verdict.undecided) for path in match.missing]
    assert any(path.split(".")[0] == name for path in missing)


@pytest.mark.parametrize("pack", CROSS_BORDER, ids=lambda pack: pack.id)
def test_a_permit_that_cannot_be_decided_does_not_permit_and_says_why(pack: Pack) -> None:
    verdict = pack.decide({key: value for key, value in pack.base.items() if key != "agreement"})
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
    yield from _within(node, _slips)


def _within(node: Node, slips: Callable[[Node], Iterator[Node]]) -> Iterator[Node]:
    """The node with a slip somewhere below it."""
    for field in getattr(node, "__dataclass_fields__", {}):
        inner = getattr(node, field)
        if isinstance(inner, Node):
            for slip in slips(inner):
                yield replace(node, **{field: slip})  # type: ignore[arg-type]  # the field holds a node
        elif isinstance(inner, tuple) and isinstance(node, Both | Either):
            for n, item in enumerate(inner):
                for slip in slips(item):
                    yield type(node)((*inner[:n], slip, *inner[n + 1 :]))


def _swaps(node: Node) -> Iterator[Node]:
    """The condition with another word of the same set in it, or a number one off."""
    match node:
        case Compare(left=left, right=Constant(value=str() as word, type=type_)):
            for other in _words(left.type):
                if other != word:
                    yield replace(node, right=Constant(other, type_))
        case Compare(right=Constant(value=int() as number, type=type_)) if not isinstance(number, bool):
            yield from (replace(node, right=Constant(number + off, type_)) for off in (-1, 1))
        case Among(element=Constant(value=str() as word, type=type_), list=among):
            assert isinstance(among.type, ListOf)
            for other in _words(among.type.element):
                if other != word:
                    yield replace(node, element=Constant(other, type_))
        case _:
            pass
    yield from _within(node, _swaps)


def _words(type_: Type) -> tuple[str, ...]:
    return type_.choices if isinstance(type_, Simple) else ()


def slips_of(pack: Pack, rule: str) -> list[Node]:
    """A slip in the condition, the whole rule dropped, or a rule that always matches.

    The cases of cross-border/1 stand as they were published: four of its words and numbers could be others.
    """
    condition = pack.conditions[number_of(pack, rule)]
    swaps = _swaps(condition) if pack.id != "cross-border/1" else ()
    return [*_slips(condition), *swaps, Constant(False, BOOL), Constant(True, BOOL)]


@every_rule
def test_a_slip_in_a_rule_is_caught_by_its_cases(pack: Pack, rule: str) -> None:
    cases = cases_of(pack, rule)
    escaped = [
        slip
        for slip in slips_of(pack, rule)
        if all(evaluate(slip, Scope(case.dossier)) is case.matches for case in cases)
    ]
    assert escaped == [], (
        f"no case of {rule} notices {len(escaped)} slips: add one for each value and each side"
    )


# Weights of effects


def _effect(**changes: object) -> tuple[Outcome, set[str]]:
    pack = PACKS["cross-border/1"]
    dossier: dict[str, object] = dict(pack.base)
    for dotted, value in changes.items():
        path = tuple(int(step) if step.isdigit() else step for step in dotted.split("__"))
        dossier = _put(dossier, path, value)
    verdict: Verdict = pack.decide(dossier)
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
    pack = PACKS["cross-border/1"]
    dossier = _put(dict(pack.base), ("request", "purpose_stated"), False)
    (owed,) = pack.decide(dossier).owed
    assert (owed.obligation, owed.rule, owed.debtor, owed.due) == (
        "state-purpose",
        "purpose-not-stated",
        "own",
        pack.base["at"] + pack.base["agreement"]["answer_within"],  # type: ignore[index]  # as the base says
    )
    unstated = pack.decide(_put(dossier, ("agreement", "answer_within"))).owed
    assert [one.due for one in unstated] == [None]
