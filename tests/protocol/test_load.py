"""A pack is read strictly: what is wrong in it is said in one line, with line and column in its file."""

import hashlib
import json
import re
from collections.abc import Iterator

import pytest

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_yaml
from tearline.protocol import load_pack
from tearline.protocol.check import check
from tearline.protocol.grammar import WrongCondition
from tests.protocol.conditions import SCHEMA
from tests.protocol.packs import SHIPPED, cross_border, text_of
from tests.protocol.test_language import HOSTILE

TEXT = SHIPPED.read_text(encoding="utf-8")
YAML_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
RULE = {"rule": ("refuse", 'item.tlp == "RED"')}


def test_a_pack_is_known_by_the_hash_of_its_exact_text() -> None:
    pack = cross_border()
    assert pack.id == "cross-border/1"
    assert pack.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    verdict = pack.decide(pack.base)
    assert (verdict.pack, verdict.name, verdict.version, verdict.sha256) == (
        "cross-border/1",
        "cross-border",
        "1",
        pack.sha256,
    )
    assert load_pack(TEXT + "\n# a remark\n", file="f").sha256 != pack.sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('when: chain.exists(p, p.outcome == "exempt")', "when: chain.exists(p, p.outcome ==)", "found ')'"),
        ('p.outcome == "exempt"', 'p.outcom == "exempt"', "did you mean outcome?"),
        ('p.outcome == "exempt"', 'p.outcome == "exmpt"', "did you mean exempt?"),
        (
            "at < agreement.in_force_from",
            "at < agreement.min_knowers",
            "expected a timestamp to compare with",
        ),
        ("- agreement.revetting", "- agreement.revettin", "did you mean revetting?"),
        (
            "    effect: refuse",
            "    effect: refuze",
            "refuse, hold, permit, waive, found 'refuze', did you mean refuse?",
        ),
        ("    effect: refuse", "    efect: refuse", "found efect, did you mean effect?"),
        ("    effect: refuse", "    effect: hold", "expected owes: what would cure this hold"),
        (
            "  - id: vetting-failed",
            "  - id: exempt-from-vetting",
            "each id once, found exempt-from-vetting again",
        ),
        ("within: answer_within", "within: answer_wihtin", "did you mean answer_within?"),
        ("within: warning_within", "within: min_knowers", "a length of time, or one of the parameters"),
        ("source: agci, clause", "source: agcy, clause", "did you mean agci?"),
        ("on: CompromiseReported", "on: compromise", "a kind of fact such as CompromiseReported"),
        ("debtor: partner", "debtor: people", "people affected owe nothing"),
        ("since: 2015-07-21", "since: 2015-07-32", "a date such as 2015-07-21"),
        ("version: 1\n", "version: '01'\n", "a version number such as 1"),
        ("dossier: 1\n\nsources", "dossier: 4\n\nsources", "one of 1, 2, 3, the dossier's version"),
        (
            "    type: int",
            "    type: integer",
            "int, string, bool, double, found 'integer', did you mean int?",
        ),
        ("  revetting:\n    type", "  overseer:\n    type", "a parameter's name"),
        (
            "chain.1.outcome: exempt\n",
            "chain.9.outcome: exempt\n",
            "a path in the base dossier, found the step 9",
        ),
        (
            "chain.1.outcome: exempt\n",
            "chain.1.outcome: exempted\n",
            "a dossier; at chain[1].outcome: one of",
        ),
        ("passes:\n      - {}\n      - chain.1.outcome: failed\n", "passes: []\n", "a list of 1 to 400"),
        ("  en: Passing", "  en: ''\n  fr: Passing", "one of en, es, found fr"),
    ],
)
def test_what_is_wrong_in_a_pack_is_said_with_its_place(old: str, new: str, said: str) -> None:
    changed = TEXT.replace(old, new, 1)
    assert changed != TEXT
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    with pytest.raises(Malformed) as refused:
        load_pack(changed, file="cross-border.yaml")
    message = str(refused.value)
    assert said in message
    assert message.startswith("cross-border.yaml: line ")
    found = int(message.split("line ")[1].split(",", maxsplit=1)[0])
    assert abs(found - line) <= 4


