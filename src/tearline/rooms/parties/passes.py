"""A pass has an end: what every vetting decision must state."""

from datetime import datetime

from tearline.facts.errors import Refused
from tearline.facts.parties import Outcome
from tearline.facts.words import Words
from tearline.rooms import Act


def a_pass_ends(outcome: Outcome, valid_until: datetime | None, act: Act, who: str) -> None:
    """Refuse a clearance without an end, or one that ends before it begins."""
    if outcome is Outcome.CLEARED and (valid_until is None or valid_until <= act.at):
        raise Refused(
            "a-pass-ends",
            Words(
                "a clearance states until when it is valid, and that is after it was decided",
                "una aptitud indica hasta cuándo vale, y eso es después de resolverse",
            ),
            (who,),
        )
