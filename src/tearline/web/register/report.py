"""One report: as it was given, what it may be used for, whom it names, what it rests on, and what hangs on it."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import ReportId
from tearline.facts.register import (
    ConsentGiven,
    ConsentWithdrawn,
    FileKept,
    FilePassed,
    VictimReported,
)
from tearline.folds.conditions import established
from tearline.folds.register import Reported, reports_of
from tearline.web.places import entry_of
from tearline.web.register.condition import condition_of
from tearline.web.register.listing import consent_state, consent_tag, name_of, titled
from tearline.web.register.places import places, reported, served, standing
from tearline.web.show import Shown, label, plain, ranged, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()

OF_REPORT = (HarmReported, ConsentGiven, ConsentWithdrawn, FileKept)
TESTIMONY = ("source", "collector", "digest")
"""Fields that stand only where testimony can be opened at all."""
GIVEN = ("source_class", "language", "method", "received", "first_day", "last_day", "place")
Row = tuple[str, Shown] | tuple[str, Shown, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of evidence, with its chain of custody."""

    file: str
    name: Shown
    rows: list[Row]
    custody: list[list[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    report: str
    title: str
    telling: str | None
    meta: list[Row]
    account: Shown | None
    given: list[Row]
    weighed: list[Row]
    consent: Shown
    consented: list[Row]
    withdrawn: str | None
    earlier: list[tuple[str, str]]
    people: list[list[object]] | None
    """None where it was withdrawn, to all who open no testimony."""
    unnamed: str
    files: list[FileRow]
    copied_from: tuple[str, str] | None
    copies: list[tuple[str, str]]
    linked: list[Row]
    href: str


@router.get("/harm/reports/{report}")
def one_report(visit: Visiting) -> Response:
    visit.own_side()
    name = ReportId(visit.identifier("report"))
    closed = standing(visit)
    mine = reported(visit, closed)
    if name not in mine:
        raise absent()
    named = name not in visit.access.withdrawn
    known = visit.read(lambda so_far: asks(so_far, name, named=named))
    one = reports_of(known)[name]
    return visit.page(
        "harm/report.html",
        places=places(visit),
        page=view(visit, one, known, closed, named=named),
        may_keep=served(visit, f"/harm/reports/{name}/files") and one.withdrawn is None,
        adds=served(visit, f"/harm/reports/{name}/consent") and one.withdrawn is None,
    )


def asks(so_far: History, name: ReportId, *, named: bool) -> Question:
    """``named``: with the people whom it names."""
    files = [r.fact.file for r in so_far.of(FileKept)]
    asked = about(f"report:{name}", kinds=OF_REPORT) | each("file", files, (FilePassed,))
    return asked | about(f"report:{name}", kinds=(VictimReported,)) if named else asked


def testimony(visit: Visit) -> bool:
    """Whether this role opens testimony at all; to others there is not even a word that it is sealed."""
    return visit.access.testifies


def view(visit: Visit, one: Reported, known: History, closed: History, *, named: bool) -> ReportView:
    say, fact, today = visit.say, one.fact, visit.now.date()
    told = testimony(visit) or one.recorded.told is not None
    given = GIVEN if not told else (*TESTIMONY[:1], *GIVEN, *TESTIMONY[1:])
    people = [r for r in known.of(VictimReported) if r.fact.report == fact.report]
    names = {r.fact.victim: r for r in people}
    became = established(closed)
    return ReportView(
        report=fact.report,
        title=titled(say, fact),
        telling=one.recorded.told.telling if one.recorded.told else None,
        meta=[
            (label(say, HarmReported, "list"), fact.list or say("none")),
            (
                say("Recorded"),
                say.moment(one.recorded.known_at, one.recorded.precision),
                entry_of(one.recorded),
            ),
        ],
        account=text(say, fact, "account") if told else None,
        given=[
            (label(say, HarmReported, field), said)
            for field in given
            if (said := text(say, fact, field)) != "—"
        ],
        weighed=[
            (label(say, HarmReported, field), text(say, fact, field))
            for field in ("reliability", "credibility", "risk")
        ],
        consent=consent_tag(say, consent_state(one, today)),
        consented=_consented(say, one, told=told),
        withdrawn=say.day(one.withdrawn.happened_at.date()) if one.withdrawn else None,
        earlier=[
            (say.happened(r), entry_of(r))
            for r in known.of(ConsentGiven)[:-1]
            if r.fact.report == fact.report
        ],
        people=[
            [
                (name_of(say, r.fact), f"/harm/people/{r.fact.victim}"),
                ages(say, r.fact),
                seen(say, r.fact),
                text(say, r.fact, "place"),
                condition_of(say, became, [r.fact.victim], names),
            ]
            for r in people
        ]
        if named
        else None,
        unnamed=_unnamed(say, fact, len(people)),
        files=[_file(say, r, known) for r in known.of(FileKept)] if told else [],
        copied_from=(fact.copied_from, f"/harm/reports/{fact.copied_from}") if fact.copied_from else None,
        copies=[
            (r.fact.report, f"/harm/reports/{r.fact.report}")
            for r in closed.of(HarmReported)
            if r.fact.copied_from == fact.report and not visit.access.hides(r)
        ],
        linked=_linked(say, fact),
        href=entry_of(one.recorded),
    )


def _consented(say: Tongue, one: Reported, *, told: bool) -> list[Row]:
    if one.consent is None:
        return []
    fact = one.consent.fact
    fields = ("purposes", "shared", "public_name", "until", *(("how",) if told else ()))
    return [(label(say, ConsentGiven, name), text(say, fact, name)) for name in fields]


def _unnamed(say: Tongue, fact: HarmReported, named: int) -> str:
    """How many more it tells of than it names."""
    least = max(0, fact.least - named)
    if fact.most is None:
        return (
            say("and at least %(n)s more, not named", n=say.number(least)) if least else say("perhaps more")
        )
    most = max(0, fact.most - named)
    if not most:
        return ""
    return say("and %(n)s more, not named", n=ranged(say, least, most))


def ages(say: Tongue, fact: VictimReported) -> Shown:
    """Sex and age, as far as they are known and open."""
    if not (fact.age_from.seal == fact.age_to.seal == "open"):
        return text(say, fact, "age_from")
    low, high = fact.age_from.value, fact.age_to.value
    said = [plain(say, fact.sex.value)] if fact.sex.value else []
    if low is not None and high is not None:
        said.append(str(low) if low == high else f"{low}–{high}")
    elif low is not None:
        said.append(f"{low}+")
    elif high is not None:
        said.append(f"≤ {high}")
    return ", ".join(said) or "—"


def seen(say: Tongue, fact: VictimReported) -> Shown:
    """The days on which it can have happened."""
    if not (fact.seen_from.seal == fact.seen_to.seal == "open"):
        return text(say, fact, "seen_from")
    return say.days(fact.seen_from.value, fact.seen_to.value) or plain(say, None)


def _linked(say: Tongue, fact: HarmReported) -> list[Row]:
    found: list[Row] = []
    if fact.incident:
        found.append(
            (label(say, HarmReported, "incident"), fact.incident, f"/harm/incidents/{fact.incident}")
        )
    if fact.compromise:
        found.append((label(say, HarmReported, "compromise"), fact.compromise, f"/leaks/{fact.compromise}"))
    if fact.release:
        found.append((label(say, HarmReported, "release"), fact.release, f"/disclosures/{fact.release}"))
    if fact.operation:
        found.append((label(say, HarmReported, "operation"), fact.operation, f"/operations/{fact.operation}"))
    return found


def _file(say: Tongue, kept: Recorded[FileKept], known: History) -> FileRow:
    fact = kept.fact
    passed = [r for r in known.of(FilePassed) if r.fact.file == fact.file]
    return FileRow(
        file=fact.file,
        name=text(say, fact, "name"),
        rows=[
            (label(say, FileKept, "media_type"), fact.media_type),
            (label(say, FileKept, "size"), say.number(fact.size)),
            (label(say, FileKept, "origin"), text(say, fact, "origin")),
            (label(say, FileKept, "digest"), fact.digest),
            (say("Kept"), f"{say.happened(kept)}, {kept.by.person}", entry_of(kept)),
        ],
        custody=[
            [
                (say.happened(r), entry_of(r)),
                plain(say, r.fact.copy),
                text(say, r.fact, "to"),
                text(say, r.fact, "why"),
                str(r.by.person),
            ]
            for r in passed
        ],
    )
