"""The outside door: anyone reports harm, and follows it by a code that is shown once; and nobody is remembered."""

import html
import json
import re
import secrets
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from httpx2 import Response
from prometheus_client import generate_latest
from starlette.testclient import TestClient

from tearline.config import Outside, Site
from tearline.facts.errors import Broken
from tearline.facts.fact import Compartment
from tearline.facts.harm import HarmReported
from tearline.facts.history import Precision, Role, about
from tearline.facts.outside import OutsideReportTaken, ReportReceivedOutside
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, Purpose
from tearline.facts.words import Words
from tearline.folds.held import ITSELF
from tearline.folds.outside import QUESTION
from tearline.folds.register import Reported, reports_of
from tearline.node import make_node
from tearline.signin.receipt import receipt_of, shown, typed
from tearline.web.app import create_app
from tearline.web.outside.limits import OutsideLimits, Sent
from tearline.web.outside.made import SECONDS, JustMade
from tearline.web.policy import PEOPLE
from tests.api.conftest import Caller
from tests.api.test_document import validator
from tests.cli.test_serve import serving
from tests.web.conftest import BASE, opened, visitor
from tests.web.test_purged_pages import purge
from tests.web.world import World

ACCOUNT = "They took my brother from the bridge before dawn.\nHe wore a blue jacket."
REGISTER = about(kinds=(HarmReported, OutsideReportTaken, ConsentGiven, ConsentWithdrawn))
ANSWER = "We have asked at the hospitals."
CODE = re.compile(r'<code id="code">([0-9A-Z-]{19})</code>')
KEY = re.compile(r'name="key" value="([^"]+)"')


def someone(world: World, address: str = "203.0.113.7", language: str = "en") -> TestClient:
    """Somebody without an account, at this address."""
    world.site = world.site or create_app(world.node, demo=True)
    return TestClient(
        world.site, base_url=BASE, headers={"accept-language": language}, client=(address, 50_000)
    )


def form(**changed: str) -> dict[str, object]:
    return {
        "key": secrets.token_urlsafe(18),
        "language": "en",
        "account": ACCOUNT,
        "wish": "by-code",
        "consents": ["count", "help"],
        **changed,
    }


def code_of(answer: Response) -> str:
    found = CODE.search(answer.text)
    assert found, answer.text
    return found[1]


def reported(world: World, **changed: str) -> str:
    """Report harm; the code."""
    answer = someone(world).post("/report", data=form(**changed))
    assert answer.status_code == 200
    return code_of(answer)


def follow(world: World, code: str, path: str = "/report/follow", **more: str) -> Response:
    given = {"code": code, "language": "en", "key": secrets.token_urlsafe(18), **more}
    return someone(world).post(path, data=given)


def on_record(world: World) -> list[ReportReceivedOutside]:
    opening = frozenset({Compartment.WITNESSES})
    read = world.node.ledger.read(about(kinds=(ReportReceivedOutside,)), opening=opening)
    return [r.fact for r in read.of(ReportReceivedOutside)]


def registered(world: World) -> list[Reported]:
    """What the register holds of what came from outside."""
    known = world.node.ledger.read(REGISTER)
    reports = reports_of(known)
    return [reports[r.fact.report] for r in known.of(OutsideReportTaken)]


def desk_page(world: World) -> str:
    (report,) = on_record(world)
    return f"/harm/outside/{report.outside}"


def send(world: World, path: str, **fields: str) -> None:
    answer = visitor(world, Role.HARM_DESK).post(path, data={"key": secrets.token_hex(8), **fields})
    assert answer.status_code == 303, answer.text


# From the report to its end


