"""A register of harm from a table to a public number: who is who, how many, and consent that is taken back.

The register is made (``bench/registers.py``): no person in it is real, and it is known who is who.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bench.registers import Made, made
from tearline.facts.casualties import CasualtiesEstimated, CountedScope, HarmPublished
from tearline.facts.fact import Compartment
from tearline.facts.harm import Harm
from tearline.facts.history import Role, about
from tearline.facts.identifiers import EstimateId, ReportId, VictimId
from tearline.facts.linkage import LinkageRun
from tearline.facts.register import ConsentWithdrawn, VictimReported
from tearline.folds.counting import scoped
from tearline.folds.linking import QUESTION
from tearline.formats.register.reading import Stated
from tearline.jobs.register.taking_in import take_in
from tearline.node import Node, make_node
from tearline.rooms.casualties import EstimateCasualties, PublishFigures
from tearline.rooms.linkage import RunLinkage, TakeUpLinkage, TakingUp
from tearline.rooms.register.consent import WithdrawConsent
from tearline.web.app import create_app
from tests.nodes import Clock
from tests.web.conftest import HERE
from tests.web.counted import HUGO, LINA, compared, does, estimated

VICTIMS = frozenset({Compartment.VICTIMS})
ASKED = {
    "relatives": "relative",
    "support": "support-group",
    "court": "court",
    "press": "press",
    "police": "official",
}
SCOPE = CountedScope(
    unit="people who disappeared, in a made register",
    area="eight places that are nowhere",
    first_day=date(2010, 12, 1),
    last_day=date(2012, 1, 31),
    harm=Harm.DISAPPEARED,
)


@dataclass(frozen=True, kw_only=True)
class Site:
    node: Node
    known: Made

    def same(self, a: VictimId, b: VictimId) -> bool:
        """What is true of these two, which nobody on the site knows."""
        named = {
            r.fact.victim: r.fact.report
            for r in self.node.ledger.read(about(kinds=(VictimReported,))).of(VictimReported)
        }
        number = {
            f"made-{r.report_id}": int(p) for r, p in zip(self.known.reports, self.known.person, strict=True)
        }
        return number[named[a]] == number[named[b]]

    def visitor(self, role: Role | None, language: str = "en") -> TestClient:
        cookies = {"language": language} | ({"identity": role.value} if role else {})
        app = create_app(self.node, demo=True)
        return TestClient(
            app, base_url="http://localhost", cookies=cookies, client=HERE, follow_redirects=False
        )

    def run(self) -> LinkageRun:
        return self.node.ledger.read(about(kinds=(LinkageRun,)), opening=VICTIMS).of(LinkageRun)[-1].fact

    def estimate(self) -> CasualtiesEstimated:
        return self.node.ledger.read(about(kinds=(CasualtiesEstimated,))).of(CasualtiesEstimated)[-1].fact


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    node = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True, clock=Clock())
    yield Site(node=node, known=made(seed=2, victims=150))
    node.ledger.check()
    node.ledger.close()


def table(known: Made) -> bytes:
    """As a body would send it: a row a report, and what those said who were asked."""
    out = io.StringIO()
    heads = [
        "report_id",
        "source",
        "source_class",
        "given_names",
        "paternal_surname",
        "maternal_surname",
        "age",
    ]
    heads += ["date", "place", "consent", "consent_shared", "consent_public_name", "consent_how"]
    rows = csv.writer(out)
    rows.writerow(heads)
    for one in known.reports:
        asked = one.source in ("relatives", "support")
        consent = ("count;help", "own", "no", "said so to the harm desk") if asked else ("", "", "", "")
        names = (one.given_names, one.paternal_surname, one.maternal_surname)
        rest = ("" if cell is None else str(cell) for cell in (one.age, one.date))
        rows.writerow([one.report_id, one.source, ASKED[one.source], *names, *rest, one.place, *consent])
    return out.getvalue().encode()


def judge(site: Site, client: TestClient) -> int:
    """Look at each doubtful pair side by side and say what is true of it; how many were judged."""
    judged = 0
    for pair in site.run().doubtful.open():
        address = f"/harm/linkage/review?a={pair.a}&b={pair.b}"
        if judged == 0:  # on the page, as a person would; the rest by the same form
            page = client.get(address).text
            assert "One person, or two?" in page
            assert "differs" in page or "only one says" in page
        how = "same" if site.same(pair.a, pair.b) else "different"
        sent = client.post(address, data={"key": f"{pair.a}-{pair.b}", "judgement": how, "reason": ""})
        judged += sent.status_code == 303
    return judged


def test_from_a_table_to_a_public_number_and_consent_that_is_taken_back(site: Site) -> None:
    node, known = site.node, site.known

    # Taken in: every report, and a consent where somebody was asked.
    stated = Stated(cells={"harm": "disappeared"}, before="made-", listed=True)
    judged, _ = take_in(node, table(known), file="made.csv", stated=stated, by=HUGO)
    assert (judged.reports, judged.people) == (len(known.reports), len(known.reports))

    # Linked: compared, judged side by side, compared again, and taken up.
    run = compared(node)
    assert run.reported == len(known.reports)
    assert judge(site, site.visitor(Role.LINKAGE_ANALYST)) >= 10
    assert compared(node).judged >= 10
    does(node, TakeUpLinkage(TakingUp(linkage=site.run().linkage)))
    true = len(set(known.person.tolist()))
    assert abs(site.run().people - true) <= 0.05 * true

    # Counted: documented first, and how many in all with its interval, which holds the truth here.
    first = estimated(node, SCOPE, varied=False)
    fact = site.estimate()
    assert fact.refused == ()
    assert fact.median is not None
    assert fact.low is not None
    assert fact.high is not None
    assert fact.documented_low <= fact.documented + 0.05 * true
    assert fact.documented < fact.median
    assert fact.low <= known.victims <= fact.high

    # Public: by another person, and to anybody, in both languages.
    does(node, PublishFigures(first), HUGO)
    page = site.visitor(None).get("/public/harm").text
    assert f"<b>{fact.documented}</b>" in page
    assert "eight places that are nowhere" in page
    assert "no figure" not in page.lower()
    assert "Cuántas personas sufrieron daño" in site.visitor(None, "es").get("/public/harm").text
    assert not any(one.given_names in page for one in known.reports if " " in one.given_names)

    # Consent is taken back: the estimate no longer stands, on every page where it does.
    gone = next(r for r in known.reports if r.source == "relatives" and r.date)
    taken = ConsentWithdrawn(report=ReportId(f"made-{gone.report_id}"))
    does(node, WithdrawConsent(taken), HUGO)
    assert "Superseded" in site.visitor(Role.OVERSEER).get(f"/harm/estimates/{first}").text
    assert "Superseded" in site.visitor(None).get("/public/harm").text
    assert "Superada" in site.visitor(None, "es").get("/public/harm").text

    # Estimated anew, without it.
    second = estimated(node, SCOPE, varied=False)
    anew = site.estimate()
    assert anew.reported == fact.reported - 1
    assert "Superseded" not in site.visitor(Role.OVERSEER).get(f"/harm/estimates/{second}").text
    _public_again(site, fact, anew, second)


def _public_again(
    site: Site, before: CasualtiesEstimated, now: CasualtiesEstimated, name: EstimateId
) -> None:
    """The new number is public where nothing can be worked out of both; else it waits, and the old one is marked."""
    known = site.node.ledger.read(QUESTION, opening=VICTIMS)
    within = scoped(known, SCOPE, site.node.clock().date())
    assert within.documented(within.standing) == now.documented
    fewer = before.documented - now.documented
    answer = site.visitor(Role.HARM_DESK).post(f"/harm/estimates/{name}/publish", data={"key": "k" * 24})
    published = site.node.ledger.read(about(kinds=(HarmPublished,))).of(HarmPublished)
    if fewer == 0:
        assert answer.status_code == 303
        assert published[-1].fact.estimate == name
        assert "Superseded" not in site.visitor(None).get("/public/harm").text
    else:
        assert (fewer, answer.status_code) == (1, 409)
        assert "Superseded" in site.visitor(None).get("/public/harm").text


def test_whoever_links_sees_nothing_of_who_reported(site: Site) -> None:
    stated = Stated(cells={"harm": "disappeared"}, before="made-", listed=True)
    take_in(site.node, table(made(seed=4, victims=8)), file="made.csv", stated=stated, by=HUGO)
    does(site.node, RunLinkage(), LINA)
    client = site.visitor(Role.LINKAGE_ANALYST)
    named = site.node.ledger.read(about(kinds=(VictimReported,))).of(VictimReported)[0].fact.victim
    for path in ("/harm/linkage", "/harm/linkage/review", f"/harm/linkage/people/{named}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "said so to the harm desk" not in page.text
    assert EstimateCasualties.opens == VICTIMS
