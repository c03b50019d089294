"""The addresses of the register, the closer ones first."""

from fastapi import APIRouter

from tearline.web.register import acts, files, incident, listing, person, report, tables

router = APIRouter()
for part in (acts, files, tables, listing, report, person, incident):
    router.include_router(part.router)
