"""The chain of command as nested lists: every card once, under the one above it, however long the line is."""

from hypothesis import given
from hypothesis import strategies as st

from tearline.web.chain import DEEPEST, Card, steps_of


def card(name: str, below: list[Card]) -> Card:
    return Card(name=name, status="cleared", href=f"/people/{name}", below=below)


LEAF: st.SearchStrategy[list[Card]] = st.just([])
TREES = st.recursive(
    LEAF,
    lambda inner: st.lists(inner.map(lambda below: card("x", below)), max_size=3),
    max_leaves=12,
)


def markup(roots: list[Card]) -> str:
    """What the macro writes."""
    out = ""
    for step in steps_of(roots):
        out += ("<ol>" if step.opens else "") + f"<li>{step.card.name}"
        out += "" if step.ends is None else "</li>" + "</ol></li>" * step.ends
    return f"<ol>{out}</ol>"


def plainly(roots: list[Card]) -> str:
    """The same by recursion."""
    return (
        "<ol>" + "".join(f"<li>{c.name}{plainly(c.below) if c.below else ''}</li>" for c in roots) + "</ol>"
    )


@given(TREES.filter(bool))
def test_the_lists_are_the_tree(roots: list[Card]) -> None:
    assert markup(roots) == plainly(roots)


def test_a_line_of_any_length_is_drawn_and_nests_no_deeper_than_a_browser_can() -> None:
    line: list[Card] = []
    for n in range(3000):
        line = [card(str(n), line)]
    steps = steps_of(line)
    assert [step.card.name for step in steps] == [str(n) for n in reversed(range(3000))]
    text = markup(line)
    assert text.count("<ol>") == text.count("</ol>") == DEEPEST + 1
    assert text.count("<li>") == text.count("</li>") == 3000
