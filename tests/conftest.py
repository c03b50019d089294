"""How Hypothesis searches here: no deadline, because a shared machine is slow at times. And cheap passphrases."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tearline.ledger import passphrase

settings.register_profile(
    "tearline",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("tearline")


@pytest.fixture(scope="session")
def cheap_passphrases() -> Iterator[None]:
    """Locks that cost nothing to try, where a test is not about that: else each costs half a second and 128 MiB."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "WORK", 8)
        yield
