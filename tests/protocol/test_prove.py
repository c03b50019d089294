"""What must hold for every dossier, under each shipped protocol and under each pair of them."""

import pytest

from tearline.facts.errors import Malformed
from tearline.protocol import Effect, Outcome, Pack, Protocol, read_dossier, write_dossier
from tearline.protocol.compare import compare
from tearline.protocol.grammar import WrongCondition
from tearline.protocol.prove import prove, prove_refusals_kept
from tearline.protocol.search import Search
from tearline.protocol.solver import Allowance
from tearline.protocol.symbolic import Ruling
from tests.protocol.packs import cross_border, pack_of, shipped


def bound_together() -> list[tuple[Pack, ...]]:
    """Each leading text by itself, and with each of those that partners may add to it."""
    leading = [pack for pack in shipped().values() if pack.name == "cross-border"]
    beside = [pack for pack in shipped().values() if pack.name != "cross-border"]
    pairs = [(one, other) for one in leading for other in beside if fit(one, other)]
    return [*((one,) for one in leading), *pairs]


def fit(*packs: Pack) -> bool:
    try:
        Protocol(packs=packs)
    except Malformed:  # a waive may name holds that only a later version has
        return False
    return True


BOUND_TOGETHER = bound_together()


def called(packs: tuple[Pack, ...]) -> str:
    return "+".join(pack.id for pack in packs)


@pytest.mark.parametrize("packs", BOUND_TOGETHER, ids=called)
@pytest.mark.parametrize(
    ("given", "at_least"),
    [
        ('chain.exists(p, p.outcome == "exempt")', Outcome.REFUSE),
        ("agreement.valid_until <= at", Outcome.REFUSE),
        ("at < agreement.in_force_from", Outcome.REFUSE),
        ("!chain_complete", Outcome.HOLD),
        ("size(chain) == 0", Outcome.REFUSE),
        ("recipient.suspended", Outcome.REFUSE),
        ("item.perishes_at <= at", Outcome.REFUSE),
        ("sign_offs.exists(s, s.by == request.by)", Outcome.REFUSE),
        ("source.warnings.exists(w, !w.answered)", Outcome.HOLD),
        ("dissents.exists(d, !d.answered)", Outcome.HOLD),
        ("size(sign_offs) == 0", Outcome.HOLD),
    ],
)
def test_what_no_dossier_may_bring(packs: tuple[Pack, ...], given: str, at_least: Outcome) -> None:
    proof = prove(packs, given, at_least)
    assert proof.proved, (proof.dossier, proof.undecided)


@pytest.mark.parametrize("packs", BOUND_TOGETHER, ids=called)
def test_an_unknown_never_releases(packs: tuple[Pack, ...]) -> None:
    protocol = Protocol(packs=packs)
    search = Search([protocol], 3)
    ruling, logic = Ruling(protocol, search.translation), search.logic
    solver = search.solver(Allowance(60))
    solver.give(*ruling.releases())
    assert solver.ask() is not None, "something is released"
    for one in (*ruling.of(Effect.REFUSE), *ruling.of(Effect.HOLD)):
        unknown = logic.negated(logic.some((one.truth.true, one.truth.false)))
        assert solver.ask(unknown) is None, one.rule.id


@pytest.mark.parametrize("packs", [pair for pair in BOUND_TOGETHER if len(pair) > 1], ids=called)
def test_what_is_refused_stays_refused_with_another_pack_beside(packs: tuple[Pack, ...]) -> None:
    proof = prove_refusals_kept(packs[:1], packs)
    assert proof.proved, (proof.dossier, proof.undecided)


def test_the_expedited_path_lifts_holds_and_nothing_else() -> None:
    (packs,) = [pair for pair in BOUND_TOGETHER if called(pair) == "cross-border/2+expedite/1"]
    loosened = compare(packs[:1], packs).loosened
    assert loosened.cases, "it lifts something"
    assert not loosened.open
    assert all(case.strict.effect is Outcome.HOLD for case in loosened.cases)
    lifted = {(one.pack, one.rule) for rule in packs[1].rules for one in rule.waives}
    assert {(packs[0].name, case.rule.id) for case in loosened.cases} <= lifted


def test_a_claim_that_is_wrong_is_broken_by_a_dossier_that_can_be_read() -> None:
    proof = prove([cross_border()], "size(dissents) > 0", Outcome.HOLD)
    assert not proof.proved
    assert proof.dossier is not None
    read = read_dossier(write_dossier(proof.dossier), file="broken", parameters=cross_border().parameters)
    assert Protocol(packs=(cross_border(),)).decide(read).effect is Outcome.RELEASE


def test_a_refusal_that_was_dropped_is_found() -> None:
    old = pack_of({"stop": ("refuse", "item.compromised"), "yes": ("permit", "true")})
    new = pack_of({"stop": ("hold", "item.compromised"), "yes": ("permit", "true")})
    assert prove_refusals_kept([old], [new]).dossier is not None
    assert prove_refusals_kept([new], [old]).proved


def test_a_claim_over_no_fact_is_refused() -> None:
    with pytest.raises(WrongCondition, match="chain"):
        prove([cross_border()], "chian_complete", Outcome.HOLD)


def test_everything_gets_release_or_worse() -> None:
    assert prove([cross_border()], "true", Outcome.RELEASE).proved
