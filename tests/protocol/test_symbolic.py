"""What the solver is told of a condition is what the evaluator says of it, whatever is missing."""

import itertools
import math
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.protocol import write_dossier
from tearline.protocol.check import check
from tearline.protocol.dossier import read_dossier
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.grammar import WrongCondition
from tearline.protocol.letters import Letters
from tearline.protocol.logic import Bit, Logic, Untranslated
from tearline.protocol.rule import Parameter, ParameterType
from tearline.protocol.schema import VERSION, schema
from tearline.protocol.solver import Allowance, Solver, Undecided
from tearline.protocol.translate import Translation
from tearline.protocol.tree import Node
from tearline.protocol.types import ListOf, Record, Type
from tearline.protocol.world import Codes, World, first_versions
from tests.protocol.conditions import NOW, PARAMETERS, TIMES, WIDE, Said, conditions, dossiers
from tests.protocol.packs import WORDS

STATED = (
    *PARAMETERS,
    Parameter(name="share", type=ParameterType.DOUBLE, label=WORDS),
    Parameter(name="other_share", type=ParameterType.DOUBLE, label=WORDS),
    Parameter(name="motto", type=ParameterType.STRING, label=WORDS),
)
SCHEMA = schema(STATED)
BOUND = 3


class Told:
    """A condition as the solver has it."""

    def __init__(self, tree: Node, record: Record = SCHEMA) -> None:
        self.tree = tree
        self.logic = Logic()
        self.world = World(self.logic, record, Letters([tree]), BOUND, since=first_versions(STATED))
        self.truth = Translation(self.world).condition(tree)

    def of(self, dossier: Mapping[str, object]) -> object:
        """True, False or None for unknown: the solver must leave exactly one of them open for this dossier."""
        solver, logic, truth = Solver(self.logic, Allowance(20)), self.logic, self.truth
        solver.give(*self.world.given, *self.world.exactly(dossier))
        assert solver.ask() is not None, "the dossier itself is possible"
        possible = {
            True: solver.ask(truth.true) is not None,
            False: solver.ask(truth.false) is not None,
            None: solver.ask(logic.negated(logic.some((truth.true, truth.false)))) is not None,
        }
        (value,) = [value for value, is_possible in possible.items() if is_possible]
        return value


def said_by_the_evaluator(tree: Node, dossier: Mapping[str, object]) -> object:
    value = evaluate(tree, Scope(dossier))
    return None if isinstance(value, Unknown) else value


def cut(value: object, type_: Type) -> object:
    """The same dossier with lists of at most ``BOUND`` entries whose ids differ."""
    match type_:
        case Record(fields=fields):
            assert isinstance(value, dict)
            return {key: cut(inner, fields[key]) for key, inner in value.items()}
        case ListOf(element=element):
            assert isinstance(value, list)
            made = [cut(one, element) for one in value[:BOUND]]
            if isinstance(element, Record) and element.identity == "id":
                for n, one in enumerate(made):
                    assert isinstance(one, dict)
                    if "id" in one:
                        one["id"] += str(n)
            return made
        case _:
            return value


def fit(dossier: dict[str, object], record: Record = SCHEMA) -> dict[str, object]:
    made = cut(dossier, record)
    assert isinstance(made, dict)
    return made | {"dossier": VERSION}


def readable(record: Record, depth: int = 3) -> st.SearchStrategy[Said]:
    """Conditions over a record that the door knows: others speak of what the language has and no dossier yet."""

    def fits(said: Said) -> bool:
        try:
            check(said.ours, record)
        except WrongCondition:
            return False
        return True

    return conditions(depth).filter(fits)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=conditions(), dossier=dossiers(WIDE))
def test_the_solver_and_the_evaluator_agree(said: Said, dossier: dict[str, object]) -> None:
    tree = check(said.ours, WIDE).tree
    made = fit(dossier, WIDE)
    try:
        told = Told(tree, WIDE).of(made)
    except Undecided:  # products of unknown numbers: whoever asks is told so, and takes it as looser
        return
    assert told == said_by_the_evaluator(tree, made)


