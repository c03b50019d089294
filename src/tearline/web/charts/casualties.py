"""How many there were by each method, with intervals, and how many are documented."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import altair as alt

from tearline.web.charts.drawing import Spec
from tearline.web.charts.figure import Size
from tearline.web.charts.theme import INK, NARROW, NAVY, SOFT, WIDE, drawn
from tearline.web.tongue import Tongue

ROW: Mapping[bool, int] = {False: 38, True: 50}
FRAME = 62
Row = tuple[str, float, float, float, bool]
"""What it is called, median, from, to, and whether it is the number given."""


def sizes(rows: int) -> Mapping[bool, Size]:
    return {narrow: (width, FRAME + ROW[narrow] * rows) for narrow, width in ((False, WIDE), (True, NARROW))}


def spec(say: Tongue, rows: Sequence[Row], documented: int, *, narrow: bool) -> Spec:
    """The axis is logarithmic: an interval's upper end is often several times its middle."""
    values: list[dict[str, Any]] = [
        {
            "what": "\n".join(wrap(what, 18 if narrow else 40)),
            "median": median,
            "low": low,
            "high": high,
            "given": given,
        }
        for what, median, low, high, given in rows
    ]
    width, height = sizes(len(rows))[narrow]
    most = max([documented, *(high for _, _, _, high, _ in rows)]) * 1.08
    scale = alt.Scale(type="log", domain=[max(documented * 0.92, 1), most], nice=False)
    y = (
        alt.Y("what:N")
        .sort([value["what"] for value in values])
        .axis(
            ticks=False,
            domain=False,
            labelLimit=240,
            labelPadding=8,
            labelExpr="split(datum.value, '\\n')",
        )
        .title(None)
    )
    axis = alt.Axis(format="d", tickCount=3 if narrow else 6, labelOverlap=True)
    base = alt.Chart(alt.InlineData(values=values)).encode(y=y)
    shade = alt.condition("datum.given", alt.value(NAVY), alt.value(SOFT))
    lines = base.mark_rule(strokeWidth=5, strokeCap="round", opacity=0.55).encode(
        x=alt.X("low:Q").scale(scale).axis(axis).title(say("people; the axis is logarithmic")),
        x2="high:Q",
        color=shade,
    )
    middles = base.mark_point(filled=True, size=95, opacity=1).encode(
        x=alt.X("median:Q").scale(scale), color=shade
    )
    known = (
        alt.Chart(alt.InlineData(values=[{"documented": documented}]))
        .mark_rule(stroke=INK, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(x=alt.X("documented:Q").scale(scale))
    )
    return drawn([known, lines, middles], width, height)
