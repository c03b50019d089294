"""What the page of a request says of its verdict, and who has signed."""

from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    Effect,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.folds.agreements import agreements
from tearline.folds.release import (
    dissents,
    warnings,
)
from tearline.web.look import verdict_tag
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.release.rule_rows import MOST_POINTS, points
from tearline.web.release.verdicts import Standing
from tearline.web.show import text
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """As the macro ``sign_offs`` takes it."""

    line: str
    state: str
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The verdict as the page says it."""

    code: str
    sentence: str
    under: str
    points: list[tuple[str, str]]
    rest: list[tuple[str, ...]]
    word: str | None = None
    moved: str | None = None


def said_of(
    say: Tongue,
    stands: Standing,
    released: Recorded[ItemReleased] | None,
    *,
    shows_rules: bool,
) -> Said:
    rest: list[tuple[str, ...]] = []
    packs = stands.protocol.packs if stands.protocol else ()
    rest += [(say("Protocol"), pack.id, f"/protocols/{pack.id}") for pack in packs]
    if stands.live:
        rest.append((say("As of"), say.moment(stands.at)))
    else:
        rest.append((say("Decided"), say.moment(stands.at, stands.precision)))
    if stands.recorded:
        rest.append(
            (
                say("Recorded"),
                say("entry %(n)s", n=say.number(stands.recorded.position)),
                entry_of(stands.recorded),
            )
        )
        here = f"/releases/{stands.recorded.fact.request}/verdicts/{stands.recorded.position}"
        rest.append((say("Last verdict"), say("rule by rule"), here))
    deciding = {Effect.REFUSE: stands.refusing, Effect.HOLD: stands.holding}.get(stands.effect, [])
    return Said(
        code=stands.effect.value,
        sentence=sentence(say, stands),
        under=_under(say, stands.effect, released),
        word=say("Released") if released else None,
        points=points(say, stands, deciding[:MOST_POINTS]) if shows_rules else [],
        rest=rest,
        moved=_moved(say, stands),
    )


def sentence(say: Tongue, stands: Standing) -> str:
    if stands.purged:
        return say("The dossier on which this was decided was purged. The verdict stands.")
    if stands.rules is None:
        return say("The text of the protocol that decided this is not at hand. The verdict stands.")
    match stands.effect:
        case Effect.REFUSE:
            refusing, holding = len(stands.refusing), len(stands.holding)
            if not refusing:
                return say("No rule of the protocol permits this.")
            said = say.many("One rule refuses this.", "%(n)s rules refuse this.", refusing)
            if holding:
                more = say.many("One more would hold it.", "%(n)s more would hold it.", holding)
                return f"{said} {more}"
            return said
        case Effect.HOLD:
            return say.many(
                "One rule holds this until what it asks for is done.",
                "%(n)s rules hold this until what they ask for is done.",
                len(stands.holding),
            )
        case Effect.RELEASE:
            if stands.lifted:
                return say.many(
                    "The protocol permits this. One rule would hold it, and another lifted that hold.",
                    "The protocol permits this. %(n)s rules would hold it, and their holds were lifted.",
                    len(stands.lifted),
                )
            return say("The protocol permits this, and no rule holds or refuses it.")


def _under(say: Tongue, effect: Effect, released: Recorded[ItemReleased] | None) -> str:
    if released:
        return say("on %(when)s", when=say.happened(released))
    match effect:
        case Effect.REFUSE:
            return say("Nothing may be told to this unit.")
        case Effect.HOLD:
            return say("Nothing may be told yet.")
        case Effect.RELEASE:
            return say("It may be told now.")


def _moved(say: Tongue, stands: Standing) -> str | None:
    if not stands.moved or stands.recorded is None:
        return None
    return say(
        "What is known has changed since the last recorded verdict of %(when)s (%(verdict)s).",
        when=say.moment(stands.recorded.known_at),
        verdict=say(stands.recorded.fact.effect),
    )


def sign_rows(
    say: Tongue, known: History, asked: ReleaseRequested, names: Names, at: datetime
) -> list[SignRow]:
    signed = [r for r in known.of(ReleaseSignedOff) if r.fact.request == asked.request]
    rows = [
        SignRow(
            line=say(r.fact.line),
            state="signed",
            by=names.actor(r.by).name,
            at=say.happened(r),
        )
        for r in signed
    ]
    wanted = [SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING]
    if warnings(known, asked.item, at) or dissents(known, asked.item, asked.request, at):
        wanted.append(SignOffLine.SECOND)
    lines = {r.fact.line for r in signed}
    rows += [SignRow(line=say(line), state="awaited") for line in wanted if line not in lines]
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    number = held.terms.parameters.get("sign_offs") if held else None
    while isinstance(number, int) and len(rows) < min(number, 9):
        rows.append(SignRow(line=say("another line"), state="awaited"))
    return rows


def verdict_rows(say: Tongue, known: History, request: RequestId, *, shows_rules: bool) -> list[list[object]]:
    rows: list[list[object]] = []
    for r in known.of(VerdictReached):
        if r.fact.request == request:
            rules = text(say, r.fact, "rules") if shows_rules else None
            rows.append(
                [
                    (say.moment(r.known_at, r.precision), f"/releases/{request}/verdicts/{r.position}"),
                    verdict_tag(say, r.fact.effect),
                    ", ".join(applied.protocol for applied in r.fact.packs),
                    rules,
                    (say("entry %(n)s", n=say.number(r.position)), entry_of(r)),
                ]
            )
    return list(reversed(rows))
