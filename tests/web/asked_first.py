"""The fictional case in which something leaked, and an investigation that has figured whom to ask first."""

from pathlib import Path

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import CompromiseId, InvestigationId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, InvestigationOpened, Sureness
from tearline.jobs.cases import load_case
from tearline.node import Node, Order, make_node
from tearline.rooms.leaks.attribution import AttributeLeak
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tests.web.world import Clock

CASE = Path(__file__).parents[2] / "cases" / "practice.yaml"


def asked_first(folder: Path) -> tuple[Node, str]:
    """The node, and the address of the investigation's page."""
    clock = Clock()
    node = make_node(folder / "node", origin="pages.invalid/t", demo=True, clock=clock)
    load_case(node, CASE, now=clock())
    leak, inquiry = CompromiseId("quay-known"), InvestigationId("quay-inquiry")
    item = ItemId("practice.quay-times")
    clock.move(days=20)
    by = {
        role: Actor(PersonId(f"practice.{role.value}"), role) for role in (Role.HARM_DESK, Role.INVESTIGATOR)
    }
    reported = CompromiseReported(
        compromise=leak, item=item, sure=Sureness.CONFIRMED, seen=Sealed("on a radio")
    )
    node.record(Order(command=ReportCompromise(reported), by=by[Role.HARM_DESK]))
    opened = InvestigationOpened(
        investigation=inquiry,
        compromise=leak,
        item=item,
        investigators=(by[Role.INVESTIGATOR].person,),
        remit=Sealed("how it came to be known"),
    )
    node.record(Order(command=OpenInvestigation(opened), by=by[Role.INVESTIGATOR]))
    node.record(Order(command=AttributeLeak(inquiry), by=by[Role.INVESTIGATOR]))
    return node, f"/investigations/{inquiry}"
