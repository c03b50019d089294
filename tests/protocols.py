"""Drafts of protocols: the shipped text with a few words changed."""

import importlib.resources
from functools import cache

SHIPPED = (
    importlib.resources.files("tearline.protocol").joinpath("packs", "cross-border.yaml").read_text("utf-8")
)


@cache
def draft(*changes: tuple[str, str], name: str = "cross-border", version: int = 9) -> str:
    """The next version of the shipped text; each change has to be one."""
    text = SHIPPED
    for old, new in (
        ("pack: cross-border\n", f"pack: {name}\n"),
        ("version: 1\n", f"version: {version}\n"),
        *changes,
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


_FIRST = "  - id: exempt-from-vetting\n"
_ONLY_TEARLINES = """\
  - id: only-tearlines
    effect: refuse
    when: "!has(item.tearline_of)"
    because:
      en: "Only a tearline version is passed on."
      es: "Solo se divulga una versión por debajo de la línea."
    cites:
      - {source: allende, clause: "para 17"}
    matches:
      - item.tearline_of: null
    passes:
      - {}

"""

STRICTER = draft((_FIRST, _ONLY_TEARLINES + _FIRST))
"""Refuses what was not drawn from another item."""


@cache
def without(rule: str, text: str | None = None) -> str:
    """The draft without one of its rules."""
    before, _, rest = (text or draft()).partition(f"  - id: {rule}\n")
    assert rest, rule
    return before + "  - id: " + rest.partition("\n  - id: ")[2]


LOOSER = without("sign-offs-missing")
"""Releases without anybody's signature."""
