"""Having it estimated how many there were, and making figures public."""

from tearline.facts.casualties import CountedScope
from tearline.facts.harm import HarmReported
from tearline.facts.identifiers import EstimateId
from tearline.folds.publishing import estimates_of
from tearline.rooms.casualties import COUNTING, PUBLISHING, EstimateCasualties, PublishFigures
from tearline.web import offers
from tearline.web.asked import Asked
from tearline.web.casualties import words
from tearline.web.casualties.page import live, places_of
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, absent
from tearline.web.waited_for import MOST_ESTIMATED, refuse_where_many

HERE = "/harm/estimates"


def trail(say: Tongue) -> list[tuple[str, str]]:
    return [("/harm", say("Harm")), (HERE, say("Estimates"))]


def estimate(visit: Visit) -> Asked:
    visit.own_side()
    say, known = visit.say, live(visit)
    if visit.request.method == "POST":
        refuse_where_many(EstimateCasualties, known)
    reports = known.of(HarmReported)
    days = [d for r in reports for d in (r.fact.first_day, r.fact.last_day) if d]
    already = {"first_day": [min(days).isoformat()], "last_day": [max(days).isoformat()]} if days else {}
    return Asked(
        title=say("Estimate how many there were"),
        submit=say("Have it estimated"),
        command=EstimateCasualties,
        kind=CountedScope,
        allowed=COUNTING,
        then=HERE,
        trail=trail(say),
        lead=say(
            "What is counted, where and when comes first: most of the spread between counts is definition."
        ),
        before=say(
            "With three lists or more this takes up to a minute. For more than %(n)s people reported, run tearline"
            " harm estimate at the command line.",
            n=say.number(MOST_ESTIMATED),
        ),
        already=already,
        options={"places": list(places_of(known).items())},
        choosers={"compromise": offers.compromises(visit), "operation": offers.operations(visit)},
        hints={
            "unit": say("Such as: people who disappeared."),
            "area": say("In words, as it is to be read with the number."),
            "places": say("Which places of reports lie in it."),
        },
        order_of_fields=("unit", "harm", "area", "places", "first_day", "last_day"),
    )


def publish(visit: Visit) -> Asked:
    visit.own_side()
    say, name = visit.say, EstimateId(visit.identifier("estimate"))
    made = estimates_of(live(visit)).get(name)
    if made is None:
        raise absent()
    return Asked(
        title=say("Make figures public"),
        submit=say("Make them public"),
        order=PublishFigures(name),
        allowed=PUBLISHING,
        then=f"{HERE}/{name}",
        trail=[*trail(say), (f"{HERE}/{name}", made.fact.scope.unit)],
        lead=words.what(say, made.fact.scope),
        about=[
            (say("Documented"), say.number(made.fact.documented)),
            (say("Estimate"), words.number(say, made.fact)),
        ],
        before=say(
            "Anybody can then read the documented count, the estimate or why there is none, and how many by"
            " condition and place; no count of fewer than five, and none that could be worked out."
        ),
        grave=True,
    )
