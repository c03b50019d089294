"""Who may use which page of the site: every route, its roles, and nobody else.

To add a page, add a row: ``look`` for a page, ``act`` for a form (looked at and sent), ``send`` for what is only sent,
``public`` for what needs no one to be known. The site does not start while a route has no row.

To a role that may not look, a page is as if it were not there. An act that is somebody else's says whose it is, to
those who may look at what it is about. What of a page's sealed fields a role opens is in ``access``.
"""

from tearline.facts.history import Role
from tearline.signin.policy import GET, HEAD, MOUNTED, NOBODY, POST, Answer, Policy, Row

PEOPLE = frozenset(Role) - {Role.NODE, Role.CHRONICLER}
"""The roles in which people act."""
PARTNER, AUDITOR, ADMINISTRATOR = Role.PARTNER_LIAISON, Role.AUDITOR, Role.ADMINISTRATOR
READERS = PEOPLE - {PARTNER, AUDITOR, ADMINISTRATOR}
"""One's own side: they see what is done, cut to the compartments that their role opens."""
CHECKERS = READERS | {AUDITOR}
"""And who checks the record and the duties, and opens nothing."""

CASE, SOURCE, VETTING = Role.CASE_AGENT, Role.SOURCE_HANDLER, Role.VETTING_OFFICER
RELEASING, SENIOR, LIAISON = Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.LIAISON
INVESTIGATOR, OVERSEER = Role.INVESTIGATOR, Role.OVERSEER
HARM, ADVOCATE, LINKAGE = Role.HARM_DESK, Role.ADVOCATE, Role.LINKAGE_ANALYST
FIGURES = frozenset({CASE, SOURCE, RELEASING, SENIOR, INVESTIGATOR, OVERSEER})
"""Those to whom figures of exposure are open."""
ADMIT = (ADMINISTRATOR, SENIOR)
OFFICERS = (RELEASING, SENIOR, LIAISON)
INQUIRERS = (INVESTIGATOR, OVERSEER)
ASSESSORS = (CASE, SOURCE, LIAISON, HARM, INVESTIGATOR, RELEASING, SENIOR)

REGISTER = (HARM, ADVOCATE, LINKAGE, OVERSEER)
"""Those to whom the register is open, each to its part: an overseer sees counts and kinds."""
NAMES = (HARM, ADVOCATE, LINKAGE)
"""Those who may see whom reports name."""

Who = Role | frozenset[Role]


def _roles(who: tuple[Who, ...]) -> frozenset[Role]:
    return frozenset().union(*(w if isinstance(w, frozenset) else {w} for w in who))


def look(path: str, *who: Who) -> Row:
    """A page that these roles may look at."""
    return Row(path=path, roles=_roles(who))


def act(path: str, *who: Who, told: frozenset[Role] = READERS) -> Row:
    """A form that these roles may fill in and send; ``told`` learn whose it is."""
    return Row(path=path, methods=(GET, POST), roles=_roles(who), told=told - _roles(who))


def send(path: str, *who: Who, told: frozenset[Role] = READERS) -> Row:
    """What these roles may send, and nobody looks at."""
    return Row(path=path, methods=(POST,), roles=_roles(who), told=told - _roles(who))


def public(path: str, *methods: str, optional: bool = False) -> Row:
    """For anyone, known or not."""
    return Row(path=path, methods=methods or (GET,), roles=None, optional=optional)


