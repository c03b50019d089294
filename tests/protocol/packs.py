"""Packs for the tests: the shipped ones, and small ones around given conditions."""

import functools
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tearline.facts.words import Words
from tearline.protocol import Pack, load_pack

WORDS = Words("a sentence", "una frase")
FOLDER = Path(__file__).parents[2] / "src/tearline/protocol/packs"
SHIPPED = FOLDER / "cross-border.yaml"


@functools.cache
def shipped() -> dict[str, Pack]:
    """Every shipped pack, by id."""
    packs = [load_pack(file.read_bytes(), file=file.name) for file in sorted(FOLDER.glob("*.yaml"))]
    return {pack.id: pack for pack in packs}


def cross_border() -> Pack:
    return shipped()["cross-border/1"]


def pack_of(rules: Mapping[str, tuple[str, str]]) -> Pack:
    """A pack whose rules are ``id: (effect, condition)``, over the standard parameters."""
    return load_pack(text_of(rules), file="test.yaml")


def text_of(rules: Mapping[str, tuple[str, str]]) -> str:
    words = "{en: a sentence, es: una frase}"
    head = f"""\
        pack: test
        version: 1
        title: {words}
        dossier: 1
        sources: {{s: {{text: a text}}}}
        parameters:
          revetting: {{type: duration, label: {words}}}
          min_knowers: {{type: int, label: {words}}}
          strict: {{type: bool, label: {words}}}
        base: {{dossier: 1, at: 2026-03-10T12:00:00Z}}
        rules:
        """
    text = textwrap.dedent(head)
    for id_, (effect, condition) in rules.items():
        text += f"  - id: {id_}\n    effect: {effect}\n    when: {json.dumps(condition)}\n"
        text += f"    because: {words}\n    cites: [{{source: s, clause: c}}]\n"
        text += "    matches: [{}]\n    passes: [{}]\n"
        if effect == "hold":
            owed = "obligation: cure, debtor: own, creditor: partner, within: 24h"
            text += f"    owes: [{{{owed}, sentence: {words}}}]\n"
    return text
