"""A telling of a worked case: what it tells, who was harmed, what it rests on, and where it can be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.assistance import AssistanceGiven, HelpOffered
from tearline.facts.fact import Fact
from tearline.facts.harm import CountDocumented, HarmLookedInto, HarmReported
from tearline.facts.history import Recorded, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.oversight import TellingOpened
from tearline.facts.release import ItemRegistered, ProtectionPlanSet, SourceWarned, WarningKind
from tearline.facts.warnings import PeopleWarned
from tearline.facts.words import Words
from tearline.folds.obligations import Obligation, duties_ended_by
from tearline.folds.unsaid import of_counts
from tearline.web.harm import CountRow, count_rows
from tearline.web.home import told_pages
from tearline.web.names import Names
from tearline.web.oversight import ORGANISATIONS
from tearline.web.owed import OwedRow, owed_row
from tearline.web.places import page_of
from tearline.web.visit import TELLINGS, Visit, Visiting, absent, titled

router = APIRouter()
WARNING, HELPING = (PeopleWarned, ProtectionPlanSet), (AssistanceGiven, HelpOffered, HarmLookedInto)
"""What ends a duty to warn or protect people; and one to look for those harmed, to help them, or to offer help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmed:
    """Who was harmed in a telling, and what was or would have been owed to them. Sentences say what came of it."""

    counts: Sequence[CountRow]
    definitions: Sequence[Sequence[object]]
    unsaid: Sequence[str]
    reports: int
    warned: Sequence[str]
    to_warn: Sequence[OwedRow]
    helped: Sequence[str]
    to_help: Sequence[OwedRow]

    @property
    def anything(self) -> bool:
        return bool(self.counts or self.reports or self.to_warn or self.to_help)


@router.get("/cases/{telling}")
def one_telling(visit: Visiting) -> Response:
    visit.own_side()
    name = visit.identifier("telling")
    opened = {r.fact.telling: r.fact for r in visit.read(TELLINGS).of(TellingOpened)}
    tellings: dict[str, TellingOpened] = {str(telling): fact for telling, fact in opened.items()}
    found = tellings.get(name)
    if found is None:
        raise absent()
    others = [
        (visit.say(titled(one)), f"/cases/{telling}")
        for telling, one in tellings.items()
        if one.case_en == found.case_en and telling != name
    ]
    return visit.page(
        "case.html",
        title=visit.say(titled(found)),
        about=visit.say(Words(found.about_en, found.about_es)),
        harmed=_harmed(visit, name),
        pages=dict(told_pages(visit)).get(name, []),
        others=others,
        sources=found.sources,
    )


def _harmed(visit: Visit, telling: str) -> Harmed:
    say, kept = visit.say, visit.projections
    told = [r for r in kept.told() if r.told and r.told.telling == telling]
    leaks = [r.fact.compromise for r in told if isinstance(r.fact, CompromiseReported)]
    items = [r.fact.item for r in told if isinstance(r.fact, ItemRegistered | CompromiseReported)]
    places = {
        place
        for (_, subject), some in kept.harm().items()
        if subject.startswith(f"{telling}.")
        for place in some
    }
    known = visit.read_at(sorted(places))
    done = visit.read(
        each("item", frozenset(items), (ItemRegistered, SourceWarned, PeopleWarned, ProtectionPlanSet))
        | each("compromise", frozenset(leaks), (AssistanceGiven, HelpOffered))
        | ORGANISATIONS
    )
    names, protocols = Names(done, say), visit.node.protocols
    owed = [o for o in kept.would_have_been_owed() if o.ground.told and o.ground.told.telling == telling]

    def ended_by(*kinds: type[Fact]) -> list[Obligation]:
        duties = duties_ended_by(protocols, *kinds)
        return [o for o in owed if o.kind in duties]

    to_warn, to_help = ended_by(*WARNING), ended_by(*HELPING)

    counted = sorted(known.of(CountDocumented), key=lambda r: (r.fact.least, r.fact.said_in, r.position))
    return Harmed(
        counts=[replace(row, what="") for row in count_rows(say, counted)],
        definitions=[_definition(visit, r) for r in counted],
        unsaid=[say(words) for words in of_counts(counted)],
        reports=len(known.of(HarmReported)),
        warned=[
            *_warnings(visit, done.of(SourceWarned)),
            *_warned(visit, done.of(PeopleWarned), _shortest(visit, names, to_warn)),
        ],
        to_warn=[owed_row(say, o, names, visit.now) for o in to_warn],
        helped=[
            *_helped(
                visit,
                [*done.of(AssistanceGiven), *done.of(HelpOffered)],
                _shortest(visit, names, to_help),
            ),
        ],
        to_help=[owed_row(say, o, names, visit.now) for o in to_help],
    )


def _definition(visit: Visit, r: Recorded[CountDocumented]) -> list[object]:
    """Who counted what, where and when; what a figure does not say is said not to be."""
    say, fact = visit.say, r.fact
    not_said = say("not said")
    return [
        (fact.counted_by, page_of(r)),
        count_rows(say, [r])[0].shown,
        fact.unit,
        fact.area or not_said,
        visit.say.days(fact.first_day, fact.last_day) or not_said,
        fact.said_in,
    ]


def _warnings(visit: Visit, warnings: Sequence[Recorded[SourceWarned]]) -> list[str]:
    say = visit.say
    return [
        say("The source warned (%(when)s): %(what)s.", when=say.happened(r), what=say(r.fact.kind))
        for r in warnings
        if r.fact.kind is WarningKind.BLOODSHED
    ]


def _shortest(visit: Visit, names: Names, owed: Sequence[Obligation]) -> dict[str, str] | None:
    """The shortest of the terms in which something would have been owed: by whom, to whom, how long, by which terms."""
    dated = [(o.due - o.since, o) for o in owed if o.due is not None]
    if not dated:
        return None
    within, first = min(dated, key=lambda d: d[0])
    return {
        "debtor": names.organisation(first.debtor),
        "creditor": names.organisation(first.creditor),
        "span": visit.say.span(within),
        "agreement": first.agreement.name,
    }


def _warned(
    visit: Visit, given: Sequence[Recorded[PeopleWarned]], term: Mapping[str, str] | None
) -> list[str]:
    say = visit.say
    said = []
    if term:
        owed = say(
            "%(debtor)s would have had to warn %(creditor)s within %(span)s (terms: %(agreement)s).", **term
        )
        said.append(owed)
    said += [
        say(
            "People were warned (%(when)s): %(n)s, %(how)s.",
            when=say.happened(r),
            n=say.number(r.fact.people),
            how=say(r.fact.method),
        )
        for r in given
    ]
    return said if given else [*said, say("Nobody was warned.")]


def _helped(
    visit: Visit,
    given: Sequence[Recorded[AssistanceGiven] | Recorded[HelpOffered]],
    term: Mapping[str, str] | None,
) -> list[str]:
    say = visit.say
    said = []
    if term:
        owed = say(
            "%(debtor)s would have owed help to %(creditor)s within %(span)s (terms: %(agreement)s).", **term
        )
        said.append(owed)
    said += [say("%(what)s, %(when)s.", what=say(type(r.fact).in_words), when=say.happened(r)) for r in given]
    if not any(isinstance(r.fact, AssistanceGiven) for r in given):
        said.append(say("No help to anybody is on record."))
    if not any(isinstance(r.fact, HelpOffered) for r in given):
        said.append(say("Nobody was offered help to identify and arrest the perpetrators."))
    return said
