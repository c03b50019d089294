"""What a draft is: every problem with its place in the text, or what a sound text needs and how its cases came out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.protocol import Pack, load_pack
from tearline.protocol.problems import MOST, problems
from tearline.web.protocols.bounds import Until
from tearline.web.tongue import Tongue

_PLACE = re.compile(r"line (\d+), column (\d+)(?: \((.*)\))?", re.ASCII | re.DOTALL)
BEFORE, AFTER = 48, 40
"""Characters of a long line that are shown on either side of what is wrong."""
MOST_FAILURES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """``line`` is the line of the text, ``caret`` spaces and a caret under the place in it."""

    place: str
    part: str
    expected: str
    number: str
    line: str
    caret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``pack`` is None where there are problems. ``tried`` of ``cases`` were run before time was up."""

    problems: list[ProblemView]
    more: bool
    pack: Pack | None
    failures: list[str]
    tried: int
    cases: int
    counsel: int
    used: bool
    parameters: list[tuple[str, str]]

    @property
    def sound(self) -> bool:
        return self.pack is not None and not self.failures and self.tried == self.cases and not self.used


def checked(say: Tongue, text: str, known: Mapping[str, Pack]) -> Checked:
    try:
        pack = load_pack(text, file="text")
    except Malformed:
        found = problems(text, file="text")
        return _wrong(say, text, found)
    failures, tried, until = [], 0, Until()
    for failure in pack.case_by_case():
        tried += 1
        if failure is not None:
            failures.append(str(failure))
        if not until:
            break
    held = known.get(pack.id)
    return Checked(
        problems=[],
        more=False,
        pack=pack,
        failures=failures[:MOST_FAILURES],
        tried=tried,
        cases=len(pack.cases) + 1,
        counsel=awaiting(pack),
        used=held is not None and held.sha256 != pack.sha256,
        parameters=[
            (say(p.label), f"{p.name}: {p.type.value}" + (f" ({say('optional')})" if p.optional else ""))
            for p in pack.parameters
        ],
    )


def _wrong(say: Tongue, text: str, found: tuple[Malformed, ...]) -> Checked:
    views = sorted((_problem(say, text, one) for one in found), key=lambda p: int(p.number or 0))
    return Checked(
        problems=views,
        more=len(found) >= MOST,
        pack=None,
        failures=[],
        tried=0,
        cases=0,
        counsel=0,
        used=False,
        parameters=[],
    )


def awaiting(pack: Pack) -> int:
    """Clauses that counsel has not compared with the text that they cite."""
    cites = [cite for rule in pack.rules for cite in rule.cites]
    cites += [cite for duty in pack.duties for cite in duty.cites]
    return sum(cite.awaiting_check for cite in cites)


def _problem(say: Tongue, text: str, wrong: Malformed) -> ProblemView:
    found = _PLACE.match(wrong.place)
    if found is None:
        return ProblemView(
            place=visible(wrong.place),
            part="",
            expected=visible(wrong.expected),
            number="",
            line="",
            caret="",
        )
    number, column = int(found[1]), int(found[2])
    lines = text.split("\n")
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    shown, caret = _around(line, column)
    return ProblemView(
        place=say("line %(line)s, column %(column)s", line=say.number(number), column=say.number(column)),
        part=visible(found[3] or ""),
        expected=visible(wrong.expected),
        number=str(number),
        line=shown,
        caret=caret,
    )


def _around(line: str, column: int) -> tuple[str, str]:
    """The part of a line around a column (from 1), and a caret that stands under it in letters of one width."""
    at = min(column - 1, len(line))
    start, end = max(0, at - BEFORE), at + AFTER
    cut = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return visible(cut), " " * (at - start + bool(start)) + "^"


def visible(text: str) -> str:
    """Text in which nothing can turn the line around or hide: a sender's characters, one for one."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
