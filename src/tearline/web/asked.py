"""What a page asks for: one act, and the fields by which it is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tearline.facts.history import Role
from tearline.rooms import Command
from tearline.web.choosing import Chooser
from tearline.web.show import Shown

Given = Mapping[str, list[str]]


Options = Sequence[tuple[str, str]]


HAPPENED = "happened-at"


KEY = "key"


ZONE = "zone"


LOOK_FOR = "look-for"
"""The button that looks for something; with a field's name behind it, the words that are looked for."""


ONE_PART = "one-part"
"""Names the field of which a script wants what is on offer."""


YES, NO = "yes", "no"
"""What a browser sends for true and false: neither is chosen until somebody chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One act, asked for on one page.

    ``kind`` is the fact that the form declares, or what else the command asks for; None where there is nothing to fill
    in. ``fixed`` are fields
    that the page settles; ``new`` is the field that names a new thing, made here; ``settled`` are fields that the
    page settles from that name. ``then`` is the page to go on to.

    ``chosen_first``: nothing is recorded yet, but these are chosen, by their labels; they go into ``then``.
    """

    title: str
    submit: str
    heading: str | None = None
    """Above the fields, where it is not what the button says."""
    command: Callable[[Any], Command] | None = None
    order: Command | None = None
    also: Callable[[Any], Sequence[Command]] = lambda _fact: ()
    """What is recorded with the fact that was filled in, in the same submission: all of it or nothing."""
    kind: type[Any] | None = None
    allowed: frozenset[Role]
    then: str
    trail: Sequence[tuple[str, str]]
    lead: str | None = None
    before: str | None = None
    grave: bool = False
    new: str | None = None
    fixed: Mapping[str, object] = field(default_factory=dict)
    settled: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    options: Mapping[str, Options] = field(default_factory=dict)
    choosers: Mapping[str, Chooser] = field(default_factory=dict)
    chosen_first: Mapping[str, str] = field(default_factory=dict)
    already: Mapping[str, list[str]] = field(default_factory=dict)
    """What the form is shown with."""
    suggested: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What may be meant, for fields in which anything of their shape may be written."""
    hints: Mapping[str, str] = field(default_factory=dict)
    order_of_fields: Sequence[str] = ()
    one_line: frozenset[str] = frozenset()
    """Texts that are no longer than a line, whatever their shape would hold."""
    happened: str | None = None
    about: Sequence[tuple[str, Shown] | tuple[str, Shown, str]] = ()
    among: tuple[str, object] | None = None
    """The template of a page of which the form is a part, and what else that shows."""
