"""What was figured of a request: who would really see it, how likely it is to leak, and how well the source is hidden.

An estimate from the record and from what the agreement states. It is shown with what it rests on and what it does not
mean, to whoever opens the compartment; the count of those among whom the source is hidden to those who handle it.
"""

from dataclasses import dataclass

from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Compartment
from tearline.facts.history import History, Recorded, Role
from tearline.facts.release import PeopleAtRiskNamed
from tearline.folds.release import item_of
from tearline.web.access import Access
from tearline.web.look import sealed
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue

WEIGHING = frozenset({Role.CASE_AGENT, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.SOURCE_HANDLER})
"""Who weighs other ways of releasing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """``sentence`` is what it says in one line; None where the reader may not see it."""

    sentence: str | None
    rows: list[tuple[str, Shown] | tuple[str, Shown, str]]
    options: str | None
    entry: tuple[str, str]


def view(say: Tongue, known: History, figured: Recorded[ExposureFigured], access: Access | None) -> Forward:
    """``access`` None: a worked case, which is open."""
    fact = figured.fact
    entry = (say("entry %(n)s", n=say.number(figured.position)), entry_of(figured))
    rests = (label(say, ExposureFigured, "as_of"), say.number(fact.as_of))
    if not is_open(fact.likely):
        closed = say("purged") if fact.likely.purged else sealed(say, Compartment.EXPOSURE)
        return Forward(
            sentence=None,
            rows=[(label(say, ExposureFigured, "likely"), closed), rests],
            options=None,
            entry=entry,
        )
    likely, low, high = fact.likely.open(), fact.low.open(), fact.high.open()
    rows: list[tuple[str, Shown] | tuple[str, Shown, str]] = [
        (label(say, ExposureFigured, "readers"), text(say, fact, "readers")),
        (
            label(say, ExposureFigured, "likely"),
            say(
                "%(p)s; with 95 %% certainty between %(low)s and %(high)s",
                p=say.chance(likely),
                low=say.chance(low),
                high=say.chance(high),
            ),
        ),
        (say("People who would be harmed, on average"), _harm(say, known, fact, access)),
        (label(say, ExposureFigured, "anonymity"), text(say, fact, "anonymity", none=say("not known"))),
        (label(say, ExposureFigured, "positives"), text(say, fact, "positives")),
        (say("Figured"), say.moment(figured.known_at)),
        rests,
        (label(say, ExposureFigured, "method"), f"{fact.model}, {fact.method}"),
    ]
    options = f"/releases/{fact.request}/options" if access and access.role in WEIGHING else None
    return Forward(sentence=_sentence(say, fact, likely), rows=rows, options=options, entry=entry)


def _sentence(say: Tongue, fact: ExposureFigured, likely: float) -> str:
    people = say.many("%(n)s person would see it.", "%(n)s people would see it.", fact.readers.open())
    among = say.one_in(likely)
    if not among:
        return people
    return say(
        "%(people)s Of releases like this one, %(among)s would reach the adversary through them, if the terms of "
        "the model hold.",
        people=people,
        among=among,
    )


def _harm(say: Tongue, known: History, fact: ExposureFigured, access: Access | None) -> Shown:
    """The worst count of the people at risk, times the chance; sealed where the count is."""
    if access is not None and not access.opens(Compartment.PEOPLE_AT_RISK):
        return sealed(say, Compartment.PEOPLE_AT_RISK)
    item = item_of(known, fact.item)
    counts = [r.fact.count for r in known.of(PeopleAtRiskNamed) if item and r.fact.item == item.fact.item]
    if not counts or not all(is_open(count) for count in counts):
        return say("not known")
    return say.figure(max(count.open() for count in counts) * fact.likely.open())
