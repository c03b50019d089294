"""All conditions of a pack in one function: each fact is read once and each list walked once, whatever asks about it.

It is exact wherever it comes through. It evaluates more than the conditions ask for in their turn (every element of a
list, a fact of which only some case needs to know), so it may raise where a condition would not have minded what is
missing; ``Careful.decide``, which takes each condition by itself, then does.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tearline.protocol.generate import Names, OnlySlow, Writer, column_of, fixed, sought_in, uses_of
from tearline.protocol.tree import (
    Arithmetic,
    Both,
    Bound,
    Choose,
    Compare,
    Either,
    Field,
    Has,
    Negative,
    Node,
    Quantifier,
    Root,
    Size,
    children,
    parts,
)
from tearline.protocol.types import SHORT, Kind, ListOf, Record, Simple

MANY_QUESTIONS = 3
"""So many questions about one closed word are cheaper put to the set of the words than to each element."""


def one_pass(name: str, conditions: Sequence[Node], values: dict[str, object], *, explained: bool) -> str:
    """The source of a function of a dossier that gives the matching conditions as bits of a number.

    ``explained``: it gives the number, and a list of pairs of a condition and what that read; None where the condition
    has a shape that only ``evaluate.explain`` follows.
    """
    writer = OnePass(values=values, uses=uses_of(conditions))
    writer.study(conditions)
    writer.write_walks()
    for n, condition in enumerate(conditions):
        writer.line("    ", f"if {writer.test(condition)}:")
        writer.line("        ", f"m |= {1 << n}")
        if explained:
            writer.told(n, condition)
    opening = ["    m = 0", "    found = []"] if explained else ["    m = 0"]
    closing = "    return m, found" if explained else "    return m"
    return "\n".join([f"def {name}(D):", *writer.prelude, *writer.walks, *opening, *writer.lines, closing])


@dataclass(kw_only=True)
class OnePass(Writer):
    """``prelude`` reads facts, ``walks`` go over the lists, ``lines`` test the conditions."""

    asked: dict[Node, list[Quantifier]] = field(default_factory=dict)
    walks: list[str] = field(default_factory=list)
    flags: dict[Quantifier, str] = field(default_factory=dict)
    optional: set[Node] = field(default_factory=set)
    needed: set[Node] = field(default_factory=set)

    # what is asked

    def study(self, conditions: Sequence[Node]) -> None:
        """Which facts are needed whatever the others say, which may be absent, and what is asked about each list."""
        for condition in conditions:
            self.optional |= {node.field for node in parts(condition) if isinstance(node, Has)}
        everything = [pair for condition in conditions for pair in _in_turn(condition)]
        self.needed = {node for node, always in everything if always and isinstance(node, Root | Field)}
        columns = Counter(self.column(node) for node, _ in everything if isinstance(node, Quantifier))
        for node, always in everything:
            if not isinstance(node, Quantifier) or not self.can_join(node):
                continue
            often = columns[self.column(node)] > 1 and self.column(node) is not None
            if always or often or _most(node.over) <= SHORT:
                joined = self.asked.setdefault(node.over, [])
                joined += [node] if node not in joined else []

    def column(self, node: Quantifier) -> tuple[Node, str] | None:
        column = column_of(node)
        return None if column is None else (node.over, column.name)

    def can_join(self, node: Quantifier) -> bool:
        """Whether a walk that other questions share can answer this one."""
        plain = node.kind in ("all", "exists") and isinstance(node.over, Root | Field) and fixed(node.over)
        return (
            plain and not self.may_lack(node.over) and not any(_walks_on(part) for part in parts(node.body))
        )

    def may_lack(self, node: Node) -> bool:
        """Whether some condition asks if this, or what it is made of, is there at all."""
        return any(part in self.optional for part in parts(node))

    # the walks

    def write_walks(self) -> None:
        for over, asked in self.asked.items():
            self.write_walk(over, asked)

    def write_walk(self, over: Node, asked: list[Quantifier]) -> None:
        element = self.mint("x")
        walked = self.value(over, {})
        in_sets = self.write_sets(asked)
        read = [node for node in asked if self.column(node) not in in_sets]
        shared = self.shared(read, {name for _, name in in_sets})
        lines = [f"{name} = {element}[{read_!r}]" for read_, name in shared.items()]
        lines += [
            f"{self.hoisted[('words', *column)]}.add({shared.get(column[1]) or f'{element}[{column[1]!r}]'})"
            for column in in_sets
        ]
        for node in read:
            lines.append(self.write_flag(node, element, shared))
        self.walks.append(f"    for {element} in {walked}:")
        self.walks += ["        " + line for line in lines]

    def write_sets(self, asked: list[Quantifier]) -> list[tuple[Node, str]]:
        """The fields of closed words about which there are many questions; each gets a set of the words met."""
        columns = Counter(column for node in asked if (column := self.column(node)) is not None)
        found = [column for column, count in columns.items() if count >= MANY_QUESTIONS]
        for column in found:
            name = self.hoisted[("words", *column)] = self.mint("w")
            self.walks.append(f"    {name} = set()")
        return found

    def write_flag(self, node: Quantifier, element: str, shared: dict[str, str]) -> str:
        flag = self.flags[node] = self.mint("f")
        known: dict[Node, str] = {
            part: shared[part.name]
            for part in parts(node.body)
            if isinstance(part, Field) and _of(part, node) and part.name in shared
        }
        self.words.update(known)
        body = self.inner(node.body, {node.slot: element})
        for field_ in known:
            del self.words[field_]
        universal = node.kind == "all"
        self.walks.append(f"    {flag} = {universal}")
        return f"if {'not ' if universal else ''}{body}: {flag} = {not universal}"

    def shared(self, asked: list[Quantifier], in_sets: set[str]) -> dict[str, str]:
        """The fields of an element that are read in any case, and more than once: each gets a name."""
        uses, always = Counter(in_sets), set(in_sets)
        optional = {
            node.field.name
            for one in asked
            for node in parts(one.body)
            if isinstance(node, Has) and _of(node.field, one)
        }
        for one in asked:
            for node, certain in _in_turn(one.body):
                if isinstance(node, Field) and _of(node, one):
                    uses[node.name] += 1
                    always |= {node.name} if certain else set()
        names = [name for name, count in uses.items() if count > 1 and name in always - optional]
        return {name: self.mint("y") for name in names}

    # values, where they differ from those of a condition by itself

    def hoist(self, key: object, source: str) -> str:
        if key not in self.hoisted:
            name = self.hoisted[key] = self.mint("h")
            self.prelude.append(f"    {name} = {source}")
        return self.hoisted[key]

    def fact(self, node: Root | Field, names: Names) -> str:
        if node in self.words:
            return self.words[node]
        if node in self.hoisted:
            return self.hoisted[node]
        source = self.looked_up(node, names)
        if not fixed(node) or self.may_lack(node):
            return self.fit(source, node)
        if isinstance(node.type, Simple):
            often = self.inside > 0 or (self.uses.get(node, 0) > 1 and node in self.needed)
            return self.hoist(node, source) if often else source
        name = self.hoist(node, source)
        if isinstance(node.type, ListOf) or not any(
            isinstance(n, Field) and n.of == node for n in self.needed
        ):
            self.prelude.append(f"    if {_unfit(name, node.type)}: {name} = {self.fit(name, node)}")
        return name

    def value(self, node: Node, names: Names) -> str:
        if isinstance(node, Arithmetic | Negative):
            if node in self.hoisted:
                return self.hoisted[node]
            if self.may_lack(node):
                return self.sum(node, names)
        if isinstance(node, Size) and self.inside and _counted(node) is not None:
            return self.count(node, names)
        return super().value(node, names)

    def quantifier(self, node: Quantifier, names: Names) -> str:
        if node in self.flags:
            return self.flags[node]
        column = column_of(node)
        if column is None or self.inside or ("words", node.over, column.name) not in self.hoisted:
            return self.walk(node, names)
        sought = sought_in(node.body, column)
        if node.kind == "exists" and sought is not None and len(sought) == 1:
            return f"({self.constant(sought[0])} in {self.hoisted[('words', node.over, column.name)]})"
        return self.of_words(node, column, names)

    def count(self, node: Size, names: Names) -> str:
        """How many elements have a field of this value: the field of all, read once, is asked each time."""
        counted = _counted(node)
        assert counted is not None  # noqa: S101  as its caller saw to
        over, name, wanted = counted
        walked, one = self.value(over, {}), self.mint("x")
        column = self.hoist(
            ("column", over, name), f"[{one}[{name!r}] for {one} in {walked}] if {walked} else ()"
        )
        return f"{column}.count({self.value(wanted, names)})"

    # what was read

    def told(self, n: int, condition: Node) -> None:
        start = len(self.lines)
        try:
            self.line("        ", "R = {}")
            self.explain(condition, True, "        ", {})
        except OnlySlow:
            del self.lines[start:]
            self.line("        ", "R = None")
        self.fold(start)
        self.line("        ", f"found.append(({n}, R))")

    def fold(self, start: int) -> None:
        """What is read in any case, put down at once."""
        at, always = start + 1, []
        while at < len(self.lines) and (one := _PUT.fullmatch(self.lines[at])):
            always.append(f"{one[1]}: {one[2]}")
            at += 1
        if always:
            self.lines[start:at] = [f"        R = {{{', '.join(always)}}}"]


_PUT = re.compile(r"        R\[(f?'[^']*')\] = (.*)")


def _unfit(name: str, type_: ListOf | Record) -> str:
    """Whether a value needs a second look: what a dossier holds nearly always does not."""
    if isinstance(type_, ListOf):
        return f"type({name}) is not list or len({name}) > {type_.most}"
    return f"type({name}) is not dict"


def _in_turn(node: Node, always: bool = True) -> Iterator[tuple[Node, bool]]:  # noqa: FBT001, FBT002  it recurses
    """Every part outside of the bodies of macros, and whether it is evaluated whatever the others come to."""
    yield node, always
    match node:
        case Both(items=items) | Either(items=items):
            below: Iterable[tuple[Node, bool]] = [(item, always and not n) for n, item in enumerate(items)]
        case Choose():
            below = [(node.test, always), (node.then, False), (node.otherwise, False)]
        case Quantifier():
            below = [(node.over, always)]
        case Has():
            below = [(node.field.of, always)]
        case _:
            below = [(child, always) for child in children(node)]
    for part, certain in below:
        yield from _in_turn(part, certain)


def _most(over: Node) -> int:
    assert isinstance(over.type, ListOf)  # noqa: S101  the checker lets macros stand behind lists only
    return over.type.most


def _of(field_: Field, one: Quantifier) -> bool:
    return isinstance(field_.of, Bound) and field_.of.slot == one.slot


def _walks_on(node: Node) -> bool:
    """Whether it goes over a list of its own, other than to count what ``_counted`` counts."""
    if isinstance(node, Size) and _counted(node) is not None:
        return False
    return any(
        isinstance(child, Quantifier) and not (isinstance(node, Size) and _counted(node) is not None)
        for child in children(node)
    )


def _counted(node: Size) -> tuple[Node, str, Node] | None:
    """List, field and value, of ``size(list.filter(x, x.field == value))`` over a list of the dossier."""
    match node.of:
        case Quantifier(
            kind="filter",
            over=Root() | Field() as over,
            slot=slot,
            body=Compare(operator="==", left=Field(of=Bound(slot=own)) as read, right=wanted),
        ) if own == slot and fixed(over) and not any(_is_bound(part, slot) for part in parts(wanted)):
            # A NaN is not equal to itself, but `count` asks first whether it is itself.
            floating = isinstance(read.type, Simple) and read.type.kind is Kind.DOUBLE
            return None if floating else (over, read.name, wanted)
        case _:
            return None


def _is_bound(node: Node, slot: int) -> bool:
    return isinstance(node, Bound) and node.slot == slot
