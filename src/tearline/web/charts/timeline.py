"""What happened on a request, in lanes over time. The numbers beside the marks are those of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import altair as alt

from tearline.facts.words import Worded
from tearline.web import zones
from tearline.web.charts.drawing import Spec
from tearline.web.charts.figure import Size
from tearline.web.charts.theme import INK, NARROW, NAVY, SOFT, WIDE, drawn
from tearline.web.tongue import Tongue


class Lane(Worded):
    """From the question to what came of it."""

    REQUEST = "request", "Request", "Solicitud"
    VERDICT = "verdict", "Verdicts", "Veredictos"
    OBJECTION = "objection", "Dissent, warnings", "Disenso, avisos"
    SIGNED = "signed", "Sign-offs", "Firmas"
    RELEASE = "release", "Release, copies", "Divulgación, copias"
    AFTER = "after", "Leak, account", "Fuga, cuentas"


MARKS = {
    Lane.REQUEST: ("circle", NAVY),
    Lane.VERDICT: ("square", "#0072b2"),
    Lane.OBJECTION: ("triangle-up", "#a8447a"),
    Lane.SIGNED: ("diamond", NAVY),
    Lane.RELEASE: ("triangle-right", "#00725a"),
    Lane.AFTER: ("cross", "#b04a00"),
}
CLOSE = {False: 1 / 24, True: 1 / 9}
"""Marks of one lane that stand closer than this part of the whole time are drawn as one, with all their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event by its number in the table."""

    n: int
    at: datetime
    lane: Lane


def sizes() -> Mapping[bool, Size]:
    return {False: (WIDE, 60 + 40 * len(Lane)), True: (NARROW, 70 + 40 * len(Lane))}


def spec(say: Tongue, marks: Sequence[Mark], perishes: datetime | None, *, narrow: bool) -> Spec:
    """``perishes`` is drawn as a line where it stands within or near the events."""
    first, last = min(m.at for m in marks), max(m.at for m in marks)
    near = (
        perishes if perishes and first <= perishes <= last + max(last - first, timedelta(days=30)) else None
    )
    last = max(last, near) if near else last
    margin = max((last - first) * 0.06, timedelta(hours=1))
    first, last = first - margin, last + margin
    start, end = _wall(first, say), _wall(last, say)
    x = alt.X("at:T").scale(type="utc", domain=[start, end])
    rows = [
        {"at": _wall(group[0].at, say), "lane": say(group[0].lane), "numbers": _numbers(group)}
        for group in _groups(marks, (last - first) * CLOSE[narrow])
    ]
    lanes = [say(lane) for lane in Lane]
    y = (
        alt.Y("lane:N")
        .sort(lanes)
        .scale(domain=lanes)
        .axis(grid=True, ticks=False, domain=False, labelPadding=8, labelLimit=120)
        .title(None)
    )
    axis = x.axis(
        format=_format(last - first),
        tickCount=3 if narrow else 6,
        labelFlush=True,
        labelOverlap=True,
        grid=False,
    ).title(say("time, %(zone)s", zone=zones.offset(first.astimezone(say.zone))))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=axis, y=y)
    points = base.mark_point(filled=True, size=130, opacity=1, stroke="#fff", strokeWidth=1).encode(
        shape=alt.Shape("lane:N").scale(domain=lanes, range=[MARKS[lane][0] for lane in Lane]).legend(None),
        color=alt.Color("lane:N").scale(domain=lanes, range=[MARKS[lane][1] for lane in Lane]).legend(None),
    )
    numbers = base.mark_text(align="left", dx=9, fontSize=12, fontWeight=600, color=INK).encode(
        text="numbers:N"
    )
    layers: list[alt.Chart] = [points, numbers]
    if near:
        told = alt.Chart(alt.InlineData(values=[{"at": _wall(near, say), "words": say("perishes")}])).encode(
            x=axis
        )
        layers.insert(0, told.mark_rule(strokeDash=[4, 3], color=SOFT, strokeWidth=1.5))
        layers.append(
            told.mark_text(align="right", dx=-5, dy=8, baseline="top", fontSize=12, color=SOFT).encode(
                text="words:N", y=alt.value(0)
            )
        )
    width, height = sizes()[narrow]
    return drawn(layers, width, height)


def _wall(at: datetime, say: Tongue) -> str:
    """What a clock in the reader's zone showed, written as UTC: the drawing knows no other zone."""
    return at.astimezone(say.zone).replace(tzinfo=UTC).isoformat()


def _groups(marks: Sequence[Mark], close: timedelta) -> list[list[Mark]]:
    groups: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda m: (list(Lane).index(m.lane), m.at, m.n)):
        if groups and groups[-1][0].lane is mark.lane and mark.at - groups[-1][0].at < close:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _numbers(group: Sequence[Mark]) -> str:
    """1, 3–5: runs are closed up."""
    numbers = sorted(m.n for m in group)
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    said = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(said) if len(said) < 4 else f"{', '.join(said[:3])} …"


def _format(whole: timedelta) -> str:
    if whole > timedelta(days=900):
        return "%Y"
    if whole > timedelta(days=90):
        return "%b %Y"
    return "%-d %b" if whole > timedelta(days=4) else "%-d %b, %H:%M"
