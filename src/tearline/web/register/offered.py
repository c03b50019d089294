"""What forms of the register offer to choose from."""

from tearline.facts.register import IncidentRecorded
from tearline.web.register.places import served, standing
from tearline.web.visit import Visit

MOST_OFFERED = 200


def incidents_on_offer(visit: Visit) -> list[tuple[str, str]]:
    """The latest live incidents, by what they were, where and when; to those who may look at them."""
    if not served(visit, "/harm/incidents"):
        return []
    say = visit.say
    latest = [r.fact for r in standing(visit).of(IncidentRecorded) if r.told is None][
        : -MOST_OFFERED - 1 : -1
    ]
    return [(one.incident, f"{say(one.harm)}, {one.place}, {say.day(one.first_day)}") for one in latest]
