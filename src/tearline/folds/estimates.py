"""How an estimate stands to the register as it is now: it stands, is older than the register, or is superseded.

It is superseded when a report that it may have counted may not be counted any more: its consent was withdrawn, replaced
by one that says nothing of counting, or has run out. That is told from what stands in clear, alike for every reader. It
is older when reports, merges or splits came since; then it is still right of the day it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tearline.facts.casualties import CasualtiesEstimated
from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ReportId
from tearline.facts.linkage import LinkUndone, VictimsMerged, VictimsSplit
from tearline.facts.register import VictimReported
from tearline.facts.words import Worded, Words
from tearline.folds.counting import may_lie
from tearline.folds.register import Reported, no_longer_counted, reports_of

SINCE = (HarmReported, VictimReported, VictimsMerged, VictimsSplit, LinkUndone)


class EstimateStanding(Worded):
    STANDS = "stands", "as the register stands", "conforme al registro actual"
    OLDER = "older", "older than the register", "anterior al registro actual"
    SUPERSEDED = "superseded", "superseded", "superada"


class NotCounted(Worded):
    """Why a report that was counted may not be counted any more."""

    WITHDRAWN = "withdrawn", "consent was withdrawn", "se retiró el consentimiento"
    NARROWED = "narrowed", "consent no longer covers counting", "el consentimiento ya no cubre contar"
    RAN_OUT = "ran-out", "consent has run out", "el consentimiento venció"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """``gone``: the reports that it counted and that may not be counted now; ``since``: what came after it."""

    standing: EstimateStanding
    gone: Mapping[ReportId, NotCounted]
    since: int


def before(history: History, position: int) -> History:
    """The record as far as this entry, without it."""
    return History(tuple(r for r in history if r.position < position), position)


def stands(history: History, estimated: Recorded[CasualtiesEstimated], day: date) -> Stands:
    fact = estimated.fact
    then, now = estimated.known_at.date(), reports_of(history)
    gone = {
        name: _why(now[name], day)
        for name in no_longer_counted(history, fact.position, then, day)
        if may_lie(fact.scope, now[name])
    }
    since = sum(isinstance(r.fact, SINCE) and r.position >= fact.position for r in history)
    standing = (
        EstimateStanding.SUPERSEDED if gone else EstimateStanding.OLDER if since else EstimateStanding.STANDS
    )
    return Stands(standing=standing, gone=gone, since=since)


def _why(report: Reported, day: date) -> NotCounted:
    if report.withdrawn is not None:
        return NotCounted.WITHDRAWN
    until = report.consent.fact.until if report.consent else None
    return NotCounted.RAN_OUT if until is not None and day > until else NotCounted.NARROWED


REASONS: Mapping[str, Words] = {
    "few-lists": Words(
        "Fewer than three lists: they cannot show how they depend on each other.",
        "Menos de tres listas: no pueden mostrar cómo dependen entre sí.",
    ),
    "few-seen-twice": Words(
        "Too few people stand on two lists or more: at least 15, and one in twenty of all, are needed.",
        "Muy pocas personas están en dos listas o más: se necesitan al menos 15 y una de cada veinte.",
    ),
    "empty-list": Words("Nobody stands on one of the lists.", "Nadie está en una de las listas."),
    "isolated-list": Words(
        "One list shares nobody with the others: it says nothing of how many they missed.",
        "Una lista no comparte a nadie con las demás: no dice a cuántas personas omitieron.",
    ),
    "contained-list": Words(
        "Everybody on one list stands on another: a copy is no second list.",
        "Todas las personas de una lista están en otra: una copia no es otra lista.",
    ),
    "interaction-not-identified": Words(
        "Two lists share nobody, where few would be expected: whether they shut each other out cannot be told.",
        "Dos listas no comparten a nadie, donde se esperarían pocas personas: no puede saberse si se excluyen.",
    ),
    "chains-apart": Words(
        "The chains of the latent-class model have not met.",
        "Las cadenas del modelo de clases latentes no coinciden.",
    ),
    "seeds-apart": Words(
        "Two runs of the latent-class model say different numbers.",
        "Dos ejecuciones del modelo de clases latentes dan cifras distintas.",
    ),
    "draws-few": Words(
        "The model of people who differ rests on too few draws.",
        "El modelo de personas que difieren se apoya en muy pocas muestras.",
    ),
    "methods-disagree": Words(
        "Methods that all fit say different numbers: any one would be the method's and not the world's.",
        "Métodos que se ajustan igual dan cifras distintas: cualquiera sería del método y no del mundo.",
    ),
    "too-wide": Words(
        "The interval's end is more than three times its middle.",
        "El extremo del intervalo supera tres veces su centro.",
    ),
    "linkage-unknown": Words(
        "Too few pairs were judged by people: nobody can say how good the linkage is.",
        "Muy pocos pares fueron juzgados por personas: nadie puede decir qué tan buena es la vinculación.",
    ),
    "linkage-apart": Words(
        "Who is who on record is not what the comparison finds: take it up, or judge more pairs.",
        "Quién es quién según consta no es lo que halla la comparación: tómela o juzgue más pares.",
    ),
}
"""Why there is no number, in a sentence each, without naming a list."""
