"""The API as one ASGI application, mounted under ``/api/v1``."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tearline.api import commands as given
from tearline.api.answers import answers
from tearline.api.bodies import Unfit, Wrong, json_object, read_fields, to_bytes, whole_body
from tearline.api.components import OPENING
from tearline.api.cursors import Cursors
from tearline.api.openapi import document
from tearline.api.page import page
from tearline.api.policy import API
from tearline.api.problems import Denied, Kind, problem
from tearline.api.reading import Reading, Served, absent
from tearline.api.recorded import moment, tell
from tearline.api.route import View
from tearline.api.signatures import Signatures, signature_of
from tearline.api.tags import Stand, Tags, named, tag_of
from tearline.api.views import VIEWS
from tearline.facts.admission import Scope
from tearline.facts.errors import Refused
from tearline.facts.fact import Sealed
from tearline.facts.identifiers import KeyId
from tearline.facts.reading import HARD
from tearline.facts.shape import Json
from tearline.facts.words import Language, Words
from tearline.ledger.batch import Appended
from tearline.ledger.note import Vkey
from tearline.node import Node, Order
from tearline.projections import Projections
from tearline.search.index import Searching
from tearline.signin.address import Address
from tearline.signin.identity import Door, Identity
from tearline.signin.policy import GET, POST, Answer
from tearline.signin.reading import Opened, Readings, subject_of, to_open
from tearline.web.access import Access, access_of
from tearline.web.policy import PEOPLE
from tearline.web.tongue import preferred

ROOT = "/api/v1"
JSON = "application/json"
REALM = 'Bearer realm="tearline"'
CHALLENGE = {"www-authenticate": REALM}
REPLAYED = "idempotency-replayed"


def create_api(
    node: Node,
    *,
    door: Door,
    projections: Projections,
    readings: Readings,
    searching: Searching,
    refused: Callable[[str], None],
    counted: Callable[[KeyId, int], bool],
    address: Address | None = None,
    witnesses: tuple[Vkey, ...] = (),
) -> Starlette:
    """The API over this node. ``door``: by what tokens are recognised; nothing else lets anyone in. ``readings``: where
    it is put on record who read what is sealed. ``searching``: the index of what stands in clear. ``refused`` is told
    each rule that said no, to be counted; ``counted`` each passkey that signed, and how often it says that it has;
    False: no further than before, and nothing is recorded. ``address``: the site that passkeys sign for, if any do.

    Unruled when a route has no row in the table of ``policy``, or a row no route.
    """
    served = Served(
        node=node,
        projections=projections,
        readings=readings,
        searching=searching,
        witnesses=witnesses,
        cursors=Cursors(node),
    )
    api = Api(served, door, Signatures(node, counted, address))
    routes = api.routes()
    API.check(
        (route.path, method) for route in routes for method in (route.methods or ()) if method != "HEAD"
    )
    return Starlette(
        routes=routes,
        exception_handlers=answers(refused),
    )


class Api:
    """The routes of one node's API, and what they share."""

    def __init__(self, served: Served, door: Door, signatures: Signatures) -> None:
        self._served = served
        self._node = served.node
        self._door = door
        self._tags = Tags()
        self._signatures = signatures
        self._document = to_bytes(document())
        self._page = page().encode()

    def routes(self) -> list[Route]:
        return [
            Route("/", self._fixed(self._page, "text/html"), methods=[GET]),
            Route("/openapi.json", self._fixed(self._document, JSON), methods=[GET]),
            *(Route(view.path, self._view(view), methods=[GET]) for view in VIEWS),
            *(
                Route(f"/commands/{form.name}", self._command(form), methods=[POST])
                for form in given.commands().values()
            ),
            Route("/readings", self._open, methods=[POST]),
            Route("/signatures/{id}", self._sign, methods=[POST]),
        ]

    # what never changes while the process runs

    def _fixed(self, body: bytes, media_type: str) -> Callable[[Request], Response]:
        tag = tag_of("", body)

        def answer(request: Request) -> Response:
            headers = {"etag": tag, "cache-control": "public, no-cache"}
            if named(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
            return Response(body, headers=headers, media_type=media_type)

        return answer

    # views

    def _view(self, view: View) -> Callable[[Request], Response]:
        parameters = {p.name: p for p in view.query}
        template = view.path

        def answer(request: Request) -> Response:
            identity = self._let_in(request, template, Scope.READ)
            query, plain = _query(request, parameters)
            reading = self._reading(request, view, identity, query, plain)
            return self._answer(request, view, reading)

        return answer

    def _answer(self, request: Request, view: View, reading: Reading) -> Response:
        """The view, or that the reader has it already."""
        wanted = request.headers.get("if-none-match")
        ledger = self._node.ledger
        shut = ",".join(sorted(reading.access.shut))  # what was opened with a reason closes again by itself
        address = f"{reading.here} {reading.query.get('after', '')} {shut}"
        stand = Stand(ledger.size(), ledger.purges())
        if wanted is not None and not view.timed:
            still = self._tags.still(reading.reader, address, stand)
            if still is not None and named(wanted, still):
                return Response(status_code=304, headers=_headers(still))
        body = to_bytes(view.read(reading))
        reading.note()
        tag = tag_of(reading.reader, body)
        if not view.timed:
            self._tags.given(reading.reader, address, stand, tag)
        if named(wanted, tag):
            return Response(status_code=304, headers=_headers(tag))
        return Response(body, headers=_headers(tag), media_type=JSON)

    def _reading(
        self,
        request: Request,
        view: View,
        identity: Identity,
        query: Mapping[str, object],
        plain: Mapping[str, str],
    ) -> Reading:
        here, now = request.url.path, self._node.clock()
        path = {name: str(value) for name, value in request.path_params.items()}
        subject = subject_of(ROOT + view.path, path)
        filters = urlencode([(name, value) for name, value in plain.items() if name != "after"])
        return Reading(
            served=self._served,
            identity=identity,
            access=access_of(self._served.readings, self._served.projections, identity, subject, now),
            subject=subject,
            opened_to_reader=Opened(set(), set()),
            now=now,
            path=path,
            query=query,
            here=f"{here}?{filters}" if filters else here,
        )

    # commands

    def _command(self, form: given.Form) -> Callable[[Request], object]:
        template = f"/commands/{form.name}"

        async def answer(request: Request) -> Response:
            identity = await run_in_threadpool(self._let_in, request, template, Scope.RECORD)
            key = given.key_of(request.headers.get("idempotency-key"))
            body = await _json_body(request)
            language = preferred(request.headers.get("accept-language", ""))
            return await run_in_threadpool(self._give, form, identity, key, body, language)

        return answer

    def _give(
        self,
        form: given.Form,
        identity: Identity,
        key: str,
        body: Mapping[str, object],
        language: Language,
    ) -> Response:
        order, values = form.order(body, identity)
        under = given.submission(identity, form.name, key)
        try:
            done = given.record(self._node, order, under)
        except Refused as refused:
            if _innermost(refused).rule != "signed-personally":
                raise
            waiting = self._signatures.offer(identity, form.name, order, values, under, language=language)
            return Response(
                to_bytes({"signing": self._signatures.tell(waiting)}),
                202,
                headers={"cache-control": "no-store", "location": f"{ROOT}/signatures/{waiting.id}"},
                media_type=JSON,
            )
        if done.repeated and not given.same(self._node, given.recorded_by(self._node, done), order, values):
            raise Denied(Kind.OTHER_BODY)
        return self._created(identity, done)

    async def _open(self, request: Request) -> Response:
        """Open source handling, people at risk or witnesses of one thing, with a reason."""
        identity = await run_in_threadpool(self._let_in, request, "/readings", Scope.RECORD)
        key = given.key_of(request.headers.get("idempotency-key"))
        values = read_fields(OPENING, await _json_body(request))
        return await run_in_threadpool(self._opened, identity, key, values)

    def _opened(self, identity: Identity, key: str, values: Mapping[str, object]) -> Response:
        found = API.find(str(values["of"]).removeprefix(ROOT))
        if found is None or found[0].roles is None or found[0].answer(identity.role) is not Answer.SERVED:
            raise absent()
        could = Access(identity.role, identity.person).opening & HARD
        why = values["why"]
        assert isinstance(why, Sealed)  # noqa: S101  by its field
        page, named = ROOT + found[0].path, found[1]
        opening = to_open(self._node, identity.person, page, named, compartments=could, why=str(why.value))
        fact, order = opening.fact, Order(command=opening, by=identity.actor)
        done = given.record(self._node, order, given.submission(identity, "OpenCompartments", key))
        said = {"reading": fact.reading, "why": fact.why}
        if done.repeated and not given.same(self._node, given.recorded_by(self._node, done), order, said):
            raise Denied(Kind.OTHER_BODY)
        return self._created(identity, done)

    async def _sign(self, request: Request) -> Response:
        identity = await run_in_threadpool(self._let_in, request, "/signatures/{id}", Scope.RECORD)
        body = await _json_body(request)
        return await run_in_threadpool(self._signed, identity, str(request.path_params["id"]), body)

    def _signed(self, identity: Identity, id_: str, body: Mapping[str, object]) -> Response:
        waiting = self._signatures.take(identity, id_)
        signature = signature_of(body)
        try:
            done = self._signatures.sign(waiting, signature)
        except Refused as refused:
            if refused.rule != "shown-anew":
                raise
            anew = self._signatures.tell(self._signatures.anew(waiting))
            return problem(
                Kind.SHOWN_ANEW,
                because=refused.because,
                rule=refused.rule,
                facts=refused.facts,
                more={"signing": anew},
            )
        return self._created(identity, done)

    def _created(self, identity: Identity, done: Appended) -> Response:
        """What was recorded, where it stands and by what that is proved."""
        facts = given.recorded_by(self._node, done)
        now, subject = (
            self._node.clock(),
            subject_of(f"{ROOT}/facts/{{position}}", {"position": str(done.first)}),
        )
        reading = Reading(
            served=self._served,
            identity=identity,
            access=access_of(self._served.readings, self._served.projections, identity, subject, now),
            subject=subject,
            opened_to_reader=Opened(set(), set()),
            now=now,
            path={},
            query={},
            here="",
        )
        shown = [r for r in facts if reading.access.inside or r.by == identity.actor]
        first = reading.entry(done.first)
        where = f"{ROOT}/facts/{done.first}"
        body: dict[str, Json] = {
            "position": done.first,
            "ref": done.refs[0],
            "recorded_at": moment(done.recorded_at),
            "receipt": f"{where}/proof",
            "facts": [
                {
                    "position": r.position,
                    "ref": r.ref,
                    "kind": type(r.fact).__name__,
                    "href": f"{ROOT}/facts/{r.position}",
                }
                for r in shown
            ],
        }
        headers = {
            "location": where,
            "etag": tag_of(reading.reader, to_bytes(tell(first))),
            "cache-control": "no-store",
        }
        if done.repeated:
            headers[REPLAYED] = "true"
        return Response(to_bytes(body), 201, headers=headers, media_type=JSON)

    # who may

    def _let_in(self, request: Request, template: str, scope: Scope) -> Identity:
        """Who asks; Denied unless the table lets this role use this route, and their token is good for it.

        It says nothing of what an address names: the answer is the same whether or not that is there.
        """
        identity = request.state.identity = self._door.identify(request)
        row = API.row(template, request.method.replace("HEAD", GET))
        if row is None:
            raise Denied(Kind.ABSENT)
        match row.answer(identity.role if identity else None):
            case Answer.SERVED:
                assert identity is not None  # noqa: S101  no row that asks for a token serves nobody
            case Answer.ANOTHERS:
                assert identity is not None  # noqa: S101  whoever is not known is asked who they are
                raise _anothers(identity, row.roles or frozenset())
            case Answer.ABSENT:
                raise Denied(Kind.ABSENT)
            case Answer.WHO:
                raise Denied(Kind.UNKNOWN_CALLER, headers=CHALLENGE)
        if scope not in identity.scopes:
            lacks = f'{REALM}, error="insufficient_scope", scope="{scope.value}"'
            headers = {"www-authenticate": lacks}
            raise Denied(Kind.NOT_IN_SCOPE, rule=f"scope-{scope.value}", headers=headers)
        return identity


def _headers(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "private, no-cache", "vary": "Authorization"}


def _query(request: Request, parameters: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """What was asked for, read and as it was sent. A name that is not known, or stands twice, is no filter."""
    from tearline.api.route import Parameter

    values: dict[str, object] = {}
    plain: dict[str, str] = {}
    wrong: list[Wrong] = []
    for name, value in request.query_params.multi_items():
        parameter = parameters.get(name)
        if not isinstance(parameter, Parameter) or name in plain:
            known = ", ".join(parameters) or "none"
            wrong.append(Wrong(f"/{name}", f"one of the parameters of this address, once each: {known}"))
            continue
        plain[name] = value
        try:
            values[name] = parameter.read(value)
        except Unfit as unfit:
            wrong += unfit.errors
    if wrong:
        raise Unfit(*wrong)
    return values, plain


async def _json_body(request: Request) -> dict[str, object]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Denied(Kind.MEDIA)
    return json_object(await whole_body(request))


def _anothers(identity: Identity, allowed: frozenset[object]) -> Denied:
    """Told to whom it belongs."""
    offices = sorted((role for role in PEOPLE if role in allowed), key=lambda role: role.value)
    en = ", ".join(role.words.en for role in offices) or "nobody"
    es = ", ".join(role.words.es for role in offices) or "nadie"
    return Denied(
        Kind.NOT_FOR_ROLE,
        rule="role-allowed",
        because=Words(
            f"a {identity.role.words.en} may not do this; it takes: {en}",
            f"quien actúa como {identity.role.words.es} no puede hacer esto; corresponde a: {es}",
        ),
    )


def _innermost(refused: Refused) -> Refused:
    return refused.__cause__ if isinstance(refused.__cause__, Refused) else refused
