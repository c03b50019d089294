"""A leak of a worked case told to a reader: who could have told it by what is on record, and whom it suspended."""

from typing import TYPE_CHECKING

from tearline.cli.said import both, heading, say
from tearline.cli.told import ToldHistory
from tearline.cli.verdicts import day_of
from tearline.facts.history import Recorded
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.folds.exposed import Exposed

EXPOSED = Words(
    "Who could have told it, by the record of the leak's day ({day}): {people} people. None of them is accused",
    "Quién pudo decirlo, según el registro del día de la filtración ({day}): {people} personas. A ninguna se acusa",
)
UNLOGGED = Words(
    "Whoever read it without a trace is not in this list.",
    "Quien lo leyó sin dejar rastro no está en esta lista.",
)
SUSPENDED = Words("Suspended by rule, on {day}: {unit}", "Suspendida por regla, el {day}: {unit}")
NOBODY = Words("Nobody was suspended.", "No se suspendió a nadie.")


def show_leaks(out: "Console", told: ToldHistory, language: Language) -> None:
    for leak in told.known.of(CompromiseReported):
        found = exposed_by(told, leak)
        day = day_of(leak.happened_at, leak.precision)
        heading(out, EXPOSED.to(language).format(day=day, people=len(found)))
        for one in found:
            say(out, f"{told.called(one.person)}: {_grounds(told, leak, one, language)}", indent=2)
        say(out, UNLOGGED.to(language), indent=2, style="dim")
        for line in _suspensions(told, leak, language) or [NOBODY.to(language)]:
            say(out, line, indent=2)


def exposed_by(told: ToldHistory, leak: Recorded[CompromiseReported]) -> "tuple[Exposed, ...]":
    """As known when the leak became known, of all that had happened when the adversary knew."""
    from tearline.folds.exposed import exposure_set
    from tearline.folds.leaks import interval

    return exposure_set(told.known.as_known(leak.known_at), leak.fact.item, interval(leak).by)


def _grounds(
    told: ToldHistory, leak: Recorded[CompromiseReported], one: "Exposed", language: Language
) -> str:
    """Each ground once; and how the person's own vetting stood, where anybody vetted or exempted them."""
    from tearline.folds.people import People, Status

    grounds = dict.fromkeys(way.ground.words.to(language) for way in one.ways)
    status = People(told.known, leak.happened_at).own_link(one.person).status
    vetted = [] if status is Status.UNKNOWN else [status.words.to(language)]
    return "; ".join([", ".join(grounds), *vetted])


def _suspensions(told: ToldHistory, leak: Recorded[CompromiseReported], language: Language) -> list[str]:
    return [
        SUSPENDED.to(language).format(day=day_of(r.happened_at, r.precision), unit=told.name(r.fact.unit))
        for r in told.known.of(CooperationSuspended)
        if r.fact.compromise == leak.fact.compromise
    ]


def plain(told: ToldHistory) -> list[dict[str, object]]:
    """The same for machines."""
    return [
        {
            "compromise": leak.fact.compromise,
            "exposed": [
                {
                    "person": one.person,
                    "since": one.since.isoformat(),
                    "grounds": [
                        {"ground": ground.value, "words": both(ground.words)}
                        for ground in dict.fromkeys(way.ground for way in one.ways)
                    ],
                }
                for one in exposed_by(told, leak)
            ],
            "suspended": [
                r.fact.unit
                for r in told.known.of(CooperationSuspended)
                if r.fact.compromise == leak.fact.compromise
            ],
        }
        for leak in told.known.of(CompromiseReported)
    ]