def test_a_report_goes_in_is_answered_taken_up_and_withdrawn_by_its_code(world: World) -> None:
    code = reported(world)
    there, desk = desk_page(world), visitor(world, Role.HARM_DESK)
    assert "has not answered yet" in follow(world, code).text
    assert there in desk.get("/harm/outside").text
    assert ACCOUNT.splitlines()[0] not in desk.get(there).text
    page = opened(desk, there, "To answer them.").get(there).text
    assert all(line in page for line in ACCOUNT.splitlines())
    send(world, f"{there}/answer", answer=ANSWER)
    assert ANSWER in follow(world, code).text
    assert "Nothing waits" in desk.get("/harm/outside").text

    assert "We have what you added." in follow(world, code, "/report/follow/more", more="A blue lorry").text
    assert "Nothing waits" not in desk.get("/harm/outside").text
    assert "A blue lorry" in desk.get(there).text

    offered = html.unescape(desk.get(f"{there}/take-up").text)
    assert ACCOUNT.splitlines()[1] in re.findall(r"<textarea[^>]*>([^<]*)", offered)[0]
    taken = {"harm": "disappeared", "least": "1", "place": "The bridge", "account": ACCOUNT}
    taken |= {"source_class": "relative", "source": "outside", "reliability": "F", "credibility": "6"}
    taken |= {"risk": "high", "method": "online"}
    send(world, f"{there}/take-up", **taken)
    (made,) = registered(world)
    assert made.may(Purpose.COUNT, world.clock().date())
    assert made.may(Purpose.HELP, world.clock().date())
    assert not made.may(Purpose.INQUIRY, world.clock().date())
    assert "register of harm" in follow(world, code).text

    send(world, f"{there}/close", reason="We found nothing more.", elsewhere="The search commission")
    closed = follow(world, code).text
    assert "We found nothing more." in closed
    assert "The search commission" in closed

    gone = follow(world, code, "/report/follow/withdraw", sure="yes", erase="yes").text
    assert "Nothing more is made of your report." in gone
    assert "Add something" not in gone
    (made,) = registered(world)
    assert not made.may(Purpose.COUNT, world.clock().date())
    page = desk.get(there).text
    assert "Consent was withdrawn" in page
    assert "two people purge" in page
    assert desk.get(f"{there}/take-up").status_code == 404
    world.node.ledger.check()


def test_a_report_of_a_person_stands_with_what_they_agreed_to_and_of_the_day_alone(world: World) -> None:
    code = reported(world, whom="Luz", when="in March", where="the bridge", contact="")
    (fact,) = on_record(world)
    assert (fact.account.open(), fact.whom.open(), fact.contact.open()) == (ACCOUNT, "Luz", None)
    assert [one.value for one in fact.consents] == ["count", "help"]
    plain = typed(code)
    assert plain is not None
    assert fact.receipt == receipt_of(plain, world.node.ledger.vkey.name)
    (recorded,) = world.node.ledger.read(QUESTION)
    assert (recorded.by, recorded.precision) == (ITSELF, Precision.DAY)
    assert recorded.happened_at.time().isoformat() == "00:00:00"


def test_whoever_agrees_to_nothing_reports_all_the_same(world: World) -> None:
    given = form()
    del given["consents"]
    assert CODE.search(someone(world).post("/report", data=given).text)
    assert on_record(world)[0].consents == ()


def test_everyone_is_spoken_to_in_their_language_without_a_cookie(world: World) -> None:
    client = someone(world, language="es-MX")
    page = client.get("/report")
    assert "Cuéntenos qué pasó" in page.text
    assert "Tell us what happened" in client.get("/report?language=en").text
    sent = client.post("/report", data=form(language="es"))
    assert "Su informe llegó" in sent.text
    assert on_record(world)[0].language.value == "es"
    for answer in (page, sent):
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text


def test_an_officer_who_is_signed_in_is_nobody_at_the_outside_door(world: World) -> None:
    for role in (Role.HARM_DESK, Role.ADMINISTRATOR):
        page = visitor(world, role).get("/report").text
        assert "/releases" not in page
        assert "You are acting as" not in page


# The code


def test_the_code_is_shown_once_and_never_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given = form()
    client = someone(world)
    code = code_of(client.post("/report", data=given))
    assert code_of(client.post("/report", data=given)) == code  # pressed twice
    assert world.site is not None
    monkeypatch.setattr(world.site.state.outside.made, "_clock", lambda: 1e12)
    again = client.post("/report", data=given)
    assert "It came in before" in again.text
    assert code not in again.text
    assert len(on_record(world)) == 1
    assert code not in client.get("/report").text


def test_two_reports_at_once_are_two_and_one_that_is_sent_twice_at_once_is_one(world: World) -> None:
    clients, barrier = [someone(world) for _ in range(4)], threading.Barrier(4)
    twice = form()

    def post(n: int) -> str:
        barrier.wait()
        return code_of(clients[n].post("/report", data=twice if n < 2 else form(account=f"{ACCOUNT} {n}")))

    with ThreadPoolExecutor(4) as pool:
        one, same, *others = pool.map(post, range(4))
    assert one == same
    assert len({one, *others}) == len(on_record(world)) == 3
    assert all("Your report" in follow(world, code).text for code in (one, *others))


@pytest.mark.parametrize("at", [0, 3, 5, 18])
def test_a_flipped_character_of_a_code_finds_nothing(world: World, at: int) -> None:
    code = reported(world)
    other = code[:at] + ("7" if code[at] != "7" else "8") + code[at + 1 :]
    answer = follow(world, other)
    assert answer.status_code == 422
    assert "There is no report with this code" in answer.text


