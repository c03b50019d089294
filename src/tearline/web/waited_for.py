"""Up to how many people reported a request waits until it is computed who is who, or how many there were.

Beyond, others would be kept waiting; the command line has no such end. The pages and the API refuse alike.
"""

from tearline.facts.errors import Refused
from tearline.facts.history import History, Question, about
from tearline.facts.register import VictimReported
from tearline.facts.words import Words
from tearline.rooms.casualties import EstimateCasualties
from tearline.rooms.linkage import RunLinkage

MOST_COMPARED = 5_000
MOST_ESTIMATED = 3_000
QUESTION: Question = about(kinds=(VictimReported,))


def most(command: type[object]) -> int | None:
    """For a command that is computed from everybody reported; None for any other."""
    if command is RunLinkage:
        return MOST_COMPARED
    return MOST_ESTIMATED if command is EstimateCasualties else None


def refuse_where_many(command: type[object], known: History) -> None:
    """Refuse where more people are reported than a request waits for; ``known`` holds at least who is reported.

    People of a worked case count for nothing: they are not compared with those of the register.
    """
    bound, reported = most(command), sum(r.told is None for r in known.of(VictimReported))
    if bound is None or reported <= bound:
        return
    raise Refused(
        "at-the-command-line",
        Words(
            f"{reported} people are reported, more than the {bound} for which a request waits: run it with tearline"
            " harm at the command line",
            f"hay {reported} personas informadas, más de las {bound} por las que espera una petición: ejecútelo con"
            " tearline harm en la línea de comandos",
        ),
    )
