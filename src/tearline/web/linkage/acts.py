"""The acts by which people reported are compared, put together and taken apart."""

from collections.abc import Callable
from dataclasses import replace

from tearline.estimates.linkage.names import place_key
from tearline.facts.identifiers import LinkageId, MergeId, SplitId, VictimId
from tearline.facts.linkage import (
    LinkageRun,
    LinkUndone,
    MergeGround,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.folds.linking import material
from tearline.folds.located import written
from tearline.folds.unlike import usable_of
from tearline.folds.victims import Decision, grouping
from tearline.rooms.linkage import (
    LINKING,
    Comparing,
    JudgePair,
    LocatePlace,
    MergeVictims,
    RunLinkage,
    SplitVictims,
    TakeUpLinkage,
    TakingUp,
    UndoLink,
)
from tearline.web.asked import Asked
from tearline.web.linkage import gazetteer, people, review
from tearline.web.linkage.standing import live, names_of, told_of_decision
from tearline.web.names import Names
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, absent
from tearline.web.waited_for import MOST_COMPARED, refuse_where_many

HERE = "/harm/linkage"
Trail = list[tuple[str, str]]


def trail(say: Tongue) -> Trail:
    return [("/harm", say("Harm")), (HERE, say("Who is who"))]


def compare(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    if visit.request.method == "POST":
        refuse_where_many(RunLinkage, live(visit))
    return Asked(
        title=say("Compare all who are reported"),
        submit=say("Compare them"),
        command=RunLinkage,
        kind=Comparing,
        allowed=LINKING,
        then=HERE,
        trail=trail(say),
        lead=say("A model works out who may be one person, from what was reported and what people judged."),
        already={"seed": ["1"]},
        hints={"seed": say("Any number; the same one gives the same result from the same record.")},
        before=say(
            "A thousand people reported take a few seconds. For more than %(n)s, run tearline harm link at the command"
            " line.",
            n=say.number(MOST_COMPARED),
        ),
    )


def locate(visit: Visit) -> Asked:
    visit.own_side()
    say, of = visit.say, material(live(visit), visit.now.date())
    where, place = of.places, of.place_of(VictimId(visit.request.query_params.get("victim", "")))
    already = {"place": [place]} if place else {}
    if place_key(place) in where:
        already["degrees"] = [written(*where[place_key(place)])]
    return Asked(
        title=say("Say where a place lies"),
        submit=say("Record it"),
        command=LocatePlace,
        kind=PlaceLocated,
        allowed=LINKING,
        then=gazetteer.HERE,
        trail=[*trail(say), (gazetteer.HERE, say("Places"))],
        lead=say("The middle of the town, as a gazetteer or a map has it, and never a house."),
        already=already,
        suggested={"place": gazetteer.suggested(of)},
        one_line=frozenset({"place", "degrees"}),
        hints={
            "degrees": say(
                "Such as 28.34, -100.85: north and east, with at most two decimals. Left empty: nobody knows."
            )
        },
    )


def take_up(visit: Visit) -> Asked:
    visit.own_side()
    say, name = visit.say, LinkageId(visit.identifier("linkage"))
    if not any(r.fact.linkage == name for r in live(visit).of(LinkageRun)):
        raise absent()
    return Asked(
        title=say("Take up what was compared"),
        submit=say("Put them together"),
        command=TakeUpLinkage,
        kind=TakingUp,
        allowed=LINKING,
        then=HERE,
        trail=trail(say),
        lead=say(
            "Each group becomes one person, by a merge with your name. Each can be taken back by itself."
        ),
        fixed={"linkage": name},
        already={"least": ["0.5"]},
        hints={"least": say("Between 0 and 1: the share of drawn linkages in which all of a group are one.")},
        before=say(
            "Left out: what judgements or splits since contradict, another sex, and ages more than 5 years apart."
        ),
    )


def judge(visit: Visit) -> Asked:
    """The form under a pair; the page around it is ``review``."""
    visit.own_side()
    say, asked = visit.say, visit.request.query_params
    known = live(visit)
    named = (asked.get("a", ""), asked.get("b", ""))
    page = review.view(say, known, visit.place("at"), named if all(named) else None, visit.actor.person)
    fixed = {"a": page.pair.a, "b": page.pair.b} if page.pair else {}
    return Asked(
        title=say("Side by side"),
        submit=say("Record the judgement"),
        command=JudgePair,
        kind=PairJudged,
        allowed=LINKING,
        then=f"{HERE}/review?at={page.at}",
        trail=trail(say),
        new="label",
        fixed=fixed,
        among=("linkage/review.html", page),
    )


def merge(visit: Visit) -> Asked:
    visit.own_side()
    say, victim = visit.say, VictimId(visit.identifier("victim"))
    known = live(visit)
    named = names_of(say, known)
    if victim not in usable_of(known):
        raise absent()

    def order(fact: VictimsMerged) -> MergeVictims:
        return MergeVictims(replace(fact, victims=(victim, *fact.victims)))

    alike = people.alike(say, known, victim)
    return Asked(
        title=say("Put together with others"),
        submit=say("Put them together"),
        command=order,
        kind=VictimsMerged,
        allowed=LINKING,
        then=f"{HERE}/people/{victim}",
        trail=[*trail(say), (f"{HERE}/people/{victim}", named[victim])],
        lead=say("All that is reported of those you choose is then of one person."),
        new="merge",
        fixed={"ground": MergeGround.PEOPLE, "linkage": None, "probability": None},
        options={"victims": alike},
        hints={
            "victims": say("Who shares a name, or looked alike to the last comparison.")
            if alike
            else say("Nobody shares a name with them, or looked alike to the last comparison.")
        },
    )


def split(visit: Visit) -> Asked:
    visit.own_side()
    say, victim = visit.say, VictimId(visit.identifier("victim"))
    known = live(visit)
    named = names_of(say, known)
    if victim not in named:
        raise absent()
    together = known.folded(grouping).together(victim)
    return Asked(
        title=say("Take apart"),
        submit=say("Take them apart"),
        command=SplitVictims,
        kind=VictimsSplit,
        allowed=LINKING,
        then=f"{HERE}/people/{victim}",
        trail=[*trail(say), (f"{HERE}/people/{victim}", named[victim])],
        lead=say("Those who leave are together a person of their own."),
        new="split",
        options={"leave": [(v, f"{named[v]} ({v})") for v in together]},
    )


def undo(kind: str) -> Callable[[Visit], Asked]:
    def asked(visit: Visit) -> Asked:
        visit.own_side()
        say, name = visit.say, visit.identifier(kind)
        known = live(visit)
        decided: list[Decision] = [
            r for r in known.of(VictimsMerged) if kind == "merge" and r.fact.merge == name
        ]
        decided += [r for r in known.of(VictimsSplit) if kind == "split" and r.fact.split == name]
        if not decided:
            raise absent()
        (what,) = decided
        told = told_of_decision(say, what, Names(known, say), names_of(say, known), {})
        about = [
            (told.title, ", ".join(who for who, _ in told.who)),
            (say("Reason"), told.model or told.reason),
            (say("By"), f"{told.by}, {told.when}"),
        ]
        fixed = {"merge": MergeId(name) if kind == "merge" else None}
        return Asked(
            title=say("Take it back"),
            submit=say("Take it back"),
            command=UndoLink,
            kind=LinkUndone,
            allowed=LINKING,
            then=HERE,
            trail=trail(say),
            lead=say(
                "As if it had not been; what was decided since is read without it. Both stay on record."
            ),
            new="undoing",
            fixed=fixed | {"split": SplitId(name) if kind == "split" else None},
            about=about,
        )

    return asked
