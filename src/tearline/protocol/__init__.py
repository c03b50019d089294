"""Formal protocols: who may receive what, decided on a dossier of facts, with every rule that matched.

A protocol is a text (a *pack*): rules with an effect, a condition in a typed, total subset of CEL (Common
Expression Language), the citation, and a sentence in English and Spanish. ``load_pack`` parses and
type-checks all of it against the dossier's schema, or raises ``Malformed`` with the place in the file. After
that ``Pack.decide`` cannot fail for any dossier that ``read_dossier`` accepts: a missing fact or an error
never means "does not apply". A refuse or hold rule that cannot be evaluated holds; a permit that cannot be
evaluated does not permit; without a matching permit the verdict is refuse.

Several packs can bind together (``Protocol``): each has to permit, and the worst of their verdicts wins. A waive
rule of one may lift named holds of another, never a refusal.

Authors of packs are not trusted: their text is parsed by a grammar and never reaches Python's own compiler.
Nothing here reads a clock, a disk or a network: pack texts and the time of decision are arguments.
"""

from tearline.protocol.dossier import read_dossier, read_parameter, write_dossier
from tearline.protocol.load import load_pack
from tearline.protocol.pack import ENGINE, Pack
from tearline.protocol.protocol import Protocol
from tearline.protocol.rule import (
    CaseFailure,
    Citation,
    Duty,
    Effect,
    Owes,
    Parameter,
    ParameterType,
    Party,
    Rule,
    Waivable,
    Within,
)
from tearline.protocol.verdict import Decision, Matched, Outcome, Owed, Reading, Verdict, Waived

__all__ = [
    "ENGINE",
    "CaseFailure",
    "Citation",
    "Decision",
    "Duty",
    "Effect",
    "Matched",
    "Outcome",
    "Owed",
    "Owes",
    "Pack",
    "Parameter",
    "ParameterType",
    "Party",
    "Protocol",
    "Reading",
    "Rule",
    "Verdict",
    "Waivable",
    "Waived",
    "Within",
    "load_pack",
    "read_dossier",
    "read_parameter",
    "write_dossier",
]
