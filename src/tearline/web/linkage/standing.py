"""How it stands with who is who: how many are reported and how many people, what was judged, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.fact import Seal
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import (
    Judgement,
    LinkageRun,
    LinkUndone,
    MergeGround,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.register import VictimReported
from tearline.folds.linking import LINKS, QUESTION, REGISTER, Material, material
from tearline.folds.unlike import usable_of
from tearline.folds.victims import Decision, judged
from tearline.web.names import Names, names_question
from tearline.web.parts import Part, shown
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

A_PAGE = 20
READ = QUESTION | about(kinds=(LinkageRun,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One merge or split; ``undo`` is where it is taken back, ``undone`` says that it was."""

    title: str
    who: list[tuple[str, str]]
    reason: Shown
    by: str
    when: str
    href: str
    model: str
    undo: str
    undone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    figures: list[tuple[str, ...]]
    run: str
    since: str
    take_up: str
    doubtful: int
    contradicted: list[tuple[str, str]]
    decided: Part[Decided]


def asks(known: History) -> Question:
    return READ | names_question(known)


def live(visit: Visit) -> History:
    """All that says who is who, as this reader may see it; worked cases apart."""
    seen = visit.read(asks)
    return History(tuple(r for r in seen if r.told is None), seen.position)


def latest(known: History) -> Recorded[LinkageRun] | None:
    runs = known.of(LinkageRun)
    return runs[-1] if runs else None


def view(say: Tongue, known: History, visit: Visit) -> StandingView:
    of, run = material(known, visit.now.date()), latest(known)
    names = Names(known, say)
    history: list[Decision] = [*known.of(VictimsMerged), *known.of(VictimsSplit)]
    history.sort(key=lambda r: r.position, reverse=True)
    undone: dict[str, Recorded[LinkUndone]] = {
        n: r for r in known.of(LinkUndone) for n in (r.fact.merge, r.fact.split) if n
    }
    part = shown(history, visit.place("from"), A_PAGE)
    called = names_of(say, known)
    return StandingView(
        figures=_figures(say, of, run),
        run=_said(say, run),
        since=_since(say, known, run),
        take_up=f"/harm/linkage/{run.fact.linkage}/take-up" if run else "",
        doubtful=len(unjudged(known, run)),
        contradicted=_contradicted(say, known, of, called),
        decided=part.part(lambda r: told_of_decision(say, r, names, called, undone)),
    )


def _figures(say: Tongue, of: Material, run: Recorded[LinkageRun] | None) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (say.number(len(of.people)), say("people reported"), say("who may be counted")),
        (
            say.number(len(of.grouping.people)),
            say("people, as put together on record"),
            say("by merges and splits"),
        ),
    ]
    if run is not None:
        fact = run.fact
        rows.append(
            (
                say.number(fact.people),
                say("people, as the last comparison has it"),
                say("95 %%: %(low)s to %(high)s", low=say.number(fact.low), high=say.number(fact.high)),
            )
        )
    rows.append((say.number(of.judged), say("pairs judged"), say("same or different")))
    return rows


def _said(say: Tongue, run: Recorded[LinkageRun] | None) -> str:
    if run is None:
        return ""
    return say(
        "Last compared %(when)s, from the record up to entry %(n)s.",
        when=say.moment(run.known_at),
        n=say.number(run.fact.position),
    )


def _since(say: Tongue, known: History, run: Recorded[LinkageRun] | None) -> str:
    if run is None:
        return ""
    later = sum(isinstance(r.fact, (*REGISTER, *LINKS)) and r.position >= run.fact.position for r in known)
    return say.many("%(n)s entry came since", "%(n)s entries came since", later) if later else ""


def unjudged(known: History, run: Recorded[LinkageRun] | None) -> list[tuple[VictimId, VictimId, float]]:
    """The doubtful pairs of the last comparison, in its order, that nobody has judged since and that still may be."""
    if run is None or not is_open(run.fact.doubtful):
        return []
    done, usable = judged(known), usable_of(known)
    return [
        (p.a, p.b, p.probability)
        for p in run.fact.doubtful.open()
        if (min(p.a, p.b), max(p.a, p.b)) not in done and p.a in usable and p.b in usable
    ]


def names_of(say: Tongue, known: History) -> Mapping[VictimId, str]:
    """What each person reported is called in a line."""
    return {r.fact.victim: called(say, r.fact) for r in known.of(VictimReported)}


def called(say: Tongue, fact: VictimReported) -> str:
    if fact.given_names.seal is Seal.CLOSED:
        return say("Sealed")
    parts = [fact.given_names.value, fact.paternal_surname.value, fact.maternal_surname.value]
    return " ".join(p for p in parts if p) or fact.alias.value or say("no name given")


def told_of_decision(
    say: Tongue,
    r: Decision,
    names: Names,
    named: Mapping[VictimId, str],
    undone: Mapping[str, Recorded[LinkUndone]],
) -> Decided:
    fact = r.fact
    merged = isinstance(fact, VictimsMerged)
    name = fact.merge if isinstance(fact, VictimsMerged) else fact.split
    who: Sequence[VictimId] = fact.victims if isinstance(fact, VictimsMerged) else fact.leave
    taken = undone.get(name)
    model = isinstance(fact, VictimsMerged) and fact.ground is MergeGround.MODEL
    return Decided(
        title=say("Put together") if merged else say("Taken apart"),
        who=[(named.get(v, str(v)), f"/harm/linkage/people/{v}") for v in who],
        reason="" if model else text(say, fact, "reason"),
        by=names.actor(r.by).name,
        when=say.moment(r.known_at),
        href=entry_of(r),
        model=say(
            "taken up from a comparison, in %(p)s of whose linkages they are one",
            p=say.chance(fact.probability),
        )
        if isinstance(fact, VictimsMerged) and model and fact.probability is not None
        else "",
        undo="" if taken else f"/harm/linkage/{'merges' if merged else 'splits'}/{name}/undo",
        undone=say(
            "taken back by %(who)s, %(when)s", who=names.actor(taken.by).name, when=say.moment(taken.known_at)
        )
        if taken
        else "",
    )


def _contradicted(
    say: Tongue, known: History, of: Material, named: Mapping[VictimId, str]
) -> list[tuple[str, str]]:
    """People who hold a pair that was judged to be different."""
    place = of.grouping.of
    return [
        (
            say("%(a)s and %(b)s", a=named.get(a, str(a)), b=named.get(b, str(b))),
            f"/harm/linkage/people/{place[a]}",
        )
        for (a, b), how in judged(known).items()
        if how is Judgement.DIFFERENT and a in place and b in place and place[a] == place[b]
    ]
