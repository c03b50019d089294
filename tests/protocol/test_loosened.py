"""Every shipped pack, loosened by one edit: the comparison finds it, and shows a case that the evaluator confirms.

An edit is a rule that is left out, or a slip in its condition of the kinds that ``test_packs`` tries. It loosens
where it gives one of the pack's own cases a better verdict; the comparison is not told these cases and has to find
its own.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tearline.protocol import Effect, Pack
from tearline.protocol.compare import compare
from tearline.protocol.fast import generate
from tearline.protocol.protocol import SEVERITY
from tearline.protocol.tree import Constant
from tearline.protocol.types import BOOL
from tests.protocol.packs import shipped
from tests.protocol.test_compare import bare, confirmed, without
from tests.protocol.test_packs import slips_of

SEED = 20261128


def edits(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """Each rule that stops something left out; of each rule, slips in its condition in an order by chance."""
    chance = random.Random(f"{SEED} {pack.id}")
    for n, rule in enumerate(pack.rules):
        if rule.effect in (Effect.REFUSE, Effect.HOLD):
            yield f"{rule.id} left out", without(pack, rule.id)
        slips = slips_of(pack, rule.id)
        for slip in chance.sample(slips, min(4, len(slips))):
            conditions = (*pack.conditions[:n], slip, *pack.conditions[n + 1 :])
            yield f"{rule.id}: {slip}", replace(bare(pack), conditions=conditions, fast=generate(conditions))


def loosens(old: Pack, new: Pack) -> bool:
    return any(
        SEVERITY[new.decide(case.dossier).effect] < SEVERITY[old.decide(case.dossier).effect]
        for case in old.cases
    )


@pytest.mark.parametrize("pack", shipped().values(), ids=lambda pack: pack.id)
def test_a_pack_that_is_loosened_by_one_edit_is_found_out(pack: Pack) -> None:
    found = 0
    for what, edited in edits(pack):
        if not loosens(pack, edited):
            continue
        comparison = compare([bare(pack)], [edited])
        assert comparison.loosened.cases, what
        assert confirmed(comparison), what
        found += 1
    assert found >= len(pack.rules) // 2


def test_a_waive_that_always_lifts_is_found_out_beside_the_pack_whose_hold_it_names() -> None:
    leading, expedite = bare(shipped()["cross-border/2"]), bare(shipped()["expedite/1"])
    n = next(n for n, rule in enumerate(expedite.rules) if rule.effect is Effect.WAIVE)
    conditions = (*expedite.conditions[:n], Constant(True, BOOL), *expedite.conditions[n + 1 :])
    always = replace(expedite, conditions=conditions, fast=generate(conditions))
    comparison = compare([leading, expedite], [leading, always])
    assert [case.rule.id for case in comparison.loosened.cases] == ["sign-offs-too-few"]
    assert confirmed(comparison)
