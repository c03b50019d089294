"""Partners' logs: what we hold of each, whether it shows one history, and the evidence when it does not."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import LogId
from tearline.facts.logs import (
    CheckpointReceived,
    ForkEvidence,
    Misfit,
    PartnerLogNamed,
    SignedCheckpoint,
)
from tearline.folds.logs import LOG_KINDS, PartnerLog, Stopping, partner_logs
from tearline.web.look import code, link, tag
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, label
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One checkpoint as it is shown: a heading, and the note byte for byte."""

    title: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Two checkpoints that no single history can hold, in plain words and as they were signed."""

    title: str
    sentence: str
    notes: tuple[Seen, Seen]
    proof: tuple[str, ...]
    entry: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What stands at the top of a page when exchange is stopped: grave for two histories, a caution for no proof."""

    grave: bool
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    origin: str
    stopped: Stopped | None
    facts: list[tuple[str, Shown]]
    latest: Seen | None
    unproven: list[Seen]
    evidence: list[Evidence]
    entries: list[tuple[str, str]]


def question(known: History) -> Question:
    return about(kinds=LOG_KINDS) | names_question(known)


def listed(visit: Visit) -> list[list[object]]:
    """A row for each log: whose, which, how far we hold it, since when, how it stands."""
    if not visit.access.inside:
        return []
    known = visit.read(question)
    names = Names(known, visit.say)
    return [_row(visit.say, log, names) for log in partner_logs(known).values()]


def _row(say: Tongue, log: PartnerLog, names: Names) -> list[object]:
    named, latest = log.named.fact, log.latest
    return [
        link(named.origin, f"/ledger/logs/{named.log}"),
        names.organisation(named.organisation),
        _entries(say, latest.fact.checkpoint.size) if latest else None,
        say.moment(latest.recorded_at) if latest else None,
        _standing(say, log),
    ]


def _standing(say: Tongue, log: PartnerLog) -> Markup:
    if log.forks:
        return tag(say, say("two histories"), "refuse")
    if log.stop is not None:
        return tag(say, say("not shown to fit"), "hold")
    if not log.watched:
        return tag(say, say("replaced"))
    return tag(say, say("one history so far"), "release") if log.latest else tag(say, say("nothing received"))


def _entries(say: Tongue, size: int) -> str:
    return say.many("%(n)s entry", "%(n)s entries", size)


@router.get("/ledger/logs/{log}")
def one_log(visit: Visiting) -> Response:
    visit.own_side()
    name = LogId(visit.identifier("log"))
    known = visit.read(question)
    log = partner_logs(known).get(name)
    if log is None:
        raise absent()
    return visit.page("ledger/log.html", page=view(visit.say, log, known))


def view(say: Tongue, log: PartnerLog, known: History) -> LogView:
    names, named, latest = Names(known, say), log.named.fact, log.latest
    facts: list[tuple[str, Shown]] = [
        (label(say, PartnerLogNamed, "organisation"), names.organisation(named.organisation)),
        (label(say, PartnerLogNamed, "url"), named.url),
    ]
    facts += [(label(say, PartnerLogNamed, "vkey"), code(vkey)) for vkey in log.vkeys]
    if latest is not None:
        came = latest.fact.came if isinstance(latest.fact, CheckpointReceived) else None
        facts += [(say("Latest checkpoint that fits"), _entries(say, latest.fact.checkpoint.size))]
        facts += [(say("Received"), say.moment(latest.recorded_at))]
        facts += [(label(say, CheckpointReceived, "came"), say(came))] if came else []
    return LogView(
        origin=named.origin,
        stopped=_stopped(say, log, names.organisation(named.organisation)),
        facts=facts,
        latest=_seen(say, latest.fact.checkpoint) if latest else None,
        unproven=[_seen(say, r.fact.checkpoint) for r in log.unproven],
        evidence=[_evidence(say, r) for r in log.forks],
        entries=[_entry(say, r) for r in (log.named, *log.forks, *log.unproven, *log.held[-1:])],
    )


def _stopped(say: Tongue, log: PartnerLog, organisation: str) -> Stopped | None:
    stop = log.stop
    if stop is None:
        return None
    sentences = (*_why(say, stop, organisation), *_way_out(say, stop, log))
    if isinstance(stop.fact, ForkEvidence):
        return Stopped(grave=True, title=say("Two histories"), sentences=sentences)
    return Stopped(grave=False, title=say("Not shown to fit"), sentences=sentences)


def _why(say: Tongue, stop: Stopping, organisation: str) -> list[str]:
    if isinstance(stop.fact, ForkEvidence):
        return [
            say(
                "This log signed two histories that cannot both be true: it showed us one and somebody else another,"
                " or its record was changed afterwards."
            ),
            say("Nothing is released to %(organisation)s.", organisation=organisation),
        ]
    return [
        say(
            "This log signed a checkpoint and has not shown that it belongs to the history that it signed before."
            " That may be a fault on the way, or a history that it does not want to show."
        ),
        say("Nothing is released to %(organisation)s until it shows it.", organisation=organisation),
    ]


def _way_out(say: Tongue, stop: Stopping, log: PartnerLog) -> list[str]:
    awaited = log.awaited()
    if awaited is not None:
        return [say("One person has named another log in its place; a second has yet to confirm it.")]
    if isinstance(stop.fact, ForkEvidence):
        return [say("It ends when two people have named another log in its place; the evidence stays.")]
    return [say("Every look at the log asks for the proof again.")]


def _seen(say: Tongue, checkpoint: SignedCheckpoint, title: str | None = None) -> Seen:
    return Seen(title=title or _entries(say, checkpoint.size), note=checkpoint.note)


def _evidence(say: Tongue, recorded: Recorded[ForkEvidence]) -> Evidence:
    fact = recorded.fact
    shorter, longer = say.number(fact.shorter.size), say.number(fact.longer.size)
    if fact.misfit is Misfit.TWO_ROOTS:
        sentence = say(
            "Both checkpoints are of %(n)s entries and bear the log's signature, and their roots differ: the entries"
            " are not the same.",
            n=shorter,
        )
    else:
        sentence = say(
            "The log signed a history of %(n)s entries and one of %(m)s. The hashes below lead to the root that it"
            " signed for the longer one, and show that this one's first %(n)s entries are others than those that it"
            " signed before.",
            n=shorter,
            m=longer,
        )
    return Evidence(
        title=say(fact.misfit),
        sentence=sentence,
        notes=(_seen(say, fact.shorter), _seen(say, fact.longer)),
        proof=fact.proof,
        entry=(say("Entry %(n)s", n=say.number(recorded.position)), entry_of(recorded)),
    )


def _entry(say: Tongue, recorded: Recorded[Fact]) -> tuple[str, str]:
    words = say(type(recorded.fact).in_words)
    return f"{words} · {say('entry %(n)s', n=say.number(recorded.position))}", entry_of(recorded)
