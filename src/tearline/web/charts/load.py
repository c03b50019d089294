"""How much falls due in each of the coming weeks, by kind."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
from babel.dates import format_date

from tearline.web.charts.drawing import Spec
from tearline.web.charts.theme import CONFIG, INK, KINDS, NARROW, PADDING, WIDE
from tearline.web.tongue import Tongue

SIZES = {False: (WIDE, 280), True: (NARROW, 330)}


def spec(
    say: Tongue, weeks: Sequence[tuple[date, Mapping[str, int]]], kinds: Sequence[str], *, narrow: bool
) -> Spec:
    """``kinds``: the words of all kinds, in their order; those that occur are in the legend."""
    rows: list[dict[str, Any]] = [
        {"week": _said(say, start), "kind": kind, "n": n, "order": kinds.index(kind)}
        for start, counted in weeks
        for kind, n in counted.items()
    ]
    occurring = [kind for kind in kinds if any(row["kind"] == kind for row in rows)]
    width, height = SIZES[narrow]
    top = max((sum(counted.values()) for _, counted in weeks), default=0)
    chart = (
        alt.Chart(alt.InlineData(values=rows), height=height, width=width)
        .mark_bar(stroke=INK, strokeWidth=0.75)
        .encode(
            x=alt.X("week:O")
            .scale(domain=[_said(say, start) for start, _ in weeks])
            .axis(labelAngle=-45 if narrow else 0, ticks=False)
            .title(say("week from")),
            y=alt.Y("n:Q")
            .scale(domainMax=max(4, top), nice=True)
            .axis(tickMinStep=1, format="d", tickCount=4, domain=False, ticks=False)
            .title(say("dates")),
            color=alt.Color("kind:N")
            .scale(domain=occurring, range=[KINDS[kinds.index(kind) % len(KINDS)] for kind in occurring])
            .legend(columns=1 if narrow else 3)
            .title(None),
            order=alt.Order("order:Q"),
        )
        .properties(autosize=alt.AutoSizeParams(type="fit", contains="padding"), padding=PADDING)
        .configure(**CONFIG)
    )
    made: dict[str, Any] = chart.to_dict()
    return made


def _said(say: Tongue, day: date) -> str:
    """Weeks of one chart lie within a year, so that each is called by a name of its own."""
    return format_date(day, "d MMM", locale=say.locale)


def spec_of_nothing() -> Spec:
    made: dict[str, Any] = alt.Chart(alt.InlineData(values=[{"n": 1}])).mark_bar().encode(x="n:Q").to_dict()
    return made
