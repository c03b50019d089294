"""One person, with all that is reported of them, and who else looks alike."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from tearline.estimates.linkage.names import given_tokens, surname_words
from tearline.facts.history import History
from tearline.facts.identifiers import ReportId, VictimId
from tearline.facts.linkage import LinkageRun
from tearline.facts.register import VictimReported
from tearline.folds.linking import material
from tearline.folds.unlike import never_one, told_of, usable_of
from tearline.folds.victims import grouping
from tearline.web.linkage.standing import called, latest
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue

SHOWN = ("sex", "age_from", "age_to", "seen_from", "seen_to", "place", "kin", "condition")
MOST_ALIKE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    victim: str
    name: str
    rows: list[tuple[str, Shown]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    victim: str
    name: str
    told: list[Told]
    counted: bool
    merges: bool
    """Whether they can be put together with others: not by what was withdrawn."""


def view(
    say: Tongue, known: History, victim: VictimId, counted_on: date, withdrawn: Container[ReportId]
) -> PersonView | None:
    """Without what reports tell that are ``withdrawn`` for this reader; None where nothing else tells of them."""
    reported = {r.fact.victim: r.fact for r in known.of(VictimReported) if r.fact.report not in withdrawn}
    if victim not in reported:
        return None
    together = [v for v in known.folded(grouping).together(victim) if v in reported]
    return PersonView(
        victim=victim,
        name=called(say, reported[victim]),
        told=[_told(say, reported[v]) for v in together],
        counted=bool(set(together) & set(material(known, counted_on).people)),
        merges=victim in usable_of(known),
    )


def _told(say: Tongue, fact: VictimReported) -> Told:
    rows = [
        (label(say, VictimReported, name), said) for name in SHOWN if (said := text(say, fact, name)) != "—"
    ]
    return Told(victim=fact.victim, name=called(say, fact), rows=rows)


def alike(say: Tongue, known: History, victim: VictimId) -> list[tuple[str, str]]:
    """Others who may be this person, as options of a form: doubtful pairs first, then those who share a name."""
    reported = {r.fact.victim: r.fact for r in known.of(VictimReported)}
    told, usable, now = told_of(known), usable_of(known), known.folded(grouping)
    mine = set(now.together(victim))
    names = {word for v in mine if v in usable for word in _words(reported[v])}
    run = latest(known)
    near = [v for v in _doubtful(run.fact if run else None, mine) if v in usable]
    others = sorted(
        (v for v in usable if v not in mine and v not in near and names & _words(reported[v])),
        key=lambda v: -len(names & _words(reported[v])),
    )
    may = [v for v in (*near, *others) if not any(never_one(told[v], told[one]) for one in mine)]
    return [(v, f"{called(say, reported[v])} ({v})") for v in may[:MOST_ALIKE]]


def _doubtful(run: LinkageRun | None, mine: set[VictimId]) -> list[VictimId]:
    if run is None or not is_open(run.doubtful):
        return []
    pairs = [(p.a, p.b) for p in run.doubtful.open() if (p.a in mine) != (p.b in mine)]
    return list(dict.fromkeys(b if a in mine else a for a, b in pairs))


def _words(fact: VictimReported) -> set[str]:
    surnames = (fact.paternal_surname.value, fact.maternal_surname.value)
    words = {word for name in surnames if name for word in surname_words(name)}
    return words | set(given_tokens(fact.given_names.value or ""))
