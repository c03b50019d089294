"""From a checked condition to Python's source: the condition's value, and the telling of what it read.

Where the code raises nothing its value is exact, because it evaluates at least what CEL would and Python's operators
mean the same on values of the schema's types, which ``read_dossier`` sees to. It raises where a fact is missing, a
list too long, a sum unfit.

The source is made from the checked tree only. Every name in it is minted here, the author's literals are passed
as values, and field names are those of the schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tearline.protocol.evaluate import Unfit, among, divided, length, quotient, remainder, whole
from tearline.protocol.tree import (
    Affix,
    Among,
    Arithmetic,
    Both,
    Bound,
    Choose,
    Compare,
    Constant,
    Constants,
    Either,
    Field,
    Has,
    Matches,
    Negative,
    Node,
    Not,
    Quantifier,
    Root,
    Size,
    children,
)
from tearline.protocol.types import BOOL, DURATION, INT, Kind, ListOf, Record, Simple


class OnlySlow(Exception):
    """A shape that the generated explanation does not follow."""


def listed(value: object, most: int) -> list[object] | tuple[object, ...]:
    """The value, if it is a list that a condition may walk; raises Unfit."""
    if not isinstance(value, list | tuple) or len(value) > most:
        raise Unfit
    return value


def held(value: object) -> Mapping[str, object]:
    """The value, if it is a record; raises Unfit."""
    if type(value) is not dict and not isinstance(value, Mapping):
        raise Unfit
    return value


CALLED: Mapping[str, object] = {
    "whole": whole,
    "length": length,
    "quotient": quotient,
    "remainder": remainder,
    "divided": divided,
    "among": among,
    "listed": listed,
    "held": held,
}
"""What generated code calls, by the names that it uses."""


def uses_of(conditions: Sequence[Node]) -> dict[Node, int]:
    """How often each fact outside of lists is read; within a macro counts as often."""
    found: dict[Node, int] = {}

    def count(node: Node, times: int) -> None:
        if isinstance(node, Root | Field) and fixed(node):
            found[node] = found.get(node, 0) + times
        for child in children(node):
            count(child, 10 if isinstance(node, Quantifier) and child is node.body else times)

    for condition in conditions:
        count(condition, 1)
    return found


def fixed(node: Node) -> bool:
    """Whether the value is the same for every element of every list."""
    return not isinstance(node, Bound | Quantifier) and all(fixed(child) for child in children(node))


Names = Mapping[int, str]


@dataclass(slots=True, kw_only=True)
class Writer:
    """One function in the making: ``prelude`` computes what several places need, ``lines`` are its body.

    A prelude line that fails leaves its name unbound, so every place that needs the value fails too.
    """

    values: dict[str, object]
    uses: Mapping[Node, int]
    prelude: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    hoisted: dict[object, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    words: dict[Node, str] = field(default_factory=dict)
    inside: int = 0
    undecided: bool = False
    minted: int = 0

    def mint(self, letter: str) -> str:
        self.minted += 1
        return f"{letter}{self.minted}"

    def constant(self, value: object) -> str:
        name = f"K{len(self.values)}"
        self.values[name] = value
        return name

    def hoist(self, key: object, source: str) -> str:
        """The name of this value, computed once before everything else."""
        if key not in self.hoisted:
            # Left unset where the fact is missing: a rule that needs it then raises, and is decided by the tree.
            name = self.hoisted[key] = self.mint("h")
            self.prelude += ["    try:", f"        {name} = {source}", "    except Exception: pass"]
        return self.hoisted[key]

    # values

    def test(self, node: Node) -> str:
        return self.value(node, {})

    def value(self, node: Node, names: Names) -> str:
        """A Python expression for the node's value."""
        match node:
            case Constant(value=value):
                return str(value) if isinstance(value, bool) else self.constant(value)
            case Constants(values=values):
                return self.constant(values)
            case Bound(slot=slot):
                return names[slot]
            case Root() | Field():
                return self.fact(node, names)
            case Has(field=field_):
                return f"({field_.name!r} in {self.value(field_.of, names)})"
            case Not(of=of):
                return f"(not {self.value(of, names)})"
            case Both(items=items):
                return f"({' and '.join(self.value(item, names) for item in items)})"
            case Either(items=items):
                return f"({' or '.join(self.value(item, names) for item in items)})"
            case Choose():
                test, then = self.value(node.test, names), self.value(node.then, names)
                return f"({then} if {test} else {self.value(node.otherwise, names)})"
            case Compare():
                left, right = self.value(node.left, names), self.value(node.right, names)
                return f"({left} {node.operator} {right})"
            case Among():
                return self.among(node, names)
            case Arithmetic() | Negative():
                if self.inside and fixed(node):
                    return self.hoist(node, self.sum(node, names))
                return self.sum(node, names)
            case Size(of=of):
                return f"len({self.value(of, names)})"
            case Affix():
                return self.affix(node, names)
            case Matches(of=of, pattern=pattern):
                return f"{self.constant(pattern.found_in)}({self.value(of, names)})"
            case Quantifier():
                return self.quantifier(node, names)

    def fact(self, node: Root | Field, names: Names) -> str:
        if node in self.words:
            return self.words[node]
        source = self.fit(self.looked_up(node, names), node)
        if not fixed(node):
            return source
        shared = isinstance(node.type, ListOf | Record) or self.uses.get(node, 0) > 1 or self.inside > 0
        return self.hoist(node, source) if shared else source

    def looked_up(self, node: Root | Field, names: Names) -> str:
        holder = "D" if isinstance(node, Root) else self.value(node.of, names)
        return f"{holder}[{node.name!r}]"

    def fit(self, source: str, node: Root | Field) -> str:
        """The value with a look at its shape, so that a condition may go into it."""
        match node.type:
            case ListOf(most=most):
                return f"listed({source}, {most})"
            case Record():
                return f"held({source})"
            case _:
                return source

    def among(self, node: Among, names: Names) -> str:
        element, over = self.value(node.element, names), self.value(node.list, names)
        if isinstance(node.element.type, Simple) and node.element.type.kind is Kind.DOUBLE:
            return f"among({element}, {over})"  # Python's `in` takes a NaN to equal itself
        return f"({element} in {over})"

    def sum(self, node: Arithmetic | Negative, names: Names) -> str:
        if isinstance(node, Negative):
            source = f"(-{self.value(node.of, names)})"
        else:
            left, right = self.value(node.left, names), self.value(node.right, names)
            if node.operator == "%":
                return f"remainder({left}, {right})"
            if node.operator == "/":
                return f"{'quotient' if node.type == INT else 'divided'}({left}, {right})"
            source = f"({left} {node.operator} {right})"
        if node.type == DURATION:
            return f"length{source}"
        return f"whole{source}" if node.type == INT else source

    def affix(self, node: Affix, names: Names) -> str:
        of, part = self.value(node.of, names), self.value(node.part, names)
        match node.operator:
            case "startsWith":
                return f"{of}.startswith({part})"
            case "endsWith":
                return f"{of}.endswith({part})"
            case "contains":
                return f"({part} in {of})"

    def quantifier(self, node: Quantifier, names: Names) -> str:
        column = column_of(node)
        if column is not None and not self.inside:
            return self.of_words(node, column, names)
        return self.walk(node, names)

    def walk(self, node: Quantifier, names: Names) -> str:
        over, one = self.value(node.over, names), self.mint("x")
        body = self.inner(node.body, {**names, node.slot: one})
        # A list that is empty, as most are, is not worth setting out to walk.
        some = f"{over} and " if over.isalnum() else ""
        match node.kind:
            case "exists":
                return f"(not not ({some}[1 for {one} in {over} if {body}]))"
            case "all":
                return f"(not ({some}[1 for {one} in {over} if not {body}]))"
            case "exists_one":
                return f"(len([1 for {one} in {over} if {body}]) == 1)"
            case "filter":
                return f"[{one} for {one} in {over} if {body}]"
            case "map":
                return f"[{body} for {one} in {over}]"

    def of_words(self, node: Quantifier, column: Field, names: Names) -> str:
        """A question about one field of closed words: asked of each different word once, however long the list."""
        over, one = self.value(node.over, names), self.mint("w")
        words = self.hoist(("words", node.over, column.name), f"{{x[{column.name!r}] for x in {over}}}")
        sought = sought_in(node.body, column)
        if sought is not None:
            known = self.constant(frozenset(sought))
            return f"(not {words}.isdisjoint({known}))" if node.kind == "exists" else f"({words} <= {known})"
        self.words[column] = one
        body = self.inner(node.body, names)
        del self.words[column]
        if node.kind == "exists":
            return f"(not not [1 for {one} in {words} if {body}])"
        return f"(not [1 for {one} in {words} if not {body}])"

    def inner(self, body: Node, names: Names) -> str:
        self.inside += 1
        source = self.value(body, names)
        self.inside -= 1
        return source

    # what was read: the same cases as evaluate.explain, one by one

    def line(self, indent: str, source: str) -> None:
        self.lines.append(indent + source)

    def put(self, indent: str, path: str, value: str) -> None:
        """A reading; once is enough where the same is put again right after."""
        mark = "f" if "{" in path else ""
        line = f"{indent}R[{mark}'{path}'] = {value}"
        for before in reversed(self.lines):
            if before == line:
                return
            if not before.startswith(f"{indent}R["):
                break
        self.lines.append(line)

    def explain(self, node: Node, value: bool, indent: str, names: Names) -> None:  # noqa: FBT001  what it came to
        match node:
            case Constant():
                pass
            case Not(of=of):
                self.explain(of, not value, indent, names)
            case Both(items=items) | Either(items=items):
                for item in items:
                    if value is isinstance(node, Both):
                        self.explain(item, value, indent, names)
                    else:
                        self.branch(item, value, indent, names)
            case Quantifier(kind="exists" | "all" | "exists_one"):
                self.elements(node, value, indent, names)
            case _:
                self.read(node, indent, names)

    def branch(self, item: Node, value: bool, indent: str, names: Names) -> None:  # noqa: FBT001  as in explain
        """Explain the item where it came to this value."""
        test = self.value(item, names)
        if _plain(item):
            # It lacks a fact exactly where Python raises, and then it did not come to this value.
            came = self.mint("t")
            self.line(indent, f"try: {came} = {test}")
            self.line(indent, f"except Exception: {came} = None")
            self.line(indent, f"if {came} is {value}:")
        else:
            self.line(indent, f"if {test}:" if value else f"if not {test}:")
        self.line(indent, "    pass")
        self.explain(item, value, indent + "    ", names)

    def either_way(self, node: Node, indent: str, names: Names) -> None:
        if self.undecided:  # each such level would double the lines
            raise OnlySlow
        self.undecided = True
        self.branch(node, True, indent, names)
        self.branch(node, False, indent, names)
        self.undecided = False

    def elements(self, node: Quantifier, value: bool, indent: str, names: Names) -> None:  # noqa: FBT001  as in explain
        universal = node.kind == "all"
        if value is universal or (node.kind == "exists_one" and not value):
            self.read_over(node.over, indent, names)
        if not (value and universal):
            self.each(node, not universal, indent, names)

    def each(self, node: Quantifier, sought: bool, indent: str, names: Names) -> None:  # noqa: FBT001  as in explain
        """A loop over the elements whose body comes to ``sought``, explaining each."""
        base, filters = _base(node.over)
        path = self.path(base, names)
        over = self.value(base, names)
        number, one = self.mint("n"), self.mint("x")
        self.line(indent, f"for {number}, {one} in enumerate({over}):")
        indent += "    "
        inner = {**names, node.slot: one, **{passed.slot: one for passed in filters}}
        self.paths[one] = f"{path}[{{{number}}}]"
        for passed in filters:
            self.line(indent, f"if not {self.inner(passed.body, inner)}: continue")
        test = self.inner(node.body, inner)
        self.line(indent, f"if not {test}: continue" if sought else f"if {test}: continue")
        self.identify(node, one, indent)
        self.inside += 1
        for passed in filters:
            self.explain(passed.body, True, indent, inner)
        self.explain(node.body, sought, indent, inner)
        self.inside -= 1

    def identify(self, node: Quantifier, one: str, indent: str) -> None:
        assert isinstance(node.over.type, ListOf)  # noqa: S101  the checker lets macros stand behind lists only
        element = node.over.type.element
        if isinstance(element, Record) and element.identity is not None:
            key = element.identity
            self.line(indent, f"if {key!r} in {one}: R[f'{self.paths[one]}.{key}'] = {one}[{key!r}]")
        elif isinstance(element, Simple):
            self.put(indent, self.paths[one], one)

    def read(self, node: Node, indent: str, names: Names) -> None:
        match node:
            case Constant() | Constants() | Bound():
                pass
            case Root() | Field():
                path, value = self.path(node, names), self.value(node, names)
                if isinstance(node.type, ListOf):
                    self.put(indent, f"size({path})", f"len({value})")
                elif isinstance(node.type, Simple):
                    self.put(indent, path, value)
            case Has(field=field_):
                self.line(indent, f"if {self.value(node, names)}:")
                self.line(indent, "    pass")
                self.read(field_, indent + "    ", names)
                self.line(indent, "else:")
                self.put(indent + "    ", self.path(field_, names), "None")
            case Choose():
                self.either_way(node.test, indent, names)
                self.line(indent, f"if {self.value(node.test, names)}:")
                self.line(indent, "    pass")
                self.read(node.then, indent + "    ", names)
                self.line(indent, "else:")
                self.line(indent, "    pass")
                self.read(node.otherwise, indent + "    ", names)
            case Quantifier(kind="filter"):
                self.read_over(node.over, indent, names)
                self.each(node, True, indent, names)
            case Quantifier(kind="map"):
                self.read_over(node.over, indent, names)
            case Not() | Both() | Either() | Quantifier():
                self.either_way(node, indent, names)
            case _:
                for child in children(node):
                    self.read(child, indent, names)

    def read_over(self, node: Node, indent: str, names: Names) -> None:
        while isinstance(node, Quantifier):
            node = node.over
        self.read(node, indent, names)

    def path(self, node: Node, names: Names) -> str:
        """The path of a fact, as the inside of a Python string: the number of each element stands in braces."""
        match node:
            case Root(name=name):
                return name
            case Field(of=Bound(slot=slot), name=name) if names[slot] in self.paths:
                return f"{self.paths[names[slot]]}.{name}"
            case Field(of=of, name=name) if fixed(of):
                return f"{self.path(of, names)}.{name}"
            case _:
                raise OnlySlow


