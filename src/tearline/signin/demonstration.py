"""The door of a demonstration: a cookie says which role the visitor took on. It proves nothing and says so.

Nobody is let in from another machine, however the node came to be reached from there.
"""

from ipaddress import ip_address

from starlette.requests import Request

from tearline.facts.history import Role
from tearline.facts.identifiers import PersonId
from tearline.signin.identity import Identity, Way

COOKIE = "identity"
ROLES = tuple(role for role in Role if role not in (Role.NODE, Role.CHRONICLER))
"""The roles that a person can act in, and a visitor of a demonstration take on."""


class Demonstration:
    """Whoever comes from this machine is who they say."""

    def identify(self, request: Request) -> Identity | None:
        if not on_this_machine(request):
            return None
        value = request.cookies.get(COOKIE, "")
        if value not in {role.value for role in ROLES}:
            return None
        role = Role(value)
        return Identity(
            person=PersonId(f"practice.{role.value}"), role=role, roles=ROLES, way=Way.DEMONSTRATION
        )


def on_this_machine(request: Request) -> bool:
    """Whether a request came over the loopback interface."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
