"""My tokens, and those of the machines that I answer for: what each is good for and worth now, and no secret."""

from tearline.api.reading import Reading
from tearline.api.recorded import moment
from tearline.api.route import View
from tearline.api.schemas import many, one_of, record, text, whole
from tearline.facts.admission import Scope
from tearline.facts.history import Role
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.tokens import Token, TokenStanding, tokens
from tearline.web.policy import PEOPLE
from tearline.web.tokens.listing import answered_by, mine


def own(reading: Reading) -> dict[str, Json]:
    me = reading.identity.person
    known = reading.read(lambda so_far: mine(so_far, me))
    machines = answered_by(known, me)
    holders = {me, *(r.fact.person for r in machines)}
    found = [t for t in tokens(known, reading.now, demo=reading.node.demo) if t.issued.fact.person in holders]
    return {
        "tokens": [_told(t) for t in found],
        "machines": [{"person": r.fact.person, "name": r.fact.name} for r in machines],
    }


def _told(one: Token) -> dict[str, Json]:
    fact = one.issued.fact
    return {
        "token": fact.token,
        "person": fact.person,
        "role": fact.role.value,
        "scopes": [scope.value for scope in fact.scopes],
        "issued_at": moment(one.issued.recorded_at),
        "expires": moment(fact.expires),
        "standing": one.standing.value,
        "position": one.issued.position,
    }


_TIME = {"type": "string", "format": "date-time"}
VIEWS = (
    View(
        path="/tokens",
        name="Tokens",
        words=Words(
            "My tokens, and those of the machines that I answer for",
            "Mis tokens y los de las máquinas por las que respondo",
        ),
        answer=record(
            {
                "tokens": many(
                    record(
                        {
                            "token": text(),
                            "person": text(Words("Who holds it", "Quién lo tiene")),
                            "role": one_of(Role),
                            "scopes": many(one_of(Scope)),
                            "issued_at": dict(_TIME),
                            "expires": dict(_TIME),
                            "standing": one_of(TokenStanding),
                            "position": whole(),
                        }
                    )
                ),
                "machines": many(record({"person": text(), "name": text()})),
            }
        ),
        read=own,
        roles=PEOPLE,
        timed=True,
        page=("/account/tokens",),
    ),
)