def test_a_code_is_read_however_it_is_typed() -> None:
    code = "01AB-CDEF-GHJK-MNPQ"
    for written in (
        "o1ab cdef ghjk mnpq",
        "OIABCDEFGHJKMNPQ",
        " 0lab-cdef-ghjk-mnpq ",
        "01AB.CDEF.GHJK.MNPQ",
    ):
        assert shown(typed(written) or "") == code
    for none in ("", "01AB-CDEF-GHJK", "01AB-CDEF-GHJK-MNPU", "01AB-CDEF-GHJK-MNPQR", "A" * 10_000):
        assert typed(none) is None


def test_a_code_of_one_node_is_worth_nothing_at_another() -> None:
    assert receipt_of("A" * 16, "agency.example/one") != receipt_of("A" * 16, "agency.example/two")


def test_whoever_has_the_code_does_not_read_what_was_reported(world: World) -> None:
    code = reported(world, whom="Luz")
    follow(world, code, "/report/follow/more", more="A blue lorry")
    page = follow(world, code).text
    assert not any(said in page for said in (*ACCOUNT.splitlines(), "Luz", "A blue lorry"))


# Refused, and nothing lost


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": " "}, "Write what happened."),
        ({"account": "ñ" * 20_001}, "at most 20,000"),
        ({"account": "a\x07b"}, "without control characters"),
        ({"wish": ""}, "Choose how you want to hear"),
        ({"wish": "shout"}, "Choose how you want to hear"),
        ({"wish": "contact"}, "Write how we can reach you"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    world: World, changed: Mapping[str, str], said: str
) -> None:
    answer = someone(world).post("/report", data=form(whom="Luz & Ana", **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Luz &amp; Ana" in answer.text
    kept = changed.get("account", ACCOUNT).strip()
    assert kept in html.unescape(answer.text).replace("\r", "")
    assert 'value="count" checked' in answer.text
    assert not on_record(world)


def test_a_node_that_cannot_record_keeps_nothing_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = someone(world)
    for fault in (TimeoutError("busy"), Broken("a proof")):

        def fails(*_: object, fault: Exception = fault, **__: object) -> None:
            raise fault

        monkeypatch.setattr(world.node, "record", fails)
        answer = client.post("/report", data=form())
        assert answer.status_code == 503
        assert ACCOUNT.splitlines()[1] in answer.text
        assert not CODE.search(answer.text)
    assert not on_record(world)


def test_too_many_reports_of_one_address_wait_and_lose_nothing(world: World) -> None:
    for _ in range(Sent.REPORT.each):
        assert someone(world).post("/report", data=form()).status_code == 200
    answer = someone(world).post("/report", data=form())
    assert answer.status_code == 429
    assert ACCOUNT.splitlines()[1] in answer.text
    assert "Too much came at once" in answer.text
    assert len(on_record(world)) == Sent.REPORT.each
    assert someone(world, "203.0.113.8").post("/report", data=form()).status_code == 200


def test_wrong_codes_are_limited_and_a_good_code_elsewhere_is_not(world: World) -> None:
    code = reported(world)
    for n in range(Sent.WRONG_CODE.each):
        assert follow(world, f"{n:016}").status_code == 422
    assert follow(world, "7" * 16).status_code == 429
    waits = follow(world, code)
    assert waits.status_code == 429
    assert code in waits.text
    elsewhere = someone(world, "203.0.113.8").post("/report/follow", data={"code": code})
    assert elsewhere.status_code == 200


def test_what_was_to_be_added_is_not_lost_when_the_code_is_refused(world: World) -> None:
    answer = follow(world, "7" * 16, "/report/follow/more", more="A blue lorry")
    assert answer.status_code == 422
    assert "A blue lorry" in answer.text


def test_withdrawing_takes_a_tick_and_happens_once(world: World) -> None:
    code = reported(world)
    assert follow(world, code, "/report/follow/withdraw").status_code == 422
    assert follow(world, code, "/report/follow/withdraw", sure="yes").status_code == 200
    assert follow(world, code, "/report/follow/withdraw", sure="yes").status_code == 409
    assert follow(world, code, "/report/follow/more", more="after all").status_code == 409


def test_what_is_much_too_long_is_not_even_read(world: World) -> None:
    for path, size in (
        ("/report/follow", 70_000),
        ("/report/follow/withdraw", 70_000),
        ("/report", 2_000_000),
    ):
        assert someone(world).post(path, data={"code": "x" * size}).status_code == 413


def test_another_sites_page_reports_nothing(world: World) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.invalid"}):
        for path in ("/report", "/report/follow", "/report/follow/more", "/report/follow/withdraw"):
            assert someone(world).post(path, data=form(), headers=headers).status_code == 403
    assert not on_record(world)


# Limits keep no address


Waiting = list[tuple[float, Callable[[], None]]]


def test_counts_and_the_key_that_hides_addresses_go_together_when_their_window_ends() -> None:
    """Whether or not anybody comes by then."""
    now, waits = [0.0], Waiting()
    limits = OutsideLimits(lambda: now[0], lambda seconds, do: waits.append((seconds, do)))
    for _ in range(Sent.REPORT.each):
        limits.count(Sent.REPORT, "203.0.113.7")
    before = limits._windows[Sent.REPORT]
    assert before.place("203.0.113.7") in before.counts
    assert "203.0.113.7" not in repr(vars(before))
    ((seconds, forget),) = waits
    now[0] = seconds
    forget()
    assert seconds == Sent.REPORT.seconds
    assert not limits._windows
    limits.check(Sent.REPORT, "203.0.113.7")
    limits.count(Sent.REPORT, "203.0.113.7")
    assert limits._windows[Sent.REPORT].place("203.0.113.7") != before.place("203.0.113.7")


def test_all_together_are_limited_and_this_machine_only_so() -> None:
    limits = OutsideLimits(lambda: 0.0)
    most = Sent.REPORT.of_all
    assert most is not None
    for n in range(most):
        limits.check(Sent.REPORT, "127.0.0.1")
        limits.count(Sent.REPORT, "127.0.0.1")
        assert n < most
    with pytest.raises(Exception, match="too often; again in 3600 s"):
        limits.check(Sent.REPORT, "203.0.113.7")


def test_a_code_that_was_just_made_is_forgotten() -> None:
    now, waits = [0.0], Waiting()
    made = JustMade(lambda: now[0], lambda seconds, do: waits.append((seconds, do)))
    code = made.of("a form")
    assert made.still("a form") == made.of("a form") == code
    assert made.of("another") != code
    assert [seconds for seconds, _ in waits] == [SECONDS, SECONDS]
    now[0] = SECONDS
    waits[0][1]()
    assert not made._held
    assert made.still("a form") is None


# Nothing of who came


def test_a_real_process_writes_nothing_of_who_came_or_what_they_sent(tmp_path: Path) -> None:
    """Neither to its log nor into any file of the node; what is not theirs is logged as ever."""
    data = tmp_path / "node"
    make_node(data, origin="pages.invalid/tearline", demo=True).close()
    with serving(data, "--log-format", "json") as process:
        transport = httpx2.HTTPTransport(local_address="127.0.0.9")
        headers = {"user-agent": "a-telltale-browser", "accept-language": "en"}
        base = f"http://127.0.0.1:{process.port}"
        with httpx2.Client(base_url=base, headers=headers, transport=transport, timeout=60) as client:
            assert client.get("/report").status_code == 200
            code = code_of(client.post("/report", data=form(contact="the priest of the upper village")))
            for path, more in (("/report/follow", {}), ("/report/follow/more", {"more": "A lorry"})):
                assert client.post(path, data={"code": code, **more}).status_code == 200
            for path, sent, status in (
                ("/report/follow", {"code": "7" * 16}, 422),
                ("/report", form(wish=""), 422),
                ("/report/nothing", form(), 404),
            ):
                assert client.post(path, data=sent).status_code == status
            elsewhere = {"sec-fetch-site": "cross-site"}
            assert client.post("/report", data=form(), headers=elsewhere).status_code == 403
            assert client.get("/nothing-here").status_code == 404
        process.process.send_signal(signal.SIGTERM)
        _, lines = process.wait()
    written = "\n".join((process.first, *lines))
    events = [json.loads(line) for line in lines]
    assert [e["route"] for e in events if e["event"] == "request"] == ["unrouted"]
    held = {file: file.read_bytes() for file in data.rglob("*") if file.is_file()}
    telltale = (code, typed(code) or "", "127.0.0.9", "telltale", "blue jacket", "upper village", "lorry")
    for said in telltale:
        assert said not in written
        assert not [file for file, text in held.items() if said.encode() in text], said
    assert "/report" not in written


def test_nothing_of_the_outside_door_is_counted_in_the_figures(world: World) -> None:
    reported(world)
    site = world.site
    assert site is not None
    assert b"/report" not in generate_latest(site.state.metrics.registry)


# Who sees what behind it


def test_the_overseer_sees_how_long_they_wait_and_nothing_that_they_say(world: World) -> None:
    reported(world, whom="Luz")
    there, overseer = desk_page(world), visitor(world, Role.OVERSEER)
    world.clock.move(days=9)
    page = overseer.get("/harm/outside").text
    assert "overdue by 2 days" in page
    assert there not in page
    assert ACCOUNT.splitlines()[0] not in page
    assert overseer.get(there).status_code == 404
    assert "A report from outside" in overseer.get("/").text
    assert "From outside" in visitor(world, Role.HARM_DESK).get("/").text


def test_nobody_else_has_the_pages_on_which_they_are_answered(world: World) -> None:
    reported(world)
    there = desk_page(world)
    for role in PEOPLE - {Role.HARM_DESK, Role.OVERSEER}:
        client = visitor(world, role)
        for path in ("/harm/outside", there, f"{there}/answer"):
            assert client.get(path).status_code == 404


def test_programs_of_the_desk_and_of_the_overseer_are_told_the_same(world: World) -> None:
    reported(world, whom="Luz")
    (report,) = on_record(world)
    for role, name in ((Role.HARM_DESK, report.outside), (Role.OVERSEER, None)):
        told = Caller(visitor(world), role).get("/outside")
        assert list(validator("FromOutside").iter_errors(told.json())) == []
        assert [one["outside"] for one in told.json()["waiting"]] == [name]
    one = Caller(visitor(world), Role.HARM_DESK).get(f"/outside/{report.outside}")
    assert list(validator("OneFromOutside").iter_errors(one.json())) == []
    assert "Luz" not in one.text  # nobody has said why they read it
    assert Caller(visitor(world), Role.OVERSEER).get(f"/outside/{report.outside}").status_code == 404


def test_a_report_that_agreed_to_no_register_is_not_taken_up(world: World) -> None:
    someone(world).post("/report", data={**form(), "consents": ["help"]})
    there, desk = desk_page(world), visitor(world, Role.HARM_DESK)
    assert "cannot be taken up" in desk.get(there).text
    assert desk.get(f"{there}/take-up").status_code == 404


def test_a_report_that_was_purged_says_so_and_can_still_be_answered(world: World) -> None:
    code = reported(world, whom="Luz")
    there = desk_page(world)
    send(world, f"{there}/answer", answer=ANSWER)
    purge(world, ReportReceivedOutside)
    desk = opened(visitor(world, Role.HARM_DESK), there, "To answer them.")
    page = desk.get(there).text
    assert "purged" in page
    assert "Luz" not in page
    assert ANSWER in follow(world, code).text
    world.node.ledger.check()


# Where it is open at all


def test_what_an_onion_service_passes_on_is_served_and_counted_together_alone(world: World) -> None:
    site = Site(
        address="https://node.agency.example",
        proxies=("127.0.0.1",),
        outside=Outside(desk=Words("A desk", "Una mesa")),
    )
    passed = {"host": "node.agency.example", "origin": "https://node.agency.example"}
    passed |= {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}
    app = create_app(world.node, demo=False, site=site)
    client = TestClient(app, base_url="http://127.0.0.1:8080", headers=passed, client=("127.0.0.1", 50_000))
    for _ in range(Sent.WRONG_CODE.each + 1):
        assert client.post("/report/follow", data={"code": "7" * 16}).status_code == 422
    code = code_of(client.post("/report", data=form()))
    assert client.post("/report/follow", data={"code": code}).status_code == 200
    # Of those who come by the public address each has a count of their own.
    headers = {"x-forwarded-for": "203.0.113.9"}
    answers = [
        client.post("/report/follow", data={"code": "7" * 16}, headers=headers).status_code
        for _ in range(Sent.WRONG_CODE.each + 1)
    ]
    assert answers == [422] * Sent.WRONG_CODE.each + [429]


def test_a_node_that_is_not_told_to_has_no_outside_door(world: World) -> None:
    shut = TestClient(create_app(world.node, demo=False), base_url=BASE, follow_redirects=False)
    for path in ("/report", "/report/follow"):
        assert shut.get(path).status_code == 404
    told = Site(outside=Outside(desk=Words("The victims' desk", "La mesa de víctimas"), answer_days=3))
    door = TestClient(create_app(world.node, demo=False, site=told), base_url=BASE, follow_redirects=False)
    page = html.unescape(door.get("/report").text)
    assert "The victims' desk answers within 3 days." in page