LETTERED = [
    'agreement.motto.startsWith("ab")',
    'agreement.motto.endsWith("b") && agreement.motto != request.by',
    'agreement.motto.contains("") && agreement.motto.contains("é")',
    "request.by < agreement.motto || request.by >= request.id",
    'request.by > "a" && request.by <= "b"',
    "size(agreement.motto) == 2",
    "agreement.motto.size() - size(request.by) > 0",
    "request.by == agreement.motto && size(request.by) > 1",
    'item.tlp.startsWith("A")',
    'item.tlp < "GREEN"',
    "item.tlp.contains(agreement.motto) || item.tlp == request.by",
    "sign_offs.exists(s, s.by.startsWith(request.by))",
    "request.by in sign_offs.map(s, s.by) && sign_offs.all(s, size(s.by) == 1)",
    'sign_offs.map(s, has(s.by) ? s.by : "ab").exists(t, t.endsWith("b"))',
    'sign_offs.map(s, has(s.by) ? "ab" : "b").exists_one(t, t.startsWith("a"))',
    'sign_offs.map(s, s.line).exists(t, t.startsWith("re"))',
    '(agreement.strict ? item.tlp : agreement.motto).contains("B")',
    '(agreement.strict ? "ab" : agreement.motto) in ["ab", "b"] && agreement.motto.contains("a")',
    '"ab".startsWith("a") && "b" < "c" && size("é") == 1 && agreement.strict',
    r'agreement.motto == "\\u{61}" || agreement.motto.contains("\\")',
    'agreement.motto.matches("^a")',
    'agreement.motto.matches("b$") || request.by.matches("^(?:a|é){1,2}$")',
    'agreement.motto.matches("^[^a-c]+$") && !request.by.matches("u.6")',
    r'agreement.motto.matches("^\\w*$") && request.by == agreement.motto',
    r'sign_offs.exists(s, s.by.matches("^[\\D]{2,}$|^b?$")) || request.by.matches("a{0}b{1,}")',
    'item.tlp.matches("^A|D$")',
    '"ab".matches("^.b$") && agreement.strict',
    'item.europol_codes.exists(c, c.endsWith("1")) && "H2" in item.europol_codes',
]
TEXTS = ["a", "ab", "b", "é", "\\u{61}", "RED", "\U0002f800"]


@pytest.mark.parametrize("condition", LETTERED)
def test_texts_are_compared_letter_by_letter(condition: str) -> None:
    told = Told(check(condition, SCHEMA).tree)
    for n, (one, other) in enumerate(itertools.islice(itertools.product(TEXTS, repeat=2), 0, None, 3)):
        dossier: dict[str, object] = {
            "dossier": VERSION,
            "at": NOW,
            "agreement": {"motto": one, "strict": n % 2 == 0},
            "request": {"by": other, "id": "ab"},
            "item": {"tlp": ["RED", "AMBER", "GREEN"][n % 3], "europol_codes": ["H1", "H2"][: n % 3]},
            "sign_offs": [{"by": one, "line": "releasing"}, {"line": "second"}, {"by": "b"}][: n % 4],
        }
        if n % 5 == 0:
            del dossier["item"]
        assert told.of(dossier) == said_by_the_evaluator(told.tree, dossier), dossier


DOUBLES = [
    "agreement.share == agreement.other_share",
    "agreement.share != agreement.other_share",
    "agreement.share <= agreement.other_share && !(agreement.share > 0.1)",
    "agreement.share + agreement.other_share >= 0.3",
    "agreement.share * agreement.other_share < -agreement.share",
    "agreement.share - agreement.other_share == 0.0",
    "agreement.share / agreement.other_share >= 1.0",
    "agreement.share / agreement.other_share != agreement.share / -agreement.other_share",
    "agreement.share in [0.1, 0.2, 0.3]",
    "(agreement.strict ? agreement.share : 1.5e308) * 10.0 > 1.0e308",
]
FIGURES = [0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, math.nan, math.inf, -math.inf, 5e-324, 1.7e308]


@pytest.mark.parametrize("condition", DOUBLES)
def test_doubles_are_those_of_ieee_754(condition: str) -> None:
    told = Told(check(condition, SCHEMA).tree)
    for n, (one, other) in enumerate(itertools.product(FIGURES, repeat=2)):
        agreement = {"share": one, "other_share": other, "strict": n % 2 == 0}
        dossier = {"dossier": VERSION, "at": NOW, "agreement": agreement}
        assert told.of(dossier) == said_by_the_evaluator(told.tree, dossier), agreement


EDGES = [
    "request.recipients + 1 > 0",
    "request.recipients - source.knowers >= 0",
    "-request.recipients < 0",
    "request.recipients * 2 > 4",
    "request.recipients * source.knowers > 0",
    "request.recipients / source.knowers > 0",
    "request.recipients % source.knowers < 0",
    "request.recipients / 3 * 3 + request.recipients % 3 == request.recipients",
    "request.recipients / -2 < source.knowers % -4",
    "7 / -2 == -3 && -7 % 2 == -1 && request.recipients / 0 == 1",
    "item.perishes_at + agreement.revetting > at",
    "agreement.revetting + item.perishes_at > at",
    "item.perishes_at - agreement.revetting < at",
    'item.perishes_at - item.registered_at > duration("1h")',
    "agreement.revetting + agreement.revetting > agreement.revetting",
    "(request.purpose_stated ? request.recipients : source.knowers) > 1",
    "dossier == 2 && has(item.europol_source) || dossier == 1",
    "size(chain.filter(p, p.outcome == \"cleared\")) > 1 && chain.exists_one(p, p.relation == 'superior')",
]
WHOLE = [0, 1, 3, -1, 2**63 - 1, -(2**63), 2**32]
SPANS = [timedelta(0), timedelta(days=300 * 355), timedelta(days=-1), timedelta(microseconds=1)]


