"""Who could see it: people by unit and by what their vetting comes to."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tearline.web.charts.drawing import Spec
from tearline.web.charts.figure import Size
from tearline.web.charts.theme import COLOURS, INK, NARROW, WIDE, Standing, drawn
from tearline.web.tongue import Tongue

BAR = 34
FRAME = {False: 104, True: 190}
"""Axis and legend, which stands in one column on a phone."""


def sizes(units: int) -> Mapping[bool, Size]:
    return {False: (WIDE, FRAME[False] + BAR * units), True: (NARROW, FRAME[True] + BAR * units)}


def spec(say: Tongue, units: Sequence[tuple[str, Mapping[Standing, int]]], *, narrow: bool) -> Spec:
    """``units``: what each is called, which is no secret, and how many people of each standing."""
    order = list(Standing)
    rows: list[dict[str, Any]] = [
        {"unit": unit, "standing": say(standing), "n": n, "order": order.index(standing)}
        for unit, counted in units
        for standing, n in counted.items()
        if n
    ]
    occurring = [one for one in order if any(counted.get(one) for _, counted in units)]
    width, height = sizes(len(units))[narrow]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("unit:N")
        .sort([unit for unit, _ in units])
        .axis(ticks=False, domain=False, labelLimit=110 if narrow else 200, labelPadding=8)
        .title(None),
        x=alt.X("n:Q").stack("zero").axis(values=_whole_steps(units), format="d").title(say("people")),
        order=alt.Order("order:Q"),
    )
    bars = base.mark_bar(stroke=INK, strokeWidth=0.75, height=22).encode(
        color=alt.Color("standing:N")
        .scale(domain=[say(one) for one in occurring], range=[COLOURS[one] for one in occurring])
        .legend(columns=1 if narrow else 3)
        .title(None)
    )
    return drawn([bars], width, height)


def _whole_steps(units: Sequence[tuple[str, Mapping[Standing, int]]]) -> list[int]:
    """Places on the axis: people are counted in whole ones."""
    most = max((sum(counted.values()) for _, counted in units), default=1)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10**9) if most <= 6 * s)
    return list(range(0, most + step, step))
