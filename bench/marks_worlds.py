"""Worlds for the study of marked copies: a code, colluders, what surfaced, and how often something happened."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from bench.marks_attacks import Attack, Held
from tearline.estimates.marks.code import Code, Spread, make_code
from tearline.estimates.marks.evidence import log_e_values
from tearline.estimates.marks.score import UNREAD, Bits, agreeing, scores
from tearline.estimates.marks.tail import Tail, chernoff


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the exact 95 % bounds of Clopper and Pearson, each one-sided."""

    happened: int
    worlds: int

    @property
    def share(self) -> float:
        return self.happened / self.worlds

    @property
    def at_least(self) -> float:
        return float(beta.ppf(0.05, self.happened, self.worlds - self.happened + 1)) if self.happened else 0.0

    @property
    def at_most(self) -> float:
        k, n = self.happened, self.worlds
        return float(beta.ppf(0.95, k + 1, n - k)) if k < n else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """``size`` colluders mix their copies, where ``declared`` were expected; ``lost`` is the share of bits that is not
    read, ``turned`` the share of the rest that is read wrongly.
    """

    attack: Attack
    bits: int
    declared: int
    size: int
    innocents: int = 0
    spread: Spread = "discrete"
    lost: float = 0.0
    turned: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """``code``: the colluders' codewords first, then those of innocents."""

    code: Code
    seen: Bits
    colluders: int


def world(setting: Setting, rng: np.random.Generator) -> World:
    code = make_code(
        copies=setting.size + setting.innocents,
        bits=setting.bits,
        colluders=setting.declared,
        seed=rng.bytes(32),
        spread=setting.spread,
    )
    seen = setting.attack(Held(code.words[: setting.size], code.biases, rng)).copy()
    wrong = rng.random(setting.bits) < setting.turned
    seen[wrong] = 1 - seen[wrong]
    seen[rng.random(setting.bits) < setting.lost] = UNREAD
    return World(code, seen, setting.size)


def p_by_score(made: World) -> float:
    """The smallest p-value of a colluder, by the score alone."""
    code = made.code
    found = scores(code.biases, code.words[: made.colluders], made.seen)
    return float(Tail(agreeing(code.biases, made.seen))(found).min())


def p_by_chernoff(made: World) -> float:
    code = made.code
    best = float(scores(code.biases, code.words[: made.colluders], made.seen).max())
    return chernoff(agreeing(code.biases, made.seen), best)


def p_by_evidence(made: World, declared: int) -> float:
    """The same by the e-value alone."""
    code = made.code
    found = log_e_values(code.biases, code.words[: made.colluders], made.seen, declared)
    return float(np.exp(-max(found.max(), 0.0)))
