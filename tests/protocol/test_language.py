"""What a condition may say, what it means where a fact is missing, and what is refused at the door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.grammar import WrongCondition
from tests.protocol.conditions import NOW, SCHEMA

NOTHING: dict[str, object] = {"at": NOW}
MISSING = 'item.tlp == "RED"'


def value_of(condition: str, dossier: dict[str, object] | None = None) -> object:
    return evaluate(check(condition, SCHEMA).tree, Scope(NOTHING | (dossier or {})))


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (f"false && {MISSING}", False),
        (f"{MISSING} && false", False),
        (f"true || {MISSING}", True),
        (f"{MISSING} || true", True),
        (f"true ? true : {MISSING}", True),
        ("1 + 2 * 3 == 7", True),
        ("2 - -1 == 3", True),
        ("1.5 * 2.0 == 3.0", True),
        ("true ? 1 < 2 : false", True),
        ("1 < 2 == true", True),
        ('"\\u00e9\\n\\"" == "é\n\\""'.replace("\n", "\\n"), True),
        ("'it' + 's' == \"its\"".replace(" + 's'", "").replace('"its"', '"it"'), True),
        ('"tearline".startsWith("tear") && "tearline".endsWith("line") && "tearline".contains("arl")', True),
        ('"é".size() == 1 && size("") == 0', True),
        ('timestamp("2011-03-18T09:00:00-06:00") == timestamp("2011-03-18T15:00:00Z")', True),
        ('duration("1h30m") == duration("90m") && duration("1.5h") > duration("-1h")', True),
        ('timestamp("2026-03-10T12:00:00Z") - duration("24h") < at', True),
        ("2 in [1, 2] && !(3 in [1, 2])", True),
        ("-7 / 2 == -3 && -7 % 2 == -1 && 7 / -2 == -3 && 7 % -2 == 1", True),
        ("1.0 / 0.0 > 1e308 && 1.0 / -0.0 < -1e308 && 0.0 / 0.0 != 0.0 / 0.0", True),
        ("0x7f == 127 && -0x8000000000000000 == -9223372036854775808", True),
        (r"'\x41\X42\103' == 'ABC' && '\`\?' == '`?' && .5 == 5e-1", True),
        (r"r'\d' == '\\d' && '\U0001F600' == '😀'", True),
        (r"'officer-17'.matches(r'^officer-\d+$') && 'officer-17'.matches('r-1')", True),
        (r"'officer-17\n'.matches('7$') || 'é'.matches('^\\w$') || 'a\nb'.matches('a.b')", False),
    ],
)
def test_a_condition_means_what_cel_says(condition: str, value: bool) -> None:  # noqa: FBT001  a table
    assert value_of(condition) is value


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        (MISSING, "item.tlp"),
        (f"!({MISSING})", "item.tlp"),
        (f"true && {MISSING}", "item.tlp"),
        (f"{MISSING} || false", "item.tlp"),
        (f"{MISSING} ? true : true", "item.tlp"),
        ("has(item.tlp)", "item"),
        ("9223372036854775807 + 1 > 0", "9223372036854775807 + 1"),
        ("chain.exists(p, true)", "chain"),
        (
            'timestamp("9999-12-31T23:59:59Z") + duration("1s") > at',
            'timestamp("9999-12-31T23:59:59Z") + duration("1s")',
        ),
        ('timestamp("9999-12-31T23:59:59Z") - at > duration("0s")', 'timestamp("9999-12-31T23:59:59Z") - at'),
        (
            'duration("2000000h") + duration("2000000h") > duration("0s")',
            'duration("2000000h") + duration("2000000h")',
        ),
        ("-(-9223372036854775807 - 1) > 0", "-(-9223372036854775807 - 1)"),
        ("1 / 0 == 1", "1 / 0"),
        ("1 % (2 - 2) == 1", "1 % (2 - 2)"),
        ("-9223372036854775808 / -1 > 0", "-9223372036854775808 / -1"),
        ("-9223372036854775808 % -1 == 0", "-9223372036854775808 % -1"),
        ("item.tlp.matches('RED')", "item.tlp"),
    ],
)
def test_an_error_is_unknown_and_names_what_is_missing(condition: str, missing: str) -> None:
    found = value_of(condition)
    assert isinstance(found, Unknown)
    assert found.paths == (missing,)


CHAIN = {"chain": [{"person": "a", "outcome": "exempt"}, {"person": "b"}, {"outcome": "cleared"}]}


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ('chain.exists(p, p.outcome == "exempt")', True),
        ('chain.all(p, p.outcome == "exempt")', False),
        ('chain.exists(p, p.outcome == "failed")', ("chain[1].outcome",)),
        ('chain.all(p, p.outcome != "failed")', ("chain[1].outcome",)),
        ('chain.exists_one(p, p.outcome == "exempt")', ("chain[1].outcome",)),
        ('size(chain.filter(p, p.outcome == "exempt")) == 1', ("chain[1].outcome",)),
        ('"exempt" in chain.map(p, p.outcome)', ("chain[1].outcome",)),
        ("chain.exists_one(p, has(p.person) && p.person == 'a')", True),
        ("size(chain.filter(p, has(p.person))) == 2", True),
        ("chain.filter(p, has(p.person)).exists(q, q.person == 'b')", True),
        ("dissents.all(d, d.answered)", ("dissents",)),
    ],
)
def test_one_element_that_decides_outweighs_one_that_is_unknown(condition: str, value: object) -> None:
    found = value_of(condition, CHAIN)  # type: ignore[arg-type]  # a literal of records
    assert (found.paths if isinstance(found, Unknown) else found) == value


THREE = st.sampled_from(["true", "false", MISSING])


@given(
    st.lists(THREE, min_size=2, max_size=5), st.randoms(use_true_random=False), st.sampled_from(["&&", "||"])
)
def test_and_and_or_do_not_depend_on_order(parts: list[str], random: object, operator: str) -> None:
    shuffled = sorted(parts, key=lambda part: hash((str(random), part)))
    one, two = (value_of(f" {operator} ".join(order)) for order in (parts, shuffled))
    assert one == two
    decisive = "false" if operator == "&&" else "true"
    if decisive in parts:
        assert one is (operator == "||")
    else:
        assert isinstance(one, Unknown) is (MISSING in parts)


HOSTILE = [
    "__import__('os').system('id')",
    "item.__class__",
    "item['tlp'] == 'RED'",
    "(lambda: true)()",
    "[x for x in chain]",
    "true if true else false",
    "true and true",
    "not true",
    "true; false",
    "true\n# comment",
    "true // comment",
    "chain.exists(p, chain.exists(q, chain.exists(r, true)))",
    "chain.exists(at, true)",
    "chain.exists(p, dissents.exists(p, true))",
    "chain.exists(size, true)",
    "chain.exists(true, true)",
    "chain.exists(in, true)",
    "chain.exists(p.q, true)",
    "chain.exists(p)",
    "chain.exists(p, q, true)",
    "chain.exists(p, p)",
    "chain.map(p, chain.map(q, q.person))",
    "chain.reduce(p, true)",
    "matches('a', '(a+)+$')",
    "1 == 1.0",
    "1 == '1'",
    "at == 1",
    "at < duration('1h')",
    "at + at > at",
    "duration('1h') * 2 > duration('1h')",
    "true < false",
    "chain == chain",
    "item == item",
    "null == null",
    "[] == []",
    "size([]) == 0",
    "1 in []",
    "[1, 'a'] == [1]",
    "[1, at] == [1]",
    "1 in [1, '1']",
    "[[1]] == [[1]]",
    "1u == 1u",
    "007 == 7",
    "1e999 > 1.0",
    "9223372036854775808 > 0",
    "99999999999999999999999999 > 0",
    "b'a' == b'a'",
    "'a\nb' == 'a'",
    "'''a''' == 'a'",
    r"'\u12' == 'A'",
    r"'\ud800' == 'A'",
    r"'\u0000' == 'A'",
    "'unterminated",
    "timestamp(item.tlp) == at",
    "timestamp('2011-03-18') == at",
    "timestamp('2011-03-18T09:00:00') == at",
    "timestamp('2011-02-30T09:00:00Z') == at",
    "timestamp(0) == at",
    "duration('1d') > duration('1h')",
    "duration('') > duration('1h')",
    "duration('1ns') > duration('0s')",
    "duration('99999999999999h') > duration('1h')",
    "duration(item.tlp) > duration('1h')",
    "int('1') == 1",
    "string(1) == '1'",
    "type(1) == int",
    "dyn(1) == 1",
    "has(item)",
    "has(chain.exists(p, true))",
    "has(item.tlp, item.id)",
    "size(1) == 1",
    "size(item) == 1",
    "size() == 1",
    "item.tlp.size(1) == 1",
    "item.tlp.startsWith(1)",
    "item.tlp.startsWith()",
    "item.tlp == 'ROD'",
    "item.tlp in ['RED', 'GREN']",
    "item.nothing == 'a'",
    "nothing == 'a'",
    "item.tlp.length == 3",
    "!1 == 0",
    "-true == false",
    "-'a' == 'a'",
    "+1 == 1",
    "1 ? true : false",
    "true ? 1 : 'a'",
    "true ? chain : chain",
    "item.tlp",
    "1",
    "at",
    "",
    " ",
    "(",
    ")",
    "true true",
    "true &&",
    "a.b.c.d.e",
    "item . tlp . x",
    "é == 'a'",
    "true \u200b",
    "true == \ufefftrue",
    "{'a': 1} == {'a': 1}",
    "item{tlp: 'RED'} == item",
    ".item.tlp == 'RED'",
    "item.?tlp == 'RED'",
    "for == 1",
    "item.tlp = 'RED'",
    "item.tlp := 'RED'",
    "item.tlp === 'RED'",
    "$item == 1",
    "`item` == 1",
    "async for",
    "K0 == 'a'",
    "D == 'a'",
    "(" * 2_000 + "true" + ")" * 2_000,
    "!" * 3_990 + "true",
    "-" * 3_990 + "1 == 1",
    "(" * 40 + "true" + " || true)" * 40,
    "true ? " * 500 + "true" + " : true" * 500,
    "true" + " && true" * 1_000,
    "item" + ".item" * 900,
    "[" * 3_999,
    "1 in [" + "1," * 300 + "1]",
]

# Regular expressions beyond what is let through, and what only looks like one.
HOSTILE += [
    "item.id.matches(item.tlp)",
    "item.id.matches('a' == 'a' ? 'a' : 'b')",
    "item.id.matches(1)",
    "item.id.matches()",
    "item.id.matches('a', 'b')",
    "item.matches('a')",
    "at.matches('2')",
    "matches(item.id, 'a')",
    "item.id.match('a')",
    "item.id.matches('((((((((((a+)+)+)+)+)+)+)+)+)+)')",
    "item.id.matches('(a{50}){50}')",
    "item.id.matches('((a{99}){99}){99}')",
    "item.id.matches('(a*)*{100}')",
    "item.id.matches('a{1000}')",
    "item.id.matches('a{2,1}')",
    "item.id.matches('a**')",
    "item.id.matches('a*?')",
    "item.id.matches('(?i)red')",
    "item.id.matches('(?=a)')",
    "item.id.matches('(?<!a)b')",
    r"item.id.matches('(a)\\1')",
    r"item.id.matches('\\bRED\\b')",
    r"item.id.matches(r'\p{Cyrillic}')",
    r"item.id.matches('\d')",
    "item.id.matches('[a')",
    "item.id.matches('(a')",
    "item.id.matches('a)')",
    "item.id.matches('a$b')",
    "item.id.matches('[[:alpha:]]')",
    "item.id.matches('" + "a" * 201 + "')",
    "item.id.matches('" + "(" * 199 + "')",
    "item.id.matches('" + "[" * 199 + "')",
    "item.id.matches('" + "(a{9})" * 40 + "') || item.id.matches('" + "a{99}" * 20 + "')",
    " || ".join(["item.id.matches('(a{99}){9}')"] * 3),
]

# Look-alikes: what a reader takes for something else.
HOSTILE += [
    "\u0456tem.tlp == 'RED'",
    "item.t\u04cfp == 'RED'",
    "it\u0435m.tlp == 'RED'",
    "item.tlp == 'R\u0415D'",
    "item.tlp in ['RED', '\u0410MBER']",
    "ch\u0430in.exists(p, true)",
    "chain.exists(\u0440, true)",
    "chain.\u0435xists(p, true)",
    "item.tlp == \uff02RED\uff02",
    "item.tlp == \u201cRED\u201d",
    "item.tlp == \u2018RED\u2019",
    "item.tlp \uff1d\uff1d 'RED'",
    "true \uff06\uff06 true",
    "true \u2227 true",
    "\u00ac true",
    "1 \u2264 2",
    "1 \u2212 1 == 0",
    "1 \u00d7 1 == 1",
    "\uff11 == 1",
    "\u0661 == 1",
    "1\u0660 == 10",
    "item\u2024tlp == 'RED'",
    "(true\uff09",
    "true\u037e",
    "item.tlp == 'RED\u202e'",
    "item.id == 'a\u202e || true || \u2066b'",
    "item.id == 'a\u2066b'",
    "item.id == 'a\u200bb'",
    "item.id == 'a\u200db'",
    "item.id == 'a\u00adb'",
    "item.id == 'a\ufeffb'",
    "item.id == 'a\u2028b'",
    "item.id == 'a\u00a0b'",
    "item.id == 'a\u3164b'",
    "item.id == 'a\u2800b'",
    "item.id == 'a\u034fb'",
    "item.id == 'a\ufe0fb'",
    "item.id == 'a\U000e0100b'",
    "true\u00a0|| true",
    "true \u2028 || true",
    "item.id == 'a\u0007b'",
    "item.id == 'a\x00b'",
    "item.id == 'a\ue000b'",
    "item.id == 'a\U000e0041b'",
    "true\x0b|| true",
    "true\x0c|| true",
]

# Names that hide others.
HOSTILE += [
    "chain.exists(item, item.person == 'a')",
    "chain.exists(dossier, true)",
    "chain.exists(chain, true)",
    "chain.exists(has, has(has.person))",
    "chain.exists(timestamp, true)",
    "chain.exists(duration, true)",
    "chain.exists(p, p.person == 'a' && dissents.exists(p, true))",
    "chain.filter(p, true).exists(q, dissents.exists(q, true))",
    "chain.exists(p, true) && p.person == 'a'",
    "chain.map(p, p.person).exists(p, p == p.person)",
    "chain.exists(null, true)",
    "chain.exists(__p__.q, true)",
    "chain.exists('p', true)",
    "chain.exists(1, true)",
    "chain.exists(p.person, true)",
    "chain.exists(p(), true)",
    "chain.exists(-p, true)",
    "chain.exists(!p, true)",
    "chain.exists([p], true)",
    "exists(chain, p, true)",
    "chain.exists(for, true)",
    "chain.exists(namespace, true)",
]

# Nested and repeated beyond the limits.
HOSTILE += [
    "chain.all(p, chain.all(q, chain.all(r, chain.all(s, true))))",
    "chain.filter(p, chain.filter(q, size(chain.filter(r, true)) > 0).size() > 0).size() > 0",
    "chain.exists(p, " * 200 + "true" + ")" * 200,
    "chain.filter(p, true)" + ".filter(p, true)" * 200,
    "1" + " + 1" * 900 + " == 1",
    "1 == " * 700 + "1",
    "size(" * 700 + "chain" + ")" * 700,
    "has(" * 900 + "item.tlp" + ")" * 900,
    "true ? true : " * 250 + "true",
    "item.id == '" + "a" * 4_000 + "'",
    "item.id in [" + "'a'," * 201 + "'a']",
    "item.id in [" + "'" + "', '".join(["a" * 15] * 201) + "']",
    "1" * 3_900 + " > 0",
    "0x" + "f" * 3_900 + " > 0",
    "0." + "1" * 3_900 + "e999 > 0.0",
    "1e" + "9" * 3_900 + " > 0.0",
    "a" * 3_900,
    "item." + "a" * 3_900 + " == 'a'",
    "\\" * 3_900,
    "'" + "\\u12" * 900 + "'",
    "\n" * 3_999,
    "!" * 33 + "true",
    "-" * 33 + "1 == 1",
    "&&" * 1_900,
    "." * 3_900,
    "true" + " " * 4_000,
]


@pytest.mark.parametrize("condition", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_of_the_language_is_refused_with_its_place(condition: str) -> None:
    with pytest.raises(WrongCondition) as refused:
        check(condition, SCHEMA)
    assert 0 <= refused.value.start <= len(condition)
    assert refused.value.expected


WORDS = ["item", "tlp", "chain", "exists", "p", "at", "true", "in", *"()[]{}.,:?!&|=<>+-*/%'\"\\ 1e0_"]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(condition: str) -> None:
    try:
        tree = check(condition, SCHEMA).tree
    except WrongCondition:
        return
    assert evaluate(tree, Scope(NOTHING)) is not None


@pytest.mark.parametrize(
    ("condition", "start", "hint"),
    [
        ('itme.tlp == "RED"', 0, "did you mean item?"),
        ('item.tpl == "RED"', 5, "did you mean tlp?"),
        ('item.tlp == "REED"', 12, "did you mean RED?"),
        ("chain.exist(p, true)", 6, "did you mean exists?"),
        ('item.tlp.startswith("R")', 9, "did you mean startsWith?"),
        ("sise(chain) > 0", 0, "did you mean size?"),
    ],
)
def test_a_slip_of_the_pen_is_shown_with_what_was_meant(condition: str, start: int, hint: str) -> None:
    with pytest.raises(WrongCondition, match="found") as refused:
        check(condition, SCHEMA)
    assert refused.value.start == start
    assert refused.value.expected.endswith(hint)
