"""What a case file leaves out, filled in by the shape of each field, never by the look of a text.

Identifiers are written without their telling's name; times of a live case are written from the day on which
it is loaded, as in ``now+30d``.
"""

import re
from datetime import datetime, timedelta

from tearline.facts.identifiers import EXPECTED, well_formed
from tearline.facts.shape import Day, Identifier, Instant, Many, Maybe, Place, Record, Shape, Span

RELATIVE = re.compile(r"now(?:([+-])([0-9]{1,5})([smhd]))?", re.ASCII)
BARE = "an identifier without the telling's name, which is put before it"


class Filling:
    """Fills in one telling's name and, in a live case, the time of loading."""

    def __init__(self, telling: str, live_from: datetime | None) -> None:
        self.telling = telling
        self.live_from = live_from

    def fill(self, shape: Shape | Record, plain: object, at: Place) -> object:
        """The same plain value, ready to be parsed by ``shape``; what does not fit it is left for parsing to say."""
        match shape:
            case Identifier():
                return self.identifier(plain, at) if isinstance(plain, str) else plain
            case Instant() | Day():
                return self._time(shape, plain)
            case Maybe():
                return self.fill(shape.one, plain, at)
            case Many() if isinstance(plain, list):
                return [self.fill(shape.one, value, at / n) for n, value in enumerate(plain)]
            case Record() if isinstance(plain, dict):
                shapes = {field.name: field.shape for field in shape.fields}
                return {
                    name: self.fill(shapes[name], value, at / name) if name in shapes else value
                    for name, value in plain.items()
                }
            case _:
                return plain

    def identifier(self, plain: str, at: Place) -> str:
        if "." in plain:
            raise at.expected(BARE)
        if not well_formed(plain):
            raise at.expected(EXPECTED)
        return f"{self.telling}.{plain}"

    def _time(self, shape: Instant | Day, plain: object) -> object:
        written = RELATIVE.fullmatch(plain) if isinstance(plain, str) else None
        if written is None or self.live_from is None:
            return plain
        sign, number, unit = written.groups()
        span = timedelta(seconds=int(number or 0) * Span.UNITS.get(unit or "s", 0))
        try:
            then = self.live_from - span if sign == "-" else self.live_from + span
        except OverflowError:  # past the calendar's end: no time, as parsing will say
            return plain
        return then.date() if isinstance(shape, Day) else then
