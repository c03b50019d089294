"""What is written down of whoever comes and goes, beside ``signed-in`` (``signin.sessions``): no name, and no secret.

Who is not let in is in the event of the request, which says the rule ``not-let-in`` or ``too-often``, and nothing of
what was brought.
"""

import logging

from tearline.signin.door import PasskeyDoor
from tearline.signin.identity import Identity
from tearline.web.events import tell
from tearline.web.visit import Caller
from tearline.web.watched import id_of


def changed_role(caller: Caller, door: PasskeyDoor, identity: Identity, secret: str) -> None:
    """A session goes on in another role, under another name."""
    tell(
        logging.INFO,
        "role-changed",
        before=identity.session or "",
        session=door.sessions.name_of(secret) or "",
        request_id=id_of(caller.request),
    )


def signed_out(caller: Caller, identity: Identity) -> None:
    tell(logging.INFO, "signed-out", session=identity.session or "", request_id=id_of(caller.request))


def ended(caller: Caller, identity: Identity, *names: str) -> None:
    """These sessions were ended from this one."""
    for name in names:
        tell(
            logging.INFO,
            "session-ended",
            session=name,
            by=identity.session or "",
            request_id=id_of(caller.request),
        )


def enrolled(caller: Caller) -> None:
    """A key was enrolled on an invitation; which one, for whom and on whose invitation stands on record."""
    tell(logging.INFO, "key-enrolled", request_id=id_of(caller.request))
