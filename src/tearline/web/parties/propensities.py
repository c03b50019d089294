"""How units stand to each adversary, by the record: what was last figured under an agreement, as a map of shades.

Sealed figures go into no chart, since charts are kept and shown to others; the map is a table, whose cells are shaded
and say their figures. It is of units. Of a person it says nothing, and nothing about them can be read from it.
"""

from dataclasses import dataclass

from tearline.facts.exposure import PropensitiesFigured, UnitFigured
from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import UnitFormed
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.model import model_of
from tearline.rooms.release.propensities import FigurePropensities
from tearline.web.access import Access
from tearline.web.asked import Asked
from tearline.web.look import sealed
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, absent

SHADES = (0.01, 0.03, 0.1, 0.3)
"""From which share of a unit's people on a cell is a shade darker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """``shade`` 0 to 4; None where the unit was given nothing that concerns this adversary."""

    figure: str
    between: str
    rests: str
    shade: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PropensitiesView:
    agreement: str
    name: str
    stated: bool
    closed: Shown | None
    adversaries: list[str]
    rows: list[tuple[Shown, list[Cell]]]
    figured: str
    entry: tuple[str, str] | None
    may: bool


def page_question(known: History, agreement: AgreementId) -> Question:
    asked = about(f"agreement:{agreement}", kinds=(*AGREEMENT_KINDS, PropensitiesFigured))
    units = {
        unit.unit
        for r in known.of(PropensitiesFigured)
        if is_open(r.fact.units)
        for unit in r.fact.units.open()
    }
    return asked | each("unit", frozenset(units), (UnitFormed,)) | names_question(known)


def view(say: Tongue, known: History, agreement: AgreementId, access: Access) -> PropensitiesView | None:
    held = agreements(known).get(agreement)
    if held is None or held.hindsight or (held.recorded is not None and held.recorded.told is not None):
        return None
    names = Names(known, say)
    figured = [r for r in known.of(PropensitiesFigured) if r.fact.agreement == agreement]
    latest = figured[-1] if figured else None
    closed = latest is not None and not is_open(latest.fact.units)
    units = latest.fact.units.open() if latest is not None and not closed else ()
    whom = sorted({unit.adversary or "" for unit in units})
    return PropensitiesView(
        agreement=agreement,
        name=held.name,
        stated=model_of(held.terms) is not None,
        closed=sealed(say, Compartment.EXPOSURE) if closed else None,
        adversaries=[one or say("nobody in particular") for one in whom],
        rows=[(link, cells) for link, cells in _rows(say, units, whom, names)],
        figured=_figured(say, latest) if latest else "",
        entry=(say("entry %(n)s", n=say.number(latest.position)), entry_of(latest)) if latest else None,
        may=access.role in FigurePropensities.allowed,
    )


def _figured(say: Tongue, latest: Recorded[PropensitiesFigured]) -> str:
    return say(
        "Figured %(when)s, from the record up to entry %(n)s.",
        when=say.moment(latest.known_at),
        n=say.number(latest.fact.as_of),
    )


def _rows(
    say: Tongue, units: tuple[UnitFigured, ...], whom: list[str], names: Names
) -> list[tuple[Shown, list[Cell]]]:
    found = {(one.unit, one.adversary or ""): one for one in units}
    return [
        (names.unit(unit).link(), [_cell(say, found.get((unit, one))) for one in whom])
        for unit in dict.fromkeys(one.unit for one in units)
    ]


def _cell(say: Tongue, one: UnitFigured | None) -> Cell:
    if one is None:
        return Cell(figure="—", between=say("given nothing"), rests="", shade=None)
    return Cell(
        figure=say.chance(one.after),
        between=say("%(low)s to %(high)s", low=say.chance(one.low), high=say.chance(one.high)),
        rests=say(
            "%(leaked)s leaked, %(quiet)s did not; %(before)s before",
            leaked=say.number(one.leaked),
            quiet=say.number(one.quiet),
            before=say.chance(one.before),
        ),
        shade=sum(one.after >= least for least in SHADES),
    )


def figure_anew(visit: Visit) -> Asked:
    visit.own_side()
    say, name = visit.say, AgreementId(visit.identifier("agreement"))
    known = visit.read(lambda so_far: page_question(so_far, name))
    page = view(say, known, name, visit.access)
    if page is None:
        raise absent()
    return Asked(
        title=say("Figure propensities"),
        submit=say("Figure them anew"),
        order=FigurePropensities(name),
        allowed=FigurePropensities.allowed,
        then=f"/agreements/{name}/propensities",
        trail=[("/parties", say("Parties")), (f"/agreements/{name}", page.name)],
        lead=page.name,
        before=say(
            "They are figured from the whole record as it stands now, and put on record. The earlier ones stay."
        ),
    )
