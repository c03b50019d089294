"""Files of evidence: taken in on a report's page, handed out with a reason that stays on record, shown on no page."""

from collections.abc import Iterator
from datetime import timedelta

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from tearline.config.evidence import LARGEST_FILE
from tearline.facts.errors import Refused
from tearline.facts.history import about
from tearline.facts.identifiers import CustodyId, FileId, ReportId
from tearline.facts.register import ConsentWithdrawn, FileKept, FilePassed
from tearline.jobs.evidence.keeping import Keeping, copy_of
from tearline.jobs.evidence.types import ENDINGS
from tearline.rooms.register.custody import PassFile
from tearline.rooms.register.keeping import KeepFile
from tearline.web.asked import Asked
from tearline.web.forms import allowed_or_403, form
from tearline.web.register.listing import report_or_absent
from tearline.web.register.uploading import boundary_of, uploaded
from tearline.web.visit import Visit, Visiting, absent, go

router = APIRouter()

TO_FETCH = timedelta(minutes=15)
"""How long after it was put on record that a copy is handed out it may be fetched, by whoever said so."""
HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@router.get("/harm/reports/{report}/files")
def asked(visit: Visiting) -> Response:
    allowed_or_403(visit, KeepFile.allowed)
    return _page(visit, _report(visit))


@router.post("/harm/reports/{report}/files")
async def given(request: Request, visit: Visiting) -> Response:
    """Sealed while it comes in. What is refused, or breaks off, leaves nothing."""
    allowed_or_403(visit, KeepFile.allowed)
    boundary_of(request)
    report = await anyio.to_thread.run_sync(_report, visit)
    keeping = await anyio.to_thread.run_sync(Keeping, visit.node)
    try:
        upload = await uploaded(request, keeping.feed)
        origin = upload.fields.get("origin", "").strip()
        errors = _wrong(visit, upload.file_name, origin)
        if errors:
            keeping.abandon()
            return await anyio.to_thread.run_sync(lambda: _page(visit, report, errors, origin, status=422))
        name = upload.file_name or ""
        appended = await anyio.to_thread.run_sync(
            lambda: keeping.finish(visit.actor, report, name=name, origin=origin)
        )
    except Refused as refused:
        keeping.abandon()
        said = [("file", visit.say(refused.because))]
        status = 409 if refused.rule in ("kept-once", "not-withdrawn") else 422
        return await anyio.to_thread.run_sync(lambda: _page(visit, report, said, "", status=status))
    except BaseException:
        keeping.abandon()
        raise
    return go(f"/harm/reports/{report}?recorded={appended.first}")


def _report(visit: Visit) -> ReportId:
    visit.own_side()
    report = ReportId(visit.identifier("report"))
    report_or_absent(visit, report)
    return report


def _wrong(visit: Visit, name: str | None, origin: str) -> list[tuple[str, str]]:
    say = visit.say
    found = [] if name else [("file", say("Choose a file."))]
    return found if origin else [*found, ("origin", say("Write where it came from."))]


def _page(
    visit: Visit,
    report: ReportId,
    errors: list[tuple[str, str]] | None = None,
    origin: str = "",
    *,
    status: int = 200,
) -> Response:
    say = visit.say
    return visit.page(
        "harm/file.html",
        status=status,
        report=report,
        errors=errors or [],
        origin=origin,
        largest=say.number(LARGEST_FILE // 2**20),
    )


def handing_out(visit: Visit) -> Asked:
    """To whom, and why: on record before a byte of it leaves."""
    kept = _kept(visit)
    say = visit.say
    here = f"/harm/reports/{kept.report}"
    return Asked(
        title=say("Take out a copy"),
        submit=say("Record it and take the copy"),
        command=PassFile,
        kind=FilePassed,
        allowed=PassFile.allowed,
        then=f"/harm/files/{kept.file}/copies/{{new}}",
        trail=[("/harm", say("Harm")), ("/harm/reports", say("Reports")), (here, kept.report)],
        lead=say(
            "To look at it, take the working copy. The evidentiary copy goes to whoever has to prove something by it."
        ),
        before=say("The file is handed out within 15 minutes, as it was kept, and is never opened here."),
        new="custody",
        fixed={"file": kept.file},
    )


@router.get("/harm/files/{file}/copies/{custody}")
def copy(visit: Visiting) -> Response:
    """The bytes, to whoever has just put on record that they take them, unless the report was withdrawn meanwhile."""
    kept = _kept(visit)
    if visit.node.ledger.read(about(f"report:{kept.report}", kinds=(ConsentWithdrawn,))).of(ConsentWithdrawn):
        raise absent()
    custody = CustodyId(visit.identifier("custody"))
    passed = visit.node.ledger.read(about(f"custody:{custody}", kinds=(FilePassed,))).of(FilePassed)
    if not any(
        r.fact.file == kept.file
        and r.by.person == visit.actor.person
        and r.told is None
        and timedelta() <= visit.now - r.recorded_at <= TO_FETCH
        for r in passed
    ):
        raise absent()
    name = f"{kept.file}.{ENDINGS.get(kept.media_type, 'bin')}"
    pieces: Iterator[bytes] = copy_of(visit.node, kept.file, passed[0].fact.copy)
    headers = HEADERS | {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, headers=headers, media_type="application/octet-stream")


def _kept(visit: Visit) -> FileKept:
    """The file that the address names, if its report is there for whoever asks."""
    visit.own_side()
    file = FileId(visit.identifier("file"))
    kept = visit.node.ledger.read(about(f"file:{file}", kinds=(FileKept,))).of(FileKept)
    if not kept:
        raise absent()
    report_or_absent(visit, kept[0].fact.report)
    return kept[0].fact


form(router, "/harm/files/{file}/copy", handing_out)
