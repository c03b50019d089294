"""How Hypothesis searches here: no deadline, because a shared machine is slow at times."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tearline",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("tearline")
