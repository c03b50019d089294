"""Marked copies: how many bits, how often somebody is found, how often somebody wrongly: ``python -m bench marks``.

All worlds are seeded, so a second run prints the same figures. A rate comes with the number of its worlds and the
exact 95 % bound of Clopper and Pearson that counts against us: the lower one where something should happen, the
upper one where it should not. Bounds are one-sided, and each stands by itself. What fails is printed like the rest.

- *Lengths.* n = 1,000 copies, error 0.001. The bits advised, and 0.7 to 0.9 of them, against attacks that the e-value
  averages over, and against some that it does not. The score alone and the e-value alone have the whole error to
  themselves; the rule that is used gives half to each. Beside them the arcsine biases of Tardos at 4.7 c² ln(n/error).
- *Wrong copies.* Worlds with 200 copies, whatever the colluders do, also if they know the biases or are more.
- *What was lost.* The same bits with some not read, some read wrongly, more colluders, or the biases known.
- *The gate on texts.* Reports with 8 recipients, from the text with alternatives to what surfaced and back.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.marks_attacks import IN_THE_MIXTURE, NOT_IN_IT, Attack, knowing_the_biases
from bench.marks_texts import cropped, report, retyped, spliced
from bench.marks_worlds import Rate, Setting, p_by_chernoff, p_by_evidence, p_by_score, world
from tearline.estimates.marks.code import Code, make_code
from tearline.estimates.marks.length import bits_needed
from tearline.estimates.marks.reading import read_text
from tearline.estimates.marks.template import Template, read_template
from tearline.estimates.marks.trace import Design, Traced, p_values, trace
from tearline.facts.tracing import Gate, Surfaced

COPIES, ERROR = 1_000, 1e-3
CROWD, ERRORS = 200, (0.2, 0.01, 1e-3)
WORLDS = {2: 400, 3: 400, 5: 200, 10: 60}
SHORTER = (0.7, 0.8, 0.9)
MOST = 4.7
CATCH = 0.95


def run() -> None:
    started = time.perf_counter()
    lengths()
    arcsine_lengths()
    wrong_copies()
    what_was_lost()
    gate_on_bits()
    gate_on_texts()
    print(f"\n{time.perf_counter() - started:.0f} s")


def said(is_so: bool, what: str) -> None:  # noqa: FBT001  what it says
    print(f"{'reached' if is_so else 'MISSED'}: {what}")


# Lengths

DECODERS = ("score alone", "e-value alone", "the rule")


def lengths() -> None:
    print(
        f"lengths: {COPIES} copies, error {ERROR:g}; lowest catch-one rate over the attacks, and which;"
        " seed [1, c, bits]"
    )
    print(f"{'c':>3}{'bits':>7}{'const':>7}{'worlds':>8}  {'decoder':<15}{'in the mixture':<30}not in it")
    for colluders, worlds in WORLDS.items():
        advised = bits_needed(copies=COPIES, colluders=colluders, error=ERROR)
        constant = advised / (colluders**2 * np.log(COPIES / ERROR))
        for share in (*SHORTER, 1.0):
            bits = round(share * advised)
            fewer = worlds if share == 1 else worlds // 2
            found = {
                name: caught(attack, colluders, bits, fewer)
                for name, attack in (IN_THE_MIXTURE | NOT_IN_IT).items()
            }
            for decoder in DECODERS:
                inside, outside = (
                    worst({name: found[name][decoder] for name in names})
                    for names in (IN_THE_MIXTURE, NOT_IN_IT)
                )
                print(
                    f"{colluders:>3}{bits:>7}{share * constant:>7.2f}{fewer:>8}  {decoder:<15}"
                    f"{inside:<30}{outside}",
                    flush=True,
                )
            if share == 1:
                everywhere = min(rates["the rule"].share for rates in found.values())
                said(constant <= MOST, f"{constant:.2f} c² ln(n/error) for c = {colluders}, at most {MOST}")
                said(everywhere >= CATCH, f"one is caught in {everywhere:.3f} of worlds, at least {CATCH}")


def caught(attack: Attack, colluders: int, bits: int, worlds: int) -> dict[str, Rate]:
    rng = np.random.default_rng([1, colluders, bits])
    level = ERROR / COPIES
    happened = dict.fromkeys(DECODERS, 0)
    for _ in range(worlds):
        made = world(Setting(attack=attack, bits=bits, declared=colluders, size=colluders), rng)
        by_score, by_evidence = p_by_score(made), p_by_evidence(made, colluders)
        happened["score alone"] += by_score <= level
        happened["e-value alone"] += by_evidence <= level
        happened["the rule"] += 2 * min(by_score, by_evidence) <= level
    return {name: Rate(times, worlds) for name, times in happened.items()}


def worst(rates: Mapping[str, Rate]) -> str:
    name = min(rates, key=lambda name: rates[name].share)
    return f"{rates[name].share:.3f} ≥ {rates[name].at_least:.3f} {name}"


def arcsine_lengths() -> None:
    print(f"\narcsine biases, {MOST} c² ln(n/error) bits, score with Chernoff's bound; seed [2, c]")
    print(f"{'c':>3}{'bits':>7}{'worlds':>8}  in the mixture              not in it")
    for colluders in WORLDS:
        bits, worlds = int(MOST * colluders**2 * np.log(COPIES / ERROR)), 100
        rng = np.random.default_rng([2, colluders])
        rates = {}
        for name, attack in (IN_THE_MIXTURE | NOT_IN_IT).items():
            happened = 0
            for _ in range(worlds):
                made = world(
                    Setting(attack=attack, bits=bits, declared=colluders, size=colluders, spread="arcsine"),
                    rng,
                )
                happened += p_by_chernoff(made) <= ERROR / COPIES
            rates[name] = Rate(happened, worlds)
        inside, outside = (
            worst({name: rates[name] for name in names}) for names in (IN_THE_MIXTURE, NOT_IN_IT)
        )
        print(f"{colluders:>3}{bits:>7}{worlds:>8}  {inside:<28}{outside}")


# Wrong copies


def wrong_copies() -> None:
    print(
        f"\nwrong copies: worlds in which any innocent among {CROWD} copies is named; seed [3, c]\n"
        f"{'c':>3}{'bits':>7}  {'attacks':<22}{'error':>8}{'worlds':>8}{'wrong':>7}  at most"
    )
    total = dict.fromkeys(ERRORS, 0)
    for colluders, worlds in {1: 1_000, 2: 800, 3: 400}.items():
        bits = bits_needed(copies=CROWD, colluders=colluders, error=ERROR)
        attacks: dict[str, tuple[list[Attack], int]] = {
            "as declared": (list((IN_THE_MIXTURE | NOT_IN_IT).values()), colluders),
            "three more of them": (list(IN_THE_MIXTURE.values()), colluders + 3),
            "knowing the biases": ([knowing_the_biases], colluders),
        }
        for name, (chosen, size) in attacks.items():
            rng = np.random.default_rng([3, colluders])
            smallest = [
                smallest_innocent(chosen[n % len(chosen)], bits, size, colluders, rng) for n in range(worlds)
            ]
            for error in ERRORS:
                wrong = sum(p * CROWD <= error for p in smallest)
                total[error] += wrong
                rate = Rate(wrong, worlds)
                print(
                    f"{colluders:>3}{bits:>7}  {name:<22}{error:>8g}{worlds:>8}{wrong:>7}  {rate.at_most:.4f}",
                    flush=True,
                )
    for error, wrong in total.items():
        rate = Rate(wrong, 3 * (1_000 + 800 + 400))
        said(
            rate.at_least <= error,
            f"error {error:g}: {rate.share:.5f} of {rate.worlds} worlds, at most {rate.at_most:.5f}",
        )


def smallest_innocent(attack: Attack, bits: int, size: int, declared: int, rng: np.random.Generator) -> float:
    setting = Setting(attack=attack, bits=bits, declared=declared, size=size, innocents=CROWD - size)
    made = world(setting, rng)
    return float(p_values(made.code, made.seen, declared).p[size:].min())


# What was lost


def what_was_lost() -> None:
    print(
        "\nwhat was lost: 12 copies, error 0.001; one of the colluders is found by the rule; seed [4, c]\n"
        f"{'c':>3}{'bits':>7}  {'':<36}{'worlds':>8}{'found':>8}  at least"
    )
    copies, worlds = 12, 400
    for colluders in (1, 2, 3):
        bits = bits_needed(copies=copies, colluders=colluders, error=ERROR)
        plain = Setting(attack=IN_THE_MIXTURE["interleaving"], bits=bits, declared=colluders, size=colluders)
        ways = {
            "all is read": plain,
            "3 in 10 not read": replace(plain, lost=0.3),
            "3 in 10 not read, bits for that": replace(
                plain,
                lost=0.3,
                bits=bits_needed(copies=copies, colluders=colluders, error=ERROR, lost=0.3),
            ),
            "1 in 20 read wrongly": replace(plain, turned=0.05),
            "1 in 20 wrongly, half as many again": replace(plain, turned=0.05, bits=round(bits * 1.5)),
            "one more colluder than declared": replace(plain, size=colluders + 1),
            "the biases known": replace(plain, attack=knowing_the_biases),
        }
        for name, setting in ways.items():
            rng = np.random.default_rng([4, colluders])
            happened = 0
            for _ in range(worlds):
                made = world(setting, rng)
                p = 2 * min(p_by_score(made), p_by_evidence(made, colluders))
                happened += p * copies <= ERROR
            rate = Rate(happened, worlds)
            print(
                f"{colluders:>3}{setting.bits:>7}  {name:<36}{worlds:>8}{rate.share:>8.3f}  {rate.at_least:.3f}"
            )


# The gate


@dataclass(slots=True)
class Openings:
    """Of so many worlds: how often the gate opened, for the right copies only, and for any wrong one."""

    worlds: int = 0
    opened: int = 0
    wrong: int = 0
    too_few: int = 0

    def count(self, found: Traced, took_part: set[str]) -> None:
        self.worlds += 1
        self.too_few += found.gate is Gate.TOO_FEW_BITS
        if found.named:
            self.opened += 1
            self.wrong += not {one.copy for one in found.named} <= took_part


def gate_on_bits() -> None:
    """Many worlds, without the text: what surfaced is drawn from what may happen to one."""
    copies, worlds = 20, 6_000
    print(f"\nthe gate: {copies} copies, attacks and losses by chance; seed [5, c, error]")
    print(f"{'c':>3}{'bits':>7}{'error':>8}{'worlds':>8}{'opened':>8}{'wrong':>7}  wrong of opened, at most")
    total = Openings()
    attacks = [*IN_THE_MIXTURE.values(), *NOT_IN_IT.values()]
    names = [f"copy-{n}" for n in range(copies)]
    for colluders in (1, 2, 3):
        for error in (ERROR, 0.01):
            design = Design(error=error, colluders=colluders)
            bits = round(1.3 * design.needed(copies))
            rng = np.random.default_rng([5, colluders, round(1000 * error)])
            counted = Openings()
            for n in range(worlds // 6):
                size = int(rng.integers(1, colluders + 2))
                setting = Setting(
                    attack=attacks[n % len(attacks)],
                    bits=bits,
                    declared=colluders,
                    size=size,
                    innocents=copies - size,
                    lost=float(rng.choice([0, 0.1, 0.2, 0.4])),
                    turned=float(rng.choice([0, 0.02])),
                )
                made = world(setting, rng)
                found = trace(made.code, made.seen, design, copies=names, within_reach=[()] * copies)
                for so_far in (counted, total):
                    so_far.count(found, set(names[:size]))
            rate = Rate(counted.wrong, counted.opened)
            print(
                f"{colluders:>3}{bits:>7}{error:>8g}{counted.worlds:>8}{counted.opened:>8}{counted.wrong:>7}"
                f"  {rate.at_most:.4f}"
            )
    _conclude(total)


def _conclude(total: Openings) -> None:
    rate = Rate(total.wrong, total.opened)
    said(
        rate.at_most <= 0.01,
        f"a wrong copy in {total.wrong} of {total.opened} openings, at most {rate.at_most:.4f}, of 0.01;"
        f" opened in {total.opened / total.worlds:.2f} of {total.worlds} worlds",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Issued:
    """A report, its copies, and what another release of the same report would have been."""

    template: Template
    code: Code
    copies: list[str]
    elsewhere: str

    @classmethod
    def made(cls, colluders: int, recipients: int, seed: int) -> "Issued":
        design = Design(error=ERROR, colluders=colluders)
        template = read_template(report(round(1.7 * design.needed(recipients)), seed))
        secret, other = (seed.to_bytes(31, "big") + bytes([n]) for n in (0, 1))
        code = make_code(copies=recipients, bits=template.bits, colluders=colluders, seed=secret)
        another = make_code(copies=1, bits=template.bits, colluders=colluders, seed=other)
        copies = [template.render(word.tolist()) for word in code.words]
        return cls(template, code, copies, template.render(another.words[0].tolist()))


Leak = Callable[[Issued, random.Random], tuple[str, set[int]]]


def gate_on_texts() -> None:
    recipients = 8
    leaks: dict[str, tuple[int, int, Leak]] = {
        "word for word": (1, 100, lambda of, _: (of.copies[0], {0})),
        "retyped, 2 slips in 100 letters": (1, 100, lambda of, rng: (retyped(of.copies[0], rng, 0.02), {0})),
        "and a quarter cropped": (
            1, 100, lambda of, rng: (cropped(retyped(of.copies[0], rng, 0.02), 0.25, rng), {0}),
        ),
        "and two thirds cropped": (
            1, 100, lambda of, rng: (cropped(retyped(of.copies[0], rng, 0.02), 0.67, rng), {0}),
        ),
        "by somebody unlogged who reached it": (1, 100, lambda of, rng: (retyped(of.copies[0], rng, 0.02), {0})),
        "two copies spliced, two declared": (
            2, 60, lambda of, rng: (retyped(spliced(of.copies[:2], rng), rng, 0.01), {0, 1}),
        ),
        "two copies spliced, one declared": (
            1, 100, lambda of, rng: (retyped(spliced(of.copies[:2], rng), rng, 0.01), {0, 1}),
        ),
        "as it was before it was marked": (1, 100, lambda of, _: (of.template.render([0] * of.template.bits), set())),
        "a copy of another release": (1, 100, lambda of, _: (of.elsewhere, set())),
    }  # fmt: skip
    print(
        f"\nthe gate on texts: {recipients} recipients, error {ERROR:g}; seed: number of the world\n"
        f"{'how it surfaced':<38}{'c':>3}{'worlds':>8}{'opened':>8}{'wrong':>7}{'too few bits':>14}{'read':>7}"
    )
    total = Openings()
    for name, (declared, worlds, leak) in leaks.items():
        counted, read, bits = Openings(), 0, 0
        for seed in range(worlds):
            issued = Issued.made(declared, recipients, seed)
            text, took_part = leak(issued, random.Random(seed))
            seen = read_text(issued.template, text, Surfaced.RETYPED).bits
            names = [f"copy-{n}" for n in range(recipients)]
            design = Design(error=ERROR, colluders=declared)
            found = trace(issued.code, seen, design, copies=names, within_reach=[()] * recipients)
            for so_far in (counted, total):
                so_far.count(found, {f"copy-{n}" for n in took_part})
            read, bits = read + found.read, bits + found.bits
        print(
            f"{name:<38}{declared:>3}{counted.worlds:>8}{counted.opened:>8}{counted.wrong:>7}{counted.too_few:>14}"
            f"{read / bits:>7.2f}"
        )
    _conclude(total)


if __name__ == "__main__":
    run()
