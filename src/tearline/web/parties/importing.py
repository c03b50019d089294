"""Vetting in bulk: a table is shown as it would be recorded, with what is wrong in it, and then recorded, or not.

Nothing is half imported: with one error nothing is recorded. What is on record and still stands is left out, so the
same table can be brought again; a decision that another one has replaced since is not. One signature covers at most
``A_PART`` rows; a longer table is recorded in parts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import UploadFile

from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Sealed
from tearline.facts.history import History, Recorded, each
from tearline.facts.identifiers import OrganisationId, PersonId, well_formed
from tearline.facts.parties import Outcome, PersonVettingDecided
from tearline.facts.shape import Day, Place, Text
from tearline.facts.words import Words
from tearline.folds.people import People
from tearline.formats.csv import Row
from tearline.formats.sheets import LARGEST_BYTES, decoded, read_sheet, written
from tearline.ledger.sdjwt import payload_of
from tearline.node import Order
from tearline.rooms import Act, asked_by
from tearline.rooms.parties.persons import DecidePersonVetting
from tearline.web.forms import allowed_or_403
from tearline.web.look import tag
from tearline.web.signing.step import record
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()
REQUIRED = ("person", "outcome", "decided_by", "deciding_office")
OPTIONAL = ("valid_until", "decided_on")
MOST_ROWS, A_PART, MOST_SHOWN = 2000, 100, 200
FILE = "vetting.csv"
HERE = "/people/import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One row: what it would record, or what is wrong with it, by column."""

    row: Row
    fact: PersonVettingDecided | None
    at: datetime | None
    wrong: Mapping[str, str]
    known: bool = False
    stands: int = -1
    """The position of the decision on this person that stood when the table was read."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was posted: the table, and by which name its sender agreed to it."""

    data: bytes
    agreed: str


async def sent(request: Request) -> Sent:
    """A file or a pasted text. What is larger than may be is cut, and then found to be too large."""
    async with request.form(max_files=1, max_fields=10, max_part_size=4 * LARGEST_BYTES) as form:
        upload, text, agreed = form.get("file"), form.get("text"), form.get("agreed")
        data = await upload.read(LARGEST_BYTES + 1) if isinstance(upload, UploadFile) else b""
    if not data and isinstance(text, str):
        data = text.encode("utf-8", "surrogatepass")
    return Sent(data, agreed if isinstance(agreed, str) else "")


@router.get(HERE)
def asked(visit: Visiting) -> Response:
    """An empty page; after a part was recorded, with how much of it is on record."""
    allowed_or_403(visit, DecidePersonVetting.allowed)
    return _page(visit, done=_recorded(visit, visit.request.query_params.get("recorded", "")))


def _recorded(visit: Visit, position: str) -> int:
    """How many decisions the reader's own act has that begins at this entry, as the ledger has it; else none."""
    if not (position.isascii() and position.isdigit() and len(position) < 16):
        return 0
    first = int(position)
    act = _own_act(visit, first)
    if act is None or act == _own_act(visit, first - 1):
        return 0
    return next(n for n in range(1, A_PART + 1) if n == A_PART or _own_act(visit, first + n) != act)


def _own_act(visit: Visit, position: int) -> object:
    """The submission to which this entry belongs, if it is a decision of the reader's; else None."""
    ledger = visit.node.ledger
    if not 0 <= position < ledger.size():
        return None
    entry = ledger.entry(position)
    own = isinstance(entry.recorded.fact, PersonVettingDecided) and entry.recorded.by == visit.actor
    return payload_of(entry.jws)["act"] if own else None


@router.get(f"{HERE}/template.csv")
def template(visit: Visiting) -> Response:
    """The header, and one line that shows how it is filled in."""
    allowed_or_403(visit, DecidePersonVetting.allowed)
    example = ["person-17", Outcome.CLEARED.value, "agency-1", "Internal affairs", "2027-06-30", "2026-06-30"]
    headers = {"content-disposition": f'attachment; filename="{FILE}"'}
    text = written((*REQUIRED, *OPTIONAL), [example])
    return PlainTextResponse(text, headers=headers, media_type="text/csv")


