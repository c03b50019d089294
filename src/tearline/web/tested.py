"""How the model fared in simulated worlds, where the truth is known: said wherever it says something of people."""

from tearline.estimates.exposure.tested import Tested, tested
from tearline.web.tongue import Tongue

LEAST = 0.9


def sayings(say: Tongue) -> list[str]:
    """Of those who were given nine tenths or more, how many were no channels: by worlds as believed, and otherwise."""
    found = tested()
    as_believed = found["A"]
    return [
        say(
            "In %(worlds)s simulated worlds drawn from this model, of %(accused)s people given %(least)s or more, "
            "%(false)s were no channels: at most %(bound)s, with 95 %% confidence.",
            worlds=say.number(as_believed.worlds),
            least=say.chance(LEAST),
            **_rate(say, as_believed),
        ),
        say(
            "Where half of the channels were readers whom nobody logged, %(false)s of %(accused)s (at most %(bound)s), "
            "though one such reader was allowed for in each unit.",
            **_rate(say, found["D1"]),
        ),
        say(
            "Where units had been renewed half way, %(false)s of %(accused)s (at most %(bound)s) if what is old was "
            "forgotten as fast as they change, and %(kept)s of %(all)s if it was not.",
            kept=say.number(found["F1"].at_90.false),
            all=say.number(found["F1"].at_90.accused),
            **_rate(say, found["F2"]),
        ),
        say(
            "Where channels passed on half as much as was believed, %(false)s of %(accused)s (at most %(bound)s).",
            **_rate(say, found["H2"]),
        ),
        say(
            "Where ten times as much came out by itself as was believed, %(false)s of %(accused)s (at most %(bound)s).",
            **_rate(say, found["G2"]),
        ),
    ]


def _rate(say: Tongue, one: Tested) -> dict[str, str]:
    rate = one.at_90
    return {
        "false": say.number(rate.false),
        "accused": say.number(rate.accused),
        "bound": say.chance(1.0 if rate.at_most is None else rate.at_most),
    }
