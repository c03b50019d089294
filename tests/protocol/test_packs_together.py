"""What the shipped packs decide together; and that cross-border/2 is nowhere looser than cross-border/1."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tearline.facts.errors import Malformed
from tearline.protocol import Decision, Outcome, Protocol
from tearline.protocol.protocol import SEVERITY
from tests.protocol.packs import shipped

PACKS = shipped()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEADING = PACKS["cross-border/2"]
FURTHER = [pack for pack in PACKS.values() if pack.name != LEADING.name]
ALL = Protocol(packs=(LEADING, *FURTHER))
FAST = Protocol(packs=(LEADING, PACKS["expedite/1"]))


def _laid_over(below: object, above: object) -> object:
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _laid_over(below.get(key), value) for key, value in above.items()}
    return above


def _whole() -> dict[str, object]:
    """The bases of all packs in one dossier, the leading pack's on top."""
    whole: object = {}
    for pack in (*FURTHER, LEADING):
        whole = _laid_over(whole, pack.base)
    assert isinstance(whole, dict)
    return whole


def _with(**changes: object) -> dict[str, object]:
    """The whole dossier with these values at their paths (``item__tlp``); ``...`` takes one away."""
    dossier = copy.deepcopy(_whole())
    for path, value in changes.items():
        holder: object = dossier
        *steps, last = path.split("__")
        for step in steps:
            holder = holder[int(step) if step.isdigit() else step]  # type: ignore[index]  # a path in the dossier
        if value is ...:
            del holder[last]  # type: ignore[attr-defined]  # as above
        else:
            holder[int(last) if last.isdigit() else last] = value  # type: ignore[index]  # as above
    return dossier


def _stopping(decision: Decision) -> set[str]:
    """The rules that refuse or hold and were not lifted."""
    return {
        m.rule.id for m in decision.matched if m.rule.effect in ("refuse", "hold") and not decision.lifted(m)
    }


def test_an_agreement_may_choose_all_of_them() -> None:
    assert ALL.decide(_whole()).effect is Outcome.RELEASE
    assert {p.name for p in ALL.parameters} >= {"witness_quorum", "keeps_promises", "expedite_window"}


# The expedited path: two of three sign-offs on what perishes tomorrow

SOON: dict[str, object] = {
    "request__expedited": True,
    "item__perishes_at": NOW + timedelta(hours=24),
    "agreement__sign_offs": 3,
}
DISSENT = {"id": "dissent-1", "by": "officer-4", "at": NOW - timedelta(hours=3)}
ANSWERED = DISSENT | {"answered": True, "answered_by": "officer-5", "answered_by_superior": True}
WARNING = {"id": "warning-1", "at": NOW - timedelta(hours=9), "kind": "exposure", "answered": True}


def test_what_perishes_soon_is_released_on_two_of_three_sign_offs() -> None:
    decision = FAST.decide(_with(**SOON))
    assert decision.effect is Outcome.RELEASE
    assert [(w.rule.id, w.by.id) for w in decision.waived] == [("sign-offs-too-few", "further-sign-offs")]
    assert decision.owed == ()


@pytest.mark.parametrize(
    ("changes", "stopped_by"),
    [
        ({"request__expedited": False}, {"sign-offs-too-few"}),
        ({"item__perishes_at": NOW + timedelta(days=20)}, {"sign-offs-too-few", "not-perishing-soon"}),
        ({"item__perishes_at": ...}, {"sign-offs-too-few", "not-perishing-soon"}),
        (
            {"dissents": [ANSWERED]},
            {"sign-offs-too-few", "dissented", "second-signature", "overseer-not-informed"},
        ),
        (
            {"source__warnings": [WARNING]},
            {"sign-offs-too-few", "source-warned", "second-signature", "overseer-not-informed"},
        ),
        ({"protection__people_at_risk": 3}, {"sign-offs-too-few", "people-at-risk", "no-protection-plan"}),
        ({"sign_offs__1__line": "legal"}, {"sign-offs-too-few", "sign-offs-missing"}),
        ({"sign_offs__1__by": "officer-2"}, {"sign-offs-too-few", "one-person-two-lines"}),
        ({"request__purpose_stated": False}, {"purpose-not-stated"}),
        ({"protection__people_at_risk": ...}, {"sign-offs-too-few", "people-at-risk", "no-protection-plan"}),
        ({"dissents": ...}, {"dissented", "dissent-unanswered", "second-signature", "overseer-not-informed"}),
    ],
)
def test_the_expedited_path_is_closed(changes: dict[str, object], stopped_by: set[str]) -> None:
    decision = FAST.decide(_with(**SOON | changes))
    assert decision.effect is Outcome.HOLD
    assert _stopping(decision) >= stopped_by


@pytest.mark.parametrize(
    "changes",
    [
        {"chain__1__outcome": "exempt"},
        {"recipient__suspended": True},
        {"chain__2__violation": "credible"},
        {"item__compromised": True},
        {"sign_offs__0__by": "officer-1"},
        {"request__reviews_overdue": 1},
        {"item__perishes_at": NOW},
    ],
)
def test_no_refusal_is_lifted(changes: dict[str, object]) -> None:
    assert FAST.decide(_with(**SOON | changes)).effect is Outcome.REFUSE


