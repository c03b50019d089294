"""Drafts of protocols: the shipped text with a few words changed."""

import importlib.resources
from functools import cache

SHIPPED = (
    importlib.resources.files("tearline.protocol").joinpath("packs", "cross-border.yaml").read_text("utf-8")
)


@cache
def draft(*changes: tuple[str, str], name: str = "cross-border", version: int = 2) -> str:
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
