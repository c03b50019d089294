"""What waits for a reader, as home shows it: by urgency, each with a clock and one next act; and what no row says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from tearline.facts.history import Role
from tearline.web.tongue import Tongue

WEEK = timedelta(days=7)
Act = tuple[str, str]
"""Where it is done, and its words."""


class Urgency(StrEnum):
    """In the order in which they are shown; the values name places on the page."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """As the macro ``clock`` takes it: how long until an instant, or since. ``told`` says both in words."""

    at: str
    late: bool
    before: str
    after: str
    span: str
    when: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One row of the queue. ``act`` is the one next thing to do."""

    title: str
    href: str
    act: Act
    kind: str = ""
    why: str = ""
    verdict: str = ""
    clock: Clock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    urgency: Urgency
    title: str
    rows: list[Waiting] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """An empty queue: what will show here, and what one can do meanwhile."""

    title: str
    text: str
    acts: Sequence[Act]


def urgency(due: datetime | None, now: datetime, zone: tzinfo) -> Urgency:
    """Today ends when the reader's day does; this week is the seven days from now on."""
    if due is None:
        return Urgency.UNDATED
    if due < now:
        return Urgency.OVERDUE
    if due.astimezone(zone).date() == now.astimezone(zone).date():
        return Urgency.TODAY
    return Urgency.WEEK if due - now <= WEEK else Urgency.LATER


def grouped(say: Tongue, rows: Iterable[tuple[datetime | None, Waiting]], now: datetime) -> list[Group]:
    """The rows under their urgency, in the order in which they come; no empty group."""
    titles = {
        Urgency.OVERDUE: say("Overdue"),
        Urgency.TODAY: say("Today"),
        Urgency.WEEK: say("This week"),
        Urgency.LATER: say("Later"),
        Urgency.UNDATED: say("No date"),
    }
    groups = {one: Group(urgency=one, title=title) for one, title in titles.items()}
    for due, row in rows:
        groups[urgency(due, now, say.zone)].rows.append(row)
    return [group for group in groups.values() if group.rows]


def clock(say: Tongue, at: datetime, now: datetime, *, perishes: bool) -> Clock:
    """``perishes``: what waits loses its worth then; else it is a duty that falls due."""
    late = at < now
    when = say.until(at, now)
    if perishes:
        told = say("perished") if late else say("perishes %(when)s", when=when)
    else:
        told = when if late else say("due %(when)s", when=when)
    return Clock(
        at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        late=late,
        before=say("perishes in") if perishes else say("due in"),
        after=say("perished since") if perishes else say("overdue by"),
        span=say.span(at - now),
        when=say.moment(at),
        told=told,
    )


def nothing(say: Tongue, role: Role) -> Nothing:
    """A role that is missing here is told no more than that nothing waits."""
    released, owed, parties = (
        ("/releases", say("Releases")),
        ("/obligations", say("Obligations")),
        ("/parties", say("Parties")),
    )
    told: dict[Role, tuple[str, Sequence[Act]]] = {
        Role.CASE_AGENT: (
            say("Requests that you made show here until they are released, with the time that their item has left."),
            [("/releases/new", say("Ask for a release")), ("/leaks/new", say("Report a compromise"))],
        ),
        Role.SOURCE_HANDLER: (
            say("Requests that need source handling's signature show here, and warnings that a source gave."),
            [released, owed],
        ),
        Role.RELEASING_OFFICER: (
            say("Requests to sign, dissent and warnings to answer, and releases that the protocol permits show here."),
            [released, owed],
        ),
        Role.SENIOR_OFFICER: (
            say(
                "Dissent to answer, second signatures, leaks that nobody investigates yet and what your agency "
                "owes show here."
            ),
            [released, owed],
        ),
        Role.VETTING_OFFICER: (
            say("People and units whose vetting is pending, missing or about to end show here, sixty days ahead."),
            [parties, ("/calendar", say("Calendar"))],
        ),
        Role.LIAISON: (
            say("Requests that you made and what the partner owes show here."),
            [("/releases/new", say("Ask for a release")), parties],
        ),
        Role.PARTNER_LIAISON: (
            say("Copies that were given to you show here until you acknowledge that you have them."),
            [released],
        ),
        Role.INVESTIGATOR: (
            say("Leaks that nobody investigates yet, and what a leak obliges to, show here."),
            [("/leaks", say("Leaks")), ("/leaks/new", say("Report a compromise"))],
        ),
        Role.HARM_DESK: (
            say("What is owed to people in danger or harmed shows here: warnings, protection, help."),
            [("/harm/new", say("Report harm")), ("/harm", say("Harm"))],
        ),
        Role.LINKAGE_ANALYST: (
            say("Pairs of people reported that may be one person show here, those first whose judgement helps most."),
            [("/harm/linkage", say("Who is who")), ("/harm", say("Harm"))],
        ),
        Role.ADVOCATE: (
            say("What is owed to the people for whom you speak shows here, until it is done."),
            [("/harm/new", say("Report harm")), owed],
        ),
        Role.OPERATIONS_PLANNER: (
            say("Accounts that operations owe show here, with the day by which they are due."),
            [("/operations", say("Operations")), owed],
        ),
        Role.OVERSEER: (
            say("What is owed to you shows here: accounts, reports, written answers; what is overdue stands first."),
            [owed, ("/ledger", say("Check the ledger"))],
        ),
        Role.AUDITOR: (
            say("Nothing is asked of an auditor by date: look at whatever you choose to examine."),
            [owed, ("/protocols", say("Protocols")), ("/ledger", say("Check the ledger"))],
        ),
        Role.ADMINISTRATOR: (
            say(
                "Invitations and roles that wait for you, and what is wrong with the node, show here. "
                "What the node holds never does."
            ),
            [("/people-and-access", say("People and access")), ("/ledger", say("Check the ledger"))],
        ),
    }  # fmt: skip
    text, acts = told.get(role, (say("What is asked of your role shows here, with its deadline."), ()))
    return Nothing(title=say("Nothing waits for you"), text=text, acts=acts)
