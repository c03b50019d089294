"""A pack: a protocol as it stands in one text, ready to decide."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from tearline.facts.errors import Malformed
from tearline.facts.words import Words
from tearline.protocol.bits import Bits, bits_of
from tearline.protocol.evaluate import Exhausted, Readings, Scope, Unfit, Unknown, evaluate, explain
from tearline.protocol.fast import Explain, Fast
from tearline.protocol.made import UnfrozenMatched, UnfrozenVerdict, owed_of
from tearline.protocol.rule import CaseFailure, Duty, Effect, Parameter, Rule, due
from tearline.protocol.tree import Node
from tearline.protocol.verdict import Matched, Outcome, Owed, Verdict, readings_of

ENGINE = "tearline-cel/2"
"""The version of the language: it changes where a condition of an earlier one could come to something else.

What only adds to the language leaves it. 2: ``--x`` is ``x`` as in CEL, also for the smallest int, which was an error
before; and a text that hides a sign is refused.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One of a pack's own cases: a dossier, and whether the rule matches it for certain or not at all."""

    rule: int
    name: str
    dossier: Mapping[str, object]
    matches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A protocol: its rules in order, the duties that facts create under it, what an agreement must state.

    ``sha256`` is of the exact text. ``base`` is the pack's own example of a release that it permits. One that is
    ``beside`` adds to another, which asks who the recipients are and who signed: it leads no agreement.
    """

    name: str
    version: str
    sha256: str
    title: Words
    rules: tuple[Rule, ...]
    duties: tuple[Duty, ...]
    parameters: tuple[Parameter, ...]
    base: Mapping[str, object] = field(repr=False)
    cases: tuple[Case, ...] = field(repr=False)
    conditions: tuple[Node, ...] = field(repr=False)
    fast: Fast = field(repr=False)
    beside: bool = False
    id: str = field(init=False)
    bits: Bits = field(init=False, repr=False, compare=False)
    _text: tuple[str, str, str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        id_ = f"{self.name}/{self.version}"
        object.__setattr__(self, "id", id_)
        object.__setattr__(self, "bits", bits_of(self.rules))
        object.__setattr__(self, "_text", (id_, self.version, self.sha256, ENGINE))

    def decide(self, dossier: Mapping[str, object]) -> Verdict:
        """The verdict on a dossier as ``read_dossier`` gives it, at the dossier's own time.

        Raises Malformed only where the dossier states no time of decision. The dossier is not changed.
        """
        at = dossier.get("at")
        if type(at) is not datetime or at.tzinfo is None:
            at = _time(dossier)
        try:
            bits, found = self.fast.verdict(dossier)
        except Exception:  # noqa: BLE001  whatever it is, the exact way finds out what it means
            return self._with_something_missing(dossier, at)
        rules, known, matched = self.rules, self.bits, []
        for n, read in found:
            if read is None:
                matched.append(self._certain(n, dossier))
                continue
            # Written out, as below: a call to a function for each would be a tenth of the whole.
            one = UnfrozenMatched()
            one.rule = rules[n]
            one.certain = True
            one._read = read  # its readings are made when asked for
            one.missing = ()
            one.__class__ = Matched  # type: ignore[assignment]  # as its module says
            matched.append(one)  # type: ignore[arg-type]
        verdict = UnfrozenVerdict()
        verdict.pack, verdict.version, verdict.sha256, verdict.engine = self._text
        verdict.effect = known.worst(bits)
        verdict.at = at
        verdict.matched = tuple(matched)
        verdict.undecided = ()
        verdict.owed = _owed(matched, at, dossier) if bits & known.curable else ()
        verdict.__class__ = Verdict  # type: ignore[assignment]
        return verdict  # type: ignore[return-value]

    def outcome(self, dossier: Mapping[str, object]) -> tuple[Outcome, tuple[str, ...]]:
        """The verdict's effect and the ids of the rules that matched, as ``decide`` gives them, without what they read.

        Raises as ``decide`` does.
        """
        at = _time(dossier)
        try:
            bits = self.fast.matching(dossier)
        except Exception:  # noqa: BLE001  as in decide
            verdict = self._with_something_missing(dossier, at)
            return verdict.effect, tuple([one.rule.id for one in verdict.matched])
        return self.bits.said(bits)

    def _with_something_missing(self, dossier: Mapping[str, object], at: datetime) -> Verdict:
        hits: list[int] = []
        misses: list[int] = []
        self.fast.careful.decide(dossier, hits.append, misses.append)
        matched, undecided = self._exactly(Scope(dossier, walks=self.fast.careful.walks), hits, misses)
        return self._verdict(dossier, at, matched, undecided)

    def decide_slowly(self, dossier: Mapping[str, object]) -> Verdict:
        """The same verdict without the generated code: the plain version, for tests and for doubters."""
        matched, undecided = self._exactly(Scope(dossier), [], list(range(len(self.rules))))
        return self._verdict(dossier, _time(dossier), matched, undecided)

    def _verdict(
        self, dossier: Mapping[str, object], at: datetime, matched: list[Matched], undecided: list[Matched]
    ) -> Verdict:
        return Verdict(
            effect=worst(matched),
            pack=self.id,
            version=self.version,
            sha256=self.sha256,
            engine=ENGINE,
            at=at,
            matched=tuple(matched),
            undecided=tuple(undecided),
            owed=_owed(matched, at, dossier),
        )

    def check_cases(self) -> tuple[CaseFailure, ...]:
        """The pack's own cases that do not come out as it says; empty where all do."""
        return tuple(failure for failure in self.case_by_case() if failure is not None)

    def case_by_case(self) -> Iterator[CaseFailure | None]:
        """The base and then each case, one at a time for whoever can wait only so long: what failed, or None."""
        permitted = self.decide(self.base)
        released = permitted.effect is Outcome.RELEASE
        yield None if released else _failure("base", "base", "release", permitted)
        for case in self.cases:
            verdict = self.decide(case.dossier)
            rule = self.rules[case.rule]
            about = [m for m in (*verdict.matched, *verdict.undecided) if m.rule is rule]
            if case.matches and not any(m.certain for m in about):
                yield _failure(rule.id, case.name, "the rule to match", verdict)
            elif not case.matches and about:
                yield _failure(rule.id, case.name, "the rule not to match", verdict)
            else:
                yield None

    def _certain(self, n: int, dossier: Mapping[str, object]) -> Matched:
        into: Readings = {}
        quick = self.fast.careful.explain[n]
        if quick is None or not _explained(quick, dossier, into):
            into.clear()
            with suppress(Exhausted):  # what was read so far is told
                explain(self.conditions[n], True, Scope(dossier), into)
        return Matched(rule=self.rules[n], certain=True, readings=readings_of(into))

    def _exactly(
        self, scope: Scope, hits: list[int], misses: list[int]
    ) -> tuple[list[Matched], list[Matched]]:
        """Put what the fast code missed to the exact evaluator; the matched rules and the undecided permits."""
        matched: list[Matched] = []
        undecided: list[Matched] = []
        missed = set(misses)
        for n in sorted((*hits, *misses)):
            if n not in missed:
                matched.append(self._certain(n, scope.dossier))
                continue
            rule = self.rules[n]
            into: Readings = {}
            value = _value(self.conditions[n], scope, into)
            if value is False:
                continue
            found = Matched(
                rule=rule,
                certain=value is True,
                readings=readings_of(into),
                missing=value.paths if isinstance(value, Unknown) else (),
            )
            loosens = rule.effect in (Effect.PERMIT, Effect.WAIVE)
            (undecided if loosens and not found.certain else matched).append(found)
        return matched, undecided


