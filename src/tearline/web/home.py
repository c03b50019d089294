"""The first page: what needs the reader."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.web.visit import Visiting, go

router = APIRouter()


@router.get("/")
def home(visit: Visiting) -> Response:
    return go("/releases")
