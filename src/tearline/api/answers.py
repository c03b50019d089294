"""What is answered when something is refused, does not fit, or fails: one problem for each kind of error."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tearline.api.bodies import TooLarge, Unfit, Wrong
from tearline.api.problems import Denied, Kind, of_status, problem
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.signin.limits import TooOften
from tearline.web.events import tell_fault
from tearline.web.watched import id_of, refused_by

Answers = Callable[[Request, Exception], Response | Awaitable[Response]]


def answers(refused: Callable[[str], None]) -> Mapping[type[Exception], Answers]:
    """By the kind of error. ``refused`` is told each rule that said no, to be counted."""
    return {
        Refused: _counting(refused),
        Denied: _denied,
        TooOften: _too_often,
        Unfit: _unfit,
        Malformed: _malformed,
        TooLarge: _too_large,
        Broken: _broken,
        TimeoutError: _busy,
        HTTPException: _not_served,
        Exception: _unforeseen,
    }


def _counting(count: Callable[[str], None]) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, refused: Exception) -> Response:
        """The rules say no, and say which."""
        assert isinstance(refused, Refused)  # noqa: S101  as it is registered
        count(refused.rule)
        refused_by(request.scope, refused.rule)
        return _refused(refused)

    return answer


def _refused(refused: Refused) -> Response:
    kind = Kind.NOT_FOR_ROLE if refused.rule in ("role-allowed", "role-held") else Kind.REFUSED
    return problem(kind, because=refused.because, rule=refused.rule, facts=refused.facts)


async def _denied(request: Request, denied: Exception) -> Response:
    assert isinstance(denied, Denied)  # noqa: S101  as it is registered
    refused_by(request.scope, denied.rule or denied.kind.value)
    return problem(denied.kind, because=denied.because, rule=denied.rule, headers=denied.headers)


async def _unfit(_request: Request, unfit: Exception) -> Response:
    assert isinstance(unfit, Unfit)  # noqa: S101  as it is registered
    return problem(Kind.MALFORMED, errors=unfit.errors)


async def _malformed(_request: Request, malformed: Exception) -> Response:
    """What only the node could see to be wrong, such as a fact that is larger than the record takes."""
    assert isinstance(malformed, Malformed)  # noqa: S101  as it is registered
    return problem(Kind.MALFORMED, errors=[Wrong("", f"{malformed.expected} ({malformed.place})")])


async def _too_large(_request: Request, _error: Exception) -> Response:
    return problem(Kind.TOO_LARGE)


async def _broken(request: Request, broken: Exception) -> Response:
    """A proof failed. Nothing that this node says can be relied on until someone has looked."""
    tell_fault("broken", broken, request_id=id_of(request))
    return problem(Kind.BROKEN)


async def _too_often(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)  # noqa: S101  as it is registered
    refused_by(request.scope, "too-often")
    return problem(Kind.TOO_MANY, headers={"retry-after": str(error.after)})


async def _busy(_request: Request, _error: Exception) -> Response:
    return problem(Kind.BUSY, headers={"retry-after": "5"})


async def _unforeseen(_request: Request, _error: Exception) -> Response:
    """A fault of ours; the server logs it."""
    return problem(Kind.FAULT)


async def _not_served(_request: Request, error: Exception) -> Response:
    """Missing, hidden, wrong method: a problem that says no more than that."""
    assert isinstance(error, HTTPException)  # noqa: S101  as it is registered
    return problem(of_status(error.status_code), headers=dict(error.headers or {}))
