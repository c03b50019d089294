"""Verdicts, as programs read them, and whether replaying one gives the same."""

import hashlib

from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell
from tearline.api.views.requests import asks_request
from tearline.api.views.why import standing_of
from tearline.facts.history import Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    VerdictReached,
)
from tearline.facts.shape import Json
from tearline.facts.words import Worded
from tearline.folds.retelling import replay
from tearline.web.owed import texts_of
from tearline.web.release.verdicts import recorded_standing


def one_verdict(reading: Reading) -> dict[str, Json]:
    request = RequestId(reading.identifier("request"))
    said = reading.path["position"]
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise absent()

    protocols = dict(reading.node.protocols)
    named = ("API request", request, texts_of(protocols))
    opened = reading.opened(lambda so_far: asks_request(so_far, request, protocols), named=named)
    known = reading.as_seen(opened)
    found = {r.position: r for r in known.of(VerdictReached) if r.fact.request == request}
    shown_as = found.get(int(said))
    reached = next((r for r in opened.of(VerdictReached) if r.position == int(said)), None)
    if shown_as is None or reached is None:
        raise absent()
    stands = recorded_standing(reached, protocols)
    return {
        "verdict": tell(shown_as),
        "standing": standing_of(stands, reading.access, told=reached.told is not None, cures=True),
        "replay": _replayed(reading, reached),
    }


class Replay(Worded):
    """Whether the stored dossier, decided again now, comes to the same."""

    EXACT = "exact", "replays exactly", "se reproduce exactamente"
    DIFFERS = (
        "differs",
        "does not replay: tell the overseer",
        "no se reproduce: avise al órgano de supervisión",
    )
    PURGED = "purged", "the dossier was purged", "el expediente se suprimió"
    UNAVAILABLE = (
        "unavailable",
        "the text or the engine is another one now",
        "el texto o el motor ahora es otro",
    )


def _replayed(reading: Reading, reached: Recorded[VerdictReached]) -> str:
    fact = reached.fact
    if fact.dossier.purged:
        return Replay.PURGED.value
    again = replay(fact, reading.node.protocols)
    if again is None:
        return Replay.UNAVAILABLE.value
    rules = tuple(again.called(m.rule) for m in again.matched)
    known = None if fact.rules.purged else fact.rules.open()
    salted = None if fact.salt.purged else (fact.salt.open() + fact.dossier.open()).encode()
    same = (
        again.effect.value == fact.effect.value
        and (known is None or known == rules)
        and (salted is None or hashlib.sha256(salted).hexdigest() == fact.dossier_sha256)
    )
    return (Replay.EXACT if same else Replay.DIFFERS).value
