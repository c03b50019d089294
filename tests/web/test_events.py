"""What a node writes down of itself says what happened and where, and never what anybody sent or what it holds."""

import ast
import io
import json
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

import tearline
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.history import Role
from tearline.facts.words import Words
from tearline.web.app import create_app
from tearline.web.events import LogFormat, place_of, tell, writing_events
from tests.web.conftest import BASE, visitor
from tests.web.routes import filled, routes_of
from tests.web.world import World

SECRET = "qx-the-source-is-cousin-of-the-boss"
FAULTS: list[Exception] = [
    LookupError(SECRET),
    OSError(28, SECRET, SECRET),
    Broken(SECRET),
    Malformed(SECRET, SECRET, SECRET),
    Refused("two-signers", Words(SECRET, SECRET), (SECRET,)),
    TimeoutError(SECRET),
]


class Written:
    """What was written within a block."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    held = Written()
    with writing_events(LogFormat.JSON, stream=held.stream):
        yield held


class Faulty:
    """Stands where the node does: whatever is asked of it fails, with words that must not be repeated."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> object:
        raise self._error


@pytest.mark.parametrize("fault", FAULTS, ids=lambda e: type(e).__name__)
def test_no_secret_reaches_the_log_from_any_field_of_any_route(
    still: World, written: Written, fault: Exception
) -> None:
    app = create_app(still.node, demo=True)
    cookies = {"identity": Role.CASE_AGENT.value, "language": SECRET, SECRET: SECRET}
    headers = {"x-request-id": SECRET, "user-agent": SECRET, "referer": f"{BASE}/{SECRET}", "x-a": SECRET}
    app.state.node = Faulty(fault)
    client = TestClient(
        app, base_url=BASE, cookies=cookies, follow_redirects=False, raise_server_exceptions=False
    )
    statuses = set()
    for n, (template, methods) in enumerate(routes_of(app)):
        path = filled(template, SECRET)
        for method in sorted(methods | ({"BREW"} if n % 8 == 0 else set())):
            form = {SECRET: SECRET, "key": SECRET} if method == "POST" else None
            answer = client.request(
                method, path, params={"q": SECRET, SECRET: "1"}, headers=headers, data=form
            )
            statuses.add(answer.status_code)
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
    assert {404, 405} < statuses
    assert SECRET not in written.text
    assert quote(SECRET) not in written.text
    told = {(e["route"], e["status"]) for e in written.events if e["event"] == "request"}
    assert len({route for route, _ in told}) > 50
    assert all(isinstance(s, int) for _, s in told)


def test_hosts_bodies_and_cross_site_posts_leave_nothing_in_the_log(still: World, written: Written) -> None:
    client = visitor(still, Role.CASE_AGENT)
    assert client.get("/", headers={"host": f"{SECRET}.invalid"}).status_code == 400
    assert client.post(f"/{SECRET}", headers={"origin": f"https://{SECRET}.invalid"}).status_code == 403
    assert client.post("/items/x/dissent", content=SECRET * 4000).status_code == 413
    assert client.get(f"/static/{SECRET}").status_code == 404
    assert client.get(f"/%00{SECRET}?{SECRET}").status_code == 404
    assert SECRET not in written.text
    assert [(e["route"], e["status"]) for e in written.events] == [
        ("unrouted", 400),
        ("unrouted", 403),
        ("/items/{item}/dissent", 413),
        ("/static", 404),
        ("unrouted", 404),
    ]


def test_an_event_of_a_request_says_template_status_time_and_id(still: World, written: Written) -> None:
    answer = visitor(still, Role.OVERSEER).get("/items/practice.item-1?recorded=5")
    (event,) = written.events
    assert event["event"] == "request"
    assert event["level"] == "info"
    assert (event["route"], event["method"], event["status"]) == ("/items/{item}", "GET", answer.status_code)
    assert event["request_id"] == answer.headers["x-request-id"]
    assert isinstance(event["milliseconds"], float)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(event["time"]))


