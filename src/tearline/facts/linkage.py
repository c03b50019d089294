"""Who is who among those reported: what people judged of pairs, what was put together and taken apart, and undone.

Each person reported stands for a person of their own until something here says otherwise. Nothing is overwritten: a
merge or split has an author and a reason, and is taken back by another fact.
"""

from dataclasses import dataclass
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import LabelId, LinkageId, MergeId, SplitId, UndoingId, VictimId
from tearline.facts.words import Worded

VICTIMS = Compartment.VICTIMS


class Judgement(Worded):
    SAME = "same", "the same person", "la misma persona"
    DIFFERENT = "different", "different people", "personas distintas"
    UNSURE = "unsure", "cannot be told", "no puede saberse"


class MergeGround(Worded):
    """What a merge rests on."""

    PEOPLE = "people", "somebody compared them", "alguien las comparó"
    MODEL = "model", "a model found them alike", "un modelo las halló semejantes"


@dataclass(frozen=True, kw_only=True, slots=True)
class LikelyPair:
    """Two people reported, and how likely a model takes them to be one person."""

    a: Annotated[VictimId, Label("One", "Una")]
    b: Annotated[VictimId, Label("The other", "La otra")]
    probability: Annotated[float, Label("Probability", "Probabilidad")]


@dataclass(frozen=True, kw_only=True, slots=True)
class LikelyGroup:
    """People reported whom a model puts together; in which share of the linkages drawn all of them are one person."""

    victims: Annotated[tuple[VictimId, ...], Label("People reported", "Personas informadas")]
    probability: Annotated[float, Label("Probability", "Probabilidad")]


@fact("People reported were compared by a model", "Un modelo comparó a las personas informadas")
class LinkageRun(Fact):
    """By all that was on record up to ``position``. ``low`` to ``high`` is the 95 % range of how many people there are.

    ``doubtful`` are pairs, those first whose judgement would help most; ``groups`` what the model would put together.
    """

    linkage: Annotated[LinkageId, Label("Comparison", "Comparación")]
    position: Annotated[int, Label("Up to entry", "Hasta la anotación")]
    reported: Annotated[int, Label("People reported", "Personas informadas")]
    judged: Annotated[int, Label("Pairs judged", "Pares juzgados")]
    people: Annotated[int, Label("People", "Personas")]
    low: Annotated[int, Label("At least, 95 %", "Al menos, 95 %")]
    high: Annotated[int, Label("At most, 95 %", "A lo sumo, 95 %")]
    seed: Annotated[int, Label("Seed", "Semilla")]
    settings: Annotated[str, Label("Settings", "Ajustes"), Public(200)]
    doubtful: Annotated[Sealed[tuple[LikelyPair, ...]], Label("Doubtful pairs", "Pares dudosos"), VICTIMS]
    groups: Annotated[Sealed[tuple[LikelyGroup, ...]], Label("Put together", "Reunidas"), VICTIMS]


@fact("A pair was judged", "Se juzgó un par")
class PairJudged(Fact):
    """A later judgement of the same pair replaces an earlier."""

    label: Annotated[LabelId, Label("Judgement", "Juicio")]
    a: Annotated[VictimId, Label("One", "Una")]
    b: Annotated[VictimId, Label("The other", "La otra")]
    judgement: Annotated[Judgement, Label("They are", "Son")]
    reason: Annotated[Sealed[str | None], Label("Reason", "Motivo"), VICTIMS] = Sealed(None)


@fact("People reported were put together as one", "Se reunió a personas informadas en una")
class VictimsMerged(Fact):
    merge: Annotated[MergeId, Label("Merge", "Reunión")]
    victims: Annotated[tuple[VictimId, ...], Label("People reported", "Personas informadas")]
    ground: Annotated[MergeGround, Label("Rests on", "Se apoya en")]
    reason: Annotated[Sealed[str], Label("Reason", "Motivo"), VICTIMS]
    linkage: Annotated[LinkageId | None, Label("Comparison", "Comparación")] = None
    probability: Annotated[float | None, Label("Probability", "Probabilidad")] = None
    despite: Annotated[
        bool,
        Label(
            "Although sex or age differ: the reason says why",
            "Aunque sexo o edad difieran: el motivo dice por qué",
        ),
    ] = False


@fact("People reported were taken apart", "Se separó a personas informadas")
class VictimsSplit(Fact):
    """Those who leave one person stay together, as a person of their own. A split never puts anybody together."""

    split: Annotated[SplitId, Label("Split", "Separación")]
    leave: Annotated[tuple[VictimId, ...], Label("Who leaves", "Quiénes salen"), Tag("victim")]
    reason: Annotated[Sealed[str], Label("Reason", "Motivo"), VICTIMS]


@fact("A merge or split was taken back", "Se deshizo una reunión o separación")
class LinkUndone(Fact):
    """As if it had not been; what was decided since is read anew without it."""

    undoing: Annotated[UndoingId, Label("Undoing", "Anulación")]
    reason: Annotated[Sealed[str], Label("Reason", "Motivo"), VICTIMS]
    merge: Annotated[MergeId | None, Label("Merge", "Reunión")] = None
    split: Annotated[SplitId | None, Label("Split", "Separación")] = None


@fact("Where a place lies was looked up", "Se buscó dónde está un lugar")
class PlaceLocated(Fact):
    """The middle of a town, in degrees with at most two decimals (WGS 84): of a place, and never of a person.

    A later one of the same name replaces an earlier; without degrees it says that nobody knows.
    """

    place: Annotated[
        Sealed[str], Label("Place, as reports write it", "Lugar, como lo escriben los informes"), VICTIMS
    ]
    degrees: Annotated[Sealed[str | None], Label("Latitude and longitude", "Latitud y longitud"), VICTIMS] = (
        Sealed(None)
    )
