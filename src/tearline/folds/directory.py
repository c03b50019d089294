"""Which directory account is whose, from the facts."""

import base64
import hashlib

from tearline.facts.admission import DirectoryAccountLinked, DirectoryAccountUnlinked
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import DirectoryAccountId, PersonId

LINKS = (DirectoryAccountLinked, DirectoryAccountUnlinked)


def account_id(issuer: str, subject: str) -> DirectoryAccountId:
    """SHA-256 of issuer, line feed and subject, in base64url. No issuer holds a line feed: it is an address."""
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).digest()
    return DirectoryAccountId(base64.urlsafe_b64encode(digest).decode().rstrip("="))


def asks_account(account: DirectoryAccountId) -> Question:
    """All that can change whose account this is."""
    return about(f"directoryaccount:{account}", kinds=LINKS)


def asks_accounts_of(person: PersonId) -> Question:
    """All that can change which accounts this person has."""
    return about(f"person:{person}", kinds=LINKS)


def linked(history: History) -> dict[DirectoryAccountId, Recorded[DirectoryAccountLinked]]:
    """The accounts that are linked, each with the fact that links it."""
    held: dict[DirectoryAccountId, Recorded[DirectoryAccountLinked]] = {}
    gone = [(r.position, r.fact.account) for r in history.of(DirectoryAccountUnlinked)]
    for recorded in history.of(DirectoryAccountLinked):
        account = recorded.fact.account
        if not any(position > recorded.position for position, other in gone if other == account):
            held[account] = recorded
    return held


def holder_of(history: History, account: DirectoryAccountId) -> PersonId | None:
    """Whose account this is now."""
    found = linked(history).get(account)
    return found.fact.person if found else None
