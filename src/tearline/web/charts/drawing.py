"""From a specification to an SVG: one conversion at a time, and the latest results kept."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

from tearline.facts.words import Language

Spec = Mapping[str, object]
MOST_KEPT = 256
PATIENCE = 5.0
"""Seconds that a picture waits for its turn. After that the site is busy, and the table beside it says the same."""
TIMES: Mapping[Language, Literal["en-GB", "es-MX"]] = {Language.EN: "en-GB", Language.ES: "es-MX"}
"""Names of d3-time-format's locales."""


class Drawings:
    """The drawings of one process, each under the hash of all that its specification is made of."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._turn = threading.Lock()
        self._keeping = threading.Lock()
        self._forgotten = 0

    def svg(self, of: tuple[object, ...], make: Callable[[], Spec], language: Language) -> str:
        """The drawing of the specification that ``make`` makes of ``of``, and of nothing else.

        TimeoutError when too many others are waiting for theirs.
        """
        key = hashlib.sha256(f"{language.value} {of!r}".encode()).hexdigest()
        held = self._held(key)
        if held is not None:
            return held
        if not self._turn.acquire(timeout=PATIENCE):
            raise TimeoutError("too many charts are waiting to be drawn")
        try:
            forgotten = self._forgotten
            return self._held(key) or self._keep(key, drawn(make(), language), forgotten)
        finally:
            self._turn.release()

    def forget(self) -> None:
        """Let go of all drawings, and keep none that is being made now."""
        with self._keeping:
            self._forgotten += 1
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def _held(self, key: str) -> str | None:
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: str, svg: str, forgotten: int) -> str:
        with self._keeping:
            if forgotten != self._forgotten:
                return svg
            self._kept[key] = svg
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return svg


def drawn(spec: Spec, language: Language) -> str:
    """The converter may fetch nothing: every specification brings its own data."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        dict(spec), time_format_locale=TIMES[language], allowed_base_urls=[]
    )
    return svg


@cache
def drawings() -> Drawings:
    return Drawings()


def warm() -> None:
    """Load the libraries and start the converter: half a second that no reader then waits for."""
    from tearline.web.charts import load

    drawn(load.spec_of_nothing(), Language.EN)