@pytest.mark.parametrize(
    ("style", "line", "column"),
    [
        ("when: 'true && itme.tlp == \"RED\"'", 14, 20),
        ('when: true && itme.tlp == "RED"', 14, 19),
        ('when: |\n      true &&\n        itme.tlp == "RED"', 16, 9),
        ('when: >-\n      true &&\n      itme.tlp == "RED"', 16, 7),
    ],
)
def test_the_place_in_a_condition_is_a_place_in_the_file(style: str, line: int, column: int) -> None:
    written = next(part for part in text_of(RULE).splitlines() if "when:" in part)
    text = text_of(RULE).replace(written, f"    {style}")
    shift = text[: text.index("    when:")].count("\n") + 1 - 14
    with pytest.raises(Malformed) as refused:
        load_pack(text, file="f")
    assert str(refused.value).startswith(
        f"f: line {line + shift}, column {column} (rule rule): expected one of"
    )


def _styles(condition: str) -> Iterator[str]:
    """The condition as YAML can have it. Some styles cannot hold some texts, and then say another one, or none."""
    indented = "\n      ".join(condition.split("\n"))
    yield json.dumps(condition, ensure_ascii=False)
    if all(ord(char) < 2**16 for char in condition):
        yield json.dumps(condition)
    yield "'" + condition.replace("'", "''") + "'"
    yield condition
    yield f"|\n      {indented}"
    yield f">-\n      {indented}"
    if " " in condition[1:-1]:
        yield json.dumps(condition, ensure_ascii=False).replace(" ", "\n\n        ", 1)
        yield "'" + condition.replace("'", "''").replace(" ", "\n      ") + "'"


def _read(text: str) -> str:
    pack = parse_yaml(text, file="f")
    assert isinstance(pack, dict)
    return str(pack["rules"][0]["when"])


def _is_another(condition: str, text: str) -> bool:
    """Whether YAML folded a hostile condition into a harmless one."""
    try:
        read = _read(text)
        check(read, SCHEMA)
    except (Malformed, WrongCondition):
        return False
    return read != condition and read.split() == condition.split()


WRITTEN = text_of(RULE)
WHEN = next(line for line in WRITTEN.splitlines() if "when:" in line)