@router.post(HERE)
def given(visit: Visiting, posted: Annotated[Sent, Depends(sent)]) -> Response:
    allowed_or_403(visit, DecidePersonVetting.allowed)
    try:
        rows = read_sheet(posted.data, file=FILE, required=REQUIRED, optional=OPTIONAL)
        text = decoded(posted.data, file=FILE)
    except Malformed as malformed:
        return _page(visit, malformed=malformed, status=422)
    if not 0 < len(rows) <= MOST_ROWS:
        expected = Words(
            f"from 1 to {MOST_ROWS} rows below the header",
            f"una tabla de 1 a {MOST_ROWS} filas bajo el encabezado",
        )
        return _page(visit, malformed=Malformed(FILE, "top", expected), status=422)
    found = _judged(visit, _read(visit.say, rows, visit.now))
    wrong = [one for one in found if one.wrong]
    new = [one for one in found if one.fact is not None and not one.known and not one.wrong]
    # A browser sends each end of a line as two characters, however it came.
    name = hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()
    if posted.agreed == name and not wrong and new:
        return _record(visit, name, new)
    return _page(visit, text=text, name=name, found=found, new=new, status=422 if wrong else 200)


def _record(visit: Visit, name: str, new: Sequence[Read]) -> Response:
    """This part of it, all or nothing."""
    part = new[:A_PART]
    orders = [
        Order(command=DecidePersonVetting(one.fact), by=visit.actor, at=one.at) for one in part if one.fact
    ]
    # The same table is another act once something else was decided on the people in it.
    lines = ",".join(f"{one.row.line}:{one.stands}" for one in part)
    key = hashlib.sha256(f"vetting {visit.actor.person} {name} {lines}".encode()).hexdigest()
    return record(visit, orders, key=key, title=visit.say("Vetting from a table"), then=HERE, back=HERE)


