"""What the site shows, as JSON: one file a room."""

from collections.abc import Mapping

from tearline.api.schemas import Schema
from tearline.api.views import (
    assistance,
    casualties,
    harm,
    investigations,
    ledger,
    operations,
    outside,
    owed,
    parties,
    protocols,
    queue,
    register,
    release,
    search,
    tokens,
    warnings,
    why,
)

VIEWS = (
    *ledger.VIEWS,
    *queue.VIEWS,
    *release.VIEWS,
    *parties.VIEWS,
    *protocols.VIEWS,
    *owed.VIEWS,
    *register.VIEWS,
    *harm.VIEWS,
    *casualties.VIEWS,
    *warnings.VIEWS,
    *assistance.VIEWS,
    *outside.VIEWS,
    *investigations.VIEWS,
    *operations.VIEWS,
    *search.VIEWS,
    *tokens.VIEWS,
)
SHARED: Mapping[str, Schema] = {
    **parties.SHARED,
    **owed.SHARED,
    **why.SHARED,
    **release.SHARED,
    **harm.SHARED,
    **warnings.SHARED,
    "ProtocolSummary": protocols.SUMMARY,
}
"""What several views tell alike."""
