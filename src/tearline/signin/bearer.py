"""A demonstration's door for programs: ``Authorization: Bearer demo:<role>``. It proves nothing and says so.

It is opened only where the demonstration's door for people is: by a node that is a demonstration, to this machine.
"""

from starlette.requests import Request

from tearline.facts.identifiers import PersonId
from tearline.signin.demonstration import ROLES, on_this_machine
from tearline.signin.identity import Door, Identity, Way
from tearline.signin.tokens import bearer

BY_TOKEN = {f"demo:{role.value}": role for role in ROLES}


class DemonstrationBearer:
    """Whoever comes from this machine with such a token is who they say; any other token is for the door behind."""

    def __init__(self, other: Door) -> None:
        self._other = other

    def identify(self, request: Request) -> Identity | None:
        role = BY_TOKEN.get(bearer(request) or "")
        if role is None or not on_this_machine(request):
            return self._other.identify(request)
        return Identity(
            person=PersonId(f"practice.{role.value}"), role=role, roles=(role,), way=Way.DEMONSTRATION
        )
