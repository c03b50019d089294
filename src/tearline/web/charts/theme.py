"""How charts look: the site's typeface and inks, and colours that stay apart for the colour-blind.

The five colours of states are Okabe and Ito's ("Color Universal Design", 2008), but for the darkest. Nothing is told
by colour alone: states also stand in one order, in the legend and in the table.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from tearline.facts.words import Worded

FONT = "Public Sans Web, Public Sans, Helvetica, Arial, sans-serif"
INK, SOFT, EDGE, NAVY = "#1b2330", "#4c5462", "#ddd6c8", "#10213f"
PADDING = {"left": 14, "right": 14, "top": 6, "bottom": 4}
"""The browser's typeface may be a little wider than the one that the drawing was measured with."""
WIDE, NARROW = 640, 320
"""Pixels: in a panel of the main column, and on a phone."""
KINDS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999", "#1b2330")
"""For kinds that have no order: Okabe and Ito's eight, and ink."""


class Standing(Worded):
    """What a status comes to, from best to worst, in as many steps as an eye can tell apart."""

    CLEARED = "cleared", "cleared", "apto"
    LAPSED = "lapsed", "lapsed or pending", "vencida o pendiente"
    UNKNOWN = "unknown", "no vetting on record", "sin evaluación registrada"
    EXEMPT = "exempt", "unvetted: exempt", "sin evaluar: exento"
    FAILED = "failed", "failed, refused or suspended", "no apto, negada o suspendida"


COLOURS = {
    Standing.CLEARED: "#009e73",
    Standing.LAPSED: "#e69f00",
    Standing.UNKNOWN: "#bbbbbb",
    Standing.EXEMPT: "#cc79a7",
    Standing.FAILED: "#5b1414",
}

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": SOFT,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "gridColor": EDGE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "labelLimit": 180,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": SOFT,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "orient": "bottom",
        "symbolStrokeWidth": 1,
        "labelLimit": 220,
    },
}


def drawn(layers: Sequence[Any], width: int, height: int) -> dict[str, Any]:
    """One picture of these layers, in the site's colours, all of it within its frame."""
    chart = (
        alt.layer(*layers)
        .properties(
            width=width,
            height=height,
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
            padding=PADDING,
        )
        .configure(**CONFIG)
    )
    made: dict[str, Any] = chart.to_dict()
    return made
