"""How a command speaks: its language, its console, its one JSON document, its one line of error."""

import json
import os
import sys
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_OF_A_FILE = 120


@dataclass(slots=True)
class Speech:
    """The language of one run, as ``--language`` sets it: errors are caught far from where it was given."""

    language: Language = Language.EN


def console(*, stderr: bool = False) -> "Console":
    """A console that takes text as it is: no markup, no emoji, nothing highlighted that we did not."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Console(
        stderr=stderr,
        markup=False,
        emoji=False,
        highlight=False,
        width=None if known else WIDTH_OF_A_FILE,
    )


def say(out: "Console", text: str, *, indent: int = 0, hang: int = 2, style: str = "") -> None:
    """A paragraph of the sender's words, wrapped to the console and hanging behind its first line."""
    for line in text.splitlines():
        wrapped = textwrap.fill(
            printable(line),
            max(out.width, 40),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
        out.print(wrapped, style=style, soft_wrap=True)


def document(plain: object) -> None:
    """The one JSON document of ``--json``."""
    fits = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(plain, ensure_ascii=not fits, indent=2))


def aside(line: str) -> None:
    """Progress or a remark, apart from the result."""
    print(printable(" ".join(line.split())), file=sys.stderr)


def printable(text: str) -> str:
    """Text that cannot move the reader's cursor, whatever a sender put into it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def posix(second: int) -> str:
    """A POSIX second by somebody's own clock, which may say anything."""
    try:
        return datetime.fromtimestamp(second, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return f"second {second}"


def both(words: Words) -> dict[str, str]:
    return {"en": words.en, "es": words.es}


def heading(out: "Console", text: str) -> None:
    out.print()
    say(out, text, style="bold underline")
