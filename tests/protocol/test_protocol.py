"""Packs that bind together: the worst verdict wins, each has to permit, and a waive lifts the holds it names."""

import pytest

from tearline.facts.errors import Malformed
from tearline.protocol import Decision, Effect, Outcome, Pack, Protocol, load_pack
from tests.protocol.conditions import NOW
from tests.protocol.packs import text_of

PERMIT = {"some": ("permit", "true")}


def pack(name: str, rules: dict[str, tuple[str, str]], *, version: int = 1) -> Pack:
    text = text_of(rules).replace("pack: test", f"pack: {name}").replace("version: 1", f"version: {version}")
    return load_pack(text, file=f"{name}.yaml")


def waiving(condition: str, *, rule: str = "slow", of: str = "one") -> Pack:
    text = text_of(PERMIT | {"quick": ("waive", condition)}).replace("pack: test", "pack: quick")
    return load_pack(f"{text}    waives: [{{pack: {of}, rule: {rule}}}]\n", file="quick.yaml")


HOLDING = pack(
    "one", PERMIT | {"slow": ("hold", "request.recipients > 0"), "other": ("hold", "item.compromised")}
)
DOSSIER: dict[str, object] = {
    "dossier": 1,
    "at": NOW,
    "request": {"recipients": 1},
    "item": {"compromised": False},
}


def decide(*packs: Pack, **changed: object) -> Decision:
    """The decision, after a look that ``outcome`` says the same in brief."""
    protocol = Protocol(packs=packs)
    decision = protocol.decide(DOSSIER | changed)
    brief = (decision.effect, tuple(decision.called(one.rule) for one in decision.matched))
    assert protocol.outcome(DOSSIER | changed) == brief
    return decision


def test_the_worst_verdict_wins() -> None:
    two = pack("two", PERMIT | {"never": ("refuse", "item.compromised")})
    assert decide(HOLDING, two).effect is Outcome.HOLD
    assert decide(HOLDING, two, item={"compromised": True}).effect is Outcome.REFUSE
    assert decide(two).effect is Outcome.RELEASE


def test_each_pack_has_to_permit() -> None:
    silent = pack("silent", {"never": ("refuse", "item.compromised")})
    assert decide(pack("two", PERMIT), silent).effect is Outcome.REFUSE


def test_a_waive_lifts_the_hold_it_names_and_what_that_would_owe() -> None:
    assert [o.rule for o in decide(HOLDING).owed] == ["slow"]
    decision = decide(HOLDING, waiving("request.recipients == 1"))
    assert decision.effect is Outcome.RELEASE
    assert [(w.rule.id, w.by.id) for w in decision.waived] == [("slow", "quick")]
    assert decision.owed == ()
    assert [v.effect for v in decision.verdicts] == [Outcome.HOLD, Outcome.RELEASE]


def test_a_waive_that_is_not_true_or_not_known_lifts_nothing() -> None:
    assert decide(HOLDING, waiving("request.recipients == 2")).effect is Outcome.HOLD
    unknown = decide(HOLDING, waiving("has(item.perishes_at) && item.perishes_at < at || source.knowers > 1"))
    assert unknown.effect is Outcome.HOLD
    assert [m.rule.effect for m in unknown.undecided] == [Effect.WAIVE]


def test_a_waive_lifts_no_other_hold() -> None:
    decision = decide(HOLDING, waiving("request.recipients == 1"), item={"compromised": True})
    assert decision.effect is Outcome.HOLD
    assert [o.rule for o in decision.owed] == ["other"]


def test_a_waive_lifts_no_hold_that_rests_on_a_missing_fact() -> None:
    decision = decide(HOLDING, waiving("true"), request={})
    assert decision.effect is Outcome.HOLD
    assert decision.waived == ()


def test_a_waive_lifts_no_refusal() -> None:
    refusing = pack("one", PERMIT | {"slow": ("refuse", "request.recipients > 0")})
    with pytest.raises(Malformed, match="a hold of one to waive, found slow"):
        Protocol(packs=(refusing, waiving("true")))
    with pytest.raises(Malformed, match="a hold of one to waive, found sloow"):
        Protocol(packs=(HOLDING, waiving("true", rule="sloow")))


def test_a_waive_of_a_pack_that_does_not_bind_lifts_nothing() -> None:
    assert decide(HOLDING, waiving("true", of="another")).effect is Outcome.HOLD


def test_a_waive_permits_nothing() -> None:
    text = text_of({"quick": ("waive", "true")})
    alone = load_pack(f"{text}    waives: [{{pack: one, rule: slow}}]\n", file="f")
    assert alone.decide(DOSSIER).effect is Outcome.REFUSE


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(Malformed, match="each text once, found one in two versions or twice"):
        Protocol(packs=(HOLDING, pack("one", PERMIT, version=2)))
    number = text_of(PERMIT).replace("pack: test", "pack: two").replace("type: bool", "type: int")
    with pytest.raises(Malformed, match="strict to be of one type in all its packs"):
        Protocol(packs=(HOLDING, load_pack(number, file="f")))
    with pytest.raises(Malformed, match="at least one pack"):
        Protocol(packs=())


def test_a_waive_says_what_it_lifts_and_rests_on_no_clause_that_awaits_counsel() -> None:
    text = text_of({"quick": ("waive", "true")})
    with pytest.raises(Malformed, match="waives: the holds that this lifts"):
        load_pack(text, file="f")
    waives = "    waives: [{pack: one, rule: slow}]\n"
    with pytest.raises(Malformed, match="never permit"):
        load_pack(text.replace("clause: c", "clause: c, awaiting_check: true") + waives, file="f")
    with pytest.raises(Malformed, match="no waives: only a waive lifts a hold"):
        load_pack(text_of({"quick": ("refuse", "true")}) + waives, file="f")


def test_a_rule_of_a_further_pack_is_named_behind_it() -> None:
    decision = decide(HOLDING, waiving("true"))
    assert [decision.called(m.rule) for m in decision.matched] == [
        "some",
        "slow",
        "quick/1:some",
        "quick/1:quick",
    ]
    assert decision.protocol == "one/1+quick/1"