def _plain(node: Node) -> bool:
    """Whether nothing in it can make up for a missing fact."""
    return not isinstance(node, Both | Either | Quantifier) and all(_plain(child) for child in children(node))


def _base(over: Node) -> tuple[Node, list[Quantifier]]:
    """The list below all filters, and the filters from the innermost out."""
    filters: list[Quantifier] = []
    while isinstance(over, Quantifier):
        if over.kind != "filter":
            raise OnlySlow
        filters.insert(0, over)
        over = over.over
    return over, filters


def sought_in(body: Node, column: Field) -> tuple[object, ...] | None:
    """The words that the body lets through, where it is no more than a list of them."""
    match body:
        case Among(element=element, list=Constants(values=values)) if element == column:
            return values
        case Compare(operator="==", left=left, right=Constant(value=value)) if left == column:
            return (value,)
        case _ if body == column:
            return (True,)
        case Not(of=of) if of == column:
            return (False,)
        case _:
            return None


def column_of(node: Quantifier) -> Field | None:
    """The one field of closed words that an ``all`` or ``exists`` over a list of the dossier asks about, if so."""
    if node.kind not in ("all", "exists") or not isinstance(node.over, Root | Field) or not fixed(node.over):
        return None
    asked: set[Field] = set()

    def collect(part: Node) -> bool:
        if isinstance(part, Quantifier | Has):
            return False
        if isinstance(part, Bound):
            return False
        if isinstance(part, Field) and isinstance(part.of, Bound):
            asked.add(part)
            return True
        return all(collect(child) for child in children(part))

    if not collect(node.body) or len(asked) != 1:
        return None
    only = asked.pop()
    closed = isinstance(only.type, Simple) and (only.type.choices or only.type == BOOL)
    return only if closed else None
