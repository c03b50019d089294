"""A chart's place on a page, and its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.responses import Response

from tearline.web.charts.drawing import Spec, drawings
from tearline.web.visit import Visit
from tearline.web.zones import name_of

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """As the macro ``chart`` takes it: two pictures of one chart, of which the page shows the one that fits."""

    wide_href: str
    narrow_href: str
    wide: Size
    narrow: Size
    alt: str


def figure(href: str, sizes: Mapping[bool, Size], *, alt: str) -> Figure:
    """``sizes``: of the narrow chart (true) and of the wide one; the page keeps this much room free."""
    joined = "&" if "?" in href else "?"
    return Figure(
        wide_href=href,
        narrow_href=f"{href}{joined}narrow=1",
        wide=sizes[False],
        narrow=sizes[True],
        alt=alt,
    )


def picture(visit: Visit, spec: Callable[..., Spec], *shown: object) -> Response:
    """The drawing of what is ``shown``, in the reader's language and zone, as wide as it was asked for."""
    say, narrow = visit.say, visit.request.query_params.get("narrow") == "1"
    of = (spec.__module__, name_of(say.zone), narrow, *shown)
    visit.request.app.state.forgetting.now()
    svg = drawings().svg(of, lambda: spec(say, *shown, narrow=narrow), say.language)
    visit.note_reading()
    return Response(svg, media_type="image/svg+xml")
