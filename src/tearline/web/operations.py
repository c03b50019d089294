"""Joint operations and their accounts: plans, results, tolls, and what the account cannot say."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import Recorded
from tearline.facts.identifiers import OperationId
from tearline.facts.operations import OperationDeclared
from tearline.folds.account import Account, account, account_question
from tearline.web.harm import CountRow, count_rows
from tearline.web.names import Names, names_question
from tearline.web.oversight import ORGANISATIONS
from tearline.web.owed import VERDICTS_OPEN, OwedRow, owed_on, owed_row, owed_to_show
from tearline.web.parts import shown
from tearline.web.places import entry_of
from tearline.web.release.listing import Row
from tearline.web.show import Shown, label, plain
from tearline.web.tongue import Tongue
from tearline.web.visit import Visiting, absent

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    operation: str
    title: str
    telling: str | None
    meta: list[tuple[str, ...]]
    figures: list[tuple[str, str, str]]
    unsaid: list[str]
    planned: list[list[object]]
    posts: list[list[object]]
    training: list[list[object]]
    results: list[list[object]]
    tolls: list[list[object]]
    displaced: list[list[object]]
    claims: list[list[object]]
    earlier: list[list[object]]
    counts: list[CountRow]
    caveats: list[tuple[str, str, str]]
    rendered: list[tuple[str, str, str]]
    agreements: list[tuple[str, str]]
    owed: list[OwedRow]
    rests_on: str


@router.get("/operations")
def operations(visit: Visiting) -> Response:
    visit.own_side()
    say, registers = visit.say, visit.projections.registers()
    declared = list(registers.operations)
    names = Names(visit.read(ORGANISATIONS), say)

    def row(r: Recorded[OperationDeclared]) -> Row:
        rendered = r.fact.operation in registers.rendered
        return Row(
            title=r.fact.name,
            href=f"/operations/{r.fact.operation}",
            kind=say.telling(r.told.telling) if r.told else "",
            why=f"{r.fact.place} · {say.listed([names.organisation(o) for o in r.fact.organisations])}",
            tag=say("account rendered") if rendered else "",
            due="" if rendered else say("no account yet"),
        )

    live = shown([r for r in declared if r.told is None], visit.place("from"))
    told = [row(r) for r in declared if r.told is not None]
    return visit.page("operations/list.html", live=live.part(row), told=told)


@router.get("/operations/{operation}")
def one_operation(visit: Visiting) -> Response:
    visit.own_side()
    operation = OperationId(visit.identifier("operation"))
    protocols = dict(visit.node.protocols)
    known = visit.read(lambda so_far: account_question(so_far, operation) | names_question(so_far))
    said = account(known, operation)
    if said is None:
        raise absent()
    opened, _ = visit.node.gather(
        lambda so_far: (
            account_question(so_far, operation) | owed_on(so_far, protocols, {"operation": [operation]})
        ),
        VERDICTS_OPEN,
    )
    names = Names(known, visit.say)
    owed = [
        owed_row(visit.say, o, names, visit.now) for o in owed_to_show(visit, opened) if o.about == operation
    ]
    return visit.page("operations/operation.html", page=view(visit.say, said, names, owed))


def view(say: Tongue, said: Account, names: Names, owed: list[OwedRow]) -> OperationView:
    declared = said.operation
    fact = declared.fact
    return OperationView(
        operation=fact.operation,
        title=fact.name,
        telling=declared.told.telling if declared.told else None,
        meta=[
            (label(say, OperationDeclared, "organisations"), _listed(say, names, fact.organisations)),
            (label(say, OperationDeclared, "place"), fact.place),
            (label(say, OperationDeclared, "aim"), fact.aim),
            (say("Declared"), say.happened(declared)),
        ],
        figures=[
            (say.number(sum(len(m.posts) for m in said.posts)), say("posts in being"), ""),
            (say.number(len(said.results)), say("results counted"), _credited(say, said)),
            (say.number(len(said.tolls)), say("tolls recorded"), _harmed(say, said)),
        ],
        unsaid=[say(words) for words in said.cannot_say],
        planned=[
            [
                (say(p.measure.fact.measure), entry_of(p.measure)),
                names.organisation(p.measure.fact.organisation),
                p.measure.fact.as_said,
                say("not on record") if p.in_being is None else say.number(p.in_being),
            ]
            for p in said.planned
        ],
        posts=[
            [
                say(m.kind),
                names.organisation(m.organisation),
                len(m.posts),
                say.listed(sorted({p.fact.place for p in m.posts})),
            ]
            for m in said.posts
        ],
        training=[
            [
                (r.fact.module, entry_of(r)),
                names.unit(r.fact.unit).name,
                names.organisation(r.fact.instructors),
                r.fact.officers,
            ]
            for r in said.training
        ],
        results=_results(say, said, names),
        tolls=[
            [
                (say(r.fact.kind), entry_of(r)),
                r.fact.what,
                r.fact.killed,
                r.fact.injured,
                say(r.fact.retaliation),
            ]
            for r in said.tolls
        ],
        displaced=[
            [(say(r.fact.dimension), entry_of(r)), r.fact.what, r.fact.noted_by] for r in said.displacements
        ],
        claims=[[(r.fact.what, entry_of(r)), r.fact.claimed_by, say(r.fact.controls)] for r in said.claims],
        earlier=[
            [
                names.unit(e.unit.fact.unit).link(),
                say.happened(e.stood_down),
                "; ".join(f"{say(a.kind)} ({say(a.standing)})" for a in e.allegations) or "—",
            ]
            for e in said.earlier
        ],
        counts=count_rows(say, said.counts),
        caveats=[(r.fact.limit, names.organisation(r.fact.organisation), entry_of(r)) for r in said.caveats],
        rendered=[(r.fact.text, say.happened(r), entry_of(r)) for r in said.rendered],
        agreements=[(a.name, f"/agreements/{a.agreement}") for a in said.agreements],
        owed=owed,
        rests_on=declared.told.rests_on if declared.told else "",
    )


def _results(say: Tongue, said: Account, names: Names) -> list[list[object]]:
    """Each figure beside who counted it, for which days, and whether it is credited to the operation."""
    rows: list[list[object]] = []
    for r in said.results:
        days: Shown = "—"
        if r.fact.first_day or r.fact.last_day:
            days = f"{plain(say, r.fact.first_day)} – {plain(say, r.fact.last_day)}"
        rows.append(
            [
                (say(r.fact.kind), entry_of(r)),
                r.fact.as_said,
                names.organisation(r.fact.counted_by),
                days,
                say(r.fact.credit),
            ]
        )
    return rows


def _credited(say: Tongue, said: Account) -> str:
    credited = sum(r.fact.credit.value == "credited" for r in said.results)
    return say("%(n)s credited to the operation", n=say.number(credited))


def _harmed(say: Tongue, said: Account) -> str:
    killed = sum(r.fact.killed for r in said.tolls)
    injured = sum(r.fact.injured for r in said.tolls)
    return say(
        "%(killed)s killed, %(injured)s injured", killed=say.number(killed), injured=say.number(injured)
    )


def _listed(say: Tongue, names: Names, organisations: tuple[str, ...]) -> str:
    return say.listed([names.organisation(o) for o in organisations])
