"""The facts named beside a rule are those that made it match: derived from the condition, element by element."""

import pytest

from tests.protocol.conditions import NOW, Said
from tests.protocol.oracle import pack_around
from tests.protocol.packs import cross_border, pack_of

DOSSIER: dict[str, object] = {
    "at": NOW,
    "item": {"tlp": "RED", "id": "item-1"},
    "request": {"recipients": 2, "by": "officer-1", "purpose_stated": True},
    "chain": [
        {"person": "officer-7", "relation": "recipient", "outcome": "cleared"},
        {"person": "officer-8", "relation": "superior", "outcome": "exempt"},
        {"person": "officer-9", "relation": "superior", "outcome": "failed"},
    ],
    "dissents": [],
    "sign_offs": [
        {"id": "sign-off-1", "by": "officer-2", "line": "releasing"},
        {"id": "sign-off-2", "by": "officer-2", "line": "legal"},
        {"id": "sign-off-3", "by": "officer-3", "line": "second"},
    ],
}


@pytest.mark.parametrize(
    ("condition", "readings"),
    [
        ('item.tlp == "RED"', {"item.tlp": "RED"}),
        ('item.tlp == "RED" || item.id == "item-2"', {"item.tlp": "RED"}),
        ('item.tlp == "RED" || item.id == "item-1"', {"item.tlp": "RED", "item.id": "item-1"}),
        ('!(item.tlp == "GREEN" || item.id == "b")', {"item.tlp": "RED", "item.id": "item-1"}),
        ('!(item.tlp == "GREEN" && item.id == "item-1")', {"item.tlp": "RED"}),
        ("has(item.tlp) && !has(item.perishes_at)", {"item.tlp": "RED", "item.perishes_at": None}),
        (
            'request.purpose_stated ? item.tlp == "RED" : false',
            {"request.purpose_stated": True, "item.tlp": "RED"},
        ),
        (
            'chain.exists(p, p.outcome == "exempt")',
            {"chain[1].person": "officer-8", "chain[1].outcome": "exempt"},
        ),
        (
            '!chain.all(p, p.relation != "superior" || p.outcome == "exempt")',
            {"chain[2].person": "officer-9", "chain[2].relation": "superior", "chain[2].outcome": "failed"},
        ),
        (
            'chain.exists(p, p.relation == "superior" && p.outcome in ["exempt", "failed"])',
            {
                "chain[1].person": "officer-8",
                "chain[1].relation": "superior",
                "chain[1].outcome": "exempt",
                "chain[2].person": "officer-9",
                "chain[2].relation": "superior",
                "chain[2].outcome": "failed",
            },
        ),
        ('chain.all(p, p.person != "officer-1")', {"size(chain)": 3}),
        ('!chain.exists(p, p.person == "officer-1")', {"size(chain)": 3}),
        ("!dissents.exists(d, d.answered)", {"size(dissents)": 0}),
        (
            'chain.exists_one(p, p.outcome == "failed")',
            {"chain[2].person": "officer-9", "chain[2].outcome": "failed"},
        ),
        (
            'request.recipients > size(chain.filter(p, p.relation == "recipient"))',
            {
                "request.recipients": 2,
                "size(chain)": 3,
                "chain[0].person": "officer-7",
                "chain[0].relation": "recipient",
            },
        ),
        (
            'chain.filter(p, p.relation == "superior").exists(q, q.outcome == "failed")',
            {"chain[2].person": "officer-9", "chain[2].relation": "superior", "chain[2].outcome": "failed"},
        ),
        (
            "sign_offs.exists(s, size(sign_offs.filter(t, t.by == s.by)) > 1 && s.line == 'legal')",
            {
                "sign_offs[1].id": "sign-off-2",
                "size(sign_offs)": 3,
                "sign_offs[0].id": "sign-off-1",
                "sign_offs[0].by": "officer-2",
                "sign_offs[1].by": "officer-2",
                "sign_offs[1].line": "legal",
            },
        ),
        ('"officer-8" in chain.map(p, p.person)', {"size(chain)": 3}),
    ],
)
def test_the_facts_that_decided_are_named(condition: str, readings: dict[str, object]) -> None:
    pack = pack_of({"rule": ("refuse", condition)})
    verdict = pack.decide(DOSSIER)
    assert verdict == pack.decide_slowly(DOSSIER)
    (match,) = verdict.matched
    assert match.certain
    assert dict(match.readings) == readings


MARKED: dict[str, object] = {"at": NOW, "item": {"id": "case-17", "marks": ["a", "b", "a"], "counts": [3, 4]}}


@pytest.mark.parametrize(
    ("condition", "readings"),
    [
        ("item.marks.exists(m, m == 'a')", {"item.marks[0]": "a", "item.marks[2]": "a"}),
        (
            "item.marks.filter(m, m != 'b').exists(m, m.matches('^a$'))",
            {"item.marks[0]": "a", "item.marks[2]": "a"},
        ),
        ("!item.counts.all(n, n % 2 == 1)", {"item.counts[1]": 4}),
        ("item.counts.all(n, n / 2 > 0)", {"size(item.counts)": 2}),
        ("item.counts.exists_one(n, n == 3)", {"item.counts[0]": 3}),
        ("item.counts.map(n, n * 2).exists(n, n == 8)", {"size(item.counts)": 2}),
        ("[1, 2].exists(n, n == 1)", {}),
        ("item.id.matches('^case-')", {"item.id": "case-17"}),
        ("'a' in item.marks", {"size(item.marks)": 3}),
    ],
)
def test_of_a_list_of_values_those_that_decided_are_named(
    condition: str, readings: dict[str, object]
) -> None:
    pack = pack_around([Said.same(condition)])
    (match,) = pack.decide(MARKED).matched
    assert dict(match.readings) == readings
    assert pack.decide(MARKED) == pack.decide_slowly(MARKED)


def test_only_what_is_missing_and_what_is_known_of_an_undecided_rule_is_named() -> None:
    pack = pack_of({"rule": ("refuse", 'item.tlp == "RED" && chain.exists(p, p.valid_until <= at)')})
    (match,) = pack.decide(DOSSIER).matched
    assert not match.certain
    assert match.missing == ("chain[0].valid_until", "chain[1].valid_until", "chain[2].valid_until")
    assert dict(match.readings) == {
        "item.tlp": "RED",
        "chain[0].person": "officer-7",
        "chain[1].person": "officer-8",
        "chain[2].person": "officer-9",
        "at": NOW,
    }


def test_a_part_that_did_not_decide_may_lack_a_fact() -> None:
    pack = pack_of({"rule": ("hold", 'item.tlp == "RED" || item.originator == "a"')})
    (match,) = pack.decide(DOSSIER).matched
    assert match.certain
    assert dict(match.readings) == {"item.tlp": "RED"}


def test_every_rule_of_the_shipped_pack_has_its_facts_told_by_generated_code() -> None:
    pack = cross_border()
    assert None not in pack.fast.careful.explain
    for case in pack.cases:
        verdict = pack.decide(case.dossier)
        assert verdict == pack.decide_slowly(case.dossier)
        assert all(match.readings or match.missing for match in verdict.matched)
