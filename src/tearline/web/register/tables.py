"""Tables of reports: shown as they would be recorded, with all that is wrong in them, and then recorded; and given out.

What is shown first is only read: nothing is recorded until its sender agrees to the very table that they saw.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import UploadFile

from tearline.facts.errors import Malformed
from tearline.facts.harm import Harm, HarmReported, SourceClass
from tearline.facts.identifiers import well_formed
from tearline.formats.register.columns import Unfit, columns, value_of
from tearline.formats.register.reading import LARGEST_BYTES, Entry, Stated
from tearline.formats.register.writing import table
from tearline.formats.sheets import decoded
from tearline.jobs.register.giving_out import KINDS, exported
from tearline.jobs.register.taking_in import Faulty, Judged, judge, take_in
from tearline.rooms.register import REGISTRARS
from tearline.web.forms import allowed_or_403
from tearline.web.register.listing import titled
from tearline.web.register.places import places
from tearline.web.show import label
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, go

router = APIRouter()
HERE, OUT = "/harm/import", "/harm/export.csv"
FILE = "register.csv"
SHOWN = 50
"""Rows and faults that a page shows; that there are more is said."""
ASKED = ("source_class", "harm", "list")
"""What may be stated for all rows on the page; the command line has more."""
TEMPLATE: Mapping[str, str] = {
    "report_id": "a-17",
    "list": "list-a",
    "source_class": SourceClass.RELATIVE.value,
    "source": "her sister",
    "account": "They came at night.",
    "harm": Harm.DISAPPEARED.value,
    "given_names": "Rosa María",
    "paternal_surname": "Garza",
    "maternal_surname": "Treviño",
    "sex": "female",
    "age_from": "30",
    "age_to": "35",
    "seen_from": "2011-03-18",
    "seen_to": "2011-03-20",
    "place": "Allende",
    "condition": "missing",
    "consent": "count;search",
    "received": "2011-05-02",
    "reliability": "B",
    "credibility": "2",
    "risk": "high",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was posted: the table, what is stated for all rows, and by which name its sender agreed to it."""

    data: bytes
    agreed: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    listed: bool = False


async def sent(request: Request) -> Sent:
    """A file or a pasted text. What is larger than may be is cut, and then found to be too large."""
    async with request.form(max_files=1, max_fields=20, max_part_size=4 * LARGEST_BYTES) as form:
        upload = form.get("file")
        data = await upload.read(LARGEST_BYTES + 1) if isinstance(upload, UploadFile) else b""
        said = {
            name: value.strip() for name, value in form.items() if isinstance(value, str) and value.strip()
        }
        text = form.get("text")
    if not data and isinstance(text, str):
        data = text.encode("utf-8", "surrogatepass")
    return Sent(
        data=data,
        agreed=said.get("agreed", ""),
        cells={name: said[name] for name in ASKED if name in said},
        before=said.get("before", ""),
        listed="listed" in said,
    )


@router.get(HERE)
def asked(visit: Visiting) -> Response:
    allowed_or_403(visit, REGISTRARS)
    return _page(visit, Sent(data=b""))


@router.get(f"{HERE}/template.csv")
def template(visit: Visiting) -> Response:
    """All columns, and one line that shows how they are filled in."""
    allowed_or_403(visit, REGISTRARS)
    return _attached(table([TEMPLATE]))


@router.post(HERE)
def given(visit: Visiting, posted: Annotated[Sent, Depends(sent)]) -> Response:
    allowed_or_403(visit, REGISTRARS)
    wrong = _wrong(visit.say, posted)
    if wrong:
        return _page(visit, posted, errors=wrong, status=422)
    stated = Stated(cells=posted.cells, before=posted.before, listed=posted.listed)
    try:
        # A browser sends each end of a line as two characters, however it came.
        text = decoded(posted.data, file=FILE, largest=LARGEST_BYTES).replace("\r\n", "\n")
    except Malformed as malformed:
        return _page(visit, posted, malformed=malformed, status=422)
    data = text.encode()
    name = hashlib.sha256(repr(stated).encode() + data).hexdigest()
    try:
        if posted.agreed == name:
            _, appended = take_in(visit.node, data, file=FILE, stated=stated, by=visit.actor)
            return go(f"/harm/reports?recorded={appended.first}")
        judged = judge(visit.node, data, file=FILE, stated=stated, by=visit.actor)
    except Malformed as malformed:
        return _page(visit, posted, malformed=malformed, status=422)
    except Faulty as faulty:
        judged = faulty.judged
    return _page(visit, posted, text=text, name=name, judged=judged, status=422 if judged.faults else 200)


def _wrong(say: Tongue, posted: Sent) -> list[tuple[str, str]]:
    """What is stated for all rows, and wrong: said once, not in every row."""
    found = []
    for name, cell in posted.cells.items():
        try:
            value_of(columns()[name], cell)
        except Unfit as unfit:
            found.append((name, f"{say(columns()[name].label)}: {say(unfit.expected)}"))
    if posted.before and not well_formed(f"{posted.before}1"):
        found.append(
            ("before", say("Write the beginning of an identifier: a-z, 0-9 and hyphens, such as a-"))
        )
    return found


def _page(
    visit: Visit,
    posted: Sent,
    *,
    malformed: Malformed | None = None,
    errors: list[tuple[str, str]] | None = None,
    text: str = "",
    name: str = "",
    judged: Judged | None = None,
    status: int = 200,
) -> Response:
    say = visit.say
    faults = judged.faults if judged else ()
    return visit.page(
        "harm/tables.html",
        status=status,
        places=places(visit),
        malformed=say(malformed.said) if malformed else None,
        errors=errors or [],
        posted=posted,
        text=text,
        name=name,
        judged=judged,
        faults=[
            [say("Line %(line)s", line=say.number(f.line)), f.column, f.found[:80] or None, say(f.said)]
            for f in faults[:SHOWN]
        ],
        more=max(0, len(faults) - SHOWN),
        rows=[_row(say, one) for one in judged.table.entries[:SHOWN]] if judged else [],
        count=say.many("%(n)s row", "%(n)s rows", judged.table.rows) if judged else "",
        source_classes=[(one.value, say(one)) for one in SourceClass],
        harms=[(one.value, say(one)) for one in Harm],
        labels={field: label(say, HarmReported, field) for field in ASKED},
        columns=[(c.name, say(c.label)) for c in columns().values()],
    )


def _row(say: Tongue, one: Entry) -> list[object]:
    report, person = one.report, one.person
    names = [person.given_names, person.paternal_surname, person.maternal_surname] if person else []
    return [
        say("Line %(line)s", line=say.number(one.row.line)),
        one.name,
        titled(say, report) if report else say("of the same report"),
        " ".join(str(n.value) for n in names if n.value) or (say("nobody named") if not person else None),
        report.list if report else None,
        say.listed([say(p) for p in one.consent.purposes]) if one.consent else None,
        say("withdrawn") if one.withdrawn else None,
    ]


@router.get(OUT)
def out(visit: Visiting) -> Response:
    """The register as a table; what its reader has not opened, with a reason, is marked as sealed."""
    visit.own_side()
    known = visit.read(KINDS)
    text = exported(known, visit.actor)
    visit.note_reading()
    return _attached(text)


def _attached(text: str) -> Response:
    headers = {
        "content-disposition": f'attachment; filename="{FILE}"',
        "x-content-type-options": "nosniff",
    }
    return PlainTextResponse(text, headers=headers, media_type="text/csv")
