"""Whether a text is proved to be nowhere looser than the one it would replace, or what it lets through.

The solver has a few seconds. What it cannot decide in that time counts as looser.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.protocol import Effect, Pack
from tearline.protocol.compare import Case, Comparison, compare
from tearline.protocol.dossier import plain_value
from tearline.protocol.shrink import differences
from tearline.web.tongue import Tongue

BOUND = 3
SECONDS = 4.0
"""For each direction."""
MOST_CASES = 12
MOST_CHANGES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """What the new text lets through: by which rule, from which verdict to which, and what is special about it."""

    rule: str
    words: str
    before: str
    after: str
    differs: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``kind`` is that of a notice."""

    kind: str
    title: str
    sentence: str
    cases: list[Through]


def proved(say: Tongue, old: Sequence[Pack], new: Sequence[Pack]) -> Proof:
    """What the solver says of these texts as they bind together."""
    try:
        found = compare(old, new, bound=BOUND, seconds=SECONDS)
    except Malformed:
        return _undecided(say)
    cases = [_through(say, case) for case in found.loosened.cases[:MOST_CASES]]
    if cases:
        return Proof(
            kind="problem",
            title=say("It is looser: it lets through what was stopped"),
            sentence=say("Each case below was confirmed by the evaluator. Others may exist."),
            cases=cases,
        )
    return _undecided(say) if found.loosened.open else _nowhere(say, found)


def _nowhere(say: Tongue, found: Comparison) -> Proof:
    title = (
        say("Proved: it gives the same verdicts")
        if found.result == "equal"
        else say("Proved: it is nowhere looser")
    )
    return Proof(
        kind="done",
        title=title,
        sentence=say(
            "For every dossier whose lists have at most %(n)s entries, not only for recorded ones.",
            n=say.number(found.bound),
        ),
        cases=[],
    )


def _undecided(say: Tongue) -> Proof:
    return Proof(
        kind="caution",
        title=say("Not proved: read it as if it were looser"),
        sentence=say(
            "That no recorded verdict becomes looser shows nothing about releases that nobody has asked for yet."
        ),
        cases=[],
    )


def _through(say: Tongue, case: Case) -> Through:
    opened = case.rule.effect is Effect.PERMIT
    return Through(
        rule=case.rule.id,
        words=say("permits it now") if opened else say("stops it no longer"),
        before=case.strict.effect.value,
        after=case.lax.effect.value,
        differs=list(_differs(say, case)),
    )


def _differs(say: Tongue, case: Case) -> Iterable[str]:
    """In what the case is not like the text's own example."""
    for n, change in enumerate(differences(case.dossier, case.base)):
        if n == MOST_CHANGES:
            yield "…"
            return
        path = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in change.path).lstrip(".")
        if change.value is None:
            yield say("%(path)s: not known", path=path)
        else:
            yield f"{path}: {_as_written(plain_value(change.value))}"


def _as_written(value: object) -> str:
    """A value as an author writes it in a case."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_as_written(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(_as_written(inner) for inner in value) + "]"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
