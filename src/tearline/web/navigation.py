"""Where a reader can go: the places of their work, what finds or tells things, and what is about themselves.

A page that is added to the site takes one line here. The layout shows ``places`` as the main navigation, ``tools``
beside it, and ``own`` under the reader's role; on a phone all three stand in one menu, under their headings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.history import Role
from tearline.web.policy import SITE
from tearline.web.tongue import Tongue

Link = tuple[str, str]
KEYS: Mapping[str, str] = {
    "/": "h",
    "/calendar": "c",
    "/releases": "r",
    "/parties": "p",
    "/leaks": "l",
    "/harm": "d",
    "/operations": "o",
    "/obligations": "b",
    "/protocols": "t",
    "/ledger": "e",
    "/notifications": "n",
}
"""After ``g``, the key that goes to each place: the same in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """Links as (address, words). ``wide``: the places of one's work, most used first."""

    places: Sequence[Link]
    tools: Sequence[Link]
    own: Sequence[Link]


def navigation(say: Tongue, role: Role | None, *, demo: bool) -> Navigation:
    return Navigation(places=_places(say, role), tools=_tools(say, role), own=_own(say, role, demo=demo))


def _places(say: Tongue, role: Role | None) -> list[Link]:
    match role:
        case None:
            return []
        case Role.PARTNER_LIAISON:
            return [("/", say("What needs me")), ("/releases", say("Releases")), ("/ledger", say("Ledger"))]
        case Role.ADMINISTRATOR:
            # Keeps the node and sees none of what it holds.
            return [
                ("/", say("What needs me")),
                ("/people-and-access", say("People and access")),
                ("/machines", say("Machines")),
                ("/directory", say("Directory")),
                ("/ledger", say("Ledger")),
            ]
        case Role.AUDITOR:
            return [
                ("/", say("What needs me")),
                ("/calendar", say("Calendar")),
                ("/obligations", say("Obligations")),
                ("/protocols", say("Protocols")),
                ("/ledger", say("Ledger")),
            ]
    return [
        ("/", say("What needs me")),
        ("/calendar", say("Calendar")),
        ("/releases", say("Releases")),
        ("/parties", say("Parties")),
        ("/leaks", say("Leaks")),
        ("/harm", say("Harm")),
        ("/operations", say("Operations")),
        ("/obligations", say("Obligations")),
        ("/ledger", say("Ledger")),
    ]


def _tools(say: Tongue, role: Role | None) -> list[Link]:
    """What finds things, and what tells of them."""
    if role is None:
        return []
    found = [("/search", say("Search"))] if SITE.leads("/search", role) else []
    return [*found, ("/notifications", say("Notifications"))]


def _own(say: Tongue, role: Role | None, *, demo: bool) -> list[Link]:
    """The reader's own pages; signing out, which is a form and no link, is in the layout."""
    own: list[Link] = [("/preferences", say("Preferences"))]
    if role is not None and not demo:
        own.insert(0, ("/account", say("My account")))
    if role is Role.SENIOR_OFFICER:
        own.append(("/people-and-access", say("People and access")))
    if demo:
        own.append(("/identity", say("Act as someone else") if role else say("Choose whom you act as")))
    return own
