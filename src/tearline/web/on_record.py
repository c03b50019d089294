"""The people on record, by their identifiers, to be offered where a form asks for one."""

from collections.abc import Sequence

from tearline.facts.admission import MachineRegistered
from tearline.facts.history import about
from tearline.facts.parties import PersonEnrolled
from tearline.projections import Kept
from tearline.web.visit import Visit

QUESTION = about(kinds=(PersonEnrolled, MachineRegistered))
MOST = 500
"""More are not offered, so that a form stays light: the latest are. Any other identifier can be written."""


def people(visit: Visit, *, machines: bool = False) -> Sequence[str]:
    """The latest put on record, in alphabetical order; nobody of a worked case, and nothing of who they are."""
    kept: Kept = visit.request.app.state.on_record
    known = kept.history()
    found = [str(r.fact.person) for r in known.of(PersonEnrolled) if r.told is None][-MOST:]
    if machines:
        found += [str(r.fact.person) for r in known.of(MachineRegistered)][-MOST:]
    return sorted(set(found))
