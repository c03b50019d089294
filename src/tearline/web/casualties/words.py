"""What an estimate is called, and its parts in words."""

from tearline.facts.casualties import CasualtiesEstimated, CountedScope, VariedAssumption
from tearline.facts.register import Condition
from tearline.folds.estimates import REASONS, EstimateStanding, Stands
from tearline.folds.publishing import UNSAID
from tearline.web.show import begun
from tearline.web.tongue import Tongue


def whole(say: Tongue, people: float) -> str:
    return say.number(round(people))


def dates(say: Tongue, scope: CountedScope) -> str:
    return say.days(scope.first_day, scope.last_day)


def what(say: Tongue, scope: CountedScope) -> str:
    """What is counted, where and when."""
    return "; ".join((begun(scope.unit), scope.area, dates(say, scope)))


def number(say: Tongue, fact: CasualtiesEstimated) -> str:
    """The estimate with its interval, or that there is none."""
    if fact.median is None or fact.low is None or fact.high is None:
        return say("not estimable")
    return say(
        "%(median)s (95 %%: %(low)s to %(high)s)",
        median=whole(say, fact.median),
        low=whole(say, fact.low),
        high=whole(say, fact.high),
    )


def reasons(say: Tongue, fact: CasualtiesEstimated) -> list[str]:
    return [say(REASONS[rule]) if rule in REASONS else rule for rule in fact.refused]


def unnamed(say: Tongue, fact: CasualtiesEstimated) -> str:
    """What reports tell of people besides those they name, for one's own side; empty where they tell of none."""
    if fact.unnamed_most == 0:
        return ""
    between = (
        say("%(n)s or more", n=say.number(fact.unnamed_least))
        if fact.unnamed_most is None
        else say(
            "%(low)s to %(high)s", low=say.number(fact.unnamed_least), high=say.number(fact.unnamed_most)
        )
    )
    return say(
        "Besides, reports tell of %(between)s people whom they do not name; some may be the same, or named elsewhere.",
        between=between,
    )


def unnamed_in_public(say: Tongue) -> str:
    """The same whether reports tell of such people or not: of them no number is public (``folds.publishing``)."""
    return say("Reports may also tell of people whom they do not name. How many is not made public.")


def varied(say: Tongue, one: VariedAssumption) -> str:
    """As ``folds.counting`` names it shortly."""
    name, _, value = one.changed.partition("=")
    match name:
        case "delta":
            return say("prior weight of each cell: %(n)s", n=say.figure(float(value)))
        case "classes":
            return say("at most %(n)s classes of people", n=value)
        case "without":
            return say("without list %(one)s", one=value)
        case "merged":
            a, _, b = value.partition("+")
            return say("lists %(a)s and %(b)s as one", a=a, b=b)
    return one.changed


def since(say: Tongue, stands: Stands) -> list[str]:
    """Why it is not of the register as it stands now."""
    if stands.standing is EstimateStanding.SUPERSEDED:
        whys = list(stands.gone.values())
        return [
            say(
                "%(why)s: %(n)s",
                why=begun(say(why)),
                n=say.many("%(n)s report", "%(n)s reports", whys.count(why)),
            )
            for why in dict.fromkeys(whys)
        ]
    if stands.standing is EstimateStanding.OLDER:
        return [
            say.many(
                "%(n)s report, merge or split came since.",
                "%(n)s reports, merges or splits came since.",
                stands.since,
            )
        ]
    return []


def cell(say: Tongue, name: str) -> str:
    """A condition in words; a place is called what it is."""
    if name == UNSAID:
        return say("Not said")
    return begun(say(Condition(name)) if name in {one.value for one in Condition} else name)