@pytest.mark.parametrize("condition", EDGES)
def test_what_overflows_is_unknown(condition: str) -> None:
    told = Told(check(condition, SCHEMA).tree)
    chain = [{"outcome": "cleared", "relation": "superior"}, {"outcome": "cleared"}, {"relation": "superior"}]
    for n, (one, other) in enumerate(itertools.product(WHOLE, repeat=2)):
        dossier = {
            "dossier": VERSION,
            "at": NOW,
            "request": {"recipients": one} | ({"purpose_stated": one > 0} if n % 3 else {}),
            "source": {"knowers": other},
            "item": {"perishes_at": TIMES[n % len(TIMES)], "registered_at": TIMES[n % 3]},
            "agreement": {"revetting": SPANS[n % len(SPANS)]},
            "chain": chain[: n % 4],
        }
        assert told.of(dossier) == said_by_the_evaluator(told.tree, dossier), dossier


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=readable(SCHEMA), sought=st.sampled_from([True, False, None]))
def test_a_dossier_from_the_solver_is_one_that_the_door_lets_in(said: Said, sought: object) -> None:
    told = Told(check(said.ours, SCHEMA).tree)
    logic, truth = told.logic, told.truth
    asked: dict[object, Bit] = {
        True: truth.true,
        False: truth.false,
        None: logic.negated(logic.some((truth.true, truth.false))),
    }
    solver = Solver(logic, Allowance(2))
    solver.give(*told.world.given)
    try:
        model = solver.ask(asked[sought], *(logic.plain(text) for text in told.world.texts))
    except Undecided:
        return
    if model is None:
        return
    made = {"dossier": VERSION, "at": NOW} | told.world.dossier(model)
    read = read_dossier(write_dossier(made), file="made", parameters=STATED)
    assert said_by_the_evaluator(told.tree, read) is sought


def test_a_letter_that_the_solver_cannot_hold_is_said() -> None:
    with pytest.raises(Untranslated, match="a letter beyond U"):
        Told(check('agreement.motto.startsWith("\U00030000")', SCHEMA).tree)


def test_texts_that_are_only_told_apart_need_no_letters() -> None:
    tree = check("sign_offs.exists(s, s.by == request.by) && item.originator != item.holder", SCHEMA).tree
    assert Told(tree).world.texts == []
    tree = check("sign_offs.exists(s, s.by == request.by) && request.by.size() > 3", SCHEMA).tree
    letters = Letters([tree])
    assert letters.needed("sign_offs[].by")
    assert letters.needed("request.by")
    assert not letters.needed("item.holder")


def test_what_would_take_too_much_room_is_said() -> None:
    tree = check(
        "chain.exists(p, chain.all(q, q.person == p.person || q.decided_at < p.decided_at))", SCHEMA
    ).tree
    world = World(Logic(), SCHEMA, Letters([tree]), 20)
    with pytest.raises(Untranslated, match="more than 500 parts"):
        Translation(world, most=500).condition(tree)


@given(known=st.sets(st.text(max_size=4), max_size=6), more=st.lists(st.text(max_size=4), max_size=6))
def test_numbers_stand_for_texts_in_their_order(known: set[str], more: list[str]) -> None:
    codes = Codes(known)
    numbers = {text: codes.of(text) for text in [*more, *known]}
    assert [codes.text(number) for number in numbers.values()] == list(numbers)
    assert sorted(numbers, key=lambda text: numbers[text]) == sorted(numbers)
    assert all(0 < number < codes.end for number in numbers.values())


def test_a_number_without_a_text_gets_one_in_order() -> None:
    codes = Codes(["officer-1", "officer-2"])
    between = (codes.of("officer-1") + codes.of("officer-2")) // 2
    made = [codes.text(number) for number in (1, between, between + 1, codes.end - 1)]
    assert sorted([*made, "officer-1", "officer-2"]) == [
        made[0],
        "officer-1",
        *made[1:3],
        "officer-2",
        made[3],
    ]
    assert [codes.of(text) for text in made] == [1, between, between + 1, codes.end - 1]
