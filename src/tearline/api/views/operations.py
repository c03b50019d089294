"""Joint operations and their accounts: what was planned, what came of it, and what the record cannot say."""

from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all
from tearline.api.route import PAGING, View
from tearline.api.schemas import Schema, both, in_both, many, maybe, one_of, record, ref, text, whole
from tearline.api.views.ledger import listed
from tearline.api.views.owed import duty
from tearline.facts.history import about
from tearline.facts.identifiers import OperationId
from tearline.facts.operations import OperationDeclared, PostKind
from tearline.facts.parties import AllegationStanding
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.account import Account, account, account_question
from tearline.folds.obligations import obligations
from tearline.web.owed import VERDICTS_OPEN, owed_on, shown_to


def operations(reading: Reading) -> dict[str, Json]:
    return reading.facts("operations", about(kinds=(OperationDeclared,)))


def one_operation(reading: Reading) -> dict[str, Json]:
    name = OperationId(reading.identifier("operation"))
    said = account(reading.read(lambda known: account_question(known, name)), name)
    if said is None:
        raise absent()
    protocols = reading.node.protocols
    opened = reading.opened(
        lambda known: account_question(known, name) | owed_on(known, protocols, {"operation": [name]}),
        VERDICTS_OPEN,
    )
    owed = [o for o in shown_to(reading.access, obligations(opened, protocols)) if o.about == name]
    return {**_told(said), "harm": tell_all(said.harm), "owed": [duty(o, reading.now) for o in owed]}


def _told(said: Account) -> dict[str, Json]:
    return {
        "operation": tell(said.operation),
        "organisations": {str(one): name for one, name in said.names.items()},
        "agreements": [str(one.agreement) for one in said.agreements],
        "caveats": tell_all(said.caveats),
        "planned": [{"measure": tell(one.measure), "in_being": one.in_being} for one in said.planned],
        "posts": [
            {
                "kind": one.kind.value,
                "organisation": one.organisation,
                "posts": tell_all(one.posts),
            }
            for one in said.posts
        ],
        "training": tell_all(said.training),
        "results": tell_all(said.results),
        "tolls": tell_all(said.tolls),
        "displacements": tell_all(said.displacements),
        "claims": tell_all(said.claims),
        "counts": tell_all(said.counts),
        "earlier": [
            {
                "unit": tell(one.unit),
                "stood_down": tell(one.stood_down),
                "allegations": [
                    {"alleged": tell(a.recorded), "standing": a.standing.value} for a in one.allegations
                ],
            }
            for one in said.earlier
        ],
        "rendered": tell_all(said.rendered),
        "cannot_say": [in_both(words) for words in said.cannot_say],
    }


ACCOUNT: dict[str, Schema] = {
    "operation": ref("OperationDeclared"),
    "organisations": {"type": "object", "additionalProperties": text()},
    "agreements": many(text()),
    "caveats": many(ref("CaveatDeclared")),
    "planned": many(record({"measure": ref("MeasurePlanned"), "in_being": maybe(whole())})),
    "posts": many(
        record({"kind": one_of(PostKind), "organisation": text(), "posts": many(ref("PostOpened"))})
    ),
    "training": many(ref("CourseHeld")),
    "results": many(ref("ResultCounted")),
    "tolls": many(ref("TollRecorded")),
    "displacements": many(ref("DisplacementNoted")),
    "claims": many(ref("EffectClaimed")),
    "harm": many(ref("HarmReported")),
    "counts": many(ref("CountDocumented")),
    "earlier": many(
        record(
            {
                "unit": ref("UnitFormed"),
                "stood_down": ref("UnitStoodDown"),
                "allegations": many(
                    record({"alleged": ref("AllegationRecorded"), "standing": one_of(AllegationStanding)})
                ),
            }
        )
    ),
    "rendered": many(ref("AccountRendered")),
    "cannot_say": many(both()),
    "owed": many(ref("Obligation")),
}

VIEWS = (
    View(
        path="/operations",
        name="Operations",
        words=Words("Joint operations", "Operaciones conjuntas"),
        answer=listed("operations", OperationDeclared),
        read=operations,
        query=PAGING,
        page=("/operations",),
    ),
    View(
        path="/operations/{operation}",
        name="OneOperation",
        words=Words(
            "One operation in one account, which ends with what cannot be said",
            "Una operación en una sola cuenta, que termina con lo que no se puede decir",
        ),
        answer=record(ACCOUNT),
        read=one_operation,
        timed=True,
        page=("/operations/{operation}",),
    ),
)
