"""Our evaluator and Google's agree on every condition and dossier, missing facts and errors included."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tearline.protocol.check import check
from tearline.protocol.tree import Arithmetic, Node, Operator, children
from tearline.protocol.types import Kind, Simple
from tests.protocol.conditions import NOW, SCHEMA, Said, conditions, dossiers
from tests.protocol.oracle import agree, asked


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions(), dossiers())
def test_google_s_evaluator_says_the_same(said: Said, dossier: dict[str, object]) -> None:
    agree(said, dossier)
