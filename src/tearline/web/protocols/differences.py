"""What is another in a proposed text: rule by rule, and line by line."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from tearline.protocol import Pack, Rule
from tearline.protocol.changes import RuleChange, changes
from tearline.web.protocols.checking import visible
from tearline.web.tongue import Tongue

MOST_LINES = 4_000
"""Of either text. Finding the same lines takes their product, at the worst."""
MOST_SHOWN = 1_500
KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """``conditions`` are (what it was or is, the condition); ``state`` is the difference's code."""

    id: str
    state: str
    said: str
    loosens: bool
    effects: list[str]
    because: str
    conditions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """``lines`` are (kind, sign, text) of a unified diff; None where the texts are too long to be put side by side."""

    rules: list[RuleView]
    others: list[tuple[str, str]]
    lines: list[tuple[str, str, str]] | None
    hidden: bool


def differences(say: Tongue, old: Pack, new: Pack, old_text: str | None, new_text: str) -> Differences:
    found = changes(old, new)
    lines = unified(old_text, new_text) if old_text is not None else None
    return Differences(
        rules=[_rule(say, change) for change in found.rules],
        others=[
            *((say("Duty %(id)s", id=id_), say(how)) for id_, how in found.duties),
            *((say("Parameter %(name)s", name=name), say(how)) for name, how in found.parameters),
        ],
        lines=None if lines is None else list(lines[:MOST_SHOWN]),
        hidden=lines is not None and len(lines) > MOST_SHOWN,
    )


def _rule(say: Tongue, change: RuleChange) -> RuleView:
    rules: Sequence[Rule] = [rule for rule in (change.before, change.after) if rule is not None]
    was, now = say("Condition before"), say("Condition now")
    conditions = [
        (words, " ".join(rule.condition.split()))
        for words, rule in ((was, change.before), (now, change.after))
        if rule is not None
    ]
    if len(conditions) == 2 and conditions[0][1] == conditions[1][1]:
        conditions = [(say("Condition, unchanged"), conditions[1][1])]
    said = say(change.difference)
    if change.parts:
        said += ": " + ", ".join(say(part) for part in change.parts)
    return RuleView(
        id=change.id,
        state=change.difference.value,
        said=said,
        loosens=change.may_loosen,
        effects=list(dict.fromkeys(rule.effect.value for rule in rules)),
        because=say(rules[-1].because),
        conditions=conditions,
    )


@lru_cache(maxsize=32)
def unified(old: str, new: str) -> tuple[tuple[str, str, str], ...] | None:
    """The lines of a unified diff with their kind and sign; None where the texts are too long for one."""
    before, after = old.split("\n"), new.split("\n")
    if max(len(before), len(after)) > MOST_LINES:
        return None
    found = []
    for line in islice(difflib.unified_diff(before, after, lineterm="", n=3), 2, MOST_SHOWN + 3):
        sign = line[:1]
        text = line if sign == "@" else line[1:]
        found.append((KINDS.get(sign, "same"), sign if sign in "+-" else " ", visible(text)))
    return tuple(found)
