"""Whoever comes from the agency's directory: which person that is here, whether they may come in, and as what.

The directory says who they are to it. Who that is here is on record, by the hash of issuer and subject; so is every
role they hold. An account that nobody has, that was unlinked, whose holder has no role: one answer for all of them,
and the log says which.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from tearline.config import Oidc
from tearline.config.serving import read_secret
from tearline.facts.admission import DirectoryAccountLinked
from tearline.facts.errors import Malformed, Refused
from tearline.facts.identifiers import PersonId
from tearline.folds.directory import asks_account, holder_of
from tearline.folds.held import ITSELF
from tearline.node import Node, Order
from tearline.rooms.admission.directory import LinkDirectoryAccount
from tearline.signin.directory import Directory, DirectorySettings, Seen
from tearline.signin.door import PasskeyDoor
from tearline.signin.identity import Way
from tearline.signin.idtoken import NotRecognised
from tearline.signin.limits import Limits, What
from tearline.signin.passkeys import NotLetIn, Passkeys
from tearline.signin.sessions import Sessions

LOG = logging.getLogger("tearline.signin")
MOST_TOKENS = 4096
"""ID tokens that wait for their session's sign-out. Without one the directory asks the person whether to sign out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Somebody who was let in. ``secret`` is their new session's, for its cookie."""

    person: PersonId
    secret: str
    linked: bool
    """Whether their account was put on record just now."""


class Arrivals:
    """The way in by the directory, on one node."""

    def __init__(
        self, node: Node, directory: Directory, passkeys: Passkeys, sessions: Sessions, limits: Limits
    ) -> None:
        self._node = node
        self._directory = directory
        self._passkeys = passkeys
        self._limits = limits
        self.sessions = sessions
        self._tokens: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def sent(self, address: str) -> tuple[str, str]:
        """Where to send a browser that signs in, and its cookie. DirectoryDown, TooOften."""
        self._limits.tried(What.BEGUN, address)
        return self._directory.begin(self._node.clock())

    def sent_to_link(self, address: str, codes: Sequence[str]) -> tuple[str, str]:
        """The same for whoever brings the codes of an invitation, as they typed them. NotLetIn unless they are good."""
        with self._limits.failing((What.CODE, What.CODES), address, only=NotLetIn):
            invited = self._passkeys.invited(codes)
        return self._directory.begin(self._node.clock(), code=invited.code, second=invited.second)

    def arrived(self, address: str, cookie: str, query: Sequence[tuple[str, str]], browser: str) -> Arrived:
        """Who came back. NotLetIn for all but somebody on record who holds a role; DirectoryDown, TooOften."""
        # Before, and whoever it is: each answer has us ask the directory.
        self._limits.tried(What.ANSWER, address)
        try:
            seen = self._directory.finish(cookie, query, self._node.clock())
        except NotRecognised as nobody:
            LOG.info("nobody was let in by the directory", extra={"told": {"why": nobody.reason}})
            raise NotLetIn from None
        person = self._holder(seen) if seen.code is None else self._linked(seen, seen.code)
        roles = self.sessions.roles(person)
        if not roles:
            LOG.info("nobody was let in by the directory: no role")
            raise NotLetIn
        secret = self.sessions.begin(person, roles[0], Way.DIRECTORY, seen.account, browser)
        self._keep(self.sessions.name_of(secret) or "", seen.id_token)
        return Arrived(person=person, secret=secret, linked=seen.code is not None)

    def left(self, session: str) -> str | None:
        """Where the browser of this session, which signs out, signs out at the directory too; before it is ended."""
        names = self.sessions.names_of(session)
        with self._lock:
            tokens = [token for name in names if (token := self._tokens.pop(name, None)) is not None]
        return self._directory.sign_out(tokens[0] if tokens else None)

    def _keep(self, session: str, id_token: str) -> None:
        """In this process's memory alone, for the sign-out of that session."""
        with self._lock:
            while len(self._tokens) >= MOST_TOKENS:
                self._tokens.popitem(last=False)
            self._tokens[session] = id_token

    def _holder(self, seen: Seen) -> PersonId:
        person = holder_of(self._node.ledger.read(asks_account(seen.account)), seen.account)
        if person is None:
            LOG.info("nobody was let in by the directory: the account is not linked")
            raise NotLetIn
        return person

    def _linked(self, seen: Seen, code: str) -> PersonId:
        """Put the account on record, as the invited person's."""
        issued = self._passkeys.invited([code, seen.second or ""])
        fact = DirectoryAccountLinked(
            person=issued.person, issuer=seen.issuer, account=seen.account, invitation=issued.invitation
        )
        command = LinkDirectoryAccount(fact=fact, code=code, second=seen.second)
        try:
            self._node.record(Order(command=command, by=ITSELF))
        except Refused as refused:
            LOG.info("an account was not linked", extra={"told": {"rule": refused.rule}})
            raise NotLetIn from None
        return issued.person


def configured(node: Node, door: PasskeyDoor, oidc: Oidc, address: str, *, file: str) -> Arrivals:
    """The way in by the directory that ``file`` names, beside this door. Malformed when its secret cannot be read."""
    place, secret = "site.oidc.client_secret_file", None
    if oidc.client_secret_file is not None:
        try:
            secret = read_secret(oidc.client_secret_file, file, place).decode("utf-8").strip()
        except UnicodeDecodeError:
            raise Malformed(file, place, "a file of UTF-8 text") from None
        if not secret:
            raise Malformed(file, place, "a file that holds the secret")
    settings = DirectorySettings(
        issuer=oidc.issuer, client_id=oidc.client_id, client_secret=secret, acr=oidc.acr
    )
    return Arrivals(node, Directory(settings, address), door.passkeys, door.sessions, door.limits)
