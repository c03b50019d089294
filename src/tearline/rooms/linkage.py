"""Who is who: comparing all that are reported, judging pairs, and putting people together and taking them apart.

Whoever does this reads who was harmed and never who said so. Nobody becomes one person with somebody of their own
report or list, whatever is merged, split and undone in whatever order. Of people whose report was withdrawn nothing is
judged or merged, as if they had not been reported; what holds them already can be taken apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, ClassVar

from tearline.estimates.linkage.names import place_key
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Label, Sealed
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import LinkageId, MergeId, VictimId
from tearline.facts.linkage import (
    Judgement,
    LikelyGroup,
    LinkageRun,
    LinkUndone,
    MergeGround,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.words import Words
from tearline.folds.linking import DRAWN, QUESTION, Compared, compared, material
from tearline.folds.located import degrees
from tearline.folds.unlike import (
    Told,
    asks_decision,
    asks_linked,
    hardly_one,
    joined_by,
    never_one,
    pairs_of,
    told_of,
    usable_of,
)
from tearline.folds.victims import Decision, Pair, decisions, grouped, judged
from tearline.rooms import Act, Says, require_new, unknown

LINKING: frozenset[Role] = frozenset({Role.LINKAGE_ANALYST, Role.HARM_DESK})
VICTIMS = frozenset({Compartment.VICTIMS})
PERSON, LINKAGE = Words("person", "la persona informada"), Words("comparison", "la comparación")
FEWEST = 2
SETTINGS = f"tearline.estimates.linkage, {DRAWN} linkages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    seed: Annotated[int, Label("Seed", "Semilla")] = 1


@dataclass(frozen=True, slots=True)
class RunLinkage:
    """Compare all who may be counted, as the record stands; what is recorded meanwhile takes another comparison."""

    asked: Comparing = Comparing()
    made: Compared | None = None
    position: int = 0

    allowed: ClassVar[frozenset[Role]] = LINKING
    opens: ClassVar[frozenset[Compartment]] = VICTIMS
    asks: ClassVar[type[Comparing]] = Comparing

    def asks_figures(self, known: History) -> Question:
        del known
        return QUESTION

    def with_figures(self, read: History, at: datetime) -> "RunLinkage":
        of = material(read, at.date())
        made = compared(of, seed=self.asked.seed) if len(of.people) >= FEWEST else None
        return replace(self, made=made, position=read.position)

    def question(self, known: History) -> Question:
        del known
        return Question()

    def decide(self, known: History, act: Act) -> list[Draft]:
        del known
        if self.made is None:
            raise Refused(
                "people-to-compare",
                Words(
                    "fewer than two people reported may be counted: there is nobody to compare",
                    "menos de dos personas informadas pueden contarse: no hay a quién comparar",
                ),
            )
        low, high = self.made.between
        return [
            act.says(
                LinkageRun(
                    linkage=LinkageId(act.token("linkage")),
                    position=self.position,
                    reported=len(self.made.of.people),
                    judged=self.made.of.judged,
                    people=self.made.people,
                    low=low,
                    high=high,
                    seed=self.asked.seed,
                    settings=SETTINGS,
                    doubtful=Sealed(self.made.doubtful()),
                    groups=Sealed(self.made.groups()),
                )
            )
        ]


class LocatePlace(Says[PlaceLocated]):
    """Where a place lies that reports name, as a gazetteer has it; the next comparison goes by it."""

    allowed = LINKING

    def question(self, known: History) -> Question:
        del known
        return Question()

    def decide(self, known: History, act: Act) -> list[Draft]:
        del known
        if not place_key(self.fact.place.open()):
            raise Refused("names-a-place", Words("a place has a name", "un lugar tiene nombre"))
        said = self.fact.degrees.open()
        if said is not None and degrees(said) is None:
            raise Refused(
                "to-the-kilometre",
                Words(
                    "degrees of a town are written as 28.34, -100.85: with at most two decimals, which is a kilometre",
                    "los grados de una población se escriben como 28.34, -100.85: con dos decimales a lo sumo, que es"
                    " un kilómetro",
                ),
                ("degrees",),
            )
        return [act.says(self.fact)]


class JudgePair(Says[PairJudged]):
    """What somebody makes of two people reported, side by side. It binds the next comparison."""

    allowed = LINKING

    def question(self, known: History) -> Question:
        asked = about(f"label:{self.fact.label}", kinds=(PairJudged,))
        return asked | asks_linked(known, (self.fact.a, self.fact.b))

    def decide(self, known: History, act: Act) -> list[Draft]:
        a, b = self.fact.a, self.fact.b
        _all_usable(known, (a, b))
        told = told_of(known)
        require_new(known, PairJudged, "label", self.fact.label, Words("judgement", "el juicio"))
        if a == b:
            raise Refused(
                "two-people",
                Words("a pair is of two people reported", "un par es de dos personas informadas"),
                (a,),
            )
        pair = (min(a, b), max(a, b))
        others = {one: said for one, said in judged(known).items() if one != pair}
        match self.fact.judgement:
            case Judgement.SAME:
                _may_be_one(told, _joined(others, a) | _joined(others, b), others)
            case Judgement.DIFFERENT if b in _joined(others, a):
                raise Refused(
                    "judged-before",
                    Words(
                        f"{a} and {b} are one person by what was judged of other pairs: judge one of those anew first",
                        f"{a} y {b} son una persona según lo juzgado de otros pares: juzgue antes uno de ellos",
                    ),
                    (a, b),
                )
        return [act.says(self.fact)]


class MergeVictims(Says[VictimsMerged]):
    """By somebody who compared them. What a model put together is taken up with ``TakeUpLinkage``."""

    allowed = LINKING
    opens = VICTIMS

    def question(self, known: History) -> Question:
        asked = about(f"merge:{self.fact.merge}", kinds=(VictimsMerged,))
        return asked | asks_linked(known, self.fact.victims)

    def decide(self, known: History, act: Act) -> list[Draft]:
        usable = _all_usable(known, self.fact.victims)
        told = told_of(known)
        require_new(known, VictimsMerged, "merge", self.fact.merge, Words("merge", "la reunión"))
        if (self.fact.ground, self.fact.linkage, self.fact.probability) != (MergeGround.PEOPLE, None, None):
            raise Refused(
                "compared-by-people",
                Words(
                    "what a model put together is taken up from its comparison, and not merged by hand",
                    "lo que un modelo reunió se toma de su comparación y no se reúne a mano",
                ),
                (self.fact.merge,),
            )
        now = grouped(told, decisions(known))
        if len({now.of[v] for v in self.fact.victims}) < 2:
            raise Refused(
                "two-people",
                Words(
                    "they are one person already: a merge takes two",
                    "ya son una sola persona: una reunión requiere dos",
                ),
                tuple(self.fact.victims),
            )
        joined = {v for one in self.fact.victims for v in now.together(one)}
        _may_be_one(told, joined, {})
        if not self.fact.despite:
            for a, b in pairs_of(usable[v] for v in sorted(joined) if v in usable):
                if because := hardly_one(a, b):
                    raise Refused(
                        "hardly-one",
                        Words(
                            f"{because.en}: say that they are one person all the same, and why",
                            f"{because.es}: indique que aun así son una persona, y por qué",
                        ),
                        (a.victim, b.victim),
                    )
        return [act.says(self.fact)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingUp:
    """``least``: from which probability a group is taken up."""

    linkage: Annotated[LinkageId, Label("Comparison", "Comparación")]
    least: Annotated[float, Label("From which probability on", "Desde qué probabilidad")] = 0.5


@dataclass(frozen=True, slots=True)
class TakeUpLinkage:
    """Take the groups of a comparison for people, one merge each. Whoever takes them up is their author.

    What was judged, split or withdrawn since, and what merges since do not let through, is left as it is.
    """

    asked: TakingUp

    allowed: ClassVar[frozenset[Role]] = LINKING
    opens: ClassVar[frozenset[Compartment]] = VICTIMS
    asks: ClassVar[type[TakingUp]] = TakingUp

    def question(self, known: History) -> Question:
        asked = about(f"linkage:{self.asked.linkage}", kinds=(LinkageRun,))
        named = {
            v for r in known.of(LinkageRun) for g in _likely(r.fact, self.asked.least) for v in g.victims
        }
        return asked | asks_linked(known, named) if named else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        run = next((r for r in known.of(LinkageRun) if r.fact.linkage == self.asked.linkage), None)
        if run is None:
            raise unknown(LINKAGE, self.asked.linkage)
        taken, left = taken_up(known, run.fact, self.asked.least)
        if not taken:
            raise Refused(
                "nothing-to-take-up",
                Words(
                    f"no group of this comparison is left to take up; {left} contradict what was decided since",
                    f"no queda ningún grupo de esta comparación por tomar; {left} contradicen lo decidido después",
                ),
                (self.asked.linkage,),
            )
        return [
            act.says(
                VictimsMerged(
                    merge=MergeId(act.token(f"merge {n}")),
                    victims=group.victims,
                    ground=MergeGround.MODEL,
                    reason=Sealed(_taken(group, left)),
                    linkage=self.asked.linkage,
                    probability=group.probability,
                )
            )
            for n, group in enumerate(taken)
        ]


def _taken(group: LikelyGroup, left: int) -> str:
    """The reason of each merge that is taken up, in both languages, as facts have one for all readers."""
    return (
        f"alike in {group.probability:.0%} of the linkages drawn; {left} groups left out"
        f" / semejantes en el {group.probability * 100:.0f} % de las vinculaciones; {left} grupos omitidos"
    )


def _likely(run: LinkageRun, least: float) -> list[LikelyGroup]:
    """What was purged is not there."""
    return [g for g in run.groups.value or () if g.probability >= least]


def taken_up(known: History, run: LinkageRun, least: float) -> tuple[list[LikelyGroup], int]:
    """The groups of a run that are still to be merged, the most likely first, and how many are contradicted."""
    told, usable = told_of(known), usable_of(known)
    said = judged(known)
    now = grouped(told, decisions(known))
    since = [r for r in known.of(VictimsSplit) if r.position >= run.position]
    group = {v: set(now.together(v)) for v in told}
    taken, left = [], 0
    for one in _likely(run, least):
        if not all(v in usable for v in one.victims):
            left += 1
            continue
        if all(v in group[one.victims[0]] for v in one.victims):
            continue
        joined = set[VictimId]().union(*(group[v] for v in one.victims))
        split = any(0 < len(joined & set(r.fact.leave)) < len(joined) for r in since)
        if split or _contradicted(told, joined, said) or _unlikely(usable, joined):
            left += 1
            continue
        group.update(dict.fromkeys(joined, joined))
        taken.append(one)
    return taken, left


def _contradicted(
    told: Mapping[VictimId, Told], joined: Iterable[VictimId], said: Mapping[Pair, Judgement]
) -> bool:
    try:
        _may_be_one(told, joined, said)
    except Refused:
        return True
    return False


def _unlikely(told: Mapping[VictimId, Told], joined: Iterable[VictimId]) -> bool:
    return any(hardly_one(a, b) for a, b in pairs_of(told[v] for v in joined if v in told))


class SplitVictims(Says[VictimsSplit]):
    allowed = LINKING

    def question(self, known: History) -> Question:
        asked = about(f"split:{self.fact.split}", kinds=(VictimsSplit,))
        return asked | asks_linked(known, self.fact.leave)

    def decide(self, known: History, act: Act) -> list[Draft]:
        told = told_of(known)
        _all_among(told, self.fact.leave)
        require_new(known, VictimsSplit, "split", self.fact.split, Words("split", "la separación"))
        now = grouped(told, decisions(known))
        people = {now.of[v] for v in self.fact.leave}
        if len(people) != 1:
            raise Refused(
                "one-person",
                Words(
                    "those who leave are not one person now: split each person by itself",
                    "quienes salen no son ahora una sola persona: separe cada persona por su parte",
                ),
                tuple(sorted(people)),
            )
        if len(set(self.fact.leave)) == len(now.people[next(iter(people))]):
            raise Refused(
                "somebody-stays",
                Words(
                    "all of this person would leave: a split leaves somebody behind",
                    "saldría toda la persona: una separación deja a alguien",
                ),
                tuple(sorted(people)),
            )
        return [act.says(self.fact)]


class UndoLink(Says[LinkUndone]):
    """As if it had not been. Refused where what was decided since would put two people of one report together."""

    allowed = LINKING

    def question(self, known: History) -> Question:
        asked = about(f"undoing:{self.fact.undoing}", kinds=(LinkUndone,))
        asked |= asks_decision(self.fact.merge, self.fact.split)
        victims = {v for r in known.of(VictimsMerged) for v in r.fact.victims}
        victims |= {v for r in known.of(VictimsSplit) for v in r.fact.leave}
        return asked | asks_linked(known, victims) if victims else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        name = self.fact.merge or self.fact.split
        if name is None or (self.fact.merge and self.fact.split):
            raise Refused(
                "names-one",
                Words("name one merge or one split", "nombre una reunión o una separación"),
                (self.fact.undoing,),
            )
        require_new(known, LinkUndone, "undoing", self.fact.undoing, Words("undoing", "la anulación"))
        if any(name in {r.fact.merge, r.fact.split} for r in known.of(LinkUndone)):
            raise Refused("undone-once", Words("it was taken back already", "ya se deshizo"), (name,))
        standing = decisions(known)
        left = [r for r in standing if _name(r) != name]
        if len(left) == len(standing):
            raise unknown(Words("merge or split", "la reunión o separación"), name)
        told = told_of(known)
        for together in grouped(told, left).people.values():
            _may_be_one(told, together, {})
        return [act.says(self.fact)]


def _name(decision: Decision) -> str:
    fact = decision.fact
    return fact.merge if isinstance(fact, VictimsMerged) else fact.split


def _all_usable(known: History, victims: Sequence[VictimId]) -> Mapping[VictimId, Told]:
    """Refuse whoever was not reported, or in a report that was withdrawn; alike, so that nothing is told of them."""
    usable = usable_of(known)
    _all_among(usable, victims)
    return usable


def _all_among(told: Mapping[VictimId, Told], victims: Sequence[VictimId]) -> None:
    for victim in victims:
        if victim not in told:
            raise unknown(PERSON, victim)


def _joined(said: Mapping[Pair, Judgement], victim: VictimId) -> frozenset[VictimId]:
    return joined_by(said).get(victim, frozenset({victim}))


def _may_be_one(
    told: Mapping[VictimId, Told], together: Iterable[VictimId], said: Mapping[Pair, Judgement]
) -> None:
    """Refuse where two of these can never be one person, or were judged not to be."""
    for a, b in pairs_of(told[v] for v in sorted(together)):
        if because := never_one(a, b):
            raise Refused("never-one", because, (a.victim, b.victim))
        if said.get((min(a.victim, b.victim), max(a.victim, b.victim))) is Judgement.DIFFERENT:
            raise Refused(
                "judged-different",
                Words(
                    f"{a.victim} and {b.victim} were judged to be different people, which this would contradict",
                    f"se juzgó que {a.victim} y {b.victim} son personas distintas, y esto lo contradiría",
                ),
                (a.victim, b.victim),
            )
