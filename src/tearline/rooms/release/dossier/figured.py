"""Who would really see it, as the latest figure on this request says: read as recorded, never figured here."""

from tearline.facts.exposure import ExposureFigured
from tearline.facts.history import Recorded
from tearline.rooms.release.dossier.values import Dossier, known_only


def exposure(figured: Recorded[ExposureFigured] | None, protection: Dossier) -> Dossier:
    """Nothing where nothing was figured, or what was is purged. Harm takes those who are counted at risk."""
    if figured is None or figured.fact.likely.purged:
        return {}
    fact = figured.fact
    likely, at_risk = fact.likely.open(), protection.get("people_at_risk")
    return known_only(
        at=figured.known_at,
        as_of=fact.as_of,
        readers=fact.readers.open(),
        p_leak=likely,
        p_leak_low=fact.low.open(),
        p_leak_high=fact.high.open(),
        harm=likely * at_risk if isinstance(at_risk, int) else None,
    )


def anonymity(figured: Recorded[ExposureFigured] | None) -> int | None:
    if figured is None or figured.fact.anonymity.purged:
        return None
    return figured.fact.anonymity.open()
