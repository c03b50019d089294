"""Recording what reached us of a partner's log, once it has been checked.

These orders are given by the job that checked signatures and proofs, never by a form or a file: what they say is
taken as found. What they guard is that nothing which does not fit stands beside what it contradicts, and that each
was compared with what was held at that moment; if more arrived meanwhile, the order is refused and it is looked
at again.
"""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.logs import (
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    Misfit,
    PartnerLogHandedOver,
    PartnerLogNamed,
    SignedCheckpoint,
)
from tearline.facts.words import Words
from tearline.folds.logs import LOG_KINDS, PartnerLog, bearer, partner_logs, same_tree
from tearline.rooms import NONE, Act, unknown

F = TypeVar(
    "F", PartnerLogHandedOver, CheckpointReceived, ConsistencyUnproven, ConsistencyShown, ForkEvidence
)

WATCHERS = frozenset({Role.LIAISON, Role.SENIOR_OFFICER, Role.OVERSEER})


@dataclass(frozen=True, slots=True)
class _Found(Generic[F]):
    """An order to record by rule what was found, whoever had it looked for."""

    fact: F

    allowed: ClassVar[frozenset[Role]] = WATCHERS
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        return about(f"log:{self.fact.log}", kinds=LOG_KINDS)

    def log(self, known: History) -> PartnerLog:
        log = partner_logs(known).get(self.fact.log)
        if log is None or log.named.fact.organisation != self.fact.organisation:
            raise unknown(Words("log", "el registro"), self.fact.log)
        return log


class TakeHandOver(_Found[PartnerLogHandedOver]):
    """The key that we believe last signed for the next one, which no log has borne."""

    def question(self, known: History) -> Question:
        return super().question(known) | about(kinds=(PartnerLogNamed, PartnerLogHandedOver))

    def decide(self, known: History, act: Act) -> list[Draft]:
        log = self.log(known)
        _has_not_forked(log)
        if self.fact.before != log.vkeys[-1] or not self.fact.vkey.startswith(f"{log.named.fact.origin}+"):
            raise Refused(
                "handed-over-by-the-latest",
                Words(
                    "a log is handed over by the key that it bears, and keeps its name",
                    "un registro pasa a otra clave por obra de la que lleva, y conserva su nombre",
                ),
                (self.fact.log,),
            )
        if bearer(partner_logs(known), self.fact.vkey) is not None:
            raise Refused(
                "one-key-one-log",
                Words("a log has borne that key already", "un registro ya ha llevado esa clave"),
                (self.fact.log,),
            )
        return [act.follows(self.fact)]


class ReceiveCheckpoint(_Found[CheckpointReceived]):
    """The first that we hold of a log, or one that was shown to fit the largest that we hold."""

    def decide(self, known: History, act: Act) -> list[Draft]:
        log = self.log(known)
        _has_not_forked(log)
        _is_new(log, self.fact.checkpoint)
        _fits_what_is_held(log, self.fact.fits)
        return [act.follows(self.fact)]


class RecordUnproven(_Found[ConsistencyUnproven]):
    """A checkpoint that the log signed and has not shown to fit. Until it does, nothing is exchanged."""

    def decide(self, known: History, act: Act) -> list[Draft]:
        log = self.log(known)
        _has_not_forked(log)
        _is_new(log, self.fact.checkpoint)
        _fits_what_is_held(log, self.fact.held)
        return [act.follows(self.fact)]


class ShowConsistency(_Found[ConsistencyShown]):
    """What was unproven has been shown to fit the largest that we hold."""

    def decide(self, known: History, act: Act) -> list[Draft]:
        log = self.log(known)
        _has_not_forked(log)
        if not any(same_tree(r.fact.checkpoint, self.fact.checkpoint) for r in log.unproven):
            raise unknown(Words("unproven checkpoint", "un punto de control sin prueba"), self.fact.log)
        _fits_what_is_held(log, self.fact.fits)
        return [act.follows(self.fact)]


class RecordFork(_Found[ForkEvidence]):
    """Two histories, both signed. Evidence is added to what stands, and nothing removes it."""

    def decide(self, known: History, act: Act) -> list[Draft]:
        log = self.log(known)
        if any(
            same_tree(r.fact.shorter, self.fact.shorter) and same_tree(r.fact.longer, self.fact.longer)
            for r in log.forks
        ):
            raise Refused(
                "once",
                Words("this evidence is on record", "esta evidencia ya consta"),
                (self.fact.log,),
            )
        if not _contradict(self.fact):
            raise Refused(
                "evidence-contradicts",
                Words(
                    "these two checkpoints do not contradict each other in the way that is said",
                    "estos dos puntos de control no se contradicen del modo que se dice",
                ),
                (self.fact.log,),
            )
        return [act.follows(self.fact)]


def _contradict(fact: ForkEvidence) -> bool:
    if fact.misfit is Misfit.TWO_ROOTS:
        return fact.shorter.size == fact.longer.size and fact.shorter.root != fact.longer.root
    return fact.shorter.size < fact.longer.size and bool(fact.proof) == bool(fact.shorter.size)


def _has_not_forked(log: PartnerLog) -> None:
    if log.forks:
        raise Refused(
            "forked-log",
            Words(
                "this log signed two histories; nothing more of it is taken for one",
                "este registro firmó dos historias; nada más suyo se toma por una",
            ),
            (log.named.fact.log,),
        )


def _is_new(log: PartnerLog, checkpoint: SignedCheckpoint) -> None:
    for seen in log.seen():
        if same_tree(seen, checkpoint):
            raise Refused(
                "once",
                Words("this checkpoint is on record", "este punto de control ya consta"),
                (log.named.fact.log,),
            )
        if seen.size == checkpoint.size:
            raise Refused(
                "contradiction-is-evidence",
                Words(
                    f"another root for {seen.size} entries is on record: that is evidence of a fork",
                    f"consta otra raíz para {seen.size} asientos: eso es evidencia de dos historias",
                ),
                (log.named.fact.log,),
            )


def _fits_what_is_held(log: PartnerLog, size: int | None) -> None:
    """Refuse what was compared with anything but the largest checkpoint that is held now, or with nothing."""
    held = log.latest.fact.checkpoint.size if log.latest else None
    if size != held:
        raise Refused(
            "compared-with-the-latest",
            Words(
                "a checkpoint is compared with the largest one that is held",
                "un punto de control se compara con el mayor que se tiene",
            ),
            (log.named.fact.log,),
        )
