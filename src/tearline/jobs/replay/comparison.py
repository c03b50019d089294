"""A replay made ready in one process: chunks of dossiers in, tallies out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.errors import Broken, Malformed
from tearline.jobs.replay.tally import Case, Cause, Deciding, Tally
from tearline.jobs.replay.task import Task, Text, stating
from tearline.protocol import ENGINE, Decision, Effect, Matched, Outcome, Protocol, Verdict
from tearline.protocol.dossier import plain_value
from tearline.protocol.protocol import SEVERITY
from tearline.protocol.reading import DossierReader

Dossier = Mapping[str, object]
_PLACE = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some dossiers of a source, in its order, one a line of ``data``, and what else the source knows of them.

    ``numbers`` are lines of a file or entries of the ledger, as ``word`` says. ``protocols`` are the texts that decided
    each, joined by ``+``, where the source says so, and ``reached`` the verdicts on record. ``purged``, ``past`` and
    ``told`` count as the tally's. On ``record``, a dossier that cannot be read is counted; in a file it is Malformed.
    ``done`` and ``of`` say how far into the source this is.
    """

    file: str
    word: str
    numbers: Sequence[int]
    data: bytes
    protocols: Sequence[str] | None = None
    reached: Sequence[str] | None = None
    purged: int = 0
    past: int = 0
    told: int = 0
    record: bool = False
    done: int = 0
    of: int = 0

    @property
    def lines(self) -> Iterator[bytes]:
        return iter(self.data.split(b"\n") if self.numbers else ())


class Comparison:
    """One task with its texts compiled. Raises Broken where another version of the engine asks for it."""

    def __init__(self, task: Task) -> None:
        if task.engine != ENGINE:
            raise Broken(f"this machine decides with {ENGINE}, and the replay was asked for by {task.engine}")
        self.task = task
        self.new = _compiled(task.new)
        self.against = _compiled(task.against) if task.against else None
        self._reader = DossierReader(parameters=task.parameters)
        self._protocols: dict[str, Protocol | None] = {}
        # Where the last dossier lacked facts, so will most: then the whole decision is asked for at once, since
        # without them it costs little more than its outcome, which would have to be found twice.
        self._lacking = False

    def compare(self, chunk: Chunk) -> Tally:
        """What this chunk comes to. Malformed names the line of a file that is no dossier."""
        tally = Tally(most=self.task.cases, purged=chunk.purged, past=chunk.past, told=chunk.told)
        for n, line in zip(range(len(chunk.numbers)), chunk.lines, strict=True):
            dossier = self._read(chunk, n, line)
            if dossier is None:
                tally.unread += 1
                continue
            named = "" if self.against else _named(chunk, n, dossier)
            old = self.against or self._known(named)
            if old is None:
                tally.unnamed[named] += 1
            else:
                self._compare(tally, chunk, n, dossier, old)
        return tally

    def _compare(self, tally: Tally, chunk: Chunk, n: int, dossier: Dossier, old: Protocol) -> None:
        asked = stating(dossier, self.task.stated)
        was, _ = old.outcome(dossier)
        if chunk.reached is not None and self.against is None and chunk.reached[n] != was:
            place = f"{chunk.word} {chunk.numbers[n]}"
            raise Broken(f"{place}: {old.id} does not say {chunk.reached[n]} on the same dossier")
        whole = self.new.decide(asked) if self._lacking else None
        now = whole.effect if whole else self.new.outcome(asked)[0]
        tally.outcomes[was, now] += 1
        if was is not now:
            whole = whole or self.new.decide(asked)
            case = _case(chunk.numbers[n], dossier, old.decide(dossier), whole)
            tally.change(case, listing=self.task.listing)
        if whole:
            self._lacking = not all(m.certain for m in (*whole.matched, *whole.undecided))

    def _read(self, chunk: Chunk, n: int, line: bytes) -> Dossier | None:
        try:
            return self._reader.read(line, file=chunk.file)
        except Malformed as wrong:
            if chunk.record:
                return None
            # A line's own places are of line 1.
            place = re.sub(r"^line 1(, |$)", "", wrong.place)
            where = f"{chunk.word} {chunk.numbers[n]}"
            raise Malformed(chunk.file, f"{where}, {place}" if place else where, wrong.expected) from None

    def _known(self, named: str) -> Protocol | None:
        """What these texts are, where all of them are at hand and fit together."""
        if named not in self._protocols:
            texts = [self.task.known.get(one) for one in named.split("+")]
            held = tuple(text for text in texts if text is not None)
            self._protocols[named] = _compiled(held) if len(held) == len(texts) else None
        return self._protocols[named]


def _compiled(texts: Sequence[Text]) -> Protocol:
    return Protocol(packs=tuple(text.load() for text in texts))


def _named(chunk: Chunk, n: int, dossier: Dossier) -> str:
    """The texts that decided this dossier, as its source or else its agreement says; empty where neither does."""
    if chunk.protocols is not None:
        return chunk.protocols[n]
    agreement = dossier.get("agreement")
    named = agreement.get("protocol") if isinstance(agreement, Mapping) else None
    return named if isinstance(named, str) else ""


def _case(number: int, dossier: Dossier, was: Decision, now: Decision) -> Case:
    stricter = max(was, now, key=lambda decision: SEVERITY[decision.effect])
    return Case(
        number=number,
        request=_identifier(dossier, "request"),
        item=_identifier(dossier, "item"),
        at=str(plain_value(dossier["at"])),
        was=was.effect,
        now=now.effect,
        by=deciding(stricter),
    )


def _identifier(dossier: Dossier, part: str) -> str:
    held = dossier.get(part)
    return str(held.get("id", "")) if isinstance(held, Mapping) else ""


def deciding(decision: Decision) -> tuple[Deciding, ...]:
    """What makes this decision as strict as it is: each refusal, or, where there is none, each hold that stands.

    Where no rule of a pack permits, that is a cause too, for the facts that a permit lacks, if that is why.
    """
    if decision.effect is Outcome.REFUSE:
        refused = [
            Deciding(Cause(m.rule.pack, m.rule.id), ())
            for m in decision.matched
            if m.rule.effect is Effect.REFUSE and m.certain
        ]
        return (*refused, *(_unpermitted(v) for v in decision.verdicts if not _permits(v)))
    return tuple(
        Deciding(Cause(m.rule.pack, m.rule.id), () if m.certain else _paths(m))
        for m in decision.matched
        if m.rule.effect in (Effect.HOLD, Effect.REFUSE) and not decision.lifted(m)
    )


def _permits(verdict: Verdict) -> bool:
    return any(m.rule.effect is Effect.PERMIT for m in verdict.matched)


def _unpermitted(verdict: Verdict) -> Deciding:
    lacking = {path for m in verdict.undecided if m.rule.effect is Effect.PERMIT for path in _paths(m)}
    return Deciding(Cause(verdict.pack, None), tuple(sorted(lacking)))


def _paths(one: Matched) -> tuple[str, ...]:
    """The facts that it lacks, whichever element of a list they are of; that it lacks some is certain."""
    return tuple(sorted({_PLACE.sub("[]", path) for path in one.missing})) or ("?",)
