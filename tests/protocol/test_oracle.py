"""Our evaluator and Google's agree on every condition and dossier, missing facts and errors included."""

from hypothesis import HealthCheck, given, settings

from tests.protocol.conditions import WIDE, Said, conditions, dossiers
from tests.protocol.oracle import agree


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions(), dossiers(WIDE))
def test_google_s_evaluator_says_the_same(said: Said, dossier: dict[str, object]) -> None:
    agree(said, dossier)