def test_a_fault_is_written_with_its_place_under_the_id_that_is_shown(still: World, written: Written) -> None:
    app = create_app(still.node, demo=True)

    def fault(request: Request) -> Response:
        raise LookupError(SECRET)

    app.add_route("/fault", fault)
    answer = TestClient(app, base_url=BASE, raise_server_exceptions=False).get("/fault")
    (event,) = [e for e in written.events if e["event"] == "request"]
    assert (event["error"], event["level"], event["status"]) == ("LookupError", "error", 500)
    assert str(event["file"]).endswith("tests/web/test_events.py")
    assert event["line"] == fault.__code__.co_firstlineno + 1
    assert str(event["request_id"]) in answer.text
    assert answer.headers["x-request-id"] == event["request_id"]
    assert SECRET not in written.text + answer.text


def test_an_error_page_shows_the_id_under_which_the_log_has_it(still: World) -> None:
    for language in ("en", "es"):
        answer = visitor(still, Role.OVERSEER, language).get("/nothing-here")
        assert answer.status_code == 404
        assert answer.headers["x-request-id"] in answer.text


def test_who_asks_whether_it_lives_is_no_event(still: World, written: Written) -> None:
    client = visitor(still)
    assert {client.get(path).status_code for path in ("/healthz", "/readyz")} == {200}
    assert written.events == []


def test_a_library_that_writes_by_itself_is_led_here_meanwhile() -> None:
    own, held = logging.getLogger("library.of.its.own"), Written()
    kept = logging.StreamHandler(io.StringIO())
    own.addHandler(kept)
    own.propagate = False
    with writing_events(LogFormat.JSON, stream=held.stream):
        own.error(SECRET)
    assert [e["event"] for e in held.events] == ["library.of.its.own"]
    assert SECRET not in held.text
    assert kept.stream.getvalue() == ""
    assert (own.handlers, own.propagate) == ([kept], False)


def test_what_libraries_and_threads_say_is_not_repeated(written: Written) -> None:
    logging.getLogger("uvicorn.error").error(f"Invalid: {SECRET}")
    logging.getLogger("library").warning("%s", SECRET)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(SECRET, stacklevel=1)

    def fails() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert [e["event"] for e in written.events] == ["uvicorn.error", "library", "py.warnings", "uncaught"]
    assert SECRET not in written.text
    assert written.events[0]["at"]
    assert written.events[-1]["error"] == "ValueError"


def test_the_system_s_name_of_an_error_is_said_and_not_its_text() -> None:
    told = place_of(OSError(28, SECRET, SECRET))
    assert told == {"error": "OSError", "code": "ENOSPC"}


def test_the_plain_form_cannot_move_the_reader_s_cursor() -> None:
    stream = io.StringIO()
    with writing_events(LogFormat.PLAIN, stream=stream):
        tell(logging.INFO, "request", route="/a\x1b[2J\nb")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_what_was_set_up_for_logging_is_as_before() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level, threading.excepthook
    with writing_events(LogFormat.JSON, stream=io.StringIO()):
        assert root.handlers != before[0]
    assert (root.handlers[:], root.level, threading.excepthook) == before


def logged(source: str) -> Iterator[ast.Call]:
    """Calls of a logger, and of what writes events, by the names under which it was taken from there."""
    tree = ast.parse(source)
    taken = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "tearline.web.events"
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(value=ast.Name(id="LOG")):
                    yield node
                case ast.Name(id=name) if name in taken & {"tell", "tell_fault"}:
                    yield node


def renamed(source: str) -> list[str]:
    """What writes events, taken under another name: it would not be looked at."""
    return [
        name.asname
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "tearline.web.events"
        for name in node.names
        if name.asname
    ]


def is_literal(call: ast.Call) -> bool:
    """Whether what is logged is a sentence of the source with nothing filled in."""
    at = 1 if isinstance(call.func, ast.Name) and call.func.id == "tell" else 0
    text = call.args[at]
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and "%" not in text.value


def test_our_own_events_are_literals() -> None:
    package = Path(tearline.__file__).parent
    found = [
        (file, call)
        for file in package.rglob("*.py")
        if file.name != "events.py"
        for call in logged(file.read_text("utf-8"))
    ]
    assert len(found) > 5
    assert not [name for file in package.rglob("*.py") for name in renamed(file.read_text("utf-8"))]
    assert not [f"{file}:{call.lineno}" for file, call in found if not is_literal(call)]
    for planted in ('LOG.error(f"x {y}")', 'LOG.error("x %s", y)', "tell(1, x)", 'tell_fault("a" + b, e)'):
        (call,) = logged(f"from tearline.web.events import tell, tell_fault\n{planted}")
        assert not is_literal(call)
