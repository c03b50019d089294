"""A pack's checked conditions as Python functions, for speed; ``evaluate.py`` is the plain version of all of them.

``Fast.verdict(dossier)`` and ``Fast.matching(dossier)`` go over the dossier once for all conditions and give those that
are true as the bits of a number, the former also what each of them read. They raise, no matter what, where a fact is
missing, a list too long, a sum unfit; where they do not raise the answer is exact.
``Careful.decide(dossier, hit, miss)`` takes each condition by itself: ``hit(n)`` for each that is true, ``miss(n)`` for
each that met an exception, which is then put to ``evaluate.py``.
``Careful.explain[n](dossier, into)`` fills in what condition ``n``, being true, read; None where it has a shape that
only ``evaluate.explain`` follows. ``Careful.walks`` are for ``evaluate.py`` to go over a long list with few gaps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from tearline.protocol.evaluate import Readings, Walk
from tearline.protocol.generate import CALLED, OnlySlow, Writer, uses_of
from tearline.protocol.onepass import one_pass
from tearline.protocol.tree import Bound, Node, Quantifier, parts
from tearline.protocol.types import SHORT, ListOf, Record

Dossier = Mapping[str, object]
Decide = Callable[[Dossier, Callable[[int], None], Callable[[int], None]], None]
Explain = Callable[[Dossier, Readings], None]


@dataclass(frozen=True, kw_only=True)
class Fast:
    """``careful`` is made when first needed: most packs that are loaded meet no dossier that lacks a fact."""

    verdict: Callable[[Dossier], tuple[int, list[tuple[int, Readings | None]]]]
    matching: Callable[[Dossier], int]
    conditions: tuple[Node, ...]

    @cached_property
    def careful(self) -> "Careful":
        return _careful(self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Careful:
    decide: Decide
    explain: tuple[Explain | None, ...]
    walks: Mapping[int, Walk]


def generate(conditions: Sequence[Node]) -> Fast:
    """The functions for these conditions, in their order."""
    values = dict(CALLED)
    source = "\n".join(
        [
            one_pass("verdict", conditions, values, explained=True),
            one_pass("matching", conditions, values, explained=False),
        ]
    )
    _run(source, values)
    return Fast(
        verdict=values["verdict"],  # type: ignore[arg-type]  # both are defined by the source above
        matching=values["matching"],  # type: ignore[arg-type]
        conditions=tuple(conditions),
    )


def _careful(conditions: tuple[Node, ...]) -> Careful:
    values = dict(CALLED)
    sources = [_decide_source(conditions, values)]
    names: list[str | None] = []
    for n, condition in enumerate(conditions):
        try:
            sources.append(_explain_source(n, condition, values))
            names.append(f"explain{n}")
        except OnlySlow:
            names.append(None)
    walked = [node for condition in conditions for node in parts(condition) if _is_long(node)]
    sources += [_walk_source(n, node, values) for n, node in enumerate(walked)]
    _run("\n".join(sources), values)
    return Careful(
        decide=values["decide"],  # type: ignore[arg-type]  # this and the others are defined by the sources above
        explain=tuple([None if name is None else values[name] for name in names]),  # type: ignore[misc]
        walks={id(node): values[f"walk{n}"] for n, node in enumerate(walked)},  # type: ignore[misc]
    )


def _run(source: str, values: dict[str, object]) -> None:
    exec(compile(source, "<checked conditions>", "exec"), values)  # noqa: S102  our text, made from the checked tree


def _decide_source(conditions: Sequence[Node], values: dict[str, object]) -> str:
    writer = Writer(values=values, uses=uses_of(conditions))
    tests = [writer.test(condition) for condition in conditions]
    lines = ["def decide(D, hit, miss):", *writer.prelude]
    # A missing fact raises, whatever the lookup; the tree evaluator then decides this rule, and never lets it pass.
    for n, test in enumerate(tests):
        lines += [
            "    try:",
            f"        if {test}: hit({n})",
            f"    except Exception: miss({n})",
        ]
    return "\n".join([*lines, "    return None"])


def _explain_source(n: int, condition: Node, values: dict[str, object]) -> str:
    writer = Writer(values=values, uses={})
    writer.explain(condition, True, "    ", {})
    return "\n".join([f"def explain{n}(D, R):", *writer.prelude, *writer.lines, "    return None"])


def _is_long(node: Node) -> TypeGuard[Quantifier]:
    """Whether it goes over a list that can be long, and asks about each element by itself."""
    if not isinstance(node, Quantifier) or node.kind == "map" or not isinstance(node.over.type, ListOf):
        return False
    own = {part.slot for part in parts(node.body) if isinstance(part, Quantifier)} | {node.slot}
    alone = all(part.slot in own for part in parts(node.body) if isinstance(part, Bound))
    return alone and node.over.type.most > SHORT and isinstance(node.over.type.element, Record)


def _walk_source(n: int, node: Quantifier, values: dict[str, object]) -> str:
    writer = Writer(values=values, uses={})
    body = writer.inner(node.body, {node.slot: "x"})
    lines = [
        "    found = []",
        "    for x in L:",
        f"        try: found.append(not not {body})",
        "        except Exception: found.append(None)",
        "    return found",
    ]
    return "\n".join([f"def walk{n}(D, L):", *writer.prelude, *lines])