def _page(
    visit: Visit,
    *,
    malformed: Malformed | None = None,
    text: str = "",
    name: str = "",
    found: Sequence[Read] = (),
    new: Sequence[Read] = (),
    status: int = 200,
    done: int = 0,
) -> Response:
    say = visit.say
    wrong = [one for one in found if one.wrong]
    return visit.page(
        "parties/import.html",
        status=status,
        malformed=say(malformed.said) if malformed else None,
        text=text,
        name=name,
        errors=[
            [_line(say, one), column, one.row.cells.get(column) or None, sentence]
            for one in wrong
            for column, sentence in one.wrong.items()
        ][:MOST_SHOWN],
        rows=[_shown(say, one) for one in found[:MOST_SHOWN]],
        count=say.many("%(n)s row", "%(n)s rows", len(found)),
        new=len(new),
        known=sum(one.known for one in found),
        part=min(len(new), A_PART),
        parts=-(-len(new) // A_PART),
        columns=", ".join(REQUIRED),
        optional=", ".join(OPTIONAL),
        outcomes=", ".join(outcome.value for outcome in Outcome),
        done=done,
        more=done == A_PART,
    )


def _shown(say: Tongue, one: Read) -> list[object]:
    cells = one.row.cells
    if one.wrong:
        state = tag(say, say("wrong"), "refuse")
    else:
        state = tag(say, say("on record already") if one.known else say("to be recorded"), "info")
    outcome = say(one.fact.outcome) if one.fact else cells["outcome"]
    return [
        _line(say, one),
        cells["person"],
        outcome,
        cells["decided_by"],
        cells.get("valid_until") or None,
        state,
    ]


def _line(say: Tongue, one: Read) -> str:
    return say("Line %(line)s", line=say.number(one.row.line))


def _read(say: Tongue, rows: Sequence[Row], now: datetime) -> list[Read]:
    found, people = [], set()
    for row in rows:
        wrong: dict[str, str] = {}
        fact, at = _fact(say, row, wrong, now)
        if row.cells["person"] in people:
            wrong["person"] = say("This person stands in the table twice.")
        people.add(row.cells["person"])
        found.append(Read(row=row, fact=None if wrong else fact, at=at, wrong=wrong))
    return found


def _fact(
    say: Tongue, row: Row, wrong: dict[str, str], now: datetime
) -> tuple[PersonVettingDecided | None, datetime | None]:
    cells = row.cells
    outcome = _outcome(cells["outcome"])
    for column in ("person", "decided_by"):
        if not well_formed(cells[column]):
            wrong[column] = say("Write an identifier: a-z, 0-9 and inner hyphens.")
    if outcome is None:
        known = ", ".join(one.value for one in Outcome)
        wrong["outcome"] = say("Write one of these: %(known)s.", known=known)
    office = None
    try:
        office = Text().parse(cells["deciding_office"], Place(FILE))
    except Malformed:
        wrong["deciding_office"] = say("Write which office decided, without control characters.")
    until, at = (_day(say, cells.get(column, ""), column, wrong) for column in OPTIONAL)
    if at is not None and at > now:
        wrong["decided_on"] = say("This time is still to come.")
    if wrong or outcome is None or office is None:
        return None, None
    return PersonVettingDecided(
        person=PersonId(cells["person"]),
        outcome=outcome,
        decided_by=OrganisationId(cells["decided_by"]),
        deciding_office=Sealed(office),
        valid_until=until,
    ), at


def _outcome(cell: str) -> Outcome | None:
    """By its value, or by its words in either language."""
    wanted = " ".join(cell.casefold().split())
    words = {one: {one.value, *(_words(one.words))} for one in Outcome}
    return next((one for one, names in words.items() if wanted in names), None)


def _words(words: Words) -> tuple[str, str]:
    return words.en.casefold(), words.es.casefold()


def _day(say: Tongue, cell: str, column: str, wrong: dict[str, str]) -> datetime | None:
    if not cell:
        return None
    try:
        return datetime.combine(Day().parse(cell, Place(FILE)), time(), UTC)
    except Malformed:
        wrong[column] = say("Enter a date, such as 2026-03-18.")
        return None


def _judged(visit: Visit, found: Sequence[Read]) -> list[Read]:
    """What the rules say to each row by itself, and which rows are on record already."""
    people = [one.fact.person for one in found if one.fact]
    held = visit.read(each("person", people, (PersonVettingDecided,))) if people else History()
    standing = People(held, visit.now).vetted
    judged = []
    for one in found:
        fact = one.fact
        if fact is None:
            judged.append(one)
            continue
        stands = standing.get(fact.person)
        read = replace(one, stands=stands.position if stands else -1)
        if stands is not None and _known(fact, one.at, stands, held):
            judged.append(replace(read, known=True))
        else:
            refused = _refused(visit, DecidePersonVetting(fact), one.at)
            wrong = {_column(refused, fact): visit.say(refused.because)} if refused else {}
            judged.append(replace(read, wrong=wrong))
    return judged


Vetted = Recorded[PersonVettingDecided]


def _known(fact: PersonVettingDecided, at: datetime | None, stands: Vetted, held: History) -> bool:
    """Whether to record it would change nothing: it stands already, or it was recorded as older than what stands.

    A failure that was once recorded and then cleared is news when it is decided again.
    """
    if _same(fact, stands.fact):
        return at is None or at.date() == stands.happened_at.date()
    if at is None or at >= stands.happened_at:
        return False
    of_them = (r for r in held.of(PersonVettingDecided) if r.fact.person == fact.person)
    return any(_same(fact, r.fact) and r.happened_at == at for r in of_them)


def _same(one: PersonVettingDecided, other: PersonVettingDecided) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("person", "outcome", "decided_by", "valid_until")
    )


def _refused(visit: Visit, command: DecidePersonVetting, at: datetime | None) -> Refused | None:
    """What the rule would say to it now. Nothing is recorded, so the nonce is nobody's."""
    known, _ = visit.node.gather(lambda so_far: asked_by(command, so_far, visit.actor), command.opens)
    now = visit.now
    act = Act(by=visit.actor, at=at or now, now=now, nonce=bytes(32), protocols=visit.node.protocols)
    try:
        command.decide(known, act)
    except Refused as refused:
        return refused
    return None


def _column(refused: Refused, fact: PersonVettingDecided) -> str:
    """The column that a refusal is about, as far as it says so."""
    if fact.decided_by in refused.facts:
        return "decided_by"
    return "valid_until" if refused.rule.startswith("a-pass") else "person"