SITE = Policy(
    # for anyone
    public("/healthz"),
    public("/readyz"),
    public("/identity", GET, POST),
    public("/language"),
    public("/preferences", GET, POST),
    public("/public/harm"),
    public("/ledger/checkpoint", GET, HEAD),
    public("/ledger/vkey", GET, HEAD),
    public("/ledger/tile/{_path:path}", GET, HEAD),
    public("/api/v1", MOUNTED),
    public("/static", MOUNTED),
    public("/witness", MOUNTED, optional=True),
    # the door
    public("/sign-in"),
    public("/sign-in/options", POST),
    public("/sign-in/answer", POST),
    public("/sign-out", POST),
    public("/sign-in/directory"),
    public("/sign-in/directory/callback"),
    public("/sign-in/directory/arrived"),
    public("/sign-in/directory/nobody"),
    public("/sign-in/directory/down"),
    public("/enrol"),
    public("/enrol/directory", GET, POST),
    public("/enrol/options", POST),
    public("/enrol/answer", POST),
    # for people without an account, where the node has a door for them
    public("/report", GET, POST, optional=True),
    public("/report/follow", GET, POST, optional=True),
    public("/report/follow/more", POST, optional=True),
    public("/report/follow/withdraw", POST, optional=True),
    # one's own account: its keys and sessions are found for their holder only
    look("/account", PEOPLE),
    send("/account/role", PEOPLE, told=NOBODY),
    send("/account/sessions/{session}/end", PEOPLE, told=NOBODY),
    # asked by our own script, which is told in its own way that nobody is signed in
    public("/account/keys/options", POST),
    public("/account/keys/answer", POST),
    act("/account/keys/new", PEOPLE, told=NOBODY),
    act("/account/keys/{key}/revoke", PEOPLE, told=NOBODY),
    # showing that one is there still; asked by our own script, as above
    look("/account/fresh", PEOPLE),
    public("/account/fresh/options", POST),
    public("/account/fresh/answer", POST),
    # people and access
    look("/account/directory", PEOPLE),
    act("/directory/{account}/unlink", PEOPLE, told=NOBODY),
    look("/account/tokens", PEOPLE),
    act("/account/tokens/new", PEOPLE, told=NOBODY),
    look("/account/tokens/{token}/shown", PEOPLE),
    act("/account/tokens/{token}/revoke", PEOPLE, told=NOBODY),
    act("/account/machines/{machine}/token", PEOPLE - {ADMINISTRATOR}, told=NOBODY),
    # who comes in, and as what
    look("/directory", ADMINISTRATOR),
    look("/machines", ADMINISTRATOR),
    act("/machines/new", ADMINISTRATOR, told=NOBODY),
    look("/machines/{machine}", ADMINISTRATOR),
    act("/machines/{machine}/answers", ADMINISTRATOR, told=NOBODY),
    look("/people-and-access", *ADMIT),
    act("/people-and-access/people/new", ADMINISTRATOR, told=frozenset(ADMIT)),
    act("/people-and-access/people/{person}/roles/{role}/end", *ADMIT, told=NOBODY),
    act("/people-and-access/roles/new", *ADMIT, told=NOBODY),
    act("/people-and-access/roles/{grant}/approve", *ADMIT, told=NOBODY),
    act("/people-and-access/invitations/new", *ADMIT, told=NOBODY),
    look("/people-and-access/invitations/{invitation}", *ADMIT),
    act("/people-and-access/invitations/{invitation}/approve", *ADMIT, told=NOBODY),
    act("/people-and-access/invitations/{invitation}/withdraw", *ADMIT, told=NOBODY),
    send("/people-and-access/sessions/{session}/end", *ADMIT, told=NOBODY),
    # what needs me, worked cases, what is owed
    look("/", PEOPLE),
    look("/cases/{telling}", READERS),
    look("/obligations", CHECKERS),
    look("/calendar", CHECKERS),
    look("/calendar/load.svg", CHECKERS),
    look("/calendar/{day}", CHECKERS),
    look("/calendar.ics", CHECKERS),
    # what they are told
    look("/notifications", PEOPLE),
    send("/notifications/seen", PEOPLE, told=NOBODY),
    # opening what takes a reason
    act("/readings/new", CASE, SOURCE, HARM, ADVOCATE),
    # what somebody signs: the waiting act belongs to a person, and to anyone else it is not there
    act("/signing/{signing}", PEOPLE, told=NOBODY),
    # what is found by words, and what happened to one thing
    look("/search", CHECKERS),
    look("/items/{item}/activity", READERS),
    look("/releases/{request}/activity", READERS),
    look("/people/{person}/activity", READERS),
    look("/units/{unit}/activity", READERS),
    look("/agreements/{agreement}/activity", CHECKERS),
    # releases
    look("/releases", READERS, PARTNER),
    act("/releases/new", CASE, LIAISON, RELEASING),
    look("/releases/{request}", READERS),
    look("/releases/{request}/options", CASE, RELEASING, SENIOR, SOURCE),
    look("/releases/{request}/timeline.svg", READERS),
    look("/releases/{request}/exposure.svg", READERS),
    look("/releases/{request}/verdicts/{entry}", READERS),
    act("/releases/{request}/dissent", READERS),
    act("/releases/{request}/sign-off", RELEASING, SOURCE, SENIOR),
    act("/releases/{request}/decide", CASE, LIAISON, RELEASING, SOURCE),
    act("/releases/{request}/release", RELEASING),
    act("/releases/{request}/overseer", SENIOR, RELEASING, INVESTIGATOR),
    act("/releases/{request}/review", SENIOR, OVERSEER),
    look("/disclosures/{release}", READERS),
    act("/disclosures/{release}/overseer", SENIOR, RELEASING, INVESTIGATOR),
    act("/disclosures/{release}/justification", SENIOR, RELEASING),
    look("/copies/{copy}", READERS, PARTNER),
    act("/copies/{copy}/receipt", PARTNER, LIAISON, CASE, told=NOBODY),
    # items
    look("/items/{item}", READERS),
    look("/items/{item}/exposure.svg", READERS),
    act("/items/{item}/dissent", READERS),
    act("/items/{item}/dissents/{dissent}/answer", SENIOR, RELEASING),
    act("/items/{item}/warnings/{warning}/answer", SENIOR, RELEASING),
    act("/items/{item}/warned", READERS),
    act("/items/{item}/threat", *ASSESSORS),
    act("/items/{item}/threats/{threat}/waiver", SENIOR),
    act("/items/{item}/answer", LIAISON),
    act("/items/{item}/screening", CASE, SOURCE, RELEASING, SENIOR),
    act("/items/{item}/codes", CASE, LIAISON, RELEASING, SOURCE),
    act("/items/{item}/source", CASE, SOURCE),
    act("/items/{item}/source/approval", SENIOR),
    act("/items/{item}/wordings", CASE, RELEASING),
    act("/items/{item}/unaware", CASE, SOURCE, RELEASING, SENIOR, LIAISON, INVESTIGATOR),
    # parties, and the texts that bind them
    look("/parties", CHECKERS),
    look("/units/{unit}", READERS),
    look("/people/{person}", READERS),
    act("/people/import", VETTING),
    look("/people/import/template.csv", VETTING),
    look("/agreements/{agreement}", CHECKERS),
    act("/agreements/{agreement}/endorse", SENIOR, LIAISON),
    look("/agreements/{agreement}/propensities", FIGURES),
    act("/agreements/{agreement}/propensities/figure", RELEASING, SENIOR, INVESTIGATOR, OVERSEER),
    look("/protocols", CHECKERS),
    look("/protocols/{name}/{version}", CHECKERS),
    look("/protocols/{name}/{version}/rules/{rule}", CHECKERS),
    act("/protocols/lab", READERS),
    send("/protocols/lab/check", READERS),
    send("/protocols/propose", *OFFICERS),
    look("/protocols/proposals/{proposal}", READERS),
    look("/protocols/proposals/{proposal}/text", CHECKERS),
    act("/protocols/proposals/{proposal}/sign", *OFFICERS),
    act("/protocols/proposals/{proposal}/withdraw", *OFFICERS),
    # leaks
    look("/leaks", READERS),
    act("/leaks/new", READERS),
    look("/leaks/{compromise}", READERS),
    act("/leaks/{compromise}/investigation", INVESTIGATOR, SENIOR, OVERSEER),
    act("/leaks/{compromise}/overseer", SENIOR, RELEASING, INVESTIGATOR),
    act("/leaks/{compromise}/warned", READERS),
    act("/leaks/{compromise}/interim", SENIOR, INVESTIGATOR),
    act("/leaks/{compromise}/waiver", SENIOR),
    act("/leaks/{compromise}/harm", HARM, INVESTIGATOR),
    act("/leaks/{compromise}/suspensions/{suspension}/lifting", INVESTIGATOR, SENIOR),
    act("/leaks/{compromise}/liftings/{lifting}", SENIOR),
    act("/leaks/{compromise}/findings/{finding}/report", SENIOR, INVESTIGATOR),
    act("/leaks/{compromise}/findings/{finding}/remedies", INVESTIGATOR, VETTING),
    act("/leaks/{compromise}/findings/{finding}/ending", SENIOR),
    # investigations: to whoever does not look into a leak it is not said that one is open to others
    look("/investigations/{investigation}", *INQUIRERS),
    act("/investigations/{investigation}/attribution", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/traces", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/widening", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/decision-time", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/hypothesis", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/evidence", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/evidence/{evidence}/custody", READERS, told=NOBODY),
    act("/investigations/{investigation}/weighing", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/interview", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/allegation", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/finding", *INQUIRERS, told=NOBODY),
    act("/investigations/{investigation}/findings/{proposed}/confirm", *INQUIRERS, told=NOBODY),
    # harm
    look("/harm", READERS),
    act("/harm/new", READERS),
    act("/harm/counts/new", HARM, ADVOCATE, OVERSEER),
    # who is who: by those who open who was harmed, and never who said so
    look("/harm/linkage", HARM, LINKAGE),
    act("/harm/linkage/run", HARM, LINKAGE),
    act("/harm/linkage/review", HARM, LINKAGE, told=NOBODY),
    look("/harm/linkage/places", HARM, LINKAGE),
    act("/harm/linkage/places/locate", HARM, LINKAGE, told=NOBODY),
    act("/harm/linkage/{linkage}/take-up", HARM, LINKAGE, told=NOBODY),
    act("/harm/linkage/merges/{merge}/undo", HARM, LINKAGE, told=NOBODY),
    act("/harm/linkage/splits/{split}/undo", HARM, LINKAGE, told=NOBODY),
    look("/harm/linkage/people/{victim}", HARM, LINKAGE),
    act("/harm/linkage/people/{victim}/merge", HARM, LINKAGE, told=NOBODY),
    act("/harm/linkage/people/{victim}/split", HARM, LINKAGE, told=NOBODY),
    # how many there were
    look("/harm/estimates", READERS),
    act("/harm/estimates/new", HARM, LINKAGE),
    look("/harm/estimates/{estimate}", READERS),
    look("/harm/estimates/{estimate}/methods.svg", READERS),
    act("/harm/estimates/{estimate}/publish", HARM, OVERSEER),
    # whom to warn
    look("/harm/warnings", READERS),
    act("/harm/warnings/{of}/{ground}/order", SENIOR),
    act("/harm/warnings/{of}/{ground}/warned", READERS),
    act("/harm/warnings/{of}/{ground}/attempt", READERS),
    act("/harm/warnings/warning/{warning}/waiver", SENIOR),
    act("/harm/warnings/notices/{notice}/review", SENIOR),
    # what people need, and who is asked for it
    look("/harm/assistance", READERS),
    act("/harm/assistance/needs/new", HARM, ADVOCATE),
    act("/harm/assistance/needs/{need}/referral", HARM, ADVOCATE),
    act("/harm/assistance/needs/{need}/given", HARM, ADVOCATE),
    act("/harm/assistance/needs/{need}/withdrawn", HARM, ADVOCATE),
    act("/harm/assistance/referrals/{referral}/answer", HARM, ADVOCATE),
    act("/harm/assistance/given/new", HARM, ADVOCATE),
    act("/harm/assistance/offers/new", SENIOR, LIAISON, HARM),
    act("/harm/assistance/offers/{offer}/answer", SENIOR, LIAISON, HARM),
    # what came from outside: the overseer sees how many wait, and how long
    look("/harm/outside", HARM, OVERSEER),
    look("/harm/outside/{outside}", HARM),
    act("/harm/outside/{outside}/answer", HARM, told=NOBODY),
    act("/harm/outside/{outside}/take-up", HARM, told=NOBODY),
    act("/harm/outside/{outside}/close", HARM, told=NOBODY),
    # the register: an advocate finds what they took down; whoever links finds no testimony
    look("/harm/reports", *REGISTER),
    look("/harm/reports/{report}", *REGISTER),
    look("/harm/people", *NAMES),
    look("/harm/people/{victim}", *NAMES),
    look("/harm/incidents", *REGISTER),
    act("/harm/incidents/new", HARM, ADVOCATE, told=frozenset(REGISTER)),
    look("/harm/incidents/{incident}", *REGISTER),
    act("/harm/reports/{report}/consent", HARM, ADVOCATE, told=NOBODY),
    act("/harm/reports/{report}/withdrawal", HARM, ADVOCATE, told=NOBODY),
    act("/harm/reports/{report}/people/new", HARM, ADVOCATE, told=NOBODY),
    act("/harm/people/{victim}/condition", HARM, ADVOCATE, told=NOBODY),
    act("/harm/reports/{report}/files", HARM, ADVOCATE, told=NOBODY),
    act("/harm/files/{file}/copy", HARM, ADVOCATE, told=NOBODY),
    look("/harm/files/{file}/copies/{custody}", HARM, ADVOCATE),
    act("/harm/files/{file}/custody", HARM, ADVOCATE, told=NOBODY),
    act("/harm/import", HARM, ADVOCATE, told=NOBODY),
    look("/harm/import/template.csv", HARM, ADVOCATE),
    look("/harm/export.csv", *NAMES),
    # operations
    look("/operations", READERS),
    look("/operations/{operation}", READERS),
    # the ledger; to those who do not read the record, its checkpoint only
    look("/ledger", PEOPLE),
    look("/ledger/entries/{position}", CHECKERS),
    look("/ledger/entries/{position}/proof", CHECKERS),
    look("/ledger/entries/{position}/fact", CHECKERS),
    look("/ledger/logs/{log}", CHECKERS),
)


OPENING = """\
# Routes

Who may use which address of the site. This page is made by `make docs` from `src/tearline/web/policy.py`; change it
there. The site does not start while a route has no row; `tests/web/test_matrix.py` asks for each one as each role in a
demonstration, `tests/web/test_founded.py` for those of the door and for the API where people are admitted, each with
things that are their own, another's, and not there.

- **yes**: may use it. What of its sealed fields the role opens: see [access.md](access.md).
- told: refused with 403, and told whose act it is.
- An empty cell: answered with 404, as what is not there, to the byte but for nonce and address.
- Whoever is not known is asked to sign in, but for what is *public*.
"""


def page() -> str:
    """docs/security/routes.md, ending in a newline."""
    roles = [role for role in Role if role in PEOPLE]
    lines = [
        OPENING,
        f"| route | {' | '.join(role.words.en for role in roles)} |",
        "|---" * (len(roles) + 1) + "|",
    ]
    said = {Answer.SERVED: "**yes**", Answer.ANOTHERS: "told", Answer.ABSENT: ""}
    for row in SITE.rows:
        methods = "all below" if MOUNTED in row.methods else " ".join(row.methods)
        cells = ["public"] * len(roles) if row.roles is None else [said[row.answer(role)] for role in roles]
        lines.append(f"| {methods} `{row.path}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