def _value(condition: Node, scope: Scope, into: Readings) -> object:
    """What the condition comes to, with what it read; unknown where there is more to walk than may be walked."""
    try:
        value = evaluate(condition, scope)
        if value is not False:
            explain(condition, value, scope, into)
    except Exhausted:
        return Unknown(("lists: fewer entries to walk in one decision",))
    return value


def _explained(quick: Explain, dossier: Mapping[str, object], into: Readings) -> bool:
    """Whether the generated explanation came through: not where a part that did not decide lacks a fact."""
    try:
        quick(dossier, into)
    except (LookupError, NameError, TypeError, AttributeError, OverflowError, Unfit):
        return False
    return True


def _time(dossier: Mapping[str, object]) -> datetime:
    at = dossier.get("at")
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise Malformed("dossier", "at", "the time of the decision, with its offset")
    return at


def worst(matched: Iterable[Matched]) -> Outcome:
    """The worst effect of these rules; refuse where none of them permits."""
    permitted = held = False
    for one in matched:
        effect = one.rule.effect
        if effect is Effect.REFUSE and one.certain:
            return Outcome.REFUSE
        if effect is Effect.PERMIT:
            permitted = True
        elif effect is not Effect.WAIVE:
            held = True
    if not permitted:
        return Outcome.REFUSE
    return Outcome.HOLD if held else Outcome.RELEASE


def _owed(matched: list[Matched], at: datetime, dossier: Mapping[str, object]) -> tuple[Owed, ...]:
    agreement = dossier.get("agreement")
    terms = agreement if isinstance(agreement, Mapping) else {}
    # Where a fact is missing, stating it may be all that is needed: `missing` says so.
    return tuple(
        [
            owed_of(one.rule, owes, due(at, owes.within, terms))
            for one in matched
            if one.certain
            for owes in one.rule.owes
        ]
    )


def _failure(rule: str, case: str, expected: str, found: Verdict) -> CaseFailure:
    said = ", ".join(
        f"{m.rule.id}{'' if m.certain else ' (missing ' + ', '.join(m.missing) + ')'}"
        for m in (*found.matched, *found.undecided)
    )
    return CaseFailure(
        rule=rule, case=case, expected=expected, found=f"{found.effect} by {said or 'no rule'}"
    )
