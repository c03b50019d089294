"""Schemathesis against the API: what its document promises is kept, for requests that fit it and for those that do not.

Here every view, and commands with every shape of field, a few requests each with every check: to make requests for a
command takes schemathesis a third of a second of computing before the first is sent. ``make fuzz`` runs all commands,
longer, with its coverage and stateful phases (``tests.api.fuzz``).
"""

from tests.api.fuzz import faults
from tests.web.world import World

COMMANDS = (
    "DecideRequest",
    "HoldCourse",
    "RecordDissent",
    "ReportHarm",
    "RequestRelease",
    "SignAgreement",
    "Sign",
)


def test_requests_of_every_kind_find_no_fault(world: World) -> None:
    found, cases = faults(
        world, role="senior-officer", examples=2, phases=("fuzzing",), seed=7, commands=COMMANDS
    )
    assert found == []
    assert cases > 80
