"""What of the register is public: estimates, or why there is none, and counts that tell of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tearline.facts.casualties import CasualtiesEstimated, HarmPublished, PublishedCell
from tearline.facts.history import History, Recorded
from tearline.folds.estimates import EstimateStanding, stands
from tearline.folds.publishing import published, same_people
from tearline.web.casualties import words
from tearline.web.show import begun
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTable:
    """``dated`` says of when it is, where it is not of the figure above it."""

    rows: list[list[str]]
    dated: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    title: str
    what: str
    documented: str
    number: str
    given: bool
    reasons: list[str]
    unnamed: str
    when: str
    superseded: bool
    older: bool
    by_condition: PublicTable | None
    by_place: PublicTable | None


Release = tuple[Recorded[HarmPublished], Recorded[CasualtiesEstimated]]


def view(say: Tongue, known: History, day: date) -> list[PublicView]:
    """The latest of each scope, the latest first."""
    released = published(known)
    latest: list[Release] = []
    for one in reversed(released):
        if not any(same_people(one[1].fact.scope, other[1].fact.scope) for other in latest):
            latest.append(one)
    return [_view(say, known, released, one, day) for one in latest]


def _view(say: Tongue, known: History, released: Sequence[Release], one: Release, day: date) -> PublicView:
    made, estimated = one
    fact = estimated.fact
    standing = stands(known, estimated, day).standing
    mine = [r for r, e in released if same_people(e.fact.scope, fact.scope)]
    return PublicView(
        title=begun(fact.scope.unit),
        what="; ".join((fact.scope.area, words.dates(say, fact.scope))),
        documented=say.number(fact.documented),
        number=words.number(say, fact),
        given=fact.median is not None,
        reasons=words.reasons(say, fact),
        unnamed=words.unnamed_in_public(say),
        when=say.moment(made.known_at),
        superseded=standing is EstimateStanding.SUPERSEDED,
        older=standing is EstimateStanding.OLDER,
        by_condition=_table(say, mine, made, "by_condition"),
        by_place=_table(say, mine, made, "by_place"),
    )


def _table(
    say: Tongue, mine: Sequence[Recorded[HarmPublished]], now: Recorded[HarmPublished], name: str
) -> PublicTable | None:
    """The last that could be shown."""
    with_cells = [r for r in mine if getattr(r.fact, name)]
    if not with_cells:
        return None
    last = with_cells[-1]
    cells: Sequence[PublishedCell] = getattr(last.fact, name)
    return PublicTable(
        rows=[
            [words.cell(say, c.what), say("not shown") if c.people is None else say.number(c.people)]
            for c in cells
        ],
        dated="" if last is now else say("As made public %(when)s.", when=say.moment(last.known_at)),
        hidden=any(c.people is None for c in cells),
    )