@pytest.mark.parametrize("condition", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_condition_is_refused_with_its_place_in_every_style(condition: str) -> None:
    for style in _styles(condition):
        text = WRITTEN.replace(WHEN, f"    when: {style}")
        if _is_another(condition, text):
            continue
        lines = YAML_BREAK.split(text)
        with pytest.raises(Malformed) as refused:
            load_pack(text, file="f")
        message = str(refused.value)
        place = re.match(r"f: line ([0-9]+), column ([0-9]+)(?: \([^)]*\))?: expected ", message)
        assert place, message
        line, column = int(place[1]), int(place[2])
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        if "(rule rule)" not in message:
            continue  # refused as YAML, or as no text
        read = _read(text)
        with pytest.raises(WrongCondition) as wrong:
            check(read, SCHEMA)
        sign = read[wrong.value.start : wrong.value.start + 1]
        written = lines[line - 1][column - 1 : column]
        if sign.strip():
            assert written == sign or (written == "\\" and style.startswith('"')), (message, style)


def test_a_permit_does_not_rest_on_a_clause_that_awaits_counsel() -> None:
    text = text_of({"rule": ("permit", "true")})
    unchecked = text.replace("clause: c", "clause: c, awaiting_check: true")
    assert load_pack(text, file="f").rules[0].cites[0].awaiting_check is False
    assert load_pack(unchecked.replace("permit", "refuse"), file="f").rules[0].cites[0].awaiting_check is True
    for wrong in (unchecked, text.replace("{text: a text}", "{text: a text, awaiting_check: true}")):
        with pytest.raises(Malformed, match="one that awaits counsel may hold or refuse, never permit"):
            load_pack(wrong, file="f")


def test_only_a_hold_can_be_cured() -> None:
    text = text_of({"rule": ("hold", "true")}).replace("effect: hold", "effect: refuse")
    with pytest.raises(Malformed, match="no owes: only a hold can be cured"):
        load_pack(text, file="f")


@pytest.mark.parametrize("step", ["²", "٣", "-1", "", "9" * 5_000, "0" * 5_000])
@pytest.mark.parametrize("rest", ["", ".person"])
def test_a_place_in_a_list_is_a_few_plain_digits(step: str, rest: str) -> None:
    """Python takes more for digits than it can read as a number, and gives up on long ones."""
    case = f"    passes:\n      - ? chain.{step}{rest}\n        : someone\n"
    with pytest.raises(Malformed, match="a path in the base dossier, found"):
        load_pack(TEXT.replace("    passes:\n      - {}\n", case, 1), file="f")


def test_a_pack_cannot_ask_for_hours_of_work() -> None:
    nested = "chain.exists(p, chain.exists(q, p.person == q.person))"
    assert len(load_pack(text_of({"rule-1": ("refuse", nested)}), file="f").rules) == 1
    with pytest.raises(Malformed, match="at most 100000000 parts when lists are full"):
        load_pack(text_of({f"rule-{n}": ("refuse", nested) for n in range(2)}), file="f")
    with pytest.raises(Malformed, match="a list of 1 to 200"):
        load_pack(text_of({f"rule-{n}": ("refuse", "true") for n in range(201)}), file="f")
    with pytest.raises(Malformed, match="at most 524288 bytes"):
        load_pack(TEXT + "#" * 600_000, file="f")


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "? " + "pack" * 100_000 + "\n: 1\n",
        TEXT.replace("    effect: refuse", f"    effect: {'refuse' * 60_000}", 1),
    ],
    ids=["a key", "a value"],
)
def test_what_is_wrong_is_said_in_a_line_that_can_be_read(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        load_pack(text, file="f")
    line = str(refused.value)
    assert len(line) < 2_100
    assert ": expected one of " in line
    assert line.startswith("f: line ")


def test_the_cases_of_a_pack_cannot_copy_a_long_list_for_ever() -> None:
    chain = [{"person": f"p-{n}"} for n in range(2_000)]
    long = f"base: {{dossier: 1, at: 2026-03-10T12:00:00Z, chain: {json.dumps(chain)}}}"
    text = text_of(RULE).replace("base: {dossier: 1, at: 2026-03-10T12:00:00Z}", long)
    for path in ("chain.0.person", "dossier"):
        change = "1" if path == "dossier" else "p"
        many = ", ".join([f"{{{path}: {change}}}"] * 49)
        assert load_pack(text.replace("passes: [{}]", f"passes: [{many}]"), file="f").cases
        many = ", ".join([f"{{{path}: {change}}}"] * 50)
        with pytest.raises(Malformed, match="copy at most 200000 values of base"):
            load_pack(text.replace("passes: [{}]", f"passes: [{many}]"), file="f")


@pytest.mark.parametrize(
    "text", [b"\xff", "", "[]", "pack: 1", "- 1", "a: &x 1", "null", "{pack: a, pack: b}"]
)
def test_what_is_no_pack_is_refused(text: str | bytes) -> None:
    with pytest.raises(Malformed, match=r"^f: .*expected"):
        load_pack(text, file="f")


def test_a_case_that_comes_out_otherwise_is_told() -> None:
    failures = load_pack(text_of(RULE), file="f").check_cases()
    assert [(failure.rule, failure.case) for failure in failures] == [
        ("base", "base"),
        ("rule", "matches[0]"),
        ("rule", "passes[0]"),
    ]
    assert "rule (missing item.tlp)" in str(failures[1])