def test_the_expedited_path_fits_the_second_version_only() -> None:
    with pytest.raises(Malformed, match="a hold of cross-border to waive, found sign-offs-too-few"):
        Protocol(packs=(PACKS["cross-border/1"], PACKS["expedite/1"]))


# Stories of single texts

RED = {"item__tlp": "RED", "request__reach": "named-persons"}
THREAT = {
    "id": "threat-1",
    "at": NOW,
    "harm": "killing",
    "credible": True,
    "specific": True,
    "impending": True,
}
OTHERS = {"item__originator": "agency-3", "item__onward_consent": True}


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        (RED, Outcome.RELEASE),
        (RED | {"request__recipients": 2}, Outcome.REFUSE),
        (RED | {"request__reach": "organisation", "request__extent": "existence"}, Outcome.REFUSE),
        ({"threats": [THREAT]}, Outcome.HOLD),
        ({"threats": [THREAT | {"warned_at": NOW}]}, Outcome.RELEASE),
        ({"threats": [THREAT | {"waiver": "already-aware", "waived_by_senior": True}]}, Outcome.HOLD),
        (
            {"threats": [THREAT | {"waiver": "part-in-armed-conflict", "waived_by_senior": True}]},
            Outcome.RELEASE,
        ),
        ({"threats": [{"id": "threat-1", "at": NOW, "harm": "killing"}]}, Outcome.HOLD),
        ({"request__right_to_know_stated": False, "threats": []}, Outcome.HOLD),
        (
            {"request__right_to_know_stated": False, "threats": [THREAT | {"warned_at": NOW}]},
            Outcome.HOLD,
        ),
        (
            {"agreement__equal_procedures": False, "threats": [THREAT | {"warned_at": NOW}]},
            Outcome.RELEASE,
        ),
        (OTHERS, Outcome.RELEASE),
        (OTHERS | {"consent": {}}, Outcome.HOLD),
        (OTHERS | {"consent": ...}, Outcome.HOLD),
        (OTHERS | {"consent__answer": "no"}, Outcome.REFUSE),
        (OTHERS | {"consent__answer": "no", "consent__tearline": True}, Outcome.RELEASE),
        ({"chain__2__violation": "substantiated"}, Outcome.REFUSE),
        ({"recipient__outcome": ...}, Outcome.HOLD),
        ({"item__europol_source": ...}, Outcome.HOLD),
        ({"item__handling": "C"}, Outcome.HOLD),
        ({"agreement__keeps_promises": False}, Outcome.HOLD),
        ({"source__standing": "unregistered"}, Outcome.REFUSE),
        ({"item__protected_activity": "unrelated"}, Outcome.REFUSE),
    ],
)
def test_what_all_of_them_say(changes: dict[str, object], effect: Outcome) -> None:
    decision = ALL.decide(_with(**changes))
    assert decision.effect is effect, _stopping(decision)


@pytest.mark.parametrize(
    ("pack", "changes"),
    [
        ("eu.europol/1", {"request__use": "protection"}),
        ("expedite/1", {"request__expedited": True, "item__perishes_at": NOW + timedelta(days=20)}),
        ("first.tlp2/1", {"request__reach": "community"}),
        ("orcon/1", OTHERS | {"consent__answer": "no"}),
        ("source-protection/1", {"agreement__keeps_promises": False}),
        ("uk.3x5x2/1", {"item__information_grade": "E"}),
        ("us.28cfr23/1", {"item__protected_activity": "unrelated"}),
        ("us.icd191/1", {"threats": [THREAT]}),
        ("us.leahy/1", {"recipient__unit": ...}),
    ],
)
def test_each_text_that_is_added_stops_what_the_others_would_release(
    pack: str, changes: dict[str, object]
) -> None:
    decision = ALL.decide(_with(**changes))
    assert [v.pack for v in decision.verdicts if v.effect is not Outcome.RELEASE] == [pack]
    assert decision.effect is not Outcome.RELEASE


# From version 1 to version 2


def _lacking(value: object) -> Iterator[object]:
    """The value, and the value without any one thing in it."""
    yield value
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            if key != "at" or "dossier" not in value:
                yield rest
            for less in _lacking(inner):
                yield rest | {key: less}
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield value[:n] + value[n + 1 :]
            for less in _lacking(inner):
                yield [*value[:n], less, *value[n + 1 :]]


def _in_version_2(dossier: dict[str, object]) -> dict[str, object]:
    """The same with all that version 2 asks for besides said to be in order."""
    chain = dossier.get("chain")
    if not isinstance(chain, list):
        return dossier
    return dossier | {"dossier": 2, "chain": [{"violation": "none"} | link for link in chain]}


def test_the_second_version_is_nowhere_looser_than_the_first_in_any_case_of_either() -> None:
    first, second = PACKS["cross-border/1"], PACKS["cross-border/2"]
    released = 0
    for case in (*first.cases[::4], *second.cases[::4]):
        for less in _lacking(dict(case.dossier)):
            assert isinstance(less, dict)
            before = SEVERITY[first.decide(less).effect]
            after = SEVERITY[second.decide(_in_version_2(less)).effect]
            assert after >= before, (case, less)
            released += after == 0
    assert released > 100


def test_a_dossier_of_version_1_says_too_little_for_the_second_version() -> None:
    assert PACKS["cross-border/2"].decide(PACKS["cross-border/1"].base).effect is Outcome.HOLD
