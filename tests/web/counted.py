"""A site with a register: people reported by several bodies, compared, judged from the truth, and put together."""

from collections.abc import Sequence

from tearline.facts.casualties import CasualtiesEstimated, CountedScope
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import Harm, HarmReported
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import EstimateId, LabelId
from tearline.facts.linkage import Judgement, LinkageRun, PairJudged
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.casualties import EstimateCasualties, PublishFigures
from tearline.rooms.linkage import JudgePair, RunLinkage, TakeUpLinkage, TakingUp
from tests.registers import Register, register
from tests.web.world import actor

LINA, HUGO = actor(Role.LINKAGE_ANALYST), actor(Role.HARM_DESK)
REGISTER = register(seed=2, victims=60, prefix="practice")


def recorded(node: Node, facts: Sequence[Fact], by: Actor = HUGO) -> None:
    """As they are, past the rules of the rooms that would record them."""
    ledger, now = node.ledger, node.clock()
    drafts = [Draft(fact=fact, happened_at=now, by=by) for fact in facts]
    for n in range(0, len(drafts), 200):
        key = f"{ledger.size()}"
        ledger.append(drafts[n : n + 200], unless=None, after=ledger.size(), key=key)


def does(node: Node, command: Command, by: Actor = LINA) -> None:
    node.record(Order(command=command, by=by))


def compared(node: Node) -> LinkageRun:
    does(node, RunLinkage())
    return node.ledger.read(about(kinds=(LinkageRun,)), opening=RunLinkage.opens).of(LinkageRun)[-1].fact


def judged_from(node: Node, known: Register, most: int = 40) -> int:
    """The doubtful pairs of the last comparison, as the truth has it; how many."""
    run = compared(node)
    pairs = run.doubtful.open()[:most]
    for pair in pairs:
        how = Judgement.SAME if known.same(pair.a, pair.b) else Judgement.DIFFERENT
        said = PairJudged(
            label=LabelId(f"{pair.a}.{pair.b}"), a=pair.a, b=pair.b, judgement=how, reason=Sealed(None)
        )
        does(node, JudgePair(said))
    return len(pairs)


def put_together(node: Node, known: Register) -> LinkageRun:
    judged_from(node, known)
    run = compared(node)
    does(node, TakeUpLinkage(TakingUp(linkage=run.linkage)))
    return run


def scope_of(known: Register) -> CountedScope:
    days = [f.first_day for f in known.facts if isinstance(f, HarmReported) and f.first_day]
    return CountedScope(
        unit="people who disappeared",
        area="the eight places of a made register",
        first_day=min(days),
        last_day=max(days),
        harm=Harm.DISAPPEARED,
    )


def estimated(node: Node, scope: CountedScope, *, varied: bool = True) -> EstimateId:
    does(node, EstimateCasualties(scope, varied=varied))
    return node.ledger.read(about(kinds=(CasualtiesEstimated,))).of(CasualtiesEstimated)[-1].fact.estimate


def published(node: Node, estimate: EstimateId) -> None:
    does(node, PublishFigures(estimate), HUGO)
